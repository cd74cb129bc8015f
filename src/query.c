/*
 * query.c
 *		Queries that the caller gives as text.
 *
 * The text is one SELECT, TABLE, VALUES or WITH.  It is analysed under the
 * caller's search_path and runs with the caller's rights and snapshot, in a
 * transaction that is read-only for as long as it runs.  Whatever fairdraw
 * writes around it is qualified with its schema.  All functions here need an
 * SPI connection.
 */
#include "fairdraw.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "nodes/parsenodes.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
#include "utils/portal.h"

#include "query.h"

/* Errors inside the caller's text point into that text. */
static void
query_error_callback(void *arg)
{
	const CallerQuery *query = arg;
	int			position = geterrposition();

	if (position > 0)
	{
		errposition(0);
		internalerrposition(position);
		internalerrquery(query->text);
	}
	errcontext("%s query", query->what);
}

static void
refuse_statement(const CallerQuery *query, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the %s query is not one query that only reads", query->what),
			 errdetail("%s", detail),
			 errhint("Give one SELECT, TABLE, VALUES or WITH.")));
}

static void
cut_statement(CallerQuery *query)
{
	List	   *statements = pg_parse_query(query->text);
	RawStmt    *statement;

	if (list_length(statements) != 1)
		refuse_statement(query, psprintf("It has %d statements.", list_length(statements)));
	statement = linitial_node(RawStmt, statements);
	if (!IsA(statement->stmt, SelectStmt))
		refuse_statement(query, "It is another statement.");
	if (((SelectStmt *) statement->stmt)->intoClause != NULL)
		refuse_statement(query, "It has an INTO clause.");

	/* a length of 0 means that it goes on to the end of the text */
	query->text +=statement->stmt_location;
	if (statement->stmt_len > 0)
		query->text = pnstrdup(query->text, statement->stmt_len);
}

/*
 * Checks the caller's text and finds out what it returns.  The result lives in
 * the current memory context.
 */
CallerQuery *
fairdraw_analyze_query(const char *what, const char *text)
{
	CallerQuery *query = palloc0(sizeof(CallerQuery));
	MemoryContext caller = CurrentMemoryContext;
	ErrorContextCallback context;
	SPIPlanPtr	plan;
	CachedPlanSource *source;

	query->what = what;
	query->text = pstrdup(text);
	context.callback = query_error_callback;
	context.arg = query;
	context.previous = error_context_stack;
	error_context_stack = &context;

	cut_statement(query);
	plan = SPI_prepare(query->text, 0, NULL);
	if (plan == NULL || list_length(SPI_plan_get_plan_sources(plan)) != 1)
		refuse_statement(query, "It could not be prepared.");
	source = (CachedPlanSource *) linitial(SPI_plan_get_plan_sources(plan));
	if (source->resultDesc == NULL)
		refuse_statement(query, "It returns no rows.");
	MemoryContextSwitchTo(caller);
	query->columns = CreateTupleDescCopy(source->resultDesc);
	SPI_freeplan(plan);

	error_context_stack = context.previous;
	return query;
}

static char *
list_columns(TupleDesc columns)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < columns->natts; i++)
		appendStringInfo(&list, "%s%s", i == 0 ? "" : ", ",
						 quote_identifier(NameStr(TupleDescAttr(columns, i)->attname)));
	return list.data;
}

static void
wrong_type(const CallerQuery *query, const Column *column, Oid type)
{
	const char *wanted = column->kind == COLUMN_WEIGHT ? "integer or numeric"
		: "text, character varying, character, integer or uuid";

	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" of the %s query has type %s",
					column->name, query->what, format_type_be(type)),
			 errdetail("It has to be %s.", wanted),
			 column->kind == COLUMN_WEIGHT
			 ? errhint("Round it in the query: %s::numeric(12,6).", column->name)
			 : errhint("Convert it in the query: %s::text.", column->name)));
}

/* How to read the column in the type that fairdraw takes, without casting what
 * has that type already: a cast can keep a query from being sent elsewhere. */
