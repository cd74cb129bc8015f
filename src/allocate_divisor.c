/*
 * allocate_divisor.c
 *		Divisor methods: units are given one at a time to the stratum with the
 *		highest priority (doc/statistics.md, "Allocation").
 *
 * Integers only.  With sizes below 2^63, and below 2^60 where they are squared,
 * a priority is a fraction of two numbers below 2^127, and comparing two of
 * them takes products of 254 bits.
 */
#include "fairdraw.h"

#include "lib/binaryheap.h"
#include "miscadmin.h"

#include "allocate.h"
#include "wide.h"

/* numerator and denominator of the priority of a stratum's next unit */
static inline void
priority(const Allotment *stratum, Divisor divisor, uint128_t *numerator, uint128_t *denominator)
{
	uint128_t	size = stratum->size;
	uint128_t	k = stratum->n;

	*numerator = divisor == DIVISOR_WEBSTER ? size : size * size;
	*denominator = divisor == DIVISOR_WEBSTER ? 2 * k + 1 : k * (k + 1);
}

/*
 * Which stratum comes first?  Above 0 if it is the one of "a".  Before the
 * first unit the priority of Huntington and Hill is infinite; of those the
 * larger size comes first.  Among equals the stratum with more units does, then
 * the one that stands first.
 */
static int
compare_strata(Datum a, Datum b, void *arg)
{
	const Allotment *left = (const Allotment *) DatumGetPointer(a);
	const Allotment *right = (const Allotment *) DatumGetPointer(b);
	Divisor		divisor = *(Divisor *) arg;
	uint128_t	num1,
				den1,
				num2,
				den2;
	int			order;

	priority(left, divisor, &num1, &den1);
	priority(right, divisor, &num2, &den2);
	if (den1 == 0 && den2 == 0)
		den1 = den2 = 1;
	order = fairdraw_compare_products(num1, den2, num2, den1);
	if (order != 0)
		return order;
	if (left->units != right->units)
		return left->units > right->units ? 1 : -1;
	return left < right ? 1 : -1;
}

/*
 * The start.
 *
 * One unit at a time takes long where there are many.  All units with a
 * priority of at least 1/s (1/s^2 where sizes are squared) come before all
 * others; so if these are not more than n, all of them are given.  With
 * y = floor(size * s), the j-th unit of a stratum is among them
 *		Webster: if and only if 2j - 1 <= y
 *		Huntington and Hill: if j <= y, and only if j <= y + 1
 * The second follows from (j - 1)^2 <= j (j - 1) < j^2.
 */

/* floor(size * s / 2^64), or nearly 2^64: more than twice any number of units */
static uint64
scaled(uint64 size, uint128_t s)
{
	uint128_t	product = (uint128_t) size * (uint64) (s >> 64) +
		(((uint128_t) size * (uint64) s) >> 64);

	return (uint64) Min(product, (uint128_t) PG_UINT64_MAX - 1);
}

static uint64
bounded(const Allotment *stratum, uint64 n)
{
	return Min(Max(n, (uint64) stratum->low), (uint64) stratum->high);
}

/* Are all units of the priority that belongs to s, and perhaps more, within n? */
static bool
within(Allotment **strata, int count, Divisor divisor, uint128_t s, int64 n)
{
	uint128_t	sum = 0;

	for (int i = 0; i < count; i++)
	{
		uint64		y = scaled(strata[i]->size, s);

		sum += bounded(strata[i], divisor == DIVISOR_WEBSTER ? (y + 1) / 2 : y + 1);
	}
	return sum <= (uint128_t) n;
}

/* Gives what is certain; returns how many. */
static int64
give_start(Allotment **strata, int count, Divisor divisor, int64 n)
{
	uint128_t	s = 0;
	int64		given = 0;

	for (int bit = 127; bit >= 0; bit--)
		if (within(strata, count, divisor, s | (uint128_t) 1 << bit, n))
			s |= (uint128_t) 1 << bit;
	for (int i = 0; i < count; i++)
	{
		uint64		y = scaled(strata[i]->size, s);

		/* where not even s = 0 is within n, y is 0 */
		strata[i]->n = bounded(strata[i], divisor == DIVISOR_WEBSTER ? (y + 1) / 2 : y);
		given += strata[i]->n;
	}
	return given;
}

/*
 * Gives n units to strata of sizes above 0, within their bounds, whose sums n
 * lies between.  They stand in the order of their names.
 */
void
fairdraw_apportion(Allotment **strata, int count, Divisor divisor, int64 n)
{
	int64		left = n - give_start(strata, count, divisor, n);
	binaryheap *heap = binaryheap_allocate(Max(count, 1), compare_strata, &divisor);

	for (int i = 0; i < count; i++)
		if (strata[i]->n < strata[i]->high)
			binaryheap_add_unordered(heap, PointerGetDatum(strata[i]));
	binaryheap_build(heap);
	for (; left > 0; left--)
	{
		Allotment  *first = (Allotment *) DatumGetPointer(binaryheap_first(heap));

		CHECK_FOR_INTERRUPTS();
		first->n++;
		if (first->n < first->high)
			binaryheap_replace_first(heap, PointerGetDatum(first));
		else
			(void) binaryheap_remove_first(heap);
	}
	binaryheap_free(heap);
}
