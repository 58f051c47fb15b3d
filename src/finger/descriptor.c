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
#include "finger/compare.h"
#include "kernel/kernel.h"
#include "util/fmath.h"

#define SIDE BF_CYLINDER_SIDE
#define CELLS (SIDE * SIDE)
#define POINTS 64     /* of the orientation samples */
#define FINE 8        /* px of the interpolated orientation map */
#define FINE_NONE 256 /* there: no print */
#define PITCH_PX (2 * MATCH_DISC_RADIUS_PX / SIDE)
#define REACH_PX (3 * MATCH_SIGMA_PX) /* at most 63 */

typedef struct tables {
    bf_cylinder_rule rule;
    float cell_forward[CELLS], cell_right[CELLS]; /* px; of those in the disc, the rest far away */
    float point_forward[POINTS], point_right[POINTS]; /* px */
    uint8_t bits[8];                                  /* of an orientation level */
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
    for (int32_t k = 0; k < 256; k++) {
        for (uint32_t s = 0; s < BF_DESC_CYLINDER; s++) {
            int32_t d = (int8_t)(uint8_t)(k - centre[s]);
            t->rule.section[k][s] = by_distance[d < 0 ? -d : d];
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
            t->point_forward[n] = radius[r] * (float)bf_cos(a);
            t->point_right[n] = -radius[r] * (float)bf_sin(a);
        }
    }
}

static void fill_cells(tables *t)
{
    for (int32_t cell = 0; cell < CELLS; cell++) {
        float u = ((float)(cell % SIDE) - (SIDE - 1) / 2.0f) * PITCH_PX;
        float v = ((float)(cell / SIDE) - (SIDE - 1) / 2.0f) * PITCH_PX;
        int inside = u * u + v * v <= MATCH_DISC_RADIUS_PX * MATCH_DISC_RADIUS_PX;
        t->cell_forward[cell] = inside ? u : BF_MATCH_FAR;
        t->cell_right[cell] = inside ? -v : BF_MATCH_FAR;
    }
}

/* Double angles of the grid, one more cell on each side; all 0 where there is no print. */
typedef struct field {
    float *cos, *sin, *weight;
    int32_t pitch;
} field;

static bf_status fill_field(bf_ctx *c, const bf_fprepared *p, field *f)
{
    float co[BF_GRID_ANGLES], si[BF_GRID_ANGLES];
    for (int32_t k = 0; k < BF_GRID_ANGLES; k++) {
        co[k] = (float)bf_cos(2 * BF_PI * k / BF_GRID_ANGLES);
        si[k] = (float)bf_sin(2 * BF_PI * k / BF_GRID_ANGLES);
    }
    f->pitch = p->cols + 2;
    size_t area = (size_t)f->pitch * (size_t)(p->rows + 2);
    f->cos = bf_ctx_scratch(c, 3 * area, sizeof *f->cos);
    if (!f->cos) BF_FAIL_NOMEM(c);
    f->sin = f->cos + area;
    f->weight = f->sin + area;
    for (int32_t y = 0; y < p->rows; y++) {
        for (int32_t x = 0; x < p->cols; x++) {
            uint8_t g = p->grid[y * p->cols + x];
            int32_t at = (y + 1) * f->pitch + x + 1;
            if (g == BF_GRID_NONE) continue;
            f->cos[at] = co[g];
            f->sin[at] = si[g];
            f->weight[at] = 1;
        }
    }
    return BF_OK;
}

/* Every other fine column of a row, from four corners: weights by row (w0, w1) and column (v0, v1);
 * m[0], m[1] the rows above and below, from the left corner on. */
static void interpolate(const float *m, int32_t pitch, const float w[4], int32_t n, float *out)
{
    for (int32_t k = 0; k < n; k++) {
        float sum = w[0] * m[k];
        sum += w[1] * m[k + 1];
        sum += w[2] * m[pitch + k];
        sum += w[3] * m[pitch + k + 1];
        out[k] = sum;
    }
}

/* Orientation between cell centres, as twice its angle; FINE_NONE where there is little print. */
static void fill_fine_row(const field *f, int32_t y, tables *t)
{
    /* in half cells from the grid's corner each point lies a quarter of a cell off two centres */
    float wy = y & 1 ? 0.25f : 0.75f, c[BF_GRID_MAX + 4], s[BF_GRID_MAX + 4], sum[BF_GRID_MAX + 4];
    int32_t n = t->cols / 2, row = ((y - 1) >> 1) + 1;
    for (int32_t odd = 0; odd < 2; odd++) {
        float wx = odd ? 0.25f : 0.75f;
        float w[4] = {(1 - wx) * (1 - wy), wx * (1 - wy), (1 - wx) * wy, wx * wy};
        int32_t from = row * f->pitch + odd;
        interpolate(f->cos + from, f->pitch, w, n, c);
        interpolate(f->sin + from, f->pitch, w, n, s);
        interpolate(f->weight + from, f->pitch, w, n, sum);
        uint16_t *out = t->fine + y * t->cols + odd;
        for (int32_t k = 0; k < n; k++) {
            out[2 * k] = sum[k] > 0.5f ? (uint16_t)(bf_finger_turn(c[k], s[k]) & 255) : FINE_NONE;
        }
    }
}

