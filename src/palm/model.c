/* SPDX-License-Identifier: Apache-2.0 */
/* Coefficients of the score: made by tools/fit-palm, see docs/SCORES.md. */
#include "palm/compare.h"

const float bf_palm_model_weight[BF_PALM_FEATURES] = {40.0f, 0.0f, 40.0f, 0.0f, 0.0f};
const float bf_palm_model_bias = -20.0f;
const float bf_palm_model_ceiling[2] = {100.0f, 10.0f};
