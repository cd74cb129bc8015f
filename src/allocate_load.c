/*
 * allocate_load.c
 *		The strata of an allocation, from a query.
 */
#include "fairdraw.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "allocate.h"
#include "field.h"
#include "query.h"

enum
{
	STRATA_STRATUM,
	STRATA_UNITS,
	STRATA_LOW,
	STRATA_HIGH,
	STRATA_SD,					/* only read where the method looks at it */
	STRATA_TOTAL,				/* the same */
	STRATA_COLUMNS
};

typedef struct StrataLoader
{
	MemoryContext keep;
	const AllocationOptions *options;
	Column	   *columns;
	Allocation *allocation;
	int			room;
	uint64		units;			/* of all strata */
} StrataLoader;

/* "stratum" is NULL where it is not known */
static void
refuse_null(const char *column, const char *stratum, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 stratum == NULL ? errmsg("null %s in the strata query", column)
			 : errmsg("null %s of stratum \"%s\"", column, fairdraw_shown(stratum)),
			 errhint("%s", hint)));
}

static char *
read_name(const StrataLoader *loader, Datum value, bool isnull)
{
	MemoryContext caller;
	char	   *stratum;
	char	   *fault;

	if (isnull)
		refuse_null("stratum", NULL, "Give every unit a stratum, as in coalesce(stratum, 'other').");
	caller = MemoryContextSwitchTo(loader->keep);
	stratum = fairdraw_text_to_utf8(DatumGetTextPP(value));
	MemoryContextSwitchTo(caller);
	fault = fairdraw_field_fault(stratum, strlen(stratum), FAIRDRAW_MAX_LABEL);
	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid stratum in the strata query: \"%s\"", fairdraw_shown(stratum)),
				 errdetail("%s", fault),
				 errhint("Use 1 to %d bytes of visible text in form NFC, without white space at either end.",
						 FAIRDRAW_MAX_LABEL)));
	return stratum;
}

static int64
read_units(StrataLoader *loader, const char *stratum, Datum value, bool isnull)
{
	int64		units;

	if (isnull)
		refuse_null("units", stratum, "Give the number of its units, as count(*) does; 0 if it has none.");
	units = DatumGetInt64(value);
	if (units < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("units of stratum \"%s\" are " INT64_FORMAT ", below 0", fairdraw_shown(stratum), units),
				 errhint("Give the number of its units, as count(*) does; 0 if it has none.")));
	loader->units += units;
	if (loader->units > PG_INT64_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("all strata together have more than " INT64_FORMAT " units", PG_INT64_MAX),
				 errhint("Check the column units.")));
	return units;
}

/*
 * Bounds
 */

static void
refuse_bound(const char *column, const char *stratum, int64 bound, const char *fault, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s of stratum \"%s\" is " INT64_FORMAT ", %s", column, fairdraw_shown(stratum), bound, fault),
			 errhint("%s", hint)));
}

static int64
read_bound(const char *column, const Allotment *stratum, Datum value, bool isnull)
{
	int64		bound;

	if (isnull)
		refuse_null(column, stratum->stratum, "Where there is no bound it is coalesce(low, 0), or coalesce(high, units).");
	bound = DatumGetInt64(value);
	if (bound < 0)
		refuse_bound(column, stratum->stratum, bound, "below 0", "A bound is an integer from 0 to the units of its stratum.");
	if (bound > stratum->units)
		refuse_bound(column, stratum->stratum, bound, psprintf("above its units, " INT64_FORMAT, stratum->units),
					 psprintf("Write least(%s, units) in the query.", column));
	return bound;
}

static void
read_bounds(const StrataLoader *loader, Allotment *stratum, const Datum *values, const bool *nulls)
{
	stratum->high = stratum->units;
	if (loader->columns[STRATA_HIGH].found)
		stratum->high = read_bound("high", stratum, values[STRATA_HIGH], nulls[STRATA_HIGH]);
	stratum->low = Min(loader->options->min, stratum->high);
	if (loader->columns[STRATA_LOW].found)
		stratum->low = read_bound("low", stratum, values[STRATA_LOW], nulls[STRATA_LOW]);
	if (stratum->low > stratum->high)
		refuse_bound("low", stratum->stratum, stratum->low, psprintf("above its high, " INT64_FORMAT, stratum->high),
					 "Lower the one or raise the other.");
}

/*
 * Measures
 */

#define TOO_LARGE "1e100"		/* far from the limits of numeric */

static bool
is_too_large(Numeric number)
{
	Datum		limit = DirectFunctionCall3(numeric_in, CStringGetDatum(TOO_LARGE),
											ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));

	return DatumGetBool(DirectFunctionCall2(numeric_ge, NumericGetDatum(number), limit));
}

