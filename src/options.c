/*
 * options.c
 *		Options that the caller gives as a JSON object.
 */
#include "fairdraw.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "options.h"

void
fairdraw_invalid_option(const char *option, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid option \"%s\"", option),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

/* How a value was written, for messages. */
char *
fairdraw_option_text(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return psprintf("\"%s\"", pnstrdup(value->val.string.val, value->val.string.len));
		case jbvNumeric:
			return DatumGetCString(DirectFunctionCall1(numeric_out,
													   NumericGetDatum(value->val.numeric)));
		case jbvBool:
			return pstrdup(value->val.boolean ? "true" : "false");
		case jbvNull:
			return pstrdup("null");
		default:
			return pstrdup("an array or object");
	}
}

static void
each_member(JsonbContainer *object, OptionFunction member, void *arg)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbValue	item;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&it, &item, true)) != WJB_DONE)
	{
		char	   *name;

		if (token != WJB_KEY)
			continue;
		name = pnstrdup(item.val.string.val, item.val.string.len);
		(void) JsonbIteratorNext(&it, &item, true);
		member(name, &item, arg);
	}
}

bool
fairdraw_is_object(const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data);
}

void
fairdraw_each_member(const JsonbValue *object, OptionFunction member, void *arg)
{
	each_member(object->val.binary.data, member, arg);
}

void
fairdraw_each_option(Jsonb *options, OptionFunction option, void *arg)
{
	if (!JB_ROOT_IS_OBJECT(options))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("options are not an object"),
				 errhint("Give a JSON object, or leave them out.")));
	each_member(&options->root, option, arg);
}
