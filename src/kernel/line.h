/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filters along a line of pixels, one patch of 4 x 4 at a time: the inner loop of enhancement.
 */
#ifndef BF_KERNEL_LINE_H
#define BF_KERNEL_LINE_H
#include <stddef.h>
#include <stdint.h>

#define BF_LINE_PATCH 4     /* px a side */
#define BF_LINE_TAPS_MAX 41

/* Taps of a line through the centre px. Sums run in the order of the taps. */
typedef struct bf_line_taps {
    int32_t count;
    int32_t offset[BF_LINE_TAPS_MAX]; /* floats from the centre px */
    float even[BF_LINE_TAPS_MAX], odd[BF_LINE_TAPS_MAX];
} bf_line_taps;

/* dst[y][x] = sum of even[k] * src[y][x + offset[k]] over a patch; rows of `stride` floats. */
typedef void bf_line_filter_fn(const float *src, ptrdiff_t stride, const bf_line_taps *t,
                               float *dst);

/* Both weights at once. */
typedef void bf_line_pair_fn(const float *src, ptrdiff_t stride, const bf_line_taps *t,
                             float *even, float *odd);

bf_line_filter_fn bf_line_filter_c, bf_line_filter_avx2, bf_line_filter_avx512, bf_line_filter_neon;
bf_line_pair_fn bf_line_pair_c, bf_line_pair_avx2, bf_line_pair_avx512, bf_line_pair_neon;

#endif
