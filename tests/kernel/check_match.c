/* SPDX-License-Identifier: Apache-2.0 */
/* The loops of minutia comparison against their references. */
#include <string.h>

#include "kernel/check.h"
#include "kernel/kernels.h"

#define ROW_MAX 256
#define NOISE 0x40 /* of 256: how often a value is an odd one */

static const bf_desc_rule desc_rule = {10, 12, 10, 0.3f, 0.3f};
static const bf_pair_rule pair_rule = {100.0f, 0.01125f, 2.0f, 0.83f};

static uint32_t draw_stride(check *c)
{
    return 16 * check_random(c, 1, ROW_MAX / 16);
}

/* Places in a print of 500 px, some far away, as where there is no minutia. */
static float *draw_px(check *c, uint32_t n)
{
    float *v = check_alloc(c, n * sizeof *v, 4);
    for (uint32_t i = 0; i < n; i++) {
        v[i] = (float)check_random(c, 0, 5000) * 0.1f;
        if (check_random(c, 0, 255) < 16) v[i] = -1e5f;
    }
    return v;
}

static int32_t *draw_turns(check *c, uint32_t n)
{
    int32_t *v = check_alloc(c, n * sizeof *v, 4);
    for (uint32_t i = 0; i < n; i++) v[i] = (int32_t)check_random(c, 0, 511) - 128;
    return v;
}

/* Descriptors whose bits lie inside their masks; some masks nearly empty. */
static uint32_t *draw_descriptors(check *c, uint32_t n)
{
    uint32_t *d = check_alloc(c, (size_t)n * BF_DESC_ROWS * sizeof *d, 4);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t row = 2 * BF_DESC_CELLS; row < BF_DESC_ROWS; row++) {
            if (check_random(c, 0, 255) < NOISE) d[row * n + i] = check_random(c, 0, 7);
            if (check_random(c, 0, 255) < NOISE) d[row * n + i] = ~0u;
        }
        for (uint32_t row = 0; row < 2 * BF_DESC_CELLS; row++) {
            uint32_t word = row / 2 < BF_DESC_CYLINDER ? BF_DESC_CELLS : BF_DESC_POINTS;
            d[row * n + i] &= d[(2 * word + row % 2) * n + i];
            if (check_random(c, 0, 255) < NOISE) d[row * n + i] = 0;
        }
    }
    return d;
}

int check_desc_similarity(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    uint32_t sa = draw_stride(c), sb = draw_stride(c), na = check_random(c, 0, sa < 40 ? sa : 40);
    uint32_t *a = draw_descriptors(c, sa), *b = draw_descriptors(c, sb);
    size_t bytes = (size_t)na * sb * sizeof(float);
    float *want = check_alloc(c, bytes, 4), *got = check_alloc(c, bytes, 4);
    ref->desc_similarity(a, sa, na, b, sb, &desc_rule, want);
    k->desc_similarity(a, sa, na, b, sb, &desc_rule, got);
    check_equal(c, "similarity", want, got, bytes);
    return check_end(c);
}

void time_desc_similarity(check *c, const bf_kernels *k)
{
    uint32_t *a = draw_descriptors(c, 48), *b = draw_descriptors(c, 48);
    void *first = check_alloc(c, 48 * 48 * sizeof(float), 4);
    for (int r = 0; r < c->repeats; r++) {
        k->desc_similarity(a, 48, 43, b, 48, &desc_rule, first);
    }
}

/* Not below 0; some the same; all of them, where asked, below `end`. */
static float *draw_values(check *c, uint32_t n, float end)
{
    float *v = check_alloc(c, n * sizeof *v, 4);
    uint32_t steps = check_random(c, 1, 10) > 3 ? 0xffffff : 20;
    for (uint32_t i = 0; i < n; i++) v[i] = (float)check_random(c, 0, steps) * end / (float)steps;
    return v;
}

int check_top(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    uint32_t n = 16 * check_random(c, 0, 160), most = check_random(c, 1, BF_TOP_MAX);
    float *v = draw_values(c, n, check_random(c, 0, 3) ? 0.9f : 3.0f);
    float least = (float)check_random(c, 0, 100) * 0.01f;
    float *want_v = check_alloc(c, BF_TOP_MAX * sizeof *want_v, 4);
    float *got_v = check_alloc(c, BF_TOP_MAX * sizeof *got_v, 4);
    uint32_t *want_at = check_alloc(c, BF_TOP_MAX * sizeof *want_at, 4);
    uint32_t *got_at = check_alloc(c, BF_TOP_MAX * sizeof *got_at, 4);
    uint32_t count[2] = {ref->top(v, n, least, most, want_v, want_at),
                         k->top(v, n, least, most, got_v, got_at)};
    check_equal(c, "count", &count[0], &count[1], sizeof count[0]);
    check_equal(c, "values", want_v, got_v, count[0] * sizeof *want_v);
    check_equal(c, "places", want_at, got_at, count[0] * sizeof *want_at);
    return check_end(c);
}

