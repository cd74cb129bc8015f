/*
 * lottery.c
 *		commit_lottery(): binding draws, staff, rules, recusals and options to a
 *		ceremony, before its entropy exists (doc/assignment.md section 9).
 */
#include "fairdraw.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "arguments.h"
#include "candidates.h"
#include "ceremony.h"
#include "field.h"
#include "lottery.h"

/*
 * What a machine can hold is no rule: a lottery has no max_edges of its own.  At
 * 60 bytes a pair this is 6 GB.
 */
#define MAX_LOTTERY_PAIRS 100000000

/*
 * Text
 */

static void
write_name(Sink *sink, const char *keyword, const char *name)
{
	fairdraw_sink_line(sink, "%s: %s", keyword, name == NULL ? "none" : name);
}

void
fairdraw_write_lottery(Sink *sink, const LotteryRecord *record)
{
	fairdraw_sink_line(sink, "fairdraw/1 lottery");
	fairdraw_sink_line(sink, "lottery: %s", record->label);
	for (int d = 0; d < record->ndraws; d++)
		fairdraw_sink_line(sink, "draw: %s %s", record->draws[d].plan_hash, record->draws[d].label);
	write_name(sink, "staff", record->staff);
	write_name(sink, "rules", record->rules);
	write_name(sink, "recusals", record->recusals);
	fairdraw_write_options(sink, record->options);
}

void
fairdraw_lottery_hash(const LotteryRecord *record, char *hex)
{
	Sink		sink;

	fairdraw_sink_init(&sink, NULL);
	fairdraw_write_lottery(&sink, record);
	fairdraw_sink_hash(&sink, hex);
}

/*
 * Record
 */

LotteryRecord *
fairdraw_load_lottery(const char *label)
{
	LotteryRecord *record = palloc0(sizeof(LotteryRecord));
	char	   *sql;

	if (fairdraw_read("SELECT l.lottery, l.ceremony, l.staff, l.rules, l.recusals, l.hash, l.options"
					  " FROM fairdraw_data.lottery l WHERE l.label = $1", "t", label) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("there is no lottery \"%s\"", fairdraw_shown(label)),
				 errhint("Lotteries are listed in fairdraw_data.lottery; commit_lottery() makes one.")));
	record->label = pstrdup(label);
	record->id = fairdraw_get_int32(0, 1);
	record->ceremony = fairdraw_get_text(0, 2);
	record->staff = fairdraw_text_to_utf8(DatumGetTextPP(fairdraw_get_datum(0, 3)));
	record->rules = fairdraw_get_text(0, 4);
	record->recusals = fairdraw_get_text(0, 5);
	record->hash = fairdraw_get_text(0, 6);
	record->options = fairdraw_read_options(DatumGetJsonbPCopy(fairdraw_get_datum(0, 7)));
	record->options->max_pairs = MAX_LOTTERY_PAIRS;
	sql = psprintf("SELECT d.draw, d.label, d.plan_hash, d.ceremony FROM fairdraw_data.lottery_draw l"
				   " JOIN fairdraw_data.draw d ON d.draw = l.draw"
				   " WHERE l.lottery = $1 ORDER BY %s", fairdraw_uid_order("d.label"));
	record->ndraws = fairdraw_read(sql, "i", record->id);
	record->draws = palloc0(Max(record->ndraws, 1) * sizeof(LotteryDraw));
	for (int d = 0; d < record->ndraws; d++)
	{
		record->draws[d].id = fairdraw_get_int32(d, 1);
		record->draws[d].label = fairdraw_get_text(d, 2);
		record->draws[d].plan_hash = fairdraw_get_text(d, 3);
		record->draws[d].ceremony = fairdraw_get_text(d, 4);
	}
	return record;
}

/*
 * Committing
 */

/* Errors that follow from what was committed, and from the draws, for ever. */
static bool
is_final(int sqlerrcode)
{
	return sqlerrcode == ERRCODE_ASSIGN_INFEASIBLE ||
		sqlerrcode == ERRCODE_ASSIGN_CROSSING_GROUPS ||
		sqlerrcode == ERRCODE_ASSIGN_PAIR_CAP ||
		sqlerrcode == ERRCODE_ASSIGN_POOL ||
		sqlerrcode == ERRCODE_ASSIGN_EMPTY ||
		sqlerrcode == ERRCODE_ASSIGN_DATE;
}

/* Could execute_lottery() give this lottery an outcome? */
static bool
can_have_outcome(LotteryRecord *record, const CeremonyRecord *ceremony)
{
	Lottery		lottery;
	ErrorData  *error;

	if (fairdraw_find_outcome(record, ceremony))
		return true;
	error = fairdraw_try_lottery(&lottery, record, ceremony);
	if (error != NULL && !is_final(error->sqlerrcode))
		ReThrowError(error);
	return error == NULL;
}

