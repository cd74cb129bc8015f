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
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "ceremony.h"
#include "field.h"

#define PUBLIC_BITS 40			/* that the public entropy must have */

static const char *
shown(const char *utf8)
{
	return fairdraw_from_utf8(utf8, strlen(utf8));
}

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
				 errmsg("ceremony \"%s\" was aborted", shown(ceremony->label)),
				 errhint("Open another one, under another label.")));
	if (ceremony->sealed)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("ceremony \"%s\" is sealed", shown(ceremony->label)),
				 errhint("Nothing can be added to it any more: open another one.")));
}

void
fairdraw_require_sealed(const CeremonyRecord *ceremony)
{
	if (!ceremony->sealed)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("ceremony \"%s\" is not sealed", shown(ceremony->label)),
				 errhint("Seal it first: SELECT fairdraw.seal_ceremony('%s').",
						 shown(ceremony->label))));
}

void
fairdraw_require_executed(const CeremonyRecord *ceremony)
{
	if (ceremony->execution == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("ceremony \"%s\" was not executed", shown(ceremony->label)),
				 errhint("Execute it once its entropy is known: SELECT fairdraw.execute_ceremony('%s', ...).",
						 shown(ceremony->label))));
}

/* Before the first due time nobody can know anything of the result. */
static void
require_before_first_due(const CeremonyRecord *ceremony, const char *message)
{
	if (!ceremony->rehearsal && GetCurrentTimestamp() >= ceremony->sources[0].due_at)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg(message, shown(ceremony->label)),
				 errdetail("The first value, \"%s\", was due at %s.",
						   ceremony->sources[0].name, ceremony->sources[0].due),
				 errhint("From then on the result is the function of the ceremony and of the true values.")));
}

/*
 * A transaction that sealed could be held open past the first due time, and
 * rolled back if the outcome does not please.  So the clock is read again at
 * the very end.
 */
static TimestampTz commit_before = DT_NOEND;
static SubTransactionId sealed_in = InvalidSubTransactionId;

static void
check_commit_time(XactEvent event, void *arg)
{
	TimestampTz due = commit_before;

	if (event == XACT_EVENT_PARALLEL_COMMIT || event == XACT_EVENT_PARALLEL_ABORT ||
		event == XACT_EVENT_PARALLEL_PRE_COMMIT)
		return;
	if (event != XACT_EVENT_PRE_COMMIT && event != XACT_EVENT_PRE_PREPARE)
	{
		commit_before = DT_NOEND;
		sealed_in = InvalidSubTransactionId;
		return;
	}
	if (due == DT_NOEND)
		return;
	if (event == XACT_EVENT_PRE_PREPARE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a transaction that sealed or aborted a ceremony cannot be prepared"),
				 errhint("Commit it: it has to be decided before the first due time.")));
	if (GetCurrentTimestamp() >= due)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the first due time passed before the transaction was committed"),
				 errhint("Commit a sealing or an abort at once.")));
}

static void
forget_commit_time(SubXactEvent event, SubTransactionId mine, SubTransactionId parent,
				   void *arg)
{
	if (sealed_in != mine)
		return;
	if (event == SUBXACT_EVENT_COMMIT_SUB)
		sealed_in = parent;
	else if (event == SUBXACT_EVENT_ABORT_SUB)
	{
		commit_before = DT_NOEND;
		sealed_in = InvalidSubTransactionId;
	}
}

void
fairdraw_ceremony_init(void)
{
	RegisterXactCallback(check_commit_time, NULL);
	RegisterSubXactCallback(forget_commit_time, NULL);
}

static void
remember_commit_time(const CeremonyRecord *ceremony)
{
	if (ceremony->rehearsal || ceremony->sources[0].due_at >= commit_before)
		return;
	commit_before = ceremony->sources[0].due_at;
	sealed_in = GetCurrentSubTransactionId();
}

/*
 * Entropy
 */

