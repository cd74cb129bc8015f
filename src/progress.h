/*
 * progress.h
 *		How far a long call is.
 */
#ifndef FAIRDRAW_PROGRESS_H
#define FAIRDRAW_PROGRESS_H

#include "datatype/timestamp.h"

typedef struct Progress
{
	const char *what;			/* "units frozen" */
	uint64		total;			/* 0: not known */
	TimestampTz shown;
	const char *statement;
} Progress;

extern bool fairdraw_progress;

extern void fairdraw_progress_begin(Progress *progress, const char *what, uint64 total);
extern void fairdraw_progress_report(Progress *progress, uint64 done);
extern void fairdraw_progress_end(Progress *progress);

#endif							/* FAIRDRAW_PROGRESS_H */
