/* SPDX-License-Identifier: Apache-2.0 */
/* Rasters: limits, memory, alpha and inks, orientation. */
#include "image/decode.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "util/file.h"

bf_status bf_input_fail(bf_ctx *c, const bf_input *in, bf_status code, const char *fmt, ...)
{
    char cause[200];
    va_list args;
    va_start(args, fmt);
    vsnprintf(cause, sizeof cause, fmt, args);
    va_end(args);
    return bf_ctx_fail(c, code, "%.*s: %s", BF_NAME_MAX, in->name, cause);
}

uint32_t bf_raster_depth(uint32_t kind)
{
    static const uint8_t depth[] = {1, 2, 3, 4, 4, 4};
    assert(kind < sizeof depth);
    return depth[kind];
}

bf_status bf_raster_check(bf_ctx *c, const bf_input *in, uint32_t w, uint32_t h)
{
    if (!w || !h) BF_INPUT_FAIL(c, in, BF_EFORMAT, "image of %u x %u pixels", w, h);
    if (w > BF_IMAGE_MAX_SIDE || h > BF_IMAGE_MAX_SIDE || (uint64_t)w * h > BF_IMAGE_MAX_PIXELS) {
        BF_INPUT_FAIL(c, in, BF_ELIMIT,
                      "%u x %u pixels, more than the limit of %u a side or %u million in all", w, h,
                      BF_IMAGE_MAX_SIDE, BF_IMAGE_MAX_PIXELS / 1000000u);
    }
    return BF_OK;
}

bf_status bf_raster_begin(bf_ctx *c, const bf_input *in, uint32_t w, uint32_t h, uint32_t kind,
                          bf_raster *r)
{
    assert(!r->px);
    BF_TRY(bf_raster_check(c, in, w, h));
    size_t size = (size_t)w * h * bf_raster_depth(kind); /* <= 4e8 after the check */
    r->px = bf_ctx_alloc(c, size, 1);
    if (!r->px) BF_INPUT_FAIL(c, in, BF_ENOMEM, "out of memory for %u x %u pixels", w, h);
    r->w = w;
    r->h = h;
    r->kind = kind;
    r->size_bytes = size;
    return BF_OK;
}

void bf_raster_drop(bf_ctx *c, bf_raster *r)
{
    bf_wipe(r->px, r->size_bytes);
    bf_ctx_release(c, r->px);
    memset(r, 0, sizeof *r);
}

static uint8_t over_white(uint32_t value, uint32_t alpha)
{
    return (uint8_t)((value * alpha + 255u * (255u - alpha) + 127u) / 255u);
}

static uint8_t times(uint32_t a, uint32_t b)
{
    return (uint8_t)((a * b + 127u) / 255u);
}

/* Writing never overtakes reading: every target pixel is shorter than its source. */
void bf_raster_flatten(bf_raster *r)
{
    const uint8_t *s = r->px;
    uint8_t *d = r->px;
    size_t n = (size_t)r->w * r->h;
    switch (r->kind) {
    case BF_RASTER_GREY_ALPHA:
        for (; n; n--, s += 2) *d++ = over_white(s[0], s[1]);
        r->kind = BF_RASTER_GREY;
        break;
    case BF_RASTER_RGB_ALPHA:
        for (; n; n--, s += 4, d += 3) {
            uint32_t a = s[3];
            d[0] = over_white(s[0], a);
            d[1] = over_white(s[1], a);
            d[2] = over_white(s[2], a);
        }
        r->kind = BF_RASTER_RGB;
        break;
    case BF_RASTER_CMYK:
    case BF_RASTER_CMYK_INVERTED: {
        uint32_t flip = r->kind == BF_RASTER_CMYK ? 255u : 0u;
        for (; n; n--, s += 4, d += 3) {
            uint32_t k = s[3] ^ flip;
            d[0] = times(s[0] ^ flip, k);
            d[1] = times(s[1] ^ flip, k);
            d[2] = times(s[2] ^ flip, k);
        }
        r->kind = BF_RASTER_RGB;
        break;
    }
    default: return;
    }
    size_t used = (size_t)r->w * r->h * bf_raster_depth(r->kind);
    bf_wipe(r->px + used, r->size_bytes - used);
}

/*
 * EXIF orientation: where the stored first row and first column belong.
 *   1 top,left  2 top,right  3 bottom,right  4 bottom,left
 *   5 left,top  6 right,top  7 right,bottom  8 left,bottom
 */
bf_status bf_raster_upright(bf_ctx *c, bf_raster *r)
{
    uint32_t o = r->orientation;
    if (o < 2 || o > 8) return BF_OK;
    uint8_t *turned = bf_ctx_alloc(c, r->size_bytes, 1);
    if (!turned) BF_FAIL_NOMEM(c);
    uint32_t depth = bf_raster_depth(r->kind);
    int swap = o >= 5;
    int flip_x = o == 2 || o == 3 || o == 6 || o == 7; /* of the upright picture */
    int flip_y = o == 3 || o == 4 || o == 7 || o == 8;
    uint32_t w = swap ? r->h : r->w, h = swap ? r->w : r->h;
    for (uint32_t y = 0; y < r->h; y++) {
        const uint8_t *s = r->px + (size_t)y * r->w * depth;
        for (uint32_t x = 0; x < r->w; x++, s += depth) {
            uint32_t ux = swap ? y : x, uy = swap ? x : y;
            if (flip_x) ux = w - 1 - ux;
            if (flip_y) uy = h - 1 - uy;
            memcpy(turned + ((size_t)uy * w + ux) * depth, s, depth);
        }
    }
    bf_wipe(r->px, r->size_bytes);
    bf_ctx_release(c, r->px);
    r->px = turned;
    r->w = w;
    r->h = h;
    r->orientation = 1;
    if (swap) {
        double t = r->ppi_x;
        r->ppi_x = r->ppi_y;
        r->ppi_y = t;
    }
    return BF_OK;
}
