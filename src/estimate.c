/*
 * estimate.c
 *		estimate(), over any query, and estimate_rows(), from a state that the
 *		aggregates made.
 */
#include "fairdraw.h"

#include <math.h>

#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/tuplestore.h"

#include "arguments.h"
#include "estimator.h"
#include "field.h"
#include "options.h"
#include "query.h"

/*
 * Options
 */

/* The place of a word in a list, from "first" on. */
static int
read_word(const char *option, const JsonbValue *value, const char *const *words, int first,
		  int last)
{
	StringInfoData hint;

	if (value->type == jbvString)
		for (int i = first; i <= last; i++)
			if (strlen(words[i]) == value->val.string.len &&
				memcmp(words[i], value->val.string.val, value->val.string.len) == 0)
				return i;

	initStringInfo(&hint);
	for (int i = first; i <= last; i++)
		appendStringInfo(&hint, "%s\"%s\"", i == first ? "It is " : i == last ? " or " : ", ", words[i]);
	appendStringInfoChar(&hint, '.');
	fairdraw_invalid_option(option, psprintf("It is given as %s.", fairdraw_option_text(value)), hint.data);
	return first;
}

static SampleDesign
read_design(const JsonbValue *value)
{
	return (SampleDesign) read_word("design", value, fairdraw_sample_design_names,
									SAMPLE_AUTO, SAMPLE_SRS);
}

/* of "design": a stratum and its design */
static void
add_design(const char *stratum, const JsonbValue *value, void *arg)
{
	EstimateOptions *options = arg;
	StratumDesign *design = &options->designs[options->ndesigns++];

	design->stratum = fairdraw_text_to_utf8(cstring_to_text(stratum));
	design->design = read_design(value);
	design->used = false;
}

static void
read_option(const char *name, const JsonbValue *value, void *arg)
{
	EstimateOptions *options = arg;

	if (strcmp(name, "variance") == 0)
		options->variance = (Variance) read_word(name, value, fairdraw_variance_names,
												 VARIANCE_ROSEN, VARIANCE_POISSON);
	else if (strcmp(name, "interval") == 0)
		options->interval = (IntervalKind) read_word(name, value, fairdraw_interval_names,
													 INTERVAL_KORN_GRAUBARD, INTERVAL_STUDENT);
	else if (strcmp(name, "design") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown option: \"%s\"", name),
				 errhint("The options are variance, interval and design.")));
	else if (!fairdraw_is_object(value))
		options->design = read_design(value);
	else
	{
		options->designs = palloc(Max(1, JsonContainerSize(value->val.binary.data)) * sizeof(StratumDesign));
		fairdraw_each_member(value, add_design, options);
	}
}

static void
check_options(Estimand what, const EstimateOptions *options)
{
	if (!(options->level > 0 && options->level < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the level of an interval is %s",
						float8out_internal(options->level)),
				 errdetail("It has to be above 0 and below 1."),
				 errhint("For 95 %% give 0.95.")));
	if (options->interval != INTERVAL_DEFAULT &&
		(what == ESTIMATE_RATE) == (options->interval == INTERVAL_STUDENT))
		fairdraw_invalid_option("interval", psprintf("It is given as \"%s\", for a %s.",
													 fairdraw_interval_names[options->interval],
													 fairdraw_estimand_names[what]),
								"Rates have \"korn-graubard\", \"kish\" and \"wilson\"; totals, means and ratios have \"t\".");
}

/*
 * Rows
 */

static void
put_number(Datum *values, bool *nulls, int column, double number)
{
	nulls[column] = isnan(number);
	values[column] = Float8GetDatum(number);
}

static void
put_rows(ReturnSetInfo *result, EstimateState *state, EstimateOptions *options)
{
	int			count;
	EstimateRow *rows = fairdraw_estimate_rows(state, options, &count);

	for (int i = 0; i < count; i++)
	{
		Datum		values[8];
		bool		nulls[8] = {false};

		nulls[0] = rows[i].domain == NULL;
		if (!nulls[0])
			values[0] = CStringGetTextDatum(fairdraw_cell_name(rows[i].domain, CELL_DOMAIN));
		values[1] = Int64GetDatum(rows[i].units);
		put_number(values, nulls, 2, rows[i].estimate);
		put_number(values, nulls, 3, rows[i].se);
		put_number(values, nulls, 4, rows[i].low);
		put_number(values, nulls, 5, rows[i].high);
		put_number(values, nulls, 6, rows[i].df);
		values[7] = CStringGetTextDatum(rows[i].method);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

static void
no_units(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 errmsg("the sample has no units"),
			 errhint("Check the sample query: an estimate needs at least one unit.")));
}

