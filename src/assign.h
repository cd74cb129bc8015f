/*
 * assign.h
 *		What assignments and lotteries share above the algorithm.
 */
#ifndef FAIRDRAW_ASSIGN_H
#define FAIRDRAW_ASSIGN_H

#include "assign_load.h"
#include "sha256.h"

extern void fairdraw_lottery_key(const char *s, const char *label, char *key);
extern Chances *fairdraw_require_chances(const Problem *problem);
pg_noreturn extern void fairdraw_refuse_infeasible(const Problem *problem);

#endif							/* FAIRDRAW_ASSIGN_H */
