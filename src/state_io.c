/*
 * state_io.c
 *		The type draw_state: an expanded object in memory, flat when it is stored
 *		or sent.
 *
 * The flat form is a string of bytes, big-endian, with the units in their orders: equal states have equal
 * bytes on every machine.  Positions and tickets are not sent, they follow from
 * the key and the uid.
 *
 *		"fds1"
 *		length of the design (4), design
 *		number of strata (4), for each, ascending by name:
 *			length of the name (2), name, units (8), sum of micro (8), keep (1)
 *			number of the largest (8), each: micro (8), length (2), uid
 *			number of the nearest (8), each the same
 */
#include "fairdraw.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "draw_state.h"
#include "field.h"

#define STATE_MAGIC "fds1"

/*
 * The expanded object
 */

static Size state_get_flat_size(ExpandedObjectHeader *header);
static void state_flatten_into(ExpandedObjectHeader *header, void *result, Size size);

static const ExpandedObjectMethods state_methods = {
	state_get_flat_size,
	state_flatten_into
};

/* An empty state for a design, in a context of its own below "parent". */
DrawState *
fairdraw_make_state(MemoryContext parent, const char *design_text, size_t design_len)
{
	MemoryContext context = AllocSetContextCreate(parent, "fairdraw draw state",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	DrawState  *state = palloc0(sizeof(DrawState));

	EOH_init_header(&state->header, &state_methods, context);
	state->design = fairdraw_read_design(design_text, design_len);
	state->design_text = pnstrdup(design_text, design_len);
	state->design_len = design_len;
	MemoryContextSwitchTo(caller);
	return state;
}

static Size
list_flat_size(const Shortlist *list)
{
	Size		size = sizeof(uint64);

	for (uint64 i = 0; i < list->size; i++)
		size += sizeof(uint64) + sizeof(uint16) + list->units[i].len;
	return size;
}

static Size
state_get_flat_size(ExpandedObjectHeader *header)
{
	DrawState  *state = (DrawState *) header;
	Size		size = VARHDRSZ + strlen(STATE_MAGIC) + 4 + state->design_len + 4;

	fairdraw_sort_state(state); /* drops what is beyond the limits */
	for (int i = 0; i < state->nstrata; i++)
	{
		StratumState *stratum = state->strata[i];

		size += 2 + stratum->len + 8 + 8 + 1 +
			list_flat_size(&stratum->largest) + list_flat_size(&stratum->nearest);
	}
	state->flat_size = size;
	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the state of the draw exceeds 1 GB"),
				 errhint("Draw fewer units at a time, or without partitions and parallel workers.")));
	return size;
}

/* Writes an integer of so many bytes, big-endian. */
static char *
put_integer(char *at, uint64 value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--, value >>= 8)
		at[i] = (char) value;
	return at + bytes;
}

static char *
put_bytes(char *at, const void *bytes, size_t len)
{
	memcpy(at, bytes, len);
	return at + len;
}

static char *
put_list(char *at, const Shortlist *list)
{
	at = put_integer(at, list->size, 8);
	for (uint64 i = 0; i < list->size; i++)
	{
		const Kept *unit = &list->units[i];

		at = put_integer(at, unit->micro, 8);
		at = put_integer(at, unit->len, 2);
		at = put_bytes(at, unit->uid, unit->len);
	}
	return at;
}

static void
state_flatten_into(ExpandedObjectHeader *header, void *result, Size size)
{
	DrawState  *state = (DrawState *) header;
	char	   *at = (char *) result + VARHDRSZ;

	Assert(size == state->flat_size);
	SET_VARSIZE(result, size);
	at = put_bytes(at, STATE_MAGIC, strlen(STATE_MAGIC));
	at = put_integer(at, state->design_len, 4);
	at = put_bytes(at, state->design_text, state->design_len);
	at = put_integer(at, state->nstrata, 4);
	for (int i = 0; i < state->nstrata; i++)
	{
		StratumState *stratum = state->strata[i];

		at = put_integer(at, stratum->len, 2);
		at = put_bytes(at, stratum->name, stratum->len);
		at = put_integer(at, stratum->units, 8);
		at = put_integer(at, stratum->w, 8);
		at = put_integer(at, stratum->keep, 1);
		at = put_list(at, &stratum->largest);
		at = put_list(at, &stratum->nearest);
	}
	Assert(at == (char *) result + size);
}

