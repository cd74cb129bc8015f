/*
 * texts.c
 *		The texts of the protocol (sections 2 to 7).
 *
 * Each function reads like the text that it writes.
 */
#include "fairdraw.h"

#include "texts.h"

/*
 * Frame lines (section 2)
 */

/* salt_key NULL: the weights are open */
void
fairdraw_sealer_init(Sealer *sealer, const char *salt_key, const char *label)
{
	sealer->sealed = salt_key != NULL;
	if (salt_key == NULL)
		return;
	sha256_init(&sealer->after_label);
	sha256_add(&sealer->after_label, salt_key, strlen(salt_key));
	sha256_add(&sealer->after_label, "\t", 1);
	sha256_add(&sealer->after_label, label, strlen(label));
	sha256_add(&sealer->after_label, "\t", 1);
}

/* the first 32 digits of hex(H(key TAB label TAB uid)), and a NUL */
void
fairdraw_salt(const Sealer *sealer, const char *uid, size_t len, char *salt)
{
	Sha256		ctx = sealer->after_label;
	uint8		digest[FAIRDRAW_HASH_LEN];

	sha256_add(&ctx, uid, len);
	sha256_final(&ctx, digest);
	fairdraw_to_hex(digest, FAIRDRAW_SALT_LEN / 2, salt);
}

/* Writes an unsigned integer without a NUL; returns its length. */
static int
write_integer(uint64 value, char *text)
{
	char		digits[20];
	int			len = 0;

	do
		digits[len++] = (char) ('0' + value % 10);
	while ((value /= 10) > 0);
	for (int i = 0; i < len; i++)
		text[		i] = digits[len - 1 - i];

	return len;
}

/*
 * uid TAB stratum TAB wfield, without LF, in place of what was in "line".  With
 * sealed weights also the salt, of FAIRDRAW_SALT_LEN digits and a NUL, unless
 * that is NULL.
 */
void
fairdraw_frame_line(StringInfo line, const Sealer *sealer, const char *uid, size_t len,
					const char *stratum, uint64 micro, char *salt)
{
	char text[	FAIRDRAW_SALT_LEN + 1 + 20];
	int			micro_len;

	resetStringInfo(line);
	appendBinaryStringInfo(line, uid, len);
	appendStringInfoChar(line, '\t');
	appendStringInfoString(line, stratum);
	appendStringInfoChar(line, '\t');
	if (sealer->sealed)
	{
		uint8		digest[FAIRDRAW_HASH_LEN];
		char		hex[FAIRDRAW_HEX_LEN + 1];

		/* "c" hex(H(salt ":" micro)) */
		fairdraw_salt(sealer, uid, len, text);
		if (salt != NULL)
			memcpy(salt, text, FAIRDRAW_SALT_LEN + 1);
		text[		FAIRDRAW_SALT_LEN] = ':';

		micro_len = write_integer(micro, text +FAIRDRAW_SALT_LEN + 1);
		fairdraw_sha256(text, FAIRDRAW_SALT_LEN + 1 + micro_len, digest);
		fairdraw_to_hex(digest, sizeof(digest), hex);
		appendStringInfoChar(line, 'c');
		appendBinaryStringInfo(line, hex, FAIRDRAW_HEX_LEN);
	}
	else
		appendBinaryStringInfo(line, text, write_integer(micro, text));
}

/*
 * Plan and ceremony (section 3)
 */

void
fairdraw_write_plan(Sink *sink, const DrawRecord *draw)
{
	fairdraw_sink_line(sink, "fairdraw/1 plan");
	fairdraw_sink_line(sink, "draw: %s", draw->label);
	fairdraw_sink_line(sink, "method: %s", fairdraw_method_names[draw->method]);
	if (draw->registered < 0)
		fairdraw_sink_line(sink, "register: none");
	else
		fairdraw_sink_line(sink, "register: " INT64_FORMAT, draw->registered);
	fairdraw_sink_line(sink, "frame: " UINT64_FORMAT " %s", draw->units, draw->root);
	fairdraw_sink_line(sink, "exclusions: " UINT64_FORMAT " %s", draw->exclusions,
					   draw->exclusions_hash);
	for (int i = 0; i < draw->nstrata; i++)
	{
		const StratumRecord *stratum = &draw->strata[i];

		fairdraw_sink_line(sink, "stratum: %s\t" UINT64_FORMAT "\t" UINT64_FORMAT "\t" UINT64_FORMAT "\t" UINT64_FORMAT,
						   stratum->name, stratum->units, stratum->micro,
						   stratum->n, stratum->reserve);
	}
	fairdraw_sink_line(sink, "stream: %s", draw->stream);
	fairdraw_sink_line(sink, "rotation: %d/%d", draw->rotation.j, draw->rotation.m);
	fairdraw_sink_line(sink, "weights: %s", draw->sealed ? "sealed" : "open");
}

void
fairdraw_plan_hash(const DrawRecord *draw, char *hex)
{
	Sink		sink;

	fairdraw_sink_init(&sink, NULL);
	fairdraw_write_plan(&sink, draw);
	fairdraw_sink_hash(&sink, hex);
}

