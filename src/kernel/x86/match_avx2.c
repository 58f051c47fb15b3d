/* SPDX-License-Identifier: Apache-2.0 */
/* Loops of minutia comparison with 256-bit registers; same bits as kernel/match.c. */
#include <immintrin.h>

#include "kernel/match_lists.h"

/* Bits set in each byte: [Mula2018], two table look-ups. */
static inline __m256i byte_bits(__m256i v)
{
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1,
                                           2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(15);
    __m256i lo = _mm256_shuffle_epi8(table, _mm256_and_si256(v, low));
    __m256i hi = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(v, 4), low));
    return _mm256_add_epi8(lo, hi);
}

/* Sum of the four bytes, each at most 127, of each 32-bit lane, as floats. */
static inline __m256 lane_sums(__m256i bytes)
{
    __m256i sums = _mm256_maddubs_epi16(bytes, _mm256_set1_epi8(1));
    return _mm256_cvtepi32_ps(_mm256_madd_epi16(sums, _mm256_set1_epi16(1)));
}

static inline __m256i load8(const uint32_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* Bits set in each byte, summed over the words. */
typedef struct byte_counts {
    __m256i differ, common, turned, cells, points; /* at most 96, 96, 64, 16, 16 */
} byte_counts;

/* One half of the words: a is [BF_DESC_ROWS] of one descriptor, from the half on. */
static inline void count_half(const uint32_t *a, size_t sa, const uint32_t *b, size_t sb,
                              byte_counts *n)
{
    __m256i cells = _mm256_and_si256(_mm256_set1_epi32((int32_t)a[2 * BF_DESC_CELLS * sa]),
                                     load8(b + 2 * BF_DESC_CELLS * sb));
    __m256i points = _mm256_and_si256(_mm256_set1_epi32((int32_t)a[2 * BF_DESC_POINTS * sa]),
                                      load8(b + 2 * BF_DESC_POINTS * sb));
    for (size_t w = 0; w < BF_DESC_CYLINDER; w++) {
        __m256i x = _mm256_set1_epi32((int32_t)a[2 * w * sa]), y = load8(b + 2 * w * sb);
        __m256i apart = _mm256_and_si256(_mm256_xor_si256(x, y), cells);
        n->differ = _mm256_add_epi8(n->differ, byte_bits(apart));
        n->common = _mm256_add_epi8(n->common, byte_bits(_mm256_and_si256(x, y)));
    }
    for (size_t w = BF_DESC_CYLINDER; w < BF_DESC_CELLS; w++) {
        __m256i x = _mm256_set1_epi32((int32_t)a[2 * w * sa]), y = load8(b + 2 * w * sb);
        __m256i apart = _mm256_and_si256(_mm256_xor_si256(x, y), points);
        n->turned = _mm256_add_epi8(n->turned, byte_bits(apart));
    }
    n->cells = _mm256_add_epi8(n->cells, byte_bits(cells));
    n->points = _mm256_add_epi8(n->points, byte_bits(points));
}

static inline __m256 similarity8(const byte_counts *n, const bf_desc_rule *r)
{
    __m256 n_cells = lane_sums(n->cells), n_points = lane_sums(n->points);
    __m256 half = lane_sums(n->common), both = _mm256_add_ps(half, half);
    __m256 all = _mm256_add_ps(lane_sums(n->differ), both);
    __m256 few = _mm256_cmp_ps(all, _mm256_set1_ps((float)r->min_bits), _CMP_LT_OQ);
    __m256 part = _mm256_blendv_ps(both, _mm256_set1_ps(r->few), few);
    __m256 of = _mm256_blendv_ps(all, _mm256_set1_ps(1.0f), few);
    __m256 twice = _mm256_add_ps(n_points, n_points);
    __m256 flow = _mm256_max_ps(_mm256_sub_ps(twice, lane_sums(n->turned)), _mm256_setzero_ps());
    __m256 enough =
        _mm256_and_ps(_mm256_cmp_ps(n_cells, _mm256_set1_ps((float)r->min_cells), _CMP_GE_OQ),
                      _mm256_cmp_ps(n_points, _mm256_set1_ps((float)r->min_points), _CMP_GE_OQ));
    __m256 weight = _mm256_add_ps(_mm256_mul_ps(_mm256_set1_ps(r->base), twice),
                                  _mm256_mul_ps(_mm256_set1_ps(1.0f - r->base), flow));
    return _mm256_and_ps(enough,
                         _mm256_div_ps(_mm256_mul_ps(part, weight), _mm256_mul_ps(of, twice)));
}

void bf_desc_similarity_avx2(const uint32_t *a, size_t a_stride, uint32_t a_count,
                             const uint32_t *b, size_t b_stride, const bf_desc_rule *rule,
                             float *out)
{
    const bf_desc_rule r = *rule; /* which no write to out can change */
    for (uint32_t i = 0; i < a_count; i++) {
        for (size_t j = 0; j < b_stride; j += 8) {
            byte_counts n = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(),
                             _mm256_setzero_si256(), _mm256_setzero_si256()};
            count_half(a + i, a_stride, b + j, b_stride, &n);
            count_half(a + a_stride + i, a_stride, b + b_stride + j, b_stride, &n);
            _mm256_storeu_ps(out + i * b_stride + j, similarity8(&n, &r));
        }
    }
}

