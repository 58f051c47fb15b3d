/* SPDX-License-Identifier: Apache-2.0 */
/* Dot product with 128-bit registers: products of 16 bits, added in pairs to 32. */
#include <arm_neon.h>

#include "kernel/dot.h"

int32_t bf_dot_i8_neon(const int8_t *a, const int8_t *b, size_t n)
{
    int32x4_t s = vdupq_n_s32(0);
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        int8x16_t va = vld1q_s8(a + i), vb = vld1q_s8(b + i);
        s = vpadalq_s16(s, vmull_s8(vget_low_s8(va), vget_low_s8(vb)));
        s = vpadalq_s16(s, vmull_s8(vget_high_s8(va), vget_high_s8(vb)));
    }
    int32_t sum = vaddvq_s32(s);
    for (; i < n; i++) sum += a[i] * b[i];
    return sum;
}
