/*
 * flat.h
 *		States of aggregates as strings of bytes, big-endian: equal states have
 *		equal bytes on every machine.
 */
#ifndef FAIRDRAW_FLAT_H
#define FAIRDRAW_FLAT_H

#include "lib/stringinfo.h"

/* What is left to read of a state, which another server or a user may have made. */
typedef struct FlatReader
{
	const char *type;			/* "draw_state" */
	const char *aggregate;		/* that makes them */
	const char *at;
	const char *end;
} FlatReader;

pg_noreturn extern void fairdraw_invalid_flat(const FlatReader *in, const char *detail);
extern const char *fairdraw_get_bytes(FlatReader *in, size_t len);
extern uint64 fairdraw_get_integer(FlatReader *in, int bytes);
extern char *fairdraw_put_bytes(char *at, const void *bytes, size_t len);
extern char *fairdraw_put_integer(char *at, uint64 value, int bytes);

/* the four functions of a type; values are written as hexadecimal digits */
extern bytea *fairdraw_flat_in(const char *type, const char *hex);
extern char *fairdraw_flat_out(Datum datum);
extern bytea *fairdraw_flat_recv(StringInfo message);
extern bytea *fairdraw_flat_send(Datum datum);

#endif							/* FAIRDRAW_FLAT_H */
