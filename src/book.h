/*
 * book.h
 *		Tables of rules, compiled once in a session and kept.
 *
 * A book is what a few small tables of schema fairdraw_data say, in a form that
 * is quick to use.  It is compiled when it is first opened and again when it may
 * have become another:
 *
 *	- a commit changed a table: the trigger rules_changed() sends an invalidation
 *	  of the relation, since changes of rows send none by themselves;
 *	- this transaction saw such an invalidation.  It may have snapshots from
 *	  before and after the change, so what it compiles is good for the very
 *	  snapshot that it was read under, and is dropped at its end.
 *
 * What fairdraw_book() returns is valid until it is called again for this book.
 */
#ifndef FAIRDRAW_BOOK_H
#define FAIRDRAW_BOOK_H

#include "utils/snapshot.h"

#define BOOK_TABLES 3

/* What tells two snapshots of one session apart. */
typedef struct Moment
{
	TransactionId xmin;
	TransactionId xmax;
	uint32		running;		/* number of transactions in progress */
	CommandId	command;
} Moment;

typedef struct Book
{
	const char *name;			/* of its memory context */
	const char *tables[BOOK_TABLES];	/* in fairdraw_data; the first is
										 * locked to check changes */

	/*
	 * reads the tables under the active snapshot, by SPI; what it returns
	 * lives in the current memory context; an error where they say what
	 * cannot be
	 */
	void	   *(*compile) (void);

	/* the rest belongs to book.c */
	Oid			relations[BOOK_TABLES];
	MemoryContext context;
	void	   *contents;
	Moment		moment;			/* when it was looked at last */
	Moment		compiled;		/* when it was compiled */
	bool		valid;
	bool		lasting;		/* valid at later moments, too */
	bool		unsettled;		/* this transaction saw a change */
	uint32		edition;		/* counts compilations */
} Book;

extern Book fairdraw_calendar_book;
extern Book fairdraw_deadline_book;
extern Book fairdraw_disclosure_book;
extern Book fairdraw_code_book;

extern void *fairdraw_book(Book *book);
extern void fairdraw_book_init(void);

/* values of SPI_tuptable; rows count from 0, columns from 1 */
extern char *fairdraw_book_text(uint64 row, int column);	/* or NULL */
extern bool fairdraw_book_flag(uint64 row, int column);
extern int32 fairdraw_book_integer(uint64 row, int column, int32 otherwise);
extern Datum fairdraw_book_datum(uint64 row, int column, bool *isnull);
extern void fairdraw_read_book(const char *query);

#endif							/* FAIRDRAW_BOOK_H */
