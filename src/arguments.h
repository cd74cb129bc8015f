/*
 * arguments.h
 *		Arguments of SQL functions.  A null one is an error, not a silent null: a
 *		draw that was never made must not look like one that drew nobody.
 */
#ifndef FAIRDRAW_ARGUMENTS_H
#define FAIRDRAW_ARGUMENTS_H

pg_noreturn extern void fairdraw_null_argument(FunctionCallInfo fcinfo, int argument);
extern char *fairdraw_utf8_arg(FunctionCallInfo fcinfo, int argument);
extern char *fairdraw_text_arg(FunctionCallInfo fcinfo, int argument);

static inline Datum
fairdraw_arg(FunctionCallInfo fcinfo, int argument)
{
	if (unlikely(PG_ARGISNULL(argument)))
		fairdraw_null_argument(fcinfo, argument);
	return PG_GETARG_DATUM(argument);
}

#endif							/* FAIRDRAW_ARGUMENTS_H */
