/* SPDX-License-Identifier: Apache-2.0 */
/* Agreement of palm codes with 128-bit registers; same bits as kernel/palm.c. */
#include <arm_neon.h>
#include <string.h>

#include "kernel/palm.h"

/* Agreement of one block row, four blocks, as 32-bit numbers. */
static inline int32x4_t agreement4(const uint8x16_t *ca, const uint8x16_t *ma, const uint8_t *cb,
                                   const uint8_t *mb)
{
    int8x16_t sum = vdupq_n_s8(0);
    for (int32_t q = 0; q < 4; q++) {
        uint8x16_t valid = vandq_u8(ma[q], vld1q_u8(mb + q * BF_PALM_COARSE_STRIDE));
        uint8x16_t code = vld1q_u8(cb + q * BF_PALM_COARSE_STRIDE);
        int8x16_t d = vreinterpretq_s8_u8(vcntq_u8(vandq_u8(veorq_u8(ca[q], code), valid)));
        int8x16_t n = vreinterpretq_s8_u8(vcntq_u8(valid));
        sum = vaddq_s8(sum, vsubq_s8(n, vaddq_s8(d, d)));
    }
    return vpaddlq_s16(vpaddlq_s8(sum));
}

void bf_palm_coarse_neon(const bf_palm_coarse_grid *a, const bf_palm_coarse_grid *b,
                         int16_t out[BF_PALM_BLOCKS][BF_PALM_COARSE_SHIFTS][BF_PALM_LANES])
{
    const int32_t reach = BF_PALM_COARSE_REACH;
    for (int32_t row = 0; row < 4; row++) {
        uint8x16_t ca[4], ma[4];
        for (int32_t q = 0; q < 4; q++) {
            ca[q] = vld1q_u8(a->code + BF_PALM_COARSE_AT(0, 4 * row + q));
            ma[q] = vld1q_u8(a->mask + BF_PALM_COARSE_AT(0, 4 * row + q));
        }
        memset(out[4 * row], 0, 4 * sizeof out[0]);
        for (int32_t dx = -reach; dx <= reach; dx++) {
            for (int32_t dy = -reach; dy <= reach; dy++) {
                int32_t at = BF_PALM_COARSE_AT(dx, 4 * row + dy), sum[4];
                vst1q_s32(sum, agreement4(ca, ma, b->code + at, b->mask + at));
                for (int32_t k = 0; k < 4; k++) {
                    out[4 * row + k][dx + reach][dy + reach] = (int16_t)sum[k];
                }
            }
        }
    }
}

int32_t bf_palm_travel_neon(int16_t map[BF_PALM_BLOCKS][BF_PALM_COARSE_SHIFTS][BF_PALM_LANES],
                            const bf_palm_shifts *moved)
{
    const int32_t first = BF_PALM_COARSE_REACH - BF_PALM_TRAVEL;
    int32_t best = INT32_MIN, at = 0;
    for (int32_t tx = 0; tx < BF_PALM_TRAVELS; tx++) {
        int16x8_t sum = vdupq_n_s16(0);
        int16_t lane[8];
        for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
            sum =
                vaddq_s16(sum, vld1q_s16(map[k][moved->x[k] + tx + first] + (moved->y[k] + first)));
        }
        sum = vsetq_lane_s16(INT16_MIN, sum, 7);
        if (vmaxvq_s16(sum) <= best) continue;
        vst1q_s16(lane, sum);
        for (int32_t ty = 0; ty < BF_PALM_TRAVELS; ty++) {
            if (lane[ty] <= best) continue;
            best = lane[ty];
            at = 8 * tx + ty;
        }
    }
    return best * 64 + at;
}

typedef struct words {
    uint8x16_t w[4]; /* the words that start at bytes 0, 1 | 2, 3 | 4, 5 | 6, 7 */
} words;

static inline words words8(const uint8_t *p)
{
    static const uint8_t first[16] = {0, 1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7, 8};
    uint8x16_t v = vld1q_u8(p), pick = vld1q_u8(first);
    words out;
    for (int k = 0; k < 4; k++) {
        out.w[k] = vqtbl1q_u8(v, vaddq_u8(pick, vdupq_n_u8((uint8_t)(2 * k))));
    }
    return out;
}

