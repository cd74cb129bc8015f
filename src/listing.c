/*
 * listing.c
 *		Lists of enterprises: enter_list(), leave_list(), listed(),
 *		list_proposals() (doc/publication.md section 6).
 */
#include "fairdraw.h"

#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "arguments.h"
#include "calendar.h"
#include "ceremony.h"
#include "code_map.h"
#include "deadline.h"
#include "facts.h"
#include "field.h"
#include "owner.h"
#include "query.h"
#include "record.h"
#include "validity.h"

typedef enum Ground
{
	GROUND_CORRECTED,
	GROUND_EXPIRED,
	GROUND_REPAIRED,
	GROUND_ANNULLED
} Ground;

static const char *const grounds[] = {
	[GROUND_CORRECTED] = "corrected",
	[GROUND_EXPIRED] = "expired",
	[GROUND_REPAIRED] = "repaired",
	[GROUND_ANNULLED] = "annulled",
	NULL
};

static const char *const lists[] = {"abnormal_list", "serious_list", NULL};

static void
require_list(const char *list)
{
	if (fairdraw_word_place(lists, list) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no list \"%s\"", fairdraw_shown(list)),
				 errhint("Lists are %s.", fairdraw_word_list(lists, "and"))));
}

static void
require_cause(const char *list, const char *cause)
{
	const CodeMap *map = fairdraw_code_map();
	const char *shown = fairdraw_shown(cause);
	StringInfoData causes;

	initStringInfo(&causes);
	for (int i = 0; i < map->ncauses; i++)
		if (strcmp(map->causes[i].list, list) == 0)
		{
			if (strcmp(map->causes[i].cause, shown) == 0)
				return;
			appendStringInfo(&causes, causes.len == 0 ? "%s" : ", %s", map->causes[i].cause);
		}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" is no cause to be on the %s", shown, list),
			 errhint("Causes in fairdraw_data.list_cause are: %s.", causes.data)));
}

static DateADT
day_arg(FunctionCallInfo fcinfo, int argument, const char *name)
{
	DateADT		day = DatumGetDateADT(fairdraw_arg(fcinfo, argument));

	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s is %s", name, fairdraw_date_text(day)),
				 errhint("Give the day of the decision.")));
	return day;
}

/* Entries for one cause and matter may not overlap; the table is locked. */
static void
require_no_overlap(const char *uid, const char *list, const char *cause, const char *matter, DateADT entered_on)
{
	if (fairdraw_read("SELECT e.entry, to_char(e.entered_on, 'YYYY-MM-DD'), to_char(r.removed_on, 'YYYY-MM-DD') FROM fairdraw_data.list_entry e"
					  " LEFT JOIN fairdraw_data.list_removal r USING (entry)"
					  " WHERE e.uid = $1 AND e.list = $2 AND e.cause = $3 AND e.matter = $4"
					  " AND (r.removed_on IS NULL OR r.removed_on > $5::date AND r.removed_on > e.entered_on)"
					  " ORDER BY e.entered_on LIMIT 1",
					  "ttttt", uid, list, cause, matter, fairdraw_date_text(entered_on)) == 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_EXCLUSION_VIOLATION),
			 errmsg("\"%s\" is on the %s for this cause already", fairdraw_shown(uid), list),
			 fairdraw_get_text(0, 3) == NULL
			 ? errdetail("Entry %d holds since %s.", fairdraw_get_int32(0, 1), fairdraw_get_text(0, 2))
			 : errdetail("Entry %d held from %s to the day before %s.", fairdraw_get_int32(0, 1),
						 fairdraw_get_text(0, 2), fairdraw_get_text(0, 3)),
			 errhint("End it by leave_list() first, or tell the two apart by their matter.")));
}

