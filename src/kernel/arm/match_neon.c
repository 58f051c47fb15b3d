/* SPDX-License-Identifier: Apache-2.0 */
/* Loops of minutia comparison with 128-bit registers; same bits as kernel/match.c. */
#include <arm_neon.h>

#include "kernel/match.h"

/* Bits set in each byte, summed over the words: of two descriptors, eight bytes each. */
typedef struct byte_counts {
    uint8x16_t differ, common, turned; /* 0..48, 0..48, 0..32 */
    uint8x16_t cells, points;          /* 0..8 */
} byte_counts;

static inline uint8x16_t load2(const uint64_t *p)
{
    return vreinterpretq_u8_u64(vld1q_u64(p));
}

static inline byte_counts count2(const uint8x16_t a[BF_DESC_WORDS], const uint64_t *b, size_t sb)
{
    uint8x16_t cells = vandq_u8(a[BF_DESC_CELLS], load2(b + BF_DESC_CELLS * sb));
    uint8x16_t points = vandq_u8(a[BF_DESC_POINTS], load2(b + BF_DESC_POINTS * sb));
    byte_counts n = {vdupq_n_u8(0), vdupq_n_u8(0), vdupq_n_u8(0), vcntq_u8(cells),
                     vcntq_u8(points)};
    for (size_t w = 0; w < BF_DESC_CYLINDER; w++) {
        uint8x16_t y = load2(b + w * sb);
        n.differ = vaddq_u8(n.differ, vcntq_u8(vandq_u8(veorq_u8(a[w], y), cells)));
        n.common = vaddq_u8(n.common, vcntq_u8(vandq_u8(a[w], y)));
    }
    for (size_t w = BF_DESC_CYLINDER; w < BF_DESC_CELLS; w++) {
        uint8x16_t x = vandq_u8(veorq_u8(a[w], load2(b + w * sb)), points);
        n.turned = vaddq_u8(n.turned, vcntq_u8(x));
    }
    return n;
}

/* Sum of the eight bytes, each at most 127, of each 64-bit lane, as four floats. */
static inline float32x4_t lane_sums(uint8x16_t low, uint8x16_t high)
{
    return vcvtq_f32_u32(vpaddlq_u16(vpaddlq_u8(vpaddq_u8(low, high))));
}

static inline float32x4_t keep(uint32x4_t mask, float32x4_t v)
{
    return vreinterpretq_f32_u32(vandq_u32(mask, vreinterpretq_u32_f32(v)));
}

static inline float32x4_t similarity4(const uint8x16_t a[BF_DESC_WORDS], const uint64_t *b,
                                      size_t sb, const bf_desc_rule *r)
{
    byte_counts low = count2(a, b, sb), high = count2(a, b + 2, sb);
    float32x4_t n_cells = lane_sums(low.cells, high.cells);
    float32x4_t n_points = lane_sums(low.points, high.points);
    float32x4_t half = lane_sums(low.common, high.common), both = vaddq_f32(half, half);
    float32x4_t all = vaddq_f32(lane_sums(low.differ, high.differ), both);
    uint32x4_t few = vcltq_f32(all, vdupq_n_f32((float)r->min_bits));
    float32x4_t part = vbslq_f32(few, vdupq_n_f32(r->few), both);
    float32x4_t of = vbslq_f32(few, vdupq_n_f32(1.0f), all);
    float32x4_t twice = vaddq_f32(n_points, n_points);
    float32x4_t flow = vsubq_f32(twice, lane_sums(low.turned, high.turned));
    flow = keep(vcgtzq_f32(flow), flow);
    uint32x4_t enough = vandq_u32(vcgeq_f32(n_cells, vdupq_n_f32((float)r->min_cells)),
                                  vcgeq_f32(n_points, vdupq_n_f32((float)r->min_points)));
    float32x4_t weight = vaddq_f32(vmulq_f32(vdupq_n_f32(r->base), twice),
                                   vmulq_f32(vdupq_n_f32(1.0f - r->base), flow));
    return keep(enough, vdivq_f32(vmulq_f32(part, weight), vmulq_f32(of, twice)));
}

void bf_desc_similarity_neon(const uint64_t *a, size_t a_stride, uint32_t a_count,
                             const uint64_t *b, size_t b_stride, const bf_desc_rule *rule,
                             float *out)
{
    const bf_desc_rule r = *rule; /* which no write to out can change */
    for (uint32_t i = 0; i < a_count; i++) {
        uint8x16_t x[BF_DESC_WORDS];
        for (size_t w = 0; w < BF_DESC_WORDS; w++)
            x[w] = vreinterpretq_u8_u64(vld1q_dup_u64(a + w * a_stride + i));
        for (size_t j = 0; j < b_stride; j += 4) {
            vst1q_f32(out + i * b_stride + j, similarity4(x, b + j, b_stride, &r));
        }
    }
}

