/*
 * disclosure_reason.c
 *		disclosure_reason(): how the end of a publication came about, in a
 *		sentence.
 */
#include "fairdraw.h"

#include "access/htup_details.h"
#include "executor/executor.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/typcache.h"

#include "arguments.h"
#include "calendar.h"
#include "disclosure.h"
#include "field.h"
#include "validity.h"

/*
 * In a sentence %E stands for the last day, %U for until when it is public, %L
 * for the longest period, %S for the first day of an early end, %C for the
 * clock, %B for the basis.
 * (Indenting is off since pg_bsd_indent damages characters with a byte 0x80.)
 */
/* INDENT OFF */
static const struct
{
	const char *zh;
	const char *en;
} sentences[REASONS] = {
	[REASON_PRIVACY] = {"涉及个人隐私,不予公示。", "It is not published, since it concerns privacy."},
	[REASON_COMMERCIAL_SECRET] = {"涉及商业秘密,不予公示。", "It is not published, since it concerns a commercial secret."},
	[REASON_STATE_SECRET] = {"涉及国家秘密,不予公示。", "It is not published, since it concerns a state secret."},
	[REASON_NATIONAL_SECURITY] = {"涉及国家安全,不予公示。", "It is not published, since it concerns national security."},
	[REASON_PUBLIC_INTEREST] = {"可能损害公共利益,不予公示。", "It is not published, since that could harm the public interest."},
	[REASON_NO_RULE] = {"没有规则规定其公示期限,何时停止公示由人工确定。", "No rule says when it ends; somebody has to decide that."},
	[REASON_NEVER_PUBLIC] = {"依规定不予公示%B。", "It is not published%B."},
	[REASON_UNCORRECTED] = {"尚未整改,持续公示,截止日期待整改完成后确定%B。", "It stays public; until when is known once it is corrected%B."},
	[REASON_LISTED] = {"已整改,尚未作出移出决定,持续公示%B。", "It was corrected, and stays public until the removal is decided%B."},
	[REASON_PENALTY_OPEN] = {"与行政处罚一致,其截止日期尚未确定,持续公示%B。", "It stays public with the penalty, whose end is not known yet%B."},
	[REASON_NO_CLOCK] = {"%C%L止,起算日期尚未确定%B。", "It ends %L %C, a date that is not known yet%B."},
	[REASON_LONGEST] = {"%C%L,公示至%E%B。", "It is public until %E, %L %C%B."},
	[REASON_PENALTY] = {"与行政处罚一致,公示至%E%B。", "It is public until %E, as long as the penalty%B."},
	[REASON_CORRECTED] = {"已于%E整改完成,公示至该日%B。", "It is public until %E, when it was corrected%B."},
	[REASON_REPAIRED] = {"信用修复,公示提前至%E停止%B。", "It is public until %E, when it was ended early by credit repair%B."},
	[REASON_NOT_REPAIRABLE] = {"依规定不得提前停止公示,信用修复决定不影响期限,%U%B。", "It is public %U; the decision to end it early changes nothing, since the rule does not allow it%B."},
	[REASON_REPAIR_TOO_EARLY] = {"信用修复决定早于%S,不影响期限,%U%B。", "It is public %U; the decision to end it early changes nothing, since it came before %S%B."},
};

static const struct
{
	const char *zh;
	const char *en;
} clock_names[CLOCKS] = {
	[DATE_DECIDED] = {"自决定作出之日起", "from the decision"},
	[DATE_PUBLISHED] = {"自公示之日起", "from publication"},
	[DATE_FOUND] = {"自发现之日起", "from the finding"},
	[DATE_RECTIFIED] = {"自整改完成之日起", "from correction"},
};

/* in Chinese, in English */
static const char *const no_end[2] = {"持续公示", "until an end that is not known yet"};
static const char *const until[2] = {"公示至", "until "};
static const char *const first_day[2] = {"规定允许的最早日期", "the first day on which that is allowed"};
static const char *const least_is[2] = {"最短公示期:", "least period: "};
static const char *const corrected_first[2] = {"整改完成之后", "not before it is corrected"};
static const char *const and_also[2] = {";", "; "};
static const char *const unverified[2] = {",未核实", ", unverified"};
static const char *const brackets[2][2] = {{"(", ")"}, {" (", ")"}};
/* INDENT ON */

/* Basis in the encoding of the server, the rest of the sentence from UTF-8. */
static void
append_basis(StringInfo sentence, const DisclosureRule *rule, bool en)
{
	if (rule == NULL)
		return;
	appendStringInfoString(sentence, fairdraw_shown(brackets[en][0]));
	appendStringInfoString(sentence, rule->basis);
	if (!rule->verified)
		appendStringInfoString(sentence, fairdraw_shown(unverified[en]));
	appendStringInfoString(sentence, fairdraw_shown(brackets[en][1]));
}

static const char *
clock_name(const DisclosureRule *rule, bool en)
{
	return en ? clock_names[rule->clock].en : fairdraw_shown(clock_names[rule->clock].zh);
}

