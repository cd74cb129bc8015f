/*
 * graph.c
 *		Who may go where: pairs in order, and the tree of groups of each visit
 *		(doc/assignment.md section 1).
 */
#include "fairdraw.h"

#include "miscadmin.h"

#include "assignment.h"
#include "field.h"

/* a set of pairs of one visit, counted from 0 there */
typedef struct Group
{
	int		   *pairs;			/* ascending */
	int			size;
	int32		low;
	int32		high;
	char	   *names;
	int			parent;			/* among the groups */
} Group;

/* The groups of one visit: the root, then the larger before the smaller. */
typedef struct Groups
{
	int			npairs;			/* of the visit */
	int			count;
	int			room;
	Group	   *groups;
	int		   *label;			/* of each pair the smallest group that
								 * contains it */
	int		   *order;			/* the groups by parent and least pair */
	int		   *first_child;	/* into it, of each group; one more at the end */
	int		   *own;			/* the pairs by label */
	int		   *first_own;
} Groups;

/*
 * Pairs
 */

#define FIRST_ROOM 1024

static void
too_many_pairs(const AssignOptions *options)
{
	ereport(ERROR,
			(errcode(ERRCODE_ASSIGN_TOO_MANY_PAIRS),
			 errmsg("there are more than " INT64_FORMAT " eligible pairs", options->max_pairs),
			 errhint("Narrow the scopes, or draw for each region by itself.  Outside of a ceremony the option \"max_edges\" raises the limit, at about 60 bytes a pair.")));
}

/*
 * Their arrays live in the current memory context.  Of those that are not
 * eligible all are counted, and so many are kept.
 */
void
fairdraw_begin_pairs(GraphInput *input, ExcludedPairs *excluded, int64 most_excluded)
{
	input->npairs = 0;
	input->pairs_room = FIRST_ROOM;
	input->pair_visit = palloc(FIRST_ROOM * sizeof(int32));
	input->pair_inspector = palloc(FIRST_ROOM * sizeof(int32));
	input->pair_groups = palloc(FIRST_ROOM * sizeof(uint32));
	memset(excluded->of_reason, 0, sizeof(excluded->of_reason));
	excluded->most = most_excluded;
	excluded->count = 0;
	excluded->room = FIRST_ROOM;
	excluded->visit = palloc(FIRST_ROOM * sizeof(int32));
	excluded->inspector = palloc(FIRST_ROOM * sizeof(int32));
	excluded->reason = palloc(FIRST_ROOM * sizeof(int32));
}

void
fairdraw_add_pair(GraphInput *input, const AssignOptions *options, int32 visit,
				  int32 inspector, uint32 groups)
{
	if (input->npairs == options->max_pairs)
		too_many_pairs(options);
	if (input->npairs == input->pairs_room)
	{
		input->pairs_room *= 2;
		input->pair_visit = repalloc_huge(input->pair_visit, input->pairs_room * sizeof(int32));
		input->pair_inspector = repalloc_huge(input->pair_inspector, input->pairs_room * sizeof(int32));
		input->pair_groups = repalloc_huge(input->pair_groups, input->pairs_room * sizeof(uint32));
	}
	input->pair_visit[input->npairs] = visit;
	input->pair_inspector[input->npairs] = inspector;
	input->pair_groups[input->npairs++] = groups;
}

void
fairdraw_add_excluded(ExcludedPairs *excluded, int32 visit, int32 inspector, int32 reason)
{
	excluded->of_reason[reason]++;
	if (excluded->count == excluded->most)
		return;
	if (excluded->count == excluded->room)
	{
		excluded->room *= 2;
		excluded->visit = repalloc_huge(excluded->visit, excluded->room * sizeof(int32));
		excluded->inspector = repalloc_huge(excluded->inspector, excluded->room * sizeof(int32));
		excluded->reason = repalloc_huge(excluded->reason, excluded->room * sizeof(int32));
	}
	excluded->visit[excluded->count] = visit;
	excluded->inspector[excluded->count] = inspector;
	excluded->reason[excluded->count++] = reason;
}

