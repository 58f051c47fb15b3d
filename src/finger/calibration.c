/* SPDX-License-Identifier: Apache-2.0 */
/* Raw similarity to score: made by tools/fit-finger, see docs/SCORES.md. */
#include "finger/calibration.h"

static const float points[][2] = {
    {-11.261f, 0.0f}, {-9.261f, 0.5f}, {-8.55f, 1.0f}, {-7.686f, 2.0f}, {-7.096f, 3.0f},
    {-6.219f, 5.0f}, {-5.361f, 7.5f}, {-4.696f, 10.0f}, {-4.066f, 12.5f}, {-3.552f, 15.0f},
    {-3.075f, 17.5f}, {-2.676f, 20.0f}, {16.79f, 120.0f},
};

const bf_calibration bf_finger_calibration = {points, sizeof points / sizeof points[0],
                                              41.0f};
