/*
 * workdays.c
 *		is_workday(), add_workdays(), workdays_between(), next_workday(),
 *		load_calendar().
 */
#include "fairdraw.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "arguments.h"
#include "calendar.h"
#include "field.h"
#include "query.h"

PG_FUNCTION_INFO_V1(fairdraw_is_workday);
Datum
fairdraw_is_workday(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(fairdraw_is_workday_in(fairdraw_calendar(), PG_GETARG_DATEADT(0)));
}

PG_FUNCTION_INFO_V1(fairdraw_add_workdays);
Datum
fairdraw_add_workdays(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(fairdraw_add_workdays_in(fairdraw_calendar(), PG_GETARG_DATEADT(0),
											   PG_GETARG_INT32(1)));
}

PG_FUNCTION_INFO_V1(fairdraw_workdays_between);
Datum
fairdraw_workdays_between(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(fairdraw_workdays_between_in(fairdraw_calendar(), PG_GETARG_DATEADT(0),
												 PG_GETARG_DATEADT(1)));
}

PG_FUNCTION_INFO_V1(fairdraw_next_workday);
Datum
fairdraw_next_workday(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(fairdraw_next_workday_in(fairdraw_calendar(), PG_GETARG_DATEADT(0)));
}

/*
 * load_calendar()
 */

#define DAYS_A_YEAR 366

typedef struct Schedule
{
	DateADT		first;			/* of the year */
	DateADT		last;
	char		kinds[DAYS_A_YEAR]; /* [day - first]: 0, 'o' off, 'w' work */
	int			days;			/* that have a kind */
	int			off;
} Schedule;

static void
refuse_day(const char *message, DateADT day, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg(message, fairdraw_date_text(day)),
			 errhint("%s", hint)));
}

static void
read_day(Schedule *schedule, DateADT day, bool work)
{
	char	   *kind;

	if (day < schedule->first || day > schedule->last)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s is not a day of %d", fairdraw_date_text(day), fairdraw_year_of(schedule->first)),
				 errhint("Load each year by itself; a notice can hold days of the neighbouring year.")));
	kind = &schedule->kinds[day - schedule->first];
	if (*kind != 0)
		refuse_day("%s comes twice in the days query", day, "Name each day once.");
	if (work && !fairdraw_is_weekend(day))
		refuse_day("%s is \"work\", but no Saturday or Sunday", day,
				   "Check the date; days from Monday to Friday are working days without being named.");
	*kind = work ? 'w' : 'o';
	schedule->days++;
	schedule->off += !work;
}

enum
{
	DAY_DAY, DAY_KIND, DAY_UNTIL, DAY_COLUMNS
};

static void
read_range(const Datum *values, const bool *nulls, void *arg)
{
	DateADT		day = DatumGetDateADT(values[DAY_DAY]);
	DateADT		until = nulls[DAY_UNTIL] ? day : DatumGetDateADT(values[DAY_UNTIL]);
	char	   *kind;

	if (nulls[DAY_DAY] || nulls[DAY_KIND])
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("null %s in the days query", nulls[DAY_DAY] ? "day" : "kind"),
				 errhint("Leave such rows out of the query.")));
	kind = text_to_cstring(DatumGetTextPP(values[DAY_KIND]));
	if (strcmp(kind, "off") != 0 && strcmp(kind, "work") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s has an unknown kind: \"%s\"", fairdraw_date_text(day), kind),
				 errhint("Use off (a day off) or work (a Saturday or Sunday that is a working day).")));
	if (until < day)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the range that begins on %s ends before it, on %s", fairdraw_date_text(day),
						fairdraw_date_text(until)),
				 errhint("until is the last day of the range; leave it null for one day.")));
	/* one by one, so that a range which leaves the year ends at its border */
	for (;; day++)
	{
		read_day(arg, day, kind[0] == 'w');
		if (day == until)
			break;
	}
}

