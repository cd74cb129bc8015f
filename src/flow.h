/*
 * flow.h
 *		Maximum flow in the network of an assignment.
 *
 * The nodes of the network are those of the visits, the inspectors and the hub:
 *		visit or group n	n
 *		inspector i			nnodes + i
 *		hub					nnodes + ninspectors
 * Arcs lead from the node of a pair to its inspector, from a node to its child
 * groups, and from an inspector to the hub; what the hub gives to a visit is
 * fixed.  Every arc has bounds and carries something within them; what does not
 * add up at a node is its excess, or with a minus its shortage.
 */
#ifndef FAIRDRAW_FLOW_H
#define FAIRDRAW_FLOW_H

#include "assignment.h"

typedef struct Flow
{
	const Graph *graph;
	int64		unit;			/* what one inspector on a team carries */
	int64		pair_cap;
	const bool *fixed;			/* pairs that keep their value; or NULL */
	const uint32 *around;		/* values that pairs stay near; or NULL */
	int			nearness;		/* how near: within around / 2^nearness, or 1 */

	uint32	   *x;				/* [npairs] */
	int64	   *carried;		/* [nnodes + ninspectors]: to a group by its
								 * parent, to the hub by an inspector */
	int64	   *low;			/* bounds of that */
	int64	   *high;
	int64	   *excess;			/* [nodes of the network] */

	int32	   *level;
	uint32	   *arc;
	int32	   *queue;
} Flow;

extern Flow *fairdraw_make_flow(const Graph *graph, int64 unit, int64 pair_cap,
								uint32 *x);
extern void fairdraw_set_loads(Flow *flow, const int32 *low, const int32 *high);
extern int64 fairdraw_run_flow(Flow *flow);
extern void fairdraw_free_flow(Flow *flow);

#define FLOW_HUB(graph) ((graph)->nnodes + (graph)->ninspectors)
#define FLOW_NODES(graph) (FLOW_HUB(graph) + 1)

/* How far a pair may go down and up. */
static inline int64
fairdraw_pair_least(const Flow *flow, uint32 e)
{
	int64		d;

	if (flow->around == NULL)
		return 0;
	d = Max(flow->around[e] >> flow->nearness, 1);
	return Max((int64) flow->around[e] - d, 0);
}

static inline int64
fairdraw_pair_most(const Flow *flow, uint32 e)
{
	int64		d;

	if (flow->around == NULL)
		return flow->pair_cap;
	d = Max(flow->around[e] >> flow->nearness, 1);
	return Min((int64) flow->around[e] + d, flow->pair_cap);
}

/*
 * The arcs of a node in their order: of a visit's node its pairs, its children,
 * its parent; of an inspector his pairs, then the hub; of the hub the
 * inspectors.  Sets the other end of the arc at "position" and returns its room;
 * -1 if there is no such arc.
 */
static inline int64
fairdraw_arc(const Flow *flow, int32 node, uint32 position, int32 *head)
{
	const Graph *graph = flow->graph;

	if (node < graph->nnodes)
	{
		uint32		npairs = graph->first_pair[node + 1] - graph->first_pair[node];
		uint32		nchildren;

		if (position < npairs)
		{
			uint32		e = graph->first_pair[node] + position;

			*head = graph->nnodes + graph->inspector[e];
			if (flow->fixed != NULL && flow->fixed[e])
				return 0;
			return fairdraw_pair_most(flow, e) - flow->x[e];
		}
		position -= npairs;
		nchildren = graph->first_child[node + 1] - graph->first_child[node];
		if (position < nchildren)
		{
			*head = graph->children[graph->first_child[node] + position];
			return flow->high[*head] - flow->carried[*head];
		}
		if (position == nchildren && graph->parent[node] >= 0)
		{
			*head = graph->parent[node];
			return flow->carried[node] - flow->low[node];
		}
		return -1;
	}
	if (node < FLOW_HUB(graph))
	{
		int32		i = node - graph->nnodes;
		uint32		npairs = graph->first_of[i + 1] - graph->first_of[i];

		if (position < npairs)
		{
			uint32		e = graph->pairs_of[graph->first_of[i] + position];

			*head = graph->node[e];
			if (flow->fixed != NULL && flow->fixed[e])
				return 0;
			return flow->x[e] - fairdraw_pair_least(flow, e);
		}
		*head = FLOW_HUB(graph);
		return position == npairs ? flow->high[node] - flow->carried[node] : -1;
	}
	*head = graph->nnodes + position;
	return position < graph->ninspectors ? flow->carried[*head] - flow->low[*head] : -1;
}

#endif							/* FAIRDRAW_FLOW_H */
