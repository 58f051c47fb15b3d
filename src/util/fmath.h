/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Elementary functions that give the same bits on every machine: only + - * / and sqrt, in a fixed
 * order (glibc's own change with the CPU). Accuracy is stated per function.
 */
#ifndef BF_UTIL_FMATH_H
#define BF_UTIL_FMATH_H

#define BF_PI 3.14159265358979323846

double bf_sin(double x_rad); /* |x| <= 1e6; error < 1e-9; beyond 1e9 and for NaN that of 0 */
double bf_cos(double x_rad);         /* likewise */
double bf_atan2(double y, double x); /* rad in (-pi, pi]; (0, 0) gives 0; error < 1e-9 */
double bf_exp(double x); /* relative error < 1e-12; x > 700 is clamped, x < -700 and NaN give 0 */
double bf_log(double x); /* x > 0; error < 1e-12 relative to max(1, |log x|); x <= 0 gives -745 */

#endif
