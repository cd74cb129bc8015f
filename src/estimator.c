/*
 * estimator.c
 *		Estimates and their variances from the sums over a sample
 *		(doc/statistics.md sections 2 and 3).
 *
 * With z = y - R x (R the estimated ratio, x = 1 in a mean; in a total R = 0),
 * the variance needs the sums of c w z and c (w z)^2 over the units of a domain,
 * which follow from those of x and y.  What cancels there cancels in numbers of
 * 106 bits, taken from exact sums.
 */
#include "fairdraw.h"

#include <math.h>

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "estimator.h"
#include "field.h"
#include "selection.h"

/* pareto probabilities are not to be trusted below (doc/protocol.md section 6) */
#define LEAST_SPREAD 2

/* of the squares that make a variance; less than this is what is left of rounding */
#define NO_VARIATION 1e-30

const char *const fairdraw_variance_names[] = {"design", "rosen", "deville", "poisson"};
const char *const fairdraw_sample_design_names[] = {"auto", "pareto", "pivotal", "poisson", "srs"};
const char *const fairdraw_interval_names[] = {"default", "korn-graubard", "kish", "wilson", "t"};

typedef struct EstimateStratum
{
	Cell	  **cells;			/* of each domain that it has */
	int			ncells;
	Cell		whole;			/* their sum */
	double		drawn;			/* units that are not certain: m */
	Twofold		c;				/* sum of c over these */
	Twofold		cc;
	Variance	variance;
	bool		doubtful;		/* its probabilities */
	bool		shared;			/* another draw of the sample has its stream */
} EstimateStratum;

/* A cell, and the stratum whose units enter its variance. */
typedef struct DomainCell
{
	const Cell *cell;
	const EstimateStratum *stratum;
} DomainCell;

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

/* Draws that share a stream move together: the same tickets serve both. */
static void
mark_shared_streams(EstimateStratum *strata, int count)
{
	EstimateStratum **by_stream = palloc(count * sizeof(EstimateStratum *));

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
			fairdraw_compare_names(first, &by_stream[end - 1]->whole, CELL_DRAW, CELL_DRAW) == 0)
			continue;
		for (int j = i; j < end; j++)
			by_stream[j]->shared = true;
	}
	pfree(by_stream);
}

static void
check_cells(const EstimateState *state)
{
	for (int i = 1; i < state->ncells; i++)
	{
		const Cell *cell = state->cells[i];
		const Cell *before = state->cells[i - 1];

		if ((cell->lens[CELL_DOMAIN] == CELL_NULL_NAME) !=
			(state->cells[0]->lens[CELL_DOMAIN] == CELL_NULL_NAME))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("the domain is null in some rows of the sample"),
					 errhint("Give these units a domain of their own, for example with coalesce(domain, 'unknown').")));
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

/* The strata of a sample, whose cells are sorted. */
static EstimateStratum *
find_strata(EstimateState *state, EstimateOptions *options, int *count)
{
	EstimateStratum *strata = palloc0(state->ncells * sizeof(EstimateStratum));
	int			n = 0;

	if (options->ndesigns > 1)
		qsort(options->designs, options->ndesigns, sizeof(StratumDesign), compare_designs);
	for (int i = 0; i < state->ncells; i++)
	{
		if (i == 0 || fairdraw_compare_names(state->cells[i - 1], state->cells[i],
											 CELL_DRAW, CELL_STRATUM) != 0)
			strata[n++].cells = &state->cells[i];
		strata[n - 1].ncells++;
	}
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		finish_stratum(state, &strata[i], options);
	}
	mark_shared_streams(strata, n);
	for (int i = 0; i < options->ndesigns; i++)
		if (!options->designs[i].used)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("option \"design\" names the stratum \"%s\", which the sample does not have",
							fairdraw_shown(options->designs[i].stratum)),
					 errhint("Compare the names with those in the column stratum.")));
	*count = n;
	return strata;
}

/* Squares of deviations, or 0 where they are but rounding. */
static Twofold
differing(Twofold squares, Twofold size)
{
	return squares.hi > NO_VARIATION * size.hi ? squares : twofold(0);
}

