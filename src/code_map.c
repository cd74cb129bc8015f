/*
 * code_map.c
 *		result_code_from(), target_gone(): codes of other schemes
 *		(doc/publication.md section 7).
 */
#include "fairdraw.h"

#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "book.h"
#include "code_map.h"
#include "code_type.h"
#include "validity.h"

static const char *const fates[] = {
	"closed", "deregistered", "licence_revoked", "registration_cancelled", "moved_away", NULL
};

static void
check_code(const MappedCode *code)
{
	char	   *name = psprintf("%s %s", code->scheme, code->external);

	if ((code->code != 0) == (code->gone != NULL))
		fairdraw_bad_rule("result_code_map", name,
						  code->gone == NULL ? "has neither a code nor a fate" : "has a code and a fate",
						  "Give code what was found, or gone what became of the enterprise.");
	if (code->gone != NULL && fairdraw_word_place(fates, code->gone) < 0)
		fairdraw_bad_rule("result_code_map", name, psprintf("has an unknown fate: \"%s\"", code->gone),
						  psprintf("It can be %s.", fairdraw_word_list(fates, "or")));
}

static void *
compile_code_map(void)
{
	CodeMap    *map = palloc0(sizeof(CodeMap));

	fairdraw_read_book("result_code_map",
					   "SELECT scheme || ' ' || external_code AS name, scheme, external_code, code, gone"
					   " FROM fairdraw_data.result_code_map ORDER BY scheme, external_code", "TTTtt");
	map->ncodes = SPI_processed;
	map->codes = palloc0((map->ncodes + 1) * sizeof(MappedCode));
	for (int i = 0; i < map->ncodes; i++)
	{
		MappedCode *code = &map->codes[i];

		code->scheme = fairdraw_book_text(i, 2);
		code->external = fairdraw_book_text(i, 3);
		code->code = fairdraw_read_code("result_code_map", fairdraw_book_text(i, 1), i, 4);
		code->gone = fairdraw_book_text(i, 5);
		check_code(code);
	}

	fairdraw_read_book("list_cause",
					   "SELECT list || ' ' || cause AS name, list, cause, code"
					   " FROM fairdraw_data.list_cause ORDER BY list, cause", "TTTt");
	map->ncauses = SPI_processed;
	map->causes = palloc0((map->ncauses + 1) * sizeof(ListCause));
	for (int i = 0; i < map->ncauses; i++)
	{
		map->causes[i].list = fairdraw_book_text(i, 2);
		map->causes[i].cause = fairdraw_book_text(i, 3);
		map->causes[i].code = fairdraw_read_code("list_cause", fairdraw_book_text(i, 1), i, 4);
	}
	return map;
}

Book		fairdraw_code_book = {
	.name = "codes",
	.tables = {"result_code_map", "list_cause"},
	.compile = compile_code_map,
};

const CodeMap *
fairdraw_code_map(void)
{
	return fairdraw_book(&fairdraw_code_book);
}

/* by bytes, as the table's collation orders them */
static int
compare_text(text *a, const char *b)
{
	size_t		len = VARSIZE_ANY_EXHDR(a);
	size_t		other = strlen(b);
	int			result = memcmp(VARDATA_ANY(a), b, Min(len, other));

	return result != 0 ? result : (len > other) - (len < other);
}

pg_noreturn static void
unknown_code(const CodeMap *map, text *scheme, text *external)
{
	StringInfoData list;
	bool		known = false;

	initStringInfo(&list);
	for (int i = 0; i < map->ncodes; i++)
		known |= compare_text(scheme, map->codes[i].scheme) == 0;
	for (int i = 0; i < map->ncodes; i++)
		if (known ? compare_text(scheme, map->codes[i].scheme) == 0
			: i == 0 || strcmp(map->codes[i].scheme, map->codes[i - 1].scheme) != 0)
			appendStringInfo(&list, list.len == 0 ? "%s" : ", %s",
							 known ? map->codes[i].external : map->codes[i].scheme);
	if (!known)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("there is no scheme of codes \"%s\"", text_to_cstring(scheme)),
				 errhint("Schemes in fairdraw_data.result_code_map are: %s.", list.data)));
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("scheme \"%s\" has no code \"%s\"", text_to_cstring(scheme), text_to_cstring(external)),
			 errhint("Its codes are: %s. Add others to fairdraw_data.result_code_map.", list.data)));
}

static const MappedCode *
find_code(text *scheme, text *external)
{
	const CodeMap *map = fairdraw_code_map();
	int			low = 0;
	int			high = map->ncodes - 1;

	while (low <= high)
	{
		int			middle = low + (high - low) / 2;
		const MappedCode *code = &map->codes[middle];
		int			order = compare_text(scheme, code->scheme);

		if (order == 0)
			order = compare_text(external, code->external);
		if (order == 0)
			return code;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	unknown_code(map, scheme, external);
}

/* result_code_from(scheme, external_code) */
PG_FUNCTION_INFO_V1(fairdraw_result_code_from);
Datum
fairdraw_result_code_from(PG_FUNCTION_ARGS)
{
	const MappedCode *code = find_code(PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1));

	if (code->code == 0)
		PG_RETURN_NULL();
	PG_RETURN_CODE(code->code);
}

/* target_gone(scheme, external_code) */
PG_FUNCTION_INFO_V1(fairdraw_target_gone);
Datum
fairdraw_target_gone(PG_FUNCTION_ARGS)
{
	const MappedCode *code = find_code(PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1));

	if (code->gone == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(code->gone));
}
