/*
 * coverage.h
 *		Counts of what was done, against targets (doc/statistics.md).
 */
#ifndef FAIRDRAW_COVERAGE_H
#define FAIRDRAW_COVERAGE_H

#include "nodes/execnodes.h"
#include "utils/date.h"
#include "utils/numeric.h"

#include "query.h"

/* In the order of the result; fairdraw_data.indicator has the same. */
typedef enum Indicator
{
	INDICATOR_ENTERPRISES,
	INDICATOR_ITEMS,
	INDICATOR_JOINT,
	INDICATOR_RISK_USED,
	INDICATOR_PUBLISHED,
	INDICATOR_PROBLEMS,
	INDICATOR_RANDOM,
	INDICATOR_MOBILE,
	INDICATOR_COMPLETED,
	INDICATORS
} Indicator;

extern const char *const fairdraw_indicators[];

typedef enum Comparator
{
	AT_LEAST,
	MORE_THAN,
	AT_MOST,
	LESS_THAN,
	EQUAL_TO
} Comparator;

extern const char *const fairdraw_comparators[];

/* What is counted in each group, in the order of the two statements. */
typedef enum Count
{
	VISITS_PLANNED,
	VISITS_DONE,
	VISITS_RANDOM,				/* of those done */
	VISITS_JOINT,				/* of those random */
	VISITS_RISK_USED,
	ENTERPRISES_DRAWN,
	VISIT_COUNTS,				/* how many the first statement counts */
	ITEMS_COVERED = VISIT_COUNTS,
	ROWS_DONE,
	ROWS_MOBILE,
	RESULTS_DUE,
	RESULTS_IN_TIME,
	PROBLEMS_DUE,
	PROBLEMS_CLOSED,
	COUNTS
} Count;

/* Numbers of the base. */
typedef enum BaseNumber
{
	BASE_ENTERPRISES,
	BASE_ITEMS,
	BASE_PLANNED,
	BASE_NUMBERS
} BaseNumber;

typedef struct CoverageGroup
{
	const char *name;			/* UTF-8; NULL: the total */
	int64		base[BASE_NUMBERS];
	int64		counts[COUNTS];
} CoverageGroup;

typedef struct Target
{
	Indicator	indicator;
	const char *group;			/* UTF-8; NULL: all that have none of their
								 * own, and the total */
	Comparator	comparator;
	Numeric		value;
	DateADT		due;			/* DATEVAL_NOEND: none */
} Target;

typedef struct Coverage
{
	DateADT		today;
	DateADT		first;			/* what is done before it belongs to another
								 * period; DATEVAL_NOBEGIN: nothing does */
	DateADT		cutoff;			/* figures are those of the end of this day */
	bool		grouped;
	bool		has_base[BASE_NUMBERS];
	bool		has[INDICATORS];
	int			ngroups;
	CoverageGroup *groups;		/* ascending by name */
	CoverageGroup total;
	int			ntargets;
	Target	   *targets;		/* ascending by indicator and group, those of
								 * all groups first */
} Coverage;

/* A row of the result. */
typedef struct Figure
{
	const char *group;			/* NULL: the total */
	Indicator	indicator;
	bool		known;			/* false: the columns are absent */
	int64		numerator;
	int64		denominator;
	const Target *target;		/* or NULL */
} Figure;

typedef void (*FigureFunction) (const Figure *figure, void *arg);

/* coverage.c; the first four arguments of both functions are read here */
extern Coverage *fairdraw_coverage_days(FunctionCallInfo fcinfo, int period);
extern void fairdraw_count_coverage(Coverage *coverage, const char *checks, const char *base, const char *targets);
extern void fairdraw_each_figure(const Coverage *coverage, FigureFunction put, void *arg);
extern bool fairdraw_figure_met(const Figure *figure);

/* coverage_base.c */
extern void fairdraw_load_base(Coverage *coverage, const char *text);
extern CoverageGroup *fairdraw_coverage_group(const Coverage *coverage, const char *name);

/* coverage_target.c */
extern void fairdraw_load_targets(Coverage *coverage, const char *text);
extern const Target *fairdraw_coverage_target(const Coverage *coverage, Indicator indicator, const char *group);

/* coverage_checks.c */
extern void fairdraw_count_checks(Coverage *coverage, const char *text);

#endif							/* FAIRDRAW_COVERAGE_H */
