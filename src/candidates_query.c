/*
 * candidates_query.c
 *		assign_candidates(): who may go where, over any queries.
 */
#include "fairdraw.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "arguments.h"
#include "assignment.h"
#include "candidates_load.h"
#include "field.h"
#include "query.h"

/*
 * Rows of a query
 */

typedef struct Loader
{
	MemoryContext keep;
	const char *relation;		/* "visits query", ... */
	Column	   *columns;
	int			ncolumns;
	bool	   *is_array;		/* [ncolumns] */
	int			id;				/* which column names the row, */
	const char *of;				/* and what stands before it in messages */
	Size		size;			/* of an item, and of all below */
	int32		count;
	int32		room;
	char	   *items;
	void		(*read) (const char *const *values, Place *place,
						 const void *arg, void *item);
	const void *arg;
} Loader;

/* An array of words as a list, in "keep". */
static char *
join_words(MemoryContext keep, const Column *column, const Place *place, Datum value)
{
	MemoryContext row = AllocSetContextCreate(keep, "fairdraw words", ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(row);
	Datum	   *words;
	bool	   *nulls;
	int			count;
	char	   *kept;
	StringInfoData list;

	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false, TYPALIGN_INT,
					  &words, &nulls, &count);
	initStringInfo(&list);
	for (int i = 0; i < count; i++)
	{
		char	   *word;

		if (nulls[i])
			fairdraw_refuse_nothing(psprintf("element in %s", column->name), place);
		word = fairdraw_text_to_utf8(DatumGetTextPP(words[i]));
		/* it would be two words, or none */
		if (word[0] == '\0' || strchr(word, ' ') != NULL)
			fairdraw_refuse_value(ERRCODE_ASSIGN_OPTION, psprintf("element in %s", column->name),
								  place, word, "It is not one word.",
								  "Write words without spaces: replace(..., ' ', '_').");
		appendStringInfo(&list, "%s%s", i == 0 ? "" : " ", word);
	}
	kept = MemoryContextStrdup(keep, list.data);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(row);
	return kept;
}

static void
load_row(const Datum *row, const bool *nulls, void *arg)
{
	Loader	   *loader = arg;
	MemoryContext caller = MemoryContextSwitchTo(loader->keep);
	const char **values = palloc0(loader->ncolumns * sizeof(char *));
	Place		place = {.relation = loader->relation};
	Place		named = place;

	if (!nulls[loader->id])
	{
		named.of = loader->of;
		named.id = fairdraw_text_to_utf8(DatumGetTextPP(row[loader->id]));
	}
	for (int i = 0; i < loader->ncolumns; i++)
	{
		if (nulls[i])
			continue;
		if (loader->is_array[i])
			values[i] = join_words(loader->keep, &loader->columns[i], &named, row[i]);
		else if (i == loader->id)
			values[i] = named.id;
		else if (loader->columns[i].kind == COLUMN_INTEGER)
			values[i] = psprintf("%d", DatumGetInt32(row[i]));
		else
			values[i] = fairdraw_text_to_utf8(DatumGetTextPP(row[i]));
	}
	if (loader->count == loader->room)
	{
		if (loader->room > PG_INT32_MAX / 2)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("the %s returns too many rows", loader->relation),
					 errhint("Split the visits by region.")));
		loader->room *= 2;
		loader->items = repalloc_huge(loader->items, loader->room * loader->size);
	}
	loader->read(values, &place, loader->arg, loader->items + loader->count * loader->size);
	loader->count++;
	pfree(values);
	MemoryContextSwitchTo(caller);
}

/* Is the column of an array type?  Its words are looked at one by one. */
static bool
is_array_column(const CallerQuery *query, const char *name)
{
	for (int i = 0; i < query->columns->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(query->columns, i);

		if (strcmp(NameStr(attribute->attname), name) == 0)
			return OidIsValid(get_element_type(getBaseType(attribute->atttypid)));
	}
	return false;
}

static void
load_query(Loader *loader, const char *what, const char *text)
{
	CallerQuery *query = fairdraw_analyze_query(what, text);
	StringInfoData statement;

	loader->relation = psprintf("%s query", what);
	loader->is_array = palloc0(loader->ncolumns * sizeof(bool));
	for (int i = 0; i < loader->ncolumns; i++)
		if (loader->columns[i].kind == COLUMN_LIST && is_array_column(query, loader->columns[i].name))
		{
			loader->columns[i].kind = COLUMN_TEXTS;
			loader->is_array[i] = true;
		}
	fairdraw_find_columns(query, loader->columns, loader->ncolumns);
	initStringInfo(&statement);
	for (int i = 0; i < loader->ncolumns; i++)
		appendStringInfo(&statement, "%s%s", i == 0 ? "SELECT " : ", ", loader->columns[i].expression);
	appendStringInfo(&statement, " FROM (%s\n) AS f", query->text);
	loader->room = 64;
	loader->items = MemoryContextAllocHuge(loader->keep, loader->room * loader->size);
	fairdraw_stream_query(query, statement.data, load_row, loader);
}

