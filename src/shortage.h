/*
 * shortage.h
 *		Why there is no assignment: bottlenecks with their proof.
 */
#ifndef FAIRDRAW_SHORTAGE_H
#define FAIRDRAW_SHORTAGE_H

#include "assignment.h"

typedef enum BottleneckKind
{
	BOTTLENECK_TEAM,			/* the groups of one visit cannot be met */
	BOTTLENECK_NEEDS,			/* visits need more than inspectors can give */
	BOTTLENECK_LOADS			/* least loads are more than visits need */
} BottleneckKind;

/*
 * Anybody can check
 *		shortage = needed - capacity - elsewhere
 * with sums over the two lists.
 */
typedef struct Bottleneck
{
	BottleneckKind kind;
	int64		shortage;
	int64		needed;			/* needs of the visits; or least loads of the
								 * inspectors */
	int64		capacity;		/* largest loads of the inspectors; or needs
								 * of the visits */
	int64		elsewhere;		/* pairs with one end in the lists: at most
								 * one visit each */
	int32		nvisits;
	int32	   *visits;			/* ascending */
	int32		ninspectors;
	int32	   *inspectors;
	int			ngroups;
	const char **groups;		/* names of the groups that are short of
								 * members */
	int64		raise;			/* how much of it larger loads could mend */
	int32	   *spare;			/* [all inspectors] what they could still take */
} Bottleneck;

extern Bottleneck *fairdraw_find_bottlenecks(const Graph *graph, int *count);

#endif							/* FAIRDRAW_SHORTAGE_H */
