/*
 * candidates.h
 *		Who may go where: the rules that say which inspectors are eligible for
 *		which visits (doc/assignment.md section 8).
 *
 * All strings are UTF-8.
 */
#ifndef FAIRDRAW_CANDIDATES_H
#define FAIRDRAW_CANDIDATES_H

#include "ids.h"

/* yyyymmdd as a number: days compare as their texts do; 0: none */
typedef int32 Day;

typedef struct DaySpan
{
	Day			from;			/* both included */
	Day			to;
} DaySpan;

typedef enum Flag
{
	FLAG_UNSAID,
	FLAG_NO,
	FLAG_YES
} Flag;

typedef struct StaffMember
{
	const char *id;
	int32		max_load;		/* -1: none */
	int32		min_load;
	const char *tags;			/* words with single spaces, or NULL */
	const char *station;		/* NULL: the bureau */
	Flag		lead;
	Flag		senior;
	int32		exclusion;		/* which exclusion group; -1: none */
	Day			licence_from;
	Day			licence_to;
	int32		nspans;			/* 0: always on duty */
	DaySpan    *on_duty;		/* ascending and disjoint */
	const char *exclusion_group;	/* its name, or NULL */
} StaffMember;

typedef struct Staff
{
	int32		count;
	StaffMember *members;		/* ascending by id */
	Ids			ids;
	Ids			exclusions;		/* the names of exclusion groups */
} Staff;

typedef enum Scope
{
	SCOPE_UNSAID,
	SCOPE_BUREAU,
	SCOPE_BUREAU_AND_STATION,
	SCOPE_STATIONS,
	SCOPE_STATION,
	SCOPE_ACROSS
} Scope;

/* What is said of a visit; in a row of the rules most may be unsaid. */
typedef struct VisitProfile
{
	const char *id;
	const char *uid;			/* what recusals name */
	int32		need;			/* 0: unsaid */
	Day			day;
	Scope		scope;
	const char *station;
	const char *stations;		/* lists; NULL: unsaid */
	const char *tags;
	const char *one_tags;
} VisitProfile;

typedef struct Recusal
{
	const char *uid;
	int32		inspector;		/* one of the staff, or -1 */
	int32		exclusion;		/* one of the exclusion groups, or -1 */
	const char *reason;			/* or NULL */
} Recusal;

/* in the order in which they are looked at */
typedef enum Exclusion
{
	ELIGIBLE,
	EXCLUDED_SCOPE,
	EXCLUDED_UNQUALIFIED,
	EXCLUDED_LICENCE,
	EXCLUDED_OFF_DUTY,
	EXCLUDED_NO_LOAD,
	EXCLUDED_RECUSED
} Exclusion;

#define CANDIDATE_LEAD			(1 << 0)
#define CANDIDATE_SENIOR		(1 << 1)
#define CANDIDATE_JUNIOR		(1 << 2)
#define CANDIDATE_BUREAU		(1 << 3)
#define CANDIDATE_STATION		(1 << 4)
#define CANDIDATE_QUALIFIED		(1 << 5)
#define CANDIDATE_GROUPS 6

extern const char *const fairdraw_candidate_groups[CANDIDATE_GROUPS];	/* by bit */
extern const char *const fairdraw_exclusion_names[];	/* NULL for ELIGIBLE */
extern const char *const fairdraw_scope_names[];

typedef struct CandidatePair
{
	int32		visit;			/* counted from 0 in their arrays */
	int32		inspector;
	uint32		groups;			/* bits of CANDIDATE_... */
	Exclusion	exclusion;
} CandidatePair;

typedef struct CandidateSearch CandidateSearch;

/*
 * Takes one pair.  It is called in a memory context that is reset after each
 * visit.
 */
typedef void (*CandidateFunction) (const CandidateSearch *search,
								   const CandidatePair *pair, void *arg);

/* candidates.c */
extern void fairdraw_find_candidates(const Staff *staff,
									 const VisitProfile *visits, int32 nvisits,
									 const Recusal *recusals, int32 nrecusals,
									 bool only_eligible,
									 CandidateFunction function, void *arg);
extern char *fairdraw_exclusion_detail(const CandidateSearch *search,
									   const CandidatePair *pair);

/* A relation of committed data, as its text has it. */
typedef struct DataLines
{
	int			ncolumns;
	char	  **columns;
	int32		nlines;
	char	  **lines;			/* values with TAB between them, \N for none */
} DataLines;

typedef struct VisitRules VisitRules;

/* candidates_lines.c */
extern Staff *fairdraw_staff_of_lines(const DataLines *data);
extern VisitRules *fairdraw_rules_of_lines(const DataLines *data);
extern Recusal *fairdraw_recusals_of_lines(const DataLines *data, const Staff *staff);
extern void fairdraw_visit_profile(const VisitRules *rules, const char *draw,
								   const char *stratum, const char *uid,
								   VisitProfile *profile);

#endif							/* FAIRDRAW_CANDIDATES_H */
