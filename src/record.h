/*
 * record.h
 *		Which record of a query an error is about.
 */
#ifndef FAIRDRAW_RECORD_H
#define FAIRDRAW_RECORD_H

extern void fairdraw_push_record(ErrorContextCallback *context, Datum record);
extern void fairdraw_pop_record(const ErrorContextCallback *context);

#endif							/* FAIRDRAW_RECORD_H */
