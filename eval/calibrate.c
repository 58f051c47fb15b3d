/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quantiles of the impostor pairs, a point for every 2.5 of score, as far as 30 pairs lie beyond.
 * From there a straight line with the slope of the last decade, that is an exponential tail, made
 * 1.3 times longer: it promises less than the pairs at hand would. (The fingerprint's table is
 * extended in the same way: docs/SCORES.md.)
 */
#include "calibrate.h"

#include <math.h>
#include <stdlib.h>

#define TAIL_LONGER 1.3
#define DECADE 10.0 /* of score */

static int descending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y);
}

static float *impostor_scores(const eval_pairs *pairs, size_t *out_n)
{
    size_t n = 0;
    float *score = malloc((pairs->count ? pairs->count : 1) * sizeof *score);
    for (size_t i = 0; score && i < pairs->count; i++) {
        const eval_pair *p = &pairs->pair[i];
        if (p->flags & EVAL_PAIR_GENUINE || !(p->flags & EVAL_PAIR_COUNTED)) continue;
        if (p->score > EVAL_SCORE_FAILED) score[n++] = p->score;
    }
    if (score) qsort(score, n, sizeof *score, descending);
    *out_n = n;
    return score;
}

/* Points must ascend in raw: of those at one similarity the highest score stays. */
static void add_point(eval_calibration *c, double raw, double score)
{
    if (c->count && (float)raw <= c->point[c->count - 1][0]) {
        if (c->count > 1) c->point[c->count - 1][1] = (float)score;
        return;
    }
    c->point[c->count][0] = (float)raw;
    c->point[c->count++][1] = (float)score;
}

/* Raw similarity that a share of 10^(-score / 10) of the pairs reaches. */
static double raw_of(const float *sorted, size_t n, double score, double raw_at_score)
{
    size_t k = (size_t)((double)n * pow(10.0, -score / 10.0));
    return (double)sorted[k ? k - 1 : 0] * raw_at_score;
}

static bf_status fit(const float *sorted, size_t n, double raw_at_score, double raw_most,
                     eval_calibration *c, eval_error *err)
{
    double most = 10.0 * log10((double)n / EVAL_CALIBRATION_SUPPORT);
    most = floor(most / EVAL_CALIBRATION_STEP) * EVAL_CALIBRATION_STEP;
    if (most > 80.0) most = 80.0;
    add_point(c, (double)sorted[n - 1] * raw_at_score, 0.0);
    for (double score = EVAL_CALIBRATION_STEP; score <= most; score += EVAL_CALIBRATION_STEP) {
        add_point(c, raw_of(sorted, n, score, raw_at_score), score);
    }
    double last = raw_of(sorted, n, most, raw_at_score);
    double rise = last - raw_of(sorted, n, most - DECADE, raw_at_score);
    if (c->count < 3 || rise <= 0.0 || last >= raw_most) {
        return eval_fail(err, BF_EFORMAT, "the impostor pairs are all alike: nothing to calibrate");
    }
    add_point(c, raw_most, most + DECADE * (raw_most - last) / (TAIL_LONGER * rise));
    c->extrapolated_from = (float)most;
    return BF_OK;
}

bf_status eval_calibrate(const eval_pairs *pairs, double raw_at_score, double raw_most,
                         eval_calibration *out, eval_error *err)
{
    eval_calibration c = {.count = 0};
    bf_status st = BF_OK;
    float *sorted = impostor_scores(pairs, &c.impostors);
    if (!sorted) return eval_fail(err, BF_ENOMEM, "out of memory");
    if (c.impostors < EVAL_CALIBRATION_IMPOSTORS_MIN) {
        st = eval_fail(err, BF_EFORMAT, "%zu impostor pairs: a calibration takes at least %u",
                       c.impostors, EVAL_CALIBRATION_IMPOSTORS_MIN);
    }
    if (!st) st = fit(sorted, c.impostors, raw_at_score, raw_most, &c, err);
    free(sorted);
    if (!st) *out = c;
    return st;
}
