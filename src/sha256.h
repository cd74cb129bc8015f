/*
 * sha256.h
 *		SHA-256 (FIPS 180-4) without a fetch or an allocation a call.
 *
 * OpenSSL's EVP interface looks the algorithm up and allocates on every use,
 * which costs several times the compression itself.  SHA256_CTX lives on the
 * stack, and copying it is how a shared prefix is hashed only once; it is
 * deprecated since OpenSSL 3.0 but still there, and PostgreSQL's headers ask
 * for an older API level, so that it stays visible.
 */
#ifndef FAIRDRAW_SHA256_H
#define FAIRDRAW_SHA256_H

#include <openssl/sha.h>

#define FAIRDRAW_HASH_LEN 32
#define FAIRDRAW_HEX_LEN 64

typedef SHA256_CTX Sha256;

static inline void
sha256_init(Sha256 *ctx)
{
	SHA256_Init(ctx);
}

static inline void
sha256_add(Sha256 *ctx, const void *data, size_t len)
{
	SHA256_Update(ctx, data, len);
}

static inline void
sha256_final(Sha256 *ctx, uint8 *digest)
{
	SHA256_Final(digest, ctx);
}

extern void fairdraw_sha256(const void *data, size_t len, uint8 *digest);
extern void fairdraw_to_hex(const uint8 *bytes, size_t len, char *hex);
extern bool fairdraw_from_hex(const char *hex, size_t len, uint8 *bytes);
extern bool fairdraw_is_hex(const char *text, size_t len, size_t want);
extern uint64 fairdraw_load64(const uint8 *bytes);
extern void fairdraw_store64(uint8 *bytes, uint64 value);

#endif							/* FAIRDRAW_SHA256_H */
