/*
 * candidates.c
 *		Who may go where: the rules that say which inspectors are eligible for
 *		which visits (doc/assignment.md section 8).
 *
 * Sets of inspectors are bitmaps: one for each station, tag and exclusion
 * group.  Scope and tags of a visit are then a few operations on whole sets,
 * and only those who are left are looked at one by one.
 */
#include "fairdraw.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/bitmapset.h"

#include "assignment.h"
#include "candidates_load.h"
#include "field.h"

const char *const fairdraw_candidate_groups[CANDIDATE_GROUPS] = {
	"lead", "senior", "junior", "bureau", "station", "qualified"
};

const char *const fairdraw_exclusion_names[] = {
	[ELIGIBLE] = NULL,
	[EXCLUDED_SCOPE] = "scope",
	[EXCLUDED_UNQUALIFIED] = "unqualified",
	[EXCLUDED_LICENCE] = "licence",
	[EXCLUDED_OFF_DUTY] = "off_duty",
	[EXCLUDED_NO_LOAD] = "no_load",
	[EXCLUDED_RECUSED] = "recused"
};

const char *const fairdraw_scope_names[] = {
	[SCOPE_UNSAID] = NULL,
	[SCOPE_BUREAU] = "bureau",
	[SCOPE_BUREAU_AND_STATION] = "bureau+station",
	[SCOPE_STATIONS] = "stations",
	[SCOPE_STATION] = "station",
	[SCOPE_ACROSS] = "across"
};

struct CandidateSearch
{
	const Staff *staff;
	const VisitProfile *visits;

	/* sets of inspectors */
	Bitmapset  *everybody;
	Bitmapset  *bureau;
	Ids			stations;
	Bitmapset **of_station;
	Ids			words;			/* tags that somebody has */
	Bitmapset **having;
	Bitmapset **of_exclusion;
	uint32	   *groups;			/* of an inspector, wherever he goes */

	/* recusals by uid: those of the n-th from first_recusal[n] */
	const Recusal **recusals;
	Ids			uids;
	int32	   *first_recusal;

	/* of the current visit */
	const VisitProfile *visit;
	const Bitmapset *in_scope;
	const Bitmapset *tagged;
	const Bitmapset *qualified;
	const Bitmapset *recused;
};

/*
 * Sets of inspectors
 */

static void
index_stations(CandidateSearch *search)
{
	const Staff *staff = search->staff;
	const char **names = fairdraw_alloc(staff->count, sizeof(char *));
	int32		count = 0;

	for (int32 i = 0; i < staff->count; i++)
		if (staff->members[i].station != NULL)
			names[count++] = staff->members[i].station;
	fairdraw_index_names(&search->stations, names, count);
}

typedef struct WordList
{
	int64		count;
	int64		room;
	const char **words;
} WordList;

static void
collect_words(WordList *list, const char *text)
{
	const char *word;
	size_t		len;

	while (fairdraw_next_word(&text, &word, &len))
	{
		if (list->count == list->room)
		{
			list->room *= 2;
			list->words = repalloc_huge(list->words, list->room * sizeof(char *));
		}
		list->words[list->count++] = pnstrdup(word, len);
	}
}

/* The tags that visits ask for: only for these is it kept who has them. */
static void
index_words(CandidateSearch *search, int32 nvisits)
{
	WordList	list = {.room = 1024};

	list.words = palloc(list.room * sizeof(char *));
	for (int32 v = 0; v < nvisits; v++)
	{
		CHECK_FOR_INTERRUPTS();
		/* mostly a visit asks for what the one before did */
		if (v > 0 && search->visits[v].tags == search->visits[v - 1].tags &&
			search->visits[v].one_tags == search->visits[v - 1].one_tags)
			continue;
		collect_words(&list, search->visits[v].tags);
		collect_words(&list, search->visits[v].one_tags);
	}
	if (list.count > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the visits ask for more than %d tags", PG_INT32_MAX),
				 errhint("Split the visits by region.")));
	fairdraw_index_names(&search->words, list.words, list.count);
}

