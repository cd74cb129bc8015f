/*
 * report.h
 *		Writing the texts of what is recorded.
 */
#ifndef FAIRDRAW_REPORT_H
#define FAIRDRAW_REPORT_H

#include "records.h"

/* A text that a function returns, a line a row, for callers with a duty. */
typedef struct Report
{
	OwnerSection section;
	Sink		sink;
} Report;

extern void fairdraw_begin_report(Report *report, FunctionCallInfo fcinfo, Duty duty);
extern Datum fairdraw_end_report(Report *report);
extern bool fairdraw_audience_arg(FunctionCallInfo fcinfo, int argument);
extern bool fairdraw_seed_is_shown(const CeremonyRecord *ceremony, bool for_auditor);

extern void fairdraw_write_frame(Sink *sink, const DrawRecord *draw, bool with_salts);
extern void fairdraw_write_exclusions(Sink *sink, const DrawRecord *draw);
extern void fairdraw_write_data(Sink *sink, const char *ceremony, const char *name);
extern void fairdraw_write_result(Sink *sink, const DrawRecord *draw,
								  const CeremonyRecord *ceremony);
extern void fairdraw_write_bundle(Sink *sink, const DrawRecord *draw,
								  const CeremonyRecord *ceremony, bool for_auditor);

#endif							/* FAIRDRAW_REPORT_H */
