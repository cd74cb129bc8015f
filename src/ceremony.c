/*
 * ceremony.c
 *		Opening, sealing, aborting and disclosing ceremonies (protocol sections
 *		3 and 4).
 *
 * A state of a ceremony is a row whose primary key lets it happen once; the
 * row of the ceremony is locked while one is decided on.
 */
#include "fairdraw.h"

#include "access/xact.h"
#include "catalog/pg_database.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "arguments.h"
#include "ceremony.h"
#include "field.h"

/*
 * States
 */

/* An error unless draws and data can still be committed. */
void
fairdraw_require_open(const CeremonyRecord *ceremony)
{
	if (ceremony->aborted)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("ceremony \"%s\" was aborted", fairdraw_shown(ceremony->label)),
				 errhint("Open another one, under another label.")));
	if (ceremony->sealed)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("ceremony \"%s\" is sealed", fairdraw_shown(ceremony->label)),
				 errhint("Nothing can be added to it any more: open another one.")));
}

void
fairdraw_require_sealed(const CeremonyRecord *ceremony)
{
	if (!ceremony->sealed)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("ceremony \"%s\" is not sealed", fairdraw_shown(ceremony->label)),
				 errhint("Seal it first: SELECT fairdraw.seal_ceremony(%s).",
						 fairdraw_quoted(ceremony->label))));
}

void
fairdraw_require_executed(const CeremonyRecord *ceremony)
{
	if (ceremony->execution == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("ceremony \"%s\" was not executed", fairdraw_shown(ceremony->label)),
				 errhint("Execute it once its entropy is known: SELECT fairdraw.execute_ceremony(%s, ...).",
						 fairdraw_quoted(ceremony->label))));
}

/* Before the first due time nobody can know anything of the result. */
static void
require_before_first_due(const CeremonyRecord *ceremony, const char *message,
						 const char *hint)
{
	if (!ceremony->rehearsal && GetCurrentTimestamp() >= ceremony->sources[0].due_at)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg(message, fairdraw_shown(ceremony->label)),
				 errdetail("The first value, \"%s\", was due at %s.",
						   ceremony->sources[0].name, ceremony->sources[0].due),
				 errhint("%s", hint)));
}

/*
 * A transaction that sealed could be held open past the first due time, and
 * rolled back if the outcome does not please.  So the clock is read again at
 * the very end, for each decision that was not rolled back with a savepoint.
 */
typedef struct Decision
{
	struct Decision *next;
	TimestampTz before;			/* it has to be committed before */
	SubTransactionId made_in;
} Decision;

/*
 * Callbacks run in the reverse order of their registration, and those of
 * postgres_fdw may wait for another server: was it here before us?
 */
static bool remote_first = false;

static Decision *decisions = NULL;	/* in TopTransactionContext */

static void
check_decisions(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_PRE_PREPARE:
			if (decisions != NULL)
				ereport(ERROR,
						(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						 errmsg("a transaction that sealed or aborted a ceremony cannot be prepared"),
						 errhint("Commit it: it has to be decided before the first due time.")));
			break;
		case XACT_EVENT_PRE_COMMIT:

			/*
			 * Temporary tables can be locked by others and then hold the
			 * commit up after the clock was read.
			 */
			if (decisions != NULL && (MyXactFlags & XACT_FLAGS_ACCESSEDTEMPNAMESPACE))
				ereport(ERROR,
						(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						 errmsg("a transaction that sealed or aborted a ceremony cannot have used temporary tables"),
						 errhint("Seal or abort in a transaction of its own.")));

			/*
			 * A NOTIFY waits for this lock after the callbacks: wait for it
			 * before the clock is read.
			 */
			if (decisions != NULL)
				LockSharedObject(DatabaseRelationId, InvalidOid, 0, AccessExclusiveLock);
			for (Decision *decision = decisions; decision != NULL; decision = decision->next)
				if (GetCurrentTimestamp() >= decision->before)
					ereport(ERROR,
							(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
							 errmsg("the first due time passed before the transaction was committed"),
							 errhint("Commit a sealing or an abort at once.")));
			break;
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
			decisions = NULL;
			break;
		case XACT_EVENT_PARALLEL_PRE_COMMIT:
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_PARALLEL_ABORT:
			break;
	}
}

static void
forget_decisions(SubXactEvent event, SubTransactionId mine, SubTransactionId parent,
				 void *arg)
{
	for (Decision **at = &decisions; *at != NULL;)
	{
		if ((*at)->made_in == mine && event == SUBXACT_EVENT_ABORT_SUB)
		{
			*at = (*at)->next;
			continue;
		}
		if ((*at)->made_in == mine && event == SUBXACT_EVENT_COMMIT_SUB)
			(*at)->made_in = parent;
		at = &(*at)->next;
	}
}

