/*
 * arguments.c
 *		Arguments of SQL functions.
 */
#include "fairdraw.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "arguments.h"
#include "field.h"

static char *
argument_name(Oid function, int argument)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Oid		   *types;
	char	  **names = NULL;
	char	   *modes;
	char	   *name = NULL;

	/* the input arguments of our functions stand before the others */
	if (HeapTupleIsValid(tuple))
	{
		if (get_func_arg_info(tuple, &types, &names, &modes) > argument && names != NULL)
			name = pstrdup(names[argument]);
		ReleaseSysCache(tuple);
	}
	return name != NULL ? name : psprintf("%d", argument + 1);
}

void
fairdraw_null_argument(FunctionCallInfo fcinfo, int argument)
{
	Oid			function = fcinfo->flinfo->fn_oid;

	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("argument \"%s\" of %s() is null",
					argument_name(function, argument), get_func_name(function)),
			 errhint("Give it a value, or leave it out where it has a default.")));
}

/* A text as NUL-terminated UTF-8, in new memory. */
char *
fairdraw_utf8_arg(FunctionCallInfo fcinfo, int argument)
{
	return fairdraw_text_to_utf8(DatumGetTextPP(fairdraw_arg(fcinfo, argument)));
}

/* The same in the server's encoding. */
char *
fairdraw_text_arg(FunctionCallInfo fcinfo, int argument)
{
	return text_to_cstring(DatumGetTextPP(fairdraw_arg(fcinfo, argument)));
}
