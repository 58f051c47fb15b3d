/* SPDX-License-Identifier: Apache-2.0 */
/* The form in which two fingerprint templates are compared. */
#ifndef BF_FINGER_COMPARE_H
#define BF_FINGER_COMPARE_H
#include "finger/encode.h"

#define BF_MCC_WORDS 6
#define BF_ORI_WORDS 4
#define BF_DESC_WORDS 12 /* 6 cylinder, 4 orientation, valid cells, valid points */

/* One block; every pointer points into it. */
typedef struct bf_fprepared {
    size_t bytes;
    uint32_t count;
    float *x, *y;      /* px */
    float *weight;     /* trust 0..1 */
    uint8_t *angle;    /* 1/256 turn */
    uint8_t *type;
    uint64_t *desc;    /* count x BF_DESC_WORDS */
    int32_t x0, y0, cols, rows;
    uint8_t *grid;     /* rows x cols, 0..31 or BF_GRID_NONE */
    uint64_t order;    /* decides which of two templates is called the first */
} bf_fprepared;

#define BF_FEATURES 12
/* What the score is made of; for fitting. */
typedef struct bf_fscore {
    float f[BF_FEATURES];
} bf_fscore;

bf_status bf_finger_prepare(bf_ctx *c, const uint8_t *data, size_t len, void **out, size_t *out_len);
float bf_finger_compare(bf_ctx *c, const void *a, const void *b, float at_least, bf_match *match);
float bf_finger_compare_features(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, bf_match *match, bf_fscore *features);

#endif
