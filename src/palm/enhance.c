/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Even out light and contrast of a region: each pixel less the mean of its surroundings, over their
 * standard deviation plus a floor, clipped. Only pixels of the hand count as surroundings; others
 * become 0. Sums are whole numbers and the rest is + - * / sqrt in a fixed order, so the result is
 * the same on every machine.
 */
#include <math.h>

#include "palm/code.h"
#include "palm/code_params.h"

#define SIDE BF_PALM_SIDE
#define SUMS (SIDE + 1)
#define UNIT 32.0f /* steps of the result in one local contrast */

/* Sums over all rows above and columns to the left. */
typedef struct sums {
    uint32_t *count, *grey, *square;
} sums;

static bf_status sums_make(bf_ctx *c, const bf_palm_region *r, sums *s)
{
    s->count = bf_ctx_scratch(c, (size_t)3 * SUMS * SUMS, sizeof(uint32_t));
    if (!s->count) BF_FAIL_NOMEM(c);
    s->grey = s->count + SUMS * SUMS;
    s->square = s->grey + SUMS * SUMS;
    for (int32_t y = 0; y < SIDE; y++) {
        uint32_t n = 0, g = 0, q = 0;
        for (int32_t x = 0; x < SIDE; x++) {
            uint32_t v = r->px[y * SIDE + x], valid = r->valid[y * SIDE + x] != 0;
            int32_t at = (y + 1) * SUMS + x + 1;
            n += valid;
            g += v * valid;
            q += v * v * valid;
            s->count[at] = s->count[at - SUMS] + n;
            s->grey[at] = s->grey[at - SUMS] + g;
            s->square[at] = s->square[at - SUMS] + q;
        }
    }
    return BF_OK;
}

static bf_status plane_new(bf_ctx *c, int32_t side, bf_palm_plane *out)
{
    int32_t full = side + BF_PALM_REACH + BF_PALM_ROW;
    out->side = side;
    out->stride = full;
    int16_t *px = bf_ctx_scratch(c, (size_t)full * (size_t)(side + 2 * BF_PALM_REACH), 2);
    if (!px) BF_FAIL_NOMEM(c);
    out->px = px + BF_PALM_REACH * full + BF_PALM_REACH;
    return BF_OK;
}

static int32_t mirrored(int32_t i, int32_t side)
{
    return i < 0 ? -1 - i : i >= side ? 2 * side - 1 - i : i;
}

static void mirror_outwards(bf_palm_plane *p)
{
    for (int32_t y = -BF_PALM_REACH; y < p->side + BF_PALM_REACH; y++) {
        const int16_t *from = p->px + mirrored(y, p->side) * p->stride;
        int16_t *to = p->px + y * p->stride;
        for (int32_t x = -BF_PALM_REACH; x < p->side + BF_PALM_REACH; x++) {
            to[x] = from[mirrored(x, p->side)];
        }
    }
}

/* Flattened pixel, or 0; *seen: whether there is anything to see about it. */
static int16_t flatten(const bf_palm_region *r, const sums *s, int32_t x, int32_t y, uint8_t *seen)
{
    const int32_t reach = PARAM_FLATTEN_RADIUS;
    int32_t x0 = x < reach ? 0 : x - reach, y0 = y < reach ? 0 : y - reach;
    int32_t x1 = x + reach < SIDE ? x + reach + 1 : SIDE;
    int32_t y1 = y + reach < SIDE ? y + reach + 1 : SIDE;
    int32_t a = y0 * SUMS + x0, b = y0 * SUMS + x1, d = y1 * SUMS + x0, e = y1 * SUMS + x1;
    *seen = 0;
    if (!r->valid[y * SIDE + x]) return 0;
    float n = (float)(s->count[e] - s->count[d] - s->count[b] + s->count[a]);
    float mean = (float)(s->grey[e] - s->grey[d] - s->grey[b] + s->grey[a]) / n;
    float square = (float)(s->square[e] - s->square[d] - s->square[b] + s->square[a]) / n;
    float variance = square - mean * mean;
    float contrast = variance > 0.0f ? sqrtf(variance) : 0.0f;
    float v = ((float)r->px[y * SIDE + x] - mean) / (contrast + PARAM_FLATTEN_FLOOR);
    *seen = contrast > PARAM_FLAT_MAX;
    v = v > PARAM_FLATTEN_CLIP    ? PARAM_FLATTEN_CLIP
        : v < -PARAM_FLATTEN_CLIP ? -PARAM_FLATTEN_CLIP
                                  : v;
    return (int16_t)floorf(v * UNIT + 0.5f);
}

static void halve(const bf_palm_plane *p, bf_palm_plane *out)
{
    for (int32_t y = 0; y < out->side; y++) {
        for (int32_t x = 0; x < out->side; x++) {
            const int16_t *q = p->px + 2 * y * p->stride + 2 * x;
            int32_t sum = q[0] + q[1] + q[p->stride] + q[p->stride + 1];
            /* to the nearest, halves up; the offset keeps the division among positive numbers */
            out->px[y * out->stride + x] = (int16_t)((sum + 2 + 4096) / 4 - 1024);
        }
    }
}

bf_status bf_palm_enhance(bf_ctx *c, const bf_palm_region *r, bf_palm_planes *out)
{
    sums s = {0};
    BF_TRY(sums_make(c, r, &s));
    BF_TRY(plane_new(c, SIDE, &out->full));
    BF_TRY(plane_new(c, SIDE / 2, &out->half));
    out->valid = bf_ctx_scratch(c, SIDE, SIDE);
    if (!out->valid) BF_FAIL_NOMEM(c);
    for (int32_t y = 0; y < SIDE; y++) {
        for (int32_t x = 0; x < SIDE; x++) {
            out->full.px[y * out->full.stride + x] =
                flatten(r, &s, x, y, &out->valid[y * SIDE + x]);
        }
    }
    halve(&out->full, &out->half);
    mirror_outwards(&out->full);
    mirror_outwards(&out->half);
    return BF_OK;
}
