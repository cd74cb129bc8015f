/*
 * lottery_report.c
 *		The texts of a lottery as rows, and the bundle of all of them
 *		(doc/assignment.md section 9).
 */
#include "fairdraw.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "arguments.h"
#include "ceremony.h"
#include "field.h"
#include "lottery.h"
#include "metrics.h"

/* lottery_text(label) */
PG_FUNCTION_INFO_V1(fairdraw_lottery_text);
Datum
fairdraw_lottery_text(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	Report		report;

	fairdraw_begin_report(&report, fcinfo, DUTY_ANY);
	fairdraw_write_lottery(&report.sink, fairdraw_load_lottery(label));
	return fairdraw_end_report(&report);
}

/* Computes the outcome that holds once more. */
static CeremonyRecord *
recompute(Lottery *lottery, const char *label)
{
	LotteryRecord *record = fairdraw_load_lottery(label);
	CeremonyRecord *ceremony = fairdraw_load_ceremony(record->ceremony, LOCK_NONE);

	fairdraw_require_outcome(record, ceremony);
	fairdraw_recompute_lottery(lottery, record, ceremony);
	return ceremony;
}

static void
chances_hash(const Lottery *lottery, char *hex)
{
	Sink		sink;

	fairdraw_sink_init(&sink, NULL);
	fairdraw_write_chances(&sink, lottery);
	fairdraw_sink_hash(&sink, hex);
}

static void
write_teams(Sink *sink, const Lottery *lottery, const CeremonyRecord *ceremony)
{
	char		s[FAIRDRAW_HEX_LEN + 1];
	char		hash[FAIRDRAW_HEX_LEN + 1];

	fairdraw_ceremony_seed(ceremony, s);
	chances_hash(lottery, hash);
	fairdraw_write_teams(sink, lottery, ceremony->hash, s, hash);
}

/* chances_text(label) */
PG_FUNCTION_INFO_V1(fairdraw_chances_text);
Datum
fairdraw_chances_text(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	Lottery		lottery;
	Report		report;

	fairdraw_begin_report(&report, fcinfo, DUTY_ANY);
	(void) recompute(&lottery, label);
	fairdraw_write_chances(&report.sink, &lottery);
	return fairdraw_end_report(&report);
}

/* teams_text(label) */
PG_FUNCTION_INFO_V1(fairdraw_teams_text);
Datum
fairdraw_teams_text(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	CeremonyRecord *ceremony;
	Lottery		lottery;
	Report		report;

	fairdraw_begin_report(&report, fcinfo, DUTY_ANY);
	ceremony = recompute(&lottery, label);
	write_teams(&report.sink, &lottery, ceremony);
	return fairdraw_end_report(&report);
}

static void
write_lottery_data(Sink *sink, const LotteryRecord *record, const CeremonyRecord *ceremony)
{
	/* ascending by name, each once */
	for (int d = 0; d < ceremony->ndata; d++)
	{
		const char *name = ceremony->data[d].name;

		if (strcmp(name, record->staff) == 0 ||
			(record->rules != NULL && strcmp(name, record->rules) == 0) ||
			(record->recusals != NULL && strcmp(name, record->recusals) == 0))
			fairdraw_write_data(sink, ceremony->label, name);
	}
}

/* The results of those draws that have one. */
static void
write_results(Sink *sink, const LotteryRecord *record)
{
	for (int d = 0; d < record->ndraws; d++)
	{
		CeremonyRecord *ceremony = fairdraw_load_ceremony(record->draws[d].ceremony, LOCK_NONE);

		if (ceremony->execution > 0)
			fairdraw_write_result(sink, fairdraw_load_draw(record->draws[d].label), ceremony);
	}
}

/* export_lottery(label, audience) */
PG_FUNCTION_INFO_V1(fairdraw_export_lottery);
Datum
fairdraw_export_lottery(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	bool		for_auditor = fairdraw_audience_arg(fcinfo, 1);
	LotteryRecord *record;
	CeremonyRecord *ceremony;
	Lottery		lottery;
	Report		report;

	fairdraw_begin_report(&report, fcinfo, for_auditor ? DUTY_AUDITOR : DUTY_ANY);
	record = fairdraw_load_lottery(label);
	ceremony = fairdraw_load_ceremony(record->ceremony, LOCK_NONE);
	fairdraw_require_sealed(ceremony);
	fairdraw_write_ceremony(&report.sink, ceremony);
	fairdraw_write_lottery(&report.sink, record);
	if (for_auditor)
		write_lottery_data(&report.sink, record, ceremony);
	if (fairdraw_seed_is_shown(ceremony, for_auditor))
		fairdraw_write_seed(&report.sink, ceremony);
	write_results(&report.sink, record);
	if (ceremony->execution > 0 && fairdraw_find_outcome(record, ceremony))
	{
		fairdraw_recompute_lottery(&lottery, record, ceremony);
		fairdraw_write_chances(&report.sink, &lottery);
		write_teams(&report.sink, &lottery, ceremony);
	}
	return fairdraw_end_report(&report);
}

