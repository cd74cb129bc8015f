/*
 * report.c
 *		The texts of the protocol as rows, a line each, and the bundle of all of
 *		them (protocol section 10).
 */
#include "fairdraw.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "arguments.h"
#include "ceremony.h"
#include "field.h"
#include "progress.h"
#include "report.h"

/*
 * Texts out of records
 */

/* with_salts: each line with TAB salt TAB micro, where weights are sealed */
void
fairdraw_write_frame(Sink *sink, const DrawRecord *draw, bool with_salts)
{
	RecordScan	scan;
	FrameRow	row;
	Sealer		sealer;
	StringInfoData line;
	Progress	progress;
	uint64		rows = 0;

	fairdraw_require_frame(draw);
	fairdraw_sealer_init(&sealer, draw->salt_key, draw->label);
	initStringInfo(&line);
	fairdraw_progress_begin(&progress, "frame lines written", draw->units);
	fairdraw_begin_frame(&scan, draw, NULL, 0);
	while (fairdraw_next_row(&scan, &row))
	{
		char		salt[FAIRDRAW_SALT_LEN + 1];

		if (row.stratum < 1 || row.stratum > draw->nstrata)
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("unit \"%s\" of the frozen frame has no stratum",
							fairdraw_from_utf8(row.uid, row.len)),
					 errhint("The frozen frame was changed: see fairdraw.verify_draw().")));
		fairdraw_frame_line(&line, &sealer, row.uid, row.len,
							draw->strata[row.stratum - 1].name, row.micro, salt);
		if (with_salts && draw->sealed)
			appendStringInfo(&line, "\t%s\t" UINT64_FORMAT, salt, row.micro);
		fairdraw_sink_bytes(sink, line.data, line.len);
		if ((++rows & 8191) == 0)
			fairdraw_progress_report(&progress, rows);
	}
	fairdraw_end_scan(&scan);
	fairdraw_progress_end(&progress);
}

/* Writes the one text column of a scan, a line each. */
static void
write_lines(Sink *sink, RecordScan *scan)
{
	while (fairdraw_next(scan))
	{
		size_t		len;
		const char *line = fairdraw_scan_text(scan, 1, &len);

		fairdraw_sink_bytes(sink, line, len);
	}
	fairdraw_end_scan(scan);
}

void
fairdraw_write_exclusions(Sink *sink, const DrawRecord *draw)
{
	RecordScan	scan;

	fairdraw_begin_scan(&scan,
						psprintf("SELECT e.uid || E'\\t' || e.reason FROM fairdraw_data.exclusion e"
								 " WHERE e.draw = $1 ORDER BY %s", fairdraw_uid_order("e.uid")),
						"i", draw->id);
	write_lines(sink, &scan);
}

void
fairdraw_write_data(Sink *sink, const char *ceremony, const char *name)
{
	Datum	   *items;
	bool	   *nulls;
	int			count;
	char	   *salt;
	char	  **columns;
	RecordScan	scan;

	if (fairdraw_read("SELECT salt, columns FROM fairdraw_data.data_set WHERE ceremony = $1 AND name = $2",
					  "tt", ceremony, name) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("ceremony \"%s\" has no data \"%s\"", fairdraw_shown(ceremony), fairdraw_shown(name)),
				 errhint("Data is listed in fairdraw_data.data_set; commit_data() adds some.")));
	salt = fairdraw_get_text(0, 1);
	deconstruct_array(DatumGetArrayTypeP(fairdraw_get_datum(0, 2)), TEXTOID, -1, false, TYPALIGN_INT, &items, &nulls, &count);
	columns = palloc(Max(count, 1) * sizeof(char *));
	for (int i = 0; i < count; i++)
		columns[i] = nulls[i] ? pstrdup("") : fairdraw_text_to_utf8(DatumGetTextPP(items[i]));
	fairdraw_write_data_head(sink, name, salt, columns, count);
	fairdraw_begin_scan(&scan, "SELECT line FROM fairdraw_data.data_row"
						" WHERE ceremony = $1 AND name = $2 ORDER BY position",
						"tt", ceremony, name);
	write_lines(sink, &scan);
}

