/* SPDX-License-Identifier: Apache-2.0 */
/* Loops of minutia comparison with 512-bit registers; same bits as kernel/match.c. */
#include <immintrin.h>

#include "kernel/match.h"

/* Counts of 16 pairs, as floats. */
typedef struct pair_counts {
    __m512 differ, common, turned, cells, points;
} pair_counts;

static inline __m512 join(__m512i low, __m512i high)
{
    return _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtepi64_ps(low)),
                              _mm512_cvtepi64_ps(high), 1);
}

static inline pair_counts count16(const __m512i a[BF_DESC_WORDS], const uint64_t *b, size_t sb)
{
    __m512i differ[2], common[2], turned[2], n_cells[2], n_points[2];
    for (size_t h = 0; h < 2; h++, b += 8) {
        __m512i cells =
            _mm512_and_si512(a[BF_DESC_CELLS], _mm512_loadu_si512(b + BF_DESC_CELLS * sb));
        __m512i points =
            _mm512_and_si512(a[BF_DESC_POINTS], _mm512_loadu_si512(b + BF_DESC_POINTS * sb));
        differ[h] = common[h] = turned[h] = _mm512_setzero_si512();
        for (size_t w = 0; w < BF_DESC_CYLINDER; w++) {
            __m512i y = _mm512_loadu_si512(b + w * sb);
            __m512i x = _mm512_and_si512(_mm512_xor_si512(a[w], y), cells);
            differ[h] = _mm512_add_epi64(differ[h], _mm512_popcnt_epi64(x));
            common[h] = _mm512_add_epi64(common[h], _mm512_popcnt_epi64(_mm512_and_si512(a[w], y)));
        }
        for (size_t w = BF_DESC_CYLINDER; w < BF_DESC_CELLS; w++) {
            __m512i x = _mm512_xor_si512(a[w], _mm512_loadu_si512(b + w * sb));
            turned[h] =
                _mm512_add_epi64(turned[h], _mm512_popcnt_epi64(_mm512_and_si512(x, points)));
        }
        n_cells[h] = _mm512_popcnt_epi64(cells);
        n_points[h] = _mm512_popcnt_epi64(points);
    }
    return (pair_counts){join(differ[0], differ[1]), join(common[0], common[1]),
                         join(turned[0], turned[1]), join(n_cells[0], n_cells[1]),
                         join(n_points[0], n_points[1])};
}

void bf_desc_similarity_avx512(const uint64_t *a, size_t a_stride, uint32_t a_count,
                               const uint64_t *b, size_t b_stride, const bf_desc_rule *rule,
                               float *out)
{
    const __m512 min_cells = _mm512_set1_ps((float)rule->min_cells), one = _mm512_set1_ps(1.0f);
    const __m512 min_points = _mm512_set1_ps((float)rule->min_points);
    const __m512 min_bits = _mm512_set1_ps((float)rule->min_bits), few = _mm512_set1_ps(rule->few);
    const __m512 base = _mm512_set1_ps(rule->base), rest = _mm512_set1_ps(1.0f - rule->base);
    for (uint32_t i = 0; i < a_count; i++) {
        __m512i x[BF_DESC_WORDS];
        for (size_t w = 0; w < BF_DESC_WORDS; w++)
            x[w] = _mm512_set1_epi64((long long)a[w * a_stride + i]);
        for (size_t j = 0; j < b_stride; j += 16) {
            pair_counts n = count16(x, b + j, b_stride);
            __m512 both = _mm512_add_ps(n.common, n.common), all = _mm512_add_ps(n.differ, both);
            __mmask16 poor = _mm512_cmp_ps_mask(all, min_bits, _CMP_LT_OQ);
            __m512 part = _mm512_mask_mov_ps(both, poor, few),
                   of = _mm512_mask_mov_ps(all, poor, one);
            __m512 twice = _mm512_add_ps(n.points, n.points);
            __m512 flow = _mm512_max_ps(_mm512_sub_ps(twice, n.turned), _mm512_setzero_ps());
            __mmask16 enough = _mm512_cmp_ps_mask(n.cells, min_cells, _CMP_GE_OQ) &
                               _mm512_cmp_ps_mask(n.points, min_points, _CMP_GE_OQ);
            __m512 weight = _mm512_add_ps(_mm512_mul_ps(base, twice), _mm512_mul_ps(rest, flow));
            __m512 sim =
                _mm512_maskz_div_ps(enough, _mm512_mul_ps(part, weight), _mm512_mul_ps(of, twice));
            _mm512_storeu_ps(out + i * b_stride + j, sim);
        }
    }
}

