/*
 * assign_load.c
 *		The visits, inspectors and pairs of an assignment, from queries.
 */
#include "fairdraw.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "assign_load.h"
#include "field.h"
#include "progress.h"
#include "query.h"

typedef struct VisitRow
{
	char	   *id;
	int32		need;
	int			ngroups;
	GroupRule  *groups;			/* NULL: those of the options */
} VisitRow;

typedef struct StaffRow
{
	char	   *id;
	int32		low;
	int32		high;			/* -1: not bounded */
	char	   *exclusion;		/* or NULL */
	uint32		groups;
} StaffRow;

typedef struct Loader
{
	MemoryContext keep;
	Problem    *problem;
	bool		keep_excluded;
	const char *what;			/* which query is read */

	int32		nvisits;
	int32		visits_room;
	VisitRow   *visits;
	int32		nstaff;
	int32		staff_room;
	StaffRow   *staff;
	bool		has_max;		/* staff has largest loads */

	bool		packed;			/* eligible has an array of inspectors */
	GraphInput	input;
	int64		rows;			/* of the eligible query */
	Progress	progress;
	text	   *last_groups;	/* as stored, and their mask */
	uint32		last_mask;
} Loader;

/*
 * Values
 */

static void
refuse_null(const Loader *loader, const char *column, const char *of)
{
	ereport(ERROR,
			(errcode(ERRCODE_ASSIGN_NULL),
			 of == NULL ? errmsg("null %s in the %s query", column, loader->what)
			 : errmsg("null %s of \"%s\" in the %s query", column, fairdraw_shown(of), loader->what),
			 errhint("Leave such rows out of the query, or give a value: coalesce(%s, ...).", column)));
}

/* in "keep" */
static char *
keep_text(const Loader *loader, Datum value)
{
	MemoryContext caller = MemoryContextSwitchTo(loader->keep);
	char	   *utf8 = fairdraw_text_to_utf8(DatumGetTextPP(value));

	MemoryContextSwitchTo(caller);
	return utf8;
}

static char *
keep_id(const Loader *loader, const char *column, Datum value, bool isnull)
{
	char	   *id;

	if (isnull)
		refuse_null(loader, column, NULL);
	id = keep_text(loader, value);
	if (id[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_NULL),
				 errmsg("empty %s in the %s query", column, loader->what),
				 errhint("Leave such rows out of the query.")));
	return id;
}

/*
 * Groups
 */

/* the place of a name among those of the options, or -1 */
static int
find_group(const AssignOptions *options, const char *name, size_t len)
{
	for (int g = 0; g < options->ngroups; g++)
		if (strncmp(options->groups[g].name, name, len) == 0 && options->groups[g].name[len] == '\0')
			return g;
	return -1;
}

/* The groups that are bound anywhere; others mean nothing. */
static uint32
group_mask(Loader *loader, Datum value)
{
	text	   *stored = (text *) PG_DETOAST_DATUM_PACKED(value);
	ArrayType  *array;
	Datum	   *names;
	bool	   *nulls;
	int			count;
	uint32		mask = 0;

	/* mostly a row has the groups of the one before */
	if (loader->last_groups != NULL && VARSIZE_ANY(stored) == VARSIZE_ANY(loader->last_groups) &&
		memcmp(stored, loader->last_groups, VARSIZE_ANY(stored)) == 0)
		return loader->last_mask;
	array = DatumGetArrayTypeP(value);
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &names, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		size_t		len;
		const char *name;
		int			group;

		if (nulls[i])
			refuse_null(loader, "group", NULL);
		name = fairdraw_to_utf8(VARDATA_ANY(DatumGetPointer(names[i])),
								VARSIZE_ANY_EXHDR(DatumGetPointer(names[i])), &len);
		group = find_group(loader->problem->options, name, len);
		if (group >= 0)
			mask |= 1u << group;
	}
	if (loader->last_groups != NULL)
		pfree(loader->last_groups);
	loader->last_groups = MemoryContextAlloc(loader->keep, VARSIZE_ANY(stored));
	memcpy(loader->last_groups, stored, VARSIZE_ANY(stored));
	loader->last_mask = mask;
	return mask;
}

static GroupRule
unbound_group(char *name)
{
	GroupRule	rule = {name, 0, -1};

	return rule;
}

