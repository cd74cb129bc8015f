/*
 * design.c
 *		What is to be drawn: sizes, method, stream and rotation.
 *
 * A design reaches the aggregate as one constant text:
 *
 *		fairdraw/1 design
 *		key: <K>
 *		method: <method>
 *		rotation: <j>/<m>
 *		every: <n> TAB <r>				or, ascending:
 *		stratum: <name> TAB <n> TAB <r>
 *
 * In a second pass each stratum line goes on with TAB "done", or with
 * TAB <n> TAB <W>, both after the certain units, and where there are such, with
 * TAB <micro> TAB <uid> of the smallest of them.
 */
#include "fairdraw.h"

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "design.h"
#include "field.h"

static int
compare_quotas(const void *a, const void *b)
{
	return strcmp(((const Quota *) a)->stratum, ((const Quota *) b)->stratum);
}

void
fairdraw_sort_quotas(Design *design)
{
	qsort(design->quotas, design->nquotas, sizeof(Quota), compare_quotas);
}

Method
fairdraw_require_method(const char *text)
{
	Method		method;

	if (!fairdraw_parse_method(text, &method))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown method of selection: \"%s\"", text),
				 errhint("The methods are auto, pareto, pivotal and poisson.")));
	return method;
}

Rotation
fairdraw_require_rotation(const char *text)
{
	Rotation	rotation;

	if (!fairdraw_parse_rotation(text, &rotation))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid rotation: \"%s\"", text),
				 errhint("Write j/m in lowest terms, with j < m <= 4096; without rotation it is 0/1.")));
	return rotation;
}

/* What holds of every design, wherever it comes from. */
void
fairdraw_check_design(const Design *design)
{
	for (int i = 0; i < design->nquotas; i++)
		if (design->method == METHOD_POISSON && design->quotas[i].reserve > 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a poisson draw has no reserve"),
					 errdetail("A reserve of " UINT64_FORMAT " is asked for.",
							   design->quotas[i].reserve),
					 errhint("Leave the reserve out, or name another method.")));
}

/*
 * Sizes as users write them: a number, or an object with a number or
 * {"n": n, "reserve": r} for each stratum.
 */

static void
invalid_size(const char *stratum, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 stratum == NULL
			 ? errmsg("invalid sizes")
			 : errmsg("invalid size of stratum \"%s\"", stratum),
			 errdetail("%s", detail),
			 errhint("Sizes are a number for all strata, or an object like {\"food\": 20, \"lifts\": {\"n\": 5, \"reserve\": 2}}.")));
}

static uint64
read_size(const char *stratum, const char *what, const JsonbValue *value)
{
	char	   *text;
	char	   *end;
	uint64		size;

	if (value->type != jbvNumeric)
		invalid_size(stratum, psprintf("\"%s\" is not a number.", what));
	text = DatumGetCString(DirectFunctionCall1(numeric_out,
											   NumericGetDatum(value->val.numeric)));

	if (text[0] == '-')
		invalid_size(stratum, psprintf("\"%s\" is %s, below 0.", what, text));
	errno = 0;
	size = strtou64(text, &end, 10);
	if (strspn(end, ".0") != strlen(end))
		invalid_size(stratum, psprintf("\"%s\" is %s, not an integer.", what, text));
	if (errno != 0 || size > PG_INT32_MAX)
		invalid_size(stratum, psprintf("\"%s\" is %s, above %d.", what, text, PG_INT32_MAX));
	return size;
}

static void
read_quota(const char *stratum, const JsonbValue *value, Quota *quota)
{
	JsonbIterator *it;
	JsonbValue	item;
	JsonbIteratorToken token;
	bool		has_n = false;

	quota->reserve = 0;
	quota->pass = PASS_FIRST;
	if (value->type == jbvNumeric)
	{
		quota->n = read_size(stratum, "n", value);
		return;
	}
	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		invalid_size(stratum, "It is neither a number nor an object.");

	it = JsonbIteratorInit(value->val.binary.data);
	while ((token = JsonbIteratorNext(&it, &item, true)) != WJB_DONE)
	{
		char	   *key;

		if (token != WJB_KEY)
			continue;
		key = pnstrdup(item.val.string.val, item.val.string.len);
		(void) JsonbIteratorNext(&it, &item, true);
		if (strcmp(key, "n") == 0)
		{
			quota->n = read_size(stratum, key, &item);
			has_n = true;
		}
		else if (strcmp(key, "reserve") == 0)
			quota->reserve = read_size(stratum, key, &item);
		else
			invalid_size(stratum, psprintf("\"%s\" is neither \"n\" nor \"reserve\".", key));
	}
	if (!has_n)
		invalid_size(stratum, "\"n\" is missing.");
}

