/*
 * sink.c
 *		Where the lines of a text of the protocol go.
 */
#include "fairdraw.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "field.h"
#include "sink.h"

void
fairdraw_sink_init(Sink *sink, ReturnSetInfo *rows)
{
	sha256_init(&sink->hash);
	sink->lines = 0;
	sink->rows = rows;
	sink->scratch = AllocSetContextCreate(CurrentMemoryContext, "fairdraw line",
										  ALLOCSET_DEFAULT_SIZES);
	initStringInfo(&sink->line);
}

/* One line of UTF-8, without its LF. */
void
fairdraw_sink_bytes(Sink *sink, const char *line, size_t len)
{
	sha256_add(&sink->hash, line, len);
	sha256_add(&sink->hash, "\n", 1);
	if ((++sink->lines & 1023) == 0)
		CHECK_FOR_INTERRUPTS();
	if (sink->rows != NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(sink->scratch);
		Datum		value = CStringGetTextDatum(fairdraw_from_utf8(line, len));
		bool		isnull = false;

		tuplestore_putvalues(sink->rows->setResult, sink->rows->setDesc, &value, &isnull);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(sink->scratch);
	}
}

void
fairdraw_sink_line(Sink *sink, const char *format,...)
{
	int			needed;

	resetStringInfo(&sink->line);
	for (;;)
	{
		va_list		args;

		va_start(args, format);
		needed = appendStringInfoVA(&sink->line, format, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&sink->line, needed);
	}
	fairdraw_sink_bytes(sink, sink->line.data, sink->line.len);
}

/* The hash of all lines so far, as 64 digits and a NUL; ends the sink. */
void
fairdraw_sink_hash(Sink *sink, char *hex)
{
	uint8		digest[FAIRDRAW_HASH_LEN];

	sha256_final(&sink->hash, digest);
	fairdraw_to_hex(digest, sizeof(digest), hex);
	MemoryContextDelete(sink->scratch);
	pfree(sink->line.data);
}
