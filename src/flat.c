/*
 * flat.c
 *		States of aggregates as strings of bytes.
 */
#include "fairdraw.h"

#include "libpq/pqformat.h"

#include "flat.h"
#include "sha256.h"

void
fairdraw_invalid_flat(const FlatReader *in, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid %s", in->type),
			 errdetail("%s", detail),
			 errhint("States are made by the aggregate fairdraw.%s() of the same version.",
					 in->aggregate)));
}

const char *
fairdraw_get_bytes(FlatReader *in, size_t len)
{
	const char *bytes = in->at;

	if ((size_t) (in->end - in->at) < len)
		fairdraw_invalid_flat(in, "It ends too early.");
	in->at += len;
	return bytes;
}

/* An integer of so many bytes. */
uint64
fairdraw_get_integer(FlatReader *in, int bytes)
{
	const unsigned char *at = (const unsigned char *) fairdraw_get_bytes(in, bytes);
	uint64		value = 0;

	for (int i = 0; i < bytes; i++)
		value = value << 8 | at[i];
	return value;
}

char *
fairdraw_put_integer(char *at, uint64 value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--, value >>= 8)
		at[i] = (char) value;
	return at + bytes;
}

char *
fairdraw_put_bytes(char *at, const void *bytes, size_t len)
{
	memcpy(at, bytes, len);
	return at + len;
}

bytea *
fairdraw_flat_in(const char *type, const char *hex)
{
	size_t		len = strlen(hex) / 2;
	bytea	   *value = palloc(VARHDRSZ + len);

	SET_VARSIZE(value, VARHDRSZ + len);
	if (!fairdraw_is_hex(hex, strlen(hex), 2 * len))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", type),
				 errhint("It is written as an even number of the digits 0-9 and a-f.")));
	fairdraw_from_hex(hex, len, (uint8 *) VARDATA(value));
	return value;
}

char *
fairdraw_flat_out(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
	size_t		len = VARSIZE_ANY_EXHDR(value);
	char	   *hex = palloc(2 * len + 1);

	fairdraw_to_hex((const uint8 *) VARDATA_ANY(value), len, hex);
	return hex;
}

bytea *
fairdraw_flat_recv(StringInfo message)
{
	int			len = message->len - message->cursor;
	bytea	   *value = palloc(VARHDRSZ + len);

	SET_VARSIZE(value, VARHDRSZ + len);
	pq_copymsgbytes(message, VARDATA(value), len);
	return value;
}

bytea *
fairdraw_flat_send(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbytes(&message, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
	return pq_endtypsend(&message);
}
