/*
 * inclusion.c
 *		Second-order inclusion probabilities of Pareto draws, and
 *		inclusion_probabilities(), which tells everybody's chance before any seed
 *		exists.
 *
 * The formula is derived in doc/statistics.md.
 */
#include "fairdraw.h"

#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "arguments.h"
#include "draw.h"
#include "field.h"
#include "inclusion.h"

#define FRACTION_BITS 62

/* a/b in units of 2^-62, where a < b */
static inline uint64
fraction(uint64 a, uint64 b)
{
	return (uint64) (((uint128) a << FRACTION_BITS) / b);
}

static inline uint64
multiply_fractions(uint64 a, uint64 b)
{
	return (uint64) (((uint128) a * b) >> FRACTION_BITS);
}

/* A unit that is not certain, so that n * micro < w. */
void
fairdraw_inclusion_add(InclusionSums *sums, uint64 micro, Remainder rest)
{
	uint64		mass = rest.n * micro;
	uint64		lambda = fraction(mass, rest.w);
	uint64		term = multiply_fractions(lambda, fraction(rest.w - mass, rest.w));

	for (int j = 0; j < lengthof(sums->moment); j++)
	{
		sums->moment[j] += term;
		term = multiply_fractions(term, lambda);
	}
	if (sums->units == 0 || micro < sums->least)
		sums->least = micro;
	if (sums->units == 0 || micro > sums->greatest)
		sums->greatest = micro;
	sums->units++;
}

Inclusion
fairdraw_inclusion(const InclusionSums *sums)
{
	Inclusion	result = {false, false, 0, 0, 0, 0};
	double		first,
				second,
				third;

	/* all units alike have the same chance, whatever n is */
	result.exact = sums->units == 0 || sums->least == sums->greatest;
	if (sums->units == 0)
		return result;
	result.d = (double) sums->moment[0] / ((uint64) 1 << FRACTION_BITS);
	result.known = result.d >= FAIRDRAW_LEAST_SPREAD;
	first = (double) sums->moment[1] / (double) sums->moment[0];
	second = (double) sums->moment[2] / (double) sums->moment[0];
	third = (double) sums->moment[3] / (double) sums->moment[0];
	result.mean = first;
	result.variance = second - first * first;
	/* the mean of v (l - mean) + variance l */
	result.shift = (second - third) - first * (first - second) + result.variance * first;
	return result;
}

double
fairdraw_inclusion_probability(const Inclusion *inclusion, uint64 micro, Remainder rest)
{
	uint64		mass = rest.n * micro;
	double		lambda = (double) mass / (double) rest.w;
	double		v = lambda * ((double) (rest.w - mass) / (double) rest.w);
	double		excess;

	if (inclusion->exact)
		return lambda;
	excess = v * (lambda - inclusion->mean) + inclusion->variance * lambda - inclusion->shift;
	return lambda + v * (excess / (inclusion->d * inclusion->d));
}

/*
 * inclusion_probabilities()
 */

typedef struct StratumChances
{
	const StratumSample *sample;
	uint64		least_certain;	/* micro; PG_UINT64_MAX: none is certain */
	uint64		units;			/* found when the frame is read again */
	uint64		w;
	uint64		certain;
	InclusionSums sums;			/* only of what is drawn by pareto */
	Inclusion	inclusion;
} StratumChances;

typedef struct Chances
{
	int			count;
	StratumChances *strata;		/* ascending by name */
	StratumChances *latest;		/* rows of a stratum often stand together */
	Tuplestorestate *units;
	TupleDesc	desc;			/* of units */
} Chances;

/* columns of the units that are put aside */
enum
{
	UNIT_STRATUM,
	UNIT_UID,
	UNIT_MICRO,
	UNIT_COLUMNS
};

