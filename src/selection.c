/*
 * selection.c
 *		Who is drawn in one stratum (protocol section 6).
 *
 * Integers only.  With w < 2^63 and n * micro < w, the key of a unit is a
 * fraction of two numbers below 2^127, and comparing two of them takes
 * products of 254 bits.
 */
#include "fairdraw.h"

#include <openssl/bn.h>

#include "miscadmin.h"

#include "selection.h"
#include "wide.h"

const char *const fairdraw_method_names[] = {"auto", "pareto", "pivotal", "poisson"};
const char *const fairdraw_role_names[] = {"certain", "drawn", "reserve"};

bool
fairdraw_parse_method(const char *text, Method *method)
{
	for (int i = METHOD_AUTO; i <= METHOD_POISSON; i++)
	{
		if (strcmp(text, fairdraw_method_names[i]) == 0)
		{
			*method = (Method) i;
			return true;
		}
	}
	return false;
}

/* what "auto" means in a stratum of so many units */
Method
fairdraw_resolve_method(Method method, uint64 units)
{
	if (method != METHOD_AUTO)
		return method;
	return units <= FAIRDRAW_WHOLE_STRATUM ? METHOD_PIVOTAL : METHOD_PARETO;
}

Role
fairdraw_role(const Sample *sample, uint64 index)
{
	if (index < sample->certain)
		return ROLE_CERTAIN;
	return index < sample->certain + sample->drawn ? ROLE_DRAWN : ROLE_RESERVE;
}

/* for reports only: no decision depends on it */
double
fairdraw_probability(uint64 micro, Remainder rest, Role role)
{
	if (role == ROLE_CERTAIN)
		return 1.0;
	return (double) (rest.n * micro) / (double) rest.w;
}

/*
 * Orders.  All of them are total: the ticket, then the uid, decide between
 * units that are equal otherwise.
 */

int
fairdraw_compare_uid(const Unit *a, const Unit *b)
{
	int			order = memcmp(a->uid, b->uid, Min(a->len, b->len));

	return order != 0 ? order : (int) a->len - (int) b->len;
}

int
fairdraw_compare_ticket(const Unit *a, const Unit *b)
{
	int			order = memcmp(a->ticket, b->ticket, FAIRDRAW_HASH_LEN);

	return order != 0 ? order : fairdraw_compare_uid(a, b);
}

/* largest first */
int
fairdraw_compare_size(const Unit *a, const Unit *b)
{
	if (a->micro != b->micro)
		return a->micro > b->micro ? -1 : 1;
	return fairdraw_compare_ticket(a, b);
}

/* by a/micro: the order of the keys of a sequential Poisson sample */
int
fairdraw_compare_ratio(const Unit *a, const Unit *b)
{
	uint128_t	left = (uint128_t) a->a * b->micro;
	uint128_t	right = (uint128_t) b->a * a->micro;

	if (left != right)
		return left < right ? -1 : 1;
	return fairdraw_compare_ticket(a, b);
}

/* numerator and denominator of a * (w - n micro) / (b * n micro) */
static inline void
pareto_key(uint64 a, uint64 micro, Remainder rest,
		   uint128_t *numerator, uint128_t *denominator)
{
	uint64		mass = rest.n * micro;
	uint64		b = -a;			/* 2^64 - a, a being odd */

	*numerator = (uint128_t) a * (rest.w - mass);
	*denominator = (uint128_t) b * mass;
}

/* Compares the keys of two units, without the tie-break. */
int
fairdraw_compare_keys(uint64 a1, uint64 micro1, uint64 a2, uint64 micro2, Remainder rest)
{
	uint128_t	num1,
				den1,
				num2,
				den2;

	pareto_key(a1, micro1, rest, &num1, &den1);
	pareto_key(a2, micro2, rest, &num2, &den2);
	return fairdraw_compare_products(num1, den2, num2, den1);
}

static int
compare_key_values(const Unit *a, const Unit *b, Remainder rest)
{
	return fairdraw_compare_keys(a->a, a->micro, b->a, b->micro, rest);
}

int
fairdraw_compare_key(const Unit *a, const Unit *b, Remainder rest)
{
	int			order = compare_key_values(a, b, rest);

	return order != 0 ? order : fairdraw_compare_ticket(a, b);
}

/* comparators for qsort over arrays of pointers to units */

static int
sort_by_uid(const void *a, const void *b, void *arg)
{
	return fairdraw_compare_uid(*(Unit *const *) a, *(Unit *const *) b);
}

