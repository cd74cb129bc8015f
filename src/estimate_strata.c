/*
 * estimate_strata.c
 *		The strata of a sample: how each was drawn, and what is to be said of it.
 */
#include "fairdraw.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/builtins.h"

#include "estimate_strata.h"
#include "field.h"
#include "selection.h"

/* pareto probabilities are not to be trusted below (doc/statistics.md section 5) */
#define LEAST_SPREAD 2

const char *const fairdraw_sample_design_names[] = {"auto", "pareto", "pivotal", "poisson", "srs"};

static int
compare_designs(const void *a, const void *b)
{
	return strcmp(((const StratumDesign *) a)->stratum, ((const StratumDesign *) b)->stratum);
}

/* What the option "design" says of a stratum. */
static SampleDesign
named_design(const Cell *cell, EstimateOptions *options)
{
	StratumDesign key = {pnstrdup(cell->names[CELL_STRATUM], cell->lens[CELL_STRATUM])};
	StratumDesign *found = bsearch(&key, options->designs, options->ndesigns,
								   sizeof(StratumDesign), compare_designs);

	if (found == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("option \"design\" does not name the stratum \"%s\" of the sample",
						fairdraw_cell_name(cell, CELL_STRATUM)),
				 errhint("Name every stratum, or give one word for all of them.")));
	found->used = true;
	return found->design;
}

static SampleDesign
stratum_design(const EstimateStratum *stratum, EstimateOptions *options)
{
	const Cell *cell = &stratum->whole;
	SampleDesign design = options->designs == NULL ? options->design
		: named_design(cell, options);
	double		units;

	if (design != SAMPLE_AUTO)
		return design;

	/* as draw() does, with the estimated number of units in the frame */
	units = fairdraw_sum_value(&cell->sums[SUM_W]).hi + (double) cell->certain;
	return rint(units) <= FAIRDRAW_WHOLE_STRATUM ? SAMPLE_PIVOTAL : SAMPLE_PARETO;
}

static bool
equal_probabilities(const EstimateStratum *stratum)
{
	Twofold		spread = twofold_subtract(twofold_times(stratum->cc, stratum->drawn),
										  twofold_multiply(stratum->c, stratum->c));

	return spread.hi <= NO_VARIATION * stratum->drawn * stratum->cc.hi;
}

static void
finish_stratum(EstimateState *state, EstimateStratum *stratum, EstimateOptions *options)
{
	SampleDesign design;

	stratum->whole = *stratum->cells[0];
	if (stratum->ncells > 1)
	{
		Cell	   *whole = &stratum->whole;

		memset(whole->sums, 0, sizeof(whole->sums));
		whole->units = whole->certain = whole->nonzero = 0;
		for (int i = 0; i < stratum->ncells; i++)
		{
			whole->units += stratum->cells[i]->units;
			whole->certain += stratum->cells[i]->certain;
			whole->nonzero += stratum->cells[i]->nonzero;
			for (int j = 0; j < CELL_SUMS; j++)
				fairdraw_sum_merge(&whole->sums[j], CurrentMemoryContext,
								   &stratum->cells[i]->sums[j]);
		}
	}
	stratum->drawn = (double) (stratum->whole.units - stratum->whole.certain);
	stratum->c = fairdraw_sum_value(&stratum->whole.sums[SUM_C]);
	stratum->cc = fairdraw_sum_value(&stratum->whole.sums[SUM_CC]);

	design = stratum_design(stratum, options);
	if (design == SAMPLE_SRS && stratum->drawn > 0 && !equal_probabilities(stratum))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the probabilities of stratum \"%s\" differ, which those of a simple random sample do not",
						fairdraw_cell_name(&stratum->whole, CELL_STRATUM)),
				 errhint("Name the method of the draw in the option \"design\".")));
	stratum->variance = options->variance;
	if (options->variance == VARIANCE_BY_DESIGN)
		stratum->variance = design == SAMPLE_POISSON ? VARIANCE_POISSON
			: design == SAMPLE_PIVOTAL ? VARIANCE_DEVILLE : VARIANCE_ROSEN;

	/* the sum of c estimates that of pi (1 - pi) over the frame */
	stratum->doubtful = design == SAMPLE_PARETO && stratum->drawn > 0 &&
		stratum->c.hi < LEAST_SPREAD && !equal_probabilities(stratum);
}

