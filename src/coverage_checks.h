/*
 * coverage_checks.h
 *		The checks of coverage(), and what can be wrong with them.
 */
#ifndef FAIRDRAW_COVERAGE_CHECKS_H
#define FAIRDRAW_COVERAGE_CHECKS_H

#include "coverage.h"

enum
{
	CHECK_VISIT, CHECK_UID, CHECK_GRP, CHECK_ITEM, CHECK_DONE_ON, CHECK_RANDOM, CHECK_JOINT,
	CHECK_RISK_USED, CHECK_MOBILE, CHECK_CODE, CHECK_PUBLISH_DUE, CHECK_PUBLISHED_ON,
	CHECK_FOLLOW_UP_DUE, CHECK_CLOSED_ON, CHECK_COLUMNS
};

typedef struct Checks
{
	const Coverage *coverage;
	CallerQuery *query;
	Column		columns[CHECK_COLUMNS];
	const char *keys[CHECK_ITEM + 1];	/* ids, to be told apart */
	const char *counts;			/* of a day: it is not before the period */
	const char *done;			/* of a day: it is in the period and over */
} Checks;

/*
 * What the rows of a visit say about it, as bits: of each flag whether it is
 * true, false or null in one of them.
 */
#define FLAG_BITS 3
#define FLAG_TRUE 1
#define FLAG_FALSE 2
#define FLAG_NULL 4
#define NULL_UID (1 << (3 * FLAG_BITS))
#define ENDLESS_DAY (2 * NULL_UID)

static inline int
fairdraw_flag_shift(int column)
{
	return (column - CHECK_RANDOM) * FLAG_BITS;
}

/* Faults, in the order in which they are reported. */
typedef enum Fault
{
	FAULT_NULL_GROUP,
	FAULT_NULL_VISIT,
	FAULT_NULL_UID,
	FAULT_TWO_UIDS,
	FAULT_ENDLESS_DAY,
	FAULT_FLAGS,				/* null, and disagreeing, of each flag */
	FAULT_NULL_ITEM = FAULT_FLAGS + 2 * (CHECK_RISK_USED - CHECK_RANDOM + 1),
	FAULT_NULL_MOBILE,
	FAULTS
} Fault;

#define FAULTS_OF_VISITS FAULT_NULL_ITEM

/* coverage_checks.c */
extern char *fairdraw_visits(const Checks *checks);
extern char *fairdraw_row_done(const Checks *checks);
extern char *fairdraw_drawn_visit(const Checks *checks);

/* coverage_faults.c */
extern char *fairdraw_has_bits(int bits);
extern char *fairdraw_visit_faults(const Checks *checks);
pg_noreturn extern void fairdraw_report_fault(const Checks *checks, int fault);

#endif							/* FAIRDRAW_COVERAGE_CHECKS_H */
