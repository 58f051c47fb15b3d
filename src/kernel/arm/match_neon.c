/* SPDX-License-Identifier: Apache-2.0 */
/* Loops of minutia comparison with 128-bit registers; same bits as kernel/match.c. */
#include <arm_neon.h>

#include "kernel/match_lists.h"

/* Bits set in each byte, summed over the words, of four descriptors. */
typedef struct byte_counts {
    uint8x16_t differ, common, turned, cells, points; /* at most 96, 96, 64, 16, 16 */
} byte_counts;

static inline uint8x16_t load4(const uint32_t *p)
{
    return vreinterpretq_u8_u32(vld1q_u32(p));
}

static inline uint8x16_t repeat(uint32_t v)
{
    return vreinterpretq_u8_u32(vdupq_n_u32(v));
}

/* One half of the words. */
static inline void count_half(const uint32_t *a, size_t sa, const uint32_t *b, size_t sb,
                              byte_counts *n)
{
    uint8x16_t cells =
        vandq_u8(repeat(a[2 * BF_DESC_CELLS * sa]), load4(b + 2 * BF_DESC_CELLS * sb));
    uint8x16_t points =
        vandq_u8(repeat(a[2 * BF_DESC_POINTS * sa]), load4(b + 2 * BF_DESC_POINTS * sb));
    for (size_t w = 0; w < BF_DESC_CYLINDER; w++) {
        uint8x16_t x = repeat(a[2 * w * sa]), y = load4(b + 2 * w * sb);
        n->differ = vaddq_u8(n->differ, vcntq_u8(vandq_u8(veorq_u8(x, y), cells)));
        n->common = vaddq_u8(n->common, vcntq_u8(vandq_u8(x, y)));
    }
    for (size_t w = BF_DESC_CYLINDER; w < BF_DESC_CELLS; w++) {
        uint8x16_t x = veorq_u8(repeat(a[2 * w * sa]), load4(b + 2 * w * sb));
        n->turned = vaddq_u8(n->turned, vcntq_u8(vandq_u8(x, points)));
    }
    n->cells = vaddq_u8(n->cells, vcntq_u8(cells));
    n->points = vaddq_u8(n->points, vcntq_u8(points));
}

/* Sum of the four bytes of each 32-bit lane, as floats. */
static inline float32x4_t lane_sums(uint8x16_t bytes)
{
    return vcvtq_f32_u32(vpaddlq_u16(vpaddlq_u8(bytes)));
}

static inline float32x4_t keep(uint32x4_t mask, float32x4_t v)
{
    return vreinterpretq_f32_u32(vandq_u32(mask, vreinterpretq_u32_f32(v)));
}

static inline float32x4_t similarity4(const byte_counts *n, const bf_desc_rule *r)
{
    float32x4_t n_cells = lane_sums(n->cells), n_points = lane_sums(n->points);
    float32x4_t half = lane_sums(n->common), both = vaddq_f32(half, half);
    float32x4_t all = vaddq_f32(lane_sums(n->differ), both);
    uint32x4_t few = vcltq_f32(all, vdupq_n_f32((float)r->min_bits));
    float32x4_t part = vbslq_f32(few, vdupq_n_f32(r->few), both);
    float32x4_t of = vbslq_f32(few, vdupq_n_f32(1.0f), all);
    float32x4_t twice = vaddq_f32(n_points, n_points);
    float32x4_t flow = vsubq_f32(twice, lane_sums(n->turned));
    flow = keep(vcgtzq_f32(flow), flow);
    uint32x4_t enough = vandq_u32(vcgeq_f32(n_cells, vdupq_n_f32((float)r->min_cells)),
                                  vcgeq_f32(n_points, vdupq_n_f32((float)r->min_points)));
    float32x4_t weight = vaddq_f32(vmulq_f32(vdupq_n_f32(r->base), twice),
                                   vmulq_f32(vdupq_n_f32(1.0f - r->base), flow));
    return keep(enough, vdivq_f32(vmulq_f32(part, weight), vmulq_f32(of, twice)));
}

void bf_desc_similarity_neon(const uint32_t *a, size_t a_stride, uint32_t a_count,
                             const uint32_t *b, size_t b_stride, const bf_desc_rule *rule,
                             float *out)
{
    const bf_desc_rule r = *rule; /* which no write to out can change */
    const uint8x16_t zero = vdupq_n_u8(0);
    for (uint32_t i = 0; i < a_count; i++) {
        for (size_t j = 0; j < b_stride; j += 4) {
            byte_counts n = {zero, zero, zero, zero, zero};
            count_half(a + i, a_stride, b + j, b_stride, &n);
            count_half(a + a_stride + i, a_stride, b + b_stride + j, b_stride, &n);
            vst1q_f32(out + i * b_stride + j, similarity4(&n, &r));
        }
    }
}

/* Bit j of the result: lane j is set. */
static inline uint32_t lane_bits(uint32x4_t v)
{
    static const uint32_t weight[4] = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(v, vld1q_u32(weight)));
}

static inline uint32_t above4(const float *v, float32x4_t t)
{
    return lane_bits(vcgtq_f32(vld1q_f32(v), t));
}

