/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Local descriptors. Around each minutia, in its own frame: a cylinder of 8 x 8 cells and 6
 * direction sections telling which minutiae lie there ([Cappelli2010] section 3, bit form), and the
 * ridge orientation at 64 points on four circles ([Tico2003]), each as 4 bits whose Hamming
 * distance is the angular distance. Neighbours count by their quality; bits of cells outside the
 * print are no evidence.
 *
 * Cheaper than the papers: the Gaussian of a neighbour is taken as the product of two from a table,
 * on the cells within three sigma, and orientation is interpolated once, to a map of 8 px, not for
 * each point. Words of 64 bits: 0..5 cylinder sections, 6..9 orientation, 10 valid cells, 11 valid
 * points.
 */
#include <math.h>
#include <string.h>

#include "finger/compare.h"
#include "util/fmath.h"

#define SIDE 8        /* cells a side of the cylinder */
#define POINTS 64     /* of the orientation samples */
#define FINE 8        /* px of the interpolated orientation map */
#define FINE_NONE 256 /* there: no print */
#define GAUSS_STEPS 2 /* per px */
#define SECTIONS 8    /* 6, padded */
#define PITCH_PX (2 * MATCH_DISC_RADIUS_PX / SIDE)
#define REACH_PX (3 * MATCH_SIGMA_PX)
#define GAUSS_MAX 128 /* REACH_PX is at most 63 */

typedef struct tables {
    float section[256]
                 [SECTIONS]; /* share of a neighbour with this direction difference, 1/256 turn */
    float gauss[GAUSS_MAX];  /* by distance in 1/GAUSS_STEPS px */
    float point[POINTS][2];  /* sample points: forward, left, px */
    uint8_t bits[8];         /* of an orientation level */
    int32_t cols, rows, x0, y0; /* of the fine map; its first column and row */
    uint16_t *fine;             /* twice the orientation, 1/256 turn, or FINE_NONE */
} tables;

static void fill_sections(tables *t)
{
    static const int32_t centre[BF_DESC_CYLINDER] = {21, 64, 107, 149, 192, 235};
    float by_distance[129];
    for (int32_t d = 0; d <= 128; d++) {
        double r = d * (2 * BF_PI / 256) / (double)MATCH_SIGMA_RAD;
        by_distance[d] = (float)bf_exp(-0.5 * r * r);
    }
    memset(t->section, 0, sizeof t->section);
    for (int32_t k = 0; k < 256; k++) {
        for (uint32_t s = 0; s < BF_DESC_CYLINDER; s++) {
            int32_t d = (int8_t)(uint8_t)(k - centre[s]);
            t->section[k][s] = by_distance[d < 0 ? -d : d];
        }
    }
}

static void fill_points(tables *t)
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

/* Orientation between cell centres, as twice its angle; FINE_NONE where there is no print. */
static uint16_t interpolate(const bf_fprepared *p, const float *co, const float *si, int32_t x,
                            int32_t y)
{
    /* (x, y) in half cells from the grid's corner: each lies a quarter of a cell off two centres */
    int32_t gx = (x - 1) >> 1, gy = (y - 1) >> 1;
    float wx = x & 1 ? 0.25f : 0.75f, wy = y & 1 ? 0.25f : 0.75f, c = 0, s = 0, sum = 0;
    for (int32_t k = 0; k < 4; k++) {
        int32_t cx = gx + (k & 1), cy = gy + (k >> 1);
        if (cx < 0 || cy < 0 || cx >= p->cols || cy >= p->rows) continue;
        uint8_t g = p->grid[cy * p->cols + cx];
        if (g == BF_GRID_NONE) continue;
        float w = (k & 1 ? wx : 1 - wx) * (k >> 1 ? wy : 1 - wy);
        c += w * co[g];
        s += w * si[g];
        sum += w;
    }
    return sum > 0.5f ? (uint16_t)(bf_finger_turn(c, s) & 255) : FINE_NONE;
}

static bf_status fill_fine(bf_ctx *c, const bf_fprepared *p, tables *t)
{
    float co[BF_GRID_ANGLES], si[BF_GRID_ANGLES];
    for (int32_t k = 0; k < BF_GRID_ANGLES; k++) {
        co[k] = (float)bf_cos(2 * BF_PI * k / BF_GRID_ANGLES);
        si[k] = (float)bf_sin(2 * BF_PI * k / BF_GRID_ANGLES);
    }
    t->cols = 2 * p->cols;
    t->rows = 2 * p->rows;
    t->x0 = 2 * p->x0;
    t->y0 = 2 * p->y0;
    t->fine = bf_ctx_scratch(c, (size_t)t->cols * (size_t)t->rows, sizeof *t->fine);
    if (!t->fine) BF_FAIL_NOMEM(c);
    for (int32_t y = 0; y < t->rows; y++) {
        for (int32_t x = 0; x < t->cols; x++) {
            t->fine[y * t->cols + x] = interpolate(p, co, si, x, y);
        }
    }
    return BF_OK;
}

static bf_status tables_init(bf_ctx *c, const bf_fprepared *p, tables *t)
{
    fill_sections(t);
    fill_points(t);
    for (int32_t k = 0; k < GAUSS_MAX; k++) {
        double r = k / (double)GAUSS_STEPS / (double)MATCH_SIGMA_PX;
        t->gauss[k] = (float)bf_exp(-0.5 * r * r);
    }
    for (int32_t level = 0; level < 8; level++) {
        t->bits[level] = 0;
        for (int32_t b = 0; b < BF_DESC_FLOW; b++) {
            if (((level - b) & 7) < 4) t->bits[level] |= (uint8_t)(1u << b);
        }
    }
    return fill_fine(c, p, t);
}

