/*
 * scaling.c
 *		Chances as flat as the rules allow (doc/assignment.md section 4): each
 *		visit shares its need out in proportion to weights of the inspectors,
 *		and the weights follow the loads, until both agree.
 *
 * This is iterative proportional fitting, whose limit has the largest entropy
 * of all fractional assignments (Deming and Stephan 1940; Csiszar 1975), with
 * bounds as in its generalizations, in integers.
 */
#include "fairdraw.h"

#include "miscadmin.h"

#include "assignment.h"
#include "progress.h"

#define ONE (UINT64CONST(1) << 28)
#define MAX_WEIGHT (UINT64CONST(1) << 36)
#define MAX_AT_ONE ((uint128_t) 1 << 64)	/* so that products fit 128 bits */
#define MAX_ITERATIONS 100
#define GRAIN 256				/* loads are summed up in finer units, so that
								 * rounding treats equals as equals */
#define MISS_A_PAIR 16			/* that is good enough, in these */

/* What shares at a node: a pair of its own, or a child group. */
typedef struct Member
{
	uint64		weight;
	int64		low;
	int64		high;
	int64		value;			/* -1: it has none yet */
	uint32		pair;
	int32		child;			/* -1: it is a pair */
} Member;

typedef struct Scaling
{
	const Graph *graph;
	Chances    *chances;
	bool		in_grains;		/* only loads are wanted */
	int64		cap;
	uint64	   *weight;			/* [ninspectors] */
	int64	   *load;			/* of free pairs */
	int64	   *load_low;
	int64	   *load_high;
	int64	   *need;			/* [nvisits] without what is fixed */
	int64	   *low;			/* [nnodes] that can be met, likewise */
	int64	   *high;
	uint32	   *nfree;			/* [nnodes] free pairs inside */
	uint64	   *node_weight;	/* [nnodes] their weight */
	int64		nfree_pairs;
	int64		mean;
} Scaling;

/*
 * What is free
 */

static void
find_bounds(Scaling *s)
{
	const Graph *graph = s->graph;
	const uint32 *x = s->chances->x;
	int64	   *fixed = fairdraw_alloc0(graph->nnodes, sizeof(int64));
	int64	   *children_low = fairdraw_alloc0(graph->nnodes, sizeof(int64));
	int64	   *children_high = fairdraw_alloc0(graph->nnodes, sizeof(int64));
	uint32	   *own = fairdraw_alloc0(graph->nnodes, sizeof(uint32));

	for (int32 i = 0; i < graph->ninspectors; i++)
	{
		s->load_low[i] = s->chances->load_low[i];
		s->load_high[i] = s->chances->load_high[i];
	}
	for (int64 e = 0; e < graph->npairs; e++)
	{
		if (!s->chances->fixed[e])
		{
			own[graph->node[e]]++;
			s->nfree_pairs++;
			continue;
		}
		fixed[graph->node[e]] += x[e];
		s->load_low[graph->inspector[e]] -= x[e];
		s->load_high[graph->inspector[e]] -= x[e];
	}

	/* children stand behind their parents */
	for (int32 n = graph->nnodes - 1; n >= 0; n--)
	{
		int32		parent = graph->parent[n];

		s->nfree[n] += own[n];
		s->low[n] = Max(Max(s->chances->node_low[n] - fixed[n], 0),
						children_low[n]);
		s->high[n] = Min(s->chances->node_high[n] - fixed[n],
						 s->cap * own[n] + children_high[n]);
		if (parent >= 0)
		{
			s->nfree[parent] += s->nfree[n];
			fixed[parent] += fixed[n];
			children_low[parent] += s->low[n];
			children_high[parent] += s->high[n];
		}
		else
			s->need[graph->visit_of[n]] = s->chances->node_low[n] - fixed[n];
	}
	pfree(fixed);
	pfree(children_low);
	pfree(children_high);
	pfree(own);
}

