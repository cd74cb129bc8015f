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

	*low = p == 0 ? 0 : Max(0, center - half);
	*high = p == 1 ? 1 : Min(1, center + half);
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
fairdraw_rate_interval(const RateSample *sample, IntervalKind kind, double level,
					   double *low, double *high)
{
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
		*low = 0;
		*high = 1;
	}
	else if (kind == INTERVAL_WILSON)
		wilson(p, n, t, low, high);
	else
		clopper_pearson(p, n, alpha, low, high);
}