/* Sums of the bytes of each word, as eight 16-bit numbers. */
static inline int16x8_t sums8(const uint8x16_t v[4])
{
    uint32x4_t s[4];
    for (int k = 0; k < 4; k++) s[k] = vpaddlq_u16(vpaddlq_u8(v[k]));
    uint16x4_t low = vmovn_u32(vpaddq_u32(s[0], s[1])), high = vmovn_u32(vpaddq_u32(s[2], s[3]));
    return vreinterpretq_s16_u16(vcombine_u16(low, high));
}

static void window_row(const uint8_t *ca, const uint8_t *ma, const words *cb, const words *mb,
                       int16_t *agree, int16_t *valid)
{
    uint8x16_t n[4], d[4];
    for (int k = 0; k < 4; k++) n[k] = d[k] = vdupq_n_u8(0);
    for (int32_t y = 0; y < 8; y++) {
        uint8x8_t half_code = vld1_u8(ca + y * BF_PALM_FINE_STRIDE);
        uint8x8_t half_mask = vld1_u8(ma + y * BF_PALM_FINE_STRIDE);
        uint8x16_t code = vcombine_u8(half_code, half_code);
        uint8x16_t mask = vcombine_u8(half_mask, half_mask);
        for (int k = 0; k < 4; k++) {
            uint8x16_t both = vandq_u8(mask, mb[y].w[k]);
            n[k] = vaddq_u8(n[k], vcntq_u8(both));
            d[k] = vaddq_u8(d[k], vcntq_u8(vandq_u8(veorq_u8(code, cb[y].w[k]), both)));
        }
    }
    int16x8_t all = sums8(n), differ = sums8(d);
    vst1q_s16(valid, all);
    vst1q_s16(agree, vsubq_s16(all, vaddq_s16(differ, differ)));
}

void bf_palm_fine_neon(const bf_palm_fine_grid *a, const bf_palm_fine_grid *b,
                       const bf_palm_shifts *at, bf_palm_window agree, bf_palm_window valid)
{
    for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
        int32_t from = BF_PALM_FINE_AT(k % 4 * 8, k / 4 * 8);
        int32_t to =
            from + (at->y[k] - BF_PALM_WINDOW) * BF_PALM_FINE_STRIDE + at->x[k] - BF_PALM_WINDOW;
        words cb[8 + 2 * BF_PALM_WINDOW], mb[8 + 2 * BF_PALM_WINDOW];
        for (int32_t r = 0; r < 8 + 2 * BF_PALM_WINDOW; r++) {
            cb[r] = words8(b->code + to + r * BF_PALM_FINE_STRIDE);
            mb[r] = words8(b->mask + to + r * BF_PALM_FINE_STRIDE);
        }
        for (int32_t v = 0; v < BF_PALM_WINDOW_ROWS; v++) {
            window_row(a->code + from, a->mask + from, cb + v, mb + v, agree[k][v], valid[k][v]);
        }
    }
}

/* Agreement of one half of a view, spread over 16 bytes, each -48..48. */
static inline int8x16_t half_agreement(const uint8_t *code, const uint8_t *view)
{
    uint8x16_t both = vandq_u8(vld1q_u8(code + 192), vld1q_u8(view + 192));
    uint8x16_t n = vcntq_u8(both), d = vdupq_n_u8(0);
    for (int k = 0; k < 192; k += BF_PALM_PLANE_BYTES) {
        uint8x16_t x = veorq_u8(vld1q_u8(code + k), vld1q_u8(view + k));
        d = vaddq_u8(d, vcntq_u8(vandq_u8(x, both)));
    }
    uint8x16_t half = vsubq_u8(vaddq_u8(n, vaddq_u8(n, n)), d);
    return vreinterpretq_s8_u8(vaddq_u8(half, half));
}

void bf_palm_scan_neon(const bf_palm_probe *probe, const uint8_t *codes, const uint32_t *at,
                       size_t count, int32_t *out)
{
    for (size_t i = 0; i < count; i++) {
        const uint8_t *code = codes + (size_t)8 * at[i];
        int32_t best = INT32_MIN;
        for (int32_t v = 0; v < BF_PALM_VIEWS; v++) {
            const uint8_t *view = probe->view[v];
            int16x8_t sums = vaddq_s16(vpaddlq_s8(half_agreement(code, view)),
                                       vpaddlq_s8(half_agreement(code + 16, view + 16)));
            int32_t x = vaddlvq_s16(sums);
            best = x > best ? x : best;
        }
        out[i] = best;
    }
}
