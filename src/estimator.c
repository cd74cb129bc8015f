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

#include "estimate_strata.h"
#include "estimator.h"
#include "field.h"

const char *const fairdraw_variance_names[] = {"design", "rosen", "deville", "poisson"};
const char *const fairdraw_interval_names[] = {"default", "korn-graubard", "kish", "wilson", "t"};

/* A cell, and the stratum whose units enter its variance. */
typedef struct DomainCell
{
	const Cell *cell;
	const EstimateStratum *stratum;
} DomainCell;

/* Squares of deviations, 0 where they are but rounding, NaN beyond the range. */
static Twofold
differing(Twofold squares, Twofold size)
{
	if (!isfinite(squares.hi) || !isfinite(size.hi))
		return twofold(NAN);
	return squares.hi > NO_VARIATION * size.hi ? squares : twofold(0);
}

/*
 * The variance of a sum of w z over a stratum, from the sums of c w z and
 * c (w z)^2, which has come out of squares as large as "size".
 */
static Twofold
stratum_variance(const EstimateStratum *stratum, Twofold sum, Twofold squares, Twofold size)
{
	Twofold		variance;
	Twofold		square;

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

/*
 * The variance of the sum of w (y - r x) over a domain; in a total r is 0.  All
 * m units of a stratum enter, with 0 outside of the domain.
 */
static Twofold
residual_variance(Estimand what, const DomainCell *parts, int count, Twofold r)
{
	Twofold		variance = twofold(0);

	for (int i = 0; i < count; i++)
	{
		const ExactSum *sums = parts[i].cell->sums;
		Twofold		sum = fairdraw_sum_value(&sums[SUM_CY]);
		Twofold		squares = fairdraw_sum_value(&sums[SUM_CYY]);
		Twofold		size = squares;

		if (parts[i].cell->units == parts[i].cell->certain)
			continue;
		if (what != ESTIMATE_TOTAL)
		{
			Twofold		cross = twofold_multiply(r, fairdraw_sum_value(&sums[SUM_CXY]));
			Twofold		xx = twofold_multiply(twofold_multiply(r, r), fairdraw_sum_value(&sums[SUM_CXX]));

			size = twofold_add(squares, xx);
			squares = twofold_subtract(size, twofold_add(cross, cross));
			sum = twofold_subtract(sum, twofold_multiply(r, fairdraw_sum_value(&sums[SUM_CX])));
		}
		variance = twofold_add(variance, stratum_variance(parts[i].stratum, sum, squares, size));
	}
	return variance;
}

/* The variance of the sum of w x. */
static Twofold
size_variance(const DomainCell *parts, int count)
{
	Twofold		variance = twofold(0);

	for (int i = 0; i < count; i++)
	{
		const ExactSum *sums = parts[i].cell->sums;
		Twofold		squares = fairdraw_sum_value(&sums[SUM_CXX]);

		if (parts[i].cell->units > parts[i].cell->certain)
			variance = twofold_add(variance,
								   stratum_variance(parts[i].stratum, fairdraw_sum_value(&sums[SUM_CX]),
													squares, squares));
	}
	return variance;
}

/* What else there is to say of a row. */
typedef struct Remarks
{
	bool		variance[VARIANCE_POISSON + 1];
	int			single;			/* strata with one unit that is not certain */
	const Cell *first_single;
	int			doubtful;
	const Cell *first_doubtful;
	int		   *draws;			/* of each shared stream: a draw that is there */
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
remark_stream(Remarks *remarks, const EstimateStratum *stratum)
{
	if (stratum->stream == 0)
		return;
	if (remarks->draws[stratum->stream] == 0)
		remarks->draws[stratum->stream] = stratum->draw;
	else if (remarks->draws[stratum->stream] != stratum->draw && remarks->first_shared == NULL)
		remarks->first_shared = &stratum->whole;
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
			 errhint("Give y and x in units of another size.")));
}