/* enter_list(uid, list, cause, entered_on, document, matter): the number of the entry */
PG_FUNCTION_INFO_V1(fairdraw_enter_list);
Datum
fairdraw_enter_list(PG_FUNCTION_ARGS)
{
	char	   *uid = fairdraw_utf8_arg(fcinfo, 0);
	char	   *list = fairdraw_utf8_arg(fcinfo, 1);
	char	   *cause = fairdraw_utf8_arg(fcinfo, 2);
	DateADT		entered_on = day_arg(fcinfo, 3, "entered_on");
	char	   *document = fairdraw_utf8_arg(fcinfo, 4);
	char	   *matter = fairdraw_utf8_arg(fcinfo, 5);
	char	   *user;
	OwnerSection section;
	int32		entry;

	fairdraw_require_duty(DUTY_PUBLISHER);
	user = fairdraw_caller();
	fairdraw_require_field("uid", uid, FAIRDRAW_MAX_LABEL);
	require_list(list);
	require_cause(list, cause);
	fairdraw_require_field("document", document, FAIRDRAW_MAX_REMARK);
	if (matter[0] != '\0')
		fairdraw_require_field("matter", matter, FAIRDRAW_MAX_LABEL);

	SPI_connect();
	fairdraw_begin_owner(&section);
	fairdraw_write("LOCK TABLE fairdraw_data.list_entry IN SHARE ROW EXCLUSIVE MODE", "");
	require_no_overlap(uid, list, cause, matter, entered_on);
	fairdraw_write("INSERT INTO fairdraw_data.list_entry (uid, list, cause, matter, entered_on, document, recorded_by)"
				   " VALUES ($1, $2, $3, $4, $5::date, $6, $7) RETURNING entry",
				   "ttttttt", uid, list, cause, matter, fairdraw_date_text(entered_on), document, user);
	entry = fairdraw_get_int32(0, 1);
	fairdraw_end_owner(&section);
	SPI_finish();
	PG_RETURN_INT32(entry);
}

pg_noreturn static void
refuse_ground(const char *message, const char *ground, DateADT day, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg(message, ground, fairdraw_date_text(day)),
			 errhint("%s", hint)));
}

/* May an entry end on this day, on this ground? */
static void
require_ground(const char *list, DateADT entered_on, DateADT removed_on, Ground ground)
{
	Facts		facts = {.kind = fairdraw_word_place(fairdraw_record_kinds, list),.set = -1};
	const DisclosureRule *rule;
	DateADT		ends;
	DateADT		earliest;

	if (ground == GROUND_ANNULLED)
		return;
	facts.severity = facts.area = ANY_WORD;
	facts.withheld = -1;
	for (int date = 0; date < RECORD_DATES; date++)
		facts.dates[date] = UNKNOWN_DATE;
	facts.dates[DATE_DECIDED] = facts.dates[DATE_PUBLISHED] = facts.dates[DATE_FOUND] = entered_on;
	facts.as_of = removed_on;
	rule = fairdraw_choose_rule(fairdraw_rule_book(), &facts);
	if (rule == NULL)
	{
		/* entered before there were rules: by those of the day of removal */
		facts.dates[DATE_DECIDED] = facts.dates[DATE_PUBLISHED] = facts.dates[DATE_FOUND] = removed_on;
		rule = fairdraw_choose_rule(fairdraw_rule_book(), &facts);
		facts.dates[DATE_DECIDED] = facts.dates[DATE_PUBLISHED] = facts.dates[DATE_FOUND] = entered_on;
	}
	if (rule == NULL)
		refuse_ground("an entry cannot end by ground %s: no rule holds for one of %s", grounds[ground], entered_on,
					  "Add the rule to fairdraw_data.disclosure_rule, or annul the entry if it was wrong.");
	switch (ground)
	{
		case GROUND_CORRECTED:
			if (!rule->until_corrected)
				refuse_ground("an entry cannot end by ground %s (it began on %s)", grounds[ground], entered_on,
							  psprintf("Rule \"%s\" says so; see the grounds expired and repaired.", rule->rule));
			break;
		case GROUND_EXPIRED:
			ends = rule->longest.given ? fairdraw_clock_plus(rule, &rule->longest, &facts) : UNKNOWN_DATE;
			if (ends == UNKNOWN_DATE || removed_on <= ends)
				refuse_ground("an entry cannot end by ground %s on %s", grounds[ground], removed_on,
							  ends == UNKNOWN_DATE ? psprintf("Rule \"%s\" has no longest period.", rule->rule)
							  : psprintf("By rule \"%s\" it lasts until %s.", rule->rule, fairdraw_date_text(ends)));
			break;
		case GROUND_REPAIRED:
			/* the first day off the list comes after the last of the period */
			earliest = fairdraw_clock_plus(rule, &rule->least, &facts);
			if (earliest != UNKNOWN_DATE && rule->least.given)
				earliest++;
			if (!rule->repairable || earliest == UNKNOWN_DATE || removed_on < earliest)
				refuse_ground("an entry cannot end by ground %s on %s", grounds[ground], removed_on,
							  !rule->repairable || earliest == UNKNOWN_DATE
							  ? psprintf("Rule \"%s\" allows no early end.", rule->rule)
							  : psprintf("By rule \"%s\" it can end early from %s.", rule->rule, fairdraw_date_text(earliest)));
			break;
		default:
			break;
	}
}

