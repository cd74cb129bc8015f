/*
 * commit.c
 *		commit_draw(): freezing a frame in a ceremony (protocol sections 2 and 3).
 *
 * Frame, exclusions and register are read in the order of their uids under one
 * snapshot and merged, so that whatever stands twice, or in one of them only,
 * is noticed, in constant memory.
 */
#include "fairdraw.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "arguments.h"
#include "ceremony.h"
#include "design.h"
#include "draw.h"
#include "field.h"
#include "merkle.h"
#include "progress.h"
#include "query.h"
#include "rows.h"

#define FEW_UNITS 8				/* below, sealed weights betray themselves */
#define ROWS_A_FETCH 1000

/*
 * A query of the caller's with a uid, read in the order of the uids
 */

typedef struct Reader
{
	CallerQuery *query;			/* NULL: there is none, and it has no rows */
	Portal		portal;
	SPITupleTable *batch;
	uint64		size;
	uint64		next;
	MemoryContext values;		/* reset with each batch */
	bool		present;		/* is there a current row? */
	HeapTuple	tuple;
	uint64		rows;
	size_t		len;
	char		uid[FAIRDRAW_MAX_LABEL + 1];	/* UTF-8 */
} Reader;

static void
open_reader(Reader *reader, const char *what, const char *text, Column *columns, int count)
{
	StringInfoData list;

	memset(reader, 0, sizeof(Reader));
	if (text == NULL)
		return;
	reader->values = AllocSetContextCreate(CurrentMemoryContext, "fairdraw reader",
										   ALLOCSET_DEFAULT_SIZES);
	reader->query = fairdraw_analyze_query(what, text);
	fairdraw_find_columns(reader->query, columns, count);
	initStringInfo(&list);
	for (int i = 0; i < count; i++)
		appendStringInfo(&list, "%s%s", i == 0 ? "" : ", ", columns[i].expression);
	reader->portal = fairdraw_open_query(reader->query,
										 psprintf("SELECT %s FROM (%s\n) AS f ORDER BY %s NULLS FIRST",
												  list.data, reader->query->text,
												  fairdraw_uid_order(columns[0].expression)));
}

/* The caller may want to change its tables in the same transaction. */
static void
close_reader(Reader *reader)
{
	if (reader->query == NULL)
		return;
	SPI_freetuptable(reader->batch);
	fairdraw_close_query(reader->portal);
}

/* A value of the current row; it must not be null. */
static Datum
reader_value(const Reader *reader, int column, const char *name)
{
	bool		isnull;
	Datum		value = SPI_getbinval(reader->tuple, reader->batch->tupdesc, column, &isnull);

	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 column == 1
				 ? errmsg("a uid is null in the %s", reader->query->what)
				 : errmsg("the %s of uid \"%s\" is null in the %s", name,
						  fairdraw_shown(reader->uid), reader->query->what),
				 errhint("Correct the %s query, or leave the row out.", reader->query->what)));
	return value;
}

static void
check_uid(const Reader *reader, const char *utf8, size_t len, bool first)
{
	char	   *fault = fairdraw_field_fault(utf8, len, FAIRDRAW_MAX_LABEL);

	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid uid in the %s: \"%s\"", reader->query->what,
						fairdraw_from_utf8(utf8, len)),
				 errdetail("%s", fault),
				 errhint("Use the registered identifier: 1 to 255 bytes of visible text in form NFC, without white space at either end.")));
	if (!first && reader->len == len && memcmp(reader->uid, utf8, len) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNIQUE_VIOLATION),
				 errmsg("uid \"%s\" stands twice in the %s", fairdraw_shown(reader->uid),
						reader->query->what),
				 errhint("Make the %s query return one row for each unit.",
						 reader->query->what)));
}

/* Goes to the next row, if there is one. */
static void
read_next(Reader *reader)
{
	MemoryContext caller;
	text	   *value;
	const char *utf8;
	size_t		len;

	reader->present = false;
	if (reader->query == NULL)
		return;
	if (reader->next == reader->size)
	{
		CHECK_FOR_INTERRUPTS();
		if (reader->batch != NULL)
			SPI_freetuptable(reader->batch);
		MemoryContextReset(reader->values);
		fairdraw_fetch_query(reader->query, reader->portal, ROWS_A_FETCH);
		reader->batch = SPI_tuptable;
		reader->size = SPI_processed;
		reader->next = 0;
		if (reader->size == 0)
			return;				/* the empty batch is freed with the reader */
	}
	reader->tuple = reader->batch->vals[reader->next++];
	caller = MemoryContextSwitchTo(reader->values);
	value = DatumGetTextPP(reader_value(reader, 1, "uid"));
	utf8 = fairdraw_to_utf8(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), &len);
	check_uid(reader, utf8, len, reader->rows == 0);
	memcpy(reader->uid, utf8, len);
	reader->uid[len] = '\0';
	reader->len = len;
	reader->rows++;
	reader->present = true;
	MemoryContextSwitchTo(caller);
}