static pg_noinline void
no_denominator(const char *of)
{
	ereport(ERROR,
			(errcode(ERRCODE_DIVISION_BY_ZERO),
			 errmsg("x of %s adds up to 0", of),
			 errdetail("A ratio is that of the total of y to the total of x."),
			 errhint("Check the column x, or leave such domains out.")));
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
 * The interval of a rate: what is certain is known, so it rests on the other
 * units and on how many they stand for.  Returns whether these are alike.
 */
static bool
rate_interval(EstimateRow *row, const DomainCell *parts, int count, uint64 certain,
			  uint64 nonzero, IntervalKind kind, double level)
{
	Twofold		w = total_of(parts, count, SUM_W);
	Twofold		rate = twofold_divide(total_of(parts, count, SUM_WY), w);
	RateSample	sample;

	sample.rate = rate.hi;
	sample.variance = twofold_divide(residual_variance(ESTIMATE_RATE, parts, count, rate),
									 twofold_multiply(w, w)).hi;
	sample.units = (double) (row->units - certain);
	sample.kish = w.hi * w.hi / total_of(parts, count, SUM_WW).hi;
	sample.df = row->df;
	sample.alike = sample.variance == 0 || nonzero == 0 || nonzero == row->units - certain;
	sample.size = w.hi;
	sample.size_variance = size_variance(parts, count).hi;
	sample.certain = (double) certain;
	sample.problems = total_of(parts, count, SUM_Y).hi;
	if (!(sample.rate >= 0 && sample.rate <= 1 && sample.variance >= 0 && sample.kish > 0 &&
		  sample.kish <= sample.units * (1 + 1e-9) && sample.size_variance >= 0 &&
		  sample.problems >= 0 && sample.problems <= sample.certain))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the sums of an estimate_state do not belong together"),
				 errhint("States are made by the aggregate fairdraw.estimate_sample() of the same version.")));
	fairdraw_rate_interval(row, &sample, kind, level);
	return sample.alike;
}

/* The row of a domain, or of the whole, from its cells. */
static void
estimate_row(Estimand what, const DomainCell *parts, int count, int streams,
			 const EstimateOptions *options, EstimateRow *row)
{
	const char *of = row->domain == NULL ? "the whole"
		: psprintf("domain \"%s\"", fairdraw_cell_name(row->domain, CELL_DOMAIN));
	IntervalKind kind = options->interval != INTERVAL_DEFAULT ? options->interval
		: what == ESTIMATE_RATE ? INTERVAL_KORN_GRAUBARD : INTERVAL_STUDENT;
	const char *interval = fairdraw_interval_names[kind];
	Remarks		remarks = {.draws = palloc0((streams + 1) * sizeof(int))};
	uint64		certain = 0;
	uint64		nonzero = 0;
	Twofold		wy = twofold_add(total_of(parts, count, SUM_WY), total_of(parts, count, SUM_Y));
	Twofold		wx = twofold(1);
	Twofold		r = twofold(0);
	double		v;

	row->df = 0;
	row->units = 0;
	for (int i = 0; i < count; i++)
	{
		row->units += parts[i].cell->units;
		certain += parts[i].cell->certain;
		nonzero += parts[i].cell->nonzero;
		remark_stream(&remarks, parts[i].stratum);
		if (parts[i].cell->units == parts[i].cell->certain)
			continue;
		row->df += parts[i].stratum->drawn - 1;
		remark_stratum(&remarks, parts[i].stratum);
	}
	/* few units tell little of their variance, however large the strata are */
	if (what == ESTIMATE_MEAN || what == ESTIMATE_RATIO)
		row->df = Min(row->df, (double) (row->units - certain) - 1);
	row->df = Max(row->df, 1);

	if (what == ESTIMATE_RATIO)
		wx = twofold_add(total_of(parts, count, SUM_WX), total_of(parts, count, SUM_X));
	else if (what != ESTIMATE_TOTAL)
		wx = twofold_add(total_of(parts, count, SUM_W), twofold((double) certain));
	if (wx.hi == 0)
		no_denominator(of);
	if (what != ESTIMATE_TOTAL)
		r = twofold_divide(wy, wx);
	row->estimate = what == ESTIMATE_TOTAL ? wy.hi : r.hi;
	v = twofold_divide(residual_variance(what, parts, count, r), twofold_multiply(wx, wx)).hi;
	if (!isfinite(row->estimate) || !isfinite(v) || v < 0)
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
		if (rate_interval(row, parts, count, certain, nonzero, kind, options->level) &&
			kind == INTERVAL_KORN_GRAUBARD)
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
	pfree(remarks.draws);
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
	int			streams;
	int			nparts = 0;
	int			n = 0;

	strata = fairdraw_find_strata(state, options, &nstrata, &streams);
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
		estimate_row(state->what, &parts[i], end - i, streams, options, &rows[n++]);
	}

	for (int i = 0; i < nstrata; i++)
		parts[i] = (DomainCell)
	{
		&strata[i].whole, &strata[i]
	};
	estimate_row(state->what, parts, nstrata, streams, options, &rows[n++]);
	*count = n;
	return rows;
}
