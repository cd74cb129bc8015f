/*
 * draw.c
 *		draw(), a reproducible weighted draw over any query, and the functions
 *		on single units that give the same sample in plain SQL.
 */
#include "fairdraw.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "arguments.h"
#include "draw.h"
#include "draw_state.h"
#include "field.h"
#include "query.h"

/* The design that the arguments of draw() and draw_design() describe. */
static Design *
design_from_arguments(Jsonb *sizes, text *seed, text *stream, text *method, text *rotation)
{
	Design	   *design = palloc0(sizeof(Design));
	char	   *seed_text = fairdraw_text_to_utf8(seed);
	char	   *stream_text = fairdraw_text_to_utf8(stream);
	char		s[FAIRDRAW_HEX_LEN + 1];
	char		key[FAIRDRAW_HEX_LEN + 1];

	if (seed_text[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the seed is empty"),
				 errhint("A draw that others shall believe needs a seed that nobody could choose: see open_ceremony().")));
	fairdraw_require_stream(stream_text);
	fairdraw_seed_hash(seed_text, strlen(seed_text), s);
	fairdraw_stream_key(s, stream_text, key);
	fairdraw_stream_init(&design->stream, key);
	design->method = fairdraw_require_method(text_to_cstring(method));
	design->rotation = fairdraw_require_rotation(text_to_cstring(rotation));
	design->shift = fairdraw_rotation_shift(design->rotation);
	fairdraw_read_sizes(sizes, design);
	fairdraw_check_design(design);
	return design;
}

/* A stream label is a label that no lottery uses. */
void
fairdraw_require_stream(const char *stream)
{
	fairdraw_require_field("stream label", stream, FAIRDRAW_MAX_LABEL);
	if (strncmp(stream, "lottery/", strlen("lottery/")) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid stream label: \"%s\"",
						fairdraw_shown(stream)),
				 errhint("Labels that begin with lottery/ belong to lotteries of inspectors.")));
}

/* Analyses the query of a frame and finds its columns. */
void
fairdraw_open_frame(FrameQuery *frame, const char *query)
{
	static const Column columns[] = {
		{"uid", COLUMN_TEXT, NULL},
		{"stratum", COLUMN_TEXT, "'all'::pg_catalog.text"},
		{"weight", COLUMN_WEIGHT, "1::pg_catalog.numeric"},
		{"part", COLUMN_ANY, ""}
	};

	memcpy(frame->columns, columns, sizeof(frame->columns));
	frame->query = fairdraw_analyze_query("frame", query);
	fairdraw_find_columns(frame->query, frame->columns, lengthof(frame->columns));
}

/*
 * One aggregate query over the frame.  Where the frame has a column "part",
 * each part is aggregated by itself first, so that the server that holds it
 * can do that.
 */
void
fairdraw_collect_frame(const Design *design, void *arg)
{
	const FrameQuery *frame = arg;
	const Column *columns = frame->columns;
	StringInfoData statement;

	initStringInfo(&statement);
	if (columns[FRAME_PART].found)
		appendStringInfoString(&statement, "SELECT fairdraw.draw_merge(p.s) FROM (");
	appendStringInfo(&statement,
					 "SELECT fairdraw.draw_sample(%s, %s, %s, $1) AS s FROM (%s\n) AS f",
					 columns[FRAME_UID].expression, columns[FRAME_STRATUM].expression,
					 columns[FRAME_WEIGHT].expression, frame->query->text);
	if (columns[FRAME_PART].found)
		appendStringInfo(&statement, " GROUP BY %s) AS p", columns[FRAME_PART].expression);
	fairdraw_run_grouped_query(frame->query, statement.data,
							   fairdraw_shown(fairdraw_write_design(design)), columns[FRAME_PART].found);
}

/* Takes the state out of SPI_tuptable into "context".  NULL: there are no rows. */
static DrawState *
take_state(MemoryContext context)
{
	DrawState  *state = NULL;
	bool		isnull;
	Datum		datum = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);

	if (!isnull)
		state = fairdraw_state_from_datum(datum, context);
	SPI_freetuptable(SPI_tuptable);
	return state;
}

/*
 * Collects the frame and selects: one pass, and a second one over the strata
 * where the first cannot be sure.  The samples live in "context".
 */
StratumSample *
fairdraw_sample(FrameCollector collect, void *arg, const Design *design, bool sealed,
				MemoryContext context, int *count)
{
	MemoryContext caller = CurrentMemoryContext;
	DrawState  *first;
	DrawState  *second;
	Design	   *rest;
	StratumSample *samples;
	StratumSample *again;
	bool		known = true;

	collect(design, arg);
	first = take_state(context);
	if (first == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("the frame has no units"),
				 errhint("Check the frame query: a draw needs at least one unit.")));
	MemoryContextSwitchTo(context);
	samples = fairdraw_state_select(first, NULL, sealed, count);
	MemoryContextSwitchTo(caller);
	for (int i = 0; i < *count; i++)
		known = known && samples[i].known;
	if (known)
		return samples;

	rest = fairdraw_second_design(first, samples);
	collect(rest, arg);
	second = take_state(context);
	if (second == NULL || second->nstrata != first->nstrata)
		fairdraw_frame_changed();
	MemoryContextSwitchTo(context);
	again = fairdraw_state_select(second, first, sealed, count);
	MemoryContextSwitchTo(caller);
	for (int i = 0; i < *count; i++)
		if (!samples[i].known)
			samples[i] = again[i];
	return samples;
}

