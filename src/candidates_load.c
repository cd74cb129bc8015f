/*
 * candidates_load.c
 *		Reading what the rules of eligibility are applied to, value by value
 *		(doc/assignment.md section 8).
 *
 * Values are read alike wherever they come from, so that a ceremony refuses
 * what assign_candidates() refuses.
 */
#include "fairdraw.h"

#include "assignment.h"
#include "candidates_load.h"
#include "field.h"

const char *const fairdraw_staff_columns[STAFF_COLUMNS] = {
	[STAFF_INSPECTOR] = "inspector",
	[STAFF_MAX_LOAD] = "max_load",
	[STAFF_MIN_LOAD] = "min_load",
	[STAFF_TAGS] = "tags",
	[STAFF_STATION] = "station",
	[STAFF_LEAD] = "lead",
	[STAFF_SENIOR] = "senior",
	[STAFF_EXCLUSION_GROUP] = "exclusion_group",
	[STAFF_LICENCE_FROM] = "licence_from",
	[STAFF_LICENCE_TO] = "licence_to",
	[STAFF_ON_DUTY] = "on_duty"
};

const char *const fairdraw_says_columns[SAYS_COLUMNS] = {
	[SAYS_NEED] = "need",
	[SAYS_DAY] = "day",
	[SAYS_SCOPE] = "scope",
	[SAYS_STATION] = "station",
	[SAYS_STATIONS] = "stations",
	[SAYS_TAGS] = "tags",
	[SAYS_ONE_TAGS] = "one_tags"
};

const char *const fairdraw_recusal_columns[RECUSAL_COLUMNS] = {
	[RECUSAL_UID] = "uid",
	[RECUSAL_INSPECTOR] = "inspector",
	[RECUSAL_EXCLUSION_GROUP] = "exclusion_group",
	[RECUSAL_REASON] = "reason"
};

/*
 * Errors
 */

const char *
fairdraw_place(const Place *place)
{
	if (place->id != NULL)
		return psprintf("%s \"%s\"", place->of, fairdraw_shown(place->id));
	if (place->row > 0)
		return psprintf("in row %d of the %s", place->row, place->relation);
	return psprintf("in the %s", place->relation);
}

void
fairdraw_refuse_value(int code, const char *column, const Place *place, const char *value,
					  const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(code),
			 errmsg("invalid %s %s: \"%s\"", column, fairdraw_place(place), fairdraw_shown(value)),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

void
fairdraw_refuse_nothing(const char *column, const Place *place)
{
	ereport(ERROR,
			(errcode(ERRCODE_ASSIGN_NULL),
			 errmsg("null %s %s", column, fairdraw_place(place)),
			 errhint("Give it a value, or leave the row out.")));
}

void
fairdraw_refuse_empty(const char *relation)
{
	ereport(ERROR,
			(errcode(ERRCODE_ASSIGN_EMPTY),
			 errmsg("there are no rows in the %s", relation),
			 errhint("Check the query.")));
}

/*
 * Values.  NULL stands for nothing, and is left to the caller.
 */

const char *
fairdraw_read_field(const char *column, const Place *place, const char *value)
{
	char	   *fault;

	if (value == NULL)
		return NULL;
	fault = fairdraw_field_fault(value, strlen(value), FAIRDRAW_MAX_LABEL);
	if (fault != NULL)
		fairdraw_refuse_value(ERRCODE_INVALID_PARAMETER_VALUE, column, place, value, fault,
							  psprintf("Use 1 to %d bytes of visible text in form NFC, without white space at either end.",
									   FAIRDRAW_MAX_LABEL));
	return value;
}

static int32
read_integer(const char *column, const Place *place, const char *value)
{
	char	   *end;
	long		number;

	errno = 0;
	number = strtol(value, &end, 10);
	if (value[strspn(value, "-0123456789")] != '\0' || end == value || *end != '\0')
		fairdraw_refuse_value(ERRCODE_ASSIGN_OPTION, column, place, value,
							  "It is not an integer.", "Write it with digits only, as in 2.");
	if (errno != 0 || number > PG_INT32_MAX || number < PG_INT32_MIN)
		fairdraw_refuse_value(ERRCODE_ASSIGN_OPTION, column, place, value,
							  "It is too large.", psprintf("Give at most %d.", PG_INT32_MAX));
	return (int32) number;
}

static Flag
read_flag(const char *column, const Place *place, const char *value)
{
	if (value == NULL)
		return FLAG_UNSAID;
	/* as committed data has it, and as a cast to text gives it */
	if (strcmp(value, "t") == 0 || strcmp(value, "true") == 0)
		return FLAG_YES;
	if (strcmp(value, "f") != 0 && strcmp(value, "false") != 0)
		fairdraw_refuse_value(ERRCODE_ASSIGN_OPTION, column, place, value,
							  "It is neither true nor false.",
							  psprintf("Give it as boolean in the query: %s::boolean.", column));
	return FLAG_NO;
}

/* The next word of a list that has them with single spaces; or false. */
bool
fairdraw_next_word(const char **rest, const char **word, size_t *len)
{
	if (*rest == NULL || **rest == '\0')
		return false;
	*word = *rest;
	*len = strcspn(*rest, " ");
	*rest += *len;
	if (**rest == ' ')
		(*rest)++;
	return true;
}

/* A list without a word is one, too. */
static const char *
read_list(const char *column, const Place *place, const char *value)
{
	static const char *const hint = "Write visible words in form NFC, with one space between two of them.";
	char	   *fault;

	if (value == NULL || value[0] == '\0')
		return value;
	fault = fairdraw_field_fault(value, strlen(value), SIZE_MAX);
	if (fault != NULL)
		fairdraw_refuse_value(ERRCODE_ASSIGN_OPTION, column, place, value, fault, hint);
	if (value[0] == '{')
		fairdraw_refuse_value(ERRCODE_ASSIGN_OPTION, column, place, value,
							  "It is an array, written as a text.",
							  psprintf("Write it as words: array_to_string(%s, ' ').", column));
	if (strstr(value, "  ") != NULL)
		fairdraw_refuse_value(ERRCODE_ASSIGN_OPTION, column, place, value,
							  "It has two spaces between words.", hint);
	return value;
}

/*
 * Days
 */

/* Reads the first 10 bytes; 0: they are no day. */
static Day
parse_day(const char *value)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int			part[3] = {0};	/* year, month, day */
	int			which = 0;
	bool		leap;

	for (int i = 0; i < 10; i++)
	{
		if (i == 4 || i == 7)
		{
			if (value[i] != '-')
				return 0;
			which++;
		}
		else if (value[i] >= '0' && value[i] <= '9')
			part[which] = part[which] * 10 + value[i] - '0';
		else
			return 0;
	}
	leap = part[0] % 4 == 0 && (part[0] % 100 != 0 || part[0] % 400 == 0);
	if (part[0] < 1 || part[1] < 1 || part[1] > 12 || part[2] < 1 ||
		part[2] > days[part[1] - 1] + (leap && part[1] == 2 ? 1 : 0))
		return 0;
	return part[0] * 10000 + part[1] * 100 + part[2];
}

