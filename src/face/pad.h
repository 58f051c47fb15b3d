/* SPDX-License-Identifier: Apache-2.0 */
/* Presentation attack detection: the features and the classifier's numbers. */
#ifndef BF_FACE_PAD_H
#define BF_FACE_PAD_H
#include "face/face.h"

#define BF_PAD_FEATURES 31

/* Coefficients: pad_model.c, made by tools/fit-pad. */
extern const float bf_pad_weight[BF_PAD_FEATURES], bf_pad_bias;
extern const float bf_pad_threshold; /* 0..100 */

/*
 * What the classifier sees of an aligned crop.
 * @param crop  BF_FACE_CROP_PX a side, RGB
 * @return 0; -1: the crop has no colour
 */
int bf_face_pad_features(const uint8_t *crop, float out[BF_PAD_FEATURES]);

#endif
