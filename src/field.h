/*
 * field.h
 *		Text fields and weights of the protocol (section 1).
 */
#ifndef FAIRDRAW_FIELD_H
#define FAIRDRAW_FIELD_H

#include "utils/numeric.h"

#define FAIRDRAW_MAX_LABEL 255	/* bytes: labels, uids, strata, agency */
#define FAIRDRAW_MAX_REMARK 1024	/* bytes: place, how, reason */
#define FAIRDRAW_MAX_NAME 63	/* bytes: names of entropy and data */

extern const char *fairdraw_to_utf8(const char *text, size_t len, size_t *utf8_len);
extern char *fairdraw_from_utf8(const char *utf8, size_t len);
extern const char *fairdraw_shown(const char *utf8);
extern const char *fairdraw_shown_visit(const char *utf8);
extern const char *fairdraw_quoted(const char *utf8);
extern char *fairdraw_text_to_utf8(text *value);

extern char *fairdraw_field_fault(const char *utf8, size_t len, size_t max);
extern void fairdraw_require_field(const char *what, const char *utf8, size_t max);
extern void fairdraw_require_name(const char *what, const char *name);

typedef enum WeightFault
{
	WEIGHT_OK,
	WEIGHT_NOT_FINITE,
	WEIGHT_NOT_POSITIVE,
	WEIGHT_TOO_PRECISE,
	WEIGHT_TOO_LARGE
} WeightFault;

extern WeightFault fairdraw_weight_micro(Datum weight, uint64 *micro);
extern const char *fairdraw_weight_fault_text(WeightFault fault);
extern const char *fairdraw_weight_fault_hint(WeightFault fault);
extern Numeric fairdraw_micro_weight(uint64 micro);

#endif							/* FAIRDRAW_FIELD_H */