char *
fairdraw_day_text(Day day)
{
	return psprintf("%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
}

static Day
read_day(const char *column, const Place *place, const char *value)
{
	Day			day;

	if (value == NULL)
		return 0;
	day = parse_day(value);
	if (day == 0 || value[10] != '\0')
		fairdraw_refuse_value(ERRCODE_ASSIGN_DATE, column, place, value,
							  "It is not a day from 0001-01-01 to 9999-12-31.",
							  "Write a day of the calendar as in 2026-03-31, and leave it null where there is none.");
	return day;
}

static int
compare_spans(const void *a, const void *b)
{
	const DaySpan *x = a;
	const DaySpan *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

/* A list of days and of spans day..day; they may overlap. */
static DaySpan *
read_spans(const char *column, const Place *place, const char *value, int32 *count)
{
	static const char *const hint = "Write days and spans with single spaces, as in 2026-03-02 2026-03-09..2026-03-13.";
	const char *rest = read_list(column, place, value);
	const char *word;
	size_t		len;
	DaySpan    *spans;
	int32		merged = 0;
	int32		n = 0;

	*count = 0;
	if (value == NULL)
		return NULL;
	/* it could mean always as well as never */
	if (value[0] == '\0')
		fairdraw_refuse_value(ERRCODE_ASSIGN_DATE, column, place, value, "It has no day.",
							  "Leave it null for somebody who is always on duty, and give somebody who never is max_load 0.");
	spans = fairdraw_alloc(strlen(value) / 10 + 1, sizeof(DaySpan));
	while (fairdraw_next_word(&rest, &word, &len))
	{
		bool		span = len == 22 && strncmp(word + 10, "..", 2) == 0;

		if (span || len == 10)
		{
			spans[n].from = parse_day(word);
			spans[n].to = span ? parse_day(word + 12) : spans[n].from;
		}
		if (!(span || len == 10) || spans[n].from == 0 || spans[n].to == 0)
			fairdraw_refuse_value(ERRCODE_ASSIGN_DATE, column, place, pnstrdup(word, len),
								  "It is neither a day from 0001-01-01 to 9999-12-31 nor a span of two of them.", hint);
		if (spans[n].from > spans[n].to)
			fairdraw_refuse_value(ERRCODE_ASSIGN_DATE, column, place, pnstrdup(word, len),
								  "The span ends before it begins.", hint);
		n++;
	}
	qsort(spans, n, sizeof(DaySpan), compare_spans);
	for (int32 i = 0; i < n; i++)
	{
		if (merged > 0 && spans[i].from <= spans[merged - 1].to)
			spans[merged - 1].to = Max(spans[merged - 1].to, spans[i].to);
		else
			spans[merged++] = spans[i];
	}
	*count = merged;
	return spans;
}

/*
 * Staff
 */

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* Sorts the names, and indexes each of them once. */
void
fairdraw_index_names(Ids *ids, const char **names, int32 count)
{
	int32		distinct = 0;

	qsort(names, count, sizeof(char *), compare_names);
	for (int32 i = 0; i < count; i++)
		if (distinct == 0 || strcmp(names[i], names[distinct - 1]) != 0)
			names[distinct++] = names[i];
	fairdraw_index_ids(ids, names, distinct);
}

static int32
read_load(int column, const Place *place, const char *const *values, int32 absent)
{
	const char *name = fairdraw_staff_columns[column];
	int32		load;

	if (values[column] == NULL)
		return absent;
	load = read_integer(name, place, values[column]);
	if (load < 0)
		fairdraw_refuse_value(ERRCODE_ASSIGN_NEGATIVE_LOAD, name, place, values[column],
							  "It is below 0.", "A load is a number of visits, 0 or more.");
	return load;
}

void
fairdraw_read_member(const char *const *values, Place *place, StaffMember *member)
{
#define VALUE(column) fairdraw_staff_columns[column], place, values[column]
	memset(member, 0, sizeof(StaffMember));
	if (values[STAFF_INSPECTOR] == NULL)
		fairdraw_refuse_nothing("inspector", place);
	member->id = fairdraw_read_field(VALUE(STAFF_INSPECTOR));
	place->of = "of inspector";
	place->id = member->id;

	member->max_load = read_load(STAFF_MAX_LOAD, place, values, -1);
	member->min_load = read_load(STAFF_MIN_LOAD, place, values, 0);
	if (member->max_load >= 0 && member->min_load > member->max_load)
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_MIN_ABOVE_MAX),
				 errmsg("inspector \"%s\" has min_load %d above max_load %d",
						fairdraw_shown(member->id), member->min_load, member->max_load),
				 errhint("Lower the one or raise the other.")));
	member->tags = read_list(VALUE(STAFF_TAGS));
	member->station = fairdraw_read_field(VALUE(STAFF_STATION));
	member->lead = read_flag(VALUE(STAFF_LEAD));
	member->senior = read_flag(VALUE(STAFF_SENIOR));
	member->exclusion = -1;
	member->exclusion_group = fairdraw_read_field(VALUE(STAFF_EXCLUSION_GROUP));
	member->licence_from = read_day(VALUE(STAFF_LICENCE_FROM));
	member->licence_to = read_day(VALUE(STAFF_LICENCE_TO));
	if (member->licence_to != 0 && member->licence_from > member->licence_to)
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_DATE),
				 errmsg("the licence of inspector \"%s\" ends on %s, before it begins on %s",
						fairdraw_shown(member->id), values[STAFF_LICENCE_TO], values[STAFF_LICENCE_FROM]),
				 errhint("Correct the days; give an inspector without a licence max_load 0.")));
	member->on_duty = read_spans(VALUE(STAFF_ON_DUTY), &member->nspans);