static int
compare_readers(const Reader *a, const Reader *b)
{
	/* one that has ended comes last */
	if (!a->present || !b->present)
		return (int) b->present - (int) a->present;
	return strcmp(a->uid, b->uid);
}

/*
 * commit_draw()
 */

typedef struct Freeze
{
	DrawRecord *draw;
	Design	   *design;
	Reader		frame;
	Reader		exclusions;
	Reader		registered;
	RowWriter	frame_rows;
	RowWriter	block_rows;
	RowWriter	exclusion_rows;
	Sealer		sealer;
	Merkle		tree;			/* over blocks */
	Merkle		block;			/* over the leaves of the current block */
	char	   *first_uid;		/* of the current block */
	Sink		exclusion_lines;
	StringInfoData line;
	Progress	progress;
	uint64		uid_bytes;		/* of the frame */
} Freeze;

/* "sizes" as a number: which strata are there? */
static void
name_strata(Freeze *freeze, const char *frame_text)
{
	Column		column = {"stratum", COLUMN_TEXT, "'all'::pg_catalog.text"};
	CallerQuery *query = fairdraw_analyze_query("frame", frame_text);
	Quota		every = freeze->design->quotas[0];
	Design	   *design = freeze->design;

	fairdraw_find_columns(query, &column, 1);
	fairdraw_run_query(query, psprintf("SELECT DISTINCT s.stratum COLLATE pg_catalog.\"C\" FROM"
									   " (SELECT %s AS stratum FROM (%s\n) AS f) AS s"
									   " WHERE s.stratum IS NOT NULL",
									   column.expression, query->text), NULL);
	design->nquotas = SPI_processed;
	design->quotas = palloc0(Max(SPI_processed, 1) * sizeof(Quota));
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		design->quotas[i] = every;
		design->quotas[i].stratum = fairdraw_get_text(i, 1);
	}
	SPI_freetuptable(SPI_tuptable);
	fairdraw_sort_quotas(design);
}

static void
make_strata(Freeze *freeze)
{
	DrawRecord *draw = freeze->draw;
	const Design *design = freeze->design;

	draw->nstrata = design->nquotas;
	draw->strata = palloc0(Max(design->nquotas, 1) * sizeof(StratumRecord));
	for (int i = 0; i < design->nquotas; i++)
	{
		fairdraw_require_field("stratum", design->quotas[i].stratum, FAIRDRAW_MAX_LABEL);
		draw->strata[i].name = design->quotas[i].stratum;
		draw->strata[i].n = design->quotas[i].n;
		draw->strata[i].reserve = design->quotas[i].reserve;
	}
}

static int
find_stratum(Freeze *freeze, text *value)
{
	size_t		len;
	const char *name = fairdraw_to_utf8(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), &len);
	const Quota *quota;

	/* it is one of its array; every one has its own, so the place is a number */
	freeze->design->any_stratum = false;
	quota = fairdraw_find_quota(freeze->design, name, len);
	if (quota == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the sizes do not name the stratum \"%s\" of the frame",
						fairdraw_from_utf8(name, len)),
				 errdetail("It is the stratum of uid \"%s\".", fairdraw_shown(freeze->frame.uid)),
				 errhint("Give its size, 0 if nobody is to be drawn from it, or leave it out of the frame.")));
	return quota - freeze->design->quotas;
}