static inline uint32_t join(__m256 low, __m256 high)
{
    return (uint32_t)_mm256_movemask_ps(low) | (uint32_t)_mm256_movemask_ps(high) << 8;
}

/* Bit j: v[j] > t. */
static inline uint32_t above16(const float *v, __m256 t)
{
    return join(_mm256_cmp_ps(_mm256_loadu_ps(v), t, _CMP_GT_OQ),
                _mm256_cmp_ps(_mm256_loadu_ps(v + 8), t, _CMP_GT_OQ));
}

static uint32_t count_sample(const float *v, uint32_t n, float level)
{
    __m256 t = _mm256_set1_ps(level);
    uint32_t count = 0;
    for (uint32_t k = 0; k < n; k += 64) count += (uint32_t)__builtin_popcount(above16(v + k, t));
    return count;
}

uint32_t bf_top_avx2(const float *v, uint32_t n, float least, uint32_t most, float *value,
                     uint32_t *at)
{
    float first = bf_top_level(v, n, least, most, count_sample), level = first;
    uint32_t count = 0;
    for (uint32_t k = 0; k < n; k += 16) {
        for (uint32_t m = above16(v + k, _mm256_set1_ps(level)); m; m &= m - 1) {
            uint32_t at_k = k + (uint32_t)__builtin_ctz(m);
            if (v[at_k] > level) {
                level = bf_top_insert(v[at_k], at_k, level, most, value, at, &count);
            }
        }
    }
    return count < most && first > least ? bf_top_c(v, n, least, most, value, at) : count;
}

uint32_t bf_near_avx2(const bf_points *a, const bf_points *b, const bf_near_rule *r,
                      bf_near_pair *out)
{
    __m256 reach = _mm256_set1_ps(r->reach2);
    __m256i most = _mm256_set1_epi32(r->turn);
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        __m256 x = _mm256_set1_ps(a->x[i]), y = _mm256_set1_ps(a->y[i]);
        __m256i angle = _mm256_set1_epi32(a->angle[i]);
        for (uint32_t j = 0; j < b->n; j += 8) {
            __m256 dx = _mm256_sub_ps(x, _mm256_loadu_ps(b->x + j));
            __m256 dy = _mm256_sub_ps(y, _mm256_loadu_ps(b->y + j));
            __m256 d2 = _mm256_add_ps(_mm256_mul_ps(dx, dx), _mm256_mul_ps(dy, dy));
            __m256i d = _mm256_sub_epi32(
                angle, _mm256_loadu_si256((const __m256i *)(const void *)(b->angle + j)));
            d = _mm256_abs_epi32(_mm256_srai_epi32(_mm256_slli_epi32(d, 24), 24));
            __m256 far = _mm256_castsi256_ps(_mm256_cmpgt_epi32(d, most));
            __m256 near = _mm256_andnot_ps(far, _mm256_cmp_ps(d2, reach, _CMP_LT_OQ));
            for (uint32_t m = (uint32_t)_mm256_movemask_ps(near); m; m &= m - 1) {
                n = bf_near_insert(a, i, b, j + (uint32_t)__builtin_ctz(m), r, out, n);
            }
        }
    }
    return n;
}

/* (0 + 1) + (2 + 3) */
static inline float four_sum(__m128 v)
{
    __m128 two = _mm_add_ps(v, _mm_movehdup_ps(v));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehl_ps(two, two)));
}

