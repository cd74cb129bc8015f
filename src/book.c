/*
 * book.c
 *		Tables of rules, compiled once in a session and kept.
 */
#include "fairdraw.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "replication/logicalworker.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "book.h"
#include "owner.h"

static Book *const books[] = {
	&fairdraw_calendar_book, &fairdraw_deadline_book,
	&fairdraw_disclosure_book, &fairdraw_code_book
};

/*
 * Does the book say under this snapshot what it said at that moment?  Commands
 * of this transaction matter only if it changed rules.
 */
static bool
is_moment(const Book *book, const Moment *moment, Snapshot snapshot)
{
	return moment->xmax == snapshot->xmax &&
		moment->xmin == snapshot->xmin &&
		moment->running == snapshot->xcnt + (uint32) snapshot->subxcnt &&
		(moment->command == snapshot->curcid || !book->changed);
}

static void
set_moment(Moment *moment, Snapshot snapshot)
{
	moment->xmin = snapshot->xmin;
	moment->xmax = snapshot->xmax;
	moment->running = snapshot->xcnt + (uint32) snapshot->subxcnt;
	moment->command = snapshot->curcid;
}

static bool
is_older(Snapshot snapshot, const Moment *moment)
{
	if (snapshot->xmax != moment->xmax)
		return TransactionIdPrecedes(snapshot->xmax, moment->xmax);
	return snapshot->xcnt + (uint32) snapshot->subxcnt > moment->running;
}

static void
find_tables(Book *book)
{
	Oid			schema = get_namespace_oid("fairdraw_data", true);

	if (!OidIsValid(schema))
		fairdraw_no_setup("the rules of fairdraw do not exist");
	for (int i = 0; i < BOOK_TABLES && book->tables[i] != NULL; i++)
	{
		book->relations[i] = get_relname_relid(book->tables[i], schema);
		if (!OidIsValid(book->relations[i]))
			fairdraw_no_setup("the records of fairdraw are of an older version");
		if (get_rel_relkind(book->relations[i]) != RELKIND_RELATION)
			ereport(ERROR,
					(errcode(ERRCODE_WRONG_OBJECT_TYPE),
					 errmsg("fairdraw_data.%s is no ordinary table", book->tables[i]),
					 errhint("Put the table back that fairdraw.setup() made.")));
	}
}

/*
 * Reading tables
 */

#define MOST_RULES 10000		/* in a table; days are more */

static Oid
type_of(char letter)
{
	switch (pg_tolower(letter))
	{
		case 't':
			return TEXTOID;
		case 'd':
			return DATEOID;
		case 'i':
			return INT4OID;
		case 'b':
			return BOOLOID;
		case 'v':
			return INTERVALOID;
		case 'a':
			return TEXTARRAYOID;
	}
	elog(ERROR, "unknown type of column: %c", letter);
}

/* Before it runs: what has another type could bring functions of its own. */
static SPIPlanPtr
prepare_reading(const char *table, const char *query, const char *types)
{
	SPIPlanPtr	plan = SPI_prepare(query, 0, NULL);
	TupleDesc	columns;

	if (plan == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", query, SPI_result_code_string(SPI_result));
	columns = ((CachedPlanSource *) linitial(SPI_plan_get_plan_sources(plan)))->resultDesc;
	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		if (column->atttypid != type_of(types[i]))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" of fairdraw_data.%s has type %s instead of %s", NameStr(column->attname),
							table, format_type_be(column->atttypid), format_type_be(type_of(types[i]))),
					 errhint("Give it back the type that fairdraw.setup() gave it.")));
	}
	return plan;
}

static void
check_values(const char *table, const char *types)
{
	TupleDesc	columns = SPI_tuptable->tupdesc;

	for (uint64 row = 0; row < SPI_processed; row++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < columns->natts; i++)
		{
			bool		isnull;
			Datum		value = fairdraw_book_datum(row, i + 1, &isnull);

			if (isnull ? types[i] == pg_toupper(types[i])
				: type_of(types[i]) == TEXTOID && VARSIZE_ANY_EXHDR(DatumGetTextPP(value)) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_CHECK_VIOLATION),
						 errmsg("column \"%s\" of fairdraw_data.%s is %s", NameStr(TupleDescAttr(columns, i)->attname),
								table, isnull ? "null" : "empty"),
						 errdetail("The row is that of \"%s\".", fairdraw_book_text(row, 1) == NULL ? "" : fairdraw_book_text(row, 1)),
						 errhint("Give it a value%s.", types[i] == pg_toupper(types[i]) ? "" : ", or null where it does not matter")));
		}
	}
}