/* Adds the names that only visits bind; they do not bind the others. */
static void
add_group_names(Loader *loader)
{
	AssignOptions *options = loader->problem->options;

	for (int32 v = 0; v < loader->nvisits; v++)
		for (int g = 0; g < loader->visits[v].ngroups; g++)
		{
			const char *name = loader->visits[v].groups[g].name;
			int			place = options->ngroups;

			if (find_group(options, name, strlen(name)) >= 0)
				continue;
			if (options->ngroups == FAIRDRAW_MAX_GROUPS)
				ereport(ERROR,
						(errcode(ERRCODE_ASSIGN_OPTION),
						 errmsg("too many groups"),
						 errdetail("Options and visits name more than %d.", FAIRDRAW_MAX_GROUPS),
						 errhint("Bind fewer groups.")));
			options->groups = options->groups == NULL
				? palloc(sizeof(GroupRule))
				: repalloc(options->groups, (options->ngroups + 1) * sizeof(GroupRule));
			while (place > 0 && strcmp(options->groups[place - 1].name, name) > 0)
			{
				options->groups[place] = options->groups[place - 1];
				place--;
			}
			options->groups[place] = unbound_group(pstrdup(name));
			options->ngroups++;
		}
}

/* The rules of a visit, one for each name. */
static GroupRule *
complete_rules(const AssignOptions *options, const VisitRow *visit)
{
	GroupRule  *rules = palloc(options->ngroups * sizeof(GroupRule));

	for (int g = 0; g < options->ngroups; g++)
		rules[g] = unbound_group(options->groups[g].name);
	for (int g = 0; g < visit->ngroups; g++)
		rules[find_group(options, visit->groups[g].name, strlen(visit->groups[g].name))] = visit->groups[g];
	return rules;
}

/*
 * Visits
 */

enum
{
	VISIT_ID, VISIT_NEED, VISIT_GROUPS, VISIT_COLUMNS
};

static void
read_visit(const Datum *values, const bool *nulls, void *arg)
{
	Loader	   *loader = arg;
	VisitRow	row = {0};

	row.id = keep_id(loader, "visit", values[VISIT_ID], nulls[VISIT_ID]);
	if (nulls[VISIT_NEED])
		refuse_null(loader, "need", row.id);
	row.need = DatumGetInt32(values[VISIT_NEED]);
	if (row.need < 1)
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_NEED),
				 errmsg("visit \"%s\" needs %d inspectors", fairdraw_shown(row.id), row.need),
				 errhint("A visit needs at least one; leave visits that need nobody out of the query.")));
	if (!nulls[VISIT_GROUPS])
	{
		MemoryContext caller = MemoryContextSwitchTo(loader->keep);

		row.groups = fairdraw_read_groups(psprintf("visit \"%s\"", fairdraw_shown(row.id)),
										  DatumGetJsonbP(values[VISIT_GROUPS]), &row.ngroups);
		MemoryContextSwitchTo(caller);
	}
	if (loader->nvisits == loader->visits_room)
	{
		loader->visits_room *= 2;
		loader->visits = repalloc_huge(loader->visits, loader->visits_room * sizeof(VisitRow));
	}
	loader->visits[loader->nvisits++] = row;
}

static int
compare_visits(const void *a, const void *b)
{
	return strcmp(((const VisitRow *) a)->id, ((const VisitRow *) b)->id);
}

static int
compare_staff(const void *a, const void *b)
{
	return strcmp(((const StaffRow *) a)->id, ((const StaffRow *) b)->id);
}

static void
refuse_empty(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_ASSIGN_EMPTY),
			 errmsg("the %s query returns no rows", what),
			 errhint("Check the query.")));
}

static void
refuse_repeated(const char *column, const char *what, const char *id)
{
	ereport(ERROR,
			(errcode(ERRCODE_ASSIGN_DUPLICATE),
			 errmsg("%s \"%s\" comes twice in the %s query", column, fairdraw_shown(id), what),
			 errhint("Give each %s once.", column)));
}

