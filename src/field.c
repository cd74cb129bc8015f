/*
 * field.c
 *		Text fields and weights of the protocol (section 1).
 *
 * Texts are checked as UTF-8, whatever the encoding of the server.
 */
#include "fairdraw.h"

#include "common/unicode_norm.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "field.h"

/*
 * The UTF-8 form of a text in the server's encoding.  Returns the text itself
 * where nothing has to be done.  A server in SQL_ASCII stores whatever it is
 * given; there the bytes have to be UTF-8 already, or this is an error.
 */
const char *
fairdraw_to_utf8(const char *text, size_t len, size_t *utf8_len)
{
	int			encoding = GetDatabaseEncoding();
	char	   *utf8;

	*utf8_len = len;
	if (encoding == PG_UTF8)
		return text;

	if (encoding == PG_SQL_ASCII)
	{
		(void) pg_verify_mbstr(PG_UTF8, text, len, false);
		return text;
	}
	utf8 = (char *) pg_do_encoding_conversion((unsigned char *) unconstify(char *, text),
											  len, encoding, PG_UTF8);
	if (utf8 != text)
		*utf8_len = strlen(utf8);
	return utf8;
}

/* A NUL-terminated text in the server's encoding, in new memory. */
char *
fairdraw_from_utf8(const char *utf8, size_t len)
{
	char	   *copy = pnstrdup(utf8, len);

	if (GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII)
		return copy;
	return pg_any_to_server(copy, len, PG_UTF8);
}

/* A NUL-terminated text for a message. */
const char *
fairdraw_shown(const char *utf8)
{
	return fairdraw_from_utf8(utf8, strlen(utf8));
}

/* The id of a visit of a lottery is a label and a uid with a TAB between them. */
const char *
fairdraw_shown_visit(const char *utf8)
{
	const char *tab = strchr(utf8, '\t');

	return tab == NULL ? fairdraw_shown(utf8)
		: fairdraw_shown(psprintf("%.*s / %s", (int) (tab - utf8), utf8, tab + 1));
}

/* The same as a literal, for a statement in a hint. */
const char *
fairdraw_quoted(const char *utf8)
{
	return quote_literal_cstr(fairdraw_shown(utf8));
}

/* A text argument as NUL-terminated UTF-8, in new memory. */
char *
fairdraw_text_to_utf8(text *value)
{
	size_t		len;
	const char *utf8 = fairdraw_to_utf8(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
										&len);

	return pnstrdup(utf8, len);
}

typedef struct Range
{
	pg_wchar	first;
	pg_wchar	last;
} Range;

/* Unicode 15: controls, invisible, direction-changing, private, non-characters */
static const Range refused[] = {
	{0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD}, {0x034F, 0x034F},
	{0x061C, 0x061C}, {0x115F, 0x1160}, {0x17B4, 0x17B5}, {0x180B, 0x180F},
	{0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F}, {0x3164, 0x3164},
	{0xD800, 0xF8FF}, {0xFDD0, 0xFDEF}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF},
	{0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}
};

static const Range white_space[] = {
	{0x0020, 0x0020}, {0x00A0, 0x00A0}, {0x1680, 0x1680}, {0x2000, 0x200A},
	{0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}
};