static void
read_schedule(Schedule *schedule, const char *query_text)
{
	Column		columns[DAY_COLUMNS] = {
		[DAY_DAY] = {.name = "day",.kind = COLUMN_DATE},
		[DAY_KIND] = {.name = "kind",.kind = COLUMN_TEXT},
		[DAY_UNTIL] = {.name = "until",.kind = COLUMN_DATE,.absent = "NULL::pg_catalog.date"},
	};
	CallerQuery *query = fairdraw_analyze_query("days", query_text);

	fairdraw_stream_query(query, fairdraw_select_columns(query, columns, DAY_COLUMNS),
						  read_range, schedule);
	if (schedule->off == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the days query names no day off in %d", fairdraw_year_of(schedule->first)),
				 errhint("Name the days off and the Saturdays and Sundays that are working days, as the notice of the State Council does.")));
}

/* What is written is written with the rights of the caller. */
static void
write_schedule(const Schedule *schedule, int32 year, text *source)
{
	Datum	   *days = palloc(schedule->days * sizeof(Datum));
	Datum	   *kinds = palloc(schedule->days * sizeof(Datum));
	Oid			types[3] = {INT4OID, TEXTOID};
	Datum		values[3] = {Int32GetDatum(year), PointerGetDatum(source)};
	int			n = 0;

	for (int i = 0; i <= schedule->last - schedule->first; i++)
		if (schedule->kinds[i] != 0)
		{
			days[n] = DateADTGetDatum(schedule->first + i);
			kinds[n++] = CStringGetTextDatum(schedule->kinds[i] == 'w' ? "work" : "off");
		}
	/* as rules_changed() does for any writer, before there are locks of rows */
	SPI_execute("LOCK TABLE fairdraw_data.calendar_year IN SHARE UPDATE EXCLUSIVE MODE", false, 0);
	SPI_execute_with_args("DELETE FROM fairdraw_data.calendar_day WHERE year OPERATOR(pg_catalog.=) $1",
						  1, types, values, NULL, false, 0);
	SPI_execute_with_args("INSERT INTO fairdraw_data.calendar_year AS y (year, source) VALUES ($1, $2)"
						  " ON CONFLICT (year) DO UPDATE SET source = excluded.source,"
						  " loaded_at = pg_catalog.clock_timestamp()",
						  2, types, values, NULL, false, 0);
	types[0] = DATEARRAYOID;
	types[1] = TEXTARRAYOID;
	values[0] = PointerGetDatum(construct_array(days, n, DATEOID, sizeof(DateADT), true, TYPALIGN_INT));
	values[1] = PointerGetDatum(construct_array(kinds, n, TEXTOID, -1, false, TYPALIGN_INT));
	SPI_execute_with_args("INSERT INTO fairdraw_data.calendar_day (day, kind)"
						  " SELECT d, k FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS s (d, k)",
						  2, types, values, NULL, false, 0);
}

/* load_calendar(year, days, source): the number of working days */
PG_FUNCTION_INFO_V1(fairdraw_load_calendar);
Datum
fairdraw_load_calendar(PG_FUNCTION_ARGS)
{
	int32		year = DatumGetInt32(fairdraw_arg(fcinfo, 0));
	char	   *query_text = fairdraw_text_arg(fcinfo, 1);
	Schedule	schedule = {0};
	int32		workdays;

	if (year < 1 || year > 9999)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no calendar can be loaded for the year %d", year),
				 errhint("Give a year from 1 to 9999.")));
	fairdraw_require_field("source", fairdraw_utf8_arg(fcinfo, 2), FAIRDRAW_MAX_REMARK);
	(void) fairdraw_calendar(); /* or an error that there was no setup() */
	schedule.first = fairdraw_first_of_year(year);
	schedule.last = fairdraw_first_of_year(year + 1) - 1;

	SPI_connect();
	read_schedule(&schedule, query_text);
	write_schedule(&schedule, year, DatumGetTextPP(PG_GETARG_DATUM(2)));
	SPI_finish();

	workdays = 0;
	for (DateADT day = schedule.first; day <= schedule.last; day++)
	{
		char		kind = schedule.kinds[day - schedule.first];

		workdays += kind == 'w' || (kind == 0 && !fairdraw_is_weekend(day));
	}
	PG_RETURN_INT32(workdays);
}
