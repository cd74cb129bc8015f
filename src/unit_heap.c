/*
 * unit_heap.c
 *		The first units of many in an order.
 */
#include "fairdraw.h"

#include "utils/memutils.h"

#include "unit_heap.h"

int
fairdraw_order_by_size(const Unit *a, const Unit *b, Remainder rest)
{
	return fairdraw_compare_size(a, b);
}

int
fairdraw_order_by_ratio(const Unit *a, const Unit *b, Remainder rest)
{
	return fairdraw_compare_ratio(a, b);
}

int
fairdraw_order_by_ticket(const Unit *a, const Unit *b, Remainder rest)
{
	return fairdraw_compare_ticket(a, b);
}

static inline int
compare(const UnitHeap *heap, const Unit *a, const Unit *b)
{
	return heap->order(a, b, heap->rest);
}

static void
sift_down(UnitHeap *heap, uint64 hole, Unit *unit)
{
	uint64		child;

	while ((child = 2 * hole + 1) < heap->size)
	{
		if (child + 1 < heap->size &&
			compare(heap, heap->units[child + 1], heap->units[child]) > 0)
			child++;
		if (compare(heap, unit, heap->units[child]) >= 0)
			break;
		heap->units[hole] = heap->units[child];
		hole = child;
	}
	heap->units[hole] = unit;
}

static void
sift_up(UnitHeap *heap, uint64 hole, Unit *unit)
{
	while (hole > 0 && compare(heap, unit, heap->units[(hole - 1) / 2]) > 0)
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

/*
 * Keeps a copy of the unit if it is among the first "limit" ones so far.
 * Returns whether the heap grew.
 */
bool
fairdraw_heap_offer(MemoryContext context, UnitHeap *heap, const Unit *unit)
{
	if (heap->size >= heap->limit)
	{
		if (compare(heap, unit, heap->units[0]) >= 0)
			return false;
		pfree(heap->units[0]);
		sift_down(heap, 0, copy_unit(context, unit));
		return false;
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
	sift_up(heap, heap->size - 1, copy_unit(context, unit));
	return true;
}

static int
compare_descending(const void *a, const void *b, void *heap)
{
	return -compare(heap, *(Unit *const *) a, *(Unit *const *) b);
}

/* Worst first: still a heap, and in order when read from its end. */
void
fairdraw_heap_sort(UnitHeap *heap)
{
	qsort_arg(heap->units, heap->size, sizeof(Unit *), compare_descending, heap);
}

/* The units of a sorted heap, best first, as a new array. */
Unit	  **
fairdraw_heap_units(const UnitHeap *heap)
{
	Unit	  **units = MemoryContextAllocHuge(CurrentMemoryContext,
											   Max(heap->size, 1) * sizeof(Unit *));

	for (uint64 i = 0; i < heap->size; i++)
		units[i] = heap->units[heap->size - 1 - i];
	return units;
}
