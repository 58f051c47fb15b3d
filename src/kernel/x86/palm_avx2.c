/* SPDX-License-Identifier: Apache-2.0 */
/* Agreement of palm codes with 256-bit registers; same bits as kernel/palm.c. */
#include <immintrin.h>

#include "kernel/palm.h"
#include "kernel/x86/palm_transpose.h"

#define SPAN 14 /* rows of b that a block, or a block row, meets */

/* Bits set in each byte. */
static inline __m256i count8(__m256i v)
{
    const __m256i few = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2,
                                         1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(15);
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), low);
    return _mm256_add_epi8(_mm256_shuffle_epi8(few, _mm256_and_si256(v, low)),
                           _mm256_shuffle_epi8(few, high));
}

/* Rows r and r + 4 of a coarse grid, 16 cells from column x. */
static inline __m256i rows2(const uint8_t *cells, int32_t x, int32_t r)
{
    const uint8_t *p = cells + BF_PALM_COARSE_AT(x, r);
    return _mm256_inserti128_si256(
        _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)p)),
        _mm_loadu_si128((const __m128i *)(p + 4 * BF_PALM_COARSE_STRIDE)), 1);
}

/* Agreement of two block rows, eight blocks, as 32-bit numbers. */
static inline __m256i agreement8(const __m256i *ca, const __m256i *ma, const __m256i *cb,
                                 const __m256i *mb)
{
    __m256i sum = _mm256_setzero_si256();
    for (int32_t q = 0; q < 4; q++) {
        __m256i valid = _mm256_and_si256(ma[q], mb[q]);
        __m256i d = count8(_mm256_and_si256(_mm256_xor_si256(ca[q], cb[q]), valid));
        sum = _mm256_add_epi8(sum, _mm256_sub_epi8(count8(valid), _mm256_add_epi8(d, d)));
    }
    __m256i pairs = _mm256_maddubs_epi16(_mm256_set1_epi8(1), sum);
    return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

void bf_palm_coarse_avx2(const bf_palm_coarse_grid *a, const bf_palm_coarse_grid *b,
                         int16_t out[BF_PALM_BLOCKS][BF_PALM_COARSE_SHIFTS][BF_PALM_LANES])
{
    const int32_t reach = BF_PALM_COARSE_REACH;
    __m256i ca[2][4], ma[2][4];
    for (int32_t q = 0; q < 4; q++) {
        for (int32_t half = 0; half < 2; half++) {
            ca[half][q] = rows2(a->code, 0, q + 8 * half);
            ma[half][q] = rows2(a->mask, 0, q + 8 * half);
        }
    }
    for (int32_t dx = 0; dx < BF_PALM_COARSE_SHIFTS; dx++) {
        __m256i cb[2][SPAN], mb[2][SPAN], by_shift[BF_PALM_LANES];
        for (int32_t r = 0; r < SPAN; r++) {
            for (int32_t half = 0; half < 2; half++) {
                cb[half][r] = rows2(b->code, dx - reach, r - reach + 8 * half);
                mb[half][r] = rows2(b->mask, dx - reach, r - reach + 8 * half);
            }
        }
        for (int32_t dy = 0; dy < BF_PALM_LANES; dy++) {
            if (dy >= BF_PALM_COARSE_SHIFTS) {
                by_shift[dy] = _mm256_setzero_si256();
                continue;
            }
            __m256i top = agreement8(ca[0], ma[0], cb[0] + dy, mb[0] + dy);
            __m256i bottom = agreement8(ca[1], ma[1], cb[1] + dy, mb[1] + dy);
            /* pack works within halves: put the quarters back in order */
            by_shift[dy] = _mm256_permute4x64_epi64(_mm256_packs_epi32(top, bottom), 0xd8);
        }
        bf_palm_transpose16(by_shift, &out[0][dx][0], BF_PALM_COARSE_SHIFTS * BF_PALM_LANES);
    }
}

int32_t bf_palm_travel_avx2(int16_t map[BF_PALM_BLOCKS][BF_PALM_COARSE_SHIFTS][BF_PALM_LANES],
                            const bf_palm_shifts *moved)
{
    const int32_t first = BF_PALM_COARSE_REACH - BF_PALM_TRAVEL;
    const __m128i top = _mm_set1_epi16(INT16_MAX), idle = _mm_setr_epi16(0, 0, 0, 0, 0, 0, 0, -1);
    const int16_t *row[BF_PALM_BLOCKS];
    int32_t best = INT32_MAX, at = 0;
    for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
        row[k] = map[k][moved->x[k] + first] + (moved->y[k] + first);
    }
    for (int32_t tx = 0; tx < BF_PALM_TRAVELS; tx++) {
        __m128i even = _mm_setzero_si128(), odd = even;
        for (int32_t k = 0; k < BF_PALM_BLOCKS; k += 2) {
            const int16_t *p = row[k] + tx * BF_PALM_LANES, *q = row[k + 1] + tx * BF_PALM_LANES;
            even = _mm_add_epi16(even, _mm_loadu_si128((const __m128i *)p));
            odd = _mm_add_epi16(odd, _mm_loadu_si128((const __m128i *)q));
        }
        /* 32767 - sum is positive: the first smallest of unsigned numbers is one instruction */
        __m128i rest = _mm_sub_epi16(top, _mm_add_epi16(even, odd));
        int32_t found = _mm_cvtsi128_si32(_mm_minpos_epu16(_mm_or_si128(rest, idle)));
        if ((found & 0xffff) >= best) continue;
        best = found & 0xffff;
        at = 8 * tx + (found >> 16 & 7);
    }
    return (INT16_MAX - best) * 64 + at;
}