/* One bit of each of 16 masks of all ones or all zeros. */
static inline uint16_t join(const uint32x4_t m[4])
{
    const uint8x8_t bit = vcreate_u8(0x8040201008040201u);
    uint8x8_t low = vmovn_u16(vcombine_u16(vmovn_u32(m[0]), vmovn_u32(m[1])));
    uint8x8_t high = vmovn_u16(vcombine_u16(vmovn_u32(m[2]), vmovn_u32(m[3])));
    return (uint16_t)(vaddv_u8(vand_u8(low, bit)) | vaddv_u8(vand_u8(high, bit)) << 8);
}

uint32_t bf_above_neon(const float *v, uint32_t n, float threshold, uint16_t *mask)
{
    float32x4_t t = vdupq_n_f32(threshold);
    uint32_t count = 0;
    for (uint32_t k = 0; k < n / 16; k++) {
        uint32x4_t above[4];
        for (uint32_t h = 0; h < 4; h++) above[h] = vcgtq_f32(vld1q_f32(v + 16 * k + 4 * h), t);
        mask[k] = join(above);
        count += (uint32_t)__builtin_popcount(mask[k]);
    }
    return count;
}

void bf_near_neon(const float *ax, const float *ay, const int32_t *aa, uint32_t a_count,
                  const float *bx, const float *by, const int32_t *ba, uint32_t b_stride,
                  float reach2, int32_t turn, uint16_t *mask)
{
    float32x4_t reach = vdupq_n_f32(reach2);
    int32x4_t most = vdupq_n_s32(turn);
    for (uint32_t i = 0; i < a_count; i++) {
        float32x4_t x = vdupq_n_f32(ax[i]), y = vdupq_n_f32(ay[i]);
        int32x4_t angle = vdupq_n_s32(aa[i]);
        for (uint32_t k = 0; k < b_stride / 16; k++) {
            uint32x4_t near[4];
            for (uint32_t h = 0; h < 4; h++) {
                uint32_t j = 16 * k + 4 * h;
                float32x4_t dx = vsubq_f32(x, vld1q_f32(bx + j));
                float32x4_t dy = vsubq_f32(y, vld1q_f32(by + j));
                float32x4_t d2 = vaddq_f32(vmulq_f32(dx, dx), vmulq_f32(dy, dy));
                int32x4_t d = vsubq_s32(angle, vld1q_s32(ba + j));
                d = vabsq_s32(vshrq_n_s32(vshlq_n_s32(d, 24), 24));
                near[h] = vandq_u32(vcleq_s32(d, most), vcltq_f32(d2, reach));
            }
            mask[i * (b_stride / 16) + k] = join(near);
        }
    }
}

void bf_pair_fit_neon(const bf_pair_list *l, uint32_t p, const bf_pair_rule *rule, float *out)
{
    float32x4_t apx = vdupq_n_f32(l->ax[p]), apy = vdupq_n_f32(l->ay[p]);
    float32x4_t bpx = vdupq_n_f32(l->bx[p]), bpy = vdupq_n_f32(l->by[p]);
    float32x4_t cp = vdupq_n_f32(l->cos[p]), sp = vdupq_n_f32(l->sin[p]);
    float32x4_t half = vdupq_n_f32(0.5f), one = vdupq_n_f32(1.0f);
    for (uint32_t q = 0; q < l->n; q += 4) {
        float32x4_t ux = vsubq_f32(vld1q_f32(l->ax + q), apx);
        float32x4_t uy = vsubq_f32(vld1q_f32(l->ay + q), apy);
        float32x4_t vx = vsubq_f32(vld1q_f32(l->bx + q), bpx);
        float32x4_t vy = vsubq_f32(vld1q_f32(l->by + q), bpy);
        float32x4_t cq = vld1q_f32(l->cos + q), sq = vld1q_f32(l->sin + q);
        float32x4_t u2 = vaddq_f32(vmulq_f32(ux, ux), vmulq_f32(uy, uy));
        float32x4_t v2 = vaddq_f32(vmulq_f32(vx, vx), vmulq_f32(vy, vy));
        float32x4_t turn = vaddq_f32(vmulq_f32(cp, cq), vmulq_f32(sp, sq));
        float32x4_t c = vmulq_f32(half, vaddq_f32(cp, cq)), s = vmulq_f32(half, vaddq_f32(sp, sq));
        float32x4_t ex = vsubq_f32(ux, vaddq_f32(vmulq_f32(c, vx), vmulq_f32(s, vy)));
        float32x4_t ey = vsubq_f32(uy, vsubq_f32(vmulq_f32(c, vy), vmulq_f32(s, vx)));
        float32x4_t sum = vaddq_f32(u2, v2), d = vsubq_f32(u2, v2), twice = vaddq_f32(sum, sum);
        float32x4_t tol2 =
            vaddq_f32(vdupq_n_f32(rule->tol2), vmulq_f32(vdupq_n_f32(rule->tol2_share), sum));
        float32x4_t e2 = vaddq_f32(vmulq_f32(ex, ex), vmulq_f32(ey, ey));
        float32x4_t miss =
            vaddq_f32(vmulq_f32(vdupq_n_f32(rule->stretch), vmulq_f32(d, d)), vmulq_f32(twice, e2));
        float32x4_t whole = vaddq_f32(vmulq_f32(twice, tol2), vdupq_n_f32(1e-3f));
        float32x4_t fit = vsubq_f32(one, vdivq_f32(miss, whole));
        uint32x4_t good = vandq_u32(vcgeq_f32(turn, vdupq_n_f32(rule->min_cos)), vcgtzq_f32(fit));
        uint32x4_t apart = vandq_u32(vcgeq_f32(u2, one), vcgeq_f32(v2, one));
        vst1q_f32(out + q, keep(vandq_u32(good, apart), fit));
    }
}

