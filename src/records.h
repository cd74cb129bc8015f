/*
 * records.h
 *		Loading ceremonies and draws, scanning frozen frames.
 */
#ifndef FAIRDRAW_RECORDS_H
#define FAIRDRAW_RECORDS_H

#include "owner.h"
#include "texts.h"

#define FAIRDRAW_BLOCK 256		/* leaves under one stored node */

typedef enum Lock
{
	LOCK_NONE,
	LOCK_SHARE,					/* it stays as it is */
	LOCK_UPDATE					/* one decision at a time */
} Lock;

extern CeremonyRecord *fairdraw_load_ceremony(const char *label, Lock lock);
extern CeremonyRecord *fairdraw_load_execution(const char *label, int32 execution);
extern DrawRecord *fairdraw_load_draw(const char *label);
extern CutoffRecord *fairdraw_load_cutoffs(const DrawRecord *draw, int32 execution);
extern void fairdraw_require_frame(const DrawRecord *draw);

/* a unit of a frozen frame */
typedef struct FrameRow
{
	const char *uid;			/* UTF-8, not NUL-terminated */
	size_t		len;
	int32		stratum;		/* from 1 */
	uint64		micro;
	int32		leaf;
} FrameRow;

extern void fairdraw_begin_frame(RecordScan *scan, const DrawRecord *draw,
								 const char *first_uid, int64 limit);
extern bool fairdraw_next_row(RecordScan *scan, FrameRow *row);

#endif							/* FAIRDRAW_RECORDS_H */
