/*
 * record.h
 *		Set-returning functions that judge the rows of a caller's query one by
 *		one.
 */
#ifndef FAIRDRAW_RECORD_H
#define FAIRDRAW_RECORD_H

#include "nodes/execnodes.h"

#include "progress.h"
#include "query.h"

typedef struct RecordStream RecordStream;

struct RecordStream
{
	const char *what;			/* of the query: "records" */
	Column	   *columns;		/* the first one names the record in errors */
	int			ncolumns;
	/* judges a row, and puts rows into the result; its record is not null */
	void		(*record) (RecordStream *stream, const Datum *values, const bool *nulls);

	/* the rest is set by fairdraw_stream_records() */
	ReturnSetInfo *result;
	Progress	progress;
	uint64		rows;
};

extern void fairdraw_stream_records(FunctionCallInfo fcinfo, RecordStream *stream);

#endif							/* FAIRDRAW_RECORD_H */
