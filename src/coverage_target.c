/*
 * coverage_target.c
 *		Targets of coverage().
 */
#include "fairdraw.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "calendar.h"
#include "coverage.h"
#include "field.h"
#include "validity.h"

const char *const fairdraw_comparators[] = {
	[AT_LEAST] = ">=",
	[MORE_THAN] = ">",
	[AT_MOST] = "<=",
	[LESS_THAN] = "<",
	[EQUAL_TO] = "=",
	NULL
};

enum
{
	COLUMN_INDICATOR, COLUMN_VALUE, COLUMN_COMPARATOR, COLUMN_GRP, COLUMN_DUE, TARGET_COLUMNS
};

static Column target_columns[TARGET_COLUMNS] = {
	{"indicator", COLUMN_TEXT, NULL},
	{"value", COLUMN_WEIGHT, NULL},
	{"comparator", COLUMN_TEXT, NULL},
	{"grp", COLUMN_TEXT, "NULL::pg_catalog.text"},
	{"due", COLUMN_DATE, "NULL::pg_catalog.date"}
};

/* A value of a row; NULL where that is allowed and it is. */
static bool
read_value(HeapTuple tuple, int column, Datum *value)
{
	bool		isnull;

	*value = SPI_getbinval(tuple, SPI_tuptable->tupdesc, column + 1, &isnull);
	if (isnull && column < COLUMN_GRP)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("null %s in the targets query", target_columns[column].name),
				 errhint("Leave out what has no target.")));
	return !isnull;
}

static int
read_word(HeapTuple tuple, int column, const char *const *words)
{
	Datum		value;
	char	   *word;
	int			place;

	(void) read_value(tuple, column, &value);
	word = TextDatumGetCString(value);
	place = fairdraw_word_place(words, word);
	if (place < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no %s \"%s\"", target_columns[column].name, word),
				 errhint("Known are %s.", fairdraw_word_list(words, "and"))));
	return place;
}

static bool
is_fraction(Datum value)
{
	return !numeric_is_nan(DatumGetNumeric(value)) &&
		DatumGetInt32(DirectFunctionCall2(numeric_cmp, value, NumericGetDatum(int64_to_numeric(0)))) >= 0 &&
		DatumGetInt32(DirectFunctionCall2(numeric_cmp, value, NumericGetDatum(int64_to_numeric(1)))) <= 0;
}

static Numeric
read_fraction(HeapTuple tuple, Indicator indicator)
{
	Datum		value;

	(void) read_value(tuple, COLUMN_VALUE, &value);
	if (!is_fraction(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the target for \"%s\" is %s", fairdraw_indicators[indicator],
						DatumGetCString(DirectFunctionCall1(numeric_out, value))),
				 errhint("It is a fraction from 0 to 1: 3 %% is 0.03.")));
	return DatumGetNumericCopy(value);
}

static const char *
read_group(const Coverage *coverage, HeapTuple tuple)
{
	Datum		value;
	char	   *name;

	if (!read_value(tuple, COLUMN_GRP, &value))
		return NULL;
	name = fairdraw_text_to_utf8(DatumGetTextPP(value));
	if (!coverage->grouped || fairdraw_coverage_group(coverage, name) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is a target for group \"%s\", which the base query lacks", fairdraw_shown(name)),
				 errhint("Name groups as the base query does; a target without grp is for all of them and the total.")));
	return name;
}

static DateADT
read_due(HeapTuple tuple)
{
	Datum		value;

	if (!read_value(tuple, COLUMN_DUE, &value))
		return DATEVAL_NOEND;
	if (DATE_NOT_FINITE(DatumGetDateADT(value)))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a target is due on %s", fairdraw_date_text(DatumGetDateADT(value))),
				 errhint("Leave due null where there is no day.")));
	return DatumGetDateADT(value);
}

/* By indicator and group, those for all groups first. */
static int
by_matter(const void *a, const void *b)
{
	const Target *x = a;
	const Target *y = b;

	if (x->indicator != y->indicator)
		return x->indicator < y->indicator ? -1 : 1;
	if (x->group == NULL || y->group == NULL)
		return (x->group != NULL) - (y->group != NULL);
	return strcmp(x->group, y->group);
}

static void
sort_targets(Coverage *coverage)
{
	qsort(coverage->targets, coverage->ntargets, sizeof(Target), by_matter);
	for (int i = 1; i < coverage->ntargets; i++)
	{
		const Target *target = &coverage->targets[i];

		if (by_matter(target - 1, target) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_CARDINALITY_VIOLATION),
					 target->group == NULL
					 ? errmsg("there are two targets for \"%s\"", fairdraw_indicators[target->indicator])
					 : errmsg("there are two targets for \"%s\" of group \"%s\"",
							  fairdraw_indicators[target->indicator], fairdraw_shown(target->group)),
					 errhint("Give one: the one of this year and agency.")));
	}
}

void
fairdraw_load_targets(Coverage *coverage, const char *text)
{
	CallerQuery *query = fairdraw_analyze_query("targets", text);
	Column		columns[TARGET_COLUMNS];
	SPITupleTable *rows;

	memcpy(columns, target_columns, sizeof(columns));
	fairdraw_run_query(query, fairdraw_select_columns(query, columns, lengthof(columns)), NULL);
	rows = SPI_tuptable;
	coverage->targets = palloc0(sizeof(Target) * rows->numvals);
	coverage->ntargets = rows->numvals;
	for (uint64 row = 0; row < rows->numvals; row++)
	{
		Target	   *target = &coverage->targets[row];

		CHECK_FOR_INTERRUPTS();
		target->indicator = read_word(rows->vals[row], COLUMN_INDICATOR, fairdraw_indicators);
		target->comparator = read_word(rows->vals[row], COLUMN_COMPARATOR, fairdraw_comparators);
		target->value = read_fraction(rows->vals[row], target->indicator);
		target->group = read_group(coverage, rows->vals[row]);
		target->due = read_due(rows->vals[row]);
	}
	SPI_freetuptable(rows);
	sort_targets(coverage);
}

/* What holds for a group, or for the total (NULL): its own, or that for all. */
const Target *
fairdraw_coverage_target(const Coverage *coverage, Indicator indicator, const char *group)
{
	Target		key = {.indicator = indicator,.group = group};
	const Target *own;

	if (coverage->ntargets == 0)
		return NULL;
	own = bsearch(&key, coverage->targets, coverage->ntargets, sizeof(Target), by_matter);
	if (own != NULL || group == NULL)
		return own;
	key.group = NULL;
	return bsearch(&key, coverage->targets, coverage->ntargets, sizeof(Target), by_matter);
}
