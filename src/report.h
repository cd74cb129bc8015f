/*
 * report.h
 *		Writing the texts of what is recorded.
 */
#ifndef FAIRDRAW_REPORT_H
#define FAIRDRAW_REPORT_H

#include "records.h"

extern void fairdraw_write_frame(Sink *sink, const DrawRecord *draw, bool with_salts);
extern void fairdraw_write_exclusions(Sink *sink, const DrawRecord *draw);
extern void fairdraw_write_data(Sink *sink, const char *ceremony, const char *name);
extern void fairdraw_write_result(Sink *sink, const DrawRecord *draw,
								  const CeremonyRecord *ceremony);
extern void fairdraw_write_bundle(Sink *sink, const DrawRecord *draw,
								  const CeremonyRecord *ceremony, bool for_auditor);

#endif							/* FAIRDRAW_REPORT_H */
