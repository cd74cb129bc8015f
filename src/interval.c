/*
 * interval.c
 *		Confidence intervals (doc/statistics.md section 4).
 *
 * Quantiles are taken in the lower tail, alpha = (1 - level) / 2, where levels
 * near 1 keep their digits.
 */
#include "fairdraw.h"

#include <math.h>

#include "estimator.h"
#include "quantile.h"

/* larger sizes count as this one, where nothing changes any more */
#define MOST_UNITS 1e9

/* the quantile of Student's distribution that leaves alpha above it */
static double
upper_student(double alpha, double df)
{
	return -fairdraw_student_quantile(alpha, Min(df, MOST_UNITS));
}

/*
 * An interval of R = (k + W p) / (K + W) from that of p, where k and K are
 * known, and W is estimated with a variance of its own.  The distances of both
 * ends add up as squares (Zou and Donner 2008).
 */
static void
with_certain(EstimateRow *row, const RateSample *sample, double level, double low, double high)
{
	double		all = sample->certain + sample->size;
	double		t = upper_student((1 - level) / 2, sample->df);
	double		slope = t * (sample->rate - row->estimate) / all;
	double		spread = slope * slope * sample->size_variance;
	double		below = row->estimate - (sample->problems + sample->size * low) / all;
	double		above = (sample->problems + sample->size * high) / all - row->estimate;

	row->low = Max(0, row->estimate - sqrt(below * below + spread));
	row->high = Min(1, row->estimate + sqrt(above * above + spread));
}

/* estimate +- t se */
void
fairdraw_student_interval(EstimateRow *row, double level)
{
	double		half = upper_student((1 - level) / 2, row->df) * row->se;

	row->low = row->estimate - half;
	row->high = row->estimate + half;
}

/* Wilson 1927, for n trials, which need not be an integer. */
static void
wilson(double p, double n, double t, double *low, double *high)
{
	double		t2n = t * t / n;
	double		center = (p + t2n / 2) / (1 + t2n);
	double		half = t * sqrt(p * (1 - p) / n + t2n / (4 * n)) / (1 + t2n);

	/* p lies between them, and 0 and 1 are exact, but for rounding */
	*low = p == 0 ? 0 : Max(0, Min(p, center - half));
	*high = p == 1 ? 1 : Min(1, Max(p, center + half));
}

/* Clopper and Pearson 1934, the same. */
static void
clopper_pearson(double p, double n, double alpha, double *low, double *high)
{
	*low = p == 0 ? 0 : fairdraw_beta_quantile(alpha, n * p, n * (1 - p) + 1);
	*high = p == 1 ? 1 : 1 - fairdraw_beta_quantile(alpha, n * (1 - p), n * p + 1);
}

/*
 * The effective size is that of a simple random sample of the same variance,
 * but never more than there were units: without that cap intervals hold too
 * seldom where few problems were found.  Where no variance is to be seen Kish's
 * size (1965) stands in.
 */
void
fairdraw_rate_interval(EstimateRow *row, const RateSample *sample, IntervalKind kind, double level)
{
	double		low;
	double		high;
	double		p = sample->rate;
	double		alpha = (1 - level) / 2;
	double		t = upper_student(alpha, sample->df);
	double		cap = sample->alike || kind == INTERVAL_KISH ? sample->kish : sample->units;
	double		n = cap;

	if (!sample->alike)
	{
		n = p * (1 - p) / sample->variance;
		if (kind != INTERVAL_WILSON && t > 0)
		{
			/* Korn and Graubard 1998 */
			double		ratio = upper_student(alpha, sample->units - 1) / t;

			n *= ratio * ratio;
		}
		n = Min(n, cap);
	}
	n = Min(n, MOST_UNITS);
	if (!(n > 0))
	{
		/* one unit outweighs all others by more digits than there are */
		low = 0;
		high = 1;
	}
	else if (kind == INTERVAL_WILSON)
		wilson(p, n, t, &low, &high);
	else
		clopper_pearson(p, n, alpha, &low, &high);

	row->low = low;
	row->high = high;
	if (sample->certain > 0)
		with_certain(row, sample, level, low, high);
}
