/*
 * disclosure_rules.c
 *		The rules on publication and credit repair, compiled
 *		(doc/publication.md sections 4 and 5).
 */
#include "fairdraw.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "book.h"
#include "calendar.h"
#include "disclosure.h"
#include "validity.h"

#define SETS "rule_set"
#define RULES "disclosure_rule"
#define REPAIRS "repair_rule"

#define RESULT_CODES 10
#define MAX_CASES (1 << 16)		/* severities times areas */

const char *const fairdraw_clocks[] = {
	[DATE_DECIDED] = "decided",
	[DATE_PUBLISHED] = "published",
	[DATE_FOUND] = "found",
	[DATE_RECTIFIED] = "rectified",
	NULL
};

const char *const fairdraw_repair_conditions[] = {
	[CONDITION_CORRECTED] = "corrected",
	[CONDITION_OBLIGATIONS] = "obligations",
	[CONDITION_HARM_REMOVED] = "harm_removed",
	[CONDITION_NO_NEW_PENALTY] = "no_new_penalty",
	[CONDITION_OFF_LISTS] = "off_lists",
	[CONDITION_TRAINING] = "training",
	[CONDITION_PROMISE] = "promise",
	NULL
};

const char *const fairdraw_standings[] = {"repeated", "grave", NULL};

/*
 * Words of the rows
 */

static int
read_word(const char *table, const char *rule, const char *what,
		  const char *const *words, const char *word)
{
	int			place = fairdraw_word_place(words, word);

	if (place < 0)
		fairdraw_bad_rule(table, rule, psprintf("has an unknown %s: \"%s\"", what, word),
						  psprintf("It can be %s.", fairdraw_word_list(words, "or")));
	return place;
}

static int
read_optional(const char *table, const char *rule, const char *what,
			  const char *const *words, const char *word)
{
	return word == NULL ? ANY_WORD : read_word(table, rule, what, words, word);
}

static Period
read_period(const char *table, const char *rule, const char *what, uint64 row, int column)
{
	Period		period = {0};
	bool		isnull;
	Datum		value = fairdraw_book_datum(row, column, &isnull);
	Interval   *interval;

	if (isnull)
		return period;
	interval = DatumGetIntervalP(value);
	period.given = true;
	period.months = interval->month;
	period.days = interval->day;
	if (interval->time != 0 || interval->month < 0 || interval->day < 0 ||
		(interval->month == 0 && interval->day == 0) ||
		interval->month == PG_INT32_MAX || interval->day == PG_INT32_MAX)
		fairdraw_bad_rule(table, rule,
						  psprintf("has a %s period of %s", what, fairdraw_book_text(row, column)),
						  "A period is years, months and days, more than none; leave it null where there is none.");
	return period;
}

/* The distinct words of a column, by name.  (Empty ones are refused later, with their rows.) */
static const char **
read_names(const char *column, int *count)
{
	const char **names;

	fairdraw_read_book(RULES, psprintf("SELECT %s FROM fairdraw_data.disclosure_rule WHERE %s <> ''"
									   " UNION SELECT %s FROM fairdraw_data.repair_rule WHERE %s <> '' ORDER BY 1",
									   column, column, column, column), "t");
	names = palloc((SPI_processed + 1) * sizeof(char *));
	*count = SPI_processed;
	for (int i = 0; i < *count; i++)
		names[i] = fairdraw_book_text(i, 1);
	names[*count] = NULL;
	return names;
}

static int
find_set(const RuleBook *book, const char *table, const char *rule, const char *name)
{
	for (int i = 0; i < book->nsets; i++)
		if (strcmp(book->sets[i].rule_set, name) == 0)
			return i;
	fairdraw_bad_rule(table, rule, psprintf("is of an unknown set: \"%s\"", name),
					  "Add the set to fairdraw_data.rule_set first.");
}

/*
 * Sets
 */

