/* SPDX-License-Identifier: Apache-2.0 */
#include "charts.h"

#include <math.h>
#include <stdlib.h>

#include "svg.h"

/* The power of ten at or below 1 / n. */
static double floor_decade(size_t n)
{
    return pow(10.0, floor(log10(1.0 / (double)n) + 1e-9));
}

/* The curve is a staircase: between two points a step in FNMR, then one in FMR. */
static size_t det_points(const eval_result *r, svg_point *out)
{
    double g = (double)r->pairs.genuine, i = (double)r->pairs.impostor;
    uint64_t rejected = r->tally.genuine_failed;
    uint64_t accepted = r->pairs.impostor - r->tally.impostor_failed;
    size_t n = 0;
    for (uint32_t k = 0;; k++) {
        out[n++] = (svg_point){(double)accepted / i, (double)rejected / g};
        if (k == r->axis.count || !accepted) return n;
        accepted -= r->tally.impostor[k];
        out[n++] = (svg_point){(double)accepted / i, (double)rejected / g};
        rejected += r->tally.genuine[k];
    }
}

bf_status chart_det(FILE *f, const eval_result *r)
{
    svg_point *point = malloc((2 * (size_t)r->axis.count + 2) * sizeof *point);
    if (!point) return BF_ENOMEM;
    double low = floor_decade(r->pairs.impostor), high = floor_decade(r->pairs.genuine);
    svg_plot p = {f,
                  {low, 1, 1, 0, "%", "FMR: impostors accepted"},
                  {high, 1, 1, 0, "%", "FNMR: genuine rejected"}};
    svg_begin(&p, "DET curve: FNMR against FMR, logarithmic");
    svg_point upper[EVAL_DET_POINTS], lower[EVAL_DET_POINTS];
    size_t n = 0;
    for (unsigned i = 0; i < EVAL_DET_POINTS; i++) {
        eval_interval v = r->intervals.det[i];
        double fmr = eval_det_fmr(i);
        if (fmr * (double)r->pairs.impostor < 1.0 || !isfinite(v.low)) continue;
        upper[n] = (svg_point){fmr, v.high};
        lower[n++] = (svg_point){fmr, v.low};
    }
    svg_band(&p, upper, lower, n, "genuine");
    double from = low > high ? low : high;
    svg_line(&p, (svg_point[]){{from, from}, {1, 1}}, 2, "reference");
    svg_line(&p, point, det_points(r, point), "genuine");
    if (r->rates.eer > 0) svg_dot(&p, r->rates.eer, r->rates.eer, "genuine");
    svg_end(&p);
    free(point);
    return BF_OK;
}

#define BIN_SCORE 4.0
#define BINS 31 /* 0..120 in fours, and 120 itself */

static void histogram(const svg_plot *p, const eval_result *r, const uint64_t *tally, size_t total,
                      const char *style)
{
    double share[BINS] = {0};
    svg_point upper[2 * BINS], lower[2 * BINS];
    for (uint32_t i = 0; i < r->axis.count; i++) {
        int bin = (int)((double)r->axis.value[i] / BIN_SCORE);
        share[bin < BINS ? bin : BINS - 1] += (double)tally[i] / (double)total;
    }
    for (size_t i = 0; i < BINS; i++) {
        double x0 = BIN_SCORE * (double)i, x1 = x0 + BIN_SCORE;
        upper[2 * i] = (svg_point){x0, share[i]};
        upper[2 * i + 1] = (svg_point){x1, share[i]};
        lower[2 * i] = (svg_point){x0, p->y.min};
        lower[2 * i + 1] = (svg_point){x1, p->y.min};
    }
    svg_band(p, upper, lower, (size_t)2 * BINS, style);
    svg_line(p, upper, (size_t)2 * BINS, style);
}

bf_status chart_scores(FILE *f, const eval_result *r)
{
    size_t most = r->pairs.genuine > r->pairs.impostor ? r->pairs.genuine : r->pairs.impostor;
    svg_plot p = {f,
                  {0, BIN_SCORE * BINS, 0, 20, "", "score"},
                  {floor_decade(most), 1, 1, 0, "%", "share of comparisons"}};
    svg_begin(&p, "Histogram of scores, genuine and impostor");
    histogram(&p, r, r->tally.impostor, r->pairs.impostor, "impostor");
    histogram(&p, r, r->tally.genuine, r->pairs.genuine, "genuine");
    svg_end(&p);
    return BF_OK;
}

