/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grow the ridges: filter an almost empty picture again and again, each pixel with the Gabor filter
 * of its own ridge direction and period, until waves that started at the seed points fill the
 * silhouette; where two waves meet out of phase, minutiae appear [Cappelli2002, section 3.4]. What
 * we changed: the saturation is x / sqrt(1 + x^2) instead of clipping, which leaves a smooth relief
 * whose level sets are the ridges at any pressure; direction and period are constant over 2 x 2
 * pixels. Cost: 20 ms a step, 0.5 s in all.
 */
#include <math.h>
#include <stdlib.h>

#include "synth/synth.h"
#include "util/fmath.h"

enum {
    RADIUS = SYNTH_GABOR_RADIUS_PX,
    ROWS = 2 * RADIUS + 1,
    TAPS = 24, /* a row, padded with a zero */
    KERNEL = ROWS * TAPS,
    PAD = RADIUS + 1,
    STRIDE = SYNTH_MASTER_W_PX + 2 * PAD,
    HEIGHT = SYNTH_MASTER_H_PX + 2 * PAD,
    CELLS_W = SYNTH_MASTER_W_PX / 2,
    CELLS_H = SYNTH_MASTER_H_PX / 2,
};
_Static_assert(ROWS <= TAPS, "a kernel row fits its padding");
_Static_assert(SYNTH_MASTER_W_PX - 1 + PAD - RADIUS + TAPS <= STRIDE &&
                   SYNTH_MASTER_H_PX - 1 + PAD - RADIUS + ROWS <= HEIGHT,
               "the window of the last pixel lies inside the padded picture");

int bf_synth__skin(double x_px, double y_px, double margin_px)
{
    double x = fabs(x_px - SYNTH_MASTER_W_PX / 2.0) / (SYNTH_MASTER_W_PX / 2.0 - margin_px);
    double y = fabs(y_px - SYNTH_MASTER_H_PX / 2.0) / (SYNTH_MASTER_H_PX / 2.0 - margin_px);
    double px = 1, py = 1;
    for (int i = 0; i < SYNTH_SKIN_EXPONENT; i++) {
        px *= x;
        py *= y;
    }
    return px + py < 1.0;
}

/* One kernel: zero mean, and gain 1 for a wave of its own direction and period. angle: of the
 * ridge. */
static void kernel_make(double angle, double period, float *out)
{
    double nx = bf_sin(angle), ny = bf_cos(angle); /* across the ridge, picture frame (y down) */
    double sigma = SYNTH_GABOR_SIGMA * period, k = 2 * BF_PI / period;
    double window[RADIUS + 1], sum = 0, weight = 0, gain = 0;
    for (int i = 0; i <= RADIUS; i++) window[i] = bf_exp(-0.5 * i * i / (sigma * sigma));
    for (int y = -RADIUS; y <= RADIUS; y++) {
        for (int x = -RADIUS; x <= RADIUS; x++) {
            double g = window[abs(x)] * window[abs(y)];
            double v = g * bf_cos(k * (x * nx + y * ny));
            out[(y + RADIUS) * TAPS + x + RADIUS] = (float)v;
            sum += v;
            weight += g;
        }
    }
    double mean = sum / weight;
    for (int y = -RADIUS; y <= RADIUS; y++) {
        for (int x = -RADIUS; x <= RADIUS; x++) {
            float *v = &out[(y + RADIUS) * TAPS + x + RADIUS];
            *v -= (float)(mean * window[abs(x)] * window[abs(y)]);
            gain += *v * bf_cos(k * (x * nx + y * ny));
        }
    }
    for (int i = 0; i < KERNEL; i++) out[i] = (float)(out[i] / gain);
    for (int y = 0; y < ROWS; y++) out[y * TAPS + TAPS - 1] = 0;
}

static bf_status kernels_make(bf_ctx *c, float **out)
{
    float *k =
        bf_ctx_scratch(c, (size_t)SYNTH_GABOR_ANGLES * SYNTH_GABOR_PERIODS * KERNEL, sizeof *k);
    if (!k) BF_FAIL_NOMEM(c);
    for (int a = 0; a < SYNTH_GABOR_ANGLES; a++) {
        for (int p = 0; p < SYNTH_GABOR_PERIODS; p++) {
            double step = (SYNTH_PERIOD_MAX_PX - SYNTH_PERIOD_MIN_PX) / (SYNTH_GABOR_PERIODS - 1);
            kernel_make(a * (BF_PI / SYNTH_GABOR_ANGLES), SYNTH_PERIOD_MIN_PX + p * step,
                        k + (size_t)(a * SYNTH_GABOR_PERIODS + p) * KERNEL);
        }
    }
    *out = k;
    return BF_OK;
}

