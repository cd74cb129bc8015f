/*
 * assign_options.c
 *		Options of an assignment, as users write them and as a lottery states
 *		them.
 */
#include "fairdraw.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "assign_options.h"
#include "field.h"

#define DEFAULT_MAX_PAIRS 20000000

static void
invalid_option(const char *option, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_ASSIGN_OPTION),
			 errmsg("invalid option \"%s\"", option),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

/* How a value was written. */
static char *
value_text(JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
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
read_integer(const char *option, JsonbValue *value, int64 least, int64 most)
{
	const char *hint = psprintf("It is an integer from " INT64_FORMAT " to " INT64_FORMAT ".",
								least, most);
	char	   *text = value_text(value);
	char	   *end;
	int64		number;

	errno = 0;
	number = strtoi64(text, &end, 10);
	if (value->type != jbvNumeric || errno != 0 || *end != '\0' || number < least || number > most)
		invalid_option(option, psprintf("It is given as %s.", text), hint);
	return number;
}

/* floor(p * 2^W) */
static int64
read_chance(const char *option, JsonbValue *value, int64 unit)
{
	static const char *const hint = "It is a number above 0, and at most 1.";
	Numeric		units;
	int64		result;

	if (value->type != jbvNumeric)
		invalid_option(option, psprintf("It is given as %s.", value_text(value)), hint);
	if (DatumGetBool(DirectFunctionCall2(numeric_gt, NumericGetDatum(value->val.numeric),
										 NumericGetDatum(int64_to_numeric(1)))) ||
		!DatumGetBool(DirectFunctionCall2(numeric_gt, NumericGetDatum(value->val.numeric),
										  NumericGetDatum(int64_to_numeric(0)))))
		invalid_option(option, psprintf("It is given as %s.", value_text(value)), hint);
	units = DatumGetNumeric(DirectFunctionCall2(numeric_mul, NumericGetDatum(value->val.numeric),
												NumericGetDatum(int64_to_numeric(unit))));
	result = DatumGetInt64(DirectFunctionCall1(numeric_int8,
											   DirectFunctionCall1(numeric_floor, NumericGetDatum(units))));
	if (result == 0)
		invalid_option(option, psprintf("It is given as %s, less than a unit of 1/" INT64_FORMAT ".",
										value_text(value), unit),
					   "Raise it, or \"precision_bits\".");
	return result;
}

static bool
read_balance(JsonbValue *value)
{
	char	   *text = value_text(value);

	if (strcmp(text, "range") != 0 && strcmp(text, "cap") != 0)
		invalid_option("balance", psprintf("It is given as %s.", text),
					   "It is \"range\", loads as close together as they can be, or \"cap\", only their own bounds.");
	return strcmp(text, "range") == 0;
}

static Evenness
read_evenness(JsonbValue *value)
{
	char	   *text = value_text(value);

	if (strcmp(text, "0") == 0)
		return EVENNESS_NONE;
	if (strcmp(text, "1/2") == 0 || strcmp(text, "0.5") == 0)
		return EVENNESS_HALF;
	if (strcmp(text, "3/4") == 0 || strcmp(text, "0.75") == 0)
		return EVENNESS_HIGH;
	invalid_option("evenness", psprintf("It is given as %s.", text),
				   "It is 0 (flattest chances), \"1/2\", or \"3/4\" (more even loads).");
	return EVENNESS_NONE;
}

static int
compare_rules(const void *a, const void *b)
{
	return strcmp(((const GroupRule *) a)->name, ((const GroupRule *) b)->name);
}

static void
invalid_group(const char *where, const char *group, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_ASSIGN_OPTION),
			 group == NULL ? errmsg("invalid groups in %s", where)
			 : errmsg("invalid group \"%s\" in %s", group, where),
			 errdetail("%s", detail),
			 errhint("Groups are an object like {\"lead\": {\"min\": 1}, \"junior\": {\"max\": 1}}.")));
}

static void
read_group(const char *where, JsonbValue *value, GroupRule *rule)
{
	JsonbIterator *it;
	JsonbValue	key;
	JsonbIteratorToken token;

	rule->min = 0;
	rule->max = -1;
	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		invalid_group(where, rule->name, "It is not an object.");
	it = JsonbIteratorInit(value->val.binary.data);
	while ((token = JsonbIteratorNext(&it, &key, true)) != WJB_DONE)
	{
		JsonbValue	bound;
		char	   *name;
		const char *text;
		char	   *end;
		long		number;

		if (token != WJB_KEY)
			continue;
		name = value_text(&key);
		(void) JsonbIteratorNext(&it, &bound, true);
		if (strcmp(name, "min") != 0 && strcmp(name, "max") != 0)
			invalid_group(where, rule->name, psprintf("It has a key \"%s\".", name));
		text = value_text(&bound);

		errno = 0;
		number = strtol(text, &end, 10);
		if (bound.type != jbvNumeric || errno != 0 || *end != '\0' || number < 0 || number > PG_INT32_MAX)
			invalid_group(where, rule->name, psprintf("Its \"%s\" is %s, not an integer from 0.", name, text));
		if (strcmp(name, "min") == 0)
			rule->min = number;
		else
			rule->max = number;
	}
	if (rule->max >= 0 && rule->min > rule->max)
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_MIN_ABOVE_MAX),
				 errmsg("group \"%s\" in %s has min %d above max %d", rule->name, where,
						rule->min, rule->max),
				 errhint("Lower the one or raise the other.")));
}

