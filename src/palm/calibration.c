/* SPDX-License-Identifier: Apache-2.0 */
/* Raw similarity to score: made by tools/fit-palm, see docs/SCORES.md. */
#include "palm/calibration.h"

static const float points[][2] = {
    {-30.0f, 0.0f},
    {60.0f, 120.0f},
};

const bf_calibration bf_palm_calibration = {points, sizeof points / sizeof points[0], 40.0f};
