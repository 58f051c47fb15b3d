/* SPDX-License-Identifier: Apache-2.0 */
/* Raw similarity to score; the data behind it: docs/SCORES.md. */
#ifndef BF_FINGER_CALIBRATION_H
#define BF_FINGER_CALIBRATION_H
#include "template/modality.h"

extern const bf_calibration bf_finger_calibration;

#endif
