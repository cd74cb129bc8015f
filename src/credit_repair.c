/*
 * credit_repair.c
 *		repair_eligible(): whether an early end of publication can be applied for
 *		(doc/publication.md section 5).
 */
#include "fairdraw.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "arguments.h"
#include "facts.h"
#include "query.h"
#include "record.h"
#include "validity.h"

enum
{
	REPAIR_RECORD,
	REPAIR_FACTS,
	REPAIR_STANDING = REPAIR_FACTS + FACT_COLUMNS,
	REPAIR_CONDITIONS,			/* all but corrected, which is a fact */
	REPAIR_COLUMNS = REPAIR_CONDITIONS + CONDITIONS - 1
};

#define MAX_MISSING (6 + CONDITIONS)

typedef struct Eligibility
{
	RecordStream stream;
	const char *rule_set;		/* or NULL */
	DateADT		as_of;
} Eligibility;

typedef struct Missing
{
	int			count;
	Datum		words[MAX_MISSING];
} Missing;

static void
add_missing(Missing *missing, const char *word)
{
	missing->words[missing->count++] = CStringGetTextDatum(word);
}

static bool
fits_word(int wanted, int word)
{
	return wanted == ANY_WORD || wanted == word;
}

/* The more specific stand first; NULL: there is none. */
static const RepairRule *
find_repair_rule(const RuleBook *book, const DisclosureRule *rule, const Facts *facts, int standing)
{
	DateADT		clock = facts->dates[rule->clock];
	DateADT		day = clock == UNKNOWN_DATE ? facts->as_of : clock;
	const RepairRule *latest = NULL;

	for (int i = 0; i < book->nrepairs; i++)
	{
		const RepairRule *repair = &book->repairs[i];

		if (repair->set != rule->set || repair->kind != facts->kind ||
			!fits_word(repair->standing, standing) || !fits_word(repair->severity, facts->severity) ||
			!fits_word(repair->area, facts->area))
			continue;
		if (day >= repair->valid_from && day <= repair->valid_to)
			return repair;
		if (latest == NULL || repair->valid_from > latest->valid_from)
			latest = repair;
	}
	/* as for the rules of a set that was named */
	return facts->set >= 0 ? latest : NULL;
}

static int
read_standing(Datum value, bool isnull)
{
	char	   *word;
	int			place;

	if (isnull)
		return ANY_WORD;
	word = TextDatumGetCString(value);
	place = fairdraw_word_place(fairdraw_standings, word);
	if (place < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown standing: \"%s\"", word),
				 errhint("It can be %s, or null.", fairdraw_word_list(fairdraw_standings, "or"))));
	return place;
}

static bool
is_shown(RepairCondition condition, const Facts *facts, const Datum *values, const bool *nulls)
{
	int			column = REPAIR_CONDITIONS + condition - 1;

	if (condition == CONDITION_CORRECTED)
		return facts->dates[DATE_RECTIFIED] != UNKNOWN_DATE && facts->dates[DATE_RECTIFIED] <= facts->as_of;
	return !nulls[column] && DatumGetBool(values[column]);
}

static void
put_record(Eligibility *eligibility, Datum record, Missing *missing, DateADT earliest,
		   const DisclosureRule *rule, const RepairRule *repair)
{
	Datum		values[6] = {record};
	bool		nulls[6] = {false};

	values[1] = BoolGetDatum(missing->count == 0);
	values[2] = DateADTGetDatum(earliest);
	nulls[2] = earliest == UNKNOWN_DATE;
	values[3] = PointerGetDatum(construct_array(missing->words, missing->count, TEXTOID, -1, false, TYPALIGN_INT));
	nulls[4] = rule == NULL;
	values[4] = nulls[4] ? (Datum) 0 : CStringGetTextDatum(rule->rule);
	nulls[5] = repair == NULL;
	values[5] = nulls[5] ? (Datum) 0 : CStringGetTextDatum(repair->rule);
	tuplestore_putvalues(eligibility->stream.result->setResult, eligibility->stream.result->setDesc, values, nulls);
}

