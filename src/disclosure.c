/*
 * disclosure.c
 *		How long something is public (doc/publication.md section 4).
 *
 * Plain C over facts that were read and rules that were compiled.
 */
#include "fairdraw.h"

#include "calendar.h"
#include "disclosure.h"

const char *const fairdraw_record_kinds[] = {
	[KIND_INSPECTION] = "inspection",
	[KIND_PENALTY] = "penalty",
	[KIND_ABNORMAL_LIST] = "abnormal_list",
	[KIND_SERIOUS_LIST] = "serious_list",
	NULL
};

const char *const fairdraw_record_dates[] = {
	[DATE_DECIDED] = "decided_on",
	[DATE_PUBLISHED] = "published_on",
	[DATE_FOUND] = "found_on",
	[DATE_RECTIFIED] = "rectified_on",
	[DATE_PENALTY_ENDS] = "penalty_ends",
	[DATE_REPAIRED] = "repaired_on",
	NULL
};

const char *const fairdraw_disclosure_statuses[] = {
	[STATUS_DUE] = "due",
	[STATUS_PUBLISHED] = "published",
	[STATUS_ENDED] = "ended",
	[STATUS_WITHHELD] = "withheld",
	NULL
};

const char *const fairdraw_disclosure_reasons[] = {
	[REASON_PRIVACY] = "privacy",
	[REASON_COMMERCIAL_SECRET] = "commercial_secret",
	[REASON_STATE_SECRET] = "state_secret",
	[REASON_NATIONAL_SECURITY] = "national_security",
	[REASON_PUBLIC_INTEREST] = "public_interest",
	[REASON_NO_RULE] = "no_rule",
	[REASON_NEVER_PUBLIC] = "never_public",
	[REASON_UNCORRECTED] = "uncorrected",
	[REASON_LISTED] = "listed",
	[REASON_PENALTY_OPEN] = "penalty_open",
	[REASON_NO_CLOCK] = "no_clock",
	[REASON_LONGEST] = "longest",
	[REASON_PENALTY] = "penalty",
	[REASON_CORRECTED] = "corrected",
	[REASON_REPAIRED] = "repaired",
	[REASON_NOT_REPAIRABLE] = "not_repairable",
	[REASON_REPAIR_TOO_EARLY] = "repair_too_early",
	NULL
};

const char *const fairdraw_withheld_reasons[] = {
	"privacy", "commercial_secret", "state_secret", "national_security", "public_interest", NULL
};

/*
 * Facts that cannot be
 */

static inline bool
known(const Facts *facts, RecordDate date)
{
	return facts->dates[date] != UNKNOWN_DATE;
}

static void
check_order(const Facts *facts, RecordDate first, RecordDate second)
{
	if (known(facts, first) && known(facts, second) &&
		unlikely(facts->dates[second] < facts->dates[first]))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s %s is before %s %s", fairdraw_record_dates[second],
						fairdraw_date_text(facts->dates[second]), fairdraw_record_dates[first],
						fairdraw_date_text(facts->dates[first])),
				 errhint("Correct the one that is wrong, or leave it null until it is known.")));
}

/* An error about facts that contradict each other. */
void
fairdraw_check_facts(const Facts *facts)
{
	for (int date = 0; date < RECORD_DATES; date++)
		if (unlikely(facts->dates[date] == DATEVAL_NOEND) && date != DATE_PENALTY_ENDS)
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("%s is infinity", fairdraw_record_dates[date]),
					 errhint("Leave it null until it is known; only penalty_ends can be infinity.")));
	check_order(facts, DATE_FOUND, DATE_RECTIFIED);
	check_order(facts, DATE_PUBLISHED, DATE_REPAIRED);
	if (facts->kind != KIND_INSPECTION)
		check_order(facts, DATE_DECIDED, DATE_PUBLISHED);
	if (facts->kind == KIND_PENALTY)
		check_order(facts, DATE_DECIDED, DATE_PENALTY_ENDS);
}

/*
 * Which rule
 */

static inline bool
holds(const RuleBook *book, const DisclosureRule *rule, const Facts *facts, DateADT day)
{
	const RuleSet *set = &book->sets[rule->set];

	if (day < rule->valid_from || day > rule->valid_to)
		return false;
	return facts->set >= 0 || (day >= set->valid_from && day <= set->valid_to);
}

/* The latest of those that fit, whether it holds or not. */
static const DisclosureRule *
latest(const DisclosureRule **fitting)
{
	const DisclosureRule *best = *fitting;

	for (; *fitting != NULL; fitting++)
		if ((*fitting)->valid_from > best->valid_from)
			best = *fitting;
	return best;
}

/* NULL: there is none */
const DisclosureRule *
fairdraw_choose_rule(const RuleBook *book, const Facts *facts)
{
	const DisclosureRule **fitting = fairdraw_fitting_rules(book, facts);

	for (const DisclosureRule **rule = fitting; *rule != NULL; rule++)
		if (known(facts, (*rule)->clock) && holds(book, *rule, facts, facts->dates[(*rule)->clock]))
			return *rule;
	for (const DisclosureRule **rule = fitting; *rule != NULL; rule++)
		if (!known(facts, (*rule)->clock) && holds(book, *rule, facts, facts->as_of))
			return *rule;
	return facts->set >= 0 ? latest(fitting) : NULL;
}