void
fairdraw_read_book(const char *table, const char *query, const char *types)
{
	MemoryContext caller = CurrentMemoryContext;
	int			result = SPI_execute_plan(prepare_reading(table, query, types), NULL, NULL, true, 0);

	/* SPI leaves its own behind */
	MemoryContextSwitchTo(caller);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\": %s", query, SPI_result_code_string(result));
	if (SPI_processed > MOST_RULES && pg_tolower(types[0]) == 't')
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("there are " UINT64_FORMAT " rows in fairdraw_data.%s", SPI_processed, table),
				 errhint("At most %d can be evaluated.", MOST_RULES)));
	check_values(table, types);
}

/* Do the triggers stand that tell of changes?  (type as in setup_guards()) */
static bool
is_watched(const Book *book)
{
	for (int i = 0; i < BOOK_TABLES && book->tables[i] != NULL; i++)
	{
		fairdraw_look(psprintf("SELECT count(*)::int4 FROM pg_trigger WHERE tgrelid = %u AND tgenabled = 'A' AND tgtype = 60"
							   " AND tgfoid = 'fairdraw.rules_changed'::regproc", book->relations[i]), "");
		if (fairdraw_book_integer(0, 1, 0) != 1)
			return false;
	}
	return true;
}

/*
 * Compiles into "context", under the active snapshot and as the owner of the
 * rules: the session keeps the book for whoever it is next, and nothing that the
 * owner put there may run with the rights of a caller.
 */
static void *
compile(Book *book, MemoryContext context, bool *watched)
{
	OwnerSection section;
	MemoryContext caller;
	void	   *contents;

	SPI_connect();
	fairdraw_enter_reader(&section);
	find_tables(book);
	fairdraw_look("SELECT coalesce(max(step), 0)::int4 FROM fairdraw_data.step", "");
	fairdraw_check_steps(fairdraw_book_integer(0, 1, 0));
	*watched = is_watched(book);
	caller = MemoryContextSwitchTo(context);
	contents = book->compile();
	MemoryContextSwitchTo(caller);
	fairdraw_end_reader(&section);
	SPI_finish();
	return contents;
}

/*
 * Is the active snapshot as new as any?  (In parallel mode nobody can take
 * another; workers do not live long enough to care.)
 */
static bool
is_latest(Snapshot snapshot)
{
	Moment		latest;

	if (IsInParallelMode())
		return false;
	set_moment(&latest, GetLatestSnapshot());
	return latest.xmax == snapshot->xmax &&
		latest.running == snapshot->xcnt + (uint32) snapshot->subxcnt;
}

/* The contents for the active snapshot, and perhaps for later ones. */
static void
read_anew(Book *book)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "fairdraw book",
												  ALLOCSET_DEFAULT_SIZES);
	bool		watched;
	void	   *contents = compile(book, context, &watched);

	if (book->context != NULL)
		MemoryContextDelete(book->context);
	MemoryContextSetIdentifier(context, book->name);
	MemoryContextSetParent(context, CacheMemoryContext);
	book->context = context;
	book->contents = contents;
	book->edition++;
	set_moment(&book->moment, GetActiveSnapshot());
	book->compiled = book->moment;
	book->valid = true;
	book->own = true;
	/* the snapshot of a transaction can be as old as who exported it pleased */
	book->lasting = watched && !book->changed &&
		((!book->unsettled && !IsolationUsesXactSnapshot()) || is_latest(GetActiveSnapshot()));
}

static void
look_again(Book *book)
{
	Snapshot	snapshot = GetActiveSnapshot();

	/* a commit whose client was told of it has sent its invalidations */
	AcceptInvalidationMessages();
	if (!book->valid || (book->lasting ? is_older(snapshot, &book->compiled)
						 : !is_moment(book, &book->compiled, snapshot)) ||
	/* where who reads what matters, it has to be read */
		(IsolationIsSerializable() && !book->own))
		read_anew(book);
	set_moment(&book->moment, snapshot);
}

void *
fairdraw_book(Book *book)
{
	if (unlikely(!ActiveSnapshotSet()))
	{
		PushActiveSnapshot(GetTransactionSnapshot());
		look_again(book);
		PopActiveSnapshot();
	}
	else if (!book->valid || !is_moment(book, &book->moment, GetActiveSnapshot()) ||
			 (XactIsoLevel == XACT_SERIALIZABLE && !book->own))
		look_again(book);
	return book->contents;
}

