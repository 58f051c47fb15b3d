/* SPDX-License-Identifier: Apache-2.0 */
/* Coefficients of the score: made by tools/fit-finger, see docs/SCORES.md. */
#include "finger/compare.h"

const float bf_finger_model_weight[BF_FEATURES] = {
    0.530555f, 0.434949f, 0.285323f, 0.120052f, 0.098293f, 0.401023f, 2.20523f, 4.21533f, 3.06212f,
    0.293779f, -0.102496f, -1.05794f, 0.0928495f, -0.180688f, 0.213546f, -0.128648f, 0.996667f,
    0.164806f, 0.990078f, 0.668844f, 0.0132816f, 0.32009f, -0.274935f, -0.0769864f, 0.173671f,
    -0.54814f, -0.132504f, 0.18292f, -0.611269f, -0.106355f, 2.92689f, 0.784429f, 1.25852f,
    2.80868f, 2.88763f, 0.308139f, 0.484479f, 0.262729f, 0.210678f,
};

const float bf_finger_model_bias = -12.6095f;
