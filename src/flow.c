/*
 * flow.c
 *		Maximum flow in the network of an assignment, after Dinic (1970): level
 *		the network by breadth-first search, then fill all shortest paths.
 *
 * The order of the searches is part of doc/assignment.md section 4, since the
 * repaired chances depend on it.
 */
#include "fairdraw.h"

#include "miscadmin.h"

#include "flow.h"

Flow *
fairdraw_make_flow(const Graph *graph, int64 unit, int64 pair_cap, uint32 *x)
{
	Flow	   *flow = palloc0(sizeof(Flow));

	flow->graph = graph;
	flow->unit = unit;
	flow->pair_cap = pair_cap;
	flow->x = x;
	flow->carried = fairdraw_alloc(FLOW_HUB(graph), sizeof(int64));
	flow->low = fairdraw_alloc(FLOW_HUB(graph), sizeof(int64));
	flow->high = fairdraw_alloc(FLOW_HUB(graph), sizeof(int64));
	flow->excess = fairdraw_alloc(FLOW_NODES(graph), sizeof(int64));
	flow->level = fairdraw_alloc(FLOW_NODES(graph), sizeof(int32));
	flow->arc = fairdraw_alloc(FLOW_NODES(graph), sizeof(uint32));
	flow->queue = fairdraw_alloc(FLOW_NODES(graph), sizeof(int32));
	for (int32 n = 0; n < graph->nnodes; n++)
	{
		flow->low[n] = graph->node_low[n] * unit;
		flow->high[n] = graph->node_high[n] * unit;
	}
	return flow;
}

void
fairdraw_free_flow(Flow *flow)
{
	pfree(flow->carried);
	pfree(flow->low);
	pfree(flow->high);
	pfree(flow->excess);
	pfree(flow->level);
	pfree(flow->arc);
	pfree(flow->queue);
	pfree(flow);
}

/* Bounds of the inspectors' loads, in visits. */
void
fairdraw_set_loads(Flow *flow, const int32 *low, const int32 *high)
{
	for (int32 i = 0; i < flow->graph->ninspectors; i++)
	{
		flow->low[flow->graph->nnodes + i] = low[i] * flow->unit;
		flow->high[flow->graph->nnodes + i] = high[i] * flow->unit;
	}
}

/* What each arc carries, put within its bounds, and what then does not add up. */
static void
find_carried(Flow *flow)
{
	const Graph *graph = flow->graph;
	int64		hub = 0;

	memset(flow->excess, 0, FLOW_NODES(graph) * sizeof(int64));
	for (int64 e = 0; e < graph->npairs; e++)
		flow->excess[graph->nnodes + graph->inspector[e]] += flow->x[e];
	for (int32 i = graph->nnodes; i < FLOW_HUB(graph); i++)
	{
		flow->carried[i] = Min(Max(flow->excess[i], flow->low[i]), flow->high[i]);
		flow->excess[i] -= flow->carried[i];
		hub += flow->carried[i];
	}

	/* children stand behind their parents */
	for (int32 n = graph->nnodes - 1; n >= 0; n--)
	{
		int64		sum = -flow->excess[n]; /* what its children carry */

		for (uint32 e = graph->first_pair[n]; e < graph->first_pair[n + 1]; e++)
			sum += flow->x[e];
		flow->carried[n] = Min(Max(sum, flow->low[n]), flow->high[n]);
		flow->excess[n] = flow->carried[n] - sum;
		if (graph->parent[n] >= 0)
			flow->excess[graph->parent[n]] -= flow->carried[n];
		else
			hub -= flow->carried[n];
	}
	flow->excess[FLOW_HUB(graph)] = hub;
}

static bool
is_shortage_levelled(const Flow *flow)
{
	for (int32 node = 0; node < FLOW_NODES(flow->graph); node++)
		if (flow->excess[node] < 0 && flow->level[node] >= 0)
			return true;
	return false;
}

/*
 * Levels the nodes of visits that inspectors of a level reach.  Going through the
 * visits, whose pairs stand together, is much faster than through the pairs of
 * the inspectors when these are many.
 */
static int32
level_visits(Flow *flow, int32 level, int32 end)
{
	const Graph *graph = flow->graph;

	for (int32 n = 0; n < graph->nnodes; n++)
	{
		if ((n & 8191) == 0)
			CHECK_FOR_INTERRUPTS();
		if (flow->level[n] >= 0)
			continue;
		for (uint32 e = graph->first_pair[n]; e < graph->first_pair[n + 1]; e++)
			if (flow->level[graph->nnodes + graph->inspector[e]] == level &&
				!(flow->fixed != NULL && flow->fixed[e]) &&
				flow->x[e] > fairdraw_pair_least(flow, e))
			{
				flow->level[n] = level + 1;
				flow->queue[end++] = n;
				break;
			}
	}
	return end;
}

