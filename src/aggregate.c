/*
 * aggregate.c
 *		Transition functions of draw_sample() and draw_merge().
 *
 * Partial states can be combined in any order and number: by parallel workers,
 * over partitions, and on servers that hold a part of the frame.
 */
#include "fairdraw.h"

#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "draw_state.h"
#include "field.h"

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a transition function was called outside of its aggregate"),
				 errhint("Use the aggregates fairdraw.draw_sample() and fairdraw.draw_merge().")));
	return context;
}

static pg_noinline void
null_argument(const char *what, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("%s is null in a row of the frame", what),
			 errhint("%s", hint)));
}

/* Is the design, the last argument of the aggregate, the same in every row? */
static bool
design_is_constant(FunctionCallInfo fcinfo)
{
	Aggref	   *aggref = AggGetAggref(fcinfo);
	Node	   *arg;

	if (aggref == NULL || list_length(aggref->args) != 4)
		return false;
	arg = (Node *) llast_node(TargetEntry, aggref->args)->expr;
	return IsA(arg, Const) ||
		(IsA(arg, Param) && ((Param *) arg)->paramkind == PARAM_EXTERN);
}

/*
 * The state so far, to be changed in place.  It is ours from the first row on,
 * except in an aggregate that somebody else made of our functions: there it may
 * begin as a flat one, or be lent to us read-only.
 */
static inline DrawState *
transition_state(Datum datum, MemoryContext context)
{
	if (likely(VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum))))
		return (DrawState *) DatumGetEOHP(datum);
	return fairdraw_state_from_datum(PointerGetDatum(PG_DETOAST_DATUM(datum)), context);
}

/* The state, made at the first row; later rows have to bring the same design. */
static DrawState *
begin_row(FunctionCallInfo fcinfo)
{
	MemoryContext context;
	struct varlena *arg;
	DrawState  *state = NULL;
	text	   *design;
	const char *utf8;
	size_t		len;

	if (PG_ARGISNULL(4))
		null_argument("the design of the draw",
					  "Take it from fairdraw.draw_design().");
	arg = (struct varlena *) PG_GETARG_POINTER(4);
	/* a state that may be written to is one that an aggregate has begun */
	if (likely(!PG_ARGISNULL(0) &&
			   VARATT_IS_EXTERNAL_EXPANDED_RW(PG_GETARG_POINTER(0))))
	{
		state = (DrawState *) DatumGetEOHP(PG_GETARG_DATUM(0));
		if (likely(state->design_arg == arg))
			return state;
	}
	context = aggregate_context(fcinfo);
	if (!PG_ARGISNULL(0))
		state = transition_state(PG_GETARG_DATUM(0), context);

	design = PG_GETARG_TEXT_PP(4);
	utf8 = fairdraw_to_utf8(VARDATA_ANY(design), VARSIZE_ANY_EXHDR(design), &len);
	if (state == NULL)
		state = fairdraw_make_state(context, utf8, len);
	else if (state->design_len != len || memcmp(state->design_text, utf8, len) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the design changed within one draw"),
				 errhint("Give the same design with every row.")));

	/*
	 * A constant stays where it is while the query runs; any other argument
	 * may be overwritten in place, and is compared every time.
	 */
	state->design_arg = design_is_constant(fcinfo) ? arg : NULL;
	return state;
}

static pg_noinline void
invalid_uid(const char *uid, size_t len, const char *fault)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid uid in the frame: \"%s\"", pnstrdup(uid, len)),
			 errdetail("%s", fault),
			 errhint("Use the registered identifier: 1 to 255 bytes of visible text in form NFC, without white space at either end.")));
}

static pg_noinline void
invalid_weight(const char *uid, size_t len, Datum weight, WeightFault fault)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("invalid weight of uid \"%s\": %s", fairdraw_from_utf8(uid, len),
					DatumGetCString(DirectFunctionCall1(numeric_out, weight))),
			 errdetail("%s", fairdraw_weight_fault_text(fault)),
			 errhint("%s", fairdraw_weight_fault_hint(fault))));
}

static inline void
add_unit(DrawState *state, StratumState *stratum, const char *uid, size_t len,
		 uint64 micro)
{
	Kept		unit;

	fairdraw_count_units(stratum, 1, micro);
	if (stratum->keep == KEEP_NOTHING)
		return;
	unit = fairdraw_kept(state->design, uid, len, micro);
	fairdraw_keep_unit(state, stratum, &unit);
}

