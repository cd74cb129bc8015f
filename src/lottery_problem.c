/*
 * lottery_problem.c
 *		Visits, inspectors and pairs of a lottery, from results and committed
 *		data (doc/assignment.md section 8).
 */
#include "fairdraw.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "candidates.h"
#include "field.h"
#include "lottery.h"

/*
 * Committed data
 */

static DataLines *
load_data(const char *ceremony, const char *name)
{
	DataLines  *data = palloc0(sizeof(DataLines));
	int64		rows;
	int32		room = 1024;
	Datum	   *values;
	bool	   *nulls;
	RecordScan	scan;

	if (fairdraw_read("SELECT columns, rows FROM fairdraw_data.data_set"
					  " WHERE ceremony = $1 AND name = $2", "tt", ceremony, name) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("ceremony \"%s\" has no data \"%s\"", fairdraw_shown(ceremony), fairdraw_shown(name)),
				 errhint("Commit it first: SELECT fairdraw.commit_data(%s, %s, ...).",
						 fairdraw_quoted(ceremony), fairdraw_quoted(name))));
	rows = fairdraw_get_int64(0, 2);
	deconstruct_array(DatumGetArrayTypePCopy(fairdraw_get_datum(0, 1)), TEXTOID, -1, false,
					  TYPALIGN_INT, &values, &nulls, &data->ncolumns);
	data->columns = palloc(Max(data->ncolumns, 1) * sizeof(char *));
	for (int c = 0; c < data->ncolumns; c++)
		data->columns[c] = nulls[c] ? pstrdup("") : fairdraw_text_to_utf8(DatumGetTextPP(values[c]));

	data->lines = palloc(room * sizeof(char *));
	fairdraw_begin_scan(&scan, "SELECT line FROM fairdraw_data.data_row"
						" WHERE ceremony = $1 AND name = $2 ORDER BY position",
						"tt", ceremony, name);
	while (fairdraw_next(&scan))
	{
		size_t		len;
		const char *line = fairdraw_scan_text(&scan, 1, &len);

		if (data->nlines == room)
		{
			if (room > PG_INT32_MAX / 2)
				ereport(ERROR,
						(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						 errmsg("data \"%s\" has too many rows for a lottery", fairdraw_shown(name)),
						 errhint("Commit only those that the lottery needs.")));
			room *= 2;
			data->lines = repalloc_huge(data->lines, room * sizeof(char *));
		}
		data->lines[data->nlines++] = pnstrdup(line, len);
	}
	fairdraw_end_scan(&scan);
	if (data->nlines != rows)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("data \"%s\" of ceremony \"%s\" has %d rows instead of " INT64_FORMAT,
						fairdraw_shown(name), fairdraw_shown(ceremony), data->nlines, rows),
				 errhint("The records were changed: restore fairdraw_data.data_row from a backup.")));
	return data;
}

typedef struct LotteryData
{
	Staff	   *staff;
	VisitRules *rules;
	Recusal    *recusals;
	int32		nrecusals;
} LotteryData;

static void
load_lottery_data(const LotteryRecord *record, LotteryData *data)
{
	static const DataLines nothing = {0};
	const DataLines *recusals;

	data->staff = fairdraw_staff_of_lines(load_data(record->ceremony, record->staff));
	data->rules = fairdraw_rules_of_lines(record->rules == NULL ? &nothing
										  : load_data(record->ceremony, record->rules));
	recusals = record->recusals == NULL ? &nothing : load_data(record->ceremony, record->recusals);
	data->recusals = record->recusals == NULL ? NULL
		: fairdraw_recusals_of_lines(recusals, data->staff);
	data->nrecusals = recusals->nlines;
}

static bool
needs_days(const Staff *staff)
{
	for (int32 i = 0; i < staff->count; i++)
		if (staff->members[i].licence_from != 0 || staff->members[i].licence_to != 0 ||
			staff->members[i].nspans > 0)
			return true;
	return false;
}

/*
 * Reads all of it, so that what is wrong is found before the ceremony is sealed;
 * warns of visits that will lack a day.
 */
void
fairdraw_lottery_check_data(const LotteryRecord *record)
{
	LotteryData data;
	char	   *first = NULL;

	load_lottery_data(record, &data);
	for (int d = 0; first == NULL && needs_days(data.staff) && d < record->ndraws; d++)
	{
		DrawRecord *draw = fairdraw_load_draw(record->draws[d].label);

		for (int i = 0; first == NULL && i < draw->nstrata; i++)
		{
			VisitProfile profile = {0};

			fairdraw_visit_profile(data.rules, draw->label, draw->strata[i].name, "", &profile);
			if (profile.day == 0)
				first = psprintf("stratum \"%s\" of draw \"%s\"",
								 fairdraw_shown(draw->strata[i].name), fairdraw_shown(draw->label));
		}
	}
	if (first != NULL)
		ereport(WARNING,
				(errmsg("visits of %s have no day", first),
				 errdetail("The staff has licences or days on duty, which are compared with it."),
				 errhint("Unless rules name the day of each uid, the lottery cannot be executed: abort the ceremony, and commit rules that say the day.")));
}

/*
 * Visits
 */

