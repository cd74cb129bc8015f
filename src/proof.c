/*
 * proof.c
 *		unit_proof(): what one unit, or whoever asks for it, can check by itself
 *		(protocol section 8; the text is described in doc/protocol.md).
 *
 * The stored nodes over blocks of 256 leaves make it quick: one block is
 * hashed again, not the frame.
 */
#include "fairdraw.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "arguments.h"
#include "ceremony.h"
#include "execute.h"
#include "field.h"
#include "merkle.h"
#include "report.h"

typedef struct Blocks
{
	uint64		count;
	uint8		(*hash)[FAIRDRAW_HASH_LEN];
} Blocks;

/* a unit of the frame with what proves it */
typedef struct Leaf
{
	char	   *uid;
	uint64		index;
	char	   *line;
	int			stratum;		/* from 0 */
	uint64		micro;
	char		salt[FAIRDRAW_SALT_LEN + 1];
	int			nodes;
	uint8		path[MERKLE_MAX_PATH][FAIRDRAW_HASH_LEN];
} Leaf;

static void
changed_frame(const DrawRecord *draw)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("the frozen frame of draw \"%s\" is not what was committed",
					fairdraw_shown(draw->label)),
			 errhint("SELECT * FROM fairdraw.verify_draw(%s) shows where.",
					 fairdraw_quoted(draw->label))));
}

static Blocks
load_blocks(const DrawRecord *draw)
{
	Blocks		blocks;

	blocks.count = fairdraw_read("SELECT hash FROM fairdraw_data.frame_block WHERE draw = $1 ORDER BY block",
								 "i", draw->id);
	blocks.hash = palloc(Max(blocks.count, 1) * sizeof(*blocks.hash));
	for (uint64 i = 0; i < blocks.count; i++)
	{
		bool		isnull;
		bytea	   *hash = DatumGetByteaPP(SPI_getbinval(SPI_tuptable->vals[i],
														 SPI_tuptable->tupdesc, 1, &isnull));

		if (VARSIZE_ANY_EXHDR(hash) != FAIRDRAW_HASH_LEN)
			changed_frame(draw);
		memcpy(blocks.hash[i], VARDATA_ANY(hash), FAIRDRAW_HASH_LEN);
	}
	return blocks;
}

/* The leaf of a uid that is in the frame. */
static Leaf *
find_leaf(const DrawRecord *draw, const Blocks *blocks, const char *uid)
{
	Leaf	   *found = palloc0(sizeof(Leaf));
	uint8		leaves[FAIRDRAW_BLOCK][FAIRDRAW_HASH_LEN];
	uint8		root[FAIRDRAW_HASH_LEN];
	uint64		size = 0;
	int64		at = -1;
	int32		block;
	char	   *first_uid;
	RecordScan	scan;
	FrameRow	row;
	Sealer		sealer;
	StringInfoData line;

	if (fairdraw_read(psprintf("SELECT b.block, b.first_uid FROM fairdraw_data.frame_block b"
							   " WHERE b.draw = $1 AND %s <= %s ORDER BY b.block DESC LIMIT 1",
							   fairdraw_uid_order("b.first_uid"), fairdraw_uid_order("$2")),
					  "it", draw->id, uid) == 0)
		changed_frame(draw);
	block = fairdraw_get_int32(0, 1);
	first_uid = fairdraw_get_text(0, 2);
	if (block < 0 || (uint64) block >= blocks->count)
		changed_frame(draw);

	fairdraw_sealer_init(&sealer, draw->salt_key, draw->label);
	initStringInfo(&line);
	fairdraw_begin_frame(&scan, draw, first_uid, FAIRDRAW_BLOCK);
	while (fairdraw_next_row(&scan, &row))
	{
		if (row.stratum < 1 || row.stratum > draw->nstrata || size == FAIRDRAW_BLOCK)
			changed_frame(draw);
		fairdraw_frame_line(&line, &sealer, row.uid, row.len,
							draw->strata[row.stratum - 1].name, row.micro, found->salt);
		fairdraw_merkle_leaf(line.data, line.len, leaves[size]);
		if (row.len == strlen(uid) && memcmp(row.uid, uid, row.len) == 0)
		{
			at = size;
			found->line = pnstrdup(line.data, line.len);
			found->stratum = row.stratum - 1;
			found->micro = row.micro;
		}
		size++;
	}
	fairdraw_end_scan(&scan);
	if (at < 0)
		changed_frame(draw);
	if (draw->sealed)
		fairdraw_salt(&sealer, uid, strlen(uid), found->salt);

	found->uid = pstrdup(uid);
	found->index = (uint64) block * FAIRDRAW_BLOCK + at;
	found->nodes = fairdraw_merkle_path((const uint8 (*)[FAIRDRAW_HASH_LEN]) leaves, size,
										at, found->path);
	found->nodes += fairdraw_merkle_path((const uint8 (*)[FAIRDRAW_HASH_LEN]) blocks->hash,
										 blocks->count, block, found->path + found->nodes);
	if (!fairdraw_from_hex(draw->root, FAIRDRAW_HASH_LEN, root) ||
		!fairdraw_merkle_verify(leaves[at], found->index, draw->units,
								(const uint8 (*)[FAIRDRAW_HASH_LEN]) found->path,
								found->nodes, root))
		changed_frame(draw);
	return found;
}

