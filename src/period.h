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
extern bool fairdraw_longer(const Period *a, const Period *b);

#endif							/* FAIRDRAW_PERIOD_H */