/*
 * Nobody gets a second chance: a draw has one lottery, and another one only where
 * the first cannot be done, or was aborted before anybody could know anything.
 * (Whoever knows the seed knows the outcome, whether it was executed or not.)
 */
static void
refuse_second_chance(const LotteryRecord *record, const LotteryDraw *draw)
{
	uint64		count;
	char	  **labels;

	/*
	 * One at a time; results of the draw can be recorded meanwhile, which
	 * look at its key only.
	 */
	fairdraw_write("SELECT FROM fairdraw_data.draw WHERE draw = $1 FOR NO KEY UPDATE", "i", draw->id);
	count = fairdraw_read("SELECT l.label FROM fairdraw_data.lottery_draw d"
						  " JOIN fairdraw_data.lottery l ON l.lottery = d.lottery"
						  " WHERE d.draw = $1 AND NOT EXISTS"
						  " (SELECT FROM fairdraw_data.abort a WHERE a.ceremony = l.ceremony)"
						  " ORDER BY l.lottery", "i", draw->id);
	labels = palloc(Max(count, 1) * sizeof(char *));
	for (uint64 l = 0; l < count; l++)
		labels[l] = fairdraw_get_text(l, 1);
	for (uint64 l = 0; l < count; l++)
	{
		LotteryRecord *other = fairdraw_load_lottery(labels[l]);
		CeremonyRecord *ceremony = fairdraw_load_ceremony(other->ceremony, LOCK_SHARE);

		if (ceremony->execution == 0 || can_have_outcome(other, ceremony))
			ereport(ERROR,
					(errcode(ERRCODE_ASSIGN_REPEATED),
					 errmsg("lottery \"%s\" sends teams to the units of draw \"%s\" already",
							fairdraw_shown(other->label), fairdraw_shown(draw->label)),
					 ceremony->execution == 0
					 ? errhint("Execute its ceremony, \"%s\", or abort it in time.  A department with inspectors of its own commits a draw of its own, on the same stream.",
							   fairdraw_shown(ceremony->label))
					 : errhint("Execute that one: SELECT fairdraw.execute_lottery(%s).",
							   fairdraw_quoted(other->label))));
	}
}

static int
compare_draws(const void *a, const void *b)
{
	return strcmp(((const LotteryDraw *) a)->label, ((const LotteryDraw *) b)->label);
}

/* Only draws of this ceremony, or of one that was executed. */
static void
find_draws(LotteryRecord *record, const CeremonyRecord *ceremony, ArrayType *labels)
{
	Datum	   *values;
	bool	   *nulls;

	deconstruct_array(labels, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &record->ndraws);
	if (record->ndraws == 0)
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_EMPTY),
				 errmsg("lottery \"%s\" names no draw", fairdraw_shown(record->label)),
				 errhint("Its visits are the units that draws draw: name them, as in ARRAY['label'].")));
	record->draws = palloc0(record->ndraws * sizeof(LotteryDraw));
	for (int d = 0; d < record->ndraws; d++)
	{
		DrawRecord *draw;

		if (nulls[d])
			ereport(ERROR,
					(errcode(ERRCODE_ASSIGN_NULL),
					 errmsg("draw %d of lottery \"%s\" is null", d + 1, fairdraw_shown(record->label)),
					 errhint("Leave it out.")));
		draw = fairdraw_load_draw(fairdraw_text_to_utf8(DatumGetTextPP(values[d])));
		record->draws[d].id = draw->id;
		record->draws[d].label = draw->label;
		record->draws[d].plan_hash = draw->plan_hash;
		record->draws[d].ceremony = draw->ceremony;
		if (strcmp(draw->ceremony, ceremony->label) != 0)
		{
			CeremonyRecord *earlier = fairdraw_load_ceremony(draw->ceremony, LOCK_NONE);

			fairdraw_require_executed(earlier);
			if (earlier->rehearsal != ceremony->rehearsal)
				ereport(ERROR,
						(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						 errmsg("of ceremonies \"%s\" and \"%s\" only one is a rehearsal",
								fairdraw_shown(earlier->label), fairdraw_shown(ceremony->label)),
						 errhint("Nothing follows from a rehearsal: name draws of the same kind.")));
		}
	}
	qsort(record->draws, record->ndraws, sizeof(LotteryDraw), compare_draws);
	for (int d = 1; d < record->ndraws; d++)
		if (compare_draws(&record->draws[d - 1], &record->draws[d]) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_ASSIGN_DUPLICATE),
					 errmsg("lottery \"%s\" names draw \"%s\" twice", fairdraw_shown(record->label),
							fairdraw_shown(record->draws[d].label)),
					 errhint("Name each draw once.")));
	/* ascending, so that two calls do not wait for each other */
	for (int d = 0; d < record->ndraws; d++)
		refuse_second_chance(record, &record->draws[d]);
}

