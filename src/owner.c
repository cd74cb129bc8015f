/*
 * owner.c
 *		Working on the records, as the owner of schema fairdraw_data.
 *
 * A caller with a duty has no rights on the records themselves.  What appends
 * to them, or reads what is secret, is C: it checks the duty, runs the caller's
 * own query as the caller, and everything else as the owner of the schema, with
 * SECURITY_RESTRICTED_OPERATION (as REFRESH MATERIALIZED VIEW does) and without
 * the caller's search_path, so that neither the caller's objects nor a trigger
 * of the owner's gain anything.
 *
 * Strings are UTF-8 on this side and in the server's encoding on the other.
 */
#include "fairdraw.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "replication/logicalworker.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "arguments.h"
#include "field.h"
#include "owner.h"

#define DATA_SCHEMA "fairdraw_data"

/*
 * The subtransaction levels at which sections were begun that have not ended;
 * an error ends those of its subtransaction.  Only within one does guard() let
 * anybody append.  (A trigger of the owner's can begin another one inside.)
 */
#define MAX_SECTIONS 32

static int	section_levels[MAX_SECTIONS];
static int	sections = 0;

void
fairdraw_no_setup(const char *message)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("%s", message),
			 errhint("Call SELECT fairdraw.setup(); as a role that may create a schema, or as the one that owns it.")));
}

static Oid
data_owner(Oid *schema)
{
	HeapTuple	tuple;
	Oid			owner;

	*schema = get_namespace_oid(DATA_SCHEMA, true);
	if (!OidIsValid(*schema) ||
		!HeapTupleIsValid(tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(*schema))))
		fairdraw_no_setup("the records of fairdraw do not exist");
	owner = ((Form_pg_namespace) GETSTRUCT(tuple))->nspowner;
	ReleaseSysCache(tuple);
	return owner;
}

static bool
may_execute(Oid schema, const char *function)
{
	oidvector  *no_arguments = buildoidvector(NULL, 0);
	Oid			oid = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
									  CStringGetDatum(function),
									  PointerGetDatum(no_arguments),
									  ObjectIdGetDatum(schema));

	if (!OidIsValid(oid))
		fairdraw_no_setup("the records of fairdraw are not complete");
#if PG_VERSION_NUM >= 160000
	return object_aclcheck(ProcedureRelationId, oid, GetUserId(), ACL_EXECUTE) == ACLCHECK_OK;
#else
	return pg_proc_aclcheck(oid, GetUserId(), ACL_EXECUTE) == ACLCHECK_OK;
#endif
}

/* Has the caller this duty, or one of these? */
bool
fairdraw_has_duty(Duty duty)
{
	Oid			schema;

	(void) data_owner(&schema);
	return ((duty & DUTY_DRAWER) && may_execute(schema, "drawer")) ||
		((duty & DUTY_AUDITOR) && may_execute(schema, "auditor")) ||
		((duty & DUTY_PUBLISHER) && may_execute(schema, "publisher"));
}

void
fairdraw_require_duty(Duty duty)
{
	const char *name = duty == DUTY_DRAWER ? "drawer"
		: duty == DUTY_AUDITOR ? "auditor"
		: duty == DUTY_PUBLISHER ? "publisher" : "drawer or auditor";

	if (!fairdraw_has_duty(duty))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("role \"%s\" does not have the duty %s",
						GetUserNameFromId(GetUserId(), false), name),
				 errhint("The owner of schema fairdraw_data grants it: SELECT fairdraw.grant_duty('%s', %s);",
						 duty == DUTY_ANY ? "auditor" : name,
						 quote_literal_cstr(quote_identifier(GetUserNameFromId(GetUserId(), false))))));
}

static void
set_for_a_while(const char *setting, const char *value)
{
	(void) set_config_option(setting, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

/* Are the records, which took so many steps of setup(), of this version? */
void
fairdraw_check_steps(int32 steps)
{
	if (steps < FAIRDRAW_SETUP_STEPS)
		fairdraw_no_setup("the records of fairdraw are of an older version");
	if (steps > FAIRDRAW_SETUP_STEPS)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the records are of a newer version of fairdraw"),
				 errhint("Install that version, then ALTER EXTENSION fairdraw UPDATE.")));
}

