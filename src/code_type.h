/*
 * code_type.h
 *		Types whose values are a short, closed list with labels.
 *
 * A value is one byte, passed by value: its place in the list, from 1.  That
 * byte is also what is stored and sent, so a list is never reordered, and a
 * new value goes to its end.
 */
#ifndef CODE_TYPE_H
#define CODE_TYPE_H

#include "fairdraw.h"

typedef struct FairdrawCode
{
	const char *value;			/* ASCII; what output writes */
	const char *zh;				/* Chinese label */
	const char *zh_too;			/* another spelling of it for input, or NULL */
	const char *en;				/* English label, ASCII */
	int			flags;			/* bits that only the type itself knows */
} FairdrawCode;

typedef struct FairdrawCodeType
{
	const char *name;
	const FairdrawCode *codes;	/* as compiled: UTF-8 */
	int			ncodes;
	bool		numbered;		/* does input take the place in the list, too? */
	const FairdrawCode *local;	/* codes in the server's encoding, once used */
} FairdrawCodeType;

#define DatumGetCode(X) DatumGetUInt8(X)
#define PG_GETARG_CODE(n) DatumGetCode(PG_GETARG_DATUM(n))
#define PG_RETURN_CODE(x) return UInt8GetDatum(x)

/* bodies of the functions of a type, to be called with its own fcinfo */
extern Datum fairdraw_code_in(FairdrawCodeType *type, FunctionCallInfo fcinfo);
extern Datum fairdraw_code_out(FairdrawCodeType *type, FunctionCallInfo fcinfo);
extern Datum fairdraw_code_recv(FairdrawCodeType *type, FunctionCallInfo fcinfo);
extern Datum fairdraw_code_label(FairdrawCodeType *type, FunctionCallInfo fcinfo);

extern int	fairdraw_result_code_place(const char *value);
extern Datum fairdraw_result_code_in(PG_FUNCTION_ARGS);

extern const FairdrawCode *fairdraw_code_get(FairdrawCodeType *type, uint8 code);

#endif							/* CODE_TYPE_H */
