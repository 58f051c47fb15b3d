/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From 8-bit pixels to what a network eats: one affine resampling into a float tensor or a crop.
 * Frames as in bonafide/image.h: origin top-left, x right, y down, pixel centres on integers.
 * Plain C in fixed order, no libm beyond sqrt and floor: the same values on every machine.
 */
#ifndef BF_NN_TENSOR_H
#define BF_NN_TENSOR_H
#include "image/image.h"

/* Borrowed pixels. */
typedef struct bf_nn_pixels {
    const uint8_t *px; /* h rows of `stride` bytes */
    int32_t w, h;      /* 1..BF_IMAGE_MAX_SIDE */
    size_t stride;     /* bytes a row */
    int32_t channels;  /* 1 grey, 3 RGB */
} bf_nn_pixels;

bf_nn_pixels bf_nn_pixels_of(const bf_image *image);

/* From the output (u, v) to the source (x, y): x = m[0] u + m[1] v + m[2],
 * y = m[3] u + m[4] v + m[5]. */
typedef struct bf_nn_affine {
    float m[6];
} bf_nn_affine;

typedef struct bf_nn_point {
    float x, y; /* px */
} bf_nn_point;

bf_nn_point bf_nn_affine_apply(const bf_nn_affine *a, float x, float y);

/* The way back. @return 0; -1 if there is none (no area) */
int bf_nn_affine_invert(const bf_nn_affine *a, bf_nn_affine *out);

/*
 * The rectangle of the source, w x h px around (cx, cy), to the whole of out_w x out_h px.
 * rotation_rad: how far the content is turned, counter-clockwise as seen (y down); it comes out
 * upright.
 */
bf_nn_affine bf_nn_affine_rect(float cx, float cy, float w, float h, float rotation_rad,
                               int32_t out_w, int32_t out_h);

/*
 * The similarity (rotation, one scale, shift; no mirror) that brings out[] onto source[] with the
 * least squares: what aligns a face by its points.
 * @param n  2..64 pairs
 * @return 0; -1 if the points are all in one place
 * Source: the closed form in the plane of [Umeyama1991].
 */
int bf_nn_affine_similarity(const bf_nn_point *source, const bf_nn_point *out, int32_t n,
                            bf_nn_affine *affine);

#define BF_NN_BORDER_REPLICATE 0 /* outside: the nearest pixel */
#define BF_NN_BORDER_CONSTANT 1  /* outside: `fill`, blended over one pixel */

#define BF_NN_NCHW 0
#define BF_NN_NHWC 1

#define BF_NN_RGB 0
#define BF_NN_BGR 1

/* What the network wants: value = (pixel - mean) * scale, pixel 0..255. */
typedef struct bf_nn_input {
    int32_t w, h;            /* px, 1..4096 */
    int32_t channels;        /* 1 or 3; RGB to grey by Rec. 601, grey to RGB by repeating */
    int32_t layout;          /* BF_NN_NCHW, BF_NN_NHWC */
    int32_t order;           /* BF_NN_RGB, BF_NN_BGR; only for 3 channels */
    int32_t border;          /* BF_NN_BORDER_* */
    int32_t antialias;       /* 0: plain bilinear; 1: the mean of as many bilinear samples as the
                                reduction asks for, at most 8 x 8 */
    uint8_t fill;            /* 0..255, for BF_NN_BORDER_CONSTANT */
    float mean[3], scale[3]; /* in the tensor's channel order */
} bf_nn_input;

/* @param out  [w * h * channels], caller-owned */
void bf_nn_warp_tensor(const bf_nn_pixels *source, const bf_nn_affine *to_source,
                       const bf_nn_input *input, float *out);

/* The same to 8 bits, rounded; channels as the source, interleaved, stride w * channels.
 * Only w, h, border, antialias and fill of `input` count. */
void bf_nn_warp_bytes(const bf_nn_pixels *source, const bf_nn_affine *to_source,
                      const bf_nn_input *input, uint8_t *out);

#endif
