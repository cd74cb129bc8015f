/*
 * ids.h
 *		Ids in the order of their bytes, and finding them again.
 */
#ifndef FAIRDRAW_IDS_H
#define FAIRDRAW_IDS_H

typedef struct Ids
{
	int32		count;
	const char **ids;			/* UTF-8, ascending */
	int32	   *slots;			/* of the hash table; -1: empty */
	uint32		mask;
} Ids;

extern void fairdraw_index_ids(Ids *ids, const char **list, int32 count);
extern int32 fairdraw_find_id(const Ids *ids, const char *id, size_t len);

#endif							/* FAIRDRAW_IDS_H */
