/*
 * estimate_state.c
 *		What one pass over a sample keeps of it.
 */
#include "fairdraw.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

#include "estimate_state.h"
#include "field.h"

const char *const fairdraw_estimand_names[] = {"total", "mean", "rate", "ratio"};

bool
fairdraw_parse_estimand(const char *name, size_t len, Estimand *what)
{
	for (int i = ESTIMATE_TOTAL; i <= ESTIMATE_RATIO; i++)
	{
		if (strlen(fairdraw_estimand_names[i]) == len &&
			memcmp(fairdraw_estimand_names[i], name, len) == 0)
		{
			*what = (Estimand) i;
			return true;
		}
	}
	return false;
}

/* A name for messages, in the server's encoding. */
char *
fairdraw_cell_name(const Cell *cell, CellName name)
{
	if (cell->lens[name] == CELL_NULL_NAME)
		return pstrdup("");
	return fairdraw_from_utf8(cell->names[name], cell->lens[name]);
}

void
fairdraw_check_estimate_memory(const EstimateState *state)
{
	if (unlikely(MemoryContextMemAllocated(state->header.eoh_context, false) > FAIRDRAW_ESTIMATE_LIMIT))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the state of the estimate exceeds 512 MB"),
				 errdetail("It holds %d pairs of a stratum and a domain.", state->ncells),
				 errhint("Estimate fewer domains at a time.")));
}

static inline bool
same_names(const Cell *cell, const char *const *names, const int32 *lens)
{
	for (int i = 0; i < CELL_NAMES; i++)
		if (cell->lens[i] != lens[i] ||
			(lens[i] > 0 && memcmp(cell->names[i], names[i], lens[i]) != 0))
			return false;
	return true;
}

static inline uint32
hash_names(const char *const *names, const int32 *lens)
{
	uint32		hash = 0;

	for (int i = 0; i < CELL_NAMES; i++)
		hash = hash_combine(hash, lens[i] <= 0 ? (uint32) lens[i]
							: hash_bytes((const unsigned char *) names[i], lens[i]));
	return hash;
}

static void
put_slot(EstimateState *state, Cell *cell)
{
	uint32		slot = cell->hash & (state->nslots - 1);

	while (state->slots[slot] != NULL)
		slot = (slot + 1) & (state->nslots - 1);
	state->slots[slot] = cell;
}

static void
make_room(EstimateState *state)
{
	MemoryContext context = state->header.eoh_context;

	state->max_cells = Max(16, 2 * state->max_cells);
	if (state->cells == NULL)
		state->cells = MemoryContextAlloc(context, state->max_cells * sizeof(Cell *));
	else
		state->cells = repalloc_huge(state->cells, state->max_cells * sizeof(Cell *));
	if (state->slots != NULL)
		pfree(state->slots);
	state->nslots = pg_nextpower2_32(4 * state->max_cells);
	state->slots = MemoryContextAllocExtended(context, state->nslots * sizeof(Cell *),
											  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int i = 0; i < state->ncells; i++)
		put_slot(state, state->cells[i]);
}

static Cell *
add_cell(EstimateState *state, const char *const *names, const int32 *lens, uint32 hash)
{
	MemoryContext context = state->header.eoh_context;
	Cell	   *cell;

	if (state->ncells == state->max_cells)
		make_room(state);
	cell = MemoryContextAllocZero(context, sizeof(Cell));
	for (int i = 0; i < CELL_NAMES; i++)
	{
		cell->lens[i] = lens[i];
		if (lens[i] > 0)
		{
			char	   *name = MemoryContextAlloc(context, lens[i]);

			memcpy(name, names[i], lens[i]);
			cell->names[i] = name;
		}
	}
	cell->hash = hash;
	state->cells[state->ncells++] = cell;
	put_slot(state, cell);
	return cell;
}

/* The cell of these names, a new one if need be. */
Cell *
fairdraw_find_cell(EstimateState *state, const char *const *names, const int32 *lens)
{
	uint32		hash;

	/* rows of a cell often stand together */
	if (state->latest != NULL && same_names(state->latest, names, lens))
		return state->latest;

	hash = hash_names(names, lens);
	if (state->nslots > 0)
	{
		for (uint32 slot = hash & (state->nslots - 1); state->slots[slot] != NULL;
			 slot = (slot + 1) & (state->nslots - 1))
		{
			Cell	   *cell = state->slots[slot];

			if (cell->hash == hash && same_names(cell, names, lens))
				return state->latest = cell;
		}
	}
	return state->latest = add_cell(state, names, lens, hash);
}

void
fairdraw_merge_cell(EstimateState *state, const Cell *from)
{
	Cell	   *into = fairdraw_find_cell(state, from->names, from->lens);

	if (from->units > PG_INT64_MAX - into->units)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the states of the estimate have too many units"),
				 errhint("Merge states of fairdraw.estimate_sample() only.")));
	into->units += from->units;
	into->certain += from->certain;
	into->nonzero += from->nonzero;
	for (int i = 0; i < CELL_SUMS; i++)
		fairdraw_sum_merge(&into->sums[i], state->header.eoh_context, &from->sums[i]);
	fairdraw_check_estimate_memory(state);
}

/* By bytes; where none was given comes first. */
int
fairdraw_compare_names(const Cell *a, const Cell *b, CellName first, CellName last)
{
	for (int i = first; i <= (int) last; i++)
	{
		int32		len = Min(a->lens[i], b->lens[i]);
		int			order = len <= 0 ? 0 : memcmp(a->names[i], b->names[i], len);

		if (order == 0)
			order = (a->lens[i] > b->lens[i]) - (a->lens[i] < b->lens[i]);
		if (order != 0)
			return order;
	}
	return 0;
}

static int
compare_cells(const void *a, const void *b)
{
	return fairdraw_compare_names(*(Cell *const *) a, *(Cell *const *) b,
								  CELL_DRAW, CELL_STREAM);
}

void
fairdraw_sort_cells(EstimateState *state)
{
	if (state->ncells > 1)
		qsort(state->cells, state->ncells, sizeof(Cell *), compare_cells);
}