static void
end_block(Freeze *freeze)
{
	uint8		root[FAIRDRAW_HASH_LEN];
	bytea	   *hash;
	Datum		values[3];

	if (freeze->block.size == 0)
		return;
	fairdraw_merkle_root(&freeze->block, root);
	hash = palloc(VARHDRSZ + sizeof(root));
	SET_VARSIZE(hash, VARHDRSZ + sizeof(root));
	memcpy(VARDATA(hash), root, sizeof(root));
	values[0] = Int32GetDatum((int32) freeze->tree.size);
	values[1] = CStringGetTextDatum(fairdraw_shown(freeze->first_uid));
	values[2] = PointerGetDatum(hash);
	fairdraw_put_row(&freeze->block_rows, values);
	fairdraw_merkle_add(&freeze->tree, root);
	fairdraw_merkle_init(&freeze->block);
}

static void
freeze_unit(Freeze *freeze)
{
	const Reader *frame = &freeze->frame;
	text	   *stratum_value = DatumGetTextPP(reader_value(frame, 2, "stratum"));
	Datum		weight = reader_value(frame, 3, "weight");
	int			number = find_stratum(freeze, stratum_value);
	StratumRecord *stratum = &freeze->draw->strata[number];
	uint64		micro;
	WeightFault fault = fairdraw_weight_micro(weight, &micro);
	uint8		leaf[FAIRDRAW_HASH_LEN];
	Datum		values[4];

	if (fault != WEIGHT_OK)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("invalid weight of uid \"%s\": %s", fairdraw_shown(frame->uid),
						DatumGetCString(DirectFunctionCall1(numeric_out, weight))),
				 errdetail("%s", fairdraw_weight_fault_text(fault)),
				 errhint("%s", fairdraw_weight_fault_hint(fault))));
	freeze->uid_bytes += frame->len;
	stratum->units++;
	stratum->micro += micro;
	if (stratum->micro > PG_INT64_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the weights of stratum \"%s\" add up to more than 9223372036854.775807",
						fairdraw_shown(stratum->name)),
				 errhint("Scale the weights down: only their ratios matter.")));

	fairdraw_frame_line(&freeze->line, &freeze->sealer, frame->uid, frame->len,
						stratum->name, micro, NULL);
	fairdraw_merkle_leaf(freeze->line.data, freeze->line.len, leaf);
	if (freeze->block.size == 0)
		strcpy(freeze->first_uid, frame->uid);
	fairdraw_merkle_add(&freeze->block, leaf);
	if (freeze->block.size == FAIRDRAW_BLOCK)
		end_block(freeze);

	values[0] = reader_value(frame, 1, "uid");
	values[1] = Int32GetDatum(number + 1);
	values[2] = Int64GetDatum((int64) micro);
	values[3] = Int32GetDatum((int32) (fairdraw_load64(leaf) >> 32));
	fairdraw_put_row(&freeze->frame_rows, values);
}

static void
freeze_exclusion(Freeze *freeze)
{
	const Reader *exclusions = &freeze->exclusions;
	text	   *value = DatumGetTextPP(reader_value(exclusions, 2, "reason"));
	char	   *reason = fairdraw_text_to_utf8(value);
	char	   *fault = fairdraw_field_fault(reason, strlen(reason), FAIRDRAW_MAX_REMARK);
	Datum		values[2];

	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid reason for the exclusion of uid \"%s\": \"%s\"",
						fairdraw_shown(exclusions->uid), fairdraw_shown(reason)),
				 errdetail("%s", fault),
				 errhint("Use 1 to 1024 bytes of visible text in form NFC.")));
	fairdraw_sink_line(&freeze->exclusion_lines, "%s\t%s", exclusions->uid, reason);
	values[0] = reader_value(exclusions, 1, "uid");
	values[1] = PointerGetDatum(value);
	fairdraw_put_row(&freeze->exclusion_rows, values);
}

/* The unit with the lowest uid of frame and exclusions: does the register have it? */
static void
check_register(Freeze *freeze, const Reader *unit)
{
	int			order;

	if (freeze->registered.query == NULL)
		return;
	order = compare_readers(&freeze->registered, unit);
	if (order == 0)
		return;
	if (order < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("uid \"%s\" of the register is neither in the frame nor in the exclusions",
						fairdraw_shown(freeze->registered.uid)),
				 errhint("Every unit of the register stands in one of them: exclude it with its reason.")));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("uid \"%s\" of the %s is not in the register", fairdraw_shown(unit->uid),
					unit->query->what),
			 errhint("Frame and exclusions have units of the register only.")));
}

