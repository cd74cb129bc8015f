/*
 * estimate_aggregate.c
 *		Transition functions of estimate_sample() and estimate_merge().
 *
 * Partial states can be combined in any order and number: their sums are exact,
 * so that a serial scan, parallel workers and partitions give the same bytes.
 */
#include "fairdraw.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "estimate_state.h"
#include "field.h"

/* estimate_sample()'s arguments behind the state */
enum
{
	ARG_Y = 1,
	ARG_X,
	ARG_PROBABILITY,
	ARG_STRATUM,
	ARG_DOMAIN,
	ARG_DRAW,
	ARG_STREAM,
	ARG_WHAT
};

/* which of them gives each of the names of a cell */
static const int name_args[CELL_NAMES] = {ARG_DRAW, ARG_STRATUM, ARG_DOMAIN, ARG_STREAM};
static const char *const name_words[CELL_NAMES] = {"draw", "stratum", "domain", "stream"};

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a transition function was called outside of its aggregate"),
				 errhint("Use the aggregates fairdraw.estimate_sample() and fairdraw.estimate_merge().")));
	return context;
}

/*
 * The state so far, to be changed in place.  It is ours from the first row on,
 * except in an aggregate that somebody else made of our functions: there it may
 * begin as a flat one, or be lent to us read-only.
 */
static inline EstimateState *
transition_state(FunctionCallInfo fcinfo)
{
	if (likely(VARATT_IS_EXTERNAL_EXPANDED_RW(PG_GETARG_POINTER(0))))
		return (EstimateState *) DatumGetEOHP(PG_GETARG_DATUM(0));
	return fairdraw_estimate_state_from_datum(PointerGetDatum(PG_DETOAST_DATUM(PG_GETARG_DATUM(0))),
											  aggregate_context(fcinfo));
}

void
fairdraw_unknown_estimand(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown estimate: \"%s\"", name),
			 errhint("It is one of total, mean, rate and ratio.")));
}

static Estimand
estimand_arg(FunctionCallInfo fcinfo)
{
	text	   *arg;
	Estimand	what;

	if (PG_ARGISNULL(ARG_WHAT))
		fairdraw_unknown_estimand("");
	arg = PG_GETARG_TEXT_PP(ARG_WHAT);
	if (!fairdraw_parse_estimand(VARDATA_ANY(arg), VARSIZE_ANY_EXHDR(arg), &what))
		fairdraw_unknown_estimand(text_to_cstring(arg));
	return what;
}

/* Where a row stands, for messages. */
static char *
place(const Cell *cell)
{
	char	   *stratum = fairdraw_cell_name(cell, CELL_STRATUM);

	if (cell->lens[CELL_DOMAIN] == CELL_NULL_NAME)
		return psprintf("stratum \"%s\"", stratum);
	return psprintf("stratum \"%s\", domain \"%s\"", stratum,
					fairdraw_cell_name(cell, CELL_DOMAIN));
}

static pg_noinline void
null_value(const char *what, const Cell *cell, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("%s is null in a row of %s", what, place(cell)),
			 errhint("%s", hint)));
}

static char *
shown(double value)
{
	return float8out_internal(value);
}

static pg_noinline void
invalid_probability(const Cell *cell, double probability)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("invalid probability %s in a row of %s", shown(probability), place(cell)),
			 errdetail("A unit of a sample was drawn with a probability above 0 and at most 1."),
			 errhint("Take the column probability of the draw, not the weight.")));
}

static pg_noinline void
invalid_value(const char *what, const Cell *cell, double value)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s is %s in a row of %s", what, shown(value), place(cell)),
			 errhint("Leave out of the sample what is not a number, and say so beside the estimate.")));
}

static pg_noinline void
not_binary(const Cell *cell, double value)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("y is %s in a row of %s, but a rate counts 0 and 1", shown(value), place(cell)),
			 errhint("Give a condition, for example fairdraw.is_problem(code), or estimate a mean.")));
}

