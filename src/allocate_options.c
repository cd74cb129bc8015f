/*
 * allocate_options.c
 *		Methods and options of an allocation, as users write them.
 */
#include "fairdraw.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "allocate.h"
#include "field.h"
#include "options.h"

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

static int64
read_count(const char *option, const JsonbValue *value)
{
	char	   *number = fairdraw_option_text(value);
	char	   *end;
	int64		count;

	errno = 0;
	count = strtoi64(number, &end, 10);
	if (value->type != jbvNumeric || errno != 0 || strspn(end, ".0") != strlen(end) ||
		number[0] == '-' || count > PG_INT32_MAX)
		fairdraw_invalid_option(option, psprintf("It is given as %s.", number),
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
		fairdraw_invalid_option("q", psprintf("It is given as %s.", fairdraw_option_text(value)),
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
		fairdraw_invalid_option("rate", stratum == NULL ? psprintf("It is given as %s.", fairdraw_option_text(value))
								: psprintf("That of stratum \"%s\" is given as %s.", stratum, fairdraw_option_text(value)),
								"A rate is a fraction above 0, and at most 1: 3 percent is 0.03. To leave a stratum out, give it a high of 0.");
	return value->val.numeric;
}

static int
compare_rates(const void *a, const void *b)
{
	return strcmp(((const StratumRate *) a)->stratum, ((const StratumRate *) b)->stratum);
}

/* of "rate": a stratum and its rate */
static void
add_rate(const char *stratum, const JsonbValue *value, void *arg)
{
	AllocationOptions *options = arg;
	StratumRate *rate = &options->rates[options->nrates++];
	size_t		len;
	const char *utf8 = fairdraw_to_utf8(stratum, strlen(stratum), &len);

	rate->stratum = pnstrdup(utf8, len);
	rate->rate = read_rate(stratum, value);
}

static void
read_rates(AllocationOptions *options, const JsonbValue *value)
{
	if (!fairdraw_is_object(value))
	{
		options->nrates = 1;
		options->rates = palloc0(sizeof(StratumRate));
		options->rates[0].rate = read_rate(NULL, value);
		return;
	}
	options->rates = palloc0(Max(JsonContainerSize(value->val.binary.data), 1) * sizeof(StratumRate));
	fairdraw_each_member(value, add_rate, options);
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

typedef struct OptionsReader
{
	AllocationOptions *options;
	bool		with_reserve;
} OptionsReader;

static void
read_option(const char *name, const JsonbValue *value, void *arg)
{
	AllocationOptions *options = ((OptionsReader *) arg)->options;
	bool		with_reserve = ((OptionsReader *) arg)->with_reserve;

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
	OptionsReader reader = {options, with_reserve};

	options->method = require_method(method);
	options->min = 1;
	options->reserve = -1;
	options->q = DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum("0.5"),
													 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
	fairdraw_each_option(json, read_option, &reader);
	if (options->method == ALLOCATION_RATE && options->rates == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("method \"rate\" needs the option \"rate\""),
				 errhint("Give one for all strata, {\"rate\": 0.03}, or one for each, {\"rate\": {\"food\": 0.1, \"lifts\": 0.05}}.")));
	return options;
}
