/*
 * coverage_base.c
 *		The base of coverage(): groups, and what there is in each.
 */
#include "fairdraw.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "coverage.h"
#include "field.h"

enum
{
	COLUMN_GRP, COLUMN_NUMBERS, BASE_COLUMNS = COLUMN_NUMBERS + BASE_NUMBERS
};

/* ": group ..." for messages */
static const char *
of_group(const char *name)
{
	return name == NULL ? "" : psprintf(" of group \"%s\"", fairdraw_shown(name));
}

static int64
read_number(const Column *column, const char *name, HeapTuple tuple, int number)
{
	bool		isnull;
	int64		value = DatumGetInt64(SPI_getbinval(tuple, SPI_tuptable->tupdesc, number + 1, &isnull));

	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("null %s%s in the base query", column->name, of_group(name)),
				 errhint("Give each group its number; 0 where it has none.")));
	if (value < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s%s is " INT64_FORMAT " in the base query", column->name, of_group(name), value),
				 errhint("Numbers of the base are 0 or more.")));
	return value;
}

static const char *
read_group(HeapTuple tuple)
{
	bool		isnull;
	Datum		value = SPI_getbinval(tuple, SPI_tuptable->tupdesc, COLUMN_GRP + 1, &isnull);
	char	   *name;

	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("null grp in the base query"),
				 errhint("Name every group; the total is added by coverage().")));
	name = fairdraw_text_to_utf8(DatumGetTextPP(value));
	fairdraw_require_field("grp in the base query", name, FAIRDRAW_MAX_LABEL);
	return name;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const CoverageGroup *) a)->name, ((const CoverageGroup *) b)->name);
}

static void
sort_groups(Coverage *coverage)
{
	qsort(coverage->groups, coverage->ngroups, sizeof(CoverageGroup), by_name);
	for (int i = 1; i < coverage->ngroups; i++)
		if (by_name(&coverage->groups[i - 1], &coverage->groups[i]) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_CARDINALITY_VIOLATION),
					 errmsg("group \"%s\" comes twice in the base query", fairdraw_shown(coverage->groups[i].name)),
					 errhint("Give one row for each group.")));
}

void
fairdraw_load_base(Coverage *coverage, const char *text)
{
	CallerQuery *query = fairdraw_analyze_query("base", text);
	Column		columns[BASE_COLUMNS] = {
		{"grp", COLUMN_TEXT, "NULL::pg_catalog.text"},
		{"enterprises", COLUMN_BIGINT, NULL},
		{"items", COLUMN_BIGINT, "NULL::pg_catalog.int8"},
		{"planned", COLUMN_BIGINT, "NULL::pg_catalog.int8"}
	};
	SPITupleTable *rows;

	fairdraw_run_query(query, fairdraw_select_columns(query, columns, lengthof(columns)), NULL);
	rows = SPI_tuptable;
	coverage->grouped = columns[COLUMN_GRP].found;
	for (int i = 0; i < BASE_NUMBERS; i++)
		coverage->has_base[i] = columns[COLUMN_NUMBERS + i].found;
	if (rows->numvals == 0 || (rows->numvals > 1 && !coverage->grouped))
		ereport(ERROR,
				(errcode(ERRCODE_CARDINALITY_VIOLATION),
				 errmsg("the base query returns " UINT64_FORMAT " rows", rows->numvals),
				 errhint("%s", coverage->grouped ? "It has a row for each group."
						 : "Without a column grp it has one row.")));

	coverage->groups = MemoryContextAllocExtended(CurrentMemoryContext,
												  sizeof(CoverageGroup) * rows->numvals,
												  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (uint64 row = 0; row < rows->numvals; row++)
	{
		CoverageGroup *group = &coverage->groups[row];

		CHECK_FOR_INTERRUPTS();
		if (coverage->grouped)
			group->name = read_group(rows->vals[row]);
		for (int i = 0; i < BASE_NUMBERS; i++)
			if (coverage->has_base[i])
				group->base[i] = read_number(&columns[COLUMN_NUMBERS + i], group->name, rows->vals[row], COLUMN_NUMBERS + i);
	}
	coverage->ngroups = rows->numvals;
	SPI_freetuptable(rows);
	if (coverage->grouped)
		sort_groups(coverage);
}

/* The group of this name, or NULL. */
CoverageGroup *
fairdraw_coverage_group(const Coverage *coverage, const char *name)
{
	CoverageGroup key = {.name = name};

	if (!coverage->grouped)
		return &coverage->groups[0];
	return bsearch(&key, coverage->groups, coverage->ngroups, sizeof(CoverageGroup), by_name);
}
