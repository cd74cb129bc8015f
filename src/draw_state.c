/*
 * draw_state.c
 *		What one pass over a frame keeps of it: the type draw_state and its
 *		aggregates.
 *
 * A stratum of up to 200 units is kept whole, since its duels need everybody.
 * Of a larger one, with q = n + max(r, 1), the q largest units are kept (which
 * of them are certain is known only when the sum is), the q + 4 sqrt(q) + 8
 * units with the smallest a/micro (among which the smallest keys are, almost
 * always, and which proves itself in selection.c), and the exact sum.  All of
 * it is the same in whatever order units and partial states arrive, so one
 * state serves a serial scan, parallel workers, partitions and shards.
 *
 * In memory a state is an expanded object; stored or sent, it is a flat string
 * of bytes, big-endian, with the units in their orders: equal states have equal
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

#include <math.h>

#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "draw_state.h"
#include "field.h"

#define STATE_MAGIC "fds1"

/*
 * Heaps
 */

typedef int (*UnitOrder) (const Unit *a, const Unit *b, const StratumState *stratum);

static int
order_by_size(const Unit *a, const Unit *b, const StratumState *stratum)
{
	return fairdraw_compare_size(a, b);
}

static int
order_by_ratio(const Unit *a, const Unit *b, const StratumState *stratum)
{
	return fairdraw_compare_ratio(a, b);
}

static int
order_by_ticket(const Unit *a, const Unit *b, const StratumState *stratum)
{
	return fairdraw_compare_ticket(a, b);
}

static int
order_by_key(const Unit *a, const Unit *b, const StratumState *stratum)
{
	return fairdraw_compare_key(a, b, stratum->quota->rest);
}

/* the order in which "nearest" is kept */
static UnitOrder
nearest_order(Keep keep)
{
	switch (keep)
	{
		case KEEP_EXTREMES:
			return order_by_ratio;
		case KEEP_KEYS:
			return order_by_key;
		case KEEP_WHOLE:
		case KEEP_BELOW:
		case KEEP_NOTHING:
			return order_by_ticket;
	}
	pg_unreachable();
}

static void
sift_down(UnitHeap *heap, uint64 hole, Unit *unit, UnitOrder order,
		  const StratumState *stratum)
{
	uint64		child;

	while ((child = 2 * hole + 1) < heap->size)
	{
		if (child + 1 < heap->size &&
			order(heap->units[child + 1], heap->units[child], stratum) > 0)
			child++;
		if (order(unit, heap->units[child], stratum) >= 0)
			break;
		heap->units[hole] = heap->units[child];
		hole = child;
	}
	heap->units[hole] = unit;
}

static void
sift_up(UnitHeap *heap, uint64 hole, Unit *unit, UnitOrder order,
		const StratumState *stratum)
{
	while (hole > 0 && order(unit, heap->units[(hole - 1) / 2], stratum) > 0)
	{
		heap->units[hole] = heap->units[(hole - 1) / 2];
		hole = (hole - 1) / 2;
	}
	heap->units[hole] = unit;
}

static Unit *
copy_unit(MemoryContext context, const Unit *unit)
{
	size_t		size = offsetof(Unit, uid) + unit->len;
	Unit	   *copy = MemoryContextAlloc(context, size);

	memcpy(copy, unit, size);
	return copy;
}

static void
check_memory(const DrawState *state)
{
	Size		used = MemoryContextMemAllocated(state->header.eoh_context, true);

	if (used > FAIRDRAW_STATE_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the state of the draw exceeds 512 MB"),
				 errdetail("It holds units of %d strata.", state->nstrata),
				 errhint("Method pivotal keeps whole strata and the other methods twice the sample: use pareto or poisson, or draw fewer units at a time.")));
}

