/*
 * candidates_lines.c
 *		Staff, rules and recusals from committed data, and what the rules say of
 *		a visit (doc/assignment.md section 8).
 *
 * All that can be wrong is found here, when a lottery is committed.
 */
#include "fairdraw.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "assignment.h"
#include "candidates_load.h"
#include "field.h"

#define DEFAULT_NEED 2

/*
 * Lines
 */

typedef struct LineReader
{
	const DataLines *data;
	int		   *column;			/* [ncolumns] which one of ours, or -1 */
	int			count;			/* of ours */
	const char **values;		/* [count] of the current row */
	Place		place;
} LineReader;

static char *
list_names(const char *const *names, int count)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < count; i++)
		appendStringInfo(&list, "%s%s", i == 0 ? "" : ", ", names[i]);
	return list.data;
}

/* "others": may there be other columns than these? */
static void
begin_lines(LineReader *reader, const DataLines *data, const char *relation,
			const char *const *names, int count, bool others)
{
	reader->data = data;
	reader->column = palloc(Max(data->ncolumns, 1) * sizeof(int));
	reader->count = count;
	reader->values = palloc(count * sizeof(char *));
	reader->place = (Place)
	{
		.relation = relation
	};
	for (int c = 0; c < data->ncolumns; c++)
	{
		reader->column[c] = -1;
		for (int i = 0; i < count; i++)
			if (strcmp(data->columns[c], names[i]) == 0)
				reader->column[c] = i;
		if (reader->column[c] < 0 && !others)
			ereport(ERROR,
					(errcode(ERRCODE_ASSIGN_OPTION),
					 errmsg("unknown column in the %s: \"%s\"", relation, fairdraw_shown(data->columns[c])),
					 errdetail("There are: %s.", list_names(names, count)),
					 errhint("Correct its name, or leave it out.")));
		for (int before = 0; before < c && reader->column[c] >= 0; before++)
			if (reader->column[before] == reader->column[c])
				ereport(ERROR,
						(errcode(ERRCODE_AMBIGUOUS_COLUMN),
						 errmsg("there is more than one column \"%s\" in the %s", data->columns[c], relation),
						 errhint("Rename all but one of them.")));
	}
}

static void
require_column(const LineReader *reader, int column, const char *name)
{
	for (int c = 0; c < reader->data->ncolumns; c++)
		if (reader->column[c] == column)
			return;
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("there is no column \"%s\" in the %s", name, reader->place.relation),
			 errdetail("There are: %s.",
					   fairdraw_shown(list_names((const char *const *) reader->data->columns,
												 reader->data->ncolumns))),
			 errhint("Name it in the query, as in SELECT ... AS %s.", name)));
}

/* The values live on; those of columns that are not there are NULL. */
static const char *const *
read_line(LineReader *reader, int32 row)
{
	char	   *rest = pstrdup(reader->data->lines[row]);

	CHECK_FOR_INTERRUPTS();
	reader->place.row = row + 1;
	reader->place.id = NULL;
	memset(reader->values, 0, reader->count * sizeof(char *));
	for (int c = 0; c < reader->data->ncolumns; c++)
	{
		char	   *end = strchr(rest, '\t');
		bool		last = c == reader->data->ncolumns - 1;

		if ((end == NULL) != last)
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("row %d of the %s has not as many values as there are columns",
							row + 1, reader->place.relation),
					 errhint("The committed data were damaged: compare them with what was published.")));
		if (!last)
			*end = '\0';
		if (reader->column[c] >= 0 && strcmp(rest, "\\N") != 0)
			reader->values[reader->column[c]] = rest;
		rest = last ? NULL : end + 1;
	}
	return reader->values;
}

Staff *
fairdraw_staff_of_lines(const DataLines *data)
{
	Staff	   *staff = palloc0(sizeof(Staff));
	LineReader	reader;

	begin_lines(&reader, data, "staff", fairdraw_staff_columns, STAFF_COLUMNS, true);
	require_column(&reader, STAFF_INSPECTOR, fairdraw_staff_columns[STAFF_INSPECTOR]);
	staff->count = data->nlines;
	staff->members = fairdraw_alloc(data->nlines, sizeof(StaffMember));
	for (int32 row = 0; row < data->nlines; row++)
		fairdraw_read_member(read_line(&reader, row), &reader.place, &staff->members[row]);
	fairdraw_finish_staff(staff, "staff");
	return staff;
}

/* One for each line. */
Recusal *
fairdraw_recusals_of_lines(const DataLines *data, const Staff *staff)
{
	Recusal    *recusals = fairdraw_alloc(data->nlines, sizeof(Recusal));
	LineReader	reader;

	begin_lines(&reader, data, "recusals", fairdraw_recusal_columns, RECUSAL_COLUMNS, false);
	require_column(&reader, RECUSAL_UID, fairdraw_recusal_columns[RECUSAL_UID]);
	for (int32 row = 0; row < data->nlines; row++)
		fairdraw_read_recusal(read_line(&reader, row), &reader.place, staff, &recusals[row]);
	return recusals;
}