static void
make_strata(Chances *chances, const StratumSample *samples, int count)
{
	chances->count = count;
	chances->strata = palloc0(count * sizeof(StratumChances));
	chances->latest = chances->strata;
	for (int i = 0; i < count; i++)
	{
		StratumChances *stratum = &chances->strata[i];
		const Sample *sample = &samples[i].sample;

		stratum->sample = &samples[i];
		/* units of one size are certain together */
		stratum->least_certain = PG_UINT64_MAX;
		for (uint64 j = 0; j < sample->certain; j++)
			stratum->least_certain = Min(stratum->least_certain, sample->units[j]->micro);
	}
}

static StratumChances *
find_stratum(Chances *chances, const char *name, size_t len)
{
	int			low = 0;
	int			high = chances->count;
	const StratumState *latest = chances->latest->sample->stratum;

	if (len == latest->len && memcmp(name, latest->name, len) == 0)
		return chances->latest;
	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		const StratumState *stratum = chances->strata[middle].sample->stratum;
		int			order = memcmp(name, stratum->name, Min(len, stratum->len));

		if (order == 0)
			order = len < stratum->len ? -1 : len > stratum->len;
		if (order == 0)
			return chances->latest = &chances->strata[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	fairdraw_frame_changed();
	return NULL;
}

/* A row of the frame, which was found valid when it was read before. */
static void
put_aside(const Datum *values, const bool *nulls, void *arg)
{
	Chances    *chances = arg;
	StratumChances *stratum;
	Datum		unit[UNIT_COLUMNS];
	bool		unit_nulls[UNIT_COLUMNS] = {false};
	text	   *name_arg;
	const char *name;
	size_t		len;
	uint64		micro;
	Remainder	rest;

	if (nulls[FRAME_UID] || nulls[FRAME_STRATUM] || nulls[FRAME_WEIGHT] ||
		fairdraw_weight_micro(values[FRAME_WEIGHT], &micro) != WEIGHT_OK)
		fairdraw_frame_changed();
	name_arg = DatumGetTextPP(values[FRAME_STRATUM]);
	name = fairdraw_to_utf8(VARDATA_ANY(name_arg), VARSIZE_ANY_EXHDR(name_arg), &len);
	stratum = find_stratum(chances, name, len);
	rest = stratum->sample->sample.rest;
	stratum->units++;
	stratum->w += micro;
	/* beyond what the first reading found the sums might overflow */
	if (stratum->units > stratum->sample->stratum->units ||
		stratum->w > stratum->sample->stratum->w)
		fairdraw_frame_changed();
	if (micro >= stratum->least_certain)
		stratum->certain++;
	else if (rest.n > 0)
	{
		/* the first reading would have made it certain */
		if ((unsigned __int128) rest.n * micro >= rest.w)
			fairdraw_frame_changed();
		if (stratum->sample->method == METHOD_PARETO)
			fairdraw_inclusion_add(&stratum->sums, micro, rest);
	}

	unit[UNIT_STRATUM] = Int32GetDatum(stratum - chances->strata);
	unit[UNIT_UID] = values[FRAME_UID];
	unit[UNIT_MICRO] = Int64GetDatum(micro);
	tuplestore_putvalues(chances->units, chances->desc, unit, unit_nulls);
}

static void
read_units(Chances *chances, const FrameQuery *frame)
{
	StringInfoData statement;

	chances->desc = CreateTemplateTupleDesc(UNIT_COLUMNS);
	TupleDescInitEntry(chances->desc, UNIT_STRATUM + 1, "stratum", INT4OID, -1, 0);
	TupleDescInitEntry(chances->desc, UNIT_UID + 1, "uid", TEXTOID, -1, 0);
	TupleDescInitEntry(chances->desc, UNIT_MICRO + 1, "micro", INT8OID, -1, 0);
#if PG_VERSION_NUM >= 190000
	TupleDescFinalize(chances->desc);
#endif
	chances->units = tuplestore_begin_heap(false, false, work_mem);

	initStringInfo(&statement);
	appendStringInfo(&statement, "SELECT %s, %s, %s FROM (%s\n) AS f",
					 frame->columns[FRAME_UID].expression,
					 frame->columns[FRAME_STRATUM].expression,
					 frame->columns[FRAME_WEIGHT].expression, frame->query->text);
	fairdraw_stream_query(frame->query, statement.data, put_aside, chances);

	for (int i = 0; i < chances->count; i++)
	{
		StratumChances *stratum = &chances->strata[i];

		if (stratum->units != stratum->sample->stratum->units ||
			stratum->w != stratum->sample->stratum->w ||
			stratum->certain != stratum->sample->sample.certain)
			fairdraw_frame_changed();
		stratum->inclusion = fairdraw_inclusion(&stratum->sums);
	}
}

static void
put_chance(ReturnSetInfo *rsinfo, const StratumChances *stratum, Datum name, Datum uid,
		   uint64 micro)
{
	Remainder	rest = stratum->sample->sample.rest;
	Role		role = micro >= stratum->least_certain ? ROLE_CERTAIN : ROLE_DRAWN;
	const Inclusion *inclusion = &stratum->inclusion;
	Datum		values[4];
	bool		nulls[4] = {false};

	values[0] = name;
	values[1] = uid;
	values[2] = Float8GetDatum(fairdraw_probability(micro, rest, role));
	values[3] = values[2];
	if (role != ROLE_CERTAIN && !inclusion->exact)
	{
		if (inclusion->known)
			values[3] = Float8GetDatum(fairdraw_inclusion_probability(inclusion, micro, rest));
		else
			nulls[3] = true;
	}
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

static void
put_chances(ReturnSetInfo *rsinfo, const Chances *chances)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(chances->desc, &TTSOpsMinimalTuple);
	Datum	   *names = palloc(chances->count * sizeof(Datum));

	for (int i = 0; i < chances->count; i++)
	{
		const StratumState *stratum = chances->strata[i].sample->stratum;

		names[i] = CStringGetTextDatum(fairdraw_from_utf8(stratum->name, stratum->len));
	}
	while (tuplestore_gettupleslot(chances->units, true, false, slot))
	{
		int32		i;

		CHECK_FOR_INTERRUPTS();
		slot_getallattrs(slot);
		i = DatumGetInt32(slot->tts_values[UNIT_STRATUM]);
		put_chance(rsinfo, &chances->strata[i], names[i], slot->tts_values[UNIT_UID],
				   DatumGetInt64(slot->tts_values[UNIT_MICRO]));
	}
	ExecDropSingleTupleTableSlot(slot);
	tuplestore_end(chances->units);
}

/* Who is certain, and what remains, is the same for every seed: any will do. */
static Design *
design_of_any_seed(Jsonb *sizes, const char *method)
{
	Design	   *design = palloc0(sizeof(Design));
	char		s[FAIRDRAW_HEX_LEN + 1];
	char		key[FAIRDRAW_HEX_LEN + 1];

	fairdraw_seed_hash("", 0, s);
	fairdraw_stream_key(s, "chances", key);
	fairdraw_stream_init(&design->stream, key);
	design->method = fairdraw_require_method(method);
	design->rotation = fairdraw_require_rotation("0/1");
	design->shift = fairdraw_rotation_shift(design->rotation);
	fairdraw_read_sizes(sizes, design);
	fairdraw_check_design(design);
	return design;
}

/* inclusion_probabilities(frame, sizes, method) */
PG_FUNCTION_INFO_V1(fairdraw_inclusion_probabilities);
Datum
fairdraw_inclusion_probabilities(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *frame_text = fairdraw_text_arg(fcinfo, 0);
	Design	   *design = design_of_any_seed(DatumGetJsonbP(fairdraw_arg(fcinfo, 1)),
											fairdraw_text_arg(fcinfo, 2));
	FrameQuery	frame;
	StratumSample *samples;
	Chances		chances;
	int			count;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	fairdraw_open_frame(&frame, frame_text);
	samples = fairdraw_sample(fairdraw_collect_frame, &frame, design, false,
							  CurrentMemoryContext, &count);
	make_strata(&chances, samples, count);
	read_units(&chances, &frame);
	put_chances(rsinfo, &chances);
	SPI_finish();
	return (Datum) 0;
}
