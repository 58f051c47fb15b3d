/* SPDX-License-Identifier: Apache-2.0 */
/* Coefficients of the attack detector: made by tools/fit-pad, see docs/MODELS.md. */
#include "face/pad.h"

const float bf_pad_weight[BF_PAD_FEATURES] = {
    0.0188293f, 0.516641f, 0.145638f, 0.506053f, 3.56357f, 0.188542f, 4.90384f, 13.806f, -54.208f,
    -32.0705f, -2.31448f, -13.7767f, -18.1242f, 16.5353f, 81.0111f, 2.97597f, -0.235116f,
    -0.798711f, 7.80801f, -0.244134f, -33.387f, -43.1092f, 0.988299f, -5.64281f, -15.3523f,
    9.97585f, 14.1516f, 1.66292f, -1.83847f, 0.746007f, 1.9632f,
};

const float bf_pad_bias = 21.1714f;
const float bf_pad_threshold = 41.2f;
