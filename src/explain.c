/*
 * explain.c
 *		assign_explain(): why there is no assignment, in words and numbers.
 */
#include "fairdraw.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "arguments.h"
#include "assign.h"
#include "field.h"
#include "shortage.h"

#define NAMES_SHOWN 5

/* How many pairs, and how many inspectors, one reason keeps out of a bottleneck. */
typedef struct ReasonCount
{
	const char *reason;
	int64		pairs;
	int64		inspectors;
	int64		help;			/* at most so much of the shortage would be
								 * gone */
} ReasonCount;

typedef struct ByInspector
{
	int32		reason;
	int32		inspector;
} ByInspector;

static int
compare_by_inspector(const void *a, const void *b)
{
	const ByInspector *x = a;
	const ByInspector *y = b;

	if (x->reason != y->reason)
		return x->reason - y->reason;
	return (x->inspector > y->inspector) - (x->inspector < y->inspector);
}

static int
compare_reasons(const void *a, const void *b)
{
	const ReasonCount *x = a;
	const ReasonCount *y = b;

	if (x->help != y->help)
		return x->help > y->help ? -1 : 1;
	return strcmp(x->reason, y->reason);
}

static bool
is_member(const int32 *list, int32 count, int32 number)
{
	int32		low = 0;
	int32		high = count;

	while (low < high)
	{
		int32		middle = low + (high - low) / 2;

		if (list[middle] < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && list[low] == number;
}

/* The excluded pairs by visit: each bottleneck looks at those of its own. */
typedef struct ExcludedIndex
{
	const ExcludedPairs *pairs;
	int64	   *first;			/* [nvisits + 1] into order */
	int64	   *order;
} ExcludedIndex;

static void
index_excluded(ExcludedIndex *index, const Problem *problem)
{
	int32		nvisits = problem->graph->nvisits;
	int64	   *next = fairdraw_alloc(nvisits, sizeof(int64));
	int64		seen = 0;

	for (int r = 0; r < problem->excluded.nreasons; r++)
		seen += problem->excluded.of_reason[r];
	if (seen > problem->excluded.count)
		ereport(NOTICE,
				(errmsg("reasons are counted over " INT64_FORMAT " of " INT64_FORMAT " excluded pairs",
						problem->excluded.count, seen),
				 errhint("The option \"max_edges\" raises the limit.")));
	index->pairs = &problem->excluded;
	index->first = fairdraw_alloc0((Size) nvisits + 1, sizeof(int64));
	index->order = fairdraw_alloc(index->pairs->count, sizeof(int64));
	for (int64 e = 0; e < index->pairs->count; e++)
		index->first[index->pairs->visit[e] + 1]++;
	for (int32 visit = 0; visit < nvisits; visit++)
	{
		index->first[visit + 1] += index->first[visit];
		next[visit] = index->first[visit];
	}
	for (int64 e = 0; e < index->pairs->count; e++)
		index->order[next[index->pairs->visit[e]]++] = e;
	pfree(next);
}

/* The reasons why others do not count, those that would help most first. */
static ReasonCount *
count_reasons(const ExcludedIndex *index, const Bottleneck *b)
{
	const ExcludedPairs *excluded = index->pairs;
	ReasonCount *reasons = palloc0(Max(excluded->nreasons, 1) * sizeof(ReasonCount));
	ByInspector *pairs;
	int64		n = 0;

	for (int r = 0; r < excluded->nreasons; r++)
		reasons[r].reason = excluded->reasons[r];
	for (int32 v = 0; v < b->nvisits; v++)
		n += index->first[b->visits[v] + 1] - index->first[b->visits[v]];
	pairs = fairdraw_alloc(n, sizeof(ByInspector));
	n = 0;
	for (int32 v = 0; v < b->nvisits; v++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int64 p = index->first[b->visits[v]]; p < index->first[b->visits[v] + 1]; p++)
		{
			pairs[n].reason = excluded->reason[index->order[p]];
			pairs[n++].inspector = excluded->inspector[index->order[p]];
		}
	}
	qsort(pairs, n, sizeof(ByInspector), compare_by_inspector);
	for (int64 begin = 0, end; begin < n; begin = end)
	{
		ReasonCount *reason = &reasons[pairs[begin].reason];

		for (end = begin; end < n && compare_by_inspector(&pairs[begin], &pairs[end]) == 0; end++)
			;
		reason->pairs += end - begin;
		reason->inspectors++;
		if (b->kind != BOTTLENECK_LOADS)
			reason->help += Min(end - begin, b->spare[pairs[begin].inspector]);
		else if (is_member(b->inspectors, b->ninspectors, pairs[begin].inspector))
			reason->help += end - begin;
	}
	for (int r = 0; r < excluded->nreasons; r++)
		reasons[r].help = Min(reasons[r].help, b->shortage);
	qsort(reasons, excluded->nreasons, sizeof(ReasonCount), compare_reasons);
	pfree(pairs);
	return reasons;
}

/*
 * Words
 */

/* "a", "b" and 3 others */
static char *
name_some(const char **ids, const int32 *list, int32 count)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int32 k = 0; k < Min(count, NAMES_SHOWN); k++)
		appendStringInfo(&names, "%s\"%s\"", k == 0 ? "" : ", ", fairdraw_shown_visit(ids[list[k]]));
	if (count > NAMES_SHOWN)
		appendStringInfo(&names, " and %d more", count - NAMES_SHOWN);
	if (count == 0)
		appendStringInfoString(&names, "nobody");
	return names.data;
}

