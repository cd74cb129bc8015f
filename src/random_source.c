/*
 * random_source.c
 *		Random numbers out of the key of a lottery (doc/assignment.md section 5).
 */
#include "fairdraw.h"

#include "random_source.h"

void
fairdraw_random_init(RandomSource *source, const char *key, const char *name)
{
	sha256_init(&source->after_name);
	sha256_add(&source->after_name, key, strlen(key));
	sha256_add(&source->after_name, "/", 1);
	sha256_add(&source->after_name, name, strlen(name));
	sha256_add(&source->after_name, ":", 1);
	source->counter = 0;
	source->next = RANDOM_WORDS;
}

static uint32
next_word(RandomSource *source)
{
	if (source->next == RANDOM_WORDS)
	{
		Sha256		ctx = source->after_name;
		char		digits[21];
		uint8		digest[FAIRDRAW_HASH_LEN];

		snprintf(digits, sizeof(digits), UINT64_FORMAT, source->counter++);
		sha256_add(&ctx, digits, strlen(digits));
		sha256_final(&ctx, digest);
		for (int i = 0; i < RANDOM_WORDS; i++)
			source->words[i] = (uint32) digest[4 * i] << 24 | (uint32) digest[4 * i + 1] << 16 |
				(uint32) digest[4 * i + 2] << 8 | digest[4 * i + 3];
		source->next = 0;
	}
	return source->words[source->next++];
}

/* Every number below m is as likely as any other: words that would favour the small ones are passed over. */
uint32
fairdraw_random_below(RandomSource *source, uint32 m)
{
	uint64		bound = (UINT64CONST(1) << 32) - (UINT64CONST(1) << 32) % m;
	uint32		word;

	if (m == 1)
		return 0;
	do
		word = next_word(source);
	while (word >= bound);
	return word % m;
}

/* Fisher and Yates */
void
fairdraw_shuffle(RandomSource *source, uint32 *list, uint32 count)
{
	for (uint32 j = count; j > 1; j--)
	{
		uint32		r = fairdraw_random_below(source, j);
		uint32		held = list[j - 1];

		list[j - 1] = list[r];
		list[r] = held;
	}
}