void
fairdraw_ceremony_init(void)
{
	remote_first = GetConfigOptionByName("postgres_fdw.application_name", NULL, true) != NULL;
	RegisterXactCallback(check_decisions, NULL);
	RegisterSubXactCallback(forget_decisions, NULL);
}

static void
remember_decision(const CeremonyRecord *ceremony)
{
	Decision   *decision;

	if (ceremony->rehearsal)
		return;
	if (remote_first)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a ceremony cannot be sealed or aborted in a session that used postgres_fdw before fairdraw"),
				 errdetail("Its remote transactions would be committed after the clock is read."),
				 errhint("Do it first thing in a new session.")));
	decision = MemoryContextAlloc(TopTransactionContext, sizeof(Decision));
	decision->before = ceremony->sources[0].due_at;
	decision->made_in = GetCurrentSubTransactionId();
	decision->next = decisions;
	decisions = decision;
}

/*
 * What every decision begins and ends with
 */

/* The label of the ceremony is the first argument. */
void
fairdraw_begin_call(DrawerCall *call, FunctionCallInfo fcinfo)
{
	call->label = fairdraw_utf8_arg(fcinfo, 0);
	fairdraw_require_duty(DUTY_DRAWER);
	call->user = fairdraw_caller();
	SPI_connect();
	fairdraw_begin_owner(&call->section);
	call->ceremony = fairdraw_load_ceremony(call->label, LOCK_UPDATE);
}

void
fairdraw_end_call(const DrawerCall *call)
{
	fairdraw_end_owner(&call->section);
	SPI_finish();
}

/*
 * Opening
 */

/* An error unless the secret is the one that was committed. */
void
fairdraw_require_secret(const CeremonyRecord *ceremony)
{
	char		hash[FAIRDRAW_HEX_LEN + 1] = "";
	uint8		digest[FAIRDRAW_HASH_LEN];

	if (ceremony->secret_hash == NULL && ceremony->secret == NULL)
		return;
	if (ceremony->secret != NULL)
	{
		fairdraw_sha256(ceremony->secret, strlen(ceremony->secret), digest);
		fairdraw_to_hex(digest, sizeof(digest), hash);
	}
	if (ceremony->secret_hash == NULL || strcmp(hash, ceremony->secret_hash) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the secret of ceremony \"%s\" is not the one that was committed",
						fairdraw_shown(ceremony->label)),
				 errhint("Restore the table fairdraw_data.ceremony_secret from a backup, or take the copy that lies with a third party.")));
}

static void
make_secret(CeremonyRecord *ceremony)
{
	uint8		bytes[FAIRDRAW_HASH_LEN];

	ceremony->secret = palloc(FAIRDRAW_HEX_LEN + 1);
	ceremony->secret_hash = palloc(FAIRDRAW_HEX_LEN + 1);
	fairdraw_random_hex(ceremony->secret, FAIRDRAW_HEX_LEN);
	fairdraw_sha256(ceremony->secret, FAIRDRAW_HEX_LEN, bytes);
	fairdraw_to_hex(bytes, sizeof(bytes), ceremony->secret_hash);
}

/* Writes so many random hexadecimal digits and a NUL. */
void
fairdraw_random_hex(char *hex, int digits)
{
	uint8		bytes[FAIRDRAW_HASH_LEN];

	Assert(digits <= FAIRDRAW_HEX_LEN);
	if (!pg_strong_random(bytes, digits / 2))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random bytes"),
				 errhint("Check the random number generator of the operating system.")));
	fairdraw_to_hex(bytes, digits / 2, hex);
}

