/*
 * code_type.c
 *		Types whose values are a short, closed list with labels.
 *
 * What needs the list (input, output, receive, labels) is called by functions
 * of each type.  What needs only the byte (send, comparison, hash) is callable
 * from SQL here, and the types share it.
 */
#include "fairdraw.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/sortsupport.h"

#include "code_type.h"

/*
 * The codes with their labels in the server's encoding.
 *
 * The labels are converted rather than the input: each of them exists in
 * every supported encoding, while text in EUC_CN may hold characters that
 * UTF-8 lacks, which would be a hard error where input must fail softly.  It is
 * done once, because a staging load compares every row with every label.
 */
static const FairdrawCode *
local_codes(FairdrawCodeType *type)
{
	if (type->local == NULL)
	{
		MemoryContext oldcontext = MemoryContextSwitchTo(TopMemoryContext);
		FairdrawCode *local = palloc(sizeof(FairdrawCode) * type->ncodes);

		for (int i = 0; i < type->ncodes; i++)
		{
			const FairdrawCode *code = &type->codes[i];

			local[i] = *code;
			local[i].zh = pg_any_to_server(code->zh, strlen(code->zh), PG_UTF8);
			if (code->zh_too != NULL)
				local[i].zh_too = pg_any_to_server(code->zh_too, strlen(code->zh_too), PG_UTF8);
		}
		MemoryContextSwitchTo(oldcontext);
		type->local = local;
	}
	return type->local;
}

/*
 * The member that a stored byte stands for.  Input and receive let no other
 * byte in, but a damaged page can hold any.
 */
const FairdrawCode *
fairdraw_code_get(FairdrawCodeType *type, uint8 code)
{
	if (code < 1 || code > type->ncodes)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid stored value %d of type %s", code, type->name)));
	return &local_codes(type)[code - 1];
}

/*
 * Is it the value, in any letter case?  pg_strcasecmp would ask the locale
 * about bytes that are not ASCII.
 */
static bool
same_word(const char *input, const char *value)
{
	while (*input != '\0' &&
		   pg_ascii_tolower((unsigned char) *input) == pg_ascii_tolower((unsigned char) *value))
	{
		input++;
		value++;
	}
	return *input == '\0' && *value == '\0';
}

/*
 * The number that the input writes, or 0.  A leading zero is not taken: codes
 * such as "04" belong to other schemes, which number other things.
 */
static int
place_number(const char *input)
{
	int			number = 0;

	if (*input == '0')
		return 0;
	for (; *input != '\0'; input++)
	{
		if (*input < '0' || *input > '9')
			return 0;
		number = number * 10 + (*input - '0');
		if (number > PG_UINT8_MAX)
			return 0;
	}
	return number;
}

/* What input takes, a list for an error's hint. */
static char *
accepted_values(FairdrawCodeType *type)
{
	const FairdrawCode *codes = local_codes(type);
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < type->ncodes; i++)
	{
		/* the labels have commas in them */
		if (i > 0)
			appendStringInfoString(&buf, "; ");
		if (type->numbered)
			appendStringInfo(&buf, "%d = ", i + 1);
		appendStringInfo(&buf, "%s = %s", codes[i].value, codes[i].zh);
	}
	return buf.data;
}

Datum
fairdraw_code_in(FairdrawCodeType *type, FunctionCallInfo fcinfo)
{
	const char *input = PG_GETARG_CSTRING(0);
	const FairdrawCode *codes = local_codes(type);
	int			number = type->numbered ? place_number(input) : 0;

	for (int i = 0; i < type->ncodes; i++)
	{
		if (number == i + 1 ||
			same_word(input, codes[i].value) ||
			strcmp(input, codes[i].zh) == 0 ||
			(codes[i].zh_too != NULL && strcmp(input, codes[i].zh_too) == 0))
			PG_RETURN_CODE(i + 1);
	}

	ereturn(fairdraw_escontext(fcinfo), (Datum) 0,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input value for type %s: \"%s\"", type->name, input),
			 type->numbered ?
			 errhint("Accepted are, as number, value or label: %s.", accepted_values(type)) :
			 errhint("Accepted are, as value or label: %s.", accepted_values(type))));
}

