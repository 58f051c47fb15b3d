/* SPDX-License-Identifier: Apache-2.0 */
/* Line filters with 128-bit registers, a row of the patch in each; same bits as kernel/line.c. */
#include <arm_neon.h>

#include "kernel/line.h"

void bf_line_filter_neon(const float *src, ptrdiff_t stride, const bf_line_taps *t, float *dst)
{
    float32x4_t sum[BF_LINE_PATCH];
    for (ptrdiff_t y = 0; y < BF_LINE_PATCH; y++) sum[y] = vdupq_n_f32(0);
    for (int32_t k = 0; k < t->count; k++) {
        const float *p = src + t->offset[k];
        float32x4_t w = vld1q_dup_f32(&t->even[k]);
        for (ptrdiff_t y = 0; y < BF_LINE_PATCH; y++) {
            sum[y] = vaddq_f32(sum[y], vmulq_f32(w, vld1q_f32(p + y * stride)));
        }
    }
    for (ptrdiff_t y = 0; y < BF_LINE_PATCH; y++) vst1q_f32(dst + y * stride, sum[y]);
}

void bf_line_pair_neon(const float *src, ptrdiff_t stride, const bf_line_taps *t, float *even,
                       float *odd)
{
    float32x4_t e[BF_LINE_PATCH], o[BF_LINE_PATCH];
    for (ptrdiff_t y = 0; y < BF_LINE_PATCH; y++) e[y] = o[y] = vdupq_n_f32(0);
    for (int32_t k = 0; k < t->count; k++) {
        const float *p = src + t->offset[k];
        float32x4_t we = vld1q_dup_f32(&t->even[k]), wo = vld1q_dup_f32(&t->odd[k]);
        for (ptrdiff_t y = 0; y < BF_LINE_PATCH; y++) {
            float32x4_t row = vld1q_f32(p + y * stride);
            e[y] = vaddq_f32(e[y], vmulq_f32(we, row));
            o[y] = vaddq_f32(o[y], vmulq_f32(wo, row));
        }
    }
    for (ptrdiff_t y = 0; y < BF_LINE_PATCH; y++) {
        vst1q_f32(even + y * stride, e[y]);
        vst1q_f32(odd + y * stride, o[y]);
    }
}
