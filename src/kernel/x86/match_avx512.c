/* SPDX-License-Identifier: Apache-2.0 */
/* Loops of minutia comparison with 512-bit registers; same bits as kernel/match.c. */
#include <immintrin.h>
#include <math.h>

#include "kernel/match_lists.h"

/* Counts of 16 pairs. */
typedef struct pair_counts {
    __m512i differ, common, turned, cells, points;
} pair_counts;

static inline __m512i bits(__m512i v)
{
    return _mm512_popcnt_epi32(v);
}

/* One half of the words: adds to n. */
static inline __attribute__((always_inline)) void count_half(const uint32_t *a, size_t sa,
                                                             const __m512i *b, pair_counts *n)
{
    __m512i cells = _mm512_and_si512(_mm512_set1_epi32((int32_t)a[2 * BF_DESC_CELLS * sa]),
                                     b[2 * BF_DESC_CELLS]);
    __m512i points = _mm512_and_si512(_mm512_set1_epi32((int32_t)a[2 * BF_DESC_POINTS * sa]),
                                      b[2 * BF_DESC_POINTS]);
    for (size_t w = 0; w < BF_DESC_CYLINDER; w++) {
        __m512i x = _mm512_set1_epi32((int32_t)a[2 * w * sa]);
        __m512i apart = _mm512_and_si512(_mm512_xor_si512(x, b[2 * w]), cells);
        n->differ = _mm512_add_epi32(n->differ, bits(apart));
        n->common = _mm512_add_epi32(n->common, bits(_mm512_and_si512(x, b[2 * w])));
    }
    for (size_t w = BF_DESC_CYLINDER; w < BF_DESC_CELLS; w++) {
        __m512i x = _mm512_set1_epi32((int32_t)a[2 * w * sa]);
        __m512i apart = _mm512_and_si512(_mm512_xor_si512(x, b[2 * w]), points);
        n->turned = _mm512_add_epi32(n->turned, bits(apart));
    }
    n->cells = _mm512_add_epi32(n->cells, bits(cells));
    n->points = _mm512_add_epi32(n->points, bits(points));
}

typedef struct desc_rule16 {
    __m512i min_cells, min_points;
    __m512 min_bits, few, base, rest, one;
} desc_rule16;

static inline __m512 similarity16(const pair_counts *n, const desc_rule16 *r)
{
    __m512 common = _mm512_cvtepi32_ps(n->common), both = _mm512_add_ps(common, common);
    __m512 all = _mm512_add_ps(_mm512_cvtepi32_ps(n->differ), both);
    __mmask16 poor = _mm512_cmp_ps_mask(all, r->min_bits, _CMP_LT_OQ);
    __m512 part = _mm512_mask_mov_ps(both, poor, r->few),
           of = _mm512_mask_mov_ps(all, poor, r->one);
    __m512 points = _mm512_cvtepi32_ps(n->points), twice = _mm512_add_ps(points, points);
    __m512 flow = _mm512_sub_ps(twice, _mm512_cvtepi32_ps(n->turned));
    flow = _mm512_max_ps(flow, _mm512_setzero_ps());
    __mmask16 enough = _mm512_mask_cmpge_epi32_mask(_mm512_cmpge_epi32_mask(n->cells, r->min_cells),
                                                    n->points, r->min_points);
    __m512 weight = _mm512_add_ps(_mm512_mul_ps(r->base, twice), _mm512_mul_ps(r->rest, flow));
    return _mm512_maskz_div_ps(enough, _mm512_mul_ps(part, weight), _mm512_mul_ps(of, twice));
}

/* Every descriptor of a against 16 of b; sa is a constant where it is a common one. */
static inline __attribute__((always_inline)) void
similarity_column(const uint32_t *a, size_t sa, uint32_t a_count, const uint32_t *b, size_t sb,
                  const desc_rule16 *r, float *out)
{
    __m512i y[BF_DESC_ROWS];
    for (size_t k = 0; k < BF_DESC_ROWS; k++) y[k] = _mm512_loadu_si512(b + k * sb);
    for (uint32_t i = 0; i < a_count; i++, out += sb) {
        const __m512i zero = _mm512_setzero_si512();
        pair_counts n = {zero, zero, zero, zero, zero};
        count_half(a + i, sa, y, &n);
        count_half(a + sa + i, sa, y + 1, &n);
        _mm512_storeu_ps(out, similarity16(&n, r));
    }
}

