/*
 * records.c
 *		Loading ceremonies and draws, scanning frozen frames.
 *
 * Everything here runs in an owner section.
 */
#include "fairdraw.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#include "design.h"
#include "field.h"
#include "records.h"

#define UTC_TEXT(column) \
	"pg_catalog.to_char(" column " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"

static void
load_sources(CeremonyRecord *ceremony, int32 execution)
{
	ceremony->nsources = fairdraw_read(
									   "SELECT s.name, s.kind = 'public', s.bits, " UTC_TEXT("s.due") ", s.due,"
									   " s.mask, s.how, v.value"
									   " FROM fairdraw_data.entropy_source s"
									   " LEFT JOIN fairdraw_data.entropy_value v"
									   " ON v.ceremony = s.ceremony AND v.name = s.name AND v.execution = $2"
									   " WHERE s.ceremony = $1 ORDER BY s.position",
									   "ti", ceremony->label, execution);
	if (ceremony->nsources == 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the entropy of ceremony \"%s\" is missing",
						fairdraw_shown(ceremony->label)),
				 errhint("The records were changed: restore fairdraw_data.entropy_source from a backup.")));
	ceremony->sources = palloc0(Max(ceremony->nsources, 1) * sizeof(EntropySource));
	for (int i = 0; i < ceremony->nsources; i++)
	{
		EntropySource *source = &ceremony->sources[i];
		bool		isnull;

		source->name = fairdraw_get_text(i, 1);
		source->is_public = fairdraw_get_bool(i, 2);
		source->bits = fairdraw_get_int32(i, 3);
		source->due = fairdraw_get_text(i, 4);
		source->due_at = DatumGetTimestampTz(SPI_getbinval(SPI_tuptable->vals[i],
														   SPI_tuptable->tupdesc, 5, &isnull));
		source->mask = fairdraw_get_text(i, 6);
		source->how = fairdraw_get_text(i, 7);
		source->value = fairdraw_get_text(i, 8);
	}
}

static void
load_committed(CeremonyRecord *ceremony)
{
	char	   *order = psprintf("SELECT d.plan_hash, d.label FROM fairdraw_data.draw d"
								 " WHERE d.ceremony = $1 ORDER BY %s",
								 fairdraw_uid_order("d.label"));

	ceremony->nplans = fairdraw_read(order, "t", ceremony->label);
	ceremony->plans = palloc0(Max(ceremony->nplans, 1) * sizeof(Committed));
	for (int i = 0; i < ceremony->nplans; i++)
	{
		ceremony->plans[i].hash = fairdraw_get_text(i, 1);
		ceremony->plans[i].name = fairdraw_get_text(i, 2);
	}
	ceremony->ndata = fairdraw_read("SELECT hash, name, rows FROM fairdraw_data.data_set"
									" WHERE ceremony = $1 ORDER BY name COLLATE \"C\"",
									"t", ceremony->label);
	ceremony->data = palloc0(Max(ceremony->ndata, 1) * sizeof(Committed));
	for (int i = 0; i < ceremony->ndata; i++)
	{
		ceremony->data[i].hash = fairdraw_get_text(i, 1);
		ceremony->data[i].name = fairdraw_get_text(i, 2);
		ceremony->data[i].rows = fairdraw_get_int64(i, 3);
	}
	order = psprintf("SELECT l.hash, l.label FROM fairdraw_data.lottery l"
					 " WHERE l.ceremony = $1 ORDER BY %s", fairdraw_uid_order("l.label"));
	ceremony->nlotteries = fairdraw_read(order, "t", ceremony->label);
	ceremony->lotteries = palloc0(Max(ceremony->nlotteries, 1) * sizeof(Committed));
	for (int i = 0; i < ceremony->nlotteries; i++)
	{
		ceremony->lotteries[i].hash = fairdraw_get_text(i, 1);
		ceremony->lotteries[i].name = fairdraw_get_text(i, 2);
	}
}

static void
no_ceremony(const char *label)
{
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 errmsg("there is no ceremony \"%s\"", fairdraw_shown(label)),
			 errhint("Open it: SELECT fairdraw.open_ceremony(...).")));
}