/* The drawn units, in the order of their ids: a TAB stands before anything a label has. */
static int32
load_visits(Lottery *lottery)
{
	const LotteryRecord *record = lottery->record;
	int32		count = 0;
	int32		room = 1024;

	lottery->visits = palloc(room * sizeof(LotteryVisit));
	for (int d = 0; d < record->ndraws; d++)
	{
		RecordScan	scan;

		fairdraw_begin_scan(&scan,
							psprintf("SELECT v.uid, s.name FROM fairdraw_data.selection v"
									 " JOIN fairdraw_data.stratum s ON s.draw = v.draw AND s.stratum = v.stratum"
									 " WHERE v.draw = $1 AND v.execution = $2 AND v.role IN ('certain', 'drawn')"
									 " ORDER BY %s", fairdraw_uid_order("v.uid")),
							"ii", record->draws[d].id, record->draws[d].execution);
		while (fairdraw_next(&scan))
		{
			size_t		len;
			const char *text;

			if (count == room)
			{
				room *= 2;
				lottery->visits = repalloc_huge(lottery->visits, room * sizeof(LotteryVisit));
			}
			lottery->visits[count].draw = d;
			text = fairdraw_scan_text(&scan, 1, &len);

			lottery->visits[count].uid = pnstrdup(text, len);
			text = fairdraw_scan_text(&scan, 2, &len);

			lottery->visits[count].stratum = pnstrdup(text, len);
			count++;
		}
		fairdraw_end_scan(&scan);
	}
	if (count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_EMPTY),
				 errmsg("lottery \"%s\" has no visits", fairdraw_shown(record->label)),
				 errdetail("Its draws drew no unit."),
				 errhint("Nobody has to be sent.")));
	return count;
}

/*
 * Pairs
 */

typedef struct PairCollector
{
	const AssignOptions *options;
	GraphInput *input;
	ExcludedPairs *excluded;
	uint32		group_of[CANDIDATE_GROUPS]; /* bits among the groups of the
											 * options */
} PairCollector;

static void
keep_pair(const CandidateSearch *search, const CandidatePair *pair, void *arg)
{
	PairCollector *collector = arg;
	uint32		groups = 0;

	if (pair->exclusion != ELIGIBLE)
	{
		/* there are as many out of scope as visits and inspectors make */
		if (pair->exclusion != EXCLUDED_SCOPE)
			fairdraw_add_excluded(collector->excluded, pair->visit, pair->inspector,
								  pair->exclusion - 1);
		return;
	}
	for (int c = 0; c < CANDIDATE_GROUPS; c++)
		if (pair->groups & (1u << c))
			groups |= collector->group_of[c];
	fairdraw_add_pair(collector->input, collector->options, pair->visit, pair->inspector, groups);
}

static void
collect_pairs(Lottery *lottery, GraphInput *input, const LotteryData *data,
			  const VisitProfile *profiles, int64 most_excluded)
{
	const AssignOptions *options = lottery->record->options;
	PairCollector collector = {.options = options,.input = input};

	collector.excluded = &lottery->problem.excluded;
	for (int c = 0; c < CANDIDATE_GROUPS; c++)
		for (int g = 0; g < options->ngroups; g++)
			if (strcmp(options->groups[g].name, fairdraw_candidate_groups[c]) == 0)
				collector.group_of[c] = 1u << g;
	collector.excluded->nreasons = EXCLUDED_RECUSED;
	collector.excluded->reasons = unconstify(char **, (const char **) (fairdraw_exclusion_names + 1));
	fairdraw_begin_pairs(input, collector.excluded, most_excluded);
	fairdraw_find_candidates(data->staff, profiles, input->nvisits, data->recusals, data->nrecusals,
							 most_excluded < 0, keep_pair, &collector);
}

/*
 * Sets visits and problem of a lottery whose record knows the executions of its
 * draws.  Pairs that are not eligible are counted, and so many kept; with -1 they
 * are not looked at.
 */
void
fairdraw_lottery_problem(Lottery *lottery, int64 most_excluded)
{
	const LotteryRecord *record = lottery->record;
	GraphInput	input = {0};
	LotteryData data;
	VisitProfile *profiles;

	load_lottery_data(record, &data);
	lottery->problem.options = record->options;
	input.nvisits = load_visits(lottery);
	input.visit_ids = fairdraw_alloc(input.nvisits, sizeof(char *));
	input.need = fairdraw_alloc(input.nvisits, sizeof(int32));
	profiles = fairdraw_alloc0(input.nvisits, sizeof(VisitProfile));
	for (int32 v = 0; v < input.nvisits; v++)
	{
		const LotteryVisit *visit = &lottery->visits[v];

		input.visit_ids[v] = psprintf("%s\t%s", record->draws[visit->draw].label, visit->uid);
		fairdraw_visit_profile(data.rules, record->draws[visit->draw].label, visit->stratum,
							   visit->uid, &profiles[v]);
		profiles[v].id = input.visit_ids[v];
		input.need[v] = profiles[v].need;
	}

	input.ninspectors = data.staff->count;
	input.inspector_ids = fairdraw_alloc(input.ninspectors, sizeof(char *));
	input.low = fairdraw_alloc(input.ninspectors, sizeof(int32));
	input.high = fairdraw_alloc(input.ninspectors, sizeof(int32));
	input.exclusion = fairdraw_alloc(input.ninspectors, sizeof(int32));
	input.exclusion_names = data.staff->exclusions.ids;
	for (int32 i = 0; i < input.ninspectors; i++)
	{
		input.inspector_ids[i] = data.staff->members[i].id;
		input.low[i] = data.staff->members[i].min_load;
		input.high[i] = data.staff->members[i].max_load;
		input.exclusion[i] = data.staff->members[i].exclusion;
	}
	collect_pairs(lottery, &input, &data, profiles, most_excluded);
	lottery->problem.graph = fairdraw_make_graph(&input, record->options);
	fairdraw_check_pools(lottery->problem.graph, record->options);
}
