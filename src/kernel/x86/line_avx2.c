/* SPDX-License-Identifier: Apache-2.0 */
/* Line filters in 256-bit registers, two rows of the patch in each; same bits as kernel/line.c. */
#include <immintrin.h>

#include "kernel/line.h"

static inline __m256 load_rows(const float *p, ptrdiff_t stride)
{
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(p)), _mm_loadu_ps(p + stride),
                                1);
}

static inline void store_rows(float *p, ptrdiff_t stride, __m256 v)
{
    _mm_storeu_ps(p, _mm256_castps256_ps128(v));
    _mm_storeu_ps(p + stride, _mm256_extractf128_ps(v, 1));
}

void bf_line_filter_avx2(const float *src, ptrdiff_t stride, const bf_line_taps *t, float *dst)
{
    __m256 top = _mm256_setzero_ps(), low = top;
    for (int32_t k = 0; k < t->count; k++) {
        const float *p = src + t->offset[k];
        __m256 w = _mm256_broadcast_ss(&t->even[k]);
        top = _mm256_add_ps(top, _mm256_mul_ps(w, load_rows(p, stride)));
        low = _mm256_add_ps(low, _mm256_mul_ps(w, load_rows(p + 2 * stride, stride)));
    }
    store_rows(dst, stride, top);
    store_rows(dst + 2 * stride, stride, low);
}

void bf_line_pair_avx2(const float *src, ptrdiff_t stride, const bf_line_taps *t, float *even,
                       float *odd)
{
    __m256 e0 = _mm256_setzero_ps(), e1 = e0, o0 = e0, o1 = e0;
    for (int32_t k = 0; k < t->count; k++) {
        const float *p = src + t->offset[k];
        __m256 we = _mm256_broadcast_ss(&t->even[k]), wo = _mm256_broadcast_ss(&t->odd[k]);
        __m256 top = load_rows(p, stride), low = load_rows(p + 2 * stride, stride);
        e0 = _mm256_add_ps(e0, _mm256_mul_ps(we, top));
        e1 = _mm256_add_ps(e1, _mm256_mul_ps(we, low));
        o0 = _mm256_add_ps(o0, _mm256_mul_ps(wo, top));
        o1 = _mm256_add_ps(o1, _mm256_mul_ps(wo, low));
    }
    store_rows(even, stride, e0);
    store_rows(even + 2 * stride, stride, e1);
    store_rows(odd, stride, o0);
    store_rows(odd + 2 * stride, stride, o1);
}
