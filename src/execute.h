/*
 * execute.h
 *		Computing the result of a committed draw.
 */
#ifndef FAIRDRAW_EXECUTE_H
#define FAIRDRAW_EXECUTE_H

#include "draw.h"
#include "records.h"

extern Design *fairdraw_frozen_design(const DrawRecord *draw, const char *s);
extern StratumSample *fairdraw_frozen_sample(const DrawRecord *draw, const char *s);
extern void fairdraw_sample_cutoff(const StratumSample *sample, CutoffRecord *cutoff);
extern void fairdraw_sample_result(const DrawRecord *draw, const char *ceremony_hash,
								   const char *s, const StratumSample *samples, char *hash);

#endif							/* FAIRDRAW_EXECUTE_H */