/* Who calls becomes the owner, without his search_path and whatever shows plans. */
static void
become_owner(OwnerSection *section)
{
	static const char *const revealing[] = {
		"debug_print_parse", "debug_print_rewritten", "debug_print_plan"
	};
	Oid			schema;
	Oid			owner = data_owner(&schema);

	GetUserIdAndSecContext(&section->user, &section->security);
	section->settings = NewGUCNestLevel();
	section->read_only = XactReadOnly;
	SetUserIdAndSecContext(owner, section->security | SECURITY_RESTRICTED_OPERATION);
	set_for_a_while("search_path", "pg_catalog, pg_temp");
	/* plans would show secrets among their constants */
	for (int i = 0; i < lengthof(revealing); i++)
		set_for_a_while(revealing[i], "off");
}

/*
 * From here to fairdraw_end_owner() everything is done as the owner.  An error
 * in between is undone with the transaction.
 */
void
fairdraw_enter_owner(OwnerSection *section)
{
	become_owner(section);
	if (sections == MAX_SECTIONS)
		ereport(ERROR,
				(errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
				 errmsg("calls of fairdraw are nested too deeply"),
				 errhint("A trigger on the records calls fairdraw: remove it.")));
	section_levels[sections++] = GetCurrentTransactionNestLevel();
}

/*
 * The same for reading only: guard() lets nobody append, nothing can be
 * written, and a policy that would hide rows, or run code, is an error.
 */
void
fairdraw_enter_reader(OwnerSection *section)
{
	become_owner(section);
	set_for_a_while("row_security", "off");
	XactReadOnly = true;
}

void
fairdraw_end_reader(const OwnerSection *section)
{
	XactReadOnly = section->read_only;
	AtEOXact_GUC(false, section->settings);
	SetUserIdAndSecContext(section->user, section->security);
}

/* The first section of a call: also checks that the records are of this version. */
void
fairdraw_begin_owner(OwnerSection *section)
{
	fairdraw_enter_owner(section);
	fairdraw_read("SELECT coalesce(max(step), 0) FROM fairdraw_data.step", "");
	fairdraw_check_steps(fairdraw_get_int32(0, 1));
}

void
fairdraw_end_owner(const OwnerSection *section)
{
	sections--;
	AtEOXact_GUC(false, section->settings);
	SetUserIdAndSecContext(section->user, section->security);
}

/*
 * Statements.  "types" has a letter for each argument:
 *		t	const char *	text, from UTF-8; NULL is null
 *		i	int				integer
 *		l	int64			bigint
 *		b	int				boolean
 *		x	bytea *			bytea
 *		a	Datum			text[]
 *		z	TimestampTz		timestamptz
 */
#define MAX_ARGUMENTS 20

typedef struct Arguments
{
	int			count;
	Oid			types[MAX_ARGUMENTS];
	Datum		values[MAX_ARGUMENTS];
	char		nulls[MAX_ARGUMENTS + 1];
} Arguments;

static void
add_argument(Arguments *arguments, Oid type, Datum value, bool isnull)
{
	Assert(arguments->count < MAX_ARGUMENTS);
	arguments->types[arguments->count] = type;
	arguments->values[arguments->count] = value;
	arguments->nulls[arguments->count] = isnull ? 'n' : ' ';
	arguments->nulls[++arguments->count] = '\0';
}

static void
read_arguments(Arguments *arguments, const char *types, va_list list)
{
	const char *string;

	arguments->count = 0;
	for (; *types != '\0'; types++)
	{
		switch (*types)
		{
			case 't':
				string = va_arg(list, const char *);
				add_argument(arguments, TEXTOID,
							 string == NULL ? (Datum) 0
							 : CStringGetTextDatum(fairdraw_shown(string)),
							 string == NULL);
				break;
			case 'i':
				add_argument(arguments, INT4OID, Int32GetDatum(va_arg(list, int)), false);
				break;
			case 'l':
				add_argument(arguments, INT8OID, Int64GetDatum(va_arg(list, int64)), false);
				break;
			case 'b':
				add_argument(arguments, BOOLOID, BoolGetDatum(va_arg(list, int)), false);
				break;
			case 'x':
				add_argument(arguments, BYTEAOID, PointerGetDatum(va_arg(list, bytea *)), false);
				break;
			case 'a':
				add_argument(arguments, TEXTARRAYOID, va_arg(list, Datum), false);
				break;
			case 'z':
				add_argument(arguments, TIMESTAMPTZOID,
							 TimestampTzGetDatum(va_arg(list, TimestampTz)), false);
				break;
			default:
				elog(ERROR, "unknown type of argument: %c", *types);
		}
	}
}