static void
judge_record(RecordStream *stream, const Datum *values, const bool *nulls)
{
	Eligibility *eligibility = (Eligibility *) stream;
	const RuleBook *book = fairdraw_rule_book();
	const DisclosureRule *rule;
	const RepairRule *repair;
	Facts		facts;
	Term		term;
	Missing		missing = {0};
	DateADT		earliest = UNKNOWN_DATE;
	bool		repairable;
	uint32		requires;
	int			standing = read_standing(values[REPAIR_STANDING], nulls[REPAIR_STANDING]);

	facts.set = fairdraw_find_rule_set(book, eligibility->rule_set);
	facts.as_of = eligibility->as_of;
	fairdraw_read_fact_columns(book, stream->columns + REPAIR_FACTS, values + REPAIR_FACTS, nulls + REPAIR_FACTS, &facts);
	fairdraw_disclosure(book, &facts, &term);
	rule = term.rule;
	repair = rule == NULL ? NULL : find_repair_rule(book, rule, &facts, standing);
	repairable = rule != NULL && rule->publish && rule->repairable && repair != NULL && repair->allowed;
	if (repairable)
		earliest = Max(fairdraw_earliest(rule, &rule->least, &facts), fairdraw_earliest(rule, &repair->least, &facts));

	if (term.status == STATUS_WITHHELD)
		add_missing(&missing, "withheld");
	if (term.status == STATUS_ENDED)
		add_missing(&missing, "ended");
	if (rule == NULL && term.status != STATUS_WITHHELD)
		add_missing(&missing, "no_rule");
	if (rule != NULL && !repairable)
		add_missing(&missing, "not_repairable");
	if (term.status == STATUS_DUE)
		add_missing(&missing, "not_published");
	if (repairable && (earliest == UNKNOWN_DATE || eligibility->as_of < earliest))
		add_missing(&missing, "too_early");
	requires = repairable ? repair->requires : 0;
	if (repairable && fairdraw_waits_for_correction(rule))
		requires |= 1u << CONDITION_CORRECTED;
	for (int condition = 0; condition < CONDITIONS; condition++)
		if ((requires & (1u << condition)) && !is_shown(condition, &facts, values, nulls))
			add_missing(&missing, fairdraw_repair_conditions[condition]);
	put_record(eligibility, values[REPAIR_RECORD], &missing, earliest, rule, repair);
}

/* repair_eligible(records, as_of, rule_set) */
PG_FUNCTION_INFO_V1(fairdraw_repair_eligible);
Datum
fairdraw_repair_eligible(PG_FUNCTION_ARGS)
{
	Column		columns[REPAIR_COLUMNS] = {{.name = "record",.kind = COLUMN_TEXT}};
	Eligibility eligibility = {.stream = {.what = "records",.columns = columns,.ncolumns = REPAIR_COLUMNS,.record = judge_record}};

	eligibility.as_of = fairdraw_as_of_arg(fcinfo, 1);
	eligibility.rule_set = PG_ARGISNULL(2) ? NULL : fairdraw_text_arg(fcinfo, 2);
	(void) fairdraw_find_rule_set(fairdraw_rule_book(), eligibility.rule_set);
	fairdraw_fact_columns(columns + REPAIR_FACTS);
	columns[REPAIR_STANDING].name = "standing";
	columns[REPAIR_STANDING].kind = COLUMN_TEXT;
	columns[REPAIR_STANDING].absent = "NULL::pg_catalog.text";
	for (int i = REPAIR_CONDITIONS; i < REPAIR_COLUMNS; i++)
	{
		columns[i].name = fairdraw_repair_conditions[i - REPAIR_CONDITIONS + 1];
		columns[i].kind = COLUMN_BOOLEAN;
		columns[i].absent = "NULL::pg_catalog.bool";
	}

	fairdraw_stream_records(fcinfo, &eligibility.stream);
	return (Datum) 0;
}
