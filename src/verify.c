/*
 * verify.c
 *		verify_draw(): recomputes everything of a draw from what is recorded.
 *
 * It finds what somebody changed behind fairdraw's back, and names the text
 * that differs and, where the records allow, the unit.  It runs inside the
 * server that may have been tampered with: what counts against its operator is
 * verify/fairdraw-verify, run by somebody else on what was published.
 */
#include "fairdraw.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "arguments.h"
#include "ceremony.h"
#include "execute.h"
#include "field.h"
#include "findings.h"
#include "merkle.h"
#include "progress.h"
#include "report.h"

/*
 * Frame: leaves, blocks, root, and the sums of the strata
 */

typedef struct FrameCheck
{
	char	   *fault;			/* the first one found; or NULL */
	Merkle		tree;
	Merkle		block;
	uint64		units;
	uint64	   *stratum_units;
	uint64	   *stratum_micro;
} FrameCheck;

static void
check_row(FrameCheck *check, const DrawRecord *draw, const Sealer *sealer,
		  const FrameRow *row, StringInfo line)
{
	uint8		leaf[FAIRDRAW_HASH_LEN];
	bool		has_stratum = row->stratum >= 1 && row->stratum <= draw->nstrata;

	fairdraw_frame_line(line, sealer, row->uid, row->len,
						has_stratum ? draw->strata[row->stratum - 1].name : "",
						row->micro, NULL);
	fairdraw_merkle_leaf(line->data, line->len, leaf);
	if (check->fault == NULL && (int32) (fairdraw_load64(leaf) >> 32) != row->leaf)
		check->fault = psprintf("unit \"%s\" was changed: its line is not the one that was committed",
								fairdraw_from_utf8(row->uid, row->len));
	if (has_stratum)
	{
		check->stratum_units[row->stratum - 1]++;
		check->stratum_micro[row->stratum - 1] += row->micro;
	}
	fairdraw_merkle_add(&check->block, leaf);
	check->units++;
}

/* a node as it is recorded */
typedef struct BlockRecord
{
	int32		block;
	char	   *first_uid;
	bytea	   *hash;
} BlockRecord;

static BlockRecord *
load_blocks(const DrawRecord *draw, uint64 *count)
{
	BlockRecord *blocks;

	*count = fairdraw_read("SELECT block, first_uid, hash FROM fairdraw_data.frame_block"
						   " WHERE draw = $1 ORDER BY block", "i", draw->id);
	blocks = palloc(Max(*count, 1) * sizeof(BlockRecord));
	for (uint64 i = 0; i < *count; i++)
	{
		bool		isnull;

		blocks[i].block = fairdraw_get_int32(i, 1);
		blocks[i].first_uid = fairdraw_get_text(i, 2);
		blocks[i].hash = DatumGetByteaPCopy(SPI_getbinval(SPI_tuptable->vals[i],
														  SPI_tuptable->tupdesc, 3, &isnull));
	}
	SPI_freetuptable(SPI_tuptable);
	return blocks;
}

/* Ends a block of 256 leaves: is it the one recorded? */
static void
check_block(FrameCheck *check, const char *first, const char *last,
			const BlockRecord *blocks, uint64 count)
{
	const BlockRecord *recorded = check->tree.size < count ? &blocks[check->tree.size] : NULL;
	uint8		root[FAIRDRAW_HASH_LEN];

	fairdraw_merkle_root(&check->block, root);
	if (check->fault == NULL &&
		(recorded == NULL || recorded->block != (int32) check->tree.size ||
		 strcmp(recorded->first_uid, first) != 0 ||
		 VARSIZE_ANY_EXHDR(recorded->hash) != FAIRDRAW_HASH_LEN ||
		 memcmp(VARDATA_ANY(recorded->hash), root, FAIRDRAW_HASH_LEN) != 0))
		check->fault = psprintf("the units from \"%s\" to \"%s\" are not the ones of the recorded node",
								fairdraw_shown(first), fairdraw_shown(last));
	fairdraw_merkle_add(&check->tree, root);
	fairdraw_merkle_init(&check->block);
}

