/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fusion. A stranger's score is exponential by definition, so the distribution of his evidence is
 * known without data, and that of a sum is its convolution with itself: computed here on a grid,
 * and the fused evidence looked up in the tail. Only the genuine side of the likelihood ratio is
 * fitted (three numbers for each modality, docs/SCORES.md); a poor fit there costs some hits, but
 * leaves the meaning of the fused score untouched. Source: [Nandakumar2008] for the likelihood
 * ratio; the mapping back is ours.
 *
 * A part that failed (score 0) says ln(lost) against the person and no more: one bad sample cannot
 * undo good ones.
 */
#include "search/fuse.h"

#include <string.h>

#include "bonafide/template.h"
#include "util/fmath.h"

#define NATS_PER_SCORE 0.23025850929940456840 /* ln(10) / 10 */
#define STEP_NATS 0.08
#define KINDS 3 /* finger, palm, face */
#define SCORE_END 120.0

/* Fitted by tools/fit-fusion, and kept broader than the sets: docs/SCORES.md. */
static const bf_fuse_model models[KINDS] = {
    {0.01, 80, 25}, /* finger */
    {0.01, 80, 25}, /* palm */
    {0.01, 64, 25}, /* face */
};

typedef struct tail {
    uint32_t count[KINDS];
    uint32_t bins;
    int32_t first; /* bin 0 stands for (first + 0.5) * STEP_NATS */
    double *nats;  /* -ln P(sum falls in this bin or above) */
    struct tail *next;
} tail;

struct bf_fuse {
    tail *tails;
};

/* -ln(1 - exp(-a)) for a > 0, without loss where a is small. */
static double nats_of_complement(double a)
{
    double p = a < 1e-6 ? a - a * a / 2 : 1.0 - bf_exp(-a);
    return -bf_log(p);
}

double bf_fuse_best_of(double score, uint32_t m)
{
    double x = score * NATS_PER_SCORE;
    if (m < 2 || x <= 0) return score > 0 ? score : 0;
    double p = bf_exp(-x);
    /* (1 - p)^m = exp(-a); for small p, ln(1 - p) = -p (1 + p/2) */
    double a = p < 1e-6 ? m * p * (1 + p / 2) : -(double)m * bf_log(1.0 - p);
    /* Below what a double holds of p, m p is all there is to say. */
    double nats = x > 600 ? x - bf_log(m) : nats_of_complement(a);
    return nats > 0 ? nats / NATS_PER_SCORE : 0;
}

double bf_fuse_threshold(double fpir, uint64_t n)
{
    if (!n) n = 1;
    double a = fpir < 1e-6 ? fpir * (1 + fpir / 2) : -bf_log(1.0 - fpir);
    double nats = nats_of_complement(a / (double)n);
    return nats > 0 ? nats / NATS_PER_SCORE : 0;
}

double bf_fuse_evidence(const bf_fuse_model *m, double score)
{
    double s = score < 0 ? 0 : score > SCORE_END ? SCORE_END : score;
    double z = (s - m->mean) / m->spread, x = s * NATS_PER_SCORE;
    /* density of the normal over that of the exponential */
    double ratio = bf_exp(x - z * z / 2) / (m->spread * 2.5066282746310002 * NATS_PER_SCORE);
    return bf_log(m->lost + (1 - m->lost) * ratio);
}

static int32_t bin_of(double nats)
{
    double v = nats / STEP_NATS + 4096;
    return (int32_t)v - 4096;
}

/* Probability of each bin of a stranger's evidence in one part. *first: of bin 0. */
static uint32_t one_part(const bf_fuse_model *m, double *mass, int32_t *first)
{
    uint32_t bins = 0;
    double below = 1;
    *first = bin_of(bf_fuse_evidence(m, 0));
    uint32_t last = (uint32_t)(bin_of(bf_fuse_evidence(m, SCORE_END)) - *first);
    double score = 0;
    for (; bins < last; bins++) {
        /* the score at which the evidence passes the bin's end */
        double end = (*first + (int32_t)bins + 1) * STEP_NATS, lo = score, hi = SCORE_END;
        for (int32_t i = 0; i < 40; i++) {
            double mid = (lo + hi) / 2;
            if (bf_fuse_evidence(m, mid) < end)
                lo = mid;
            else
                hi = mid;
        }
        double above = bf_exp(-hi * NATS_PER_SCORE);
        mass[bins] = below - above;
        below = above;
        score = hi;
    }
    mass[bins++] = below; /* what is beyond the scale's end */
    return bins;
}