/* estimate_rows(state, level, options) */
PG_FUNCTION_INFO_V1(fairdraw_estimate_rows_sql);
Datum
fairdraw_estimate_rows_sql(PG_FUNCTION_ARGS)
{
	EstimateOptions options = {0};
	EstimateState *state;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		no_units();
	options.level = DatumGetFloat8(fairdraw_arg(fcinfo, 1));
	fairdraw_each_option(DatumGetJsonbP(fairdraw_arg(fcinfo, 2)), read_option, &options);
	state = fairdraw_estimate_state_from_datum(PG_GETARG_DATUM(0), CurrentMemoryContext);
	if (state->ncells == 0)
		no_units();
	check_options(state->what, &options);
	put_rows((ReturnSetInfo *) fcinfo->resultinfo, state, &options);
	return (Datum) 0;
}

/*
 * estimate()
 */

enum
{
	COL_Y,
	COL_PROBABILITY,
	COL_X,
	COL_STRATUM,
	COL_DOMAIN,
	COL_DRAW,
	COL_STREAM,
	COL_UID,
	COL_PART
};

/* A column that the query has is to have a value in every row. */
static void
check_names(const EstimateState *state, const Column *columns)
{
	static const struct
	{
		CellName	name;
		int			column;
	}			names[] = {{CELL_DOMAIN, COL_DOMAIN}, {CELL_DRAW, COL_DRAW}, {CELL_STREAM, COL_STREAM}};

	for (int i = 0; i < state->ncells; i++)
	{
		const Cell *cell = state->cells[i];

		for (int j = 0; j < lengthof(names); j++)
			if (columns[names[j].column].found && cell->lens[names[j].name] == CELL_NULL_NAME)
				ereport(ERROR,
						(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						 errmsg("the %s is null in a row of stratum \"%s\"",
								columns[names[j].column].name,
								fairdraw_cell_name(cell, CELL_STRATUM)),
						 names[j].column == COL_DOMAIN
						 ? errhint("Give these units a domain of their own, for example with coalesce(domain, 'unknown').")
						 : errhint("Name the %s of each unit.", columns[names[j].column].name)));
	}
}

/* A join that makes several rows of a unit would count it as often. */
static void
check_uids(const CallerQuery *query, const Column *columns)
{
	HeapTuple	row;
	TupleDesc	desc;

	fairdraw_run_query(query,
					   psprintf("SELECT u.uid, u.rows FROM (SELECT (%s) COLLATE pg_catalog.\"C\" AS uid, pg_catalog.count(*) AS rows"
								" FROM (%s\n) AS f GROUP BY (%s) COLLATE pg_catalog.\"C\", %s) AS u"
								" WHERE u.uid IS NULL OR u.rows OPERATOR(pg_catalog.>) 1"
								" ORDER BY u.uid USING OPERATOR(pg_catalog.<) LIMIT 1",
								columns[COL_UID].expression, query->text, columns[COL_UID].expression,
								columns[COL_DRAW].expression), NULL);
	if (SPI_processed > 0)
	{
		row = SPI_tuptable->vals[0];
		desc = SPI_tuptable->tupdesc;
		if (SPI_getvalue(row, desc, 1) == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("the uid is null in a row of the sample"),
					 errhint("Give the uid of each unit, or leave the column out.")));
		ereport(ERROR,
				(errcode(ERRCODE_UNIQUE_VIOLATION),
				 errmsg("uid \"%s\" stands in %s rows of the sample", SPI_getvalue(row, desc, 1),
						SPI_getvalue(row, desc, 2)),
				 errdetail("Each unit drawn is one row; a join may have made more of it."),
				 errhint("Group the results by uid, as in bool_or(...) AS y.")));
	}
	SPI_freetuptable(SPI_tuptable);
}