/* In a lottery membership follows from the rules alone. */
static void
check_groups(const AssignOptions *options)
{
	for (int g = 0; g < options->ngroups; g++)
	{
		bool		known = false;

		for (int c = 0; c < CANDIDATE_GROUPS; c++)
			known = known || strcmp(options->groups[g].name, fairdraw_candidate_groups[c]) == 0;
		if (!known)
			ereport(ERROR,
					(errcode(ERRCODE_ASSIGN_OPTION),
					 errmsg("unknown group: \"%s\"", fairdraw_shown(options->groups[g].name)),
					 errhint("The groups of a lottery are lead, senior, junior, bureau, station and qualified.")));
	}
}

static void
refuse_limit(Jsonb *options)
{
	JsonbValue	key = {.type = jbvString};

	key.val.string.val = pstrdup("max_edges");
	key.val.string.len = strlen(key.val.string.val);
	if (findJsonbValueFromContainer(&options->root, JB_FOBJECT, &key) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_ASSIGN_OPTION),
				 errmsg("a lottery of a ceremony has no option \"max_edges\""),
				 errhint("Leave it out: a limit of the machine is not committed.")));
}

static char *
data_name_arg(FunctionCallInfo fcinfo, int argument)
{
	char	   *name;

	if (PG_ARGISNULL(argument))
		return NULL;
	name = fairdraw_utf8_arg(fcinfo, argument);
	if (strcmp(name, "none") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("data of a lottery cannot be named \"none\""),
				 errhint("Commit it under another name; where there is none, give NULL.")));
	return name;
}

static void
insert_lottery(const LotteryRecord *record, Jsonb *options, const char *user)
{
	char	   *json = JsonbToCString(NULL, &options->root, VARSIZE(options));
	size_t		len;
	const char *utf8 = fairdraw_to_utf8(json, strlen(json), &len);

	if (fairdraw_write("INSERT INTO fairdraw_data.lottery"
					   " (label, ceremony, staff, rules, recusals, options, hash, committed_by)"
					   " VALUES ($1, $2, $3, $4, $5, $6::pg_catalog.jsonb, $7, $8)"
					   " ON CONFLICT DO NOTHING",
					   "tttttttt", record->label, record->ceremony, record->staff, record->rules,
					   record->recusals, pnstrdup(utf8, len), record->hash, user) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNIQUE_VIOLATION),
				 errmsg("there is a lottery \"%s\" already", fairdraw_shown(record->label)),
				 errhint("A label is used once and for ever: take another one.")));
	for (int d = 0; d < record->ndraws; d++)
		fairdraw_write("INSERT INTO fairdraw_data.lottery_draw (lottery, draw)"
					   " SELECT l.lottery, $2 FROM fairdraw_data.lottery l WHERE l.label = $1",
					   "ti", record->label, record->draws[d].id);
}

/* commit_lottery(ceremony, label, draws text[], staff, rules, recusals, options): the lottery hash */
PG_FUNCTION_INFO_V1(fairdraw_commit_lottery);
Datum
fairdraw_commit_lottery(PG_FUNCTION_ARGS)
{
	char	   *ceremony_label = fairdraw_utf8_arg(fcinfo, 0);
	LotteryRecord *record = palloc0(sizeof(LotteryRecord));
	ArrayType  *draws = DatumGetArrayTypePCopy(fairdraw_arg(fcinfo, 2));
	Jsonb	   *options = DatumGetJsonbPCopy(fairdraw_arg(fcinfo, 6));
	char	   *hash = palloc(FAIRDRAW_HEX_LEN + 1);
	char	   *user;
	CeremonyRecord *ceremony;
	OwnerSection section;

	fairdraw_require_duty(DUTY_DRAWER);
	user = fairdraw_caller();
	record->label = fairdraw_utf8_arg(fcinfo, 1);
	fairdraw_require_field("lottery label", record->label, FAIRDRAW_MAX_LABEL);
	(void) fairdraw_arg(fcinfo, 3);
	record->staff = data_name_arg(fcinfo, 3);
	record->rules = data_name_arg(fcinfo, 4);
	record->recusals = data_name_arg(fcinfo, 5);
	record->options = fairdraw_read_options(options);
	refuse_limit(options);
	check_groups(record->options);
	record->hash = hash;

	SPI_connect();
	fairdraw_begin_owner(&section);
	ceremony = fairdraw_load_ceremony(ceremony_label, LOCK_SHARE);
	fairdraw_require_open(ceremony);
	record->ceremony = ceremony->label;
	find_draws(record, ceremony, draws);
	fairdraw_lottery_check_data(record);
	fairdraw_lottery_hash(record, hash);
	insert_lottery(record, options, user);
	fairdraw_end_owner(&section);
	SPI_finish();
	PG_RETURN_TEXT_P(cstring_to_text(hash));
}