static void
freeze_all(Freeze *freeze)
{
	MemoryContext row = AllocSetContextCreate(CurrentMemoryContext, "fairdraw unit",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = CurrentMemoryContext;

	read_next(&freeze->frame);
	read_next(&freeze->exclusions);
	read_next(&freeze->registered);
	while (freeze->frame.present || freeze->exclusions.present)
	{
		int			order = compare_readers(&freeze->frame, &freeze->exclusions);
		Reader	   *lowest = order < 0 ? &freeze->frame : &freeze->exclusions;

		if (order == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("uid \"%s\" stands in the frame and in the exclusions",
							fairdraw_shown(lowest->uid)),
					 errhint("Leave it out of one of them.")));
		check_register(freeze, lowest);

		MemoryContextSwitchTo(row);
		if (order < 0)
			freeze_unit(freeze);
		else
			freeze_exclusion(freeze);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(row);

		read_next(lowest);
		if (freeze->registered.query != NULL)
			read_next(&freeze->registered);
		if ((freeze->frame.rows & 8191) == 0)
			fairdraw_progress_report(&freeze->progress, freeze->frame.rows);
	}
	/* what is left of the register */
	if (freeze->registered.present)
		check_register(freeze, &freeze->frame);
	close_reader(&freeze->frame);
	close_reader(&freeze->exclusions);
	close_reader(&freeze->registered);
	MemoryContextDelete(row);
}

static void
check_frozen(const Freeze *freeze)
{
	const DrawRecord *draw = freeze->draw;
	StringInfoData few;

	if (draw->units == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("the frame has no units"),
				 errhint("Check the frame query: a draw needs at least one unit.")));
	initStringInfo(&few);
	for (int i = 0; i < draw->nstrata; i++)
	{
		const StratumRecord *stratum = &draw->strata[i];

		if (stratum->units == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the sizes name a stratum that the frame does not have: \"%s\"",
							fairdraw_shown(stratum->name)),
					 errhint("Leave it out of the sizes, or correct its name.")));
		if (stratum->n > stratum->units)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("stratum \"%s\" has " UINT64_FORMAT " units, fewer than the " UINT64_FORMAT " to be drawn",
							fairdraw_shown(stratum->name), stratum->units, stratum->n),
					 errhint("Lower its size to at most " UINT64_FORMAT ".", stratum->units)));
		if (draw->sealed && stratum->units < FEW_UNITS && few.len < 200)
			appendStringInfo(&few, "%s\"%s\"", few.len == 0 ? "" : ", ", fairdraw_shown(stratum->name));
	}
	if (few.len > 0)
		ereport(WARNING,
				(errmsg("strata of fewer than %d units betray sealed weights by their sum", FEW_UNITS),
				 errdetail("Such are: %s.", few.data),
				 errhint("Join them with others, or commit the draw with open weights.")));
}

/*
 * A draw that was sealed has to be executed, so one whose state would not fit
 * is refused now.  At the most every list holds twice its limit, in an array
 * that was doubled.
 */
static void
check_state_size(const Freeze *freeze)
{
	const DrawRecord *draw = freeze->draw;
	double		uid_bytes = (double) freeze->uid_bytes / draw->units;
	double		kept = 0;

	for (int i = 0; i < draw->nstrata; i++)
	{
		const StratumRecord *stratum = &draw->strata[i];
		double		q = stratum->n + Max(stratum->reserve, 1);
		double		units = stratum->units;

		if (draw->method == METHOD_PIVOTAL || stratum->units <= FAIRDRAW_WHOLE_STRATUM)
			kept += units;
		else
			kept += Min(units, 2 * q) + Min(units, 2 * (q + 4 * sqrt(q) + 9));
	}
	if (kept * (2 * sizeof(Kept) + uid_bytes) > FAIRDRAW_STATE_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the state of draw \"%s\" could exceed 512 MB when it is executed",
						fairdraw_shown(draw->label)),
				 errdetail("Its lists may hold %.0f entries of %.0f bytes.", kept,
						   2 * sizeof(Kept) + uid_bytes),
				 errhint("Up to four times the units to be drawn are kept, and whole strata by method pivotal: split the frame into several draws.")));
}

static int32
next_draw(void)
{
	fairdraw_write("SELECT pg_catalog.nextval(pg_catalog.pg_get_serial_sequence('fairdraw_data.draw', 'draw'))::pg_catalog.int4", "");
	return fairdraw_get_int32(0, 1);
}

