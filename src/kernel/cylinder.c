/* SPDX-License-Identifier: Apache-2.0 */
/* Scalar reference of the cylinder: defines the answer. */
#include "kernel/cylinder.h"

#include <math.h>
#include <string.h>

/* Weights of a neighbour at `at` px on the 8 columns or rows. */
static void spread(const bf_cylinder_rule *r, float at, float *out)
{
    for (int32_t k = 0; k < BF_CYLINDER_SIDE; k++) {
        float d = fabsf(((float)k - 3.5f) * r->pitch - at);
        out[k] = d <= r->reach ? r->gauss[(int32_t)(d * 2.0f + 0.5f)] : 0;
    }
}

void bf_cylinder_c(const bf_cylinder_rule *r, const bf_neighbours *p, uint64_t *words)
{
    float sum[BF_CYLINDER_SECTIONS][64];
    memset(sum, 0, sizeof sum);
    for (uint32_t k = 0; k < p->n; k++) {
        float column[BF_CYLINDER_SIDE], row[BF_CYLINDER_SIDE];
        const float *section = r->section[p->turn[k]];
        spread(r, p->forward[k], column);
        spread(r, p->left[k], row);
        for (uint32_t cell = 0; cell < 64; cell++) {
            float g = p->weight[k] * column[cell % 8] * row[cell / 8];
            for (uint32_t s = 0; s < BF_CYLINDER_SECTIONS; s++) sum[s][cell] += g * section[s];
        }
    }
    for (uint32_t s = 0; s < BF_CYLINDER_SECTIONS; s++) {
        words[s] = 0;
        for (uint32_t cell = 0; cell < 64; cell++) {
            words[s] |= (uint64_t)(sum[s][cell] > r->level) << cell;
        }
    }
}
