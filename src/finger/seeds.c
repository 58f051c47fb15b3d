/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which minutiae of two prints look alike, and which of these pairs agree with one another: the
 * best pairs by descriptor, then, for each, the sum of the others' similarity weighed by how well
 * they fit it as parts of one slightly stretched turn and shift (the local similarity sort with
 * relaxation of [Cappelli2010] section 4, in one step; stretch is tolerated in proportion to
 * distance, since skin stretches so).
 */
#include <math.h>
#include <string.h>

#include "finger/compare.h"
#include "kernel/kernel.h"

static const bf_desc_rule desc_rule = {MATCH_MIN_CELLS, MATCH_MIN_POINTS, MATCH_MIN_BITS,
                                       MATCH_FEW_BITS, MATCH_FLOW_BASE};
static const bf_pair_rule pair_rule = {
    MATCH_SEED_TOL_PX * MATCH_SEED_TOL_PX,
    0.5f * MATCH_SEED_TOL_SHARE *MATCH_SEED_TOL_SHARE,
    MATCH_SEED_STRETCH,
    MATCH_SEED_TURN_COS,
};

/* The highest of a few similarities that at least `most` pairs exceed, to save sorting; mask: those
 * pairs. */
static float start_level(bf_ctx *c, const float *sim, uint32_t n, uint32_t most, uint16_t *mask)
{
    uint32_t low = 0, high = MATCH_SIM_LEVELS;
    while (low + 1 < high) {
        uint32_t middle = (low + high) / 2;
        float level = MATCH_SIM_MIN + MATCH_SIM_STEP * (float)middle;
        if (c->kern->above(sim, n, level, mask) >= most) {
            low = middle;
        } else {
            high = middle;
        }
    }
    float level = MATCH_SIM_MIN + MATCH_SIM_STEP * (float)low;
    c->kern->above(sim, n, level, mask);
    return level;
}

uint32_t bf_finger_seeds_most(const bf_fprepared *a, const bf_fprepared *b)
{
    uint32_t fewer = a->count < b->count ? a->count : b->count;
    uint32_t most = fewer * MATCH_SEEDS_NUM / MATCH_SEEDS_DEN;
    return most < MATCH_SEEDS_MIN ? MATCH_SEEDS_MIN : most > MATCH_SEEDS ? MATCH_SEEDS : most;
}

/* The best pairs, best first; of equals the one met first. */
static void select_seeds(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, const float *sim,
                         bf_seeds *s)
{
    uint16_t mask[BF_MATCH_MAX * BF_MATCH_MAX / 16];
    uint32_t n = 0, words = a->count * (b->stride / 16);
    uint32_t most = bf_finger_seeds_most(a, b);
    float least = start_level(c, sim, 16 * words, most, mask);
    for (uint32_t k = 0; k < words; k++) {
        for (uint32_t m = mask[k]; m; m &= m - 1) {
            uint32_t cell = 16 * k + (uint32_t)__builtin_ctz(m), at = n;
            float v = sim[cell];
            if (v <= least) continue;
            if (n < most) {
                n++;
            } else {
                at--;
            }
            for (; at && s->sim[at - 1] < v; at--) {
                s->sim[at] = s->sim[at - 1];
                s->pair[at] = s->pair[at - 1];
            }
            s->sim[at] = v;
            s->pair[at] = cell / b->stride << 16 | cell % b->stride;
            if (n == most) least = s->sim[n - 1];
        }
    }
    s->n = n;
    s->row = (n + 15) / 16 * 16;
    s->fewer = a->count < b->count ? a->count : b->count;
}

/* Every seed against every other. */
static void agreement(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, bf_seeds *s)
{
    for (uint32_t k = 0; k < s->row; k++) {
        if (k < s->n) {
            uint32_t i = s->pair[k] >> 16, j = s->pair[k] & 0xffff;
            s->ax[k] = a->x[i];
            s->ay[k] = a->y[i];
            s->bx[k] = b->x[j];
            s->by[k] = b->y[j];
            s->cos[k] = a->cos[i] * b->cos[j] + a->sin[i] * b->sin[j];
            s->sin[k] = a->sin[i] * b->cos[j] - a->cos[i] * b->sin[j];
        } else {
            s->ax[k] = s->ay[k] = s->bx[k] = s->by[k] = BF_MATCH_FAR;
            s->cos[k] = 1;
            s->sin[k] = s->sim[k] = 0;
        }
    }
    bf_pair_list list = {s->ax, s->ay, s->bx, s->by, s->cos, s->sin, s->row};
    s->total = s->best = 0;
    for (uint32_t p = 0; p < s->n; p++) {
        float *fit = s->fit + p * s->row;
        c->kern->pair_fit(&list, p, &pair_rule, fit);
        float sum[4] = {s->sim[p], 0, 0, 0};
        for (uint32_t q = 0; q < s->row; q += 4) {
            for (uint32_t k = 0; k < 4; k++) sum[k] += fit[q + k] * s->sim[q + k];
        }
        s->support[p] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
        s->total += s->support[p];
        if (s->support[p] > s->best) s->best = s->support[p];
    }
}

void bf_finger_seeds(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, bf_match_work *w)
{
    c->kern->desc_similarity(a->desc, a->stride, a->count, b->desc, b->stride, &desc_rule, w->sim);
    select_seeds(c, a, b, w->sim, &w->seeds);
    agreement(c, a, b, &w->seeds);
}