/* One row of draw() and selection(). */
static void
put_sample_row(ReturnSetInfo *rsinfo, const StratumSample *stratum, uint64 i)
{
	const Sample *sample = &stratum->sample;
	const Unit *unit = sample->units[i];
	Role		role = fairdraw_role(sample, i);
	bytea	   *ticket = palloc(VARHDRSZ + FAIRDRAW_HASH_LEN);
	Datum		values[7];
	bool		nulls[7] = {false};

	SET_VARSIZE(ticket, VARHDRSZ + FAIRDRAW_HASH_LEN);
	memcpy(VARDATA(ticket), unit->ticket, FAIRDRAW_HASH_LEN);
	values[0] = CStringGetTextDatum(fairdraw_from_utf8(stratum->stratum->name,
													   stratum->stratum->len));
	values[1] = CStringGetTextDatum(fairdraw_role_names[role]);
	values[2] = Int32GetDatum((int32) i + 1);
	values[3] = CStringGetTextDatum(fairdraw_from_utf8(unit->uid, unit->len));
	values[4] = PointerGetDatum(ticket);
	values[5] = NumericGetDatum(fairdraw_micro_weight(unit->micro));
	values[6] = Float8GetDatum(fairdraw_probability(unit->micro, sample->rest, role));
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

static void
put_samples(ReturnSetInfo *rsinfo, const StratumSample *samples, int count)
{
	MemoryContext row = AllocSetContextCreate(CurrentMemoryContext, "fairdraw row",
											  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(row);

	for (int s = 0; s < count; s++)
	{
		const Sample *sample = &samples[s].sample;

		for (uint64 i = 0; i < sample->certain + sample->drawn + sample->reserve; i++)
		{
			CHECK_FOR_INTERRUPTS();
			put_sample_row(rsinfo, &samples[s], i);
			MemoryContextReset(row);
		}
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(row);
}

/* draw(frame, sizes, seed, stream, method, rotation): STRICT */
PG_FUNCTION_INFO_V1(fairdraw_draw);
Datum
fairdraw_draw(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext caller = CurrentMemoryContext;
	Design	   *design = design_from_arguments(DatumGetJsonbP(fairdraw_arg(fcinfo, 1)), DatumGetTextPP(fairdraw_arg(fcinfo, 2)),
											   DatumGetTextPP(fairdraw_arg(fcinfo, 3)), DatumGetTextPP(fairdraw_arg(fcinfo, 4)),
											   DatumGetTextPP(fairdraw_arg(fcinfo, 5)));
	char	   *frame_text = fairdraw_text_arg(fcinfo, 0);
	FrameQuery	frame;
	StratumSample *samples;
	int			count;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	fairdraw_open_frame(&frame, frame_text);
	samples = fairdraw_sample(fairdraw_collect_frame, &frame, design, false, caller, &count);
	SPI_finish();

	put_samples(rsinfo, samples, count);
	return (Datum) 0;
}

/* draw_design(sizes, seed, stream, method, rotation) */
PG_FUNCTION_INFO_V1(fairdraw_draw_design);
Datum
fairdraw_draw_design(PG_FUNCTION_ARGS)
{
	Design	   *design = design_from_arguments(DatumGetJsonbP(fairdraw_arg(fcinfo, 0)), DatumGetTextPP(fairdraw_arg(fcinfo, 1)),
											   DatumGetTextPP(fairdraw_arg(fcinfo, 2)), DatumGetTextPP(fairdraw_arg(fcinfo, 3)),
											   DatumGetTextPP(fairdraw_arg(fcinfo, 4)));
	char	   *text = fairdraw_write_design(design);

	PG_RETURN_TEXT_P(cstring_to_text(fairdraw_shown(text)));
}

/*
 * Functions on single units
 */

static char *
require_key(text *arg)
{
	char	   *key = text_to_cstring(arg);

	if (!fairdraw_is_hex(key, strlen(key), FAIRDRAW_HEX_LEN))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid stream key: \"%s\"", key),
				 errhint("It is 64 hexadecimal digits: see fairdraw.stream_key().")));
	return key;
}

