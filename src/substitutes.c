/*
 * substitutes.c
 *		Who goes in the place of an inspector who cannot (doc/assignment.md
 *		section 7): an order that is drawn beforehand, so that nobody chooses.
 */
#include "fairdraw.h"

#include "assignment.h"
#include "random_source.h"

int
fairdraw_substitutes(const Graph *graph, const bool *taken, const char *key,
					 int32 visit, int depth, int32 *inspectors)
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
		inspectors[j] = graph->inspector[pairs[j]];
	}
	pfree(pairs);
	return depth;
}