static CeremonyRecord *
load_ceremony(const char *label, int32 execution)
{
	CeremonyRecord *ceremony = palloc0(sizeof(CeremonyRecord));

	if (fairdraw_read("SELECT c.rehearsal, c.agency, c.place,"
					  " pg_catalog.to_char(c.disclose, 'YYYY-MM-DD'), c.secret_hash,"
					  " (SELECT s.secret FROM fairdraw_data.ceremony_secret s WHERE s.ceremony = c.ceremony),"
					  " e.serial, e.previous, e.hash,"
					  " EXISTS (SELECT FROM fairdraw_data.abort a WHERE a.ceremony = c.ceremony),"
					  " (SELECT coalesce(max(x.execution), 0) FROM fairdraw_data.execution x WHERE x.ceremony = c.ceremony),"
					  " EXISTS (SELECT FROM fairdraw_data.disclosure d WHERE d.ceremony = c.ceremony)"
					  " FROM fairdraw_data.ceremony c"
					  " LEFT JOIN fairdraw_data.seal e ON e.ceremony = c.ceremony"
					  " WHERE c.ceremony = $1", "t", label) == 0)
		no_ceremony(label);
	ceremony->label = pstrdup(label);
	ceremony->rehearsal = fairdraw_get_bool(0, 1);
	ceremony->agency = fairdraw_get_text(0, 2);
	ceremony->place = fairdraw_get_text(0, 3);
	ceremony->disclose = fairdraw_get_text(0, 4);
	ceremony->secret_hash = fairdraw_get_text(0, 5);
	ceremony->secret = fairdraw_get_text(0, 6);
	ceremony->serial = fairdraw_get_int32(0, 7);
	ceremony->previous = fairdraw_get_text(0, 8);
	ceremony->hash = fairdraw_get_text(0, 9);
	ceremony->sealed = ceremony->hash != NULL;
	ceremony->aborted = fairdraw_get_bool(0, 10);
	ceremony->execution = fairdraw_get_int32(0, 11);
	ceremony->disclosed = fairdraw_get_bool(0, 12);
	load_sources(ceremony, execution < 0 ? ceremony->execution : execution);
	load_committed(ceremony);
	return ceremony;
}

/* With the values of its newest execution, if there is one. */
CeremonyRecord *
fairdraw_load_ceremony(const char *label, Lock lock)
{
	if (lock != LOCK_NONE &&
		fairdraw_write(lock == LOCK_SHARE
					   ? "SELECT FROM fairdraw_data.ceremony WHERE ceremony = $1 FOR SHARE"
					   : "SELECT FROM fairdraw_data.ceremony WHERE ceremony = $1 FOR UPDATE",
					   "t", label) == 0)
		no_ceremony(label);
	return load_ceremony(label, -1);
}

/* With the values of one execution. */
CeremonyRecord *
fairdraw_load_execution(const char *label, int32 execution)
{
	return load_ceremony(label, execution);
}

DrawRecord *
fairdraw_load_draw(const char *label)
{
	DrawRecord *draw = palloc0(sizeof(DrawRecord));
	char	   *rotation;
	char	   *method;
	char	   *sql;

	if (fairdraw_read("SELECT d.draw, d.ceremony, d.method, d.stream, d.rotation, d.sealed,"
					  " d.register, d.units, d.root, d.exclusions, d.exclusions_hash, d.plan_hash,"
					  " (SELECT k.key FROM fairdraw_data.salt_key k WHERE k.draw = d.draw),"
					  " EXISTS (SELECT FROM fairdraw_data.archive a WHERE a.draw = d.draw)"
					  " FROM fairdraw_data.draw d WHERE d.label = $1", "t", label) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("there is no draw \"%s\"", fairdraw_shown(label)),
				 errhint("Draws are listed in fairdraw_data.draw; commit_draw() makes one.")));
	draw->label = pstrdup(label);
	draw->id = fairdraw_get_int32(0, 1);
	draw->ceremony = fairdraw_get_text(0, 2);
	method = fairdraw_get_text(0, 3);
	draw->stream = fairdraw_get_text(0, 4);
	rotation = fairdraw_get_text(0, 5);
	draw->sealed = fairdraw_get_bool(0, 6);
	draw->registered = fairdraw_get_int64(0, 7);
	draw->units = fairdraw_get_int64(0, 8);
	draw->root = fairdraw_get_text(0, 9);
	draw->exclusions = fairdraw_get_int64(0, 10);
	draw->exclusions_hash = fairdraw_get_text(0, 11);
	draw->plan_hash = fairdraw_get_text(0, 12);
	draw->salt_key = draw->sealed ? fairdraw_get_text(0, 13) : NULL;
	draw->archived = fairdraw_get_bool(0, 14);
	if (!fairdraw_parse_method(method, &draw->method) ||
		!fairdraw_parse_rotation(rotation, &draw->rotation))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the plan of draw \"%s\" is not valid", fairdraw_shown(label)),
				 errdetail("It has method \"%s\" and rotation \"%s\".",
						   fairdraw_shown(method), fairdraw_shown(rotation)),
				 errhint("The records were changed: restore fairdraw_data.draw from a backup.")));
	sql = psprintf("SELECT s.name, s.units, s.micro, s.n, s.reserve"
				   " FROM fairdraw_data.stratum s WHERE s.draw = $1 ORDER BY s.stratum");
	draw->nstrata = fairdraw_read(sql, "i", draw->id);
	draw->strata = palloc0(Max(draw->nstrata, 1) * sizeof(StratumRecord));
	for (int i = 0; i < draw->nstrata; i++)
	{
		draw->strata[i].name = fairdraw_get_text(i, 1);
		draw->strata[i].units = fairdraw_get_int64(i, 2);
		draw->strata[i].micro = fairdraw_get_int64(i, 3);
		draw->strata[i].n = fairdraw_get_int64(i, 4);
		draw->strata[i].reserve = fairdraw_get_int64(i, 5);
	}
	return draw;
}