/* Keeps the unit if it is among the "limit" first ones in this order. */
static void
heap_offer(DrawState *state, StratumState *stratum, UnitHeap *heap,
		   const Unit *unit, UnitOrder order)
{
	MemoryContext context = state->header.eoh_context;

	if (heap->size >= heap->limit)
	{
		if (order(unit, heap->units[0], stratum) >= 0)
			return;
		pfree(heap->units[0]);
		sift_down(heap, 0, copy_unit(context, unit), order, stratum);
		return;
	}

	if (heap->size == heap->capacity)
	{
		uint64		capacity = heap->capacity == 0 ? 16 : 2 * heap->capacity;

		if (heap->capacity == 0)
			heap->units = MemoryContextAllocHuge(context, capacity * sizeof(Unit *));
		else
			heap->units = repalloc_huge(heap->units, capacity * sizeof(Unit *));
		heap->capacity = capacity;
	}
	heap->size++;
	sift_up(heap, heap->size - 1, copy_unit(context, unit), order, stratum);
	if ((++state->added & 1023) == 0)
		check_memory(state);
}

typedef struct SortArgument
{
	UnitOrder	order;
	const StratumState *stratum;
} SortArgument;

static int
compare_descending(const void *a, const void *b, void *arg)
{
	SortArgument *sort = arg;

	return -sort->order(*(Unit *const *) a, *(Unit *const *) b, sort->stratum);
}

/* Worst first: still a heap, and the canonical order read from the end. */
static void
heap_sort(UnitHeap *heap, UnitOrder order, const StratumState *stratum)
{
	SortArgument sort = {order, stratum};

	qsort_arg(heap->units, heap->size, sizeof(Unit *), compare_descending, &sort);
}

/*
 * Strata
 */

static uint64
ceil_sqrt(uint64 n)
{
	uint64		root = (uint64) sqrt((double) n);

	/* the floating-point root may be off by one; its use must not */
	while (root * root < n)
		root++;
	while (root > 0 && (root - 1) * (root - 1) >= n)
		root--;
	return root;
}

static void
begin_stratum(const DrawState *state, StratumState *stratum)
{
	const Quota *quota = stratum->quota;
	uint64		q = quota->n + Max(quota->reserve, 1);

	stratum->largest.limit = q;
	switch (quota->pass)
	{
		case PASS_FIRST:
			stratum->keep = KEEP_WHOLE;
			stratum->nearest.limit = PG_UINT64_MAX;
			break;
		case PASS_SECOND:
			if (state->design->method == METHOD_POISSON)
			{
				stratum->keep = KEEP_BELOW;
				stratum->nearest.limit = PG_UINT64_MAX;
			}
			else
			{
				stratum->keep = KEEP_KEYS;
				stratum->nearest.limit = quota->rest.n + Max(quota->reserve, 1);
			}
			break;
		case PASS_DONE:
			stratum->keep = KEEP_NOTHING;
			break;
	}
}

static uint64
nearest_limit(const Quota *quota)
{
	uint64		q = quota->n + Max(quota->reserve, 1);

	return q + 4 * ceil_sqrt(q) + 8;
}

/* A stratum that outgrew being kept whole. */
static void
keep_extremes(DrawState *state, StratumState *stratum)
{
	UnitHeap	whole = stratum->nearest;

	stratum->keep = KEEP_EXTREMES;
	memset(&stratum->nearest, 0, sizeof(UnitHeap));
	stratum->nearest.limit = nearest_limit(stratum->quota);
	for (uint64 i = 0; i < whole.size; i++)
	{
		heap_offer(state, stratum, &stratum->largest, whole.units[i], order_by_size);
		heap_offer(state, stratum, &stratum->nearest, whole.units[i], order_by_ratio);
		pfree(whole.units[i]);
	}
	if (whole.units != NULL)
		pfree(whole.units);
}

static void
rebuild_slots(DrawState *state)
{
	state->nslots = Max(64, 4 * state->max_strata);
	state->nslots = pg_nextpower2_32(state->nslots);
	if (state->slots != NULL)
		pfree(state->slots);
	state->slots = MemoryContextAllocZero(state->header.eoh_context,
										  state->nslots * sizeof(StratumState *));
	for (int i = 0; i < state->nstrata; i++)
	{
		uint32		slot = state->strata[i]->hash;

		while (state->slots[slot & (state->nslots - 1)] != NULL)
			slot++;
		state->slots[slot & (state->nslots - 1)] = state->strata[i];
	}
}

