/*
 * lottery_execute.c
 *		execute_lottery(): teams for the units that were drawn.
 */
#include "fairdraw.h"

#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "arguments.h"
#include "ceremony.h"
#include "field.h"
#include "lottery.h"
#include "rows.h"

/*
 * Outcomes
 */

/*
 * Sets the executions of the draws to those that hold now.  Is there an outcome
 * that rests on them?
 */
bool
fairdraw_find_outcome(LotteryRecord *record, const CeremonyRecord *ceremony)
{
	bool		current;

	fairdraw_require_executed(ceremony);
	for (int d = 0; d < record->ndraws; d++)
	{
		CeremonyRecord *of_draw = fairdraw_load_ceremony(record->draws[d].ceremony, LOCK_NONE);

		fairdraw_require_executed(of_draw);
		record->draws[d].execution = of_draw->execution;
	}
	record->outcome = 0;
	if (fairdraw_read("SELECT outcome, execution FROM fairdraw_data.lottery_outcome"
					  " WHERE lottery = $1 ORDER BY outcome DESC LIMIT 1", "i", record->id) == 0)
		return false;
	record->outcome = fairdraw_get_int32(0, 1);
	current = fairdraw_get_int32(0, 2) == ceremony->execution;
	for (int d = 0; d < record->ndraws; d++)
		current = current &&
			fairdraw_read("SELECT FROM fairdraw_data.lottery_result"
						  " WHERE lottery = $1 AND outcome = $2 AND draw = $3 AND draw_execution = $4",
						  "iiii", record->id, record->outcome, record->draws[d].id,
						  record->draws[d].execution) > 0;
	return current;
}

void
fairdraw_require_outcome(LotteryRecord *record, const CeremonyRecord *ceremony)
{
	if (!fairdraw_find_outcome(record, ceremony))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 record->outcome == 0
				 ? errmsg("lottery \"%s\" was not executed", fairdraw_shown(record->label))
				 : errmsg("lottery \"%s\" was not executed since a value was corrected", fairdraw_shown(record->label)),
				 errhint("Execute it: SELECT fairdraw.execute_lottery(%s).", fairdraw_quoted(record->label))));
}

/*
 * Computing
 */

/* An error if a value of the entropy is missing among the records. */
static void
require_values(const CeremonyRecord *ceremony)
{
	for (int i = 0; i < ceremony->nsources; i++)
		if (ceremony->sources[i].value == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("the value of \"%s\" of ceremony \"%s\" is missing",
							ceremony->sources[i].name, fairdraw_shown(ceremony->label)),
					 errhint("The records were changed: see fairdraw.verify_draw(), or restore fairdraw_data.entropy_value from a backup.")));
}

/* Hints of an assignment say what to change; here it was committed. */
static void
lottery_error_callback(void *arg)
{
	const LotteryRecord *record = arg;

	errcontext("lottery \"%s\", whose staff, rules, recusals and options are committed", fairdraw_shown(record->label));
}

/* Computes the outcome from the executions of the draws that the record names. */
void
fairdraw_recompute_lottery(Lottery *lottery, LotteryRecord *record,
						   const CeremonyRecord *ceremony)
{
	char		s[FAIRDRAW_HEX_LEN + 1];
	Chances    *chances;
	ErrorContextCallback context;

	context.callback = lottery_error_callback;
	context.arg = record;
	context.previous = error_context_stack;
	error_context_stack = &context;
	memset(lottery, 0, sizeof(Lottery));
	lottery->record = record;
	require_values(ceremony);
	fairdraw_ceremony_seed(ceremony, s);
	fairdraw_lottery_key(s, record->label, lottery->key);
	fairdraw_lottery_problem(lottery, -1);
	chances = fairdraw_chances(lottery->problem.graph, record->options);
	if (chances == NULL)
	{
		fairdraw_lottery_problem(lottery, record->options->max_pairs);
		fairdraw_refuse_infeasible(&lottery->problem,
								   "What was committed stays as it is: name the same draws in a lottery of another ceremony, with more inspectors or other rules.");
	}
	lottery->chances = fairdraw_require_chances(&lottery->problem, chances);
	lottery->taken = fairdraw_draw_teams(lottery->problem.graph, lottery->chances, lottery->key);
	error_context_stack = context.previous;
}

/*
 * The same in a subtransaction: NULL, or the error that it ended with.
 */
ErrorData *
fairdraw_try_lottery(Lottery *lottery, LotteryRecord *record, const CeremonyRecord *ceremony)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner resources = CurrentResourceOwner;
	ErrorData  *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		fairdraw_recompute_lottery(lottery, record, ceremony);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = resources;
	return error;
}

