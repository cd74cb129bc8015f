/*
 * entropy.c
 *		Sources of entropy and their values (protocol sections 3 and 4).
 */
#include "fairdraw.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "ceremony.h"
#include "field.h"

#define PUBLIC_BITS 40			/* that the public entropy must have */

static void
invalid_entropy(const char *source, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid entropy: \"%s\"", fairdraw_shown(source)),
			 errdetail("%s", detail),
			 errhint("Write 'name local|public bits due mask how', as in 'ssq public 24 2026-03-05T13:30:00Z ##,##,##,##,##,##+## Shuangseqiu issue 2026026'.")));
}

/* the bits that a value of this mask can have at most */
static int
mask_bits(const char *mask)
{
	int64		digits = 0;
	int64		hex = 0;

	for (; *mask != '\0'; mask++)
	{
		digits += *mask == '#';
		hex += *mask == '@';
	}
	/* log2(10), rounded down: no power of 10 is that near to one of 2 */
	return (int) (digits * INT64CONST(33219280948) / INT64CONST(10000000000) + 4 * hex);
}

static TimestampTz
parse_due(const char *source, char *due)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	bool		valid = strlen(due) == strlen(form);
	Datum		time;

	for (int i = 0; valid && form[i] != '\0'; i++)
		valid = form[i] == 'd' ? isdigit((unsigned char) due[i]) != 0 : due[i] == form[i];
	if (!valid)
		invalid_entropy(source, psprintf("The due time \"%s\" is not written as YYYY-MM-DDTHH:MM:SSZ.", fairdraw_shown(due)));
	time = DirectFunctionCall3(timestamptz_in, CStringGetDatum(due),
							   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	/* 24:00:00 and leap seconds would be another text when read back */
	if (strncmp(due + 11, "24", 2) == 0 || strncmp(due + 17, "60", 2) == 0)
		invalid_entropy(source, psprintf("The due time \"%s\" is not a time of day.", due));
	return DatumGetTimestampTz(time);
}

/* One source as open_ceremony() takes it; cuts the text up. */
void
fairdraw_parse_source(char *text, EntropySource *source)
{
	char	   *whole = pstrdup(text);
	char	   *fields[5];
	char	   *end;

	for (int i = 0; i < 5; i++)
	{
		end = strchr(text, ' ');
		if (end == NULL || end == text)
			invalid_entropy(whole, "A field is missing.");
		*end = '\0';
		fields[i] = text;
		text = end + 1;
	}
	source->name = fields[0];
	fairdraw_require_name("name of entropy", source->name);

	source->is_public = strcmp(fields[1], "public") == 0;
	if (!source->is_public && strcmp(fields[1], "local") != 0)
		invalid_entropy(whole, psprintf("\"%s\" is neither local nor public.", fairdraw_shown(fields[1])));

	if (strspn(fields[2], "0123456789") != strlen(fields[2]) || strlen(fields[2]) > 5 ||
		(fields[2][0] == '0' && fields[2][1] != '\0'))
		invalid_entropy(whole, psprintf("The bits \"%s\" are not a number.", fairdraw_shown(fields[2])));
	source->bits = atoi(fields[2]);

	source->due = fields[3];
	source->due_at = parse_due(whole, source->due);

	source->mask = fields[4];
	for (const char *c = source->mask; *c != '\0'; c++)
		if (*c <= 0x20 || *c >= 0x7F)
			invalid_entropy(whole, "The mask is not printable ASCII.");
	if (strcmp(source->mask, "none") == 0)
		invalid_entropy(whole, "The mask \"none\" means that there is no value.");
	if (source->bits > mask_bits(source->mask))
		invalid_entropy(whole, psprintf("A value of the mask \"%s\" has at most %d bits, not %d.",
										source->mask, mask_bits(source->mask), source->bits));

	source->how = text;

	fairdraw_require_field("way to obtain entropy", source->how, FAIRDRAW_MAX_REMARK);
}

static int
public_bits(const CeremonyRecord *ceremony, bool with_value)
{
	int			bits = 0;

	for (int i = 0; i < ceremony->nsources; i++)
		if (ceremony->sources[i].is_public &&
			!(with_value && strcmp(ceremony->sources[i].value, "none") == 0))
			bits += ceremony->sources[i].bits;
	return bits;
}

