/* SPDX-License-Identifier: Apache-2.0 */
/* Coefficients of the score: made by tools/fit-finger, see docs/SCORES.md. */
#include "finger/compare.h"

const float bf_finger_model_weight[BF_FEATURES] = {
    0.510302f, 0.637781f, 0.40397f, 0.0627015f, -0.432149f, -0.088744f,
    1.94856f, 4.0741f, 4.16777f, 0.253589f, 0.0815878f, -1.38909f,
    0.377725f, -0.130631f, -0.269305f, 0.483665f, 2.12689f, 0.163261f,
    1.46772f, 0.695185f, -0.181264f, 0.891711f, -0.119885f, -0.0516505f,
    0.0569279f, -0.406446f, 0.377818f, -0.121465f, -0.607944f, 0.0743817f,
    2.33134f, 0.919159f, 3.99967f, 3.24017f, 3.24425f, 0.375398f,
    0.455223f, 0.202513f, 0.0101658f,
};

const float bf_finger_model_bias = -16.186948f;