/* In descending order, so that a set has its final size with the first one. */
static void
collect_sets(CandidateSearch *search, const Recusal *recusals, int32 nrecusals)
{
	const Staff *staff = search->staff;
	bool	   *is_recused = fairdraw_alloc0(staff->exclusions.count, sizeof(bool));

	search->of_station = fairdraw_alloc0(search->stations.count, sizeof(Bitmapset *));
	search->having = fairdraw_alloc0(search->words.count, sizeof(Bitmapset *));
	search->of_exclusion = fairdraw_alloc0(staff->exclusions.count, sizeof(Bitmapset *));
	search->groups = fairdraw_alloc0(staff->count, sizeof(uint32));
	for (int32 r = 0; r < nrecusals; r++)
		if (recusals[r].exclusion >= 0)
			is_recused[recusals[r].exclusion] = true;
	for (int32 i = staff->count - 1; i >= 0; i--)
	{
		const StaffMember *member = &staff->members[i];
		const char *rest = member->tags;
		const char *word;
		size_t		len;
		Bitmapset **station = &search->bureau;

		CHECK_FOR_INTERRUPTS();
		search->everybody = bms_add_member(search->everybody, i);
		if (member->station != NULL)
			station = &search->of_station[fairdraw_find_id(&search->stations, member->station,
														   strlen(member->station))];
		*station = bms_add_member(*station, i);
		while (fairdraw_next_word(&rest, &word, &len))
		{
			int32		found = fairdraw_find_id(&search->words, word, len);

			if (found >= 0)
				search->having[found] = bms_add_member(search->having[found], i);
		}
		if (member->exclusion >= 0 && is_recused[member->exclusion])
			search->of_exclusion[member->exclusion] =
				bms_add_member(search->of_exclusion[member->exclusion], i);

		search->groups[i] = member->station == NULL ? CANDIDATE_BUREAU : CANDIDATE_STATION;
		if (member->lead == FLAG_YES)
			search->groups[i] |= CANDIDATE_LEAD;
		if (member->senior != FLAG_UNSAID)
			search->groups[i] |= member->senior == FLAG_YES ? CANDIDATE_SENIOR : CANDIDATE_JUNIOR;
	}
}

/* NULL: nobody */
static const Bitmapset *
station_set(const CandidateSearch *search, const char *station, size_t len)
{
	int32		found = fairdraw_find_id(&search->stations, station, len);

	return found < 0 ? NULL : search->of_station[found];
}

/* Those who have all tags of a list. */
static const Bitmapset *
holders(const CandidateSearch *search, const char *tags)
{
	const char *rest = tags;
	const char *word;
	size_t		len;
	const Bitmapset *all = search->everybody;

	while (fairdraw_next_word(&rest, &word, &len))
	{
		int32		found = fairdraw_find_id(&search->words, word, len);

		if (found < 0)
			return NULL;
		all = bms_intersect(all, search->having[found]);
	}
	return all;
}

static const Bitmapset *
scope_set(const CandidateSearch *search, const VisitProfile *visit)
{
	const Bitmapset *own = visit->station == NULL ? NULL
		: station_set(search, visit->station, strlen(visit->station));
	const char *rest = visit->stations;
	const char *word;
	size_t		len;
	Bitmapset  *listed = NULL;

	switch (visit->scope)
	{
		case SCOPE_UNSAID:
		case SCOPE_BUREAU:
			break;
		case SCOPE_BUREAU_AND_STATION:
			return bms_union(search->bureau, own);
		case SCOPE_STATIONS:
			while (fairdraw_next_word(&rest, &word, &len))
				listed = bms_add_members(listed, station_set(search, word, len));
			return listed;
		case SCOPE_STATION:
			return own;
		case SCOPE_ACROSS:
			return bms_difference(bms_difference(search->everybody, search->bureau), own);
	}
	return search->everybody;
}

/*
 * Recusals
 */

/* One that names the inspector before one that names his group, then by reason. */
static int
compare_recusals(const void *a, const void *b)
{
	const Recusal *x = *(const Recusal *const *) a;
	const Recusal *y = *(const Recusal *const *) b;
	int			order = strcmp(x->uid, y->uid);

	if (order != 0)
		return order;
	if (x->exclusion != y->exclusion)
		return x->exclusion < y->exclusion ? -1 : 1;
	if (x->inspector != y->inspector)
		return x->inspector < y->inspector ? -1 : 1;
	if (x->reason == NULL || y->reason == NULL)
		return (x->reason == NULL) - (y->reason == NULL);
	return strcmp(x->reason, y->reason);
}

