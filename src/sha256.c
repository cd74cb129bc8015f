/*
 * sha256.c
 *		One-shot hashes, hexadecimal digits and big-endian integers.
 */
#include "fairdraw.h"

#include "port/pg_bswap.h"

#include "sha256.h"

/* H(x) of the protocol */
void
fairdraw_sha256(const void *data, size_t len, uint8 *digest)
{
	Sha256		ctx;

	sha256_init(&ctx);
	sha256_add(&ctx, data, len);
	sha256_final(&ctx, digest);
}

/* Writes 2 * len lower-case digits and a terminating NUL. */
void
fairdraw_to_hex(const uint8 *bytes, size_t len, char *hex)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++)
	{
		*hex++ = digits[bytes[i] >> 4];
		*hex++ = digits[bytes[i] & 15];
	}
	*hex = '\0';
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* Reads len bytes out of 2 * len lower-case digits; false if any is not one. */
bool
fairdraw_from_hex(const char *hex, size_t len, uint8 *bytes)
{
	for (size_t i = 0; i < len; i++)
	{
		int			high = hex_value(hex[2 * i]);
		int			low = high < 0 ? -1 : hex_value(hex[2 * i + 1]);

		if (low < 0)
			return false;
		bytes[i] = (uint8) (high << 4 | low);
	}
	return true;
}

/* Is this text exactly "want" lower-case hexadecimal digits? */
bool
fairdraw_is_hex(const char *text, size_t len, size_t want)
{
	if (len != want)
		return false;
	for (size_t i = 0; i < len; i++)
		if (hex_value(text[i]) < 0)
			return false;
	return true;
}

uint64
fairdraw_load64(const uint8 *bytes)
{
	uint64		value;

	memcpy(&value, bytes, sizeof(value));
	return pg_ntoh64(value);
}

void
fairdraw_store64(uint8 *bytes, uint64 value)
{
	value = pg_hton64(value);
	memcpy(bytes, &value, sizeof(value));
}
