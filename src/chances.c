/*
 * chances.c
 *		The chances of all pairs (doc/assignment.md sections 2 to 4).
 */
#include "fairdraw.h"

#include "assignment.h"

/*
 * NULL: there is no assignment.  With an assignment, but none in which no pair
 * has more than its largest chance, x is NULL.  No seed enters.
 */
Chances *
fairdraw_chances(const Graph *graph, const AssignOptions *options)
{
	Chances    *chances = palloc0(sizeof(Chances));

	chances->unit = FAIRDRAW_UNIT(options);
	if (!fairdraw_balance(graph, options, chances))
		return NULL;
	chances->x = fairdraw_alloc(graph->npairs, sizeof(uint32));
	chances->fixed = fairdraw_alloc(graph->npairs, sizeof(bool));
	if (!fairdraw_find_fixed(graph, options->pair_cap, chances))
	{
		chances->x = NULL;
		return chances;
	}
	fairdraw_scale(graph, options, chances);
	fairdraw_repair(graph, options, chances);
	return chances;
}