/* 16 bytes at p, as the words that start at its bytes 0..3 and 4..7. */
static inline void words8(const uint8_t *p, __m256i *low, __m256i *high)
{
    const __m256i pick = _mm256_set_epi64x(0x0a09080706050403, 0x0908070605040302,
                                           0x0807060504030201, 0x0706050403020100);
    __m256i v = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)p));
    *low = _mm256_shuffle_epi8(v, pick);
    *high = _mm256_shuffle_epi8(v, _mm256_add_epi8(pick, _mm256_set1_epi8(4)));
}

static inline __m256i word4(const uint8_t *p)
{
    return _mm256_broadcastq_epi64(_mm_loadl_epi64((const __m128i *)p));
}

/* Sums of the bytes of each word of two registers, as eight 16-bit numbers. */
static inline __m128i sums8(__m256i low, __m256i high)
{
    const __m256i zero = _mm256_setzero_si256();
    __m256i v = _mm256_packs_epi32(_mm256_sad_epu8(low, zero), _mm256_sad_epu8(high, zero));
    /* 32-bit lanes now: l0 0 l1 0 | ... packed to 16 bits, with zeros between: squeeze them out */
    v = _mm256_permute4x64_epi64(v, 0xd8);
    return _mm_packs_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
}

typedef struct counts {
    __m256i low, high;
} counts;

static inline void add_row(const uint8_t *ca, const uint8_t *ma, const __m256i cb[2],
                           const __m256i mb[2], counts *n, counts *d)
{
    __m256i code = word4(ca), mask = word4(ma);
    __m256i both = _mm256_and_si256(mask, mb[0]);
    n->low = _mm256_add_epi8(n->low, count8(both));
    d->low = _mm256_add_epi8(d->low, count8(_mm256_and_si256(_mm256_xor_si256(code, cb[0]), both)));
    both = _mm256_and_si256(mask, mb[1]);
    n->high = _mm256_add_epi8(n->high, count8(both));
    d->high =
        _mm256_add_epi8(d->high, count8(_mm256_and_si256(_mm256_xor_si256(code, cb[1]), both)));
}

void bf_palm_fine_avx2(const bf_palm_fine_grid *a, const bf_palm_fine_grid *b,
                       const bf_palm_shifts *at, bf_palm_window agree, bf_palm_window valid)
{
    for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
        int32_t from = BF_PALM_FINE_AT(k % 4 * 8, k / 4 * 8);
        int32_t to =
            from + (at->y[k] - BF_PALM_WINDOW) * BF_PALM_FINE_STRIDE + at->x[k] - BF_PALM_WINDOW;
        __m256i cb[SPAN][2], mb[SPAN][2];
        for (int32_t r = 0; r < SPAN; r++) {
            words8(b->code + to + r * BF_PALM_FINE_STRIDE, &cb[r][0], &cb[r][1]);
            words8(b->mask + to + r * BF_PALM_FINE_STRIDE, &mb[r][0], &mb[r][1]);
        }
        for (int32_t v = 0; v < BF_PALM_WINDOW_ROWS; v++) {
            counts n = {_mm256_setzero_si256(), _mm256_setzero_si256()}, d = n;
            for (int32_t y = 0; y < 8; y++) {
                add_row(a->code + from + y * BF_PALM_FINE_STRIDE,
                        a->mask + from + y * BF_PALM_FINE_STRIDE, cb[v + y], mb[v + y], &n, &d);
            }
            __m128i all = sums8(n.low, n.high), differ = sums8(d.low, d.high);
            _mm_storeu_si128((__m128i *)valid[k][v], all);
            _mm_storeu_si128((__m128i *)agree[k][v],
                             _mm_sub_epi16(all, _mm_add_epi16(differ, differ)));
        }
    }
}

/* Agreement of a view, spread over 32 bytes, each -48..48. */
static inline __m256i view_agreement(const __m256i code[BF_PALM_PLANES], const uint8_t *view)
{
    const __m256i *p = (const __m256i *)view;
    __m256i both = _mm256_and_si256(code[6], _mm256_loadu_si256(p + 6));
    __m256i n = count8(both), d = _mm256_setzero_si256();
    for (int32_t k = 0; k < 6; k++) {
        __m256i x = _mm256_xor_si256(code[k], _mm256_loadu_si256(p + k));
        d = _mm256_add_epi8(d, count8(_mm256_and_si256(x, both)));
    }
    __m256i half = _mm256_sub_epi8(_mm256_add_epi8(n, _mm256_add_epi8(n, n)), d);
    return _mm256_add_epi8(half, half);
}

void bf_palm_scan_avx2(const bf_palm_probe *probe, const uint8_t *codes, const uint32_t *at,
                       size_t count, int32_t *out)
{
    const __m256i zero = _mm256_setzero_si256(), lift = _mm256_set1_epi8(48);
    for (size_t i = 0; i < count; i++) {
        const __m256i *p = (const __m256i *)(codes + (size_t)8 * at[i]);
        __m256i code[BF_PALM_PLANES];
        int64_t best = 0;
        for (int32_t k = 0; k < BF_PALM_PLANES; k++) code[k] = _mm256_loadu_si256(p + k);
        for (int32_t v = 0; v < BF_PALM_VIEWS; v++) {
            __m256i x = _mm256_add_epi8(view_agreement(code, probe->view[v]), lift);
            x = _mm256_sad_epu8(x, zero);
            __m128i y = _mm_add_epi64(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
            int64_t sum = _mm_cvtsi128_si64(_mm_add_epi64(y, _mm_unpackhi_epi64(y, y)));
            best = sum > best ? sum : best;
        }
        out[i] = (int32_t)best - 32 * 48;
    }
}
