/*
 * allocate.c
 *		allocate() and allocation_sizes(): how many units each stratum gives
 *		(doc/statistics.md, "Allocation").
 */
#include "fairdraw.h"

#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/tuplestore.h"

#include "allocate.h"
#include "arguments.h"
#include "field.h"
#include "query.h"

static int64
sum_of_low(Allotment **strata, int count)
{
	int64		sum = 0;

	for (int i = 0; i < count; i++)
		sum += strata[i]->low;
	return sum;
}

static int64
sum_of_high(Allotment **strata, int count)
{
	int64		sum = 0;

	for (int i = 0; i < count; i++)
		sum += strata[i]->high;
	return sum;
}

/* An error if n cannot be met within the bounds. */
static void
check_n(Allotment **strata, int count, int64 n)
{
	int64		low = sum_of_low(strata, count);
	int64		high = sum_of_high(strata, count);

	if (n < low)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("n is " INT64_FORMAT ", below " INT64_FORMAT ", the sum of the lower bounds", n, low),
				 errhint("Raise n, or lower the column low or, where there is none, the option \"min\": by default every stratum gives at least one unit.")));
	if (n > high)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("n is " INT64_FORMAT ", above " INT64_FORMAT ", the sum of the upper bounds", n, high),
				 errhint("Lower n, or raise the column high; no stratum can give more units than it has.")));
}

/*
 * The strata with a size, then those without: they get more than their low
 * only if all others are at their high, and then by their units.
 */
static void
apportion(const AllocationOptions *options, Allocation *allocation, int64 n)
{
	Allotment **sized = palloc(allocation->count * sizeof(Allotment *));
	Allotment **others = palloc(allocation->count * sizeof(Allotment *));
	int			nsized = 0;
	int			nothers = 0;
	int64		for_sized;
	bool		squared = options->method == ALLOCATION_NEYMAN || options->method == ALLOCATION_POWER;

	for (int i = 0; i < allocation->count; i++)
	{
		Allotment  *stratum = &allocation->strata[i];

		if (stratum->size > 0)
			sized[nsized++] = stratum;
		else
		{
			stratum->size = stratum->units;
			others[nothers++] = stratum;
		}
	}
	for_sized = Min(n - sum_of_low(others, nothers), sum_of_high(sized, nsized));
	fairdraw_apportion(sized, nsized, squared ? DIVISOR_HUNTINGTON_HILL : DIVISOR_WEBSTER, for_sized);
	fairdraw_apportion(others, nothers, DIVISOR_WEBSTER, n - for_sized);
}

/* n is what the method needs, or NULL. */
static void
allocate(const AllocationOptions *options, Allocation *allocation, const int64 *n)
{
	Allotment **all;
	int64		sum = 0;

	if (options->method == ALLOCATION_RATE)
	{
		fairdraw_rate_strata(options, allocation);
		for (int i = 0; i < allocation->count; i++)
			sum += allocation->strata[i].n;
		if (n != NULL && *n != sum)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("n is " INT64_FORMAT ", but the rates give " INT64_FORMAT, *n, sum),
					 errhint("Give n as NULL to take what the rates give, or name another method to divide n.")));
		return;
	}
	all = palloc(allocation->count * sizeof(Allotment *));
	for (int i = 0; i < allocation->count; i++)
		all[i] = &allocation->strata[i];
	check_n(all, allocation->count, *n);
	fairdraw_size_strata(options, allocation);
	apportion(options, allocation, *n);
}

/* What the arguments of both functions ask for; needs an SPI connection. */
static Allocation *
allocate_from_arguments(FunctionCallInfo fcinfo, AllocationOptions *options)
{
	Allocation *allocation;
	int64		n = 0;
	bool		has_n = !PG_ARGISNULL(1);

	if (has_n)
		n = PG_GETARG_INT64(1);
	else if (options->method != ALLOCATION_RATE)
		fairdraw_null_argument(fcinfo, 1);
	if (n < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("n is " INT64_FORMAT ", below 0", n),
				 errhint("Give the number of units that all strata together shall give.")));
	allocation = fairdraw_load_strata(fairdraw_text_arg(fcinfo, 0), options);
	allocate(options, allocation, has_n ? &n : NULL);
	return allocation;
}

/* allocate(strata, n, method, options) */
PG_FUNCTION_INFO_V1(fairdraw_allocate);
Datum
fairdraw_allocate(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	AllocationOptions *options = fairdraw_read_allocation_options(fairdraw_text_arg(fcinfo, 2),
																  DatumGetJsonbP(fairdraw_arg(fcinfo, 3)), false);
	Allocation *allocation;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	allocation = allocate_from_arguments(fcinfo, options);
	for (int i = 0; i < allocation->count; i++)
	{
		const Allotment *stratum = &allocation->strata[i];
		Datum		values[2];
		bool		nulls[2] = {false};

		CHECK_FOR_INTERRUPTS();
		values[0] = CStringGetTextDatum(fairdraw_shown(stratum->stratum));
		values[1] = Int64GetDatum(stratum->n);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	SPI_finish();
	return (Datum) 0;
}

/*
 * Sizes as draw() and commit_draw() take them.  They refuse to be told the size
 * of a stratum that the frame does not have, so strata without units are left
 * out.
 */
static void
write_sizes(StringInfo json, const Allocation *allocation, int64 reserve)
{
	const char *separator = "";

	appendStringInfoChar(json, '{');
	for (int i = 0; i < allocation->count; i++)
	{
		const Allotment *stratum = &allocation->strata[i];

		if (stratum->units == 0)
			continue;
		appendStringInfoString(json, separator);
		escape_json(json, fairdraw_shown(stratum->stratum));
		if (reserve < 0)
			appendStringInfo(json, ": " INT64_FORMAT, stratum->n);
		else
			appendStringInfo(json, ": {\"n\": " INT64_FORMAT ", \"reserve\": " INT64_FORMAT "}",
							 stratum->n, reserve);
		separator = ", ";
	}
	appendStringInfoChar(json, '}');
}

/* allocation_sizes(strata, n, method, options) */
PG_FUNCTION_INFO_V1(fairdraw_allocation_sizes);
Datum
fairdraw_allocation_sizes(PG_FUNCTION_ARGS)
{
	AllocationOptions *options = fairdraw_read_allocation_options(fairdraw_text_arg(fcinfo, 2),
																  DatumGetJsonbP(fairdraw_arg(fcinfo, 3)), true);
	StringInfoData json;

	initStringInfo(&json);
	SPI_connect();
	write_sizes(&json, allocate_from_arguments(fcinfo, options), options->reserve);
	SPI_finish();
	PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data)));
}
