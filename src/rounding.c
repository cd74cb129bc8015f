/*
 * rounding.c
 *		From chances to teams (doc/assignment.md section 6).
 *
 * Bit by bit from the lowest, whatever has that bit set is paired along cycles,
 * and a coin for each cycle moves its members up and down in turn.  So sums
 * never change, and the mean of each chance is what it was: dependent rounding
 * (Gandhi, Khuller, Parthasarathy and Srinivasan 2006) by bits (Cohen 1995).
 */
#include "fairdraw.h"

#include "miscadmin.h"

#include "assignment.h"
#include "progress.h"
#include "random_source.h"

/* What is between 0 and 1: first the pairs, in their random order, node by node; then, at the hub, inspectors. */
typedef struct Open
{
	uint32		count;
	uint32		npairs;			/* how many of them are pairs */
	uint32	   *first;			/* [nnodes + 1] of each node */
	uint32	   *pair;
	int32	   *inspector;
	uint32	   *value;
} Open;

/* Two values of one node, or of the hub: one goes up, the other down. */
typedef struct Link
{
	uint32		ends[2];
} Link;

typedef struct LinkEnd
{
	uint32		link;			/* times 2, plus which end */
	int32		other;			/* the inspector at the other end */
} LinkEnd;

typedef struct Rounding
{
	const Graph *graph;
	Open		open;
	RandomSource source;
	uint32		nlinks;
	Link	   *links;
	uint8	   *up;				/* the end of the link that goes up; 2: not
								 * known */
	uint32	   *leftover;		/* of each node of a visit */
	uint32	   *first_end;		/* [ninspectors + 1] */
	uint32	   *next_end;
	LinkEnd    *ends;
	int32	   *place;			/* of an inspector on the walk; -1: none */
	LinkEnd    *walk;			/* by which link each place was left */
	int32	   *walked;			/* the inspector at each place */
} Rounding;

#define NOTHING UINT32_MAX

/*
 * Order
 */

