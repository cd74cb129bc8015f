/*
 * calendar.c
 *		Working days (doc/publication.md section 2).
 *
 * For each stretch of loaded years two arrays: how many working days come
 * before a day, and which day the k-th working day is.  Everything is then a
 * look at one and a look at the other.
 */
#include "fairdraw.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"

#include "book.h"
#include "calendar.h"

int
fairdraw_year_of(DateADT day)
{
	int			year;
	int			month;
	int			mday;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	return year;
}

DateADT
fairdraw_first_of_year(int year)
{
	return date2j(year, 1, 1) - POSTGRES_EPOCH_JDATE;
}

bool
fairdraw_is_weekend(DateADT day)
{
	int			weekday = j2day(day + POSTGRES_EPOCH_JDATE);

	return weekday == 0 || weekday == 6;
}

/* A day as messages show it, whatever DateStyle is. */
char *
fairdraw_date_text(DateADT day)
{
	char	   *shown = palloc(MAXDATELEN + 1);
	struct pg_tm tm;

	if (DATE_NOT_FINITE(day))
		EncodeSpecialDate(day, shown);
	else
	{
		j2date(day + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
		EncodeDateOnly(&tm, USE_ISO_DATES, shown);
	}
	return shown;
}

/*
 * Compiling
 */

static void
add_days(CalendarRun *run, int32 day, int32 end, const DateADT *special,
		 const bool *work, int nspecial, int *next)
{
	for (; day <= end; day++)
	{
		bool		workday = !fairdraw_is_weekend(day);

		while (*next < nspecial && special[*next] < day)
			(*next)++;
		if (*next < nspecial && special[*next] == day)
			workday = work[*next];
		run->before[day - run->first] = run->workdays;
		if (workday)
			run->workday[run->workdays++] = day;
	}
	run->before[end - run->first + 1] = run->workdays;
}

static void *
compile_calendar(void)
{
	Calendar   *calendar = palloc0(sizeof(Calendar));
	DateADT    *special;
	bool	   *work;
	int			nspecial;
	int			next = 0;
	bool		isnull;

	fairdraw_read_book("calendar_day", "SELECT day, kind FROM fairdraw_data.calendar_day ORDER BY day", "DT");
	nspecial = SPI_processed;
	special = palloc((nspecial + 1) * sizeof(DateADT));
	work = palloc((nspecial + 1) * sizeof(bool));
	for (int i = 0; i < nspecial; i++)
	{
		special[i] = DatumGetDateADT(fairdraw_book_datum(i, 1, &isnull));
		work[i] = strcmp(fairdraw_book_text(i, 2), "work") == 0;
	}

	fairdraw_read_book("calendar_year", "SELECT year FROM fairdraw_data.calendar_year ORDER BY year", "I");
	calendar->runs = palloc0((SPI_processed + 1) * sizeof(CalendarRun));
	for (uint64 i = 0; i < SPI_processed;)
	{
		CalendarRun *run = &calendar->runs[calendar->nruns++];
		int32		year = fairdraw_book_integer(i, 1, 0);
		int32		days;

		run->first = fairdraw_first_of_year(year);
		while (i < SPI_processed && fairdraw_book_integer(i, 1, 0) == year)
		{
			i++;
			year++;
		}
		run->last = fairdraw_first_of_year(year) - 1;
		days = run->last - run->first + 1;
		run->before = palloc((days + 1) * sizeof(int32));
		run->workday = palloc(days * sizeof(DateADT));
		add_days(run, run->first, run->last, special, work, nspecial, &next);
	}
	pfree(special);
	pfree(work);
	return calendar;
}

Book		fairdraw_calendar_book = {
	.name = "calendar",
	.tables = {"calendar_year", "calendar_day"},
	.compile = compile_calendar,
};

const Calendar *
fairdraw_calendar(void)
{
	return fairdraw_book(&fairdraw_calendar_book);
}

/*
 * Looking
 */

static char *
loaded_years(const Calendar *calendar)
{
	StringInfoData list;

	if (calendar->nruns == 0)
		return "No year is loaded.";
	initStringInfo(&list);
	for (int i = 0; i < calendar->nruns; i++)
	{
		int			first = fairdraw_year_of(calendar->runs[i].first);
		int			last = fairdraw_year_of(calendar->runs[i].last);

		appendStringInfo(&list, i == 0 ? "Loaded: %d" : ", %d", first);
		if (last > first)
			appendStringInfo(&list, " to %d", last);
	}
	appendStringInfoChar(&list, '.');
	return list.data;
}

pg_noreturn static void
not_loaded(const Calendar *calendar, DateADT day)
{
	int			year = DATE_NOT_FINITE(day) ? 0 : fairdraw_year_of(day);

	if (year < 1 || year > 9999)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("there are no working days around %s", fairdraw_date_text(day)),
				 errdetail("%s", loaded_years(calendar)),
				 errhint("Working days are known for loaded years, which lie between 1 and 9999.")));
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("the working days of %d are not loaded", year),
			 errdetail("%s", loaded_years(calendar)),
			 errhint("Load the notice of the State Council on that year: SELECT fairdraw.load_calendar(%d, 'SELECT day, kind, until FROM ...', 'source').", year)));
}

static const CalendarRun *
run_of(const Calendar *calendar, DateADT day)
{
	for (int i = 0; i < calendar->nruns; i++)
		if (day >= calendar->runs[i].first && day <= calendar->runs[i].last)
			return &calendar->runs[i];
	not_loaded(calendar, day);
}

bool
fairdraw_is_workday_in(const Calendar *calendar, DateADT day)
{
	const CalendarRun *run = run_of(calendar, day);
	const int32 *before = run->before + (day - run->first);

	return before[1] > before[0];
}

/*
 * The days-th working day after the day, or before it; with 0 the day itself.
 */
DateADT
fairdraw_add_workdays_in(const Calendar *calendar, DateADT day, int32 days)
{
	const CalendarRun *run = run_of(calendar, day);
	const int32 *before = run->before + (day - run->first);
	int64		wanted;

	if (days == 0 && before[1] == before[0])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s is not a working day", fairdraw_date_text(day)),
				 errhint("The next one is next_workday(), the one before add_workdays(..., -1).")));
	wanted = days > 0 ? (int64) before[1] + days - 1 : (int64) before[0] + days;
	if (wanted >= run->workdays)
		not_loaded(calendar, run->last + 1);
	if (wanted < 0)
		not_loaded(calendar, run->first - 1);
	return run->workday[wanted];
}

/* Working days after "from" up to and with "to"; backwards, with a minus. */
int32
fairdraw_workdays_between_in(const Calendar *calendar, DateADT from, DateADT to)
{
	const CalendarRun *run = run_of(calendar, from);
	const CalendarRun *other = run_of(calendar, to);

	if (run != other)
		not_loaded(calendar, Min(run->last, other->last) + 1);
	if (to >= from)
		return run->before[to - run->first + 1] - run->before[from - run->first + 1];
	return run->before[to - run->first] - run->before[from - run->first];
}

/* The day, if it is a working day, or the next one that is. */
DateADT
fairdraw_next_workday_in(const Calendar *calendar, DateADT day)
{
	const CalendarRun *run = run_of(calendar, day);
	int32		before = run->before[day - run->first];

	if (before >= run->workdays)
		not_loaded(calendar, run->last + 1);
	return run->workday[before];
}
