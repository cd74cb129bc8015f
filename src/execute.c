/*
 * execute.c
 *		Executing a ceremony: the entropy gives the seed, the seed the results
 *		(protocol sections 4 to 7).
 */
#include "fairdraw.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "arguments.h"
#include "ceremony.h"
#include "execute.h"
#include "field.h"
#include "progress.h"
#include "rows.h"

/* The design of a committed draw under the seed S. */
Design *
fairdraw_frozen_design(const DrawRecord *draw, const char *s)
{
	Design	   *design = palloc0(sizeof(Design));
	char		key[FAIRDRAW_HEX_LEN + 1];

	fairdraw_stream_key(s, draw->stream, key);
	fairdraw_stream_init(&design->stream, key);
	design->method = draw->method;
	design->rotation = draw->rotation;
	design->shift = fairdraw_rotation_shift(draw->rotation);
	design->nquotas = draw->nstrata;
	design->quotas = palloc0(Max(draw->nstrata, 1) * sizeof(Quota));
	for (int i = 0; i < draw->nstrata; i++)
	{
		design->quotas[i].stratum = draw->strata[i].name;
		design->quotas[i].n = draw->strata[i].n;
		design->quotas[i].reserve = draw->strata[i].reserve;
	}
	return design;
}

/* One pass over the frozen frame; a FrameCollector. */
static void
collect_frozen(const Design *design, void *arg)
{
	const DrawRecord *draw = arg;
	char	   *text = fairdraw_write_design(design);

	/* as an argument: the key in it is not for logs of statements */
	fairdraw_read("SELECT fairdraw.draw_sample(f.uid, f.stratum, f.micro, $2)"
				  " FROM fairdraw_data.frame f WHERE f.draw = $1", "it", draw->id, text);
}

/* What is drawn from the frozen frame, ascending by stratum. */
StratumSample *
fairdraw_frozen_sample(const DrawRecord *draw, const char *s)
{
	int			count;
	StratumSample *samples = fairdraw_sample(collect_frozen, unconstify(DrawRecord *, draw),
											 fairdraw_frozen_design(draw, s), draw->sealed,
											 CurrentMemoryContext, &count);

	if (count != draw->nstrata)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the frozen frame of draw \"%s\" lacks a stratum", fairdraw_shown(draw->label)),
				 errhint("The frozen frame was changed: see fairdraw.verify_draw().")));
	return samples;
}

void
fairdraw_sample_cutoff(const StratumSample *sample, CutoffRecord *cutoff)
{
	cutoff->certain = sample->sample.certain;
	cutoff->rest = sample->sample.rest;
	cutoff->cutoff = sample->sample.cutoff;
}

static uint64
sample_size(const Sample *sample)
{
	return sample->certain + sample->drawn + sample->reserve;
}

/* The result text of a draw, hashed. */
void
fairdraw_sample_result(const DrawRecord *draw, const char *ceremony_hash, const char *s,
					   const StratumSample *samples, char *hash)
{
	CutoffRecord *cutoffs = palloc(Max(draw->nstrata, 1) * sizeof(CutoffRecord));
	Sink		sink;

	for (int i = 0; i < draw->nstrata; i++)
		fairdraw_sample_cutoff(&samples[i], &cutoffs[i]);
	fairdraw_sink_init(&sink, NULL);
	fairdraw_write_result_head(&sink, draw, ceremony_hash, s, cutoffs);
	for (int i = 0; i < draw->nstrata; i++)
	{
		const Sample *sample = &samples[i].sample;

		for (uint64 j = 0; j < sample_size(sample); j++)
			fairdraw_write_drawn(&sink, draw->strata[i].name,
								 fairdraw_role_names[fairdraw_role(sample, j)], (int) j + 1,
								 sample->units[j]->uid, sample->units[j]->len,
								 sample->units[j]->ticket);
	}
	fairdraw_sink_hash(&sink, hash);
}

