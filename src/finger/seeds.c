/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "finger/compare.h"
#include "util/fmath.h"

static void similarity_row(const bf_fprepared *a, uint32_t i, const bf_fprepared *b, float *out)
{
    const uint64_t *da = a->desc + i, *db = b->desc;
    size_t sa = a->stride, sb = b->stride;
    uint64_t va = da[10 * sa], oa = da[11 * sa];
    for (uint32_t j = 0; j < b->stride; j++) {
        uint64_t vb = db[10 * sb + j], vm = va & vb, vo = oa & db[11 * sb + j];
        int px = 0, pand = 0, ox = 0;
        for (uint32_t w = 0; w < BF_MCC_WORDS; w++) {
            uint64_t x = da[w * sa], y = db[w * sb + j];
            px += __builtin_popcountll((x ^ y) & vm);
            pand += __builtin_popcountll(x & y);
        }
        for (uint32_t w = 6; w < 10; w++)
            ox += __builtin_popcountll((da[w * sa] ^ db[w * sb + j]) & vo);
        int nm = __builtin_popcountll(vm), no = __builtin_popcountll(vo);
        float sm =
            px + 2 * pand < MATCH_MIN_BITS ? 0.3f : (float)(2 * pand) / (float)(px + 2 * pand);
        float so = 1.0f - (float)ox / (float)(2 * no);
        if (!(so > 0)) so = 0;
        out[j] = nm < MATCH_MIN_CELLS || no < MATCH_MIN_POINTS ? 0 : sm * (0.3f + 0.7f * so);
    }
}

typedef struct cand {
    float s;
    uint16_t i, j;
} cand;

static void select_seeds(const bf_fprepared *a, const bf_fprepared *b, const float *sim,
                         bf_seeds *s)
{
    s->n = 0;
    cand c[MATCH_SEEDS + 1];
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t j = 0; j < b->count; j++) {
            float v = sim[i * b->stride + j];
            if (v < MATCH_SIM_MIN || (n == MATCH_SEEDS && v <= c[n - 1].s)) continue;
            uint32_t k = n < MATCH_SEEDS ? n++ : n - 1;
            for (; k && c[k - 1].s < v; k--) c[k] = c[k - 1];
            c[k] = (cand){v, (uint16_t)i, (uint16_t)j};
        }
    for (uint32_t k = 0; k < n; k++) {
        s->i[k] = c[k].i;
        s->j[k] = c[k].j;
        s->sim[k] = c[k].s;
    }
    s->n = n;
}

static void agreement(const bf_fprepared *a, const bf_fprepared *b, bf_seeds *s)
{
    float ax[MATCH_SEEDS], ay[MATCH_SEEDS], bx[MATCH_SEEDS], by[MATCH_SEEDS], co[MATCH_SEEDS],
        si[MATCH_SEEDS];
    uint32_t n = s->n;
    for (uint32_t k = 0; k < n; k++) {
        ax[k] = a->x[s->i[k]];
        ay[k] = a->y[s->i[k]];
        bx[k] = b->x[s->j[k]];
        by[k] = b->y[s->j[k]];
        double r = ((a->angle[s->i[k]] - b->angle[s->j[k]]) & 255) * (2 * BF_PI / 256);
        co[k] = (float)bf_cos(r);
        si[k] = (float)bf_sin(r);
    }
    s->total = 0;
    for (uint32_t p = 0; p < n; p++) {
        float sum = s->sim[p];
        for (uint32_t q = 0; q < n; q++) {
            float ux = ax[q] - ax[p], uy = ay[q] - ay[p], vx = bx[q] - bx[p], vy = by[q] - by[p];
            float u2 = ux * ux + uy * uy, v2 = vx * vx + vy * vy;
            float turn = co[p] * co[q] + si[p] * si[q];
            float c = 0.5f * (co[p] + co[q]), t = 0.5f * (si[p] + si[q]);
            float ex = ux - (c * vx + t * vy), ey = uy - (c * vy - t * vx);
            float e2 = ex * ex + ey * ey, sum2 = u2 + v2;
            float d = u2 - v2;
            float tol2 = MATCH_SEED_TOL_PX * MATCH_SEED_TOL_PX +
                         MATCH_SEED_TOL_SHARE * MATCH_SEED_TOL_SHARE * 0.5f * sum2;
            float fit =
                1.0f - (MATCH_SEED_STRETCH * d * d + 2 * sum2 * e2) / (2 * sum2 * tol2 + 1e-3f);
            if (turn < MATCH_SEED_TURN_COS || fit < 0 || u2 < 1 || v2 < 1) fit = 0;
            s->fit[p][q] = fit;
            sum += fit * s->sim[q];
        }
        s->support[p] = sum;
        s->total += sum;
    }
}

void bf_finger_seeds(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, bf_match_work *w)
{
    (void)c;
    for (uint32_t i = 0; i < a->count; i++) similarity_row(a, i, b, w->sim + (size_t)i * b->stride);
    select_seeds(a, b, w->sim, &w->seeds);
    agreement(a, b, &w->seeds);
}
