/*
 * query.h
 *		Queries that the caller gives as text.
 */
#ifndef FAIRDRAW_QUERY_H
#define FAIRDRAW_QUERY_H

#include "access/tupdesc.h"
#include "executor/spi.h"

typedef enum ColumnKind
{
	COLUMN_TEXT,				/* ids, strata, reasons */
	COLUMN_WEIGHT,
	COLUMN_NUMERIC,				/* takes floats as well */
	COLUMN_INTEGER,
	COLUMN_BIGINT,
	COLUMN_TEXTS,				/* an array of ids */
	COLUMN_LIST,				/* words in a text; where it may be an array
								 * too, the caller asks for texts */
	COLUMN_DAY,					/* as a text */
	COLUMN_DATE,
	COLUMN_FLAG,				/* boolean; as a text */
	COLUMN_BOOLEAN,
	COLUMN_CODE,				/* result_code, or a text to be read as one */
	COLUMN_NUMBER,				/* as double precision */
	COLUMN_OUTCOME,				/* the same, or boolean as 0 and 1 */
	COLUMN_JSONB,
	COLUMN_ANY
} ColumnKind;

typedef struct Column
{
	const char *name;
	ColumnKind	kind;
	const char *absent;			/* what stands for it where it is missing;
								 * NULL: it must be there */
	char	   *expression;		/* set: of a sub-select "f", in its usual type */
	Oid			type;			/* set: of the column, domains apart */
	bool		found;			/* set */
} Column;

typedef struct CallerQuery
{
	const char *what;			/* "frame", "exclusions", ...: for messages */
	char	   *text;			/* one SELECT, without what may follow it */
	TupleDesc	columns;
} CallerQuery;

/* Takes one row; values live until it returns. */
typedef void (*RowFunction) (const Datum *values, const bool *nulls, void *arg);

extern CallerQuery *fairdraw_analyze_query(const char *what, const char *text);
extern void fairdraw_find_columns(const CallerQuery *query, Column *columns, int count);
extern char *fairdraw_select_columns(const CallerQuery *query, Column *columns, int count);
extern void fairdraw_run_query(const CallerQuery *query, const char *statement,
							   const char *argument);
extern void fairdraw_run_grouped_query(const CallerQuery *query, const char *statement,
									   const char *argument, bool by_part);
extern void fairdraw_stream_query(const CallerQuery *query, const char *statement,
								  RowFunction row, void *arg);
extern Portal fairdraw_open_query(const CallerQuery *query, const char *statement);
extern void fairdraw_close_query(Portal portal);
extern void fairdraw_fetch_query(const CallerQuery *query, Portal portal, long count);

#endif							/* FAIRDRAW_QUERY_H */
