/* SPDX-License-Identifier: Apache-2.0 */
/* Agreement of palm codes with 512-bit registers and VPOPCNT; same bits as kernel/palm.c. */
#include <immintrin.h>

#include "kernel/palm.h"
#include "kernel/x86/palm_transpose.h"

#define SPAN 14 /* rows of b that a block row meets: 4 + 2 * 5 */

/* Rows r, r + 4, r + 8, r + 12 of a coarse grid, 16 cells from column x: one of each block row. */
static inline __m512i rows4(const uint8_t *cells, int32_t x, int32_t r)
{
    const uint8_t *p = cells + BF_PALM_COARSE_AT(x, r);
    __m512i v = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)p));
    v = _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)(p + 4 * 32)), 1);
    v = _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)(p + 8 * 32)), 2);
    return _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)(p + 12 * 32)), 3);
}

void bf_palm_coarse_avx512(const bf_palm_coarse_grid *a, const bf_palm_coarse_grid *b,
                           int16_t out[BF_PALM_BLOCKS][BF_PALM_COARSE_SHIFTS][BF_PALM_LANES])
{
    __m512i ca[4], ma[4];
    for (int32_t q = 0; q < 4; q++) {
        ca[q] = rows4(a->code, 0, q);
        ma[q] = rows4(a->mask, 0, q);
    }
    for (int32_t dx = 0; dx < BF_PALM_COARSE_SHIFTS; dx++) {
        __m512i cb[SPAN], mb[SPAN];
        for (int32_t r = 0; r < SPAN; r++) {
            cb[r] = rows4(b->code, dx - BF_PALM_COARSE_REACH, r - BF_PALM_COARSE_REACH);
            mb[r] = rows4(b->mask, dx - BF_PALM_COARSE_REACH, r - BF_PALM_COARSE_REACH);
        }
        __m256i by_shift[BF_PALM_LANES];
        for (int32_t dy = 0; dy < BF_PALM_COARSE_SHIFTS; dy++) {
            __m512i n = _mm512_setzero_si512(), d = n;
            for (int32_t q = 0; q < 4; q++) {
                __m512i valid = _mm512_and_si512(ma[q], mb[dy + q]);
                /* (a ^ b) & valid */
                __m512i differ = _mm512_ternarylogic_epi32(ca[q], cb[dy + q], valid, 0x28);
                n = _mm512_add_epi32(n, _mm512_popcnt_epi32(valid));
                d = _mm512_add_epi32(d, _mm512_popcnt_epi32(differ));
            }
            n = _mm512_sub_epi32(n, _mm512_add_epi32(d, d));
            by_shift[dy] = _mm512_cvtepi32_epi16(n);
        }
        for (int32_t dy = BF_PALM_COARSE_SHIFTS; dy < BF_PALM_LANES; dy++) {
            by_shift[dy] = _mm256_setzero_si256();
        }
        bf_palm_transpose16(by_shift, &out[0][dx][0], BF_PALM_COARSE_SHIFTS * BF_PALM_LANES);
    }
}

/* 16 bytes at p, as the eight words that start at its bytes 0..7. */
static inline __m512i words8(const uint8_t *p)
{
    const __m512i pick = _mm512_set_epi64(
        0x0e0d0c0b0a090807, 0x0d0c0b0a09080706, 0x0c0b0a0908070605, 0x0b0a090807060504,
        0x0a09080706050403, 0x0908070605040302, 0x0807060504030201, 0x0706050403020100);
    return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)p)), pick);
}