static EstimateState *
collect_sample(const char *text, Estimand what, MemoryContext context)
{
	CallerQuery *query;
	StringInfoData statement;
	EstimateState *state = NULL;
	bool		isnull;
	Datum		datum;
	Column		columns[] = {
		[COL_Y] = {"y", COLUMN_OUTCOME, NULL},
		[COL_PROBABILITY] = {"probability", COLUMN_NUMBER, NULL},
		[COL_X] = {"x", COLUMN_OUTCOME, "NULL::pg_catalog.float8"},
		[COL_STRATUM] = {"stratum", COLUMN_TEXT, "'all'::pg_catalog.text"},
		[COL_DOMAIN] = {"domain", COLUMN_TEXT, "NULL::pg_catalog.text"},
		[COL_DRAW] = {"draw", COLUMN_TEXT, "NULL::pg_catalog.text"},
		[COL_STREAM] = {"stream", COLUMN_TEXT, "NULL::pg_catalog.text"},
		[COL_UID] = {"uid", COLUMN_TEXT, ""},
		[COL_PART] = {"part", COLUMN_ANY, ""}
	};

	/* where x does not count, a column of that name may be anything */
	if (what == ESTIMATE_RATIO)
		columns[COL_X].absent = NULL;
	else
		columns[COL_X].name = "";
	query = fairdraw_analyze_query("sample", text);
	fairdraw_find_columns(query, columns, lengthof(columns));
	if (columns[COL_STREAM].found && !columns[COL_DRAW].found)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("the sample query returns a column \"stream\", but no column \"draw\""),
				 errhint("Name the draw that each unit comes from, as in SELECT ... AS draw.")));

	if (columns[COL_UID].found)
		check_uids(query, columns);
	initStringInfo(&statement);
	if (columns[COL_PART].found)
		appendStringInfoString(&statement, "SELECT fairdraw.estimate_merge(p.s) FROM (");
	appendStringInfo(&statement,
					 "SELECT fairdraw.estimate_sample(%s, %s, %s, %s, %s, %s, %s, $1) AS s FROM (%s\n) AS f",
					 columns[COL_Y].expression, columns[COL_X].expression,
					 columns[COL_PROBABILITY].expression, columns[COL_STRATUM].expression,
					 columns[COL_DOMAIN].expression, columns[COL_DRAW].expression,
					 columns[COL_STREAM].expression, query->text);
	if (columns[COL_PART].found)
		appendStringInfo(&statement, " GROUP BY %s) AS p", columns[COL_PART].expression);
	fairdraw_run_grouped_query(query, statement.data, fairdraw_estimand_names[what],
							   columns[COL_PART].found);

	datum = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (isnull)
		no_units();
	state = fairdraw_estimate_state_from_datum(datum, context);
	SPI_freetuptable(SPI_tuptable);
	check_names(state, columns);
	return state;
}

/* estimate(sample, what, level, options) */
PG_FUNCTION_INFO_V1(fairdraw_estimate);
Datum
fairdraw_estimate(PG_FUNCTION_ARGS)
{
	char	   *sample = fairdraw_text_arg(fcinfo, 0);
	text	   *what_arg = DatumGetTextPP(fairdraw_arg(fcinfo, 1));
	MemoryContext caller = CurrentMemoryContext;
	EstimateOptions options = {0};
	EstimateState *state;
	Estimand	what;

	if (!fairdraw_parse_estimand(VARDATA_ANY(what_arg), VARSIZE_ANY_EXHDR(what_arg), &what))
		fairdraw_unknown_estimand(text_to_cstring(what_arg));
	options.level = DatumGetFloat8(fairdraw_arg(fcinfo, 2));
	fairdraw_each_option(DatumGetJsonbP(fairdraw_arg(fcinfo, 3)), read_option, &options);
	check_options(what, &options);

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	state = collect_sample(sample, what, caller);
	SPI_finish();
	put_rows((ReturnSetInfo *) fcinfo->resultinfo, state, &options);
	return (Datum) 0;
}