static void
check_totals(FrameCheck *check, const DrawRecord *draw, const char *root, uint64 blocks)
{
	if (check->fault == NULL && check->units != draw->units)
		check->fault = psprintf("it has " UINT64_FORMAT " units, recorded are " UINT64_FORMAT,
								check->units, draw->units);
	if (check->fault == NULL && strcmp(root, draw->root) != 0)
		check->fault = psprintf("recorded root %s, computed %s", draw->root, root);
	if (check->fault == NULL && blocks != check->tree.size)
		check->fault = psprintf("it has " UINT64_FORMAT " nodes, recorded are " UINT64_FORMAT,
								check->tree.size, blocks);
	for (int i = 0; i < draw->nstrata; i++)
	{
		const StratumRecord *stratum = &draw->strata[i];

		if (check->fault == NULL && (stratum->units != check->stratum_units[i] ||
									 stratum->micro != check->stratum_micro[i]))
			check->fault = psprintf("stratum \"%s\" is recorded with " UINT64_FORMAT " units and a sum of " UINT64_FORMAT ", it has " UINT64_FORMAT " and " UINT64_FORMAT,
									fairdraw_shown(stratum->name), stratum->units, stratum->micro,
									check->stratum_units[i], check->stratum_micro[i]);
	}
}

/* Returns whether the frame is as it was committed. */
static bool
verify_frame(Findings *findings, const DrawRecord *draw)
{
	FrameCheck	check = {0};
	RecordScan	scan;
	FrameRow	row;
	Sealer		sealer;
	StringInfoData line;
	Progress	progress;
	uint64		blocks;
	BlockRecord *recorded = load_blocks(draw, &blocks);
	uint8		digest[FAIRDRAW_HASH_LEN];
	char		root[FAIRDRAW_HEX_LEN + 1];
	char		first[FAIRDRAW_MAX_LABEL + 1] = "";
	char		last[FAIRDRAW_MAX_LABEL + 1] = "";

	check.stratum_units = palloc0(Max(draw->nstrata, 1) * sizeof(uint64));
	check.stratum_micro = palloc0(Max(draw->nstrata, 1) * sizeof(uint64));
	fairdraw_sealer_init(&sealer, draw->salt_key, draw->label);
	initStringInfo(&line);
	fairdraw_progress_begin(&progress, "units verified", draw->units);
	fairdraw_begin_frame(&scan, draw, NULL, 0);
	while (fairdraw_next_row(&scan, &row))
	{
		if (check.block.size == 0)
			snprintf(first, sizeof(first), "%.*s", (int) row.len, row.uid);
		snprintf(last, sizeof(last), "%.*s", (int) row.len, row.uid);
		check_row(&check, draw, &sealer, &row, &line);
		if (check.block.size == FAIRDRAW_BLOCK)
			check_block(&check, first, last, recorded, blocks);
		if ((check.units & 8191) == 0)
			fairdraw_progress_report(&progress, check.units);
	}
	fairdraw_end_scan(&scan);
	fairdraw_progress_end(&progress);
	if (check.block.size > 0)
		check_block(&check, first, last, recorded, blocks);
	fairdraw_merkle_root(&check.tree, digest);
	fairdraw_to_hex(digest, sizeof(digest), root);
	check_totals(&check, draw, root, blocks);
	fairdraw_put_finding(findings, "frame", check.fault == NULL,
						 check.fault != NULL ? check.fault
						 : psprintf(UINT64_FORMAT " units, root %s", check.units, root));
	return check.fault == NULL;
}

/*
 * Exclusions, register, plan
 */

/* Returns whether the plan is as it was committed. */
static bool
verify_plan(Findings *findings, const DrawRecord *draw)
{
	Sink		sink;
	char		hash[FAIRDRAW_HEX_LEN + 1];

	fairdraw_sink_init(&sink, NULL);
	fairdraw_write_exclusions(&sink, draw);
	if (sink.lines != draw->exclusions)
		fairdraw_put_finding(findings, "exclusions", 0,
							 psprintf("there are " UINT64_FORMAT ", recorded are " UINT64_FORMAT,
									  sink.lines, draw->exclusions));
	else
	{
		fairdraw_sink_hash(&sink, hash);
		fairdraw_put_hash(findings, "exclusions", draw->exclusions_hash, hash);
	}

	if (draw->registered < 0)
		fairdraw_put_finding(findings, "register", -1, "no register was given");
	else
		fairdraw_put_finding(findings, "register",
							 (uint64) draw->registered == draw->units + draw->exclusions,
							 psprintf(INT64_FORMAT " units, of which " UINT64_FORMAT " in the frame and " UINT64_FORMAT " excluded",
									  draw->registered, draw->units, draw->exclusions));

	fairdraw_plan_hash(draw, hash);
	return fairdraw_put_hash(findings, "plan", draw->plan_hash, hash);
}

