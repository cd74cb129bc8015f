/*
 * twofold.h
 *		Numbers of twice the precision of a double: the unevaluated sum of two.
 *
 * Products are exact in them, and sums and quotients good to 2^-100.  All of it
 * rests on operations that IEEE 754 defines to the last bit, and on the
 * compiler's fusing none of them: see -ffp-contract in the Makefile.  (Dekker
 * 1971, A floating-point technique for extending the available precision;
 * Joldes, Muller and Popescu 2017, Tight and rigorous error bounds for basic
 * building blocks of double-word arithmetic.)
 */
#ifndef FAIRDRAW_TWOFOLD_H
#define FAIRDRAW_TWOFOLD_H

#include <math.h>

typedef struct Twofold
{
	double		hi;				/* the number, rounded */
	double		lo;				/* what was rounded off */
} Twofold;

static inline Twofold
twofold(double a)
{
	return (Twofold)
	{
		a, 0
	};
}

/* a + b, where |a| >= |b| or a is 0 */
static inline Twofold
twofold_renormal(double a, double b)
{
	double		sum = a + b;

	return (Twofold)
	{
		sum, b - (sum - a)
	};
}

static inline Twofold
twofold_of_sum(double a, double b)
{
	double		sum = a + b;
	double		part = sum - a;

	return (Twofold)
	{
		sum, (a - (sum - part)) + (b - part)
	};
}

static inline Twofold
twofold_of_product(double a, double b)
{
	double		product = a * b;

	return (Twofold)
	{
		product, fma(a, b, -product)
	};
}

static inline Twofold
twofold_add(Twofold a, Twofold b)
{
	Twofold		high = twofold_of_sum(a.hi, b.hi);
	Twofold		low = twofold_of_sum(a.lo, b.lo);

	high = twofold_renormal(high.hi, high.lo + low.hi);
	return twofold_renormal(high.hi, high.lo + low.lo);
}

static inline Twofold
twofold_negate(Twofold a)
{
	return (Twofold)
	{
		-a.hi, -a.lo
	};
}

static inline Twofold
twofold_subtract(Twofold a, Twofold b)
{
	return twofold_add(a, twofold_negate(b));
}

static inline Twofold
twofold_times(Twofold a, double b)
{
	Twofold		product = twofold_of_product(a.hi, b);

	return twofold_renormal(product.hi, fma(a.lo, b, product.lo));
}

static inline Twofold
twofold_multiply(Twofold a, Twofold b)
{
	Twofold		product = twofold_of_product(a.hi, b.hi);

	return twofold_renormal(product.hi,
							fma(a.lo, b.hi, fma(a.hi, b.lo, product.lo)));
}

static inline Twofold
twofold_divide(Twofold a, Twofold b)
{
	double		first = a.hi / b.hi;
	Twofold		rest = twofold_subtract(a, twofold_times(b, first));
	double		second = rest.hi / b.hi;

	rest = twofold_subtract(rest, twofold_times(b, second));
	return twofold_add(twofold_renormal(first, second), twofold(rest.hi / b.hi));
}

#endif							/* FAIRDRAW_TWOFOLD_H */
