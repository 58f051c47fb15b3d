/* SPDX-License-Identifier: Apache-2.0 */
/* Coefficients of the score: made by tools/fit-finger, see docs/SCORES.md. */
#include "finger/compare.h"

const float bf_finger_model_weight[BF_FEATURES] = {
    0.56703f, 0.545364f, 0.326048f, 0.0415695f, 0.265555f, 0.37257f, 2.52921f, 4.52379f, 3.08202f,
    0.247383f, -0.0860374f, -1.07648f, 0.202f, -0.125035f, 0.360144f, -0.694724f, 0.600787f,
    0.165226f, 0.948588f, 1.48739f, 0.0247929f, 0.440574f, -0.332992f, -0.0161172f, 0.362496f,
    -0.359444f, -0.263928f, 0.0135619f, -0.505348f, 0.0691803f, 2.97725f, 0.536197f, 0.667743f,
    3.35689f, 2.77911f, 0.331817f, 0.386904f, 0.241885f, 0.0643723f,
};

const float bf_finger_model_bias = -14.182f;
