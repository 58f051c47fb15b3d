/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Votes of minutiae, AVX-512. The probe's minutiae are the lanes, 8 to a register, while the code's
 * come one by one, so that the smallest needs no sum across lanes; then 32 lanes of 16 bits.
 */
#include <immintrin.h>
#include <string.h>

#include "kernel/vote.h"

typedef struct pairs {
    __m512i ax[2], ay[2], bx[2], by[2], turn[2], weight[4]; /* weight: 32 bits, as unpacked */
    int16_t key[BF_VOTE_LANES], bx_at[BF_VOTE_LANES], by_at[BF_VOTE_LANES], turn_at[BF_VOTE_LANES];
} pairs;

/* `groups` registers of the probe's minutiae; a constant where it is called, so that they stay in
 * registers. */
static inline __attribute__((always_inline)) void nearest_of(const bf_vote_probe *p,
                                                             const uint8_t *first,
                                                             const uint8_t *second, uint32_t n,
                                                             uint32_t groups, int16_t *out)
{
    __m512i best[BF_VOTE_MAX / 8], s0[BF_VOTE_MAX / 8], s1[BF_VOTE_MAX / 8];
    for (uint32_t g = 0; g < groups; g++) {
        best[g] = _mm512_set1_epi64(0x7fff);
        s0[g] = _mm512_loadu_si512(&p->signature[0][8 * g]);
        s1[g] = _mm512_loadu_si512(&p->signature[1][8 * g]);
    }
    __m512i j = _mm512_setzero_si512();
    for (uint32_t k = 0; k < n; k++) {
        uint64_t w0, w1;
        memcpy(&w0, first + 8 * (size_t)k, 8);
        memcpy(&w1, second + 8 * (size_t)k, 8);
        __m512i b0 = _mm512_set1_epi64((long long)w0), b1 = _mm512_set1_epi64((long long)w1);
        for (uint32_t g = 0; g < groups; g++) {
            __m512i d = _mm512_add_epi64(_mm512_popcnt_epi64(_mm512_xor_si512(s0[g], b0)),
                                         _mm512_popcnt_epi64(_mm512_xor_si512(s1[g], b1)));
            /* the upper halves are 0 and stay so */
            best[g] = _mm512_min_epi32(best[g], _mm512_or_si512(_mm512_slli_epi64(d, 6), j));
        }
        j = _mm512_add_epi64(j, _mm512_set1_epi64(1));
    }
    for (uint32_t g = 0; g < groups; g++) {
        _mm_storeu_si128((__m128i *)(void *)(out + 8 * g), _mm512_cvtepi64_epi16(best[g]));
    }
}

/* For each minutia of the probe bits that differ << 6 | the code's minutia; beyond them nothing. */
static void nearest(const bf_vote_probe *p, const uint8_t *code, uint32_t n, int16_t *out)
{
    const uint8_t *first = code + 8, *second = first + 8 * (size_t)((n + 7) / 8 * 8);
    switch ((p->n + 7) / 8) {
    case 6: nearest_of(p, first, second, n, 6, out); return;
    case 5: nearest_of(p, first, second, n, 5, out); return;
    case 4: nearest_of(p, first, second, n, 4, out); return;
    case 3: nearest_of(p, first, second, n, 3, out); return;
    case 2: nearest_of(p, first, second, n, 2, out); return;
    default: nearest_of(p, first, second, n, 1, out); return;
    }
}

/* Up to 48 signed bytes as two registers of 16 bits. */
static void widen(const uint8_t *v, uint32_t n, __m512i out[2])
{
    __mmask32 low = n >= 32 ? 0xffffffffu : (1u << n) - 1u;
    __mmask16 high = n > 32 ? (__mmask16)((1u << (n - 32)) - 1u) : 0;
    out[0] = _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(low, v));
    out[1] = _mm512_zextsi256_si512(
        _mm256_cvtepi8_epi16(n > 32 ? _mm_maskz_loadu_epi8(high, v + 32) : _mm_setzero_si128()));
}

