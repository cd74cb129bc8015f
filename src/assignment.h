/*
 * assignment.h
 *		Which inspectors go to which visits (doc/assignment.md): the graph of who
 *		may go where, and the chances of its pairs.
 *
 * Visits and inspectors are counted from 0 in the order of their ids' bytes.
 * Everything here is plain C over arrays: no SPI, no floating point.
 */
#ifndef FAIRDRAW_ASSIGNMENT_H
#define FAIRDRAW_ASSIGNMENT_H

#include "utils/memutils.h"

#define FAIRDRAW_MAX_GROUPS 32	/* named groups in one problem */

typedef __int128 int128_t;
typedef unsigned __int128 uint128_t;

/* SQLSTATEs of assignments, a class of their own */
#define ERRCODE_ASSIGN_INFEASIBLE		MAKE_SQLSTATE('Z', 'F', '0', '0', '1')
#define ERRCODE_ASSIGN_DUPLICATE		MAKE_SQLSTATE('Z', 'F', '0', '0', '2')
#define ERRCODE_ASSIGN_UNKNOWN_ID		MAKE_SQLSTATE('Z', 'F', '0', '0', '3')
#define ERRCODE_ASSIGN_NEED				MAKE_SQLSTATE('Z', 'F', '0', '0', '4')
#define ERRCODE_ASSIGN_CROSSING_GROUPS	MAKE_SQLSTATE('Z', 'F', '0', '0', '5')
#define ERRCODE_ASSIGN_PAIR_CAP			MAKE_SQLSTATE('Z', 'F', '0', '0', '6')
#define ERRCODE_ASSIGN_POOL				MAKE_SQLSTATE('Z', 'F', '0', '0', '7')
#define ERRCODE_ASSIGN_TOO_MANY_PAIRS	MAKE_SQLSTATE('Z', 'F', '0', '0', '8')
#define ERRCODE_ASSIGN_EMPTY			MAKE_SQLSTATE('Z', 'F', '0', '0', '9')
#define ERRCODE_ASSIGN_NULL				MAKE_SQLSTATE('Z', 'F', '0', '1', '0')
#define ERRCODE_ASSIGN_REPEATED			MAKE_SQLSTATE('Z', 'F', '0', '1', '1')
#define ERRCODE_ASSIGN_NEGATIVE_LOAD	MAKE_SQLSTATE('Z', 'F', '0', '1', '2')
#define ERRCODE_ASSIGN_MIN_ABOVE_MAX	MAKE_SQLSTATE('Z', 'F', '0', '1', '3')
#define ERRCODE_ASSIGN_OPTION			MAKE_SQLSTATE('Z', 'F', '0', '1', '4')
#define ERRCODE_ASSIGN_DATE				MAKE_SQLSTATE('Z', 'F', '0', '1', '5')

/* how many members of a named group a team has */
typedef struct GroupRule
{
	char	   *name;
	int32		min;
	int32		max;			/* -1: as many as there are */
} GroupRule;

typedef enum Evenness
{
	EVENNESS_NONE,				/* 0 */
	EVENNESS_HALF,				/* 1/2 */
	EVENNESS_HIGH				/* 3/4 */
} Evenness;

typedef struct AssignOptions
{
	int			precision;		/* W */
	bool		range;			/* loads are drawn together */
	int32		slack;
	Evenness	evenness;
	int64		pair_cap;		/* C, in units of 2^-W */
	int32		min_pool;
	int64		max_pairs;
	int32		depth;			/* of the substitutes */
	int			ngroups;
	GroupRule  *groups;			/* ascending by name */
} AssignOptions;

#define FAIRDRAW_UNIT(options) (INT64CONST(1) << (options)->precision)

/*
 * Who may go where.  The nodes of a visit are itself, the root, and its groups,
 * in preorder, those of one visit after those of the one before.  The pairs of
 * a node stand together, ascending by inspector; so
 *		pairs of node n			first_pair[n] .. first_pair[n + 1] - 1
 *		nodes of visit v		first_node[v] .. first_node[v + 1] - 1
 */
typedef struct Graph
{
	int32		nvisits;
	int32		ninspectors;
	int32		nnodes;
	int64		npairs;

	int32	   *first_node;		/* [nvisits + 1] */

	int32	   *visit_of;		/* [nnodes] */
	int32	   *parent;			/* -1: a root */
	int32	   *node_low;		/* in inspectors; low = high = need at a root */
	int32	   *node_high;
	char	  **node_names;		/* TAB between them; NULL at a root */
	uint32	   *first_pair;		/* [nnodes + 1] */
	uint32	   *first_child;	/* [nnodes + 1] into children */
	int32	   *children;

	int32	   *inspector;		/* [npairs] */
	int32	   *node;

	uint32	   *first_of;		/* [ninspectors + 1] into pairs_of */
	uint32	   *pairs_of;		/* [npairs], by visit */
	int32	   *low;			/* [ninspectors] loads */
	int32	   *high;

	const char **visit_ids;		/* UTF-8 */
	const char **inspector_ids;
	int32	   *exclusion;		/* [ninspectors] -1: none; or NULL */
	const char **exclusion_names;
} Graph;

