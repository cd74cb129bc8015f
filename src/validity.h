/*
 * validity.h
 *		Faults that rows of all tables of rules can have.
 */
#ifndef FAIRDRAW_VALIDITY_H
#define FAIRDRAW_VALIDITY_H

#include "utils/date.h"

/* A bad row: table, rule, what is wrong with it, what to do. */
pg_noreturn extern void fairdraw_bad_rule(const char *table, const char *rule,
										  const char *fault, const char *hint);
pg_noreturn extern void fairdraw_overlapping_rules(const char *table, const char *rule,
												   const char *other, const char *matter,
												   DateADT from);

/* Reads valid_from and valid_to (the last day, or the end of time). */
extern void fairdraw_read_validity(const char *table, const char *rule, uint64 row,
								   int column, DateADT *from, DateADT *to);

extern int	fairdraw_read_code(const char *table, const char *rule, uint64 row, int column);

/* Have two spans a day in common? */
static inline bool
fairdraw_spans_meet(DateADT from, DateADT to, DateADT other_from, DateADT other_to)
{
	return from <= other_to && other_from <= to;
}

/* The place of a word in a list that ends with NULL, or -1. */
extern int	fairdraw_word_place(const char *const *words, const char *word);
extern char *fairdraw_word_list(const char *const *words, const char *and);

#endif							/* FAIRDRAW_VALIDITY_H */