static int
sort_by_ticket(const void *a, const void *b, void *arg)
{
	return fairdraw_compare_ticket(*(Unit *const *) a, *(Unit *const *) b);
}

static int
sort_by_key(const void *a, const void *b, void *arg)
{
	return fairdraw_compare_key(*(Unit *const *) a, *(Unit *const *) b,
								*(Remainder *) arg);
}

static void
sort_units(Unit **units, uint64 count,
		   int (*compare) (const void *, const void *, void *), Remainder *rest)
{
	qsort_arg(units, count, sizeof(Unit *), compare, rest);
}

/*
 * Step 1.  Takes certain units off the front of an array in the order of size
 * and leaves in *rest what remains; returns their number.
 */
uint64
fairdraw_take_certain(Unit *const *by_size, uint64 count, Remainder *rest)
{
	uint64		certain = 0;

	while (rest->n > 0 && certain < count &&
		   (uint128_t) rest->n * by_size[certain]->micro >= rest->w)
	{
		rest->n--;
		rest->w -= by_size[certain]->micro;
		certain++;
	}
	return certain;
}

/* Step 5: a * w < n * micro * 2^64 */
bool
fairdraw_poisson_drawn(uint64 a, uint64 micro, Remainder rest)
{
	return (uint128_t) a * rest.w < (uint128_t) (rest.n * micro) << 64;
}

/*
 * Step 3.  Moves the drawn units to the front of an array in the order of
 * tickets, keeping that order, and returns their number.
 */
static uint64
hold_duels(Unit **units, uint64 count, Remainder rest, const Stream *stream)
{
	bool	   *is_drawn = palloc0(Max(count, 1) * sizeof(bool));
	int64		champion = -1;
	uint64		p = 0;
	uint64		w = rest.w;
	uint64		drawn = 0;
	Unit	  **others;

	for (uint64 y = 0; y < count; y++)
	{
		uint64		q = rest.n * units[y]->micro;
		uint64		high,
					low,
					factor,
					limit;
		bool		first;		/* does the first case of the text hold? */

		if ((y & 4095) == 0)
			CHECK_FOR_INTERRUPTS();
		if (champion < 0)
		{
			champion = y;
			p = q;
			continue;
		}

		fairdraw_duel_coin(stream, units[y]->uid, units[y]->len, &high, &low);
		factor = p + q < w ? p + q : 2 * w - p - q;
		limit = p + q < w ? p : w - q;

		/* z * factor < limit * 2^128 */
		first = (uint64) (((uint128_t) high * factor +
						   (((uint128_t) low * factor) >> 64)) >> 64) < limit;
		if (p + q < w)
		{
			if (!first)
				champion = y;
			p += q;
			continue;
		}
		if (first)
		{
			is_drawn[champion] = true;
			champion = y;
		}
		else
			is_drawn[y] = true;
		p = p + q - w;
		if (p == 0)
			champion = -1;
	}
	if (champion >= 0)
	{
		Assert(p == w);
		is_drawn[champion] = true;
	}

	others = palloc(Max(count, 1) * sizeof(Unit *));
	for (uint64 i = 0, j = 0; i < count; i++)
	{
		if (is_drawn[i])
			units[drawn++] = units[i];
		else
			others[j++] = units[i];
	}
	memcpy(units + drawn, others, (count - drawn) * sizeof(Unit *));
	Assert(drawn == rest.n);
	pfree(others);
	pfree(is_drawn);
	return drawn;
}

/*
 * One pass kept only the smallest a/micro; could a unit outside of them have
 * one of the first "needed" keys?  With r = (a/2^64) / (n micro / w), a unit
 * outside has r at least as large as every unit inside; and a key is at least
 * r where r >= 1.  So if the largest r inside is at least 1, and larger than
 * the last key needed, nobody outside has a smaller one.
 */
static bool
keys_are_certified(Unit *const *by_key, uint64 count, uint64 needed, Remainder rest)
{
	const Unit *last = NULL;
	uint128_t	numerator,
				denominator,
				ratio;
	uint64		mass;

	if (needed == 0)
		return true;
	if (needed > count)
		return false;
	for (uint64 i = 0; i < count; i++)
		if (last == NULL || fairdraw_compare_ratio(by_key[i], last) > 0)
			last = by_key[i];

	mass = rest.n * last->micro;
	ratio = (uint128_t) last->a * rest.w;
	if (ratio < (uint128_t) mass << 64)
		return false;
	pareto_key(by_key[needed - 1]->a, by_key[needed - 1]->micro, rest,
			   &numerator, &denominator);
	return fairdraw_compare_products(numerator, (uint128_t) mass << 64,
									 ratio, denominator) < 0;
}