/*
 * Data, ceremony, chain of serials
 */

static void
verify_data(Findings *findings, const CeremonyRecord *ceremony)
{
	for (int i = 0; i < ceremony->ndata; i++)
	{
		const Committed *data = &ceremony->data[i];
		Sink		sink;
		char		hash[FAIRDRAW_HEX_LEN + 1];

		fairdraw_sink_init(&sink, NULL);
		fairdraw_write_data(&sink, ceremony->label, data->name);
		fairdraw_sink_hash(&sink, hash);
		fairdraw_put_hash(findings, psprintf("data %s", fairdraw_shown(data->name)), data->hash, hash);
	}
}

static void
verify_chain(Findings *findings, const CeremonyRecord *ceremony)
{
	char	   *before;
	int64		missing;

	if (ceremony->rehearsal)
	{
		fairdraw_put_finding(findings, "serial", ceremony->serial == 0 && ceremony->previous == NULL,
							 "a rehearsal uses up no serial");
		return;
	}
	fairdraw_read("SELECT $1 - pg_catalog.count(*) FROM fairdraw_data.seal"
				  " WHERE serial BETWEEN 1 AND $1", "i", ceremony->serial);
	missing = fairdraw_get_int64(0, 1);
	before = fairdraw_read("SELECT hash FROM fairdraw_data.seal WHERE serial = $1",
						   "i", ceremony->serial - 1) > 0 && ceremony->serial > 1
		? fairdraw_get_text(0, 1) : NULL;
	if (missing != 0)
		fairdraw_put_finding(findings, "serial", 0,
							 psprintf(INT64_FORMAT " serials up to %d are missing", missing, ceremony->serial));
	else if (ceremony->serial == 1)
		fairdraw_put_finding(findings, "serial", ceremony->previous == NULL, "the first of the agency");
	else
		fairdraw_put_finding(findings, "serial",
							 ceremony->previous != NULL && before != NULL &&
							 strcmp(ceremony->previous, before) == 0,
							 psprintf("%d, after ceremony %s", ceremony->serial,
									  before == NULL ? "none" : before));
}

static void
verify_ceremony(Findings *findings, const CeremonyRecord *ceremony)
{
	char		hash[FAIRDRAW_HEX_LEN + 1];
	uint8		digest[FAIRDRAW_HASH_LEN];

	verify_data(findings, ceremony);
	if (ceremony->secret_hash != NULL && ceremony->secret == NULL)
		fairdraw_put_finding(findings, "secret", 0, "it is missing");
	else if (ceremony->secret != NULL)
	{
		fairdraw_sha256(ceremony->secret, strlen(ceremony->secret), digest);
		fairdraw_to_hex(digest, sizeof(digest), hash);
		fairdraw_put_hash(findings, "secret", ceremony->secret_hash, hash);
	}
	if (!ceremony->sealed)
	{
		fairdraw_put_finding(findings, "ceremony", -1, "it is not sealed");
		return;
	}
	fairdraw_ceremony_hash(ceremony, hash);
	fairdraw_put_hash(findings, "ceremony", ceremony->hash, hash);
	verify_chain(findings, ceremony);
}

/*
 * States: what was decided about the ceremony, and what hangs on it
 */