static void
invalid_entropy(const char *source, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid entropy: \"%s\"", shown(source)),
			 errdetail("%s", detail),
			 errhint("Write 'name local|public bits due mask how', as in 'ssq public 24 2026-03-05T13:30:00Z ##,##,##,##,##,##+## Shuangseqiu issue 2026026'.")));
}

/* the bits that a value of this mask can have at most */
static int
mask_bits(const char *mask)
{
	int64		digits = 0;
	int64		hex = 0;

	for (; *mask != '\0'; mask++)
	{
		digits += *mask == '#';
		hex += *mask == '@';
	}
	/* log2(10), rounded down: no power of 10 is that near to one of 2 */
	return (int) (digits * INT64CONST(33219280948) / INT64CONST(10000000000) + 4 * hex);
}

static TimestampTz
parse_due(const char *source, char *due)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	bool		valid = strlen(due) == strlen(form);
	Datum		time;

	for (int i = 0; valid && form[i] != '\0'; i++)
		valid = form[i] == 'd' ? isdigit((unsigned char) due[i]) != 0 : due[i] == form[i];
	if (!valid)
		invalid_entropy(source, psprintf("The due time \"%s\" is not written as YYYY-MM-DDTHH:MM:SSZ.", shown(due)));
	time = DirectFunctionCall3(timestamptz_in, CStringGetDatum(due),
							   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	/* 24:00:00 and leap seconds would be another text when read back */
	if (strncmp(due + 11, "24", 2) == 0 || strncmp(due + 17, "60", 2) == 0)
		invalid_entropy(source, psprintf("The due time \"%s\" is not a time of day.", due));
	return DatumGetTimestampTz(time);
}

static void
parse_source(char *text, EntropySource *source)
{
	char	   *whole = pstrdup(text);
	char	   *fields[5];
	char	   *end;

	for (int i = 0; i < 5; i++)
	{
		end = strchr(text, ' ');
		if (end == NULL || end == text)
			invalid_entropy(whole, "A field is missing.");
		*end = '\0';
		fields[i] = text;
		text = end + 1;
	}
	source->name = fields[0];
	fairdraw_require_name("name of entropy", source->name);

	source->is_public = strcmp(fields[1], "public") == 0;
	if (!source->is_public && strcmp(fields[1], "local") != 0)
		invalid_entropy(whole, psprintf("\"%s\" is neither local nor public.", shown(fields[1])));

	if (strspn(fields[2], "0123456789") != strlen(fields[2]) || strlen(fields[2]) > 5 ||
		(fields[2][0] == '0' && fields[2][1] != '\0'))
		invalid_entropy(whole, psprintf("The bits \"%s\" are not a number.", shown(fields[2])));
	source->bits = atoi(fields[2]);

	source->due = fields[3];
	source->due_at = parse_due(whole, source->due);

	source->mask = fields[4];
	for (const char *c = source->mask; *c != '\0'; c++)
		if (*c <= 0x20 || *c >= 0x7F)
			invalid_entropy(whole, "The mask is not printable ASCII.");
	if (strcmp(source->mask, "none") == 0)
		invalid_entropy(whole, "The mask \"none\" means that there is no value.");
	if (source->bits > mask_bits(source->mask))
		invalid_entropy(whole, psprintf("A value of the mask \"%s\" has at most %d bits, not %d.",
										source->mask, mask_bits(source->mask), source->bits));

	source->how = text;
	fairdraw_require_field("way to obtain entropy", source->how, FAIRDRAW_MAX_REMARK);
}

static int
public_bits(const CeremonyRecord *ceremony, bool with_value)
{
	int			bits = 0;

	for (int i = 0; i < ceremony->nsources; i++)
		if (ceremony->sources[i].is_public &&
			!(with_value && strcmp(ceremony->sources[i].value, "none") == 0))
			bits += ceremony->sources[i].bits;
	return bits;
}