static void
write_leaf(Sink *sink, const Leaf *leaf)
{
	fairdraw_sink_line(sink, "unit: " UINT64_FORMAT "\t%s", leaf->index, leaf->line);
	for (int i = 0; i < leaf->nodes; i++)
	{
		char		hex[FAIRDRAW_HEX_LEN + 1];

		fairdraw_to_hex(leaf->path[i], FAIRDRAW_HASH_LEN, hex);
		fairdraw_sink_line(sink, "path: " UINT64_FORMAT "\t%s", leaf->index, hex);
	}
}

/* its key, where there are keys and it is not certain */
static void
write_key(Sink *sink, const DrawRecord *draw, const CutoffRecord *cutoff, const Leaf *leaf,
		  uint64 a)
{
	char	   *numerator;
	char	   *denominator;
	Remainder	rest = cutoff->rest;

	if (fairdraw_resolve_method(draw->method, draw->strata[leaf->stratum].units) != METHOD_PARETO ||
		rest.n == 0 || (unsigned __int128) rest.n * leaf->micro >= rest.w)
		return;
	fairdraw_key_fraction(a, leaf->micro, rest, &numerator, &denominator);
	fairdraw_sink_line(sink, "pareto: %s/%s", numerator, denominator);
}

/* What follows from the seed: its ticket, and once the seed is public the rest. */
static void
write_outcome(Sink *sink, const DrawRecord *draw, const CeremonyRecord *ceremony,
			  const Leaf *leaf)
{
	char		s[FAIRDRAW_HEX_LEN + 1];
	char		hex[FAIRDRAW_HEX_LEN + 1];
	uint8		ticket[FAIRDRAW_HASH_LEN];
	Design	   *design;
	CutoffRecord *cutoffs;

	fairdraw_ceremony_seed(ceremony, s);
	design = fairdraw_frozen_design(draw, s);
	fairdraw_ticket(&design->stream, leaf->uid, strlen(leaf->uid), ticket);
	fairdraw_to_hex(ticket, sizeof(ticket), hex);
	fairdraw_sink_line(sink, "ticket: %s", hex);
	if (!ceremony->disclosed)
		return;

	cutoffs = fairdraw_load_cutoffs(draw, ceremony->execution);
	if (cutoffs == NULL)
		changed_frame(draw);
	fairdraw_sink_line(sink, "key: %s", design->stream.key);
	fairdraw_write_cutoff(sink, "cutoff: ", draw->strata[leaf->stratum].name,
						  &cutoffs[leaf->stratum]);
	write_key(sink, draw, &cutoffs[leaf->stratum], leaf,
			  fairdraw_position(ticket, design->shift));
	if (fairdraw_read("SELECT role, rank FROM fairdraw_data.selection"
					  " WHERE draw = $1 AND execution = $2 AND uid = $3", "iit", draw->id,
					  ceremony->execution, leaf->uid) == 0)
		fairdraw_sink_line(sink, "role: none");
	else
		fairdraw_sink_line(sink, "role: %s\t%d", fairdraw_get_text(0, 1),
						   fairdraw_get_int32(0, 2));
}

