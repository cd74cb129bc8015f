/*
 * disclosure_term.c
 *		disclosure_term() and disclosure_expiry().
 */
#include "fairdraw.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "arguments.h"
#include "book.h"
#include "facts.h"
#include "query.h"
#include "record.h"

/*
 * disclosure_term()
 *
 * A row differs from others of the same rule, status and reason in its two
 * dates only, so it is formed once and copied afterwards.
 */

typedef struct TermCall
{
	uint32		edition;		/* of the rules, when the templates were empty */
	TupleDesc	columns;
	HeapTuple  *templates;
	MemoryContext context;
} TermCall;

#define DATES_KNOWN 4			/* which of two dates are */

static TermCall *
begin_calls(FunctionCallInfo fcinfo)
{
	TermCall   *call;
	MemoryContext caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	TupleDesc	columns;

	if (get_call_result_type(fcinfo, NULL, &columns) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "disclosure_term() returns no composite type");
	call = palloc0(sizeof(TermCall));
	call->columns = CreateTupleDescCopy(columns);
	call->edition = fairdraw_disclosure_book.edition - 1;
	call->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "fairdraw terms", ALLOCSET_DEFAULT_SIZES);
	fcinfo->flinfo->fn_extra = call;
	MemoryContextSwitchTo(caller);
	return call;
}

static HeapTuple
form_template(TermCall *call, const Term *term)
{
	MemoryContext caller = MemoryContextSwitchTo(call->context);
	Datum		values[5] = {0};
	bool		nulls[5] = {0};
	HeapTuple	tuple;

	nulls[0] = term->starts == UNKNOWN_DATE;
	nulls[1] = term->ends == UNKNOWN_DATE;
	values[2] = CStringGetTextDatum(fairdraw_disclosure_statuses[term->status]);
	nulls[3] = term->rule == NULL;
	values[3] = nulls[3] ? (Datum) 0 : CStringGetTextDatum(term->rule->rule);
	values[4] = CStringGetTextDatum(fairdraw_disclosure_reasons[term->reason]);
	tuple = heap_form_tuple(call->columns, values, nulls);
	MemoryContextSwitchTo(caller);
	return tuple;
}

static Datum
form_term(TermCall *call, const RuleBook *book, const Term *term)
{
	int			rule = term->rule == NULL ? 0 : term->rule->number + 1;
	int			dates = (term->starts != UNKNOWN_DATE) * 2 + (term->ends != UNKNOWN_DATE);
	int			place = ((rule * STATUSES + term->status) * REASONS + term->reason) * DATES_KNOWN + dates;
	HeapTupleHeader result;
	DateADT    *day;
	HeapTuple	form;

	if (unlikely(call->edition != fairdraw_disclosure_book.edition))
	{
		MemoryContextReset(call->context);
		call->templates = MemoryContextAllocZero(call->context, (Size) (book->nrules + 1) * STATUSES *
												 REASONS * DATES_KNOWN * sizeof(HeapTuple));
		call->edition = fairdraw_disclosure_book.edition;
	}
	form = call->templates[place];
	if (unlikely(form == NULL))
		form = call->templates[place] = form_template(call, term);

	result = palloc(form->t_len);
	memcpy(result, form->t_data, form->t_len);
	/* the two dates, or one of them, come first */
	day = (DateADT *) ((char *) result + result->t_hoff);
	if (term->starts != UNKNOWN_DATE)
		*day++ = term->starts;
	if (term->ends != UNKNOWN_DATE)
		*day = term->ends;
	return HeapTupleHeaderGetDatum(result);
}

/* arguments of disclosure_term() that are no facts */
#define ARGUMENT_RULE_SET 10
#define ARGUMENT_AS_OF 11
#define ARGUMENT_REPAIRED_ON 12

