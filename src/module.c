/*
 * module.c
 *		The loadable module: magic block and settings.
 */
#include "fairdraw.h"

#include "utils/guc.h"

#include "book.h"
#include "ceremony.h"
#include "progress.h"

#ifdef PG_MODULE_MAGIC_EXT
PG_MODULE_MAGIC_EXT(.name = "fairdraw",.version = FAIRDRAW_VERSION);
#else
PG_MODULE_MAGIC;
#endif

PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	DefineCustomBoolVariable("fairdraw.progress",
							 "Reports how far a long fairdraw call is.",
							 "When on, committing, executing and verifying send an INFO message every few seconds.",
							 &fairdraw_progress,
							 false,
							 PGC_USERSET,
							 0,
							 NULL,
							 NULL,
							 NULL);
	MarkGUCPrefixReserved("fairdraw");
	fairdraw_owner_init();
	fairdraw_book_init();
	fairdraw_ceremony_init();
}
