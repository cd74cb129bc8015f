/*
 * texts.h
 *		The texts of the protocol (sections 2 to 7), and what they are made of.
 *
 * All strings are UTF-8.
 */
#ifndef FAIRDRAW_TEXTS_H
#define FAIRDRAW_TEXTS_H

#include "datatype/timestamp.h"

#include "selection.h"
#include "sink.h"

#define FAIRDRAW_SALT_LEN 32	/* digits */

typedef struct StratumRecord
{
	char	   *name;
	uint64		units;
	uint64		micro;
	uint64		n;
	uint64		reserve;
} StratumRecord;

typedef struct DrawRecord
{
	int32		id;
	char	   *label;
	char	   *ceremony;
	Method		method;
	char	   *stream;
	Rotation	rotation;
	bool		sealed;
	int64		registered;		/* -1: no register */
	uint64		units;
	char	   *root;
	uint64		exclusions;
	char	   *exclusions_hash;
	char	   *plan_hash;
	int			nstrata;
	StratumRecord *strata;		/* ascending by name */
	char	   *salt_key;		/* NULL with open weights */
	bool		archived;
} DrawRecord;

typedef struct EntropySource
{
	char	   *name;
	bool		is_public;
	int			bits;
	char	   *due;			/* as the text has it */
	TimestampTz due_at;
	char	   *mask;
	char	   *how;
	char	   *value;			/* of an execution; or NULL */
} EntropySource;

/* a line that names something committed, with its hash */
typedef struct Committed
{
	char	   *hash;
	char	   *name;
	int64		rows;			/* of data */
} Committed;

typedef struct CeremonyRecord
{
	char	   *label;
	bool		rehearsal;
	char	   *agency;
	char	   *place;
	char	   *disclose;
	char	   *secret_hash;	/* or NULL */
	char	   *secret;			/* or NULL */
	int			nsources;
	EntropySource *sources;
	int			nplans;
	Committed  *plans;			/* ascending by label */
	int			ndata;
	Committed  *data;			/* ascending by name */
	int			nlotteries;
	Committed  *lotteries;		/* ascending by label */
	bool		sealed;
	int32		serial;
	char	   *previous;		/* or NULL */
	char	   *hash;			/* NULL until sealed */
	bool		aborted;
	int32		execution;		/* the newest; 0: none yet */
	bool		disclosed;
} CeremonyRecord;

typedef struct CutoffRecord
{
	uint64		certain;
	Remainder	rest;
	char	   *cutoff;
} CutoffRecord;

/* Salts the weights of one draw. */
typedef struct Sealer
{
	bool		sealed;
	Sha256		after_label;
} Sealer;

extern void fairdraw_sealer_init(Sealer *sealer, const char *salt_key, const char *label);
extern void fairdraw_salt(const Sealer *sealer, const char *uid, size_t len, char *salt);
extern void fairdraw_frame_line(StringInfo line, const Sealer *sealer, const char *uid,
								size_t len, const char *stratum, uint64 micro, char *salt);

extern void fairdraw_write_plan(Sink *sink, const DrawRecord *draw);
extern void fairdraw_write_ceremony(Sink *sink, const CeremonyRecord *ceremony);
extern void fairdraw_write_seed(Sink *sink, const CeremonyRecord *ceremony);
extern void fairdraw_write_data_head(Sink *sink, const char *name, const char *salt,
									 char **columns, int ncolumns);
extern void fairdraw_write_result_head(Sink *sink, const DrawRecord *draw,
									   const char *ceremony_hash, const char *s,
									   const CutoffRecord *cutoffs);
extern void fairdraw_write_cutoff(Sink *sink, const char *keyword, const char *stratum,
								  const CutoffRecord *cutoff);
extern void fairdraw_write_drawn(Sink *sink, const char *stratum, const char *role,
								 int rank, const char *uid, size_t len,
								 const uint8 *ticket);
extern void fairdraw_plan_hash(const DrawRecord *draw, char *hex);
extern void fairdraw_ceremony_hash(const CeremonyRecord *ceremony, char *hex);
extern void fairdraw_ceremony_seed(const CeremonyRecord *ceremony, char *s);

#endif							/* FAIRDRAW_TEXTS_H */