static void
read_sets(RuleBook *book)
{
	fairdraw_read_book(SETS, "SELECT rule_set, in_force, valid_from, valid_to FROM fairdraw_data.rule_set"
					   " ORDER BY valid_from DESC, rule_set", "TBDd");
	book->nsets = SPI_processed;
	book->sets = palloc0((book->nsets + 1) * sizeof(RuleSet));
	for (int i = 0; i < book->nsets; i++)
	{
		RuleSet    *set = &book->sets[i];

		set->rule_set = fairdraw_book_text(i, 1);
		set->in_force = fairdraw_book_flag(i, 2);
		fairdraw_read_validity(SETS, set->rule_set, i, 3, &set->valid_from, &set->valid_to);
		for (int j = 0; j < i; j++)
			if (set->in_force && book->sets[j].in_force && set->valid_from == book->sets[j].valid_from)
				ereport(ERROR,
						(errcode(ERRCODE_EXCLUSION_VIOLATION),
						 errmsg("rule sets \"%s\" and \"%s\" are in force from the same day, %s",
								book->sets[j].rule_set, set->rule_set, fairdraw_date_text(set->valid_from)),
						 errhint("The later one decides; say which by valid_from, or take one out of force.")));
	}
}

/*
 * The order in which rules are asked: what names a case before what does not,
 * the later before the earlier, and for certainty by name.
 */

static int
named_first(bool x, bool y)
{
	return (int) y - (int) x;
}

static int
later_first(DateADT x, DateADT y, const char *name, const char *other)
{
	if (x != y)
		return x > y ? -1 : 1;
	return strcmp(name, other);
}

/*
 * Rules on publication
 */

static bool
only_with_penalty(const DisclosureRule *rule)
{
	return rule->follows_penalty && !rule->longest.given;
}

static void
check_rule(const DisclosureRule *rule)
{
	if (rule->least.given && rule->longest.given && fairdraw_longer(&rule->least, &rule->longest))
		fairdraw_bad_rule(RULES, rule->rule, psprintf("has a least period of %s, above its longest of %s",
													  fairdraw_period_text(&rule->least, false),
													  fairdraw_period_text(&rule->longest, false)),
						  "After the least period an early end is possible, after the longest it ends by itself.");
	if (rule->publish && !rule->longest.given && !rule->follows_penalty && !rule->until_corrected)
		fairdraw_bad_rule(RULES, rule->rule, "says of no day that publication ends on it",
						  "Give a longest period, until_corrected or follows_penalty; without a rule records stay published.");
	if (rule->code != 0 && rule->kind != KIND_INSPECTION)
		fairdraw_bad_rule(RULES, rule->rule, psprintf("has a code, but is for the kind %s", fairdraw_record_kinds[rule->kind]),
						  "Only inspections have result codes.");
}

/*
 * The more specific first: those that follow the penalty, with a code, a
 * severity, an area; of one case the later.
 */
static int
compare_rules(const void *a, const void *b)
{
	const DisclosureRule *x = a;
	const DisclosureRule *y = b;
	int			order = x->set - y->set;

	if (order == 0)
		order = named_first(only_with_penalty(x), only_with_penalty(y));
	if (order == 0)
		order = named_first(x->code != 0, y->code != 0);
	if (order == 0)
		order = named_first(x->severity != ANY_WORD, y->severity != ANY_WORD);
	if (order == 0)
		order = named_first(x->area != ANY_WORD, y->area != ANY_WORD);
	return order != 0 ? order : later_first(x->valid_from, y->valid_from, x->rule, y->rule);
}

