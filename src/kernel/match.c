/* SPDX-License-Identifier: Apache-2.0 */
/* Scalar references of the loops of minutia comparison: these define the answers. */
#include "kernel/match_lists.h"

static int32_t bits(uint32_t v)
{
    return __builtin_popcount(v);
}

static float similarity(const uint32_t *a, size_t sa, const uint32_t *b, size_t sb,
                        const bf_desc_rule *r)
{
    int32_t differ = 0, common = 0, turned = 0, valid_cells = 0, valid_points = 0;
    for (size_t half = 0; half < 2; half++, a += sa, b += sb) {
        uint32_t cells = a[2 * BF_DESC_CELLS * sa] & b[2 * BF_DESC_CELLS * sb];
        uint32_t points = a[2 * BF_DESC_POINTS * sa] & b[2 * BF_DESC_POINTS * sb];
        for (size_t w = 0; w < BF_DESC_CYLINDER; w++) {
            uint32_t x = a[2 * w * sa], y = b[2 * w * sb];
            differ += bits((x ^ y) & cells);
            common += bits(x & y);
        }
        for (size_t w = BF_DESC_CYLINDER; w < BF_DESC_CELLS; w++) {
            turned += bits((a[2 * w * sa] ^ b[2 * w * sb]) & points);
        }
        valid_cells += bits(cells);
        valid_points += bits(points);
    }
    float n_cells = (float)valid_cells, n_points = (float)valid_points;
    float both = (float)(common + common), all = (float)differ + both;
    int32_t poor = all < (float)r->min_bits;
    float part = poor ? r->few : both, of = poor ? 1.0f : all;
    float twice = n_points + n_points, flow = twice - (float)turned;
    if (!(flow > 0)) flow = 0;
    if (n_cells < (float)r->min_cells || n_points < (float)r->min_points) return 0;
    /* part / of * (base + (1 - base) * flow / twice), with one division */
    return part * (r->base * twice + (1.0f - r->base) * flow) / (of * twice);
}

void bf_desc_similarity_c(const uint32_t *a, size_t a_stride, uint32_t a_count, const uint32_t *b,
                          size_t b_stride, const bf_desc_rule *rule, float *out)
{
    for (uint32_t i = 0; i < a_count; i++) {
        for (size_t j = 0; j < b_stride; j++) {
            out[i * b_stride + j] = similarity(a + i, a_stride, b + j, b_stride, rule);
        }
    }
}

uint32_t bf_top_c(const float *v, uint32_t n, float least, uint32_t most, float *value,
                  uint32_t *at)
{
    uint32_t count = 0;
    for (uint32_t k = 0; k < n; k++) {
        if (v[k] > least) least = bf_top_insert(v[k], k, least, most, value, at, &count);
    }
    return count;
}

uint32_t bf_near_c(const bf_points *a, const bf_points *b, const bf_near_rule *r, bf_near_pair *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        for (uint32_t j = 0; j < b->n; j++) n = bf_near_insert(a, i, b, j, r, out, n);
    }
    return n;
}

float bf_pair_fit_c(const bf_pair_list *l, uint32_t p, const bf_pair_rule *rule, const float *sim,
                    float *out)
{
    float total[4] = {sim[p], 0, 0, 0};
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
        total[q % 4] += out[q] * sim[q];
    }
    return (total[0] + total[1]) + (total[2] + total[3]);
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

static int32_t grid_cell(float x, float y, const bf_grid_map *m)
{
    float xa = m->c * x + m->s * y + m->dx, ya = m->c * y - m->s * x + m->dy;
    int32_t gx = (int32_t)(xa * m->scale + 32768.0f) - 32768 - m->x0;
    int32_t gy = (int32_t)(ya * m->scale + 32768.0f) - 32768 - m->y0;
    int32_t inside = gx >= 0 && gy >= 0 && gx < m->cols && gy < m->rows;
    return inside ? gy * m->cols + gx : 0;
}

void bf_grid_cells_c(const float *x, const float *y, uint32_t n, const bf_grid_map *m, int32_t *out)
{
    for (uint32_t k = 0; k < n; k++) out[k] = grid_cell(x[k], y[k], m);
}

void bf_flow_steps_c(const float *x, const float *y, const uint8_t *angle, uint32_t n,
                     const bf_grid_map *map, const uint8_t *grid, int32_t turn, uint32_t *steps)
{
    for (uint32_t d = 0; d < BF_FLOW_STEPS; d++) steps[d] = 0;
    for (uint32_t k = 0; k < n; k++) {
        uint8_t g = grid[grid_cell(x[k], y[k], map)];
        if (g == 255) continue;
        uint32_t d = (uint32_t)(g - angle[k] - turn) & 31;
        steps[d > 16 ? 32 - d : d]++;
    }
}
