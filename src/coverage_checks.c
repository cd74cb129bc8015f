/*
 * coverage_checks.c
 *		Counting the checks of coverage().
 *
 * PostgreSQL counts, so that workers help: one statement counts visits, another
 * one rows and items.  Both also say whether something is wrong with the data;
 * which visit it is about is looked for only then.
 */
#include "fairdraw.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "calendar.h"
#include "coverage_checks.h"
#include "deadline.h"
#include "field.h"

#define EVENT "result_publication"
#define ANCHOR "check_ended"

/* of a deadline whose time is bounded in calendar days */
#define MOST_DAYS 250

/*
 * Expressions
 */

/* A day as a literal. */
static char *
literal(DateADT day)
{
	return psprintf("'%s'::pg_catalog.date", fairdraw_date_text(day));
}

static char *
not_before_period(const Checks *checks, const char *day)
{
	return psprintf("%s OPERATOR(pg_catalog.>=) %s", day, literal(checks->coverage->first));
}

static char *
by_cutoff(const Checks *checks, const char *day)
{
	return psprintf("%s OPERATOR(pg_catalog.<=) %s", day, literal(checks->coverage->cutoff));
}

/* In the period, and over by the cut-off. */
static char *
in_period(const Checks *checks, const char *day)
{
	return psprintf("%s AND %s", by_cutoff(checks, day), not_before_period(checks, day));
}

/*
 * An id by which rows are grouped: as it is stored where that can be, else in
 * the order of its bytes, which is also faster than a collation.
 */
static char *
key_expression(const Column *column)
{
	switch (column->type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			return psprintf("f.%s", column->name);
		case UUIDOID:
			/* uids are compared by min(), which uuid has from version 18 on */
			if (strcmp(column->name, "uid") != 0)
				return psprintf("f.%s", column->name);
	}
	return psprintf("%s COLLATE pg_catalog.\"C\"", column->expression);
}

/* Is the row done?  Without done_on all are. */
char *
fairdraw_row_done(const Checks *checks)
{
	return checks->columns[CHECK_DONE_ON].found ? in_period(checks, "f.done_on") : "true";
}

/*
 * What the rows of a visit say about it, as bits: of each flag whether it is
 * true, false or null in one of them.
 */
static char *
row_bits(const Checks *checks)
{
	StringInfoData bits;

	initStringInfo(&bits);
	appendStringInfo(&bits, "CASE WHEN f.uid IS NULL THEN %d ELSE 0 END", NULL_UID);
	if (checks->columns[CHECK_DONE_ON].found)
		appendStringInfo(&bits, " OPERATOR(pg_catalog.+) CASE WHEN pg_catalog.isfinite(f.done_on) IS FALSE THEN %d ELSE 0 END", ENDLESS_DAY);
	for (int i = CHECK_RANDOM; i <= CHECK_RISK_USED; i++)
		if (checks->columns[i].found)
			appendStringInfo(&bits, " OPERATOR(pg_catalog.+) CASE WHEN f.%s THEN %d WHEN f.%s IS NULL THEN %d ELSE %d END",
							 checks->columns[i].name, FLAG_TRUE << fairdraw_flag_shift(i), checks->columns[i].name,
							 FLAG_NULL << fairdraw_flag_shift(i), FLAG_FALSE << fairdraw_flag_shift(i));
	return bits.data;
}

/* Is the visit so?  Of random: without the column all are. */
static char *
visit_is(const Checks *checks, int column)
{
	if (checks->columns[column].found)
		return fairdraw_has_bits(FLAG_TRUE << fairdraw_flag_shift(column));
	return column == CHECK_RANDOM ? "true" : "false";
}

/* Is the visit done, and random? */
char *
fairdraw_drawn_visit(const Checks *checks)
{
	return psprintf("%s AND %s", checks->done, visit_is(checks, CHECK_RANDOM));
}

/*
 * Statements
 */