/* What a graph is made of; pairs in any order. */
typedef struct GraphInput
{
	int32		nvisits;
	int32		ninspectors;
	int64		npairs;
	const char **visit_ids;
	const char **inspector_ids;
	int32	   *need;
	int32	   *low;
	int32	   *high;			/* -1: not bounded */
	int32	   *exclusion;		/* or NULL */
	const char **exclusion_names;
	int32	   *pair_visit;
	int32	   *pair_inspector;
	uint32	   *pair_groups;	/* bit g: in group g of the options */
	int64		pairs_room;
	GroupRule **visit_groups;	/* [nvisits] rules of that visit, or NULL for
								 * those of the options; or NULL */
} GraphInput;

#define FAIRDRAW_MAX_REASONS 256

/* Pairs that are not eligible, and why. */
typedef struct ExcludedPairs
{
	int64		of_reason[FAIRDRAW_MAX_REASONS];
	int64		most;			/* so many are kept, for explanations */
	int64		count;			/* that are kept */
	int64		room;
	int32	   *visit;
	int32	   *inspector;
	int32	   *reason;
	int			nreasons;
	char	  **reasons;
} ExcludedPairs;

extern void fairdraw_begin_pairs(GraphInput *input, ExcludedPairs *excluded,
								 int64 most_excluded);
extern void fairdraw_add_pair(GraphInput *input, const AssignOptions *options,
							  int32 visit, int32 inspector, uint32 groups);
extern void fairdraw_add_excluded(ExcludedPairs *excluded, int32 visit,
								  int32 inspector, int32 reason);
extern Graph *fairdraw_make_graph(GraphInput *input, const AssignOptions *options);

/* The chances of all pairs, in units of 2^-W. */
typedef struct Chances
{
	int64		unit;
	uint32	   *x;				/* [npairs] */
	bool	   *fixed;
	bool		range;
	int32		range_low;		/* F and H */
	int32		range_high;
	int32	   *low;			/* [ninspectors] bounds of loads after that */
	int32	   *high;
	bool	   *fixed_load;		/* [ninspectors] is the load always the same? */
	bool	   *fixed_node;		/* [nnodes] is the sum of a group? */
	int64	   *load_low;		/* bounds after that, in units */
	int64	   *load_high;
	int64	   *node_low;
	int64	   *node_high;
	int			iterations;		/* of the scaling */
	int			rounds;			/* of the repair */
} Chances;

extern Chances *fairdraw_chances(const Graph *graph, const AssignOptions *options);

/* the steps of it */
extern bool fairdraw_balance(const Graph *graph, const AssignOptions *options,
							 Chances *chances);
extern void fairdraw_alloc_fixed(const Graph *graph, Chances *chances);
extern bool fairdraw_find_fixed(const Graph *graph, int64 pair_cap, Chances *chances);
extern void fairdraw_scale(const Graph *graph, const AssignOptions *options,
						   Chances *chances);
extern void fairdraw_repair(const Graph *graph, const AssignOptions *options,
							Chances *chances);

/* taken[pair]: on the team */
extern bool *fairdraw_draw_teams(const Graph *graph, const Chances *chances,
								 const char *key);

/* The pairs of a visit's substitutes; returns their number, at most depth. */
extern int	fairdraw_substitutes(const Graph *graph, const bool *taken, const char *key,
								 int32 visit, int depth, uint32 *substitutes);

/* Takes one substitute: a pair, whom he may replace, and what he could still take. */
typedef void (*SubstituteFunction) (int32 visit, int32 rank, uint32 pair,
									const uint32 *members, int nmembers, int32 spare,
									void *arg);

extern void fairdraw_for_substitutes(const Graph *graph, const bool *taken, const char *key,
									 int depth, SubstituteFunction function, void *arg);
extern uint32 *fairdraw_alloc_visit_pairs(const Graph *graph);

/* The pair of a visit and an inspector; -1: he is not eligible. */
extern int64 fairdraw_find_pair(const Graph *graph, int32 visit, int32 inspector);

/* Reads the pairs of a visit ascending by inspector; returns their number. */
extern int	fairdraw_visit_pairs(const Graph *graph, int32 visit, uint32 *pairs);

static inline void *
fairdraw_alloc(Size count, Size size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1) * size);
}

static inline void *
fairdraw_alloc0(Size count, Size size)
{
	return memset(fairdraw_alloc(count, size), 0, Max(count, 1) * size);
}

#endif							/* FAIRDRAW_ASSIGNMENT_H */
