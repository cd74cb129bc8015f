/*
 * disclosure.h
 *		How long something is public (doc/publication.md section 4).
 */
#ifndef FAIRDRAW_DISCLOSURE_H
#define FAIRDRAW_DISCLOSURE_H

#include "utils/date.h"

#include "period.h"

typedef enum RecordKind
{
	KIND_INSPECTION,
	KIND_PENALTY,
	KIND_ABNORMAL_LIST,
	KIND_SERIOUS_LIST,
	RECORD_KINDS
} RecordKind;

/* The dates of a record; the first four can be clocks. */
typedef enum RecordDate
{
	DATE_DECIDED,
	DATE_PUBLISHED,
	DATE_FOUND,
	DATE_RECTIFIED,
	DATE_PENALTY_ENDS,
	DATE_REPAIRED,
	RECORD_DATES
} RecordDate;

#define CLOCKS (DATE_RECTIFIED + 1)

/* no date of a record is minus infinity */
#define UNKNOWN_DATE DATEVAL_NOBEGIN
#define ANY_WORD (-1)

typedef struct RuleSet
{
	const char *rule_set;
	bool		in_force;
	DateADT		valid_from;
	DateADT		valid_to;
} RuleSet;

typedef struct DisclosureRule
{
	const char *rule;
	int			number;			/* place in the list of all */
	int			set;
	RecordKind	kind;
	int			code;			/* 0: any */
	int			severity;		/* or ANY_WORD */
	int			area;			/* or ANY_WORD */
	bool		publish;
	RecordDate	clock;
	Period		least;
	Period		longest;
	bool		follows_penalty;
	bool		until_corrected;
	bool		repairable;
	bool		verified;
	const char *basis;
	DateADT		valid_from;
	DateADT		valid_to;
} DisclosureRule;

typedef enum RepairCondition
{
	CONDITION_CORRECTED,
	CONDITION_OBLIGATIONS,
	CONDITION_HARM_REMOVED,
	CONDITION_NO_NEW_PENALTY,
	CONDITION_OFF_LISTS,
	CONDITION_TRAINING,
	CONDITION_PROMISE,
	CONDITIONS
} RepairCondition;

typedef struct RepairRule
{
	const char *rule;
	int			set;
	RecordKind	kind;
	int			severity;
	int			area;
	int			standing;		/* or ANY_WORD */
	uint32		requires;		/* bits of conditions */
	Period		least;
	bool		allowed;
	DateADT		valid_from;
	DateADT		valid_to;
} RepairRule;

typedef struct RuleBook
{
	int			nsets;
	RuleSet    *sets;			/* the latest first */
	int			nrules;
	DisclosureRule *rules;		/* by set, the more specific first */
	int			nrepairs;
	RepairRule *repairs;		/* by set, the more specific first */
	int			nseverities;
	const char **severities;	/* by name, NULL at the end */
	int			nareas;
	const char **areas;
	void	  **fitting;		/* see fairdraw_fitting_rules() */
	MemoryContext context;
} RuleBook;

/* What is known of a record. */
typedef struct Facts
{
	RecordKind	kind;
	int			code;			/* 0: unknown */
	int			severity;		/* or ANY_WORD: unknown */
	int			area;
	int			withheld;		/* place in the reasons, or -1: it is not */
	int			set;			/* -1: those in force */
	DateADT		dates[RECORD_DATES];
	DateADT		as_of;
} Facts;

typedef enum DisclosureStatus
{
	STATUS_DUE,
	STATUS_PUBLISHED,
	STATUS_ENDED,
	STATUS_WITHHELD,
	STATUSES
} DisclosureStatus;

/* the first ones are also what "withheld" can be */
typedef enum DisclosureReason
{
	REASON_PRIVACY,
	REASON_COMMERCIAL_SECRET,
	REASON_STATE_SECRET,
	REASON_NATIONAL_SECURITY,
	REASON_PUBLIC_INTEREST,
	REASON_NO_RULE,
	REASON_NEVER_PUBLIC,
	REASON_UNCORRECTED,
	REASON_LISTED,
	REASON_PENALTY_OPEN,
	REASON_NO_CLOCK,
	REASON_LONGEST,
	REASON_PENALTY,
	REASON_CORRECTED,
	REASON_REPAIRED,
	REASON_NOT_REPAIRABLE,
	REASON_REPAIR_TOO_EARLY,
	REASONS
} DisclosureReason;

typedef struct Term
{
	DateADT		starts;			/* or UNKNOWN_DATE */
	DateADT		ends;			/* or UNKNOWN_DATE: it stays */
	DisclosureStatus status;
	DisclosureReason reason;
	const DisclosureRule *rule; /* or NULL */
} Term;

/* lists of words that end with NULL */
extern const char *const fairdraw_record_kinds[];
extern const char *const fairdraw_record_dates[];
extern const char *const fairdraw_clocks[];
extern const char *const fairdraw_disclosure_statuses[];
extern const char *const fairdraw_disclosure_reasons[];
extern const char *const fairdraw_withheld_reasons[];
extern const char *const fairdraw_repair_conditions[];
extern const char *const fairdraw_standings[];

extern const RuleBook *fairdraw_rule_book(void);
extern const DisclosureRule **fairdraw_fitting_rules(const RuleBook *book, const Facts *facts);

extern void fairdraw_check_facts(const Facts *facts);
extern const DisclosureRule *fairdraw_choose_rule(const RuleBook *book, const Facts *facts);
extern bool fairdraw_waits_for_correction(const DisclosureRule *rule);
extern DateADT fairdraw_clock_plus(const DisclosureRule *rule, const Period *period, const Facts *facts);
extern DateADT fairdraw_earliest(const DisclosureRule *rule, const Period *least, const Facts *facts);
extern void fairdraw_disclosure(const RuleBook *book, const Facts *facts, Term *term);

#endif							/* FAIRDRAW_DISCLOSURE_H */