static uint64
execute(const char *sql, Arguments *arguments, bool read_only)
{
	int			result = SPI_execute_with_args(sql, arguments->count,
											   arguments->types,
											   arguments->values,
											   arguments->nulls, read_only, 0);

	if (result < 0)
		elog(ERROR, "could not execute \"%s\": %s", sql, SPI_result_code_string(result));
	return SPI_processed;
}

/* Runs a statement that appends or locks; returns the number of its rows. */
uint64
fairdraw_write(const char *sql, const char *types,...)
{
	Arguments	arguments;
	va_list		list;

	va_start(list, types);
	read_arguments(&arguments, types, list);
	va_end(list);
	return execute(sql, &arguments, false);
}

/* Runs a query under the active snapshot, as any query of the caller's. */
uint64
fairdraw_look(const char *sql, const char *types,...)
{
	Arguments	arguments;
	va_list		list;

	va_start(list, types);
	read_arguments(&arguments, types, list);
	va_end(list);
	return execute(sql, &arguments, true);
}

/*
 * Runs a query under a snapshot of this moment, whatever the isolation level:
 * what has been decided about a ceremony counts, not what this transaction saw
 * when it began.
 */
uint64
fairdraw_read(const char *sql, const char *types,...)
{
	Arguments	arguments;
	va_list		list;
	uint64		rows;

	va_start(list, types);
	read_arguments(&arguments, types, list);
	va_end(list);
	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	rows = execute(sql, &arguments, true);
	PopActiveSnapshot();
	return rows;
}

/*
 * Scans: a cursor under such a snapshot
 */
#define ROWS_A_BATCH 1000

void
fairdraw_begin_scan(RecordScan *scan, const char *sql, const char *types,...)
{
	Arguments	arguments;
	va_list		list;

	va_start(list, types);
	read_arguments(&arguments, types, list);
	va_end(list);
	memset(scan, 0, sizeof(RecordScan));
	scan->values = AllocSetContextCreate(CurrentMemoryContext, "fairdraw scan",
										 ALLOCSET_DEFAULT_SIZES);
	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	scan->portal = SPI_cursor_open_with_args(NULL, sql, arguments.count, arguments.types,
											 arguments.values, arguments.nulls, true, 0);
	PopActiveSnapshot();
}

/* Goes to the next row; false: there is none. */
bool
fairdraw_next(RecordScan *scan)
{
	if (scan->next == scan->size)
	{
		CHECK_FOR_INTERRUPTS();
		SPI_freetuptable(scan->batch);
		MemoryContextReset(scan->values);
		SPI_cursor_fetch(scan->portal, true, ROWS_A_BATCH);
		scan->batch = SPI_tuptable;
		scan->size = SPI_processed;
		scan->next = 0;
		if (scan->size == 0)
			return false;
	}
	scan->tuple = scan->batch->vals[scan->next++];
	return true;
}

Datum
fairdraw_scan_datum(RecordScan *scan, int column, bool *isnull)
{
	return SPI_getbinval(scan->tuple, scan->batch->tupdesc, column, isnull);
}

/*
 * A text of the current row as UTF-8, not NUL-terminated; valid until the scan
 * has gone through its batch, which is at the next row at the earliest.  A null
 * is the empty text: no record has one.
 */
const char *
fairdraw_scan_text(RecordScan *scan, int column, size_t *len)
{
	MemoryContext caller = MemoryContextSwitchTo(scan->values);
	bool		isnull;
	Datum		datum = fairdraw_scan_datum(scan, column, &isnull);
	const char *utf8 = "";

	*len = 0;
	if (!isnull)
	{
		struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);

		utf8 = fairdraw_to_utf8(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), len);
	}
	MemoryContextSwitchTo(caller);
	return utf8;
}

void
fairdraw_end_scan(RecordScan *scan)
{
	SPI_freetuptable(scan->batch);
	SPI_cursor_close(scan->portal);
	MemoryContextDelete(scan->values);
}

/*
 * Values of SPI_tuptable; rows count from 0, columns from 1
 */

static void
missing_record(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("a record is missing"),
			 errhint("The records were changed: see fairdraw.verify_draw(), or restore them from a backup.")));
}

