/*
 * assign.h
 *		What assignments and lotteries share above the algorithm.
 */
#ifndef FAIRDRAW_ASSIGN_H
#define FAIRDRAW_ASSIGN_H

#include "assign_load.h"
#include "sha256.h"

extern void fairdraw_lottery_key(const char *s, const char *label, char *key);
extern void fairdraw_seed_key(FunctionCallInfo fcinfo, int seed, int label, char *key);
extern Datum fairdraw_inspectors_datum(const Graph *graph, const uint32 *pairs, int count);
extern Chances *fairdraw_require_chances(const Problem *problem, Chances *chances);
extern void fairdraw_warn_of_certain_pairs(const Graph *graph, const Chances *chances);
pg_noreturn extern void fairdraw_refuse_infeasible(const Problem *problem, const char *hint);

#endif							/* FAIRDRAW_ASSIGN_H */
