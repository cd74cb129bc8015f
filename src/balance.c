/*
 * balance.c
 *		How close together the loads can be (doc/assignment.md section 2).
 */
#include "fairdraw.h"

#include "miscadmin.h"

#include "flow.h"

typedef struct Balance
{
	const Graph *graph;
	Flow	   *flow;
	int32	   *low;
	int32	   *high;
} Balance;

/* so that a floor makes nobody with few eligible visits sure of them */
static int32
quarter(const Graph *graph, int32 i)
{
	return (graph->first_of[i + 1] - graph->first_of[i]) / 4;
}

static void
set_highs(Balance *balance, int32 level)
{
	const Graph *graph = balance->graph;

	for (int32 i = 0; i < graph->ninspectors; i++)
		balance->high[i] = Min(graph->high[i], Max(level, graph->low[i]));
}

static void
set_lows(Balance *balance, int32 level)
{
	const Graph *graph = balance->graph;

	for (int32 i = 0; i < graph->ninspectors; i++)
		balance->low[i] = Max(graph->low[i],
							  Min(level, Min(balance->high[i], quarter(graph, i))));
}

static bool
is_possible(Balance *balance)
{
	fairdraw_set_loads(balance->flow, balance->low, balance->high);
	return fairdraw_run_flow(balance->flow) == 0;
}

/* a pair, and the load of its inspector */
typedef struct Loaded
{
	int32		load;
	uint32		pair;
} Loaded;

static int
compare_loaded(const void *a, const void *b)
{
	const Loaded *x = a;
	const Loaded *y = b;

	if (x->load != y->load)
		return x->load < y->load ? -1 : 1;
	return x->pair < y->pair ? -1 : x->pair > y->pair;
}

/*
 * The flow starts from teams of the least loaded: most of them can stay.  The
 * outcome does not depend on where it starts.
 */
static void
assign_least_loaded(const Graph *graph, uint32 *x)
{
	int32	   *load = fairdraw_alloc0(graph->ninspectors, sizeof(int32));
	Loaded	   *pairs = NULL;
	uint32		room = 0;

	for (int32 visit = 0; visit < graph->nvisits; visit++)
	{
		int32		root = graph->first_node[visit];
		uint32		begin = graph->first_pair[root];
		uint32		count = graph->first_pair[root + 1] - begin;
		int32		need = graph->node_low[root];

		if ((visit & 255) == 0)
			CHECK_FOR_INTERRUPTS();
		if (count > room)
		{
			if (pairs != NULL)
				pfree(pairs);
			room = Max(2 * room, count);
			pairs = fairdraw_alloc(room, sizeof(Loaded));
		}
		for (uint32 p = 0; p < count; p++)
		{
			pairs[p].load = load[graph->inspector[begin + p]];
			pairs[p].pair = begin + p;
		}
		/* small teams without sorting all */
		if (need > 4)
			qsort(pairs, count, sizeof(Loaded), compare_loaded);
		for (int32 slot = 0; slot < need && slot < (int64) count; slot++)
		{
			uint32		best = slot;
			Loaded		held = pairs[slot];

			for (uint32 p = slot + 1; need <= 4 && p < count; p++)
				if (compare_loaded(&pairs[p], &pairs[best]) < 0)
					best = p;
			pairs[slot] = pairs[best];
			pairs[best] = held;
			if (pairs[slot].load >= graph->high[graph->inspector[pairs[slot].pair]])
				continue;
			x[pairs[slot].pair] = 1;
			load[graph->inspector[pairs[slot].pair]]++;
		}
	}
	pfree(load);
	if (pairs != NULL)
		pfree(pairs);
}

/* Two groups with the same members can contradict each other. */
static bool
has_contradiction(const Graph *graph)
{
	for (int32 n = 0; n < graph->nnodes; n++)
		if (graph->node_low[n] > graph->node_high[n])
			return true;
	return false;
}

static int32
mean_load(const Graph *graph)
{
	int64		need = 0;
	int64		active = 0;

	for (int32 visit = 0; visit < graph->nvisits; visit++)
		need += graph->node_low[graph->first_node[visit]];
	for (int32 i = 0; i < graph->ninspectors; i++)
		active += graph->first_of[i + 1] > graph->first_of[i];
	return active == 0 ? 0 : Min(need / active, graph->nvisits);
}

/* the least level of the highs that is possible */
static int32
least_high(Balance *balance, int32 guess)
{
	int32		impossible = -1;
	int32		possible = balance->graph->nvisits;
	int64		step = 1;

	/* loads cannot all be below their mean: from there upwards */
	for (int64 level = guess; level < possible; level += step, step *= 2)
	{
		set_highs(balance, level);
		if (is_possible(balance))
			possible = level;
		else
			impossible = level;
	}
	if (impossible < 0 && guess > 0)
	{
		set_highs(balance, guess - 1);
		if (is_possible(balance))
			possible = guess - 1;
		else
			impossible = guess - 1;
	}
	while (possible - impossible > 1)
	{
		int32		level = impossible + (possible - impossible) / 2;

		set_highs(balance, level);
		if (is_possible(balance))
			possible = level;
		else
			impossible = level;
	}
	return possible;
}

/* the greatest level of the lows that is possible, at most "most" */
static int32
greatest_low(Balance *balance, int32 most, int32 guess)
{
	int32		possible = 0;
	int32		impossible = most + 1;
	int64		step = 1;

	/* loads cannot all be above their mean, but many may have another limit */
	for (int64 level = Min(guess, most); level < impossible; level += step, step *= 2)
	{
		set_lows(balance, level);
		if (is_possible(balance))
			possible = level;
		else
			impossible = level;
	}
	while (impossible - possible > 1)
	{
		int32		level = possible + (impossible - possible) / 2;

		set_lows(balance, level);
		if (is_possible(balance))
			possible = level;
		else
			impossible = level;
	}
	return possible;
}

/*
 * Sets the bounds of the loads.  False: there is no assignment at all, then the
 * chances are left as they were.
 */
bool
fairdraw_balance(const Graph *graph, const AssignOptions *options, Chances *chances)
{
	uint32	   *x = fairdraw_alloc0(graph->npairs, sizeof(uint32));
	Balance		balance = {.graph = graph};
	int32		mean = mean_load(graph);
	bool		possible;

	balance.flow = fairdraw_make_flow(graph, 1, 1, x);
	balance.low = fairdraw_alloc(graph->ninspectors, sizeof(int32));
	balance.high = fairdraw_alloc(graph->ninspectors, sizeof(int32));
	assign_least_loaded(graph, x);
	memcpy(balance.low, graph->low, graph->ninspectors * sizeof(int32));
	memcpy(balance.high, graph->high, graph->ninspectors * sizeof(int32));
	possible = !has_contradiction(graph) && is_possible(&balance);
	chances->range = options->range;
	if (possible && options->range)
	{
		int64		high = least_high(&balance, mean);
		int64		low;

		set_highs(&balance, high);
		low = greatest_low(&balance, high, mean);
		chances->range_low = low;
		chances->range_high = high;
		set_lows(&balance, Max(low - options->slack, 0));
		set_highs(&balance, Min(high + options->slack, graph->nvisits));
	}
	chances->low = balance.low;
	chances->high = balance.high;
	fairdraw_free_flow(balance.flow);
	pfree(x);
	return possible;
}