/*
 * What the units of a domain in one stratum add to the variance of the sum of
 * w z.  All m units of the stratum enter, with z = 0 outside of the domain.
 */
static Twofold
stratum_variance(const DomainCell *part, Estimand what, Twofold r)
{
	const ExactSum *sums = part->cell->sums;
	const EstimateStratum *stratum = part->stratum;
	Twofold		sum = fairdraw_sum_value(&sums[SUM_CY]);
	Twofold		squares = fairdraw_sum_value(&sums[SUM_CYY]);
	Twofold		size = squares;
	Twofold		variance;
	Twofold		square;

	if (what != ESTIMATE_TOTAL)
	{
		Twofold		cross = twofold_multiply(r, fairdraw_sum_value(&sums[SUM_CXY]));
		Twofold		xx = twofold_multiply(twofold_multiply(r, r), fairdraw_sum_value(&sums[SUM_CXX]));

		size = twofold_add(squares, xx);
		squares = twofold_subtract(size, twofold_add(cross, cross));
		sum = twofold_subtract(sum, twofold_multiply(r, fairdraw_sum_value(&sums[SUM_CX])));
	}
	if (stratum->drawn < 2 || stratum->variance == VARIANCE_POISSON)
		return differing(squares, size);
	variance = differing(twofold_subtract(squares,
										  twofold_divide(twofold_multiply(sum, sum), stratum->c)),
						 size);
	if (stratum->variance == VARIANCE_ROSEN)
		return twofold_divide(twofold_times(variance, stratum->drawn),
							  twofold(stratum->drawn - 1));
	square = twofold_multiply(stratum->c, stratum->c);
	return twofold_divide(twofold_multiply(variance, square),
						  twofold_subtract(square, stratum->cc));
}

/* What else there is to say of a row. */
typedef struct Remarks
{
	bool		variance[VARIANCE_POISSON + 1];
	int			single;			/* strata with one unit that is not certain */
	const Cell *first_single;
	int			doubtful;
	const Cell *first_doubtful;
	const Cell *first_shared;
} Remarks;

static void
remark_stratum(Remarks *remarks, const EstimateStratum *stratum)
{
	const Cell *cell = &stratum->whole;

	remarks->variance[stratum->drawn < 2 ? VARIANCE_POISSON : stratum->variance] = true;
	if (stratum->drawn == 1 && remarks->single++ == 0)
		remarks->first_single = cell;
	if (stratum->doubtful && remarks->doubtful++ == 0)
		remarks->first_doubtful = cell;
}

static void
append_strata(StringInfo method, const char *what, int count, const Cell *first)
{
	if (count == 0)
		return;
	appendStringInfo(method, "; %s in ", what);
	if (count == 1)
		appendStringInfo(method, "stratum \"%s\"", fairdraw_cell_name(first, CELL_STRATUM));
	else
		appendStringInfo(method, "%d strata, one is \"%s\"", count,
						 fairdraw_cell_name(first, CELL_STRATUM));
}

static char *
method_text(Estimand what, const EstimateRow *row, const Remarks *remarks, bool census,
			const char *interval)
{
	StringInfoData method;
	const char *separator = ", ";

	initStringInfo(&method);
	appendStringInfoString(&method, what == ESTIMATE_TOTAL ? "horvitz-thompson"
						   : what == ESTIMATE_RATIO ? "ratio" : "hajek");
	if (census)
		appendStringInfoString(&method, ", census");
	for (int i = VARIANCE_ROSEN; i <= VARIANCE_POISSON; i++)
	{
		if (!remarks->variance[i])
			continue;
		appendStringInfo(&method, "%s%s", separator, fairdraw_variance_names[i]);
		separator = " + ";
	}
	if (interval != NULL)
		appendStringInfo(&method, ", %s", interval);
	append_strata(&method, "one unit", remarks->single, remarks->first_single);
	append_strata(&method, "doubtful probabilities", remarks->doubtful, remarks->first_doubtful);
	if (remarks->first_shared != NULL)
		appendStringInfo(&method, "; draws that share the stream \"%s\" are not independent",
						 fairdraw_cell_name(remarks->first_shared, CELL_STREAM));
	if (!census && interval == NULL)
		appendStringInfo(&method, row->units == 1 ? "; one unit tells no variance"
						 : "; the units drawn show no variation: no interval");
	return method.data;
}

