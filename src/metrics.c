/*
 * metrics.c
 *		Figures by which a supervisor judges an assignment: how predictable it
 *		is, how level, and what was kept out.
 *
 * The only floating point of assignments: none of it decides anything.
 */
#include "fairdraw.h"

#include <math.h>

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "field.h"
#include "metrics.h"

static void
put_integer(StringInfo json, const char *name, int64 value)
{
	appendStringInfo(json, "%s\"%s\": " INT64_FORMAT, json->data[json->len - 1] == '{' ? "" : ", ",
					 name, value);
}

static void
put_number(StringInfo json, const char *name, double value)
{
	appendStringInfo(json, "%s\"%s\": %.6f", json->data[json->len - 1] == '{' ? "" : ", ",
					 name, value);
}

static int
compare_doubles(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

/* least, mean, greatest, standard deviation and Gini coefficient of loads */
static void
put_loads(StringInfo json, const char *name, double *loads, int32 count)
{
	double		sum = 0;
	double		squares = 0;
	double		ranked = 0;

	qsort(loads, count, sizeof(double), compare_doubles);
	for (int32 i = 0; i < count; i++)
	{
		sum += loads[i];
		ranked += (2.0 * (i + 1) - count - 1) * loads[i];
	}
	for (int32 i = 0; i < count; i++)
		squares += (loads[i] - sum / count) * (loads[i] - sum / count);
	appendStringInfo(json, ", \"%s\": {", name);
	put_number(json, "min", loads[0]);
	put_number(json, "mean", sum / count);
	put_number(json, "max", loads[count - 1]);
	put_number(json, "sd", sqrt(squares / count));
	put_number(json, "gini", sum > 0 ? ranked / (count * sum) : 0);
	appendStringInfoChar(json, '}');
}

/* How well a visit can be guessed. */
typedef struct Guess
{
	double		largest;
	double		entropy;		/* bits, of one place of its team */
	double		squares;
} Guess;

static Guess
guess_visit(const Graph *graph, const Chances *chances, int32 visit)
{
	Guess		guess = {0};
	int32		root = graph->first_node[visit];
	uint32		end = graph->first_pair[graph->first_node[visit + 1]];

	for (uint32 e = graph->first_pair[root]; e < end; e++)
	{
		double		p = (double) chances->x[e] / chances->unit;
		double		share = p / graph->node_low[root];

		guess.largest = Max(guess.largest, p);
		guess.squares += p * p;
		if (share > 0)
			guess.entropy -= share * log2(share);
	}
	return guess;
}

static void
put_predictability(StringInfo json, const Graph *graph, const Chances *chances)
{
	int64		certain = 0;
	int64		likely = 0;
	int64		possible = 0;
	int64		fixed = 0;
	Guess		all = {0};
	double		largest = 0;
	int32		pool = PG_INT32_MAX;

	for (int64 e = 0; e < graph->npairs; e++)
	{
		certain += chances->x[e] == chances->unit;
		likely += 2 * (int64) chances->x[e] >= chances->unit;
		possible += chances->x[e] > 0;
		fixed += chances->fixed[e];
	}
	for (int32 visit = 0; visit < graph->nvisits; visit++)
	{
		Guess		guess = guess_visit(graph, chances, visit);

		largest = Max(largest, guess.largest);
		all.largest += guess.largest;
		all.entropy += guess.entropy;
		all.squares += guess.squares;
		pool = Min(pool, graph->first_pair[graph->first_node[visit + 1]] -
				   graph->first_pair[graph->first_node[visit]]);
	}
	put_number(json, "largest_probability", largest);
	put_number(json, "mean_largest_probability", all.largest / graph->nvisits);
	put_number(json, "entropy_of_a_place", all.entropy / graph->nvisits);
	put_number(json, "sum_of_squares", all.squares);
	put_integer(json, "certain_pairs", certain);
	put_integer(json, "pairs_of_half_or_more", likely);
	put_integer(json, "possible_pairs", possible);
	put_integer(json, "forced_pairs", fixed);
	put_integer(json, "smallest_pool", pool);
}

static void
put_excluded(StringInfo json, const ExcludedPairs *excluded)
{
	appendStringInfoString(json, ", \"excluded_pairs\": {");
	for (int r = 0; r < excluded->nreasons; r++)
		if (excluded->of_reason[r] > 0)
		{
			if (json->data[json->len - 1] != '{')
				appendStringInfoString(json, ", ");
			escape_json(json, fairdraw_shown(excluded->reasons[r]));
			appendStringInfo(json, ": " INT64_FORMAT, excluded->of_reason[r]);
		}
	appendStringInfoChar(json, '}');
}

/* H of the lines visit TAB inspector TAB numerator TAB fixed or free */
static void
put_digest(StringInfo json, const Graph *graph, const Chances *chances)
{
	uint32	   *pairs = fairdraw_alloc_visit_pairs(graph);
	char		hex[FAIRDRAW_HEX_LEN + 1];
	Sink		sink;

	fairdraw_sink_init(&sink, NULL);
	for (int32 visit = 0; visit < graph->nvisits; visit++)
	{
		int			count = fairdraw_visit_pairs(graph, visit, pairs);

		for (int p = 0; p < count; p++)
			fairdraw_sink_line(&sink, "%s\t%s\t%u\t%s", graph->visit_ids[visit],
							   graph->inspector_ids[graph->inspector[pairs[p]]],
							   chances->x[pairs[p]], chances->fixed[pairs[p]] ? "fixed" : "free");
	}
	fairdraw_sink_hash(&sink, hex);
	appendStringInfo(json, ", \"plan_digest\": \"%s\"", hex);
	pfree(pairs);
}

/* taken: NULL without an outcome, of which "ineligible" rows are no pairs. */
char *
fairdraw_metrics(const Problem *problem, const Chances *chances, const bool *taken,
				 int64 ineligible)
{
	const Graph *graph = problem->graph;
	double	   *expected = fairdraw_alloc0(graph->ninspectors, sizeof(double));
	double	   *loads = fairdraw_alloc0(graph->ninspectors, sizeof(double));
	int64		places = 0;
	StringInfoData json;

	for (int32 visit = 0; visit < graph->nvisits; visit++)
		places += graph->node_low[graph->first_node[visit]];
	for (int64 e = 0; e < graph->npairs; e++)
	{
		expected[graph->inspector[e]] += (double) chances->x[e] / chances->unit;
		loads[graph->inspector[e]] += taken != NULL && taken[e];
	}
	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	put_integer(&json, "visits", graph->nvisits);
	put_integer(&json, "inspectors", graph->ninspectors);
	put_integer(&json, "places", places);
	put_integer(&json, "eligible_pairs", graph->npairs);
	put_excluded(&json, &problem->excluded);
	put_predictability(&json, graph, chances);
	if (chances->range)
	{
		put_integer(&json, "range_low", chances->range_low);
		put_integer(&json, "range_high", chances->range_high);
	}
	put_loads(&json, "expected_load", expected, graph->ninspectors);
	if (taken != NULL)
	{
		put_loads(&json, "load", loads, graph->ninspectors);
		put_integer(&json, "ineligible_members", ineligible);
	}
	put_digest(&json, graph, chances);
	appendStringInfoChar(&json, '}');
	return json.data;
}
