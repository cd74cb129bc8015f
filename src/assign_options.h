/*
 * assign_options.h
 *		Options of an assignment, as users write them and as a lottery states
 *		them.
 */
#ifndef FAIRDRAW_ASSIGN_OPTIONS_H
#define FAIRDRAW_ASSIGN_OPTIONS_H

#include "utils/jsonb.h"

#include "assignment.h"
#include "sink.h"

extern AssignOptions *fairdraw_read_options(Jsonb *json);
extern GroupRule *fairdraw_read_groups(const char *where, Jsonb *json, int *count);
extern void fairdraw_write_options(Sink *sink, const AssignOptions *options);

#endif							/* FAIRDRAW_ASSIGN_OPTIONS_H */