bf_status chart_calibration(FILE *f, const eval_result *r)
{
    svg_point *point = malloc((2 * (size_t)r->axis.count + 2) * sizeof *point);
    if (!point) return BF_ENOMEM;
    double low = floor_decade(r->pairs.impostor), most = -10.0 * log10(low);
    svg_plot p = {f, {0, most + 10, 0, 10, "", "score t"}, {low, 1, 1, 0, "%", "FMR at t"}};
    svg_begin(&p, "Measured FMR against score, with the promise of the scale");
    svg_line(&p, (svg_point[]){{0, 1}, {most, low}}, 2, "reference");
    uint64_t accepted = r->pairs.impostor - r->tally.impostor_failed;
    size_t n = 0;
    for (uint32_t i = 0; i < r->axis.count && accepted; i++) {
        double fmr = (double)accepted / (double)r->pairs.impostor;
        point[n++] = (svg_point){(double)r->axis.value[i], fmr};
        accepted -= r->tally.impostor[i];
        point[n++] =
            (svg_point){(double)r->axis.value[i], (double)accepted / (double)r->pairs.impostor};
    }
    svg_line(&p, point, n, "impostor");
    svg_end(&p);
    free(point);
    return BF_OK;
}

const char *chart_rejection_threshold(const eval_result *r, double *out)
{
    for (int k = 1; k >= 0; k--) {
        if (isnan(r->rates.score_at[k])) continue;
        *out = r->rates.score_at[k];
        return k ? "FMR 0.1 %" : "FMR 1 %";
    }
    *out = r->rates.eer_score;
    return "the EER";
}

/* 1, 2 or 5 times a power of ten, for some five ticks up to v. */
static double tick_step(double v)
{
    double decade = pow(10.0, floor(log10((v > 0 ? v : 0.01) / 5.0)));
    double ratio = (v > 0 ? v : 0.01) / 5.0 / decade;
    return decade * (ratio > 5.0 ? 10.0 : ratio > 2.0 ? 5.0 : ratio > 1.0 ? 2.0 : 1.0);
}

#define QUALITIES 102 /* failed, then 0..100 */

bf_status chart_rejection(FILE *f, const eval_result *r)
{
    double threshold, most = 0;
    chart_rejection_threshold(r, &threshold);
    size_t all[QUALITIES] = {0}, missed[QUALITIES] = {0}, total = 0, misses = 0, n = 0;
    for (size_t i = 0; i < r->pairs.count; i++) {
        const eval_pair *q = &r->pairs.pair[i];
        uint32_t want = EVAL_PAIR_COUNTED | EVAL_PAIR_GENUINE;
        if ((q->flags & want) != want) continue;
        uint32_t a = r->extraction[q->a].quality, b = r->extraction[q->b].quality;
        uint32_t low = a < b ? a : b;
        size_t at = q->score < 0.0f ? 0 : 1 + (size_t)(low > 100 ? 100 : low);
        all[at]++;
        missed[at] += (double)q->score < threshold;
        total++;
        misses += (double)q->score < threshold;
    }
    svg_point point[QUALITIES + 1];
    size_t left = total, left_missed = misses;
    for (size_t i = 0; i < QUALITIES && left; i++) {
        if (i && !all[i - 1]) continue;
        double fnmr = (double)left_missed / (double)left;
        point[n++] = (svg_point){1.0 - (double)left / (double)total, fnmr};
        most = fnmr > most ? fnmr : most;
        left -= all[i];
        left_missed -= missed[i];
    }
    double step = tick_step(most);
    double top = step * ceil(most / step + 0.2), first = total ? (double)misses / (double)total : 0;
    svg_plot p = {f,
                  {0, 0.6, 0, 0.1, "%", "genuine comparisons left out, lowest quality first"},
                  {0, top, 0, step, "%", "FNMR of the others"}};
    svg_begin(&p, "FNMR against the share of comparisons rejected for low quality");
    svg_line(&p, (svg_point[]){{0, first}, {first, 0}}, 2, "reference");
    while (n && point[n - 1].x > 0.6) n--;
    svg_line(&p, point, n, "genuine");
    if (n) svg_dot(&p, point[0].x, point[0].y, "genuine");
    svg_end(&p);
    return BF_OK;
}