static int
compare_streams(const void *a, const void *b)
{
	const Cell *left = &(*(EstimateStratum *const *) a)->whole;
	const Cell *right = &(*(EstimateStratum *const *) b)->whole;
	int			order = fairdraw_compare_names(left, right, CELL_STREAM, CELL_STREAM);

	return order != 0 ? order : fairdraw_compare_names(left, right, CELL_DRAW, CELL_DRAW);
}

/*
 * Draws that share a stream move together: the same tickets serve both.
 * Returns the number of such streams.
 */
static int
number_shared_streams(EstimateStratum *strata, int count)
{
	EstimateStratum **by_stream = palloc(count * sizeof(EstimateStratum *));
	int			streams = 0;

	for (int i = 0; i < count; i++)
		by_stream[i] = &strata[i];
	qsort(by_stream, count, sizeof(EstimateStratum *), compare_streams);
	for (int i = 0, end; i < count; i = end)
	{
		const Cell *first = &by_stream[i]->whole;

		for (end = i + 1; end < count; end++)
			if (fairdraw_compare_names(first, &by_stream[end]->whole, CELL_STREAM, CELL_STREAM) != 0)
				break;
		if (first->lens[CELL_STREAM] == CELL_NULL_NAME ||
			by_stream[i]->draw == by_stream[end - 1]->draw)
			continue;
		streams++;
		for (int j = i; j < end; j++)
			by_stream[j]->stream = streams;
	}
	pfree(by_stream);
	return streams;
}

static void
check_cells(const EstimateState *state)
{
	static const struct
	{
		CellName	name;
		const char *word;
		const char *hint;
	}			optional[] = {
		{CELL_DOMAIN, "domain", "Give these units a domain of their own, for example with coalesce(domain, 'unknown')."},
		{CELL_DRAW, "draw", "Name the draw of each unit."},
		{CELL_STREAM, "stream", "Name the stream of each draw."}
	};

	if (state->cells[0]->lens[CELL_STREAM] != CELL_NULL_NAME &&
		state->cells[0]->lens[CELL_DRAW] == CELL_NULL_NAME)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the sample has streams, but no draws"),
				 errhint("Name the draw of each unit.")));
	for (int i = 1; i < state->ncells; i++)
	{
		const Cell *cell = state->cells[i];
		const Cell *before = state->cells[i - 1];

		for (int j = 0; j < lengthof(optional); j++)
			if ((cell->lens[optional[j].name] == CELL_NULL_NAME) !=
				(before->lens[optional[j].name] == CELL_NULL_NAME))
				ereport(ERROR,
						(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						 errmsg("the %s is null in some rows of the sample", optional[j].word),
						 errhint("%s", optional[j].hint)));
		if (fairdraw_compare_names(before, cell, CELL_DRAW, CELL_DRAW) == 0 &&
			fairdraw_compare_names(before, cell, CELL_STREAM, CELL_STREAM) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("draw \"%s\" of the sample has two streams, \"%s\" and \"%s\"",
							fairdraw_cell_name(cell, CELL_DRAW),
							fairdraw_cell_name(before, CELL_STREAM), fairdraw_cell_name(cell, CELL_STREAM)),
					 errhint("Give each draw a name of its own in the column draw.")));
	}
}

/* The strata of a sample, and the number of streams that draws share. */
EstimateStratum *
fairdraw_find_strata(EstimateState *state, EstimateOptions *options, int *count, int *streams)
{
	EstimateStratum *strata = palloc0(state->ncells * sizeof(EstimateStratum));
	int			n = 0;
	int			draw = 0;

	fairdraw_sort_cells(state);
	check_cells(state);
	if (options->ndesigns > 1)
		qsort(options->designs, options->ndesigns, sizeof(StratumDesign), compare_designs);
	for (int i = 0; i < state->ncells; i++)
	{
		const Cell *before = i == 0 ? NULL : state->cells[i - 1];

		if (before == NULL || fairdraw_compare_names(before, state->cells[i], CELL_DRAW, CELL_DRAW) != 0)
			draw++;
		if (before == NULL || fairdraw_compare_names(before, state->cells[i], CELL_DRAW, CELL_STRATUM) != 0)
		{
			strata[n].draw = draw;
			strata[n++].cells = &state->cells[i];
		}
		strata[n - 1].ncells++;
	}
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		finish_stratum(state, &strata[i], options);
	}
	for (int i = 0; i < options->ndesigns; i++)
		if (!options->designs[i].used)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("option \"design\" names the stratum \"%s\", which the sample does not have",
							fairdraw_shown(options->designs[i].stratum)),
					 errhint("Compare the names with those in the column stratum.")));
	*count = n;
	*streams = number_shared_streams(strata, n);
	return strata;
}
