/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two palms to one raw similarity, the logarithm of the odds of one palm. They are aligned coarse
 * to fine (align.c); then what agrees is weighed: of all blocks, each where it fits best, and of
 * the better ones alone.
 *
 * Agreement of n valid bits of which d differ is (n - 2 d) / sqrt(n all): that of unrelated bits
 * has the same spread for any overlap ([Daugman2004] rescales for the same reason).
 *
 * Symmetric to the bit because the two are put in an order of their own first. The score never
 * exceeds a ceiling where the coarse agreement is poor, so that a caller with a threshold can be
 * told "below" before the fine stage; the ceiling is part of the score, whether or not there is a
 * threshold.
 */
#include "palm/compare.h"

#include <math.h>
#include <string.h>

#include "palm/align.h"

#define FINE_BITS 6144.0f

static float scaled(int32_t agree, int32_t valid)
{
    if (valid <= 0) return 0.0f;
    return (float)agree / sqrtf((float)valid * FINE_BITS);
}

/* Mean agreement per bit of the better blocks. */
static float better_blocks(const bf_palm_alignment *m)
{
    float share[BF_PALM_BLOCKS], sum = 0.0f;
    int32_t n = 0;
    for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
        if (m->valid[k] <= 0) continue;
        float v = (float)m->agree[k] / (float)m->valid[k];
        int32_t at = n++;
        for (; at > 0 && share[at - 1] < v; at--) share[at] = share[at - 1];
        share[at] = v;
    }
    if (n > MATCH_BEST_BLOCKS) n = MATCH_BEST_BLOCKS;
    for (int32_t k = 0; k < n; k++) sum += share[k];
    return sum / (float)MATCH_BEST_BLOCKS;
}

static void measure(const bf_palm_alignment *m, bf_pscore *out)
{
    int32_t agree = 0, valid = 0;
    for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
        agree += m->agree[k];
        valid += m->valid[k];
    }
    out->f[0] = scaled(agree, valid);
    out->f[1] = better_blocks(m);
}

static float weigh(const bf_pscore *s)
{
    float sum = bf_palm_model_bias;
    for (int32_t k = 0; k < BF_PALM_FEATURES; k++) sum += bf_palm_model_weight[k] * s->f[k];
    return sum;
}

/* Does a come first? Of two with equal order the bytes decide. */
static int is_first(const bf_pprepared *a, const bf_pprepared *b)
{
    if (a->order != b->order) return a->order < b->order;
    int fine = memcmp(&a->fine, &b->fine, sizeof a->fine);
    return fine ? fine < 0 : memcmp(&a->coarse, &b->coarse, sizeof a->coarse) < 0;
}

static void turn_round(bf_palm_alignment *m)
{
    for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
        m->dx[k] = (int8_t)-m->dx[k];
        m->dy[k] = (int8_t)-m->dy[k];
    }
}

float bf_palm_compare_features(const struct bf_kernels *kern, const bf_pprepared *a,
                               const bf_pprepared *b, float at_least, bf_palm_alignment *best,
                               bf_pscore *features)
{
    const bf_pprepared *first = a, *second = b;
    if (!is_first(a, b)) {
        first = b;
        second = a;
    }
    bf_palm_candidate tries[MATCH_TRIES];
    bf_palm_align_coarse(kern, first, second, tries);
    float ceiling = tries[0].agree < MATCH_COARSE_LEAST ? MATCH_CEILING_RAW : INFINITY;
    memset(best, 0, sizeof *best);
    memset(features, 0, sizeof *features);
    best->coarse = tries[0].agree;
    if (ceiling < at_least) return ceiling;
    float score = -INFINITY;
    for (int32_t i = 0; i < MATCH_TRIES; i++) {
        bf_palm_alignment m;
        bf_pscore s;
        bf_palm_align_fine(kern, first, second, &tries[i], &m);
        measure(&m, &s);
        float v = weigh(&s);
        if (v <= score) continue;
        score = v;
        *best = m;
        *features = s;
    }
    if (first != a) turn_round(best);
    return score < ceiling ? score : ceiling;
}

float bf_palm_compare(bf_ctx *c, const void *a, const void *b, float at_least, bf_match *match)
{
    bf_palm_alignment m;
    bf_pscore s;
    if (match) memset(match, 0, sizeof *match);
    return bf_palm_compare_features(c->kern, a, b, at_least, &m, &s);
}
