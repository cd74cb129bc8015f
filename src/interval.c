/*
 * interval.c
 *		Confidence intervals (doc/statistics.md section 4).
 */
#include "fairdraw.h"

#include <math.h>

#include "estimator.h"
#include "quantile.h"

/* estimate +- t se */
void
fairdraw_student_interval(EstimateRow *row, double level)
{
	double		half = fairdraw_student_quantile((1 + level) / 2, row->df) * row->se;

	row->low = row->estimate - half;
	row->high = row->estimate + half;
}

/* Wilson 1927, for n trials, which need not be an integer. */
static void
wilson(EstimateRow *row, double n, double t)
{
	double		p = row->estimate;
	double		t2n = t * t / n;
	double		center = (p + t2n / 2) / (1 + t2n);
	double		half = t * sqrt(p * (1 - p) / n + t2n / (4 * n)) / (1 + t2n);

	row->low = Max(0, center - half);
	row->high = Min(1, center + half);
}

/*
 * A rate between 0 and 1.  The effective size is that of a simple random sample
 * of the same variance, but never more than there were units: without that cap
 * intervals hold too seldom where few problems were found.
 */
void
fairdraw_rate_interval(EstimateRow *row, IntervalKind kind, double level, double variance)
{
	double		p = row->estimate;
	double		n = row->units;
	double		upper = (1 + level) / 2;
	double		t = fairdraw_student_quantile(upper, row->df);
	double		effective = variance > 0 ? p * (1 - p) / variance : n;

	if (kind == INTERVAL_WILSON)
	{
		wilson(row, Min(n, effective), t);
		return;
	}

	/* Korn and Graubard 1998 */
	if (variance > 0)
	{
		double		tn = fairdraw_student_quantile(upper, n - 1);

		effective *= (tn / t) * (tn / t);
	}
	effective = Min(n, effective);
	row->low = fairdraw_beta_quantile(1 - upper, effective * p, effective * (1 - p) + 1);
	row->high = fairdraw_beta_quantile(upper, effective * p + 1, effective * (1 - p));
}

/*
 * Nothing but problems, or none: there is no variance to be seen, and the
 * effective size is Kish's (1965), (sum of w)^2 / (sum of w^2).
 */
void
fairdraw_extreme_rate_interval(EstimateRow *row, IntervalKind kind, double level, double kish)
{
	double		bound;

	if (kind == INTERVAL_WILSON)
	{
		wilson(row, kish, fairdraw_student_quantile((1 + level) / 2, row->df));
		return;
	}
	bound = -expm1(log((1 - level) / 2) / kish);
	row->low = row->estimate == 0 ? 0 : 1 - bound;
	row->high = row->estimate == 0 ? bound : 1;
}
