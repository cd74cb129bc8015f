/*
 * rows.c
 *		Appending many rows to a record.
 *
 * Rows are collected and given to one INSERT ... SELECT in batches, so that
 * constraints and triggers work as for any INSERT, at little more cost than
 * one of the whole.
 */
#include "fairdraw.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/queryenvironment.h"

#include "owner.h"
#include "rows.h"

#define ROWS_A_BATCH 20000

static Oid
type_of(char letter)
{
	switch (letter)
	{
		case 't':
			return TEXTOID;
		case 'i':
			return INT4OID;
		case 'l':
			return INT8OID;
		case 'x':
			return BYTEAOID;
	}
	elog(ERROR, "unknown type of column: %c", letter);
}

/*
 * The statement reads the relation "name", whose columns are a, b, c, ... of
 * the types of the letters (t text, i integer, l bigint, x bytea).
 */
void
fairdraw_begin_rows(RowWriter *writer, const char *name, const char *statement,
					const char *types)
{
	EphemeralNamedRelation relation = palloc0(sizeof(EphemeralNamedRelationData));

	writer->name = name;
	writer->statement = statement;
	writer->plan = NULL;
	writer->pending = 0;
	writer->written = 0;
	writer->desc = CreateTemplateTupleDesc(strlen(types));
	for (int i = 0; types[i] != '\0'; i++)
	{
		char		column[2] = {(char) ('a' + i), '\0'};

		TupleDescInitEntry(writer->desc, i + 1, column, type_of(types[i]), -1, 0);
	}
#if PG_VERSION_NUM >= 190000
	TupleDescFinalize(writer->desc);
#endif
	writer->store = tuplestore_begin_heap(false, false, work_mem);

	relation->md.name = unconstify(char *, name);
	relation->md.reliddesc = InvalidOid;
	relation->md.tupdesc = writer->desc;
	relation->md.enrtype = ENR_NAMED_TUPLESTORE;
	relation->md.enrtuples = ROWS_A_BATCH;
	relation->reldata = writer->store;
	if (SPI_register_relation(relation) != SPI_OK_REL_REGISTER)
		elog(ERROR, "could not register relation \"%s\"", name);
}

void
fairdraw_flush_rows(RowWriter *writer)
{
	OwnerSection section;
	int			result;

	if (writer->pending == 0)
		return;
	fairdraw_enter_owner(&section);
	if (writer->plan == NULL)
		writer->plan = SPI_prepare(writer->statement, 0, NULL);
	if (writer->plan == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", writer->statement,
			 SPI_result_code_string(SPI_result));
	result = SPI_execute_plan(writer->plan, NULL, NULL, false, 0);
	if (result != SPI_OK_INSERT || SPI_processed != writer->pending)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_EXCEPTION),
				 errmsg("of " UINT64_FORMAT " rows only " UINT64_FORMAT " were appended",
						writer->pending, SPI_processed),
				 errhint("A trigger or a rule on the records suppresses rows: remove it.")));
	fairdraw_end_owner(&section);
	writer->written += writer->pending;
	writer->pending = 0;
	tuplestore_clear(writer->store);
}

/* No value is null. */
void
fairdraw_put_row(RowWriter *writer, Datum *values)
{
	bool		nulls[ROW_WRITER_COLUMNS] = {false};

	tuplestore_putvalues(writer->store, writer->desc, values, nulls);
	if (++writer->pending == ROWS_A_BATCH)
	{
		CHECK_FOR_INTERRUPTS();
		fairdraw_flush_rows(writer);
	}
}

void
fairdraw_end_rows(RowWriter *writer)
{
	fairdraw_flush_rows(writer);
	SPI_unregister_relation(writer->name);
	tuplestore_end(writer->store);
}