/* 1 visit, 2 visits */
static char *
number_of(int64 count, const char *what)
{
	return psprintf(INT64_FORMAT " %s%s", count, what, count == 1 ? "" : "s");
}

/* The names of the groups, each once. */
static List *
list_groups(const Bottleneck *b)
{
	List	   *groups = NIL;

	for (int g = 0; g < b->ngroups; g++)
	{
		char	   *names = pstrdup(fairdraw_shown(b->groups[g]));
		char	   *rest = names;
		char	   *name;

		/* groups with the same members became one */
		while ((name = strsep(&rest, "\t")) != NULL)
		{
			bool		listed = false;
			ListCell   *cell;

			foreach(cell, groups)
				listed = listed || strcmp(lfirst(cell), name) == 0;
			if (!listed)
				groups = lappend(groups, name);
		}
	}
	return groups;
}

static void
say_groups(StringInfo message, const Bottleneck *b)
{
	List	   *groups = list_groups(b);
	ListCell   *cell;
	int			shown = 0;

	foreach(cell, groups)
		if (shown++ < NAMES_SHOWN)
		appendStringInfo(message, "%s\"%s\"", shown == 1 ? " in group " : ", ",
						 (char *) lfirst(cell));
	if (shown > NAMES_SHOWN)
		appendStringInfo(message, " and %d more", shown - NAMES_SHOWN);
}

static char *
bottleneck_message(const Problem *problem, const Bottleneck *b, const ReasonCount *reasons)
{
	const Graph *graph = problem->graph;
	char	   *visits = name_some(graph->visit_ids, b->visits, b->nvisits);
	char	   *inspectors = name_some(graph->inspector_ids, b->inspectors, b->ninspectors);
	bool		first = true;
	StringInfoData message;

	initStringInfo(&message);
	switch (b->kind)
	{
		case BOTTLENECK_TEAM:
			appendStringInfo(&message, "Visit %s asks for " INT64_FORMAT ", but can have " INT64_FORMAT,
							 visits, b->needed, b->capacity);
			say_groups(&message, b);
			appendStringInfo(&message, " (eligible: %s)", inspectors);
			break;
		case BOTTLENECK_NEEDS:
			appendStringInfo(&message, "%s (%s) %s " INT64_FORMAT, number_of(b->nvisits, "visit"), visits,
							 b->nvisits == 1 ? "needs" : "need", b->needed);
			say_groups(&message, b);
			appendStringInfo(&message, ", but %s (%s) can do " INT64_FORMAT
							 " and all others together " INT64_FORMAT,
							 number_of(b->ninspectors, "inspector"), inspectors, b->capacity, b->elsewhere);
			break;
		case BOTTLENECK_LOADS:
			appendStringInfo(&message, "%s (%s) must get " INT64_FORMAT
							 ", but %s (%s) can give " INT64_FORMAT
							 " and all others together " INT64_FORMAT,
							 number_of(b->ninspectors, "inspector"), inspectors, b->needed,
							 number_of(b->nvisits, "visit"), visits, b->capacity, b->elsewhere);
			break;
	}
	appendStringInfo(&message, ": " INT64_FORMAT " missing.", b->shortage);
	for (int r = 0; r < problem->excluded.nreasons; r++)
		if (reasons[r].pairs > 0)
		{
			appendStringInfo(&message, "%s %s " INT64_FORMAT, first ? " Not eligible:" : ",",
							 fairdraw_shown(reasons[r].reason), reasons[r].inspectors);
			first = false;
		}
	if (!first)
		appendStringInfoChar(&message, '.');
	return message.data;
}

/* Single changes that would mend some of it, those that mend most first. */
static List *
list_repairs(const Problem *problem, const Bottleneck *b, const ReasonCount *reasons)
{
	List	   *repairs = NIL;
	int64		raise = Min(b->raise, b->shortage);

	for (int r = 0; r < problem->excluded.nreasons; r++)
	{
		if (raise > 0 && raise >= reasons[r].help)
		{
			repairs = lappend(repairs, psprintf("raise max_load of these inspectors by " INT64_FORMAT
												" together", raise));
			raise = 0;
		}
		if (reasons[r].help > 0)
			repairs = lappend(repairs, psprintf("lift \"%s\": helps with at most " INT64_FORMAT
												" of " INT64_FORMAT, fairdraw_shown(reasons[r].reason),
												reasons[r].help, b->shortage));
	}
	if (raise > 0)
		repairs = lappend(repairs, psprintf("raise max_load of these inspectors by " INT64_FORMAT
											" together", raise));
	switch (b->kind)
	{
		case BOTTLENECK_TEAM:
			repairs = lappend(repairs, psprintf("ask for " INT64_FORMAT " fewer in the groups of this visit, or make more inspectors eligible for it",
												b->shortage));
			break;
		case BOTTLENECK_NEEDS:
			repairs = lappend(repairs, psprintf("make other inspectors eligible for " INT64_FORMAT " more of these visits' places",
												b->shortage));
			break;
		case BOTTLENECK_LOADS:
			repairs = lappend(repairs, psprintf("lower min_load of these inspectors by " INT64_FORMAT " together",
												b->shortage));
			break;
	}
	return repairs;
}