float bf_pair_fit_avx2(const bf_pair_list *l, uint32_t p, const bf_pair_rule *rule,
                       const float *sim, float *out)
{
    __m128 total = _mm_set_ss(sim[p]);
    __m256 apx = _mm256_set1_ps(l->ax[p]), apy = _mm256_set1_ps(l->ay[p]);
    __m256 bpx = _mm256_set1_ps(l->bx[p]), bpy = _mm256_set1_ps(l->by[p]);
    __m256 cp = _mm256_set1_ps(l->cos[p]), sp = _mm256_set1_ps(l->sin[p]);
    __m256 half = _mm256_set1_ps(0.5f), one = _mm256_set1_ps(1.0f);
    for (uint32_t q = 0; q < l->n; q += 8) {
        __m256 ux = _mm256_sub_ps(_mm256_loadu_ps(l->ax + q), apx);
        __m256 uy = _mm256_sub_ps(_mm256_loadu_ps(l->ay + q), apy);
        __m256 vx = _mm256_sub_ps(_mm256_loadu_ps(l->bx + q), bpx);
        __m256 vy = _mm256_sub_ps(_mm256_loadu_ps(l->by + q), bpy);
        __m256 cq = _mm256_loadu_ps(l->cos + q), sq = _mm256_loadu_ps(l->sin + q);
        __m256 u2 = _mm256_add_ps(_mm256_mul_ps(ux, ux), _mm256_mul_ps(uy, uy));
        __m256 v2 = _mm256_add_ps(_mm256_mul_ps(vx, vx), _mm256_mul_ps(vy, vy));
        __m256 turn = _mm256_add_ps(_mm256_mul_ps(cp, cq), _mm256_mul_ps(sp, sq));
        __m256 c = _mm256_mul_ps(half, _mm256_add_ps(cp, cq)),
               s = _mm256_mul_ps(half, _mm256_add_ps(sp, sq));
        __m256 ex = _mm256_sub_ps(ux, _mm256_add_ps(_mm256_mul_ps(c, vx), _mm256_mul_ps(s, vy)));
        __m256 ey = _mm256_sub_ps(uy, _mm256_sub_ps(_mm256_mul_ps(c, vy), _mm256_mul_ps(s, vx)));
        __m256 sum = _mm256_add_ps(u2, v2), d = _mm256_sub_ps(u2, v2),
               twice = _mm256_add_ps(sum, sum);
        __m256 tol2 = _mm256_add_ps(_mm256_set1_ps(rule->tol2),
                                    _mm256_mul_ps(_mm256_set1_ps(rule->tol2_share), sum));
        __m256 e2 = _mm256_add_ps(_mm256_mul_ps(ex, ex), _mm256_mul_ps(ey, ey));
        __m256 miss =
            _mm256_add_ps(_mm256_mul_ps(_mm256_set1_ps(rule->stretch), _mm256_mul_ps(d, d)),
                          _mm256_mul_ps(twice, e2));
        __m256 whole = _mm256_add_ps(_mm256_mul_ps(twice, tol2), _mm256_set1_ps(1e-3f));
        __m256 fit = _mm256_sub_ps(one, _mm256_div_ps(miss, whole));
        __m256 good = _mm256_and_ps(_mm256_cmp_ps(turn, _mm256_set1_ps(rule->min_cos), _CMP_GE_OQ),
                                    _mm256_cmp_ps(fit, _mm256_setzero_ps(), _CMP_GT_OQ));
        __m256 apart =
            _mm256_and_ps(_mm256_cmp_ps(u2, one, _CMP_GE_OQ), _mm256_cmp_ps(v2, one, _CMP_GE_OQ));
        fit = _mm256_and_ps(_mm256_and_ps(good, apart), fit);
        _mm256_storeu_ps(out + q, fit);
        __m256 part = _mm256_mul_ps(fit, _mm256_loadu_ps(sim + q));
        total = _mm_add_ps(total, _mm256_castps256_ps128(part));
        total = _mm_add_ps(total, _mm256_extractf128_ps(part, 1));
    }
    return four_sum(total);
}