/* From when it can be ended early: "(least period: 6 months from publication)". */
static void
append_least(StringInfo sentence, const DisclosureRule *rule, bool en)
{
	bool		corrected = fairdraw_waits_for_correction(rule);

	appendStringInfoString(sentence, fairdraw_shown(first_day[en]));
	appendStringInfoString(sentence, fairdraw_shown(brackets[en][0]));
	if (rule->least.given)
	{
		const char *period = fairdraw_period_text(&rule->least, !en);

		appendStringInfoString(sentence, fairdraw_shown(least_is[en]));
		if (en)
			appendStringInfo(sentence, "%s %s", period, clock_name(rule, en));
		else
			appendStringInfo(sentence, "%s%s", clock_name(rule, en), period);
	}
	else
		appendStringInfoString(sentence, clock_name(rule, en));
	if (corrected)
		appendStringInfoString(sentence, fairdraw_shown(and_also[en]));
	if (corrected)
		appendStringInfoString(sentence, fairdraw_shown(corrected_first[en]));
	appendStringInfoString(sentence, fairdraw_shown(brackets[en][1]));
}

static void
append_part(StringInfo sentence, char part, const DisclosureRule *rule, DateADT ends, bool en)
{
	switch (part)
	{
		case 'B':
			append_basis(sentence, rule, en);
			break;
		case 'C':
			appendStringInfoString(sentence, clock_name(rule, en));
			break;
		case 'E':
			appendStringInfoString(sentence, fairdraw_date_text(ends));
			break;
		case 'L':
			appendStringInfoString(sentence, fairdraw_period_text(&rule->longest, !en));
			break;
		case 'S':
			append_least(sentence, rule, en);
			break;
		case 'U':
			if (ends == UNKNOWN_DATE)
				appendStringInfoString(sentence, fairdraw_shown(no_end[en]));
			else
				appendStringInfo(sentence, "%s%s", fairdraw_shown(until[en]), fairdraw_date_text(ends));
			break;
	}
}

static void
append_piece(StringInfo sentence, const char *start, const char *end)
{
	if (end > start)
		appendStringInfoString(sentence, fairdraw_shown(pnstrdup(start, end - start)));
}

static char *
write_sentence(DisclosureReason reason, const DisclosureRule *rule, DateADT ends, bool en)
{
	const char *form = en ? sentences[reason].en : sentences[reason].zh;
	const char *start = form;
	StringInfoData sentence;

	initStringInfo(&sentence);
	for (; *form != '\0'; form++)
		if (*form == '%')
		{
			append_piece(&sentence, start, form);
			append_part(&sentence, *++form, rule, ends, en);
			start = form + 1;
		}
	append_piece(&sentence, start, form);
	return sentence.data;
}

/* Does the term have what a sentence with this reason speaks of? */
static bool
fits_together(DisclosureReason reason, const DisclosureRule *rule, DateADT ends)
{
	const char *form = sentences[reason].en;

	if (DATE_NOT_FINITE(ends) && ends != UNKNOWN_DATE)
		return false;
	if (rule == NULL)
		return strchr(form, '%') == NULL;
	if ((strstr(form, "%E") != NULL && ends == UNKNOWN_DATE) || reason < REASON_NEVER_PUBLIC)
		return false;
	return strstr(form, "%L") == NULL || rule->longest.given;
}

static const DisclosureRule *
find_rule(const RuleBook *book, const char *name)
{
	for (int i = 0; i < book->nrules; i++)
		if (strcmp(book->rules[i].rule, name) == 0)
			return &book->rules[i];
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("there is no rule \"%s\" in fairdraw_data.disclosure_rule", name),
			 errhint("It was removed or renamed since; compute the term again by disclosure_term().")));
}

/* disclosure_reason(term, lang) */
PG_FUNCTION_INFO_V1(fairdraw_disclosure_reason);
Datum
fairdraw_disclosure_reason(PG_FUNCTION_ARGS)
{
	HeapTupleHeader term = PG_GETARG_HEAPTUPLEHEADER(0);
	char	   *lang = text_to_cstring(PG_GETARG_TEXT_PP(1));
	const RuleBook *book = fairdraw_rule_book();
	const DisclosureRule *rule = NULL;
	DateADT		ends;
	Datum		value;
	char	   *word;
	int			reason;
	bool		isnull;

	if (strcmp(lang, "zh") != 0 && strcmp(lang, "en") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there are no sentences in language \"%s\"", lang),
				 errhint("Use zh or en.")));
	value = GetAttributeByName(term, "reason", &isnull);
	if (isnull)
		PG_RETURN_NULL();
	word = TextDatumGetCString(value);
	reason = fairdraw_word_place(fairdraw_disclosure_reasons, word);
	if (reason < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown reason: \"%s\"", word),
				 errhint("Give what disclosure_term() returned.")));
	value = GetAttributeByName(term, "rule", &isnull);
	if (!isnull)
		rule = find_rule(book, TextDatumGetCString(value));
	value = GetAttributeByName(term, "ends", &isnull);
	ends = isnull ? UNKNOWN_DATE : DatumGetDateADT(value);
	if (!fits_together(reason, rule, ends))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a disclosure with reason \"%s\" has another rule or end", word),
				 errhint("Give what disclosure_term() returned, or compute it again if the rule was changed since.")));
	PG_RETURN_TEXT_P(cstring_to_text(write_sentence(reason, rule, ends, lang[0] == 'e')));
}
