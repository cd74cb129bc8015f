/*
 * assign_check.c
 *		assign_verify() and assign_metrics(): outcomes that somebody stored.
 */
#include "fairdraw.h"

#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "arguments.h"
#include "assign.h"
#include "field.h"
#include "findings.h"
#include "metrics.h"
#include "query.h"

/*
 * Stored outcomes
 */

typedef struct Outcome
{
	const Problem *problem;
	const Chances *chances;
	MemoryContext keep;
	bool	   *taken;			/* [npairs] */
	int64		rows;
	int64		ineligible;		/* rows that are no pair */
	char	   *not_eligible;	/* the first fault of each kind; or NULL */
	char	   *repeated;
	char	   *other_chance;
} Outcome;

enum
{
	RESULT_VISIT, RESULT_INSPECTOR, RESULT_NUMERATOR, RESULT_DENOMINATOR, RESULT_COLUMNS
};

static char *
find_row(Outcome *outcome, const char *visit, const char *inspector, int64 *pair)
{
	int32		v = fairdraw_find_id(&outcome->problem->visits, visit, strlen(visit));
	int32		i = fairdraw_find_id(&outcome->problem->inspectors, inspector, strlen(inspector));

	*pair = v < 0 || i < 0 ? -1 : fairdraw_find_pair(outcome->problem->graph, v, i);
	return psprintf("inspector \"%s\" for visit \"%s\"", fairdraw_shown(inspector), fairdraw_shown(visit));
}

static void
note_fault(Outcome *outcome, char **fault, const char *text)
{
	if (*fault == NULL)
		*fault = MemoryContextStrdup(outcome->keep, text);
}

static void
read_member(const Datum *values, const bool *nulls, void *arg)
{
	Outcome    *outcome = arg;
	int64		pair;
	char	   *row;

	if (nulls[RESULT_VISIT] || nulls[RESULT_INSPECTOR])
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_NULL),
				 errmsg("null %s in the result query", nulls[RESULT_VISIT] ? "visit" : "inspector"),
				 errhint("Leave such rows out of the query.")));
	row = find_row(outcome, fairdraw_text_to_utf8(DatumGetTextPP(values[RESULT_VISIT])),
				   fairdraw_text_to_utf8(DatumGetTextPP(values[RESULT_INSPECTOR])), &pair);
	outcome->rows++;
	if (pair < 0)
	{
		outcome->ineligible++;
		note_fault(outcome, &outcome->not_eligible, row);
		return;
	}
	if (outcome->taken[pair])
		note_fault(outcome, &outcome->repeated, row);
	outcome->taken[pair] = true;
	if (!nulls[RESULT_NUMERATOR] && !nulls[RESULT_DENOMINATOR] &&
		(DatumGetInt64(values[RESULT_NUMERATOR]) != outcome->chances->x[pair] ||
		 DatumGetInt64(values[RESULT_DENOMINATOR]) != outcome->chances->unit))
		note_fault(outcome, &outcome->other_chance,
				   psprintf("%s: " INT64_FORMAT "/" INT64_FORMAT ", computed %u/" INT64_FORMAT, row,
							DatumGetInt64(values[RESULT_NUMERATOR]),
							DatumGetInt64(values[RESULT_DENOMINATOR]),
							outcome->chances->x[pair], outcome->chances->unit));
}

static void
load_outcome(Outcome *outcome, const Problem *problem, const Chances *chances, const char *text)
{
	Column		columns[RESULT_COLUMNS] = {
		[RESULT_VISIT] = {"visit", COLUMN_TEXT},
		[RESULT_INSPECTOR] = {"inspector", COLUMN_TEXT},
		[RESULT_NUMERATOR] = {"numerator", COLUMN_BIGINT, "NULL::pg_catalog.int8"},
		[RESULT_DENOMINATOR] = {"denominator", COLUMN_BIGINT, "NULL::pg_catalog.int8"},
	};
	CallerQuery *query = fairdraw_analyze_query("result", text);

	memset(outcome, 0, sizeof(Outcome));
	outcome->problem = problem;
	outcome->chances = chances;
	outcome->keep = CurrentMemoryContext;
	outcome->taken = fairdraw_alloc0(problem->graph->npairs, sizeof(bool));
	fairdraw_stream_query(query, fairdraw_select_columns(query, columns, RESULT_COLUMNS),
						  read_member, outcome);
}

/*
 * Verifying
 */

/* The first node of a visit whose bounds are not kept, or NULL. */
static char *
check_nodes(const Graph *graph, const bool *taken, bool roots)
{
	int32	   *number = fairdraw_alloc0(graph->nnodes, sizeof(int32));
	char	   *fault = NULL;

	/* children stand behind their parents */
	for (int32 n = graph->nnodes - 1; n >= 0; n--)
	{
		bool		is_root = graph->parent[n] < 0;

		for (uint32 e = graph->first_pair[n]; e < graph->first_pair[n + 1]; e++)
			number[n] += taken[e];
		if (!is_root)
			number[graph->parent[n]] += number[n];
		if (is_root == roots && (number[n] < graph->node_low[n] || number[n] > graph->node_high[n]))
			fault = psprintf("visit \"%s\" has %d%s%s%s instead of %d to %d",
							 fairdraw_shown_visit(graph->visit_ids[graph->visit_of[n]]), number[n],
							 is_root ? " inspectors" : " of group \"",
							 is_root ? "" : fairdraw_shown(graph->node_names[n]), is_root ? "" : "\"",
							 graph->node_low[n], graph->node_high[n]);
	}
	pfree(number);
	return fault;
}

