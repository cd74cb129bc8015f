/*
 * draw.h
 *		Draws over a query.
 */
#ifndef FAIRDRAW_DRAW_H
#define FAIRDRAW_DRAW_H

#include "draw_state.h"
#include "query.h"

/* Runs the aggregate over a frame for a design; leaves its row in SPI_tuptable. */
typedef void (*FrameCollector) (const Design *design, void *arg);

extern void fairdraw_require_stream(const char *stream);
extern StratumSample *fairdraw_sample(FrameCollector collect, void *arg,
									  const Design *design, bool sealed,
									  MemoryContext context, int *count);

#endif							/* FAIRDRAW_DRAW_H */
