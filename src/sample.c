/*
 * sample.c
 *		Selecting out of the state of a pass over a frame.
 */
#include "fairdraw.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "draw_state.h"
#include "field.h"

static int
compare_by_ticket(const void *a, const void *b)
{
	return fairdraw_compare_ticket(*(Unit *const *) a, *(Unit *const *) b);
}

/* A uid that comes twice has one ticket, so its units stand together. */
static void
refuse_duplicates(const UnitHeap *heap, const char *stratum)
{
	Unit	  **units;

	if (heap->size < 2)
		return;
	units = MemoryContextAllocHuge(CurrentMemoryContext, heap->size * sizeof(Unit *));
	memcpy(units, heap->units, heap->size * sizeof(Unit *));
	qsort(units, heap->size, sizeof(Unit *), compare_by_ticket);
	for (uint64 i = 1; i < heap->size; i++)
		if (fairdraw_compare_uid(units[i - 1], units[i]) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNIQUE_VIOLATION),
					 errmsg("uid \"%s\" stands twice in the frame",
							fairdraw_from_utf8(units[i]->uid, units[i]->len)),
					 errdetail("It stands twice in stratum \"%s\".",
							   fairdraw_shown(stratum)),
					 errhint("Make the frame query return one row for each unit.")));
	pfree(units);
}

static Unit **
by_size(const UnitHeap *heap)
{
	UnitHeap	copy = *heap;

	copy.units = fairdraw_heap_units(heap);
	copy.order = fairdraw_order_by_size;
	fairdraw_heap_sort(&copy);
	return fairdraw_heap_units(&copy);
}

static void
check_size(const StratumState *stratum)
{
	if (stratum->quota->n > stratum->units)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("stratum \"%s\" has " UINT64_FORMAT " units, fewer than the " UINT64_FORMAT " to be drawn",
						fairdraw_from_utf8(stratum->name, stratum->len),
						stratum->units, stratum->quota->n),
				 errhint("Lower its size to at most " UINT64_FORMAT ".", stratum->units)));
}

static void
check_strata(const DrawState *state)
{
	const Design *design = state->design;

	/* every stratum of the state has a quota; does every quota have one? */
	if (design->any_stratum || state->nstrata == design->nquotas)
		return;
	for (int i = 0; i < design->nquotas; i++)
		if (i >= state->nstrata ||
			strcmp(state->strata[i]->name, design->quotas[i].stratum) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the sizes name a stratum that the frame does not have: \"%s\"",
							fairdraw_shown(design->quotas[i].stratum)),
					 errhint("Leave it out of the sizes, or correct its name.")));
}

/*
 * Selects in every stratum, ascending by name.  With "first" NULL the state is
 * that of a first pass; a second pass needs the first one's, too, and selects
 * where that did not suffice.
 */
StratumSample *
fairdraw_state_select(DrawState *state, const DrawState *first, bool sealed, int *count)
{
	StratumSample *samples = palloc0(Max(state->nstrata, 1) * sizeof(StratumSample));

	fairdraw_sort_state(state);
	check_strata(state);
	*count = state->nstrata;
	for (int i = 0; i < state->nstrata; i++)
	{
		const StratumState *stratum = state->strata[i];
		const StratumState *known = first == NULL ? stratum : first->strata[i];
		Candidates	candidates;

		CHECK_FOR_INTERRUPTS();
		Assert(strcmp(stratum->name, known->name) == 0);
		samples[i].stratum = known;
		samples[i].method = fairdraw_resolve_method(state->design->method, stratum->units);
		if (stratum->keep == KEEP_NOTHING)
			continue;
		check_size(stratum);
		refuse_duplicates(&stratum->largest, stratum->name);
		refuse_duplicates(&stratum->nearest, stratum->name);
		if (known->units != stratum->units || known->w != stratum->w)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the frame query returned other rows when it was run again"),
					 errdetail("In stratum \"%s\" it returned " UINT64_FORMAT " units, then " UINT64_FORMAT ".",
							   fairdraw_from_utf8(stratum->name, stratum->len),
							   known->units, stratum->units),
					 errhint("A frame query must not use volatile functions.")));

		candidates.method = samples[i].method;
		candidates.sealed = sealed;
		candidates.units = stratum->units;
		candidates.w = stratum->w;
		candidates.n = stratum->quota->n;
		candidates.reserve = stratum->quota->reserve;
		candidates.nearest = fairdraw_heap_units(&stratum->nearest);
		candidates.nnearest = stratum->nearest.size;
		if (known->keep == KEEP_WHOLE)
		{
			candidates.largest = by_size(&known->nearest);
			candidates.nlargest = known->nearest.size;
		}
		else
		{
			candidates.largest = fairdraw_heap_units(&known->largest);
			candidates.nlargest = known->largest.size;
		}
		candidates.complete = first != NULL || stratum->nearest.size == stratum->units;
		samples[i].known = fairdraw_select(&candidates, &state->design->stream,
										   &samples[i].sample);
		Assert(samples[i].known || first == NULL);
	}
	return samples;
}

/* The design of the second pass over a frame whose first one did not suffice. */
Design *
fairdraw_second_design(const DrawState *state, const StratumSample *samples)
{
	Design	   *design = palloc(sizeof(Design));

	*design = *state->design;
	design->any_stratum = false;
	design->nquotas = state->nstrata;
	design->quotas = palloc0(state->nstrata * sizeof(Quota));
	for (int i = 0; i < state->nstrata; i++)
	{
		const StratumState *stratum = state->strata[i];
		const Sample *sample = &samples[i].sample;
		Quota	   *quota = &design->quotas[i];

		*quota = *stratum->quota;
		quota->stratum = stratum->name;
		quota->pass = samples[i].known ? PASS_DONE : PASS_SECOND;
		quota->rest = sample->rest;
		if (!samples[i].known && sample->certain > 0)
			quota->smallest_certain =
				stratum->largest.units[stratum->largest.size - sample->certain];
	}
	return design;
}