uint32_t bf_above_avx512(const float *v, uint32_t n, float threshold, uint16_t *mask)
{
    __m512 t = _mm512_set1_ps(threshold);
    uint32_t count = 0;
    for (uint32_t k = 0; k < n / 16; k++) {
        mask[k] = _mm512_cmp_ps_mask(_mm512_loadu_ps(v + 16 * k), t, _CMP_GT_OQ);
        count += (uint32_t)__builtin_popcount(mask[k]);
    }
    return count;
}

void bf_near_avx512(const float *ax, const float *ay, const int32_t *aa, uint32_t a_count,
                    const float *bx, const float *by, const int32_t *ba, uint32_t b_stride,
                    float reach2, int32_t turn, uint16_t *mask)
{
    __m512 reach = _mm512_set1_ps(reach2);
    __m512i most = _mm512_set1_epi32(turn);
    for (uint32_t i = 0; i < a_count; i++) {
        __m512 x = _mm512_set1_ps(ax[i]), y = _mm512_set1_ps(ay[i]);
        __m512i angle = _mm512_set1_epi32(aa[i]);
        for (uint32_t k = 0; k < b_stride / 16; k++) {
            __m512 dx = _mm512_sub_ps(x, _mm512_loadu_ps(bx + 16 * k));
            __m512 dy = _mm512_sub_ps(y, _mm512_loadu_ps(by + 16 * k));
            __m512 d2 = _mm512_add_ps(_mm512_mul_ps(dx, dx), _mm512_mul_ps(dy, dy));
            __m512i d = _mm512_sub_epi32(angle, _mm512_loadu_si512(ba + 16 * k));
            d = _mm512_abs_epi32(_mm512_srai_epi32(_mm512_slli_epi32(d, 24), 24));
            mask[i * (b_stride / 16) + k] =
                _mm512_cmp_ps_mask(d2, reach, _CMP_LT_OQ) & _mm512_cmple_epi32_mask(d, most);
        }
    }
}

void bf_pair_fit_avx512(const bf_pair_list *l, uint32_t p, const bf_pair_rule *rule, float *out)
{
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
        _mm512_storeu_ps(out + q, _mm512_maskz_mov_ps(good, fit));
    }
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

void bf_grid_cells_avx512(const float *x, const float *y, uint32_t n, const bf_grid_map *m,
                          int32_t *out)
{
    __m512 c = _mm512_set1_ps(m->c), s = _mm512_set1_ps(m->s);
    __m512i cols = _mm512_set1_epi32(m->cols), rows = _mm512_set1_epi32(m->rows);
    for (uint32_t k = 0; k < n; k += 16) {
        __m512 px = _mm512_loadu_ps(x + k), py = _mm512_loadu_ps(y + k);
        __m512 xa = _mm512_add_ps(_mm512_add_ps(_mm512_mul_ps(c, px), _mm512_mul_ps(s, py)),
                                  _mm512_set1_ps(m->dx));
        __m512 ya = _mm512_add_ps(_mm512_sub_ps(_mm512_mul_ps(c, py), _mm512_mul_ps(s, px)),
                                  _mm512_set1_ps(m->dy));
        __m512i gx = grid_steps(xa, m->scale, m->x0), gy = grid_steps(ya, m->scale, m->y0);
        /* unsigned: below 0 is also too large */
        __mmask16 in = _mm512_cmplt_epu32_mask(gx, cols) & _mm512_cmplt_epu32_mask(gy, rows);
        __m512i cell = _mm512_add_epi32(_mm512_mullo_epi32(gy, cols), gx);
        _mm512_storeu_si512(out + k, _mm512_maskz_mov_epi32(in, cell));
    }
}
