/*
 * substitutes.c
 *		Who goes in the place of an inspector who cannot (doc/assignment.md
 *		section 7): an order that is drawn beforehand, so that nobody chooses.
 */
#include "fairdraw.h"

#include "miscadmin.h"

#include "assignment.h"
#include "random_source.h"

int
fairdraw_substitutes(const Graph *graph, const bool *taken, const char *key,
					 int32 visit, int depth, uint32 *substitutes)
{
	int32		first = graph->first_node[visit];
	int32		last = graph->first_node[visit + 1];
	uint32	   *pairs = fairdraw_alloc(graph->first_pair[last] - graph->first_pair[first],
									   sizeof(uint32));
	int			count = fairdraw_visit_pairs(graph, visit, pairs);
	int			n = 0;
	char		name[32];
	RandomSource source;

	for (int p = 0; p < count; p++)
		if (!taken[pairs[p]])
			pairs[n++] = pairs[p];
	snprintf(name, sizeof(name), "substitute/%d", visit);
	fairdraw_random_init(&source, key, name);
	depth = Min(depth, n);
	for (int j = 0; j < depth; j++)
	{
		uint32		r = j + fairdraw_random_below(&source, n - j);
		uint32		held = pairs[j];

		pairs[j] = pairs[r];
		pairs[r] = held;
		substitutes[j] = pairs[j];
	}
	pfree(pairs);
	return depth;
}

/* Is the node the one of the pair, or one that contains it? */
static bool
contains(const Graph *graph, int32 node, int32 inner)
{
	while (inner >= 0 && inner != node)
		inner = graph->parent[inner];
	return inner == node;
}

/*
 * The pairs of the team whose place the inspector of another pair could take, so
 * that all groups keep their bounds; returns their number.
 */
static int
find_replaceable(const Graph *graph, const bool *taken, uint32 substitute, uint32 *members)
{
	int32		visit = graph->visit_of[graph->node[substitute]];
	int32		root = graph->first_node[visit];
	int32		end = graph->first_node[visit + 1];
	int32	   *number = fairdraw_alloc0(end - root, sizeof(int32));
	int			npairs = fairdraw_visit_pairs(graph, visit, members);
	int			count = 0;

	for (int32 n = end - 1; n >= root; n--)
	{
		for (uint32 e = graph->first_pair[n]; e < graph->first_pair[n + 1]; e++)
			number[n - root] += taken[e];
		if (n > root)
			number[graph->parent[n] - root] += number[n - root];
	}
	for (int p = 0; p < npairs; p++)
	{
		uint32		e = members[p];
		bool		possible = taken[e];

		for (int32 n = root + 1; possible && n < end; n++)
		{
			int32		after = number[n - root] - contains(graph, n, graph->node[e]) +
				contains(graph, n, graph->node[substitute]);

			possible = after >= graph->node_low[n] && after <= graph->node_high[n];
		}
		if (possible)
			members[count++] = e;
	}
	pfree(number);
	return count;
}

/* All substitutes, visit by visit in their order. */
void
fairdraw_for_substitutes(const Graph *graph, const bool *taken, const char *key, int depth,
						 SubstituteFunction function, void *arg)
{
	uint32	   *substitutes = fairdraw_alloc_visit_pairs(graph);
	uint32	   *members = fairdraw_alloc_visit_pairs(graph);
	int32	   *spare = fairdraw_alloc(graph->ninspectors, sizeof(int32));

	memcpy(spare, graph->high, graph->ninspectors * sizeof(int32));
	for (int64 e = 0; e < graph->npairs; e++)
		spare[graph->inspector[e]] -= taken[e];
	for (int32 visit = 0; visit < graph->nvisits; visit++)
	{
		int			count = fairdraw_substitutes(graph, taken, key, visit, depth, substitutes);

		CHECK_FOR_INTERRUPTS();
		for (int rank = 0; rank < count; rank++)
			function(visit, rank + 1, substitutes[rank], members,
					 find_replaceable(graph, taken, substitutes[rank], members),
					 spare[graph->inspector[substitutes[rank]]], arg);
	}
	pfree(substitutes);
	pfree(members);
	pfree(spare);
}
