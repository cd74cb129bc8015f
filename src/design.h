/*
 * design.h
 *		What is to be drawn: sizes, method, stream and rotation.
 */
#ifndef FAIRDRAW_DESIGN_H
#define FAIRDRAW_DESIGN_H

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

#include "selection.h"

/*
 * What to keep of a stratum in a pass over its units.  Everything that a
 * second pass needs to know of the first is here, so that an aggregate on
 * another server can be told it as well.
 */
typedef enum Pass
{
	PASS_FIRST,
	PASS_SECOND,				/* keep the smallest keys, given the remainder */
	PASS_DONE					/* the first pass sufficed: count only */
} Pass;

typedef struct Quota
{
	char	   *stratum;		/* UTF-8 */
	uint64		n;
	uint64		reserve;
	Pass		pass;
	Remainder	rest;			/* PASS_SECOND */
	Unit	   *smallest_certain;	/* PASS_SECOND; NULL: none is certain */
} Quota;

typedef struct Design
{
	Stream		stream;
	Method		method;
	Rotation	rotation;
	uint64		shift;			/* of the rotation, in 2^-64 */
	bool		any_stratum;	/* every stratum gets quotas[0] */
	int			nquotas;
	Quota	   *quotas;			/* ascending by stratum */
} Design;

extern void fairdraw_read_sizes(Jsonb *sizes, Design *design);
extern Method fairdraw_require_method(const char *text);
extern Rotation fairdraw_require_rotation(const char *text);
extern void fairdraw_sort_quotas(Design *design);
extern void fairdraw_check_design(const Design *design);
extern const Quota *fairdraw_find_quota(const Design *design, const char *stratum,
										size_t len);
extern char *fairdraw_write_design(const Design *design);
extern Design *fairdraw_read_design(const char *text, size_t len);
extern Unit *fairdraw_make_unit(const Design *design, const char *uid, size_t len,
								uint64 micro);

#endif							/* FAIRDRAW_DESIGN_H */
