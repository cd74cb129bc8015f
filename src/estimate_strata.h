/*
 * estimate_strata.h
 *		The strata of a sample.
 */
#ifndef FAIRDRAW_ESTIMATE_STRATA_H
#define FAIRDRAW_ESTIMATE_STRATA_H

#include "estimator.h"

/* of the squares that make a variance; less than this is what is left of rounding */
#define NO_VARIATION 1e-30

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
	int			draw;			/* which one, from 1 on */
	int			stream;			/* which one; 0: no other draw has it */
} EstimateStratum;

extern EstimateStratum *fairdraw_find_strata(EstimateState *state, EstimateOptions *options,
											 int *count, int *streams);

#endif							/* FAIRDRAW_ESTIMATE_STRATA_H */
