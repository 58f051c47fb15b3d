/* SPDX-License-Identifier: Apache-2.0 */
/* Raw similarity to score: made by tools/fit-finger, see docs/SCORES.md. */
#include "finger/calibration.h"

static const float points[][2] = {
    {-10.614f, 0.0f}, {-8.614f, 0.5f}, {-7.964f, 1.0f}, {-7.179f, 2.0f}, {-6.641f, 3.0f},
    {-5.813f, 5.0f}, {-5.017f, 7.5f}, {-4.342f, 10.0f}, {-3.739f, 12.5f}, {-3.218f, 15.0f},
    {-2.721f, 17.5f}, {-2.258f, 20.0f}, {20.284f, 120.0f},
};

const bf_calibration bf_finger_calibration = {points, sizeof points / sizeof points[0],
                                              41.0f};
