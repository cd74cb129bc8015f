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
 *	- this transaction saw such an invalidation, or has one snapshot from its
 *	  beginning to its end.  Then what it compiles may be good for the very
 *	  snapshot that it was read under, and is dropped at its end;
 *	- a snapshot is older than the book, as an imported one can be.
 *
 * What fairdraw_book() returns is valid until it is called again for this book.
 * Compiling runs no code but fairdraw's and PostgreSQL's own (the tables are
 * ordinary ones with columns of the types that they were made with, and no
 * policies apply), so opening one book does not touch another.
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
	bool		valid;			/* at the moment when it was compiled */
	bool		lasting;		/* and at later ones, in other transactions
								 * too */
	bool		unsettled;		/* this transaction saw a change */
	bool		changed;		/* or changed something itself */
	bool		own;			/* it was compiled in this transaction */
	uint32		edition;		/* counts compilations */
} Book;

extern Book fairdraw_calendar_book;
extern Book fairdraw_deadline_book;
extern Book fairdraw_disclosure_book;
extern Book fairdraw_code_book;

extern void *fairdraw_book(Book *book);
extern void fairdraw_book_init(void);

/*
 * For compile(): reads a table.  "types" has a letter for each column of the
 * query: t text, d date, i integer, b boolean, v interval, a text[]; a capital
 * where it may not be null (or empty).
 */
extern void fairdraw_read_book(const char *table, const char *query, const char *types);

/* values of SPI_tuptable; rows count from 0, columns from 1 */
extern char *fairdraw_book_text(uint64 row, int column);	/* or NULL */
extern bool fairdraw_book_flag(uint64 row, int column);
extern int32 fairdraw_book_integer(uint64 row, int column, int32 otherwise);
extern Datum fairdraw_book_datum(uint64 row, int column, bool *isnull);

#endif							/* FAIRDRAW_BOOK_H */