static pg_noinline void
out_of_range(const char *of)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("the estimate of %s is out of range", of),
			 errhint("Give y and x in a larger unit.")));
}

static pg_noinline void
no_denominator(const char *of)
{
	ereport(ERROR,
			(errcode(ERRCODE_DIVISION_BY_ZERO),
			 errmsg("x of %s adds up to 0", of),
			 errdetail("A ratio is that of the total of y to the total of x."),
			 errhint("Leave such domains out.")));
}

/* Adds one of the sums up over cells. */
static Twofold
total_of(const DomainCell *parts, int count, CellSum which)
{
	ExactSum	sum = {0};
	Twofold		value;

	if (count == 1)
		return fairdraw_sum_value(&parts[0].cell->sums[which]);
	for (int i = 0; i < count; i++)
		fairdraw_sum_merge(&sum, CurrentMemoryContext, &parts[i].cell->sums[which]);
	value = fairdraw_sum_value(&sum);
	if (sum.limbs != NULL)
		pfree(sum.limbs);
	return value;
}

/*
 * The interval of a rate.  What is certain is known; the interval of the others
 * is scaled to their share of the domain.
 */
static void
rate_interval(EstimateRow *row, const DomainCell *parts, int count, uint64 certain,
			  bool alike, double variance, IntervalKind kind, double level)
{
	double		y = total_of(parts, count, SUM_Y).hi;
	double		w = total_of(parts, count, SUM_W).hi;
	double		all = w + (double) certain;
	double		low;
	double		high;
	RateSample	sample;

	sample.units = (double) (row->units - certain);
	sample.alike = alike;
	sample.rate = total_of(parts, count, SUM_WY).hi / w;
	sample.variance = variance * (all / w) * (all / w);
	sample.kish = w * w / total_of(parts, count, SUM_WW).hi;
	sample.df = row->df;
	if (!(sample.rate >= 0 && sample.rate <= 1 && sample.kish > 0 &&
		  sample.variance >= 0 && y >= 0 && y <= (double) certain))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the sums of an estimate_state do not belong together"),
				 errhint("States are made by the aggregate fairdraw.estimate_sample() of the same version.")));
	fairdraw_rate_interval(&sample, kind, level, &low, &high);
	row->low = certain == 0 ? low : (y + w * low) / all;
	row->high = certain == 0 ? high : (y + w * high) / all;
}

