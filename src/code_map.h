/*
 * code_map.h
 *		Codes of other schemes, and causes of listing (doc/publication.md
 *		sections 6 and 7).
 */
#ifndef FAIRDRAW_CODE_MAP_H
#define FAIRDRAW_CODE_MAP_H

typedef struct MappedCode
{
	const char *scheme;
	const char *external;
	int			code;			/* 0: the enterprise is gone */
	const char *gone;			/* what became of it, or NULL */
} MappedCode;

typedef struct ListCause
{
	const char *list;
	const char *cause;
	int			code;			/* the result that proposes it, or 0 */
} ListCause;

typedef struct CodeMap
{
	int			ncodes;
	MappedCode *codes;			/* by scheme and code */
	int			ncauses;
	ListCause  *causes;			/* by list and cause */
} CodeMap;

extern const CodeMap *fairdraw_code_map(void);

#endif							/* FAIRDRAW_CODE_MAP_H */
