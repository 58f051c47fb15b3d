/* SPDX-License-Identifier: Apache-2.0 */
/* Scalar references of the line filters: these define the answers. */
#include "kernel/line.h"

void bf_line_filter_c(const float *src, ptrdiff_t stride, const bf_line_taps *t, float *dst)
{
    for (ptrdiff_t y = 0; y < BF_LINE_PATCH; y++) {
        float sum[BF_LINE_PATCH] = {0};
        for (int32_t k = 0; k < t->count; k++) {
            const float *p = src + y * stride + t->offset[k];
            for (ptrdiff_t x = 0; x < BF_LINE_PATCH; x++) sum[x] += t->even[k] * p[x];
        }
        for (ptrdiff_t x = 0; x < BF_LINE_PATCH; x++) dst[y * stride + x] = sum[x];
    }
}

void bf_line_pair_c(const float *src, ptrdiff_t stride, const bf_line_taps *t, float *even,
                    float *odd)
{
    for (ptrdiff_t y = 0; y < BF_LINE_PATCH; y++) {
        float e[BF_LINE_PATCH] = {0}, o[BF_LINE_PATCH] = {0};
        for (int32_t k = 0; k < t->count; k++) {
            const float *p = src + y * stride + t->offset[k];
            for (ptrdiff_t x = 0; x < BF_LINE_PATCH; x++) {
                e[x] += t->even[k] * p[x];
                o[x] += t->odd[k] * p[x];
            }
        }
        for (ptrdiff_t x = 0; x < BF_LINE_PATCH; x++) {
            even[y * stride + x] = e[x];
            odd[y * stride + x] = o[x];
        }
    }
}