/* stream_key(seed, stream): K, with S = hex(H(seed)) */
PG_FUNCTION_INFO_V1(fairdraw_stream_key_sql);
Datum
fairdraw_stream_key_sql(PG_FUNCTION_ARGS)
{
	char	   *seed = fairdraw_utf8_arg(fcinfo, 0);
	char	   *stream = fairdraw_utf8_arg(fcinfo, 1);
	char		s[FAIRDRAW_HEX_LEN + 1];
	char		key[FAIRDRAW_HEX_LEN + 1];

	fairdraw_require_field("stream label", stream, FAIRDRAW_MAX_LABEL);
	fairdraw_seed_hash(seed, strlen(seed), s);
	fairdraw_stream_key(s, stream, key);
	PG_RETURN_TEXT_P(cstring_to_text(key));
}

/* ticket(key, uid): 32 bytes */
PG_FUNCTION_INFO_V1(fairdraw_ticket_sql);
Datum
fairdraw_ticket_sql(PG_FUNCTION_ARGS)
{
	text	   *key_arg = DatumGetTextPP(fairdraw_arg(fcinfo, 0));
	text	   *uid_arg = DatumGetTextPP(fairdraw_arg(fcinfo, 1));
	Stream	   *stream = fcinfo->flinfo->fn_extra;
	size_t		len;
	const char *uid = fairdraw_to_utf8(VARDATA_ANY(uid_arg), VARSIZE_ANY_EXHDR(uid_arg), &len);
	bytea	   *ticket = palloc(VARHDRSZ + FAIRDRAW_HASH_LEN);

	/* the state after the key is kept from one call to the next */
	if (stream == NULL ||
		VARSIZE_ANY_EXHDR(key_arg) != FAIRDRAW_HEX_LEN ||
		memcmp(VARDATA_ANY(key_arg), stream->key, FAIRDRAW_HEX_LEN) != 0)
	{
		char	   *key = require_key(key_arg);

		if (stream == NULL)
			stream = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(Stream));
		fairdraw_stream_init(stream, key);
		fcinfo->flinfo->fn_extra = stream;
	}
	SET_VARSIZE(ticket, VARHDRSZ + FAIRDRAW_HASH_LEN);
	fairdraw_ticket(stream, uid, len, (uint8 *) VARDATA(ticket));
	PG_RETURN_BYTEA_P(ticket);
}

/* The arguments that pareto_key() and poisson_drawn() share. */
static const uint8 *
unit_arguments(FunctionCallInfo fcinfo, uint64 *a, uint64 *micro, Remainder *rest)
{
	bytea	   *ticket = DatumGetByteaPP(fairdraw_arg(fcinfo, 0));
	int64		micro_arg = DatumGetInt64(fairdraw_arg(fcinfo, 1));
	int64		n = DatumGetInt64(fairdraw_arg(fcinfo, 2));
	int64		w = DatumGetInt64(fairdraw_arg(fcinfo, 3));
	Rotation	rotation = fairdraw_require_rotation(fairdraw_text_arg(fcinfo, 4));

	if (VARSIZE_ANY_EXHDR(ticket) != FAIRDRAW_HASH_LEN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a ticket has 32 bytes, not %d", (int) VARSIZE_ANY_EXHDR(ticket)),
				 errhint("Take it from fairdraw.ticket().")));
	if (micro_arg <= 0 || n <= 0 || w <= 0 ||
		(unsigned __int128) n * micro_arg >= (unsigned __int128) w)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a unit of micro " INT64_FORMAT " has no key among n " INT64_FORMAT " of " INT64_FORMAT,
						micro_arg, n, w),
				 errdetail("All three are above 0, and n * micro is below w."),
				 errhint("Give n and w as they are after the certain units (protocol section 6), and leave those units out.")));
	*a = fairdraw_position((const uint8 *) VARDATA_ANY(ticket),
						   fairdraw_rotation_shift(rotation));
	*micro = micro_arg;
	rest->n = n;
	rest->w = w;
	return (const uint8 *) VARDATA_ANY(ticket);
}

/* poisson_drawn(ticket, micro, n, w, rotation) */
PG_FUNCTION_INFO_V1(fairdraw_poisson_drawn_sql);
Datum
fairdraw_poisson_drawn_sql(PG_FUNCTION_ARGS)
{
	uint64		a,
				micro;
	Remainder	rest;

	(void) unit_arguments(fcinfo, &a, &micro, &rest);
	PG_RETURN_BOOL(fairdraw_poisson_drawn(a, micro, rest));
}

/* pareto_key(ticket, micro, n, w, rotation): 80 bytes */
PG_FUNCTION_INFO_V1(fairdraw_pareto_key_sql);
Datum
fairdraw_pareto_key_sql(PG_FUNCTION_ARGS)
{
	uint64		a,
				micro;
	Remainder	rest;
	const uint8 *ticket = unit_arguments(fcinfo, &a, &micro, &rest);
	bytea	   *key = palloc(VARHDRSZ + FAIRDRAW_KEY_LEN);

	SET_VARSIZE(key, VARHDRSZ + FAIRDRAW_KEY_LEN);
	fairdraw_key_bytes(ticket, a, micro, rest, (uint8 *) VARDATA(key));
	PG_RETURN_BYTEA_P(key);
}