static void
insert_ceremony(const CeremonyRecord *ceremony, DateADT disclose, const char *user)
{
	char	   *date = text_to_cstring(DatumGetTextPP(DirectFunctionCall2(timestamp_to_char,
																		  DirectFunctionCall1(date_timestamp, DateADTGetDatum(disclose)),
																		  CStringGetTextDatum("YYYY-MM-DD"))));

	if (fairdraw_write("INSERT INTO fairdraw_data.ceremony"
					   " (ceremony, rehearsal, agency, place, disclose, secret_hash, opened_by)"
					   " VALUES ($1, $2, $3, $4, $5::pg_catalog.date, $6, $7)"
					   " ON CONFLICT DO NOTHING",
					   "tbttttt", ceremony->label, ceremony->rehearsal, ceremony->agency,
					   ceremony->place, date, ceremony->secret_hash, user) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNIQUE_VIOLATION),
				 errmsg("there is a ceremony \"%s\" already", fairdraw_shown(ceremony->label)),
				 errhint("A label is used once and for ever: take another one.")));
	for (int i = 0; i < ceremony->nsources; i++)
		fairdraw_write("INSERT INTO fairdraw_data.entropy_source"
					   " (ceremony, position, name, kind, bits, due, mask, how)"
					   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
					   "titt" "iztt", ceremony->label, i + 1, ceremony->sources[i].name,
					   ceremony->sources[i].is_public ? "public" : "local",
					   ceremony->sources[i].bits, ceremony->sources[i].due_at,
					   ceremony->sources[i].mask, ceremony->sources[i].how);
	if (ceremony->secret != NULL)
		fairdraw_write("INSERT INTO fairdraw_data.ceremony_secret (ceremony, secret) VALUES ($1, $2)",
					   "tt", ceremony->label, ceremony->secret);
}

/* the name of the caller as records keep it */
char *
fairdraw_caller(void)
{
	char	   *name = GetUserNameFromId(GetUserId(), false);
	size_t		len;
	const char *utf8 = fairdraw_to_utf8(name, strlen(name), &len);

	return pnstrdup(utf8, len);
}

/* open_ceremony(ceremony, entropy text[], place, disclose, secret, rehearsal) */
PG_FUNCTION_INFO_V1(fairdraw_open_ceremony);
Datum
fairdraw_open_ceremony(PG_FUNCTION_ARGS)
{
	CeremonyRecord *ceremony = palloc0(sizeof(CeremonyRecord));
	DateADT		disclose = DatumGetDateADT(fairdraw_arg(fcinfo, 3));
	char	   *user;
	OwnerSection section;
	Datum	   *items;
	bool	   *nulls;

	fairdraw_require_duty(DUTY_DRAWER);
	user = fairdraw_caller();
	ceremony->label = fairdraw_utf8_arg(fcinfo, 0);
	fairdraw_require_field("ceremony label", ceremony->label, FAIRDRAW_MAX_LABEL);
	ceremony->place = fairdraw_utf8_arg(fcinfo, 2);
	fairdraw_require_field("place of publication", ceremony->place, FAIRDRAW_MAX_REMARK);
	ceremony->rehearsal = DatumGetBool(fairdraw_arg(fcinfo, 5));

	deconstruct_array(DatumGetArrayTypeP(fairdraw_arg(fcinfo, 1)), TEXTOID, -1, false, TYPALIGN_INT,
					  &items, &nulls, &ceremony->nsources);
	ceremony->sources = palloc0(Max(ceremony->nsources, 1) * sizeof(EntropySource));
	for (int i = 0; i < ceremony->nsources; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("entropy %d is null", i + 1),
					 errhint("Leave it out.")));
		fairdraw_parse_source(fairdraw_text_to_utf8(DatumGetTextPP(items[i])), &ceremony->sources[i]);
	}
	fairdraw_check_sources(ceremony);
	if (DATE_NOT_FINITE(disclose) ||
		disclose < (DateADT) (ceremony->sources[ceremony->nsources - 1].due_at / USECS_PER_DAY) - 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the seed cannot be disclosed before it exists"),
				 errdetail("The last value, \"%s\", is due at %s.",
						   ceremony->sources[ceremony->nsources - 1].name,
						   ceremony->sources[ceremony->nsources - 1].due),
				 errhint("Give a date after that.")));
	if (DatumGetBool(fairdraw_arg(fcinfo, 4)))
		make_secret(ceremony);

	SPI_connect();
	fairdraw_begin_owner(&section);
	require_before_first_due(ceremony, "ceremony \"%s\" is opened too late",
							 "Take sources whose values are still to come.");
	if (fairdraw_read("SELECT name FROM fairdraw_data.agency", "") > 0)
		ceremony->agency = fairdraw_get_text(0, 1);
	if (ceremony->agency == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the agency has no name"),
				 errhint("The owner of the records gives it: SELECT fairdraw.setup('name of the agency').")));
	insert_ceremony(ceremony, disclose, user);
	fairdraw_end_owner(&section);
	SPI_finish();
	PG_RETURN_VOID();
}

/*
 * Sealing
 */

