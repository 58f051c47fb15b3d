/* SPDX-License-Identifier: Apache-2.0 */
#include "reject.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Genuine comparisons of one identity: all, and those left; misses among them per threshold. */
typedef struct cell {
    uint32_t pairs, pairs_after, missed[EVAL_REJECT_POINTS], missed_after[EVAL_REJECT_POINTS];
} cell;

static int is_genuine(const eval_pair *p)
{
    return (p->flags & EVAL_PAIR_COUNTED) && (p->flags & EVAL_PAIR_GENUINE);
}

/* 0 failed, else 1 + quality. */
static uint32_t grade(const uint8_t *quality, const uint8_t *failed, uint32_t i)
{
    return failed[i] ? 0 : 1 + (quality[i] > 100 ? 100u : quality[i]);
}

/* Samples below the grade returned are rejected: as many as fit into the share. */
static uint32_t cut(const eval_manifest *m, const eval_pairs *pairs, const uint8_t *quality,
                    const uint8_t *failed, eval_reject *out)
{
    uint32_t of[102] = {0}, from = 0;
    for (uint32_t i = 0; i < m->count; i++) {
        if (!pairs->used[i]) continue;
        of[grade(quality, failed, i)]++;
        out->samples++;
    }
    double most = EVAL_REJECT_SHARE * out->samples;
    while (from < 101 && (double)(out->rejected + of[from]) <= most) out->rejected += of[from++];
    return from;
}

/* The score below which a twentieth of the genuine comparisons lies, as a threshold. */
static double lowest_twentieth(const eval_axis *axis, const eval_tally *tally, uint64_t pairs)
{
    uint64_t below = tally->genuine_failed;
    for (uint32_t r = 0; r < axis->count; r++) {
        below += tally->genuine[r];
        if (below * 20 > pairs) return (double)axis->value[r];
    }
    return INFINITY;
}

static void set_thresholds(const eval_axis *axis, const eval_tally *tally, const eval_rates *rates,
                           eval_reject *out)
{
    eval_reject_point *p = out->point;
    for (int k = 0; k < EVAL_FMR_LEVELS; k++, p++) {
        snprintf(p->name, sizeof p->name, "FMR %s", eval_fmr_level_name[k]);
        p->threshold = rates->score_at[k];
    }
    snprintf(p->name, sizeof p->name, "zero FMR");
    p++->threshold = rates->zero_fmr_score;
    snprintf(p->name, sizeof p->name, "lowest 5 %%");
    p->threshold = lowest_twentieth(axis, tally, out->pairs);
}

static void count(const eval_manifest *m, const eval_pairs *pairs, const uint8_t *rejected,
                  const eval_reject *r, cell *cells)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const eval_pair *p = &pairs->pair[i];
        if (!is_genuine(p)) continue;
        cell *c = &cells[m->samples[p->a].identity];
        int stays = !rejected[p->a] && !rejected[p->b];
        c->pairs++;
        c->pairs_after += (uint32_t)stays;
        for (int k = 0; k < EVAL_REJECT_POINTS; k++) {
            int miss = (double)p->score < r->point[k].threshold; /* never where it is NAN */
            c->missed[k] += (uint32_t)miss;
            c->missed_after[k] += (uint32_t)(miss && stays);
        }
    }
}

/* Share of FNMR that is left, over identities of weight w (NULL: 1 each). */
static double left(const cell *cells, uint32_t n, int k, const uint32_t *w)
{
    double pairs = 0, after = 0, missed = 0, missed_after = 0;
    for (uint32_t i = 0; i < n; i++) {
        double weight = w ? w[i] : 1;
        pairs += weight * cells[i].pairs;
        after += weight * cells[i].pairs_after;
        missed += weight * cells[i].missed[k];
        missed_after += weight * cells[i].missed_after[k];
    }
    if (missed <= 0 || after <= 0) return NAN;
    return missed_after / after / (missed / pairs);
}

static void sum_up(const cell *cells, uint32_t n, eval_reject *out)
{
    out->pairs_after = 0;
    for (uint32_t i = 0; i < n; i++) out->pairs_after += cells[i].pairs_after;
    for (int k = 0; k < EVAL_REJECT_POINTS; k++) {
        eval_reject_point *p = &out->point[k];
        for (uint32_t i = 0; i < n; i++) {
            p->missed += cells[i].missed[k];
            p->missed_after += cells[i].missed_after[k];
        }
        int defined = !isnan(p->threshold);
        p->fnmr = defined ? (double)p->missed / (double)out->pairs : NAN;
        p->fnmr_after =
            defined && out->pairs_after ? (double)p->missed_after / (double)out->pairs_after : NAN;
        p->left = left(cells, n, k, NULL);
    }
}

