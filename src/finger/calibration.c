/* SPDX-License-Identifier: Apache-2.0 */
/* Raw similarity to score. */
#include "finger/calibration.h"

static const float points[][2] = {
    {0.0f, 0.0f}, {0.21f, 20.0f}, {0.42f, 30.0f}, {0.76f, 40.0f}, {1.2f, 50.0f}, {8.0f, 120.0f},
};

const bf_calibration bf_finger_calibration = {points, sizeof points / sizeof points[0], 40.0f};
