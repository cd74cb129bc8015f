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

/* the columns of a frame */
typedef enum FrameColumn
{
	FRAME_UID,
	FRAME_STRATUM,
	FRAME_WEIGHT,
	FRAME_PART
} FrameColumn;

typedef struct FrameQuery
{
	CallerQuery *query;
	Column		columns[FRAME_PART + 1];
} FrameQuery;

extern void fairdraw_open_frame(FrameQuery *frame, const char *query);

/* a FrameCollector, of a FrameQuery */
extern void fairdraw_collect_frame(const Design *design, void *arg);

extern void fairdraw_require_stream(const char *stream);
extern StratumSample *fairdraw_sample(FrameCollector collect, void *arg,
									  const Design *design, bool sealed,
									  MemoryContext context, int *count);

#endif							/* FAIRDRAW_DRAW_H */