static StratumState *
add_stratum(DrawState *state, const char *name, size_t len, uint32 hash)
{
	MemoryContext context = state->header.eoh_context;
	const Quota *quota = fairdraw_find_quota(state->design, name, len);
	StratumState *stratum;
	char	   *fault = fairdraw_field_fault(name, len, FAIRDRAW_MAX_LABEL);

	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid stratum in the frame: \"%s\"", fairdraw_from_utf8(name, len)),
				 errdetail("%s", fault),
				 errhint("Use 1 to 255 bytes of visible text in form NFC, without white space at either end.")));
	if (quota == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the sizes do not name the stratum \"%s\" of the frame",
						fairdraw_from_utf8(name, len)),
				 errhint("Give its size, 0 if nobody is to be drawn from it, or leave it out of the frame.")));

	if (state->nstrata == state->max_strata)
	{
		state->max_strata = Max(16, 2 * state->max_strata);
		if (state->strata == NULL)
			state->strata = MemoryContextAlloc(context, state->max_strata * sizeof(StratumState *));
		else
			state->strata = repalloc(state->strata, state->max_strata * sizeof(StratumState *));
		rebuild_slots(state);
	}
	stratum = MemoryContextAllocZero(context, sizeof(StratumState));
	stratum->name = MemoryContextAlloc(context, len + 1);
	memcpy(stratum->name, name, len);
	stratum->name[len] = '\0';
	stratum->len = len;
	stratum->hash = hash;
	stratum->quota = quota;
	begin_stratum(state, stratum);

	state->strata[state->nstrata++] = stratum;
	while (state->slots[hash & (state->nslots - 1)] != NULL)
		hash++;
	state->slots[hash & (state->nslots - 1)] = stratum;
	return stratum;
}

static inline StratumState *
find_stratum(DrawState *state, const char *name, size_t len)
{
	StratumState *stratum = state->latest;
	uint32		hash;

	if (stratum != NULL && stratum->len == len && memcmp(stratum->name, name, len) == 0)
		return stratum;

	hash = hash_bytes((const unsigned char *) name, len);
	if (state->nslots > 0)
	{
		for (uint32 slot = hash;; slot++)
		{
			stratum = state->slots[slot & (state->nslots - 1)];
			if (stratum == NULL)
				break;
			if (stratum->hash == hash && stratum->len == len &&
				memcmp(stratum->name, name, len) == 0)
				return state->latest = stratum;
		}
	}
	return state->latest = add_stratum(state, name, len, hash);
}

static pg_noinline void
sum_overflow(const StratumState *stratum)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("the weights of stratum \"%s\" add up to more than 9223372036854.775807",
					fairdraw_from_utf8(stratum->name, stratum->len)),
			 errhint("Scale the weights down: only their ratios matter.")));
}

/* Keeps what has to be kept of a unit; counting it is the caller's. */
static inline void
keep_unit(DrawState *state, StratumState *stratum, const Unit *unit)
{
	switch (stratum->keep)
	{
		case KEEP_WHOLE:
			heap_offer(state, stratum, &stratum->nearest, unit, order_by_ticket);
			if (stratum->nearest.size > FAIRDRAW_WHOLE_STRATUM &&
				state->design->method != METHOD_PIVOTAL)
				keep_extremes(state, stratum);
			break;
		case KEEP_EXTREMES:
			heap_offer(state, stratum, &stratum->largest, unit, order_by_size);
			heap_offer(state, stratum, &stratum->nearest, unit, order_by_ratio);
			break;
		case KEEP_KEYS:
		case KEEP_BELOW:
			if (stratum->quota->smallest_certain != NULL &&
				fairdraw_compare_size(unit, stratum->quota->smallest_certain) <= 0)
				break;
			if (stratum->keep == KEEP_KEYS)
				heap_offer(state, stratum, &stratum->nearest, unit, order_by_key);
			else if (fairdraw_poisson_drawn(unit->a, unit->micro, stratum->quota->rest))
				heap_offer(state, stratum, &stratum->nearest, unit, order_by_ticket);
			break;
		case KEEP_NOTHING:
			break;
	}
}