/* One that is not required is null where it is missing. */
static void
set_column(Column *column, const char *name, ColumnKind kind, bool required)
{
	memset(column, 0, sizeof(Column));
	column->name = name;
	column->kind = kind;
	column->absent = required ? NULL : "NULL";
}

/*
 * Staff
 */

static void
read_staff_row(const char *const *values, Place *place, const void *arg, void *item)
{
	fairdraw_read_member(values, place, item);
}

static Staff *
load_staff(MemoryContext keep, const char *text)
{
	static const ColumnKind kinds[STAFF_COLUMNS] = {
		[STAFF_INSPECTOR] = COLUMN_TEXT,
		[STAFF_MAX_LOAD] = COLUMN_INTEGER,
		[STAFF_MIN_LOAD] = COLUMN_INTEGER,
		[STAFF_TAGS] = COLUMN_LIST,
		[STAFF_STATION] = COLUMN_TEXT,
		[STAFF_LEAD] = COLUMN_FLAG,
		[STAFF_SENIOR] = COLUMN_FLAG,
		[STAFF_EXCLUSION_GROUP] = COLUMN_TEXT,
		[STAFF_LICENCE_FROM] = COLUMN_DAY,
		[STAFF_LICENCE_TO] = COLUMN_DAY,
		[STAFF_ON_DUTY] = COLUMN_LIST
	};
	Column		columns[STAFF_COLUMNS];
	Loader		loader = {
		.keep = keep,.columns = columns,.ncolumns = STAFF_COLUMNS,.size = sizeof(StaffMember),
		.read = read_staff_row,.id = STAFF_INSPECTOR,.of = "of inspector"
	};
	MemoryContext caller;
	Staff	   *staff;

	for (int i = 0; i < STAFF_COLUMNS; i++)
		set_column(&columns[i], fairdraw_staff_columns[i], kinds[i], i == STAFF_INSPECTOR);
	load_query(&loader, "staff", text);

	caller = MemoryContextSwitchTo(keep);
	staff = palloc0(sizeof(Staff));
	staff->count = loader.count;
	staff->members = (StaffMember *) loader.items;
	fairdraw_finish_staff(staff, loader.relation);
	MemoryContextSwitchTo(caller);
	return staff;
}

/*
 * Recusals
 */

static void
read_recusal_row(const char *const *values, Place *place, const void *arg, void *item)
{
	fairdraw_read_recusal(values, place, arg, item);
}

static Recusal *
load_recusals(MemoryContext keep, const char *text, const Staff *staff, int32 *count)
{
	Column		columns[RECUSAL_COLUMNS];
	Loader		loader = {
		.keep = keep,.columns = columns,.ncolumns = RECUSAL_COLUMNS,.size = sizeof(Recusal),
		.read = read_recusal_row,.arg = staff,.id = RECUSAL_UID,.of = "in the recusal of uid"
	};

	for (int i = 0; i < RECUSAL_COLUMNS; i++)
		set_column(&columns[i], fairdraw_recusal_columns[i], COLUMN_TEXT, i == RECUSAL_UID);
	load_query(&loader, "recusals", text);
	*count = loader.count;
	return (Recusal *) loader.items;
}

/*
 * Visits
 */

enum
{
	VISIT_ID = SAYS_COLUMNS, VISIT_UID, VISIT_COLUMNS
};

/* "arg" is what holds for all of them. */
static void
read_visit_row(const char *const *values, Place *place, const void *arg, void *item)
{
	VisitProfile *visit = item;

	if (values[VISIT_ID] == NULL)
		fairdraw_refuse_nothing("visit", place);
	if (values[VISIT_ID][0] == '\0')
		fairdraw_refuse_value(ERRCODE_ASSIGN_NULL, "visit", place, "", "It is empty.",
							  "Give it an id, or leave the row out.");
	place->of = "of visit";
	place->id = values[VISIT_ID];
	fairdraw_read_says(values, place, visit);
	visit->id = values[VISIT_ID];
	visit->uid = values[VISIT_UID] == NULL ? visit->id : values[VISIT_UID];
	fairdraw_fill_profile(visit, arg);
}

static int
compare_visits(const void *a, const void *b)
{
	return strcmp(((const VisitProfile *) a)->id, ((const VisitProfile *) b)->id);
}

