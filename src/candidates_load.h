/*
 * candidates_load.h
 *		Reading what the rules of eligibility are applied to, value by value,
 *		wherever the values come from.
 */
#ifndef FAIRDRAW_CANDIDATES_LOAD_H
#define FAIRDRAW_CANDIDATES_LOAD_H

#include "candidates.h"

/* Where a value stands: for messages. */
typedef struct Place
{
	const char *relation;		/* "staff", "rules query", ... */
	int32		row;			/* from 1; 0: not known */
	const char *of;				/* "of inspector", ..., before the id */
	const char *id;				/* once it is known, or NULL */
} Place;

/* what is read, by column; values are NULL where nothing is said */
enum
{
	STAFF_INSPECTOR, STAFF_MAX_LOAD, STAFF_MIN_LOAD, STAFF_TAGS, STAFF_STATION,
	STAFF_LEAD, STAFF_SENIOR, STAFF_EXCLUSION_GROUP, STAFF_LICENCE_FROM,
	STAFF_LICENCE_TO, STAFF_ON_DUTY, STAFF_COLUMNS
};
enum
{
	SAYS_NEED, SAYS_DAY, SAYS_SCOPE, SAYS_STATION, SAYS_STATIONS, SAYS_TAGS,
	SAYS_ONE_TAGS, SAYS_COLUMNS
};
enum
{
	RECUSAL_UID, RECUSAL_INSPECTOR, RECUSAL_EXCLUSION_GROUP, RECUSAL_REASON,
	RECUSAL_COLUMNS
};

extern const char *const fairdraw_staff_columns[STAFF_COLUMNS];
extern const char *const fairdraw_says_columns[SAYS_COLUMNS];
extern const char *const fairdraw_recusal_columns[RECUSAL_COLUMNS];

extern const char *fairdraw_place(const Place *place);
extern void fairdraw_refuse_value(int code, const char *column, const Place *place,
								  const char *value, const char *detail, const char *hint);
extern void fairdraw_refuse_nothing(const char *column, const Place *place);
extern void fairdraw_refuse_empty(const char *relation);

/* Values are not copied. */
extern const char *fairdraw_read_field(const char *column, const Place *place, const char *value);
extern void fairdraw_read_member(const char *const *values, Place *place, StaffMember *member);
extern void fairdraw_finish_staff(Staff *staff, const char *relation);
extern void fairdraw_read_says(const char *const *values, const Place *place, VisitProfile *says);
extern void fairdraw_fill_profile(VisitProfile *profile, const VisitProfile *from);
extern void fairdraw_read_recusal(const char *const *values, Place *place,
								  const Staff *staff, Recusal *recusal);

/* names, words of a list, and days */
extern void fairdraw_index_names(Ids *ids, const char **names, int32 count);
extern bool fairdraw_next_word(const char **rest, const char **word, size_t *len);
extern char *fairdraw_day_text(Day day);

#endif							/* FAIRDRAW_CANDIDATES_LOAD_H */
