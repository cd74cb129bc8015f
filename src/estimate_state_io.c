/*
 * estimate_state_io.c
 *		The type estimate_state: an expanded object in memory, flat when it is
 *		stored or sent.
 *
 *		"fde1"
 *		what (1)
 *		number of cells (4), for each, ascending by its names:
 *			draw, stratum, domain, stream: each its length (2), bytes; a length
 *				of 65535: none was given
 *			units (8), certain (8), nonzero (8)
 *			sums (see exact_sum.c)
 */
#include "fairdraw.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "estimate_state.h"

#define STATE_MAGIC "fde1"
#define NULL_LEN 65535

static Size state_get_flat_size(ExpandedObjectHeader *header);
static void state_flatten_into(ExpandedObjectHeader *header, void *result, Size size);

static const ExpandedObjectMethods state_methods = {
	state_get_flat_size,
	state_flatten_into
};

/* An empty state, in a context of its own below "parent". */
EstimateState *
fairdraw_make_estimate_state(MemoryContext parent, Estimand what)
{
	MemoryContext context = AllocSetContextCreate(parent, "fairdraw estimate state",
												  ALLOCSET_DEFAULT_SIZES);
	EstimateState *state = MemoryContextAllocZero(context, sizeof(EstimateState));

	EOH_init_header(&state->header, &state_methods, context);
	state->what = what;
	return state;
}

static Size
state_get_flat_size(ExpandedObjectHeader *header)
{
	EstimateState *state = (EstimateState *) header;
	Size		size = VARHDRSZ + strlen(STATE_MAGIC) + 1 + 4;

	fairdraw_sort_cells(state);
	for (int i = 0; i < state->ncells; i++)
	{
		Cell	   *cell = state->cells[i];

		for (int j = 0; j < CELL_NAMES; j++)
			size += 2 + Max(cell->lens[j], 0);
		size += 3 * 8;
		for (int j = 0; j < CELL_SUMS; j++)
			size += fairdraw_sum_flat_size(&cell->sums[j], header->eoh_context);
	}
	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the state of the estimate exceeds 1 GB"),
				 errhint("Estimate fewer domains at a time.")));
	state->flat_size = size;
	return size;
}

static void
state_flatten_into(ExpandedObjectHeader *header, void *result, Size size)
{
	EstimateState *state = (EstimateState *) header;
	char	   *at = (char *) result + VARHDRSZ;

	Assert(size == state->flat_size);
	SET_VARSIZE(result, size);
	at = fairdraw_put_bytes(at, STATE_MAGIC, strlen(STATE_MAGIC));
	at = fairdraw_put_integer(at, state->what, 1);
	at = fairdraw_put_integer(at, state->ncells, 4);
	for (int i = 0; i < state->ncells; i++)
	{
		Cell	   *cell = state->cells[i];

		for (int j = 0; j < CELL_NAMES; j++)
		{
			int32		len = cell->lens[j];

			at = fairdraw_put_integer(at, len == CELL_NULL_NAME ? NULL_LEN : len, 2);
			if (len > 0)
				at = fairdraw_put_bytes(at, cell->names[j], len);
		}
		at = fairdraw_put_integer(at, cell->units, 8);
		at = fairdraw_put_integer(at, cell->certain, 8);
		at = fairdraw_put_integer(at, cell->nonzero, 8);
		for (int j = 0; j < CELL_SUMS; j++)
			at = fairdraw_put_sum(at, &cell->sums[j]);
	}
	Assert(at == (char *) result + size);
}