static Datum
get_value(uint64 row, int column, bool *isnull)
{
	if (SPI_tuptable == NULL || row >= SPI_tuptable->numvals)
		missing_record();
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, isnull);
}

/* A value that no record is without. */
Datum
fairdraw_get_datum(uint64 row, int column)
{
	bool		isnull;
	Datum		value = get_value(row, column, &isnull);

	if (isnull)
		missing_record();
	return value;
}

/* UTF-8 in new memory, or NULL */
char *
fairdraw_get_text(uint64 row, int column)
{
	bool		isnull;
	Datum		value = get_value(row, column, &isnull);

	return isnull ? NULL : fairdraw_text_to_utf8(DatumGetTextPP(value));
}

int64
fairdraw_get_int64(uint64 row, int column)
{
	bool		isnull;
	Datum		value = get_value(row, column, &isnull);

	return isnull ? -1 : DatumGetInt64(value);
}

int32
fairdraw_get_int32(uint64 row, int column)
{
	bool		isnull;
	Datum		value = get_value(row, column, &isnull);

	return isnull ? -1 : DatumGetInt32(value);
}

bool
fairdraw_get_bool(uint64 row, int column)
{
	bool		isnull;
	Datum		value = get_value(row, column, &isnull);

	return !isnull && DatumGetBool(value);
}

/*
 * The expression by which uids stand in the order of their UTF-8 bytes.  In
 * EUC_CN that is another order than the one of the bytes that are stored.
 */
const char *
fairdraw_uid_order(const char *uid)
{
	if (GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII)
		return psprintf("%s COLLATE pg_catalog.\"C\"", uid);
	return psprintf("pg_catalog.convert_to(%s, 'UTF8')", uid);
}

/*
 * guard(): statement trigger on every record.  It lets fairdraw append, and the
 * apply worker of logical replication, which repeats what was appended
 * elsewhere.  Whoever may disable triggers can get around it; that is what
 * verify_draw() and the published hashes are for.
 */

static void
end_sections(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_COMMIT ||
		event == XACT_EVENT_PREPARE)
		sections = 0;
}

static void
end_sections_of(SubXactEvent event, SubTransactionId mine, SubTransactionId parent,
				void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		while (sections > 0 &&
			   section_levels[sections - 1] >= GetCurrentTransactionNestLevel())
			sections--;
}

PG_FUNCTION_INFO_V1(fairdraw_guard);
Datum
fairdraw_guard(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("guard() was not called as a trigger"),
				 errhint("fairdraw.setup() makes the triggers that call it.")));
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
	{
		if ((sections > 0 && InSecurityRestrictedOperation()) || IsLogicalWorker())
			return PointerGetDatum(NULL);
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("records are appended to \"%s\" by fairdraw only",
						RelationGetRelationName(trigger->tg_relation)),
				 errhint("Use the functions of the ceremony: open_ceremony(), commit_draw(), commit_data(), seal_ceremony(), execute_ceremony(); of the lists: enter_list(), leave_list(); of figures: coverage_snapshot().")));
	}
	if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event) && sections > 0 &&
		InSecurityRestrictedOperation() &&
		strcmp(RelationGetRelationName(trigger->tg_relation), "frame") == 0)
		return PointerGetDatum(NULL);	/* archive_draw() */
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("records in \"%s\" cannot be changed or removed",
					RelationGetRelationName(trigger->tg_relation)),
			 errhint("Records are kept as they are.  A wrong value is replaced by correct_execution(), a frame leaves through archive_draw(), a wrong entry of a list ends by leave_list().")));
}

void
fairdraw_owner_init(void)
{
	RegisterXactCallback(end_sections, NULL);
	RegisterSubXactCallback(end_sections_of, NULL);
}

/* setup_steps() */
PG_FUNCTION_INFO_V1(fairdraw_setup_steps);
Datum
fairdraw_setup_steps(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(FAIRDRAW_SETUP_STEPS);
}

/* require_label(label, what) */
PG_FUNCTION_INFO_V1(fairdraw_require_label);
Datum
fairdraw_require_label(PG_FUNCTION_ARGS)
{
	fairdraw_require_field(fairdraw_text_arg(fcinfo, 1),
						   fairdraw_utf8_arg(fcinfo, 0),
						   FAIRDRAW_MAX_LABEL);
	PG_RETURN_VOID();
}