void bf_desc_similarity_avx512(const uint32_t *a, size_t a_stride, uint32_t a_count,
                               const uint32_t *b, size_t b_stride, const bf_desc_rule *rule,
                               float *out)
{
    const desc_rule16 r = {_mm512_set1_epi32((int32_t)rule->min_cells),
                           _mm512_set1_epi32((int32_t)rule->min_points),
                           _mm512_set1_ps((float)rule->min_bits),
                           _mm512_set1_ps(rule->few),
                           _mm512_set1_ps(rule->base),
                           _mm512_set1_ps(1.0f - rule->base),
                           _mm512_set1_ps(1.0f)};
    for (size_t j = 0; j < b_stride; j += 16) {
        switch (a_stride) {
        case 32: similarity_column(a, 32, a_count, b + j, b_stride, &r, out + j); break;
        case 48: similarity_column(a, 48, a_count, b + j, b_stride, &r, out + j); break;
        case 64: similarity_column(a, 64, a_count, b + j, b_stride, &r, out + j); break;
        default: similarity_column(a, a_stride, a_count, b + j, b_stride, &r, out + j);
        }
    }
}

/* Place of each of key[from .. from + 15] when the first n (filled up with -INFINITY to a multiple
 * of 16) are sorted, largest first, of equals the first. */
static inline __m512i ranks(const float *key, uint32_t n, uint32_t from)
{
    const __m512i one = _mm512_set1_epi32(1);
    __m512 own = _mm512_loadu_ps(key + from);
    __m512i rank = _mm512_setzero_si512();
    uint32_t k = 0, end = n < from + 16 ? n : from + 16;
    for (; k < from; k++) {
        rank = _mm512_mask_add_epi32(
            rank, _mm512_cmp_ps_mask(_mm512_set1_ps(key[k]), own, _CMP_GE_OQ), rank, one);
    }
    for (; k < end; k++) {
        __m512 v = _mm512_set1_ps(key[k]);
        __mmask16 later = (__mmask16)(0xfffe << (k - from));
        __mmask16 before = _mm512_mask_cmp_ps_mask(later, v, own, _CMP_EQ_OQ);
        before |= _mm512_cmp_ps_mask(v, own, _CMP_GT_OQ);
        rank = _mm512_mask_add_epi32(rank, before, rank, one);
    }
    for (; k < n; k++) {
        rank = _mm512_mask_add_epi32(
            rank, _mm512_cmp_ps_mask(_mm512_set1_ps(key[k]), own, _CMP_GT_OQ), rank, one);
    }
    return rank;
}

static uint32_t count_sample(const float *v, uint32_t n, float level)
{
    __m512 t = _mm512_set1_ps(level);
    uint32_t count = 0;
    for (uint32_t k = 0; k < n; k += 64) {
        __mmask16 m = _mm512_cmp_ps_mask(_mm512_loadu_ps(v + k), t, _CMP_GT_OQ);
        count += (uint32_t)__builtin_popcount(m);
    }
    return count;
}

#define TOP_HELD 256
/* Places of what exceeds the level, in order; returns how many, and stops soon beyond TOP_HELD. */
static uint32_t hold_above(const float *v, uint32_t n, float level, int32_t *at)
{
    const __m512i sixteen = _mm512_set1_epi32(16);
    __m512i place = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m512 t = _mm512_set1_ps(level);
    uint32_t count = 0;
    for (uint32_t k = 0; k < n && count <= TOP_HELD; k += 16) {
        /* no branch on the mask: it could not be foreseen */
        __mmask16 m = _mm512_cmp_ps_mask(_mm512_loadu_ps(v + k), t, _CMP_GT_OQ);
        _mm512_storeu_si512(at + count, _mm512_maskz_compress_epi32(m, place));
        place = _mm512_add_epi32(place, sixteen);
        count += (uint32_t)__builtin_popcount(m);
    }
    return count;
}

uint32_t bf_top_avx512(const float *v, uint32_t n, float least, uint32_t most, float *value,
                       uint32_t *at)
{
    float key[TOP_HELD + 16], level = bf_top_level(v, n, least, most, count_sample);
    int32_t place[TOP_HELD + 32];
    uint32_t rank[TOP_HELD + 16], order[TOP_HELD];
    uint32_t count = hold_above(v, n, level, place);
    if (count < most && level > least) count = hold_above(v, n, least, place);
    if (count > TOP_HELD) return bf_top_c(v, n, least, most, value, at);
    for (uint32_t k = 0; k < count; k++) key[k] = v[place[k]];
    _mm512_storeu_ps(key + count, _mm512_set1_ps(-INFINITY));
    for (uint32_t k = 0; k < count; k += 16) _mm512_storeu_si512(rank + k, ranks(key, count, k));
    for (uint32_t k = 0; k < count; k++) order[rank[k]] = k;
    if (count > most) count = most;
    for (uint32_t k = 0; k < count; k++) {
        value[k] = key[order[k]];
        at[k] = (uint32_t)place[order[k]];
    }
    return count;
}