/* The visits, as sub-select "v".  One is done on the last day of its rows. */
char *
fairdraw_visits(const Checks *checks)
{
	bool		grouped = checks->columns[CHECK_GRP].found;
	bool		dated = checks->columns[CHECK_DONE_ON].found;

	return psprintf("(SELECT %s%s%s AS visit, pg_catalog.min(%s) AS uid, pg_catalog.max(%s) AS other_uid,%s"
					" pg_catalog.bit_or(%s) AS bits FROM (%s\n) AS f GROUP BY %s%s%s) AS v",
					grouped ? checks->keys[CHECK_GRP] : "", grouped ? " AS grp, " : "", checks->keys[CHECK_VISIT],
					checks->keys[CHECK_UID], checks->keys[CHECK_UID],
					dated ? " pg_catalog.max(COALESCE(f.done_on, 'infinity'::pg_catalog.date)) AS done_on," : "",
					row_bits(checks), checks->query->text,
					grouped ? checks->keys[CHECK_GRP] : "", grouped ? ", " : "", checks->keys[CHECK_VISIT]);
}

/* A row for each group: its name, VISIT_COUNTS counts, faults. */
static char *
count_visits(const Checks *checks)
{
	bool		grouped = checks->columns[CHECK_GRP].found;
	char	   *random = fairdraw_drawn_visit(checks);

	return psprintf("SELECT %s, pg_catalog.sum(u.planned)::pg_catalog.int8, pg_catalog.sum(u.done)::pg_catalog.int8,"
					" pg_catalog.sum(u.random)::pg_catalog.int8, pg_catalog.sum(u.joint)::pg_catalog.int8,"
					" pg_catalog.sum(u.risk_used)::pg_catalog.int8,"
					" pg_catalog.count(*) FILTER (WHERE u.random OPERATOR(pg_catalog.>) 0), pg_catalog.bit_or(u.faults)"
					" FROM (SELECT %sv.uid, pg_catalog.count(*) FILTER (WHERE %s) AS planned,"
					" pg_catalog.count(*) FILTER (WHERE %s) AS done, pg_catalog.count(*) FILTER (WHERE %s) AS random,"
					" pg_catalog.count(*) FILTER (WHERE %s AND %s) AS joint,"
					" pg_catalog.count(*) FILTER (WHERE %s AND %s) AS risk_used,"
					" pg_catalog.bit_or(%s) AS faults FROM %s GROUP BY %sv.uid) AS u%s",
					grouped ? "u.grp::pg_catalog.text" : "''::pg_catalog.text", grouped ? "v.grp, " : "", checks->counts,
					checks->done, random, random, visit_is(checks, CHECK_JOINT), random, visit_is(checks, CHECK_RISK_USED),
					fairdraw_visit_faults(checks), fairdraw_visits(checks), grouped ? "v.grp, " : "", grouped ? " GROUP BY u.grp" : "");
}

/*
 * Can a result be due in the period that was found on a day?  Only for such is
 * the deadline computed, so that old rows need no calendar of their years, nor
 * the latest one of the next.  Of a rule of n days: not before n days are over,
 * and after 2 n + 30 days for sure, since no more of these are holidays.
 */
static char *
may_be_due(const Checks *checks)
{
	const DeadlineRules *rules = fairdraw_deadline_rules();
	const Coverage *coverage = checks->coverage;
	int32		least = PG_INT32_MAX;
	int32		most = 0;
	bool		in_days = true;
	Checks		shifted = *checks;
	Coverage	days = *coverage;

	for (int i = 0; i < rules->nrules; i++)
	{
		const DeadlineRule *rule = &rules->rules[i];

		if (!rule->in_force || strcmp(rule->event, EVENT) != 0)
			continue;
		in_days = in_days && (rule->unit == UNIT_WORKING || rule->unit == UNIT_CALENDAR);
		least = Min(least, rule->length);
		most = Max(most, rule->length);
	}
	if (!in_days || most == 0 || most > MOST_DAYS)
		return by_cutoff(checks, "f.done_on");
	days.cutoff = coverage->cutoff - least;
	if (coverage->first != DATEVAL_NOBEGIN)
		days.first = coverage->first - 2 * most - 30;
	shifted.coverage = &days;
	return in_period(&shifted, "f.done_on");
}