static void pair_up(const bf_vote_probe *p, const uint8_t *code, uint32_t n, pairs *r)
{
    size_t m = (n + 7) / 8 * 8;
    const uint8_t *x = code + 8 + 16 * m, *y = x + m, *angle = y + m;
    __m512i cx[2], cy[2], ca[2], byte = _mm512_set1_epi16(255), zero = _mm512_setzero_si512();
    __m512i w0 = _mm512_loadu_si512(p->weight), w1 = _mm512_loadu_si512(p->weight + 32);
    memset(r->key, 0, sizeof r->key);
    nearest(p, code, n, r->key);
    widen(x, n, cx);
    widen(y, n, cy);
    widen(angle, n, ca);
    for (uint32_t h = 0; h < 2; h++) {
        __m512i lane = _mm512_set_epi16(31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17,
                                        16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        lane = _mm512_add_epi16(lane, _mm512_set1_epi16((int16_t)(32 * h)));
        __m512i key = _mm512_loadu_si512(r->key + 32 * h);
        __m512i j = _mm512_and_si512(key, _mm512_set1_epi16(63));
        __m512i d = _mm512_min_epi16(_mm512_srli_epi16(key, 6), _mm512_set1_epi16(63));
        __mmask32 in = _mm512_cmplt_epi16_mask(lane, _mm512_set1_epi16((int16_t)p->n));
        __m512i w = _mm512_maskz_permutex2var_epi16(in, w0, d, w1);
        r->weight[2 * h] = _mm512_unpacklo_epi16(w, zero);
        r->weight[2 * h + 1] = _mm512_unpackhi_epi16(w, zero);
        r->ax[h] = _mm512_loadu_si512(p->x + 32 * h);
        r->ay[h] = _mm512_loadu_si512(p->y + 32 * h);
        r->bx[h] = _mm512_slli_epi16(_mm512_permutex2var_epi16(cx[0], j, cx[1]), 3);
        r->by[h] = _mm512_slli_epi16(_mm512_permutex2var_epi16(cy[0], j, cy[1]), 3);
        __m512i aa = _mm512_loadu_si512(p->angle + 32 * h);
        r->turn[h] = _mm512_and_si512(
            _mm512_sub_epi16(aa, _mm512_permutex2var_epi16(ca[0], j, ca[1])), byte);
        key = _mm512_or_si512(_mm512_andnot_si512(_mm512_set1_epi16(63), key), lane);
        key = _mm512_mask_mov_epi16(_mm512_set1_epi16(0x7fff), in, key);
        _mm512_storeu_si512(r->key + 32 * h, key);
        _mm512_storeu_si512(r->bx_at + 32 * h, r->bx[h]);
        _mm512_storeu_si512(r->by_at + 32 * h, r->by[h]);
        _mm512_storeu_si512(r->turn_at + 32 * h, r->turn[h]);
    }
}

/* ex^2 + ey^2 < near2 + stretch, for the lanes of one half as unpacked. */
static __mmask16 is_near(__m512i e, __m512i d)
{
    __m512i reach =
        _mm512_add_epi32(_mm512_srli_epi32(_mm512_madd_epi16(d, d), BF_VOTE_STRETCH_SHIFT),
                         _mm512_set1_epi32(BF_VOTE_NEAR2));
    return _mm512_cmplt_epi32_mask(_mm512_madd_epi16(e, e), reach);
}

static int32_t agreeing(const bf_vote_probe *p, const pairs *r, uint32_t seed)
{
    int32_t turn = r->turn_at[seed];
    __m512i c = _mm512_set1_epi16(p->cos[turn]), s = _mm512_set1_epi16(p->sin[turn]);
    __m512i ax0 = _mm512_set1_epi16(p->x[seed]), ay0 = _mm512_set1_epi16(p->y[seed]);
    __m512i bx0 = _mm512_set1_epi16(r->bx_at[seed]), by0 = _mm512_set1_epi16(r->by_at[seed]);
    __m512i t0 = _mm512_set1_epi16((int16_t)turn), sum = _mm512_setzero_si512();
    for (uint32_t h = 0; h < 2; h++) {
        __m512i dx = _mm512_sub_epi16(r->bx[h], bx0), dy = _mm512_sub_epi16(r->by[h], by0);
        __m512i ex = _mm512_sub_epi16(r->ax[h], ax0), ey = _mm512_sub_epi16(r->ay[h], ay0);
        ex = _mm512_sub_epi16(ex, _mm512_mulhrs_epi16(dx, c));
        ex = _mm512_sub_epi16(ex, _mm512_mulhrs_epi16(dy, s));
        ey = _mm512_add_epi16(ey, _mm512_mulhrs_epi16(dx, s));
        ey = _mm512_sub_epi16(ey, _mm512_mulhrs_epi16(dy, c));
        /* the difference of turns, -128..127, in the upper byte */
        __m512i t = _mm512_slli_epi16(_mm512_sub_epi16(r->turn[h], t0), 8);
        t = _mm512_abs_epi16(_mm512_srai_epi16(t, 8));
        __mmask32 off = _mm512_cmpgt_epi16_mask(t, _mm512_set1_epi16(BF_VOTE_TURN));
        ex = _mm512_mask_mov_epi16(ex, off, _mm512_set1_epi16(0x7fff));
        __mmask16 lo = is_near(_mm512_unpacklo_epi16(ex, ey), _mm512_unpacklo_epi16(dx, dy));
        __mmask16 hi = is_near(_mm512_unpackhi_epi16(ex, ey), _mm512_unpackhi_epi16(dx, dy));
        sum = _mm512_mask_add_epi32(sum, lo, sum, r->weight[2 * h]);
        sum = _mm512_mask_add_epi32(sum, hi, sum, r->weight[2 * h + 1]);
    }
    return _mm512_reduce_add_epi32(sum);
}

/* The smallest of 64 keys. */
static uint32_t smallest(__m512i a, __m512i b)
{
    __m512i v = _mm512_min_epu16(a, b);
    __m256i q = _mm256_min_epu16(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
    __m128i x = _mm_min_epu16(_mm256_castsi256_si128(q), _mm256_extracti128_si256(q, 1));
    return (uint32_t)_mm_extract_epi16(_mm_minpos_epu16(x), 0);
}

static int32_t vote(const bf_vote_probe *p, const uint8_t *code)
{
    uint32_t n = code[0];
    pairs r;
    int32_t best = 0;
    if (!n || !p->n) return 0;
    pair_up(p, code, n, &r);
    __m512i k0 = _mm512_loadu_si512(r.key), k1 = _mm512_loadu_si512(r.key + 32);
    for (int32_t k = 0; k < BF_VOTE_SEEDS; k++) {
        uint32_t next = smallest(k0, k1);
        if (next >= BF_VOTE_FAR << 6) break;
        int32_t sum = agreeing(p, &r, next & 63);
        if (sum > best) best = sum;
        __m512i taken = _mm512_set1_epi16((int16_t)next), none = _mm512_set1_epi16(0x7fff);
        k0 = _mm512_mask_mov_epi16(k0, _mm512_cmpeq_epi16_mask(k0, taken), none);
        k1 = _mm512_mask_mov_epi16(k1, _mm512_cmpeq_epi16_mask(k1, taken), none);
    }
    return best * 256 / (BF_VOTE_PRIOR + (int32_t)n);
}

void bf_vote_avx512(const bf_vote_probe *probe, const uint8_t *codes, const uint32_t *at,
                    size_t count, int32_t *out)
{
    for (size_t k = 0; k < count; k++) out[k] = vote(probe, codes + 8 * (size_t)at[k]);
}