/* {"name": {"min": n, "max": n}, ...}, ascending by name; "where" is for messages */
GroupRule *
fairdraw_read_groups(const char *where, Jsonb *json, int *count)
{
	GroupRule  *rules;
	JsonbIterator *it;
	JsonbValue	value;
	JsonbIteratorToken token;

	if (!JB_ROOT_IS_OBJECT(json))
		invalid_group(where, NULL, "They are not an object.");
	*count = 0;
	rules = palloc(Max(JB_ROOT_COUNT(json), 1) * sizeof(GroupRule));
	it = JsonbIteratorInit(&json->root);
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		rules[*count].name = value_text(&value);
		fairdraw_require_name("group", rules[*count].name);
		(void) JsonbIteratorNext(&it, &value, true);
		read_group(where, &value, &rules[*count]);
		(*count)++;
	}
	if (*count > FAIRDRAW_MAX_GROUPS)
		invalid_group(where, NULL, psprintf("There are %d of them, more than %d.",
											*count, FAIRDRAW_MAX_GROUPS));
	qsort(rules, *count, sizeof(GroupRule), compare_rules);
	return rules;
}

static void
read_option(AssignOptions *options, const char *name, JsonbValue *value, JsonbValue *pair_cap)
{
	if (strcmp(name, "balance") == 0)
		options->range = read_balance(value);
	else if (strcmp(name, "load_slack") == 0)
		options->slack = read_integer(name, value, 0, 1000000);
	else if (strcmp(name, "evenness") == 0)
		options->evenness = read_evenness(value);
	else if (strcmp(name, "max_pair_prob") == 0)
		*pair_cap = *value;
	else if (strcmp(name, "min_pool") == 0)
		options->min_pool = read_integer(name, value, 0, 1000000);
	else if (strcmp(name, "max_edges") == 0)
		options->max_pairs = read_integer(name, value, 1, 1000000000);
	else if (strcmp(name, "precision_bits") == 0)
		options->precision = read_integer(name, value, 1, 24);
	else if (strcmp(name, "substitutes") == 0)
		options->depth = read_integer(name, value, 0, 1000000);
	else if (strcmp(name, "groups") == 0)
	{
		if (value->type != jbvBinary)
			invalid_group("the options", NULL, "They are not an object.");
		options->groups = fairdraw_read_groups("the options", JsonbValueToJsonb(value),
											   &options->ngroups);
	}
	else
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_OPTION),
				 errmsg("unknown option: \"%s\"", name),
				 errhint("The options are balance, load_slack, evenness, max_pair_prob, min_pool, groups, substitutes, precision_bits and max_edges.")));
}

AssignOptions *
fairdraw_read_options(Jsonb *json)
{
	AssignOptions *options = palloc0(sizeof(AssignOptions));
	JsonbIterator *it;
	JsonbValue	value;
	JsonbValue	pair_cap = {.type = jbvArray};	/* not given */
	JsonbIteratorToken token;

	options->precision = 20;
	options->range = true;
	options->slack = 1;
	options->evenness = EVENNESS_HALF;
	options->depth = 5;
	options->max_pairs = DEFAULT_MAX_PAIRS;
	if (!JB_ROOT_IS_OBJECT(json))
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_OPTION),
				 errmsg("options are not an object"),
				 errhint("Give an object like {\"load_slack\": 1}, or leave them out.")));
	it = JsonbIteratorInit(&json->root);
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		char	   *name;

		if (token != WJB_KEY)
			continue;
		name = value_text(&value);
		(void) JsonbIteratorNext(&it, &value, true);
		read_option(options, name, &value, &pair_cap);
	}
	options->pair_cap = pair_cap.type == jbvArray ? FAIRDRAW_UNIT(options)
		: read_chance("max_pair_prob", &pair_cap, FAIRDRAW_UNIT(options));
	return options;
}

/* Their lines in the text of a lottery (doc/assignment.md section 9). */
void
fairdraw_write_options(Sink *sink, const AssignOptions *options)
{
	static const char *const evenness[] = {
		[EVENNESS_NONE] = "0",[EVENNESS_HALF] = "1/2",[EVENNESS_HIGH] = "3/4"
	};

	fairdraw_sink_line(sink, "precision: %d", options->precision);
	if (options->range)
		fairdraw_sink_line(sink, "balance: range %d", options->slack);
	else
		fairdraw_sink_line(sink, "balance: cap");
	fairdraw_sink_line(sink, "evenness: %s", evenness[options->evenness]);
	fairdraw_sink_line(sink, "pair: " INT64_FORMAT, options->pair_cap);
	fairdraw_sink_line(sink, "pool: %d", options->min_pool);
	fairdraw_sink_line(sink, "substitutes: %d", options->depth);
	for (int g = 0; g < options->ngroups; g++)
	{
		if (options->groups[g].max < 0)
			fairdraw_sink_line(sink, "group: %s\t%d\t-", options->groups[g].name,
							   options->groups[g].min);
		else
			fairdraw_sink_line(sink, "group: %s\t%d\t%d", options->groups[g].name,
							   options->groups[g].min, options->groups[g].max);
	}
}
