/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Local descriptors. Around each minutia, in its own frame: a cylinder of 8 x 8 cells and 6
 * direction sections telling which minutiae lie there ([Cappelli2010] section 3, bit form), and the
 * ridge orientation at 64 points on four circles ([Tico2003]), each as 4 bits whose Hamming
 * distance is the angular distance.
 */
#include <math.h>
#include <string.h>

#include "finger/compare.h"
#include "finger/match_params.h"
#include "util/fmath.h"

#define DISC_RADIUS MATCH_DISC_RADIUS_PX
#define MCC_SIDE 8

typedef struct tables {
    float cos[256], sin[256];             /* of 1/256 turns */
    float section[256][BF_DESC_CYLINDER]; /* share of a neighbour with this direction difference */
    float point[64][2];                   /* sample points: forward, left */
    float gcos[BF_GRID_ANGLES], gsin[BF_GRID_ANGLES]; /* double angle of grid values */
} tables;

static void init_points(tables *t)
{
    static const float radius[4] = {27, 45, 63, 81};
    static const int32_t count[4] = {10, 14, 18, 22};
    int32_t n = 0;
    for (int32_t r = 0; r < 4; r++) {
        for (int32_t k = 0; k < count[r]; k++, n++) {
            double a = 2 * BF_PI * k / count[r];
            t->point[n][0] = radius[r] * (float)bf_cos(a);
            t->point[n][1] = radius[r] * (float)bf_sin(a);
        }
    }
}

static void tables_init(tables *t)
{
    for (int32_t k = 0; k < 256; k++) {
        t->cos[k] = (float)bf_cos(2 * BF_PI * k / 256);
        t->sin[k] = (float)bf_sin(2 * BF_PI * k / 256);
        float sum = 0;
        for (int32_t s = 0; s < BF_DESC_CYLINDER; s++) {
            double centre = 2 * BF_PI * (s + 0.5) / BF_DESC_CYLINDER;
            double d = 2 * BF_PI * k / 256 - centre;
            if (d > BF_PI) d -= 2 * BF_PI;
            if (d < -BF_PI) d += 2 * BF_PI;
            t->section[k][s] =
                (float)bf_exp(-0.5 * d * d / ((double)MATCH_SIGMA_RAD * (double)MATCH_SIGMA_RAD));
            sum += t->section[k][s];
        }
        (void)sum;
    }
    for (int32_t k = 0; k < BF_GRID_ANGLES; k++) {
        t->gcos[k] = (float)bf_cos(2 * BF_PI * k / BF_GRID_ANGLES);
        t->gsin[k] = (float)bf_sin(2 * BF_PI * k / BF_GRID_ANGLES);
    }
    init_points(t);
}

static uint8_t grid_at(const bf_fprepared *p, float x, float y)
{
    int32_t gx = (int32_t)floorf(x / BF_GRID_CELL) - p->x0,
            gy = (int32_t)floorf(y / BF_GRID_CELL) - p->y0;
    if (gx < 0 || gy < 0 || gx >= p->cols || gy >= p->rows) return BF_GRID_NONE;
    return p->grid[gy * p->cols + gx];
}

static void cylinder(const bf_fprepared *p, const tables *t, uint32_t i, uint64_t *d)
{
    float acc[BF_DESC_CYLINDER][64];
    memset(acc, 0, sizeof acc);
    float ca = t->cos[p->angle[i]], sa = t->sin[p->angle[i]];
    float pitch = 2 * DISC_RADIUS / MCC_SIDE, reach = DISC_RADIUS + 3 * MATCH_SIGMA_PX;
    for (uint32_t k = 0; k < p->count; k++) {
        float dx = p->x[k] - p->x[i], dy = p->y[k] - p->y[i];
        if (k == i || dx * dx + dy * dy > reach * reach) continue;
        float u = dx * ca - dy * sa, v = -dx * sa - dy * ca; /* forward, left */
        const float *sec = t->section[(uint8_t)(p->angle[k] - p->angle[i])];
        for (int32_t cell = 0; cell < 64; cell++) {
            float cu = ((float)(cell % 8) - 3.5f) * pitch, cv = ((float)(cell / 8) - 3.5f) * pitch;
            float q = (cu - u) * (cu - u) + (cv - v) * (cv - v);
            if (q > 9 * MATCH_SIGMA_PX * MATCH_SIGMA_PX) continue;
            float g =
                p->weight[k] *
                (float)bf_exp(-0.5 * (double)q / ((double)MATCH_SIGMA_PX * (double)MATCH_SIGMA_PX));
            for (int32_t s = 0; s < BF_DESC_CYLINDER; s++) acc[s][cell] += g * sec[s];
        }
    }
    for (int32_t s = 0; s < BF_DESC_CYLINDER; s++) d[s] = 0;
    uint64_t valid = 0;
    for (int32_t cell = 0; cell < 64; cell++) {
        float cu = ((float)(cell % 8) - 3.5f) * pitch, cv = ((float)(cell / 8) - 3.5f) * pitch;
        if (cu * cu + cv * cv > DISC_RADIUS * DISC_RADIUS) continue;
        float x = p->x[i] + cu * ca - cv * sa, y = p->y[i] - cu * sa - cv * ca;
        if (grid_at(p, x, y) == BF_GRID_NONE) continue;
        valid |= 1ull << cell;
        for (int32_t s = 0; s < BF_DESC_CYLINDER; s++) {
            if (acc[s][cell] > MATCH_LEVEL) d[s] |= 1ull << cell;
        }
    }
    d[10] = valid;
}