void bf_palm_fine_avx512(const bf_palm_fine_grid *a, const bf_palm_fine_grid *b,
                         const bf_palm_shifts *at, bf_palm_window agree, bf_palm_window valid)
{
    for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
        int32_t from = BF_PALM_FINE_AT(k % 4 * 8, k / 4 * 8);
        int32_t to =
            from + (at->y[k] - BF_PALM_WINDOW) * BF_PALM_FINE_STRIDE + at->x[k] - BF_PALM_WINDOW;
        __m512i n[BF_PALM_WINDOW_ROWS], d[BF_PALM_WINDOW_ROWS];
        for (int32_t v = 0; v < BF_PALM_WINDOW_ROWS; v++) n[v] = d[v] = _mm512_setzero_si512();
        for (int32_t r = 0; r < SPAN; r++) {
            __m512i cb = words8(b->code + to + r * BF_PALM_FINE_STRIDE);
            __m512i mb = words8(b->mask + to + r * BF_PALM_FINE_STRIDE);
            for (int32_t v = 0; v < BF_PALM_WINDOW_ROWS; v++) {
                int32_t y = r - v; /* row of the block that meets this row of b */
                if (y < 0 || y >= 8) continue;
                const uint8_t *ca = a->code + from + y * BF_PALM_FINE_STRIDE;
                const uint8_t *ma = a->mask + from + y * BF_PALM_FINE_STRIDE;
                __m512i both = _mm512_and_si512(
                    mb, _mm512_broadcastq_epi64(_mm_loadl_epi64((const __m128i *)ma)));
                __m512i code = _mm512_broadcastq_epi64(_mm_loadl_epi64((const __m128i *)ca));
                __m512i differ = _mm512_ternarylogic_epi64(code, cb, both, 0x28);
                n[v] = _mm512_add_epi64(n[v], _mm512_popcnt_epi64(both));
                d[v] = _mm512_add_epi64(d[v], _mm512_popcnt_epi64(differ));
            }
        }
        for (int32_t v = 0; v < BF_PALM_WINDOW_ROWS; v++) {
            __m512i x = _mm512_sub_epi64(n[v], _mm512_add_epi64(d[v], d[v]));
            _mm_storeu_si128((__m128i *)agree[k][v], _mm512_cvtepi64_epi16(x));
            _mm_storeu_si128((__m128i *)valid[k][v], _mm512_cvtepi64_epi16(n[v]));
        }
    }
}

/* A code, or a view: planes two by two, and the mask twice. */
typedef struct planes {
    __m512i pair[3], mask;
} planes;

/* Agreement of a view, spread over eight numbers. */
static inline __m512i view_agreement(const planes *c, const uint8_t *view)
{
    __m512i both = _mm512_and_si512(c->mask, _mm512_loadu_si512(view + 192));
    __m512i n = _mm512_popcnt_epi64(both), d = _mm512_setzero_si512();
    for (int32_t p = 0; p < 3; p++) {
        __m512i x =
            _mm512_ternarylogic_epi64(c->pair[p], _mm512_loadu_si512(view + 64 * p), both, 0x28);
        d = _mm512_add_epi64(d, _mm512_popcnt_epi64(x));
    }
    /* n counts each cell twice: 3 n - 2 d */
    __m512i rest = _mm512_sub_epi64(n, d);
    return _mm512_add_epi64(n, _mm512_add_epi64(rest, rest));
}

/* Sums within pairs of neighbours: of a in the even places, of b in the odd ones. */
static inline __m512i fold(__m512i a, __m512i b)
{
    return _mm512_add_epi64(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
}

/* The same for neighbouring quarters. */
static inline __m512i fold_quarters(__m512i a, __m512i b)
{
    return _mm512_add_epi64(_mm512_shuffle_i64x2(a, b, 0x88), _mm512_shuffle_i64x2(a, b, 0xdd));
}

void bf_palm_scan_avx512(const bf_palm_probe *probe, const uint8_t *codes, const uint32_t *at,
                         size_t count, int32_t *out)
{
    for (size_t i = 0; i < count; i++) {
        const uint8_t *code = codes + (size_t)8 * at[i];
        planes c;
        for (int32_t p = 0; p < 3; p++) c.pair[p] = _mm512_loadu_si512(code + 64 * p);
        c.mask = _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i *)(code + 192)));
        __m512i best = _mm512_set1_epi64(INT32_MIN);
        for (int32_t v = 0; v < BF_PALM_VIEWS; v += 8) {
            __m512i x[8];
            for (int32_t k = 0; k < 8; k++) x[k] = view_agreement(&c, probe->view[v + k]);
            __m512i low = fold_quarters(fold(x[0], x[1]), fold(x[2], x[3]));
            __m512i high = fold_quarters(fold(x[4], x[5]), fold(x[6], x[7]));
            best = _mm512_max_epi64(best, fold_quarters(low, high));
        }
        out[i] = (int32_t)_mm512_reduce_max_epi64(best);
    }
}