/* Puts the pairs in the order of one of their ends, keeping their order else. */
static uint32 *
order_by(const uint32 *order, const int32 *ends, int64 npairs, int32 nends)
{
	uint32	   *next = fairdraw_alloc0((Size) nends + 1, sizeof(uint32));
	uint32	   *ordered = fairdraw_alloc(npairs, sizeof(uint32));

	for (int64 e = 0; e < npairs; e++)
		next[ends[e] + 1]++;
	for (int32 i = 0; i < nends; i++)
		next[i + 1] += next[i];
	for (int64 e = 0; e < npairs; e++)
	{
		uint32		pair = order == NULL ? (uint32) e : order[e];

		ordered[next[ends[pair]]++] = pair;
	}
	pfree(next);
	return ordered;
}

static void
refuse_repeated_pair(const Graph *graph, int32 visit, int32 inspector)
{
	ereport(ERROR,
			(errcode(ERRCODE_ASSIGN_DUPLICATE),
			 errmsg("inspector \"%s\" is eligible for visit \"%s\" twice",
					fairdraw_shown(graph->inspector_ids[inspector]),
					fairdraw_shown_visit(graph->visit_ids[visit])),
			 errhint("Give each pair once: SELECT DISTINCT.")));
}

/*
 * Groups of a visit
 */

/* Takes the list over. */
static void
add_group(Groups *groups, int *pairs, int size, int32 low, int32 high, char *names)
{
	Group	   *group;

	if (groups->count == groups->room)
	{
		groups->room = Max(groups->room * 2, 8);
		groups->groups = groups->groups == NULL
			? palloc(groups->room * sizeof(Group))
			: repalloc(groups->groups, groups->room * sizeof(Group));
	}
	group = &groups->groups[groups->count++];
	group->pairs = pairs;
	group->size = size;
	group->low = low;
	group->high = high;
	group->names = names;
	group->parent = 0;
}

/* Does it bind a team of so many? */
static bool
says_something(int size, int32 low, int32 high, int32 need)
{
	return low > 0 || high < Min(need, size);
}

static void
collect_named(Groups *groups, const GraphInput *input, const AssignOptions *options,
			  int32 visit, const uint32 *pairs)
{
	const GroupRule *rules = input->visit_groups != NULL && input->visit_groups[visit] != NULL
		? input->visit_groups[visit] : options->groups;

	for (int g = 0; g < options->ngroups; g++)
	{
		int32		need = input->need[visit];
		int32		high = rules[g].max < 0 ? need : Min(rules[g].max, need);
		int		   *members = palloc(Max(groups->npairs, 1) * sizeof(int));
		int			size = 0;

		for (int p = 0; p < groups->npairs; p++)
			if ((input->pair_groups[pairs[p]] & (1u << g)) != 0)
				members[size++] = p;
		if (says_something(size, rules[g].min, high, need))
			add_group(groups, members, size, rules[g].min, high, rules[g].name);
		else
			pfree(members);
	}
}

typedef struct ExclusionMember
{
	int32		exclusion;
	int			pair;
} ExclusionMember;

static int
compare_exclusions(const void *a, const void *b)
{
	const ExclusionMember *x = a;
	const ExclusionMember *y = b;

	if (x->exclusion != y->exclusion)
		return x->exclusion < y->exclusion ? -1 : 1;
	return x->pair - y->pair;
}

