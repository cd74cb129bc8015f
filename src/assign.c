/*
 * assign.c
 *		assign_plan(), assign_draw() and assign_substitutes().
 */
#include "fairdraw.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "arguments.h"
#include "assign.h"
#include "field.h"
#include "ticket.h"

/* K = hex(H(S "/lottery/" label)) */
void
fairdraw_lottery_key(const char *s, const char *label, char *key)
{
	fairdraw_stream_key(s, psprintf("lottery/%s", label), key);
}

/* The least largest chance of a pair that is possible, in units. */
static int64
least_pair_cap(const Problem *problem)
{
	AssignOptions options = *problem->options;
	int64		possible = FAIRDRAW_UNIT(&options);
	int64		impossible = options.pair_cap;
	Chances		chances = {.unit = FAIRDRAW_UNIT(&options)};

	(void) fairdraw_balance(problem->graph, &options, &chances);
	chances.x = fairdraw_alloc(problem->graph->npairs, sizeof(uint32));
	fairdraw_alloc_fixed(problem->graph, &chances);
	while (possible - impossible > 1)
	{
		int64		cap = impossible + (possible - impossible) / 2;

		if (fairdraw_find_fixed(problem->graph, cap, &chances))
			possible = cap;
		else
			impossible = cap;
	}
	return possible;
}

/* What is sure anyway is said, since nobody could call it random. */
void
fairdraw_warn_of_certain_pairs(const Graph *graph, const Chances *chances)
{
	int64		certain = 0;
	int64		first = -1;

	for (int64 e = 0; e < graph->npairs; e++)
		if (chances->x[e] == chances->unit)
		{
			certain++;
			if (first < 0)
				first = e;
		}
	if (certain > 0)
		ereport(WARNING,
				(errmsg_plural(INT64_FORMAT " pair of a visit and an inspector has probability 1",
							   INT64_FORMAT " pairs of a visit and an inspector have probability 1",
							   (unsigned long) certain, certain),
				 errdetail("The first is inspector \"%s\" for visit \"%s\".",
						   fairdraw_shown(graph->inspector_ids[graph->inspector[first]]),
						   fairdraw_shown_visit(graph->visit_ids[graph->visit_of[graph->node[first]]])),
				 errhint("Nothing is drawn there: more eligible inspectors or larger loads would change that.")));
}

/* The chances that were computed, or the error that says why there are none. */
Chances *
fairdraw_require_chances(const Problem *problem, Chances *chances)
{
	if (chances == NULL)
		fairdraw_refuse_infeasible(problem, "fairdraw.assign_explain() with the same arguments shows all bottlenecks, and what would mend them.");
	if (chances->x == NULL)
	{
		int64		least = least_pair_cap(problem);

		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_PAIR_CAP),
				 errmsg("no assignment keeps all probabilities at or below %.10f",
						(double) problem->options->pair_cap / chances->unit),
				 errhint("The smallest \"max_pair_prob\" that is possible here is %.10f; a larger \"load_slack\" may allow less.",
						 Min(((double) least + 0.5) / chances->unit, 1.0))));
	}
	return chances;
}

/*
 * Results
 */

typedef struct Rows
{
	ReturnSetInfo *rsinfo;
	MemoryContext scratch;		/* reset with each row */
	MemoryContext caller;
} Rows;

static void
begin_rows(Rows *rows, FunctionCallInfo fcinfo)
{
	InitMaterializedSRF(fcinfo, 0);
	rows->rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	rows->scratch = AllocSetContextCreate(CurrentMemoryContext, "fairdraw row",
										  ALLOCSET_DEFAULT_SIZES);
}

/* Between these two the values of one row are made. */
static void
begin_row(Rows *rows)
{
	rows->caller = MemoryContextSwitchTo(rows->scratch);
}

static void
end_row(Rows *rows, const Datum *values, const bool *nulls)
{
	tuplestore_putvalues(rows->rsinfo->setResult, rows->rsinfo->setDesc,
						 unconstify(Datum *, values), unconstify(bool *, nulls));
	MemoryContextSwitchTo(rows->caller);
	MemoryContextReset(rows->scratch);
}

static Datum
id_datum(const char *utf8)
{
	return CStringGetTextDatum(fairdraw_shown(utf8));
}

static Problem *
load_arguments(FunctionCallInfo fcinfo, int options, bool keep_excluded)
{
	char	   *visits = fairdraw_text_arg(fcinfo, 0);
	char	   *staff = fairdraw_text_arg(fcinfo, 1);
	char	   *eligible = fairdraw_text_arg(fcinfo, 2);

	return fairdraw_load_problem(visits, staff, eligible,
								 DatumGetJsonbP(fairdraw_arg(fcinfo, options)), keep_excluded);
}

/* The key of a lottery by the arguments seed and label. */
void
fairdraw_seed_key(FunctionCallInfo fcinfo, int seed, int label, char *key)
{
	char	   *seed_text = fairdraw_utf8_arg(fcinfo, seed);
	char	   *label_text = fairdraw_utf8_arg(fcinfo, label);
	char		s[FAIRDRAW_HEX_LEN + 1];

	fairdraw_require_field("label", label_text, FAIRDRAW_MAX_LABEL);
	fairdraw_seed_hash(seed_text, strlen(seed_text), s);
	fairdraw_lottery_key(s, label_text, key);
}