static bool
in_ranges(pg_wchar c, const Range *ranges, int count)
{
	for (int i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static bool
is_refused(pg_wchar c)
{
	/* the last two of each plane are no characters */
	return c >= 0xE0000 || (c & 0xFFFE) == 0xFFFE ||
		in_ranges(c, refused, lengthof(refused));
}

static bool
is_nfc(const pg_wchar *wide)
{
	pg_wchar   *normal;
	bool		same = true;

	if (unicode_is_normalized_quickcheck(UNICODE_NFC, wide) == UNICODE_NORM_QC_YES)
		return true;
	normal = unicode_normalize(UNICODE_NFC, wide);
	for (size_t i = 0; same; i++)
	{
		same = wide[i] == normal[i];
		if (wide[i] == 0)
			break;
	}
	pfree(normal);
	return same;
}

/* Are all bytes printable ASCII?  Eight at a time: it is asked for every row. */
static bool
is_plain(const char *text, size_t len)
{
	const uint64 ones = UINT64CONST(0x0101010101010101);
	uint64		bad = 0;
	uint64		word;
	size_t		i = 0;

	for (; i + sizeof(word) <= len; i += sizeof(word))
	{
		memcpy(&word, text +i, sizeof(word));
		/* the high bits tell: from 0x80, 0x7F, or (without those) below 0x20 */
		bad |= word | (word + ones) | (word - 0x20 * ones);
	}
	bad &= 0x80 * ones;
	for (; i < len; i++)
		bad |= (unsigned char) text[i] < 0x20 || (unsigned char) text[i] >= 0x7F;

	return bad == 0;
}

/*
 * What is wrong with a text field of at most "max" bytes?  NULL if nothing is,
 * else a sentence.
 */
char *
fairdraw_field_fault(const char *utf8, size_t len, size_t max)
{
	pg_wchar   *wide;
	size_t		chars = 0;
	char	   *fault = NULL;

	if (len == 0)
		return pstrdup("It is empty.");
	if (len > max)
		return psprintf("It has %zu bytes of UTF-8, more than the %zu allowed.", len, max);

	/* the common case: printable ASCII without a space at either end */
	if (is_plain(utf8, len) && utf8[0] != ' ' && utf8[len - 1] != ' ')
		return NULL;

	wide = palloc((len + 1) * sizeof(pg_wchar));
	for (size_t i = 0; i < len && fault == NULL;)
	{
		int			bytes = pg_utf_mblen((const unsigned char *) utf8 + i);

		/*
		 * A server in UTF8 has checked this already, and so has the
		 * conversion of others; it costs little to depend on neither.
		 */
		if (i + bytes > len ||
			!pg_utf8_islegal((const unsigned char *) utf8 + i, bytes))
			return psprintf("Its bytes are not valid UTF-8, at byte %zu.", i + 1);
		wide[chars] = utf8_to_unicode((const unsigned char *) utf8 + i);
		if (is_refused(wide[chars]))
			fault = psprintf("It contains the character U+%04X, which cannot be seen or told apart, at byte %zu.",
							 wide[chars], i + 1);
		chars++;
		i += bytes;
	}
	wide[chars] = 0;

	if (fault == NULL &&
		(in_ranges(wide[0], white_space, lengthof(white_space)) ||
		 in_ranges(wide[chars - 1], white_space, lengthof(white_space))))
		fault = pstrdup("It begins or ends with white space.");
	if (fault == NULL && !is_nfc(wide))
		fault = pstrdup("It is not in Unicode normalization form C (NFC).");
	pfree(wide);
	return fault;
}

/* An error if an argument is not a text field; "what" names it. */
void
fairdraw_require_field(const char *what, const char *utf8, size_t max)
{
	char	   *fault = fairdraw_field_fault(utf8, strlen(utf8), max);

	if (fault != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid %s: \"%s\"", what,
						fairdraw_from_utf8(utf8, strlen(utf8))),
				 errdetail("%s", fault),
				 errhint("Use 1 to %zu bytes of visible text in form NFC, without white space at either end.", max)));
}

/* An error if an argument is not the name of entropy or data. */
void
fairdraw_require_name(const char *what, const char *name)
{
	static const char *const reserved[] = {
		"plan", "data", "ceremony", "secret", "entropy", "lottery"
	};
	size_t		len = strlen(name);
	bool		valid = len <= FAIRDRAW_MAX_NAME && name[0] >= 'a' && name[0] <= 'z' &&
		strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len;

	for (int i = 0; i < lengthof(reserved); i++)
		valid = valid && strcmp(name, reserved[i]) != 0;
	if (!valid)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid %s: \"%s\"", what, fairdraw_from_utf8(name, len)),
				 errhint("A name has at most 63 of the characters a-z, 0-9, _ and -, begins with a letter, and is none of plan, data, ceremony, secret, entropy, lottery.")));
}

/*
 * Weights.
 *
 * A numeric operation a row would cost more than the hash.  The stored form of
 * numeric is fixed by pg_upgrade, though its structs are private to numeric.c:
 * a header word with sign and form, for the long form a second word with the
 * weight, then digits to the base 10000, most significant first.
 */
#define NUMERIC_FORM 0xC000		/* mask: short, special, or the sign of long */
#define NUMERIC_NEGATIVE_LONG 0x4000
#define NUMERIC_SHORT_FORM 0x8000
#define NUMERIC_SPECIAL_FORM 0xC000
#define NUMERIC_SHORT_NEGATIVE 0x2000
#define NUMERIC_SHORT_WEIGHT_NEGATIVE 0x0040
#define NUMERIC_SHORT_WEIGHT 0x003F