static bf_status fill_fine(bf_ctx *c, const bf_fprepared *p, tables *t)
{
    field f;
    BF_TRY(fill_field(c, p, &f));
    t->cols = 2 * p->cols;
    t->rows = 2 * p->rows;
    t->x0 = 2 * p->x0;
    t->y0 = 2 * p->y0;
    t->fine = bf_ctx_scratch(c, (size_t)t->cols * (size_t)t->rows, sizeof *t->fine);
    if (!t->fine) BF_FAIL_NOMEM(c);
    for (int32_t y = 0; y < t->rows; y++) fill_fine_row(&f, y, t);
    return BF_OK;
}

static bf_status tables_init(bf_ctx *c, const bf_fprepared *p, tables *t)
{
    fill_sections(t);
    fill_points(t);
    fill_cells(t);
    t->rule.pitch = PITCH_PX;
    t->rule.reach = REACH_PX;
    t->rule.level = MATCH_LEVEL;
    for (int32_t k = 0; k <= 2 * REACH_PX; k++) {
        double r = k * 0.5 / (double)MATCH_SIGMA_PX;
        t->rule.gauss[k] = (float)bf_exp(-0.5 * r * r);
    }
    for (int32_t level = 0; level < 8; level++) {
        t->bits[level] = 0;
        for (int32_t b = 0; b < BF_DESC_FLOW; b++) {
            if (((level - b) & 7) < 4) t->bits[level] |= (uint8_t)(1u << b);
        }
    }
    return fill_fine(c, p, t);
}

/* The minutiae around i, seen from it, and what lies where. */
static void cylinder(bf_ctx *c, const bf_fprepared *p, const tables *t, uint32_t i, uint64_t *d)
{
    const float reach = MATCH_DISC_RADIUS_PX + REACH_PX;
    float forward[BF_MATCH_MAX], left[BF_MATCH_MAX], weight[BF_MATCH_MAX];
    uint8_t turn[BF_MATCH_MAX];
    uint32_t n = 0;
    for (uint32_t k = 0; k < p->count; k++) {
        float dx = p->x[k] - p->x[i], dy = p->y[k] - p->y[i];
        forward[n] = dx * p->cos[i] - dy * p->sin[i];
        left[n] = -dx * p->sin[i] - dy * p->cos[i];
        weight[n] = p->weight[k];
        turn[n] = (uint8_t)(p->angle[k] - p->angle[i]);
        n += k != i && dx * dx + dy * dy <= reach * reach;
    }
    bf_neighbours near = {forward, left, weight, turn, n};
    c->kern->cylinder(&t->rule, &near, d);
}

/* Which of 64 places around a minutia lie where: index into a map of cells, 0 outside. */
static void look_around(bf_ctx *c, const bf_fprepared *p, uint32_t i, const float *forward,
                        const float *right, bf_grid_map map, int32_t *out)
{
    map.c = p->cos[i];
    map.s = p->sin[i];
    map.dx = p->x[i];
    map.dy = p->y[i];
    c->kern->grid_cells(forward, right, 64, &map, out);
}

/* Bits of cells where there is print; others are no evidence. */
static void valid_cells(bf_ctx *c, const bf_fprepared *p, const tables *t, uint32_t i, uint64_t *d)
{
    bf_grid_map map = {0, 0, 0, 0, 1.0f / BF_GRID_CELL, p->x0, p->y0, p->cols, p->rows};
    int32_t at[CELLS];
    look_around(c, p, i, t->cell_forward, t->cell_right, map, at);
    for (uint32_t cell = 0; cell < CELLS; cell++) {
        d[BF_DESC_CELLS] |= (uint64_t)(p->grid[at[cell]] != BF_GRID_NONE) << cell;
    }
    for (uint32_t s = 0; s < BF_DESC_CYLINDER; s++) d[s] &= d[BF_DESC_CELLS];
}

static void orientations(bf_ctx *c, const bf_fprepared *p, const tables *t, uint32_t i, uint64_t *d)
{
    bf_grid_map map = {0, 0, 0, 0, 1.0f / FINE, t->x0, t->y0, t->cols, t->rows};
    int32_t at[POINTS];
    look_around(c, p, i, t->point_forward, t->point_right, map, at);
    for (uint32_t k = 0; k < POINTS; k++) {
        uint32_t turn = t->fine[at[k]];
        uint64_t valid = turn != FINE_NONE;
        /* relative to the minutia, in eighths of the double angle's turn, nearest */
        uint64_t bits = t->bits[((turn - 2u * (uint32_t)p->angle[i] + 16u) & 255u) >> 5];
        d[BF_DESC_POINTS] |= valid << k;
        for (uint32_t b = 0; b < BF_DESC_FLOW; b++) {
            d[BF_DESC_CYLINDER + b] |= (bits >> b & valid) << k;
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
        cylinder(c, p, t, i, d);
        valid_cells(c, p, t, i, d);
        orientations(c, p, t, i, d);
        for (uint32_t w = 0; w < BF_DESC_WORDS; w++) {
            p->desc[2 * w * p->stride + i] = (uint32_t)d[w];
            p->desc[(2 * w + 1) * p->stride + i] = (uint32_t)(d[w] >> 32);
        }
    }
    return BF_OK;
}