/* Levels what one node reaches; an inspector only the hub, where his visits are levelled apart. */
static int32
level_arcs(Flow *flow, int32 node, bool without_pairs, int32 end)
{
	const Graph *graph = flow->graph;
	uint32		arc = 0;
	int32		head;
	int64		room;

	if (without_pairs && node >= graph->nnodes && node < FLOW_HUB(graph))
		arc = graph->first_of[node - graph->nnodes + 1] - graph->first_of[node - graph->nnodes];
	for (; (room = fairdraw_arc(flow, node, arc, &head)) >= 0; arc++)
		if (room > 0 && flow->level[head] < 0)
		{
			flow->level[head] = flow->level[node] + 1;
			flow->queue[end++] = head;
		}
	return end;
}

/* The distance of each node from those with excess; -1: there is no way. */
static void
find_levels(Flow *flow)
{
	const Graph *graph = flow->graph;
	int32		begin = 0;
	int32		end = 0;

	for (int32 node = 0; node < FLOW_NODES(graph); node++)
	{
		flow->level[node] = flow->excess[node] > 0 ? 0 : -1;
		if (flow->excess[node] > 0)
			flow->queue[end++] = node;
	}
	for (int32 level = 0; begin < end; level++)
	{
		int32		end_of_level = end;
		int64		pairs = 0;
		bool		apart;

		for (int32 q = begin; q < end_of_level; q++)
			if (flow->queue[q] >= graph->nnodes && flow->queue[q] < FLOW_HUB(graph))
				pairs += graph->first_of[flow->queue[q] - graph->nnodes + 1] -
					graph->first_of[flow->queue[q] - graph->nnodes];
		apart = pairs > graph->npairs / 16;
		if (apart)
			end = level_visits(flow, level, end);
		for (; begin < end_of_level; begin++)
		{
			if ((begin & 1023) == 0)
				CHECK_FOR_INTERRUPTS();
			end = level_arcs(flow, flow->queue[begin], apart, end);
		}
	}
}

static void
push(Flow *flow, int32 node, uint32 position, int64 amount)
{
	const Graph *graph = flow->graph;

	if (node < graph->nnodes)
	{
		uint32		npairs = graph->first_pair[node + 1] - graph->first_pair[node];
		uint32		nchildren = graph->first_child[node + 1] - graph->first_child[node];

		if (position < npairs)
			flow->x[graph->first_pair[node] + position] += amount;
		else if (position - npairs < nchildren)
			flow->carried[graph->children[graph->first_child[node] + position - npairs]] += amount;
		else
			flow->carried[node] -= amount;
	}
	else if (node < FLOW_HUB(graph))
	{
		int32		i = node - graph->nnodes;
		uint32		npairs = graph->first_of[i + 1] - graph->first_of[i];

		if (position < npairs)
			flow->x[graph->pairs_of[graph->first_of[i] + position]] -= amount;
		else
			flow->carried[node] += amount;
	}
	else
		flow->carried[graph->nnodes + position] -= amount;
}

/*
 * Moves as much of the excess of a node as shortest paths take.  The path stands
 * in the queue, each node with the arc it was left by.
 */
static void
drain(Flow *flow, int32 source)
{
	int32	   *path = flow->queue;
	int32		depth = 0;

	path[0] = source;
	while (flow->excess[source] > 0)
	{
		int32		node = path[depth];
		int32		head;
		int64		room;

		if (flow->excess[node] < 0)
		{
			int64		amount = Min(flow->excess[source], -flow->excess[node]);

			CHECK_FOR_INTERRUPTS();
			for (int32 step = 0; step < depth; step++)
				amount = Min(amount, fairdraw_arc(flow, path[step], flow->arc[path[step]], &head));
			for (int32 step = 0; step < depth; step++)
				push(flow, path[step], flow->arc[path[step]], amount);
			flow->excess[source] -= amount;
			flow->excess[node] += amount;
			depth = 0;
			continue;
		}
		while ((room = fairdraw_arc(flow, node, flow->arc[node], &head)) >= 0 &&
			   (room == 0 || flow->level[head] != flow->level[node] + 1))
			flow->arc[node]++;
		if (room > 0)
			path[++depth] = head;
		else if (depth == 0)
			return;
		else
			flow->arc[path[--depth]]++;
	}
}

static void
drain_all(Flow *flow, int32 begin, int32 end)
{
	for (int32 node = begin; node < end; node++)
		if (flow->excess[node] > 0)
			drain(flow, node);
}

/*
 * Moves as much as can be moved; returns the excess that is left.  At the end
 * the levels show what can be reached from it.
 */
int64
fairdraw_run_flow(Flow *flow)
{
	const Graph *graph = flow->graph;
	int64		left = 0;

	find_carried(flow);
	for (;;)
	{
		find_levels(flow);
		if (!is_shortage_levelled(flow))
			break;
		memset(flow->arc, 0, FLOW_NODES(graph) * sizeof(uint32));
		drain_all(flow, graph->nnodes, FLOW_NODES(graph));
		drain_all(flow, 0, graph->nnodes);
	}
	for (int32 node = 0; node < FLOW_NODES(graph); node++)
		left += Max(flow->excess[node], 0);
	return left;
}