static void
collect_exclusions(Groups *groups, const GraphInput *input, int32 visit, const uint32 *pairs)
{
	ExclusionMember *members;
	int			n = 0;

	if (input->exclusion == NULL)
		return;
	members = palloc(Max(groups->npairs, 1) * sizeof(ExclusionMember));
	for (int p = 0; p < groups->npairs; p++)
		if (input->exclusion[input->pair_inspector[pairs[p]]] >= 0)
		{
			members[n].exclusion = input->exclusion[input->pair_inspector[pairs[p]]];
			members[n++].pair = p;
		}
	qsort(members, n, sizeof(ExclusionMember), compare_exclusions);
	for (int begin = 0, end; begin < n; begin = end)
	{
		int		   *set;

		for (end = begin; end < n && members[end].exclusion == members[begin].exclusion; end++)
			;
		if (!says_something(end - begin, 0, 1, input->need[visit]))
			continue;
		set = palloc((end - begin) * sizeof(int));
		for (int m = begin; m < end; m++)
			set[m - begin] = members[m].pair;
		add_group(groups, set, end - begin, 0, 1,
				  psprintf("exclusion:%s", input->exclusion_names[members[begin].exclusion]));
	}
	pfree(members);
}

static int
compare_groups(const void *a, const void *b)
{
	const Group *x = a;
	const Group *y = b;

	if (x->size != y->size)
		return y->size - x->size;
	/* the names of what becomes one group ascend */
	return strcmp(x->names, y->names);
}

/* A pair of one list that is in the other, or that is not; -1: there is none. */
static int
find_shared(const Group *list, const Group *other, bool shared)
{
	int			o = 0;

	for (int p = 0; p < list->size; p++)
	{
		while (o < other->size && other->pairs[o] < list->pairs[p])
			o++;
		if ((o < other->size && other->pairs[o] == list->pairs[p]) == shared)
			return list->pairs[p];
	}
	return -1;
}

static void
refuse_crossing(const Graph *graph, const GraphInput *input, int32 visit,
				const uint32 *pairs, const Group *a, const Group *b)
{
	const char *name_a = fairdraw_shown_visit(a->names);
	const char *name_b = fairdraw_shown_visit(b->names);

#define ID_OF(pair) fairdraw_shown(graph->inspector_ids[input->pair_inspector[pairs[pair]]])
	ereport(ERROR,
			(errcode(ERRCODE_ASSIGN_CROSSING_GROUPS),
			 errmsg("groups \"%s\" and \"%s\" of visit \"%s\" cross",
					name_a, name_b, fairdraw_shown_visit(graph->visit_ids[visit])),
			 errdetail("Inspector \"%s\" is in both, \"%s\" only in \"%s\", \"%s\" only in \"%s\".",
					   ID_OF(find_shared(a, b, true)), ID_OF(find_shared(a, b, false)), name_a,
					   ID_OF(find_shared(b, a, false)), name_b),
			 errhint("Two groups that bind a team have to be nested or disjoint: drop one of them, or put everybody of one into the other.")));
}

static bool
is_inside(const Groups *groups, int inner, int outer)
{
	while (inner > outer)
		inner = groups->groups[inner].parent;
	return inner == outer;
}

/* Of the smallest groups of two pairs of a group that differ, one crosses it. */
static const Group *
find_crossed(const Groups *groups, int label, int other)
{
	return &groups->groups[is_inside(groups, other, label) ? other : label];
}

/*
 * The parent of a group is the smallest one that contains one of its pairs, and
 * then it contains all of them.  Groups with the same pairs become one.
 */
static void
nest(const Graph *graph, const GraphInput *input, int32 visit, const uint32 *pairs,
	 Groups *groups)
{
	int			kept = 1;

	groups->label = palloc0(Max(groups->npairs, 1) * sizeof(int));
	for (int g = 1; g < groups->count; g++)
	{
		Group	   *group = &groups->groups[g];
		Group	   *parent;

		CHECK_FOR_INTERRUPTS();
		group->parent = group->size == 0 ? 0 : groups->label[group->pairs[0]];
		for (int p = 1; p < group->size; p++)
			if (groups->label[group->pairs[p]] != group->parent)
				refuse_crossing(graph, input, visit, pairs,
								find_crossed(groups, group->parent, groups->label[group->pairs[p]]),
								group);
		parent = &groups->groups[group->parent];
		if (group->parent > 0 && parent->size == group->size)
		{
			parent->low = Max(parent->low, group->low);
			parent->high = Min(parent->high, group->high);
			parent->names = psprintf("%s\t%s", parent->names, group->names);
			continue;
		}
		for (int p = 0; p < group->size; p++)
			groups->label[group->pairs[p]] = kept;
		groups->groups[kept++] = *group;
	}
	groups->count = kept;
}