static inline void
count_units(StratumState *stratum, uint64 units, uint64 w)
{
	stratum->units += units;
	stratum->w += w;
	if (unlikely(stratum->w > PG_INT64_MAX))
		sum_overflow(stratum);
}

/*
 * The expanded object
 */

static Size state_get_flat_size(ExpandedObjectHeader *header);
static void state_flatten_into(ExpandedObjectHeader *header, void *result, Size size);

static const ExpandedObjectMethods state_methods = {
	state_get_flat_size,
	state_flatten_into
};

static DrawState *
make_state(MemoryContext parent, const char *design_text, size_t design_len)
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

static int
compare_strata(const void *a, const void *b)
{
	const StratumState *left = *(StratumState *const *) a;
	const StratumState *right = *(StratumState *const *) b;

	return strcmp(left->name, right->name);
}

/* Brings strata and units into the canonical order. */
static void
sort_state(DrawState *state)
{
	if (state->nstrata > 0)
		qsort(state->strata, state->nstrata, sizeof(StratumState *), compare_strata);
	for (int i = 0; i < state->nstrata; i++)
	{
		StratumState *stratum = state->strata[i];

		CHECK_FOR_INTERRUPTS();
		heap_sort(&stratum->largest, order_by_size, stratum);
		heap_sort(&stratum->nearest, nearest_order(stratum->keep), stratum);
	}
}

static Size
heap_flat_size(const UnitHeap *heap)
{
	Size		size = sizeof(uint64);

	for (uint64 i = 0; i < heap->size; i++)
		size += sizeof(uint64) + sizeof(uint16) + heap->units[i]->len;
	return size;
}