static void
load_visits(Loader *loader, const char *text)
{
	Column		columns[VISIT_COLUMNS] = {
		[VISIT_ID] = {"visit", COLUMN_TEXT},
		[VISIT_NEED] = {"need", COLUMN_INTEGER, "2"},
		[VISIT_GROUPS] = {"groups", COLUMN_JSONB, "NULL::pg_catalog.jsonb"},
	};
	CallerQuery *query = fairdraw_analyze_query("visits", text);
	GraphInput *input = &loader->input;

	loader->what = "visits";
	loader->visits_room = 1024;
	loader->visits = palloc(loader->visits_room * sizeof(VisitRow));
	fairdraw_stream_query(query, fairdraw_select_columns(query, columns, VISIT_COLUMNS), read_visit, loader);
	if (loader->nvisits == 0)
		refuse_empty("visits");
	qsort(loader->visits, loader->nvisits, sizeof(VisitRow), compare_visits);

	add_group_names(loader);
	input->nvisits = loader->nvisits;
	input->visit_ids = fairdraw_alloc(loader->nvisits, sizeof(char *));
	input->need = fairdraw_alloc(loader->nvisits, sizeof(int32));
	for (int32 v = 0; v < loader->nvisits; v++)
	{
		const VisitRow *visit = &loader->visits[v];

		if (v > 0 && strcmp(visit->id, loader->visits[v - 1].id) == 0)
			refuse_repeated("visit", "visits", visit->id);
		input->visit_ids[v] = visit->id;
		input->need[v] = visit->need;
		if (visit->groups != NULL && input->visit_groups == NULL)
			input->visit_groups = fairdraw_alloc0(loader->nvisits, sizeof(GroupRule *));
		if (visit->groups != NULL)
			input->visit_groups[v] = complete_rules(loader->problem->options, visit);
	}
	fairdraw_index_ids(&loader->problem->visits, input->visit_ids, loader->nvisits);
}

/*
 * Inspectors
 */

enum
{
	STAFF_ID, STAFF_MAX, STAFF_MIN, STAFF_EXCLUSION, STAFF_GROUPS, STAFF_COLUMNS
};

static void
read_inspector(const Datum *values, const bool *nulls, void *arg)
{
	Loader	   *loader = arg;
	StaffRow	row = {0};

	row.id = keep_id(loader, "inspector", values[STAFF_ID], nulls[STAFF_ID]);
	if (nulls[STAFF_MAX])
		refuse_null(loader, "max_load", row.id);
	if (nulls[STAFF_MIN])
		refuse_null(loader, "min_load", row.id);
	row.high = DatumGetInt32(values[STAFF_MAX]);
	row.low = DatumGetInt32(values[STAFF_MIN]);
	if ((loader->has_max && row.high < 0) || row.low < 0)
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_NEGATIVE_LOAD),
				 errmsg("%s of inspector \"%s\" is %d", row.low < 0 ? "min_load" : "max_load",
						fairdraw_shown(row.id), row.low < 0 ? row.low : row.high),
				 errhint("Loads are numbers of visits, from 0.")));
	if (row.high >= 0 && row.low > row.high)
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_MIN_ABOVE_MAX),
				 errmsg("inspector \"%s\" has min_load %d above max_load %d",
						fairdraw_shown(row.id), row.low, row.high),
				 errhint("Lower the one or raise the other.")));
	if (!nulls[STAFF_EXCLUSION])
		row.exclusion = keep_id(loader, "exclusion_group", values[STAFF_EXCLUSION], false);
	if (!nulls[STAFF_GROUPS])
		row.groups = group_mask(loader, values[STAFF_GROUPS]);
	if (loader->nstaff == loader->staff_room)
	{
		loader->staff_room *= 2;
		loader->staff = repalloc_huge(loader->staff, loader->staff_room * sizeof(StaffRow));
	}
	loader->staff[loader->nstaff++] = row;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

/* Numbers the exclusion groups, ascending by name. */
static void
number_exclusions(Loader *loader)
{
	GraphInput *input = &loader->input;
	const char **names = fairdraw_alloc(loader->nstaff, sizeof(char *));
	int			count = 0;
	int			distinct = 0;

	for (int32 i = 0; i < loader->nstaff; i++)
		if (loader->staff[i].exclusion != NULL)
			names[count++] = loader->staff[i].exclusion;
	if (count == 0)
		return;
	qsort(names, count, sizeof(char *), compare_names);
	for (int i = 0; i < count; i++)
		if (distinct == 0 || strcmp(names[i], names[distinct - 1]) != 0)
			names[distinct++] = names[i];
	input->exclusion_names = names;
	input->exclusion = fairdraw_alloc(loader->nstaff, sizeof(int32));
	for (int32 i = 0; i < loader->nstaff; i++)
	{
		const char *const *found = loader->staff[i].exclusion == NULL ? NULL
			: bsearch(&loader->staff[i].exclusion, names, distinct, sizeof(char *), compare_names);

		input->exclusion[i] = found == NULL ? -1 : found - (const char *const *) names;
	}
}

