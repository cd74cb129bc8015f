/*
 * estimate_state.h
 *		What one pass over a sample keeps of it: the type estimate_state.
 *
 * Notation (doc/statistics.md section 2): pi is the probability of a unit, w =
 * 1/pi and c = 1 - pi.  A cell holds the units of one domain in one stratum of
 * one draw, as counts and exact sums.
 */
#ifndef FAIRDRAW_ESTIMATE_STATE_H
#define FAIRDRAW_ESTIMATE_STATE_H

#include "utils/expandeddatum.h"

#include "exact_sum.h"

/* the most memory that the state of an estimate may take */
#define FAIRDRAW_ESTIMATE_LIMIT ((Size) 512 * 1024 * 1024)

typedef enum Estimand
{
	ESTIMATE_TOTAL,
	ESTIMATE_MEAN,
	ESTIMATE_RATE,				/* a mean whose y is 0 or 1 */
	ESTIMATE_RATIO
} Estimand;

extern const char *const fairdraw_estimand_names[];

/* Names of a cell, in the order of their importance. */
typedef enum CellName
{
	CELL_DRAW,
	CELL_STRATUM,
	CELL_DOMAIN,
	CELL_STREAM,
	CELL_NAMES
} CellName;

/*
 * Y and X are sums over the certain units, the others over those that are not.
 * In means and rates x is 1.
 */
typedef enum CellSum
{
	SUM_Y,						/* y */
	SUM_X,						/* x; kept in ratios only */
	SUM_WY,						/* w y */
	SUM_WX,						/* w x; kept in ratios only */
	SUM_W,						/* w */
	SUM_WW,						/* w^2; kept in rates only */
	SUM_C,						/* c */
	SUM_CC,						/* c^2 */
	SUM_CX,						/* c w x */
	SUM_CY,						/* c w y */
	SUM_CXX,					/* c (w x)^2 */
	SUM_CXY,					/* c (w x) (w y) */
	SUM_CYY,					/* c (w y)^2 */
	CELL_SUMS
} CellSum;

#define CELL_NULL_NAME (-1)
#define CELL_MAX_NAME 1024		/* bytes */

typedef struct Cell
{
	const char *names[CELL_NAMES];	/* UTF-8 */
	int32		lens[CELL_NAMES];	/* CELL_NULL_NAME: none was given */
	uint32		hash;
	uint64		units;
	uint64		certain;
	uint64		nonzero;		/* units that are not certain, with y not 0 */
	ExactSum	sums[CELL_SUMS];
} Cell;

typedef struct EstimateState
{
	ExpandedObjectHeader header;
	Estimand	what;
	int			ncells;
	int			max_cells;
	Cell	  **cells;
	int			nslots;			/* of the hash table: a power of two */
	Cell	  **slots;
	Cell	   *latest;
	Size		flat_size;
} EstimateState;

/* estimate_aggregate.c */
pg_noreturn extern void fairdraw_unknown_estimand(const char *name);

/* estimate_state.c */
extern void fairdraw_check_estimate_memory(const EstimateState *state);
extern bool fairdraw_parse_estimand(const char *name, size_t len, Estimand *what);
extern Cell *fairdraw_find_cell(EstimateState *state, const char *const *names,
								const int32 *lens);
extern void fairdraw_merge_cell(EstimateState *state, const Cell *from);
extern int	fairdraw_compare_names(const Cell *a, const Cell *b, CellName first, CellName last);
extern void fairdraw_sort_cells(EstimateState *state);
extern char *fairdraw_cell_name(const Cell *cell, CellName name);

/* estimate_state_io.c */
extern EstimateState *fairdraw_make_estimate_state(MemoryContext parent, Estimand what);
extern EstimateState *fairdraw_estimate_state_from_datum(Datum datum, MemoryContext parent);

#endif							/* FAIRDRAW_ESTIMATE_STATE_H */
