/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dot product with VNNI, 64 bytes at a time. The instruction multiplies unsigned by signed bytes,
 * so a is moved up by 128 and 128 times the sum of b taken away again; all modulo 2^32, so exact.
 */
#include <immintrin.h>

#include "kernel/dot.h"

int32_t bf_dot_i8_avx512(const int8_t *a, const int8_t *b, size_t n)
{
    const __m512i flip = _mm512_set1_epi8((char)0x80), one = _mm512_set1_epi8(1);
    __m512i product = _mm512_setzero_si512(), plain = product;
    for (size_t i = 0; i < n; i += 64) {
        __mmask64 m = n - i >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << (n - i)) - 1;
        __m512i va = _mm512_xor_si512(_mm512_maskz_loadu_epi8(m, a + i), flip);
        __m512i vb = _mm512_maskz_loadu_epi8(m, b + i);
        product = _mm512_dpbusd_epi32(product, va, vb);
        plain = _mm512_dpbusd_epi32(plain, one, vb);
    }
    product = _mm512_sub_epi32(product, _mm512_slli_epi32(plain, 7));
    return _mm512_reduce_add_epi32(product);
}
