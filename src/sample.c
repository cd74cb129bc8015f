/*
 * sample.c
 *		Selecting out of the state of a pass over a frame.
 */
#include "fairdraw.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "draw_state.h"
#include "field.h"

/* A copy of a list in another order; it shares the uids. */
static Shortlist
reordered(const Shortlist *list, ListOrder order)
{
	Shortlist	copy = *list;

	copy.units = MemoryContextAllocHuge(CurrentMemoryContext,
										Max(list->size, 1) * sizeof(Kept));
	if (list->size > 0)
		memcpy(copy.units, list->units, list->size * sizeof(Kept));
	copy.order = order;
	copy.limit = PG_UINT64_MAX;
	fairdraw_shortlist_sort(&copy);
	return copy;
}

static bool
list_has(const Shortlist *list, const Kept *unit)
{
	for (uint64 i = 0; i < list->size; i++)
		if (list->units[i].head == unit->head)
			return true;
	return false;
}

static void
report_duplicate(const DrawState *state, const Kept *unit)
{
	const char *first = NULL;
	const char *second = NULL;

	for (int i = 0; i < state->nstrata; i++)
	{
		if (!list_has(&state->strata[i]->largest, unit) &&
			!list_has(&state->strata[i]->nearest, unit))
			continue;
		if (first == NULL)
			first = state->strata[i]->name;
		else
			second = state->strata[i]->name;
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNIQUE_VIOLATION),
			 errmsg("uid \"%s\" stands twice in the frame",
					fairdraw_from_utf8(unit->uid, unit->len)),
			 second == NULL
			 ? errdetail("It stands twice in stratum \"%s\".", fairdraw_shown(first))
			 : errdetail("It stands in the strata \"%s\" and \"%s\".",
						 fairdraw_shown(first), fairdraw_shown(second)),
			 errhint("Make the frame query return one row for each unit.")));
}

/* A uid that comes twice has one ticket, so its units stand together. */
static void
refuse_neighbours(const DrawState *state, const Shortlist *by_ticket)
{
	for (uint64 i = 1; i < by_ticket->size; i++)
		if (fairdraw_compare_kept(by_ticket, &by_ticket->units[i - 1],
								  &by_ticket->units[i]) == 0)
			report_duplicate(state, &by_ticket->units[i]);
	pfree(by_ticket->units);
}

/* Does a uid stand twice among the units kept, in one stratum or in two? */
static void
refuse_duplicates(const DrawState *state)
{
	Shortlist	all = {ORDER_TICKET};

	all.stream = &state->design->stream;
	all.limit = PG_UINT64_MAX;
	for (int i = 0; i < state->nstrata; i++)
		all.size += state->strata[i]->nearest.size;
	all.units = MemoryContextAllocHuge(CurrentMemoryContext, Max(all.size, 1) * sizeof(Kept));
	all.size = 0;
	for (int i = 0; i < state->nstrata; i++)
	{
		const Shortlist *nearest = &state->strata[i]->nearest;
		Shortlist	largest = reordered(&state->strata[i]->largest, ORDER_TICKET);

		refuse_neighbours(state, &largest);
		if (nearest->size > 0)
			memcpy(all.units + all.size, nearest->units, nearest->size * sizeof(Kept));
		all.size += nearest->size;
	}
	fairdraw_shortlist_sort(&all);
	refuse_neighbours(state, &all);
}

static Unit **
make_units(const Design *design, const Shortlist *list)
{
	Unit	  **units = MemoryContextAllocHuge(CurrentMemoryContext,
											   Max(list->size, 1) * sizeof(Unit *));

	for (uint64 i = 0; i < list->size; i++)
		units[i] = fairdraw_make_unit(design, list->units[i].uid, list->units[i].len,
									  list->units[i].micro);
	return units;
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
	refuse_duplicates(state);
	*count = state->nstrata;
	for (int i = 0; i < state->nstrata; i++)
	{
		const StratumState *stratum = state->strata[i];
		const StratumState *known = first == NULL ? stratum : first->strata[i];
		Candidates	candidates;
		Shortlist	largest;

		CHECK_FOR_INTERRUPTS();
		if (strcmp(stratum->name, known->name) != 0)
			fairdraw_frame_changed();
		samples[i].stratum = known;
		samples[i].method = fairdraw_resolve_method(state->design->method, stratum->units);
		if (stratum->keep == KEEP_NOTHING)
			continue;
		check_size(stratum);
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
		largest = known->keep == KEEP_WHOLE ? reordered(&known->nearest, ORDER_SIZE)
			: known->largest;
		candidates.largest = make_units(state->design, &largest);
		candidates.nlargest = largest.size;
		candidates.nearest = make_units(state->design, &stratum->nearest);
		candidates.nnearest = stratum->nearest.size;
		candidates.complete = first != NULL || stratum->nearest.size == stratum->units;
		samples[i].known = fairdraw_select(&candidates, &state->design->stream,
										   &samples[i].sample);
		if (!samples[i].known && first != NULL)
			fairdraw_frame_changed();
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
		{
			const Kept *certain = &stratum->largest.units[sample->certain - 1];

			quota->smallest_certain = fairdraw_make_unit(design, certain->uid, certain->len,
														 certain->micro);
		}
	}
	return design;
}