static int
compare_children(const void *a, const void *b, void *arg)
{
	const Group *x = &((const Group *) arg)[*(const int *) a];
	const Group *y = &((const Group *) arg)[*(const int *) b];
	int			least_x = x->size == 0 ? -1 : x->pairs[0];
	int			least_y = y->size == 0 ? -1 : y->pairs[0];

	if (x->parent != y->parent)
		return x->parent - y->parent;
	if (least_x != least_y)
		return least_x - least_y;
	/* groups without pairs */
	return *(const int *) a - *(const int *) b;
}

/* Children of each group, by their least pair, and pairs of its own. */
static void
sort_members(Groups *groups)
{
	int		   *next = palloc0((groups->count + 1) * sizeof(int));

	groups->order = palloc(groups->count * sizeof(int));
	groups->first_child = palloc0((groups->count + 1) * sizeof(int));
	for (int g = 1; g < groups->count; g++)
	{
		groups->order[g - 1] = g;
		groups->first_child[groups->groups[g].parent + 1]++;
	}
	qsort_arg(groups->order, groups->count - 1, sizeof(int), compare_children, groups->groups);

	groups->own = palloc(Max(groups->npairs, 1) * sizeof(int));
	groups->first_own = palloc0((groups->count + 1) * sizeof(int));
	for (int p = 0; p < groups->npairs; p++)
		groups->first_own[groups->label[p] + 1]++;
	for (int g = 0; g < groups->count; g++)
	{
		groups->first_child[g + 1] += groups->first_child[g];
		groups->first_own[g + 1] += groups->first_own[g];
		next[g] = groups->first_own[g];
	}
	for (int p = 0; p < groups->npairs; p++)
		groups->own[next[groups->label[p]]++] = p;
	pfree(next);
}

/*
 * Nodes
 */

typedef struct Builder
{
	Graph	   *graph;
	int32		room;
	int64		pairs;			/* put in place so far */
	MemoryContext keep;
} Builder;

static int32
add_node(Builder *builder, int32 visit, int32 parent, int32 low, int32 high,
		 const char *names)
{
	Graph	   *graph = builder->graph;
	int32		n = graph->nnodes++;

	if (n == builder->room)
	{
		builder->room = builder->room * 2;
		graph->visit_of = repalloc_huge(graph->visit_of, builder->room * sizeof(int32));
		graph->parent = repalloc_huge(graph->parent, builder->room * sizeof(int32));
		graph->node_low = repalloc_huge(graph->node_low, builder->room * sizeof(int32));
		graph->node_high = repalloc_huge(graph->node_high, builder->room * sizeof(int32));
		graph->node_names = repalloc_huge(graph->node_names, builder->room * sizeof(char *));
		graph->first_pair = repalloc_huge(graph->first_pair, ((Size) builder->room + 1) * sizeof(uint32));
	}
	graph->visit_of[n] = visit;
	graph->parent[n] = parent;
	graph->node_low[n] = low;
	graph->node_high[n] = high;
	graph->node_names[n] = names == NULL ? NULL : MemoryContextStrdup(builder->keep, names);
	graph->first_pair[n] = builder->pairs;
	return n;
}

static void
add_pair(Builder *builder, int32 node, int32 inspector)
{
	builder->graph->inspector[builder->pairs] = inspector;
	builder->graph->node[builder->pairs] = node;
	builder->pairs++;
}

