/*
 * quantile.h
 *		Quantiles of Student's t and of the beta distribution.
 */
#ifndef FAIRDRAW_QUANTILE_H
#define FAIRDRAW_QUANTILE_H

extern double fairdraw_student_quantile(double p, double df);
extern double fairdraw_beta_quantile(double p, double a, double b);

#endif							/* FAIRDRAW_QUANTILE_H */
