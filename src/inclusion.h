/*
 * inclusion.h
 *		Second-order inclusion probabilities of Pareto draws.
 */
#ifndef FAIRDRAW_INCLUSION_H
#define FAIRDRAW_INCLUSION_H

#include "selection.h"

/*
 * Exact sums over the units of a stratum that are not certain, in units of
 * 2^-62: they do not depend on the order of the units.  With l = n micro / w
 * and v = l (1 - l), moment[j] is the sum of v l^j.
 */
typedef struct InclusionSums
{
	uint64		units;
	uint64		least;			/* micro */
	uint64		greatest;
	uint128		moment[4];
} InclusionSums;

/* what the probabilities of a stratum follow from */
typedef struct Inclusion
{
	bool		exact;			/* the nominal probabilities are the true ones */
	bool		known;			/* false: the expansion says nothing here */
	double		d;
	double		mean;			/* of l, with weights v */
	double		variance;		/* of l, with weights v */
	double		shift;
} Inclusion;

/* below, the expansion in 1/d is of no use: see doc/statistics.md */
#define FAIRDRAW_LEAST_SPREAD 0.5

extern void fairdraw_inclusion_add(InclusionSums *sums, uint64 micro, Remainder rest);
extern Inclusion fairdraw_inclusion(const InclusionSums *sums);
extern double fairdraw_inclusion_probability(const Inclusion *inclusion, uint64 micro,
											 Remainder rest);

#endif							/* FAIRDRAW_INCLUSION_H */
