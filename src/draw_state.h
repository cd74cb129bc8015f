/*
 * draw_state.h
 *		What one pass over a frame keeps of it: the type draw_state.
 */
#ifndef FAIRDRAW_DRAW_STATE_H
#define FAIRDRAW_DRAW_STATE_H

#include "utils/expandeddatum.h"

#include "design.h"
#include "shortlist.h"

/* the most memory that the state of a draw may take */
#define FAIRDRAW_STATE_LIMIT ((Size) 512 * 1024 * 1024)

typedef enum Keep
{
	KEEP_WHOLE,					/* every unit, in "nearest", by ticket */
	KEEP_EXTREMES,				/* the largest, and the smallest a/micro */
	KEEP_KEYS,					/* second pass: the smallest keys */
	KEEP_BELOW,					/* second pass, poisson: whoever is drawn */
	KEEP_NOTHING				/* second pass: not needed */
} Keep;

typedef struct StratumState
{
	char	   *name;			/* UTF-8 */
	size_t		len;
	uint32		hash;
	const Quota *quota;
	uint64		units;
	uint64		w;				/* sum of micro, below 2^63 */
	Keep		keep;
	Shortlist	largest;
	Shortlist	nearest;
	bool		has_certain;
	Kept		smallest_certain;	/* second pass */
} StratumState;

typedef struct StratumSlot
{
	uint32		hash;
	StratumState *stratum;		/* NULL: free */
} StratumSlot;

typedef struct DrawState
{
	ExpandedObjectHeader header;
	Design	   *design;
	char	   *design_text;	/* canonical */
	size_t		design_len;
	struct varlena *design_arg; /* the argument it was read from */
	int			nstrata;
	int			max_strata;
	StratumState **strata;
	int			nslots;			/* of the hash table: a power of two */
	StratumSlot *slots;
	StratumState *latest;		/* rows of a stratum often stand together */
	uint64		added;
	Size		flat_size;
} DrawState;

typedef struct StratumSample
{
	const StratumState *stratum;
	Method		method;
	Sample		sample;
	bool		known;			/* false: a second pass is needed */
} StratumSample;

/* draw_state.c */
extern StratumState *fairdraw_find_stratum(DrawState *state, const char *name, size_t len);
extern void fairdraw_count_units(StratumState *stratum, uint64 units, uint64 w);
extern void fairdraw_keep_unit(DrawState *state, StratumState *stratum, const Kept *unit);
extern void fairdraw_keep_extremes(DrawState *state, StratumState *stratum);
extern void fairdraw_offer(DrawState *state, Shortlist *list, const Kept *unit);
extern Kept fairdraw_kept(const Design *design, const char *uid, size_t len, uint64 micro);
extern int	fairdraw_compare_strata(const void *a, const void *b);
extern void fairdraw_sort_state(DrawState *state);

/* state_io.c */
extern DrawState *fairdraw_make_state(MemoryContext parent, const char *design_text,
									  size_t design_len);
extern DrawState *fairdraw_state_from_datum(Datum state, MemoryContext parent);

/* sample.c */
extern StratumSample *fairdraw_state_select(DrawState *state, const DrawState *first,
											bool sealed, int *count);
extern Design *fairdraw_second_design(const DrawState *state,
									  const StratumSample *samples);

#endif							/* FAIRDRAW_DRAW_STATE_H */