void time_top(check *c, const bf_kernels *k)
{
    float *v = draw_values(c, 1536, 0.3f), value[BF_TOP_MAX];
    uint32_t at[BF_TOP_MAX];
    for (int r = 0; r < c->repeats; r++) {
        k->top(v, 1536, 0.2f, 32, value, at);
    }
}

static bf_points draw_points(check *c, uint32_t n)
{
    float *x = draw_px(c, n), *y = draw_px(c, n);
    return (bf_points){x, y, draw_turns(c, n), n};
}

int check_near(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    bf_points a = draw_points(c, check_random(c, 0, 40)), b = draw_points(c, draw_stride(c));
    bf_near_rule rule = {(float)check_random(c, 1, 300), (int32_t)check_random(c, 0, 127), 1.5f, 0,
                         0};
    if (check_random(c, 0, 7) == 0) rule.cost_max = 1e9f; /* more than there is room for */
    rule.inv_d2 = 1.0f / rule.reach2;
    rule.reach2 *= rule.reach2;
    rule.inv_a2 = 1.0f / (float)(rule.turn * rule.turn + 1);
    bf_near_pair *want = check_alloc(c, BF_NEAR_MAX * sizeof *want, 4);
    bf_near_pair *got = check_alloc(c, BF_NEAR_MAX * sizeof *got, 4);
    uint32_t n[2] = {ref->near(&a, &b, &rule, want), k->near(&a, &b, &rule, got)};
    check_equal(c, "count", &n[0], &n[1], sizeof n[0]);
    check_equal(c, "pairs", want, got, n[0] * sizeof *want);
    return check_end(c);
}

void time_near(check *c, const bf_kernels *k)
{
    bf_points a = draw_points(c, 43), b = draw_points(c, 48);
    bf_near_rule rule = {900, 24, 1.5f, 1.0f / 900, 1.0f / 576};
    bf_near_pair out[BF_NEAR_MAX];
    for (int r = 0; r < c->repeats; r++) {
        k->near(&a, &b, &rule, out);
    }
}

static bf_pair_list draw_pairs(check *c, uint32_t n)
{
    bf_pair_list l = {.n = n};
    float *ax = draw_px(c, n), *ay = draw_px(c, n), *bx = draw_px(c, n), *by = draw_px(c, n);
    float *cosine = check_alloc(c, n * sizeof *cosine, 4),
          *sine = check_alloc(c, n * sizeof *sine, 4);
    for (uint32_t i = 0; i < n; i++) {
        cosine[i] = (float)check_random(c, 0, 200) * 0.01f - 1.0f;
        sine[i] = (float)check_random(c, 0, 200) * 0.01f - 1.0f;
        if (check_random(c, 0, 3) == 0) continue;
        bx[i] = ax[i] + (float)check_random(c, 0, 10); /* pairs that fit */
        by[i] = ay[i];
        cosine[i] = 1;
        sine[i] = 0;
    }
    l.ax = ax;
    l.ay = ay;
    l.bx = bx;
    l.by = by;
    l.cos = cosine;
    l.sin = sine;
    return l;
}

int check_pair_fit(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    uint32_t n = draw_stride(c), p = check_random(c, 0, n - 1);
    bf_pair_list l = draw_pairs(c, n);
    float *want = check_alloc(c, n * sizeof *want, 4), *got = check_alloc(c, n * sizeof *got, 4);
    float *sim = draw_values(c, n, 1.0f);
    float sum[2] = {ref->pair_fit(&l, p, &pair_rule, sim, want),
                    k->pair_fit(&l, p, &pair_rule, sim, got)};
    check_equal(c, "fit", want, got, n * sizeof *want);
    check_equal(c, "sum", &sum[0], &sum[1], sizeof sum[0]);
    return check_end(c);
}

void time_pair_fit(check *c, const bf_kernels *k)
{
    bf_pair_list l = draw_pairs(c, 48);
    float *sim = draw_values(c, 48, 1.0f);
    void *first = check_alloc(c, 48 * sizeof(float), 4);
    for (int r = 0; r < c->repeats; r++) {
        k->pair_fit(&l, 3, &pair_rule, sim, first);
    }
}

