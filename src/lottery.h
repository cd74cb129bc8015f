/*
 * lottery.h
 *		Lotteries of inspectors in a ceremony (doc/assignment.md sections 8 and
 *		9).
 */
#ifndef FAIRDRAW_LOTTERY_H
#define FAIRDRAW_LOTTERY_H

#include "assign.h"
#include "report.h"

/* a draw whose units are visited */
typedef struct LotteryDraw
{
	int32		id;
	char	   *label;
	char	   *plan_hash;
	char	   *ceremony;
	int32		execution;		/* whose result is meant */
} LotteryDraw;

typedef struct LotteryRecord
{
	int32		id;
	char	   *label;
	char	   *ceremony;
	char	   *staff;			/* names of data */
	char	   *rules;			/* or NULL */
	char	   *recusals;		/* or NULL */
	AssignOptions *options;
	int32		outcome;		/* the newest; 0: none yet */
	int			ndraws;
	LotteryDraw *draws;			/* ascending by label */
	char	   *hash;
} LotteryRecord;

/* a drawn unit */
typedef struct LotteryVisit
{
	int			draw;			/* of the lottery's */
	char	   *uid;
	char	   *stratum;
} LotteryVisit;

/* An outcome in memory: all that its texts are made of. */
typedef struct Lottery
{
	const LotteryRecord *record;
	Problem		problem;
	LotteryVisit *visits;		/* ascending; problem's ids are draw TAB uid */
	Chances    *chances;
	bool	   *taken;
	char		key[FAIRDRAW_HEX_LEN + 1];
} Lottery;

/* lottery.c */
extern LotteryRecord *fairdraw_load_lottery(const char *label);
extern void fairdraw_write_lottery(Sink *sink, const LotteryRecord *record);
extern void fairdraw_lottery_hash(const LotteryRecord *record, char *hex);

/* lottery_problem.c */
extern void fairdraw_lottery_problem(Lottery *lottery, int64 most_excluded);
extern void fairdraw_lottery_check_data(const LotteryRecord *record);

/* lottery_texts.c */
typedef void (*TeamFunction) (const Lottery *lottery, int32 visit, const char *role,
							  int32 rank, int32 inspector, int64 x, void *arg);

extern void fairdraw_for_teams(const Lottery *lottery, TeamFunction function, void *arg);
extern void fairdraw_write_chances(Sink *sink, const Lottery *lottery);
extern void fairdraw_write_teams(Sink *sink, const Lottery *lottery,
								 const char *ceremony_hash, const char *s,
								 const char *chances_hash);

/* lottery_execute.c */
extern void fairdraw_recompute_lottery(Lottery *lottery, LotteryRecord *record,
									   const CeremonyRecord *ceremony);
extern ErrorData *fairdraw_try_lottery(Lottery *lottery, LotteryRecord *record,
									   const CeremonyRecord *ceremony);
extern void fairdraw_outcome_hashes(const Lottery *lottery,
									const CeremonyRecord *ceremony,
									char *chances_hash, char *teams_hash);
extern bool fairdraw_find_outcome(LotteryRecord *record, const CeremonyRecord *ceremony);
extern void fairdraw_require_outcome(LotteryRecord *record, const CeremonyRecord *ceremony);

#endif							/* FAIRDRAW_LOTTERY_H */
