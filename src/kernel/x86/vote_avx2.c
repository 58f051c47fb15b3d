/* SPDX-License-Identifier: Apache-2.0 */
/* Votes of minutiae, AVX2: the probe's minutiae are the lanes, 4 to a register; then 16 of 16 bits.
 */
#include <immintrin.h>

#include "kernel/vote_pairs.h"

/* Set bits of each byte. */
static __m256i count_bits(__m256i v)
{
    const __m256i bits = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1,
                                          2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(15);
    return _mm256_add_epi8(
        _mm256_shuffle_epi8(bits, _mm256_and_si256(v, low)),
        _mm256_shuffle_epi8(bits, _mm256_and_si256(_mm256_srli_epi16(v, 4), low)));
}

static void nearest(const bf_vote_probe *p, const uint8_t *code, uint32_t n,
                    uint16_t out[BF_VOTE_LANES])
{
    const uint8_t *first = code + 8, *second = first + 8 * (size_t)((n + 7) / 8 * 8);
    for (uint32_t g = 0; g < p->n; g += 4) {
        __m256i s0 = _mm256_loadu_si256((const __m256i *)(const void *)&p->signature[0][g]);
        __m256i s1 = _mm256_loadu_si256((const __m256i *)(const void *)&p->signature[1][g]);
        __m256i best = _mm256_set1_epi64x(0x7fff), j = _mm256_setzero_si256();
        for (uint32_t k = 0; k < n; k++) {
            int64_t w0, w1;
            memcpy(&w0, first + 8 * (size_t)k, 8);
            memcpy(&w1, second + 8 * (size_t)k, 8);
            __m256i b0 = count_bits(_mm256_xor_si256(s0, _mm256_set1_epi64x(w0)));
            __m256i b1 = count_bits(_mm256_xor_si256(s1, _mm256_set1_epi64x(w1)));
            __m256i d = _mm256_sad_epu8(_mm256_add_epi8(b0, b1), _mm256_setzero_si256());
            best = _mm256_min_epi32(best, _mm256_or_si256(_mm256_slli_epi64(d, 6), j));
            j = _mm256_add_epi64(j, _mm256_set1_epi64x(1));
        }
        uint64_t keys[4];
        _mm256_storeu_si256((__m256i *)(void *)keys, best);
        for (uint32_t i = 0; i < 4; i++) out[g + i] = (uint16_t)keys[i];
    }
}

static __m256i load(const int16_t *v)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)v);
}

/* All ones in the 32-bit lanes where ex^2 + ey^2 < near2 + stretch. */
static __m256i is_near(__m256i e, __m256i d)
{
    __m256i reach =
        _mm256_add_epi32(_mm256_srli_epi32(_mm256_madd_epi16(d, d), BF_VOTE_STRETCH_SHIFT),
                         _mm256_set1_epi32(BF_VOTE_NEAR2));
    return _mm256_cmpgt_epi32(reach, _mm256_madd_epi16(e, e));
}

static int32_t agreeing(const bf_vote_probe *p, const bf_vote_pairs *r, uint32_t seed)
{
    int16_t turn = r->turn[seed];
    __m256i c = _mm256_set1_epi16(p->cos[turn]), s = _mm256_set1_epi16(p->sin[turn]);
    __m256i zero = _mm256_setzero_si256(), sum = zero;
    for (uint32_t g = 0; g < p->n; g += 16) {
        __m256i dx = _mm256_sub_epi16(load(r->bx + g), _mm256_set1_epi16(r->bx[seed]));
        __m256i dy = _mm256_sub_epi16(load(r->by + g), _mm256_set1_epi16(r->by[seed]));
        __m256i ex = _mm256_sub_epi16(load(p->x + g), _mm256_set1_epi16(p->x[seed]));
        __m256i ey = _mm256_sub_epi16(load(p->y + g), _mm256_set1_epi16(p->y[seed]));
        ex = _mm256_sub_epi16(ex, _mm256_mulhrs_epi16(dx, c));
        ex = _mm256_sub_epi16(ex, _mm256_mulhrs_epi16(dy, s));
        ey = _mm256_add_epi16(ey, _mm256_mulhrs_epi16(dx, s));
        ey = _mm256_sub_epi16(ey, _mm256_mulhrs_epi16(dy, c));
        /* the difference of turns, -128..127, from the upper byte */
        __m256i t = _mm256_sub_epi16(load(r->turn + g), _mm256_set1_epi16(turn));
        t = _mm256_abs_epi16(_mm256_srai_epi16(_mm256_slli_epi16(t, 8), 8));
        __m256i off = _mm256_cmpgt_epi16(t, _mm256_set1_epi16(BF_VOTE_TURN));
        __m256i w = _mm256_andnot_si256(off, load(r->weight + g));
        __m256i lo = is_near(_mm256_unpacklo_epi16(ex, ey), _mm256_unpacklo_epi16(dx, dy));
        __m256i hi = is_near(_mm256_unpackhi_epi16(ex, ey), _mm256_unpackhi_epi16(dx, dy));
        lo = _mm256_and_si256(lo, _mm256_unpacklo_epi16(w, zero));
        hi = _mm256_and_si256(hi, _mm256_unpackhi_epi16(w, zero));
        sum = _mm256_add_epi32(sum, _mm256_add_epi32(lo, hi));
    }
    __m128i x = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    x = _mm_add_epi32(x, _mm_shuffle_epi32(x, 0x4e));
    x = _mm_add_epi32(x, _mm_shuffle_epi32(x, 0xb1));
    return _mm_cvtsi128_si32(x);
}

void bf_vote_avx2(const bf_vote_probe *probe, const uint8_t *codes, const uint32_t *at,
                  size_t count, int32_t *out)
{
    for (size_t k = 0; k < count; k++) {
        out[k] = bf_vote_run(probe, codes + 8 * (size_t)at[k], nearest, agreeing);
    }
}