char *
fairdraw_book_text(uint64 row, int column)
{
	return SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column);
}

Datum
fairdraw_book_datum(uint64 row, int column, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, isnull);
}

bool
fairdraw_book_flag(uint64 row, int column)
{
	bool		isnull;
	Datum		value = fairdraw_book_datum(row, column, &isnull);

	return !isnull && DatumGetBool(value);
}

int32
fairdraw_book_integer(uint64 row, int column, int32 otherwise)
{
	bool		isnull;
	Datum		value = fairdraw_book_datum(row, column, &isnull);

	return isnull ? otherwise : DatumGetInt32(value);
}

/*
 * What makes a book another
 */

static bool
stands_in(const Book *book, Oid relation)
{
	for (int i = 0; i < BOOK_TABLES; i++)
		if (book->relations[i] == relation)
			return true;
	return false;
}

/*
 * A book that is not valid may not know its tables, since they were never
 * looked for or made anew: any could be one.
 */
static void
relation_changed(Datum arg, Oid relation)
{
	for (int i = 0; i < lengthof(books); i++)
		if (!books[i]->valid || !OidIsValid(relation) || stands_in(books[i], relation))
		{
			books[i]->valid = false;
			books[i]->unsettled = true;
		}
}

/* A schema was made, dropped or renamed: other tables may have our names. */
static void
schema_changed(Datum arg, int cache, uint32 hash)
{
	relation_changed(arg, InvalidOid);
}

static void
transaction_ends(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE ||
		event == XACT_EVENT_PARALLEL_PRE_COMMIT)
		return;
	for (int i = 0; i < lengthof(books); i++)
	{
		books[i]->valid &= books[i]->lasting;
		books[i]->unsettled = false;
		books[i]->changed = false;
		books[i]->own = false;
	}
}

/* Compiles it as it is now, and throws that away. */
static void
try_book(Book *book)
{
	MemoryContext trial = AllocSetContextCreate(CurrentMemoryContext, "fairdraw book on trial",
												ALLOCSET_DEFAULT_SIZES);
	bool		watched;

	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	(void) compile(book, trial, &watched);
	PopActiveSnapshot();
	MemoryContextDelete(trial);
}

/*
 * rules_changed(): on each of the tables, before and after every statement; and
 * after every row, since logical replication fires no others.
 *
 * Before a statement a lock lets in one writer of a book after another; it
 * conflicts with no lock that statements themselves take.  After it, rules that
 * do not compile are refused, so that they cannot fail in somebody's query.
 */
PG_FUNCTION_INFO_V1(fairdraw_rules_changed);
Datum
fairdraw_rules_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Oid			relation;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("rules_changed() was not called as a trigger"),
				 errhint("fairdraw.setup() makes the triggers that call it.")));
	relation = RelationGetRelid(trigger->tg_relation);
	if (TRIGGER_FIRED_AFTER(trigger->tg_event))
		CacheInvalidateRelcacheByRelid(relation);
	if (TRIGGER_FIRED_FOR_ROW(trigger->tg_event) || IsLogicalWorker())
		return PointerGetDatum(NULL);

	for (int i = 0; i < lengthof(books); i++)
	{
		Book	   *book = books[i];

		find_tables(book);
		if (!stands_in(book, relation))
			continue;
		if (TRIGGER_FIRED_BEFORE(trigger->tg_event))
			LockRelationOid(book->relations[0], ShareUpdateExclusiveLock);
		else
		{
			book->changed = true;
			try_book(book);
		}
	}
	return PointerGetDatum(NULL);
}

/* check_rules(): an error unless all rules can be evaluated */
PG_FUNCTION_INFO_V1(fairdraw_check_rules);
Datum
fairdraw_check_rules(PG_FUNCTION_ARGS)
{
	for (int i = 0; i < lengthof(books); i++)
		try_book(books[i]);
	PG_RETURN_VOID();
}

/* The library may have been loaded after an invalidation of this transaction. */
void
fairdraw_book_init(void)
{
	for (int i = 0; i < lengthof(books); i++)
		books[i]->unsettled = true;
	CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACENAME, schema_changed, (Datum) 0);
	RegisterXactCallback(transaction_ends, NULL);
}