/* The two units between which a uid would stand; at an end there is one. */
static void
write_neighbours(Sink *sink, const DrawRecord *draw, const Blocks *blocks, const char *uid)
{
	static const char *const below = "SELECT f.uid FROM fairdraw_data.frame f WHERE f.draw = $1 AND %s < %s ORDER BY %s DESC LIMIT 1";
	static const char *const above = "SELECT f.uid FROM fairdraw_data.frame f WHERE f.draw = $1 AND %s > %s ORDER BY %s LIMIT 1";

	for (int i = 0; i < 2; i++)
	{
		char	   *sql = psprintf(i == 0 ? below : above, fairdraw_uid_order("f.uid"),
								   fairdraw_uid_order("$2"), fairdraw_uid_order("f.uid"));

		if (fairdraw_read(sql, "it", draw->id, uid) > 0)
			write_leaf(sink, find_leaf(draw, blocks, fairdraw_get_text(0, 1)));
	}
}

/* unit_proof(label, uid) */
PG_FUNCTION_INFO_V1(fairdraw_unit_proof);
Datum
fairdraw_unit_proof(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	char	   *uid = fairdraw_utf8_arg(fcinfo, 1);
	DrawRecord *draw;
	CeremonyRecord *ceremony;
	Blocks		blocks;
	OwnerSection section;
	Sink		sink;

	fairdraw_require_duty(DUTY_ANY);
	fairdraw_require_field("uid", uid, FAIRDRAW_MAX_LABEL);
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	SPI_connect();
	fairdraw_begin_owner(&section);
	draw = fairdraw_load_draw(label);
	ceremony = fairdraw_load_ceremony(draw->ceremony, LOCK_NONE);
	fairdraw_require_sealed(ceremony);
	fairdraw_require_frame(draw);
	blocks = load_blocks(draw);

	fairdraw_sink_init(&sink, (ReturnSetInfo *) fcinfo->resultinfo);
	fairdraw_sink_line(&sink, "fairdraw/1 proof");
	fairdraw_sink_line(&sink, "draw: %s", draw->label);
	fairdraw_sink_line(&sink, "uid: %s", uid);
	if (fairdraw_read("SELECT FROM fairdraw_data.frame WHERE draw = $1 AND uid = $2",
					  "it", draw->id, uid) > 0)
	{
		Leaf	   *leaf = find_leaf(draw, &blocks, uid);

		write_leaf(&sink, leaf);
		if (draw->sealed)
			fairdraw_sink_line(&sink, "salt: %s", leaf->salt);
		fairdraw_sink_line(&sink, "micro: " UINT64_FORMAT, leaf->micro);
		if (ceremony->execution > 0)
			write_outcome(&sink, draw, ceremony, leaf);
	}
	else if (fairdraw_read("SELECT reason FROM fairdraw_data.exclusion WHERE draw = $1 AND uid = $2",
						   "it", draw->id, uid) > 0)
		fairdraw_sink_line(&sink, "exclusion: %s\t%s", uid, fairdraw_get_text(0, 1));
	else
		write_neighbours(&sink, draw, &blocks, uid);

	fairdraw_write_ceremony(&sink, ceremony);
	fairdraw_write_plan(&sink, draw);
	if (ceremony->disclosed)
		fairdraw_write_seed(&sink, ceremony);
	fairdraw_end_owner(&section);
	SPI_finish();
	return (Datum) 0;
}