/* assign_plan(visits, staff, eligible, options) */
PG_FUNCTION_INFO_V1(fairdraw_assign_plan);
Datum
fairdraw_assign_plan(PG_FUNCTION_ARGS)
{
	Problem    *problem;
	const Graph *graph;
	Chances    *chances;
	uint32	   *pairs;
	Rows		rows;

	begin_rows(&rows, fcinfo);
	SPI_connect();
	problem = load_arguments(fcinfo, 3, false);
	graph = problem->graph;
	chances = fairdraw_require_chances(problem, fairdraw_chances(graph, problem->options));
	fairdraw_warn_of_certain_pairs(graph, chances);
	pairs = fairdraw_alloc_visit_pairs(graph);
	for (int32 visit = 0; visit < graph->nvisits; visit++)
	{
		int			count = fairdraw_visit_pairs(graph, visit, pairs);

		CHECK_FOR_INTERRUPTS();
		for (int p = 0; p < count; p++)
		{
			Datum		values[5];
			bool		nulls[5] = {false};

			begin_row(&rows);
			values[0] = id_datum(graph->visit_ids[visit]);
			values[1] = id_datum(graph->inspector_ids[graph->inspector[pairs[p]]]);
			values[2] = Int64GetDatum(chances->x[pairs[p]]);
			values[3] = Int64GetDatum(chances->unit);
			values[4] = BoolGetDatum(chances->fixed[pairs[p]]);
			end_row(&rows, values, nulls);
		}
	}
	SPI_finish();
	return (Datum) 0;
}

/* assign_draw(visits, staff, eligible, seed, options, label) */
PG_FUNCTION_INFO_V1(fairdraw_assign_draw);
Datum
fairdraw_assign_draw(PG_FUNCTION_ARGS)
{
	Problem    *problem;
	const Graph *graph;
	Chances    *chances;
	bool	   *taken;
	uint32	   *pairs;
	char		key[FAIRDRAW_HEX_LEN + 1];
	Rows		rows;

	begin_rows(&rows, fcinfo);
	fairdraw_seed_key(fcinfo, 3, 5, key);
	SPI_connect();
	problem = load_arguments(fcinfo, 4, false);
	graph = problem->graph;
	chances = fairdraw_require_chances(problem, fairdraw_chances(graph, problem->options));
	fairdraw_warn_of_certain_pairs(graph, chances);
	taken = fairdraw_draw_teams(graph, chances, key);
	pairs = fairdraw_alloc_visit_pairs(graph);
	for (int32 visit = 0; visit < graph->nvisits; visit++)
	{
		int			count = fairdraw_visit_pairs(graph, visit, pairs);
		int			slot = 0;

		CHECK_FOR_INTERRUPTS();
		for (int p = 0; p < count; p++)
		{
			Datum		values[5];
			bool		nulls[5] = {false};

			if (!taken[pairs[p]])
				continue;
			begin_row(&rows);
			values[0] = id_datum(graph->visit_ids[visit]);
			values[1] = Int32GetDatum(++slot);
			values[2] = id_datum(graph->inspector_ids[graph->inspector[pairs[p]]]);
			values[3] = Int64GetDatum(chances->x[pairs[p]]);
			values[4] = Int64GetDatum(chances->unit);
			end_row(&rows, values, nulls);
		}
	}
	SPI_finish();
	return (Datum) 0;
}

/* The ids of the inspectors of some pairs, as an array. */
Datum
fairdraw_inspectors_datum(const Graph *graph, const uint32 *pairs, int count)
{
	Datum	   *values = palloc(Max(count, 1) * sizeof(Datum));

	for (int p = 0; p < count; p++)
		values[p] = id_datum(graph->inspector_ids[graph->inspector[pairs[p]]]);
	return PointerGetDatum(construct_array(values, count, TEXTOID, -1, false, TYPALIGN_INT));
}

typedef struct SubstituteRows
{
	const Graph *graph;
	Rows		rows;
} SubstituteRows;

static void
put_substitute(int32 visit, int32 rank, uint32 pair, const uint32 *members, int nmembers,
			   int32 spare, void *arg)
{
	SubstituteRows *substitutes = arg;
	const Graph *graph = substitutes->graph;
	Datum		values[5];
	bool		nulls[5] = {false};

	begin_row(&substitutes->rows);
	values[0] = id_datum(graph->visit_ids[visit]);
	values[1] = Int32GetDatum(rank);
	values[2] = id_datum(graph->inspector_ids[graph->inspector[pair]]);
	values[3] = fairdraw_inspectors_datum(graph, members, nmembers);
	values[4] = Int32GetDatum(spare);
	end_row(&substitutes->rows, values, nulls);
}

/* assign_substitutes(visits, staff, eligible, seed, options, label) */
PG_FUNCTION_INFO_V1(fairdraw_assign_substitutes);
Datum
fairdraw_assign_substitutes(PG_FUNCTION_ARGS)
{
	Problem    *problem;
	Chances    *chances;
	char		key[FAIRDRAW_HEX_LEN + 1];
	SubstituteRows substitutes;

	begin_rows(&substitutes.rows, fcinfo);
	fairdraw_seed_key(fcinfo, 3, 5, key);
	SPI_connect();
	problem = load_arguments(fcinfo, 4, false);
	substitutes.graph = problem->graph;
	chances = fairdraw_require_chances(problem, fairdraw_chances(problem->graph, problem->options));
	fairdraw_for_substitutes(problem->graph, fairdraw_draw_teams(problem->graph, chances, key),
							 key, problem->options->depth, put_substitute, &substitutes);
	SPI_finish();
	return (Datum) 0;
}