/* leave_list(entry, removed_on, ground, document) */
PG_FUNCTION_INFO_V1(fairdraw_leave_list);
Datum
fairdraw_leave_list(PG_FUNCTION_ARGS)
{
	int32		entry = DatumGetInt32(fairdraw_arg(fcinfo, 0));
	DateADT		removed_on = day_arg(fcinfo, 1, "removed_on");
	char	   *ground = fairdraw_utf8_arg(fcinfo, 2);
	char	   *document = fairdraw_utf8_arg(fcinfo, 3);
	int			place = fairdraw_word_place(grounds, ground);
	char	   *user;
	char	   *list;
	DateADT		entered_on;
	OwnerSection section;

	fairdraw_require_duty(DUTY_PUBLISHER);
	user = fairdraw_caller();
	if (place < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no ground \"%s\" to leave a list", fairdraw_shown(ground)),
				 errhint("Grounds are %s.", fairdraw_word_list(grounds, "and"))));
	fairdraw_require_field("document", document, FAIRDRAW_MAX_REMARK);

	SPI_connect();
	fairdraw_begin_owner(&section);
	fairdraw_write("LOCK TABLE fairdraw_data.list_entry IN SHARE ROW EXCLUSIVE MODE", "");
	if (fairdraw_read("SELECT e.list, e.entered_on, to_char(r.removed_on, 'YYYY-MM-DD') FROM fairdraw_data.list_entry e"
					  " LEFT JOIN fairdraw_data.list_removal r USING (entry) WHERE e.entry = $1", "i", entry) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("there is no entry %d", entry),
				 errhint("See fairdraw_data.list_state.")));
	list = fairdraw_get_text(0, 1);
	entered_on = DatumGetDateADT(fairdraw_get_datum(0, 2));
	if (fairdraw_get_text(0, 3) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNIQUE_VIOLATION),
				 errmsg("entry %d ended already, on %s", entry, fairdraw_get_text(0, 3)),
				 errhint("An entry ends once; enter the enterprise again if it is listed anew.")));
	if (removed_on < entered_on)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("entry %d would end on %s, before it begins on %s", entry,
						fairdraw_date_text(removed_on), fairdraw_date_text(entered_on)),
				 errhint("Give the first day on which it is not listed any more.")));
	fairdraw_end_owner(&section);
	require_ground(list, entered_on, removed_on, place);
	fairdraw_enter_owner(&section);
	fairdraw_write("INSERT INTO fairdraw_data.list_removal (entry, removed_on, ground, document, recorded_by)"
				   " VALUES ($1, $2::date, $3, $4, $5)",
				   "itttt", entry, fairdraw_date_text(removed_on), ground, document, user);
	fairdraw_end_owner(&section);
	SPI_finish();
	PG_RETURN_VOID();
}

/* listed(uid, list, day): the lists are public, so everybody may ask */
PG_FUNCTION_INFO_V1(fairdraw_listed);
Datum
fairdraw_listed(PG_FUNCTION_ARGS)
{
	char	   *uid = fairdraw_utf8_arg(fcinfo, 0);
	char	   *list = fairdraw_utf8_arg(fcinfo, 1);
	DateADT		day = day_arg(fcinfo, 2, "day");
	OwnerSection section;
	bool		listed;

	require_list(list);
	(void) fairdraw_code_map(); /* or an error that there was no setup() */
	SPI_connect();
	fairdraw_enter_reader(&section);
	listed = fairdraw_look("SELECT FROM fairdraw_data.list_entry e LEFT JOIN fairdraw_data.list_removal r USING (entry)"
						   " WHERE e.uid = $1 AND e.list = $2 AND e.entered_on <= $3::date"
						   " AND (r.removed_on IS NULL OR r.removed_on > $3::date) LIMIT 1",
						   "ttt", uid, list, fairdraw_date_text(day)) > 0;
	fairdraw_end_reader(&section);
	SPI_finish();
	PG_RETURN_BOOL(listed);
}

/*
 * list_proposals()
 */

enum
{
	PROPOSAL_UID, PROPOSAL_CODE, PROPOSAL_FOUND_ON, PROPOSAL_COLUMNS
};

