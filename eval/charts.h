/* SPDX-License-Identifier: Apache-2.0 */
/* The charts of the report. Each writes one <svg> and returns 0, or BF_ENOMEM. */
#ifndef EVAL_CHARTS_H
#define EVAL_CHARTS_H
#include <stdio.h>

#include "run.h"

/* FNMR against FMR over all thresholds, both logarithmic, with the bootstrap's interval. */
bf_status chart_det(FILE *f, const eval_result *r);

/* Share of comparisons per score, genuine and impostor. */
bf_status chart_scores(FILE *f, const eval_result *r);

/* Measured FMR above each score, against the promise of the scale. */
bf_status chart_calibration(FILE *f, const eval_result *r);

/* FNMR at a fixed threshold when the genuine comparisons of the lowest quality are left out. */
bf_status chart_rejection(FILE *f, const eval_result *r);

/* The threshold of that chart: FMR 1e-3, else 1e-2, else the EER's. @return its name; static */
const char *chart_rejection_threshold(const eval_result *r, double *out);

#endif
