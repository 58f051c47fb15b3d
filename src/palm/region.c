/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A picture that is the region of interest already, to 128 x 128 grey.
 *
 * Each pixel of the region is the mean of the part of the picture it covers, in whole numbers: a
 * picture of 128 x 128 px comes through unchanged. Grey is Rec. 601 luma as in src/image/canon.c.
 */
#include "palm/region.h"

#include <string.h>

#define REGION_SIDE_MIN_PX 64u
#define REGION_ASPECT_NUM 5u /* at most 5 : 4 */
#define REGION_ASPECT_DEN 4u
#define COVER 256u /* weight of a whole source pixel along one axis */

/* The source pixels under region pixel i of an axis: first, count and weight of each end. */
typedef struct span {
    uint32_t first, last;
    uint32_t head, tail; /* weight of first and last, 1..COVER; of those between COVER */
} span;

static span span_of(uint32_t i, uint32_t side)
{
    uint32_t from = i * side * (COVER / BF_PALM_SIDE), to = (i + 1) * side * (COVER / BF_PALM_SIDE);
    span s = {from / COVER, (to - 1) / COVER, 0, 0};
    s.head = s.first == s.last ? to - from : COVER - from % COVER;
    s.tail = to - s.last * COVER;
    return s;
}

static uint32_t grey_at(const bf_image *image, uint32_t x, uint32_t y)
{
    const uint8_t *p = image->px + ((size_t)y * image->w + x) * image->channels;
    if (image->channels == 1) return p[0];
    return (77u * p[0] + 150u * p[1] + 29u * p[2] + 128u) >> 8;
}

static uint8_t mean_of(const bf_image *image, span sx, span sy)
{
    uint64_t sum = 0, weight = 0;
    for (uint32_t y = sy.first; y <= sy.last; y++) {
        uint32_t wy = y == sy.first ? sy.head : y == sy.last ? sy.tail : COVER;
        for (uint32_t x = sx.first; x <= sx.last; x++) {
            uint32_t wx = x == sx.first ? sx.head : x == sx.last ? sx.tail : COVER;
            sum += (uint64_t)wx * wy * grey_at(image, x, y);
            weight += (uint64_t)wx * wy;
        }
    }
    return (uint8_t)((sum + weight / 2) / weight);
}

bf_status bf_palm_region_whole(bf_ctx *c, const bf_image *image, uint32_t position,
                               bf_palm_region *out)
{
    uint32_t w = image->w, h = image->h;
    if (w < REGION_SIDE_MIN_PX || h < REGION_SIDE_MIN_PX) {
        BF_FAIL(c, BF_ESMALL, "palm region of %u x %u px: at least %u a side are needed", w, h,
                REGION_SIDE_MIN_PX);
    }
    if ((uint64_t)w * REGION_ASPECT_DEN > (uint64_t)h * REGION_ASPECT_NUM ||
        (uint64_t)h * REGION_ASPECT_DEN > (uint64_t)w * REGION_ASPECT_NUM) {
        BF_FAIL(c, BF_ENONE, "a picture of %u x %u px is no palm region: it is not square", w, h);
    }
    memset(out, 0, sizeof *out);
    for (uint32_t v = 0; v < BF_PALM_SIDE; v++) {
        for (uint32_t u = 0; u < BF_PALM_SIDE; u++) {
            out->px[v * BF_PALM_SIDE + u] = mean_of(image, span_of(u, w), span_of(v, h));
        }
    }
    memset(out->valid, 1, sizeof out->valid);
    out->by = BF_PALM_BY_CALLER;
    out->side = (uint8_t)position;
    out->quality = 50;
    return BF_OK;
}