#undef VALUE
}

static int
compare_members(const void *a, const void *b)
{
	return strcmp(((const StaffMember *) a)->id, ((const StaffMember *) b)->id);
}

/* Puts the members in order, and numbers their exclusion groups by name. */
void
fairdraw_finish_staff(Staff *staff, const char *relation)
{
	const char **names = fairdraw_alloc(staff->count, sizeof(char *));
	const char **ids = fairdraw_alloc(staff->count, sizeof(char *));
	int32		count = 0;

	if (staff->count == 0)
		fairdraw_refuse_empty(relation);
	qsort(staff->members, staff->count, sizeof(StaffMember), compare_members);
	for (int32 i = 0; i < staff->count; i++)
	{
		const StaffMember *member = &staff->members[i];

		ids[i] = member->id;
		if (i > 0 && strcmp(ids[i], ids[i - 1]) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_ASSIGN_DUPLICATE),
					 errmsg("inspector \"%s\" comes twice in the %s", fairdraw_shown(ids[i]), relation),
					 errhint("Give each inspector once.")));
		if (member->exclusion_group != NULL)
			names[count++] = member->exclusion_group;
	}
	fairdraw_index_ids(&staff->ids, ids, staff->count);
	fairdraw_index_names(&staff->exclusions, names, count);
	for (int32 i = 0; i < staff->count; i++)
	{
		StaffMember *member = &staff->members[i];

		if (member->exclusion_group != NULL)
			member->exclusion = fairdraw_find_id(&staff->exclusions, member->exclusion_group,
												 strlen(member->exclusion_group));
	}
}

