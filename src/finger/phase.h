/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zeros of a complex field sampled on a grid. The four corners of a patch are given in the order
 * (0,0) (0,1) (1,1) (1,0) as (x, y) with y down, which is counter-clockwise on the screen.
 */
#ifndef BF_FINGER_PHASE_H
#define BF_FINGER_PHASE_H
#include <stdint.h>

/* How often the phase turns along the corners: +1 counter-clockwise, -1 clockwise, 0. */
int32_t bf_phase_winding(const float re[4], const float im[4]);

/* The zero inside the patch, one Newton step from its centre, clamped: *x, *y in 0..1. */
void bf_phase_zero(const float re[4], const float im[4], float *x, float *y);

#endif
