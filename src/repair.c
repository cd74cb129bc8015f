/*
 * repair.c
 *		From loads that are nearly within their bounds to loads that are, with
 *		the least change of the chances (doc/assignment.md section 4).
 *
 * Moving greedily along whole pairs would make single chances stand out; so in
 * each round no chance may change by more than a share of itself, a share that
 * grows until it is enough.
 */
#include "fairdraw.h"

#include "flow.h"

#define FIRST_NEARNESS 16		/* a share of 2^-16 */
#define NEARNESS_STEP 4

void
fairdraw_repair(const Graph *graph, const AssignOptions *options, Chances *chances)
{
	Flow	   *flow = fairdraw_make_flow(graph, chances->unit, options->pair_cap, chances->x);
	uint32	   *around = fairdraw_alloc(graph->npairs, sizeof(uint32));
	int64		left;

	memcpy(flow->low, chances->node_low, graph->nnodes * sizeof(int64));
	memcpy(flow->high, chances->node_high, graph->nnodes * sizeof(int64));
	memcpy(flow->low + graph->nnodes, chances->load_low, graph->ninspectors * sizeof(int64));
	memcpy(flow->high + graph->nnodes, chances->load_high, graph->ninspectors * sizeof(int64));
	memcpy(around, chances->x, graph->npairs * sizeof(uint32));
	flow->fixed = chances->fixed;
	flow->around = around;
	flow->nearness = FIRST_NEARNESS;
	left = fairdraw_run_flow(flow);
	while (left > 0)
	{
		chances->rounds++;
		if (flow->around == NULL)
			elog(ERROR, "loads could not be repaired");
		if (flow->nearness > 0)
			flow->nearness -= NEARNESS_STEP;
		else
			flow->around = NULL;
		left = fairdraw_run_flow(flow);
	}
	fairdraw_free_flow(flow);
	pfree(around);
}
