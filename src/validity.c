/*
 * validity.c
 *		Faults that rows of all tables of rules can have.
 */
#include "fairdraw.h"

#include "lib/stringinfo.h"

#include "book.h"
#include "calendar.h"
#include "code_type.h"
#include "validity.h"

void
fairdraw_bad_rule(const char *table, const char *rule, const char *fault, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("\"%s\" in fairdraw_data.%s %s", rule, table, fault),
			 errhint("%s", hint)));
}

void
fairdraw_overlapping_rules(const char *table, const char *rule, const char *other,
						   const char *matter, DateADT from)
{
	bool		in_order = strcmp(rule, other) < 0;

	ereport(ERROR,
			(errcode(ERRCODE_EXCLUSION_VIOLATION),
			 errmsg("\"%s\" and \"%s\" in fairdraw_data.%s are for the same %s, and both hold on %s",
					in_order ? rule : other, in_order ? other : rule, table, matter, fairdraw_date_text(from)),
			 errhint("End one of them (valid_to is its last day) before the other begins.")));
}

void
fairdraw_read_validity(const char *table, const char *rule, uint64 row, int column,
					   DateADT *from, DateADT *to)
{
	bool		isnull;
	Datum		end;

	*from = DatumGetDateADT(fairdraw_book_datum(row, column, &isnull));
	end = fairdraw_book_datum(row, column + 1, &isnull);
	*to = isnull ? DATEVAL_NOEND : DatumGetDateADT(end);
	if (*to < *from)
		fairdraw_bad_rule(table, rule,
						  psprintf("ends on %s, before it begins on %s", fairdraw_date_text(*to),
								   fairdraw_date_text(*from)),
						  "valid_to is its last day; null means until further notice.");
}

int
fairdraw_word_place(const char *const *words, const char *word)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

/* "a, b and c", for hints */
char *
fairdraw_word_list(const char *const *words, const char *and)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; words[i] != NULL; i++)
	{
		if (i > 0)
			appendStringInfo(&list, words[i + 1] == NULL ? " %s " : ", ", and);
		appendStringInfoString(&list, words[i]);
	}
	return list.data;
}

/* A value of result_code that stands in a row, or 0. */
int
fairdraw_read_code(const char *table, const char *rule, uint64 row, int column)
{
	const char *value = fairdraw_book_text(row, column);
	int			place = value == NULL ? 0 : fairdraw_result_code_place(value);

	if (value != NULL && place == 0)
		fairdraw_bad_rule(table, rule, psprintf("has an unknown code: \"%s\"", value),
						  "It is a value of the type fairdraw.result_code: no_problem, not_published, ...");
	return place;
}
