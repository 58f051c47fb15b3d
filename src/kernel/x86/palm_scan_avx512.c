/* SPDX-License-Identifier: Apache-2.0 */
/* One palm against many, AVX-512: two planes to a register. */
#include <immintrin.h>

#include "kernel/palm_scan.h"

void bf_palm_scan_avx512(const bf_palm_scan_probe *probe, const uint8_t *codes, const uint32_t *at,
                         size_t count, int32_t *out)
{
    for (size_t k = 0; k < count; k++) {
        const uint8_t *code = codes + 8 * (size_t)at[k];
        __m512i c[3];
        for (int i = 0; i < 3; i++) c[i] = _mm512_loadu_si512(code + 64 * i);
        __m256i one = _mm256_loadu_si256((const __m256i *)(const void *)(code + 192));
        __m512i valid = _mm512_broadcast_i64x4(one);
        int32_t best = INT32_MIN + 1;
        for (uint32_t s = 0; s < BF_PALM_SCAN_SHIFTS; s++) {
            const uint64_t *p = probe->shift[s];
            __m512i mask = _mm512_and_si512(_mm512_loadu_si512(p + 24), valid);
            __m512i differ = _mm512_setzero_si512(), both = _mm512_popcnt_epi64(mask);
            for (int i = 0; i < 3; i++) {
                /* 0x28: (a ^ b) & c */
                __m512i d =
                    _mm512_ternarylogic_epi64(_mm512_loadu_si512(p + 8 * i), c[i], mask, 0x28);
                differ = _mm512_add_epi64(differ, _mm512_popcnt_epi64(d));
            }
            __m512i three = _mm512_add_epi64(_mm512_add_epi64(both, both), both);
            __m512i sum = _mm512_sub_epi64(three, _mm512_add_epi64(differ, differ));
            int32_t agree = (int32_t)_mm512_reduce_add_epi64(sum);
            best = agree > best ? agree : best;
        }
        out[k] = best;
    }
}
