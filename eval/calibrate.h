/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calibration of a recogniser from pairs of known identity: raw similarity to score, where
 * score = -10 log10(share of impostor pairs that are as similar).
 */
#ifndef EVAL_CALIBRATE_H
#define EVAL_CALIBRATE_H
#include "fail.h"
#include "protocol.h"

#define EVAL_CALIBRATION_POINTS_MAX 40
#define EVAL_CALIBRATION_IMPOSTORS_MIN 1000u
/* The rule of 30: that many impostor pairs at a similarity tell its rate to about a third. */
#define EVAL_CALIBRATION_SUPPORT 30u
#define EVAL_CALIBRATION_STEP 2.5 /* of score, between points */

typedef struct eval_calibration {
    float point[EVAL_CALIBRATION_POINTS_MAX][2]; /* {raw, score}, raw ascending */
    uint32_t count;
    float extrapolated_from; /* score: fewer than 30 impostor pairs beyond it */
    size_t impostors;        /* that were compared */
} eval_calibration;

/*
 * @param raw_at_score  raw similarity of the pairs' score 1: 0.01 where they are 100 times the
 *                      cosine
 * @param raw_most      the largest raw similarity there is
 * @return 0, BF_EFORMAT (fewer than 1,000 impostor pairs, or they are all alike), BF_ENOMEM
 */
bf_status eval_calibrate(const eval_pairs *pairs, double raw_at_score, double raw_most,
                         eval_calibration *out, eval_error *err);

#endif
