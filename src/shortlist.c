/*
 * shortlist.c
 *		The first units of many in an order.
 */
#include "fairdraw.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "shortlist.h"

/* Equal heads: one uid that stands twice, or a wonder. */
static pg_noinline int
compare_tickets(const Shortlist *list, const Kept *a, const Kept *b)
{
	uint8		ticket_a[FAIRDRAW_HASH_LEN];
	uint8		ticket_b[FAIRDRAW_HASH_LEN];
	int			order;

	fairdraw_ticket(list->stream, a->uid, a->len, ticket_a);
	fairdraw_ticket(list->stream, b->uid, b->len, ticket_b);
	order = memcmp(ticket_a, ticket_b, FAIRDRAW_HASH_LEN);
	if (order == 0)
		order = memcmp(a->uid, b->uid, Min(a->len, b->len));
	return order != 0 ? order : (int) a->len - (int) b->len;
}

static inline int
compare_inline(const Shortlist *list, const Kept *a, const Kept *b)
{
	unsigned	__int128 left;
	unsigned	__int128 right;
	int			order;

	switch (list->order)
	{
		case ORDER_SIZE:
			if (a->micro != b->micro)
				return a->micro > b->micro ? -1 : 1;
			break;
		case ORDER_RATIO:
			left = (unsigned __int128) ((a->head + list->shift) | 1) * b->micro;
			right = (unsigned __int128) ((b->head + list->shift) | 1) * a->micro;
			if (left != right)
				return left < right ? -1 : 1;
			break;
		case ORDER_KEY:
			order = fairdraw_compare_keys((a->head + list->shift) | 1, a->micro,
										  (b->head + list->shift) | 1, b->micro,
										  list->rest);
			if (order != 0)
				return order;
			break;
		case ORDER_TICKET:
			break;
	}
	if (a->head != b->head)
		return a->head < b->head ? -1 : 1;
	return compare_tickets(list, a, b);
}

int
fairdraw_compare_kept(const Shortlist *list, const Kept *a, const Kept *b)
{
	return compare_inline(list, a, b);
}

#define ST_SORT sort_kept
#define ST_ELEMENT_TYPE Kept
#define ST_COMPARE_ARG_TYPE const Shortlist
#define ST_COMPARE(a, b, list) compare_inline(list, a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

#define SMALLEST_CHUNK 512
#define LARGEST_CHUNK 65536

/* A copy of a uid in the newest chunk; "context" is that of the list. */
static const char *
store_uid(MemoryContext context, Shortlist *list, const char *uid, uint32 len)
{
	UidChunk   *chunk = list->uids;
	char	   *copy;

	if (chunk == NULL || chunk->size - chunk->used < len)
	{
		uint32		size = chunk == NULL ? SMALLEST_CHUNK
			: Min(2 * chunk->size, LARGEST_CHUNK);

		chunk = MemoryContextAlloc(context, offsetof(UidChunk, bytes) + Max(size, len));
		chunk->next = list->uids;
		chunk->size = Max(size, len);
		chunk->used = 0;
		list->uids = chunk;
	}
	copy = chunk->bytes + chunk->used;
	memcpy(copy, uid, len);
	chunk->used += len;
	return copy;
}

static void
free_chunks(UidChunk *chunk)
{
	while (chunk != NULL)
	{
		UidChunk   *next = chunk->next;

		pfree(chunk);
		chunk = next;
	}
}

/* Drops the units beyond the limit, which come after all the others. */
static void
drop_worse(Shortlist *list)
{
	UidChunk   *old = list->uids;
	MemoryContext context = GetMemoryChunkContext(list->units);

	list->uids = NULL;
	list->size = list->limit;
	for (uint64 i = 0; i < list->size; i++)
		list->units[i].uid = store_uid(context, list, list->units[i].uid,
									   list->units[i].len);
	free_chunks(old);
}

/* Puts the units in order and drops those beyond the limit. */
void
fairdraw_shortlist_sort(Shortlist *list)
{
	if (list->size > 1)
		sort_kept(list->units, list->size, list);
	if (list->size > list->limit)
		drop_worse(list);
	list->full = list->size > 0 && list->size == list->limit;
	if (list->full)
		list->worst = list->units[list->size - 1];
}

/* The place of a pivot once the better units stand before it, the others behind. */
static uint64
partition(const Shortlist *list, uint64 first, uint64 last)
{
	Kept	   *units = list->units;
	uint64		middle = first + (last - first) / 2;
	Kept		pivot = units[middle];
	uint64		place = first;

	units[middle] = units[last];
	for (uint64 i = first; i < last; i++)
	{
		if (compare_inline(list, &units[i], &pivot) < 0)
		{
			Kept		better = units[i];

			units[i] = units[place];
			units[place++] = better;
		}
	}
	units[last] = units[place];
	units[place] = pivot;
	return place;
}

/*
 * Drops the units beyond the limit without putting the others in order
 * (quickselect; where its pivots go badly, a sort ends it).
 */
static void
shorten(Shortlist *list)
{
	uint64		first = 0;
	uint64		last = list->size - 1;

	for (int rounds = 0; first < last; rounds++)
	{
		uint64		place;

		CHECK_FOR_INTERRUPTS();
		if (rounds == 64)
		{
			fairdraw_shortlist_sort(list);
			return;
		}
		place = partition(list, first, last);
		if (place == list->limit - 1)
			break;
		if (place < list->limit)
			first = place + 1;
		else
			last = place - 1;
	}
	list->worst = list->units[list->limit - 1];
	drop_worse(list);
	list->worst.uid = list->units[list->limit - 1].uid;
	list->full = true;
}

static void
enlarge(MemoryContext context, Shortlist *list)
{
	uint64		capacity = list->capacity == 0 ? 16 : 2 * list->capacity;

	if (list->capacity == 0)
		list->units = MemoryContextAllocHuge(context, capacity * sizeof(Kept));
	else
		list->units = repalloc_huge(list->units, capacity * sizeof(Kept));
	list->capacity = capacity;
}

/*
 * Keeps a copy of the unit if it may be among the "limit" first ones.  Returns
 * whether it took memory.
 */
bool
fairdraw_shortlist_add(MemoryContext context, Shortlist *list, const Kept *unit)
{
	Kept	   *copy;

	if (list->full && compare_inline(list, unit, &list->worst) >= 0)
		return false;
	if (list->size == list->capacity)
		enlarge(context, list);
	copy = &list->units[list->size++];
	*copy = *unit;
	copy->uid = store_uid(context, list, unit->uid, unit->len);
	if (list->size / 2 >= list->limit && list->size >= 64)
		shorten(list);
	return true;
}

/* Frees what a list holds, not the list. */
void
fairdraw_shortlist_free(Shortlist *list)
{
	free_chunks(list->uids);
	if (list->units != NULL)
		pfree(list->units);
}
