/*
 * quantile.c
 *		Quantiles of Student's t and of the beta distribution.
 *
 * Both come from the regularised incomplete beta function, by its continued
 * fraction, and from Newton's method on the logarithm of the smaller tail.  A
 * point is kept as x and as 1 - x, and a probability as p and as 1 - p, so
 * that neither end of the interval and neither tail loses digits.
 */
#include "fairdraw.h"

#include <float.h>
#include <math.h>

#include "miscadmin.h"

#include "quantile.h"

/* 1,200 are needed up to a = b = 1e7, 4,500 up to 5e8 */
#define MOST_TERMS 1000000
#define MOST_STEPS 400
/* from here on no Newton step is trusted */
#define NEWTON_STEPS 100
/* after a step that is this small, the error is far below the last bit */
#define LAST_STEP 1e-9

/* a number between 0 and 1, and what it lacks to 1 */
typedef struct Share
{
	double		part;
	double		rest;
} Share;

typedef struct Beta
{
	double		a;
	double		b;
	double		stirling;		/* what Stirling's formula lacks in -log B */
} Beta;

/* Both tails at a point, as logarithms, since they may be below 1e-308. */
typedef struct Tails
{
	double		lower;
	double		upper;
	double		slope;			/* log of the density times x */
} Tails;

static Share
swapped(Share share)
{
	Share		other = {share.rest, share.part};

	return other;
}

/*
 * log Gamma(z) less its approximation by Stirling's formula, (z - 1/2) log z -
 * z + log(2 pi) / 2.  The series holds from 16 on; below it, the recurrence of
 * the Gamma function leads there.
 */
static double
stirling_error(double z)
{
	static const double series[] = {
		1.0 / 12, 1.0 / 360, 1.0 / 1260, 1.0 / 1680, 1.0 / 1188, 691.0 / 360360
	};
	double		below = 0;
	double		sum = 0;
	double		square;

	while (z < 16)
	{
		below += (z + 0.5) * log1p(1 / z) - 1;
		z += 1;
	}
	square = z * z;
	for (int i = lengthof(series) - 1; i >= 0; i--)
		sum = series[i] - sum / square;
	return below + sum / z;
}

/*
 * u - log(1 + u), with 1 + u = ratio.  Near 0, where the two are almost equal,
 * with r = u / (2 + u): log(1 + u) = 2 (r + r^3/3 + r^5/5 + ...), and u - 2 r
 * = u r.
 */
static double
excess(double u, double ratio)
{
	double		r;
	double		power = 1;
	double		sum = 0;

	if (u < -0.5)
		return u - log(ratio);
	if (u > 1)
		return u - log1p(u);
	r = u / (2 + u);
	for (int k = 3; k < 40 && power > DBL_EPSILON / 8; k += 2)
	{
		sum += power / k;
		power *= r * r;
	}
	return r * (u - 2 * r * r * sum);
}

/*
 * Log of x^a y^b / B(a, b), where y = 1 - x.  With the mean m = a / (a + b),
 * it is log sqrt(a b / (2 pi (a + b))), which Stirling's formula leaves, less
 * a log(m / x) + b log((1 - m) / y).  The sum of the latter two is small where
 * they are large; with x = m (1 + u) and y = (1 - m)(1 + v), a u + b v = 0 can
 * be added, and then both terms are small.
 */
static double
log_front(const Beta *beta, Share x)
{
	double		a = beta->a;
	double		b = beta->b;
	double		distance = b * x.part - a * x.rest;
	double		n = a + b;

	return 0.5 * (log(Min(a, b) / (2 * M_PI)) + log(Max(a, b) / n)) + beta->stirling -
		a * excess(distance / a, n * x.part / a) -
		b * excess(-distance / b, n * x.rest / b);
}

/*
 * I_x(a, b) divided by x^a (1 - x)^b / B(a, b): the even part of the continued
 * fraction in Abramowitz and Stegun 26.5.8, whose terms are arranged so that
 * all that is added is positive for x <= (a + 1) / (a + b + 2) and b >= 1.
 * Evaluated from the front by Lentz's method.
 */
static double
continued_fraction(double a, double b, Share x)
{
	double		distance = a * x.rest - b * x.part;
	double		value = a / (a + 1) * (distance + 1);
	double		c = value;
	double		d = 0;

	for (int n = 1; n < MOST_TERMS; n++)
	{
		double		k = a + 2 * n - 1;
		double		across = n * (b - n) * x.part / k;
		double		numerator = (a + n - 1) * (a + b + n - 1) / k * across * x.part;
		double		term = n + across + (a + n) / (k + 2) * (distance + 1 + n * (1 + x.rest));
		double		factor;

		CHECK_FOR_INTERRUPTS();
		d = 1 / (term + numerator * d);
		c = term + numerator / c;
		factor = c * d;
		value *= factor;
		if (fabs(factor - 1) <= DBL_EPSILON)
			return 1 / value;
	}
	elog(ERROR, "the continued fraction of I_x(a, b) does not end: a = %g, b = %g, x = %g",
		 a, b, x.part);
	return 0;					/* not reached */
}

