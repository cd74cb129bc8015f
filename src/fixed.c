/*
 * fixed.c
 *		Pairs whose chance follows from the bounds alone (doc/assignment.md
 *		section 3).
 *
 * Two fractional assignments differ by cycles of the residual graph, so a pair
 * can leave its bound if and only if its ends are strongly connected there;
 * components by Tarjan (1972), without recursion.
 */
#include "fairdraw.h"

#include "miscadmin.h"

#include "flow.h"

typedef struct Components
{
	const Flow *flow;
	int32	   *component;		/* -1: not known yet */
	int32	   *index;			/* -1: not visited yet */
	int32	   *lowest;
	int32	   *stack;			/* of those whose component is not known */
	int32	   *path;
	int32		nstack;
	int32		nindexes;
	int32		ncomponents;
} Components;

static void
visit_node(Components *c, int32 node)
{
	c->index[node] = c->lowest[node] = c->nindexes++;
	c->stack[c->nstack++] = node;
	c->flow->arc[node] = 0;
}

static void
close_component(Components *c, int32 node)
{
	int32		member;

	do
	{
		member = c->stack[--c->nstack];
		c->component[member] = c->ncomponents;
	} while (member != node);
	c->ncomponents++;
}

static void
explore(Components *c, int32 start)
{
	int32		depth = 0;

	c->path[0] = start;
	visit_node(c, start);
	while (depth >= 0)
	{
		int32		node = c->path[depth];
		int32		head;
		int64		room = fairdraw_arc(c->flow, node, c->flow->arc[node], &head);

		if (room < 0)
		{
			if (c->lowest[node] == c->index[node])
				close_component(c, node);
			if (--depth >= 0)
				c->lowest[c->path[depth]] = Min(c->lowest[c->path[depth]], c->lowest[node]);
			continue;
		}
		c->flow->arc[node]++;
		if (room == 0)
			continue;
		if (c->index[head] < 0)
		{
			c->path[++depth] = head;
			visit_node(c, head);
		}
		else if (c->component[head] < 0)
			c->lowest[node] = Min(c->lowest[node], c->index[head]);
	}
}

static int32 *
find_components(const Flow *flow)
{
	int32		nodes = FLOW_NODES(flow->graph);
	Components	c = {.flow = flow};

	c.component = fairdraw_alloc(nodes, sizeof(int32));
	c.index = fairdraw_alloc(nodes, sizeof(int32));
	c.lowest = fairdraw_alloc(nodes, sizeof(int32));
	c.stack = fairdraw_alloc(nodes, sizeof(int32));
	c.path = fairdraw_alloc(nodes, sizeof(int32));
	memset(c.index, -1, nodes * sizeof(int32));
	memset(c.component, -1, nodes * sizeof(int32));
	for (int32 node = 0; node < nodes; node++)
	{
		if ((node & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (c.index[node] < 0)
			explore(&c, node);
	}
	pfree(c.index);
	pfree(c.lowest);
	pfree(c.stack);
	pfree(c.path);
	return c.component;
}

/*
 * Sets which pairs, loads and groups are fixed, and x of all pairs to some fractional assignment,
 * which is that of every one where they are fixed.  False: there is none with
 * that largest chance of a pair.
 */
bool
fairdraw_find_fixed(const Graph *graph, int64 pair_cap, Chances *chances)
{
	/* whole inspectors are enough where a pair may have all of one */
	int64		unit = pair_cap == chances->unit ? 1 : chances->unit;
	Flow	   *flow = fairdraw_make_flow(graph, unit, pair_cap == chances->unit ? 1 : pair_cap,
										  chances->x);
	int32	   *component;

	fairdraw_set_loads(flow, chances->low, chances->high);
	memset(chances->x, 0, graph->npairs * sizeof(uint32));
	if (fairdraw_run_flow(flow) > 0)
	{
		fairdraw_free_flow(flow);
		return false;
	}
	component = find_components(flow);
	for (int64 e = 0; e < graph->npairs; e++)
	{
		chances->fixed[e] = component[graph->node[e]] !=
			component[graph->nnodes + graph->inspector[e]];
		chances->x[e] *= chances->unit / unit;
	}
	for (int32 i = 0; i < graph->ninspectors; i++)
		chances->fixed_load[i] = component[graph->nnodes + i] != component[FLOW_HUB(graph)];
	for (int32 n = 0; n < graph->nnodes; n++)
		chances->fixed_node[n] = graph->parent[n] >= 0 && component[n] != component[graph->parent[n]];
	pfree(component);
	fairdraw_free_flow(flow);
	return true;
}
