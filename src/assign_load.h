/*
 * assign_load.h
 *		The visits, inspectors and pairs of an assignment, from queries.
 */
#ifndef FAIRDRAW_ASSIGN_LOAD_H
#define FAIRDRAW_ASSIGN_LOAD_H

#include "assign_options.h"
#include "ids.h"

typedef struct Problem
{
	AssignOptions *options;
	Ids			visits;
	Ids			inspectors;
	Graph	   *graph;
	ExcludedPairs excluded;
} Problem;

extern Problem *fairdraw_load_problem(const char *visits, const char *staff,
									  const char *eligible, Jsonb *options,
									  bool keep_excluded);
extern void fairdraw_check_pools(const Graph *graph, const AssignOptions *options);

#endif							/* FAIRDRAW_ASSIGN_LOAD_H */