/* Fills in the quotas of a design. */
void
fairdraw_read_sizes(Jsonb *sizes, Design *design)
{
	JsonbIterator *it;
	JsonbValue	item;
	JsonbIteratorToken token;

	design->nquotas = 0;
	if (JB_ROOT_IS_SCALAR(sizes))
	{
		if (!JsonbExtractScalar(&sizes->root, &item) || item.type != jbvNumeric)
			invalid_size(NULL, "They are neither a number nor an object.");
		design->any_stratum = true;
		design->nquotas = 1;
		design->quotas = palloc0(sizeof(Quota));
		design->quotas[0].n = read_size(NULL, "n", &item);
		return;
	}
	if (!JB_ROOT_IS_OBJECT(sizes))
		invalid_size(NULL, "They are neither a number nor an object.");

	design->any_stratum = false;
	design->quotas = palloc0(Max(JB_ROOT_COUNT(sizes), 1) * sizeof(Quota));
	it = JsonbIteratorInit(&sizes->root);
	while ((token = JsonbIteratorNext(&it, &item, true)) != WJB_DONE)
	{
		Quota	   *quota = &design->quotas[design->nquotas];
		const char *utf8;
		size_t		len;
		char	   *name;

		if (token != WJB_KEY)
			continue;
		name = pnstrdup(item.val.string.val, item.val.string.len);
		utf8 = fairdraw_to_utf8(name, strlen(name), &len);
		quota->stratum = pnstrdup(utf8, len);
		fairdraw_require_field("stratum", quota->stratum, FAIRDRAW_MAX_LABEL);
		(void) JsonbIteratorNext(&it, &item, true);
		read_quota(name, &item, quota);
		design->nquotas++;
	}
	fairdraw_sort_quotas(design);
}

/* The quota of a stratum, or NULL where the sizes do not name it. */
const Quota *
fairdraw_find_quota(const Design *design, const char *stratum, size_t len)
{
	int			low = 0;
	int			high = design->nquotas;

	if (design->any_stratum)
		return &design->quotas[0];
	while (low < high)
	{
		int			middle = (low + high) / 2;
		const char *name = design->quotas[middle].stratum;
		size_t		name_len = strlen(name);
		int			order = memcmp(stratum, name, Min(len, name_len));

		if (order == 0 && len == name_len)
			return &design->quotas[middle];
		if (order < 0 || (order == 0 && len < name_len))
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

Unit *
fairdraw_make_unit(const Design *design, const char *uid, size_t len, uint64 micro)
{
	Unit	   *unit = palloc(offsetof(Unit, uid) + len);

	unit->micro = micro;
	unit->len = len;
	memcpy(unit->uid, uid, len);
	fairdraw_ticket(&design->stream, uid, len, unit->ticket);
	unit->a = fairdraw_position(unit->ticket, design->shift);
	return unit;
}

char *
fairdraw_write_design(const Design *design)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "fairdraw/1 design\nkey: %s\nmethod: %s\nrotation: %d/%d\n",
					 design->stream.key, fairdraw_method_names[design->method],
					 design->rotation.j, design->rotation.m);
	if (design->any_stratum)
	{
		appendStringInfo(&text, "every: " UINT64_FORMAT "\t" UINT64_FORMAT "\n",
						 design->quotas[0].n, design->quotas[0].reserve);
		return text.data;
	}
	for (int i = 0; i < design->nquotas; i++)
	{
		const Quota *quota = &design->quotas[i];

		appendStringInfo(&text, "stratum: %s\t" UINT64_FORMAT "\t" UINT64_FORMAT,
						 quota->stratum, quota->n, quota->reserve);
		if (quota->pass == PASS_DONE)
			appendStringInfoString(&text, "\tdone");
		if (quota->pass == PASS_SECOND)
			appendStringInfo(&text, "\t" UINT64_FORMAT "\t" UINT64_FORMAT,
							 quota->rest.n, quota->rest.w);
		if (quota->pass == PASS_SECOND && quota->smallest_certain != NULL)
			appendStringInfo(&text, "\t" UINT64_FORMAT "\t%.*s",
							 quota->smallest_certain->micro,
							 (int) quota->smallest_certain->len,
							 quota->smallest_certain->uid);
		appendStringInfoChar(&text, '\n');
	}
	return text.data;
}

/*
 * Reading a design back.  It can come from anywhere, so everything is checked.
 */

static void
invalid_design(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid design of a draw"),
			 errdetail("%s", what),
			 errhint("A design is written by fairdraw.draw_design().")));
}