/*
 * Reading a flat state.  It may come from another server or from a user, so
 * everything is checked that the code above relies on.
 */

typedef struct Cursor
{
	const char *at;
	const char *end;
} Cursor;

static void
invalid_state(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid draw_state"),
			 errdetail("%s", detail),
			 errhint("States are made by the aggregate fairdraw.draw_sample() of the same version.")));
}

static const char *
get_bytes(Cursor *in, size_t len)
{
	const char *bytes = in->at;

	if ((size_t) (in->end - in->at) < len)
		invalid_state("It ends too early.");
	in->at += len;
	return bytes;
}

static uint64
get_integer(Cursor *in, int bytes)
{
	const unsigned char *at = (const unsigned char *) get_bytes(in, bytes);
	uint64		value = 0;

	for (int i = 0; i < bytes; i++)
		value = value << 8 | at[i];
	return value;
}

static void
get_list(Cursor *in, DrawState *state, StratumState *stratum, Shortlist *list)
{
	uint64		size = get_integer(in, 8);
	unsigned	__int128 total = 0;
	Kept		previous;

	if (size > Min(list->limit, stratum->units))
		invalid_state("It holds more units than it should.");
	for (uint64 i = 0; i < size; i++)
	{
		uint64		micro = get_integer(in, 8);
		size_t		len = get_integer(in, 2);
		const char *uid = get_bytes(in, len);
		Kept		unit;

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (micro == 0 || micro > stratum->w ||
			fairdraw_field_fault(uid, len, FAIRDRAW_MAX_LABEL) != NULL)
			invalid_state("A unit is not valid.");
		total += micro;
		unit = fairdraw_kept(state->design, uid, len, micro);
		if (i > 0 && fairdraw_compare_kept(list, &previous, &unit) > 0)
			invalid_state("Its units are not in order.");
		fairdraw_offer(state, list, &unit);
		previous = unit;
	}
	if (stratum->keep == KEEP_WHOLE && list == &stratum->nearest && total != stratum->w)
		invalid_state("The units of a stratum do not have its sum.");
}

static void
get_stratum(Cursor *in, DrawState *state)
{
	size_t		len = get_integer(in, 2);
	const char *name = get_bytes(in, len);
	StratumState *stratum;
	uint64		keep;

	if (memchr(name, '\0', len) != NULL)
		invalid_state("A stratum is not valid.");
	stratum = fairdraw_find_stratum(state, name, len);
	if (stratum->units != 0)
		invalid_state("A stratum stands twice.");
	stratum->units = get_integer(in, 8);
	stratum->w = get_integer(in, 8);
	if (stratum->units == 0 || stratum->w < stratum->units || stratum->w > PG_INT64_MAX)
		invalid_state("The sums of a stratum are not valid.");
	keep = get_integer(in, 1);
	if (stratum->keep == KEEP_WHOLE && keep == KEEP_EXTREMES &&
		stratum->units > FAIRDRAW_WHOLE_STRATUM &&
		state->design->method != METHOD_PIVOTAL)
		fairdraw_keep_extremes(state, stratum);
	if (keep != stratum->keep)
		invalid_state("What it keeps of a stratum does not go with its design.");
	get_list(in, state, stratum, &stratum->largest);
	get_list(in, state, stratum, &stratum->nearest);
	if (stratum->keep == KEEP_WHOLE &&
		(stratum->nearest.size != stratum->units || stratum->largest.size != 0 ||
		 (stratum->units > FAIRDRAW_WHOLE_STRATUM &&
		  state->design->method != METHOD_PIVOTAL)))
		invalid_state("A stratum is not whole.");
	if (stratum->keep == KEEP_EXTREMES &&
		(stratum->largest.size != Min(stratum->largest.limit, stratum->units) ||
		 stratum->nearest.size != Min(stratum->nearest.limit, stratum->units)))
		invalid_state("It holds fewer units than it should.");
}