static bf_status find_ranges(const cell *cells, uint32_t n, const eval_bootstrap_opts *opts,
                             eval_reject *out)
{
    size_t rows = opts->replicates;
    uint32_t *w = malloc(n * sizeof *w);
    double *v = malloc((rows * EVAL_REJECT_POINTS + 1) * sizeof *v);
    double *sorted = malloc((rows + 1) * sizeof *sorted);
    bf_status st = w && v && sorted ? BF_OK : BF_ENOMEM;
    for (size_t i = 0; i < rows && !st; i++) {
        eval_bootstrap_draw(w, n, opts->seed, i);
        for (int k = 0; k < EVAL_REJECT_POINTS; k++) {
            v[i * EVAL_REJECT_POINTS + (size_t)k] = left(cells, n, k, w);
        }
    }
    for (int k = 0; k < EVAL_REJECT_POINTS && !st; k++) {
        out->point[k].left_range = eval_percentiles(v + k, rows, EVAL_REJECT_POINTS, sorted);
    }
    free(w);
    free(v);
    free(sorted);
    return st;
}

typedef struct ranked {
    double value;
    uint32_t index;
} ranked;

static int by_value(const void *pa, const void *pb)
{
    const ranked *a = pa, *b = pb;
    return (a->value > b->value) - (a->value < b->value);
}

/* Values to ranks, equals to their mean rank. */
static void to_ranks(double *v, uint32_t n, ranked *scratch)
{
    for (uint32_t i = 0; i < n; i++) scratch[i] = (ranked){v[i], i};
    qsort(scratch, n, sizeof *scratch, by_value);
    for (uint32_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && scratch[end].value <= scratch[i].value;) end++;
        for (uint32_t k = i; k < end; k++) v[scratch[k].index] = (double)(i + end - 1) / 2;
    }
}

static double correlation(const double *x, const double *y, uint32_t n)
{
    double mean = (double)(n - 1) / 2, xx = 0, yy = 0, xy = 0;
    for (uint32_t i = 0; i < n; i++) {
        xx += (x[i] - mean) * (x[i] - mean);
        yy += (y[i] - mean) * (y[i] - mean);
        xy += (x[i] - mean) * (y[i] - mean);
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
}

/* Over the samples with a template and a genuine comparison; failed mates count as score 0. */
static bf_status correlate(const eval_manifest *m, const eval_pairs *pairs, const uint8_t *quality,
                           const uint8_t *failed, eval_reject *out)
{
    double *sum = calloc(m->count, sizeof *sum), *x = calloc(m->count, sizeof *x);
    uint32_t *n = calloc(m->count, sizeof *n), have = 0;
    ranked *scratch = malloc(m->count * sizeof *scratch);
    bf_status st = sum && x && n && scratch ? BF_OK : BF_ENOMEM;
    for (size_t i = 0; i < pairs->count && !st; i++) {
        const eval_pair *p = &pairs->pair[i];
        if (!is_genuine(p)) continue;
        double score = p->score > 0 ? (double)p->score : 0;
        sum[p->a] += score;
        sum[p->b] += score;
        n[p->a]++;
        n[p->b]++;
    }
    for (uint32_t i = 0; i < m->count && !st; i++) {
        if (!n[i] || failed[i]) continue;
        x[have] = quality[i];
        sum[have] = sum[i] / n[i]; /* have never exceeds i */
        have++;
    }
    if (!st && have > 1) {
        to_ranks(x, have, scratch);
        to_ranks(sum, have, scratch);
        out->rank_correlation = correlation(x, sum, have);
    }
    free(sum);
    free(x);
    free(n);
    free(scratch);
    return st;
}

bf_status eval_reject_make(const eval_manifest *m, const eval_pairs *pairs, const eval_axis *axis,
                           const eval_tally *tally, const eval_rates *rates, const uint8_t *quality,
                           const uint8_t *failed, const eval_bootstrap_opts *opts, eval_reject *out,
                           eval_error *err)
{
    eval_reject r = {.pairs = pairs->genuine, .rank_correlation = NAN};
    cell *cells = calloc(m->identities, sizeof *cells);
    uint8_t *rejected = calloc(m->count, 1);
    bf_status st = cells && rejected ? BF_OK : BF_ENOMEM;
    if (!st) {
        uint32_t from = cut(m, pairs, quality, failed, &r);
        for (uint32_t i = 0; i < m->count; i++) rejected[i] = grade(quality, failed, i) < from;
        set_thresholds(axis, tally, rates, &r);
        count(m, pairs, rejected, &r, cells);
        sum_up(cells, m->identities, &r);
        st = find_ranges(cells, m->identities, opts, &r);
    }
    if (!st) st = correlate(m, pairs, quality, failed, &r);
    free(cells);
    free(rejected);
    if (st) return eval_fail(err, st, "out of memory");
    *out = r;
    return BF_OK;
}
