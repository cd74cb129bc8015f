/*
 * allocate_options.c
 *		Methods and options of an allocation, as users write them.
 */
#include "fairdraw.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "allocate.h"
#include "field.h"

const char *const fairdraw_allocation_methods[] = {
	"proportional", "neyman", "power", "equal", "rate"
};

static AllocationMethod
require_method(const char *method)
{
	for (int i = 0; i < lengthof(fairdraw_allocation_methods); i++)
		if (strcmp(method, fairdraw_allocation_methods[i]) == 0)
			return (AllocationMethod) i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown method of allocation: \"%s\"", method),
			 errhint("The methods are proportional, neyman, power, equal and rate.")));
}

static void
invalid_option(const char *option, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid option \"%s\"", option),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

/* How a value was written. */
static char *
value_text(const JsonbValue *value)
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

static int64
read_count(const char *option, const JsonbValue *value)
{
	char	   *number = value_text(value);
	char	   *end;
	int64		count;

	errno = 0;
	count = strtoi64(number, &end, 10);
	if (value->type != jbvNumeric || errno != 0 || strspn(end, ".0") != strlen(end) ||
		number[0] == '-' || count > PG_INT32_MAX)
		invalid_option(option, psprintf("It is given as %s.", number),
					   psprintf("It is an integer from 0 to %d.", PG_INT32_MAX));
	return count;
}

static int
compare_with(Numeric number, int64 other)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(number),
											 NumericGetDatum(int64_to_numeric(other))));
}

static Numeric
read_power(const JsonbValue *value)
{
	if (value->type != jbvNumeric || compare_with(value->val.numeric, 0) < 0 ||
		compare_with(value->val.numeric, 1) > 0)
		invalid_option("q", psprintf("It is given as %s.", value_text(value)),
					   "It is a number from 0, which makes the strata equally precise, to 1, which is neyman.");
	return value->val.numeric;
}

/*
 * Rates
 */

/* "stratum" is for messages; NULL: there is one rate for all */
static Numeric
read_rate(const char *stratum, const JsonbValue *value)
{
	if (value->type != jbvNumeric || compare_with(value->val.numeric, 0) <= 0 ||
		compare_with(value->val.numeric, 1) > 0)
		invalid_option("rate", stratum == NULL ? psprintf("It is given as %s.", value_text(value))
					   : psprintf("That of stratum \"%s\" is given as %s.", stratum, value_text(value)),
					   "A rate is a fraction above 0, and at most 1: 3 percent is 0.03. To leave a stratum out, give it a high of 0.");
	return value->val.numeric;
}

static int
compare_rates(const void *a, const void *b)
{
	return strcmp(((const StratumRate *) a)->stratum, ((const StratumRate *) b)->stratum);
}

static void
read_rates(AllocationOptions *options, JsonbValue *value)
{
	JsonbIterator *it;
	JsonbValue	item;
	JsonbIteratorToken token;

	options->nrates = 1;
	options->rates = palloc0(sizeof(StratumRate));
	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
	{
		options->rates[0].rate = read_rate(NULL, value);
		return;
	}

	options->nrates = 0;
	options->rates = palloc0(Max(JsonContainerSize(value->val.binary.data), 1) * sizeof(StratumRate));
	it = JsonbIteratorInit(value->val.binary.data);
	while ((token = JsonbIteratorNext(&it, &item, true)) != WJB_DONE)
	{
		StratumRate *rate = &options->rates[options->nrates];
		const char *utf8;
		char	   *stratum;
		size_t		len;

		if (token != WJB_KEY)
			continue;
		stratum = pnstrdup(item.val.string.val, item.val.string.len);
		utf8 = fairdraw_to_utf8(stratum, strlen(stratum), &len);
		rate->stratum = pnstrdup(utf8, len);
		(void) JsonbIteratorNext(&it, &item, true);
		rate->rate = read_rate(stratum, &item);
		options->nrates++;
	}
	qsort(options->rates, options->nrates, sizeof(StratumRate), compare_rates);
}

/* The rate of a stratum, or NULL where the option does not name it. */
Numeric
fairdraw_rate_of(const AllocationOptions *options, const char *stratum)
{
	StratumRate key = {.stratum = stratum};
	StratumRate *found;

	if (options->nrates == 1 && options->rates[0].stratum == NULL)
		return options->rates[0].rate;
	found = bsearch(&key, options->rates, options->nrates, sizeof(StratumRate), compare_rates);
	return found == NULL ? NULL : found->rate;
}

/*
 * All together
 */

static void
require_own(const AllocationOptions *options, const char *option, AllocationMethod method)
{
	if (options->method != method)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("method \"%s\" has no option \"%s\"",
						fairdraw_allocation_methods[options->method], option),
				 errhint("Leave it out, or name method \"%s\".", fairdraw_allocation_methods[method])));
}

static void
read_option(AllocationOptions *options, const char *name, JsonbValue *value, bool with_reserve)
{
	if (strcmp(name, "min") == 0)
		options->min = read_count(name, value);
	else if (strcmp(name, "q") == 0)
	{
		require_own(options, name, ALLOCATION_POWER);
		options->q = read_power(value);
	}
	else if (strcmp(name, "rate") == 0)
	{
		require_own(options, name, ALLOCATION_RATE);
		read_rates(options, value);
	}
	else if (strcmp(name, "reserve") == 0 && with_reserve)
		options->reserve = read_count(name, value);
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown option: \"%s\"", name),
				 errhint("The options are min, q (of method power) and rate (of method rate)%s.",
						 with_reserve ? ", and reserve" : "; reserve is one of allocation_sizes()")));
}

AllocationOptions *
fairdraw_read_allocation_options(const char *method, Jsonb *json, bool with_reserve)
{
	AllocationOptions *options = palloc0(sizeof(AllocationOptions));
	JsonbIterator *it;
	JsonbValue	value;
	JsonbIteratorToken token;

	options->method = require_method(method);
	options->min = 1;
	options->reserve = -1;
	options->q = DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum("0.5"),
													 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
	if (!JB_ROOT_IS_OBJECT(json))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("options are not an object"),
				 errhint("Give an object like {\"min\": 2}, or leave them out.")));
	it = JsonbIteratorInit(&json->root);
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		char	   *key;

		if (token != WJB_KEY)
			continue;
		key = pnstrdup(value.val.string.val, value.val.string.len);
		(void) JsonbIteratorNext(&it, &value, true);
		read_option(options, key, &value, with_reserve);
	}
	if (options->method == ALLOCATION_RATE && options->rates == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("method \"rate\" needs the option \"rate\""),
				 errhint("Give one for all strata, {\"rate\": 0.03}, or one for each, {\"rate\": {\"food\": 0.1, \"lifts\": 0.05}}.")));
	return options;
}