void
fairdraw_outcome_hashes(const Lottery *lottery, const CeremonyRecord *ceremony, char *chances_hash,
						char *teams_hash)
{
	char		s[FAIRDRAW_HEX_LEN + 1];
	Sink		sink;

	fairdraw_sink_init(&sink, NULL);
	fairdraw_write_chances(&sink, lottery);
	fairdraw_sink_hash(&sink, chances_hash);
	fairdraw_ceremony_seed(ceremony, s);
	fairdraw_sink_init(&sink, NULL);
	fairdraw_write_teams(&sink, lottery, ceremony->hash, s, chances_hash);
	fairdraw_sink_hash(&sink, teams_hash);
}

/*
 * Storing
 */

typedef struct TeamWriter
{
	RowWriter	rows;
	MemoryContext row;
} TeamWriter;

static void
store_member(const Lottery *lottery, int32 visit, const char *role, int32 rank,
			 int32 inspector, int64 x, void *arg)
{
	TeamWriter *writer = arg;
	MemoryContext caller = MemoryContextSwitchTo(writer->row);
	Datum		values[6];

	values[0] = Int32GetDatum(lottery->record->draws[lottery->visits[visit].draw].id);
	values[1] = CStringGetTextDatum(fairdraw_shown(lottery->visits[visit].uid));
	values[2] = CStringGetTextDatum(role);
	values[3] = Int32GetDatum(rank);
	values[4] = CStringGetTextDatum(fairdraw_shown(lottery->problem.graph->inspector_ids[inspector]));
	values[5] = Int64GetDatum(x);
	MemoryContextSwitchTo(caller);
	fairdraw_put_row(&writer->rows, values);
	MemoryContextReset(writer->row);
}

static void
store_outcome(const Lottery *lottery, const CeremonyRecord *ceremony,
			  const char *chances_hash, const char *teams_hash, const char *user)
{
	const LotteryRecord *record = lottery->record;
	TeamWriter	writer;

	fairdraw_write("INSERT INTO fairdraw_data.lottery_outcome"
				   " (lottery, outcome, execution, unit, chances_hash, teams_hash, executed_by)"
				   " VALUES ($1, $2, $3, $4, $5, $6, $7)",
				   "iiilttt", record->id, record->outcome, ceremony->execution,
				   lottery->chances->unit, chances_hash, teams_hash, user);
	for (int d = 0; d < record->ndraws; d++)
		fairdraw_write("INSERT INTO fairdraw_data.lottery_result (lottery, outcome, draw, draw_execution)"
					   " VALUES ($1, $2, $3, $4)", "iiii", record->id, record->outcome,
					   record->draws[d].id, record->draws[d].execution);
	writer.row = AllocSetContextCreate(CurrentMemoryContext, "fairdraw team member",
									   ALLOCSET_SMALL_SIZES);
	fairdraw_begin_rows(&writer.rows, "fairdraw_team_rows",
						psprintf("INSERT INTO fairdraw_data.team"
								 " (lottery, outcome, draw, uid, role, rank, inspector, numerator)"
								 " SELECT %d, %d, a, b, c, d, e, f FROM fairdraw_team_rows",
								 record->id, record->outcome),
						"ittitl");
	fairdraw_for_teams(lottery, store_member, &writer);
	fairdraw_end_rows(&writer.rows);
	MemoryContextDelete(writer.row);
}

/* execute_lottery(label): the teams hash */
PG_FUNCTION_INFO_V1(fairdraw_execute_lottery);
Datum
fairdraw_execute_lottery(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	char	   *teams_hash = palloc(FAIRDRAW_HEX_LEN + 1);
	char		chances_hash[FAIRDRAW_HEX_LEN + 1];
	char	   *user;
	LotteryRecord *record;
	CeremonyRecord *ceremony;
	Lottery		lottery;
	OwnerSection section;

	fairdraw_require_duty(DUTY_DRAWER);
	user = fairdraw_caller();
	SPI_connect();
	fairdraw_begin_owner(&section);
	record = fairdraw_load_lottery(label);
	ceremony = fairdraw_load_ceremony(record->ceremony, LOCK_UPDATE);
	if (ceremony->aborted)
		fairdraw_require_open(ceremony);
	fairdraw_require_executed(ceremony);
	fairdraw_require_secret(ceremony);
	if (fairdraw_find_outcome(record, ceremony))
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_REPEATED),
				 errmsg("lottery \"%s\" was executed already", fairdraw_shown(label)),
				 errhint("A lottery is executed once: SELECT * FROM fairdraw.teams(%s) shows its outcome.",
						 fairdraw_quoted(label))));
	record->outcome++;
	fairdraw_recompute_lottery(&lottery, record, ceremony);
	fairdraw_warn_of_certain_pairs(lottery.problem.graph, lottery.chances);
	fairdraw_outcome_hashes(&lottery, ceremony, chances_hash, teams_hash);
	store_outcome(&lottery, ceremony, chances_hash, teams_hash, user);
	fairdraw_end_owner(&section);
	SPI_finish();
	PG_RETURN_TEXT_P(cstring_to_text(teams_hash));
}
