/*
 * hash.c
 *		What the hash of one unit costs: the function that draw() calls for
 *		each row, without the row.  Prints its nanoseconds, and for comparison
 *		those of OpenSSL's one-shot EVP_Digest() over the same text.
 */
#include "fairdraw.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <time.h>

#include "ticket.h"

/* those of PostgreSQL would have to be linked */
#undef printf
#undef snprintf

#define UNITS 2000000
#define ROUNDS 7

static const char key[] = "c6b8e0e3a758d548f8618ba1282bdb0edc9c388d090040b267bd8c3277adf9df";
static uint8 digest[FAIRDRAW_HASH_LEN];
static uint64 folded;			/* so that nothing is optimised away */

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

/* a uid of 18 bytes behind the key and the colon */
static size_t
write_text(char *text, int unit)
{
	return snprintf(text, 128, "%s:91%06d%010d", key, 110101 + unit % 20, unit);
}

static double
measure(bool evp)
{
	double		best = 0;
	char		text[128];
	size_t		len = write_text(text, 0);
	Stream		stream;

	fairdraw_stream_init(&stream, key);
	for (int round = 0; round < ROUNDS; round++)
	{
		double		start = now();
		double		took;

		for (int unit = 0; unit < UNITS; unit++)
		{
			/* another uid each time */
			memcpy(text + len - sizeof(unit), &unit, sizeof(unit));
			if (evp)
				EVP_Digest(text, len, digest, NULL, EVP_sha256(), NULL);
			else
				fairdraw_ticket(&stream, text + FAIRDRAW_HEX_LEN + 1,
								len - FAIRDRAW_HEX_LEN - 1, digest);
			folded += digest[0];
		}
		took = (now() - start) / UNITS;
		if (round == 0 || took < best)
			best = took;
	}
	return best;
}

int
main(void)
{
	double		ours = measure(false);
	double		evp = measure(true);

	printf("%.0f %.0f\n", ours, evp);
	return folded == 0;
}
