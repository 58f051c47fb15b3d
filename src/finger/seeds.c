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

uint32_t bf_finger_seeds_most(const bf_fprepared *a, const bf_fprepared *b)
{
    uint32_t fewer = a->count < b->count ? a->count : b->count;
    uint32_t most = fewer * MATCH_SEEDS_NUM / MATCH_SEEDS_DEN;
    return most < MATCH_SEEDS_MIN ? MATCH_SEEDS_MIN : most > MATCH_SEEDS ? MATCH_SEEDS : most;
}

/* Rows are padded, so the print whose rows waste less is laid along them. */
static int lies_along_b(const bf_fprepared *a, const bf_fprepared *b)
{
    return a->count * b->stride <= b->count * a->stride;
}

/* Similarity of all pairs of the first `rows` rows, but for those that are there already. */
static void compare_descriptors(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b,
                                uint32_t rows, bf_match_work *w)
{
    int along_b = lies_along_b(a, b);
    const bf_fprepared *p = along_b ? a : b, *q = along_b ? b : a;
    w->of_a = along_b ? b->stride : 1;
    w->of_b = along_b ? 1 : a->stride;
    if (rows <= w->rows) return;
    c->kern->desc_similarity(p->desc + w->rows, p->stride, rows - w->rows, q->desc, q->stride,
                             &desc_rule, w->sim + w->rows * q->stride);
    w->rows = rows;
}

/* The best pairs of the first rows, best first; of equals the one met first. */
static void select_seeds(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, uint32_t rows,
                         uint32_t most, bf_match_work *w)
{
    bf_seeds *s = &w->seeds;
    int along_b = lies_along_b(a, b);
    uint32_t row = along_b ? b->stride : a->stride;
    s->n = c->kern->top(w->sim, rows * row, MATCH_SIM_MIN, most, s->sim, s->pair);
    for (uint32_t k = 0; k < s->n; k++) {
        uint32_t at = s->pair[k] / row, along = s->pair[k] % row;
        s->pair[k] = along_b ? at << 16 | along : along << 16 | at;
    }
    s->row = (s->n + 15) / 16 * 16;
    s->fewer = a->count < b->count ? a->count : b->count;
    s->more = a->count < b->count ? b->count : a->count;
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
    s->top = 0;
    for (uint32_t p = 0; p < s->n; p++) {
        float *fit = s->fit + p * s->row;
        s->support[p] = c->kern->pair_fit(&list, p, &pair_rule, s->sim, fit);
        s->total += s->support[p];
        if (s->support[p] > s->best) {
            s->best = s->support[p];
            s->top = p;
        }
    }
}

void bf_finger_first_seeds(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b,
                           bf_match_work *w)
{
    uint32_t rows = (lies_along_b(a, b) ? a : b)->count * MATCH_FIRST_NUM / MATCH_FIRST_DEN;
    compare_descriptors(c, a, b, rows, w);
    select_seeds(c, a, b, rows, MATCH_FIRST_SEEDS, w);
    agreement(c, a, b, &w->seeds);
}

void bf_finger_seeds(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, bf_match_work *w)
{
    uint32_t rows = (lies_along_b(a, b) ? a : b)->count;
    compare_descriptors(c, a, b, rows, w);
    select_seeds(c, a, b, rows, bf_finger_seeds_most(a, b), w);
    agreement(c, a, b, &w->seeds);
}