static uint32_t bins_of(const bf_fuse_model *m)
{
    return (uint32_t)(bin_of(bf_fuse_evidence(m, SCORE_END)) - bin_of(bf_fuse_evidence(m, 0))) + 1;
}

static bf_status make_tail(bf_ctx *c, tail *t)
{
    uint32_t bins = 1, most = 0;
    for (uint32_t k = 0; k < KINDS; k++) {
        uint32_t one = bins_of(&models[k]);
        bins += t->count[k] * one;
        if (one > most) most = one;
    }
    double *sum = bf_ctx_scratch(c, bins, sizeof *sum),
           *part = bf_ctx_scratch(c, most, sizeof *part);
    double *next = bf_ctx_scratch(c, bins, sizeof *next);
    t->nats = bf_ctx_alloc(c, bins, sizeof *t->nats);
    if (!sum || !part || !next || !t->nats) BF_FAIL_NOMEM(c);
    sum[0] = 1;
    t->bins = 1;
    for (uint32_t k = 0; k < KINDS; k++) {
        int32_t first = 0;
        uint32_t n = t->count[k] ? one_part(&models[k], part, &first) : 0;
        for (uint32_t i = 0; i < t->count[k]; i++) {
            memset(next, 0, bins * sizeof *next);
            for (uint32_t a = 0; a < t->bins; a++) {
                for (uint32_t b = 0; b < n; b++) next[a + b] += sum[a] * part[b];
            }
            memcpy(sum, next, bins * sizeof *sum);
            t->bins += n - 1;
            t->first += first;
        }
    }
    double above = 0;
    for (uint32_t i = t->bins; i-- > 0;) {
        above += sum[i];
        t->nats[i] = above > 0 ? -bf_log(above) : 0;
    }
    return BF_OK;
}

bf_status bf_fuse__open(bf_ctx *c, bf_fuse **out)
{
    bf_fuse *f = bf_ctx_alloc(c, 1, sizeof *f);
    if (!f) BF_FAIL_NOMEM(c);
    *out = f;
    return BF_OK;
}

void bf_fuse__close(bf_ctx *c, bf_fuse *f)
{
    if (!f) return;
    while (f->tails) {
        tail *t = f->tails;
        f->tails = t->next;
        bf_ctx_release(c, t->nats);
        bf_ctx_release(c, t);
    }
    bf_ctx_release(c, f);
}

static bf_status find_tail(bf_ctx *c, bf_fuse *f, const uint32_t count[KINDS], const tail **out)
{
    tail *t = f->tails;
    while (t && memcmp(t->count, count, sizeof t->count) != 0) t = t->next;
    if (!t) {
        t = bf_ctx_alloc(c, 1, sizeof *t);
        if (!t) BF_FAIL_NOMEM(c);
        memcpy(t->count, count, sizeof t->count);
        bf_arena_mark mark = bf_arena_save(&c->arena);
        bf_status st = make_tail(c, t);
        bf_arena_restore(&c->arena, mark);
        if (st) {
            bf_ctx_release(c, t->nats);
            bf_ctx_release(c, t);
            return st;
        }
        t->next = f->tails;
        f->tails = t;
    }
    *out = t;
    return BF_OK;
}

bf_status bf_fuse__score(bf_ctx *c, bf_fuse *f, const bf_fuse_part *parts, uint32_t count,
                         double *out)
{
    uint32_t n[KINDS] = {0};
    const tail *t = NULL;
    double sum = 0;
    if (count == 1) {
        *out = parts[0].score > 0 ? parts[0].score : 0;
        return BF_OK;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t kind = parts[i].modality - BF_FINGER;
        if (kind >= KINDS) BF_FAIL(c, BF_EMODALITY, "modality %u: not fused", parts[i].modality);
        n[kind]++;
        sum += bf_fuse_evidence(&models[kind], parts[i].score);
    }
    BF_TRY(find_tail(c, f, n, &t));
    /* each part was put at the lower end of its bin: on the average half a bin below */
    double at = (sum - (t->first * STEP_NATS)) / STEP_NATS - 0.5 * count;
    if (at < 0) at = 0;
    uint32_t i = (uint32_t)at;
    double nats = i + 1 < t->bins ? t->nats[i] + (at - i) * (t->nats[i + 1] - t->nats[i])
                                  : t->nats[t->bins - 1];
    *out = nats > 0 ? nats / NATS_PER_SCORE : 0;
    return BF_OK;
}
