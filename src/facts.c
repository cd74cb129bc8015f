/*
 * facts.c
 *		Facts of a record, as SQL gives them.
 */
#include "fairdraw.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "arguments.h"
#include "calendar.h"
#include "code_type.h"
#include "facts.h"
#include "query.h"
#include "validity.h"

static const struct
{
	const char *name;
	ColumnKind	kind;
	const char *absent;
}			fact_columns[FACT_COLUMNS] = {
	[FACT_KIND] = {"kind", COLUMN_TEXT, NULL},
	[FACT_CODE] = {"code", COLUMN_CODE, "NULL::fairdraw.result_code"},
	[FACT_SEVERITY] = {"severity", COLUMN_TEXT, "NULL::pg_catalog.text"},
	[FACT_AREA] = {"area", COLUMN_TEXT, "NULL::pg_catalog.text"},
	[FACT_DECIDED_ON] = {"decided_on", COLUMN_DATE, "NULL::pg_catalog.date"},
	[FACT_PUBLISHED_ON] = {"published_on", COLUMN_DATE, "NULL::pg_catalog.date"},
	[FACT_FOUND_ON] = {"found_on", COLUMN_DATE, "NULL::pg_catalog.date"},
	[FACT_RECTIFIED_ON] = {"rectified_on", COLUMN_DATE, "NULL::pg_catalog.date"},
	[FACT_PENALTY_ENDS] = {"penalty_ends", COLUMN_DATE, "NULL::pg_catalog.date"},
	[FACT_WITHHELD] = {"withheld", COLUMN_TEXT, "NULL::pg_catalog.text"},
	[FACT_REPAIRED_ON] = {"repaired_on", COLUMN_DATE, "NULL::pg_catalog.date"},
};

/* The columns of a query that gives facts. */
void
fairdraw_fact_columns(Column *columns)
{
	for (int i = 0; i < FACT_COLUMNS; i++)
	{
		columns[i].name = fact_columns[i].name;
		columns[i].kind = fact_columns[i].kind;
		columns[i].absent = fact_columns[i].absent;
	}
}

static int
find_word(const char *const *words, text *word)
{
	const char *data = VARDATA_ANY(word);
	size_t		len = VARSIZE_ANY_EXHDR(word);

	/* most words differ in their first byte */
	if (len > 0)
		for (int i = 0; words[i] != NULL; i++)
			if (words[i][0] == data[0] && strncmp(words[i], data, len) == 0 && words[i][len] == '\0')
				return i;
	return -1;
}

pg_noreturn static void
unknown_word(const char *what, text *word, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown %s: \"%s\"", what, text_to_cstring(word)),
			 errhint("%s", hint)));
}

static inline DateADT
date_or_unknown(const char *name, Datum value, bool isnull)
{
	DateADT		day = DatumGetDateADT(value);

	if (isnull)
		return UNKNOWN_DATE;
	if (unlikely(day == DATEVAL_NOBEGIN))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s is -infinity", name),
				 errhint("Leave it null until it is known.")));
	return day;
}

/* The place of a word, or -1 for null; an unknown one is an error, with the list in its hint. */
static inline int
read_word(const char *what, const char *const *words, Datum value, bool isnull,
		  const char *and, const char *hint)
{
	text	   *word;
	int			place;

	if (isnull)
		return -1;
	word = DatumGetTextPP(value);
	place = find_word(words, word);
	if (unlikely(place < 0))
		unknown_word(what, word, psprintf(hint, fairdraw_word_list(words, and)));
	return place;
}

StaticAssertDecl(ANY_WORD == -1, "a word that is null is any");

