/*
 * shortage.c
 *		Why there is no assignment: bottlenecks with their proof.
 *
 * After a maximum flow, what can still be reached from the excess is a cut that
 * no flow can pass: Hall's condition (1935) fails for the visits on its one
 * side, or Hoffman's (1960) where groups and least loads are involved.  Each
 * connected part of it is a bottleneck by itself.
 */
#include "fairdraw.h"

#include "miscadmin.h"

#include "flow.h"
#include "shortage.h"

/*
 * Connected parts of one side of the cut
 */
typedef struct Parts
{
	const Flow *flow;
	bool		reached;		/* which side */
	int32	   *parent;			/* union and find, over all nodes */
} Parts;

static bool
is_inside(const Parts *parts, int32 node)
{
	return (parts->flow->level[node] >= 0) == parts->reached;
}

static int32
find_part(Parts *parts, int32 node)
{
	while (parts->parent[node] != node)
	{
		parts->parent[node] = parts->parent[parts->parent[node]];
		node = parts->parent[node];
	}
	return node;
}

static void
join_parts(Parts *parts, int32 a, int32 b)
{
	if (!is_inside(parts, a) || !is_inside(parts, b))
		return;
	a = find_part(parts, a);
	b = find_part(parts, b);
	/* the smallest node names the part */
	if (a < b)
		parts->parent[b] = a;
	else
		parts->parent[a] = b;
}

