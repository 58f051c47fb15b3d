/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two templates to one raw similarity, the logarithm of the odds of one finger: pairs of minutiae
 * that look alike (descriptor.c, [Cappelli2010], [Tico2003]) propose alignments (seeds.c), the best
 * of them are refined to a smooth deformation (align.c), and what then agrees in the overlap, and
 * what does not, is weighed by a fitted model (score.c), which also says which alignment is
 * believed.
 *
 * Symmetric to the bit because the two are put in an order of their own first. The score never
 * exceeds a ceiling set by the agreement of the proposing pairs, of some minutiae and then of all,
 * so that a caller with a threshold can be told "below" before any alignment; the ceiling is part
 * of the score, whether or not there is a threshold.
 */
#include <math.h>
#include <string.h>

#include "finger/compare.h"
#include "util/fmath.h"

_Static_assert(MATCH_SEEDS <= 64, "a word has a bit for each seed");

/* Seeds by support, best first, of equals the first; one of each group that agrees. */
static uint32_t propose(const bf_seeds *s, uint32_t *out)
{
    uint64_t left = s->n < 64 ? (1ull << s->n) - 1 : ~0ull;
    uint32_t n = 0;
    while (n < MATCH_TRIES && left) {
        uint32_t best = (uint32_t)__builtin_ctzll(left);
        for (uint64_t m = left & (left - 1); m; m &= m - 1) {
            uint32_t k = (uint32_t)__builtin_ctzll(m);
            best = s->support[k] > s->support[best] ? k : best;
        }
        out[n++] = best;
        left &= ~(1ull << best);
        const float *fit = s->fit + best * s->row;
        for (uint32_t q = 0; q < s->n; q++) left &= ~((uint64_t)(fit[q] > MATCH_SAME) << q);
    }
    return n;
}

/* The try with the best rough score that has not been used; MATCH_TRIES if none. */
static uint32_t next_try(const bf_match_work *w, uint32_t n, const uint8_t *used)
{
    uint32_t best = MATCH_TRIES;
    for (uint32_t k = 0; k < n; k++) {
        if (used[k]) continue;
        if (best == MATCH_TRIES || w->tries[k].rough > w->tries[best].rough) best = k;
    }
    return best;
}

/* Align the proposals, score the best of them. */
static float score_proposals(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b,
                             bf_match_work *w, const bf_matching **best, bf_fscore *out)
{
    uint32_t seed[MATCH_TRIES], n = propose(&w->seeds, seed);
    for (uint32_t k = 0; k < n; k++) {
        bf_finger_align(c, a, b, &w->seeds, seed[k], &w->tries[k]);
    }
    float score = MATCH_RAW_NOTHING;
    uint8_t used[MATCH_TRIES] = {0};
    memset(out, 0, sizeof *out);
    for (uint32_t done = 0; done < MATCH_FINALS && done < n; done++) {
        uint32_t k = next_try(w, n, used);
        used[k] = 1;
        bf_fscore f;
        bf_finger_refine(c, a, b, &w->tries[k]);
        bf_finger_measure(c, a, b, w, &w->tries[k], &f);
        float s = bf_finger_model(&f);
        if (*best && s <= score) continue;
        score = s;
        *best = &w->tries[k];
        *out = f;
    }
    return score;
}

/* With a threshold above the ceiling the ceiling is looked at first, without one only where it
 * would change the score. */
static float run(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, float at_least,
                 bf_match_work *w, const bf_matching **best, bf_fscore *out)
{
    int early = at_least > MATCH_CEILING_RAW;
    w->rows = 0;
    if (early) {
        bf_finger_first_seeds(c, a, b, w);
        if (bf_finger_hopeless(&w->seeds, 1)) return MATCH_CEILING_RAW;
    }
    bf_finger_seeds(c, a, b, w);
    if (early && bf_finger_hopeless(&w->seeds, 0)) return MATCH_CEILING_RAW;
    float score = score_proposals(c, a, b, w, best, out);
    if (early || score <= MATCH_CEILING_RAW) return score;
    if (bf_finger_hopeless(&w->seeds, 0)) return MATCH_CEILING_RAW;
    bf_finger_first_seeds(c, a, b, w);
    return bf_finger_hopeless(&w->seeds, 1) ? MATCH_CEILING_RAW : score;
}