/*
 * Rules
 */

enum
{
	RULE_DRAW = SAYS_COLUMNS, RULE_STRATUM, RULE_UID, RULE_COLUMNS
};

typedef struct VisitRule
{
	int32		row;
	const char *draw;			/* NULL: all */
	const char *stratum;
	const char *uid;
	VisitProfile says;
} VisitRule;

struct VisitRules
{
	int32		count;
	VisitRule  *rules;			/* ascending by what they name */
	uint32		shapes;			/* bit s: a rule names just what s says */
};

/* bits of a shape: the more specific one is the larger number */
#define NAMES_DRAW 1
#define NAMES_STRATUM 2
#define NAMES_UID 4

static int
compare_optional(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int
compare_rules(const void *a, const void *b)
{
	const VisitRule *x = a;
	const VisitRule *y = b;
	int			order = compare_optional(x->uid, y->uid);

	if (order == 0)
		order = compare_optional(x->stratum, y->stratum);
	if (order == 0)
		order = compare_optional(x->draw, y->draw);
	return order;
}

static void
read_rule(const char *const *values, const Place *place, VisitRule *rule)
{
	rule->row = place->row;
	rule->draw = fairdraw_read_field("draw", place, values[RULE_DRAW]);
	rule->stratum = fairdraw_read_field("stratum", place, values[RULE_STRATUM]);
	rule->uid = fairdraw_read_field("uid", place, values[RULE_UID]);
	fairdraw_read_says(values, place, &rule->says);
	/* so that no row can take the stations away that another one relies on */
	if (rule->says.scope == SCOPE_STATIONS && rule->says.stations == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_OPTION),
				 errmsg("the scope \"stations\" has no stations %s", fairdraw_place(place)),
				 errhint("List them in the same row, in the column \"stations\".")));
}

static void
finish_rules(VisitRules *rules)
{
	qsort(rules->rules, rules->count, sizeof(VisitRule), compare_rules);
	for (int32 r = 0; r < rules->count; r++)
	{
		const VisitRule *rule = &rules->rules[r];

		if (r > 0 && compare_rules(rule, rule - 1) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_ASSIGN_DUPLICATE),
					 errmsg("rows %d and %d of the rules name the same visits",
							Min(rule[-1].row, rule->row), Max(rule[-1].row, rule->row)),
					 errdetail("Their draw is %s, their stratum %s, their uid %s.",
							   rule->draw == NULL ? "null" : fairdraw_quoted(rule->draw),
							   rule->stratum == NULL ? "null" : fairdraw_quoted(rule->stratum),
							   rule->uid == NULL ? "null" : fairdraw_quoted(rule->uid)),
					 errhint("Make one row of the two.")));
		rules->shapes |= 1u << ((rule->draw != NULL ? NAMES_DRAW : 0) |
								(rule->stratum != NULL ? NAMES_STRATUM : 0) |
								(rule->uid != NULL ? NAMES_UID : 0));
	}
}

VisitRules *
fairdraw_rules_of_lines(const DataLines *data)
{
	VisitRules *rules = palloc0(sizeof(VisitRules));
	const char *names[RULE_COLUMNS];
	LineReader	reader;

	memcpy(names, fairdraw_says_columns, sizeof(fairdraw_says_columns));
	names[RULE_DRAW] = "draw";
	names[RULE_STRATUM] = "stratum";
	names[RULE_UID] = "uid";
	begin_lines(&reader, data, "rules", names, RULE_COLUMNS, false);
	rules->count = data->nlines;
	rules->rules = fairdraw_alloc(data->nlines, sizeof(VisitRule));
	for (int32 row = 0; row < data->nlines; row++)
		read_rule(read_line(&reader, row), &reader.place, &rules->rules[row]);
	finish_rules(rules);
	return rules;
}

/*
 * What the rules say of a drawn unit; "rules" may be NULL.  The id is left to
 * the caller; the strings belong to the arguments.
 */
void
fairdraw_visit_profile(const VisitRules *rules, const char *draw, const char *stratum,
					   const char *uid, VisitProfile *profile)
{
	const VisitProfile defaults = {
		.need = DEFAULT_NEED,.scope = SCOPE_BUREAU,.station = stratum
	};

	memset(profile, 0, sizeof(VisitProfile));
	profile->uid = uid;
	for (int shape = NAMES_DRAW | NAMES_STRATUM | NAMES_UID; shape >= 0 && rules != NULL; shape--)
	{
		VisitRule	key;
		const VisitRule *rule;

		if ((rules->shapes & (1u << shape)) == 0)
			continue;
		key.draw = (shape & NAMES_DRAW) != 0 ? draw : NULL;
		key.stratum = (shape & NAMES_STRATUM) != 0 ? stratum : NULL;
		key.uid = (shape & NAMES_UID) != 0 ? uid : NULL;
		rule = bsearch(&key, rules->rules, rules->count, sizeof(VisitRule), compare_rules);
		if (rule != NULL)
			fairdraw_fill_profile(profile, &rule->says);
	}
	fairdraw_fill_profile(profile, &defaults);
}
