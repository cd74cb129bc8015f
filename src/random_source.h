/*
 * random_source.h
 *		Random numbers out of the key of a lottery (doc/assignment.md section 5).
 */
#ifndef FAIRDRAW_RANDOM_SOURCE_H
#define FAIRDRAW_RANDOM_SOURCE_H

#include "sha256.h"

#define RANDOM_WORDS (FAIRDRAW_HASH_LEN / 4)

typedef struct RandomSource
{
	Sha256		after_name;		/* of K "/" name ":" */
	uint64		counter;
	uint32		words[RANDOM_WORDS];
	int			next;
} RandomSource;

extern void fairdraw_random_init(RandomSource *source, const char *key, const char *name);
extern uint32 fairdraw_random_below(RandomSource *source, uint32 m);
extern void fairdraw_shuffle(RandomSource *source, uint32 *list, uint32 count);

#endif							/* FAIRDRAW_RANDOM_SOURCE_H */