/*
 * The checks, with the day by which the result of a row is to be public.  It is
 * computed once a row, in a sub-select that stays one.
 */
static char *
with_publish_due(const Checks *checks)
{
	if (!checks->coverage->has[INDICATOR_PUBLISHED] || checks->columns[CHECK_PUBLISH_DUE].found)
		return checks->query->text;
	return psprintf("SELECT f.*, CASE WHEN %s THEN fairdraw.deadline('" EVENT "', f.done_on) END AS publish_due FROM (%s\n) AS f OFFSET 0",
					may_be_due(checks), checks->query->text);
}

/* Is the row a problem that was to be dealt with in the period? */
static char *
problem_due(const Checks *checks)
{
	const char *code = checks->columns[CHECK_CODE].type == TEXTOID || checks->columns[CHECK_CODE].type == VARCHAROID
		? psprintf("%s::fairdraw.result_code", checks->columns[CHECK_CODE].expression)
		: checks->columns[CHECK_CODE].expression;
	const char *day = NULL;

	if (checks->columns[CHECK_FOLLOW_UP_DUE].found && checks->columns[CHECK_DONE_ON].found)
		day = "COALESCE(f.follow_up_due, f.done_on)";
	else if (checks->columns[CHECK_FOLLOW_UP_DUE].found)
		return psprintf("(f.follow_up_due IS NULL OR %s) AND fairdraw.needs_follow_up(%s)",
						in_period(checks, "f.follow_up_due"), code);
	else if (checks->columns[CHECK_DONE_ON].found)
		day = "f.done_on";
	return psprintf("%s%sfairdraw.needs_follow_up(%s)", day == NULL ? "" : in_period(checks, day),
					day == NULL ? "" : " AND ", code);
}

static void
append_count(StringInfo statement, bool wanted, const char *name, const char *condition)
{
	if (wanted)
		appendStringInfo(statement, " pg_catalog.count(*) FILTER (WHERE %s) AS %s,", condition, name);
	else
		appendStringInfo(statement, " 0::pg_catalog.int8 AS %s,", name);
}

/* A row for each group: its name, the other counts, faults.  NULL: nothing is wanted. */
static char *
count_rows(const Checks *checks)
{
	const bool *has = checks->coverage->has;
	bool		grouped = checks->columns[CHECK_GRP].found;
	char	   *done = fairdraw_row_done(checks);
	StringInfoData rows;
	StringInfoData keys;
	char	   *due;

	if (!has[INDICATOR_ITEMS] && !has[INDICATOR_MOBILE] && !has[INDICATOR_PUBLISHED] && !has[INDICATOR_PROBLEMS])
		return NULL;
	initStringInfo(&rows);
	initStringInfo(&keys);
	if (grouped)
		appendStringInfo(&rows, " %s AS grp,", checks->keys[CHECK_GRP]);
	if (has[INDICATOR_ITEMS])
		appendStringInfo(&rows, " %s AS item,", checks->keys[CHECK_ITEM]);
	append_count(&rows, has[INDICATOR_ITEMS] || has[INDICATOR_MOBILE], "done", done);
	append_count(&rows, has[INDICATOR_MOBILE], "mobile", psprintf("f.mobile AND %s", done));
	append_count(&rows, has[INDICATOR_MOBILE], "unknown", psprintf("f.mobile IS NULL AND %s", done));
	due = in_period(checks, "f.publish_due");
	append_count(&rows, has[INDICATOR_PUBLISHED], "due", due);
	append_count(&rows, has[INDICATOR_PUBLISHED], "in_time",
				 psprintf("f.published_on OPERATOR(pg_catalog.<=) f.publish_due AND %s", due));
	due = problem_due(checks);
	append_count(&rows, has[INDICATOR_PROBLEMS], "problems", due);
	append_count(&rows, has[INDICATOR_PROBLEMS], "closed", psprintf("%s AND %s", by_cutoff(checks, "f.closed_on"), due));
	rows.data[rows.len - 1] = '\0';

	if (grouped)
		appendStringInfoString(&keys, checks->keys[CHECK_GRP]);
	if (has[INDICATOR_ITEMS])
		appendStringInfo(&keys, "%s%s", grouped ? ", " : "", checks->keys[CHECK_ITEM]);
	return psprintf("SELECT %s, pg_catalog.count(*) FILTER (WHERE r.done OPERATOR(pg_catalog.>) 0),"
					" pg_catalog.sum(r.done)::pg_catalog.int8, pg_catalog.sum(r.mobile)::pg_catalog.int8,"
					" pg_catalog.sum(r.due)::pg_catalog.int8, pg_catalog.sum(r.in_time)::pg_catalog.int8,"
					" pg_catalog.sum(r.problems)::pg_catalog.int8, pg_catalog.sum(r.closed)::pg_catalog.int8,"
					" pg_catalog.bit_or(%s CASE WHEN r.unknown OPERATOR(pg_catalog.>) 0 THEN %d ELSE 0 END)"
					" FROM (SELECT%s FROM (%s\n) AS f%s%s) AS r%s",
					grouped ? "r.grp::pg_catalog.text" : "''::pg_catalog.text",
					has[INDICATOR_ITEMS]
					? psprintf("CASE WHEN r.item IS NULL AND r.done OPERATOR(pg_catalog.>) 0 THEN %d ELSE 0 END OPERATOR(pg_catalog.+)",
							   1 << FAULT_NULL_ITEM)
					: "",
					1 << FAULT_NULL_MOBILE, rows.data, with_publish_due(checks),
					keys.len > 0 ? " GROUP BY " : "", keys.data, grouped ? " GROUP BY r.grp" : "");
}