/* Reads the micro = weight * 10^6 of a numeric; it must be positive. */
WeightFault
fairdraw_weight_micro(Datum weight, uint64 *micro)
{
	static const uint64 power[] = {
		UINT64CONST(1000000), UINT64CONST(10000000000),
		UINT64CONST(100000000000000), UINT64CONST(1000000000000000000)
	};
	struct varlena *value = PG_DETOAST_DATUM_PACKED(weight);
	const char *bytes = VARDATA_ANY(value);
	size_t		len = VARSIZE_ANY_EXHDR(value);
	unsigned	__int128 total = 0;
	uint16		header;
	int16		exponent;
	int			digits;
	bool		negative;
	WeightFault fault = WEIGHT_OK;

	memcpy(&header, bytes, sizeof(header));
	bytes += sizeof(header);
	if ((header & NUMERIC_FORM) == NUMERIC_SPECIAL_FORM)
		return WEIGHT_NOT_FINITE;
	if ((header & NUMERIC_FORM) == NUMERIC_SHORT_FORM)
	{
		negative = (header & NUMERIC_SHORT_NEGATIVE) != 0;
		exponent = header & NUMERIC_SHORT_WEIGHT;
		if (header & NUMERIC_SHORT_WEIGHT_NEGATIVE)
			exponent -= NUMERIC_SHORT_WEIGHT + 1;
		digits = (len - sizeof(header)) / sizeof(int16);
	}
	else
	{
		negative = (header & NUMERIC_FORM) == NUMERIC_NEGATIVE_LONG;
		memcpy(&exponent, bytes, sizeof(exponent));
		bytes += sizeof(exponent);
		digits = (len - sizeof(header) - sizeof(exponent)) / sizeof(int16);
	}
	if (negative || digits == 0)
		return WEIGHT_NOT_POSITIVE;

	for (int i = 0; i < digits; i++, exponent--)
	{
		int16		digit;

		memcpy(&digit, bytes + i * sizeof(digit), sizeof(digit));
		if (digit == 0)
			continue;
		if (exponent >= (int) lengthof(power))
			return WEIGHT_TOO_LARGE;
		if (exponent >= 0)
			total += (unsigned __int128) power[exponent] * digit;
		else if (exponent == -1)
			total += digit * 100;
		else if (exponent == -2 && digit % 100 == 0)
			total += digit / 100;
		else
			fault = WEIGHT_TOO_PRECISE;
	}
	if (total > PG_INT64_MAX)
		return WEIGHT_TOO_LARGE;
	*micro = (uint64) total;
	return fault;
}

/* a sentence on what is wrong with a weight */
const char *
fairdraw_weight_fault_text(WeightFault fault)
{
	switch (fault)
	{
		case WEIGHT_NOT_FINITE:
			return "A weight is a finite number.";
		case WEIGHT_NOT_POSITIVE:
			return "A weight is greater than 0.";
		case WEIGHT_TOO_PRECISE:
			return "A weight has at most 6 fractional digits.";
		case WEIGHT_TOO_LARGE:
			return "A weight is below 9223372036854.775808.";
		case WEIGHT_OK:
			break;
	}
	pg_unreachable();
}

/* and what to do about it */
const char *
fairdraw_weight_fault_hint(WeightFault fault)
{
	switch (fault)
	{
		case WEIGHT_NOT_FINITE:
			return "Give the unit a weight above 0, or exclude it with its reason.";
		case WEIGHT_NOT_POSITIVE:
			return "A unit that must not be drawn stands in the exclusions, with its reason.";
		case WEIGHT_TOO_PRECISE:
			return "Round it in the frame query, for example to numeric(12,6).";
		case WEIGHT_TOO_LARGE:
			return "Scale the weights down: only their ratios matter.";
		case WEIGHT_OK:
			break;
	}
	pg_unreachable();
}

/* the weight as the shortest numeric */
Numeric
fairdraw_micro_weight(uint64 micro)
{
	int			scale = 6;
	char text[	32];

	while (scale > 0 && micro % 10 == 0)
	{
		micro /= 10;
		scale--;
	}
	snprintf(text, sizeof(text), UINT64_FORMAT "e-%d", micro, scale);
	return DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(text),
											   ObjectIdGetDatum(InvalidOid),
											   Int32GetDatum(-1)));
}