static void
verify_states(Findings *findings, const DrawRecord *draw, const CeremonyRecord *ceremony)
{
	int64		strange;

	fairdraw_read("SELECT (SELECT pg_catalog.count(*) FROM fairdraw_data.execution WHERE ceremony = $1 AND execution > $3)"
				  " + $3 - (SELECT pg_catalog.count(*) FROM fairdraw_data.execution WHERE ceremony = $1)"
				  " + (SELECT pg_catalog.count(*) FROM fairdraw_data.entropy_value WHERE ceremony = $1 AND execution > $3)"
				  " + (SELECT pg_catalog.count(*) FROM fairdraw_data.result WHERE draw = $2 AND execution > $3)"
				  " + (SELECT pg_catalog.count(*) FROM fairdraw_data.cutoff WHERE draw = $2 AND execution > $3)"
				  " + (SELECT pg_catalog.count(*) FROM fairdraw_data.selection WHERE draw = $2 AND execution > $3)",
				  "tii", ceremony->label, draw->id, ceremony->execution);
	strange = fairdraw_get_int64(0, 1);
	if (strange != 0)
		fairdraw_put_finding(findings, "executions", 0,
							 "there are values or results without their execution");
	if (ceremony->aborted)
	{
		char	   *reason;
		char	   *secret;

		fairdraw_read("SELECT reason, secret FROM fairdraw_data.abort WHERE ceremony = $1",
					  "t", ceremony->label);
		reason = fairdraw_get_text(0, 1);
		secret = fairdraw_get_text(0, 2);
		if (ceremony->execution > 0)
			fairdraw_put_finding(findings, "abort", 0, "the ceremony was executed and aborted");
		else if ((secret == NULL) != (ceremony->secret == NULL) ||
				 (secret != NULL && strcmp(secret, ceremony->secret) != 0))
			fairdraw_put_finding(findings, "abort", 0, "the secret that it disclosed is another one");
		else
			fairdraw_put_finding(findings, "abort", 1, psprintf("aborted: %s", fairdraw_shown(reason)));
	}

	fairdraw_read("SELECT pg_catalog.count(*) FROM pg_catalog.pg_class c"
				  " WHERE c.relnamespace = 'fairdraw_data'::pg_catalog.regnamespace AND c.relkind IN ('r', 'p')"
				  " AND c.relname <> ALL (fairdraw.rule_tables())"
				  " AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid"
				  " AND t.tgname = 'fairdraw_guard' AND t.tgenabled = 'A'"
				  " AND t.tgfoid = 'fairdraw.guard'::pg_catalog.regproc"

	/*
	 * before each statement (2): DELETE (8), TRUNCATE (32), INSERT (4),
	 * UPDATE (16)
	 */
				  " AND t.tgqual IS NULL AND t.tgattr = ''::pg_catalog.int2vector"
				  " AND t.tgtype = CASE WHEN c.relname IN ('step', 'agency') THEN 42 ELSE 62 END)", "");
	strange = fairdraw_get_int64(0, 1);
	fairdraw_put_finding(findings, "guards", strange == 0, strange == 0
						 ? "every record is guarded against changes"
						 : psprintf(INT64_FORMAT " records are not guarded: setup() puts the guards back", strange));
}

/*
 * Results: stored rows against those computed again
 */

static uint64
sample_size(const Sample *sample)
{
	return sample->certain + sample->drawn + sample->reserve;
}

/* Is it the right unit in the right role and rank, whatever else differs? */
static bool
same_place(RecordScan *scan, const Sample *sample, uint64 rank)
{
	const Unit *unit = sample->units[rank];
	bool		isnull;
	size_t		len;
	size_t		role_len;
	const char *uid = fairdraw_scan_text(scan, 4, &len);
	const char *role = fairdraw_scan_text(scan, 3, &role_len);
	const char *wanted = fairdraw_role_names[fairdraw_role(sample, rank)];

	return len == unit->len && memcmp(uid, unit->uid, len) == 0 &&
		role_len == strlen(wanted) && memcmp(role, wanted, role_len) == 0 &&
		DatumGetInt32(fairdraw_scan_datum(scan, 2, &isnull)) == (int32) rank + 1;
}

/* The current row of a scan over the selection, against unit "rank" of a stratum. */
static bool
row_is_unit(RecordScan *scan, int stratum, const Sample *sample, uint64 rank)
{
	const Unit *unit = sample->units[rank];
	const char *wanted_role = fairdraw_role_names[fairdraw_role(sample, rank)];
	bool		isnull;
	size_t		role_len;
	size_t		uid_len;
	size_t		ticket_len;
	const char *role = fairdraw_scan_text(scan, 3, &role_len);
	const char *uid = fairdraw_scan_text(scan, 4, &uid_len);
	bytea	   *ticket = DatumGetByteaPP(fairdraw_scan_datum(scan, 5, &isnull));

	ticket_len = VARSIZE_ANY_EXHDR(ticket);
	return DatumGetInt32(fairdraw_scan_datum(scan, 1, &isnull)) == stratum + 1 &&
		DatumGetInt32(fairdraw_scan_datum(scan, 2, &isnull)) == (int32) rank + 1 &&
		role_len == strlen(wanted_role) && memcmp(role, wanted_role, role_len) == 0 &&
		uid_len == unit->len && memcmp(uid, unit->uid, uid_len) == 0 &&
		ticket_len == FAIRDRAW_HASH_LEN &&
		memcmp(VARDATA_ANY(ticket), unit->ticket, ticket_len) == 0 &&
		(uint64) DatumGetInt64(fairdraw_scan_datum(scan, 6, &isnull)) == unit->micro;
}