/*
 * Counting
 */

/*
 * Without sorting, where it can be done without: where a visit has many rows
 * workers would sort all of them by two texts, which takes several times as
 * long as hashing.
 */
static void
run_hashed(const Checks *checks, const char *statement)
{
	int			settings = NewGUCNestLevel();

	(void) set_config_option("enable_sort", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	fairdraw_run_query(checks->query, statement, NULL);
	AtEOXact_GUC(false, settings);
}

/* Runs a statement; adds its counts to the groups, and its faults to "faults". */
static void
take_counts(const Checks *checks, const char *statement, int first, int count, int *faults)
{
	SPITupleTable *rows;
	bool		isnull;

	run_hashed(checks, statement);
	rows = SPI_tuptable;
	for (uint64 row = 0; row < rows->numvals; row++)
	{
		HeapTuple	tuple = rows->vals[row];
		Datum		value = SPI_getbinval(tuple, rows->tupdesc, 1, &isnull);
		CoverageGroup *group;
		const char *name;

		CHECK_FOR_INTERRUPTS();
		if (isnull)
		{
			*faults |= 1 << FAULT_NULL_GROUP;
			continue;
		}
		name = fairdraw_text_to_utf8(DatumGetTextPP(value));
		group = fairdraw_coverage_group(checks->coverage, name);
		if (group == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the base query lacks group \"%s\" of the checks query", fairdraw_shown(name)),
					 errhint("Give the base of every group, also where it is 0.")));
		for (int i = 0; i < count; i++)
		{
			value = SPI_getbinval(tuple, rows->tupdesc, 2 + i, &isnull);
			/* of no rows at all sums are null */
			group->counts[first + i] = isnull ? 0 : DatumGetInt64(value);
		}
		value = SPI_getbinval(tuple, rows->tupdesc, 2 + count, &isnull);
		if (!isnull)
			*faults |= DatumGetInt32(value);
	}
	SPI_freetuptable(rows);
}