/* The result of the execution whose values the ceremony has. */
void
fairdraw_write_result(Sink *sink, const DrawRecord *draw, const CeremonyRecord *ceremony)
{
	CutoffRecord *cutoffs = fairdraw_load_cutoffs(draw, ceremony->execution);
	RecordScan	scan;
	char		s[FAIRDRAW_HEX_LEN + 1];

	fairdraw_require_executed(ceremony);
	if (cutoffs == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the result of draw \"%s\" is missing", fairdraw_shown(draw->label)),
				 errhint("The records were changed: see fairdraw.verify_draw().")));
	fairdraw_ceremony_seed(ceremony, s);
	fairdraw_write_result_head(sink, draw, ceremony->hash, s, cutoffs);
	fairdraw_begin_scan(&scan, "SELECT s.name || E'\\t' || d.role || E'\\t' || d.rank || E'\\t' || d.uid"
						" || E'\\t' || pg_catalog.encode(d.ticket, 'hex')"
						" FROM fairdraw_data.selection d"
						" JOIN fairdraw_data.stratum s ON s.draw = d.draw AND s.stratum = d.stratum"
						" WHERE d.draw = $1 AND d.execution = $2 ORDER BY d.stratum, d.rank",
						"ii", draw->id, ceremony->execution);
	write_lines(sink, &scan);
}

/* May the caller see the seed? */
bool
fairdraw_seed_is_shown(const CeremonyRecord *ceremony, bool for_auditor)
{
	return ceremony->execution > 0 && (ceremony->disclosed || for_auditor);
}

void
fairdraw_write_bundle(Sink *sink, const DrawRecord *draw, const CeremonyRecord *ceremony,
					  bool for_auditor)
{
	fairdraw_write_ceremony(sink, ceremony);
	fairdraw_write_plan(sink, draw);
	fairdraw_sink_line(sink, "fairdraw/1 frame");
	fairdraw_sink_line(sink, "draw: %s", draw->label);
	fairdraw_sink_line(sink, "lines: " UINT64_FORMAT, draw->units);
	fairdraw_write_frame(sink, draw, for_auditor);
	fairdraw_sink_line(sink, "fairdraw/1 exclusions");
	fairdraw_sink_line(sink, "draw: %s", draw->label);
	fairdraw_sink_line(sink, "lines: " UINT64_FORMAT, draw->exclusions);
	fairdraw_write_exclusions(sink, draw);
	if (for_auditor)
		for (int i = 0; i < ceremony->ndata; i++)
			fairdraw_write_data(sink, ceremony->label, ceremony->data[i].name);
	if (fairdraw_seed_is_shown(ceremony, for_auditor))
		fairdraw_write_seed(sink, ceremony);
	if (ceremony->execution > 0)
		fairdraw_write_result(sink, draw, ceremony);
}

/*
 * The same as functions that return rows.  Each runs as the owner, for callers
 * with a duty.
 */

void
fairdraw_begin_report(Report *report, FunctionCallInfo fcinfo, Duty duty)
{
	fairdraw_require_duty(duty);
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	SPI_connect();
	fairdraw_begin_owner(&report->section);
	fairdraw_sink_init(&report->sink, (ReturnSetInfo *) fcinfo->resultinfo);
}

Datum
fairdraw_end_report(Report *report)
{
	fairdraw_end_owner(&report->section);
	SPI_finish();
	return (Datum) 0;
}

/* plan_text(label) */
PG_FUNCTION_INFO_V1(fairdraw_plan_text);
Datum
fairdraw_plan_text(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	Report		report;

	fairdraw_begin_report(&report, fcinfo, DUTY_ANY);
	fairdraw_write_plan(&report.sink, fairdraw_load_draw(label));
	return fairdraw_end_report(&report);
}

/* ceremony_text(ceremony) */
PG_FUNCTION_INFO_V1(fairdraw_ceremony_text);
Datum
fairdraw_ceremony_text(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	CeremonyRecord *ceremony;
	Report		report;

	fairdraw_begin_report(&report, fcinfo, DUTY_ANY);
	ceremony = fairdraw_load_ceremony(label, LOCK_NONE);
	fairdraw_require_sealed(ceremony);
	fairdraw_write_ceremony(&report.sink, ceremony);
	return fairdraw_end_report(&report);
}