static void
find_mean(Scaling *s)
{
	const Graph *graph = s->graph;
	bool	   *active = fairdraw_alloc0(graph->ninspectors, sizeof(bool));
	int64		sum = 0;
	int64		count = 0;

	for (int32 visit = 0; visit < graph->nvisits; visit++)
		sum += s->need[visit];
	for (int64 e = 0; e < graph->npairs; e++)
		if (!s->chances->fixed[e])
			active[graph->inspector[e]] = true;
	for (int32 i = 0; i < graph->ninspectors; i++)
	{
		count += active[i];
		if (!active[i])
			s->weight[i] = 0;
	}
	s->mean = count == 0 ? 0 : sum / count;
	pfree(active);
}

/*
 * Fill
 */

/*
 * Multiplies by q / t and rounds down, for factors up to t.  With q < t the
 * division is done once: the product of the factor and floor(2^64 q / t) is too
 * small by less than the factor, so its upper half by at most 1.
 */
typedef struct Share
{
	uint64		q;
	uint64		t;
	uint64		reciprocal;		/* 0: not used */
} Share;

static inline void
share_init(Share *share, uint64 q, uint64 t)
{
	share->q = q;
	share->t = t;
	share->reciprocal = q < t ? (uint64) (((uint128_t) q << 64) / t) : 0;
}

static inline uint64
share_of(const Share *share, uint64 factor)
{
	uint64		quotient;

	if (share->reciprocal == 0)
		return (uint64) ((uint128_t) share->q * factor / share->t);
	quotient = (uint64) (((uint128_t) share->reciprocal * factor) >> 64);
	if (share->q * factor - quotient * share->t >= share->t)
		quotient++;
	return quotient;
}

/* A visit without groups, where no pair comes near its bounds: most of them. */
static bool
fill_plainly(Scaling *s, int32 root)
{
	const Graph *graph = s->graph;
	const bool *fixed = s->chances->fixed;
	uint32		begin = graph->first_pair[root];
	uint32		end = graph->first_pair[root + 1];
	uint64		need = s->need[graph->visit_of[root]];
	uint64		total = 0;
	uint64		largest = 0;
	uint64		before = 0;
	Share		share;

	for (uint32 e = begin; e < end; e++)
		if (!fixed[e])
		{
			uint64		weight = s->weight[graph->inspector[e]];

			total += weight;
			largest = Max(largest, weight);
		}
	if ((uint128_t) need * largest > (uint128_t) s->cap * total)
		return false;
	share_init(&share, need, Max(total, 1));
	total = 0;
	for (uint32 e = begin; e < end; e++)
		if (!fixed[e])
		{
			uint64		so_far;

			total += s->weight[graph->inspector[e]];
			so_far = share_of(&share, total);
			if (!s->in_grains)
				s->chances->x[e] = so_far - before;
			s->load[graph->inspector[e]] += so_far - before;
			before = so_far;
		}
	return true;
}

/* Gives values to those that are out of bounds on the side that weighs more; false if there is none. */
static bool
bind_members(Member *members, int count, int64 amount)
{
	uint128_t	total = 0;
	uint128_t	over = 0;
	uint128_t	under = 0;

	for (int m = 0; m < count; m++)
	{
		if (members[m].value < 0)
			total += members[m].weight;
		else
			amount -= members[m].value;
	}
	for (int m = 0; m < count; m++)
	{
		uint128_t	share = (uint128_t) amount * members[m].weight;

		if (members[m].value >= 0)
			continue;
		if (share > members[m].high * total)
			over += share - members[m].high * total;
		else if (share < members[m].low * total)
			under += members[m].low * total - share;
	}
	if (over == 0 && under == 0)
		return false;
	for (int m = 0; m < count; m++)
	{
		uint128_t	share = (uint128_t) amount * members[m].weight;

		if (members[m].value >= 0)
			continue;
		if (over >= under && share > members[m].high * total)
			members[m].value = members[m].high;
		else if (over < under && share < members[m].low * total)
			members[m].value = members[m].low;
	}
	return true;
}