static void
index_recusals(CandidateSearch *search, const Recusal *recusals, int32 count)
{
	const char **uids = fairdraw_alloc(count, sizeof(char *));
	int32		distinct = 0;

	search->recusals = fairdraw_alloc(count, sizeof(Recusal *));
	search->first_recusal = fairdraw_alloc((Size) count + 1, sizeof(int32));
	for (int32 r = 0; r < count; r++)
		search->recusals[r] = &recusals[r];
	qsort(search->recusals, count, sizeof(Recusal *), compare_recusals);
	for (int32 r = 0; r < count; r++)
		if (distinct == 0 || strcmp(search->recusals[r]->uid, uids[distinct - 1]) != 0)
		{
			search->first_recusal[distinct] = r;
			uids[distinct++] = search->recusals[r]->uid;
		}
	search->first_recusal[distinct] = count;
	fairdraw_index_ids(&search->uids, uids, distinct);
}

static const Bitmapset *
recused_set(const CandidateSearch *search, const VisitProfile *visit)
{
	int32		uid = fairdraw_find_id(&search->uids, visit->uid, strlen(visit->uid));
	Bitmapset  *recused = NULL;

	if (uid < 0)
		return NULL;
	for (int32 r = search->first_recusal[uid]; r < search->first_recusal[uid + 1]; r++)
	{
		const Recusal *recusal = search->recusals[r];

		if (recusal->inspector >= 0)
			recused = bms_add_member(recused, recusal->inspector);
		else
			recused = bms_add_members(recused, search->of_exclusion[recusal->exclusion]);
	}
	return recused;
}

/*
 * Pairs
 */

static void
require_day(const CandidateSearch *search, const StaffMember *member, const char *has)
{
	if (search->visit->day == 0)
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_DATE),
				 errmsg("visit \"%s\" has no day, but inspector \"%s\" has %s",
						fairdraw_shown_visit(search->visit->id), fairdraw_shown(member->id), has),
				 errhint("Say on which day the visit is made.")));
}

static bool
is_on_duty(const StaffMember *member, Day day)
{
	int32		low = 0;
	int32		high = member->nspans;

	/* the last span that begins by that day */
	while (low < high)
	{
		int32		middle = low + (high - low) / 2;

		if (member->on_duty[middle].from <= day)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && day <= member->on_duty[low - 1].to;
}

static Exclusion
judge(const CandidateSearch *search, int32 inspector)
{
	const StaffMember *member = &search->staff->members[inspector];
	Day			day = search->visit->day;

	if (!bms_is_member(inspector, search->in_scope))
		return EXCLUDED_SCOPE;
	if (!bms_is_member(inspector, search->tagged))
		return EXCLUDED_UNQUALIFIED;
	if (member->licence_from != 0)
		require_day(search, member, "licence_from");
	if (member->licence_to != 0)
		require_day(search, member, "licence_to");
	if (day < member->licence_from || (member->licence_to != 0 && day > member->licence_to))
		return EXCLUDED_LICENCE;
	if (member->nspans > 0)
	{
		require_day(search, member, "on_duty");
		if (!is_on_duty(member, day))
			return EXCLUDED_OFF_DUTY;
	}
	if (member->max_load == 0)
		return EXCLUDED_NO_LOAD;
	if (bms_is_member(inspector, search->recused))
		return EXCLUDED_RECUSED;
	return ELIGIBLE;
}

static void
begin_visit(CandidateSearch *search, const VisitProfile *visit)
{
	bool		has_station = visit->scope == SCOPE_BUREAU_AND_STATION ||
		visit->scope == SCOPE_STATION || visit->scope == SCOPE_ACROSS;

	if ((has_station && visit->station == NULL) ||
		(visit->scope == SCOPE_STATIONS && visit->stations == NULL))
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_OPTION),
				 errmsg("visit \"%s\" has the scope \"%s\", but no %s", fairdraw_shown_visit(visit->id),
						fairdraw_scope_names[visit->scope], has_station ? "station" : "stations"),
				 errhint("Give the visit its \"%s\", or another scope.",
						 has_station ? "station" : "stations")));
	search->visit = visit;
	search->in_scope = scope_set(search, visit);
	search->tagged = holders(search, visit->tags);
	search->qualified = holders(search, visit->one_tags);
	search->recused = recused_set(search, visit);
}

/*
 * Calls the function for the pairs of each visit in turn, ascending by
 * inspector: for all, or for the eligible ones only.
 */
