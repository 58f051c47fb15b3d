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

/*
 * Evidence for a negative, in blocks of BLOCK px. Over 1,000 prints of six sensors and of ink the
 * ground lies at least a full ridge-to-valley span above the ridges (a thermal sweep sensor: 0.15
 * to 0.73 of it), so a negative of them has it at or below the
 * valleys. With these numbers none of the 1,000 is taken for a negative, and 595 of their negatives
 * are recognised: when in doubt the picture stays as it is.
 */
#define BLOCK 16
#define BLOCK_PX (BLOCK * BLOCK)
#define FLAT_RANGE 40  /* grey levels: ground spans less */
#define RIDGE_RANGE 60 /* ridges span at least this between the tenth and ninetieth percentile */
#define RIDGE_BLOCKS_MIN 30
#define BORDER_PERCENT 25 /* of the blocks on the border are flat */
#define GROUND_MAX 100    /* mean level of a dark ground */
#define BELOW_PERCENT 30  /* of the span: a ground further below the dark end is a cut-out */
#define ABOVE_PERCENT 5   /* of the span: a ground further above is grey, not dark */

typedef struct block_range {
    int low, high;  /* 10th and 90th percentile */
    int span, mean; /* of all */
} block_range;

static block_range range_of(const bf_grey *g, int32_t bx, int32_t by)
{
    int count[256] = {0}, below = 0, darkest = -1, lightest = 0;
    block_range r = {-1, 0, 0, 0};
    const uint8_t *p = g->px + (size_t)by * BLOCK * (size_t)g->stride + bx * BLOCK;
    for (int y = 0; y < BLOCK; y++, p += g->stride) {
        for (int x = 0; x < BLOCK; x++) count[p[x]]++;
    }
    for (int v = 0; v < 256; v++) {
        if (!count[v]) continue;
        if (darkest < 0) darkest = v;
        lightest = v;
        below += count[v];
        r.mean += v * count[v];
        if (r.low < 0 && below * 10 > BLOCK_PX) r.low = v;
        if ((below - count[v]) * 10 < BLOCK_PX * 9) r.high = v;
    }
    r.mean /= BLOCK_PX;
    r.span = lightest - darkest;
    return r;
}

/*
 * In a negative the ground is dark and flat, and the valleys are as dark as the ground. A light
 * finger cut out and laid on black does not pass: its ridges are dark skin, lighter than that.
 */
static int is_negative(const bf_grey *g)
{
    int32_t cols = g->w / BLOCK, rows = g->h / BLOCK;
    int border = 0, border_flat = 0, flat = 0, ridged = 0;
    int64_t ground = 0, low = 0, high = 0;
    for (int32_t y = 0; y < rows; y++) {
        for (int32_t x = 0; x < cols; x++) {
            block_range r = range_of(g, x, y);
            int at_border = x == 0 || y == 0 || x == cols - 1 || y == rows - 1;
            int is_flat = r.span < FLAT_RANGE;
            border += at_border;
            border_flat += at_border && is_flat;
            if (is_flat) {
                flat++;
                ground += r.mean;
            } else if (r.high - r.low >= RIDGE_RANGE) {
                ridged++;
                low += r.low;
                high += r.high;
            }
        }
    }
    if (ridged < RIDGE_BLOCKS_MIN || border_flat * 100 < border * BORDER_PERCENT) return 0;
    ground /= flat;
    low /= ridged;
    high /= ridged;
    int64_t above = (ground - low) * 100, span = high - low;
    return ground <= GROUND_MAX && above <= span * ABOVE_PERCENT && above >= -span * BELOW_PERCENT;
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
