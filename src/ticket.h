/*
 * ticket.h
 *		Streams, tickets and random numbers of units (protocol section 5).
 */
#ifndef FAIRDRAW_TICKET_H
#define FAIRDRAW_TICKET_H

#include "sha256.h"

#define FAIRDRAW_MAX_ROTATION 4096

/*
 * A stream: the 64 digits of K fill one SHA-256 block, so the state after
 * them is kept and a ticket costs one more block.
 */
typedef struct Stream
{
	char		key[FAIRDRAW_HEX_LEN + 1];
	Sha256		after_key;
} Stream;

/* A draw is moved along the circle of random numbers by j/m (lowest terms). */
typedef struct Rotation
{
	int			j;
	int			m;
} Rotation;

extern void fairdraw_seed_hash(const char *seed, size_t len, char *s);
extern void fairdraw_stream_key(const char *s, const char *stream, char *key);
extern void fairdraw_stream_init(Stream *stream, const char *key);
extern void fairdraw_ticket(const Stream *stream, const char *uid, size_t len,
							uint8 *ticket);
extern uint64 fairdraw_position(const uint8 *ticket, uint64 shift);
extern uint64 fairdraw_rotation_shift(Rotation rotation);
extern bool fairdraw_parse_rotation(const char *text, Rotation *rotation);
extern void fairdraw_duel_coin(const Stream *stream, const char *uid, size_t len,
							   uint64 *high, uint64 *low);

#endif							/* FAIRDRAW_TICKET_H */