/* Squares beyond the range of a double, or so small that digits are lost. */
#define LEAST_SQUARE 0x1p-900

static inline bool
in_range(Twofold square)
{
	return isfinite(square.hi) && isfinite(square.lo) &&
		(square.hi == 0 || square.hi >= LEAST_SQUARE);
}

static pg_noinline void
out_of_range(const Cell *cell, double y, double x, double probability)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("a row of %s is too large or too small to be added up", place(cell)),
			 errdetail("It has y %s, x %s and probability %s.", shown(y), shown(x),
					   shown(probability)),
			 errhint("Give y and x in units of another size.")));
}

/* The cell of the row. */
static inline Cell *
row_cell(FunctionCallInfo fcinfo, EstimateState *state)
{
	const char *names[CELL_NAMES];
	int32		lens[CELL_NAMES];

	for (int i = 0; i < CELL_NAMES; i++)
	{
		names[i] = NULL;
		lens[i] = CELL_NULL_NAME;
		if (!PG_ARGISNULL(name_args[i]))
		{
			text	   *arg = PG_GETARG_TEXT_PP(name_args[i]);
			size_t		len;

			names[i] = fairdraw_to_utf8(VARDATA_ANY(arg), VARSIZE_ANY_EXHDR(arg), &len);
			lens[i] = len;
			if (unlikely(len > CELL_MAX_NAME))
				ereport(ERROR,
						(errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION),
						 errmsg("a %s of the sample is longer than %d bytes", name_words[i],
								CELL_MAX_NAME),
						 errdetail("It begins with \"%s\".",
								   pnstrdup(VARDATA_ANY(arg), pg_mbcliplen(VARDATA_ANY(arg), VARSIZE_ANY_EXHDR(arg), 100))),
						 errhint("Give a short name or a key.")));
		}
	}
	return fairdraw_find_cell(state, names, lens);
}

/* Adds a unit that is not certain; x is 1 but in ratios. */
static inline void
add_drawn(EstimateState *state, Cell *cell, double y, double x, double probability)
{
	MemoryContext context = state->header.eoh_context;
	ExactSum   *sums = cell->sums;
	double		w = 1 / probability;
	double		c = 1 - probability;
	Twofold		wx = state->what == ESTIMATE_RATIO ? twofold_of_product(w, x) : twofold(w);
	Twofold		wy;
	Twofold		cwx;
	Twofold		cwy;
	Twofold		last;

	if (unlikely(!isfinite(w)))
		out_of_range(cell, y, x, probability);
	fairdraw_sum_add(&sums[SUM_W], context, w);
	fairdraw_sum_add(&sums[SUM_C], context, c);
	fairdraw_sum_add_twofold(&sums[SUM_CC], context, twofold_of_product(c, c));
	if (state->what == ESTIMATE_RATE)
		fairdraw_sum_add_twofold(&sums[SUM_WW], context, twofold_of_product(w, w));
	if (state->what == ESTIMATE_RATIO)
		fairdraw_sum_add_twofold(&sums[SUM_WX], context, wx);
	if (state->what != ESTIMATE_TOTAL)
	{
		cwx = twofold_times(wx, c);
		last = twofold_multiply(cwx, wx);
		if (unlikely(!in_range(last) || (last.hi == 0 && x != 0)))
			out_of_range(cell, y, x, probability);
		fairdraw_sum_add_twofold(&sums[SUM_CX], context, cwx);
		fairdraw_sum_add_twofold(&sums[SUM_CXX], context, last);
	}
	if (y == 0)
		return;

	wy = twofold_of_product(w, y);
	cwy = twofold_times(wy, c);
	last = twofold_multiply(cwy, wy);
	if (unlikely(!in_range(last) || last.hi == 0))
		out_of_range(cell, y, x, probability);
	fairdraw_sum_add_twofold(&sums[SUM_WY], context, wy);
	fairdraw_sum_add_twofold(&sums[SUM_CY], context, cwy);
	fairdraw_sum_add_twofold(&sums[SUM_CYY], context, last);
	if (state->what != ESTIMATE_TOTAL)
		fairdraw_sum_add_twofold(&sums[SUM_CXY], context, twofold_multiply(cwy, wx));
}

