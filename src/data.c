/*
 * data.c
 *		commit_data(): freezing whatever else an outcome depends on (protocol
 *		section 3).
 */
#include "fairdraw.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/tuplesort.h"
#include "utils/typcache.h"

#include "arguments.h"
#include "ceremony.h"
#include "field.h"
#include "query.h"
#include "rows.h"

#define ROWS_A_FETCH 1000

typedef struct DataColumn
{
	FmgrInfo	output;
} DataColumn;

static bool
is_data_type(Oid type)
{
	HeapTuple	tuple;
	bool		ours = false;

	switch (type)
	{
		case TEXTOID:
		case VARCHAROID:
		case BOOLOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case NUMERICOID:
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case UUIDOID:
			return true;
	}
	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	if (HeapTupleIsValid(tuple))
	{
		Form_pg_type form = (Form_pg_type) GETSTRUCT(tuple);
		char	   *schema = get_namespace_name(form->typnamespace);

		ours = schema != NULL && strcmp(schema, "fairdraw") == 0 &&
			(strcmp(NameStr(form->typname), "risk_class") == 0 ||
			 strcmp(NameStr(form->typname), "result_code") == 0);
		ReleaseSysCache(tuple);
	}
	return ours;
}

static char **
begin_columns(const CallerQuery *query, DataColumn *columns)
{
	char	  **names = palloc(query->columns->natts * sizeof(char *));

	for (int i = 0; i < query->columns->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(query->columns, i);
		Oid			output;
		bool		is_varlena;
		size_t		len;
		const char *utf8;

		if (!is_data_type(getBaseType(attribute->atttypid)))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" of the %s query has type %s",
							NameStr(attribute->attname), query->what,
							format_type_be(attribute->atttypid)),
					 errdetail("Committed data is of type text, boolean, integer, numeric, date, timestamp, timestamptz, uuid, risk_class or result_code."),
					 errhint(OidIsValid(get_element_type(getBaseType(attribute->atttypid)))
							 ? "Convert it in the query: array_to_string(%s, ' ')."
							 : "Convert it in the query: %s::text.",
							 quote_identifier(NameStr(attribute->attname)))));
		utf8 = fairdraw_to_utf8(NameStr(attribute->attname),
								strlen(NameStr(attribute->attname)), &len);
		names[i] = pnstrdup(utf8, len);
		fairdraw_require_field("column name", names[i], FAIRDRAW_MAX_LABEL);
		getTypeOutputInfo(attribute->atttypid, &output, &is_varlena);
		fmgr_info(output, &columns[i].output);
	}
	return names;
}

static void
append_value(StringInfo line, const CallerQuery *query, int column, const char *value)
{
	size_t		len;
	const char *utf8 = fairdraw_to_utf8(value, strlen(value), &len);
	bool		valid = utf8[0] != '\\';

	for (size_t i = 0; i < len; i++)
		valid = valid && (unsigned char) utf8[i] >= 0x20;
	if (!valid)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid value in column \"%s\" of the %s query: \"%s\"",
						NameStr(TupleDescAttr(query->columns, column)->attname),
						query->what, value),
				 errdetail("A value has no control characters and does not begin with a backslash."),
				 errhint("Replace them in the query.")));
	appendBinaryStringInfo(line, utf8, len);
}