/* Orientation between cell centres, as a double-angle vector; 0 where there is no print. */
static int orientation_at(const bf_fprepared *p, const tables *t, float x, float y, float *c2,
                          float *s2)
{
    float fx = x / BF_GRID_CELL - 0.5f - (float)p->x0, fy = y / BF_GRID_CELL - 0.5f - (float)p->y0;
    int32_t gx = (int32_t)floorf(fx), gy = (int32_t)floorf(fy);
    float wx = fx - (float)gx, wy = fy - (float)gy, sum = 0;
    *c2 = *s2 = 0;
    for (int32_t k = 0; k < 4; k++) {
        int32_t x1 = gx + (k & 1), y1 = gy + (k >> 1);
        if (x1 < 0 || y1 < 0 || x1 >= p->cols || y1 >= p->rows) continue;
        uint8_t g = p->grid[y1 * p->cols + x1];
        if (g == BF_GRID_NONE) continue;
        float w = ((k & 1) ? wx : 1 - wx) * ((k >> 1) ? wy : 1 - wy);
        *c2 += w * t->gcos[g];
        *s2 += w * t->gsin[g];
        sum += w;
    }
    return sum > 0.5f;
}

static void orientations(const bf_fprepared *p, const tables *t, uint32_t i, uint64_t *d)
{
    float ca = t->cos[p->angle[i]], sa = t->sin[p->angle[i]];
    /* double angle of the minutia's direction */
    float c2a = t->cos[(uint8_t)(2 * p->angle[i])], s2a = t->sin[(uint8_t)(2 * p->angle[i])];
    uint64_t valid = 0, bits[BF_DESC_FLOW] = {0};
    for (int32_t k = 0; k < 64; k++) {
        float u = t->point[k][0], v = t->point[k][1], c2, s2;
        float x = p->x[i] + u * ca - v * sa, y = p->y[i] - u * sa - v * ca;
        if (!orientation_at(p, t, x, y, &c2, &s2)) continue;
        float rc = c2 * c2a + s2 * s2a, rs = s2 * c2a - c2 * s2a;
        int32_t level = bf_orientation_steps(rc, rs, 8);
        valid |= 1ull << k;
        for (int32_t b = 0; b < 4; b++) {
            if (((level - b) & 7) < 4) bits[b] |= 1ull << k;
        }
    }
    memcpy(d + BF_DESC_CYLINDER, bits, sizeof bits);
    d[11] = valid;
}

bf_status bf_finger_describe(bf_ctx *c, bf_fprepared *p)
{
    tables *t = bf_ctx_scratch(c, 1, sizeof *t);
    if (!t) BF_FAIL_NOMEM(c);
    tables_init(t);
    for (uint32_t i = 0; i < p->count; i++) {
        uint64_t d[BF_DESC_WORDS];
        p->cos[i] = t->cos[p->angle[i]];
        p->sin[i] = t->sin[p->angle[i]];
        cylinder(p, t, i, d);
        orientations(p, t, i, d);
        for (uint32_t w = 0; w < BF_DESC_WORDS; w++) p->desc[w * p->stride + i] = d[w];
    }
    return BF_OK;
}