static VisitProfile *
load_visits(MemoryContext keep, const char *text, const VisitProfile *defaults, int32 *count)
{
	static const ColumnKind kinds[SAYS_COLUMNS] = {
		[SAYS_NEED] = COLUMN_INTEGER,
		[SAYS_DAY] = COLUMN_DAY,
		[SAYS_SCOPE] = COLUMN_TEXT,
		[SAYS_STATION] = COLUMN_TEXT,
		[SAYS_STATIONS] = COLUMN_LIST,
		[SAYS_TAGS] = COLUMN_LIST,
		[SAYS_ONE_TAGS] = COLUMN_LIST
	};
	Column		columns[VISIT_COLUMNS];
	Loader		loader = {
		.keep = keep,.columns = columns,.ncolumns = VISIT_COLUMNS,.size = sizeof(VisitProfile),
		.read = read_visit_row,.arg = defaults,.id = VISIT_ID,.of = "of visit"
	};
	VisitProfile *visits;

	for (int i = 0; i < SAYS_COLUMNS; i++)
		set_column(&columns[i], fairdraw_says_columns[i], kinds[i], false);
	set_column(&columns[VISIT_ID], "visit", COLUMN_TEXT, true);
	set_column(&columns[VISIT_UID], "uid", COLUMN_TEXT, false);
	load_query(&loader, "visits", text);
	if (loader.count == 0)
		fairdraw_refuse_empty(loader.relation);

	visits = (VisitProfile *) loader.items;
	qsort(visits, loader.count, sizeof(VisitProfile), compare_visits);
	for (int32 v = 1; v < loader.count; v++)
		if (strcmp(visits[v].id, visits[v - 1].id) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_ASSIGN_DUPLICATE),
					 errmsg("visit \"%s\" comes twice in the %s", fairdraw_shown(visits[v].id),
							loader.relation),
					 errhint("Give each visit once.")));
	*count = loader.count;
	return visits;
}

/*
 * The rules that hold for all visits
 */

static void
invalid_rule(const char *key, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_ASSIGN_OPTION),
			 key == NULL ? errmsg("invalid rules")
			 : errmsg("invalid \"%s\" in the rules", key),
			 errdetail("%s", detail),
			 errhint("Rules are an object like {\"scope\": \"across\", \"day\": \"2026-03-31\", \"tags\": [\"food\"], \"excluded\": false}.")));
}

static char *
json_string(const JsonbValue *value)
{
	char	   *text = pnstrdup(value->val.string.val, value->val.string.len);
	size_t		len;
	const char *utf8 = fairdraw_to_utf8(text, strlen(text), &len);

	return pnstrdup(utf8, len);
}

/* A text, or where "list" an array of words, as a text; NULL for null. */
static char *
read_rule_text(const char *key, bool list, const JsonbValue *value)
{
	StringInfoData words;
	JsonbIterator *it;
	JsonbValue	item;
	JsonbIteratorToken token;

	if (value->type == jbvNull)
		return NULL;
	if (value->type == jbvString)
		return json_string(value);
	if (!list)
		invalid_rule(key, "It is not a string.");
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data) ||
		JsonContainerIsScalar(value->val.binary.data))
		invalid_rule(key, "It is neither an array of strings nor a string.");

	initStringInfo(&words);
	it = JsonbIteratorInit(value->val.binary.data);
	while ((token = JsonbIteratorNext(&it, &item, true)) != WJB_DONE)
	{
		char	   *word;

		if (token != WJB_ELEM)
			continue;
		if (item.type != jbvString)
			invalid_rule(key, "It has an element that is not a string.");
		word = json_string(&item);
		if (word[0] == '\0' || strchr(word, ' ') != NULL)
			invalid_rule(key, psprintf("It has an element that is not one word: \"%s\".",
									   fairdraw_shown(word)));
		appendStringInfo(&words, "%s%s", words.len == 0 ? "" : " ", word);
	}
	return words.data;
}

