/*
 * merkle.h
 *		Merkle tree hash of RFC 9162 section 2.1.1, streamed.
 */
#ifndef FAIRDRAW_MERKLE_H
#define FAIRDRAW_MERKLE_H

#include "sha256.h"

#define MERKLE_MAX_HEIGHT 64
/* a path: the node itself is at most one a level, besides the leaf */
#define MERKLE_MAX_PATH 64

/*
 * The peaks of the perfect subtrees that the leaves so far fill, largest
 * first: one for each bit set in "size".
 */
typedef struct Merkle
{
	uint64		size;
	uint8		peak[MERKLE_MAX_HEIGHT][FAIRDRAW_HASH_LEN];
} Merkle;

extern void fairdraw_merkle_init(Merkle *tree);
extern void fairdraw_merkle_leaf(const void *line, size_t len, uint8 *digest);
extern void fairdraw_merkle_add(Merkle *tree, const uint8 *digest);
extern void fairdraw_merkle_root(const Merkle *tree, uint8 *root);
extern int	fairdraw_merkle_path(const uint8 (*leaves)[FAIRDRAW_HASH_LEN],
								 uint64 size, uint64 index,
								 uint8 (*path)[FAIRDRAW_HASH_LEN]);
extern bool fairdraw_merkle_verify(const uint8 *leaf, uint64 index, uint64 size,
								   const uint8 (*path)[FAIRDRAW_HASH_LEN],
								   int nodes, const uint8 *root);

#endif							/* FAIRDRAW_MERKLE_H */
