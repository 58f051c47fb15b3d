/* SPDX-License-Identifier: Apache-2.0 */
/* The cylinder with 512-bit registers, two rows in each; same bits as kernel/cylinder.c. */
#include <immintrin.h>

#include "kernel/cylinder.h"

#define PARTS 4 /* of 64 cells */

/* Weights of a neighbour on the 8 columns or rows, twice. */
static inline __m512 spread(const bf_cylinder_rule *r, __m512 place, float at)
{
    __m512 d = _mm512_abs_ps(_mm512_sub_ps(place, _mm512_set1_ps(at)));
    __mmask16 near = _mm512_cmp_ps_mask(d, _mm512_set1_ps(r->reach), _CMP_LE_OQ) & 0xff;
    __m512i steps = _mm512_cvttps_epi32(_mm512_add_ps(_mm512_add_ps(d, d), _mm512_set1_ps(0.5f)));
    __m256 one = _mm256_mmask_i32gather_ps(_mm256_setzero_ps(), (__mmask8)near,
                                           _mm512_castsi512_si256(steps), r->gauss, 4);
    return _mm512_insertf32x8(_mm512_castps256_ps512(one), one, 1);
}

void bf_cylinder_avx512(const bf_cylinder_rule *r, const bf_neighbours *p, uint64_t *words)
{
    const __m512 middle = _mm512_setr_ps(-3.5f, -2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 3.5f, -3.5f,
                                         -2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 3.5f);
    const __m512i two = _mm512_set1_epi32(2);
    const __m512i first = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    __m512 place = _mm512_mul_ps(middle, _mm512_set1_ps(r->pitch));
    __m512 sum[BF_CYLINDER_SECTIONS][PARTS];
    for (uint32_t s = 0; s < BF_CYLINDER_SECTIONS; s++) {
        for (uint32_t q = 0; q < PARTS; q++) sum[s][q] = _mm512_setzero_ps();
    }
    for (uint32_t k = 0; k < p->n; k++) {
        const float *section = r->section[p->turn[k]];
        __m512 column = spread(r, place, p->forward[k]), row = spread(r, place, p->left[k]);
        column = _mm512_mul_ps(_mm512_set1_ps(p->weight[k]), column);
        __m512i rows = first;
        for (uint32_t q = 0; q < PARTS; q++) {
            __m512 g = _mm512_mul_ps(column, _mm512_permutexvar_ps(rows, row));
            rows = _mm512_add_epi32(rows, two);
            for (uint32_t s = 0; s < BF_CYLINDER_SECTIONS; s++) {
                __m512 part = _mm512_mul_ps(g, _mm512_set1_ps(section[s]));
                sum[s][q] = _mm512_add_ps(sum[s][q], part);
            }
        }
    }
    __m512 level = _mm512_set1_ps(r->level);
    for (uint32_t s = 0; s < BF_CYLINDER_SECTIONS; s++) {
        words[s] = 0;
        for (uint32_t q = 0; q < PARTS; q++) {
            __mmask16 above = _mm512_cmp_ps_mask(sum[s][q], level, _CMP_GT_OQ);
            words[s] |= (uint64_t)above << (16 * q);
        }
    }
}
