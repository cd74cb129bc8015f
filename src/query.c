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
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "nodes/parsenodes.h"
#include "tcop/dest.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/portal.h"
#include "utils/syscache.h"

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

/* What each kind takes, and how to come to it. */
static const struct
{
	const char *wanted;
	const char *hint;
}			kinds[] = {
	[COLUMN_TEXT] = {"text, character varying, character, integer or uuid", "Convert it in the query: %s::text."},
	[COLUMN_WEIGHT] = {"integer or numeric", "Round it in the query: %s::numeric(12,6)."},
	[COLUMN_NUMERIC] = {"integer, numeric, real or double precision", "Convert it in the query: %s::numeric."},
	[COLUMN_INTEGER] = {"integer", "Convert it in the query: %s::integer."},
	[COLUMN_BIGINT] = {"integer", "Convert it in the query: %s::bigint."},
	[COLUMN_TEXTS] = {"an array of text, character varying, integer or uuid", "Convert it in the query: %s::text[]."},
	[COLUMN_LIST] = {"an array of text, or text with words separated by spaces", "Convert it in the query: %s::text[]."},
	[COLUMN_DAY] = {"date", "Convert it in the query: %s::date."},
	[COLUMN_DATE] = {"date", "Convert it in the query: %s::date."},
	[COLUMN_FLAG] = {"boolean", "Convert it in the query: %s::boolean."},
	[COLUMN_BOOLEAN] = {"boolean", "Convert it in the query: %s::boolean."},
	[COLUMN_CODE] = {"fairdraw.result_code or text", "Convert it in the query: %s::text."},
	[COLUMN_NUMBER] = {"integer, numeric, real or double precision", "Convert it in the query: %s::double precision."},
	[COLUMN_OUTCOME] = {"boolean, integer, numeric, real or double precision", "Convert it in the query, as in %s::double precision, or fairdraw.is_problem() of a result code."},
	[COLUMN_JSONB] = {"jsonb", "Convert it in the query: %s::jsonb."},
};

static void
wrong_type(const CallerQuery *query, const Column *column, Oid type)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" of the %s query has type %s",
					column->name, query->what, format_type_be(type)),
			 errdetail("It has to be %s.", kinds[column->kind].wanted),
			 errhint(kinds[column->kind].hint, column->name)));
}

static bool
is_id_type(Oid type)
{
	switch (type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case UUIDOID:
			return true;
	}
	return false;
}

static Oid
result_code_type(void)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("result_code"),
						   ObjectIdGetDatum(get_namespace_oid("fairdraw", false)));
}

static bool
takes_type(ColumnKind kind, Oid type)
{
	switch (kind)
	{
		case COLUMN_TEXT:
			return is_id_type(type);
		case COLUMN_WEIGHT:
			return type == NUMERICOID || type == INT2OID || type == INT4OID || type == INT8OID;
		case COLUMN_NUMERIC:
			return type == NUMERICOID || type == INT2OID || type == INT4OID || type == INT8OID ||
				type == FLOAT4OID || type == FLOAT8OID;
		case COLUMN_INTEGER:
		case COLUMN_BIGINT:
			return type == INT2OID || type == INT4OID || type == INT8OID;
		case COLUMN_TEXTS:
			return is_id_type(get_element_type(type));
		case COLUMN_LIST:
			return type == TEXTOID || type == VARCHAROID;
		case COLUMN_DAY:
		case COLUMN_DATE:
			return type == DATEOID;
		case COLUMN_FLAG:
		case COLUMN_BOOLEAN:
			return type == BOOLOID;
		case COLUMN_CODE:
			return type == TEXTOID || type == VARCHAROID || type == result_code_type();
		case COLUMN_OUTCOME:
		case COLUMN_NUMBER:
			return (type == BOOLOID && kind == COLUMN_OUTCOME) || type == FLOAT8OID || type == FLOAT4OID || type == NUMERICOID ||
				type == INT2OID || type == INT4OID || type == INT8OID;
		case COLUMN_JSONB:
			return type == JSONBOID;
		case COLUMN_ANY:
			return true;
	}
	return false;
}

/*
 * How to read the column in the type that fairdraw takes, without casting what
 * has that type already: a cast can keep a query from being sent elsewhere.
 */