static void
take_serial(CeremonyRecord *ceremony)
{
	/* one at a time: until this transaction ends, others wait here */
	if (fairdraw_write("SELECT FROM fairdraw_data.agency FOR UPDATE", "") != 1)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the row of fairdraw_data.agency is missing"),
				 errhint("The owner of the records puts it back: SELECT fairdraw.setup('name of the agency').")));
	ceremony->serial = 1;
	ceremony->previous = NULL;
	if (fairdraw_read("SELECT serial, hash FROM fairdraw_data.seal"
					  " WHERE serial > 0 ORDER BY serial DESC LIMIT 1", "") > 0)
	{
		ceremony->serial = fairdraw_get_int32(0, 1) + 1;
		ceremony->previous = fairdraw_get_text(0, 2);
	}
}

/* seal_ceremony(ceremony): the ceremony hash */
PG_FUNCTION_INFO_V1(fairdraw_seal_ceremony);
Datum
fairdraw_seal_ceremony(PG_FUNCTION_ARGS)
{
	static const char *const too_late = "ceremony \"%s\" cannot be sealed any more";
	static const char *const open_another = "Open another one, with sources whose values are still to come.";
	char		hash[FAIRDRAW_HEX_LEN + 1];
	CeremonyRecord *ceremony;
	DrawerCall	call;

	fairdraw_begin_call(&call, fcinfo);
	ceremony = call.ceremony;
	fairdraw_require_open(ceremony);
	if (ceremony->nplans + ceremony->ndata == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("nothing was committed in ceremony \"%s\"", fairdraw_shown(call.label)),
				 errhint("Commit a draw first: SELECT fairdraw.commit_draw(%s, ...).", fairdraw_quoted(call.label))));
	ceremony->serial = 0;
	/* once before waiting for others, and once after */
	require_before_first_due(ceremony, too_late, open_another);
	if (!ceremony->rehearsal)
		take_serial(ceremony);
	require_before_first_due(ceremony, too_late, open_another);
	fairdraw_ceremony_hash(ceremony, hash);
	fairdraw_write("INSERT INTO fairdraw_data.seal (ceremony, serial, previous, hash, sealed_by)"
				   " VALUES ($1, $2, $3, $4, $5)", "titt" "t",
				   call.label, ceremony->serial, ceremony->previous, hash, call.user);
	remember_decision(ceremony);
	fairdraw_end_call(&call);
	PG_RETURN_TEXT_P(cstring_to_text(hash));
}

/* abort_ceremony(ceremony, reason) */
PG_FUNCTION_INFO_V1(fairdraw_abort_ceremony);
Datum
fairdraw_abort_ceremony(PG_FUNCTION_ARGS)
{
	char	   *reason = fairdraw_utf8_arg(fcinfo, 1);
	CeremonyRecord *ceremony;
	DrawerCall	call;

	fairdraw_require_field("reason", reason, FAIRDRAW_MAX_REMARK);
	fairdraw_begin_call(&call, fcinfo);
	ceremony = call.ceremony;
	if (ceremony->aborted)
		fairdraw_require_open(ceremony);
	if (ceremony->execution > 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("ceremony \"%s\" was executed", fairdraw_shown(call.label)),
				 errhint("Its result stands.  A value that was entered wrongly is replaced by correct_execution().")));
	require_before_first_due(ceremony, "ceremony \"%s\" cannot be aborted any more",
							 "From then on the result is the function of the ceremony and of the true values: execute it once they are known.");
	fairdraw_write("INSERT INTO fairdraw_data.abort (ceremony, reason, secret, aborted_by)"
				   " VALUES ($1, $2, $3, $4)", "tttt", call.label, reason, ceremony->secret, call.user);
	remember_decision(ceremony);
	fairdraw_end_call(&call);
	PG_RETURN_VOID();
}

/* disclose_seed(ceremony) */
PG_FUNCTION_INFO_V1(fairdraw_disclose_seed);
Datum
fairdraw_disclose_seed(PG_FUNCTION_ARGS)
{
	CeremonyRecord *ceremony;
	DrawerCall	call;

	fairdraw_begin_call(&call, fcinfo);
	ceremony = call.ceremony;
	fairdraw_require_executed(ceremony);
	if (ceremony->disclosed)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the seed of ceremony \"%s\" is public already", fairdraw_shown(call.label)),
				 errhint("SELECT fairdraw.seed_text(%s) shows it.", fairdraw_quoted(call.label))));
	fairdraw_write("INSERT INTO fairdraw_data.disclosure (ceremony, disclosed_by) VALUES ($1, $2)",
				   "tt", call.label, call.user);
	fairdraw_end_call(&call);
	PG_RETURN_VOID();
}
