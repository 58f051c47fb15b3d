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
static uint64_t *draw_descriptors(check *c, uint32_t n)
{
    uint64_t *d = check_alloc(c, (size_t)n * BF_DESC_WORDS * sizeof *d, 8);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t w = BF_DESC_CELLS; w < BF_DESC_WORDS; w++) {
            if (check_random(c, 0, 255) < NOISE) d[w * n + i] = check_random(c, 0, 7);
            if (check_random(c, 0, 255) < NOISE) d[w * n + i] = ~0ull;
        }
        for (uint32_t w = 0; w < BF_DESC_CELLS; w++) {
            d[w * n + i] &= d[(w < BF_DESC_CYLINDER ? BF_DESC_CELLS : BF_DESC_POINTS) * n + i];
            if (check_random(c, 0, 255) < NOISE) d[w * n + i] = 0;
        }
    }
    return d;
}

int check_desc_similarity(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    uint32_t sa = draw_stride(c), sb = draw_stride(c), na = check_random(c, 0, sa < 40 ? sa : 40);
    uint64_t *a = draw_descriptors(c, sa), *b = draw_descriptors(c, sb);
    size_t bytes = (size_t)na * sb * sizeof(float);
    float *want = check_alloc(c, bytes, 4), *got = check_alloc(c, bytes, 4);
    ref->desc_similarity(a, sa, na, b, sb, &desc_rule, want);
    k->desc_similarity(a, sa, na, b, sb, &desc_rule, got);
    check_equal(c, "similarity", want, got, bytes);
    return check_end(c);
}

void time_desc_similarity(check *c, const bf_kernels *k)
{
    uint64_t *a = draw_descriptors(c, 48), *b = draw_descriptors(c, 48);
    void *first = check_alloc(c, 48 * 48 * sizeof(float), 4);
    for (int r = 0; r < c->repeats; r++) {
        k->desc_similarity(a, 48, 43, b, 48, &desc_rule, first);
    }
}

int check_above(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    uint32_t n = draw_stride(c);
    float *v = draw_px(c, n), threshold = v[check_random(c, 0, n - 1)];
    uint16_t *want = check_alloc(c, n / 8, 2), *got = check_alloc(c, n / 8, 2);
    uint32_t count[2] = {ref->above(v, n, threshold, want), k->above(v, n, threshold, got)};
    check_equal(c, "mask", want, got, n / 8);
    check_equal(c, "count", &count[0], &count[1], sizeof count[0]);
    return check_end(c);
}

void time_above(check *c, const bf_kernels *k)
{
    float *first = draw_px(c, 48);
    void *second = check_alloc(c, 6, 2);
    for (int r = 0; r < c->repeats; r++) {
        k->above(first, 48, 250, second);
    }
}

int check_near(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    uint32_t sb = draw_stride(c), na = check_random(c, 0, 40);
    float *ax = draw_px(c, na), *ay = draw_px(c, na), *bx = draw_px(c, sb), *by = draw_px(c, sb);
    int32_t *aa = draw_turns(c, na), *ba = draw_turns(c, sb);
    size_t bytes = (size_t)na * sb / 8;
    uint16_t *want = check_alloc(c, bytes, 2), *got = check_alloc(c, bytes, 2);
    float reach2 = (float)check_random(c, 1, 90000);
    int32_t turn = (int32_t)check_random(c, 0, 127);
    ref->near(ax, ay, aa, na, bx, by, ba, sb, reach2, turn, want);
    k->near(ax, ay, aa, na, bx, by, ba, sb, reach2, turn, got);
    check_equal(c, "mask", want, got, bytes);
    return check_end(c);
}

void time_near(check *c, const bf_kernels *k)
{
    float *ax = draw_px(c, 48), *ay = draw_px(c, 48), *bx = draw_px(c, 48), *by = draw_px(c, 48);
    int32_t *aa = draw_turns(c, 48), *ba = draw_turns(c, 48);
    void *first = check_alloc(c, 48 * 6, 2);
    for (int r = 0; r < c->repeats; r++) {
        k->near(ax, ay, aa, 43, bx, by, ba, 48, 256, 24, first);
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
    ref->pair_fit(&l, p, &pair_rule, want);
    k->pair_fit(&l, p, &pair_rule, got);
    check_equal(c, "fit", want, got, n * sizeof *want);
    return check_end(c);
}

void time_pair_fit(check *c, const bf_kernels *k)
{
    bf_pair_list l = draw_pairs(c, 48);
    void *first = check_alloc(c, 48 * sizeof(float), 4);
    for (int r = 0; r < c->repeats; r++) {
        k->pair_fit(&l, 3, &pair_rule, first);
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
        k->pull(x, y, 48, 100, 100, 3, 2, 0.5f, 0.0004f, first, second,
                third);
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
