/*
 * merkle.c
 *		Merkle tree hash and inclusion proofs of RFC 9162 section 2.1.
 *
 * The tree over blocks of 2^k leaves is the same tree as over the leaves
 * themselves, cut at level k: every function here works on leaf hashes as
 * well as on the roots of such blocks (the last one may be smaller).
 */
#include "fairdraw.h"

#include "port/pg_bitutils.h"

#include "merkle.h"

void
fairdraw_merkle_init(Merkle *tree)
{
	tree->size = 0;
}

/* H(0x00 || line) */
void
fairdraw_merkle_leaf(const void *line, size_t len, uint8 *digest)
{
	Sha256		ctx;

	sha256_init(&ctx);
	sha256_add(&ctx, "\0", 1);
	sha256_add(&ctx, line, len);
	sha256_final(&ctx, digest);
}

/* H(0x01 || left || right); the result may stand where an argument stood */
static void
hash_node(const uint8 *left, const uint8 *right, uint8 *digest)
{
	uint8 text[ 1 + 2 * FAIRDRAW_HASH_LEN];

	text[		0] = 1;

	memcpy(text +1, left, FAIRDRAW_HASH_LEN);
	memcpy(text +1 + FAIRDRAW_HASH_LEN, right, FAIRDRAW_HASH_LEN);
	fairdraw_sha256(text, sizeof(text), digest);
}

void
fairdraw_merkle_add(Merkle *tree, const uint8 *digest)
{
	int			peaks = pg_popcount64(tree->size);

	memcpy(tree->peak[peaks], digest, FAIRDRAW_HASH_LEN);
	for (uint64 size = tree->size; size & 1; size >>= 1)
	{
		peaks--;
		hash_node(tree->peak[peaks], tree->peak[peaks + 1], tree->peak[peaks]);
	}
	tree->size++;
}

void
fairdraw_merkle_root(const Merkle *tree, uint8 *root)
{
	int			peaks = pg_popcount64(tree->size);

	if (peaks == 0)
	{
		fairdraw_sha256("", 0, root);
		return;
	}
	memcpy(root, tree->peak[--peaks], FAIRDRAW_HASH_LEN);
	while (peaks > 0)
		hash_node(tree->peak[--peaks], root, root);
}

/*
 * Writes the path of the leaf "index" among "size" leaves, from the leaf
 * upwards, and returns the number of its nodes.  O(size) hashes.
 */
int
fairdraw_merkle_path(const uint8 (*leaves)[FAIRDRAW_HASH_LEN], uint64 size,
					 uint64 index, uint8 (*path)[FAIRDRAW_HASH_LEN])
{
	uint8		below[MERKLE_MAX_PATH][FAIRDRAW_HASH_LEN];
	int			nodes = 0;

	/* from the root downwards: the sibling of each subtree we descend into */
	while (size > 1)
	{
		uint64		left = UINT64CONST(1) << pg_leftmost_one_pos64(size - 1);
		bool		go_left = index < left;
		uint64		from = go_left ? left : 0;
		uint64		to = go_left ? size : left;
		Merkle		sibling;

		fairdraw_merkle_init(&sibling);
		for (uint64 i = from; i < to; i++)
			fairdraw_merkle_add(&sibling, leaves[i]);
		fairdraw_merkle_root(&sibling, below[nodes++]);

		if (go_left)
			size = left;
		else
		{
			leaves += left;
			index -= left;
			size -= left;
		}
	}

	for (int i = 0; i < nodes; i++)
		memcpy(path[i], below[nodes - 1 - i], FAIRDRAW_HASH_LEN);
	return nodes;
}

/* Does this path lead from the leaf to the root (RFC 9162 section 2.1.3.2)? */
bool
fairdraw_merkle_verify(const uint8 *leaf, uint64 index, uint64 size,
					   const uint8 (*path)[FAIRDRAW_HASH_LEN], int nodes,
					   const uint8 *root)
{
	uint64		fn = index;
	uint64		sn = size - 1;
	uint8		digest[FAIRDRAW_HASH_LEN];

	if (index >= size)
		return false;
	memcpy(digest, leaf, FAIRDRAW_HASH_LEN);
	for (int i = 0; i < nodes; i++)
	{
		if (sn == 0)
			return false;
		if ((fn & 1) || fn == sn)
		{
			hash_node(path[i], digest, digest);
			while (!(fn & 1) && fn != 0)
			{
				fn >>= 1;
				sn >>= 1;
			}
		}
		else
			hash_node(digest, path[i], digest);
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && memcmp(digest, root, FAIRDRAW_HASH_LEN) == 0;
}
