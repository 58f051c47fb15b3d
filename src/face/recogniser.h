/* SPDX-License-Identifier: Apache-2.0 */
/* The networks that recognise: ours, and those an operator registered. */
#ifndef BF_FACE_RECOGNISER_H
#define BF_FACE_RECOGNISER_H
#include "nn/card.h"
#include "nn/nn.h"

#define BF_FACE_DEFAULT "mobilefacenet"

#define BF_FACE_CHIP_ARCFACE 0u /* five points of [Deng2019], for 112 px, scaled */
#define BF_FACE_CHIP_DLIB 1u

typedef struct bf_recogniser {
    char name[BF_NN_NAME_MAX];
    uint32_t dimension;
    uint32_t chip; /* BF_FACE_CHIP_* */
    bf_nn_input input;
} bf_recogniser;

/*
 * @param name  NULL: the default one
 * @return 0, BF_EMODEL (no such model, or not a recogniser)
 */
bf_status bf_face_recogniser(bf_ctx *c, const char *name, bf_recogniser *out);

#endif
