/*
 * exact_sum.c
 *		Sums of doubles without rounding: carries, values, and the flat form.
 *
 * In its canonical form a sum is a sign and a magnitude whose limbs are below
 * 2^32, without zeros at either end:
 *
 *		sign (1: 0 or 1), place of the first limb (1), number of limbs (1),
 *		limbs (4 each), the lowest first
 */
#include "fairdraw.h"

#include "utils/memutils.h"

#include "exact_sum.h"

/* Makes room for the places "from" to "to". */
void
fairdraw_sum_widen(ExactSum *sum, MemoryContext context, int from, int to)
{
	int			first = sum->count == 0 ? from : Min(from, sum->first);
	int			end = sum->count == 0 ? to + 1 : Max(to + 1, sum->first + sum->count);
	int64	   *limbs;

	/* sums of doubles do not lead there, but states that somebody made can */
	if (first < 0 || end > EXACT_SUM_PLACES)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("a sum of an estimate_state is out of range"),
				 errhint("Merge states of fairdraw.estimate_sample() only.")));
	limbs = MemoryContextAllocZero(context, (end - first) * sizeof(int64));
	if (sum->count > 0)
	{
		memcpy(limbs + (sum->first - first), sum->limbs, sum->count * sizeof(int64));
		pfree(sum->limbs);
	}
	sum->limbs = limbs;
	sum->first = first;
	sum->count = end - first;
}

/* Brings all limbs but the last into 0 to 2^32 - 1; the last bears the sign. */
void
fairdraw_sum_carry(ExactSum *sum, MemoryContext context)
{
	int			last = sum->count - 1;

	if (sum->count == 0)
		return;
	for (int i = 0; i < last; i++)
	{
		int64		carry = sum->limbs[i] >> 32;

		sum->limbs[i] -= carry * (INT64CONST(1) << 32);
		sum->limbs[i + 1] += carry;
	}
	sum->added = 0;
	if (sum->limbs[last] > PG_INT32_MAX || sum->limbs[last] < PG_INT32_MIN)
	{
		fairdraw_sum_widen(sum, context, sum->first, sum->first + sum->count);
		fairdraw_sum_carry(sum, context);
	}
}

/* The other one is left as it was. */
void
fairdraw_sum_merge(ExactSum *sum, MemoryContext context, const ExactSum *other)
{
	if (other->count == 0)
		return;
	if (sum->count == 0 || other->first < sum->first ||
		other->first + other->count > sum->first + sum->count)
		fairdraw_sum_widen(sum, context, other->first, other->first + other->count - 1);
	if (sum->added + (uint64) other->added >= (UINT32_C(1) << 29))
		fairdraw_sum_carry(sum, context);
	for (int i = 0; i < other->count; i++)
		sum->limbs[other->first - sum->first + i] += other->limbs[i];
	sum->added += other->added + 1;
}

/*
 * The magnitude of a sum, without zeros at either end.
 */
typedef struct Magnitude
{
	bool		negative;
	int			first;
	int			count;
	uint32		limbs[EXACT_SUM_PLACES];
} Magnitude;

static void
find_magnitude(const ExactSum *sum, Magnitude *result)
{
	int64		work[EXACT_SUM_PLACES + 2] = {0};
	int			count = sum->count + 2;
	int			skip = 0;

	memset(result, 0, sizeof(Magnitude));
	if (sum->count > 0)
		memcpy(work, sum->limbs, sum->count * sizeof(int64));
	for (int pass = 0; pass < 2; pass++)
	{
		for (int i = 0; i < count - 1; i++)
		{
			int64		carry = work[i] >> 32;

			work[i] -= carry * (INT64CONST(1) << 32);
			work[i + 1] += carry;
		}
		if (work[count - 1] >= 0)
			break;
		result->negative = true;
		for (int i = 0; i < count; i++)
			work[i] = -work[i];
	}
	while (count > 0 && work[count - 1] == 0)
		count--;
	while (skip < count && work[skip] == 0)
		skip++;
	result->first = count == 0 ? 0 : sum->first + skip;
	result->count = count - skip;
	for (int i = skip; i < count; i++)
		result->limbs[i - skip] = (uint32) work[i];
}

/* The sum to twice the precision of a double; infinite beyond its range. */
Twofold
fairdraw_sum_value(const ExactSum *sum)
{
	Magnitude	magnitude;
	Twofold		value = {0, 0};

	find_magnitude(sum, &magnitude);

	/*
	 * five limbs hold 129 bits at least; adding from below loses none of the
	 * first 106
	 */
	for (int i = Max(0, magnitude.count - 5); i < magnitude.count; i++)
		value = twofold_add(twofold(ldexp(magnitude.limbs[i],
										  32 * (magnitude.first + i) - 1074)), value);
	return magnitude.negative ? twofold_negate(value) : value;
}

Size
fairdraw_sum_flat_size(ExactSum *sum, MemoryContext context)
{
	Magnitude	magnitude;

	fairdraw_sum_carry(sum, context);
	find_magnitude(sum, &magnitude);
	return 3 + 4 * magnitude.count;
}

char *
fairdraw_put_sum(char *at, const ExactSum *sum)
{
	Magnitude	magnitude;

	find_magnitude(sum, &magnitude);
	at = fairdraw_put_integer(at, magnitude.negative, 1);
	at = fairdraw_put_integer(at, magnitude.first, 1);
	at = fairdraw_put_integer(at, magnitude.count, 1);
	for (int i = 0; i < magnitude.count; i++)
		at = fairdraw_put_integer(at, magnitude.limbs[i], 4);
	return at;
}

void
fairdraw_get_sum(FlatReader *in, ExactSum *sum, MemoryContext context)
{
	int			sign = fairdraw_get_integer(in, 1);
	int			first = fairdraw_get_integer(in, 1);
	int			count = fairdraw_get_integer(in, 1);

	memset(sum, 0, sizeof(ExactSum));
	if (sign > 1 || first + count > EXACT_SUM_PLACES - 2 ||
		(count == 0 && (sign != 0 || first != 0)))
		fairdraw_invalid_flat(in, "A sum is not valid.");
	if (count == 0)
		return;
	fairdraw_sum_widen(sum, context, first, first + count - 1);
	for (int i = 0; i < count; i++)
	{
		int64		limb = fairdraw_get_integer(in, 4);

		sum->limbs[i] = sign ? -limb : limb;
	}
	if (sum->limbs[0] == 0 || sum->limbs[count - 1] == 0)
		fairdraw_invalid_flat(in, "A sum is not in its canonical form.");
	sum->added = 1;
}
