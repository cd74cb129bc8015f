/*
 * chances.c
 *		The chances of all pairs (doc/assignment.md sections 2 to 4).
 */
#include "fairdraw.h"

#include "assignment.h"

/*
 * The bounds of loads and nodes from here on, in units: where they are fixed,
 * what x has.
 */
static void
find_sums(const Graph *graph, Chances *chances)
{
	chances->load_low = fairdraw_alloc0(graph->ninspectors, sizeof(int64));
	chances->load_high = fairdraw_alloc(graph->ninspectors, sizeof(int64));
	chances->node_low = fairdraw_alloc0(graph->nnodes, sizeof(int64));
	chances->node_high = fairdraw_alloc(graph->nnodes, sizeof(int64));
	for (int64 e = 0; e < graph->npairs; e++)
	{
		chances->load_low[graph->inspector[e]] += chances->x[e];
		chances->node_low[graph->node[e]] += chances->x[e];
	}
	/* children stand behind their parents */
	for (int32 n = graph->nnodes - 1; n >= 0; n--)
	{
		chances->node_high[n] = chances->node_low[n];
		if (graph->parent[n] >= 0)
			chances->node_low[graph->parent[n]] += chances->node_low[n];
		if (!chances->fixed_node[n])
		{
			chances->node_low[n] = graph->node_low[n] * chances->unit;
			chances->node_high[n] = graph->node_high[n] * chances->unit;
		}
	}
	for (int32 i = 0; i < graph->ninspectors; i++)
	{
		chances->load_high[i] = chances->load_low[i];
		if (!chances->fixed_load[i])
		{
			chances->load_low[i] = chances->low[i] * chances->unit;
			chances->load_high[i] = chances->high[i] * chances->unit;
		}
	}
}

void
fairdraw_alloc_fixed(const Graph *graph, Chances *chances)
{
	chances->fixed = fairdraw_alloc(graph->npairs, sizeof(bool));
	chances->fixed_load = fairdraw_alloc(graph->ninspectors, sizeof(bool));
	chances->fixed_node = fairdraw_alloc(graph->nnodes, sizeof(bool));
}

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
	fairdraw_alloc_fixed(graph, chances);
	if (!fairdraw_find_fixed(graph, options->pair_cap, chances))
	{
		chances->x = NULL;
		return chances;
	}
	find_sums(graph, chances);
	fairdraw_scale(graph, options, chances);
	fairdraw_repair(graph, options, chances);
	return chances;
}
