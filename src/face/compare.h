/* SPDX-License-Identifier: Apache-2.0 */
/* Two prepared faces to a score. */
#ifndef BF_FACE_COMPARE_H
#define BF_FACE_COMPARE_H
#include "face/encode.h"

/* 1 where two templates may be compared: same model, same recipe. */
int bf_face_comparable(const bf_face_prepared *a, const bf_face_prepared *b);

/* As bf_modality.compare; 0 for templates that may not be compared. */
float bf_face_compare(bf_ctx *c, const void *a, const void *b, float at_least, bf_match *match);

/* Cosine of the two embeddings, -1..1. */
double bf_face_cosine(bf_ctx *c, const bf_face_prepared *a, const bf_face_prepared *b);

#endif