static void
get_cell(FlatReader *in, EstimateState *state)
{
	const char *names[CELL_NAMES];
	int32		lens[CELL_NAMES];
	Cell	   *cell;

	for (int i = 0; i < CELL_NAMES; i++)
	{
		lens[i] = fairdraw_get_integer(in, 2);
		names[i] = NULL;
		if (lens[i] == NULL_LEN)
			lens[i] = CELL_NULL_NAME;
		else
		{
			names[i] = fairdraw_get_bytes(in, lens[i]);
			if (lens[i] > CELL_MAX_NAME || !pg_verify_mbstr(PG_UTF8, names[i], lens[i], true))
				fairdraw_invalid_flat(in, "A name is not valid.");
		}
	}
	if (lens[CELL_STRATUM] == CELL_NULL_NAME)
		fairdraw_invalid_flat(in, "A cell has no stratum.");
	cell = fairdraw_find_cell(state, names, lens);
	if (cell->units != 0)
		fairdraw_invalid_flat(in, "A cell stands twice.");
	cell->units = fairdraw_get_integer(in, 8);
	cell->certain = fairdraw_get_integer(in, 8);
	cell->nonzero = fairdraw_get_integer(in, 8);
	if (cell->units == 0 || cell->units > PG_INT64_MAX || cell->certain > cell->units ||
		cell->nonzero > cell->units - cell->certain)
		fairdraw_invalid_flat(in, "The counts of a cell are not valid.");
	for (int i = 0; i < CELL_SUMS; i++)
		fairdraw_get_sum(in, &cell->sums[i], state->header.eoh_context);
}

static EstimateState *
parse_state(const char *bytes, size_t len, MemoryContext parent)
{
	FlatReader	in = {"estimate_state", "estimate_sample", bytes, bytes + len};
	EstimateState *state;
	uint64		what;
	uint64		cells;

	if (memcmp(fairdraw_get_bytes(&in, strlen(STATE_MAGIC)), STATE_MAGIC, strlen(STATE_MAGIC)) != 0)
		fairdraw_invalid_flat(&in, "It does not begin as an estimate_state does.");
	what = fairdraw_get_integer(&in, 1);
	if (what > ESTIMATE_RATIO)
		fairdraw_invalid_flat(&in, "It does not say what is estimated.");
	state = fairdraw_make_estimate_state(parent, (Estimand) what);
	cells = fairdraw_get_integer(&in, 4);
	for (uint64 i = 0; i < cells; i++)
	{
		CHECK_FOR_INTERRUPTS();
		get_cell(&in, state);
		if (i > 0 && fairdraw_compare_names(state->cells[i - 1], state->cells[i],
											CELL_DRAW, CELL_STREAM) >= 0)
			fairdraw_invalid_flat(&in, "Its cells are not in order.");
	}
	if (in.at != in.end)
		fairdraw_invalid_flat(&in, "It goes on after its end.");
	return state;
}

/*
 * The state in a datum: the expanded one itself where there is one, which then
 * must not be changed, else a new one below "parent".
 */
EstimateState *
fairdraw_estimate_state_from_datum(Datum datum, MemoryContext parent)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(datum);

	if (VARATT_IS_EXTERNAL_EXPANDED(value))
	{
		ExpandedObjectHeader *header = DatumGetEOHP(datum);

		if (header->eoh_methods == &state_methods)
			return (EstimateState *) header;
	}
	value = PG_DETOAST_DATUM_PACKED(datum);
	return parse_state(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), parent);
}

PG_FUNCTION_INFO_V1(fairdraw_estimate_state_in);
Datum
fairdraw_estimate_state_in(PG_FUNCTION_ARGS)
{
	bytea	   *value = fairdraw_flat_in("estimate_state", PG_GETARG_CSTRING(0));

	(void) parse_state(VARDATA(value), VARSIZE(value) - VARHDRSZ, CurrentMemoryContext);
	PG_RETURN_BYTEA_P(value);
}

PG_FUNCTION_INFO_V1(fairdraw_estimate_state_out);
Datum
fairdraw_estimate_state_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(fairdraw_flat_out(PG_GETARG_DATUM(0)));
}

PG_FUNCTION_INFO_V1(fairdraw_estimate_state_recv);
Datum
fairdraw_estimate_state_recv(PG_FUNCTION_ARGS)
{
	bytea	   *value = fairdraw_flat_recv((StringInfo) PG_GETARG_POINTER(0));

	(void) parse_state(VARDATA(value), VARSIZE(value) - VARHDRSZ, CurrentMemoryContext);
	PG_RETURN_BYTEA_P(value);
}

PG_FUNCTION_INFO_V1(fairdraw_estimate_state_send);
Datum
fairdraw_estimate_state_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(fairdraw_flat_send(PG_GETARG_DATUM(0)));
}
