/* SPDX-License-Identifier: Apache-2.0 */
/* Agreement of palm codes against the references. */
#include <string.h>

#include "kernel/check.h"
#include "kernel/kernels.h"

typedef int16_t coarse_out[BF_PALM_BLOCKS][BF_PALM_COARSE_SHIFTS][BF_PALM_LANES];

/* Any bits are legal in a code; a mask is 0 or 0x3f, and the border is not always empty here. */
static void draw_mask(check *c, uint8_t *mask, size_t len)
{
    uint32_t share = check_random(c, 0, 16);
    for (size_t i = 0; i < len; i++) mask[i] = check_random(c, 1, 16) > share ? 0x3f : 0;
}

static bf_palm_coarse_grid *draw_coarse(check *c)
{
    bf_palm_coarse_grid *g = check_alloc(c, sizeof *g, 1);
    for (size_t i = 0; i < sizeof g->code; i++) g->code[i] &= 0x3f;
    draw_mask(c, g->mask, sizeof g->mask);
    return g;
}

static bf_palm_fine_grid *draw_fine(check *c)
{
    bf_palm_fine_grid *g = check_alloc(c, sizeof *g, 1);
    for (size_t i = 0; i < sizeof g->code; i++) g->code[i] &= 0x3f;
    draw_mask(c, g->mask, sizeof g->mask);
    return g;
}

static bf_palm_shifts draw_shifts(check *c)
{
    bf_palm_shifts s;
    for (int k = 0; k < BF_PALM_BLOCKS; k++) {
        s.x[k] = (int8_t)((int)check_random(c, 0, 2 * BF_PALM_SHIFT_MAX) - BF_PALM_SHIFT_MAX);
        s.y[k] = (int8_t)((int)check_random(c, 0, 2 * BF_PALM_SHIFT_MAX) - BF_PALM_SHIFT_MAX);
    }
    return s;
}

int check_palm_coarse(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    bf_palm_coarse_grid *a = draw_coarse(c), *b = draw_coarse(c);
    int16_t *want = check_alloc(c, sizeof(coarse_out), 2);
    int16_t *got = check_alloc(c, sizeof(coarse_out), 2);
    ref->palm_coarse(a, b, (void *)want);
    k->palm_coarse(a, b, (void *)got);
    check_equal(c, "agreement", want, got, sizeof(coarse_out));
    return check_end(c);
}

/* A map as palm_coarse makes it: 4 x 4 cells of 6 bits a block, often with equals. */
static int16_t *draw_map(check *c)
{
    int16_t *map = check_alloc(c, sizeof(coarse_out), 2);
    int spread = (int)check_random(c, 1, 96);
    for (size_t i = 0; i < sizeof(coarse_out) / sizeof *map; i++) {
        map[i] = (int16_t)((int)check_random(c, 0, 2 * (uint32_t)spread) - spread);
    }
    return map;
}

static bf_palm_shifts draw_moved(check *c)
{
    bf_palm_shifts s;
    for (int k = 0; k < BF_PALM_BLOCKS; k++) {
        s.x[k] = (int8_t)((int)check_random(c, 0, 2 * BF_PALM_BEND_MAX) - BF_PALM_BEND_MAX);
        s.y[k] = (int8_t)((int)check_random(c, 0, 2 * BF_PALM_BEND_MAX) - BF_PALM_BEND_MAX);
    }
    return s;
}

int check_palm_travel(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    int16_t *map = draw_map(c);
    bf_palm_shifts moved = draw_moved(c);
    int32_t want = ref->palm_travel((void *)map, &moved);
    int32_t got = k->palm_travel((void *)map, &moved);
    check_equal(c, "best", &want, &got, sizeof want);
    return check_end(c);
}

void time_palm_travel(check *c, const bf_kernels *k)
{
    int16_t *map = draw_map(c);
    bf_palm_shifts moved = draw_moved(c);
    for (int r = 0; r < c->repeats; r++) k->palm_travel((void *)map, &moved);
}

int check_palm_fine(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    bf_palm_fine_grid *a = draw_fine(c), *b = draw_fine(c);
    bf_palm_shifts at = draw_shifts(c);
    int16_t *want = check_alloc(c, sizeof(bf_palm_window), 2);
    int16_t *got = check_alloc(c, sizeof(bf_palm_window), 2);
    int16_t *want_n = check_alloc(c, sizeof(bf_palm_window), 2);
    int16_t *got_n = check_alloc(c, sizeof(bf_palm_window), 2);
    ref->palm_fine(a, b, &at, (void *)want, (void *)want_n);
    k->palm_fine(a, b, &at, (void *)got, (void *)got_n);
    check_equal(c, "agreement", want, got, sizeof(bf_palm_window));
    check_equal(c, "valid", want_n, got_n, sizeof(bf_palm_window));
    return check_end(c);
}

void time_palm_coarse(check *c, const bf_kernels *k)
{
    bf_palm_coarse_grid *a = draw_coarse(c), *b = draw_coarse(c);
    int16_t *out = check_alloc(c, sizeof(coarse_out), 2);
    for (int r = 0; r < c->repeats; r++) k->palm_coarse(a, b, (void *)out);
}

void time_palm_fine(check *c, const bf_kernels *k)
{
    bf_palm_fine_grid *a = draw_fine(c), *b = draw_fine(c);
    bf_palm_shifts at = draw_shifts(c);
    int16_t *agree = check_alloc(c, sizeof(bf_palm_window), 2);
    int16_t *valid = check_alloc(c, sizeof(bf_palm_window), 2);
    for (int r = 0; r < c->repeats; r++) k->palm_fine(a, b, &at, (void *)agree, (void *)valid);
}

#define CODES 40

/* Codes in a row and a probe; any bits do. */
static uint8_t *draw_codes(check *c, uint32_t at[CODES])
{
    uint8_t *codes = check_alloc(c, (size_t)CODES * BF_PALM_CODE_BYTES, 8);
    uint32_t share = check_random(c, 0, 2);
    for (uint32_t i = 0; i < CODES; i++) {
        at[i] = check_random(c, 0, CODES - 1) * (BF_PALM_CODE_BYTES / 8);
        uint8_t *mask = codes + (size_t)i * BF_PALM_CODE_BYTES + 192;
        if (share) memset(mask, share == 1 ? 0 : 0xff, BF_PALM_PLANE_BYTES);
    }
    return codes;
}

static bf_palm_probe *draw_probe(check *c)
{
    bf_palm_probe *p = check_alloc(c, sizeof *p, 64);
    for (int v = 0; v < BF_PALM_VIEWS; v++) memcpy(p->view[v] + 224, p->view[v] + 192, 32);
    return p;
}

int check_palm_scan(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    uint32_t at[CODES], count = check_random(c, 0, CODES);
    uint8_t *codes = draw_codes(c, at);
    bf_palm_probe *p = draw_probe(c);
    int32_t *want = check_alloc(c, count * sizeof *want, 4);
    int32_t *got = check_alloc(c, count * sizeof *got, 4);
    ref->palm_scan(p, codes, at, count, want);
    k->palm_scan(p, codes, at, count, got);
    check_equal(c, "agreement", want, got, count * sizeof *want);
    return check_end(c);
}

void time_palm_scan(check *c, const bf_kernels *k)
{
    uint32_t at[CODES];
    uint8_t *codes = draw_codes(c, at);
    bf_palm_probe *p = draw_probe(c);
    int32_t *out = check_alloc(c, CODES * sizeof *out, 4);
    for (int r = 0; r < c->repeats; r++) k->palm_scan(p, codes, at, CODES, out);
}