/* teams(label): the outcome that holds, as it is recorded */
PG_FUNCTION_INFO_V1(fairdraw_teams);
Datum
fairdraw_teams(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	LotteryRecord *record;
	CeremonyRecord *ceremony;
	OwnerSection section;
	RecordScan	scan;

	fairdraw_require_duty(DUTY_ANY);
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	fairdraw_begin_owner(&section);
	record = fairdraw_load_lottery(label);
	ceremony = fairdraw_load_ceremony(record->ceremony, LOCK_NONE);
	fairdraw_require_outcome(record, ceremony);
	fairdraw_begin_scan(&scan,
						psprintf("SELECT d.label, t.uid, t.role, t.rank, t.inspector,"
								 " CASE WHEN t.role = 'team' THEN t.numerator END,"
								 " CASE WHEN t.role = 'team' THEN o.unit END"
								 " FROM fairdraw_data.team t"
								 " JOIN fairdraw_data.lottery_outcome o ON o.lottery = t.lottery AND o.outcome = t.outcome"
								 " JOIN fairdraw_data.draw d ON d.draw = t.draw"
								 " WHERE t.lottery = $1 AND t.outcome = $2"
								 " ORDER BY %s, %s, t.role DESC, t.rank",
								 fairdraw_uid_order("d.label"), fairdraw_uid_order("t.uid")),
						"ii", record->id, record->outcome);
	while (fairdraw_next(&scan))
	{
		Datum		values[7];
		bool		nulls[7];

		for (int column = 0; column < 7; column++)
			values[column] = fairdraw_scan_datum(&scan, column + 1, &nulls[column]);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	fairdraw_end_scan(&scan);
	fairdraw_end_owner(&section);
	SPI_finish();
	return (Datum) 0;
}

typedef struct SubstituteRows
{
	const Lottery *lottery;
	ReturnSetInfo *rsinfo;
} SubstituteRows;

static void
put_substitute(int32 visit, int32 rank, uint32 pair, const uint32 *members, int nmembers,
			   int32 spare, void *arg)
{
	const SubstituteRows *rows = arg;
	const Lottery *lottery = rows->lottery;
	const Graph *graph = lottery->problem.graph;
	Datum		values[6];
	bool		nulls[6] = {false};

	values[0] = CStringGetTextDatum(fairdraw_shown(lottery->record->draws[lottery->visits[visit].draw].label));
	values[1] = CStringGetTextDatum(fairdraw_shown(lottery->visits[visit].uid));
	values[2] = Int32GetDatum(rank);
	values[3] = CStringGetTextDatum(fairdraw_shown(graph->inspector_ids[graph->inspector[pair]]));
	values[4] = fairdraw_inspectors_datum(graph, members, nmembers);
	values[5] = Int32GetDatum(spare);
	tuplestore_putvalues(rows->rsinfo->setResult, rows->rsinfo->setDesc, values, nulls);
}

/* substitutes(label): who may take whose place */
PG_FUNCTION_INFO_V1(fairdraw_lottery_substitutes);
Datum
fairdraw_lottery_substitutes(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	Lottery		lottery;
	SubstituteRows rows = {&lottery, (ReturnSetInfo *) fcinfo->resultinfo};
	OwnerSection section;

	fairdraw_require_duty(DUTY_ANY);
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	fairdraw_begin_owner(&section);
	(void) recompute(&lottery, label);
	fairdraw_for_substitutes(lottery.problem.graph, lottery.taken, lottery.key,
							 lottery.record->options->depth, put_substitute, &rows);
	fairdraw_end_owner(&section);
	SPI_finish();
	return (Datum) 0;
}

/* lottery_metrics(label) */
PG_FUNCTION_INFO_V1(fairdraw_lottery_metrics);
Datum
fairdraw_lottery_metrics(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	char	   *metrics;
	Lottery		lottery;
	OwnerSection section;

	fairdraw_require_duty(DUTY_ANY);
	SPI_connect();
	fairdraw_begin_owner(&section);
	(void) recompute(&lottery, label);
	/* once more, counting those who are not eligible */
	fairdraw_lottery_problem(&lottery, 0);
	metrics = MemoryContextStrdup(caller, fairdraw_metrics(&lottery.problem, lottery.chances,
														   lottery.taken, 0));
	fairdraw_end_owner(&section);
	SPI_finish();
	PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(metrics)));
}
