/*
 * rows.h
 *		Appending many rows to a record.
 */
#ifndef FAIRDRAW_ROWS_H
#define FAIRDRAW_ROWS_H

#include "executor/spi.h"
#include "utils/tuplestore.h"

#define ROW_WRITER_COLUMNS 8

typedef struct RowWriter
{
	const char *name;			/* of the relation that the statement reads */
	const char *statement;
	TupleDesc	desc;
	Tuplestorestate *store;
	SPIPlanPtr	plan;
	uint64		pending;
	uint64		written;
} RowWriter;

extern void fairdraw_begin_rows(RowWriter *writer, const char *name,
								const char *statement, const char *types);
extern void fairdraw_put_row(RowWriter *writer, Datum *values);
extern void fairdraw_flush_rows(RowWriter *writer);
extern void fairdraw_end_rows(RowWriter *writer);

#endif							/* FAIRDRAW_ROWS_H */