/* A group with its pairs, then its children. */
static void
place_group(Builder *builder, const GraphInput *input, int32 visit, int32 parent,
			const uint32 *pairs, const Groups *groups, int which)
{
	const Group *group = &groups->groups[which];
	int32		node = add_node(builder, visit, parent, group->low, group->high, group->names);

	check_stack_depth();
	for (int p = groups->first_own[which]; p < groups->first_own[which + 1]; p++)
		add_pair(builder, node, input->pair_inspector[pairs[groups->own[p]]]);
	for (int c = groups->first_child[which]; c < groups->first_child[which + 1]; c++)
		place_group(builder, input, visit, node, pairs, groups, groups->order[c]);
}

static void
place_visit(Builder *builder, const GraphInput *input, const AssignOptions *options,
			int32 visit, const uint32 *pairs, int count)
{
	Graph	   *graph = builder->graph;
	int32		need = input->need[visit];
	Groups		groups = {.npairs = count};

	graph->first_node[visit] = graph->nnodes;
	if (options->ngroups > 0 || input->exclusion != NULL)
	{
		add_group(&groups, NULL, count, need, need, NULL);
		collect_named(&groups, input, options, visit, pairs);
		collect_exclusions(&groups, input, visit, pairs);
	}
	if (groups.count > 1)
	{
		qsort(groups.groups + 1, groups.count - 1, sizeof(Group), compare_groups);
		nest(graph, input, visit, pairs, &groups);
		sort_members(&groups);
		place_group(builder, input, visit, -1, pairs, &groups, 0);
	}
	else
	{
		int32		root = add_node(builder, visit, -1, need, need, NULL);

		for (int p = 0; p < count; p++)
			add_pair(builder, root, input->pair_inspector[pairs[p]]);
	}
}

static void
link_children(Graph *graph)
{
	uint32	   *next;

	graph->first_child = fairdraw_alloc0((Size) graph->nnodes + 1, sizeof(uint32));
	for (int32 n = 0; n < graph->nnodes; n++)
		if (graph->parent[n] >= 0)
			graph->first_child[graph->parent[n] + 1]++;
	for (int32 n = 0; n < graph->nnodes; n++)
		graph->first_child[n + 1] += graph->first_child[n];
	graph->children = fairdraw_alloc(graph->first_child[graph->nnodes], sizeof(int32));
	next = fairdraw_alloc(graph->nnodes, sizeof(uint32));
	memcpy(next, graph->first_child, graph->nnodes * sizeof(uint32));
	for (int32 n = 0; n < graph->nnodes; n++)
		if (graph->parent[n] >= 0)
			graph->children[next[graph->parent[n]]++] = n;
	pfree(next);
}

/*
 * Takes the pairs of the input over, whose arrays it frees.
 */
