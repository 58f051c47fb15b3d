/* SPDX-License-Identifier: Apache-2.0 */
/* Change of resolution by a ratio of whole numbers. Pixel i of the result lies at i * den / num. */
#ifndef BF_IMAGE_RESAMPLE_H
#define BF_IMAGE_RESAMPLE_H
#include "util/ctx.h"

/* Pixels of a side after scaling by num / den: the last one still lies on the source. */
uint32_t bf_resampled_side(uint32_t side, uint32_t num, uint32_t den);

/*
 * Resample grey pixels.
 * @param src  h rows of w bytes, w, h >= 1
 * @param out  oh rows of ow bytes, ow = bf_resampled_side(w, num, den), oh likewise
 * @return 0, BF_ENOMEM
 */
bf_status bf_resample(bf_ctx *c, const uint8_t *src, uint32_t w, uint32_t h, uint32_t num,
                      uint32_t den, uint8_t *out, uint32_t ow, uint32_t oh);

#endif
