/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flatten light and contrast, and tell print from background.
 *
 * The picture is lightly smoothed, the local mean (box, about a ridge period) is taken away, and
 * what is left is divided by the local standard deviation plus a noise floor, so that a faint and a
 * strong stretch of ridges look alike while an empty background stays quiet ([Hong1998]
 * section 2.2, made local).
 */
#include <math.h>
#include <string.h>

#include "finger/finger.h"
#include "finger/params.h"

bf_status bf_plane_new(bf_ctx *c, int32_t w, int32_t h, bf_plane *out)
{
    out->w = (w + BF_FINGER_CELL - 1) / BF_FINGER_CELL * BF_FINGER_CELL;
    out->h = (h + BF_FINGER_CELL - 1) / BF_FINGER_CELL * BF_FINGER_CELL;
    out->stride = out->w + 2 * BF_FINGER_PAD;
    size_t n = (size_t)out->stride * (size_t)(out->h + 2 * BF_FINGER_PAD);
    float *all = bf_ctx_scratch(c, n, sizeof *all);
    if (!all) BF_FAIL_NOMEM(c);
    out->px = all + (size_t)BF_FINGER_PAD * (size_t)out->stride + BF_FINGER_PAD;
    return BF_OK;
}

/* 1-2-1 smoothing in both directions, borders repeated; result times 16. */
static void smooth3(const bf_grey *img, uint16_t *out)
{
    int32_t w = img->w, h = img->h;
    for (int32_t y = 0; y < h; y++) {
        const uint8_t *m = img->px + (ptrdiff_t)y * img->stride;
        const uint8_t *u = y > 0 ? m - img->stride : m;
        const uint8_t *d = y + 1 < h ? m + img->stride : m;
        uint16_t *o = out + (size_t)y * (size_t)w;
        for (int32_t x = 0; x < w; x++) {
            int32_t l = x > 0 ? x - 1 : x, r = x + 1 < w ? x + 1 : x;
            o[x] = (uint16_t)(u[l] + 2 * u[x] + u[r] + 2 * (m[l] + 2 * m[x] + m[r]) + d[l] +
                              2 * d[x] + d[r]);
        }
    }
}

/* Subtract the mean over a (2r+1)^2 box, clipped at the borders. Column sums slide down. */
static bf_status subtract_mean(bf_ctx *c, const uint16_t *in, int32_t w, int32_t h, int32_t r,
                               bf_plane *out)
{
    uint32_t *col = bf_ctx_scratch(c, (size_t)w, sizeof *col);
    if (!col) BF_FAIL_NOMEM(c);
    for (int32_t y = 0; y < r && y < h; y++) {
        for (int32_t x = 0; x < w; x++) col[x] += in[(size_t)y * (size_t)w + (size_t)x];
    }
    for (int32_t y = 0; y < h; y++) {
        if (y + r < h) {
            const uint16_t *add = in + (size_t)(y + r) * (size_t)w;
            for (int32_t x = 0; x < w; x++) col[x] += add[x];
        }
        if (y - r - 1 >= 0) {
            const uint16_t *sub = in + (size_t)(y - r - 1) * (size_t)w;
            for (int32_t x = 0; x < w; x++) col[x] -= sub[x];
        }
        int32_t y0 = y - r < 0 ? 0 : y - r, y1 = y + r >= h ? h - 1 : y + r;
        uint32_t sum = 0;
        for (int32_t x = 0; x < r && x < w; x++) sum += col[x];
        const uint16_t *src = in + (size_t)y * (size_t)w;
        float *dst = out->px + (ptrdiff_t)y * out->stride;
        for (int32_t x = 0; x < w; x++) {
            if (x + r < w) sum += col[x + r];
            if (x - r - 1 >= 0) sum -= col[x - r - 1];
            int32_t x0 = x - r < 0 ? 0 : x - r, x1 = x + r >= w ? w - 1 : x + r;
            int32_t n = (x1 - x0 + 1) * (y1 - y0 + 1);
            dst[x] = ((float)src[x] - (float)sum / (float)n) * (1.0f / 16.0f);
        }
    }
    return BF_OK;
}

static void cell_contrast(const bf_plane *p, bf_field *f)
{
    for (int32_t cy = 0; cy < f->rows; cy++) {
        for (int32_t cx = 0; cx < f->cols; cx++) {
            const float *px =
                p->px + (ptrdiff_t)cy * BF_FINGER_CELL * p->stride + cx * BF_FINGER_CELL;
            float sum = 0;
            for (int32_t y = 0; y < BF_FINGER_CELL; y++) {
                for (int32_t x = 0; x < BF_FINGER_CELL; x++) {
                    float v = px[(ptrdiff_t)y * p->stride + x];
                    sum += v * v;
                }
            }
            f->contrast[cy * f->cols + cx] = sum / (BF_FINGER_CELL * BF_FINGER_CELL);
        }
    }
}