static Size
state_get_flat_size(ExpandedObjectHeader *header)
{
	DrawState  *state = (DrawState *) header;
	Size		size = VARHDRSZ + strlen(STATE_MAGIC) + 4 + state->design_len + 4;

	for (int i = 0; i < state->nstrata; i++)
	{
		StratumState *stratum = state->strata[i];

		size += 2 + stratum->len + 8 + 8 + 1 +
			heap_flat_size(&stratum->largest) + heap_flat_size(&stratum->nearest);
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
put_heap(char *at, const UnitHeap *heap)
{
	at = put_integer(at, heap->size, 8);
	for (uint64 i = heap->size; i > 0; i--)
	{
		const Unit *unit = heap->units[i - 1];

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
	sort_state(state);
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
		at = put_heap(at, &stratum->largest);
		at = put_heap(at, &stratum->nearest);
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
get_heap(Cursor *in, DrawState *state, StratumState *stratum, UnitHeap *heap,
		 UnitOrder order)
{
	uint64		size = get_integer(in, 8);
	Unit	   *previous = NULL;

	if (size > Min(heap->limit, stratum->units))
		invalid_state("It holds more units than it should.");
	for (uint64 i = 0; i < size; i++)
	{
		uint64		micro = get_integer(in, 8);
		size_t		len = get_integer(in, 2);
		const char *uid = get_bytes(in, len);
		Unit	   *unit;

		if (micro == 0 || micro > stratum->w || len == 0 || len > FAIRDRAW_MAX_LABEL)
			invalid_state("A unit is not valid.");
		unit = fairdraw_make_unit(state->design, uid, len, micro);
		if (previous != NULL && order(previous, unit, stratum) > 0)
			invalid_state("Its units are not in order.");
		heap_offer(state, stratum, heap, unit, order);
		if (previous != NULL)
			pfree(previous);
		previous = unit;
	}
	if (previous != NULL)
		pfree(previous);
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
	stratum = find_stratum(state, name, len);
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
	{
		stratum->keep = KEEP_EXTREMES;
		stratum->nearest.limit = nearest_limit(stratum->quota);
	}
	if (keep != stratum->keep)
		invalid_state("What it keeps of a stratum does not go with its design.");
	get_heap(in, state, stratum, &stratum->largest, order_by_size);
	get_heap(in, state, stratum, &stratum->nearest, nearest_order(stratum->keep));
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
	state = make_state(parent, get_bytes(&in, design_len), design_len);
	strata = get_integer(&in, 4);
	for (uint64 i = 0; i < strata; i++)
	{
		CHECK_FOR_INTERRUPTS();
		get_stratum(&in, state);
		if (i > 0 && compare_strata(&state->strata[i - 1], &state->strata[i]) >= 0)
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

/*
 * Transition functions
 */

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a transition function was called outside of its aggregate"),
				 errhint("Use the aggregates fairdraw.draw_sample() and fairdraw.draw_merge().")));
	return context;
}

static pg_noinline void
null_argument(const char *what, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("%s is null in a row of the frame", what),
			 errhint("%s", hint)));
}

/* Is the design, the last argument of the aggregate, the same in every row? */
static bool
design_is_constant(FunctionCallInfo fcinfo)
{
	Aggref	   *aggref = AggGetAggref(fcinfo);
	Node	   *arg;

	if (aggref == NULL || list_length(aggref->args) != 4)
		return false;
	arg = (Node *) llast_node(TargetEntry, aggref->args)->expr;
	return IsA(arg, Const) ||
		(IsA(arg, Param) && ((Param *) arg)->paramkind == PARAM_EXTERN);
}

/* The state, made at the first row; later rows have to bring the same design. */
static DrawState *
begin_row(FunctionCallInfo fcinfo)
{
	MemoryContext context = aggregate_context(fcinfo);
	struct varlena *arg;
	DrawState  *state = NULL;
	text	   *design;
	const char *utf8;
	size_t		len;

	if (PG_ARGISNULL(4))
		null_argument("the design of the draw",
					  "Take it from fairdraw.draw_design().");
	arg = (struct varlena *) PG_GETARG_POINTER(4);
	if (!PG_ARGISNULL(0))
	{
		state = (DrawState *) DatumGetEOHP(PG_GETARG_DATUM(0));
		if (likely(state->design_arg == arg))
			return state;
	}

	design = PG_GETARG_TEXT_PP(4);
	utf8 = fairdraw_to_utf8(VARDATA_ANY(design), VARSIZE_ANY_EXHDR(design), &len);
	if (state == NULL)
		state = make_state(context, utf8, len);
	else if (state->design_len != len || memcmp(state->design_text, utf8, len) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the design changed within one draw"),
				 errhint("Give the same design with every row.")));

	/*
	 * A constant stays where it is while the query runs; any other argument
	 * may be overwritten in place, and is compared every time.
	 */
	state->design_arg = design_is_constant(fcinfo) ? arg : NULL;
	return state;
}

static pg_noinline void
invalid_uid(const char *uid, size_t len, const char *fault)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid uid in the frame: \"%s\"", pnstrdup(uid, len)),
			 errdetail("%s", fault),
			 errhint("Use the registered identifier: 1 to 255 bytes of visible text in form NFC, without white space at either end.")));
}

static pg_noinline void
invalid_weight(const char *uid, size_t len, Datum weight, WeightFault fault)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("invalid weight of uid \"%s\": %s", fairdraw_from_utf8(uid, len),
					DatumGetCString(DirectFunctionCall1(numeric_out, weight))),
			 errdetail("%s", fairdraw_weight_fault_text(fault)),
			 fault == WEIGHT_NOT_POSITIVE
			 ? errhint("A unit that must not be drawn stands in the exclusions, with its reason.")
			 : errhint("Round it in the frame query, for example to numeric(12,6).")));
}

static inline void
add_unit(DrawState *state, StratumState *stratum, const char *uid, size_t len,
		 uint64 micro)
{
	union
	{
		Unit		unit;
		char		space[offsetof(Unit, uid) + FAIRDRAW_MAX_LABEL];
	}			buffer;
	Unit	   *unit = &buffer.unit;

	count_units(stratum, 1, micro);
	if (stratum->keep == KEEP_NOTHING)
		return;
	unit->micro = micro;
	unit->len = len;
	memcpy(unit->uid, uid, len);
	fairdraw_ticket(&state->design->stream, uid, len, unit->ticket);
	unit->a = fairdraw_position(unit->ticket, state->design->shift);
	keep_unit(state, stratum, unit);
}