/* Under these settings the text of a value is the same everywhere. */
static int
fix_formats(void)
{
	int			settings = NewGUCNestLevel();

	(void) set_config_option("datestyle", "ISO, YMD", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("timezone", "UTC", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("search_path", "pg_catalog", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	return settings;
}

/* Puts the lines of all rows into a sort by their bytes; returns their number. */
static int64
sort_lines(const CallerQuery *query, DataColumn *columns, Tuplesortstate *sort)
{
	Portal		portal = fairdraw_open_query(query, query->text);
	MemoryContext batch = AllocSetContextCreate(CurrentMemoryContext, "fairdraw data",
												ALLOCSET_DEFAULT_SIZES);
	int64		rows = 0;

	for (;;)
	{
		MemoryContext caller;
		StringInfoData line;
		int			settings;

		CHECK_FOR_INTERRUPTS();
		fairdraw_fetch_query(query, portal, ROWS_A_FETCH);
		if (SPI_processed == 0)
			break;
		settings = fix_formats();
		caller = MemoryContextSwitchTo(batch);
		initStringInfo(&line);
		for (uint64 row = 0; row < SPI_processed; row++)
		{
			resetStringInfo(&line);
			for (int i = 0; i < query->columns->natts; i++)
			{
				bool		isnull;
				Datum		value = SPI_getbinval(SPI_tuptable->vals[row],
												  SPI_tuptable->tupdesc, i + 1, &isnull);

				if (i > 0)
					appendStringInfoChar(&line, '\t');
				if (isnull)
					appendStringInfoString(&line, "\\N");
				else
					append_value(&line, query, i,
								 OutputFunctionCall(&columns[i].output, value));
			}
			tuplesort_putdatum(sort, PointerGetDatum(cstring_to_text_with_len(line.data, line.len)),
							   false);
			rows++;
		}
		MemoryContextSwitchTo(caller);
		MemoryContextReset(batch);
		AtEOXact_GUC(false, settings);
		SPI_freetuptable(SPI_tuptable);
	}
	fairdraw_close_query(portal);
	return rows;
}

static bool
next_line(Tuplesortstate *sort, Datum *line)
{
	bool		isnull;

#if PG_VERSION_NUM >= 160000
	return tuplesort_getdatum(sort, true, true, line, &isnull, NULL);
#else
	return tuplesort_getdatum(sort, true, line, &isnull, NULL);
#endif
}

/* commit_data(ceremony, name, query): the data hash */
PG_FUNCTION_INFO_V1(fairdraw_commit_data);
Datum
fairdraw_commit_data(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_utf8_arg(fcinfo, 0);
	char	   *name = fairdraw_utf8_arg(fcinfo, 1);
	char	   *query_text = fairdraw_text_arg(fcinfo, 2);
	char	   *user;
	char		salt[FAIRDRAW_SALT_LEN + 1];
	char		hash[FAIRDRAW_HEX_LEN + 1];
	CallerQuery *query;
	DataColumn *columns;
	char	  **names;
	Datum	   *name_values;
	Tuplesortstate *sort;
	RowWriter	writer;
	OwnerSection section;
	Sink		sink;
	int64		rows;
	Datum		value;

	fairdraw_require_duty(DUTY_DRAWER);
	user = fairdraw_caller();
	fairdraw_require_name("name of data", name);
	fairdraw_random_hex(salt, FAIRDRAW_SALT_LEN);

	SPI_connect();
	fairdraw_begin_owner(&section);
	fairdraw_require_open(fairdraw_load_ceremony(label, LOCK_SHARE));
	if (fairdraw_read("SELECT FROM fairdraw_data.data_set WHERE ceremony = $1 AND name = $2",
					  "tt", label, name) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNIQUE_VIOLATION),
				 errmsg("ceremony \"%s\" has data \"%s\" already", fairdraw_shown(label), fairdraw_shown(name)),
				 errhint("Take another name.")));
	fairdraw_end_owner(&section);

	query = fairdraw_analyze_query("data", query_text);
	if (query->columns->natts == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the data query returns no columns"),
				 errhint("Name the columns that the outcome depends on.")));
	columns = palloc0(query->columns->natts * sizeof(DataColumn));
	names = begin_columns(query, columns);
	sort = tuplesort_begin_datum(BYTEAOID, lookup_type_cache(BYTEAOID, TYPECACHE_LT_OPR)->lt_opr, InvalidOid, false,
								 maintenance_work_mem, NULL, TUPLESORT_NONE);
	rows = sort_lines(query, columns, sort);
	tuplesort_performsort(sort);

	fairdraw_sink_init(&sink, NULL);
	fairdraw_write_data_head(&sink, name, salt, names, query->columns->natts);
	fairdraw_begin_rows(&writer, "fairdraw_data_rows",
						psprintf("INSERT INTO fairdraw_data.data_row (ceremony, name, position, line)"
								 " SELECT %s, %s, a, b FROM fairdraw_data_rows",
								 quote_literal_cstr(fairdraw_shown(label)), quote_literal_cstr(fairdraw_shown(name))),
						"lt");
	for (int64 position = 1; next_line(sort, &value); position++)
	{
		text	   *line = DatumGetTextPP(value);
		char	   *server_line;
		Datum		values[2];

		fairdraw_sink_bytes(&sink, VARDATA_ANY(line), VARSIZE_ANY_EXHDR(line));
		values[0] = Int64GetDatum(position);
		server_line = fairdraw_from_utf8(VARDATA_ANY(line), VARSIZE_ANY_EXHDR(line));
		values[1] = CStringGetTextDatum(server_line);
		fairdraw_put_row(&writer, values);
		pfree(DatumGetPointer(values[1]));
		pfree(server_line);
		pfree(DatumGetPointer(value));
	}
	tuplesort_end(sort);
	fairdraw_sink_hash(&sink, hash);

	fairdraw_enter_owner(&section);
	name_values = palloc(query->columns->natts * sizeof(Datum));
	for (int i = 0; i < query->columns->natts; i++)
		name_values[i] = CStringGetTextDatum(fairdraw_shown(names[i]));
	fairdraw_write("INSERT INTO fairdraw_data.data_set (ceremony, name, salt, columns, rows, hash, committed_by)"
				   " VALUES ($1, $2, $3, $4, $5, $6, $7)", "ttta" "ltt", label, name, salt,
				   PointerGetDatum(construct_array(name_values, query->columns->natts, TEXTOID,
												   -1, false, TYPALIGN_INT)),
				   rows, hash, user);
	fairdraw_end_owner(&section);
	fairdraw_end_rows(&writer);
	SPI_finish();
	PG_RETURN_TEXT_P(cstring_to_text(hash));
}
