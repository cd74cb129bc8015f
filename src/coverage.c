/*
 * coverage.c
 *		coverage(): counts of what was done, against targets
 *		(doc/statistics.md).
 */
#include "fairdraw.h"

#include "common/int.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/rangetypes.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

#include "arguments.h"
#include "calendar.h"
#include "coverage.h"
#include "field.h"

const char *const fairdraw_indicators[] = {
	[INDICATOR_ENTERPRISES] = "enterprises_drawn",
	[INDICATOR_ITEMS] = "items_covered",
	[INDICATOR_JOINT] = "joint",
	[INDICATOR_RISK_USED] = "risk_used",
	[INDICATOR_PUBLISHED] = "published_in_time",
	[INDICATOR_PROBLEMS] = "problems_dealt_with",
	[INDICATOR_RANDOM] = "random_share",
	[INDICATOR_MOBILE] = "mobile",
	[INDICATOR_COMPLETED] = "completed",
	NULL
};

/*
 * The days that figures are about.  The cut-off is a day that is over: what is
 * due today is not late yet.
 */
Coverage *
fairdraw_coverage_days(FunctionCallInfo fcinfo, int period)
{
	Coverage   *coverage = palloc0(sizeof(Coverage));
	RangeType  *range;
	TypeCacheEntry *type;
	RangeBound	lower;
	RangeBound	upper;
	DateADT		first;
	DateADT		end;
	bool		empty;

	coverage->today = GetSQLCurrentDate();
	coverage->first = DATEVAL_NOBEGIN;
	coverage->cutoff = coverage->today - 1;
	if (PG_ARGISNULL(period))
		return coverage;

	range = PG_GETARG_RANGE_P(period);
	type = range_get_typcache(fcinfo, RangeTypeGetOid(range));
	range_deserialize(type, range, &lower, &upper, &empty);
	/* a range of dates is kept as its first day and the day after its last */
	first = empty || lower.infinite ? DATEVAL_NOBEGIN : DatumGetDateADT(lower.val);
	end = empty || upper.infinite ? DATEVAL_NOEND : DatumGetDateADT(upper.val);
	if (empty || DATE_IS_NOEND(first) || DATE_IS_NOBEGIN(end) ||
		(!DATE_IS_NOEND(end) && !IS_VALID_DATE(end - 1)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the period has no days"),
				 errhint("Give its days, as in daterange('2026-01-01', '2026-12-31', '[]').")));
	coverage->first = first;
	if (end <= coverage->cutoff)
		coverage->cutoff = end - 1;
	return coverage;
}

static void
add_to_total(int64 *total, int64 number)
{
	if (pg_add_s64_overflow(*total, number, total))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the numbers of all groups together are too large"),
				 errhint("Check the numbers of the base query.")));
}

/* Counts everything; needs an SPI connection.  "targets": NULL: none */
void
fairdraw_count_coverage(Coverage *coverage, const char *checks, const char *base, const char *targets)
{
	fairdraw_load_base(coverage, base);
	if (targets != NULL)
		fairdraw_load_targets(coverage, targets);
	fairdraw_count_checks(coverage, checks);
	for (int i = 0; i < coverage->ngroups; i++)
	{
		for (int j = 0; j < BASE_NUMBERS; j++)
			add_to_total(&coverage->total.base[j], coverage->groups[i].base[j]);
		for (int j = 0; j < COUNTS; j++)
			add_to_total(&coverage->total.counts[j], coverage->groups[i].counts[j]);
	}
}

/* Numerator and denominator of each indicator: the definitions of them. */
static void
set_ratio(const Coverage *coverage, const CoverageGroup *group, Figure *figure)
{
	const int64 *counts = group->counts;

	switch (figure->indicator)
	{
		case INDICATOR_ENTERPRISES:
			figure->numerator = counts[ENTERPRISES_DRAWN];
			figure->denominator = group->base[BASE_ENTERPRISES];
			break;
		case INDICATOR_ITEMS:
			figure->numerator = counts[ITEMS_COVERED];
			figure->denominator = group->base[BASE_ITEMS];
			break;
		case INDICATOR_JOINT:
			figure->numerator = counts[VISITS_JOINT];
			figure->denominator = counts[VISITS_RANDOM];
			break;
		case INDICATOR_RISK_USED:
			figure->numerator = counts[VISITS_RISK_USED];
			figure->denominator = counts[VISITS_RANDOM];
			break;
		case INDICATOR_PUBLISHED:
			figure->numerator = counts[RESULTS_IN_TIME];
			figure->denominator = counts[RESULTS_DUE];
			break;
		case INDICATOR_PROBLEMS:
			figure->numerator = counts[PROBLEMS_CLOSED];
			figure->denominator = counts[PROBLEMS_DUE];
			break;
		case INDICATOR_RANDOM:
			figure->numerator = counts[VISITS_RANDOM];
			figure->denominator = counts[VISITS_DONE];
			break;
		case INDICATOR_MOBILE:
			figure->numerator = counts[ROWS_MOBILE];
			figure->denominator = counts[ROWS_DONE];
			break;
		case INDICATOR_COMPLETED:
			figure->numerator = counts[VISITS_DONE];
			figure->denominator = coverage->has_base[BASE_PLANNED] ? group->base[BASE_PLANNED]
				: counts[VISITS_PLANNED];
			break;
		case INDICATORS:
			break;
	}
}