/* The head; its rows follow, each one line. */
void
fairdraw_write_data_head(Sink *sink, const char *name, const char *salt,
						 char **columns, int ncolumns)
{
	StringInfoData line;

	fairdraw_sink_line(sink, "fairdraw/1 data");
	fairdraw_sink_line(sink, "data: %s", name);
	fairdraw_sink_line(sink, "salt: %s", salt);
	initStringInfo(&line);
	for (int i = 0; i < ncolumns; i++)
		appendStringInfo(&line, "%s%s", i == 0 ? "" : "\t", columns[i]);
	fairdraw_sink_line(sink, "columns: %s", line.data);
	pfree(line.data);
}

void
fairdraw_write_ceremony(Sink *sink, const CeremonyRecord *c)
{
	fairdraw_sink_line(sink, "fairdraw/1 %s", c->rehearsal ? "rehearsal" : "ceremony");
	fairdraw_sink_line(sink, "agency: %s", c->agency);
	fairdraw_sink_line(sink, "serial: %d %s", c->serial,
					   c->previous == NULL ? "none" : c->previous);
	fairdraw_sink_line(sink, "ceremony: %s", c->label);
	fairdraw_sink_line(sink, "place: %s", c->place);
	fairdraw_sink_line(sink, "disclose: %s", c->disclose);
	fairdraw_sink_line(sink, "secret: %s", c->secret_hash == NULL ? "none" : c->secret_hash);
	for (int i = 0; i < c->nsources; i++)
	{
		const EntropySource *source = &c->sources[i];

		fairdraw_sink_line(sink, "entropy: %s %s %d %s %s %s", source->name,
						   source->is_public ? "public" : "local", source->bits,
						   source->due, source->mask, source->how);
	}
	for (int i = 0; i < c->nplans; i++)
		fairdraw_sink_line(sink, "plan: %s %s", c->plans[i].hash, c->plans[i].name);
	for (int i = 0; i < c->ndata; i++)
		fairdraw_sink_line(sink, "data: %s " INT64_FORMAT " %s", c->data[i].name,
						   c->data[i].rows, c->data[i].hash);
	for (int i = 0; i < c->nlotteries; i++)
		fairdraw_sink_line(sink, "lottery: %s %s", c->lotteries[i].hash, c->lotteries[i].name);
}

void
fairdraw_ceremony_hash(const CeremonyRecord *ceremony, char *hex)
{
	Sink		sink;

	fairdraw_sink_init(&sink, NULL);
	fairdraw_write_ceremony(&sink, ceremony);
	fairdraw_sink_hash(&sink, hex);
}

/*
 * Seed (section 4)
 */

void
fairdraw_write_seed(Sink *sink, const CeremonyRecord *c)
{
	fairdraw_sink_line(sink, "fairdraw/1 seed");
	fairdraw_sink_line(sink, "ceremony: %s", c->hash);
	for (int i = 0; i < c->nsources; i++)
		fairdraw_sink_line(sink, "%s: %s", c->sources[i].name, c->sources[i].value);
	if (c->secret != NULL)
		fairdraw_sink_line(sink, "secret: %s", c->secret);
}

/* S */
void
fairdraw_ceremony_seed(const CeremonyRecord *ceremony, char *s)
{
	Sink		sink;

	fairdraw_sink_init(&sink, NULL);
	fairdraw_write_seed(&sink, ceremony);
	fairdraw_sink_hash(&sink, s);
}

/*
 * Result (section 7)
 */

void
fairdraw_write_cutoff(Sink *sink, const char *keyword, const char *stratum,
					  const CutoffRecord *cutoff)
{
	fairdraw_sink_line(sink, "%s%s\t" UINT64_FORMAT "\t" UINT64_FORMAT "\t" UINT64_FORMAT "\t%s",
					   keyword, stratum, cutoff->certain, cutoff->rest.n,
					   cutoff->rest.w, cutoff->cutoff);
}

/* The head; its drawn units follow. */
void
fairdraw_write_result_head(Sink *sink, const DrawRecord *draw, const char *ceremony_hash,
						   const char *s, const CutoffRecord *cutoffs)
{
	uint8		digest[FAIRDRAW_HASH_LEN];
	char		hex[FAIRDRAW_HEX_LEN + 1];

	fairdraw_sha256(s, FAIRDRAW_HEX_LEN, digest);
	fairdraw_to_hex(digest, sizeof(digest), hex);
	fairdraw_sink_line(sink, "fairdraw/1 result");
	fairdraw_sink_line(sink, "plan: %s", draw->plan_hash);
	fairdraw_sink_line(sink, "ceremony: %s", ceremony_hash);
	fairdraw_sink_line(sink, "seed: %s", hex);
	for (int i = 0; i < draw->nstrata; i++)
		fairdraw_write_cutoff(sink, "cutoff: ", draw->strata[i].name, &cutoffs[i]);
}

void
fairdraw_write_drawn(Sink *sink, const char *stratum, const char *role, int rank,
					 const char *uid, size_t len, const uint8 *ticket)
{
	char		hex[FAIRDRAW_HEX_LEN + 1];

	fairdraw_to_hex(ticket, FAIRDRAW_HASH_LEN, hex);
	fairdraw_sink_line(sink, "%s\t%s\t%d\t%.*s\t%s", stratum, role, rank, (int) len, uid, hex);
}
