/* SPDX-License-Identifier: Apache-2.0 */
/* Raw similarity to score: made by tools/fit-finger, see docs/SCORES.md. */
#include "finger/calibration.h"

static const float points[][2] = {
    {-11.303f, 0.0f}, {-9.303f, 0.5f}, {-8.574f, 1.0f}, {-7.695f, 2.0f}, {-7.099f, 3.0f},
    {-6.213f, 5.0f}, {-5.372f, 7.5f}, {-4.683f, 10.0f}, {-4.058f, 12.5f}, {-3.489f, 15.0f},
    {-2.982f, 17.5f}, {-2.508f, 20.0f}, {18.808f, 120.0f},
};

const bf_calibration bf_finger_calibration = {points, sizeof points / sizeof points[0],
                                              41.0f};