/* An error unless the caller may see the seed. */
static void
require_seed(const CeremonyRecord *ceremony, bool is_auditor)
{
	fairdraw_require_executed(ceremony);
	if (!fairdraw_seed_is_shown(ceremony, is_auditor))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("the seed of ceremony \"%s\" is not public yet", fairdraw_shown(ceremony->label)),
				 errdetail("It is public from %s at the latest.", ceremony->disclose),
				 errhint("SELECT fairdraw.disclose_seed(%s) makes it public; an auditor sees it before.",
						 fairdraw_quoted(ceremony->label))));
}

/* seed_text(ceremony) */
PG_FUNCTION_INFO_V1(fairdraw_seed_text);
Datum
fairdraw_seed_text(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	CeremonyRecord *ceremony;
	bool		is_auditor;
	Report		report;

	fairdraw_require_duty(DUTY_ANY);
	is_auditor = fairdraw_has_duty(DUTY_AUDITOR);
	fairdraw_begin_report(&report, fcinfo, DUTY_ANY);
	ceremony = fairdraw_load_ceremony(label, LOCK_NONE);
	require_seed(ceremony, is_auditor);
	fairdraw_write_seed(&report.sink, ceremony);
	return fairdraw_end_report(&report);
}

/* result_text(label) */
PG_FUNCTION_INFO_V1(fairdraw_result_text);
Datum
fairdraw_result_text(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	DrawRecord *draw;
	Report		report;

	fairdraw_begin_report(&report, fcinfo, DUTY_ANY);
	draw = fairdraw_load_draw(label);
	fairdraw_write_result(&report.sink, draw,
						  fairdraw_load_ceremony(draw->ceremony, LOCK_NONE));
	return fairdraw_end_report(&report);
}

/* data_text(ceremony, name) */
PG_FUNCTION_INFO_V1(fairdraw_data_text);
Datum
fairdraw_data_text(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	char	   *name = fairdraw_utf8_arg(fcinfo, 1);
	Report		report;

	fairdraw_begin_report(&report, fcinfo, DUTY_ANY);
	fairdraw_write_data(&report.sink, label, name);
	return fairdraw_end_report(&report);
}

/* frame_lines(label) */
PG_FUNCTION_INFO_V1(fairdraw_frame_lines);
Datum
fairdraw_frame_lines(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	Report		report;

	fairdraw_begin_report(&report, fcinfo, DUTY_ANY);
	fairdraw_write_frame(&report.sink, fairdraw_load_draw(label), false);
	return fairdraw_end_report(&report);
}

/* Is it the auditor that something is exported for? */
bool
fairdraw_audience_arg(FunctionCallInfo fcinfo, int argument)
{
	char	   *audience = fairdraw_text_arg(fcinfo, argument);

	if (strcmp(audience, "auditor") != 0 && strcmp(audience, "public") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown audience: \"%s\"", audience),
				 errhint("The audiences are public and auditor.")));
	return strcmp(audience, "auditor") == 0;
}

/* export_draw(label, audience) */
PG_FUNCTION_INFO_V1(fairdraw_export_draw);
Datum
fairdraw_export_draw(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	bool		for_auditor = fairdraw_audience_arg(fcinfo, 1);
	DrawRecord *draw;
	CeremonyRecord *ceremony;
	Report		report;

	fairdraw_begin_report(&report, fcinfo, for_auditor ? DUTY_AUDITOR : DUTY_ANY);
	draw = fairdraw_load_draw(label);
	ceremony = fairdraw_load_ceremony(draw->ceremony, LOCK_NONE);
	fairdraw_require_sealed(ceremony);
	fairdraw_write_bundle(&report.sink, draw, ceremony, for_auditor);
	return fairdraw_end_report(&report);
}

