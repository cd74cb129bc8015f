/*
 * deadline.c
 *		deadline() and overdue().
 */
#include "fairdraw.h"

#include "executor/spi.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "arguments.h"
#include "calendar.h"
#include "deadline.h"
#include "facts.h"
#include "query.h"
#include "record.h"

/* Does the next rule, in the list of all, belong to the same event? */
static bool
is_of_event(const DeadlineRules *rules, const DeadlineRule *rule, const char *event)
{
	return rule < rules->rules + rules->nrules && strcmp(rule->event, event) == 0;
}

static bool
holds_on(const DeadlineRule *rule, DateADT day)
{
	return day >= rule->valid_from && day <= rule->valid_to;
}

/*
 * deadline()
 */

pg_noreturn static void
unknown_anchor(const DeadlineRules *rules, const char *event, const char *anchor)
{
	StringInfoData list;

	initStringInfo(&list);
	for (const DeadlineRule *rule = fairdraw_first_deadline_rule(rules, event); is_of_event(rules, rule, event); rule++)
		appendStringInfo(&list, list.len == 0 ? "%s" : ", %s", rule->anchor);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("no deadline for event \"%s\" is counted from \"%s\"", event, anchor),
			 errhint("Its rules count from: %s.", list.data)));
}

pg_noreturn static void
no_rule_holds(const char *event, DateADT day)
{
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 errmsg("no deadline for event \"%s\" holds on %s", event, fairdraw_date_text(day)),
			 errhint("See valid_from, valid_to and in_force of its rules in fairdraw_data.deadline_rule.")));
}

/* anchor: the rule with it; NULL: the one in force */
static const DeadlineRule *
find_rule(const char *event, DateADT day, const char *anchor)
{
	const DeadlineRules *rules = fairdraw_deadline_rules();
	bool		known = false;

	for (const DeadlineRule *rule = fairdraw_first_deadline_rule(rules, event); is_of_event(rules, rule, event); rule++)
	{
		if (anchor == NULL ? !rule->in_force : strcmp(rule->anchor, anchor) != 0)
			continue;
		known = true;
		if (holds_on(rule, day))
			return rule;
	}
	if (anchor != NULL && !known)
		unknown_anchor(rules, event, anchor);
	no_rule_holds(event, day);
}

/* By the rule in force on that day; without one the end of time. */
DateADT
fairdraw_deadline_of(const char *event, DateADT day)
{
	const DeadlineRules *rules = fairdraw_deadline_rules();

	for (int i = 0; i < rules->nrules; i++)
		if (strcmp(rules->rules[i].event, event) == 0 && rules->rules[i].in_force && holds_on(&rules->rules[i], day))
			return fairdraw_due(&rules->rules[i], day);
	return DATEVAL_NOEND;
}

/* deadline(event, day, anchor) */
PG_FUNCTION_INFO_V1(fairdraw_deadline);
Datum
fairdraw_deadline(PG_FUNCTION_ARGS)
{
	char	   *event = fairdraw_text_arg(fcinfo, 0);
	char	   *anchor = PG_ARGISNULL(2) ? NULL : fairdraw_text_arg(fcinfo, 2);

	if (PG_ARGISNULL(1))
	{
		/* a wrong event is no less wrong on a day that has not come */
		(void) fairdraw_first_deadline_rule(fairdraw_deadline_rules(), event);
		PG_RETURN_NULL();
	}
	PG_RETURN_DATEADT(fairdraw_due(find_rule(event, PG_GETARG_DATEADT(1), anchor),
								   PG_GETARG_DATEADT(1)));
}

/*
 * overdue()
 */

enum
{
	RECORD_RECORD, RECORD_EVENT, RECORD_DONE_ON, RECORD_DUE, RECORD_ANCHORS
};

typedef struct Overdue
{
	RecordStream stream;
	DateADT		as_of;
	int			nanchors;
	Column	   *anchors;		/* by name, as the rules had them at the
								 * beginning */
} Overdue;

static void
require_finite(const char *column, DateADT day, bool isnull)
{
	if (!isnull && DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s is %s", column, fairdraw_date_text(day)),
				 errhint("Leave it null until it is known.")));
}

/*
 * The rule that decides: of those in force that hold on their anchor's date
 * the latest.  NULL: none can be told yet, since dates are missing.
 */