static void
load_staff(Loader *loader, const char *text)
{
	Column		columns[STAFF_COLUMNS] = {
		[STAFF_ID] = {"inspector", COLUMN_TEXT},
		[STAFF_MAX] = {"max_load", COLUMN_INTEGER, "-1"},
		[STAFF_MIN] = {"min_load", COLUMN_INTEGER, "0"},
		[STAFF_EXCLUSION] = {"exclusion_group", COLUMN_TEXT, "NULL::pg_catalog.text"},
		[STAFF_GROUPS] = {"groups", COLUMN_TEXTS, "NULL::pg_catalog.text[]"},
	};
	CallerQuery *query = fairdraw_analyze_query("staff", text);
	GraphInput *input = &loader->input;
	char	   *statement;

	loader->what = "staff";
	loader->staff_room = 1024;
	loader->staff = palloc(loader->staff_room * sizeof(StaffRow));
	statement = fairdraw_select_columns(query, columns, STAFF_COLUMNS);
	loader->has_max = columns[STAFF_MAX].found;
	fairdraw_stream_query(query, statement, read_inspector, loader);
	if (loader->nstaff == 0)
		refuse_empty("staff");
	qsort(loader->staff, loader->nstaff, sizeof(StaffRow), compare_staff);

	input->ninspectors = loader->nstaff;
	input->inspector_ids = fairdraw_alloc(loader->nstaff, sizeof(char *));
	input->low = fairdraw_alloc(loader->nstaff, sizeof(int32));
	input->high = fairdraw_alloc(loader->nstaff, sizeof(int32));
	for (int32 i = 0; i < loader->nstaff; i++)
	{
		if (i > 0 && strcmp(loader->staff[i].id, loader->staff[i - 1].id) == 0)
			refuse_repeated("inspector", "staff", loader->staff[i].id);
		input->inspector_ids[i] = loader->staff[i].id;
		input->low[i] = loader->staff[i].low;
		input->high[i] = loader->staff[i].high;
	}
	number_exclusions(loader);
	fairdraw_index_ids(&loader->problem->inspectors, input->inspector_ids, loader->nstaff);
}

/*
 * Pairs
 */

enum
{
	PAIR_VISIT, PAIR_INSPECTOR, PAIR_EXCLUDED, PAIR_GROUPS, PAIR_COLUMNS
};

static int32
find_end(const Loader *loader, const Ids *ids, const char *column, Datum value)
{
	struct varlena *id = PG_DETOAST_DATUM_PACKED(value);
	size_t		len;
	const char *utf8 = fairdraw_to_utf8(VARDATA_ANY(id), VARSIZE_ANY_EXHDR(id), &len);
	int32		found = fairdraw_find_id(ids, utf8, len);

	if (found < 0)
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_UNKNOWN_ID),
				 errmsg("%s \"%s\" of the eligible query is not in the %s query", column,
						fairdraw_from_utf8(utf8, len), ids == &loader->problem->visits ? "visits" : "staff"),
				 errhint("Join the eligible query with the other one, or add the %s there.", column)));
	return found;
}

/* Reasons are counted by their text: there are not many. */
static int
number_reason(Loader *loader, Datum value)
{
	ExcludedPairs *excluded = &loader->problem->excluded;
	char	   *reason = fairdraw_text_to_utf8(DatumGetTextPP(value));

	for (int r = 0; r < excluded->nreasons; r++)
		if (strcmp(excluded->reasons[r], reason) == 0)
			return r;
	if (excluded->reasons == NULL)
		excluded->reasons = MemoryContextAlloc(loader->keep, FAIRDRAW_MAX_REASONS * sizeof(char *));
	if (excluded->nreasons == FAIRDRAW_MAX_REASONS)
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_OPTION),
				 errmsg("column \"excluded\" of the eligible query has more than %d different reasons",
						FAIRDRAW_MAX_REASONS),
				 errhint("Give a short word for each kind of reason, such as \"recused\".")));
	excluded->reasons[excluded->nreasons] = MemoryContextStrdup(loader->keep, reason);
	return excluded->nreasons++;
}

static void
add_row(Loader *loader, int32 visit, int32 inspector, const Datum *values, const bool *nulls,
		uint32 groups)
{
	if (nulls[PAIR_EXCLUDED])
		fairdraw_add_pair(&loader->input, loader->problem->options, visit, inspector,
						  groups | loader->staff[inspector].groups);
	else
		fairdraw_add_excluded(&loader->problem->excluded, visit, inspector,
							  number_reason(loader, values[PAIR_EXCLUDED]));
}