/* draw_state_add(state, uid text, stratum text, weight numeric, design text) */
PG_FUNCTION_INFO_V1(fairdraw_state_add);
Datum
fairdraw_state_add(PG_FUNCTION_ARGS)
{
	DrawState  *state = begin_row(fcinfo);
	text	   *arg;
	const char *uid;
	const char *name;
	size_t		uid_len;
	size_t		name_len;
	uint64		micro;
	WeightFault weight_fault;
	char	   *fault;

	if (PG_ARGISNULL(1))
		null_argument("the uid", "Leave rows without a registered identifier out, or exclude them by name.");
	arg = PG_GETARG_TEXT_PP(1);
	uid = fairdraw_to_utf8(VARDATA_ANY(arg), VARSIZE_ANY_EXHDR(arg), &uid_len);
	fault = fairdraw_field_fault(uid, uid_len, FAIRDRAW_MAX_LABEL);
	if (unlikely(fault != NULL))
		invalid_uid(VARDATA_ANY(arg), VARSIZE_ANY_EXHDR(arg), fault);

	if (PG_ARGISNULL(2))
		null_argument(psprintf("the stratum of uid \"%s\"", fairdraw_from_utf8(uid, uid_len)),
					  "Give units without a stratum one of their own, for example with coalesce(stratum, 'none').");
	arg = PG_GETARG_TEXT_PP(2);
	name = fairdraw_to_utf8(VARDATA_ANY(arg), VARSIZE_ANY_EXHDR(arg), &name_len);

	if (PG_ARGISNULL(3))
		null_argument(psprintf("the weight of uid \"%s\"", fairdraw_from_utf8(uid, uid_len)),
					  "Give every unit a weight above 0.");
	weight_fault = fairdraw_weight_micro(PG_GETARG_DATUM(3), &micro);
	if (unlikely(weight_fault != WEIGHT_OK))
		invalid_weight(uid, uid_len, PG_GETARG_DATUM(3), weight_fault);

	add_unit(state, find_stratum(state, name, name_len), uid, uid_len, micro);
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

/*
 * draw_state_add(state, uid text, stratum integer, micro bigint, design text):
 * for a frozen frame, whose units were checked when they were committed; the
 * stratum counts from 1 through those of the design.
 */
PG_FUNCTION_INFO_V1(fairdraw_state_add_frozen);
Datum
fairdraw_state_add_frozen(PG_FUNCTION_ARGS)
{
	DrawState  *state = begin_row(fcinfo);
	const Quota *quota;
	text	   *arg;
	const char *uid;
	size_t		len;
	int32		number;
	int64		micro;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		null_argument("a value", "The frozen frame was changed: see fairdraw.verify_draw().");
	arg = PG_GETARG_TEXT_PP(1);
	uid = fairdraw_to_utf8(VARDATA_ANY(arg), VARSIZE_ANY_EXHDR(arg), &len);
	number = PG_GETARG_INT32(2);
	micro = PG_GETARG_INT64(3);
	if (len == 0 || len > FAIRDRAW_MAX_LABEL || micro <= 0 || number < 1 ||
		number > state->design->nquotas || state->design->any_stratum)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("unit \"%s\" of the frozen frame is not valid",
						fairdraw_from_utf8(uid, len)),
				 errdetail("It has stratum %d and micro " INT64_FORMAT ".", number, micro),
				 errhint("The frozen frame was changed: see fairdraw.verify_draw().")));
	quota = &state->design->quotas[number - 1];
	add_unit(state, find_stratum(state, quota->stratum, strlen(quota->stratum)),
			 uid, len, micro);
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

