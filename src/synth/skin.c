/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a finger's skin has besides ridges: sweat pores on the ridges' centre lines and creases
 * across them. Both belong to the finger: every impression shows the same ones, more or less.
 */
#include <math.h>
#include <string.h>

#include "synth/synth.h"
#include "util/fmath.h"

enum { W = SYNTH_MASTER_W_PX, H = SYNTH_MASTER_H_PX, STEP = SYNTH_PORE_STEP_PX };

/* Deepen a soft spot of `radius` at (x, y). */
static void dab(uint8_t *img, double x, double y, double radius, double depth)
{
    int reach = (int)radius + 2;
    for (int py = (int)y - reach; py <= (int)y + reach; py++) {
        for (int px = (int)x - reach; px <= (int)x + reach; px++) {
            if (px < 0 || py < 0 || px >= W || py >= H) continue;
            double dx = px - x, dy = py - y, inside = radius + 0.5 - sqrt(dx * dx + dy * dy);
            if (inside <= 0) continue;
            double v = 255 * depth * (inside < 1 ? inside : 1);
            uint8_t *p = &img[py * W + px];
            if (v > *p) *p = (uint8_t)v;
        }
    }
}

/* Scan order with a used-up neighbourhood keeps pores STEP apart; a random miss varies the step. */
bf_status bf_synth__pores(bf_ctx *c, bf_synth_rng *r, const uint8_t *skeleton, uint8_t *out)
{
    uint8_t *used = bf_ctx_scratch(c, SYNTH_MASTER_PX, 1);
    if (!used) BF_FAIL_NOMEM(c);
    memset(out, 0, SYNTH_MASTER_PX);
    for (int y = STEP; y < H - STEP; y++) {
        for (int x = STEP; x < W - STEP; x++) {
            int at = y * W + x;
            if (!skeleton[at] || used[at] || bf_synth__rng_below(r, 5) > 1) continue;
            double radius = SYNTH_PORE_RADIUS_PX * bf_synth__rng_range(r, 0.3, 1.0);
            double depth = bf_synth__rng_range(r, 0.5, 1.0);
            double dx = bf_synth__rng_range(r, -0.8, 0.8), dy = bf_synth__rng_range(r, -0.8, 0.8);
            dab(out, x + dx, y + dy, radius, depth);
            for (int v = -STEP; v <= STEP; v++) {
                for (int u = -STEP; u <= STEP; u++) {
                    if (u * u + v * v < STEP * STEP) used[at + v * W + u] = 1;
                }
            }
        }
    }
    return BF_OK;
}

/* A wavering line, thickest in the middle. */
static void crease(bf_synth_rng *r, double length, double thickness, double slope, double x,
                   double y, uint8_t *out)
{
    double bend = bf_synth__rng_range(r, -0.004, 0.004), jitter = 0;
    x -= 0.5 * length * bf_cos(slope);
    y -= 0.5 * length * bf_sin(slope);
    for (double t = 0; t < length; t += 0.7) {
        double taper = 1 - fabs(2 * t / length - 1);
        double width = thickness * (0.35 + 0.65 * sqrt(taper));
        jitter = 0.93 * jitter + 0.16 * bf_synth__rng_normal(r);
        slope += 0.7 * bend + 0.004 * bf_synth__rng_normal(r);
        x += 0.7 * bf_cos(slope);
        y += 0.7 * bf_sin(slope);
        dab(out, x - jitter * bf_sin(slope), y + jitter * bf_cos(slope), width, 1.0);
    }
}

void bf_synth__creases(bf_synth_rng *r, uint8_t *out)
{
    uint32_t a = bf_synth__rng_below(r, SYNTH_CREASES_MAX + 1);
    uint32_t b = bf_synth__rng_below(r, SYNTH_CREASES_MAX + 1);
    uint32_t n = a < b ? a : b; /* few creases are commoner than many */
    memset(out, 0, SYNTH_MASTER_PX);
    for (uint32_t i = 0; i < n; i++) {
        double x = W / 2 + bf_synth__rng_range(r, -110, 110);
        double y = H / 2 + bf_synth__rng_range(r, -110, 200); /* most lie towards the joint */
        double length = bf_synth__rng_range(r, 25, 130);
        double thickness = bf_synth__rng_range(r, 0.4, 1.9);
        double slope = bf_synth__rng_range(r, -0.45, 0.45);
        crease(r, length, thickness, slope, x, y, out);
    }
    if (bf_synth__rng_below(r, 12) == 0) { /* a scar, in any direction */
        double x = W / 2 + bf_synth__rng_range(r, -80, 80);
        double y = H / 2 + bf_synth__rng_range(r, -120, 120);
        double length = bf_synth__rng_range(r, 50, 140);
        double thickness = bf_synth__rng_range(r, 1.2, 2.6);
        double slope = bf_synth__rng_range(r, 0, BF_PI);
        crease(r, length, thickness, slope, x, y, out);
    }
}
