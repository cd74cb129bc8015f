/*
 * draw_state.c
 *		What one pass over a frame keeps of it.
 *
 * A stratum of up to 200 units is kept whole, since its duels need everybody.
 * Of a larger one, with q = n + max(r, 1), the q largest units are kept (which
 * of them are certain is known only when the sum is), the q + 4 sqrt(q) + 8
 * units with the smallest a/micro (among which the smallest keys are, almost
 * always, and which proves itself in selection.c), and the exact sum.  All of
 * it is the same in whatever order units and partial states arrive, so one
 * state serves a serial scan, parallel workers, partitions and shards.
 */
#include "fairdraw.h"

#include <math.h>

#include "common/hashfn.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

#include "draw_state.h"
#include "field.h"

static void
check_memory(const DrawState *state)
{
	Size		used = MemoryContextMemAllocated(state->header.eoh_context, true);

	if (used > FAIRDRAW_STATE_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the state of the draw exceeds 512 MB"),
				 errdetail("It holds units of %d strata.", state->nstrata),
				 errhint("Up to four times the units to be drawn are kept, and whole strata by method pivotal: draw fewer at a time.")));
}

/* Adds a unit to one of the lists, if it belongs there. */
void
fairdraw_offer(DrawState *state, Shortlist *list, const Kept *unit)
{
	if (fairdraw_shortlist_add(state->header.eoh_context, list, unit) &&
		(++state->added & 1023) == 0)
		check_memory(state);
}

/* The unit with its place on the circle; it points to the uid that was given. */
Kept
fairdraw_kept(const Design *design, const char *uid, size_t len, uint64 micro)
{
	Kept		unit;
	uint8		ticket[FAIRDRAW_HASH_LEN];

	fairdraw_ticket(&design->stream, uid, len, ticket);
	unit.micro = micro;
	unit.head = fairdraw_load64(ticket);
	unit.uid = uid;
	unit.len = len;
	return unit;
}

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
begin_list(const DrawState *state, Shortlist *list, ListOrder order, uint64 limit)
{
	memset(list, 0, sizeof(Shortlist));
	list->order = order;
	list->limit = limit;
	list->stream = &state->design->stream;
	list->shift = state->design->shift;
}

static void
begin_stratum(const DrawState *state, StratumState *stratum)
{
	const Quota *quota = stratum->quota;
	const Unit *certain = quota->smallest_certain;

	begin_list(state, &stratum->largest, ORDER_SIZE, quota->n + Max(quota->reserve, 1));
	begin_list(state, &stratum->nearest, ORDER_TICKET, PG_UINT64_MAX);
	switch (quota->pass)
	{
		case PASS_FIRST:
			stratum->keep = KEEP_WHOLE;
			break;
		case PASS_SECOND:
			if (state->design->method == METHOD_POISSON)
				stratum->keep = KEEP_BELOW;
			else
			{
				stratum->keep = KEEP_KEYS;
				begin_list(state, &stratum->nearest, ORDER_KEY,
						   quota->rest.n + Max(quota->reserve, 1));
				stratum->nearest.rest = quota->rest;
			}
			stratum->has_certain = certain != NULL;
			if (certain != NULL)
				stratum->smallest_certain = fairdraw_kept(state->design, certain->uid,
														  certain->len, certain->micro);
			break;
		case PASS_DONE:
			stratum->keep = KEEP_NOTHING;
			break;
	}
}

/* A stratum that outgrew being kept whole. */
void
fairdraw_keep_extremes(DrawState *state, StratumState *stratum)
{
	Shortlist	whole = stratum->nearest;
	uint64		q = stratum->largest.limit;

	stratum->keep = KEEP_EXTREMES;
	begin_list(state, &stratum->nearest, ORDER_RATIO, q + 4 * ceil_sqrt(q) + 8);
	for (uint64 i = 0; i < whole.size; i++)
	{
		fairdraw_offer(state, &stratum->largest, &whole.units[i]);
		fairdraw_offer(state, &stratum->nearest, &whole.units[i]);
	}
	fairdraw_shortlist_free(&whole);
}

static void
put_slot(DrawState *state, StratumState *stratum)
{
	uint32		slot = stratum->hash;

	while (state->slots[slot & (state->nslots - 1)].stratum != NULL)
		slot++;
	state->slots[slot & (state->nslots - 1)].hash = stratum->hash;
	state->slots[slot & (state->nslots - 1)].stratum = stratum;
}

static void
rebuild_slots(DrawState *state)
{
	state->nslots = pg_nextpower2_32(Max(64, 4 * state->max_strata));
	if (state->slots != NULL)
		pfree(state->slots);
	state->slots = MemoryContextAllocZero(state->header.eoh_context,
										  state->nslots * sizeof(StratumSlot));
	for (int i = 0; i < state->nstrata; i++)
		put_slot(state, state->strata[i]);
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
	put_slot(state, stratum);
	return stratum;
}

/* The stratum of this name, a new one if need be. */
StratumState *
fairdraw_find_stratum(DrawState *state, const char *name, size_t len)
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
			const StratumSlot *at = &state->slots[slot & (state->nslots - 1)];

			if (at->stratum == NULL)
				break;
			if (at->hash == hash && at->stratum->len == len &&
				memcmp(at->stratum->name, name, len) == 0)
				return state->latest = at->stratum;
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
void
fairdraw_keep_unit(DrawState *state, StratumState *stratum, const Kept *unit)
{
	switch (stratum->keep)
	{
		case KEEP_WHOLE:
			fairdraw_offer(state, &stratum->nearest, unit);
			if (stratum->nearest.size > FAIRDRAW_WHOLE_STRATUM &&
				state->design->method != METHOD_PIVOTAL)
				fairdraw_keep_extremes(state, stratum);
			break;
		case KEEP_EXTREMES:
			fairdraw_offer(state, &stratum->largest, unit);
			fairdraw_offer(state, &stratum->nearest, unit);
			break;
		case KEEP_KEYS:
		case KEEP_BELOW:
			if (stratum->has_certain &&
				fairdraw_compare_kept(&stratum->largest, unit, &stratum->smallest_certain) <= 0)
				break;
			if (stratum->keep == KEEP_KEYS ||
				fairdraw_poisson_drawn((unit->head + state->design->shift) | 1, unit->micro,
									   stratum->quota->rest))
				fairdraw_offer(state, &stratum->nearest, unit);
			break;
		case KEEP_NOTHING:
			break;
	}
}

void
fairdraw_count_units(StratumState *stratum, uint64 units, uint64 w)
{
	stratum->units += units;
	stratum->w += w;
	if (unlikely(stratum->w > PG_INT64_MAX))
		sum_overflow(stratum);
}

int
fairdraw_compare_strata(const void *a, const void *b)
{
	const StratumState *left = *(StratumState *const *) a;
	const StratumState *right = *(StratumState *const *) b;

	return strcmp(left->name, right->name);
}

/* Brings strata and units into the canonical order. */
void
fairdraw_sort_state(DrawState *state)
{
	if (state->nstrata > 0)
		qsort(state->strata, state->nstrata, sizeof(StratumState *), fairdraw_compare_strata);
	for (int i = 0; i < state->nstrata; i++)
	{
		StratumState *stratum = state->strata[i];

		CHECK_FOR_INTERRUPTS();
		fairdraw_shortlist_sort(&stratum->largest);
		fairdraw_shortlist_sort(&stratum->nearest);
	}
}
