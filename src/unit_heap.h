/*
 * unit_heap.h
 *		The first units of many in an order.
 */
#ifndef FAIRDRAW_UNIT_HEAP_H
#define FAIRDRAW_UNIT_HEAP_H

#include "selection.h"

/* "rest" matters to the order of keys only */
typedef int (*UnitOrder) (const Unit *a, const Unit *b, Remainder rest);

/* The worst one stands in front: a binary heap. */
typedef struct UnitHeap
{
	Unit	  **units;
	uint64		size;
	uint64		capacity;		/* of units, as allocated */
	uint64		limit;			/* of size */
	UnitOrder	order;
	Remainder	rest;
} UnitHeap;

extern int	fairdraw_order_by_size(const Unit *a, const Unit *b, Remainder rest);
extern int	fairdraw_order_by_ratio(const Unit *a, const Unit *b, Remainder rest);
extern int	fairdraw_order_by_ticket(const Unit *a, const Unit *b, Remainder rest);

extern bool fairdraw_heap_offer(MemoryContext context, UnitHeap *heap, const Unit *unit);
extern void fairdraw_heap_sort(UnitHeap *heap);
extern Unit **fairdraw_heap_units(const UnitHeap *heap);

#endif							/* FAIRDRAW_UNIT_HEAP_H */