static Numeric
read_measure(const StrataLoader *loader, const char *column, const char *stratum, Datum value, bool isnull,
			 const char *hint)
{
	MemoryContext caller;
	Numeric		number;

	if (isnull)
		refuse_null(column, stratum, hint);
	caller = MemoryContextSwitchTo(loader->keep);
	number = DatumGetNumericCopy(value);
	MemoryContextSwitchTo(caller);
	if (numeric_is_nan(number) || numeric_is_inf(number) ||
		DatumGetBool(DirectFunctionCall2(numeric_lt, NumericGetDatum(number),
										 NumericGetDatum(int64_to_numeric(0)))))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s of stratum \"%s\" is %s", column, fairdraw_shown(stratum),
						DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)))),
				 errdetail("It has to be a finite number, not below 0."),
				 errhint("%s", hint)));
	if (is_too_large(number))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s of stratum \"%s\" is too large", column, fairdraw_shown(stratum)),
				 errdetail("It has to be below %s.", TOO_LARGE),
				 errhint("Measure in a larger unit: only the ratios between strata matter.")));
	return number;
}

static void
read_measures(const StrataLoader *loader, Allotment *stratum, const Datum *values, const bool *nulls)
{
	AllocationMethod method = loader->options->method;

	if (method == ALLOCATION_NEYMAN || method == ALLOCATION_POWER)
		stratum->sd = read_measure(loader, "sd", stratum->stratum, values[STRATA_SD], nulls[STRATA_SD],
								   "It is a standard deviation. One unit alone has none: stddev_pop(), or coalesce(stddev_samp(...), 0), makes it 0.");
	if (method == ALLOCATION_POWER)
		stratum->total = read_measure(loader, "total", stratum->stratum, values[STRATA_TOTAL], nulls[STRATA_TOTAL],
									  "It is the sum over the units of what is measured: coalesce(sum(...), 0).");
}

static void
read_stratum(const Datum *values, const bool *nulls, void *arg)
{
	StrataLoader *loader = arg;
	Allocation *allocation = loader->allocation;
	Allotment  *stratum;

	CHECK_FOR_INTERRUPTS();
	if (allocation->count == loader->room)
	{
		loader->room *= 2;
		allocation->strata = repalloc_huge(allocation->strata, (Size) loader->room * sizeof(Allotment));
	}
	stratum = &allocation->strata[allocation->count++];
	memset(stratum, 0, sizeof(Allotment));
	stratum->stratum = read_name(loader, values[STRATA_STRATUM], nulls[STRATA_STRATUM]);
	stratum->units = read_units(loader, stratum->stratum, values[STRATA_UNITS], nulls[STRATA_UNITS]);
	read_bounds(loader, stratum, values, nulls);
	read_measures(loader, stratum, values, nulls);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(((const Allotment *) a)->stratum, ((const Allotment *) b)->stratum);
}

static void
sort_strata(Allocation *allocation)
{
	qsort(allocation->strata, allocation->count, sizeof(Allotment), compare_names);
	for (int i = 1; i < allocation->count; i++)
		if (compare_names(&allocation->strata[i - 1], &allocation->strata[i]) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNIQUE_VIOLATION),
					 errmsg("stratum \"%s\" comes twice in the strata query",
							fairdraw_shown(allocation->strata[i].stratum)),
					 errhint("Make the query return one row for each stratum: GROUP BY stratum.")));
}

/*
 * Reads the query with the caller's rights.  Needs an SPI connection; the
 * result lives in the current memory context.
 */
Allocation *
fairdraw_load_strata(const char *text, const AllocationOptions *options)
{
	Column		columns[STRATA_COLUMNS] = {
		[STRATA_STRATUM] = {"stratum", COLUMN_TEXT, NULL},
		[STRATA_UNITS] = {"units", COLUMN_BIGINT, NULL},
		[STRATA_LOW] = {"low", COLUMN_BIGINT, "0"},
		[STRATA_HIGH] = {"high", COLUMN_BIGINT, "0"},
		[STRATA_SD] = {"sd", COLUMN_NUMERIC, NULL},
		[STRATA_TOTAL] = {"total", COLUMN_NUMERIC, NULL}
	};
	StrataLoader loader = {.keep = CurrentMemoryContext,.options = options,.columns = columns,.room = 64};
	CallerQuery *query = fairdraw_analyze_query("strata", text);
	int			count = options->method == ALLOCATION_POWER ? STRATA_COLUMNS
		: options->method == ALLOCATION_NEYMAN ? STRATA_TOTAL
		: STRATA_SD;

	loader.allocation = palloc0(sizeof(Allocation));
	loader.allocation->strata = palloc(loader.room * sizeof(Allotment));
	fairdraw_stream_query(query, fairdraw_select_columns(query, columns, count), read_stratum, &loader);
	if (loader.allocation->count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("the strata query returns no rows"),
				 errhint("Check the query: it returns a row for each stratum.")));
	sort_strata(loader.allocation);
	return loader.allocation;
}
