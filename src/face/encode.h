/* SPDX-License-Identifier: Apache-2.0 */
/* Template payload of a face, version 1: see docs/FORMAT.md. */
#ifndef BF_FACE_ENCODE_H
#define BF_FACE_ENCODE_H
#include "face/face.h"

#define BF_FACE_VERSION 1u
#define BF_FACE_RECIPE 1u /* how crops are cut and embeddings joined; compared only with itself */
#define BF_FACE_DIMENSION_MIN 16u
#define BF_FACE_DIMENSION_MAX 4096u
#define BF_FACE_NAME_MAX 64u

/* What compare wants: one block. */
typedef struct bf_face_prepared {
    uint8_t model[BF_FACE_MODEL_ID_BYTES];
    char name[BF_FACE_NAME_MAX]; /* of the model, or its id in hexadecimal where it is unknown */
    uint32_t recipe, dimension;
    int32_t norm2;       /* sum of squares of value */
    float scale;         /* embedding = scale * value */
    bf_calibration cal;  /* points: static, or in `points` */
    float points[64][2];
    int8_t value[];      /* dimension of them */
} bf_face_prepared;

bf_status bf_face_encode(bf_ctx *c, const bf_embedding *e, uint32_t quality, uint32_t reasons,
                         bf_bytes *out);

/* As bf_modality.prepare. */
bf_status bf_face_prepare(bf_ctx *c, const uint8_t *data, size_t len, void **out, size_t *out_len);

#endif
