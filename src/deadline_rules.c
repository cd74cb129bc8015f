/*
 * deadline_rules.c
 *		The rules on deadlines, and what they say for a day
 *		(doc/publication.md section 3).
 */
#include "fairdraw.h"

#include "common/int.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/datetime.h"

#include "book.h"
#include "calendar.h"
#include "deadline.h"
#include "validity.h"

#define TABLE "deadline_rule"
#define MOST_ANCHORS 500

const char *const fairdraw_deadline_units[] = {
	[UNIT_WORKING] = "working",
	[UNIT_CALENDAR] = "calendar",
	[UNIT_MONTH] = "month",
	[UNIT_YEAR] = "year",
	NULL
};

/* overdue() finds the dates by the names of the anchors. */
static const char *const taken[] = {"record", "event", "done_on", "due", NULL};

static void
check_rule(const DeadlineRule *rule, bool has_month)
{
	bool		of_month = rule->unit == UNIT_MONTH || rule->unit == UNIT_YEAR;

	if (rule->length < 1)
		fairdraw_bad_rule(TABLE, rule->rule, psprintf("has a length of %d", rule->length),
						  "A length is at least 1.");
	if (of_month && rule->length > 31)
		fairdraw_bad_rule(TABLE, rule->rule, psprintf("is due on day %d of a month", rule->length),
						  "For the units month and year length is a day of the month, 1 to 31.");
	if (has_month != (rule->unit == UNIT_YEAR))
		fairdraw_bad_rule(TABLE, rule->rule, has_month ? "has a month, but is not of the unit year"
						  : "is of the unit year, but has no month",
						  "Only the unit year takes a month.");
	if (has_month && (rule->month < 1 || rule->month > 12))
		fairdraw_bad_rule(TABLE, rule->rule, psprintf("is due in month %d", rule->month),
						  "Months count from 1 to 12.");
	if (rule->anchor[0] == '\0' || strlen(rule->anchor) >= NAMEDATALEN ||
		fairdraw_word_place(taken, rule->anchor) >= 0)
		fairdraw_bad_rule(TABLE, rule->rule, psprintf("has the anchor \"%s\"", rule->anchor),
						  "An anchor is the name of a column of dates; record, event, done_on and due are others.");
}

static void
check_overlaps(const DeadlineRules *rules)
{
	for (int i = 0; i < rules->nrules; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < i; j++)
		{
			const DeadlineRule *rule = &rules->rules[i];
			const DeadlineRule *other = &rules->rules[j];

			if (strcmp(rule->event, other->event) != 0 ||
				!fairdraw_spans_meet(rule->valid_from, rule->valid_to, other->valid_from, other->valid_to))
				continue;
			if (strcmp(rule->anchor, other->anchor) == 0)
				fairdraw_overlapping_rules(TABLE, other->rule, rule->rule, "event and anchor",
										   Max(rule->valid_from, other->valid_from));
			if (rule->in_force && other->in_force)
				fairdraw_overlapping_rules(TABLE, other->rule, rule->rule, "event, in force",
										   Max(rule->valid_from, other->valid_from));
		}
	}
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static void
number_anchors(DeadlineRules *rules)
{
	int			n = 0;

	rules->anchors = palloc((rules->nrules + 1) * sizeof(char *));
	for (int i = 0; i < rules->nrules; i++)
		rules->anchors[i] = rules->rules[i].anchor;
	qsort(rules->anchors, rules->nrules, sizeof(char *), compare_names);
	for (int i = 0; i < rules->nrules; i++)
		if (n == 0 || strcmp(rules->anchors[n - 1], rules->anchors[i]) != 0)
			rules->anchors[n++] = rules->anchors[i];
	rules->anchors[n] = NULL;
	rules->nanchors = n;
	if (n > MOST_ANCHORS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("rules in fairdraw_data.%s count from %d different anchors", TABLE, n),
				 errhint("At most %d can be columns of one query.", MOST_ANCHORS)));
	for (int i = 0; i < rules->nrules; i++)
		rules->rules[i].anchor_id = fairdraw_word_place(rules->anchors, rules->rules[i].anchor);
}

