/* SPDX-License-Identifier: Apache-2.0 */
/* Coefficients of the score: made by tools/fit-palm, see docs/SCORES.md. */
#include "palm/compare.h"

const float bf_palm_model_weight[BF_PALM_FEATURES] = {
    33.8218f, 33.87f,
};

const float bf_palm_model_bias = -22.7046f;
