/*
 * options.h
 *		Options that the caller gives as a JSON object.
 */
#ifndef FAIRDRAW_OPTIONS_H
#define FAIRDRAW_OPTIONS_H

#include "utils/jsonb.h"

/* Takes one option; its name is in the server's encoding. */
typedef void (*OptionFunction) (const char *name, const JsonbValue *value, void *arg);

extern void fairdraw_each_option(Jsonb *options, OptionFunction option, void *arg);
extern bool fairdraw_is_object(const JsonbValue *value);
extern void fairdraw_each_member(const JsonbValue *object, OptionFunction member, void *arg);
extern char *fairdraw_option_text(const JsonbValue *value);
extern void fairdraw_invalid_option(const char *option, const char *detail, const char *hint);

#endif							/* FAIRDRAW_OPTIONS_H */
