/*
 * calendar.h
 *		Working days (doc/publication.md section 2).
 */
#ifndef FAIRDRAW_CALENDAR_H
#define FAIRDRAW_CALENDAR_H

#include "utils/date.h"

/* A stretch of loaded years without a gap. */
typedef struct CalendarRun
{
	DateADT		first;			/* 1 January */
	DateADT		last;			/* 31 December */
	int32	   *before;			/* [day - first]: working days before it; one
								 * more entry than days */
	DateADT    *workday;		/* [before[] of a working day]: that day */
	int32		workdays;
} CalendarRun;

typedef struct Calendar
{
	int			nruns;
	CalendarRun *runs;			/* ascending */
} Calendar;

extern const Calendar *fairdraw_calendar(void);
extern bool fairdraw_is_workday_in(const Calendar *calendar, DateADT day);
extern DateADT fairdraw_add_workdays_in(const Calendar *calendar, DateADT day, int32 days);
extern int32 fairdraw_workdays_between_in(const Calendar *calendar, DateADT from, DateADT to);
extern DateADT fairdraw_next_workday_in(const Calendar *calendar, DateADT day);

extern bool fairdraw_is_weekend(DateADT day);
extern DateADT fairdraw_first_of_year(int year);
extern int	fairdraw_year_of(DateADT day);
extern char *fairdraw_date_text(DateADT day);

#endif							/* FAIRDRAW_CALENDAR_H */
