/* SPDX-License-Identifier: Apache-2.0 */
/* Line filters with the whole patch in one 512-bit register; same bits as kernel/line.c. */
#include <immintrin.h>

#include "kernel/line.h"

static inline __m512 load_patch(const float *p, ptrdiff_t stride)
{
    __m512 v = _mm512_castps128_ps512(_mm_loadu_ps(p));
    v = _mm512_insertf32x4(v, _mm_loadu_ps(p + stride), 1);
    v = _mm512_insertf32x4(v, _mm_loadu_ps(p + 2 * stride), 2);
    return _mm512_insertf32x4(v, _mm_loadu_ps(p + 3 * stride), 3);
}

static inline void store_patch(float *p, ptrdiff_t stride, __m512 v)
{
    _mm_storeu_ps(p, _mm512_castps512_ps128(v));
    _mm_storeu_ps(p + stride, _mm512_extractf32x4_ps(v, 1));
    _mm_storeu_ps(p + 2 * stride, _mm512_extractf32x4_ps(v, 2));
    _mm_storeu_ps(p + 3 * stride, _mm512_extractf32x4_ps(v, 3));
}

void bf_line_filter_avx512(const float *src, ptrdiff_t stride, const bf_line_taps *t, float *dst)
{
    __m512 sum = _mm512_setzero_ps();
    for (int32_t k = 0; k < t->count; k++) {
        __m512 v = load_patch(src + t->offset[k], stride);
        sum = _mm512_add_ps(sum, _mm512_mul_ps(_mm512_set1_ps(t->even[k]), v));
    }
    store_patch(dst, stride, sum);
}

void bf_line_pair_avx512(const float *src, ptrdiff_t stride, const bf_line_taps *t, float *even,
                         float *odd)
{
    __m512 e = _mm512_setzero_ps(), o = e;
    for (int32_t k = 0; k < t->count; k++) {
        __m512 v = load_patch(src + t->offset[k], stride);
        e = _mm512_add_ps(e, _mm512_mul_ps(_mm512_set1_ps(t->even[k]), v));
        o = _mm512_add_ps(o, _mm512_mul_ps(_mm512_set1_ps(t->odd[k]), v));
    }
    store_patch(even, stride, e);
    store_patch(odd, stride, o);
}