static char *
column_expression(const CallerQuery *query, const Column *column, Oid type)
{
	const char *name = quote_identifier(column->name);
	Oid			base = getBaseType(type);

	if (!takes_type(column->kind, base))
		wrong_type(query, column, type);
	switch (column->kind)
	{
		case COLUMN_WEIGHT:
		case COLUMN_NUMERIC:
			return type == NUMERICOID ? psprintf("f.%s", name)
				: psprintf("f.%s::pg_catalog.numeric", name);
		case COLUMN_INTEGER:
			return psprintf("f.%s::pg_catalog.int4", name);
		case COLUMN_BIGINT:
			return psprintf("f.%s::pg_catalog.int8", name);
		case COLUMN_TEXTS:
			return type == TEXTARRAYOID ? psprintf("f.%s", name)
				: psprintf("f.%s::pg_catalog.text[]", name);
		case COLUMN_DAY:
			return psprintf("CASE WHEN f.%s OPERATOR(pg_catalog.>=) '0001-01-01'::pg_catalog.date"
							" AND f.%s OPERATOR(pg_catalog.<=) '9999-12-31'::pg_catalog.date"
							" THEN pg_catalog.to_char(f.%s::pg_catalog.timestamp, 'YYYY-MM-DD')"
							" WHEN pg_catalog.isfinite(f.%s)"
							" THEN pg_catalog.to_char(f.%s::pg_catalog.timestamp, 'YYYY-MM-DD BC')"
							" ELSE f.%s::pg_catalog.text END", name, name, name, name, name, name);
		case COLUMN_NUMBER:
		case COLUMN_OUTCOME:
			return base == BOOLOID ? psprintf("f.%s::pg_catalog.int4::pg_catalog.float8", name)
				: type == FLOAT8OID ? psprintf("f.%s", name)
				: psprintf("f.%s::pg_catalog.float8", name);
		case COLUMN_CODE:
			return base == VARCHAROID ? psprintf("f.%s::pg_catalog.text", name)
				: psprintf("f.%s", name);
		case COLUMN_DATE:
		case COLUMN_BOOLEAN:
		case COLUMN_JSONB:
		case COLUMN_ANY:
			return psprintf("f.%s", name);
		case COLUMN_TEXT:
		case COLUMN_LIST:
		case COLUMN_FLAG:
			break;
	}
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
		column->type = column->found ? getBaseType(type) : InvalidOid;
		if (column->found)
			column->expression = column_expression(query, column, type);
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

/* The same, and the statement that reads just them. */
char *
fairdraw_select_columns(const CallerQuery *query, Column *columns, int count)
{
	StringInfoData statement;

	fairdraw_find_columns(query, columns, count);
	initStringInfo(&statement);
	appendStringInfoString(&statement, "SELECT ");
	for (int i = 0; i < count; i++)
		appendStringInfo(&statement, "%s%s", i == 0 ? "" : ", ", columns[i].expression);
	appendStringInfo(&statement, " FROM (%s\n) AS f", query->text);
	return statement.data;
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

/*
 * The same; where the statement aggregates each part of a partitioned relation
 * by itself, the server that holds the part can do that.
 */
void
fairdraw_run_grouped_query(const CallerQuery *query, const char *statement,
						   const char *argument, bool by_part)
{
	int			settings;

	if (!by_part)
	{
		fairdraw_run_query(query, statement, argument);
		return;
	}
	settings = NewGUCNestLevel();
	(void) set_config_option("enable_partitionwise_aggregate", "on", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	fairdraw_run_query(query, statement, argument);
	AtEOXact_GUC(false, settings);
}

typedef struct RowReceiver
{
	DestReceiver pub;
	RowFunction row;
	void	   *arg;
	MemoryContext context;		/* reset with each row */
} RowReceiver;

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	RowReceiver *receiver = (RowReceiver *) self;
	MemoryContext caller = MemoryContextSwitchTo(receiver->context);

	slot_getallattrs(slot);
	receiver->row(slot->tts_values, slot->tts_isnull, receiver->arg);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(receiver->context);
	return true;
}

static void
start_rows(DestReceiver *self, int operation, TupleDesc columns)
{
}

static void
end_rows(DestReceiver *self)
{
}

/* Runs a statement around the query to its end, row by row: none is kept. */
void
fairdraw_stream_query(const CallerQuery *query, const char *statement, RowFunction row,
					  void *arg)
{
	SPIExecuteOptions options = {.read_only = true};
	RowReceiver receiver = {.row = row,.arg = arg};
	ReadOnly	state;
	int			result;

	receiver.pub.receiveSlot = receive_row;
	receiver.pub.rStartup = start_rows;
	receiver.pub.rShutdown = end_rows;
	receiver.pub.rDestroy = end_rows;
	receiver.pub.mydest = DestTuplestore;	/* with DestNone it would not be a
											 * SELECT */
	receiver.context = AllocSetContextCreate(CurrentMemoryContext, "fairdraw row",
											 ALLOCSET_DEFAULT_SIZES);
	options.dest = &receiver.pub;
	begin_read_only(query, &state);
	result = SPI_execute_extended(statement, &options);
	end_read_only(&state);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "could not run the %s query: %s", query->what,
			 SPI_result_code_string(result));
	MemoryContextDelete(receiver.context);
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