Graph *
fairdraw_make_graph(GraphInput *input, const AssignOptions *options)
{
	Graph	   *graph = palloc0(sizeof(Graph));
	Builder		builder = {.graph = graph,.keep = CurrentMemoryContext};
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "fairdraw groups",
												  ALLOCSET_DEFAULT_SIZES);
	uint32	   *by_inspector;
	uint32	   *order;
	int64		begin = 0;

	graph->nvisits = input->nvisits;
	graph->ninspectors = input->ninspectors;
	graph->npairs = input->npairs;
	graph->visit_ids = input->visit_ids;
	graph->inspector_ids = input->inspector_ids;
	graph->exclusion = input->exclusion;
	graph->exclusion_names = input->exclusion_names;

	by_inspector = order_by(NULL, input->pair_inspector, input->npairs, input->ninspectors);
	order = order_by(by_inspector, input->pair_visit, input->npairs, input->nvisits);
	pfree(by_inspector);

	builder.room = Max(input->nvisits, 1);
	graph->first_node = fairdraw_alloc((Size) input->nvisits + 1, sizeof(int32));
	graph->visit_of = fairdraw_alloc(builder.room, sizeof(int32));
	graph->parent = fairdraw_alloc(builder.room, sizeof(int32));
	graph->node_low = fairdraw_alloc(builder.room, sizeof(int32));
	graph->node_high = fairdraw_alloc(builder.room, sizeof(int32));
	graph->node_names = fairdraw_alloc(builder.room, sizeof(char *));
	graph->first_pair = fairdraw_alloc((Size) builder.room + 1, sizeof(uint32));
	graph->inspector = fairdraw_alloc(input->npairs, sizeof(int32));
	graph->node = fairdraw_alloc(input->npairs, sizeof(int32));
	for (int32 visit = 0; visit < input->nvisits; visit++)
	{
		MemoryContext caller = MemoryContextSwitchTo(scratch);
		int64		end = begin;

		if ((visit & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		for (; end < input->npairs && input->pair_visit[order[end]] == visit; end++)
			if (end > begin &&
				input->pair_inspector[order[end]] == input->pair_inspector[order[end - 1]])
				refuse_repeated_pair(graph, visit, input->pair_inspector[order[end]]);
		place_visit(&builder, input, options, visit, order + begin, end - begin);
		begin = end;
		MemoryContextSwitchTo(caller);
		if (options->ngroups > 0 || input->exclusion != NULL)
			MemoryContextReset(scratch);
	}
	graph->first_node[graph->nvisits] = graph->nnodes;
	graph->first_pair[graph->nnodes] = graph->npairs;
	MemoryContextDelete(scratch);
	pfree(order);
	pfree(input->pair_visit);
	pfree(input->pair_inspector);
	pfree(input->pair_groups);
	link_children(graph);

	graph->first_of = fairdraw_alloc0((Size) graph->ninspectors + 1, sizeof(uint32));
	for (int64 e = 0; e < graph->npairs; e++)
		graph->first_of[graph->inspector[e] + 1]++;
	for (int32 i = 0; i < graph->ninspectors; i++)
		graph->first_of[i + 1] += graph->first_of[i];
	graph->pairs_of = order_by(NULL, graph->inspector, graph->npairs, graph->ninspectors);

	graph->low = input->low;
	graph->high = input->high;
	for (int32 i = 0; i < graph->ninspectors; i++)
	{
		if (graph->high[i] < 0 || graph->high[i] > graph->nvisits)
			graph->high[i] = graph->nvisits;
		/* a least load above the number of visits is found out as a shortage */
		graph->high[i] = Max(graph->high[i], graph->low[i]);
	}
	return graph;
}

static int
compare_by_inspector(const void *a, const void *b, void *arg)
{
	const int32 *inspector = ((const Graph *) arg)->inspector;
	int32		x = inspector[*(const uint32 *) a];
	int32		y = inspector[*(const uint32 *) b];

	return (x > y) - (x < y);
}

/* Room is needed for all pairs of the visit. */
int
fairdraw_visit_pairs(const Graph *graph, int32 visit, uint32 *pairs)
{
	int32		root = graph->first_node[visit];
	int32		end = graph->first_node[visit + 1];
	int			count = graph->first_pair[end] - graph->first_pair[root];

	for (int p = 0; p < count; p++)
		pairs[p] = graph->first_pair[root] + p;
	if (end > root + 1)
		qsort_arg(pairs, count, sizeof(uint32), compare_by_inspector,
				  unconstify(Graph *, graph));
	return count;
}

int64
fairdraw_find_pair(const Graph *graph, int32 visit, int32 inspector)
{
	uint32		low = graph->first_of[inspector];
	uint32		high = graph->first_of[inspector + 1];

	/* those of an inspector are ordered by visit */
	while (low < high)
	{
		uint32		middle = low + (high - low) / 2;
		int32		at = graph->visit_of[graph->node[graph->pairs_of[middle]]];

		if (at == visit)
			return graph->pairs_of[middle];
		if (at < visit)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

/* Room for the pairs of any visit. */
uint32 *
fairdraw_alloc_visit_pairs(const Graph *graph)
{
	uint32		most = 0;

	for (int32 visit = 0; visit < graph->nvisits; visit++)
		most = Max(most, graph->first_pair[graph->first_node[visit + 1]] -
				   graph->first_pair[graph->first_node[visit]]);
	return fairdraw_alloc(most, sizeof(uint32));
}
