/*
 * ids.c
 *		Ids in the order of their bytes, and finding them again.
 */
#include "fairdraw.h"

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "ids.h"

/* The list has to be ascending; it is not copied. */
void
fairdraw_index_ids(Ids *ids, const char **list, int32 count)
{
	uint32		size = 16;

	while (size < 2 * (uint32) count)
		size *= 2;
	ids->count = count;
	ids->ids = list;
	ids->mask = size - 1;
	ids->slots = MemoryContextAllocHuge(CurrentMemoryContext, size * sizeof(int32));
	memset(ids->slots, -1, size * sizeof(int32));
	for (int32 i = 0; i < count; i++)
	{
		uint32		slot = hash_bytes((const unsigned char *) list[i], strlen(list[i]));

		while (ids->slots[slot & ids->mask] >= 0)
			slot++;
		ids->slots[slot & ids->mask] = i;
	}
}

/* -1: it is not among them */
int32
fairdraw_find_id(const Ids *ids, const char *id, size_t len)
{
	uint32		slot = hash_bytes((const unsigned char *) id, len);
	int32		i;

	while ((i = ids->slots[slot & ids->mask]) >= 0)
	{
		if (strncmp(ids->ids[i], id, len) == 0 && ids->ids[i][len] == '\0')
			return i;
		slot++;
	}
	return -1;
}