static Tails
tails_at(const Beta *beta, Share x)
{
	double		a = beta->a;
	double		b = beta->b;
	double		front = log_front(beta, x);
	Tails		tails;

	tails.slope = front - log(x.rest);
	if (x.part <= (a + 1) / (a + b + 2))
	{
		tails.lower = Min(front + log(continued_fraction(a, b, x)), 0);
		tails.upper = log1p(-exp(tails.lower));
	}
	else
	{
		tails.upper = Min(front + log(continued_fraction(b, a, swapped(x))), 0);
		tails.lower = log1p(-exp(tails.upper));
	}
	return tails;
}

/* how far the log of the smaller tail is above what is wanted */
static double
tail_excess(const Tails *tails, Share p)
{
	return p.part <= p.rest ?
		tails->lower - log(p.part) : tails->upper - log(p.rest);
}

/*
 * The quantile, where it is at most 1/2.  Newton's method on log x; a step out
 * of the bracket, which is always kept, is replaced by its geometric middle.
 */
static Share
quantile_below_half(const Beta *beta, Share p)
{
	bool		is_lower = p.part <= p.rest;
	double		low = DBL_MIN;
	double		high = 0.5;
	double		x = Min(beta->a / (beta->a + beta->b), 0.5);
	Share		at;

	for (int i = 0; i < MOST_STEPS; i++)
	{
		Tails		tails;
		double		above;
		double		step;

		at.part = x;
		at.rest = 1 - x;
		tails = tails_at(beta, at);
		above = tail_excess(&tails, p);
		if ((above > 0) == is_lower)
			high = x;
		else
			low = x;
		if (high <= DBL_MIN)
		{
			at.part = 0;		/* the quantile is no normal number */
			at.rest = 1;
			return at;
		}

		step = -above * (is_lower ? exp(tails.lower - tails.slope) :
						 -exp(tails.upper - tails.slope));
		if (fabs(step) <= LAST_STEP)
		{
			at.part = Min(x + x * step, 0.5);
			at.rest = 1 - at.part;
			return at;
		}
		/* the middle of two numbers may be rounded to either */
		if (high - low <= 4 * DBL_EPSILON * low)
			return at;
		x *= exp(step);
		if (!(x > low && x < high) || i >= NEWTON_STEPS)
			x = x <= DBL_MIN && low <= DBL_MIN ? DBL_MIN : sqrt(low) * sqrt(high);
	}
	elog(ERROR, "no quantile of the beta distribution found: a = %g, b = %g, p = %g",
		 beta->a, beta->b, p.part);
	return at;					/* not reached */
}

static Share
beta_quantile(double a, double b, Share p)
{
	Beta		beta = {a, b, stirling_error(a + b) - stirling_error(a) - stirling_error(b)};
	Share		half = {0.5, 0.5};
	Tails		tails = tails_at(&beta, half);
	bool		is_below = (tail_excess(&tails, p) >= 0) == (p.part <= p.rest);

	if (is_below)
		return quantile_below_half(&beta, p);

	beta.a = b;
	beta.b = a;
	return swapped(quantile_below_half(&beta, swapped(p)));
}

/*
 * p in (0, 1); good to 12 digits for a and b from 0.01 to 1e7, to fewer beyond.
 * A quantile below 2^-1022 is 0.  Where a or b is 0, the other being above it,
 * all of the distribution lies at 0 or at 1.
 */
double
fairdraw_beta_quantile(double p, double a, double b)
{
	Share		share = {p, 1 - p};

	Assert(p > 0 && p < 1 && a >= 0 && b >= 0 && a + b > 0);
	if (a == 0 || b == 0)
		return a == 0 ? 0 : 1;
	return beta_quantile(a, b, share).part;
}

/*
 * p in (0, 1); df from 1 to 1e9.  The distribution of t^2 / (df + t^2) is
 * beta(1/2, df/2); both its tails are known exactly but for one rounding.
 */
double
fairdraw_student_quantile(double p, double df)
{
	Share		share = {fabs(p - 0.5) * 2, Min(p, 1 - p) * 2};
	Share		square;
	double		t;

	Assert(p > 0 && p < 1 && df >= 1);
	if (p == 0.5)
		return 0;
	square = beta_quantile(0.5, df / 2, share);
	t = sqrt(df) * sqrt(square.part / square.rest);
	return p < 0.5 ? -t : t;
}
