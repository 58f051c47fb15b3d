/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between two neighbouring distinct scores neither rate changes, so the thresholds that matter are
 * the distinct scores themselves and one above them all, at which nobody is accepted.
 *
 * EER after [Maio2002] (the FVC2000 report): with t1 the highest threshold where FNMR <= FMR and t2
 * the lowest where FNMR >= FMR, the interval is [FNMR(t1), FMR(t1)] where FNMR(t1) + FMR(t1) <=
 * FNMR(t2) + FMR(t2), and [FMR(t2), FNMR(t2)] otherwise. With many failed samples there may be no
 * t1; t2 then stands alone.
 */
#include "rates.h"

#include <math.h>
#include <stdlib.h>

const char *const eval_fmr_level_name[EVAL_FMR_LEVELS] = {"1e-2", "1e-3", "1e-4", "1e-5"};
static const uint64_t inverse_level[EVAL_FMR_LEVELS] = {100, 1000, 10000, 100000};

static int by_value(const void *pa, const void *pb)
{
    float a = *(const float *)pa, b = *(const float *)pb;
    return (a > b) - (a < b);
}

bf_status eval_axis_make(const eval_pairs *pairs, eval_axis *out, eval_error *err)
{
    float *v = malloc((pairs->count + 1) * sizeof *v);
    if (!v) return eval_fail(err, BF_ENOMEM, "out of memory");
    size_t n = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        if (pairs->pair[i].score >= 0.0f) v[n++] = pairs->pair[i].score;
    }
    qsort(v, n, sizeof *v, by_value);
    uint32_t distinct = 0;
    for (size_t i = 0; i < n; i++) {
        if (!i || v[i] > v[distinct - 1]) v[distinct++] = v[i];
    }
    *out = (eval_axis){v, distinct};
    return BF_OK;
}

uint32_t eval_axis_rank(const eval_axis *axis, float score)
{
    const float *at =
        axis->count ? bsearch(&score, axis->value, axis->count, sizeof score, by_value) : NULL;
    return at ? (uint32_t)(at - axis->value) : EVAL_RANK_FAILED;
}

unsigned eval_rates_defined(size_t impostors)
{
    unsigned defined = 0;
    for (unsigned k = 0; k < EVAL_FMR_LEVELS; k++) {
        if (impostors >= inverse_level[k]) defined |= 1u << k;
    }
    return defined;
}

/* One threshold: what is rejected and accepted there. */
typedef struct point {
    uint64_t rejected, accepted; /* genuine, impostor */
} point;

typedef struct totals {
    uint64_t genuine, impostor;
} totals;

static totals total(const eval_axis *axis, const eval_tally *t)
{
    totals sum = {t->genuine_failed, t->impostor_failed};
    for (uint32_t i = 0; i < axis->count; i++) {
        sum.genuine += t->genuine[i];
        sum.impostor += t->impostor[i];
    }
    return sum;
}

static void set_eer(const point *p1, const point *p2, const totals *sum, eval_rates *out)
{
    double g = (double)sum->genuine, i = (double)sum->impostor;
    double fnmr2 = (double)p2->rejected / g, fmr2 = (double)p2->accepted / i;
    out->eer_low = fmr2;
    out->eer_high = fnmr2;
    if (p1) {
        double fnmr1 = (double)p1->rejected / g, fmr1 = (double)p1->accepted / i;
        if (fnmr1 + fmr1 <= fnmr2 + fmr2) {
            out->eer_low = fnmr1;
            out->eer_high = fmr1;
        }
    }
    out->eer = (out->eer_low + out->eer_high) / 2.0;
}

void eval_rates_compute(const eval_axis *axis, const eval_tally *tally, unsigned defined,
                        eval_rates *out)
{
    totals sum = total(axis, tally);
    *out = (eval_rates){.eer = NAN,
                        .eer_low = NAN,
                        .eer_high = NAN,
                        .zero_fmr = NAN,
                        .eer_score = NAN,
                        .zero_fmr_score = NAN};
    for (unsigned k = 0; k < EVAL_FMR_LEVELS; k++) out->fnmr_at[k] = out->score_at[k] = NAN;
    if (!sum.genuine || !sum.impostor) return;

    point p = {tally->genuine_failed, sum.impostor - tally->impostor_failed}, p1 = {0, 0};
    int have_1 = 0, have_2 = 0;
    for (uint32_t r = 0; r <= axis->count; r++) {
        double score = r < axis->count ? (double)axis->value[r] : INFINITY;
        double fnmr = (double)p.rejected / (double)sum.genuine;
        /* Weights stay far below 2^32 in sum, so the products are exact. */
        uint64_t fnmr_side = p.rejected * sum.impostor, fmr_side = p.accepted * sum.genuine;
        if (!have_2 && fnmr_side >= fmr_side) {
            int tie = fnmr_side == fmr_side;
            set_eer(tie ? &p : have_1 ? &p1 : NULL, &p, &sum, out);
            out->eer_score = score;
            have_2 = 1;
        }
        if (fnmr_side <= fmr_side) {
            p1 = p;
            have_1 = 1;
        }
        for (unsigned k = 0; k < EVAL_FMR_LEVELS; k++) {
            if (!(defined >> k & 1) || !isnan(out->score_at[k])) continue;
            if (p.accepted > sum.impostor / inverse_level[k]) continue;
            out->fnmr_at[k] = fnmr;
            out->score_at[k] = score;
        }
        if (!p.accepted && isnan(out->zero_fmr)) {
            out->zero_fmr = fnmr;
            out->zero_fmr_score = score;
        }
        if (r == axis->count) break;
        p.rejected += tally->genuine[r];
        p.accepted -= tally->impostor[r];
    }
}

double eval_det_fmr(unsigned i)
{
    return i + 1 == EVAL_DET_POINTS ? 1.0 : pow(10.0, -5.0 + (double)i / 8.0);
}

void eval_rates_det(const eval_axis *axis, const eval_tally *tally, double out[EVAL_DET_POINTS])
{
    totals sum = total(axis, tally);
    for (unsigned i = 0; i < EVAL_DET_POINTS; i++) out[i] = NAN;
    if (!sum.genuine || !sum.impostor) return;
    uint64_t rejected = tally->genuine_failed, accepted = sum.impostor - tally->impostor_failed;
    /* Thresholds rise, FMR falls: the strict levels are reached last. */
    unsigned left = EVAL_DET_POINTS;
    for (uint32_t r = 0; left; r++) {
        while (left && (double)accepted <= eval_det_fmr(left - 1) * (double)sum.impostor) {
            out[--left] = (double)rejected / (double)sum.genuine;
        }
        if (r == axis->count) break;
        rejected += tally->genuine[r];
        accepted -= tally->impostor[r];
    }
}

void eval_rates_at(const eval_axis *axis, const eval_tally *tally, double threshold,
                   double *out_fmr, double *out_fnmr)
{
    totals sum = total(axis, tally);
    uint64_t rejected = sum.genuine, accepted = 0;
    for (uint32_t r = axis->count; r-- > 0 && (double)axis->value[r] >= threshold;) {
        rejected -= tally->genuine[r];
        accepted += tally->impostor[r];
    }
    *out_fmr = sum.impostor ? (double)accepted / (double)sum.impostor : NAN;
    *out_fnmr = sum.genuine ? (double)rejected / (double)sum.genuine : NAN;
}
