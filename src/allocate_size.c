/*
 * allocate_size.c
 *		What the part of each stratum is measured by, and what rates give.
 *
 * Sizes are integers, so that priorities can be compared exactly.  Where they
 * come from deviations they are computed as numeric, and brought to integers
 * on one scale, the largest of them having SIZE_DIGITS digits.
 */
#include "fairdraw.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "allocate.h"
#include "field.h"

#define SIZE_DIGITS 18			/* so that sizes are below 2^60 */
#define POWER_DECIMALS 30		/* of what a power is computed to, at least */

static Numeric
call(PGFunction function, Numeric a, Numeric b)
{
	return DatumGetNumeric(DirectFunctionCall2(function, NumericGetDatum(a), NumericGetDatum(b)));
}

/* 10 to a power that may be negative */
static Numeric
power_of_ten(int exponent)
{
	return DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(psprintf("1e%d", exponent)),
											   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

static bool
is_zero(Numeric number)
{
	return DatumGetBool(DirectFunctionCall2(numeric_eq, NumericGetDatum(number),
											NumericGetDatum(int64_to_numeric(0))));
}

/* units * sd * total^(q - 1), which is CV * total^q */
static Numeric
power_size(const AllocationOptions *options, const Allotment *stratum, Numeric spread)
{
	Numeric		total = stratum->total;
	Numeric		power;

	if (is_zero(total))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("stratum \"%s\" has no coefficient of variation", fairdraw_shown(stratum->stratum)),
				 errdetail("Its total is 0 and its sd is not."),
				 errhint("Check both columns, or use another method.")));

	/*
	 * A power and a quotient have as many decimals as their arguments; so
	 * these are given more of them, which changes no value.
	 */
	total = call(numeric_mul, total, call(numeric_mul, power_of_ten(POWER_DECIMALS), power_of_ten(-POWER_DECIMALS)));
	power = call(numeric_power, total, options->q);
	spread = call(numeric_mul, spread, power_of_ten(POWER_DECIMALS));
	return call(numeric_div, call(numeric_mul, spread, power), total);
}

static Numeric
exact_size(const AllocationOptions *options, const Allotment *stratum)
{
	Numeric		spread = call(numeric_mul, int64_to_numeric(stratum->units), stratum->sd);

	if (options->method == ALLOCATION_NEYMAN || is_zero(spread))
		return spread;
	return power_size(options, stratum, spread);
}

/* The place of the first digit of a number above 0: 0 for units, 1 for tens. */
static int
first_place(Numeric number)
{
	const char *digits = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)));
	int			before = strcspn(digits, ".");

	if (digits[0] != '0')
		return before - 1;
	return -(int) strspn(digits + before + 1, "0") - 1;
}

/* Sizes of the method as integers; 0 only where the size is 0. */
static void
scale_sizes(Numeric *exact, Allocation *allocation)
{
	Numeric		largest = exact[0];
	Numeric		scale;

	for (int i = 1; i < allocation->count; i++)
		if (DatumGetBool(DirectFunctionCall2(numeric_gt, NumericGetDatum(exact[i]),
											 NumericGetDatum(largest))))
			largest = exact[i];
	if (is_zero(largest))
		return;
	scale = power_of_ten(SIZE_DIGITS - 1 - first_place(largest));
	for (int i = 0; i < allocation->count; i++)
	{
		Datum		size = NumericGetDatum(call(numeric_mul, exact[i], scale));

		/* to the nearest, a half upwards */
		if (!is_zero(exact[i]))
			allocation->strata[i].size = Max(DatumGetInt64(DirectFunctionCall1(numeric_int8, size)), 1);
	}
}

/* The sizes of all strata: a of doc/statistics.md, "Allocation". */
void
fairdraw_size_strata(const AllocationOptions *options, Allocation *allocation)
{
	Numeric    *exact;

	if (options->method == ALLOCATION_PROPORTIONAL || options->method == ALLOCATION_EQUAL)
	{
		for (int i = 0; i < allocation->count; i++)
			allocation->strata[i].size = options->method == ALLOCATION_EQUAL ? 1
				: allocation->strata[i].units;
		return;
	}
	exact = palloc(allocation->count * sizeof(Numeric));
	for (int i = 0; i < allocation->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		exact[i] = exact_size(options, &allocation->strata[i]);
	}
	scale_sizes(exact, allocation);
}

/*
 * Rates
 */

static void
check_rates(const AllocationOptions *options, const Allocation *allocation)
{
	int			next = 0;

	if (options->rates[0].stratum == NULL && options->nrates == 1)
		return;
	/* both ascend */
	for (int i = 0; i < options->nrates; i++)
	{
		while (next < allocation->count &&
			   strcmp(allocation->strata[next].stratum, options->rates[i].stratum) < 0)
			next++;
		if (next == allocation->count ||
			strcmp(allocation->strata[next].stratum, options->rates[i].stratum) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the rates name a stratum that the strata query does not return: \"%s\"",
							fairdraw_shown(options->rates[i].stratum)),
					 errhint("Check its name, or leave it out of the option \"rate\".")));
	}
}

/* Gives each stratum its rate, rounded up, within its bounds. */
void
fairdraw_rate_strata(const AllocationOptions *options, Allocation *allocation)
{
	check_rates(options, allocation);
	for (int i = 0; i < allocation->count; i++)
	{
		Allotment  *stratum = &allocation->strata[i];
		Numeric		rate = fairdraw_rate_of(options, stratum->stratum);
		Numeric		share;

		CHECK_FOR_INTERRUPTS();
		if (rate == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the rates do not name the stratum \"%s\"", fairdraw_shown(stratum->stratum)),
					 errhint("Give it a rate, or one rate for all strata.")));
		share = call(numeric_mul, int64_to_numeric(stratum->units), rate);
		stratum->n = DatumGetInt64(DirectFunctionCall1(numeric_int8,
													   DirectFunctionCall1(numeric_ceil, NumericGetDatum(share))));
		stratum->n = Min(Max(stratum->n, stratum->low), stratum->high);
	}
}