/* Kernel number of each 2 x 2 cell; -1 outside the silhouette. */
static bf_status cells_make(bf_ctx *c, const bf_synth_model *m, int16_t **out)
{
    int16_t *cell = bf_ctx_scratch(c, (size_t)CELLS_W * CELLS_H, sizeof *cell);
    if (!cell) BF_FAIL_NOMEM(c);
    for (int cy = 0; cy < CELLS_H; cy++) {
        for (int cx = 0; cx < CELLS_W; cx++) {
            double px = 2 * cx + 0.5, py = 2 * cy + 0.5;
            int16_t *k = &cell[cy * CELLS_W + cx];
            *k = -1;
            if (!bf_synth__skin(px, py, 0)) continue;
            double x = px - SYNTH_MASTER_W_PX / 2, y = SYNTH_MASTER_H_PX / 2 - py;
            double turns = bf_synth__model_angle(m, x, y) / BF_PI;
            double frac = turns - floor(turns);
            double p = bf_synth__model_period(m, x, y) - SYNTH_PERIOD_MIN_PX;
            double per_step =
                (SYNTH_GABOR_PERIODS - 1) / (SYNTH_PERIOD_MAX_PX - SYNTH_PERIOD_MIN_PX);
            int a = (int)(frac * SYNTH_GABOR_ANGLES + 0.5) % SYNTH_GABOR_ANGLES;
            *k = (int16_t)(a * SYNTH_GABOR_PERIODS + (int)(p * per_step + 0.5));
        }
    }
    *out = cell;
    return BF_OK;
}

/* Fixed order of sums: 24 lanes down the rows, then halves. Not instrumented by sanitizers, which
 * made growing a finger take 20 s: the static assertion above keeps every window inside. */
__attribute__((no_sanitize("address", "undefined"))) static float filter_at(const float *k,
                                                                            const float *src)
{
    float lane[TAPS] = {0};
    for (int y = 0; y < ROWS; y++, k += TAPS, src += STRIDE) {
        for (int x = 0; x < TAPS; x++) lane[x] += k[x] * src[x];
    }
    for (int x = 0; x < 12; x++) lane[x] += lane[x + 12];
    for (int x = 0; x < 6; x++) lane[x] += lane[x + 6];
    return ((lane[0] + lane[3]) + (lane[1] + lane[4])) + (lane[2] + lane[5]);
}

/* One step from src to dst (padded pictures). Returns how many pixels are still faint. */
static size_t grow_step(const float *kernels, const int16_t *cell, const float *src, float *dst)
{
    size_t faint = 0;
    for (int y = 0; y < SYNTH_MASTER_H_PX; y++) {
        for (int x = 0; x < SYNTH_MASTER_W_PX; x++) {
            int k = cell[(y >> 1) * CELLS_W + (x >> 1)];
            if (k < 0) continue;
            const float *corner = src + (y + PAD - RADIUS) * STRIDE + x + PAD - RADIUS;
            float v = SYNTH_GROW_GAIN * filter_at(kernels + (size_t)k * KERNEL, corner);
            dst[(y + PAD) * STRIDE + x + PAD] = v / sqrtf(1.0f + v * v);
            faint += fabsf(v) < 0.02f;
        }
    }
    return faint;
}

static void plant(bf_synth_rng *r, float *img)
{
    int n = SYNTH_GROW_SEEDS_LO +
            (int)bf_synth__rng_below(r, SYNTH_GROW_SEEDS_HI - SYNTH_GROW_SEEDS_LO + 1);
    while (n > 0) {
        int x = (int)bf_synth__rng_below(r, SYNTH_MASTER_W_PX);
        int y = (int)bf_synth__rng_below(r, SYNTH_MASTER_H_PX);
        if (!bf_synth__skin(x, y, 10)) continue;
        img[(y + PAD) * STRIDE + x + PAD] = 1.0f;
        n--;
    }
}

bf_status bf_synth__grow(bf_ctx *c, bf_synth_rng *r, const bf_synth_model *m, float *out_relief)
{
    float *kernels = NULL, *a = bf_ctx_scratch(c, (size_t)STRIDE * HEIGHT, sizeof *a);
    float *b = bf_ctx_scratch(c, (size_t)STRIDE * HEIGHT, sizeof *b);
    int16_t *cell = NULL;
    if (!a || !b) BF_FAIL_NOMEM(c);
    BF_TRY(kernels_make(c, &kernels));
    BF_TRY(cells_make(c, m, &cell));
    plant(r, a);
    int settle = SYNTH_GROW_SETTLE;
    for (int step = 0; step < SYNTH_GROW_STEPS_MAX && settle > 0; step++) {
        size_t faint = grow_step(kernels, cell, a, b);
        float *swap = a;
        a = b;
        b = swap;
        if (faint < SYNTH_GROW_FAINT_PX) settle--;
    }
    for (int y = 0; y < SYNTH_MASTER_H_PX; y++) {
        const float *row = a + (y + PAD) * STRIDE + PAD;
        for (int x = 0; x < SYNTH_MASTER_W_PX; x++) *out_relief++ = row[x];
    }
    return BF_OK;
}
