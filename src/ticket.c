/*
 * ticket.c
 *		Streams, tickets and random numbers of units (protocol section 5).
 *
 * All texts are UTF-8.
 */
#include "fairdraw.h"

#include "port/pg_bswap.h"

#include "ticket.h"

/* S = hex(H(seed)); writes 64 digits and a NUL */
void
fairdraw_seed_hash(const char *seed, size_t len, char *s)
{
	uint8		digest[FAIRDRAW_HASH_LEN];

	fairdraw_sha256(seed, len, digest);
	fairdraw_to_hex(digest, sizeof(digest), s);
}

/* K = hex(H(S "/" stream)); writes 64 digits and a NUL */
void
fairdraw_stream_key(const char *s, const char *stream, char *key)
{
	Sha256		ctx;
	uint8		digest[FAIRDRAW_HASH_LEN];

	sha256_init(&ctx);
	sha256_add(&ctx, s, FAIRDRAW_HEX_LEN);
	sha256_add(&ctx, "/", 1);
	sha256_add(&ctx, stream, strlen(stream));
	sha256_final(&ctx, digest);
	fairdraw_to_hex(digest, sizeof(digest), key);
}

void
fairdraw_stream_init(Stream *stream, const char *key)
{
	memcpy(stream->key, key, FAIRDRAW_HEX_LEN);
	stream->key[FAIRDRAW_HEX_LEN] = '\0';
	sha256_init(&stream->after_key);
	sha256_add(&stream->after_key, stream->key, FAIRDRAW_HEX_LEN);
}

/* what a padded block has room for behind K: separator, uid, 0x80, length */
#define ONE_BLOCK_UID (SHA256_CBLOCK - 1 - 1 - 8)

/*
 * H(K separator uid).  Nearly every uid fits one block, which is padded here
 * (FIPS 180-4 section 5.1.1): filling and wiping OpenSSL's own buffer would
 * cost a third as much as the compression.
 */
static void
hash_unit(const Stream *stream, char separator, const char *uid, size_t len,
		  uint8 *digest)
{
	Sha256		ctx = stream->after_key;
	uint8		block[SHA256_CBLOCK] = {0};
	uint32		bits = (FAIRDRAW_HEX_LEN + 1 + len) * 8;

	if (unlikely(len > ONE_BLOCK_UID))
	{
		sha256_add(&ctx, &separator, 1);
		sha256_add(&ctx, uid, len);
		sha256_final(&ctx, digest);
		return;
	}
	block[0] = separator;
	memcpy(block + 1, uid, len);
	block[1 + len] = 0x80;
	block[SHA256_CBLOCK - 2] = (uint8) (bits >> 8);
	block[SHA256_CBLOCK - 1] = (uint8) bits;
	SHA256_Transform(&ctx, block);
	for (int i = 0; i < 8; i++)
	{
		uint32		word = pg_hton32(ctx.h[i]);

		memcpy(digest + 4 * i, &word, sizeof(word));
	}
}

/* T = H(K ":" uid), 32 bytes */
void
fairdraw_ticket(const Stream *stream, const char *uid, size_t len, uint8 *ticket)
{
	hash_unit(stream, ':', uid, len, ticket);
}

/* z = the first 16 bytes of H(K "/" uid): the coin of a duel */
void
fairdraw_duel_coin(const Stream *stream, const char *uid, size_t len,
				   uint64 *high, uint64 *low)
{
	uint8		digest[FAIRDRAW_HASH_LEN];

	hash_unit(stream, '/', uid, len, digest);
	*high = fairdraw_load64(digest);
	*low = fairdraw_load64(digest + 8);
}

/* floor(j * 2^64 / m) */
uint64
fairdraw_rotation_shift(Rotation rotation)
{
	return (uint64) (((unsigned __int128) rotation.j << 64) / rotation.m);
}

/* a: the unit's random number is a/2^64, never 0 or 1 */
uint64
fairdraw_position(const uint8 *ticket, uint64 shift)
{
	return (fairdraw_load64(ticket) + shift) | 1;
}

static int
greatest_common_divisor(int a, int b)
{
	while (b != 0)
	{
		int			rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Reads digits without a leading zero; -1 if there are none or too many. */
static int
parse_digits(const char **text)
{
	const char *start = *text;
	int			value = 0;

	while (**text >='0' && **text <='9' && *text -start < 5)
		value = value * 10 + (*(*text) ++- '0');
	if (*text == start || (*start == '0' && *text -start > 1))
		return -1;
	return value;
}

/* "j/m" with j < m <= 4096 in lowest terms; false if it is anything else */
bool
fairdraw_parse_rotation(const char *text, Rotation *rotation)
{
	rotation->j = parse_digits(&text);
	if (rotation->j < 0 || *text ++!= '/')
		return false;
	rotation->m = parse_digits(&text);
	if (*text !='\0' || rotation->m < 1 || rotation->m > FAIRDRAW_MAX_ROTATION)
		return false;
	return rotation->j < rotation->m &&
		greatest_common_divisor(rotation->j, rotation->m) == 1;
}