/*
 * Numbers above 128 bits: OpenSSL's
 */

static void
check_bignum(bool ok)
{
	if (!ok)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("Failed in a calculation with large integers.")));
}

static BIGNUM *
bignum_from(uint128_t value)
{
	uint8		bytes[16];
	BIGNUM	   *result;

	fairdraw_store64(bytes, (uint64) (value >> 64));
	fairdraw_store64(bytes + 8, (uint64) value);
	result = BN_bin2bn(bytes, sizeof(bytes), NULL);
	check_bignum(result != NULL);
	return result;
}

static char *
bignum_decimal(const BIGNUM *value)
{
	char	   *text = BN_bn2dec(value);
	char	   *result;

	check_bignum(text !=NULL);
	result = pstrdup(text);
	OPENSSL_free(text);
	return result;
}

/*
 * The fraction p/2^k with the least k, then the least p, such that
 * key(last) <= p/2^k < key(next).  The keys differ by 1/(denominators) at
 * least, so k <= 254 does.
 */
static char *
find_cutoff(const Unit *last, const Unit *next, Remainder rest)
{
	uint128_t	lnum,
				lden,
				nnum,
				nden;
	BIGNUM	   *ln,
			   *ld,
			   *nn,
			   *nd,
			   *p = BN_new(),
			   *remainder = BN_new(),
			   *left = BN_new();
	BN_CTX	   *ctx = BN_CTX_new();
	char	   *result = NULL;

	check_bignum(p != NULL && remainder != NULL && left != NULL && ctx != NULL);
	pareto_key(last->a, last->micro, rest, &lnum, &lden);
	pareto_key(next->a, next->micro, rest, &nnum, &nden);
	ln = bignum_from(lnum);
	ld = bignum_from(lden);
	nn = bignum_from(nnum);
	nd = bignum_from(nden);

	for (int k = 0; result == NULL; k++)
	{
		/* ln and nn hold the numerators times 2^k */
		check_bignum(BN_div(p, remainder, ln, ld, ctx));
		if (!BN_is_zero(remainder))
			check_bignum(BN_add_word(p, 1));
		check_bignum(BN_mul(left, p, nd, ctx));
		if (BN_cmp(left, nn) < 0)
			result = psprintf("%s/2^%d", bignum_decimal(p), k);
		check_bignum(BN_lshift1(ln, ln) && BN_lshift1(nn, nn));
	}

	BN_free(ln);
	BN_free(ld);
	BN_free(nn);
	BN_free(nd);
	BN_free(p);
	BN_free(remainder);
	BN_free(left);
	BN_CTX_free(ctx);
	return result;
}

/* the key of a unit as two decimal numbers, for its proof */
void
fairdraw_key_fraction(uint64 a, uint64 micro, Remainder rest,
					  char **numerator, char **denominator)
{
	uint128_t	num,
				den;
	BIGNUM	   *n,
			   *d;

	pareto_key(a, micro, rest, &num, &den);
	n = bignum_from(num);
	d = bignum_from(den);
	*numerator = bignum_decimal(n);
	*denominator = bignum_decimal(d);
	BN_free(n);
	BN_free(d);
}

/*
 * The key of a unit as FAIRDRAW_KEY_LEN bytes whose order is that of the
 * protocol: the integer part, 256 binary digits of the fraction (two keys that
 * are not equal differ by more than 2^-254), the ticket.
 */
void
fairdraw_key_bytes(const uint8 *ticket, uint64 a, uint64 micro, Remainder rest,
				   uint8 *key)
{
	uint128_t	numerator,
				denominator,
				whole;

	pareto_key(a, micro, rest, &numerator, &denominator);
	whole = numerator / denominator;
	numerator %= denominator;
	fairdraw_store64(key, (uint64) (whole >> 64));
	fairdraw_store64(key + 8, (uint64) whole);
	for (int limb = 0; limb < 4; limb++)
	{
		uint64		digits = 0;

		for (int bit = 0; bit < 64; bit++)
		{
			numerator <<= 1;
			digits <<= 1;
			if (numerator >= denominator)
			{
				numerator -= denominator;
				digits |= 1;
			}
		}
		fairdraw_store64(key + 16 + 8 * limb, digits);
	}
	memcpy(key + 48, ticket, FAIRDRAW_HASH_LEN);
}