static void
store_units(const DrawRecord *draw, int32 execution, const StratumSample *samples)
{
	MemoryContext row = AllocSetContextCreate(CurrentMemoryContext, "fairdraw drawn unit",
											  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = CurrentMemoryContext;
	RowWriter	writer;

	fairdraw_begin_rows(&writer, "fairdraw_drawn_rows",
						psprintf("INSERT INTO fairdraw_data.selection"
								 " (draw, execution, stratum, rank, role, uid, ticket, micro)"
								 " SELECT %d, %d, a, b, c, d, e, f FROM fairdraw_drawn_rows",
								 draw->id, execution),
						"iittxl");
	for (int i = 0; i < draw->nstrata; i++)
	{
		const Sample *sample = &samples[i].sample;

		for (uint64 j = 0; j < sample_size(sample); j++)
		{
			const Unit *unit = sample->units[j];
			Datum		values[6];
			bytea	   *ticket;

			MemoryContextSwitchTo(row);
			ticket = palloc(VARHDRSZ + FAIRDRAW_HASH_LEN);
			SET_VARSIZE(ticket, VARHDRSZ + FAIRDRAW_HASH_LEN);
			memcpy(VARDATA(ticket), unit->ticket, FAIRDRAW_HASH_LEN);
			values[0] = Int32GetDatum(i + 1);
			values[1] = Int32GetDatum((int32) j + 1);
			values[2] = CStringGetTextDatum(fairdraw_role_names[fairdraw_role(sample, j)]);
			values[3] = CStringGetTextDatum(fairdraw_from_utf8(unit->uid, unit->len));
			values[4] = PointerGetDatum(ticket);
			values[5] = Int64GetDatum((int64) unit->micro);
			MemoryContextSwitchTo(caller);
			fairdraw_put_row(&writer, values);
			MemoryContextReset(row);
		}
	}
	fairdraw_end_rows(&writer);
	MemoryContextDelete(row);
}

static void
store_result(const DrawRecord *draw, int32 execution, const char *ceremony_hash,
			 const char *s)
{
	StratumSample *samples = fairdraw_frozen_sample(draw, s);
	char		hash[FAIRDRAW_HEX_LEN + 1];

	fairdraw_sample_result(draw, ceremony_hash, s, samples, hash);
	fairdraw_write("INSERT INTO fairdraw_data.result (draw, execution, hash) VALUES ($1, $2, $3)",
				   "iit", draw->id, execution, hash);
	for (int i = 0; i < draw->nstrata; i++)
	{
		CutoffRecord cutoff;

		fairdraw_sample_cutoff(&samples[i], &cutoff);
		fairdraw_write("INSERT INTO fairdraw_data.cutoff (draw, execution, stratum, certain, n, w, cutoff)"
					   " VALUES ($1, $2, $3, $4, $5, $6, $7)", "iiilllt", draw->id, execution,
					   i + 1, (int64) cutoff.certain, (int64) cutoff.rest.n,
					   (int64) cutoff.rest.w, cutoff.cutoff);
	}
	store_units(draw, execution, samples);
}

/* Stores an execution and the results of all draws; returns S. */
static char *
execute(CeremonyRecord *ceremony, int32 execution, const char *reason, const char *user)
{
	char	   *s = palloc(FAIRDRAW_HEX_LEN + 1);
	Progress	progress;

	fairdraw_ceremony_seed(ceremony, s);
	fairdraw_write("INSERT INTO fairdraw_data.execution (ceremony, execution, reason, executed_by)"
				   " VALUES ($1, $2, $3, $4)", "titt", ceremony->label, execution, reason, user);
	for (int i = 0; i < ceremony->nsources; i++)
		fairdraw_write("INSERT INTO fairdraw_data.entropy_value (ceremony, execution, name, value)"
					   " VALUES ($1, $2, $3, $4)", "titt", ceremony->label, execution,
					   ceremony->sources[i].name, ceremony->sources[i].value);
	fairdraw_progress_begin(&progress, "draws executed", ceremony->nplans);
	for (int i = 0; i < ceremony->nplans; i++)
	{
		MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "fairdraw result",
													  ALLOCSET_DEFAULT_SIZES);
		MemoryContext caller = MemoryContextSwitchTo(context);
		DrawRecord *draw = fairdraw_load_draw(ceremony->plans[i].name);

		fairdraw_require_frame(draw);
		store_result(draw, execution, ceremony->hash, s);
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(context);
		fairdraw_progress_report(&progress, i + 1);
	}
	fairdraw_progress_end(&progress);
	return s;
}

/* execute_ceremony(ceremony, entropy jsonb): S */
PG_FUNCTION_INFO_V1(fairdraw_execute_ceremony);
Datum
fairdraw_execute_ceremony(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	char	   *s;
	CeremonyRecord *ceremony;
	DrawerCall	call;

	fairdraw_begin_call(&call, fcinfo);
	ceremony = call.ceremony;
	if (ceremony->aborted)
		fairdraw_require_open(ceremony);
	fairdraw_require_sealed(ceremony);
	if (ceremony->execution > 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("ceremony \"%s\" was executed already", fairdraw_shown(call.label)),
				 errhint("A ceremony is executed once.  A value that was entered wrongly is replaced by correct_execution().")));
	fairdraw_require_due(ceremony);
	fairdraw_require_secret(ceremony);
	fairdraw_set_values(ceremony, DatumGetJsonbP(fairdraw_arg(fcinfo, 1)));
	s = MemoryContextStrdup(caller, execute(ceremony, 1, NULL, call.user));
	fairdraw_end_call(&call);
	PG_RETURN_TEXT_P(cstring_to_text(s));
}

static void
refuse_same_values(const CeremonyRecord *before, const CeremonyRecord *after)
{
	for (int i = 0; i < after->nsources; i++)
		if (strcmp(before->sources[i].value, after->sources[i].value) != 0)
			return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the values are those of the execution that holds"),
			 errhint("A correction gives the true value in place of one that was entered wrongly.")));
}

/* correct_execution(ceremony, entropy jsonb, reason): S */
PG_FUNCTION_INFO_V1(fairdraw_correct_execution);
Datum
fairdraw_correct_execution(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	char	   *reason = fairdraw_utf8_arg(fcinfo, 2);
	char	   *s;
	CeremonyRecord *ceremony;
	DrawerCall	call;

	fairdraw_require_field("reason", reason, FAIRDRAW_MAX_REMARK);
	fairdraw_begin_call(&call, fcinfo);
	ceremony = call.ceremony;
	fairdraw_require_executed(ceremony);
	fairdraw_require_secret(ceremony);
	fairdraw_set_values(ceremony, DatumGetJsonbP(fairdraw_arg(fcinfo, 1)));
	refuse_same_values(fairdraw_load_ceremony(call.label, LOCK_NONE), ceremony);
	s = MemoryContextStrdup(caller, execute(ceremony, ceremony->execution + 1, reason, call.user));
	fairdraw_end_call(&call);
	PG_RETURN_TEXT_P(cstring_to_text(s));
}