static void *
compile_deadlines(void)
{
	DeadlineRules *rules = palloc0(sizeof(DeadlineRules));

	fairdraw_read_book(TABLE, "SELECT rule, event, anchor, unit, length, month, roll, in_force, valid_from, valid_to"
					   " FROM fairdraw_data.deadline_rule ORDER BY event, valid_from DESC, rule", "TTTTIiBBDd");
	rules->nrules = SPI_processed;
	rules->rules = palloc0((rules->nrules + 1) * sizeof(DeadlineRule));
	for (int i = 0; i < rules->nrules; i++)
	{
		DeadlineRule *rule = &rules->rules[i];
		const char *unit = fairdraw_book_text(i, 4);
		int			place = fairdraw_word_place(fairdraw_deadline_units, unit);

		rule->rule = fairdraw_book_text(i, 1);
		rule->event = fairdraw_book_text(i, 2);
		rule->anchor = fairdraw_book_text(i, 3);
		if (place < 0)
			fairdraw_bad_rule(TABLE, rule->rule, psprintf("has an unknown unit: \"%s\"", unit),
							  psprintf("Units are %s.", fairdraw_word_list(fairdraw_deadline_units, "and")));
		rule->unit = place;
		rule->length = fairdraw_book_integer(i, 5, 0);
		rule->month = fairdraw_book_integer(i, 6, 0);
		rule->roll = fairdraw_book_flag(i, 7);
		rule->in_force = fairdraw_book_flag(i, 8);
		fairdraw_read_validity(TABLE, rule->rule, i, 9, &rule->valid_from, &rule->valid_to);
		check_rule(rule, fairdraw_book_text(i, 6) != NULL);
	}
	check_overlaps(rules);
	number_anchors(rules);
	return rules;
}

Book		fairdraw_deadline_book = {
	.name = "deadlines",
	.tables = {"deadline_rule"},
	.compile = compile_deadlines,
};

const DeadlineRules *
fairdraw_deadline_rules(void)
{
	return fairdraw_book(&fairdraw_deadline_book);
}

/*
 * The first of the rules of an event, which stand together.  An event that no
 * rule knows is an error.
 */
const DeadlineRule *
fairdraw_first_deadline_rule(const DeadlineRules *rules, const char *event)
{
	StringInfoData list;

	for (int i = 0; i < rules->nrules; i++)
		if (strcmp(rules->rules[i].event, event) == 0)
			return &rules->rules[i];
	initStringInfo(&list);
	for (int i = 0; i < rules->nrules; i++)
		if (i == 0 || strcmp(rules->rules[i - 1].event, rules->rules[i].event) != 0)
			appendStringInfo(&list, i == 0 ? "%s" : ", %s", rules->rules[i].event);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("there is no deadline for event \"%s\"", event),
			 errhint("Rules in fairdraw_data.deadline_rule are for: %s.",
					 list.len > 0 ? list.data : "no event")));
}

static DateADT
day_of_month(int year, int month, int day)
{
	int			last = day_tab[isleap(year)][month - 1];

	return date2j(year, month, Min(day, last)) - POSTGRES_EPOCH_JDATE;
}

DateADT
fairdraw_due(const DeadlineRule *rule, DateADT anchor)
{
	DateADT		due = anchor;
	int			year;
	int			month;
	int			day;

	if (DATE_NOT_FINITE(anchor))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s is %s", rule->anchor, fairdraw_date_text(anchor)),
				 errhint("Leave it null until it has happened.")));
	if (rule->unit == UNIT_WORKING)
		return fairdraw_add_workdays_in(fairdraw_calendar(), anchor, rule->length);
	j2date(anchor + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	if (rule->unit == UNIT_CALENDAR)
	{
		if (pg_add_s32_overflow(anchor, rule->length, &due) || !IS_VALID_DATE(due))
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("%d days after %s is no date", rule->length, fairdraw_date_text(anchor)),
					 errhint("See the length of \"%s\" in fairdraw_data.deadline_rule.", rule->rule)));
	}
	else if (rule->unit == UNIT_MONTH)
		due = day_of_month(year, month, rule->length);
	else
		due = day_of_month(year, rule->month, rule->length);
	return rule->roll ? fairdraw_next_workday_in(fairdraw_calendar(), due) : due;
}