static DrawState *
parse_state(const char *bytes, size_t len, MemoryContext parent)
{
	Cursor		in = {bytes, bytes + len};
	DrawState  *state;
	size_t		design_len;
	uint64		strata;

	if (memcmp(get_bytes(&in, strlen(STATE_MAGIC)), STATE_MAGIC, strlen(STATE_MAGIC)) != 0)
		invalid_state("It does not begin as a draw_state does.");
	design_len = get_integer(&in, 4);
	state = fairdraw_make_state(parent, get_bytes(&in, design_len), design_len);
	strata = get_integer(&in, 4);
	for (uint64 i = 0; i < strata; i++)
	{
		CHECK_FOR_INTERRUPTS();
		get_stratum(&in, state);
		if (i > 0 && fairdraw_compare_strata(&state->strata[i - 1], &state->strata[i]) >= 0)
			invalid_state("Its strata are not in order.");
	}
	if (in.at != in.end)
		invalid_state("It goes on after its end.");
	return state;
}

/*
 * The state in a datum: the expanded one itself where there is one, which then
 * must not be changed, else a new one below "parent".
 */
DrawState *
fairdraw_state_from_datum(Datum datum, MemoryContext parent)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(datum);

	if (VARATT_IS_EXTERNAL_EXPANDED(value))
	{
		ExpandedObjectHeader *header = DatumGetEOHP(datum);

		if (header->eoh_methods == &state_methods)
			return (DrawState *) header;
	}
	value = PG_DETOAST_DATUM_PACKED(datum);
	return parse_state(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), parent);
}

static struct varlena *
flat_state(Datum datum)
{
	return (struct varlena *) PG_DETOAST_DATUM_PACKED(datum);
}

/*
 * Input and output: the bytes, as hexadecimal digits in text
 */

PG_FUNCTION_INFO_V1(fairdraw_state_in);
Datum
fairdraw_state_in(PG_FUNCTION_ARGS)
{
	char	   *hex = PG_GETARG_CSTRING(0);
	size_t		len = strlen(hex) / 2;
	bytea	   *value = palloc(VARHDRSZ + len);

	SET_VARSIZE(value, VARHDRSZ + len);
	if (!fairdraw_is_hex(hex, strlen(hex), 2 * len))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type draw_state"),
				 errhint("It is written as an even number of the digits 0-9 and a-f.")));
	fairdraw_from_hex(hex, len, (uint8 *) VARDATA(value));
	(void) parse_state(VARDATA(value), len, CurrentMemoryContext);
	PG_RETURN_BYTEA_P(value);
}

PG_FUNCTION_INFO_V1(fairdraw_state_out);
Datum
fairdraw_state_out(PG_FUNCTION_ARGS)
{
	struct varlena *value = flat_state(PG_GETARG_DATUM(0));
	size_t		len = VARSIZE_ANY_EXHDR(value);
	char	   *hex = palloc(2 * len + 1);

	fairdraw_to_hex((const uint8 *) VARDATA_ANY(value), len, hex);
	PG_RETURN_CSTRING(hex);
}

PG_FUNCTION_INFO_V1(fairdraw_state_recv);
Datum
fairdraw_state_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			len = message->len - message->cursor;
	bytea	   *value = palloc(VARHDRSZ + len);

	SET_VARSIZE(value, VARHDRSZ + len);
	pq_copymsgbytes(message, VARDATA(value), len);
	(void) parse_state(VARDATA(value), len, CurrentMemoryContext);
	PG_RETURN_BYTEA_P(value);
}

PG_FUNCTION_INFO_V1(fairdraw_state_send);
Datum
fairdraw_state_send(PG_FUNCTION_ARGS)
{
	struct varlena *value = flat_state(PG_GETARG_DATUM(0));
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbytes(&message, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}