static void
share_out(Member *members, int count, int64 amount)
{
	uint128_t	total = 0;
	uint128_t	so_far = 0;
	int64		before = 0;

	while (bind_members(members, count, amount))
		CHECK_FOR_INTERRUPTS();
	for (int m = 0; m < count; m++)
	{
		if (members[m].value < 0)
			total += members[m].weight;
		else
			amount -= members[m].value;
	}
	for (int m = 0; m < count; m++)
		if (members[m].value < 0)
		{
			int64		upto;

			so_far += members[m].weight;
			upto = (int64) ((uint128_t) amount * so_far / total);
			members[m].value = upto - before;
			before = upto;
		}
}

static void
set_pair_member(Member *member, const Scaling *s, uint32 pair)
{
	member->weight = s->weight[s->graph->inspector[pair]];
	member->low = 0;
	member->high = s->cap;
	member->value = -1;
	member->pair = pair;
	member->child = -1;
}

static void
set_group_member(Member *member, const Scaling *s, int32 child)
{
	member->weight = s->node_weight[child];
	member->low = s->low[child];
	member->high = s->high[child];
	member->value = -1;
	member->child = child;
}

static void
fill_node(Scaling *s, int32 node, int64 amount)
{
	const Graph *graph = s->graph;
	uint32		npairs = graph->first_pair[node + 1] - graph->first_pair[node];
	uint32		nchildren = graph->first_child[node + 1] - graph->first_child[node];
	Member	   *members = fairdraw_alloc((Size) npairs + nchildren, sizeof(Member));
	int			count = 0;

	check_stack_depth();
	for (uint32 e = graph->first_pair[node]; e < graph->first_pair[node + 1]; e++)
		if (!s->chances->fixed[e])
			set_pair_member(&members[count++], s, e);
	for (uint32 c = graph->first_child[node]; c < graph->first_child[node + 1]; c++)
	{
		int32		child = graph->children[c];

		if (s->nfree[child] > 0)
			set_group_member(&members[count++], s, child);
	}
	share_out(members, count, amount);
	for (int m = 0; m < count; m++)
	{
		if (members[m].child >= 0)
			fill_node(s, members[m].child, members[m].value);
		else
		{
			if (!s->in_grains)
				s->chances->x[members[m].pair] = members[m].value;
			s->load[graph->inspector[members[m].pair]] += members[m].value;
		}
	}
	pfree(members);
}

static void
fill_visit(Scaling *s, int32 visit)
{
	const Graph *graph = s->graph;
	int32		root = graph->first_node[visit];
	int32		end = graph->first_node[visit + 1];

	if (s->nfree[root] == 0 || (end == root + 1 && fill_plainly(s, root)))
		return;
	for (int32 n = end - 1; n >= root; n--)
		s->node_weight[n] = 0;
	for (int32 n = end - 1; n >= root; n--)
	{
		for (uint32 e = graph->first_pair[n]; e < graph->first_pair[n + 1]; e++)
			if (!s->chances->fixed[e])
				s->node_weight[n] += s->weight[graph->inspector[e]];
		if (n > root)
			s->node_weight[graph->parent[n]] += s->node_weight[n];
	}
	fill_node(s, root, s->need[visit]);
}

/*
 * Scaling
 */

/* the largest integer whose square is at most n */
static uint128_t
isqrt(uint128_t n)
{
	uint128_t	root = 0;

	for (int shift = 126; shift >= 0; shift -= 2)
	{
		uint128_t	bit = (uint128_t) 1 << shift;

		if (n >= root + bit)
		{
			n -= root + bit;
			root = (root >> 1) + bit;
		}
		else
			root >>= 1;
	}
	return root;
}

static uint128_t
natural_load(const Scaling *s, Evenness evenness, uint128_t at_one)
{
	switch (evenness)
	{
		case EVENNESS_NONE:
			break;
		case EVENNESS_HALF:
			return isqrt(s->mean * at_one);
		case EVENNESS_HIGH:
			return isqrt(s->mean * isqrt(s->mean * at_one));
	}
	return at_one;
}

/*
 * Sets the next weights; false, and the weights stay, if the loads miss their
 * targets by little.
 */
