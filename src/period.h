/*
 * period.h
 *		Periods of months and days.
 */
#ifndef FAIRDRAW_PERIOD_H
#define FAIRDRAW_PERIOD_H

#include "utils/date.h"

typedef struct Period
{
	bool		given;
	int32		months;
	int32		days;
} Period;

extern DateADT fairdraw_add_period(DateADT day, const Period *period);
extern char *fairdraw_period_text(const Period *period, bool zh);

/* Is a longer than b?  A month counts 30 days, as it does for intervals. */
static inline bool
fairdraw_longer(const Period *a, const Period *b)
{
	return (int64) a->months * 30 + a->days > (int64) b->months * 30 + b->days;
}

#endif							/* FAIRDRAW_PERIOD_H */