static void
read_rules(Jsonb *rules, VisitProfile *says, bool *excluded)
{
	const char *values[SAYS_COLUMNS] = {NULL};
	const Place place = {.relation = "rules"};
	JsonbIterator *it;
	JsonbValue	item;
	JsonbIteratorToken token;

	if (!JB_ROOT_IS_OBJECT(rules))
		invalid_rule(NULL, "They are not an object.");
	*excluded = true;
	it = JsonbIteratorInit(&rules->root);
	while ((token = JsonbIteratorNext(&it, &item, true)) != WJB_DONE)
	{
		char	   *key;
		int			column = SAYS_COLUMNS - 1;

		if (token != WJB_KEY)
			continue;
		key = pnstrdup(item.val.string.val, item.val.string.len);
		(void) JsonbIteratorNext(&it, &item, true);
		/* how many inspectors a visit needs is not asked here */
		while (column > SAYS_NEED && strcmp(key, fairdraw_says_columns[column]) != 0)
			column--;
		if (column > SAYS_NEED)
			values[column] = read_rule_text(key, column == SAYS_STATIONS || column == SAYS_TAGS ||
											column == SAYS_ONE_TAGS, &item);
		else if (strcmp(key, "excluded") != 0)
			ereport(ERROR,
					(errcode(ERRCODE_ASSIGN_OPTION),
					 errmsg("unknown key in the rules: \"%s\"", key),
					 errhint("The keys are scope, day, station, stations, tags, one_tags and excluded.")));
		else if (item.type != jbvBool)
			invalid_rule(key, "It is neither true nor false.");
		else
			*excluded = item.val.boolean;
	}
	fairdraw_read_says(values, &place, says);
}

/*
 * Rows of the result
 */

typedef struct ResultWriter
{
	ReturnSetInfo *rsinfo;
	const Staff *staff;
	const VisitProfile *visits;
	Datum		groups[1 << CANDIDATE_GROUPS];	/* arrays of names; 0: not yet
												 * made */
	MemoryContext keep;
} ResultWriter;

static Datum
groups_array(ResultWriter *writer, uint32 groups)
{
	MemoryContext caller = MemoryContextSwitchTo(writer->keep);
	Datum		names[CANDIDATE_GROUPS];
	int			count = 0;

	if (writer->groups[groups] == (Datum) 0)
	{
		for (int g = 0; g < CANDIDATE_GROUPS; g++)
			if ((groups & (1u << g)) != 0)
				names[count++] = CStringGetTextDatum(fairdraw_candidate_groups[g]);
		writer->groups[groups] = PointerGetDatum(construct_array(names, count, TEXTOID, -1,
																 false, TYPALIGN_INT));
	}
	MemoryContextSwitchTo(caller);
	return writer->groups[groups];
}

static void
put_pair(const CandidateSearch *search, const CandidatePair *pair, void *arg)
{
	ResultWriter *writer = arg;
	char	   *detail = fairdraw_exclusion_detail(search, pair);
	Datum		values[5] = {(Datum) 0};
	bool		nulls[5] = {false};

	values[0] = CStringGetTextDatum(fairdraw_shown(writer->visits[pair->visit].id));
	values[1] = CStringGetTextDatum(fairdraw_shown(writer->staff->members[pair->inspector].id));
	values[2] = groups_array(writer, pair->groups);
	nulls[3] = pair->exclusion == ELIGIBLE;
	if (!nulls[3])
		values[3] = CStringGetTextDatum(fairdraw_exclusion_names[pair->exclusion]);
	nulls[4] = detail == NULL;
	if (!nulls[4])
		values[4] = CStringGetTextDatum(fairdraw_shown(detail));
	tuplestore_putvalues(writer->rsinfo->setResult, writer->rsinfo->setDesc, values, nulls);
}

/* assign_candidates(visits, staff, rules, recusals) */
PG_FUNCTION_INFO_V1(fairdraw_assign_candidates);
Datum
fairdraw_assign_candidates(PG_FUNCTION_ARGS)
{
	char	   *visits_text = fairdraw_text_arg(fcinfo, 0);
	char	   *staff_text = fairdraw_text_arg(fcinfo, 1);
	Jsonb	   *rules = DatumGetJsonbP(fairdraw_arg(fcinfo, 2));
	MemoryContext keep = CurrentMemoryContext;
	ResultWriter writer = {.rsinfo = (ReturnSetInfo *) fcinfo->resultinfo,.keep = keep};
	VisitProfile defaults;
	bool		excluded;
	Staff	   *staff;
	VisitProfile *visits;
	int32		nvisits;
	Recusal    *recusals = NULL;
	int32		nrecusals = 0;

	InitMaterializedSRF(fcinfo, 0);
	read_rules(rules, &defaults, &excluded);
	SPI_connect();
	visits = load_visits(keep, visits_text, &defaults, &nvisits);
	staff = load_staff(keep, staff_text);
	if (!PG_ARGISNULL(3))
		recusals = load_recusals(keep, fairdraw_text_arg(fcinfo, 3), staff, &nrecusals);
	SPI_finish();

	writer.staff = staff;
	writer.visits = visits;
	fairdraw_find_candidates(staff, visits, nvisits, recusals, nrecusals, !excluded,
							 put_pair, &writer);
	return (Datum) 0;
}