#define NEAR_MOST 256 /* points a side */
#define NEAR_HELD 256 /* pairs that are held before they are measured */

/* Points as whole px and directions times 256, in 16 bits. */
typedef struct near_words {
    int16_t x[NEAR_MOST], y[NEAR_MOST], angle[NEAR_MOST];
    uint64_t valid[NEAR_MOST / 64];
} near_words;

static inline __m256i px_words(const float *p, __mmask16 m)
{
    return _mm512_cvtsepi32_epi16(_mm512_cvtps_epi32(_mm512_maskz_loadu_ps(m, p)));
}

static void near_words_init(const bf_points *p, near_words *w)
{
    for (uint32_t k = 0; k < p->n; k += 16) {
        __mmask16 m = (__mmask16)(p->n - k < 16 ? (1u << (p->n - k)) - 1 : 0xffff);
        __m512i angle = _mm512_slli_epi32(_mm512_maskz_loadu_epi32(m, p->angle + k), 8);
        _mm256_storeu_si256((__m256i *)(void *)(w->x + k), px_words(p->x + k, m));
        _mm256_storeu_si256((__m256i *)(void *)(w->y + k), px_words(p->y + k, m));
        _mm256_storeu_si256((__m256i *)(void *)(w->angle + k), _mm512_cvtepi32_epi16(angle));
    }
    for (uint32_t k = 0; k < p->n; k += 64) {
        w->valid[k / 64] = p->n - k < 64 ? (1ull << (p->n - k)) - 1 : ~0ull;
    }
}

/* Which of 32 points lie in a square around (x, y) and point about the same way. */
static inline uint64_t near_square(__m512i x, __m512i y, __m512i angle, __m512i reach, __m512i turn,
                                   const near_words *w, uint32_t from)
{
    __m512i dx = _mm512_subs_epi16(x, _mm512_loadu_si512(w->x + from));
    __m512i dy = _mm512_subs_epi16(y, _mm512_loadu_si512(w->y + from));
    __m512i d = _mm512_sub_epi16(angle, _mm512_loadu_si512(w->angle + from));
    __mmask32 m = _mm512_cmple_epu16_mask(_mm512_abs_epi16(dx), reach);
    m = _mm512_mask_cmple_epu16_mask(m, _mm512_abs_epi16(dy), reach);
    return _mm512_mask_cmple_epu16_mask(m, _mm512_abs_epi16(d), turn);
}

/* Pairs that were measured: minus their costs, and i << 16 | j. */
typedef struct near_list {
    float key[BF_NEAR_MAX + 32];
    int32_t place[BF_NEAR_MAX + 32];
    uint32_t n;
} near_list;

/* Measure pairs, given as i << 16 | j, and keep the near ones. */
static void near_measure(const bf_points *a, const bf_points *b, const bf_near_rule *r,
                         const int32_t *pair, uint32_t count, near_list *list)
{
    const __m512 zero = _mm512_setzero_ps();
    for (uint32_t k = 0; k < count && list->n < BF_NEAR_MAX; k += 16) {
        __mmask16 m = (__mmask16)(count - k < 16 ? (1u << (count - k)) - 1 : 0xffff);
        __m512i ij = _mm512_maskz_loadu_epi32(m, pair + k), none = _mm512_setzero_si512();
        __m512i i = _mm512_srli_epi32(ij, 16), j = _mm512_and_si512(ij, _mm512_set1_epi32(0xffff));
        __m512 dx = _mm512_sub_ps(_mm512_mask_i32gather_ps(zero, m, i, a->x, 4),
                                  _mm512_mask_i32gather_ps(zero, m, j, b->x, 4));
        __m512 dy = _mm512_sub_ps(_mm512_mask_i32gather_ps(zero, m, i, a->y, 4),
                                  _mm512_mask_i32gather_ps(zero, m, j, b->y, 4));
        __m512i d = _mm512_sub_epi32(_mm512_mask_i32gather_epi32(none, m, i, a->angle, 4),
                                     _mm512_mask_i32gather_epi32(none, m, j, b->angle, 4));
        __m512 d2 = _mm512_add_ps(_mm512_mul_ps(dx, dx), _mm512_mul_ps(dy, dy));
        __m512 da = _mm512_cvtepi32_ps(_mm512_srai_epi32(_mm512_slli_epi32(d, 24), 24));
        da = _mm512_mul_ps(_mm512_mul_ps(da, da), _mm512_set1_ps(r->inv_a2));
        __m512 cost = _mm512_add_ps(_mm512_mul_ps(d2, _mm512_set1_ps(r->inv_d2)), da);
        m = _mm512_mask_cmp_ps_mask(m, d2, _mm512_set1_ps(r->reach2), _CMP_LT_OQ);
        m = _mm512_mask_cmp_ps_mask(m, cost, _mm512_set1_ps(r->cost_max), _CMP_LT_OQ);
        cost = _mm512_maskz_compress_ps(m, _mm512_sub_ps(zero, cost));
        _mm512_storeu_ps(list->key + list->n, cost);
        _mm512_storeu_si512(list->place + list->n, _mm512_maskz_compress_epi32(m, ij));
        list->n += (uint32_t)__builtin_popcount(m);
    }
}

