/*
 * draw.h
 *		Draws over a query.
 */
#ifndef FAIRDRAW_DRAW_H
#define FAIRDRAW_DRAW_H

#include "draw_state.h"
#include "query.h"

/* makes the aggregate query over a frame for a design */
typedef char *(*StatementMaker) (const CallerQuery *frame, const Design *design, void *arg);

extern void fairdraw_require_stream(const char *stream);
extern StratumSample *fairdraw_sample(const CallerQuery *frame, StatementMaker statement,
									  void *arg, const Design *design, bool sealed,
									  MemoryContext context, int *count);

#endif							/* FAIRDRAW_DRAW_H */