Datum
fairdraw_code_out(FairdrawCodeType *type, FunctionCallInfo fcinfo)
{
	PG_RETURN_CSTRING(pstrdup(fairdraw_code_get(type, PG_GETARG_CODE(0))->value));
}

Datum
fairdraw_code_recv(FairdrawCodeType *type, FunctionCallInfo fcinfo)
{
	int			code = pq_getmsgbyte((StringInfo) PG_GETARG_POINTER(0));

	if (code < 1 || code > type->ncodes)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid code %d in external \"%s\" value", code, type->name)));
	PG_RETURN_CODE(code);
}

Datum
fairdraw_code_label(FairdrawCodeType *type, FunctionCallInfo fcinfo)
{
	const FairdrawCode *code = fairdraw_code_get(type, PG_GETARG_CODE(0));
	char	   *lang = text_to_cstring(PG_GETARG_TEXT_PP(1));

	if (strcmp(lang, "zh") == 0)
		PG_RETURN_TEXT_P(cstring_to_text(code->zh));
	if (strcmp(lang, "en") == 0)
		PG_RETURN_TEXT_P(cstring_to_text(code->en));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there are no labels in language \"%s\"", lang),
			 errhint("Use zh or en.")));
}

PG_FUNCTION_INFO_V1(fairdraw_code_send);

Datum
fairdraw_code_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, PG_GETARG_CODE(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

PG_FUNCTION_INFO_V1(fairdraw_code_eq);

Datum
fairdraw_code_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_CODE(0) == PG_GETARG_CODE(1));
}

PG_FUNCTION_INFO_V1(fairdraw_code_ne);

Datum
fairdraw_code_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_CODE(0) != PG_GETARG_CODE(1));
}

PG_FUNCTION_INFO_V1(fairdraw_code_lt);

Datum
fairdraw_code_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_CODE(0) < PG_GETARG_CODE(1));
}

PG_FUNCTION_INFO_V1(fairdraw_code_le);

Datum
fairdraw_code_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_CODE(0) <= PG_GETARG_CODE(1));
}

PG_FUNCTION_INFO_V1(fairdraw_code_gt);

Datum
fairdraw_code_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_CODE(0) > PG_GETARG_CODE(1));
}

PG_FUNCTION_INFO_V1(fairdraw_code_ge);

Datum
fairdraw_code_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_CODE(0) >= PG_GETARG_CODE(1));
}

PG_FUNCTION_INFO_V1(fairdraw_code_cmp);

Datum
fairdraw_code_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) PG_GETARG_CODE(0) - (int32) PG_GETARG_CODE(1));
}

PG_FUNCTION_INFO_V1(fairdraw_code_sortsupport);

Datum
fairdraw_code_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	/* a Datum of ours is a small integer, and tuplesort is fastest with these */
	ssup->comparator = ssup_datum_int32_cmp;
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(fairdraw_code_larger);

Datum
fairdraw_code_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_CODE(Max(PG_GETARG_CODE(0), PG_GETARG_CODE(1)));
}

PG_FUNCTION_INFO_V1(fairdraw_code_smaller);

Datum
fairdraw_code_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_CODE(Min(PG_GETARG_CODE(0), PG_GETARG_CODE(1)));
}

PG_FUNCTION_INFO_V1(fairdraw_code_hash);

Datum
fairdraw_code_hash(PG_FUNCTION_ARGS)
{
	return hash_uint32(PG_GETARG_CODE(0));
}

PG_FUNCTION_INFO_V1(fairdraw_code_hash_extended);

Datum
fairdraw_code_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_uint32_extended(PG_GETARG_CODE(0), PG_GETARG_INT64(1));
}
