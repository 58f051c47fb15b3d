/* SPDX-License-Identifier: Apache-2.0 */
/* Loops of minutia comparison with 256-bit registers; same bits as kernel/match.c. */
#include <immintrin.h>

#include "kernel/match.h"

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

/* Sum of the eight bytes of each 64-bit lane, as four floats. */
static inline __m128 lane_sums(__m256i bytes)
{
    __m256i sums = _mm256_sad_epu8(bytes, _mm256_setzero_si256());
    __m256i packed = _mm256_permutevar8x32_epi32(sums, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
    return _mm_cvtepi32_ps(_mm256_castsi256_si128(packed));
}

static inline __m256i load4(const uint64_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline __m128 similarity4(const __m256i a[BF_DESC_WORDS], const uint64_t *b, size_t sb,
                                 const bf_desc_rule *r)
{
    __m256i cells = _mm256_and_si256(a[BF_DESC_CELLS], load4(b + BF_DESC_CELLS * sb));
    __m256i points = _mm256_and_si256(a[BF_DESC_POINTS], load4(b + BF_DESC_POINTS * sb));
    __m256i differ = _mm256_setzero_si256(), common = differ, turned = differ;
    for (size_t w = 0; w < BF_DESC_CYLINDER; w++) {
        __m256i y = load4(b + w * sb);
        differ =
            _mm256_add_epi8(differ, byte_bits(_mm256_and_si256(_mm256_xor_si256(a[w], y), cells)));
        common = _mm256_add_epi8(common, byte_bits(_mm256_and_si256(a[w], y)));
    }
    for (size_t w = BF_DESC_CYLINDER; w < BF_DESC_CELLS; w++) {
        __m256i x = _mm256_and_si256(_mm256_xor_si256(a[w], load4(b + w * sb)), points);
        turned = _mm256_add_epi8(turned, byte_bits(x));
    }
    __m128 n_cells = lane_sums(byte_bits(cells)), n_points = lane_sums(byte_bits(points));
    __m128 half = lane_sums(common), both = _mm_add_ps(half, half);
    __m128 all = _mm_add_ps(lane_sums(differ), both);
    __m128 few = _mm_cmplt_ps(all, _mm_set1_ps((float)r->min_bits));
    __m128 part = _mm_blendv_ps(both, _mm_set1_ps(r->few), few);
    __m128 of = _mm_blendv_ps(all, _mm_set1_ps(1.0f), few), twice = _mm_add_ps(n_points, n_points);
    __m128 flow = _mm_max_ps(_mm_sub_ps(twice, lane_sums(turned)), _mm_setzero_ps());
    __m128 enough = _mm_and_ps(_mm_cmpge_ps(n_cells, _mm_set1_ps((float)r->min_cells)),
                               _mm_cmpge_ps(n_points, _mm_set1_ps((float)r->min_points)));
    __m128 weight = _mm_add_ps(_mm_mul_ps(_mm_set1_ps(r->base), twice),
                               _mm_mul_ps(_mm_set1_ps(1.0f - r->base), flow));
    return _mm_and_ps(enough, _mm_div_ps(_mm_mul_ps(part, weight), _mm_mul_ps(of, twice)));
}

void bf_desc_similarity_avx2(const uint64_t *a, size_t a_stride, uint32_t a_count,
                             const uint64_t *b, size_t b_stride, const bf_desc_rule *rule,
                             float *out)
{
    const bf_desc_rule r = *rule; /* which no write to out can change */
    for (uint32_t i = 0; i < a_count; i++) {
        __m256i x[BF_DESC_WORDS];
        for (size_t w = 0; w < BF_DESC_WORDS; w++)
            x[w] = _mm256_set1_epi64x((long long)a[w * a_stride + i]);
        for (size_t j = 0; j < b_stride; j += 4) {
            _mm_storeu_ps(out + i * b_stride + j, similarity4(x, b + j, b_stride, &r));
        }
    }
}

static inline uint16_t join(__m256 low, __m256 high)
{
    return (uint16_t)(_mm256_movemask_ps(low) | _mm256_movemask_ps(high) << 8);
}

uint32_t bf_above_avx2(const float *v, uint32_t n, float threshold, uint16_t *mask)
{
    __m256 t = _mm256_set1_ps(threshold);
    uint32_t count = 0;
    for (uint32_t k = 0; k < n / 16; k++) {
        mask[k] = join(_mm256_cmp_ps(_mm256_loadu_ps(v + 16 * k), t, _CMP_GT_OQ),
                       _mm256_cmp_ps(_mm256_loadu_ps(v + 16 * k + 8), t, _CMP_GT_OQ));
        count += (uint32_t)__builtin_popcount(mask[k]);
    }
    return count;
}

static inline __m256i load_angles(const int32_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

void bf_near_avx2(const float *ax, const float *ay, const int32_t *aa, uint32_t a_count,
                  const float *bx, const float *by, const int32_t *ba, uint32_t b_stride,
                  float reach2, int32_t turn, uint16_t *mask)
{
    __m256 reach = _mm256_set1_ps(reach2);
    __m256i most = _mm256_set1_epi32(turn);
    for (uint32_t i = 0; i < a_count; i++) {
        __m256 x = _mm256_set1_ps(ax[i]), y = _mm256_set1_ps(ay[i]);
        __m256i angle = _mm256_set1_epi32(aa[i]);
        for (uint32_t k = 0; k < b_stride / 16; k++) {
            __m256 near[2];
            for (uint32_t h = 0; h < 2; h++) {
                uint32_t j = 16 * k + 8 * h;
                __m256 dx = _mm256_sub_ps(x, _mm256_loadu_ps(bx + j)),
                       dy = _mm256_sub_ps(y, _mm256_loadu_ps(by + j));
                __m256 d2 = _mm256_add_ps(_mm256_mul_ps(dx, dx), _mm256_mul_ps(dy, dy));
                __m256i d = _mm256_sub_epi32(angle, load_angles(ba + j));
                d = _mm256_abs_epi32(_mm256_srai_epi32(_mm256_slli_epi32(d, 24), 24));
                __m256 far = _mm256_castsi256_ps(_mm256_cmpgt_epi32(d, most));
                near[h] = _mm256_andnot_ps(far, _mm256_cmp_ps(d2, reach, _CMP_LT_OQ));
            }
            mask[i * (b_stride / 16) + k] = join(near[0], near[1]);
        }
    }
}

void bf_pair_fit_avx2(const bf_pair_list *l, uint32_t p, const bf_pair_rule *rule, float *out)
{
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
        _mm256_storeu_ps(out + q, _mm256_and_ps(_mm256_and_ps(good, apart), fit));
    }
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

void bf_grid_cells_avx2(const float *x, const float *y, uint32_t n, const bf_grid_map *m,
                        int32_t *out)
{
    __m256 c = _mm256_set1_ps(m->c), s = _mm256_set1_ps(m->s);
    __m256i cols = _mm256_set1_epi32(m->cols), rows = _mm256_set1_epi32(m->rows);
    for (uint32_t k = 0; k < n; k += 8) {
        __m256 px = _mm256_loadu_ps(x + k), py = _mm256_loadu_ps(y + k);
        __m256 xa = _mm256_add_ps(_mm256_add_ps(_mm256_mul_ps(c, px), _mm256_mul_ps(s, py)),
                                  _mm256_set1_ps(m->dx));
        __m256 ya = _mm256_add_ps(_mm256_sub_ps(_mm256_mul_ps(c, py), _mm256_mul_ps(s, px)),
                                  _mm256_set1_ps(m->dy));
        __m256i gx = grid_steps(xa, m->scale, m->x0), gy = grid_steps(ya, m->scale, m->y0);
        __m256i none = _mm256_set1_epi32(-1);
        __m256i in = _mm256_and_si256(
            _mm256_and_si256(_mm256_cmpgt_epi32(gx, none), _mm256_cmpgt_epi32(gy, none)),
            _mm256_and_si256(_mm256_cmpgt_epi32(cols, gx), _mm256_cmpgt_epi32(rows, gy)));
        __m256i cell = _mm256_add_epi32(_mm256_mullo_epi32(gy, cols), gx);
        _mm256_storeu_si256((__m256i *)(void *)(out + k), _mm256_and_si256(in, cell));
    }
}