/*
 * Until when
 */

/* The clock's date and a period; UNKNOWN_DATE if that date is not known. */
DateADT
fairdraw_clock_plus(const DisclosureRule *rule, const Period *period, const Facts *facts)
{
	if (!known(facts, rule->clock))
		return UNKNOWN_DATE;
	return period->given ? fairdraw_add_period(facts->dates[rule->clock], period)
		: facts->dates[rule->clock];
}

bool
fairdraw_waits_for_correction(const DisclosureRule *rule)
{
	return rule->until_corrected || rule->clock == DATE_RECTIFIED;
}

/*
 * The first day on which an early end can be decided, as far as dates say it:
 * after the least period, and not before what had to be corrected was.
 */
DateADT
fairdraw_earliest(const DisclosureRule *rule, const Period *least, const Facts *facts)
{
	DateADT		earliest = fairdraw_clock_plus(rule, least, facts);

	if (earliest != UNKNOWN_DATE && fairdraw_waits_for_correction(rule))
		earliest = Max(earliest, facts->dates[DATE_RECTIFIED]);
	return earliest;
}

static inline void
end_not_before(Term *term, DateADT day, DisclosureReason reason)
{
	if (term->ends == UNKNOWN_DATE || day > term->ends)
	{
		term->ends = day;
		term->reason = reason;
	}
}

/* Sets ends and reason; the cases stand in the order of the document. */
static void
find_end(const DisclosureRule *rule, const Facts *facts, Term *term)
{
	const DateADT *dates = facts->dates;
	bool		list = rule->kind == KIND_ABNORMAL_LIST || rule->kind == KIND_SERIOUS_LIST;

	term->ends = UNKNOWN_DATE;
	if (fairdraw_waits_for_correction(rule) && !known(facts, DATE_RECTIFIED))
		term->reason = REASON_UNCORRECTED;
	else if (rule->until_corrected && list)
		term->reason = REASON_LISTED;
	else if (rule->follows_penalty && dates[DATE_PENALTY_ENDS] == DATEVAL_NOEND)
		term->reason = REASON_PENALTY_OPEN;
	else if (rule->longest.given && !known(facts, rule->clock))
		term->reason = REASON_NO_CLOCK;
	else
	{
		if (rule->longest.given)
			end_not_before(term, fairdraw_clock_plus(rule, &rule->longest, facts), REASON_LONGEST);
		if (rule->follows_penalty && known(facts, DATE_PENALTY_ENDS))
			end_not_before(term, dates[DATE_PENALTY_ENDS], REASON_PENALTY);
		if (rule->until_corrected)
			end_not_before(term, dates[DATE_RECTIFIED], REASON_CORRECTED);
	}
}

static bool
may_be_repaired(const DisclosureRule *rule, const Facts *facts, DateADT repaired)
{
	if (fairdraw_waits_for_correction(rule) &&
		(!known(facts, DATE_RECTIFIED) || repaired < facts->dates[DATE_RECTIFIED]))
		return false;
	if (!known(facts, rule->clock))
		return !rule->least.given;
	return repaired >= fairdraw_clock_plus(rule, &rule->least, facts);
}

/* A decision to end it early, which counts if the rule allows it. */
static void
apply_repair(const DisclosureRule *rule, const Facts *facts, Term *term)
{
	DateADT		repaired = facts->dates[DATE_REPAIRED];

	if (repaired == UNKNOWN_DATE || (term->ends != UNKNOWN_DATE && repaired >= term->ends))
		return;
	if (!rule->repairable)
		term->reason = REASON_NOT_REPAIRABLE;
	else if (!may_be_repaired(rule, facts, repaired))
		term->reason = REASON_REPAIR_TOO_EARLY;
	else
	{
		term->ends = repaired;
		term->reason = REASON_REPAIRED;
	}
}

static inline void
withhold(Term *term, DisclosureReason reason)
{
	term->starts = UNKNOWN_DATE;
	term->ends = UNKNOWN_DATE;
	term->status = STATUS_WITHHELD;
	term->reason = reason;
}

/* The facts have been checked. */
void
fairdraw_disclosure(const RuleBook *book, const Facts *facts, Term *term)
{
	DateADT		published = facts->dates[DATE_PUBLISHED];

	term->rule = NULL;
	if (facts->withheld >= 0)
	{
		withhold(term, facts->withheld);
		return;
	}
	term->rule = fairdraw_choose_rule(book, facts);
	if (term->rule != NULL && !term->rule->publish)
	{
		withhold(term, REASON_NEVER_PUBLIC);
		return;
	}
	term->starts = published;
	if (term->rule != NULL)
	{
		find_end(term->rule, facts, term);
		apply_repair(term->rule, facts, term);
	}
	else
	{
		term->ends = UNKNOWN_DATE;
		term->reason = REASON_NO_RULE;
	}
	if (term->ends != UNKNOWN_DATE && facts->as_of > term->ends)
		term->status = STATUS_ENDED;
	else
		term->status = published == UNKNOWN_DATE || published > facts->as_of ? STATUS_DUE : STATUS_PUBLISHED;
}