static void
read_rules(RuleBook *book)
{
	fairdraw_read_book(RULES, "SELECT rule, rule_set, kind, code, severity, area, publish, clock, least, longest,"
					   " follows_penalty, until_corrected, repairable, verified, basis, valid_from, valid_to"
					   " FROM fairdraw_data.disclosure_rule ORDER BY rule", "TTTtttBTvvBBBBTDd");
	book->nrules = SPI_processed;
	book->rules = palloc0((book->nrules + 1) * sizeof(DisclosureRule));
	for (int i = 0; i < book->nrules; i++)
	{
		DisclosureRule *rule = &book->rules[i];
		const char *name = fairdraw_book_text(i, 1);

		rule->rule = name;
		rule->code = fairdraw_read_code(RULES, name, i, 4);
		rule->set = find_set(book, RULES, name, fairdraw_book_text(i, 2));
		rule->kind = read_word(RULES, name, "kind", fairdraw_record_kinds, fairdraw_book_text(i, 3));
		rule->severity = read_optional(RULES, name, "severity", book->severities, fairdraw_book_text(i, 5));
		rule->area = read_optional(RULES, name, "area", book->areas, fairdraw_book_text(i, 6));
		rule->publish = fairdraw_book_flag(i, 7);
		rule->clock = read_word(RULES, name, "clock", fairdraw_clocks, fairdraw_book_text(i, 8));
		rule->least = read_period(RULES, name, "least", i, 9);
		rule->longest = read_period(RULES, name, "longest", i, 10);
		rule->follows_penalty = fairdraw_book_flag(i, 11);
		rule->until_corrected = fairdraw_book_flag(i, 12);
		rule->repairable = fairdraw_book_flag(i, 13);
		rule->verified = fairdraw_book_flag(i, 14);
		rule->basis = fairdraw_book_text(i, 15);
		fairdraw_read_validity(RULES, name, i, 16, &rule->valid_from, &rule->valid_to);
		check_rule(rule);
	}
	qsort(book->rules, book->nrules, sizeof(DisclosureRule), compare_rules);
	for (int i = 0; i < book->nrules; i++)
	{
		DisclosureRule *rule = &book->rules[i];

		CHECK_FOR_INTERRUPTS();
		rule->number = i;
		for (int j = 0; j < i; j++)
		{
			const DisclosureRule *other = &book->rules[j];

			if (rule->set == other->set && rule->kind == other->kind && rule->code == other->code &&
				rule->severity == other->severity && rule->area == other->area &&
				only_with_penalty(rule) == only_with_penalty(other) &&
				fairdraw_spans_meet(rule->valid_from, rule->valid_to, other->valid_from, other->valid_to))
				fairdraw_overlapping_rules(RULES, other->rule, rule->rule, "case",
										   Max(rule->valid_from, other->valid_from));
		}
	}
}

/*
 * Rules on credit repair
 */

static uint32
read_conditions(const char *rule, Datum value)
{
	Datum	   *words;
	bool	   *nulls;
	int			nwords;
	uint32		conditions = 0;

	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false, TYPALIGN_INT, &words, &nulls, &nwords);
	for (int i = 0; i < nwords; i++)
		conditions |= 1u << read_word(REPAIRS, rule, "condition", fairdraw_repair_conditions,
									  nulls[i] ? "null" : TextDatumGetCString(words[i]));
	return conditions;
}

static int
compare_repairs(const void *a, const void *b)
{
	const RepairRule *x = a;
	const RepairRule *y = b;
	int			order = x->set - y->set;

	if (order == 0)
		order = named_first(x->standing != ANY_WORD, y->standing != ANY_WORD);
	if (order == 0)
		order = named_first(x->severity != ANY_WORD, y->severity != ANY_WORD);
	if (order == 0)
		order = named_first(x->area != ANY_WORD, y->area != ANY_WORD);
	return order != 0 ? order : later_first(x->valid_from, y->valid_from, x->rule, y->rule);
}

static void
read_repairs(RuleBook *book)
{
	bool		isnull;

	fairdraw_read_book(REPAIRS, "SELECT rule, rule_set, kind, severity, area, standing, requires, least, allowed, valid_from, valid_to"
					   " FROM fairdraw_data.repair_rule ORDER BY rule", "TTTtttAvBDd");
	book->nrepairs = SPI_processed;
	book->repairs = palloc0((book->nrepairs + 1) * sizeof(RepairRule));
	for (int i = 0; i < book->nrepairs; i++)
	{
		RepairRule *rule = &book->repairs[i];
		const char *name = fairdraw_book_text(i, 1);

		rule->rule = name;
		rule->set = find_set(book, REPAIRS, name, fairdraw_book_text(i, 2));
		rule->kind = read_word(REPAIRS, name, "kind", fairdraw_record_kinds, fairdraw_book_text(i, 3));
		rule->severity = read_optional(REPAIRS, name, "severity", book->severities, fairdraw_book_text(i, 4));
		rule->area = read_optional(REPAIRS, name, "area", book->areas, fairdraw_book_text(i, 5));
		rule->standing = read_optional(REPAIRS, name, "standing", fairdraw_standings, fairdraw_book_text(i, 6));
		rule->requires = read_conditions(name, fairdraw_book_datum(i, 7, &isnull));
		rule->least = read_period(REPAIRS, name, "least", i, 8);
		rule->allowed = fairdraw_book_flag(i, 9);
		fairdraw_read_validity(REPAIRS, name, i, 10, &rule->valid_from, &rule->valid_to);
	}
	qsort(book->repairs, book->nrepairs, sizeof(RepairRule), compare_repairs);
	for (int i = 0; i < book->nrepairs; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < i; j++)
		{
			const RepairRule *rule = &book->repairs[i];
			const RepairRule *other = &book->repairs[j];

			if (rule->set == other->set && rule->kind == other->kind && rule->severity == other->severity &&
				rule->area == other->area && rule->standing == other->standing &&
				fairdraw_spans_meet(rule->valid_from, rule->valid_to, other->valid_from, other->valid_to))
				fairdraw_overlapping_rules(REPAIRS, other->rule, rule->rule, "case",
										   Max(rule->valid_from, other->valid_from));
		}
	}
}