int check_pull(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    uint32_t n = draw_stride(c);
    size_t bytes = n * sizeof(float);
    float *x = draw_px(c, n), *y = draw_px(c, n), *want[3], *got[3];
    for (int i = 0; i < 3; i++) {
        want[i] = draw_px(c, n);
        got[i] = check_copy(c, want[i], bytes, 4);
    }
    float qx = x[0], qy = y[n - 1], weight = (float)check_random(c, 1, 100) * 0.01f;
    ref->pull(x, y, n, qx, qy, 3.0f, -2.5f, weight, 0.0004f, want[0], want[1], want[2]);
    k->pull(x, y, n, qx, qy, 3.0f, -2.5f, weight, 0.0004f, got[0], got[1], got[2]);
    for (int i = 0; i < 3; i++) check_equal(c, "sum", want[i], got[i], bytes);
    return check_end(c);
}

void time_pull(check *c, const bf_kernels *k)
{
    float *x = draw_px(c, 48), *y = draw_px(c, 48);
    float *first = draw_px(c, 48);
    float *second = draw_px(c, 48);
    float *third = draw_px(c, 48);
    for (int r = 0; r < c->repeats; r++) {
        k->pull(x, y, 48, 100, 100, 3, 2, 0.5f, 0.0004f, first, second, third);
    }
}

static bf_grid_map draw_map(check *c)
{
    bf_grid_map m = {0.8f, 0.6f, 0, 0, 1.0f / 16, -2, -2, 40, 40};
    m.dx = (float)check_random(c, 0, 400) - 200;
    m.dy = (float)check_random(c, 0, 400) - 200;
    m.x0 = (int32_t)check_random(c, 0, 10) - 2;
    m.cols = (int32_t)check_random(c, 1, 40);
    m.rows = (int32_t)check_random(c, 1, 40);
    return m;
}

int check_grid_cells(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    uint32_t n = draw_stride(c);
    float *x = draw_px(c, n), *y = draw_px(c, n);
    bf_grid_map m = draw_map(c);
    int32_t *want = check_alloc(c, n * sizeof *want, 4), *got = check_alloc(c, n * sizeof *got, 4);
    ref->grid_cells(x, y, n, &m, want);
    k->grid_cells(x, y, n, &m, got);
    check_equal(c, "cells", want, got, n * sizeof *want);
    return check_end(c);
}

void time_grid_cells(check *c, const bf_kernels *k)
{
    float *x = draw_px(c, 256), *y = draw_px(c, 256);
    bf_grid_map m = draw_map(c);
    void *first = check_alloc(c, 256 * sizeof(int32_t), 4);
    for (int r = 0; r < c->repeats; r++) {
        k->grid_cells(x, y, 256, &m, first);
    }
}

/* Orientations 0..31; with_none: 255 here and there, and in the first. */
static uint8_t *draw_orientations(check *c, uint32_t n, uint32_t more, int with_none)
{
    uint8_t *v = check_alloc(c, n + more, 1);
    for (uint32_t i = 0; i < n; i++) {
        v[i] &= 31;
        if (with_none && (i == 0 || check_random(c, 0, 3) == 0)) v[i] = 255;
    }
    return v;
}

int check_flow_steps(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    uint32_t n = check_random(c, 0, 300), padded = (n + 15) / 16 * 16;
    float *x = draw_px(c, padded), *y = draw_px(c, padded);
    bf_grid_map m = draw_map(c);
    uint8_t *angle = draw_orientations(c, padded, 0, 0);
    uint8_t *grid = draw_orientations(c, (uint32_t)(m.cols * m.rows), 3, 1);
    int32_t turn = (int32_t)check_random(c, 0, 100) - 50;
    uint32_t *want = check_alloc(c, BF_FLOW_STEPS * sizeof *want, 4);
    uint32_t *got = check_alloc(c, BF_FLOW_STEPS * sizeof *got, 4);
    ref->flow_steps(x, y, angle, n, &m, grid, turn, want);
    k->flow_steps(x, y, angle, n, &m, grid, turn, got);
    check_equal(c, "steps", want, got, BF_FLOW_STEPS * sizeof *want);
    return check_end(c);
}

void time_flow_steps(check *c, const bf_kernels *k)
{
    float *x = draw_px(c, 256), *y = draw_px(c, 256);
    bf_grid_map m = draw_map(c);
    uint8_t *angle = draw_orientations(c, 256, 0, 0), *grid = draw_orientations(c, 1600, 3, 1);
    uint32_t steps[BF_FLOW_STEPS];
    for (int r = 0; r < c->repeats; r++) {
        k->flow_steps(x, y, angle, 256, &m, grid, 3, steps);
    }
}
