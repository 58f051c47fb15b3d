/* SPDX-License-Identifier: Apache-2.0 */
/* Raw similarity to score. */
#ifndef BF_PALM_CALIBRATION_H
#define BF_PALM_CALIBRATION_H
#include "template/modality.h"

extern const bf_calibration bf_palm_calibration;

#endif
