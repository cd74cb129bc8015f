/*
 * period.c
 *		Periods of months and days.
 */
#include "fairdraw.h"

#include "common/int.h"
#include "lib/stringinfo.h"
#include "utils/datetime.h"

#include "calendar.h"
#include "field.h"
#include "period.h"

pg_noreturn static void
no_date(DateADT day, const Period *period)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("%s after %s is no date", fairdraw_period_text(period, false), fairdraw_date_text(day)),
			 errhint("Check the date, and the periods of the rule.")));
}

/*
 * The last day of a period whose first day, which does not count, is "day": the
 * day of the same number, or the last of its month where it has no such day
 * (civil code, articles 201 and 202).  An error where that is no date.
 */
DateADT
fairdraw_add_period(DateADT day, const Period *period)
{
	int			year;
	int			month;
	int			mday;
	int64		months;
	DateADT		sum;

	if (period->months != 0)
	{
		j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
		/* from a year that no date has, so that nothing is negative */
		months = ((int64) year - JULIAN_MINYEAR) * 12 + (month - 1) + period->months;
		if (months / 12 + JULIAN_MINYEAR >= JULIAN_MAXYEAR)
			no_date(day, period);
		year = months / 12 + JULIAN_MINYEAR;
		month = months % 12 + 1;
		sum = date2j(year, month, Min(mday, day_tab[isleap(year)][month - 1])) - POSTGRES_EPOCH_JDATE;
	}
	else
		sum = day;
	if (pg_add_s32_overflow(sum, period->days, &sum) || !IS_VALID_DATE(sum))
		no_date(day, period);
	return sum;
}

/* Is the one longer than the other, from some day on? */
bool
fairdraw_longer(const Period *a, const Period *b)
{
	DateADT		first = 0;		/* 2000-01-01; leap years come round in four */

	if (a->days == b->days || a->months == b->months)
		return a->months > b->months || (a->months == b->months && a->days > b->days);
	for (DateADT day = first; day < first + 4 * 365 + 1; day++)
		if (fairdraw_add_period(day, a) > fairdraw_add_period(day, b))
			return true;
	return false;
}

static void
append_part(StringInfo text, int32 number, const char *unit, bool zh)
{
	if (number == 0)
		return;
	if (zh)
		appendStringInfo(text, "%d%s", number, unit);
	else
		appendStringInfo(text, "%s%d %s%s", text->len > 0 ? " " : "", number, unit,
						 number == 1 ? "" : "s");
}

/* In the encoding of the server, for sentences. */
/* INDENT OFF */
char *
fairdraw_period_text(const Period *period, bool zh)
{
	StringInfoData text;

	initStringInfo(&text);
	append_part(&text, period->months / 12, zh ? "年" : "year", zh);
	append_part(&text, period->months % 12, zh ? "个月" : "month", zh);
	append_part(&text, period->days, zh ? "日" : "day", zh);
	return zh ? unconstify(char *, fairdraw_shown(text.data)) : text.data;
}
/* INDENT ON */
