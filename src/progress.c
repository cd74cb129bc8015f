/*
 * progress.c
 *		How far a long call is: at the end of the statement in
 *		pg_stat_activity, and as INFO where fairdraw.progress is on.
 */
#include "fairdraw.h"

#include "mb/pg_wchar.h"
#include "tcop/tcopprot.h"
#include "utils/backend_status.h"
#include "utils/timestamp.h"

#include "progress.h"

#define SECONDS_BETWEEN_REPORTS 3

bool		fairdraw_progress = false;

void
fairdraw_progress_begin(Progress *progress, const char *what, uint64 total)
{
	progress->what = what;
	progress->total = total;
	progress->shown = GetCurrentTimestamp();
	progress->statement = debug_query_string;
}

/* Reporting an activity forgets the query identifier. */
static void
show_activity(const char *activity)
{
	uint64		query_id = pgstat_get_my_query_id();

	pgstat_report_activity(STATE_RUNNING, activity);
	pgstat_report_query_id(query_id, true);
}

/* Costs a look at the clock: call it once in some thousand units. */
void
fairdraw_progress_report(Progress *progress, uint64 done)
{
	TimestampTz now = GetCurrentTimestamp();
	char	   *state;

	if (!TimestampDifferenceExceeds(progress->shown, now, SECONDS_BETWEEN_REPORTS * 1000))
		return;
	progress->shown = now;
	state = progress->total > 0
		? psprintf(UINT64_FORMAT " of " UINT64_FORMAT " %s", done, progress->total, progress->what)
		: psprintf(UINT64_FORMAT " %s", done, progress->what);
	if (progress->statement != NULL)
	{
		/* a long statement loses its end, not the progress */
		int			room = pgstat_track_activity_query_size - (int) strlen(state) - 32;
		int			kept = pg_mbcliplen(progress->statement, strlen(progress->statement),
										Max(room, 0));
		char	   *activity = psprintf("%.*s /* fairdraw: %s */", kept,
										progress->statement, state);

		show_activity(activity);
		pfree(activity);
	}
	if (fairdraw_progress)
		ereport(INFO, (errmsg("fairdraw: %s", state)));
	pfree(state);
}

void
fairdraw_progress_end(Progress *progress)
{
	if (progress->statement != NULL)
		show_activity(progress->statement);
}