/* All of a against at most NEAR_MOST of b. */
static void near_find(const bf_points *a, const bf_points *b, const bf_near_rule *r,
                      near_list *list)
{
    near_words aw, bw;
    int32_t pair[NEAR_HELD + NEAR_MOST + 1];
    uint32_t held = 0;
    float side = sqrtf(r->reach2) + 2; /* rounding moves a point by half a px */
    __m512i reach = _mm512_set1_epi16((int16_t)(side < 65535 ? (uint16_t)side : 65535));
    __m512i turn = _mm512_set1_epi16((int16_t)(r->turn * 256));
    near_words_init(a, &aw);
    near_words_init(b, &bw);
    for (uint32_t i = 0; i < a->n; i++) {
        __m512i x = _mm512_set1_epi16(aw.x[i]), y = _mm512_set1_epi16(aw.y[i]);
        __m512i angle = _mm512_set1_epi16(aw.angle[i]);
        for (uint32_t j = 0; j < b->n; j += 64) {
            uint64_t m = near_square(x, y, angle, reach, turn, &bw, j);
            m |= near_square(x, y, angle, reach, turn, &bw, j + 32) << 32;
            m &= bw.valid[j / 64];
            int32_t base = (int32_t)(i << 16 | j);
            /* seldom more than one, so none and one take the same way */
            pair[held] = base + __builtin_ctzll(m | 1ull << 63);
            held += m != 0;
            for (m &= m - 1; m; m &= m - 1) pair[held++] = base + __builtin_ctzll(m);
        }
        if (held < NEAR_HELD) continue;
        near_measure(a, b, r, pair, held, list);
        held = 0;
    }
    near_measure(a, b, r, pair, held, list);
}

