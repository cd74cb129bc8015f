/*
 * metrics.h
 *		Figures by which a supervisor judges an assignment.
 */
#ifndef FAIRDRAW_METRICS_H
#define FAIRDRAW_METRICS_H

#include "assign.h"

extern char *fairdraw_metrics(const Problem *problem, const Chances *chances,
							  const bool *taken, int64 ineligible);

#endif							/* FAIRDRAW_METRICS_H */