/* Which indicators there are columns for. */
static void
find_indicators(const Checks *checks, bool *has)
{
	const Column *columns = checks->columns;
	const bool *has_base = checks->coverage->has_base;

	has[INDICATOR_ENTERPRISES] = true;
	has[INDICATOR_ITEMS] = columns[CHECK_ITEM].found && has_base[BASE_ITEMS];
	has[INDICATOR_JOINT] = columns[CHECK_JOINT].found;
	has[INDICATOR_RISK_USED] = columns[CHECK_RISK_USED].found;
	has[INDICATOR_PUBLISHED] = columns[CHECK_PUBLISHED_ON].found &&
		(columns[CHECK_PUBLISH_DUE].found || columns[CHECK_DONE_ON].found);
	has[INDICATOR_PROBLEMS] = columns[CHECK_CODE].found && columns[CHECK_CLOSED_ON].found;
	has[INDICATOR_RANDOM] = columns[CHECK_RANDOM].found;
	has[INDICATOR_MOBILE] = columns[CHECK_MOBILE].found;
	has[INDICATOR_COMPLETED] = has_base[BASE_PLANNED] || columns[CHECK_DONE_ON].found;
}

/*
 * The rule that results are published by has to count from what done_on is, the
 * end of the check.
 */
static void
require_anchor(void)
{
	const DeadlineRules *rules = fairdraw_deadline_rules();

	for (int i = 0; i < rules->nrules; i++)
		if (rules->rules[i].in_force && strcmp(rules->rules[i].event, EVENT) == 0 && strcmp(rules->rules[i].anchor, ANCHOR) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("the checks query returns no column \"publish_due\""),
					 errdetail("By rule \"%s\" results are due from \"%s\", which done_on is not.", rules->rules[i].rule, rules->rules[i].anchor),
					 errhint("Name it in the query, as in SELECT fairdraw.deadline('" EVENT "', ...) AS publish_due.")));
}

static void
find_checks(Checks *checks, const char *text)
{
	static const Column columns[CHECK_COLUMNS] = {
		{"visit", COLUMN_TEXT, NULL},
		{"uid", COLUMN_TEXT, NULL},
		{"grp", COLUMN_TEXT, ""},
		{"item", COLUMN_TEXT, ""},
		{"done_on", COLUMN_DATE, ""},
		{"random", COLUMN_BOOLEAN, ""},
		{"joint", COLUMN_BOOLEAN, ""},
		{"risk_used", COLUMN_BOOLEAN, ""},
		{"mobile", COLUMN_BOOLEAN, ""},
		{"code", COLUMN_CODE, ""},
		{"publish_due", COLUMN_DATE, ""},
		{"published_on", COLUMN_DATE, ""},
		{"follow_up_due", COLUMN_DATE, ""},
		{"closed_on", COLUMN_DATE, ""}
	};

	memcpy(checks->columns, columns, sizeof(columns));
	checks->query = fairdraw_analyze_query("checks", text);
	fairdraw_find_columns(checks->query, checks->columns, CHECK_COLUMNS);
	if (checks->columns[CHECK_GRP].found != checks->coverage->grouped)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("the %s query returns no column \"grp\", and the %s query does",
						checks->coverage->grouped ? "checks" : "base", checks->coverage->grouped ? "base" : "checks"),
				 errhint("Give both of them the column, or neither for the total alone.")));
	for (int i = 0; i <= CHECK_ITEM; i++)
		if (checks->columns[i].found)
			checks->keys[i] = key_expression(&checks->columns[i]);
	checks->counts = checks->columns[CHECK_DONE_ON].found ? not_before_period(checks, "v.done_on") : "true";
	checks->done = checks->columns[CHECK_DONE_ON].found ? in_period(checks, "v.done_on") : "true";
}

/* Counts the checks into the groups of the base. */
void
fairdraw_count_checks(Coverage *coverage, const char *text)
{
	Checks		checks = {.coverage = coverage};
	char	   *rows;
	int			faults = 0;

	find_checks(&checks, text);
	find_indicators(&checks, coverage->has);
	if (coverage->has[INDICATOR_PUBLISHED] && !checks.columns[CHECK_PUBLISH_DUE].found)
		require_anchor();
	take_counts(&checks, count_visits(&checks), VISITS_PLANNED, VISIT_COUNTS, &faults);
	rows = count_rows(&checks);
	if (faults == 0 && rows != NULL)
		take_counts(&checks, rows, ITEMS_COVERED, COUNTS - VISIT_COUNTS, &faults);
	for (int fault = 0; fault < FAULTS; fault++)
		if (faults & (1 << fault))
			fairdraw_report_fault(&checks, fault);
}
