/*
 * record.c
 *		Set-returning functions that judge the rows of a caller's query one by
 *		one.
 */
#include "fairdraw.h"

#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "arguments.h"
#include "record.h"

#define ROWS_A_LOOK 4096

static void
record_error_callback(void *arg)
{
	errcontext("record \"%s\"", TextDatumGetCString(PointerGetDatum(arg)));
}

static void
judge_row(const Datum *values, const bool *nulls, void *arg)
{
	RecordStream *stream = arg;
	ErrorContextCallback context;

	if (nulls[0])
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("null %s in the %s query", stream->columns[0].name, stream->what),
				 errhint("Give each row the key of its record.")));
	context.callback = record_error_callback;
	context.arg = DatumGetPointer(values[0]);
	context.previous = error_context_stack;
	error_context_stack = &context;
	stream->record(stream, values, nulls);
	error_context_stack = context.previous;

	if (++stream->rows % ROWS_A_LOOK == 0)
	{
		CHECK_FOR_INTERRUPTS();
		fairdraw_progress_report(&stream->progress, stream->rows);
	}
}

/* The query is the first argument of the function; the result keeps its order. */
void
fairdraw_stream_records(FunctionCallInfo fcinfo, RecordStream *stream)
{
	char	   *query_text = fairdraw_text_arg(fcinfo, 0);
	CallerQuery *query;

	InitMaterializedSRF(fcinfo, 0);
	stream->result = (ReturnSetInfo *) fcinfo->resultinfo;
	SPI_connect();
	query = fairdraw_analyze_query(stream->what, query_text);
	fairdraw_progress_begin(&stream->progress, "records looked at", 0);
	fairdraw_stream_query(query, fairdraw_select_columns(query, stream->columns, stream->ncolumns),
						  judge_row, stream);
	fairdraw_progress_end(&stream->progress);
	SPI_finish();
}
