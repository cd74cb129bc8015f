/*
 * allocate.h
 *		How many units each stratum gives (doc/statistics.md, "Allocation").
 */
#ifndef FAIRDRAW_ALLOCATE_H
#define FAIRDRAW_ALLOCATE_H

#include "utils/jsonb.h"
#include "utils/numeric.h"

typedef enum AllocationMethod
{
	ALLOCATION_PROPORTIONAL,
	ALLOCATION_NEYMAN,
	ALLOCATION_POWER,
	ALLOCATION_EQUAL,
	ALLOCATION_RATE
} AllocationMethod;

typedef struct StratumRate
{
	const char *stratum;		/* UTF-8; NULL: that of all strata */
	Numeric		rate;
} StratumRate;

typedef struct AllocationOptions
{
	AllocationMethod method;
	int64		min;			/* of a stratum that states no low */
	Numeric		q;				/* the power */
	int			nrates;
	StratumRate *rates;			/* ascending by stratum; or one for all */
	int64		reserve;		/* -1: none is asked for */
} AllocationOptions;

typedef struct Allotment
{
	char	   *stratum;		/* UTF-8 */
	int64		units;
	int64		low;
	int64		high;			/* low <= high <= units */
	Numeric		sd;				/* where the method looks at it */
	Numeric		total;			/* the same */
	uint64		size;			/* what the stratum's part is measured by */
	int64		n;				/* the result */
} Allotment;

/* ascending by the bytes of the stratum */
typedef struct Allocation
{
	int			count;
	Allotment  *strata;
} Allocation;

/* A stratum of size a that has k gets the next unit by the largest of ... */
typedef enum Divisor
{
	DIVISOR_WEBSTER,			/* a / (2k + 1) */
	DIVISOR_HUNTINGTON_HILL		/* a^2 / (k (k + 1)) */
} Divisor;

extern const char *const fairdraw_allocation_methods[];

extern AllocationOptions *fairdraw_read_allocation_options(const char *method, Jsonb *json,
														   bool with_reserve);
extern Numeric fairdraw_rate_of(const AllocationOptions *options, const char *stratum);
extern Allocation *fairdraw_load_strata(const char *text, const AllocationOptions *options);
extern void fairdraw_size_strata(const AllocationOptions *options, Allocation *allocation);
extern void fairdraw_rate_strata(const AllocationOptions *options, Allocation *allocation);
extern void fairdraw_apportion(Allotment **strata, int count, Divisor divisor, int64 n);

#endif							/* FAIRDRAW_ALLOCATE_H */