/* Cuts the text up to a delimiter off *rest; NULL if there is none. */
static char *
cut(char **rest, char delimiter)
{
	char	   *field = *rest;
	char	   *end = field == NULL ? NULL : strchr(field, delimiter);

	if (end == NULL)
		return NULL;
	*end = '\0';
	*rest = end + 1;
	return field;
}

static char *
cut_line(char **rest, const char *keyword)
{
	size_t		len = strlen(keyword);
	char	   *line;

	if (strncmp(*rest, keyword, len) != 0 || (line = cut(rest, '\n')) == NULL)
		invalid_design(psprintf("The line \"%s\" is missing.", keyword));
	return line + len;
}

static uint64
parse_count(const char *text, uint64 max)
{
	char	   *end;
	uint64		value;

	errno = 0;
	if (text == NULL || strspn(text, "0123456789") != strlen(text) || text[0] == '\0' ||
		(text[0] == '0' && text[1] != '\0'))
		invalid_design("A number is missing.");
	value = strtou64(text, &end, 10);
	if (errno != 0 || value > max)
		invalid_design("A number is too large.");
	return value;
}

static void
parse_quota(char *line, const Design *design, Quota *quota)
{
	char	   *fields[7] = {NULL};
	int			count = 0;

	while (count < 6 && (fields[count] = cut(&line, '\t')) != NULL)
		count++;
	fields[count++] = line;

	if (count < 3 || fields[0][0] == '\0' || strlen(fields[0]) > FAIRDRAW_MAX_LABEL)
		invalid_design("A stratum line is not complete.");
	quota->stratum = fields[0];
	quota->n = parse_count(fields[1], PG_INT32_MAX);
	quota->reserve = parse_count(fields[2], PG_INT32_MAX);
	quota->pass = PASS_FIRST;
	quota->smallest_certain = NULL;
	if (count == 4 && strcmp(fields[3], "done") == 0)
		quota->pass = PASS_DONE;
	else if (count == 5 || count == 7)
	{
		quota->pass = PASS_SECOND;
		quota->rest.n = parse_count(fields[3], quota->n);
		quota->rest.w = parse_count(fields[4], PG_INT64_MAX);
		if (quota->rest.n == 0 || quota->rest.w == 0)
			invalid_design("A second pass is asked for where nothing remains.");
		if (count == 7)
		{
			if (fields[6][0] == '\0' || strlen(fields[6]) > FAIRDRAW_MAX_LABEL)
				invalid_design("A uid is missing.");
			quota->smallest_certain = fairdraw_make_unit(design, fields[6],
														 strlen(fields[6]),
														 parse_count(fields[5], PG_INT64_MAX));
		}
	}
	else if (count != 3)
		invalid_design("A stratum line has the wrong number of fields.");
}

Design *
fairdraw_read_design(const char *text, size_t len)
{
	Design	   *design = palloc0(sizeof(Design));
	char	   *rest = pnstrdup(text, len);
	char	   *value;
	int			lines = 0;

	(void) cut_line(&rest, "fairdraw/1 design");
	value = cut_line(&rest, "key: ");
	if (!fairdraw_is_hex(value, strlen(value), FAIRDRAW_HEX_LEN))
		invalid_design("The key is not 64 hexadecimal digits.");
	fairdraw_stream_init(&design->stream, value);
	design->method = fairdraw_require_method(cut_line(&rest, "method: "));
	design->rotation = fairdraw_require_rotation(cut_line(&rest, "rotation: "));
	design->shift = fairdraw_rotation_shift(design->rotation);

	for (const char *c = rest; *c != '\0'; c++)
		lines += *c == '\n';
	design->quotas = palloc0(Max(lines, 1) * sizeof(Quota));
	if (strncmp(rest, "every: ", 7) == 0)
	{
		char	   *sizes = cut_line(&rest, "every: ");
		char	   *n = cut(&sizes, '\t');

		design->any_stratum = true;
		design->nquotas = 1;
		design->quotas[0].n = parse_count(n, PG_INT32_MAX);
		design->quotas[0].reserve = parse_count(sizes, PG_INT32_MAX);
	}
	else
	{
		while (*rest != '\0')
		{
			parse_quota(cut_line(&rest, "stratum: "), design,
						&design->quotas[design->nquotas]);
			design->nquotas++;
		}
	}
	if (*rest != '\0')
		invalid_design("It goes on after its end.");
	for (int i = 1; i < design->nquotas; i++)
		if (strcmp(design->quotas[i - 1].stratum, design->quotas[i].stratum) >= 0)
			invalid_design("The strata are not in ascending order.");
	fairdraw_check_design(design);
	return design;
}
