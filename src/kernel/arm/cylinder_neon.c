/* SPDX-License-Identifier: Apache-2.0 */
/* The cylinder with 128-bit registers; same bits as kernel/cylinder.c. */
#include <arm_neon.h>
#include <math.h>
#include <string.h>

#include "kernel/cylinder.h"

static void spread(const bf_cylinder_rule *r, float at, float *out)
{
    for (int32_t k = 0; k < BF_CYLINDER_SIDE; k++) {
        float d = fabsf(((float)k - 3.5f) * r->pitch - at);
        out[k] = d <= r->reach ? r->gauss[(int32_t)(d * 2.0f + 0.5f)] : 0;
    }
}

void bf_cylinder_neon(const bf_cylinder_rule *r, const bf_neighbours *p, uint64_t *words)
{
    static const uint32_t weight[4] = {1, 2, 4, 8};
    float32x4_t sum[BF_CYLINDER_SECTIONS][16];
    memset(sum, 0, sizeof sum);
    for (uint32_t k = 0; k < p->n; k++) {
        float column[BF_CYLINDER_SIDE], row[BF_CYLINDER_SIDE];
        const float *section = r->section[p->turn[k]];
        spread(r, p->forward[k], column);
        spread(r, p->left[k], row);
        float32x4_t half[2] = {vmulq_n_f32(vld1q_f32(column), p->weight[k]),
                               vmulq_n_f32(vld1q_f32(column + 4), p->weight[k])};
        for (uint32_t q = 0; q < 16; q++) {
            if (!(row[q / 2] > 0)) continue;
            float32x4_t g = vmulq_n_f32(half[q % 2], row[q / 2]);
            for (uint32_t s = 0; s < BF_CYLINDER_SECTIONS; s++) {
                sum[s][q] = vaddq_f32(sum[s][q], vmulq_n_f32(g, section[s]));
            }
        }
    }
    for (uint32_t s = 0; s < BF_CYLINDER_SECTIONS; s++) {
        words[s] = 0;
        for (uint32_t q = 0; q < 16; q++) {
            uint32x4_t above = vcgtq_f32(sum[s][q], vdupq_n_f32(r->level));
            uint64_t bits = vaddvq_u32(vandq_u32(above, vld1q_u32(weight)));
            words[s] |= bits << (4 * q);
        }
    }
}
