/*
 * fairdraw.h
 *		What every file of fairdraw includes first.
 */
#ifndef FAIRDRAW_H
#define FAIRDRAW_H

#include "postgres.h"

#include "fmgr.h"

#if PG_VERSION_NUM < 150000
#error "fairdraw needs PostgreSQL 15 or later"
#endif

/* varlena macros moved out of postgres.h in 16 */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* 18 writes it before the declaration */
#ifndef pg_noreturn
#define pg_noreturn __attribute__((noreturn))
#endif

/*
 * Soft errors came with 16.  Before, an input function that meets bad input
 * can only raise it.
 */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#define fairdraw_escontext(fcinfo) ((fcinfo)->context)
#else
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
	} while (0)
#define fairdraw_escontext(fcinfo) NULL
#endif

#endif							/* FAIRDRAW_H */