/* estimate_state_add(state, y, x, probability, stratum, domain, draw, stream, what) */
PG_FUNCTION_INFO_V1(fairdraw_estimate_state_add);
Datum
fairdraw_estimate_state_add(PG_FUNCTION_ARGS)
{
	EstimateState *state;
	Estimand	what = estimand_arg(fcinfo);
	Cell	   *cell;
	double		y;
	double		x = 1;
	double		probability;

	if (likely(!PG_ARGISNULL(0)))
		state = transition_state(fcinfo);
	else
		state = fairdraw_make_estimate_state(aggregate_context(fcinfo), what);
	if (unlikely(state->what != what))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("what is estimated changed within one sample"),
				 errhint("Give the same word with every row.")));

	cell = row_cell(fcinfo, state);
	if (unlikely(cell->lens[CELL_STRATUM] == CELL_NULL_NAME))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the stratum is null in a row of the sample"),
				 errhint("Give the stratum from which each unit was drawn, as the draw names it.")));
	if (unlikely(PG_ARGISNULL(ARG_Y)))
		null_value("y", cell, "An estimate knows nothing of units without a result: give each one a value, or leave them out and say so beside the estimate.");
	if (unlikely(PG_ARGISNULL(ARG_PROBABILITY)))
		null_value("the probability", cell, "Take the column probability of the draw.");
	y = PG_GETARG_FLOAT8(ARG_Y);
	probability = PG_GETARG_FLOAT8(ARG_PROBABILITY);
	if (unlikely(!(probability > 0 && probability <= 1)))
		invalid_probability(cell, probability);
	if (unlikely(!isfinite(y)))
		invalid_value("y", cell, y);
	if (unlikely(what == ESTIMATE_RATE && y != 0 && y != 1))
		not_binary(cell, y);
	if (what == ESTIMATE_RATIO)
	{
		if (unlikely(PG_ARGISNULL(ARG_X)))
			null_value("x", cell, "A ratio is that of y to x: give each unit both.");
		x = PG_GETARG_FLOAT8(ARG_X);
		if (unlikely(!isfinite(x)))
			invalid_value("x", cell, x);
	}

	cell->units++;
	if (probability == 1)
	{
		cell->certain++;
		fairdraw_sum_add(&cell->sums[SUM_Y], state->header.eoh_context, y);
		if (what == ESTIMATE_RATIO)
			fairdraw_sum_add(&cell->sums[SUM_X], state->header.eoh_context, x);
	}
	else
	{
		cell->nonzero += y != 0;
		add_drawn(state, cell, y, x, probability);
	}
	fairdraw_check_estimate_memory(state);
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

/* estimate_state_merge(state, state): also the combine function; any order */
PG_FUNCTION_INFO_V1(fairdraw_estimate_state_merge);
Datum
fairdraw_estimate_state_merge(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	const EstimateState *from;
	EstimateState *into;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	from = fairdraw_estimate_state_from_datum(PG_GETARG_DATUM(1), CurrentMemoryContext);
	if (PG_ARGISNULL(0))
		into = fairdraw_make_estimate_state(context, from->what);
	else
		into = transition_state(fcinfo);
	if (into->what != from->what)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("states of different estimates cannot be merged"),
				 errdetail("One is of a %s, the other of a %s.",
						   fairdraw_estimand_names[into->what], fairdraw_estimand_names[from->what]),
				 errhint("Make all of them with the same word.")));
	for (int i = 0; i < from->ncells; i++)
		fairdraw_merge_cell(into, from->cells[i]);
	PG_RETURN_DATUM(EOHPGetRWDatum(&into->header));
}
