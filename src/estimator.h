/*
 * estimator.h
 *		Estimates, their variances and intervals, from the sums over a sample.
 */
#ifndef FAIRDRAW_ESTIMATOR_H
#define FAIRDRAW_ESTIMATOR_H

#include "estimate_state.h"

typedef enum Variance
{
	VARIANCE_BY_DESIGN,
	VARIANCE_ROSEN,
	VARIANCE_DEVILLE,
	VARIANCE_POISSON
} Variance;

/* How a stratum was drawn. */
typedef enum SampleDesign
{
	SAMPLE_AUTO,
	SAMPLE_PARETO,
	SAMPLE_PIVOTAL,
	SAMPLE_POISSON,
	SAMPLE_SRS
} SampleDesign;

typedef enum IntervalKind
{
	INTERVAL_DEFAULT,
	INTERVAL_KORN_GRAUBARD,
	INTERVAL_KISH,
	INTERVAL_WILSON,
	INTERVAL_STUDENT
} IntervalKind;

typedef struct StratumDesign
{
	char	   *stratum;		/* UTF-8 */
	SampleDesign design;
	bool		used;
} StratumDesign;

typedef struct EstimateOptions
{
	double		level;
	Variance	variance;
	IntervalKind interval;
	SampleDesign design;		/* of all strata; or, where there are such: */
	StratumDesign *designs;
	int			ndesigns;
} EstimateOptions;

typedef struct EstimateRow
{
	const Cell *domain;			/* one of its cells; NULL: the whole */
	uint64		units;
	double		estimate;
	double		se;				/* NaN: unknown, as all below */
	double		low;
	double		high;
	double		df;
	char	   *method;
} EstimateRow;

extern const char *const fairdraw_variance_names[];
extern const char *const fairdraw_sample_design_names[];
extern const char *const fairdraw_interval_names[];

/* estimator.c */
extern EstimateRow *fairdraw_estimate_rows(EstimateState *state, EstimateOptions *options,
										   int *count);

/* What the interval of a rate rests on: the units that are not certain. */
typedef struct RateSample
{
	double		rate;			/* estimated */
	double		variance;		/* of that */
	double		units;
	double		kish;			/* (sum of w)^2 / (sum of w^2) */
	double		df;
	bool		alike;			/* within strata: no variance is to be seen */
	double		size;			/* how many they stand for: sum of w */
	double		size_variance;
	double		certain;		/* the others */
	double		problems;		/* among these */
} RateSample;

/* interval.c */
extern void fairdraw_student_interval(EstimateRow *row, double level);
extern void fairdraw_rate_interval(EstimateRow *row, const RateSample *sample, IntervalKind kind,
								   double level);

#endif							/* FAIRDRAW_ESTIMATOR_H */
