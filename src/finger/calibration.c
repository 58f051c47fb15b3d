/* SPDX-License-Identifier: Apache-2.0 */
/* Raw similarity to score: made by tools/fit-finger, see docs/SCORES.md. */
#include "finger/calibration.h"

static const float points[][2] = {
    {-10.020f, 0.0f}, {-8.020f, 0.5f}, {-7.479f, 1.0f}, {-6.788f, 2.0f},
    {-6.303f, 3.0f}, {-5.558f, 5.0f}, {-4.822f, 7.5f}, {-4.223f, 10.0f},
    {-3.688f, 12.5f}, {-3.181f, 15.0f}, {-2.724f, 17.5f}, {-2.275f, 20.0f},
    {-1.826f, 22.5f}, {-1.157f, 25.0f}, {-0.689f, 27.5f}, {-0.238f, 30.0f},
    {0.318f, 32.5f}, {0.710f, 35.0f}, {1.143f, 37.5f}, {1.443f, 40.0f},
    {17.443f, 120.0f},
};

const bf_calibration bf_finger_calibration = {points, sizeof points / sizeof points[0], 40.0f};
