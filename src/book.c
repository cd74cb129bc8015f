/*
 * book.c
 *		Tables of rules, compiled once in a session and kept.
 */
#include "fairdraw.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "replication/logicalworker.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

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
		(moment->command == snapshot->curcid || !book->unsettled);
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

/* Also what lets a session go on whose setup() was not called. */
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
	}
}

/* For compile(): runs a query under the active snapshot. */
void
fairdraw_read_book(const char *query)
{
	MemoryContext caller = CurrentMemoryContext;
	int			result = SPI_execute(query, true, 0);

	/* SPI leaves its own behind */
	MemoryContextSwitchTo(caller);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\": %s", query, SPI_result_code_string(result));
}

/*
 * Compiles into "context", under the active snapshot and as the owner of the
 * rules: the session keeps the book for whoever it is next, and nothing that the
 * owner put there may run with the rights of a caller.
 */
static void *
compile(Book *book, MemoryContext context)
{
	OwnerSection section;
	MemoryContext caller;
	void	   *contents;

	SPI_connect();
	fairdraw_enter_owner(&section);
	fairdraw_read_book("SELECT max(step) FROM fairdraw_data.step");
	fairdraw_check_steps(fairdraw_book_integer(0, 1, 0));
	caller = MemoryContextSwitchTo(context);
	contents = book->compile();
	MemoryContextSwitchTo(caller);
	fairdraw_end_owner(&section);
	SPI_finish();
	return contents;
}

/* The contents for the active snapshot, and perhaps for later ones. */
static void
read_anew(Book *book)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "fairdraw book",
												  ALLOCSET_DEFAULT_SIZES);
	void	   *contents;

	find_tables(book);
	contents = compile(book, context);

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
	/* the snapshot of a transaction can be as old as who exported it pleased */
	book->lasting = !book->unsettled && !IsolationUsesXactSnapshot();
}

static void
look_again(Book *book)
{
	Snapshot	snapshot = GetActiveSnapshot();

	/* a commit whose client was told of it has sent its invalidations */
	AcceptInvalidationMessages();
	if (!book->valid || (book->lasting ? is_older(snapshot, &book->compiled)
						 : !is_moment(book, &book->compiled, snapshot)))
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
	else if (!book->valid || !is_moment(book, &book->moment, GetActiveSnapshot()))
		look_again(book);
	return book->contents;
}

char *
fairdraw_book_text(uint64 row, int column)
{
	char	   *value = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column);

	return value;
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
	}
}

/*
 * rules_changed(): on each of the tables, after every statement; and after
 * every row, since logical replication fires no others.
 *
 * Rules that do not compile are refused here, so that they cannot fail in
 * somebody's query.  The lock lets writers of one book in one after another; it
 * conflicts with no other lock that their statements take.
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
	CacheInvalidateRelcacheByRelid(relation);
	if (TRIGGER_FIRED_FOR_ROW(trigger->tg_event) || IsLogicalWorker())
		return PointerGetDatum(NULL);

	for (int i = 0; i < lengthof(books); i++)
	{
		Book	   *book = books[i];
		MemoryContext trial;

		find_tables(book);
		if (!stands_in(book, relation))
			continue;
		LockRelationOid(book->relations[0], ShareUpdateExclusiveLock);
		trial = AllocSetContextCreate(CurrentMemoryContext, "fairdraw book on trial",
									  ALLOCSET_DEFAULT_SIZES);
		CommandCounterIncrement();
		PushActiveSnapshot(GetLatestSnapshot());
		(void) compile(book, trial);
		PopActiveSnapshot();
		MemoryContextDelete(trial);
	}
	return PointerGetDatum(NULL);
}

/* The library may have been loaded after an invalidation of this transaction. */
void
fairdraw_book_init(void)
{
	for (int i = 0; i < lengthof(books); i++)
		books[i]->unsettled = true;
	CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
	RegisterXactCallback(transaction_ends, NULL);
}