/* draw_state_add(state, uid text, stratum text, weight numeric, design text) */
PG_FUNCTION_INFO_V1(fairdraw_state_add);
Datum
fairdraw_state_add(PG_FUNCTION_ARGS)
{
	DrawState  *state = begin_row(fcinfo);
	text	   *arg;
	const char *uid;
	const char *name;
	size_t		uid_len;
	size_t		name_len;
	uint64		micro;
	WeightFault weight_fault;
	char	   *fault;

	if (PG_ARGISNULL(1))
		null_argument("the uid", "Leave rows without a registered identifier out, or exclude them by name.");
	arg = PG_GETARG_TEXT_PP(1);
	uid = fairdraw_to_utf8(VARDATA_ANY(arg), VARSIZE_ANY_EXHDR(arg), &uid_len);
	fault = fairdraw_field_fault(uid, uid_len, FAIRDRAW_MAX_LABEL);
	if (unlikely(fault != NULL))
		invalid_uid(VARDATA_ANY(arg), VARSIZE_ANY_EXHDR(arg), fault);

	if (PG_ARGISNULL(2))
		null_argument(psprintf("the stratum of uid \"%s\"", fairdraw_from_utf8(uid, uid_len)),
					  "Give units without a stratum one of their own, for example with coalesce(stratum, 'none').");
	arg = PG_GETARG_TEXT_PP(2);
	name = fairdraw_to_utf8(VARDATA_ANY(arg), VARSIZE_ANY_EXHDR(arg), &name_len);

	if (PG_ARGISNULL(3))
		null_argument(psprintf("the weight of uid \"%s\"", fairdraw_from_utf8(uid, uid_len)),
					  "Give every unit a weight above 0.");
	weight_fault = fairdraw_weight_micro(PG_GETARG_DATUM(3), &micro);
	if (unlikely(weight_fault != WEIGHT_OK))
		invalid_weight(uid, uid_len, PG_GETARG_DATUM(3), weight_fault);

	add_unit(state, fairdraw_find_stratum(state, name, name_len), uid, uid_len, micro);
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

/*
 * draw_state_add(state, uid text, stratum integer, micro bigint, design text):
 * for a frozen frame, whose units were checked when they were committed; the
 * stratum counts from 1 through those of the design.
 */
PG_FUNCTION_INFO_V1(fairdraw_state_add_frozen);
Datum
fairdraw_state_add_frozen(PG_FUNCTION_ARGS)
{
	DrawState  *state = begin_row(fcinfo);
	const Quota *quota;
	text	   *arg;
	const char *uid;
	size_t		len;
	int32		number;
	int64		micro;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		null_argument("a value", "The frozen frame was changed: see fairdraw.verify_draw().");
	arg = PG_GETARG_TEXT_PP(1);
	uid = fairdraw_to_utf8(VARDATA_ANY(arg), VARSIZE_ANY_EXHDR(arg), &len);
	number = PG_GETARG_INT32(2);
	micro = PG_GETARG_INT64(3);
	if (len == 0 || len > FAIRDRAW_MAX_LABEL || micro <= 0 || number < 1 ||
		number > state->design->nquotas || state->design->any_stratum)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("unit \"%s\" of the frozen frame is not valid",
						fairdraw_from_utf8(uid, len)),
				 errdetail("It has stratum %d and micro " INT64_FORMAT ".", number, micro),
				 errhint("The frozen frame was changed: see fairdraw.verify_draw().")));
	quota = &state->design->quotas[number - 1];
	add_unit(state, fairdraw_find_stratum(state, quota->stratum, strlen(quota->stratum)),
			 uid, len, micro);
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

static void
merge_list(DrawState *state, StratumState *stratum, const Shortlist *from)
{
	for (uint64 i = 0; i < from->size; i++)
	{
		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		fairdraw_keep_unit(state, stratum, &from->units[i]);
	}
}

static void
merge_stratum(DrawState *state, const StratumState *from)
{
	StratumState *into = fairdraw_find_stratum(state, from->name, from->len);

	fairdraw_count_units(into, from->units, from->w);
	if (into->keep == KEEP_WHOLE && from->keep == KEEP_EXTREMES)
		fairdraw_keep_extremes(state, into);
	if (into->keep == KEEP_EXTREMES && from->keep == KEEP_EXTREMES)
	{
		/* its largest and its nearest overlap: each goes to its own */
		for (uint64 i = 0; i < from->largest.size; i++)
			fairdraw_offer(state, &into->largest, &from->largest.units[i]);
		for (uint64 i = 0; i < from->nearest.size; i++)
			fairdraw_offer(state, &into->nearest, &from->nearest.units[i]);
		return;
	}
	merge_list(state, into, &from->nearest);
}

/* draw_state_merge(state, state): also the combine function; any order */
PG_FUNCTION_INFO_V1(fairdraw_state_merge);
Datum
fairdraw_state_merge(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	const DrawState *from;
	DrawState  *into;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	from = fairdraw_state_from_datum(PG_GETARG_DATUM(1), CurrentMemoryContext);
	if (PG_ARGISNULL(0))
		into = fairdraw_make_state(context, from->design_text, from->design_len);
	else
		into = transition_state(PG_GETARG_DATUM(0), context);
	if (into->design_len != from->design_len ||
		memcmp(into->design_text, from->design_text, into->design_len) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("states of different draws cannot be merged"),
				 errhint("Make all of them with the same design.")));
	for (int i = 0; i < from->nstrata; i++)
		merge_stratum(into, from->strata[i]);
	PG_RETURN_DATUM(EOHPGetRWDatum(&into->header));
}