/* The value below which share (0..1) of the cells lie; by counting in 512 bins of 0.25. */
static float contrast_at(const bf_field *f, float share)
{
    uint32_t bins[512] = {0};
    int32_t n = f->cols * f->rows;
    for (int32_t i = 0; i < n; i++) {
        int32_t b = (int32_t)(f->contrast[i] * 4.0f);
        bins[b > 511 ? 511 : b]++;
    }
    uint32_t want = (uint32_t)((float)n * share), seen = 0;
    for (int32_t b = 0; b < 512; b++) {
        seen += bins[b];
        if (seen > want) return ((float)b + 0.5f) * 0.25f;
    }
    return 128.0f;
}

/* Divide by the local contrast, interpolated between cell centres, and clip. */
static void normalise(bf_plane *p, const bf_field *f, float floor_grey)
{
    for (int32_t y = 0; y < p->h; y++) {
        float fy = ((float)y + 0.5f) / BF_FINGER_CELL - 0.5f;
        int32_t cy = (int32_t)floorf(fy);
        float wy = fy - (float)cy;
        int32_t cy0 = cy < 0 ? 0 : cy, cy1 = cy + 1 >= f->rows ? f->rows - 1 : cy + 1;
        float *row = p->px + (ptrdiff_t)y * p->stride;
        for (int32_t cx = -1; cx < f->cols; cx++) {
            int32_t cx0 = cx < 0 ? 0 : cx, cx1 = cx + 1 >= f->cols ? f->cols - 1 : cx + 1;
            float l =
                f->contrast[cy0 * f->cols + cx0] * (1 - wy) + f->contrast[cy1 * f->cols + cx0] * wy;
            float r =
                f->contrast[cy0 * f->cols + cx1] * (1 - wy) + f->contrast[cy1 * f->cols + cx1] * wy;
            for (int32_t k = 0; k < BF_FINGER_CELL; k++) {
                int32_t x = cx * BF_FINGER_CELL + BF_FINGER_CELL / 2 + k;
                if (x < 0 || x >= p->w) continue;
                float wx = ((float)k + 0.5f) / BF_FINGER_CELL;
                float v = row[x] / (l + (r - l) * wx + floor_grey);
                row[x] = v > PARAM_CLIP ? PARAM_CLIP : v < -PARAM_CLIP ? -PARAM_CLIP : v;
            }
        }
    }
}

bf_status bf_finger_locate(bf_ctx *c, const bf_grey *img, bf_plane *out_flat, bf_field *out)
{
    BF_TRY(bf_plane_new(c, img->w, img->h, out_flat));
    bf_field f = {.cols = out_flat->w / BF_FINGER_CELL, .rows = out_flat->h / BF_FINGER_CELL};
    size_t n = (size_t)f.cols * (size_t)f.rows;
    f.cos2 = bf_ctx_scratch(c, n, sizeof(float));
    f.sin2 = bf_ctx_scratch(c, n, sizeof(float));
    f.freq = bf_ctx_scratch(c, n, sizeof(float));
    f.contrast = bf_ctx_scratch(c, n, sizeof(float));
    f.energy = bf_ctx_scratch(c, n, sizeof(float));
    f.clarity = bf_ctx_scratch(c, n, sizeof(float));
    f.angle = bf_ctx_scratch(c, 4 * n, 1);
    f.mask = bf_ctx_scratch(c, n, 1);
    uint16_t *smooth = bf_ctx_scratch(c, (size_t)img->w * (size_t)img->h, sizeof *smooth);
    if (!f.cos2 || !f.sin2 || !f.freq || !f.contrast || !f.clarity || !f.energy || !f.angle ||
        !f.mask || !smooth) {
        BF_FAIL_NOMEM(c);
    }
    smooth3(img, smooth);
    BF_TRY(subtract_mean(c, smooth, img->w, img->h, PARAM_MEAN_RADIUS, out_flat));
    cell_contrast(out_flat, &f);
    BF_TRY(bf_cells_smooth(c, f.contrast, f.cols, f.rows, PARAM_CONTRAST_SMOOTH));
    for (size_t i = 0; i < n; i++) f.contrast[i] = sqrtf(f.contrast[i]);
    float strong = contrast_at(&f, PARAM_STRONG_SHARE);
    float noise_floor = strong * PARAM_FLOOR_SHARE;
    if (noise_floor < PARAM_FLOOR_MIN) noise_floor = PARAM_FLOOR_MIN;
    normalise(out_flat, &f, noise_floor);
    for (size_t i = 0; i < n; i++) {
        f.mask[i] = f.contrast[i] > strong * PARAM_MASK_SHARE && f.contrast[i] > PARAM_MASK_MIN;
        f.freq[i] = 1.0f / PARAM_PERIOD;
    }
    *out = f;
    return BF_OK;
}
