/*
 * selection.h
 *		Who is drawn in one stratum (protocol section 6).
 */
#ifndef FAIRDRAW_SELECTION_H
#define FAIRDRAW_SELECTION_H

#include "ticket.h"

/* up to this many units, "auto" means pivotal */
#define FAIRDRAW_WHOLE_STRATUM 200

typedef enum Method
{
	METHOD_AUTO,
	METHOD_PARETO,
	METHOD_PIVOTAL,
	METHOD_POISSON
} Method;

typedef struct Unit
{
	uint64		micro;			/* weight * 10^6 */
	uint64		a;				/* a/2^64 is its random number, rotated */
	uint8		ticket[FAIRDRAW_HASH_LEN];
	uint16		len;			/* of uid, in bytes */
	char		uid[FLEXIBLE_ARRAY_MEMBER]; /* UTF-8 */
} Unit;

/*
 * What is left of a stratum when its certain units are taken: n are still
 * wanted out of units whose micro add up to w.  n * micro < w for each of
 * them, so n * micro fits 64 bits.
 */
typedef struct Remainder
{
	uint64		n;
	uint64		w;
} Remainder;

/*
 * What a selection needs to know of a stratum.  "largest" holds the n largest
 * units or more, in the order of size; "nearest" holds the units with the
 * smallest a/micro, or, where they were collected knowing the remainder, with
 * the smallest keys, and then lacks the certain ones.
 */
typedef struct Candidates
{
	Method		method;			/* never METHOD_AUTO */
	bool		sealed;			/* changes only the order of the drawn */
	uint64		units;			/* of the whole stratum */
	uint64		w;				/* of the whole stratum */
	uint64		n;
	uint64		reserve;
	Unit	  **largest;
	uint64		nlargest;
	Unit	  **nearest;
	uint64		nnearest;
	bool		complete;		/* nothing outside nearest can be drawn */
} Candidates;

/* units: the certain, then the drawn, then the reserve, in protocol order */
typedef struct Sample
{
	uint64		certain;
	uint64		drawn;
	uint64		reserve;
	Remainder	rest;
	Unit	  **units;
	char	   *cutoff;
} Sample;

typedef enum Role
{
	ROLE_CERTAIN,
	ROLE_DRAWN,
	ROLE_RESERVE
} Role;

extern const char *const fairdraw_method_names[];
extern const char *const fairdraw_role_names[];

extern bool fairdraw_parse_method(const char *text, Method *method);
extern Method fairdraw_resolve_method(Method method, uint64 units);
extern Role fairdraw_role(const Sample *sample, uint64 index);
extern double fairdraw_probability(uint64 micro, Remainder rest, Role role);

extern int	fairdraw_compare_size(const Unit *a, const Unit *b);
extern int	fairdraw_compare_ratio(const Unit *a, const Unit *b);
extern int	fairdraw_compare_key(const Unit *a, const Unit *b, Remainder rest);
extern int	fairdraw_compare_ticket(const Unit *a, const Unit *b);
extern int	fairdraw_compare_uid(const Unit *a, const Unit *b);
extern int	fairdraw_compare_keys(uint64 a1, uint64 micro1, uint64 a2, uint64 micro2,
								  Remainder rest);
extern bool fairdraw_poisson_drawn(uint64 a, uint64 micro, Remainder rest);
extern uint64 fairdraw_take_certain(Unit *const *by_size, uint64 count,
									Remainder *rest);

/* the candidates of a second pass do not go with the first */
extern void fairdraw_frame_changed(void);
extern bool fairdraw_select(const Candidates *candidates, const Stream *stream,
							Sample *sample);

/* the key of a unit as bytes: 16 before the point, 32 behind it, the ticket */
#define FAIRDRAW_KEY_LEN (16 + 32 + FAIRDRAW_HASH_LEN)
extern void fairdraw_key_bytes(const uint8 *ticket, uint64 a, uint64 micro,
							   Remainder rest, uint8 *key);
extern void fairdraw_key_fraction(uint64 a, uint64 micro, Remainder rest,
								  char **numerator, char **denominator);

#endif							/* FAIRDRAW_SELECTION_H */