void
fairdraw_find_candidates(const Staff *staff, const VisitProfile *visits, int32 nvisits,
						 const Recusal *recusals, int32 nrecusals, bool only_eligible,
						 CandidateFunction function, void *arg)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "fairdraw candidates",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext of_visit = AllocSetContextCreate(context, "fairdraw candidates of a visit",
												   ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	CandidateSearch search = {.staff = staff,.visits = visits};

	index_stations(&search);
	index_words(&search, nvisits);
	collect_sets(&search, recusals, nrecusals);
	index_recusals(&search, recusals, nrecusals);

	MemoryContextSwitchTo(of_visit);
	for (int32 v = 0; v < nvisits; v++)
	{
		CandidatePair pair = {.visit = v,.inspector = -1};
		const Bitmapset *wanted;

		begin_visit(&search, &visits[v]);
		wanted = only_eligible ? bms_intersect(search.in_scope, search.tagged) : search.everybody;
		while ((pair.inspector = bms_next_member(wanted, pair.inspector)) >= 0)
		{
			CHECK_FOR_INTERRUPTS();
			pair.exclusion = judge(&search, pair.inspector);
			if (only_eligible && pair.exclusion != ELIGIBLE)
				continue;
			pair.groups = search.groups[pair.inspector];
			if (bms_is_member(pair.inspector, search.qualified))
				pair.groups |= CANDIDATE_QUALIFIED;
			function(&search, &pair, arg);
		}
		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(of_visit);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
}

/*
 * What lies behind an exclusion
 */

static char *
scope_detail(const VisitProfile *visit, const StaffMember *member)
{
	char	   *from = member->station == NULL ? pstrdup("bureau")
		: psprintf("station %s", member->station);

	switch (visit->scope)
	{
		case SCOPE_UNSAID:
		case SCOPE_BUREAU:
			break;
		case SCOPE_BUREAU_AND_STATION:
			return psprintf("%s, not bureau or station %s", from, visit->station);
		case SCOPE_STATIONS:
			return psprintf("%s, not one of stations %s", from, visit->stations);
		case SCOPE_STATION:
			return psprintf("%s, not station %s", from, visit->station);
		case SCOPE_ACROSS:
			return psprintf("%s, not a station other than %s", from, visit->station);
	}
	return NULL;
}

static char *
missing_tags(const CandidateSearch *search, const VisitProfile *visit, int32 inspector)
{
	StringInfoData missing;
	const char *rest = visit->tags;
	const char *word;
	size_t		len;

	initStringInfo(&missing);
	while (fairdraw_next_word(&rest, &word, &len))
	{
		int32		found = fairdraw_find_id(&search->words, word, len);

		if (found < 0 || !bms_is_member(inspector, search->having[found]))
			appendStringInfo(&missing, "%s%.*s", missing.len == 0 ? "" : " ", (int) len, word);
	}
	return missing.data;
}

static char *
recusal_detail(const CandidateSearch *search, const VisitProfile *visit, int32 inspector)
{
	int32		uid = fairdraw_find_id(&search->uids, visit->uid, strlen(visit->uid));
	const StaffMember *member = &search->staff->members[inspector];

	for (int32 r = search->first_recusal[uid]; r < search->first_recusal[uid + 1]; r++)
	{
		const Recusal *recusal = search->recusals[r];

		if (recusal->inspector == inspector)
			return recusal->reason == NULL ? NULL : pstrdup(recusal->reason);
		if (recusal->exclusion >= 0 && recusal->exclusion == member->exclusion)
			return recusal->reason == NULL
				? psprintf("exclusion group %s", member->exclusion_group)
				: psprintf("exclusion group %s: %s", member->exclusion_group, recusal->reason);
	}
	return NULL;
}

/*
 * Why a pair is excluded, more closely, in new memory; NULL where the reason
 * says it all.
 */
char *
fairdraw_exclusion_detail(const CandidateSearch *search, const CandidatePair *pair)
{
	const VisitProfile *visit = &search->visits[pair->visit];
	const StaffMember *member = &search->staff->members[pair->inspector];

	switch (pair->exclusion)
	{
		case EXCLUDED_SCOPE:
			return scope_detail(visit, member);
		case EXCLUDED_UNQUALIFIED:
			return missing_tags(search, visit, pair->inspector);
		case EXCLUDED_LICENCE:
			return visit->day < member->licence_from
				? psprintf("licence from %s", fairdraw_day_text(member->licence_from))
				: psprintf("licence to %s", fairdraw_day_text(member->licence_to));
		case EXCLUDED_OFF_DUTY:
			return fairdraw_day_text(visit->day);
		case EXCLUDED_RECUSED:
			return recusal_detail(search, visit, pair->inspector);
		case ELIGIBLE:
		case EXCLUDED_NO_LOAD:
			break;
	}
	return NULL;
}