static void *
compile_rule_book(void)
{
	RuleBook   *book = palloc0(sizeof(RuleBook));

	book->context = CurrentMemoryContext;
	book->severities = read_names("severity", &book->nseverities);
	book->areas = read_names("area", &book->nareas);
	if ((Size) (book->nseverities + 1) * (book->nareas + 1) > MAX_CASES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("rules on publication name %d severities and %d areas", book->nseverities, book->nareas),
				 errhint("Name only areas that have rules of their own.")));
	read_sets(book);
	read_rules(book);
	read_repairs(book);
	/* a block for each set, and one for those in force */
	book->fitting = palloc0((book->nsets + 1) * sizeof(void *));
	return book;
}

Book		fairdraw_disclosure_book = {
	.name = "publication",
	.tables = {"rule_set", "disclosure_rule", "repair_rule"},
	.compile = compile_rule_book,
};

const RuleBook *
fairdraw_rule_book(void)
{
	return fairdraw_book(&fairdraw_disclosure_book);
}

/*
 * Rules that fit
 */

static bool
fits(const RuleBook *book, const DisclosureRule *rule, const Facts *facts, bool penalty)
{
	return (facts->set < 0 ? book->sets[rule->set].in_force : rule->set == facts->set) &&
		rule->kind == facts->kind &&
		(rule->code == 0 || rule->code == facts->code) &&
		(rule->severity == ANY_WORD || rule->severity == facts->severity) &&
		(rule->area == ANY_WORD || rule->area == facts->area) &&
		(penalty || !only_with_penalty(rule));
}

static const DisclosureRule **
collect_rules(const RuleBook *book, const Facts *facts, bool penalty)
{
	const DisclosureRule **fitting;
	int			n = 0;

	fitting = MemoryContextAlloc(book->context, (book->nrules + 1) * sizeof(DisclosureRule *));
	for (int i = 0; i < book->nrules; i++)
		if (fits(book, &book->rules[i], facts, penalty))
			fitting[n++] = &book->rules[i];
	fitting[n] = NULL;
	return repalloc(fitting, (n + 1) * sizeof(DisclosureRule *));
}

/*
 * The rules that fit the facts, dates apart, in the order in which they are
 * asked; the list ends with NULL.  Each case is looked up once.
 */
const DisclosureRule **
fairdraw_fitting_rules(const RuleBook *book, const Facts *facts)
{
	bool		penalty = facts->dates[DATE_PENALTY_ENDS] != UNKNOWN_DATE;
	const DisclosureRule ***block = book->fitting[facts->set + 1];
	Size		place = facts->kind * 2 + penalty;

	if (unlikely(block == NULL))
	{
		Size		cases = (Size) RECORD_KINDS * 2 * (RESULT_CODES + 1) * (book->nseverities + 1) * (book->nareas + 1);

		block = MemoryContextAllocZero(book->context, cases * sizeof(DisclosureRule **));
		book->fitting[facts->set + 1] = block;
	}
	place = place * (RESULT_CODES + 1) + facts->code;
	place = place * (book->nseverities + 1) + facts->severity + 1;
	place = place * (book->nareas + 1) + facts->area + 1;
	if (unlikely(block[place] == NULL))
		block[place] = collect_rules(book, facts, penalty);
	return block[place];
}