/*
 * What is said of visits
 */

static Scope
read_scope(const Place *place, const char *value)
{
	if (value == NULL)
		return SCOPE_UNSAID;
	for (Scope scope = SCOPE_BUREAU; scope <= SCOPE_ACROSS; scope++)
		if (strcmp(value, fairdraw_scope_names[scope]) == 0)
			return scope;
	fairdraw_refuse_value(ERRCODE_ASSIGN_OPTION, "scope", place, value, "There is no such scope.",
						  "The scopes are bureau, bureau+station, stations, station and across.");
	return SCOPE_UNSAID;
}

/* Reads all but id and uid. */
void
fairdraw_read_says(const char *const *values, const Place *place, VisitProfile *says)
{
#define VALUE(column) fairdraw_says_columns[column], place, values[column]
	memset(says, 0, sizeof(VisitProfile));
	if (values[SAYS_NEED] != NULL)
	{
		says->need = read_integer(VALUE(SAYS_NEED));
		if (says->need < 1)
			fairdraw_refuse_value(ERRCODE_ASSIGN_NEED, VALUE(SAYS_NEED), "It is below 1.",
								  "A visit needs at least one inspector.");
	}
	says->day = read_day(VALUE(SAYS_DAY));
	says->scope = read_scope(place, values[SAYS_SCOPE]);
	says->station = fairdraw_read_field(VALUE(SAYS_STATION));
	says->stations = read_list(VALUE(SAYS_STATIONS));
	if (says->stations != NULL && says->stations[0] == '\0')
		fairdraw_refuse_value(ERRCODE_ASSIGN_OPTION, VALUE(SAYS_STATIONS), "It has no station.",
							  "List the stations, or leave it null.");
	says->tags = read_list(VALUE(SAYS_TAGS));
	says->one_tags = read_list(VALUE(SAYS_ONE_TAGS));
#undef VALUE
}

/* Adds what is said there and not yet in the profile. */
void
fairdraw_fill_profile(VisitProfile *profile, const VisitProfile *from)
{
	if (profile->need == 0)
		profile->need = from->need;
	if (profile->day == 0)
		profile->day = from->day;
	if (profile->scope == SCOPE_UNSAID)
		profile->scope = from->scope;
	if (profile->station == NULL)
		profile->station = from->station;
	if (profile->stations == NULL)
		profile->stations = from->stations;
	if (profile->tags == NULL)
		profile->tags = from->tags;
	if (profile->one_tags == NULL)
		profile->one_tags = from->one_tags;
}

/*
 * Recusals
 */

static int32
find_recused(const Ids *ids, int column, const Place *place, const char *value)
{
	int32		found;

	if (value == NULL)
		return -1;
	found = fairdraw_find_id(ids, value, strlen(value));
	if (found < 0)
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_UNKNOWN_ID),
				 errmsg("unknown %s %s: \"%s\"", fairdraw_recusal_columns[column],
						fairdraw_place(place), fairdraw_shown(value)),
				 errdetail("It is not in the staff."),
				 errhint("Correct it, or leave the recusal out.")));
	return found;
}

void
fairdraw_read_recusal(const char *const *values, Place *place, const Staff *staff,
					  Recusal *recusal)
{
	bool		inspector = values[RECUSAL_INSPECTOR] != NULL;
	bool		group = values[RECUSAL_EXCLUSION_GROUP] != NULL;

	if (values[RECUSAL_UID] == NULL)
		fairdraw_refuse_nothing("uid", place);
	recusal->uid = fairdraw_read_field("uid", place, values[RECUSAL_UID]);
	if (place->row == 0)
	{
		place->of = "in the recusal of uid";
		place->id = recusal->uid;
	}
	if (inspector == group)
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_OPTION),
				 inspector ? errmsg("both inspector and exclusion_group %s", fairdraw_place(place))
				 : errmsg("neither inspector nor exclusion_group %s", fairdraw_place(place)),
				 errhint("A recusal names one of them: write two rows for both.")));
	recusal->inspector = find_recused(&staff->ids, RECUSAL_INSPECTOR, place,
									  values[RECUSAL_INSPECTOR]);
	recusal->exclusion = find_recused(&staff->exclusions, RECUSAL_EXCLUSION_GROUP, place,
									  values[RECUSAL_EXCLUSION_GROUP]);
	recusal->reason = values[RECUSAL_REASON];
}
