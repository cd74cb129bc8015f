/*
 * lottery_verify.c
 *		verify_lottery(): recomputes every outcome of a lottery from what is
 *		recorded.  As verify_draw(), it runs inside the server that may have been
 *		tampered with.
 */
#include "fairdraw.h"

#include "utils/builtins.h"

#include "arguments.h"
#include "ceremony.h"
#include "field.h"
#include "findings.h"
#include "lottery.h"

/*
 * Recorded teams
 */

typedef struct TeamCheck
{
	RecordScan	scan;
	char	   *fault;			/* the first one found; or NULL */
} TeamCheck;

static void
check_member(const Lottery *lottery, int32 visit, const char *role, int32 rank,
			 int32 inspector, int64 x, void *arg)
{
	TeamCheck  *check = arg;
	const LotteryVisit *wanted = &lottery->visits[visit];
	const char *id = lottery->problem.graph->inspector_ids[inspector];
	bool		isnull;
	bool		same;
	size_t		len;
	const char *text;

	if (check->fault != NULL)
		return;
	if (!fairdraw_next(&check->scan))
	{
		check->fault = psprintf("%s %d of \"%s\", \"%s\", is missing", role, rank,
								fairdraw_shown(wanted->uid), fairdraw_shown(id));
		return;
	}
	same = DatumGetInt32(fairdraw_scan_datum(&check->scan, 1, &isnull)) == lottery->record->draws[wanted->draw].id;
	text = fairdraw_scan_text(&check->scan, 2, &len);

	same = same && len == strlen(wanted->uid) && memcmp(text, wanted->uid, len) == 0;
	text = fairdraw_scan_text(&check->scan, 3, &len);

	same = same && len == strlen(role) && memcmp(text, role, len) == 0;
	same = same && DatumGetInt32(fairdraw_scan_datum(&check->scan, 4, &isnull)) == rank;
	same = same && DatumGetInt64(fairdraw_scan_datum(&check->scan, 6, &isnull)) == x;
	text = fairdraw_scan_text(&check->scan, 5, &len);

	if (!same || len != strlen(id) || memcmp(text, id, len) != 0)
		check->fault = psprintf("%s %d of \"%s\" is recorded as \"%s\", computed \"%s\"", role, rank,
								fairdraw_shown(wanted->uid), fairdraw_from_utf8(text, len),
								fairdraw_shown(id));
}

/* The first recorded row that differs from the computed ones, or NULL. */
static char *
compare_teams(const Lottery *lottery, int32 outcome)
{
	TeamCheck	check = {.fault = NULL};
	char	   *sql = psprintf("SELECT t.draw, t.uid, t.role, t.rank, t.inspector, t.numerator"
							   " FROM fairdraw_data.team t LEFT JOIN fairdraw_data.draw d ON d.draw = t.draw"
							   " WHERE t.lottery = $1 AND t.outcome = $2"
							   " ORDER BY %s, %s, t.role DESC, t.rank",
							   fairdraw_uid_order("d.label"), fairdraw_uid_order("t.uid"));

	fairdraw_begin_scan(&check.scan, sql, "ii", lottery->record->id, outcome);
	fairdraw_for_teams(lottery, check_member, &check);
	if (check.fault == NULL && fairdraw_next(&check.scan))
	{
		size_t		len;
		const char *text = fairdraw_scan_text(&check.scan, 5, &len);

		check.fault = psprintf("\"%s\" is too many", fairdraw_from_utf8(text, len));
	}
	fairdraw_end_scan(&check.scan);
	return check.fault;
}

static void
verify_data(Findings *findings, const LotteryRecord *record, const CeremonyRecord *ceremony)
{
	const char *names[] = {record->staff, record->rules, record->recusals};

	for (int n = 0; n < lengthof(names); n++)
		for (int d = 0; d < ceremony->ndata; d++)
		{
			char		hash[FAIRDRAW_HEX_LEN + 1];
			Sink		sink;

			if (names[n] == NULL || strcmp(names[n], ceremony->data[d].name) != 0)
				continue;
			fairdraw_sink_init(&sink, NULL);
			fairdraw_write_data(&sink, ceremony->label, names[n]);
			fairdraw_sink_hash(&sink, hash);
			fairdraw_put_hash(findings, psprintf("data %s", fairdraw_shown(names[n])), ceremony->data[d].hash, hash);
		}
}

static void
verify_results(Findings *findings, const LotteryRecord *record, const char *suffix)
{
	for (int d = 0; d < record->ndraws; d++)
	{
		const LotteryDraw *draw = &record->draws[d];
		CeremonyRecord *ceremony = fairdraw_load_execution(draw->ceremony, draw->execution);
		char	   *recorded = NULL;
		char		hash[FAIRDRAW_HEX_LEN + 1];
		Sink		sink;

		ceremony->execution = draw->execution;
		fairdraw_sink_init(&sink, NULL);
		fairdraw_write_result(&sink, fairdraw_load_draw(draw->label), ceremony);
		fairdraw_sink_hash(&sink, hash);
		if (fairdraw_read("SELECT hash FROM fairdraw_data.result WHERE draw = $1 AND execution = $2",
						  "ii", draw->id, draw->execution) > 0)
			recorded = fairdraw_get_text(0, 1);
		fairdraw_put_hash(findings, psprintf("result %s%s", fairdraw_shown(draw->label), suffix), recorded, hash);
	}
}