static void
merge_heap(DrawState *state, StratumState *stratum, const UnitHeap *from)
{
	for (uint64 i = 0; i < from->size; i++)
	{
		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		keep_unit(state, stratum, from->units[i]);
	}
}

static void
merge_stratum(DrawState *state, const StratumState *from)
{
	StratumState *into = find_stratum(state, from->name, from->len);

	count_units(into, from->units, from->w);
	if (into->keep == KEEP_WHOLE && from->keep == KEEP_EXTREMES)
		keep_extremes(state, into);
	if (into->keep == KEEP_EXTREMES && from->keep == KEEP_EXTREMES)
	{
		/* its largest and its nearest overlap: each goes to its own */
		for (uint64 i = 0; i < from->largest.size; i++)
			heap_offer(state, into, &into->largest, from->largest.units[i], order_by_size);
		for (uint64 i = 0; i < from->nearest.size; i++)
			heap_offer(state, into, &into->nearest, from->nearest.units[i], order_by_ratio);
		return;
	}
	merge_heap(state, into, &from->nearest);
}

/* draw_state_merge(state, state): also the combine function; any order */
PG_FUNCTION_INFO_V1(fairdraw_state_merge);
Datum
fairdraw_state_merge(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	const DrawState *from;
	DrawState  *into;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	from = fairdraw_state_from_datum(PG_GETARG_DATUM(1), CurrentMemoryContext);
	if (PG_ARGISNULL(0))
		into = make_state(context, from->design_text, from->design_len);
	else
		into = (DrawState *) DatumGetEOHP(PG_GETARG_DATUM(0));
	if (into->design_len != from->design_len ||
		memcmp(into->design_text, from->design_text, into->design_len) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("states of different draws cannot be merged"),
				 errhint("Make all of them with the same design.")));
	for (int i = 0; i < from->nstrata; i++)
		merge_stratum(into, from->strata[i]);
	PG_RETURN_DATUM(EOHPGetRWDatum(&into->header));
}

/*
 * Selection out of a state
 */

static int
compare_by_ticket(const void *a, const void *b)
{
	return fairdraw_compare_ticket(*(Unit *const *) a, *(Unit *const *) b);
}

/* A uid that comes twice has one ticket, so its units stand together. */
static void
refuse_duplicates(const UnitHeap *heap, const char *stratum)
{
	Unit	  **units;

	if (heap->size < 2)
		return;
	units = MemoryContextAllocHuge(CurrentMemoryContext, heap->size * sizeof(Unit *));
	memcpy(units, heap->units, heap->size * sizeof(Unit *));
	qsort(units, heap->size, sizeof(Unit *), compare_by_ticket);
	for (uint64 i = 1; i < heap->size; i++)
		if (fairdraw_compare_uid(units[i - 1], units[i]) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNIQUE_VIOLATION),
					 errmsg("uid \"%s\" stands twice in the frame",
							fairdraw_from_utf8(units[i]->uid, units[i]->len)),
					 errdetail("It stands twice in stratum \"%s\".",
							   fairdraw_from_utf8(stratum, strlen(stratum))),
					 errhint("Make the frame query return one row for each unit.")));
	pfree(units);
}

static Unit **
best_first(const UnitHeap *heap)
{
	Unit	  **units = MemoryContextAllocHuge(CurrentMemoryContext,
											   Max(heap->size, 1) * sizeof(Unit *));

	for (uint64 i = 0; i < heap->size; i++)
		units[i] = heap->units[heap->size - 1 - i];
	return units;
}

static Unit **
by_size(const UnitHeap *heap, const StratumState *stratum)
{
	UnitHeap	copy = *heap;

	copy.units = best_first(heap);
	heap_sort(&copy, order_by_size, stratum);
	return best_first(&copy);
}

static void
check_size(const StratumState *stratum)
{
	if (stratum->quota->n > stratum->units)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("stratum \"%s\" has " UINT64_FORMAT " units, fewer than the " UINT64_FORMAT " to be drawn",
						fairdraw_from_utf8(stratum->name, stratum->len),
						stratum->units, stratum->quota->n),
				 errhint("Lower its size to at most " UINT64_FORMAT ".", stratum->units)));
}