/*
 * The alignment for the caller, from b to a as he named them. The rotation without the scale; the
 * shift lays the middle of b's paired minutiae on that of a's.
 */
static void explain(const bf_fprepared *a, const bf_fprepared *b, const bf_matching *m, int swapped,
                    bf_match *out)
{
    memset(out, 0, sizeof *out);
    if (!m) return;
    double co = (double)m->t.c, si = (double)m->t.s;
    out->rotation_rad = (float)bf_atan2(swapped ? -si : si, co);
    float c = (float)bf_cos((double)out->rotation_rad),
          s = (float)bf_sin((double)out->rotation_rad);
    out->pair_count = m->n;
    for (uint32_t k = 0; k < m->n; k++) {
        const bf_pair *p = &m->p[k];
        out->pairs[k] = (bf_match_pair){swapped ? p->j : p->i, swapped ? p->i : p->j, p->w};
        float ax = swapped ? b->x[p->j] : a->x[p->i], ay = swapped ? b->y[p->j] : a->y[p->i];
        float bx = swapped ? a->x[p->i] : b->x[p->j], by = swapped ? a->y[p->i] : b->y[p->j];
        out->dx_px += (ax - (c * bx + s * by)) / (float)m->n;
        out->dy_px += (ay - (c * by - s * bx)) / (float)m->n;
    }
}

static void *carve(uint8_t **at, size_t count, size_t size)
{
    void *p = *at;
    *at += (count * size + 63) / 64 * 64;
    return p;
}

/* Scratch for comparing a with b; NULL when refused. No larger than need be: it is wiped
 * afterwards. */
static bf_match_work *work_new(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b)
{
    size_t most = (bf_finger_seeds_most(a, b) + 15) / 16 * 16, sims = (size_t)a->stride * b->stride;
    size_t pairs = a->count < b->count ? a->count : b->count;
    if (pairs < MATCH_SEEDS) pairs = MATCH_SEEDS;
    size_t one =
        pairs * sizeof(bf_pair) + b->stride * (2 * sizeof(float) + sizeof(int32_t)) + 4 * 64;
    size_t total = sizeof(bf_match_work) + sims * sizeof(float) + most * most * sizeof(float) +
                   MATCH_TRIES * one + 3 * 64;
    uint8_t *at = bf_arena_alloc(&c->arena, total);
    if (!at) return NULL;
    bf_match_work *w = carve(&at, 1, sizeof *w);
    w->sim = carve(&at, sims, sizeof(float));
    w->seeds.fit = carve(&at, most * most, sizeof(float));
    for (uint32_t k = 0; k < MATCH_TRIES; k++) {
        bf_matching *m = &w->tries[k];
        m->p = carve(&at, pairs, sizeof(bf_pair));
        m->px = carve(&at, b->stride, sizeof(float));
        m->py = carve(&at, b->stride, sizeof(float));
        m->pa = carve(&at, b->stride, sizeof(int32_t));
    }
    return w;
}

bf_status bf_finger_compare_seeds(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b,
                                  int first, float out[BF_SEED_FEATURES])
{
    bf_arena_mark mark = bf_arena_save(&c->arena);
    int swapped = a->order > b->order;
    bf_match_work *w = swapped ? work_new(c, b, a) : work_new(c, a, b);
    if (!w) BF_FAIL_NOMEM(c);
    w->rows = 0;
    (first ? bf_finger_first_seeds : bf_finger_seeds)(c, swapped ? b : a, swapped ? a : b, w);
    bf_finger_seed_features(&w->seeds, out);
    bf_arena_restore(&c->arena, mark);
    return BF_OK;
}

float bf_finger_compare_features(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b,
                                 float at_least, bf_match *match, bf_fscore *features)
{
    bf_arena_mark mark = bf_arena_save(&c->arena);
    int swapped = a->order > b->order;
    if (swapped) {
        const bf_fprepared *t = a;
        a = b;
        b = t;
    }
    bf_match_work *w = work_new(c, a, b);
    if (!w) return NAN;
    const bf_matching *m = NULL;
    float s = run(c, a, b, at_least, w, &m, features);
    if (match) explain(a, b, m, swapped, match);
    bf_arena_restore(&c->arena, mark);
    return s;
}

float bf_finger_compare(bf_ctx *c, const void *a, const void *b, float at_least, bf_match *match)
{
    bf_fscore features;
    return bf_finger_compare_features(c, a, b, at_least, match, &features);
}