uint32_t bf_near_avx512(const bf_points *a, const bf_points *b, const bf_near_rule *r,
                        bf_near_pair *out)
{
    near_list list;
    uint32_t rank[16];
    if (a->n > NEAR_MOST || b->n > NEAR_MOST || r->turn > 127) return bf_near_c(a, b, r, out);
    list.n = 0;
    near_find(a, b, r, &list);
    uint32_t n = list.n < BF_NEAR_MAX ? list.n : BF_NEAR_MAX;
    _mm512_storeu_ps(list.key + n, _mm512_set1_ps(-INFINITY));
    for (uint32_t from = 0; from < n; from += 16) {
        _mm512_storeu_si512(rank, ranks(list.key, n, from));
        for (uint32_t k = from; k < n && k < from + 16; k++) {
            uint32_t ij = (uint32_t)list.place[k];
            out[rank[k - from]] =
                (bf_near_pair){0 - list.key[k], (uint16_t)(ij >> 16), (uint16_t)ij};
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

float bf_pair_fit_avx512(const bf_pair_list *l, uint32_t p, const bf_pair_rule *rule,
                         const float *sim, float *out)
{
    __m128 total = _mm_set_ss(sim[p]);
    __m512 apx = _mm512_set1_ps(l->ax[p]), apy = _mm512_set1_ps(l->ay[p]);
    __m512 bpx = _mm512_set1_ps(l->bx[p]), bpy = _mm512_set1_ps(l->by[p]);
    __m512 cp = _mm512_set1_ps(l->cos[p]), sp = _mm512_set1_ps(l->sin[p]);
    __m512 half = _mm512_set1_ps(0.5f), one = _mm512_set1_ps(1.0f);
    for (uint32_t q = 0; q < l->n; q += 16) {
        __m512 ux = _mm512_sub_ps(_mm512_loadu_ps(l->ax + q), apx);
        __m512 uy = _mm512_sub_ps(_mm512_loadu_ps(l->ay + q), apy);
        __m512 vx = _mm512_sub_ps(_mm512_loadu_ps(l->bx + q), bpx);
        __m512 vy = _mm512_sub_ps(_mm512_loadu_ps(l->by + q), bpy);
        __m512 cq = _mm512_loadu_ps(l->cos + q), sq = _mm512_loadu_ps(l->sin + q);
        __m512 u2 = _mm512_add_ps(_mm512_mul_ps(ux, ux), _mm512_mul_ps(uy, uy));
        __m512 v2 = _mm512_add_ps(_mm512_mul_ps(vx, vx), _mm512_mul_ps(vy, vy));
        __m512 turn = _mm512_add_ps(_mm512_mul_ps(cp, cq), _mm512_mul_ps(sp, sq));
        __m512 c = _mm512_mul_ps(half, _mm512_add_ps(cp, cq)),
               s = _mm512_mul_ps(half, _mm512_add_ps(sp, sq));
        __m512 ex = _mm512_sub_ps(ux, _mm512_add_ps(_mm512_mul_ps(c, vx), _mm512_mul_ps(s, vy)));
        __m512 ey = _mm512_sub_ps(uy, _mm512_sub_ps(_mm512_mul_ps(c, vy), _mm512_mul_ps(s, vx)));
        __m512 sum = _mm512_add_ps(u2, v2), d = _mm512_sub_ps(u2, v2),
               twice = _mm512_add_ps(sum, sum);
        __m512 tol2 = _mm512_add_ps(_mm512_set1_ps(rule->tol2),
                                    _mm512_mul_ps(_mm512_set1_ps(rule->tol2_share), sum));
        __m512 e2 = _mm512_add_ps(_mm512_mul_ps(ex, ex), _mm512_mul_ps(ey, ey));
        __m512 miss =
            _mm512_add_ps(_mm512_mul_ps(_mm512_set1_ps(rule->stretch), _mm512_mul_ps(d, d)),
                          _mm512_mul_ps(twice, e2));
        __m512 whole = _mm512_add_ps(_mm512_mul_ps(twice, tol2), _mm512_set1_ps(1e-3f));
        __m512 fit = _mm512_sub_ps(one, _mm512_div_ps(miss, whole));
        __mmask16 good = _mm512_cmp_ps_mask(turn, _mm512_set1_ps(rule->min_cos), _CMP_GE_OQ) &
                         _mm512_cmp_ps_mask(u2, one, _CMP_GE_OQ) &
                         _mm512_cmp_ps_mask(v2, one, _CMP_GE_OQ) &
                         _mm512_cmp_ps_mask(fit, _mm512_setzero_ps(), _CMP_GT_OQ);
        fit = _mm512_maskz_mov_ps(good, fit);
        _mm512_storeu_ps(out + q, fit);
        __m512 part = _mm512_mul_ps(fit, _mm512_loadu_ps(sim + q));
        total = _mm_add_ps(total, _mm512_castps512_ps128(part));
        total = _mm_add_ps(total, _mm512_extractf32x4_ps(part, 1));
        total = _mm_add_ps(total, _mm512_extractf32x4_ps(part, 2));
        total = _mm_add_ps(total, _mm512_extractf32x4_ps(part, 3));
    }
    return four_sum(total);
}

void bf_pull_avx512(const float *x, const float *y, uint32_t n, float qx, float qy, float rx,
                    float ry, float weight, float inv_reach2, float *sx, float *sy, float *sw)
{
    __m512 vqx = _mm512_set1_ps(qx), vqy = _mm512_set1_ps(qy), inv = _mm512_set1_ps(inv_reach2);
    __m512 vrx = _mm512_set1_ps(rx), vry = _mm512_set1_ps(ry), vw = _mm512_set1_ps(weight);
    for (uint32_t j = 0; j < n; j += 16) {
        __m512 dx = _mm512_sub_ps(_mm512_loadu_ps(x + j), vqx),
               dy = _mm512_sub_ps(_mm512_loadu_ps(y + j), vqy);
        __m512 d2 = _mm512_mul_ps(_mm512_add_ps(_mm512_mul_ps(dx, dx), _mm512_mul_ps(dy, dy)), inv);
        __m512 w = _mm512_div_ps(vw, _mm512_add_ps(_mm512_set1_ps(1.0f), _mm512_mul_ps(d2, d2)));
        _mm512_storeu_ps(sx + j, _mm512_add_ps(_mm512_loadu_ps(sx + j), _mm512_mul_ps(w, vrx)));
        _mm512_storeu_ps(sy + j, _mm512_add_ps(_mm512_loadu_ps(sy + j), _mm512_mul_ps(w, vry)));
        _mm512_storeu_ps(sw + j, _mm512_add_ps(_mm512_loadu_ps(sw + j), w));
    }
}

static inline __m512i grid_steps(__m512 v, float scale, int32_t origin)
{
    __m512 g = _mm512_add_ps(_mm512_mul_ps(v, _mm512_set1_ps(scale)), _mm512_set1_ps(32768.0f));
    return _mm512_sub_epi32(_mm512_cvttps_epi32(g), _mm512_set1_epi32(32768 + origin));
}

/* The cells of 16 points, 0 outside. */
static inline __m512i grid_cells16(__m512 px, __m512 py, const bf_grid_map *m)
{
    __m512 c = _mm512_set1_ps(m->c), s = _mm512_set1_ps(m->s);
    __m512i cols = _mm512_set1_epi32(m->cols), rows = _mm512_set1_epi32(m->rows);
    __m512 xa = _mm512_add_ps(_mm512_add_ps(_mm512_mul_ps(c, px), _mm512_mul_ps(s, py)),
                              _mm512_set1_ps(m->dx));
    __m512 ya = _mm512_add_ps(_mm512_sub_ps(_mm512_mul_ps(c, py), _mm512_mul_ps(s, px)),
                              _mm512_set1_ps(m->dy));
    __m512i gx = grid_steps(xa, m->scale, m->x0), gy = grid_steps(ya, m->scale, m->y0);
    /* unsigned: below 0 is also too large */
    __mmask16 in = _mm512_cmplt_epu32_mask(gx, cols) & _mm512_cmplt_epu32_mask(gy, rows);
    return _mm512_maskz_add_epi32(in, _mm512_mullo_epi32(gy, cols), gx);
}

void bf_grid_cells_avx512(const float *x, const float *y, uint32_t n, const bf_grid_map *m,
                          int32_t *out)
{
    for (uint32_t k = 0; k < n; k += 16) {
        __m512i cell = grid_cells16(_mm512_loadu_ps(x + k), _mm512_loadu_ps(y + k), m);
        _mm512_storeu_si512(out + k, cell);
    }
}

void bf_flow_steps_avx512(const float *x, const float *y, const uint8_t *angle, uint32_t n,
                          const bf_grid_map *map, const uint8_t *grid, int32_t turn,
                          uint32_t *steps)
{
    const __m512i low = _mm512_set1_epi32(255), most = _mm512_set1_epi32(31);
    uint8_t differ[64] = {0};
    for (uint32_t d = 0; d < BF_FLOW_STEPS; d++) steps[d] = 0;
    for (uint32_t from = 0; from < n; from += 64) {
        uint32_t end = n - from < 64 ? n - from : 64;
        for (uint32_t k = 0; k < end; k += 16) {
            __m512i cell =
                grid_cells16(_mm512_loadu_ps(x + from + k), _mm512_loadu_ps(y + from + k), map);
            __m512i g = _mm512_and_si512(_mm512_i32gather_epi32(cell, grid, 1), low);
            __m128i own = _mm_loadu_si128((const __m128i *)(const void *)(angle + from + k));
            __m512i d = _mm512_sub_epi32(g, _mm512_cvtepu8_epi32(own));
            d = _mm512_and_si512(_mm512_sub_epi32(d, _mm512_set1_epi32(turn)), most);
            d = _mm512_min_epi32(d, _mm512_sub_epi32(_mm512_set1_epi32(32), d));
            d = _mm512_mask_mov_epi32(d, _mm512_cmpeq_epi32_mask(g, low), low);
            _mm_storeu_si128((__m128i *)(void *)(differ + k), _mm512_cvtepi32_epi8(d));
        }
        __m512i v = _mm512_loadu_si512(differ);
        __mmask64 valid = ~0ull >> (64 - end);
        for (uint32_t d = 0; d < BF_FLOW_STEPS; d++) {
            __mmask64 same = _mm512_mask_cmpeq_epi8_mask(valid, v, _mm512_set1_epi8((char)d));
            steps[d] += (uint32_t)__builtin_popcountll(same);
        }
    }
}
