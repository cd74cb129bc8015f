/*
 * shortlist.h
 *		The first units of many in an order.
 */
#ifndef FAIRDRAW_SHORTLIST_H
#define FAIRDRAW_SHORTLIST_H

#include "selection.h"

/*
 * A unit as it is kept.  What decides nearly every comparison stands here, so
 * that sorting touches no other memory; its whole ticket follows from the uid.
 */
typedef struct Kept
{
	uint64		micro;
	uint64		head;			/* the first 8 bytes of its ticket */
	const char *uid;			/* UTF-8 */
	uint32		len;			/* of uid, in bytes */
} Kept;

/* Uids lie in chunks, so that those of dropped units are freed together. */
typedef struct UidChunk
{
	struct UidChunk *next;
	uint32		size;
	uint32		used;
	char		bytes[FLEXIBLE_ARRAY_MEMBER];
} UidChunk;

typedef enum ListOrder
{
	ORDER_TICKET,
	ORDER_SIZE,					/* largest first */
	ORDER_RATIO,				/* by a/micro */
	ORDER_KEY					/* by key, given the remainder */
} ListOrder;

/*
 * Units are added behind, unless they come after the worst of "limit" better
 * ones; when there are twice as many as wanted the worse half is dropped.  So
 * most units cost one comparison, whatever the limit is.
 */
typedef struct Shortlist
{
	ListOrder	order;
	bool		full;			/* is "worst" set? */
	Kept		worst;
	Kept	   *units;
	uint64		size;
	uint64		capacity;		/* of units, as allocated */
	uint64		limit;
	UidChunk   *uids;			/* the newest first */
	const Stream *stream;
	uint64		shift;			/* of the rotation */
	Remainder	rest;			/* ORDER_KEY */
} Shortlist;

extern int	fairdraw_compare_kept(const Shortlist *list, const Kept *a, const Kept *b);
extern bool fairdraw_shortlist_add(MemoryContext context, Shortlist *list, const Kept *unit);
extern void fairdraw_shortlist_sort(Shortlist *list);
extern void fairdraw_shortlist_free(Shortlist *list);

#endif							/* FAIRDRAW_SHORTLIST_H */
