/* SPDX-License-Identifier: Apache-2.0 */
/* Scalar references of the loops of minutia comparison: these define the answers. */
#include "kernel/match.h"

static int32_t bits(uint64_t v)
{
    return __builtin_popcountll(v);
}

static float similarity(const uint64_t *a, size_t sa, const uint64_t *b, size_t sb,
                        const bf_desc_rule *r)
{
    uint64_t cells = a[BF_DESC_CELLS * sa] & b[BF_DESC_CELLS * sb];
    uint64_t points = a[BF_DESC_POINTS * sa] & b[BF_DESC_POINTS * sb];
    int32_t differ = 0, common = 0, turned = 0;
    for (size_t w = 0; w < BF_DESC_CYLINDER; w++) {
        uint64_t x = a[w * sa], y = b[w * sb];
        differ += bits((x ^ y) & cells);
        common += bits(x & y);
    }
    for (size_t w = BF_DESC_CYLINDER; w < BF_DESC_CELLS; w++) {
        turned += bits((a[w * sa] ^ b[w * sb]) & points);
    }
    float n_cells = (float)bits(cells), n_points = (float)bits(points);
    float both = (float)(common + common), all = (float)differ + both;
    int32_t poor = all < (float)r->min_bits;
    float part = poor ? r->few : both, of = poor ? 1.0f : all;
    float twice = n_points + n_points, flow = twice - (float)turned;
    if (!(flow > 0)) flow = 0;
    if (n_cells < (float)r->min_cells || n_points < (float)r->min_points) return 0;
    /* part / of * (base + (1 - base) * flow / twice), with one division */
    return part * (r->base * twice + (1.0f - r->base) * flow) / (of * twice);
}

void bf_desc_similarity_c(const uint64_t *a, size_t a_stride, uint32_t a_count, const uint64_t *b,
                          size_t b_stride, const bf_desc_rule *rule, float *out)
{
    for (uint32_t i = 0; i < a_count; i++) {
        for (size_t j = 0; j < b_stride; j++) {
            out[i * b_stride + j] = similarity(a + i, a_stride, b + j, b_stride, rule);
        }
    }
}

uint32_t bf_above_c(const float *v, uint32_t n, float threshold, uint16_t *mask)
{
    uint32_t count = 0;
    for (uint32_t k = 0; k < n / 16; k++) {
        uint32_t m = 0;
        for (uint32_t j = 0; j < 16; j++) {
            uint32_t bit = v[16 * k + j] > threshold;
            m |= bit << j;
            count += bit;
        }
        mask[k] = (uint16_t)m;
    }
    return count;
}

void bf_near_c(const float *ax, const float *ay, const int32_t *aa, uint32_t a_count,
               const float *bx, const float *by, const int32_t *ba, uint32_t b_stride, float reach2,
               int32_t turn, uint16_t *mask)
{
    for (uint32_t i = 0; i < a_count; i++) {
        for (uint32_t k = 0; k < b_stride / 16; k++) {
            uint32_t m = 0;
            for (uint32_t j = 0; j < 16; j++) {
                float dx = ax[i] - bx[16 * k + j], dy = ay[i] - by[16 * k + j];
                int32_t d = (int8_t)(uint8_t)(aa[i] - ba[16 * k + j]);
                m |= (uint32_t)(dx * dx + dy * dy < reach2 && d <= turn && d >= -turn) << j;
            }
            mask[i * (b_stride / 16) + k] = (uint16_t)m;
        }
    }
}

void bf_pair_fit_c(const bf_pair_list *l, uint32_t p, const bf_pair_rule *rule, float *out)
{
    for (uint32_t q = 0; q < l->n; q++) {
        float ux = l->ax[q] - l->ax[p], uy = l->ay[q] - l->ay[p];
        float vx = l->bx[q] - l->bx[p], vy = l->by[q] - l->by[p];
        float u2 = ux * ux + uy * uy, v2 = vx * vx + vy * vy;
        float turn = l->cos[p] * l->cos[q] + l->sin[p] * l->sin[q];
        float c = 0.5f * (l->cos[p] + l->cos[q]), s = 0.5f * (l->sin[p] + l->sin[q]);
        float ex = ux - (c * vx + s * vy), ey = uy - (c * vy - s * vx);
        float sum = u2 + v2, d = u2 - v2;
        float tol2 = rule->tol2 + rule->tol2_share * sum;
        float miss = rule->stretch * (d * d) + (sum + sum) * (ex * ex + ey * ey);
        float fit = 1.0f - miss / ((sum + sum) * tol2 + 1e-3f);
        out[q] = turn >= rule->min_cos && u2 >= 1.0f && v2 >= 1.0f && fit > 0 ? fit : 0;
    }
}

void bf_pull_c(const float *x, const float *y, uint32_t n, float qx, float qy, float rx, float ry,
               float weight, float inv_reach2, float *sx, float *sy, float *sw)
{
    for (uint32_t j = 0; j < n; j++) {
        float dx = x[j] - qx, dy = y[j] - qy;
        float d2 = (dx * dx + dy * dy) * inv_reach2;
        float w = weight / (1.0f + d2 * d2);
        sx[j] += w * rx;
        sy[j] += w * ry;
        sw[j] += w;
    }
}

void bf_grid_cells_c(const float *x, const float *y, uint32_t n, const bf_grid_map *m, int32_t *out)
{
    for (uint32_t k = 0; k < n; k++) {
        float xa = m->c * x[k] + m->s * y[k] + m->dx, ya = m->c * y[k] - m->s * x[k] + m->dy;
        int32_t gx = (int32_t)(xa * m->scale + 32768.0f) - 32768 - m->x0;
        int32_t gy = (int32_t)(ya * m->scale + 32768.0f) - 32768 - m->y0;
        int32_t inside = gx >= 0 && gy >= 0 && gx < m->cols && gy < m->rows;
        out[k] = inside ? gy * m->cols + gx : 0;
    }
}