static void
label_is_used(const DrawRecord *draw)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNIQUE_VIOLATION),
			 errmsg("there is a draw \"%s\" already", fairdraw_shown(draw->label)),
			 errhint("A label is used once and for ever: take another one.")));
}

static void
insert_draw(const DrawRecord *draw, const char *user)
{
	char	   *rotation = psprintf("%d/%d", draw->rotation.j, draw->rotation.m);

	/* another session may have used the label meanwhile */
	if (fairdraw_write("INSERT INTO fairdraw_data.draw (draw, label, ceremony, method, stream, rotation,"
					   " sealed, register, units, root, exclusions, exclusions_hash, plan_hash, committed_by)"
					   " OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7,"
					   " nullif($8, -1), $9, $10, $11, $12, $13, $14)"
					   " ON CONFLICT (label) DO NOTHING",
					   "ittt" "ttbl" "ltlt" "tt", draw->id, draw->label, draw->ceremony,
					   fairdraw_method_names[draw->method], draw->stream, rotation,
					   (int) draw->sealed, draw->registered, (int64) draw->units, draw->root,
					   (int64) draw->exclusions, draw->exclusions_hash, draw->plan_hash, user) == 0)
		label_is_used(draw);
	for (int i = 0; i < draw->nstrata; i++)
	{
		const StratumRecord *stratum = &draw->strata[i];

		fairdraw_write("INSERT INTO fairdraw_data.stratum (draw, stratum, name, units, micro, n, reserve)"
					   " VALUES ($1, $2, $3, $4, $5, $6, $7)", "iitl" "lll",
					   draw->id, i + 1, stratum->name, (int64) stratum->units,
					   (int64) stratum->micro, (int64) stratum->n, (int64) stratum->reserve);
	}
	if (draw->salt_key != NULL)
		fairdraw_write("INSERT INTO fairdraw_data.salt_key (draw, key) VALUES ($1, $2)",
					   "it", draw->id, draw->salt_key);
}

static void
begin_rows(Freeze *freeze)
{
	fairdraw_begin_rows(&freeze->frame_rows, "fairdraw_frame_rows",
						psprintf("INSERT INTO fairdraw_data.frame (draw, uid, stratum, micro, leaf)"
								 " SELECT %d, a, b, c, d FROM fairdraw_frame_rows", freeze->draw->id),
						"tili");
	fairdraw_begin_rows(&freeze->block_rows, "fairdraw_block_rows",
						psprintf("INSERT INTO fairdraw_data.frame_block (draw, block, first_uid, hash)"
								 " SELECT %d, a, b, c FROM fairdraw_block_rows", freeze->draw->id),
						"itx");
	fairdraw_begin_rows(&freeze->exclusion_rows, "fairdraw_exclusion_rows",
						psprintf("INSERT INTO fairdraw_data.exclusion (draw, uid, reason)"
								 " SELECT %d, a, b FROM fairdraw_exclusion_rows", freeze->draw->id),
						"tt");
}

static char *
hex_of(const uint8 *digest)
{
	char	   *hex = palloc(FAIRDRAW_HEX_LEN + 1);

	fairdraw_to_hex(digest, FAIRDRAW_HASH_LEN, hex);
	return hex;
}

