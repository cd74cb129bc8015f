/*
 * deadline.h
 *		By when something has to be done (doc/publication.md section 3).
 */
#ifndef FAIRDRAW_DEADLINE_H
#define FAIRDRAW_DEADLINE_H

#include "utils/date.h"

typedef enum DeadlineUnit
{
	UNIT_WORKING,
	UNIT_CALENDAR,
	UNIT_MONTH,
	UNIT_YEAR
} DeadlineUnit;

typedef struct DeadlineRule
{
	const char *rule;
	const char *event;
	const char *anchor;
	DeadlineUnit unit;
	int32		length;
	int32		month;			/* of a UNIT_YEAR */
	bool		roll;
	bool		in_force;
	DateADT		valid_from;
	DateADT		valid_to;		/* DATEVAL_NOEND: until further notice */
	int			anchor_id;		/* place of the anchor in the list of all */
} DeadlineRule;

typedef struct DeadlineRules
{
	int			nrules;
	DeadlineRule *rules;		/* by event; of an event the latest first */
	int			nanchors;
	const char **anchors;		/* by name */
} DeadlineRules;

extern const char *const fairdraw_deadline_units[];

extern const DeadlineRules *fairdraw_deadline_rules(void);
extern const DeadlineRule *fairdraw_first_deadline_rule(const DeadlineRules *rules, const char *event);
extern DateADT fairdraw_due(const DeadlineRule *rule, DateADT anchor);
extern DateADT fairdraw_deadline_of(const char *event, DateADT day);

#endif							/* FAIRDRAW_DEADLINE_H */