static uint32_t count_sample(const float *v, uint32_t n, float level)
{
    float32x4_t t = vdupq_n_f32(level);
    uint32_t count = 0;
    for (uint32_t k = 0; k < n; k += 64) {
        for (uint32_t h = 0; h < 16; h += 4) {
            count += (uint32_t)__builtin_popcount(above4(v + k + h, t));
        }
    }
    return count;
}

uint32_t bf_top_neon(const float *v, uint32_t n, float least, uint32_t most, float *value,
                     uint32_t *at)
{
    float first = bf_top_level(v, n, least, most, count_sample), level = first;
    uint32_t count = 0;
    for (uint32_t k = 0; k < n; k += 4) {
        for (uint32_t m = above4(v + k, vdupq_n_f32(level)); m; m &= m - 1) {
            uint32_t at_k = k + (uint32_t)__builtin_ctz(m);
            if (v[at_k] > level) {
                level = bf_top_insert(v[at_k], at_k, level, most, value, at, &count);
            }
        }
    }
    return count < most && first > least ? bf_top_c(v, n, least, most, value, at) : count;
}

uint32_t bf_near_neon(const bf_points *a, const bf_points *b, const bf_near_rule *r,
                      bf_near_pair *out)
{
    float32x4_t reach = vdupq_n_f32(r->reach2);
    int32x4_t most = vdupq_n_s32(r->turn);
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        float32x4_t x = vdupq_n_f32(a->x[i]), y = vdupq_n_f32(a->y[i]);
        int32x4_t angle = vdupq_n_s32(a->angle[i]);
        for (uint32_t j = 0; j < b->n; j += 4) {
            float32x4_t dx = vsubq_f32(x, vld1q_f32(b->x + j));
            float32x4_t dy = vsubq_f32(y, vld1q_f32(b->y + j));
            float32x4_t d2 = vaddq_f32(vmulq_f32(dx, dx), vmulq_f32(dy, dy));
            int32x4_t d = vsubq_s32(angle, vld1q_s32(b->angle + j));
            d = vabsq_s32(vshrq_n_s32(vshlq_n_s32(d, 24), 24));
            uint32x4_t near = vandq_u32(vcleq_s32(d, most), vcltq_f32(d2, reach));
            for (uint32_t m = lane_bits(near); m; m &= m - 1) {
                n = bf_near_insert(a, i, b, j + (uint32_t)__builtin_ctz(m), r, out, n);
            }
        }
    }
    return n;
}

float bf_pair_fit_neon(const bf_pair_list *l, uint32_t p, const bf_pair_rule *rule,
                       const float *sim, float *out)
{
    float32x4_t total = vsetq_lane_f32(sim[p], vdupq_n_f32(0), 0);
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
        fit = keep(vandq_u32(good, apart), fit);
        vst1q_f32(out + q, fit);
        total = vaddq_f32(total, vmulq_f32(fit, vld1q_f32(sim + q)));
    }
    return (vgetq_lane_f32(total, 0) + vgetq_lane_f32(total, 1)) +
           (vgetq_lane_f32(total, 2) + vgetq_lane_f32(total, 3));
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

/* The cells of 4 points, 0 outside. */
static inline int32x4_t grid_cells4(float32x4_t px, float32x4_t py, const bf_grid_map *m)
{
    float32x4_t c = vdupq_n_f32(m->c), s = vdupq_n_f32(m->s);
    int32x4_t cols = vdupq_n_s32(m->cols), rows = vdupq_n_s32(m->rows);
    float32x4_t xa = vaddq_f32(vaddq_f32(vmulq_f32(c, px), vmulq_f32(s, py)), vdupq_n_f32(m->dx));
    float32x4_t ya = vaddq_f32(vsubq_f32(vmulq_f32(c, py), vmulq_f32(s, px)), vdupq_n_f32(m->dy));
    int32x4_t gx = grid_steps(xa, m->scale, m->x0), gy = grid_steps(ya, m->scale, m->y0);
    uint32x4_t in = vandq_u32(vandq_u32(vcgezq_s32(gx), vcgezq_s32(gy)),
                              vandq_u32(vcltq_s32(gx, cols), vcltq_s32(gy, rows)));
    return vandq_s32(vreinterpretq_s32_u32(in), vaddq_s32(vmulq_s32(gy, cols), gx));
}

void bf_grid_cells_neon(const float *x, const float *y, uint32_t n, const bf_grid_map *m,
                        int32_t *out)
{
    for (uint32_t k = 0; k < n; k += 4) {
        vst1q_s32(out + k, grid_cells4(vld1q_f32(x + k), vld1q_f32(y + k), m));
    }
}

void bf_flow_steps_neon(const float *x, const float *y, const uint8_t *angle, uint32_t n,
                        const bf_grid_map *map, const uint8_t *grid, int32_t turn, uint32_t *steps)
{
    int32_t cell[4];
    for (uint32_t d = 0; d < BF_FLOW_STEPS; d++) steps[d] = 0;
    for (uint32_t from = 0; from < n; from += 4) {
        uint32_t end = n - from < 4 ? n - from : 4;
        vst1q_s32(cell, grid_cells4(vld1q_f32(x + from), vld1q_f32(y + from), map));
        for (uint32_t k = 0; k < end; k++) {
            uint8_t g = grid[cell[k]];
            if (g == 255) continue;
            uint32_t d = (uint32_t)(g - angle[from + k] - turn) & 31;
            steps[d > 16 ? 32 - d : d]++;
        }
    }
}