static void
check_sources(const CeremonyRecord *ceremony)
{
	const EntropySource *sources = ceremony->sources;
	int			count = ceremony->nsources;

	for (int i = 1; i < count; i++)
	{
		if (sources[i].due_at < sources[i - 1].due_at)
			invalid_entropy(sources[i].name, "It is due before the one above it: list them by due time.");
		if (!sources[i].is_public && sources[i - 1].is_public)
			invalid_entropy(sources[i].name, "Local entropy stands before public entropy, so that nobody can choose it last.");
		for (int j = 0; j < i; j++)
			if (strcmp(sources[i].name, sources[j].name) == 0)
				invalid_entropy(sources[i].name, "The name stands twice.");
	}
	if (count == 0 || !sources[count - 1].is_public)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the last entropy of a ceremony is public"),
				 errhint("Add a public lottery or beacon that is due last.")));
	if (public_bits(ceremony, false) < PUBLIC_BITS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the public entropy has %d bits, fewer than %d",
						public_bits(ceremony, false), PUBLIC_BITS),
				 errhint("Add another public source, such as a second lottery.")));
}

/*
 * Opening
 */

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

	if (fairdraw_read("SELECT FROM fairdraw_data.ceremony WHERE ceremony = $1", "t",
					  ceremony->label) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNIQUE_VIOLATION),
				 errmsg("there is a ceremony \"%s\" already", shown(ceremony->label)),
				 errhint("A label is used once and for ever: take another one.")));
	fairdraw_write("INSERT INTO fairdraw_data.ceremony"
				   " (ceremony, rehearsal, agency, place, disclose, secret_hash, opened_by)"
				   " VALUES ($1, $2, $3, $4, $5::pg_catalog.date, $6, $7)",
				   "tbttttt", ceremony->label, ceremony->rehearsal, ceremony->agency,
				   ceremony->place, date, ceremony->secret_hash, user);
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
	DateADT		disclose = PG_GETARG_DATEADT(3);
	char	   *user;
	OwnerSection section;
	Datum	   *items;
	bool	   *nulls;

	fairdraw_require_duty(DUTY_DRAWER);
	user = fairdraw_caller();
	ceremony->label = fairdraw_text_arg(PG_GETARG_TEXT_PP(0));
	fairdraw_require_field("ceremony label", ceremony->label, FAIRDRAW_MAX_LABEL);
	ceremony->place = fairdraw_text_arg(PG_GETARG_TEXT_PP(2));
	fairdraw_require_field("place of publication", ceremony->place, FAIRDRAW_MAX_REMARK);
	ceremony->rehearsal = PG_GETARG_BOOL(5);

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT,
					  &items, &nulls, &ceremony->nsources);
	ceremony->sources = palloc0(Max(ceremony->nsources, 1) * sizeof(EntropySource));
	for (int i = 0; i < ceremony->nsources; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("entropy %d is null", i + 1),
					 errhint("Leave it out.")));
		parse_source(fairdraw_text_arg(DatumGetTextPP(items[i])), &ceremony->sources[i]);
	}
	check_sources(ceremony);
	if (DATE_NOT_FINITE(disclose) ||
		disclose < (DateADT) (ceremony->sources[ceremony->nsources - 1].due_at / USECS_PER_DAY) - 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the seed cannot be disclosed before it exists"),
				 errdetail("The last value, \"%s\", is due at %s.",
						   ceremony->sources[ceremony->nsources - 1].name,
						   ceremony->sources[ceremony->nsources - 1].due),
				 errhint("Give a date after that.")));
	if (PG_GETARG_BOOL(4))
		make_secret(ceremony);

	SPI_connect();
	fairdraw_begin_owner(&section);
	require_before_first_due(ceremony, "ceremony \"%s\" is opened too late");
	fairdraw_read("SELECT name FROM fairdraw_data.agency", "");
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
	fairdraw_write("SELECT FROM fairdraw_data.agency FOR UPDATE", "");
	fairdraw_read("SELECT serial, hash FROM fairdraw_data.seal ORDER BY serial DESC LIMIT 1", "");
	ceremony->serial = 1;
	ceremony->previous = NULL;
	if (SPI_processed > 0 && fairdraw_get_int32(0, 1) > 0)
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
	char	   *label = fairdraw_text_arg(PG_GETARG_TEXT_PP(0));
	char		hash[FAIRDRAW_HEX_LEN + 1];
	char	   *user;
	CeremonyRecord *ceremony;
	OwnerSection section;

	fairdraw_require_duty(DUTY_DRAWER);
	user = fairdraw_caller();
	SPI_connect();
	fairdraw_begin_owner(&section);
	ceremony = fairdraw_load_ceremony(label, LOCK_UPDATE);
	fairdraw_require_open(ceremony);
	if (ceremony->nplans + ceremony->ndata == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("nothing was committed in ceremony \"%s\"", shown(label)),
				 errhint("Commit a draw first: SELECT fairdraw.commit_draw('%s', ...).", shown(label))));
	ceremony->serial = 0;
	if (!ceremony->rehearsal)
		take_serial(ceremony);
	require_before_first_due(ceremony, "ceremony \"%s\" cannot be sealed any more");
	fairdraw_ceremony_hash(ceremony, hash);
	fairdraw_write("INSERT INTO fairdraw_data.seal (ceremony, serial, previous, hash, sealed_by)"
				   " VALUES ($1, $2, $3, $4, $5)", "titt" "t",
				   label, ceremony->serial, ceremony->previous, hash, user);
	remember_commit_time(ceremony);
	fairdraw_end_owner(&section);
	SPI_finish();
	PG_RETURN_TEXT_P(cstring_to_text(hash));
}

