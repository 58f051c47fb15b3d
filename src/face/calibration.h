/* SPDX-License-Identifier: Apache-2.0 */
/* Raw similarity to score, one table for each recogniser; the data behind it: docs/SCORES.md. */
#ifndef BF_FACE_CALIBRATION_H
#define BF_FACE_CALIBRATION_H
#include "face/encode.h"

/* What the engine sees: raw similarities of faces are scores already. */
extern const bf_calibration bf_face_calibration;

/* Put name and calibration of its model into a prepared template, from its model id. */
bf_status bf_face_calibrate(bf_ctx *c, bf_face_prepared *f);

#endif