static char *
check_loads(const Graph *graph, const Chances *chances, const bool *taken)
{
	for (int32 i = 0; i < graph->ninspectors; i++)
	{
		int64		expected = 0;
		int64		load = 0;

		for (uint32 p = graph->first_of[i]; p < graph->first_of[i + 1]; p++)
		{
			expected += chances->x[graph->pairs_of[p]];
			load += taken[graph->pairs_of[p]];
		}
		if (load < expected / chances->unit ||
			load > (expected + chances->unit - 1) / chances->unit)
			return psprintf("inspector \"%s\" has " INT64_FORMAT " visits, expected are %.6f",
							fairdraw_shown(graph->inspector_ids[i]), load,
							(double) expected / chances->unit);
	}
	return NULL;
}

static char *
check_draw(const Graph *graph, const bool *taken, const bool *drawn)
{
	for (int64 e = 0; e < graph->npairs; e++)
		if (taken[e] != drawn[e])
			return psprintf("inspector \"%s\" %s visit \"%s\" by the seed",
							fairdraw_shown(graph->inspector_ids[graph->inspector[e]]),
							drawn[e] ? "goes to" : "does not go to",
							fairdraw_shown_visit(graph->visit_ids[graph->visit_of[graph->node[e]]]));
	return NULL;
}

/* assign_verify(visits, staff, eligible, seed, result, options, label) */
PG_FUNCTION_INFO_V1(fairdraw_assign_verify);
Datum
fairdraw_assign_verify(PG_FUNCTION_ARGS)
{
	char	   *visits = fairdraw_text_arg(fcinfo, 0);
	char	   *staff = fairdraw_text_arg(fcinfo, 1);
	char	   *eligible = fairdraw_text_arg(fcinfo, 2);
	char	   *result = fairdraw_text_arg(fcinfo, 4);
	Jsonb	   *options = DatumGetJsonbP(fairdraw_arg(fcinfo, 5));
	Findings	findings;
	char		key[FAIRDRAW_HEX_LEN + 1];
	Problem    *problem;
	Chances    *chances;
	Outcome		outcome;

	fairdraw_seed_key(fcinfo, 3, 6, key);
	fairdraw_begin_findings(&findings, fcinfo);
	SPI_connect();
	problem = fairdraw_load_problem(visits, staff, eligible, options, false);
	chances = fairdraw_require_chances(problem, fairdraw_chances(problem->graph, problem->options));
	load_outcome(&outcome, problem, chances, result);
	fairdraw_put_fault(&findings, "eligible", outcome.not_eligible,
					   psprintf(INT64_FORMAT " rows, each an eligible pair", outcome.rows));
	fairdraw_put_fault(&findings, "once", outcome.repeated, "no pair comes twice");
	fairdraw_put_fault(&findings, "teams", check_nodes(problem->graph, outcome.taken, true),
					   psprintf("each visit has what it needs: %d", problem->graph->nvisits));
	fairdraw_put_fault(&findings, "groups", check_nodes(problem->graph, outcome.taken, false),
					   "all groups keep their bounds");
	fairdraw_put_fault(&findings, "loads", check_loads(problem->graph, chances, outcome.taken),
					   "each load is the expected one, rounded down or up");
	fairdraw_put_fault(&findings, "chances", outcome.other_chance, "the probabilities that are given are the computed ones");
	fairdraw_put_fault(&findings, "draw", check_draw(problem->graph, outcome.taken,
													 fairdraw_draw_teams(problem->graph, chances, key)),
					   "the seed gives these teams");
	SPI_finish();
	return (Datum) 0;
}

/* assign_metrics(visits, staff, eligible, result, options) */
PG_FUNCTION_INFO_V1(fairdraw_assign_metrics);
Datum
fairdraw_assign_metrics(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	char	   *visits = fairdraw_text_arg(fcinfo, 0);
	char	   *staff = fairdraw_text_arg(fcinfo, 1);
	char	   *eligible = fairdraw_text_arg(fcinfo, 2);
	char	   *result = PG_ARGISNULL(3) ? NULL : fairdraw_text_arg(fcinfo, 3);
	Jsonb	   *options = DatumGetJsonbP(fairdraw_arg(fcinfo, 4));
	Problem    *problem;
	Chances    *chances;
	Outcome		outcome = {0};
	char	   *metrics;

	SPI_connect();
	problem = fairdraw_load_problem(visits, staff, eligible, options, false);
	chances = fairdraw_require_chances(problem, fairdraw_chances(problem->graph, problem->options));
	if (result != NULL)
		load_outcome(&outcome, problem, chances, result);
	metrics = MemoryContextStrdup(caller, fairdraw_metrics(problem, chances, outcome.taken,
														   outcome.ineligible));
	SPI_finish();
	PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(metrics)));
}