static void
check_strata(const DrawState *state)
{
	const Design *design = state->design;

	/* every stratum of the state has a quota; does every quota have one? */
	if (design->any_stratum || state->nstrata == design->nquotas)
		return;
	for (int i = 0; i < design->nquotas; i++)
		if (i >= state->nstrata ||
			strcmp(state->strata[i]->name, design->quotas[i].stratum) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the sizes name a stratum that the frame does not have: \"%s\"",
							fairdraw_from_utf8(design->quotas[i].stratum,
											   strlen(design->quotas[i].stratum))),
					 errhint("Leave it out of the sizes, or correct its name.")));
}

/*
 * Selects in every stratum, ascending by name.  With "first" NULL the state is
 * that of a first pass; a second pass needs the first one's, too, and selects
 * where that did not suffice.
 */
StratumSample *
fairdraw_state_select(DrawState *state, const DrawState *first, bool sealed, int *count)
{
	StratumSample *samples = palloc0(Max(state->nstrata, 1) * sizeof(StratumSample));

	sort_state(state);
	check_strata(state);
	*count = state->nstrata;
	for (int i = 0; i < state->nstrata; i++)
	{
		const StratumState *stratum = state->strata[i];
		const StratumState *known = first == NULL ? stratum : first->strata[i];
		Candidates	candidates;

		CHECK_FOR_INTERRUPTS();
		Assert(strcmp(stratum->name, known->name) == 0);
		samples[i].stratum = known;
		samples[i].method = fairdraw_resolve_method(state->design->method, stratum->units);
		if (stratum->keep == KEEP_NOTHING)
			continue;
		check_size(stratum);
		refuse_duplicates(&stratum->largest, stratum->name);
		refuse_duplicates(&stratum->nearest, stratum->name);
		if (known->units != stratum->units || known->w != stratum->w)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the frame query returned other rows when it was run again"),
					 errdetail("In stratum \"%s\" it returned " UINT64_FORMAT " units, then " UINT64_FORMAT ".",
							   fairdraw_from_utf8(stratum->name, stratum->len),
							   known->units, stratum->units),
					 errhint("A frame query must not use volatile functions.")));

		candidates.method = samples[i].method;
		candidates.sealed = sealed;
		candidates.units = stratum->units;
		candidates.w = stratum->w;
		candidates.n = stratum->quota->n;
		candidates.reserve = stratum->quota->reserve;
		candidates.nearest = best_first(&stratum->nearest);
		candidates.nnearest = stratum->nearest.size;
		if (known->keep == KEEP_WHOLE)
		{
			candidates.largest = by_size(&known->nearest, known);
			candidates.nlargest = known->nearest.size;
		}
		else
		{
			candidates.largest = best_first(&known->largest);
			candidates.nlargest = known->largest.size;
		}
		candidates.complete = first != NULL || stratum->nearest.size == stratum->units;
		samples[i].known = fairdraw_select(&candidates, &state->design->stream,
										   &samples[i].sample);
		Assert(samples[i].known || first == NULL);
	}
	return samples;
}

/* The design of the second pass over a frame whose first one did not suffice. */
Design *
fairdraw_second_design(const DrawState *state, const StratumSample *samples)
{
	Design	   *design = palloc(sizeof(Design));

	*design = *state->design;
	design->any_stratum = false;
	design->nquotas = state->nstrata;
	design->quotas = palloc0(state->nstrata * sizeof(Quota));
	for (int i = 0; i < state->nstrata; i++)
	{
		const StratumState *stratum = state->strata[i];
		const Sample *sample = &samples[i].sample;
		Quota	   *quota = &design->quotas[i];

		*quota = *stratum->quota;
		quota->stratum = stratum->name;
		quota->pass = samples[i].known ? PASS_DONE : PASS_SECOND;
		quota->rest = sample->rest;
		if (!samples[i].known && sample->certain > 0)
			quota->smallest_certain =
				stratum->largest.units[stratum->largest.size - sample->certain];
	}
	return design;
}