/* Largest whole number not above v, |v| < 32768. */
static int32_t whole(float v)
{
    return (int32_t)(v + 32768.0f) - 32768;
}

/* Weights of a neighbour at `at` px on the 8 columns (or rows) of cells; *from, *to: those in
 * reach. */
static void spread(const tables *t, float at, float *out, int32_t *from, int32_t *to)
{
    *from = SIDE;
    *to = 0;
    for (int32_t k = 0; k < SIDE; k++) {
        float d = fabsf(((float)k - (SIDE - 1) / 2.0f) * PITCH_PX - at);
        if (d > REACH_PX) continue;
        out[k] = t->gauss[(int32_t)(d * GAUSS_STEPS + 0.5f)];
        if (k < *from) *from = k;
        *to = k + 1;
    }
}

static void add_neighbours(const bf_fprepared *p, const tables *t, uint32_t i,
                           float acc[SIDE * SIDE][SECTIONS])
{
    const float reach = MATCH_DISC_RADIUS_PX + REACH_PX;
    for (uint32_t k = 0; k < p->count; k++) {
        float dx = p->x[k] - p->x[i], dy = p->y[k] - p->y[i];
        if (k == i || dx * dx + dy * dy > reach * reach) continue;
        float gu[SIDE], gv[SIDE];
        int32_t u0, u1, v0, v1;
        spread(t, dx * p->cos[i] - dy * p->sin[i], gu, &u0, &u1);  /* forward */
        spread(t, -dx * p->sin[i] - dy * p->cos[i], gv, &v0, &v1); /* left */
        const float *section = t->section[(uint8_t)(p->angle[k] - p->angle[i])];
        for (int32_t v = v0; v < v1; v++) {
            for (int32_t u = u0; u < u1; u++) {
                float g = p->weight[k] * gu[u] * gv[v], *cell = acc[v * SIDE + u];
                for (int32_t s = 0; s < SECTIONS; s++) cell[s] += g * section[s];
            }
        }
    }
}

static void cylinder(const bf_fprepared *p, const tables *t, uint32_t i, uint64_t *d)
{
    float acc[SIDE * SIDE][SECTIONS];
    memset(acc, 0, sizeof acc);
    add_neighbours(p, t, i, acc);
    for (int32_t cell = 0; cell < SIDE * SIDE; cell++) {
        float u = ((float)(cell % SIDE) - (SIDE - 1) / 2.0f) * PITCH_PX;
        float v = ((float)(cell / SIDE) - (SIDE - 1) / 2.0f) * PITCH_PX;
        if (u * u + v * v > MATCH_DISC_RADIUS_PX * MATCH_DISC_RADIUS_PX) continue;
        float x = p->x[i] + u * p->cos[i] - v * p->sin[i];
        float y = p->y[i] - u * p->sin[i] - v * p->cos[i];
        int32_t gx = whole(x * (1.0f / BF_GRID_CELL)) - p->x0;
        int32_t gy = whole(y * (1.0f / BF_GRID_CELL)) - p->y0;
        if (gx < 0 || gy < 0 || gx >= p->cols || gy >= p->rows) continue;
        if (p->grid[gy * p->cols + gx] == BF_GRID_NONE) continue;
        uint64_t bit = 1ull << cell;
        d[BF_DESC_CELLS] |= bit;
        for (int32_t s = 0; s < BF_DESC_CYLINDER; s++) {
            if (acc[cell][s] > MATCH_LEVEL) d[s] |= bit;
        }
    }
}

static void orientations(const bf_fprepared *p, const tables *t, uint32_t i, uint64_t *d)
{
    for (int32_t k = 0; k < POINTS; k++) {
        float u = t->point[k][0], v = t->point[k][1];
        float x = p->x[i] + u * p->cos[i] - v * p->sin[i];
        float y = p->y[i] - u * p->sin[i] - v * p->cos[i];
        int32_t gx = whole(x * (1.0f / FINE)) - t->x0, gy = whole(y * (1.0f / FINE)) - t->y0;
        if (gx < 0 || gy < 0 || gx >= t->cols || gy >= t->rows) continue;
        uint32_t turn = t->fine[gy * t->cols + gx];
        if (turn == FINE_NONE) continue;
        uint64_t bit = 1ull << k;
        d[BF_DESC_POINTS] |= bit;
        /* relative to the minutia, in eighths of the double angle's turn, nearest */
        uint32_t bits = t->bits[((turn - 2u * (uint32_t)p->angle[i] + 16u) & 255u) >> 5];
        for (uint32_t b = 0; b < BF_DESC_FLOW; b++) {
            if (bits >> b & 1u) d[BF_DESC_CYLINDER + b] |= bit;
        }
    }
}

bf_status bf_finger_describe(bf_ctx *c, bf_fprepared *p)
{
    tables *t = bf_ctx_scratch(c, 1, sizeof *t);
    if (!t) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < p->count; i++) {
        double r = p->angle[i] * (2 * BF_PI / 256);
        p->cos[i] = (float)bf_cos(r);
        p->sin[i] = (float)bf_sin(r);
    }
    BF_TRY(tables_init(c, p, t));
    for (uint32_t i = 0; i < p->count; i++) {
        uint64_t d[BF_DESC_WORDS] = {0};
        cylinder(p, t, i, d);
        orientations(p, t, i, d);
        for (uint32_t w = 0; w < BF_DESC_WORDS; w++) {
            p->desc[2 * w * p->stride + i] = (uint32_t)d[w];
            p->desc[(2 * w + 1) * p->stride + i] = (uint32_t)(d[w] >> 32);
        }
    }
    return BF_OK;
}
