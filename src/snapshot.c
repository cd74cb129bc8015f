/*
 * snapshot.c
 *		coverage_snapshot(): the figures of a day, kept with what they rest on
 *		(doc/statistics.md).
 */
#include "fairdraw.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "arguments.h"
#include "calendar.h"
#include "ceremony.h"
#include "coverage.h"
#include "field.h"
#include "owner.h"

typedef struct CoverageSnapshot
{
	char	   *name;
	char	   *day;
	const Coverage *coverage;
} CoverageSnapshot;

/* Appends the snapshot itself: once a day.  Its figures follow. */
static void
append_snapshot(const CoverageSnapshot *snapshot, FunctionCallInfo fcinfo, const char *user)
{
	const Coverage *coverage = snapshot->coverage;
	OwnerSection section;
	bool		first;

	fairdraw_begin_owner(&section);
	first = fairdraw_write("INSERT INTO fairdraw_data.coverage_snapshot (snapshot, day, period_from, cutoff, checks, base, targets, taken_by)"
						   " VALUES ($1, $2::date, $3::date, $4::date, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
						   "tttttttt", snapshot->name, snapshot->day,
						   coverage->first == DATEVAL_NOBEGIN ? NULL : fairdraw_date_text(coverage->first),
						   fairdraw_date_text(coverage->cutoff), fairdraw_utf8_arg(fcinfo, 1), fairdraw_utf8_arg(fcinfo, 2),
						   PG_ARGISNULL(4) ? NULL : fairdraw_utf8_arg(fcinfo, 4), user) == 1;
	fairdraw_end_owner(&section);
	if (!first)
		ereport(ERROR,
				(errcode(ERRCODE_UNIQUE_VIOLATION),
				 errmsg("snapshot \"%s\" of %s has been taken", fairdraw_shown(snapshot->name), snapshot->day),
				 errhint("A snapshot is taken once a day and kept as it is; take another one under another name.")));
}

static const char *
number_text(int64 number, bool known)
{
	return known ? psprintf(INT64_FORMAT, number) : NULL;
}

static void
append_base(const CoverageSnapshot *snapshot, const CoverageGroup *group)
{
	const bool *has = snapshot->coverage->has_base;

	fairdraw_write("INSERT INTO fairdraw_data.coverage_base (snapshot, day, grp, enterprises, items, planned)"
				   " VALUES ($1, $2::date, $3, $4::bigint, $5::bigint, $6::bigint)",
				   "tttttt", snapshot->name, snapshot->day, group->name == NULL ? "" : group->name,
				   number_text(group->base[BASE_ENTERPRISES], true),
				   number_text(group->base[BASE_ITEMS], has[BASE_ITEMS]),
				   number_text(group->base[BASE_PLANNED], has[BASE_PLANNED]));
}

static void
append_figure(const Figure *figure, void *arg)
{
	const CoverageSnapshot *snapshot = arg;
	const Target *target = figure->target;
	const char *met = NULL;

	CHECK_FOR_INTERRUPTS();
	if (target != NULL && figure->known && figure->denominator > 0)
		met = fairdraw_figure_met(figure) ? "true" : "false";
	fairdraw_write("INSERT INTO fairdraw_data.coverage_figure (snapshot, day, grp, indicator, numerator, denominator, target, comparator, met, due)"
				   " VALUES ($1, $2::date, $3, $4, $5::bigint, $6::bigint, $7::numeric, $8, $9::boolean, $10::date)",
				   "tttttttttt", snapshot->name, snapshot->day, figure->group == NULL ? "" : figure->group,
				   fairdraw_indicators[figure->indicator],
				   number_text(figure->numerator, figure->known), number_text(figure->denominator, figure->known),
				   target == NULL ? NULL : DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(target->value))),
				   target == NULL ? NULL : fairdraw_comparators[target->comparator], met,
				   target == NULL || target->due == DATEVAL_NOEND ? NULL : fairdraw_date_text(target->due));
}

static void
append_figures(CoverageSnapshot *snapshot)
{
	const Coverage *coverage = snapshot->coverage;
	OwnerSection section;

	fairdraw_begin_owner(&section);
	if (coverage->grouped)
		for (int i = 0; i < coverage->ngroups; i++)
			append_base(snapshot, &coverage->groups[i]);
	append_base(snapshot, &coverage->total);
	fairdraw_each_figure(coverage, append_figure, snapshot);
	fairdraw_end_owner(&section);
}

/* coverage_snapshot(snapshot, checks, base, period, targets): its day */
PG_FUNCTION_INFO_V1(fairdraw_coverage_snapshot);
Datum
fairdraw_coverage_snapshot(PG_FUNCTION_ARGS)
{
	CoverageSnapshot snapshot = {.name = fairdraw_utf8_arg(fcinfo, 0)};
	char	   *checks = fairdraw_text_arg(fcinfo, 1);
	char	   *base = fairdraw_text_arg(fcinfo, 2);
	Coverage   *coverage = fairdraw_coverage_days(fcinfo, 3);
	char	   *targets = PG_ARGISNULL(4) ? NULL : fairdraw_text_arg(fcinfo, 4);
	char	   *user;

	fairdraw_require_duty(DUTY_PUBLISHER);
	user = fairdraw_caller();
	fairdraw_require_field("snapshot", snapshot.name, FAIRDRAW_MAX_LABEL);
	snapshot.day = fairdraw_date_text(coverage->today);
	snapshot.coverage = coverage;

	SPI_connect();
	append_snapshot(&snapshot, fcinfo, user);
	fairdraw_count_coverage(coverage, checks, base, targets);
	append_figures(&snapshot);
	SPI_finish();
	PG_RETURN_DATEADT(coverage->today);
}
