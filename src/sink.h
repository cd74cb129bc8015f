/*
 * sink.h
 *		Where the lines of a text of the protocol go.
 */
#ifndef FAIRDRAW_SINK_H
#define FAIRDRAW_SINK_H

#include "lib/stringinfo.h"
#include "nodes/execnodes.h"

#include "sha256.h"

/* Hashes its lines, and puts them as rows of one text column where asked to. */
typedef struct Sink
{
	Sha256		hash;
	uint64		lines;
	ReturnSetInfo *rows;		/* NULL: only hash */
	MemoryContext scratch;
	StringInfoData line;
} Sink;

extern void fairdraw_sink_init(Sink *sink, ReturnSetInfo *rows);
extern void fairdraw_sink_bytes(Sink *sink, const char *line, size_t len);
extern void fairdraw_sink_line(Sink *sink, const char *format,...) pg_attribute_printf(2, 3);
extern void fairdraw_sink_hash(Sink *sink, char *hex);

#endif							/* FAIRDRAW_SINK_H */
