/*
 * findings.h
 *		Rows of the functions that verify: item, ok, detail.
 */
#ifndef FAIRDRAW_FINDINGS_H
#define FAIRDRAW_FINDINGS_H

#include "nodes/execnodes.h"

typedef struct Findings
{
	ReturnSetInfo *rows;
} Findings;

extern void fairdraw_begin_findings(Findings *findings, FunctionCallInfo fcinfo);
extern void fairdraw_put_finding(Findings *findings, const char *item, int state,
								 const char *detail);
extern void fairdraw_put_fault(Findings *findings, const char *item,
							   const char *fault, const char *otherwise);
extern bool fairdraw_put_hash(Findings *findings, const char *item,
							  const char *recorded, const char *computed);

#endif							/* FAIRDRAW_FINDINGS_H */