/* Sets the executions of the draws to those that an outcome rests on; or says what is wrong with them. */
static char *
load_executions(LotteryRecord *record, int32 outcome)
{
	if (fairdraw_read("SELECT FROM fairdraw_data.lottery_result WHERE lottery = $1 AND outcome = $2",
					  "ii", record->id, outcome) != record->ndraws)
		return psprintf("recorded are other draws than the %d of the lottery", record->ndraws);
	for (int d = 0; d < record->ndraws; d++)
	{
		if (fairdraw_read("SELECT draw_execution FROM fairdraw_data.lottery_result"
						  " WHERE lottery = $1 AND outcome = $2 AND draw = $3",
						  "iii", record->id, outcome, record->draws[d].id) == 0)
			return psprintf("the execution of draw \"%s\" is missing", fairdraw_shown(record->draws[d].label));
		record->draws[d].execution = fairdraw_get_int32(0, 1);
	}
	return NULL;
}

/* Recomputes one outcome; the suffix tells it from the one that holds. */
static void
verify_outcome(Findings *findings, LotteryRecord *record, int32 outcome, const char *suffix)
{
	char		chances_hash[FAIRDRAW_HEX_LEN + 1];
	char		teams_hash[FAIRDRAW_HEX_LEN + 1];
	char	   *recorded_chances;
	char	   *recorded_teams;
	int64		unit;
	int32		execution;
	char	   *fault = load_executions(record, outcome);
	CeremonyRecord *ceremony;
	ErrorData  *error;
	Lottery		lottery;

	if (fault != NULL ||
		fairdraw_read("SELECT chances_hash, teams_hash, unit, execution FROM fairdraw_data.lottery_outcome"
					  " WHERE lottery = $1 AND outcome = $2", "ii", record->id, outcome) == 0)
	{
		fairdraw_put_finding(findings, psprintf("outcome %d", outcome), 0, fault != NULL ? fault : "it is missing");
		return;
	}
	recorded_chances = fairdraw_get_text(0, 1);
	recorded_teams = fairdraw_get_text(0, 2);
	unit = fairdraw_get_int64(0, 3);
	execution = fairdraw_get_int32(0, 4);
	ceremony = fairdraw_load_execution(record->ceremony, execution);
	ceremony->execution = execution;
	verify_results(findings, record, suffix);
	error = fairdraw_try_lottery(&lottery, record, ceremony);
	if (error != NULL)
	{
		fairdraw_put_finding(findings, psprintf("chances%s", suffix), false, error->message);
		return;
	}
	fairdraw_outcome_hashes(&lottery, ceremony, chances_hash, teams_hash);
	fairdraw_put_hash(findings, psprintf("chances%s", suffix), recorded_chances, chances_hash);
	fairdraw_put_hash(findings, psprintf("teams%s", suffix), recorded_teams, teams_hash);
	fault = unit != lottery.chances->unit
		? psprintf("recorded denominator " INT64_FORMAT ", computed " INT64_FORMAT, unit, lottery.chances->unit)
		: compare_teams(&lottery, outcome);
	fairdraw_put_fault(findings, psprintf("recorded teams%s", suffix), fault,
					   psprintf("visits: %d", lottery.problem.graph->nvisits));
}

/* verify_lottery(label): all outcomes, recomputed */
PG_FUNCTION_INFO_V1(fairdraw_verify_lottery);
Datum
fairdraw_verify_lottery(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	Findings	findings;
	char		hash[FAIRDRAW_HEX_LEN + 1];
	LotteryRecord *record;
	CeremonyRecord *ceremony;
	OwnerSection section;

	fairdraw_require_duty(DUTY_ANY);
	fairdraw_begin_findings(&findings, fcinfo);
	SPI_connect();
	fairdraw_begin_owner(&section);
	record = fairdraw_load_lottery(label);
	ceremony = fairdraw_load_ceremony(record->ceremony, LOCK_NONE);
	fairdraw_require_sealed(ceremony);
	fairdraw_ceremony_hash(ceremony, hash);
	fairdraw_put_hash(&findings, "ceremony", ceremony->hash, hash);
	fairdraw_lottery_hash(record, hash);
	fairdraw_put_hash(&findings, "lottery", record->hash, hash);
	verify_data(&findings, record, ceremony);
	fairdraw_require_outcome(record, ceremony);
	for (int32 outcome = 1; outcome <= record->outcome; outcome++)
		verify_outcome(&findings, record, outcome,
					   outcome == record->outcome ? "" : psprintf(" of outcome %d", outcome));
	fairdraw_end_owner(&section);
	SPI_finish();
	return (Datum) 0;
}