/* Reads all but set and as_of. */
void
fairdraw_read_facts(const RuleBook *book, const Datum *values, const bool *nulls, Facts *facts)
{
	if (nulls[FACT_KIND])
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the kind of a record is null"),
				 errhint("It can be %s.", fairdraw_word_list(fairdraw_record_kinds, "or"))));
	facts->kind = read_word("kind of record", fairdraw_record_kinds, values[FACT_KIND], false, "or", "It can be %s.");
	facts->code = nulls[FACT_CODE] ? 0 : DatumGetCode(values[FACT_CODE]);
	facts->severity = read_word("severity", book->severities, values[FACT_SEVERITY], nulls[FACT_SEVERITY],
								"and", "Rules know %s; leave it null where there is none.");
	facts->area = read_word("area", book->areas, values[FACT_AREA], nulls[FACT_AREA],
							"and", "Rules of their own have %s; leave it null for all others.");
	facts->withheld = read_word("reason to withhold", fairdraw_withheld_reasons, values[FACT_WITHHELD], nulls[FACT_WITHHELD],
								"or", "It can be %s; leave it null for what is published.");
	facts->dates[DATE_DECIDED] = date_or_unknown("decided_on", values[FACT_DECIDED_ON], nulls[FACT_DECIDED_ON]);
	facts->dates[DATE_PUBLISHED] = date_or_unknown("published_on", values[FACT_PUBLISHED_ON], nulls[FACT_PUBLISHED_ON]);
	facts->dates[DATE_FOUND] = date_or_unknown("found_on", values[FACT_FOUND_ON], nulls[FACT_FOUND_ON]);
	facts->dates[DATE_RECTIFIED] = date_or_unknown("rectified_on", values[FACT_RECTIFIED_ON], nulls[FACT_RECTIFIED_ON]);
	facts->dates[DATE_PENALTY_ENDS] = date_or_unknown("penalty_ends", values[FACT_PENALTY_ENDS], nulls[FACT_PENALTY_ENDS]);
	facts->dates[DATE_REPAIRED] = date_or_unknown("repaired_on", values[FACT_REPAIRED_ON], nulls[FACT_REPAIRED_ON]);
	fairdraw_check_facts(facts);
}

/*
 * The place of a result code that a query gives as such, or as text: then in
 * any way that the type takes.
 */
int
fairdraw_code_of(Oid type, Datum value)
{
	if (type != TEXTOID && type != VARCHAROID)
		return DatumGetCode(value);
	return DatumGetCode(DirectFunctionCall1(fairdraw_result_code_in,
											CStringGetDatum(text_to_cstring(DatumGetTextPP(value)))));
}

/* The same for values of a query's columns. */
void
fairdraw_read_fact_columns(const RuleBook *book, const Column *columns, const Datum *values,
						   const bool *nulls, Facts *facts)
{
	Datum		copy[FACT_COLUMNS];

	memcpy(copy, values, sizeof(copy));
	if (!nulls[FACT_CODE])
		copy[FACT_CODE] = UInt8GetDatum(fairdraw_code_of(columns[FACT_CODE].type, values[FACT_CODE]));
	fairdraw_read_facts(book, copy, nulls, facts);
}

/* name: NULL for those in force, which is -1 */
int
fairdraw_find_rule_set(const RuleBook *book, const char *name)
{
	StringInfoData list;

	if (name == NULL)
		return -1;
	for (int i = 0; i < book->nsets; i++)
		if (strcmp(book->sets[i].rule_set, name) == 0)
			return i;
	initStringInfo(&list);
	for (int i = 0; i < book->nsets; i++)
		appendStringInfo(&list, i == 0 ? "%s" : ", %s", book->sets[i].rule_set);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("there is no rule set \"%s\"", name),
			 errhint("Sets in fairdraw_data.rule_set are: %s.", list.data)));
}

/* The day on which to look. */
DateADT
fairdraw_as_of_arg(FunctionCallInfo fcinfo, int argument)
{
	DateADT		as_of = DatumGetDateADT(fairdraw_arg(fcinfo, argument));

	if (unlikely(DATE_NOT_FINITE(as_of)))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("as_of is %s", fairdraw_date_text(as_of)),
				 errhint("Give the day on which to look.")));
	return as_of;
}