/* abort_ceremony(ceremony, reason) */
PG_FUNCTION_INFO_V1(fairdraw_abort_ceremony);
Datum
fairdraw_abort_ceremony(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_text_arg(PG_GETARG_TEXT_PP(0));
	char	   *reason = fairdraw_text_arg(PG_GETARG_TEXT_PP(1));
	char	   *user;
	CeremonyRecord *ceremony;
	OwnerSection section;

	fairdraw_require_duty(DUTY_DRAWER);
	user = fairdraw_caller();
	fairdraw_require_field("reason", reason, FAIRDRAW_MAX_REMARK);
	SPI_connect();
	fairdraw_begin_owner(&section);
	ceremony = fairdraw_load_ceremony(label, LOCK_UPDATE);
	if (ceremony->aborted)
		fairdraw_require_open(ceremony);
	if (ceremony->execution > 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("ceremony \"%s\" was executed", shown(label)),
				 errhint("Its result stands.  A value that was entered wrongly is replaced by correct_execution().")));
	require_before_first_due(ceremony, "ceremony \"%s\" cannot be aborted any more");
	fairdraw_write("INSERT INTO fairdraw_data.abort (ceremony, reason, secret, aborted_by)"
				   " VALUES ($1, $2, $3, $4)", "tttt", label, reason, ceremony->secret, user);
	remember_commit_time(ceremony);
	fairdraw_end_owner(&section);
	SPI_finish();
	PG_RETURN_VOID();
}

/* disclose_seed(ceremony) */
PG_FUNCTION_INFO_V1(fairdraw_disclose_seed);
Datum
fairdraw_disclose_seed(PG_FUNCTION_ARGS)
{
	char	   *label = fairdraw_text_arg(PG_GETARG_TEXT_PP(0));
	char	   *user;
	CeremonyRecord *ceremony;
	OwnerSection section;

	fairdraw_require_duty(DUTY_DRAWER);
	user = fairdraw_caller();
	SPI_connect();
	fairdraw_begin_owner(&section);
	ceremony = fairdraw_load_ceremony(label, LOCK_UPDATE);
	fairdraw_require_executed(ceremony);
	if (ceremony->disclosed)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the seed of ceremony \"%s\" is public already", shown(label)),
				 errhint("SELECT fairdraw.seed_text('%s') shows it.", shown(label))));
	fairdraw_write("INSERT INTO fairdraw_data.disclosure (ceremony, disclosed_by) VALUES ($1, $2)",
				   "tt", label, user);
	fairdraw_end_owner(&section);
	SPI_finish();
	PG_RETURN_VOID();
}