void bf_pull_avx2(const float *x, const float *y, uint32_t n, float qx, float qy, float rx,
                  float ry, float weight, float inv_reach2, float *sx, float *sy, float *sw)
{
    __m256 vqx = _mm256_set1_ps(qx), vqy = _mm256_set1_ps(qy), inv = _mm256_set1_ps(inv_reach2);
    __m256 vrx = _mm256_set1_ps(rx), vry = _mm256_set1_ps(ry), vw = _mm256_set1_ps(weight);
    for (uint32_t j = 0; j < n; j += 8) {
        __m256 dx = _mm256_sub_ps(_mm256_loadu_ps(x + j), vqx),
               dy = _mm256_sub_ps(_mm256_loadu_ps(y + j), vqy);
        __m256 d2 = _mm256_mul_ps(_mm256_add_ps(_mm256_mul_ps(dx, dx), _mm256_mul_ps(dy, dy)), inv);
        __m256 w = _mm256_div_ps(vw, _mm256_add_ps(_mm256_set1_ps(1.0f), _mm256_mul_ps(d2, d2)));
        _mm256_storeu_ps(sx + j, _mm256_add_ps(_mm256_loadu_ps(sx + j), _mm256_mul_ps(w, vrx)));
        _mm256_storeu_ps(sy + j, _mm256_add_ps(_mm256_loadu_ps(sy + j), _mm256_mul_ps(w, vry)));
        _mm256_storeu_ps(sw + j, _mm256_add_ps(_mm256_loadu_ps(sw + j), w));
    }
}

static inline __m256i grid_steps(__m256 v, float scale, int32_t origin)
{
    __m256 g = _mm256_add_ps(_mm256_mul_ps(v, _mm256_set1_ps(scale)), _mm256_set1_ps(32768.0f));
    return _mm256_sub_epi32(_mm256_cvttps_epi32(g), _mm256_set1_epi32(32768 + origin));
}

/* The cells of 8 points, 0 outside. */
static inline __m256i grid_cells8(__m256 px, __m256 py, const bf_grid_map *m)
{
    __m256 c = _mm256_set1_ps(m->c), s = _mm256_set1_ps(m->s);
    __m256i cols = _mm256_set1_epi32(m->cols), rows = _mm256_set1_epi32(m->rows);
    __m256i none = _mm256_set1_epi32(-1);
    __m256 xa = _mm256_add_ps(_mm256_add_ps(_mm256_mul_ps(c, px), _mm256_mul_ps(s, py)),
                              _mm256_set1_ps(m->dx));
    __m256 ya = _mm256_add_ps(_mm256_sub_ps(_mm256_mul_ps(c, py), _mm256_mul_ps(s, px)),
                              _mm256_set1_ps(m->dy));
    __m256i gx = grid_steps(xa, m->scale, m->x0), gy = grid_steps(ya, m->scale, m->y0);
    __m256i in = _mm256_and_si256(
        _mm256_and_si256(_mm256_cmpgt_epi32(gx, none), _mm256_cmpgt_epi32(gy, none)),
        _mm256_and_si256(_mm256_cmpgt_epi32(cols, gx), _mm256_cmpgt_epi32(rows, gy)));
    return _mm256_and_si256(in, _mm256_add_epi32(_mm256_mullo_epi32(gy, cols), gx));
}

void bf_grid_cells_avx2(const float *x, const float *y, uint32_t n, const bf_grid_map *m,
                        int32_t *out)
{
    for (uint32_t k = 0; k < n; k += 8) {
        __m256i cell = grid_cells8(_mm256_loadu_ps(x + k), _mm256_loadu_ps(y + k), m);
        _mm256_storeu_si256((__m256i *)(void *)(out + k), cell);
    }
}

void bf_flow_steps_avx2(const float *x, const float *y, const uint8_t *angle, uint32_t n,
                        const bf_grid_map *map, const uint8_t *grid, int32_t turn, uint32_t *steps)
{
    int32_t cell[8];
    for (uint32_t d = 0; d < BF_FLOW_STEPS; d++) steps[d] = 0;
    for (uint32_t from = 0; from < n; from += 8) {
        uint32_t end = n - from < 8 ? n - from : 8;
        __m256i v = grid_cells8(_mm256_loadu_ps(x + from), _mm256_loadu_ps(y + from), map);
        _mm256_storeu_si256((__m256i *)(void *)cell, v);
        for (uint32_t k = 0; k < end; k++) {
            uint8_t g = grid[cell[k]];
            if (g == 255) continue;
            uint32_t d = (uint32_t)(g - angle[from + k] - turn) & 31;
            steps[d > 16 ? 32 - d : d]++;
        }
    }
}