/* The first recorded row that differs from the computed ones, or NULL. */
static char *
compare_selection(const DrawRecord *draw, int32 execution, const StratumSample *samples)
{
	RecordScan	scan;
	char	   *fault = NULL;
	int			stratum = 0;
	uint64		rank = 0;

	fairdraw_begin_scan(&scan, "SELECT stratum, rank, role, uid, ticket, micro"
						" FROM fairdraw_data.selection"
						" WHERE draw = $1 AND execution = $2 ORDER BY stratum, rank",
						"ii", draw->id, execution);
	while (fault == NULL && fairdraw_next(&scan))
	{
		size_t		uid_len;
		size_t		role_len;
		const char *uid = fairdraw_scan_text(&scan, 4, &uid_len);
		const char *role = fairdraw_scan_text(&scan, 3, &role_len);
		bool		isnull;
		const Sample *sample;

		while (stratum < draw->nstrata && rank == sample_size(&samples[stratum].sample))
		{
			stratum++;
			rank = 0;
		}
		if (stratum == draw->nstrata)
		{
			fault = psprintf("unit \"%s\" is too many", fairdraw_from_utf8(uid, uid_len));
			break;
		}
		sample = &samples[stratum].sample;
		if (!row_is_unit(&scan, stratum, sample, rank))
			fault = same_place(&scan, sample, rank)
				? psprintf("unit \"%s\", %s " UINT64_FORMAT " of stratum \"%s\", is recorded with another ticket or weight",
						   fairdraw_from_utf8(uid, uid_len),
						   fairdraw_role_names[fairdraw_role(sample, rank)], rank + 1,
						   fairdraw_shown(draw->strata[stratum].name))
				: psprintf("recorded is \"%s\" as %s %d, computed \"%s\" as %s " UINT64_FORMAT " of stratum \"%s\"",
						   fairdraw_from_utf8(uid, uid_len), pnstrdup(role, role_len),
						   DatumGetInt32(fairdraw_scan_datum(&scan, 2, &isnull)),
						   fairdraw_from_utf8(sample->units[rank]->uid, sample->units[rank]->len),
						   fairdraw_role_names[fairdraw_role(sample, rank)], rank + 1,
						   fairdraw_shown(draw->strata[stratum].name));
		rank++;
	}
	fairdraw_end_scan(&scan);
	for (; fault == NULL && stratum < draw->nstrata; stratum++, rank = 0)
	{
		const Sample *sample = &samples[stratum].sample;

		if (rank < sample_size(sample))
			fault = psprintf("unit \"%s\" of stratum \"%s\" is missing",
							 fairdraw_from_utf8(sample->units[rank]->uid, sample->units[rank]->len),
							 fairdraw_shown(draw->strata[stratum].name));
	}
	return fault;
}

static char *
compare_cutoffs(const DrawRecord *draw, int32 execution, const StratumSample *samples)
{
	CutoffRecord *recorded = fairdraw_load_cutoffs(draw, execution);

	if (recorded == NULL)
		return "they are missing";
	for (int i = 0; i < draw->nstrata; i++)
	{
		CutoffRecord computed;

		fairdraw_sample_cutoff(&samples[i], &computed);
		if (recorded[i].certain != computed.certain ||
			recorded[i].rest.n != computed.rest.n ||
			recorded[i].rest.w != computed.rest.w ||
			strcmp(recorded[i].cutoff, computed.cutoff) != 0)
			return psprintf("that of stratum \"%s\" is recorded as %s, computed %s",
							fairdraw_shown(draw->strata[i].name), recorded[i].cutoff, computed.cutoff);
	}
	return NULL;
}

