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

#include "miscadmin.h"
#include "utils/memutils.h"

#include "draw_state.h"
#include "field.h"
#include "flat.h"

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

static char *
put_list(char *at, const Shortlist *list)
{
	at = fairdraw_put_integer(at, list->size, 8);
	for (uint64 i = 0; i < list->size; i++)
	{
		const Kept *unit = &list->units[i];

		at = fairdraw_put_integer(at, unit->micro, 8);
		at = fairdraw_put_integer(at, unit->len, 2);
		at = fairdraw_put_bytes(at, unit->uid, unit->len);
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
	at = fairdraw_put_bytes(at, STATE_MAGIC, strlen(STATE_MAGIC));
	at = fairdraw_put_integer(at, state->design_len, 4);
	at = fairdraw_put_bytes(at, state->design_text, state->design_len);
	at = fairdraw_put_integer(at, state->nstrata, 4);
	for (int i = 0; i < state->nstrata; i++)
	{
		StratumState *stratum = state->strata[i];

		at = fairdraw_put_integer(at, stratum->len, 2);
		at = fairdraw_put_bytes(at, stratum->name, stratum->len);
		at = fairdraw_put_integer(at, stratum->units, 8);
		at = fairdraw_put_integer(at, stratum->w, 8);
		at = fairdraw_put_integer(at, stratum->keep, 1);
		at = put_list(at, &stratum->largest);
		at = put_list(at, &stratum->nearest);
	}
	Assert(at == (char *) result + size);
}

/*
 * Reading a flat state.  It may come from another server or from a user, so
 * everything is checked that the code above relies on.
 */

static void
get_list(FlatReader *in, DrawState *state, StratumState *stratum, Shortlist *list)
{
	uint64		size = fairdraw_get_integer(in, 8);
	unsigned	__int128 total = 0;
	Kept		previous;

	if (size > Min(list->limit, stratum->units))
		fairdraw_invalid_flat(in, "It holds more units than it should.");
	for (uint64 i = 0; i < size; i++)
	{
		uint64		micro = fairdraw_get_integer(in, 8);
		size_t		len = fairdraw_get_integer(in, 2);
		const char *uid = fairdraw_get_bytes(in, len);
		Kept		unit;

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (micro == 0 || micro > stratum->w ||
			fairdraw_field_fault(uid, len, FAIRDRAW_MAX_LABEL) != NULL)
			fairdraw_invalid_flat(in, "A unit is not valid.");
		total += micro;
		unit = fairdraw_kept(state->design, uid, len, micro);
		if (i > 0 && fairdraw_compare_kept(list, &previous, &unit) > 0)
			fairdraw_invalid_flat(in, "Its units are not in order.");
		fairdraw_offer(state, list, &unit);
		previous = unit;
	}
	if (stratum->keep == KEEP_WHOLE && list == &stratum->nearest && total != stratum->w)
		fairdraw_invalid_flat(in, "The units of a stratum do not have its sum.");
}

static void
get_stratum(FlatReader *in, DrawState *state)
{
	size_t		len = fairdraw_get_integer(in, 2);
	const char *name = fairdraw_get_bytes(in, len);
	StratumState *stratum;
	uint64		keep;

	if (memchr(name, '\0', len) != NULL)
		fairdraw_invalid_flat(in, "A stratum is not valid.");
	stratum = fairdraw_find_stratum(state, name, len);
	if (stratum->units != 0)
		fairdraw_invalid_flat(in, "A stratum stands twice.");
	stratum->units = fairdraw_get_integer(in, 8);
	stratum->w = fairdraw_get_integer(in, 8);
	if (stratum->units == 0 || stratum->w < stratum->units || stratum->w > PG_INT64_MAX)
		fairdraw_invalid_flat(in, "The sums of a stratum are not valid.");
	keep = fairdraw_get_integer(in, 1);
	if (stratum->keep == KEEP_WHOLE && keep == KEEP_EXTREMES &&
		stratum->units > FAIRDRAW_WHOLE_STRATUM &&
		state->design->method != METHOD_PIVOTAL)
		fairdraw_keep_extremes(state, stratum);
	if (keep != stratum->keep)
		fairdraw_invalid_flat(in, "What it keeps of a stratum does not go with its design.");
	get_list(in, state, stratum, &stratum->largest);
	get_list(in, state, stratum, &stratum->nearest);
	if (stratum->keep == KEEP_WHOLE &&
		(stratum->nearest.size != stratum->units || stratum->largest.size != 0 ||
		 (stratum->units > FAIRDRAW_WHOLE_STRATUM &&
		  state->design->method != METHOD_PIVOTAL)))
		fairdraw_invalid_flat(in, "A stratum is not whole.");
	if (stratum->keep == KEEP_EXTREMES &&
		(stratum->largest.size != Min(stratum->largest.limit, stratum->units) ||
		 stratum->nearest.size != Min(stratum->nearest.limit, stratum->units)))
		fairdraw_invalid_flat(in, "It holds fewer units than it should.");
}

static DrawState *
parse_state(const char *bytes, size_t len, MemoryContext parent)
{
	FlatReader	in = {"draw_state", "draw_sample", bytes, bytes + len};
	DrawState  *state;
	size_t		design_len;
	uint64		strata;

	if (memcmp(fairdraw_get_bytes(&in, strlen(STATE_MAGIC)), STATE_MAGIC, strlen(STATE_MAGIC)) != 0)
		fairdraw_invalid_flat(&in, "It does not begin as a draw_state does.");
	design_len = fairdraw_get_integer(&in, 4);
	state = fairdraw_make_state(parent, fairdraw_get_bytes(&in, design_len), design_len);
	strata = fairdraw_get_integer(&in, 4);
	for (uint64 i = 0; i < strata; i++)
	{
		CHECK_FOR_INTERRUPTS();
		get_stratum(&in, state);
		if (i > 0 && fairdraw_compare_strata(&state->strata[i - 1], &state->strata[i]) >= 0)
			fairdraw_invalid_flat(&in, "Its strata are not in order.");
	}
	if (in.at != in.end)
		fairdraw_invalid_flat(&in, "It goes on after its end.");
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

PG_FUNCTION_INFO_V1(fairdraw_state_in);
Datum
fairdraw_state_in(PG_FUNCTION_ARGS)
{
	bytea	   *value = fairdraw_flat_in("draw_state", PG_GETARG_CSTRING(0));

	(void) parse_state(VARDATA(value), VARSIZE(value) - VARHDRSZ, CurrentMemoryContext);
	PG_RETURN_BYTEA_P(value);
}

PG_FUNCTION_INFO_V1(fairdraw_state_out);
Datum
fairdraw_state_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(fairdraw_flat_out(PG_GETARG_DATUM(0)));
}

PG_FUNCTION_INFO_V1(fairdraw_state_recv);
Datum
fairdraw_state_recv(PG_FUNCTION_ARGS)
{
	bytea	   *value = fairdraw_flat_recv((StringInfo) PG_GETARG_POINTER(0));

	(void) parse_state(VARDATA(value), VARSIZE(value) - VARHDRSZ, CurrentMemoryContext);
	PG_RETURN_BYTEA_P(value);
}

PG_FUNCTION_INFO_V1(fairdraw_state_send);
Datum
fairdraw_state_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(fairdraw_flat_send(PG_GETARG_DATUM(0)));
}