/* What holds of all sources together. */
void
fairdraw_check_sources(const CeremonyRecord *ceremony)
{
	const EntropySource *sources = ceremony->sources;
	int			count = ceremony->nsources;

	for (int i = 1; i < count; i++)
	{
		if (sources[i].due_at < sources[i - 1].due_at)
			invalid_entropy(sources[i].name, "It is due before the one above it: list them by due time.");
		if (!sources[i].is_public && sources[i - 1].is_public)
			invalid_entropy(sources[i].name, "Local entropy stands before public entropy, so that nobody can choose it last.");
		for (int j = 0; j < i; j++)
			if (strcmp(sources[i].name, sources[j].name) == 0)
				invalid_entropy(sources[i].name, "The name stands twice.");
	}
	if (count == 0 || !sources[count - 1].is_public)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the last entropy of a ceremony is public"),
				 errhint("Add a public lottery or beacon that is due last.")));
	if (public_bits(ceremony, false) < PUBLIC_BITS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the public entropy has %d bits, fewer than %d",
						public_bits(ceremony, false), PUBLIC_BITS),
				 errhint("Add another public source, such as a second lottery.")));
}

/*
 * The values of an execution: an object with a string for each source.
 */

static bool
matches_mask(const char *value, const char *mask)
{
	for (; *mask != '\0' && *value != '\0'; mask++, value++)
	{
		bool		matches = *value == *mask;

		if (*mask == '#')
			matches = *value >= '0' && *value <= '9';
		else if (*mask == '@')
			matches = (*value >= '0' && *value <= '9') || (*value >= 'a' && *value <= 'f');
		if (!matches)
			return false;
	}
	return *mask == *value;
}

static void
set_value(CeremonyRecord *ceremony, const char *name, const JsonbValue *value)
{
	EntropySource *source = NULL;
	const char *utf8;
	size_t		len;

	for (int i = 0; i < ceremony->nsources; i++)
		if (strcmp(ceremony->sources[i].name, name) == 0)
			source = &ceremony->sources[i];
	if (source == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("ceremony \"%s\" has no entropy \"%s\"", fairdraw_shown(ceremony->label), name),
				 errhint("Its sources are in fairdraw_data.entropy_source.")));
	if (value->type != jbvString)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the value of entropy \"%s\" is not a string", name),
				 errhint("Write {\"%s\": \"...\"}: leading zeros count.", name)));
	utf8 = fairdraw_to_utf8(value->val.string.val, value->val.string.len, &len);
	source->value = pnstrdup(utf8, len);
	if (source->is_public && strcmp(source->value, "none") == 0)
		return;
	if (!matches_mask(source->value, source->mask))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the value of entropy \"%s\" does not match its mask: \"%s\"",
						name, fairdraw_shown(source->value)),
				 errdetail("The mask is \"%s\": # stands for a digit, @ for one of 0-9a-f, everything else for itself.",
						   source->mask),
				 source->is_public
				 ? errhint("Enter it as \"%s\" says; a public value that never came about is \"none\".",
						   fairdraw_shown(source->how))
				 : errhint("Enter it as \"%s\" says.", fairdraw_shown(source->how))));
}

void
fairdraw_set_values(CeremonyRecord *ceremony, Jsonb *values)
{
	JsonbIterator *it;
	JsonbValue	item;
	JsonbIteratorToken token;

	if (!JB_ROOT_IS_OBJECT(values))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the values of the entropy are not an object"),
				 errhint("Write {\"name\": \"value\", ...}.")));
	for (int i = 0; i < ceremony->nsources; i++)
		ceremony->sources[i].value = NULL;
	it = JsonbIteratorInit(&values->root);
	while ((token = JsonbIteratorNext(&it, &item, true)) != WJB_DONE)
	{
		char	   *name;

		if (token != WJB_KEY)
			continue;
		name = pnstrdup(item.val.string.val, item.val.string.len);
		(void) JsonbIteratorNext(&it, &item, true);
		set_value(ceremony, name, &item);
	}
	for (int i = 0; i < ceremony->nsources; i++)
		if (ceremony->sources[i].value == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the value of entropy \"%s\" is missing", ceremony->sources[i].name),
					 ceremony->sources[i].is_public
					 ? errhint("A public value that never came about is \"none\".")
					 : errhint("A local value cannot be left out.")));
	if (public_bits(ceremony, true) < PUBLIC_BITS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the public values that came about have %d bits, fewer than %d",
						public_bits(ceremony, true), PUBLIC_BITS),
				 errhint("Wait for another of the public values.")));
}

/* An error before the last due time. */
void
fairdraw_require_due(const CeremonyRecord *ceremony)
{
	const EntropySource *last = &ceremony->sources[ceremony->nsources - 1];

	if (!ceremony->rehearsal && GetCurrentTimestamp() < last->due_at)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("ceremony \"%s\" cannot be executed yet", fairdraw_shown(ceremony->label)),
				 errdetail("The last value, \"%s\", is due at %s.", last->name, last->due),
				 errhint("Nobody can know it before that time.")));
}
