/*
 * exact_sum.h
 *		Sums of doubles without rounding.
 *
 * A sum is an integer times 2^-1074, which every finite double is, in limbs of
 * 32 bits; only those between its smallest and largest summand are kept.  So
 * it does not depend on the order of the summands, nor on how they were
 * grouped (Kulisch; Neal 2015, Fast exact summation using small and large
 * superaccumulators).
 */
#ifndef FAIRDRAW_EXACT_SUM_H
#define FAIRDRAW_EXACT_SUM_H

#include "flat.h"
#include "twofold.h"

typedef struct ExactSum
{
	int64	   *limbs;			/* each below 2^63 in size: carries are put
								 * off */
	int16		first;			/* the place of limbs[0] */
	int16		count;
	uint32		added;			/* since carries were made */
} ExactSum;

/* places of limbs: a double takes three, from 0 to 65; above them is room for carries */
#define EXACT_SUM_PLACES 70

extern void fairdraw_sum_widen(ExactSum *sum, MemoryContext context, int from, int to);
extern void fairdraw_sum_carry(ExactSum *sum, MemoryContext context);
extern void fairdraw_sum_merge(ExactSum *sum, MemoryContext context, const ExactSum *other);
extern Twofold fairdraw_sum_value(const ExactSum *sum);
extern Size fairdraw_sum_flat_size(ExactSum *sum, MemoryContext context);
extern char *fairdraw_put_sum(char *at, const ExactSum *sum);
extern void fairdraw_get_sum(FlatReader *in, ExactSum *sum, MemoryContext context);

/* Adds a finite number. */
static inline void
fairdraw_sum_add(ExactSum *sum, MemoryContext context, double value)
{
	union
	{
		double		number;
		uint64		bits;
	}			u = {value};
	uint64		mantissa = u.bits & ((UINT64CONST(1) << 52) - 1);
	int			exponent = (int) (u.bits >> 52) & 0x7ff;
	int			place;
	unsigned	__int128 shifted;
	int64	   *limb;

	if (value == 0)
		return;
	if (exponent > 0)
		mantissa |= UINT64CONST(1) << 52;
	else
		exponent = 1;
	place = (exponent - 1) >> 5;
	shifted = (unsigned __int128) mantissa << ((exponent - 1) & 31);

	if (unlikely(place < sum->first || place + 2 >= sum->first + sum->count))
		fairdraw_sum_widen(sum, context, place, place + 2);
	limb = sum->limbs + (place - sum->first);
	if ((int64) u.bits >= 0)
	{
		limb[0] += (uint32) shifted;
		limb[1] += (uint32) (shifted >> 32);
		limb[2] += (int64) (shifted >> 64);
	}
	else
	{
		limb[0] -= (uint32) shifted;
		limb[1] -= (uint32) (shifted >> 32);
		limb[2] -= (int64) (shifted >> 64);
	}
	/* a limb below 2^33 after carries takes 2^30 summands below 2^32 */
	if (unlikely(++sum->added >= (UINT32_C(1) << 30)))
		fairdraw_sum_carry(sum, context);
}

static inline void
fairdraw_sum_add_twofold(ExactSum *sum, MemoryContext context, Twofold value)
{
	fairdraw_sum_add(sum, context, value.hi);
	fairdraw_sum_add(sum, context, value.lo);
}

#endif							/* FAIRDRAW_EXACT_SUM_H */
