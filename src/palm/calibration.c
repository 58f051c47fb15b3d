/* SPDX-License-Identifier: Apache-2.0 */
/* Raw similarity to score: made by tools/fit-palm, see docs/SCORES.md. */
#include "palm/calibration.h"

static const float points[][2] = {
    {-12.263f, 0.0f}, {-10.263f, 0.5f}, {-9.757f, 1.0f}, {-9.119f, 2.0f}, {-8.657f, 3.0f},
    {-7.941f, 5.0f}, {-7.231f, 7.5f}, {-6.625f, 10.0f}, {-6.097f, 12.5f}, {-5.62f, 15.0f},
    {-5.187f, 17.5f}, {-4.785f, 20.0f}, {10.251f, 120.0f},
};

const bf_calibration bf_palm_calibration = {points, sizeof points / sizeof points[0], 51.0f};