PG_FUNCTION_INFO_V1(fairdraw_disclosure_term);
Datum
fairdraw_disclosure_term(PG_FUNCTION_ARGS)
{
	const RuleBook *book = fairdraw_rule_book();
	TermCall   *call = fcinfo->flinfo->fn_extra;
	Datum		values[FACT_COLUMNS];
	bool		nulls[FACT_COLUMNS];
	Facts		facts;
	Term		term;

	if (unlikely(call == NULL))
		call = begin_calls(fcinfo);
	for (int i = 0; i < FACT_REPAIRED_ON; i++)
	{
		values[i] = PG_GETARG_DATUM(i);
		nulls[i] = PG_ARGISNULL(i);
	}
	values[FACT_REPAIRED_ON] = PG_GETARG_DATUM(ARGUMENT_REPAIRED_ON);
	nulls[FACT_REPAIRED_ON] = PG_ARGISNULL(ARGUMENT_REPAIRED_ON);
	facts.set = PG_ARGISNULL(ARGUMENT_RULE_SET) ? -1
		: fairdraw_find_rule_set(book, fairdraw_text_arg(fcinfo, ARGUMENT_RULE_SET));
	facts.as_of = fairdraw_as_of_arg(fcinfo, ARGUMENT_AS_OF);
	fairdraw_read_facts(book, values, nulls, &facts);
	fairdraw_disclosure(book, &facts, &term);
	return form_term(call, book, &term);
}

/*
 * disclosure_expiry()
 */

typedef struct Expiry
{
	RecordStream stream;
	const char *rule_set;		/* or NULL */
	DateADT		as_of;
	Datum		statuses[STATUSES];
	Datum		reasons[REASONS];
} Expiry;

static void
read_record(RecordStream *stream, const Datum *values, const bool *nulls)
{
	Expiry	   *expiry = (Expiry *) stream;
	const RuleBook *book = fairdraw_rule_book();
	Facts		facts;
	Term		term;
	Datum		row[6];
	bool		missing[6] = {false};

	facts.set = fairdraw_find_rule_set(book, expiry->rule_set);
	facts.as_of = expiry->as_of;
	fairdraw_read_fact_columns(book, stream->columns + 1, values + 1, nulls + 1, &facts);
	fairdraw_disclosure(book, &facts, &term);

	row[0] = values[0];
	row[1] = DateADTGetDatum(term.starts);
	missing[1] = term.starts == UNKNOWN_DATE;
	row[2] = DateADTGetDatum(term.ends);
	missing[2] = term.ends == UNKNOWN_DATE;
	row[3] = expiry->statuses[term.status];
	missing[4] = term.rule == NULL;
	row[4] = term.rule == NULL ? (Datum) 0 : CStringGetTextDatum(term.rule->rule);
	row[5] = expiry->reasons[term.reason];
	tuplestore_putvalues(stream->result->setResult, stream->result->setDesc, row, missing);
}

PG_FUNCTION_INFO_V1(fairdraw_disclosure_expiry);
Datum
fairdraw_disclosure_expiry(PG_FUNCTION_ARGS)
{
	Column		columns[1 + FACT_COLUMNS] = {{.name = "record",.kind = COLUMN_TEXT}};
	Expiry		expiry = {.stream = {.what = "records",.columns = columns,.ncolumns = 1 + FACT_COLUMNS,.record = read_record}};

	expiry.rule_set = PG_ARGISNULL(1) ? NULL : fairdraw_text_arg(fcinfo, 1);
	expiry.as_of = fairdraw_as_of_arg(fcinfo, 2);
	/* an unknown set is an error also where there are no records */
	(void) fairdraw_find_rule_set(fairdraw_rule_book(), expiry.rule_set);
	for (int i = 0; i < STATUSES; i++)
		expiry.statuses[i] = CStringGetTextDatum(fairdraw_disclosure_statuses[i]);
	for (int i = 0; i < REASONS; i++)
		expiry.reasons[i] = CStringGetTextDatum(fairdraw_disclosure_reasons[i]);
	fairdraw_fact_columns(columns + 1);
	fairdraw_stream_records(fcinfo, &expiry.stream);
	return (Datum) 0;
}
