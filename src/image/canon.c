/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canonical fingerprint image, made once: grey, 500 ppi, ridges dark.
 *
 * Grey is Rec. 601 luma with weights of 1/256 that sum to one, so grey stored as RGB comes back
 * unchanged. Resampling is in resample.c.
 *
 * Polarity: a contact print is dark ridges on a light ground, and what the file declares is undone
 * by the decoder. A negative that declares nothing is recognised only on strong evidence, since a
 * print cut out and laid on black is no negative: see is_negative().
 */
#include <string.h>

#include "image/image.h"
#include "image/resample.h"

#define CANONICAL_PPI 500u
#define SIDE_MIN_PX 100u
#define SIDE_MAX_PX 4000u

static void to_grey(const bf_image *image, uint8_t *out)
{
    size_t n = (size_t)image->w * image->h;
    const uint8_t *s = image->px;
    if (image->channels == 1) {
        memcpy(out, s, n);
        return;
    }
    for (size_t i = 0; i < n; i++, s += 3) {
        out[i] = (uint8_t)((77u * s[0] + 150u * s[1] + 29u * s[2] + 128u) >> 8);
    }
}

/* Evidence for a negative, in blocks of BLOCK px. */
#define BLOCK 16
#define FLAT_RANGE 24       /* grey levels: no ridges in a block that spans less */
#define RIDGE_RANGE 96      /* ridges in a block that spans at least this */
#define BLACK_MAX 40        /* mean level of a black ground */
#define GROUND_PERCENT 90   /* of the blocks on the border are flat and black */
#define RIDGE_BLOCKS_MIN 40 /* about half a square centimetre of print */
#define VALLEY_PERCENT 90   /* of the ridge blocks go down to the ground's level */

typedef struct block_range {
    int low, high, mean;
} block_range;

static block_range range_of(const bf_grey *g, int32_t bx, int32_t by)
{
    block_range r = {255, 0, 0};
    const uint8_t *p = g->px + (size_t)by * BLOCK * (size_t)g->stride + bx * BLOCK;
    for (int y = 0; y < BLOCK; y++, p += g->stride) {
        for (int x = 0; x < BLOCK; x++) {
            if (p[x] < r.low) r.low = p[x];
            if (p[x] > r.high) r.high = p[x];
            r.mean += p[x];
        }
    }
    r.mean /= BLOCK * BLOCK;
    return r;
}

/*
 * In a negative the ground is black and so are the valleys: the border is flat and black, and
 * nearly every block with ridges goes down to that black. A light finger cut out and laid on black
 * fails the second test, since its ridges are dark skin, not ground.
 */
static int is_negative(const bf_grey *g)
{
    int32_t cols = g->w / BLOCK, rows = g->h / BLOCK;
    int border = 0, black = 0, ridges = 0, deep = 0;
    for (int32_t y = 0; y < rows; y++) {
        for (int32_t x = 0; x < cols; x++) {
            block_range r = range_of(g, x, y);
            if (x == 0 || y == 0 || x == cols - 1 || y == rows - 1) {
                border++;
                black += r.high - r.low < FLAT_RANGE && r.mean <= BLACK_MAX;
            }
            if (r.high - r.low < RIDGE_RANGE) continue;
            ridges++;
            deep += r.low <= BLACK_MAX;
        }
    }
    return ridges >= RIDGE_BLOCKS_MIN && black * 100 >= border * GROUND_PERCENT &&
           deep * 100 >= ridges * VALLEY_PERCENT;
}

static void invert(bf_grey *g)
{
    for (int32_t y = 0; y < g->h; y++) {
        uint8_t *p = g->px + (size_t)y * (size_t)g->stride;
        for (int32_t x = 0; x < g->w; x++) p[x] = (uint8_t)~p[x];
    }
}

bf_status bf_image_canonical_grey500(bf_ctx *c, const bf_image *image, bf_grey *out)
{
    uint32_t ppi = image->ppi;
    if (ppi >= CANONICAL_PPI - CANONICAL_PPI / 100 && ppi <= CANONICAL_PPI + CANONICAL_PPI / 100) {
        ppi = CANONICAL_PPI;
    }
    uint32_t w = bf_resampled_side(image->w, CANONICAL_PPI, ppi);
    uint32_t h = bf_resampled_side(image->h, CANONICAL_PPI, ppi);
    if (w < SIDE_MIN_PX || h < SIDE_MIN_PX) {
        BF_FAIL(c, BF_ESMALL, "%u x %u pixels at 500 ppi: too small, at least %u a side", w, h,
                SIDE_MIN_PX);
    }
    if (w > SIDE_MAX_PX || h > SIDE_MAX_PX) {
        BF_FAIL(c, BF_ELIMIT, "%u x %u pixels at 500 ppi: too large, at most %u a side", w, h,
                SIDE_MAX_PX);
    }
    uint8_t *grey = bf_ctx_scratch(c, (size_t)image->w * image->h, 1);
    if (!grey) BF_FAIL_NOMEM(c);
    to_grey(image, grey);
    bf_grey g = {(int32_t)w, (int32_t)h, (int32_t)w, grey, 1.0f};
    if (ppi != CANONICAL_PPI) {
        g.px = bf_ctx_scratch(c, (size_t)w * h, 1);
        if (!g.px) BF_FAIL_NOMEM(c);
        g.scale = (float)CANONICAL_PPI / (float)ppi;
        BF_TRY(bf_resample(c, grey, image->w, image->h, CANONICAL_PPI, ppi, g.px, w, h));
    }
    if (is_negative(&g)) invert(&g);
    *out = g;
    return BF_OK;
}