static const DeadlineRule *
choose_rule(const Overdue *overdue, const DeadlineRules *rules, const char *event,
			const Datum *values, const bool *nulls, DateADT *anchor)
{
	bool		waiting = false;
	DateADT		last = 0;

	for (const DeadlineRule *rule = fairdraw_first_deadline_rule(rules, event); is_of_event(rules, rule, event); rule++)
	{
		if (!rule->in_force)
			continue;
		if (rule->anchor_id >= overdue->nanchors ||
			strcmp(overdue->anchors[rule->anchor_id].name, rule->anchor) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("the rules on deadlines changed while they were read"),
					 errhint("Try again.")));
		if (!overdue->anchors[rule->anchor_id].found)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("the %s query returns no column \"%s\"", overdue->stream.what, rule->anchor),
					 errdetail("Rule \"%s\" of event \"%s\" is counted from it.", rule->rule, event),
					 errhint("Name it in the query, as in SELECT ... AS %s; it is null until it has happened.", quote_identifier(rule->anchor))));
		if (nulls[RECORD_ANCHORS + rule->anchor_id])
		{
			waiting = true;
			continue;
		}
		last = DatumGetDateADT(values[RECORD_ANCHORS + rule->anchor_id]);
		require_finite(rule->anchor, last, false);
		if (holds_on(rule, last))
		{
			*anchor = last;
			return rule;
		}
	}
	if (!waiting)
		no_rule_holds(event, last);
	return NULL;
}

/* rule: NULL where none was asked or can be told; due: NULL if it is not known */
static void
put_record(Overdue *overdue, const Datum *record, const DeadlineRule *rule,
		   const DateADT *due, const DateADT *done_on)
{
	Datum		values[8] = {record[RECORD_RECORD], record[RECORD_EVENT]};
	bool		nulls[8] = {false};
	bool		working = rule != NULL && rule->unit == UNIT_WORKING;
	DateADT		day = done_on != NULL ? *done_on : overdue->as_of;
	const char *status = "waiting";

	nulls[3] = done_on == NULL;
	values[3] = nulls[3] ? (Datum) 0 : DateADTGetDatum(*done_on);
	nulls[2] = nulls[4] = nulls[5] = due == NULL;
	if (due != NULL)
	{
		values[2] = DateADTGetDatum(*due);
		values[4] = Int32GetDatum(working ? fairdraw_workdays_between_in(fairdraw_calendar(), day, *due)
								  : *due - day);
		values[5] = CStringGetTextDatum(working ? "working" : "calendar");
		status = day <= *due ? (done_on != NULL ? "in_time" : "open")
			: (done_on != NULL ? "late" : "overdue");
	}
	values[6] = CStringGetTextDatum(status);
	nulls[7] = rule == NULL;
	values[7] = nulls[7] ? (Datum) 0 : CStringGetTextDatum(rule->rule);
	tuplestore_putvalues(overdue->stream.result->setResult, overdue->stream.result->setDesc, values, nulls);
}

static void
read_record(RecordStream *stream, const Datum *values, const bool *nulls)
{
	Overdue    *overdue = (Overdue *) stream;
	DateADT		done_on = DatumGetDateADT(values[RECORD_DONE_ON]);
	DateADT		due = DatumGetDateADT(values[RECORD_DUE]);
	DateADT		anchor;
	const DeadlineRule *rule;
	bool		done = !nulls[RECORD_DONE_ON] && done_on <= overdue->as_of;

	if (nulls[RECORD_EVENT])
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("null event in the %s query", stream->what),
				 errhint("Say what has to be done: see event in fairdraw_data.deadline_rule.")));
	require_finite("done_on", done_on, nulls[RECORD_DONE_ON]);
	require_finite("due", due, nulls[RECORD_DUE]);
	/* what is done keeps the deadline that it had then */
	if (done && !nulls[RECORD_DUE])
	{
		put_record(overdue, values, NULL, &due, &done_on);
		return;
	}
	rule = choose_rule(overdue, fairdraw_deadline_rules(),
					   text_to_cstring(DatumGetTextPP(values[RECORD_EVENT])), values, nulls, &anchor);
	if (rule != NULL)
		due = fairdraw_due(rule, anchor);
	put_record(overdue, values, rule, rule == NULL ? NULL : &due, done ? &done_on : NULL);
}

/* overdue(records, as_of) */
PG_FUNCTION_INFO_V1(fairdraw_overdue);
Datum
fairdraw_overdue(PG_FUNCTION_ARGS)
{
	Overdue		overdue = {.stream = {.what = "records",.record = read_record},
	.as_of = fairdraw_as_of_arg(fcinfo, 1)};
	const DeadlineRules *rules = fairdraw_deadline_rules();
	Column	   *columns = palloc0((RECORD_ANCHORS + rules->nanchors) * sizeof(Column));

	columns[RECORD_RECORD].name = "record";
	columns[RECORD_EVENT].name = "event";
	columns[RECORD_DONE_ON].name = "done_on";
	columns[RECORD_DUE].name = "due";
	for (int i = 0; i < rules->nanchors; i++)
		columns[RECORD_ANCHORS + i].name = pstrdup(rules->anchors[i]);
	for (int i = RECORD_DONE_ON; i < RECORD_ANCHORS + rules->nanchors; i++)
	{
		columns[i].kind = COLUMN_DATE;
		columns[i].absent = "NULL::pg_catalog.date";
	}
	overdue.nanchors = rules->nanchors;
	overdue.anchors = columns + RECORD_ANCHORS;
	overdue.stream.columns = columns;
	overdue.stream.ncolumns = RECORD_ANCHORS + rules->nanchors;
	fairdraw_stream_records(fcinfo, &overdue.stream);
	return (Datum) 0;
}