/* The cutoff lines of an execution, one a stratum; NULL if it has no result. */
CutoffRecord *
fairdraw_load_cutoffs(const DrawRecord *draw, int32 execution)
{
	uint64		rows = fairdraw_read("SELECT stratum, certain, n, w, cutoff FROM fairdraw_data.cutoff"
									 " WHERE draw = $1 AND execution = $2 ORDER BY stratum",
									 "ii", draw->id, execution);
	CutoffRecord *cutoffs = palloc0(Max(draw->nstrata, 1) * sizeof(CutoffRecord));

	if (rows == 0)
		return NULL;
	for (int i = 0; i < draw->nstrata; i++)
		cutoffs[i].cutoff = "missing";
	for (uint64 row = 0; row < rows; row++)
	{
		int			stratum = fairdraw_get_int32(row, 1);

		if (stratum < 1 || stratum > draw->nstrata)
			continue;
		cutoffs[stratum - 1].certain = fairdraw_get_int64(row, 2);
		cutoffs[stratum - 1].rest.n = fairdraw_get_int64(row, 3);
		cutoffs[stratum - 1].rest.w = fairdraw_get_int64(row, 4);
		cutoffs[stratum - 1].cutoff = fairdraw_get_text(row, 5);
	}
	return cutoffs;
}

/* An error if the frame of a draw was archived, or cannot be written. */
void
fairdraw_require_frame(const DrawRecord *draw)
{
	if (draw->archived)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the frame of draw \"%s\" was archived",
						fairdraw_shown(draw->label)),
				 errhint("It stands in the auditor's bundle whose hash is in fairdraw_data.archive.")));
	if (draw->sealed && draw->salt_key == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the salt key of draw \"%s\" is missing", fairdraw_shown(draw->label)),
				 errhint("Restore the table fairdraw_data.salt_key from a backup.")));
}

/*
 * Scanning a frozen frame in the order of its lines
 */
/* first_uid: where to begin, or NULL; limit: how many rows, or 0 for all */
void
fairdraw_begin_frame(RecordScan *scan, const DrawRecord *draw, const char *first_uid,
					 int64 limit)
{
	char	   *sql = psprintf("SELECT f.uid, f.stratum, f.micro, f.leaf FROM fairdraw_data.frame f"
							   " WHERE f.draw = $1 AND ($2 IS NULL OR %s >= %s)"
							   " ORDER BY %s LIMIT nullif($3, 0)",
							   fairdraw_uid_order("f.uid"), fairdraw_uid_order("$2"),
							   fairdraw_uid_order("f.uid"));
	int			settings = NewGUCNestLevel();

	/*
	 * The key is in this order, and so are the rows, as they were inserted in
	 * it: sorting 10^7 of them because statistics are missing would take
	 * longer than all the hashes.
	 */
	(void) set_config_option("enable_seqscan", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("enable_bitmapscan", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("enable_sort", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	fairdraw_begin_scan(scan, sql, "itl", draw->id, first_uid, limit);
	AtEOXact_GUC(false, settings);
}

/* The uid of a row is valid until the next one is asked for. */
bool
fairdraw_next_row(RecordScan *scan, FrameRow *row)
{
	bool		isnull;

	if (!fairdraw_next(scan))
		return false;
	row->uid = fairdraw_scan_text(scan, 1, &row->len);
	row->stratum = DatumGetInt32(fairdraw_scan_datum(scan, 2, &isnull));
	row->micro = (uint64) DatumGetInt64(fairdraw_scan_datum(scan, 3, &isnull));
	row->leaf = DatumGetInt32(fairdraw_scan_datum(scan, 4, &isnull));
	return true;
}