static void
open_pairs(Rounding *r, const Chances *chances)
{
	const Graph *graph = r->graph;
	Open	   *open = &r->open;
	int64	   *loads = fairdraw_alloc0(graph->ninspectors, sizeof(int64));

	for (int64 e = 0; e < graph->npairs; e++)
	{
		open->npairs += chances->x[e] > 0 && chances->x[e] < chances->unit;
		loads[graph->inspector[e]] += chances->x[e];
	}
	open->first = fairdraw_alloc((Size) graph->nnodes + 1, sizeof(uint32));
	open->pair = fairdraw_alloc((Size) open->npairs + graph->ninspectors, sizeof(uint32));
	open->inspector = fairdraw_alloc((Size) open->npairs + graph->ninspectors, sizeof(int32));
	open->value = fairdraw_alloc((Size) open->npairs + graph->ninspectors, sizeof(uint32));
	for (int32 n = 0; n < graph->nnodes; n++)
	{
		if ((n & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		open->first[n] = open->count;
		for (uint32 e = graph->first_pair[n]; e < graph->first_pair[n + 1]; e++)
			if (chances->x[e] > 0 && chances->x[e] < chances->unit)
				open->pair[open->count++] = e;
		fairdraw_shuffle(&r->source, open->pair + open->first[n], open->count - open->first[n]);
	}
	open->first[graph->nnodes] = open->count;
	for (uint32 p = 0; p < open->npairs; p++)
	{
		open->inspector[p] = graph->inspector[open->pair[p]];
		open->value[p] = chances->x[open->pair[p]];
	}

	for (int32 i = 0; i < graph->ninspectors; i++)
		if (loads[i] % chances->unit != 0)
			open->pair[open->count++] = i;
	fairdraw_shuffle(&r->source, open->pair + open->npairs, open->count - open->npairs);
	for (uint32 p = open->npairs; p < open->count; p++)
	{
		open->inspector[p] = open->pair[p];
		open->value[p] = chances->unit - loads[open->pair[p]] % chances->unit;
	}
	pfree(loads);
}

/*
 * Links
 */

/* Links b to what is waiting, or lets it wait. */
static inline void
link_next(Rounding *r, uint32 *waiting, uint32 b)
{
	Link	   *link;

	if (*waiting == NOTHING)
	{
		*waiting = b;
		return;
	}
	link = &r->links[r->nlinks++];
	link->ends[0] = *waiting;
	link->ends[1] = b;
	r->first_end[r->open.inspector[*waiting] + 1]++;
	r->first_end[r->open.inspector[b] + 1]++;
	*waiting = NOTHING;
}

static inline void
link_open(Rounding *r, uint32 begin, uint32 end, int bit, uint32 *waiting)
{
	for (uint32 p = begin; p < end; p++)
		if ((r->open.value[p] >> bit) & 1)
			link_next(r, waiting, p);
}

static void
make_links(Rounding *r, int bit)
{
	const Graph *graph = r->graph;
	uint32		waiting;

	r->nlinks = 0;
	memset(r->first_end, 0, ((Size) graph->ninspectors + 1) * sizeof(uint32));
	for (int32 visit = 0; visit < graph->nvisits; visit++)
	{
		int32		root = graph->first_node[visit];

		if ((visit & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		for (int32 n = graph->first_node[visit + 1] - 1; n >= root; n--)
		{
			waiting = NOTHING;
			link_open(r, r->open.first[n], r->open.first[n + 1], bit, &waiting);
			for (uint32 c = graph->first_child[n]; c < graph->first_child[n + 1]; c++)
				if (r->leftover[graph->children[c] - root] != NOTHING)
					link_next(r, &waiting, r->leftover[graph->children[c] - root]);
			r->leftover[n - root] = waiting;
		}
		Assert(waiting == NOTHING);
	}
	waiting = NOTHING;
	link_open(r, r->open.npairs, r->open.count, bit, &waiting);
	Assert(waiting == NOTHING);
}

static void
put_end(Rounding *r, int32 inspector, uint32 link, int32 other)
{
	LinkEnd    *end = &r->ends[r->next_end[inspector]++];

	end->link = link;
	end->other = other;
}

/* The ends at each inspector, by the number of the link. */
static void
sort_ends(Rounding *r)
{
	for (int32 i = 0; i < r->graph->ninspectors; i++)
	{
		r->first_end[i + 1] += r->first_end[i];
		r->next_end[i] = r->first_end[i];
	}
	for (uint32 l = 0; l < r->nlinks; l++)
	{
		int32		a = r->open.inspector[r->links[l].ends[0]];
		int32		b = r->open.inspector[r->links[l].ends[1]];

		put_end(r, a, 2 * l, b);
		put_end(r, b, 2 * l + 1, a);
	}
	memcpy(r->next_end, r->first_end, r->graph->ninspectors * sizeof(uint32));
}

/*
 * Walks
 */

#define LINK_UNKNOWN 2

/* Throws the coin for the links since a place on the walk. */
static void
close_cycle(Rounding *r, int32 begin, int32 end)
{
	uint32		coin = fairdraw_random_below(&r->source, 2);

	for (int32 place = begin; place < end; place++)
	{
		uint32		entered = r->walk[place].link & 1;

		r->up[r->walk[place].link >> 1] = coin == 0 ? 1 - entered : entered;
		if (place > begin)
			r->place[r->walked[place]] = -1;
	}
}

static void
walk_from(Rounding *r, int32 start)
{
	int32		here = start;
	int32		place = 0;

	r->place[start] = 0;
	r->walked[0] = start;
	for (;;)
	{
		LinkEnd    *end;

		/* links that were walked from their other end */
		while (r->next_end[here] < r->first_end[here + 1] &&
			   r->up[r->ends[r->next_end[here]].link >> 1] != LINK_UNKNOWN)
			r->next_end[here]++;
		if (r->next_end[here] == r->first_end[here + 1])
			break;
		end = &r->ends[r->next_end[here]++];
		r->up[end->link >> 1] = 0;	/* until the cycle is closed */
		r->walk[place++] = *end;
		here = end->other;
		if (r->place[here] >= 0)
		{
			close_cycle(r, r->place[here], place);
			place = r->place[here];
		}
		else
		{
			r->place[here] = place;
			r->walked[place] = here;
		}
	}
	/* all degrees are even, so that a walk can only end where it began */
	Assert(here == start && place == 0);
	r->place[start] = -1;
}

static void
round_bit(Rounding *r, int bit)
{
	make_links(r, bit);
	sort_ends(r);
	memset(r->up, LINK_UNKNOWN, r->nlinks);
	for (int32 i = 0; i < r->graph->ninspectors; i++)
	{
		if ((i & 63) == 0)
			CHECK_FOR_INTERRUPTS();
		walk_from(r, i);
	}
	for (uint32 l = 0; l < r->nlinks; l++)
	{
		r->open.value[r->links[l].ends[r->up[l]]] += 1u << bit;
		r->open.value[r->links[l].ends[1 - r->up[l]]] -= 1u << bit;
	}
}

/* The most nodes of any visit. */
static int32
most_nodes(const Graph *graph)
{
	int32		most = 1;

	for (int32 visit = 0; visit < graph->nvisits; visit++)
		most = Max(most, graph->first_node[visit + 1] - graph->first_node[visit]);
	return most;
}

bool *
fairdraw_draw_teams(const Graph *graph, const Chances *chances, const char *key)
{
	Rounding	r = {.graph = graph};
	bool	   *taken = fairdraw_alloc(graph->npairs, sizeof(bool));
	Progress	progress;

	fairdraw_random_init(&r.source, key, "team");
	open_pairs(&r, chances);
	r.links = fairdraw_alloc(r.open.count / 2, sizeof(Link));
	r.up = fairdraw_alloc(r.open.count / 2, sizeof(uint8));
	r.ends = fairdraw_alloc(r.open.count, sizeof(LinkEnd));
	r.leftover = fairdraw_alloc(most_nodes(graph), sizeof(uint32));
	r.first_end = fairdraw_alloc((Size) graph->ninspectors + 1, sizeof(uint32));
	r.next_end = fairdraw_alloc(graph->ninspectors, sizeof(uint32));
	r.place = fairdraw_alloc(graph->ninspectors, sizeof(int32));
	r.walk = fairdraw_alloc((Size) graph->ninspectors + 1, sizeof(LinkEnd));
	r.walked = fairdraw_alloc((Size) graph->ninspectors + 1, sizeof(int32));
	memset(r.place, -1, graph->ninspectors * sizeof(int32));
	fairdraw_progress_begin(&progress, "bits of the chances drawn", 0);
	for (int bit = 0; (INT64CONST(1) << bit) < chances->unit; bit++)
	{
		round_bit(&r, bit);
		fairdraw_progress_report(&progress, bit + 1);
	}
	fairdraw_progress_end(&progress);

	for (int64 e = 0; e < graph->npairs; e++)
		taken[e] = chances->x[e] == chances->unit;
	for (uint32 p = 0; p < r.open.npairs; p++)
	{
		Assert(r.open.value[p] == 0 || r.open.value[p] == chances->unit);
		taken[r.open.pair[p]] = r.open.value[p] == chances->unit;
	}
	pfree(r.open.first);
	pfree(r.open.pair);
	pfree(r.open.inspector);
	pfree(r.open.value);
	pfree(r.links);
	pfree(r.up);
	pfree(r.ends);
	pfree(r.leftover);
	pfree(r.first_end);
	pfree(r.next_end);
	pfree(r.place);
	pfree(r.walk);
	pfree(r.walked);
	return taken;
}