static void
read_pair(const Datum *values, const bool *nulls, void *arg)
{
	Loader	   *loader = arg;
	int32		visit;
	uint32		groups = 0;

	if ((++loader->rows & 8191) == 0)
		fairdraw_progress_report(&loader->progress, loader->rows);
	if (nulls[PAIR_VISIT])
		refuse_null(loader, "visit", NULL);
	visit = find_end(loader, &loader->problem->visits, "visit", values[PAIR_VISIT]);
	if (nulls[PAIR_INSPECTOR])
		refuse_null(loader, loader->packed ? "inspectors" : "inspector", loader->visits[visit].id);
	if (loader->problem->options->ngroups > 0 && !nulls[PAIR_GROUPS])
		groups = group_mask(loader, values[PAIR_GROUPS]);
	if (loader->packed)
	{
		Datum	   *inspectors;
		bool	   *null_elements;
		int			count;

		deconstruct_array(DatumGetArrayTypeP(values[PAIR_INSPECTOR]), TEXTOID, -1, false,
						  TYPALIGN_INT, &inspectors, &null_elements, &count);
		for (int i = 0; i < count; i++)
		{
			if (null_elements[i])
				refuse_null(loader, "inspector", loader->visits[visit].id);
			add_row(loader, visit,
					find_end(loader, &loader->problem->inspectors, "inspector", inspectors[i]),
					values, nulls, groups);
		}
	}
	else
		add_row(loader, visit,
				find_end(loader, &loader->problem->inspectors, "inspector", values[PAIR_INSPECTOR]),
				values, nulls, groups);
}

static bool
has_column(const CallerQuery *query, const char *name)
{
	for (int i = 0; i < query->columns->natts; i++)
		if (strcmp(NameStr(TupleDescAttr(query->columns, i)->attname), name) == 0)
			return true;
	return false;
}

static void
load_pairs(Loader *loader, const char *text)
{
	Column		columns[PAIR_COLUMNS] = {
		[PAIR_VISIT] = {"visit", COLUMN_TEXT},
		[PAIR_INSPECTOR] = {"inspector", COLUMN_TEXT},
		[PAIR_EXCLUDED] = {"excluded", COLUMN_TEXT, "NULL::pg_catalog.text"},
		[PAIR_GROUPS] = {"groups", COLUMN_TEXTS, "NULL::pg_catalog.text[]"},
	};
	CallerQuery *query = fairdraw_analyze_query("eligible", text);
	char	   *statement;

	loader->what = "eligible";
	loader->packed = has_column(query, "inspectors") && !has_column(query, "inspector");
	if (loader->packed)
	{
		columns[PAIR_INSPECTOR].name = "inspectors";
		columns[PAIR_INSPECTOR].kind = COLUMN_TEXTS;
	}
	statement = fairdraw_select_columns(query, columns, PAIR_COLUMNS);
	fairdraw_begin_pairs(&loader->input, &loader->problem->excluded,
						 loader->keep_excluded ? loader->problem->options->max_pairs : 0);
	fairdraw_progress_begin(&loader->progress, "rows of eligible inspectors read", 0);
	fairdraw_stream_query(query, statement, read_pair, loader);
	fairdraw_progress_end(&loader->progress);
	if (loader->rows == 0)
		refuse_empty("eligible");
}

/* An error if a visit has fewer eligible inspectors than the option asks for. */
void
fairdraw_check_pools(const Graph *graph, const AssignOptions *options)
{
	for (int32 visit = 0; visit < graph->nvisits; visit++)
	{
		uint32		pool = graph->first_pair[graph->first_node[visit + 1]] -
			graph->first_pair[graph->first_node[visit]];

		if (pool < options->min_pool)
			ereport(ERROR,
					(errcode(ERRCODE_ASSIGN_POOL),
					 errmsg("visit \"%s\" has %u eligible inspectors, below min_pool %d",
							fairdraw_shown_visit(graph->visit_ids[visit]), pool, options->min_pool),
					 errhint("With a small pool everybody knows who will come: widen the scope of the visit, or lower the option \"min_pool\".")));
	}
}

/*
 * Reads the three queries with the caller's rights.  Needs an SPI connection;
 * the result lives in the current memory context.
 */
Problem *
fairdraw_load_problem(const char *visits, const char *staff, const char *eligible,
					  Jsonb *options, bool keep_excluded)
{
	Problem    *problem = palloc0(sizeof(Problem));
	Loader		loader = {.keep = CurrentMemoryContext,.problem = problem};

	loader.keep_excluded = keep_excluded;
	problem->options = fairdraw_read_options(options);
	load_visits(&loader, visits);
	load_staff(&loader, staff);
	load_pairs(&loader, eligible);
	problem->graph = fairdraw_make_graph(&loader.input, problem->options);
	fairdraw_check_pools(problem->graph, problem->options);
	return problem;
}