static void
find_parts(Parts *parts)
{
	const Graph *graph = parts->flow->graph;

	parts->parent = fairdraw_alloc(FLOW_NODES(graph), sizeof(int32));
	for (int32 node = 0; node < FLOW_NODES(graph); node++)
		parts->parent[node] = node;
	for (int32 n = 0; n < graph->nnodes; n++)
	{
		if ((n & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (graph->parent[n] >= 0)
			join_parts(parts, n, graph->parent[n]);
		for (uint32 e = graph->first_pair[n]; e < graph->first_pair[n + 1]; e++)
			join_parts(parts, n, graph->nnodes + graph->inspector[e]);
	}
}

/*
 * What is in each
 */

/* A group that the cut separates from its parent. */
static void
count_cut_group(Bottleneck *b, const Graph *graph, int32 group, bool group_inside)
{
	if (b->kind == BOTTLENECK_NEEDS)
	{
		if (group_inside)
		{
			b->needed += graph->node_low[group];
			b->groups[b->ngroups++] = graph->node_names[group];
		}
		else
			b->elsewhere += graph->node_high[group];
	}
	else if (group_inside)
		b->capacity += graph->node_high[group];
	else
		b->capacity -= graph->node_low[group];
}

static void
count_node(Bottleneck *b, Parts *parts, int32 n)
{
	const Graph *graph = parts->flow->graph;
	int32		parent = graph->parent[n];
	int32		visit = graph->visit_of[n];

	if (parent < 0)
	{
		if (b->kind == BOTTLENECK_LOADS)
			b->capacity += graph->node_low[n];
		else
			b->needed += graph->node_low[n];
	}
	else if (!is_inside(parts, parent))
		count_cut_group(b, graph, n, true);
	for (uint32 c = graph->first_child[n]; c < graph->first_child[n + 1]; c++)
		if (!is_inside(parts, graph->children[c]))
			count_cut_group(b, graph, graph->children[c], false);
	if (b->nvisits == 0 || b->visits[b->nvisits - 1] != visit)
		b->visits[b->nvisits++] = visit;
}

static void
count_inspector(Bottleneck *b, const Parts *parts, int32 i)
{
	const Graph *graph = parts->flow->graph;
	int32		eligible = 0;

	b->inspectors[b->ninspectors++] = i;
	for (uint32 p = graph->first_of[i]; p < graph->first_of[i + 1]; p++)
	{
		if (is_inside(parts, graph->node[graph->pairs_of[p]]))
			eligible++;
		else if (b->kind == BOTTLENECK_LOADS)
			b->elsewhere++;
	}
	if (b->kind == BOTTLENECK_LOADS)
		b->needed += graph->low[i];
	else
	{
		b->capacity += graph->high[i];
		b->raise += Max(eligible - graph->high[i], 0);
	}
}

/* All bottlenecks on one side of the cut. */
static Bottleneck *
collect(Parts *parts, bool of_loads, int *count)
{
	const Flow *flow = parts->flow;
	const Graph *graph = flow->graph;
	int32	   *place = fairdraw_alloc(FLOW_NODES(graph), sizeof(int32));
	int32	   *nodes = fairdraw_alloc0(FLOW_NODES(graph), sizeof(int32));
	int64	   *missing = fairdraw_alloc0(FLOW_NODES(graph), sizeof(int64));
	Bottleneck *found;

	for (int32 node = 0; node < FLOW_HUB(graph); node++)
		if (is_inside(parts, node))
		{
			nodes[find_part(parts, node)]++;
			missing[find_part(parts, node)] += of_loads ? -flow->excess[node] : flow->excess[node];
		}
	*count = 0;
	for (int32 node = 0; node < FLOW_HUB(graph); node++)
		place[node] = missing[node] > 0 ? (*count)++ : -1;
	found = palloc0(Max(*count, 1) * sizeof(Bottleneck));
	for (int32 node = 0; node < FLOW_HUB(graph); node++)
		if (place[node] >= 0)
		{
			Bottleneck *b = &found[place[node]];

			b->kind = of_loads ? BOTTLENECK_LOADS : BOTTLENECK_NEEDS;
			b->shortage = missing[node];
			b->visits = fairdraw_alloc(nodes[node], sizeof(int32));
			b->inspectors = fairdraw_alloc(nodes[node], sizeof(int32));
			b->groups = fairdraw_alloc(nodes[node], sizeof(char *));
		}
	for (int32 node = 0; node < FLOW_HUB(graph); node++)
	{
		int32		at = is_inside(parts, node) ? place[find_part(parts, node)] : -1;

		if ((node & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (at < 0)
			continue;
		if (node < graph->nnodes)
			count_node(&found[at], parts, node);
		else
			count_inspector(&found[at], parts, node - graph->nnodes);
	}
	/* pairs that leave the needy visits, and so carry one each */
	if (!of_loads)
		for (int32 n = 0; n < graph->nnodes; n++)
			if (is_inside(parts, n) && place[find_part(parts, n)] >= 0)
				for (uint32 e = graph->first_pair[n]; e < graph->first_pair[n + 1]; e++)
					if (!is_inside(parts, graph->nnodes + graph->inspector[e]))
						found[place[find_part(parts, n)]].elsewhere++;
	pfree(place);
	pfree(nodes);
	pfree(missing);
	return found;
}

static int
compare_numbers(const void *a, const void *b)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;

	return (x > y) - (x < y);
}

/* All pairs of a node, those of its groups too, and which groups bind it. */
static void
list_members(Bottleneck *b, const Graph *graph, int32 node)
{
	int32		end = graph->first_node[graph->visit_of[node] + 1];
	int32		last = node + 1;

	/* what is inside stands behind it, up to the next node that is not */
	while (last < end && graph->parent[last] >= node)
		last++;
	b->inspectors = fairdraw_alloc(graph->first_pair[last] - graph->first_pair[node], sizeof(int32));
	b->groups = palloc((last - node) * sizeof(char *));
	for (uint32 e = graph->first_pair[node]; e < graph->first_pair[last]; e++)
		b->inspectors[b->ninspectors++] = graph->inspector[e];
	for (int32 n = node; n < last; n++)
		if (graph->node_names[n] != NULL)
			b->groups[b->ngroups++] = graph->node_names[n];
	qsort(b->inspectors, b->ninspectors, sizeof(int32), compare_numbers);
}

/*
 * Visits whose groups cannot be met, whoever else is sent where: a node asks for
 * more than its members and its largest number allow.
 */
static Bottleneck *
find_team_bottlenecks(const Graph *graph, int *count)
{
	int32	   *low = fairdraw_alloc0(graph->nnodes, sizeof(int32));
	int64	   *high = fairdraw_alloc0(graph->nnodes, sizeof(int64));
	Bottleneck *found = NULL;

	*count = 0;
	/* children stand behind their parents, and have added theirs */
	for (int32 n = graph->nnodes - 1; n >= 0; n--)
	{
		uint32		own = graph->first_pair[n + 1] - graph->first_pair[n];
		bool		has_groups = graph->parent[n] >= 0 ||
			graph->first_child[n + 1] > graph->first_child[n];

		low[n] = Max(low[n], graph->node_low[n]);
		high[n] = Min(high[n] + own, graph->node_high[n]);
		if (low[n] > high[n] && has_groups)
		{
			Bottleneck *b;

			found = found == NULL ? palloc(sizeof(Bottleneck))
				: repalloc(found, (*count + 1) * sizeof(Bottleneck));
			b = &found[(*count)++];
			memset(b, 0, sizeof(Bottleneck));
			b->kind = BOTTLENECK_TEAM;
			b->needed = low[n];
			b->capacity = high[n];
			b->shortage = low[n] - high[n];
			b->visits = palloc(sizeof(int32));
			b->visits[b->nvisits++] = graph->visit_of[n];
			list_members(b, graph, n);
			/* so that its parents are not found for the same cause */
			low[n] = high[n];
		}
		if (graph->parent[n] >= 0)
		{
			low[graph->parent[n]] += low[n];
			high[graph->parent[n]] += high[n];
		}
	}
	pfree(low);
	pfree(high);
	return found;
}

static int
compare_bottlenecks(const void *a, const void *b)
{
	const Bottleneck *x = a;
	const Bottleneck *y = b;

	if (x->shortage != y->shortage)
		return x->shortage > y->shortage ? -1 : 1;
	if (x->nvisits > 0 && y->nvisits > 0 && x->visits[0] != y->visits[0])
		return x->visits[0] - y->visits[0];
	return (x->ninspectors > 0 ? x->inspectors[0] : -1) - (y->ninspectors > 0 ? y->inspectors[0] : -1);
}

/* The largest shortage first; none if there is an assignment. */
Bottleneck *
fairdraw_find_bottlenecks(const Graph *graph, int *count)
{
	uint32	   *x = fairdraw_alloc0(graph->npairs, sizeof(uint32));
	int32	   *no_low = fairdraw_alloc0(graph->ninspectors, sizeof(int32));
	int32	   *spare = fairdraw_alloc(graph->ninspectors, sizeof(int32));
	Flow	   *flow = fairdraw_make_flow(graph, 1, 1, x);
	Parts		parts = {.flow = flow};
	Bottleneck *found = NULL;
	bool		of_loads = false;
	int64		left;

	for (int32 i = 0; i < graph->ninspectors; i++)
		spare[i] = graph->high[i];
	found = find_team_bottlenecks(graph, count);
	if (*count > 0)
	{
		for (int b = 0; b < *count; b++)
			found[b].spare = spare;
		qsort(found, *count, sizeof(Bottleneck), compare_bottlenecks);
		return found;
	}
	fairdraw_set_loads(flow, no_low, graph->high);
	left = fairdraw_run_flow(flow);
	if (left == 0)
	{
		of_loads = true;
		fairdraw_set_loads(flow, graph->low, graph->high);
		left = fairdraw_run_flow(flow);
	}
	if (left > 0)
	{
		/* least loads are short of visits, which shows from their side */
		parts.reached = !of_loads;
		find_parts(&parts);
		found = collect(&parts, of_loads, count);
		for (int64 e = 0; e < graph->npairs; e++)
			spare[graph->inspector[e]] -= x[e];
		for (int b = 0; b < *count; b++)
			found[b].spare = spare;
		qsort(found, *count, sizeof(Bottleneck), compare_bottlenecks);
		pfree(parts.parent);
	}
	fairdraw_free_flow(flow);
	pfree(no_low);
	pfree(x);
	return found;
}
