/*
 * facts.h
 *		Facts of a record, as SQL gives them.
 */
#ifndef FAIRDRAW_FACTS_H
#define FAIRDRAW_FACTS_H

#include "disclosure.h"
#include "query.h"

/* Values in this order, as the arguments of disclosure_term() stand. */
enum
{
	FACT_KIND, FACT_CODE, FACT_SEVERITY, FACT_AREA, FACT_DECIDED_ON, FACT_PUBLISHED_ON,
	FACT_FOUND_ON, FACT_RECTIFIED_ON, FACT_PENALTY_ENDS, FACT_WITHHELD, FACT_REPAIRED_ON,
	FACT_COLUMNS
};

extern void fairdraw_fact_columns(Column *columns);
extern int	fairdraw_code_of(Oid type, Datum value);
extern void fairdraw_read_fact_columns(const RuleBook *book, const Column *columns, const Datum *values,
									   const bool *nulls, Facts *facts);
extern void fairdraw_read_facts(const RuleBook *book, const Datum *values, const bool *nulls, Facts *facts);
extern int	fairdraw_find_rule_set(const RuleBook *book, const char *name);
extern DateADT fairdraw_as_of_arg(FunctionCallInfo fcinfo, int argument);

#endif							/* FAIRDRAW_FACTS_H */
