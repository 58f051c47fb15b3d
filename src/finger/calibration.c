/* SPDX-License-Identifier: Apache-2.0 */
/* Raw similarity to score: made by tools/fit-finger, see docs/SCORES.md. */
#include "finger/calibration.h"

static const float points[][2] = {
    {-11.065f, 0.0f}, {-9.065f, 0.5f}, {-8.353f, 1.0f}, {-7.497f, 2.0f}, {-6.919f, 3.0f},
    {-6.064f, 5.0f}, {-5.255f, 7.5f}, {-4.58f, 10.0f}, {-3.981f, 12.5f}, {-3.412f, 15.0f},
    {-2.898f, 17.5f}, {-2.469f, 20.0f}, {19.332f, 120.0f},
};

const bf_calibration bf_finger_calibration = {points, sizeof points / sizeof points[0],
                                              41.0f};