void bf_pull_neon(const float *x, const float *y, uint32_t n, float qx, float qy, float rx,
                  float ry, float weight, float inv_reach2, float *sx, float *sy, float *sw)
{
    float32x4_t vqx = vdupq_n_f32(qx), vqy = vdupq_n_f32(qy), inv = vdupq_n_f32(inv_reach2);
    float32x4_t vrx = vdupq_n_f32(rx), vry = vdupq_n_f32(ry), vw = vdupq_n_f32(weight);
    for (uint32_t j = 0; j < n; j += 4) {
        float32x4_t dx = vsubq_f32(vld1q_f32(x + j), vqx), dy = vsubq_f32(vld1q_f32(y + j), vqy);
        float32x4_t d2 = vmulq_f32(vaddq_f32(vmulq_f32(dx, dx), vmulq_f32(dy, dy)), inv);
        float32x4_t w = vdivq_f32(vw, vaddq_f32(vdupq_n_f32(1.0f), vmulq_f32(d2, d2)));
        vst1q_f32(sx + j, vaddq_f32(vld1q_f32(sx + j), vmulq_f32(w, vrx)));
        vst1q_f32(sy + j, vaddq_f32(vld1q_f32(sy + j), vmulq_f32(w, vry)));
        vst1q_f32(sw + j, vaddq_f32(vld1q_f32(sw + j), w));
    }
}

static inline int32x4_t grid_steps(float32x4_t v, float scale, int32_t origin)
{
    float32x4_t g = vaddq_f32(vmulq_f32(v, vdupq_n_f32(scale)), vdupq_n_f32(32768.0f));
    return vsubq_s32(vcvtq_s32_f32(g), vdupq_n_s32(32768 + origin));
}

void bf_grid_cells_neon(const float *x, const float *y, uint32_t n, const bf_grid_map *m,
                        int32_t *out)
{
    float32x4_t c = vdupq_n_f32(m->c), s = vdupq_n_f32(m->s);
    int32x4_t cols = vdupq_n_s32(m->cols), rows = vdupq_n_s32(m->rows);
    for (uint32_t k = 0; k < n; k += 4) {
        float32x4_t px = vld1q_f32(x + k), py = vld1q_f32(y + k);
        float32x4_t xa =
            vaddq_f32(vaddq_f32(vmulq_f32(c, px), vmulq_f32(s, py)), vdupq_n_f32(m->dx));
        float32x4_t ya =
            vaddq_f32(vsubq_f32(vmulq_f32(c, py), vmulq_f32(s, px)), vdupq_n_f32(m->dy));
        int32x4_t gx = grid_steps(xa, m->scale, m->x0), gy = grid_steps(ya, m->scale, m->y0);
        uint32x4_t in = vandq_u32(vandq_u32(vcgezq_s32(gx), vcgezq_s32(gy)),
                                  vandq_u32(vcltq_s32(gx, cols), vcltq_s32(gy, rows)));
        int32x4_t cell = vaddq_s32(vmulq_s32(gy, cols), gx);
        vst1q_s32(out + k, vandq_s32(vreinterpretq_s32_u32(in), cell));
    }
}