static void
each_figure_of(const Coverage *coverage, const CoverageGroup *group, FigureFunction put, void *arg)
{
	for (int i = 0; i < INDICATORS; i++)
	{
		Figure		figure = {.group = group->name,.indicator = i,.known = coverage->has[i]};

		figure.target = fairdraw_coverage_target(coverage, i, group->name);
		/* a target without data must not look like no target */
		if (!figure.known && figure.target == NULL)
			continue;
		if (figure.known)
			set_ratio(coverage, group, &figure);
		put(&figure, arg);
	}
}

/* The rows of the result: the groups, then the total. */
void
fairdraw_each_figure(const Coverage *coverage, FigureFunction put, void *arg)
{
	if (coverage->grouped)
		for (int i = 0; i < coverage->ngroups; i++)
			each_figure_of(coverage, &coverage->groups[i], put, arg);
	each_figure_of(coverage, &coverage->total, put, arg);
}

/*
 * Is the target met?  Exact: the numerator is compared with the target times
 * the denominator.  Of a figure that has both, and a denominator above 0.
 */
bool
fairdraw_figure_met(const Figure *figure)
{
	Datum		wanted = DirectFunctionCall2(numeric_mul, NumericGetDatum(figure->target->value),
											 NumericGetDatum(int64_to_numeric(figure->denominator)));
	int			order = DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(int64_to_numeric(figure->numerator)),
														  wanted));

	switch (figure->target->comparator)
	{
		case AT_LEAST:
			return order >= 0;
		case MORE_THAN:
			return order > 0;
		case AT_MOST:
			return order <= 0;
		case LESS_THAN:
			return order < 0;
		case EQUAL_TO:
			return order == 0;
	}
	return false;
}

/* numerator / denominator with six decimals, halves up */
static Datum
ratio(const Figure *figure)
{
	uint128		doubled = (uint128) figure->numerator * 2000000 + figure->denominator;
	uint128		micro = doubled / ((uint128) figure->denominator * 2);

	if (micro > PG_INT64_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("ratio of indicator \"%s\" is out of range", fairdraw_indicators[figure->indicator]),
				 errhint("Check the numbers of the base query.")));
	return NumericGetDatum(int64_div_fast_to_numeric((int64) micro, 6));
}

static void
put_row(const Figure *figure, void *arg)
{
	ReturnSetInfo *result = arg;
	bool		judged = figure->known && figure->denominator > 0;
	Datum		values[8] = {0};
	bool		nulls[8] = {false};

	CHECK_FOR_INTERRUPTS();
	nulls[0] = figure->group == NULL;
	if (!nulls[0])
		values[0] = CStringGetTextDatum(fairdraw_shown(figure->group));
	values[1] = CStringGetTextDatum(fairdraw_indicators[figure->indicator]);
	nulls[2] = nulls[3] = !figure->known;
	values[2] = Int64GetDatum(figure->numerator);
	values[3] = Int64GetDatum(figure->denominator);
	nulls[4] = !judged;
	if (judged)
		values[4] = ratio(figure);
	nulls[5] = nulls[6] = figure->target == NULL;
	nulls[7] = figure->target == NULL || !judged;
	if (figure->target != NULL)
	{
		values[5] = NumericGetDatum(figure->target->value);
		values[6] = CStringGetTextDatum(fairdraw_comparators[figure->target->comparator]);
		values[7] = judged ? BoolGetDatum(fairdraw_figure_met(figure)) : (Datum) 0;
	}
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* coverage(checks, base, period, targets) */
PG_FUNCTION_INFO_V1(fairdraw_coverage);
Datum
fairdraw_coverage(PG_FUNCTION_ARGS)
{
	char	   *checks = fairdraw_text_arg(fcinfo, 0);
	char	   *base = fairdraw_text_arg(fcinfo, 1);
	Coverage   *coverage = fairdraw_coverage_days(fcinfo, 2);
	char	   *targets = PG_ARGISNULL(3) ? NULL : fairdraw_text_arg(fcinfo, 3);

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	fairdraw_count_coverage(coverage, checks, base, targets);
	fairdraw_each_figure(coverage, put_row, fcinfo->resultinfo);
	SPI_finish();
	return (Datum) 0;
}