/* Everything but the arguments: reads, freezes, and fills in the draw. */
static void
freeze_draw(Freeze *freeze, const char *frame_text, const char *exclusions_text,
			const char *register_text)
{
	DrawRecord *draw = freeze->draw;
	uint8		root[FAIRDRAW_HASH_LEN];
	Column		frame_columns[] = {
		{"uid", COLUMN_TEXT, NULL},
		{"stratum", COLUMN_TEXT, "'all'::pg_catalog.text"},
		{"weight", COLUMN_WEIGHT, "1::pg_catalog.numeric"}
	};
	Column		exclusion_columns[] = {
		{"uid", COLUMN_TEXT, NULL},
		{"reason", COLUMN_TEXT, NULL}
	};
	Column		register_columns[] = {{"uid", COLUMN_TEXT, NULL}};

	if (freeze->design->any_stratum)
		name_strata(freeze, frame_text);
	make_strata(freeze);
	open_reader(&freeze->frame, "frame", frame_text, frame_columns, lengthof(frame_columns));
	open_reader(&freeze->exclusions, "exclusions", exclusions_text,
				exclusion_columns, lengthof(exclusion_columns));
	open_reader(&freeze->registered, "register", register_text,
				register_columns, lengthof(register_columns));

	fairdraw_sealer_init(&freeze->sealer, draw->salt_key, draw->label);
	fairdraw_merkle_init(&freeze->tree);
	fairdraw_merkle_init(&freeze->block);
	freeze->first_uid = palloc(FAIRDRAW_MAX_LABEL + 1);
	fairdraw_sink_init(&freeze->exclusion_lines, NULL);
	initStringInfo(&freeze->line);
	fairdraw_progress_begin(&freeze->progress, "units frozen", 0);
	begin_rows(freeze);

	freeze_all(freeze);

	draw->units = freeze->frame.rows;
	draw->exclusions = freeze->exclusions.rows;
	draw->registered = register_text == NULL ? -1 : (int64) freeze->registered.rows;
	end_block(freeze);
	fairdraw_merkle_root(&freeze->tree, root);
	draw->root = hex_of(root);
	draw->exclusions_hash = palloc(FAIRDRAW_HEX_LEN + 1);
	fairdraw_sink_hash(&freeze->exclusion_lines, draw->exclusions_hash);
	check_frozen(freeze);
	check_state_size(freeze);
	fairdraw_end_rows(&freeze->frame_rows);
	fairdraw_end_rows(&freeze->block_rows);
	fairdraw_end_rows(&freeze->exclusion_rows);
	fairdraw_progress_end(&freeze->progress);
}

/*
 * commit_draw(ceremony, label, frame, sizes, exclusions, register, method,
 *			   stream, rotation, sealed): the plan hash
 */
PG_FUNCTION_INFO_V1(fairdraw_commit_draw);
Datum
fairdraw_commit_draw(PG_FUNCTION_ARGS)
{
	Freeze	   *freeze = palloc0(sizeof(Freeze));
	DrawRecord *draw = palloc0(sizeof(DrawRecord));
	Design	   *design = palloc0(sizeof(Design));
	char	   *frame_text;
	char	   *exclusions_text;
	char	   *register_text;
	char	   *user;
	char		hash[FAIRDRAW_HEX_LEN + 1];
	OwnerSection section;

	fairdraw_require_duty(DUTY_DRAWER);
	user = fairdraw_caller();
	draw->ceremony = fairdraw_utf8_arg(fcinfo, 0);
	draw->label = fairdraw_utf8_arg(fcinfo, 1);
	fairdraw_require_field("draw label", draw->label, FAIRDRAW_MAX_LABEL);
	frame_text = fairdraw_text_arg(fcinfo, 2);
	fairdraw_read_sizes(DatumGetJsonbP(fairdraw_arg(fcinfo, 3)), design);
	exclusions_text = PG_ARGISNULL(4) ? NULL : fairdraw_text_arg(fcinfo, 4);
	register_text = PG_ARGISNULL(5) ? NULL : fairdraw_text_arg(fcinfo, 5);
	draw->method = design->method =
		fairdraw_require_method(fairdraw_text_arg(fcinfo, 6));
	draw->stream = PG_ARGISNULL(7) ? draw->label : fairdraw_utf8_arg(fcinfo, 7);
	fairdraw_require_stream(draw->stream);
	draw->rotation = fairdraw_require_rotation(fairdraw_text_arg(fcinfo, 8));
	draw->sealed = DatumGetBool(fairdraw_arg(fcinfo, 9));
	fairdraw_check_design(design);
	if (draw->sealed)
	{
		draw->salt_key = palloc(FAIRDRAW_HEX_LEN + 1);
		fairdraw_random_hex(draw->salt_key, FAIRDRAW_HEX_LEN);
	}
	freeze->draw = draw;
	freeze->design = design;

	SPI_connect();
	fairdraw_begin_owner(&section);
	fairdraw_require_open(fairdraw_load_ceremony(draw->ceremony, LOCK_SHARE));
	if (fairdraw_read("SELECT FROM fairdraw_data.draw WHERE label = $1", "t", draw->label) > 0)
		label_is_used(draw);
	draw->id = next_draw();
	fairdraw_end_owner(&section);

	freeze_draw(freeze, frame_text, exclusions_text, register_text);

	fairdraw_enter_owner(&section);
	fairdraw_plan_hash(draw, hash);
	draw->plan_hash = hash;
	insert_draw(draw, user);
	fairdraw_end_owner(&section);
	SPI_finish();
	PG_RETURN_TEXT_P(cstring_to_text(hash));
}