static char *
column_expression(const CallerQuery *query, const Column *column, Oid type)
{
	const char *name = quote_identifier(column->name);

	switch (getBaseType(type))
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			break;
		case NUMERICOID:
			if (column->kind != COLUMN_WEIGHT)
				wrong_type(query, column, type);
			break;
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case UUIDOID:
			if (column->kind == COLUMN_WEIGHT)
				wrong_type(query, column, type);
			break;
		default:
			wrong_type(query, column, type);
	}
	if (column->kind == COLUMN_WEIGHT)
		return type == NUMERICOID ? psprintf("f.%s", name)
			: psprintf("f.%s::pg_catalog.numeric", name);
	return type == TEXTOID ? psprintf("f.%s", name)
		: psprintf("f.%s::pg_catalog.text", name);
}

/* Finds the columns by name. */
void
fairdraw_find_columns(const CallerQuery *query, Column *columns, int count)
{
	for (int i = 0; i < count; i++)
	{
		Column	   *column = &columns[i];
		int			found = 0;
		Oid			type = InvalidOid;

		for (int j = 0; j < query->columns->natts; j++)
		{
			Form_pg_attribute attribute = TupleDescAttr(query->columns, j);

			if (strcmp(NameStr(attribute->attname), column->name) == 0)
			{
				found++;
				type = attribute->atttypid;
			}
		}
		if (found > 1)
			ereport(ERROR,
					(errcode(ERRCODE_AMBIGUOUS_COLUMN),
					 errmsg("the %s query returns more than one column \"%s\"",
							query->what, column->name),
					 errdetail("It returns: %s.", list_columns(query->columns)),
					 errhint("Rename all but one of them.")));
		column->found = found == 1;
		if (column->found)
			column->expression = column->kind == COLUMN_ANY
				? psprintf("f.%s", quote_identifier(column->name))
				: column_expression(query, column, type);
		else if (column->absent != NULL)
			column->expression = pstrdup(column->absent);
		else
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("the %s query returns no column \"%s\"",
							query->what, column->name),
					 errdetail("It returns: %s.", list_columns(query->columns)),
					 errhint("Name it in the query, as in SELECT ... AS %s.", column->name)));
	}
}

typedef struct ReadOnly
{
	bool		before;
	ErrorContextCallback context;
} ReadOnly;

/*
 * From here on nothing can be written, whatever functions the query calls.
 * (The setting transaction_read_only may not be changed for a while only; an
 * error puts the variable behind it back with the rest of the transaction.)
 */
static void
begin_read_only(const CallerQuery *query, ReadOnly *state)
{
	state->before = XactReadOnly;
	XactReadOnly = true;
	state->context.callback = query_error_callback;
	state->context.arg = unconstify(CallerQuery *, query);
	state->context.previous = error_context_stack;
	error_context_stack = &state->context;
}

static void
end_read_only(const ReadOnly *state)
{
	error_context_stack = state->context.previous;
	XactReadOnly = state->before;
}

/*
 * Runs a statement around the query to its end: only so it can use workers.
 * "argument" is its $1, in the server's encoding; or NULL.
 */
void
fairdraw_run_query(const CallerQuery *query, const char *statement, const char *argument)
{
	ReadOnly	state;
	int			result;
	Oid			type = TEXTOID;
	Datum		value = argument == NULL ? (Datum) 0 : CStringGetTextDatum(argument);

	begin_read_only(query, &state);
	result = SPI_execute_with_args(statement, argument == NULL ? 0 : 1, &type, &value,
								   NULL, true, 0);
	end_read_only(&state);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "could not run the %s query: %s", query->what,
			 SPI_result_code_string(result));
}

/* Opens a cursor over a statement around the query, under the caller's snapshot. */
Portal
fairdraw_open_query(const CallerQuery *query, const char *statement)
{
	ReadOnly	state;
	SPIPlanPtr	plan;
	Portal		portal;

	begin_read_only(query, &state);
	plan = SPI_prepare_cursor(statement, 0, NULL, CURSOR_OPT_NO_SCROLL);
	if (plan == NULL)
		elog(ERROR, "could not prepare the %s query: %s", query->what,
			 SPI_result_code_string(SPI_result));
	portal = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	/* so that no function of the caller's can close it under us */
	PinPortal(portal);
	end_read_only(&state);
	return portal;
}

void
fairdraw_close_query(Portal portal)
{
	UnpinPortal(portal);
	SPI_cursor_close(portal);
}

/* Fetches into SPI_tuptable. */
void
fairdraw_fetch_query(const CallerQuery *query, Portal portal, long count)
{
	ReadOnly	state;

	begin_read_only(query, &state);
	SPI_cursor_fetch(portal, true, count);
	end_read_only(&state);
}