/* With the deadline of the event "LIST_entry", if a rule in force holds for it. */
static void
put_proposal(ReturnSetInfo *result, const Datum *facts, const ListCause *cause)
{
	Datum		values[5] = {facts[PROPOSAL_UID]};
	bool		nulls[5] = {false};
	char	   *event = psprintf("%s_entry", cause->list);
	DateADT		due = fairdraw_deadline_of(event, DatumGetDateADT(facts[PROPOSAL_FOUND_ON]));

	values[1] = CStringGetTextDatum(cause->list);
	values[2] = CStringGetTextDatum(cause->cause);
	values[3] = facts[PROPOSAL_FOUND_ON];
	nulls[4] = DATE_NOT_FINITE(due);
	values[4] = DateADTGetDatum(due);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * Is the enterprise on the list for this cause on that day, or was it since, by
 * an entry that was not wrong?  (This runs inside the caller's query, so it has
 * a connection of its own.)
 */
static bool
is_listed_since(const Datum *facts, const ListCause *cause)
{
	char	   *uid = fairdraw_text_to_utf8(DatumGetTextPP(facts[PROPOSAL_UID]));
	char	   *found_on = fairdraw_date_text(DatumGetDateADT(facts[PROPOSAL_FOUND_ON]));
	OwnerSection section;
	bool		listed;

	SPI_connect();
	fairdraw_enter_reader(&section);
	listed = fairdraw_look("SELECT FROM fairdraw_data.list_entry e LEFT JOIN fairdraw_data.list_removal r USING (entry)"
						   " WHERE e.uid = $1 AND e.list = $2 AND e.cause = $3"
						   " AND (r.removed_on IS NULL OR r.removed_on > $4::date AND r.ground <> 'annulled') LIMIT 1",
						   "tttt", uid, cause->list, cause->cause, found_on) > 0;
	fairdraw_end_reader(&section);
	SPI_finish();
	return listed;
}

static void
propose(RecordStream *stream, const Datum *values, int code)
{
	const CodeMap *map = fairdraw_code_map();
	List	   *causes = NIL;
	ListCell   *cell;

	/* copies: looking at the lists may take the map away */
	for (int i = 0; i < map->ncauses; i++)
		if (map->causes[i].code == code)
		{
			ListCause  *cause = palloc(sizeof(ListCause));

			cause->list = pstrdup(map->causes[i].list);
			cause->cause = pstrdup(map->causes[i].cause);
			causes = lappend(causes, cause);
		}
	foreach(cell, causes)
		if (!is_listed_since(values, lfirst(cell)))
		put_proposal(stream->result, values, lfirst(cell));
}

static void
read_result(RecordStream *stream, const Datum *values, const bool *nulls)
{
	if (nulls[PROPOSAL_FOUND_ON] || DATE_NOT_FINITE(DatumGetDateADT(values[PROPOSAL_FOUND_ON])))
		ereport(ERROR,
				(errcode(nulls[PROPOSAL_FOUND_ON] ? ERRCODE_NULL_VALUE_NOT_ALLOWED : ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("found_on is %s in the %s query", nulls[PROPOSAL_FOUND_ON] ? "null"
						: fairdraw_date_text(DatumGetDateADT(values[PROPOSAL_FOUND_ON])), stream->what),
				 errhint("Leave such rows out of the query.")));
	if (!nulls[PROPOSAL_CODE])
		propose(stream, values, fairdraw_code_of(stream->columns[PROPOSAL_CODE].type, values[PROPOSAL_CODE]));
}

PG_FUNCTION_INFO_V1(fairdraw_list_proposals);
Datum
fairdraw_list_proposals(PG_FUNCTION_ARGS)
{
	Column		columns[PROPOSAL_COLUMNS] = {
		[PROPOSAL_UID] = {.name = "uid",.kind = COLUMN_TEXT},
		[PROPOSAL_CODE] = {.name = "code",.kind = COLUMN_CODE},
		[PROPOSAL_FOUND_ON] = {.name = "found_on",.kind = COLUMN_DATE},
	};
	RecordStream stream = {.what = "results",.columns = columns,.ncolumns = PROPOSAL_COLUMNS,.record = read_result};

	(void) fairdraw_code_map(); /* or an error that there was no setup() */
	fairdraw_stream_records(fcinfo, &stream);
	return (Datum) 0;
}
