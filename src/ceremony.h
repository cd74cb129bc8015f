/*
 * ceremony.h
 *		States of ceremonies, and the values of their entropy.
 */
#ifndef FAIRDRAW_CEREMONY_H
#define FAIRDRAW_CEREMONY_H

#include "utils/jsonb.h"

#include "records.h"

/* A drawer decides something about a ceremony, whose row stays locked. */
typedef struct DrawerCall
{
	char	   *label;
	char	   *user;
	CeremonyRecord *ceremony;
	OwnerSection section;
} DrawerCall;

extern void fairdraw_ceremony_init(void);
extern void fairdraw_begin_call(DrawerCall *call, FunctionCallInfo fcinfo);
extern void fairdraw_end_call(const DrawerCall *call);
extern char *fairdraw_caller(void);
extern void fairdraw_random_hex(char *hex, int digits);
extern void fairdraw_require_open(const CeremonyRecord *ceremony);
extern void fairdraw_require_sealed(const CeremonyRecord *ceremony);
extern void fairdraw_require_executed(const CeremonyRecord *ceremony);
extern void fairdraw_require_secret(const CeremonyRecord *ceremony);
extern void fairdraw_require_due(const CeremonyRecord *ceremony);

/* entropy.c */
extern void fairdraw_parse_source(char *text, EntropySource *source);
extern void fairdraw_check_sources(const CeremonyRecord *ceremony);
extern void fairdraw_set_values(CeremonyRecord *ceremony, Jsonb *values);

#endif							/* FAIRDRAW_CEREMONY_H */
