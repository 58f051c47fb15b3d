/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "finger/compare.h"
#include "util/fmath.h"

/* Seeds by support, best first, one of each group that agrees. */
static uint32_t propose(const bf_seeds *s, uint32_t *out)
{
    uint8_t used[MATCH_SEEDS] = {0};
    uint32_t n = 0;
    while (n < MATCH_TRIES) {
        uint32_t best = MATCH_SEEDS;
        for (uint32_t k = 0; k < s->n; k++) {
            if (!used[k] && (best == MATCH_SEEDS || s->support[k] > s->support[best])) best = k;
        }
        if (best == MATCH_SEEDS) break;
        out[n++] = best;
        used[best] = 1;
        for (uint32_t q = 0; q < s->n; q++) used[q] |= s->fit[best][q] > MATCH_SAME;
    }
    return n;
}

static float run(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, bf_match_work *w,
                 const bf_matching **best, bf_fscore *fs)
{
    bf_finger_seeds(c, a, b, w);
    uint32_t seed[MATCH_TRIES], n = propose(&w->seeds, seed), done = 0;
    for (uint32_t k = 0; k < n; k++) bf_finger_align(c, a, b, &w->seeds, seed[k], &w->tries[k]);
    float score = -100;
    *best = NULL;
    uint8_t used[MATCH_TRIES] = {0};
    for (done = 0; done < MATCH_FINALS && done < n; done++) {
        uint32_t t = MATCH_TRIES;
        for (uint32_t k = 0; k < n; k++) {
            if (!used[k] && (t == MATCH_TRIES || w->tries[k].rough > w->tries[t].rough)) t = k;
        }
        used[t] = 1;
        bf_matching *m = &w->tries[t];
        bf_finger_refine(c, a, b, m);
        bf_fscore f;
        bf_finger_measure(c, a, b, w, m, &f);
        float s = bf_finger_model(&f);
        if (!*best || s > score) {
            score = s;
            *best = m;
            *fs = f;
        }
    }
    return score;
}

float bf_finger_compare_features(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b,
                                 float at_least, bf_match *match, bf_fscore *features)
{
    (void)at_least;
    bf_arena_mark mark = bf_arena_save(&c->arena);
    bf_match_work *w = bf_arena_alloc(&c->arena, sizeof *w);
    float *sim = bf_arena_alloc(&c->arena, (size_t)a->stride * b->stride * sizeof *sim);
    if (!w || !sim) {
        bf_arena_restore(&c->arena, mark);
        return NAN;
    }
    w->sim = sim;
    int swap = a->order > b->order;
    if (swap) {
        const bf_fprepared *t = a;
        a = b;
        b = t;
    }
    const bf_matching *m;
    float s = run(c, a, b, w, &m, features);
    if (match) {
        bf_pose t = m ? m->t : (bf_pose){1, 0, 0, 0};
        float norm = sqrtf(t.c * t.c + t.s * t.s);
        /* the pose maps the second of the ordered two to the first; turned round after a swap */
        match->rotation_rad = (float)bf_atan2((double)(swap ? t.s : -t.s),
                                              (double)t.c); /* y down: a pose turns the other way */
        match->dx_px = swap ? -(t.c * t.dx - t.s * t.dy) / (norm * norm) : t.dx;
        match->dy_px = swap ? -(t.s * t.dx + t.c * t.dy) / (norm * norm) : t.dy;
        match->pair_count = m ? m->n : 0;
        for (uint32_t k = 0; k < match->pair_count; k++) {
            match->pairs[k].a = swap ? m->p[k].j : m->p[k].i;
            match->pairs[k].b = swap ? m->p[k].i : m->p[k].j;
            match->pairs[k].weight = m->p[k].w;
        }
    }
    bf_arena_restore(&c->arena, mark);
    return s;
}

float bf_finger_compare(bf_ctx *c, const void *a, const void *b, float at_least, bf_match *match)
{
    bf_fscore features;
    return bf_finger_compare_features(c, a, b, at_least, match, &features);
}
