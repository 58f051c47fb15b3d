/* SPDX-License-Identifier: Apache-2.0 */
/* Votes of minutiae, NEON: the probe's minutiae are the lanes, 2 to a register; then 8 of 16 bits.
 */
#include <arm_neon.h>

#include "kernel/vote_pairs.h"

static void nearest(const bf_vote_probe *p, const uint8_t *code, uint32_t n,
                    uint16_t out[BF_VOTE_LANES])
{
    const uint8_t *first = code + 8, *second = first + 8 * (size_t)((n + 7) / 8 * 8);
    for (uint32_t g = 0; g < p->n; g += 2) {
        uint64x2_t s0 = vld1q_u64(&p->signature[0][g]), s1 = vld1q_u64(&p->signature[1][g]);
        uint32x4_t best = vdupq_n_u32(0x7fff);
        for (uint32_t k = 0; k < n; k++) {
            uint64_t w0, w1;
            memcpy(&w0, first + 8 * (size_t)k, 8);
            memcpy(&w1, second + 8 * (size_t)k, 8);
            uint8x16_t b0 = vcntq_u8(vreinterpretq_u8_u64(veorq_u64(s0, vdupq_n_u64(w0))));
            uint8x16_t b1 = vcntq_u8(vreinterpretq_u8_u64(veorq_u64(s1, vdupq_n_u64(w1))));
            uint64x2_t d = vpaddlq_u32(vpaddlq_u16(vpaddlq_u8(vaddq_u8(b0, b1))));
            d = vorrq_u64(vshlq_n_u64(d, 6), vdupq_n_u64(k));
            /* the upper halves are 0 and stay so */
            best = vminq_u32(best, vreinterpretq_u32_u64(d));
        }
        out[g] = (uint16_t)vgetq_lane_u32(best, 0);
        out[g + 1] = (uint16_t)vgetq_lane_u32(best, 2);
    }
}

/* Squared length, 32 bits, of four vectors. */
static int32x4_t squared(int16x4_t x, int16x4_t y)
{
    return vmlal_s16(vmull_s16(x, x), y, y);
}

static int32x4_t votes(int16x4_t ex, int16x4_t ey, int16x4_t dx, int16x4_t dy, int16x4_t weight)
{
    int32x4_t reach =
        vaddq_s32(vshrq_n_s32(squared(dx, dy), BF_VOTE_STRETCH_SHIFT), vdupq_n_s32(BF_VOTE_NEAR2));
    uint32x4_t near = vcltq_s32(squared(ex, ey), reach);
    return vandq_s32(vreinterpretq_s32_u32(near), vmovl_s16(weight));
}

static int32_t agreeing(const bf_vote_probe *p, const bf_vote_pairs *r, uint32_t seed)
{
    int16_t turn = r->turn[seed];
    int16x8_t c = vdupq_n_s16(p->cos[turn]), s = vdupq_n_s16(p->sin[turn]);
    int32x4_t sum = vdupq_n_s32(0);
    for (uint32_t g = 0; g < p->n; g += 8) {
        int16x8_t dx = vsubq_s16(vld1q_s16(r->bx + g), vdupq_n_s16(r->bx[seed]));
        int16x8_t dy = vsubq_s16(vld1q_s16(r->by + g), vdupq_n_s16(r->by[seed]));
        int16x8_t ex = vsubq_s16(vld1q_s16(p->x + g), vdupq_n_s16(p->x[seed]));
        int16x8_t ey = vsubq_s16(vld1q_s16(p->y + g), vdupq_n_s16(p->y[seed]));
        ex = vsubq_s16(vsubq_s16(ex, vqrdmulhq_s16(dx, c)), vqrdmulhq_s16(dy, s));
        ey = vsubq_s16(vaddq_s16(ey, vqrdmulhq_s16(dx, s)), vqrdmulhq_s16(dy, c));
        /* the difference of turns, -128..127, from the upper byte */
        int16x8_t t = vsubq_s16(vld1q_s16(r->turn + g), vdupq_n_s16(turn));
        t = vabsq_s16(vshrq_n_s16(vshlq_n_s16(t, 8), 8));
        uint16x8_t on = vcleq_s16(t, vdupq_n_s16(BF_VOTE_TURN));
        int16x8_t w = vandq_s16(vreinterpretq_s16_u16(on), vld1q_s16(r->weight + g));
        sum = vaddq_s32(sum, votes(vget_low_s16(ex), vget_low_s16(ey), vget_low_s16(dx),
                                   vget_low_s16(dy), vget_low_s16(w)));
        sum = vaddq_s32(sum, votes(vget_high_s16(ex), vget_high_s16(ey), vget_high_s16(dx),
                                   vget_high_s16(dy), vget_high_s16(w)));
    }
    return vaddvq_s32(sum);
}

void bf_vote_neon(const bf_vote_probe *probe, const uint8_t *codes, const uint32_t *at,
                  size_t count, int32_t *out)
{
    for (size_t k = 0; k < count; k++) {
        out[k] = bf_vote_run(probe, codes + 8 * (size_t)at[k], nearest, agreeing);
    }
}
