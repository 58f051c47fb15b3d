/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canonical fingerprint image, made once: grey, 500 ppi, ridges dark.
 *
 * Grey is Rec. 601 luma with weights of 1/256 that sum to one, so grey stored as RGB comes back
 * unchanged. Resampling is in resample.c.
 *
 * Polarity: a contact print is dark ridges on a light ground, and what the file declares is undone
 * by the decoder. Of a negative that declares nothing the caller may say so (bf_image_opts); else
 * it is recognised by its ground, but only on strong evidence: see is_negative().
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
 * Evidence for a negative, in blocks of BLOCK px. Where a print has a ground, it is as light as the
 * valleys or lighter (960 of the 1,000 prints of docs/EVALUATION.md, optical, capacitive and inked:
 * 0.3 to 1.6 of the ridge-to-valley span above the middle between ridges and valleys), so that of a
 * negative is as dark as its valleys or darker. A thermal sweep sensor's ground lies in the middle
 * (-0.2 to 0.2): it says nothing, and the picture stays as it is. What must not be taken for a
 * negative is a print cut out and laid on black. Its ground is without any noise, and darker than
 * its ridges; of a negative whose ground has been clipped to black, the valleys are clipped as
 * well. Measured with these numbers, all sets, per set: docs/LIMITS.md.
 */
#define BLOCK 16
#define BLOCK_PX (BLOCK * BLOCK)
#define FLAT_RANGE 40  /* grey levels: ground spans less */
#define EVEN_RANGE 1   /* grey levels: ground without noise spans at most this */
#define RIDGE_RANGE 60 /* ridges span at least this between the tenth and ninetieth percentile */
#define RIDGE_BLOCKS_MIN 10
#define BORDER_PERCENT 25   /* of the blocks on the border are flat */
#define EVEN_PERCENT 98     /* of these are even: the ground may have been cut out */
#define GROUND_MAX 160      /* mean level of a dark ground with noise */
#define EVEN_GROUND_MAX 100 /* without */
#define ABOVE_PERCENT 5   /* of the span: a ground further above the dark ends is grey, not dark */
#define BELOW_PERCENT 180 /* of the span: a ground further below them is no paper */
#define CLIPPED_QUARTER                                                                            \
    4 /* a pixel is at ground level within this part of the way to the dark ends */
/* Of a ground that may have been cut out: it lies at most this many times the share of pixels at
 * its level, of the blocks that are not flat, below the dark ends; or next to no pixel is at its
 * level, since the print fades into paper. */
#define BELOW_SHARES 2
#define FADING_PER_MILLE 5

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

/* What the blocks of a picture say of ground and ridges. */
typedef struct evidence {
    int32_t cols, rows;
    int border, border_flat, border_even; /* blocks */
    int flat, flat_light;                 /* lighter than the middle of the ridges */
    int ridged;
    int64_t ground, low, high; /* mean levels: of the border's flat blocks; of the ridged */
} evidence;

static int on_border(const evidence *e, int32_t x, int32_t y)
{
    return x == 0 || y == 0 || x == e->cols - 1 || y == e->rows - 1;
}

static void gather(const bf_grey *g, evidence *e)
{
    int light[256] = {0};
    *e = (evidence){.cols = g->w / BLOCK, .rows = g->h / BLOCK};
    for (int32_t y = 0; y < e->rows; y++) {
        for (int32_t x = 0; x < e->cols; x++) {
            block_range r = range_of(g, x, y);
            int border = on_border(e, x, y), flat = r.span < FLAT_RANGE;
            e->border += border;
            if (flat) {
                e->flat++;
                light[r.mean]++;
                e->border_flat += border;
                e->border_even += border && r.span <= EVEN_RANGE;
                e->ground += border ? r.mean : 0;
            } else if (r.high - r.low >= RIDGE_RANGE) {
                e->ridged++;
                e->low += r.low;
                e->high += r.high;
            }
        }
    }
    if (!e->ridged || !e->border_flat) return;
    e->ground /= e->border_flat;
    e->low /= e->ridged;
    e->high /= e->ridged;
    for (int64_t v = (e->low + e->high) / 2 + 1; v < 256; v++) e->flat_light += light[v];
}

/* Pixels at ground level, per mille of those in blocks that are not flat. */
static int64_t clipped_per_mille(const bf_grey *g, const evidence *e)
{
    int64_t at = 0, all = 0, limit = e->ground + (e->low - e->ground) / CLIPPED_QUARTER;
    for (int32_t y = 0; y < e->rows; y++) {
        for (int32_t x = 0; x < e->cols; x++) {
            if (range_of(g, x, y).span < FLAT_RANGE) continue;
            const uint8_t *p = g->px + (size_t)y * BLOCK * (size_t)g->stride + x * BLOCK;
            for (int i = 0; i < BLOCK; i++, p += g->stride) {
                for (int j = 0; j < BLOCK; j++) at += p[j] <= limit;
            }
            all += BLOCK_PX;
        }
    }
    return all ? at * 1000 / all : 0;
}

static int is_negative(const bf_grey *g)
{
    evidence e;
    gather(g, &e);
    if (e.ridged < RIDGE_BLOCKS_MIN || e.border_flat * 100 < e.border * BORDER_PERCENT) return 0;
    if (e.flat_light * 2 > e.flat) return 0;
    int64_t below = (e.low - e.ground) * 100, span = e.high - e.low;
    if (below < -span * ABOVE_PERCENT || below > span * BELOW_PERCENT) return 0;
    if (e.border_even * 100 < e.border_flat * EVEN_PERCENT) return e.ground <= GROUND_MAX;
    if (e.ground > EVEN_GROUND_MAX) return 0;
    int64_t clipped = clipped_per_mille(g, &e);
    return below * 10 <= span * clipped * BELOW_SHARES || clipped <= FADING_PER_MILLE;
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
    if (image->polarity == BF_POLARITY_LIGHT_RIDGES ||
        (image->polarity == BF_POLARITY_AUTO && is_negative(&g))) {
        invert(&g);
    }
    *out = g;
    return BF_OK;
}