/* There is no assignment: says how much is missing, and where most of it. */
void
fairdraw_refuse_infeasible(const Problem *problem, const char *hint)
{
	int			count;
	int64		missing = 0;
	Bottleneck *found = fairdraw_find_bottlenecks(problem->graph, &count);
	ExcludedIndex index;

	index_excluded(&index, problem);
	for (int b = 0; b < count; b++)
		missing += found[b].shortage;
	if (count == 0)
		elog(ERROR, "no assignment, and no bottleneck");
	ereport(ERROR,
			(errcode(ERRCODE_ASSIGN_INFEASIBLE),
			 errmsg_plural("there is no assignment: " INT64_FORMAT " place cannot be filled",
						   "there is no assignment: " INT64_FORMAT " places cannot be filled",
						   (unsigned long) missing, missing),
			 count == 1
			 ? errdetail("%s", bottleneck_message(problem, &found[0], count_reasons(&index, &found[0])))
			 : errdetail("%s  This is the largest of %d bottlenecks.",
						 bottleneck_message(problem, &found[0], count_reasons(&index, &found[0])), count),
			 errhint("%s", hint)));
}

/*
 * Rows
 */

static Datum
ids_datum(const char **ids, const int32 *list, int32 count)
{
	Datum	   *values = fairdraw_alloc(count, sizeof(Datum));

	for (int32 k = 0; k < count; k++)
		values[k] = CStringGetTextDatum(fairdraw_shown(ids[list[k]]));
	return PointerGetDatum(construct_array(values, count, TEXTOID, -1, false, TYPALIGN_INT));
}

static Datum
strings_datum(List *strings)
{
	Datum	   *values = palloc(Max(list_length(strings), 1) * sizeof(Datum));
	int			count = 0;
	ListCell   *cell;

	foreach(cell, strings)
		values[count++] = CStringGetTextDatum(lfirst(cell));
	return PointerGetDatum(construct_array(values, count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* {"reason": inspectors, ...} */
static Datum
reasons_datum(const Problem *problem, const ReasonCount *reasons)
{
	StringInfoData json;

	initStringInfo(&json);
	for (int r = 0; r < problem->excluded.nreasons; r++)
		if (reasons[r].pairs > 0)
		{
			appendStringInfoString(&json, json.len == 0 ? "{" : ", ");
			escape_json(&json, fairdraw_shown(reasons[r].reason));
			appendStringInfo(&json, ": " INT64_FORMAT, reasons[r].inspectors);
		}
	appendStringInfoString(&json, json.len == 0 ? "{}" : "}");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

/* assign_explain(visits, staff, eligible, options): a row a bottleneck */
PG_FUNCTION_INFO_V1(fairdraw_assign_explain);
Datum
fairdraw_assign_explain(PG_FUNCTION_ARGS)
{
	static const char *const kinds[] = {
		[BOTTLENECK_TEAM] = "team",[BOTTLENECK_NEEDS] = "visits",[BOTTLENECK_LOADS] = "loads"
	};
	char	   *visits = fairdraw_text_arg(fcinfo, 0);
	char	   *staff = fairdraw_text_arg(fcinfo, 1);
	char	   *eligible = fairdraw_text_arg(fcinfo, 2);
	Jsonb	   *options = DatumGetJsonbP(fairdraw_arg(fcinfo, 3));
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Problem    *problem;
	Bottleneck *found;
	ExcludedIndex index;
	int			count;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	problem = fairdraw_load_problem(visits, staff, eligible, options, true);
	found = fairdraw_find_bottlenecks(problem->graph, &count);
	index_excluded(&index, problem);
	for (int b = 0; b < count; b++)
	{
		ReasonCount *reasons = count_reasons(&index, &found[b]);
		Datum		values[12];
		bool		nulls[12] = {false};

		values[0] = Int32GetDatum(b + 1);
		values[1] = CStringGetTextDatum(kinds[found[b].kind]);
		values[2] = Int64GetDatum(found[b].shortage);
		values[3] = Int64GetDatum(found[b].needed);
		values[4] = Int64GetDatum(found[b].capacity);
		values[5] = Int64GetDatum(found[b].elsewhere);
		values[6] = ids_datum(problem->graph->visit_ids, found[b].visits, found[b].nvisits);
		values[7] = ids_datum(problem->graph->inspector_ids, found[b].inspectors, found[b].ninspectors);
		values[8] = strings_datum(list_groups(&found[b]));
		values[9] = reasons_datum(problem, reasons);
		values[10] = strings_datum(list_repairs(problem, &found[b], reasons));
		values[11] = CStringGetTextDatum(bottleneck_message(problem, &found[b], reasons));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	SPI_finish();
	return (Datum) 0;
}
