/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error rates of a set of scores. A comparison is accepted when score >= t.
 *
 *   FMR(t)          accepted impostor comparisons / all impostor comparisons
 *   FNMR(t)         rejected genuine comparisons / all genuine comparisons
 *   FNMR at FMR x   the lowest FNMR over thresholds whose FMR is <= x; null where x times the
 *                   number of impostor comparisons is below 1
 *   EER             the midpoint of the interval in which FMR and FNMR cross ([Maio2002] 4.3)
 *   zero FMR        the lowest FNMR over thresholds whose FMR is 0
 *
 * Comparisons with a failed sample score below every threshold. All counting is in integers, so
 * ties are exact and the order of the scores does not matter.
 */
#ifndef EVAL_RATES_H
#define EVAL_RATES_H
#include "protocol.h"

/* The FMR levels reported: 1e-2, 1e-3, 1e-4, 1e-5. */
#define EVAL_FMR_LEVELS 4
extern const char *const eval_fmr_level_name[EVAL_FMR_LEVELS];

#define EVAL_RANK_FAILED UINT32_MAX

/* The distinct scores of a set, ascending. */
typedef struct eval_axis {
    float *value;
    uint32_t count;
} eval_axis;

/*
 * How much weight lies on each score. Weights are integers: 1 for each comparison, or the
 * bootstrap's multiplicities.
 */
typedef struct eval_tally {
    uint64_t *genuine, *impostor; /* [axis.count] */
    uint64_t genuine_failed, impostor_failed;
} eval_tally;

/* Rates are fractions; NAN where not defined. */
typedef struct eval_rates {
    double eer, eer_low, eer_high;
    double fnmr_at[EVAL_FMR_LEVELS];
    double zero_fmr;
    /* The lowest score that is a threshold of that kind; INFINITY where only "accept nobody" is. */
    double eer_score, score_at[EVAL_FMR_LEVELS], zero_fmr_score;
} eval_rates;

/* Collect the distinct scores of all pairs that did not fail. Caller frees axis->value. */
bf_status eval_axis_make(const eval_pairs *pairs, eval_axis *out, eval_error *err);

/* @return the index of a score on the axis, or EVAL_RANK_FAILED */
uint32_t eval_axis_rank(const eval_axis *axis, float score);

/*
 * Rates of a tally.
 * @param defined  which FMR levels are reported, as bits; see eval_rates_defined()
 */
void eval_rates_compute(const eval_axis *axis, const eval_tally *tally, unsigned defined,
                        eval_rates *out);

/* @return a bit for each FMR level x with x * impostors >= 1 */
unsigned eval_rates_defined(size_t impostors);

/* FMR from 1e-5 to 1 in steps of an eighth of a decade: where the DET curve's interval is found. */
#define EVAL_DET_POINTS 41
double eval_det_fmr(unsigned i);

/* The lowest FNMR over thresholds whose FMR is <= eval_det_fmr(i), for each i. */
void eval_rates_det(const eval_axis *axis, const eval_tally *tally, double out[EVAL_DET_POINTS]);

/* FMR and FNMR of a tally at one threshold. */
void eval_rates_at(const eval_axis *axis, const eval_tally *tally, double threshold,
                   double *out_fmr, double *out_fnmr);

#endif
