/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Halved copies of a picture, so that a crop of any size costs about the same and is never
 * undersampled. Each level is the mean of 2 x 2 px of the one before; pixel (x, y) of level k is
 * centred on ((x + 0.5) * 2^k - 0.5) of the image.
 */
#include <math.h>

#include "face/face.h"

#define SIDE_MIN_PX 16 /* no level is smaller */

static void halve(const bf_nn_pixels *from, uint8_t *out, int32_t w, int32_t h)
{
    int32_t n = from->channels;
    for (int32_t y = 0; y < h; y++) {
        const uint8_t *a = from->px + (size_t)(2 * y) * from->stride, *b = a + from->stride;
        for (int32_t x = 0; x < w; x++, a += 2 * n, b += 2 * n) {
            for (int32_t k = 0; k < n; k++) {
                *out++ = (uint8_t)((a[k] + a[k + n] + b[k] + b[k + n] + 2) >> 2);
            }
        }
    }
}

bf_status bf_pyramid_make(bf_ctx *c, const bf_image *image, bf_pyramid *out)
{
    out->level[0] = bf_nn_pixels_of(image);
    for (out->levels = 1; out->levels < BF_FACE_LEVELS; out->levels++) {
        const bf_nn_pixels *from = &out->level[out->levels - 1];
        int32_t w = from->w / 2, h = from->h / 2;
        if (w < SIDE_MIN_PX || h < SIDE_MIN_PX) break;
        size_t stride = (size_t)w * (size_t)from->channels;
        uint8_t *px = bf_ctx_scratch(c, stride * (size_t)h, 1);
        if (!px) BF_FAIL_NOMEM(c);
        halve(from, px, w, h);
        out->level[out->levels] = (bf_nn_pixels){px, w, h, stride, from->channels};
    }
    return BF_OK;
}

/* The level for an output of that step, and the affine in its frame. */
static const bf_nn_pixels *choose_level(const bf_pyramid *p, const bf_nn_affine *to_source,
                                        bf_nn_affine *out)
{
    const float *m = to_source->m;
    float step = sqrtf(fabsf(m[0] * m[4] - m[1] * m[3])), f = 1.0f;
    int32_t k = 0;
    for (; k + 1 < p->levels && step >= 2.0f; k++, step *= 0.5f) f *= 0.5f;
    for (int32_t i = 0; i < 6; i++) out->m[i] = to_source->m[i] * f;
    out->m[2] += 0.5f * f - 0.5f;
    out->m[5] += 0.5f * f - 0.5f;
    return &p->level[k];
}

void bf_pyramid_tensor(const bf_pyramid *p, const bf_nn_affine *to_source,
                       const bf_nn_input *input, float *out)
{
    bf_nn_affine a;
    const bf_nn_pixels *pixels = choose_level(p, to_source, &a);
    bf_nn_warp_tensor(pixels, &a, input, out);
}

void bf_pyramid_bytes(const bf_pyramid *p, const bf_nn_affine *to_source, const bf_nn_input *input,
                      uint8_t *out)
{
    bf_nn_affine a;
    const bf_nn_pixels *pixels = choose_level(p, to_source, &a);
    bf_nn_warp_bytes(pixels, &a, input, out);
}
