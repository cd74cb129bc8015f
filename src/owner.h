/*
 * owner.h
 *		Working on the records, as the owner of schema fairdraw_data.
 */
#ifndef FAIRDRAW_OWNER_H
#define FAIRDRAW_OWNER_H

#include "executor/spi.h"

#define FAIRDRAW_SETUP_STEPS 4	/* what this version needs */

typedef enum Duty
{
	DUTY_DRAWER = 1,
	DUTY_AUDITOR = 2,
	DUTY_PUBLISHER = 4,
	DUTY_ANY = DUTY_DRAWER | DUTY_AUDITOR
} Duty;

typedef struct OwnerSection
{
	Oid			user;
	int			security;
	int			settings;
	bool		read_only;		/* what the transaction was */
} OwnerSection;

extern void fairdraw_owner_init(void);
pg_noreturn extern void fairdraw_no_setup(const char *message);
extern void fairdraw_check_steps(int32 steps);
extern void fairdraw_require_duty(Duty duty);
extern bool fairdraw_has_duty(Duty duty);
extern void fairdraw_enter_owner(OwnerSection *section);
extern void fairdraw_begin_owner(OwnerSection *section);
extern void fairdraw_end_owner(const OwnerSection *section);
extern void fairdraw_enter_reader(OwnerSection *section);
extern void fairdraw_end_reader(const OwnerSection *section);

/* Rows of a cursor, one after another; what is read of them lives for a while. */
typedef struct RecordScan
{
	Portal		portal;
	MemoryContext values;		/* reset with each batch */
	SPITupleTable *batch;
	uint64		size;
	uint64		next;
	HeapTuple	tuple;
} RecordScan;

extern uint64 fairdraw_write(const char *sql, const char *types,...);
extern uint64 fairdraw_look(const char *sql, const char *types,...);
extern uint64 fairdraw_read(const char *sql, const char *types,...);

extern void fairdraw_begin_scan(RecordScan *scan, const char *sql, const char *types,...);
extern bool fairdraw_next(RecordScan *scan);
extern Datum fairdraw_scan_datum(RecordScan *scan, int column, bool *isnull);
extern const char *fairdraw_scan_text(RecordScan *scan, int column, size_t *len);
extern void fairdraw_end_scan(RecordScan *scan);


extern Datum fairdraw_get_datum(uint64 row, int column);
extern char *fairdraw_get_text(uint64 row, int column);
extern int64 fairdraw_get_int64(uint64 row, int column);
extern int32 fairdraw_get_int32(uint64 row, int column);
extern bool fairdraw_get_bool(uint64 row, int column);

extern const char *fairdraw_uid_order(const char *uid);

#endif							/* FAIRDRAW_OWNER_H */
