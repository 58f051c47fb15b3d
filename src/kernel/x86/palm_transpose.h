/* SPDX-License-Identifier: Apache-2.0 */
/* 16 x 16 numbers of 16 bits, rows to columns. */
#ifndef BF_KERNEL_X86_PALM_TRANSPOSE_H
#define BF_KERNEL_X86_PALM_TRANSPOSE_H
#include <immintrin.h>
#include <stdint.h>

/* Within each half of 128 bits: an 8 x 8 transposition of v[0..7]. */
static inline void bf_palm_transpose8(const __m256i v[8], __m256i out[8])
{
    __m256i p[8], q[8];
    for (int k = 0; k < 4; k++) {
        p[2 * k] = _mm256_unpacklo_epi16(v[2 * k], v[2 * k + 1]);
        p[2 * k + 1] = _mm256_unpackhi_epi16(v[2 * k], v[2 * k + 1]);
    }
    for (int k = 0; k < 2; k++) {
        q[4 * k] = _mm256_unpacklo_epi32(p[4 * k], p[4 * k + 2]);
        q[4 * k + 1] = _mm256_unpackhi_epi32(p[4 * k], p[4 * k + 2]);
        q[4 * k + 2] = _mm256_unpacklo_epi32(p[4 * k + 1], p[4 * k + 3]);
        q[4 * k + 3] = _mm256_unpackhi_epi32(p[4 * k + 1], p[4 * k + 3]);
    }
    for (int k = 0; k < 4; k++) {
        out[2 * k] = _mm256_unpacklo_epi64(q[k], q[k + 4]);
        out[2 * k + 1] = _mm256_unpackhi_epi64(q[k], q[k + 4]);
    }
}

/* Row k of the result is written at out + k * stride. */
static inline void bf_palm_transpose16(const __m256i v[16], int16_t *out, int32_t stride)
{
    __m256i top[8], bottom[8];
    bf_palm_transpose8(v, top);
    bf_palm_transpose8(v + 8, bottom);
    for (int32_t k = 0; k < 8; k++) {
        _mm256_storeu_si256((__m256i *)(out + k * stride),
                            _mm256_permute2x128_si256(top[k], bottom[k], 0x20));
        _mm256_storeu_si256((__m256i *)(out + (k + 8) * stride),
                            _mm256_permute2x128_si256(top[k], bottom[k], 0x31));
    }
}

#endif