static bool
has_values(Findings *findings, const CeremonyRecord *ceremony, const char *suffix)
{
	for (int i = 0; i < ceremony->nsources; i++)
	{
		if (ceremony->sources[i].value == NULL)
		{
			fairdraw_put_finding(findings, psprintf("seed%s", suffix), 0,
								 psprintf("the value of entropy \"%s\" is missing",
										  ceremony->sources[i].name));
			return false;
		}
	}
	return true;
}

static char *
recorded_result(const DrawRecord *draw, int32 execution)
{
	if (fairdraw_read("SELECT hash FROM fairdraw_data.result WHERE draw = $1 AND execution = $2",
					  "ii", draw->id, execution) == 0)
		return NULL;
	return fairdraw_get_text(0, 1);
}

static void
verify_execution(Findings *findings, const DrawRecord *draw, int32 execution,
				 const char *suffix)
{
	CeremonyRecord *ceremony = fairdraw_load_execution(draw->ceremony, execution);
	StratumSample *samples;
	char		s[FAIRDRAW_HEX_LEN + 1];
	char		hash[FAIRDRAW_HEX_LEN + 1];
	char	   *fault;

	if (!has_values(findings, ceremony, suffix))
		return;
	fairdraw_ceremony_seed(ceremony, s);
	samples = fairdraw_frozen_sample(draw, s);

	fault = compare_selection(draw, execution, samples);
	fairdraw_put_finding(findings, psprintf("selection%s", suffix), fault == NULL,
						 fault == NULL ? "every drawn unit is the one computed" : fault);
	fault = compare_cutoffs(draw, execution, samples);
	fairdraw_put_finding(findings, psprintf("cutoffs%s", suffix), fault == NULL,
						 fault == NULL ? "every one is the one computed" : fault);

	fairdraw_sample_result(draw, ceremony->hash, s, samples, hash);
	fairdraw_put_hash(findings, psprintf("result%s", suffix), recorded_result(draw, execution), hash);
}

/* Without the frame: the result text out of its records. */
static void
verify_recorded_result(Findings *findings, const DrawRecord *draw, int32 execution,
					   const char *suffix)
{
	CeremonyRecord *ceremony = fairdraw_load_execution(draw->ceremony, execution);
	Sink		sink;
	char		hash[FAIRDRAW_HEX_LEN + 1];

	if (!has_values(findings, ceremony, suffix))
		return;
	ceremony->execution = execution;
	fairdraw_sink_init(&sink, NULL);
	fairdraw_write_result(&sink, draw, ceremony);
	fairdraw_sink_hash(&sink, hash);
	fairdraw_put_hash(findings, psprintf("result%s", suffix), recorded_result(draw, execution), hash);
}

/* verify_draw(label) */
PG_FUNCTION_INFO_V1(fairdraw_verify_draw);
Datum
fairdraw_verify_draw(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	Findings	findings;
	DrawRecord *draw;
	CeremonyRecord *ceremony;
	OwnerSection section;
	bool		frame_ok = false;
	bool		plan_ok;

	fairdraw_require_duty(DUTY_ANY);
	fairdraw_begin_findings(&findings, fcinfo);
	SPI_connect();
	fairdraw_begin_owner(&section);
	draw = fairdraw_load_draw(label);
	ceremony = fairdraw_load_ceremony(draw->ceremony, LOCK_NONE);

	if (draw->archived)
		fairdraw_put_finding(&findings, "frame", -1, "it was archived: check the auditor's bundle");
	else if (draw->sealed && draw->salt_key == NULL)
		fairdraw_put_finding(&findings, "frame", 0, "its salt key is missing");
	else
		frame_ok = verify_frame(&findings, draw);
	plan_ok = verify_plan(&findings, draw);
	verify_states(&findings, draw, ceremony);
	verify_ceremony(&findings, ceremony);
	for (int32 execution = 1; execution <= ceremony->execution; execution++)
	{
		const char *suffix = execution == ceremony->execution ? ""
			: psprintf(" of execution %d", execution);

		if (frame_ok && plan_ok)
			verify_execution(&findings, draw, execution, suffix);
		else
		{
			fairdraw_put_finding(&findings, psprintf("selection%s", suffix), -1,
								 draw->archived ? "the frame was archived"
								 : "frame and plan are not there as they were committed");
			verify_recorded_result(&findings, draw, execution, suffix);
		}
	}
	fairdraw_end_owner(&section);
	SPI_finish();
	return (Datum) 0;
}