/* archive_draw(label, bundle_hash) */
PG_FUNCTION_INFO_V1(fairdraw_archive_draw);
Datum
fairdraw_archive_draw(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	char	   *wanted = fairdraw_text_arg(fcinfo, 1);
	char	   *user;
	char		hash[FAIRDRAW_HEX_LEN + 1];
	DrawRecord *draw;
	CeremonyRecord *ceremony;
	OwnerSection section;
	Sink		sink;

	fairdraw_require_duty(DUTY_DRAWER);
	user = fairdraw_caller();
	SPI_connect();
	fairdraw_begin_owner(&section);
	draw = fairdraw_load_draw(label);
	ceremony = fairdraw_load_ceremony(draw->ceremony, LOCK_UPDATE);
	fairdraw_require_frame(fairdraw_load_draw(label));
	if (!ceremony->disclosed)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the seed of ceremony \"%s\" is not public yet", fairdraw_shown(ceremony->label)),
				 errhint("A frame is archived once nothing about its draw can change any more: SELECT fairdraw.disclose_seed(%s).",
						 fairdraw_quoted(ceremony->label))));
	fairdraw_sink_init(&sink, NULL);
	fairdraw_write_bundle(&sink, draw, ceremony, true);
	fairdraw_sink_hash(&sink, hash);
	if (strcmp(hash, wanted) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the hash is not that of the auditor's bundle of draw \"%s\"", fairdraw_shown(label)),
				 errdetail("Given was \"%s\".", wanted),
				 errhint("Have an auditor write the bundle with export_draw(%s, 'auditor'), check it with fairdraw-verify, and give the SHA-256 of the file.",
						 fairdraw_quoted(label))));
	fairdraw_write("INSERT INTO fairdraw_data.archive (draw, bundle_hash, archived_by) VALUES ($1, $2, $3)",
				   "itt", draw->id, hash, user);
	fairdraw_write("DELETE FROM fairdraw_data.frame WHERE draw = $1", "i", draw->id);
	fairdraw_end_owner(&section);
	SPI_finish();
	PG_RETURN_VOID();
}

/* selection(label): the rows of draw(), of the execution that holds */
PG_FUNCTION_INFO_V1(fairdraw_selection);
Datum
fairdraw_selection(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	DrawRecord *draw;
	CeremonyRecord *ceremony;
	CutoffRecord *cutoffs;
	OwnerSection section;
	RecordScan	scan;
	MemoryContext caller;

	fairdraw_require_duty(DUTY_ANY);
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	fairdraw_begin_owner(&section);
	draw = fairdraw_load_draw(label);
	ceremony = fairdraw_load_ceremony(draw->ceremony, LOCK_NONE);
	fairdraw_require_executed(ceremony);
	cutoffs = fairdraw_load_cutoffs(draw, ceremony->execution);
	fairdraw_begin_scan(&scan, "SELECT stratum, role, rank, uid, ticket, micro FROM fairdraw_data.selection"
						" WHERE draw = $1 AND execution = $2 ORDER BY stratum, rank",
						"ii", draw->id, ceremony->execution);
	while (fairdraw_next(&scan))
	{
		Datum		values[7];
		bool		nulls[7] = {false};
		bool		isnull;
		int			stratum = DatumGetInt32(fairdraw_scan_datum(&scan, 1, &isnull));
		uint64		micro = DatumGetInt64(fairdraw_scan_datum(&scan, 6, &isnull));
		size_t		len;
		const char *role = fairdraw_scan_text(&scan, 2, &len);
		bool		certain = len == strlen("certain") && memcmp(role, "certain", len) == 0;

		if (cutoffs == NULL || stratum < 1 || stratum > draw->nstrata)
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("the result of draw \"%s\" is not complete", fairdraw_shown(label)),
					 errhint("The records were changed: see fairdraw.verify_draw().")));
		caller = MemoryContextSwitchTo(scan.values);
		values[0] = CStringGetTextDatum(fairdraw_shown(draw->strata[stratum - 1].name));
		for (int column = 2; column <= 5; column++)
			values[column - 1] = fairdraw_scan_datum(&scan, column, &nulls[column - 1]);
		values[5] = NumericGetDatum(fairdraw_micro_weight(micro));
		values[6] = Float8GetDatum(fairdraw_probability(micro, cutoffs[stratum - 1].rest,
														certain ? ROLE_CERTAIN : ROLE_DRAWN));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		MemoryContextSwitchTo(caller);
	}
	fairdraw_end_scan(&scan);
	fairdraw_end_owner(&section);
	SPI_finish();
	return (Datum) 0;
}
