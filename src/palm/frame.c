/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From valley points to the quantised frame of the region, and from frame to pixels. Given the
 * frame the pixels are the same bytes on every machine: sines are fmath's, sums are in whole
 * numbers of a 1/16 px grid.
 */
#include <math.h>
#include <string.h>

#include "palm/locate.h"
#include "palm/params.h"
#include "util/fmath.h"

/* 2^(step / 32) without libm: repeated square roots of 2. */
static double scale_of(int32_t step)
{
    double s = 1.0, root = 2.0;
    int32_t magnitude = step < 0 ? -step : step;
    for (int32_t i = 0; i < magnitude / 32; i++) s *= 2.0;
    for (int32_t bit = 16; bit; bit /= 2) {
        root = sqrt(root);
        if (magnitude & bit) s *= root;
    }
    return step < 0 ? 1.0 / s : s;
}

bf_status bf_hand_frame(bf_ctx *c, const bf_hand_line *line, int32_t reduce, bf_palm_frame *out)
{
    double k = reduce, nx = line->nx, ny = line->ny, span = line->span * k;
    double x = (line->mid.x + 0.5) * k - 0.5 - nx * PARAM_REGION_DOWN * span;
    double y = (line->mid.y + 0.5) * k - 0.5 - ny * PARAM_REGION_DOWN * span;
    double steps = 32.0 / 0.69314718055994531 * bf_log(PARAM_REGION_SIDE * span / BF_PALM_SIDE);
    /* Region +v, (sin, cos) in the picture, runs from the fingers to the wrist, along -n. */
    double turn = bf_atan2(-nx, -ny) * (128.0 / BF_PI);
    int32_t step = (int32_t)floor(steps + 0.5);
    if (step < -PARAM_ENLARGE_STEPS || step > BF_PALM_SCALE_MAX) {
        BF_FAIL(c, BF_ESMALL, "the hand is too %s in the picture: a palm %d px wide",
                step < 0 ? "small" : "large", (int)span);
    }
    out->x_px = (int32_t)floor(x + 0.5);
    out->y_px = (int32_t)floor(y + 0.5);
    out->turn = (uint8_t)((int32_t)floor(turn + 0.5) & 255);
    out->scale_step = (int8_t)step;
    return BF_OK;
}

bf_hand_point bf_hand_region_point(const bf_palm_frame *f, float u, float v)
{
    double scale = scale_of(f->scale_step), angle = f->turn * (BF_PI / 128.0);
    double cs = scale * bf_cos(angle), sn = scale * bf_sin(angle);
    return (bf_hand_point){(float)(f->x_px + cs * (u - 63.5) + sn * (v - 63.5)),
                           (float)(f->y_px - sn * (u - 63.5) + cs * (v - 63.5))};
}

static uint32_t grey_at(const bf_image *m, int32_t x, int32_t y)
{
    const uint8_t *p = m->px + ((size_t)y * m->w + (size_t)x) * m->channels;
    if (m->channels == 1) return p[0];
    return (77u * p[0] + 150u * p[1] + 29u * p[2] + 128u) >> 8;
}

/* Bilinear at (x, y), both in 1/16 px, 256 times the grey value; the edge continues. */
static uint32_t grey_between(const bf_image *m, int64_t x, int64_t y)
{
    int64_t right = ((int64_t)m->w - 1) * 16, low = ((int64_t)m->h - 1) * 16;
    x = x < 0 ? 0 : x > right ? right : x;
    y = y < 0 ? 0 : y > low ? low : y;
    int32_t ix = (int32_t)(x / 16), iy = (int32_t)(y / 16);
    uint32_t ax = (uint32_t)(x % 16), ay = (uint32_t)(y % 16);
    int32_t jx = ax ? ix + 1 : ix, jy = ay ? iy + 1 : iy;
    return (16 - ay) * ((16 - ax) * grey_at(m, ix, iy) + ax * grey_at(m, jx, iy)) +
           ay * ((16 - ax) * grey_at(m, ix, jy) + ax * grey_at(m, jx, jy));
}

void bf_hand_sample(const bf_image *image, const bf_palm_frame *f, bf_palm_region *out)
{
    double scale = scale_of(f->scale_step), angle = f->turn * (BF_PI / 128.0);
    double cs = scale * bf_cos(angle), sn = scale * bf_sin(angle);
    /* as many samples a side as the reduction asks for, at most 8 */
    int32_t n = scale <= 1.0 ? 1 : scale >= 8.0 ? 8 : (int32_t)(scale + 0.999);
    for (int32_t v = 0; v < BF_PALM_SIDE; v++) {
        for (int32_t u = 0; u < BF_PALM_SIDE; u++) {
            uint32_t sum = 0;
            for (int32_t k = 0; k < n * n; k++) {
                double du = u - 63.5 + (k % n + 0.5) / n - 0.5,
                       dv = v - 63.5 + (k / n + 0.5) / n - 0.5;
                double x = f->x_px + cs * du + sn * dv, y = f->y_px - sn * du + cs * dv;
                sum += grey_between(image, (int64_t)floor(x * 16.0 + 0.5),
                                    (int64_t)floor(y * 16.0 + 0.5));
            }
            double x = f->x_px + cs * (u - 63.5) + sn * (v - 63.5);
            double y = f->y_px - sn * (u - 63.5) + cs * (v - 63.5);
            uint32_t all = 256u * (uint32_t)(n * n);
            int32_t at = v * BF_PALM_SIDE + u;
            out->px[at] = (uint8_t)((sum + all / 2) / all);
            out->valid[at] = x >= -0.5 && y >= -0.5 && x < image->w - 0.5 && y < image->h - 0.5;
        }
    }
    out->frame = *f;
}