/* protocol section 7: where somebody was drawn and somebody was not */
static char *
pareto_cutoff(Unit *const *by_key, uint64 drawn, uint64 count, Remainder rest)
{
	const Unit *last;
	char	   *result;

	if (drawn == 0 || drawn >= count)
		return pstrdup("-");
	last = by_key[drawn - 1];
	if (compare_key_values(last, by_key[drawn], rest) < 0)
		return find_cutoff(last, by_key[drawn], rest);

	result = palloc(1 + FAIRDRAW_HEX_LEN + 1);
	result[0] = '=';
	fairdraw_to_hex(last->ticket, FAIRDRAW_HASH_LEN, result + 1);
	return result;
}

/* A second pass over a stratum found other units than the first. */
void
fairdraw_frame_changed(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the frame query returned other rows when it was run again"),
			 errhint("A frame query must not use volatile functions.")));
}

/*
 * Selects in one stratum.  Returns false where the candidates do not suffice
 * to be sure; *rest is right then, too, and a second pass over the stratum
 * that knows it finds the ones that are needed.
 */
bool
fairdraw_select(const Candidates *c, const Stream *stream, Sample *sample)
{
	Unit	  **others = palloc(Max(c->nnearest, 1) * sizeof(Unit *));
	const Unit *smallest_certain = NULL;
	uint64		nothers = 0;
	uint64		remaining;
	uint64		reserve = 0;
	bool		known = true;

	Assert(c->method != METHOD_AUTO);
	Assert(c->n <= c->units);
	sample->rest.n = c->n;
	sample->rest.w = c->w;
	sample->certain = fairdraw_take_certain(c->largest, c->nlargest, &sample->rest);
	sample->drawn = 0;
	sample->reserve = 0;
	sample->cutoff = pstrdup("-");
	remaining = c->units - sample->certain;

	if (sample->certain > 0)
		smallest_certain = c->largest[sample->certain - 1];
	if (sample->rest.n > 0)
	{
		for (uint64 i = 0; i < c->nnearest; i++)
			if (smallest_certain == NULL ||
				fairdraw_compare_size(c->nearest[i], smallest_certain) > 0)
				others[nothers++] = c->nearest[i];

		switch (c->method)
		{
			case METHOD_PARETO:
				sort_units(others, nothers, sort_by_key, &sample->rest);
				sample->drawn = sample->rest.n;
				reserve = Min(c->reserve, remaining - sample->drawn);
				if (c->complete &&
					nothers < Min(remaining, sample->drawn + Max(reserve, 1)))
					fairdraw_frame_changed();
				known = c->complete ||
					keys_are_certified(others, nothers,
									   Min(remaining, sample->drawn + Max(reserve, 1)),
									   sample->rest);
				if (known)
				{
					sample->cutoff = pareto_cutoff(others, sample->drawn,
												   nothers, sample->rest);
					sample->reserve = reserve;
					if (c->sealed)
						sort_units(others, sample->drawn, sort_by_uid, NULL);
				}
				break;

			case METHOD_PIVOTAL:
				Assert(c->complete && nothers == remaining);
				sort_units(others, nothers, sort_by_ticket, NULL);
				sample->drawn = hold_duels(others, nothers, sample->rest, stream);
				sample->reserve = Min(c->reserve, remaining - sample->drawn);
				sort_units(others + sample->drawn, nothers - sample->drawn,
						   sort_by_key, &sample->rest);
				if (c->sealed)
					sort_units(others, sample->drawn, sort_by_uid, NULL);
				break;

			case METHOD_POISSON:
				known = c->complete;
				for (uint64 i = 0; i < nothers; i++)
				{
					if (fairdraw_poisson_drawn(others[i]->a, others[i]->micro,
											   sample->rest))
						others[sample->drawn++] = others[i];
					else
						known = true;	/* whoever is outside has a larger
										 * a/micro */
				}
				sort_units(others, sample->drawn,
						   c->sealed ? sort_by_uid : sort_by_ticket, NULL);
				break;

			case METHOD_AUTO:
				pg_unreachable();
		}
	}

	if (!known)
	{
		pfree(others);
		return false;
	}
	sample->units = palloc(Max(sample->certain + sample->drawn + sample->reserve, 1) *
						   sizeof(Unit *));
	memcpy(sample->units, c->largest, sample->certain * sizeof(Unit *));
	sort_units(sample->units, sample->certain, sort_by_uid, NULL);
	memcpy(sample->units + sample->certain, others,
		   (sample->drawn + sample->reserve) * sizeof(Unit *));
	pfree(others);
	return true;
}
