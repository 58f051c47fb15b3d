/* SPDX-License-Identifier: Apache-2.0 */
/* The cylinder with 256-bit registers; same bits as kernel/cylinder.c. */
#include <immintrin.h>
#include <string.h>

#include "kernel/cylinder.h"

/* Weights of a neighbour on the 8 columns or rows. */
static inline __m256 spread(const bf_cylinder_rule *r, float at)
{
    const __m256 middle = _mm256_setr_ps(-3.5f, -2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 3.5f);
    __m256 place = _mm256_mul_ps(middle, _mm256_set1_ps(r->pitch));
    __m256 d = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), _mm256_sub_ps(place, _mm256_set1_ps(at)));
    __m256 near = _mm256_cmp_ps(d, _mm256_set1_ps(r->reach), _CMP_LE_OQ);
    __m256 steps = _mm256_add_ps(_mm256_add_ps(d, d), _mm256_set1_ps(0.5f));
    return _mm256_mask_i32gather_ps(_mm256_setzero_ps(), r->gauss, _mm256_cvttps_epi32(steps), near,
                                    4);
}

void bf_cylinder_avx2(const bf_cylinder_rule *r, const bf_neighbours *p, uint64_t *words)
{
    __m256 sum[BF_CYLINDER_SECTIONS][BF_CYLINDER_SIDE];
    memset(sum, 0, sizeof sum);
    for (uint32_t k = 0; k < p->n; k++) {
        float row[BF_CYLINDER_SIDE];
        const float *section = r->section[p->turn[k]];
        __m256 column = _mm256_mul_ps(_mm256_set1_ps(p->weight[k]), spread(r, p->forward[k]));
        _mm256_storeu_ps(row, spread(r, p->left[k]));
        for (uint32_t v = 0; v < BF_CYLINDER_SIDE; v++) {
            if (!(row[v] > 0)) continue;
            __m256 g = _mm256_mul_ps(column, _mm256_set1_ps(row[v]));
            for (uint32_t s = 0; s < BF_CYLINDER_SECTIONS; s++) {
                __m256 part = _mm256_mul_ps(g, _mm256_set1_ps(section[s]));
                sum[s][v] = _mm256_add_ps(sum[s][v], part);
            }
        }
    }
    for (uint32_t s = 0; s < BF_CYLINDER_SECTIONS; s++) {
        words[s] = 0;
        for (uint32_t v = 0; v < BF_CYLINDER_SIDE; v++) {
            __m256 above = _mm256_cmp_ps(sum[s][v], _mm256_set1_ps(r->level), _CMP_GT_OQ);
            words[s] |= (uint64_t)(uint32_t)_mm256_movemask_ps(above) << (8 * v);
        }
    }
}
