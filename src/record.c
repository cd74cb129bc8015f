/*
 * record.c
 *		Which record of a query an error is about.
 */
#include "fairdraw.h"

#include "utils/builtins.h"

#include "record.h"

static void
record_error_callback(void *arg)
{
	errcontext("record \"%s\"", TextDatumGetCString(PointerGetDatum(arg)));
}

/* Until it is popped, errors name the record: a text that is not null. */
void
fairdraw_push_record(ErrorContextCallback *context, Datum record)
{
	context->callback = record_error_callback;
	context->arg = DatumGetPointer(record);
	context->previous = error_context_stack;
	error_context_stack = context;
}

void
fairdraw_pop_record(const ErrorContextCallback *context)
{
	error_context_stack = context->previous;
}