static bool
follow_loads(Scaling *s, Evenness evenness, bool last, uint64 *next)
{
	uint128_t	missed = 0;

	for (int32 i = 0; i < s->graph->ninspectors; i++)
	{
		uint128_t	at_one;
		uint128_t	target;

		next[i] = s->weight[i];
		if (s->weight[i] == 0)
			continue;
		at_one = Min((uint128_t) s->load[i] * ONE / s->weight[i], MAX_AT_ONE);
		target = natural_load(s, evenness, at_one);
		target = Max(target, (uint128_t) Max(s->load_low[i], 0));
		target = Min(target, (uint128_t) s->load_high[i]);
		missed += (uint128_t) Max(target, s->load[i]) - (uint128_t) Min(target, s->load[i]);
		if (at_one > 0)
			next[i] = (uint64) Min(Max(target * ONE / at_one, 1), MAX_WEIGHT);
	}
	if (last || missed <= (uint128_t) s->nfree_pairs * MISS_A_PAIR)
		return false;
	memcpy(s->weight, next, s->graph->ninspectors * sizeof(uint64));
	return true;
}

static void
fill_all(Scaling *s)
{
	memset(s->load, 0, s->graph->ninspectors * sizeof(int64));
	for (int32 visit = 0; visit < s->graph->nvisits; visit++)
	{
		if ((visit & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		fill_visit(s, visit);
	}
}

/* Between units and grains, into which they divide. */
static void
convert(Scaling *s, int64 times, int64 parts)
{
	s->in_grains = times > 1;
	s->cap = s->cap * times / parts;
	for (int32 v = 0; v < s->graph->nvisits; v++)
		s->need[v] = s->need[v] * times / parts;
	for (int32 n = 0; n < s->graph->nnodes; n++)
	{
		s->low[n] = s->low[n] * times / parts;
		s->high[n] = s->high[n] * times / parts;
	}
	for (int32 i = 0; i < s->graph->ninspectors; i++)
	{
		s->load_low[i] = s->load_low[i] * times / parts;
		s->load_high[i] = s->load_high[i] * times / parts;
	}
}

/* Sets x of the free pairs; what each visit needs is met exactly, loads nearly. */
void
fairdraw_scale(const Graph *graph, const AssignOptions *options, Chances *chances)
{
	Scaling		s = {.graph = graph,.chances = chances,.cap = options->pair_cap};
	uint64	   *next = fairdraw_alloc(graph->ninspectors, sizeof(uint64));
	Progress	progress;

	s.weight = fairdraw_alloc(graph->ninspectors, sizeof(uint64));
	s.load = fairdraw_alloc(graph->ninspectors, sizeof(int64));
	s.load_low = fairdraw_alloc(graph->ninspectors, sizeof(int64));
	s.load_high = fairdraw_alloc(graph->ninspectors, sizeof(int64));
	s.need = fairdraw_alloc(graph->nvisits, sizeof(int64));
	s.low = fairdraw_alloc(graph->nnodes, sizeof(int64));
	s.high = fairdraw_alloc(graph->nnodes, sizeof(int64));
	s.nfree = fairdraw_alloc0(graph->nnodes, sizeof(uint32));
	s.node_weight = fairdraw_alloc(graph->nnodes, sizeof(uint64));
	for (int32 i = 0; i < graph->ninspectors; i++)
		s.weight[i] = ONE;
	find_bounds(&s);
	convert(&s, GRAIN, 1);
	find_mean(&s);
	fairdraw_progress_begin(&progress, "rounds of chances, at the most, computed", MAX_ITERATIONS);
	do
	{
		fill_all(&s);
		fairdraw_progress_report(&progress, ++chances->iterations);
	} while (follow_loads(&s, options->evenness, chances->iterations == MAX_ITERATIONS, next));
	fairdraw_progress_end(&progress);
	convert(&s, 1, GRAIN);
	fill_all(&s);
	pfree(next);
	pfree(s.weight);
	pfree(s.load);
	pfree(s.load_low);
	pfree(s.load_high);
	pfree(s.need);
	pfree(s.low);
	pfree(s.high);
	pfree(s.nfree);
	pfree(s.node_weight);
}