/*
 * The values of an execution: an object with a string for each source.
 */

static bool
matches_mask(const char *value, const char *mask)
{
	for (; *mask != '\0' && *value != '\0'; mask++, value++)
	{
		bool		matches = *value == *mask;

		if (*mask == '#')
			matches = *value >= '0' && *value <= '9';
		else if (*mask == '@')
			matches = (*value >= '0' && *value <= '9') || (*value >= 'a' && *value <= 'f');
		if (!matches)
			return false;
	}
	return *mask == *value;
}

static void
set_value(CeremonyRecord *ceremony, const char *name, const JsonbValue *value)
{
	EntropySource *source = NULL;
	const char *utf8;
	size_t		len;

	for (int i = 0; i < ceremony->nsources; i++)
		if (strcmp(ceremony->sources[i].name, name) == 0)
			source = &ceremony->sources[i];
	if (source == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("ceremony \"%s\" has no entropy \"%s\"", shown(ceremony->label), name),
				 errhint("Its sources are in fairdraw_data.entropy_source.")));
	if (value->type != jbvString)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the value of entropy \"%s\" is not a string", name),
				 errhint("Write {\"%s\": \"...\"}: leading zeros count.", name)));
	utf8 = fairdraw_to_utf8(value->val.string.val, value->val.string.len, &len);
	source->value = pnstrdup(utf8, len);
	if (source->is_public && strcmp(source->value, "none") == 0)
		return;
	if (!matches_mask(source->value, source->mask))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the value of entropy \"%s\" does not match its mask: \"%s\"",
						name, shown(source->value)),
				 errdetail("The mask is \"%s\": # stands for a digit, @ for one of 0-9a-f, everything else for itself.",
						   source->mask),
				 source->is_public
				 ? errhint("Enter it as \"%s\" says; a public value that never came about is \"none\".",
						   shown(source->how))
				 : errhint("Enter it as \"%s\" says.", shown(source->how))));
}

void
fairdraw_set_values(CeremonyRecord *ceremony, Jsonb *values)
{
	JsonbIterator *it;
	JsonbValue	item;
	JsonbIteratorToken token;

	if (!JB_ROOT_IS_OBJECT(values))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the values of the entropy are not an object"),
				 errhint("Write {\"name\": \"value\", ...}.")));
	for (int i = 0; i < ceremony->nsources; i++)
		ceremony->sources[i].value = NULL;
	it = JsonbIteratorInit(&values->root);
	while ((token = JsonbIteratorNext(&it, &item, true)) != WJB_DONE)
	{
		char	   *name;

		if (token != WJB_KEY)
			continue;
		name = pnstrdup(item.val.string.val, item.val.string.len);
		(void) JsonbIteratorNext(&it, &item, true);
		set_value(ceremony, name, &item);
	}
	for (int i = 0; i < ceremony->nsources; i++)
		if (ceremony->sources[i].value == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the value of entropy \"%s\" is missing", ceremony->sources[i].name),
					 ceremony->sources[i].is_public
					 ? errhint("A public value that never came about is \"none\".")
					 : errhint("A local value cannot be left out.")));
	if (public_bits(ceremony, true) < PUBLIC_BITS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the public values that came about have %d bits, fewer than %d",
						public_bits(ceremony, true), PUBLIC_BITS),
				 errhint("Wait for another of the public values.")));
}

/* An error before the last due time. */
void
fairdraw_require_due(const CeremonyRecord *ceremony)
{
	const EntropySource *last = &ceremony->sources[ceremony->nsources - 1];

	if (!ceremony->rehearsal && GetCurrentTimestamp() < last->due_at)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("ceremony \"%s\" cannot be executed yet", shown(ceremony->label)),
				 errdetail("The last value, \"%s\", is due at %s.", last->name, last->due),
				 errhint("Nobody can know it before that time.")));
}