/* The row of a domain, or of the whole, from its cells. */
static void
estimate_row(Estimand what, const DomainCell *parts, int count, const EstimateOptions *options,
			 EstimateRow *row)
{
	const char *of = row->domain == NULL ? "the whole"
		: psprintf("domain \"%s\"", fairdraw_cell_name(row->domain, CELL_DOMAIN));
	IntervalKind kind = options->interval != INTERVAL_DEFAULT ? options->interval
		: what == ESTIMATE_RATE ? INTERVAL_KORN_GRAUBARD : INTERVAL_STUDENT;
	const char *interval = fairdraw_interval_names[kind];
	Remarks		remarks = {0};
	uint64		certain = 0;
	uint64		nonzero = 0;
	Twofold		wy = twofold_add(total_of(parts, count, SUM_WY), total_of(parts, count, SUM_Y));
	Twofold		wx = twofold(1);
	Twofold		r = twofold(0);
	Twofold		variance = twofold(0);
	double		v;

	row->df = 0;
	row->units = 0;
	for (int i = 0; i < count; i++)
	{
		row->units += parts[i].cell->units;
		certain += parts[i].cell->certain;
		nonzero += parts[i].cell->nonzero;
	}

	if (what == ESTIMATE_RATIO)
		wx = twofold_add(total_of(parts, count, SUM_WX), total_of(parts, count, SUM_X));
	else if (what != ESTIMATE_TOTAL)
		wx = twofold_add(total_of(parts, count, SUM_W), twofold((double) certain));
	if (wx.hi == 0)
		no_denominator(of);
	if (what != ESTIMATE_TOTAL)
		r = twofold_divide(wy, wx);
	row->estimate = what == ESTIMATE_TOTAL ? wy.hi : r.hi;
	if (!isfinite(row->estimate))
		out_of_range(of);

	for (int i = 0; i < count; i++)
	{
		if (parts[i].stratum->shared && remarks.first_shared == NULL)
			remarks.first_shared = &parts[i].stratum->whole;
		if (parts[i].cell->units == parts[i].cell->certain)
			continue;
		variance = twofold_add(variance, stratum_variance(&parts[i], what, r));
		row->df += parts[i].stratum->drawn - 1;
		remark_stratum(&remarks, parts[i].stratum);
	}
	row->df = Max(row->df, 1);
	v = twofold_divide(variance, twofold_multiply(wx, wx)).hi;
	if (!(v >= 0 && isfinite(v)))
		out_of_range(of);

	row->se = sqrt(v);
	row->low = row->high = NAN;
	if (row->units == certain)
	{
		row->low = row->high = row->estimate;
		row->df = NAN;
		interval = NULL;
	}
	else if (what == ESTIMATE_RATE)
	{
		bool		alike = v == 0 || nonzero == 0 || nonzero == row->units - certain;

		rate_interval(row, parts, count, certain, alike, v, kind, options->level);
		if (kind == INTERVAL_KORN_GRAUBARD && alike)
			interval = fairdraw_interval_names[INTERVAL_KISH];
	}
	else if (v > 0)
		fairdraw_student_interval(row, options->level);
	else
	{
		interval = NULL;
		if (row->units == 1)
			row->se = NAN;
	}
	row->method = method_text(what, row, &remarks, row->units == certain, interval);
}

static int
compare_domain_cells(const void *a, const void *b)
{
	const Cell *left = ((const DomainCell *) a)->cell;
	const Cell *right = ((const DomainCell *) b)->cell;
	int			order = fairdraw_compare_names(left, right, CELL_DOMAIN, CELL_DOMAIN);

	return order != 0 ? order : fairdraw_compare_names(left, right, CELL_DRAW, CELL_STRATUM);
}

/* A row for each domain, in the order of their bytes, and one for the whole. */
EstimateRow *
fairdraw_estimate_rows(EstimateState *state, EstimateOptions *options, int *count)
{
	EstimateRow *rows = palloc0((state->ncells + 1) * sizeof(EstimateRow));
	DomainCell *parts = palloc(state->ncells * sizeof(DomainCell));
	EstimateStratum *strata;
	int			nstrata;
	int			nparts = 0;
	int			n = 0;

	fairdraw_sort_cells(state);
	check_cells(state);
	strata = find_strata(state, options, &nstrata);
	if (state->cells[0]->lens[CELL_DOMAIN] != CELL_NULL_NAME)
	{
		for (int i = 0; i < nstrata; i++)
			for (int j = 0; j < strata[i].ncells; j++)
				parts[nparts++] = (DomainCell)
			{
				strata[i].cells[j], &strata[i]
			};
		qsort(parts, nparts, sizeof(DomainCell), compare_domain_cells);
	}
	for (int i = 0, end; i < nparts; i = end)
	{
		CHECK_FOR_INTERRUPTS();
		for (end = i + 1; end < nparts; end++)
			if (fairdraw_compare_names(parts[i].cell, parts[end].cell, CELL_DOMAIN, CELL_DOMAIN) != 0)
				break;
		rows[n].domain = parts[i].cell;
		estimate_row(state->what, &parts[i], end - i, options, &rows[n++]);
	}

	for (int i = 0; i < nstrata; i++)
		parts[i] = (DomainCell)
	{
		&strata[i].whole, &strata[i]
	};
	estimate_row(state->what, parts, nstrata, options, &rows[n++]);
	*count = n;
	return rows;
}
