/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Smooth random fields: white noise on a grid of nodes, smoothed twice by (1 2 1)/4 each way,
 * brought to mean 0 and deviation 1, and read bilinearly. One mechanism serves grain (1.5 px),
 * blotches (12 px), pressure (60 px) and the period map.
 */
#include <math.h>

#include "synth/synth.h"

/* (1 2 1)/4 along one line of n values, ends repeated. */
static void smooth_line(float *v, int32_t n)
{
    float before = v[0];
    for (int32_t i = 0; i < n; i++) {
        float here = v[i], after = i + 1 < n ? v[i + 1] : here;
        v[i] = 0.25f * (before + after) + 0.5f * here;
        before = here;
    }
}

static void smooth_columns(float *v, float *before, int32_t w, int32_t h)
{
    for (int32_t x = 0; x < w; x++) before[x] = v[x];
    for (int32_t y = 0; y < h; y++) {
        float *row = v + (size_t)y * w, *next = y + 1 < h ? row + w : row;
        for (int32_t x = 0; x < w; x++) {
            float here = row[x];
            row[x] = 0.25f * (before[x] + next[x]) + 0.5f * here;
            before[x] = here;
        }
    }
}

static void standardise(float *v, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        sum += v[i];
        squares += (double)v[i] * v[i];
    }
    double mean = sum / (double)n, var = squares / (double)n - mean * mean;
    double gain = var > 1e-12 ? 1.0 / sqrt(var) : 0.0;
    for (size_t i = 0; i < n; i++) v[i] = (float)((v[i] - mean) * gain);
}

bf_status bf_synth__field_make(bf_ctx *c, bf_synth_rng *r, double w_px, double h_px, double cell_px,
                               bf_synth_field *out)
{
    int32_t w = (int32_t)(w_px / cell_px) + 3, h = (int32_t)(h_px / cell_px) + 3;
    size_t n = (size_t)w * (size_t)h;
    float *v = bf_ctx_scratch(c, n, sizeof *v);
    float *line = bf_ctx_scratch(c, (size_t)w, sizeof *line);
    if (!v || !line) BF_FAIL_NOMEM(c);
    for (size_t i = 0; i < n; i += 2) {
        uint64_t bits = bf_synth__rng_next(r);
        v[i] = (float)(int32_t)(bits >> 32);
        if (i + 1 < n) v[i + 1] = (float)(int32_t)(uint32_t)bits;
    }
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t y = 0; y < h; y++) smooth_line(v + (size_t)y * w, w);
        smooth_columns(v, line, w, h);
    }
    standardise(v, n);
    *out = (bf_synth_field){w, h, (float)(1.0 / cell_px), v};
    return BF_OK;
}

float bf_synth__field_at(const bf_synth_field *f, float x_px, float y_px)
{
    float x = x_px * f->per_px, y = y_px * f->per_px;
    if (x < 0) x = 0;
    if (y < 0) y = 0;
    int32_t x0 = (int32_t)x, y0 = (int32_t)y;
    if (x0 > f->w - 2) x0 = f->w - 2;
    if (y0 > f->h - 2) y0 = f->h - 2;
    float fx = x - (float)x0, fy = y - (float)y0;
    if (fx > 1) fx = 1;
    if (fy > 1) fy = 1;
    const float *p = f->v + (size_t)y0 * (size_t)f->w + x0;
    float top = p[0] + fx * (p[1] - p[0]);
    float bottom = p[f->w] + fx * (p[f->w + 1] - p[f->w]);
    return top + fy * (bottom - top);
}
