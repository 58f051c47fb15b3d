/* SPDX-License-Identifier: Apache-2.0 */
/* Fingerprint templates drawn from a seed: no picture behind them. */
#ifndef BF_TESTS_MADE_PRINT_H
#define BF_TESTS_MADE_PRINT_H
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* after the above */
#include <cmocka.h>

#include "bonafide/inspect.h"
#include "finger/compare.h"
#include "kernel/kernel.h"
#include "template/template.h"
#include "util/fmath.h"

#define MADE_SIZE 512 /* px, square */
#define MADE_MIDDLE 256.0f
#define MADE_RADIUS 170.0f
#define MADE_CELLS (MADE_SIZE / BF_FINGER_CELL)

/* Drawn from the seed; then jittered, thinned, turned round the middle, shifted. */
typedef struct made_print {
    uint32_t seed, count;
    uint32_t noise_seed;
    float jitter_px;
    uint32_t keep_percent;
    int32_t turn; /* 1/256 */
    float dx, dy;
} made_print;

static inline uint32_t made_random(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(*state >> 4) * below) >> 28);
}

/* Ridge orientation of the print of a seed at a place, rad; smooth. */
static inline double made_flow(uint32_t seed, float x, float y)
{
    double k = 0.004 + 0.0005 * (seed % 7), u = (double)x - 256.0, v = (double)y - 256.0;
    return 0.3 * (seed % 5) + k * u + 0.7 * k * v + 0.00001 * u * v;
}

static inline void made_turn(const made_print *m, float x, float y, float *ox, float *oy)
{
    double r = m->turn * (2 * BF_PI / 256);
    float c = (float)bf_cos(r), s = (float)bf_sin(r), u = x - MADE_MIDDLE, v = y - MADE_MIDDLE;
    *ox = MADE_MIDDLE + c * u + s * v + m->dx; /* counter-clockwise on the screen, y down */
    *oy = MADE_MIDDLE - s * u + c * v + m->dy;
}

static inline void made_minutiae(const made_print *m, bf_fminutia *out, uint32_t *count)
{
    uint32_t state = m->seed * 7919u + 1, noise = m->noise_seed * 104729u + 3, n = 0;
    for (uint32_t i = 0; i < m->count; i++) {
        float u, v;
        do {
            u = (float)made_random(&state, 300) - 150;
            v = (float)made_random(&state, 300) - 150;
        } while (u * u + v * v > 150.0f * 150.0f);
        uint32_t flip = made_random(&state, 2), type = 1 + made_random(&state, 2);
        double flow = made_flow(m->seed, MADE_MIDDLE + u, MADE_MIDDLE + v);
        bf_fminutia *p = &out[n];
        p->angle =
            (uint8_t)((int32_t)floor(flow * (128 / BF_PI) + 0.5) + m->turn + (int32_t)flip * 128);
        p->type = (uint8_t)type;
        p->quality = (uint8_t)(30 + made_random(&state, 40));
        float jx = m->jitter_px * ((float)made_random(&noise, 201) * 0.01f - 1);
        float jy = m->jitter_px * ((float)made_random(&noise, 201) * 0.01f - 1);
        made_turn(m, MADE_MIDDLE + u + jx, MADE_MIDDLE + v + jy, &p->x, &p->y);
        if (made_random(&noise, 100) < m->keep_percent) n++;
    }
    *count = n;
}

/* The template's bytes: the caller releases with bf_ctx_release(). */
static inline bf_bytes made_template(bf_ctx *c, const made_print *m)
{
    static float cos2[MADE_CELLS * MADE_CELLS], sin2[MADE_CELLS * MADE_CELLS];
    static uint8_t mask[MADE_CELLS * MADE_CELLS];
    static bf_fminutia minutiae[BF_FINGER_MAX_MINUTIAE];
    made_print back = {.turn = -m->turn};
    for (int32_t i = 0; i < MADE_CELLS * MADE_CELLS; i++) {
        float x = ((float)(i % MADE_CELLS) + 0.5f) * BF_FINGER_CELL - m->dx;
        float y = ((float)(i / MADE_CELLS) + 0.5f) * BF_FINGER_CELL - m->dy, u, v;
        made_turn(&back, x, y, &u, &v);
        double flow = made_flow(m->seed, u, v) + m->turn * (2 * BF_PI / 256);
        cos2[i] = (float)bf_cos(2 * flow);
        sin2[i] = (float)bf_sin(2 * flow);
        float du = u - MADE_MIDDLE, dv = v - MADE_MIDDLE;
        mask[i] = du * du + dv * dv < MADE_RADIUS * MADE_RADIUS;
    }
    bf_features f = {.w = MADE_SIZE, .h = MADE_SIZE, .minutiae = minutiae, .quality = 80};
    f.field = (bf_field){
        .cols = MADE_CELLS, .rows = MADE_CELLS, .cos2 = cos2, .sin2 = sin2, .mask = mask};
    made_minutiae(m, minutiae, &f.minutia_count);
    bf_bytes out;
    assert_int_equal(bf_finger_encode(c, &f, 0, &out), BF_OK);
    return out;
}

/* A context of its own at a kernel level. */
typedef struct made_ctx {
    bf_ctx c;
    bf_kernels kern;
} made_ctx;

static inline void *made_alloc(void *user, size_t n)
{
    (void)user;
    return calloc(1, n);
}

static inline void made_release(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

static inline void made_open(made_ctx *m, uint32_t mask)
{
    memset(m, 0, sizeof *m);
    m->c.alloc = (bf_allocator){made_alloc, made_release, NULL};
    bf_kernels_init(&m->kern, mask);
    m->c.kern = &m->kern;
    bf_arena_init(&m->c.arena, &m->c.alloc);
}

static inline void *made_prepared(bf_ctx *c, const made_print *m)
{
    bf_bytes bytes = made_template(c, m);
    void *out;
    size_t len;
    assert_int_equal(bf_finger_prepare(c, bytes.data, bytes.len, &out, &len), BF_OK);
    bf_ctx_release(c, bytes.data);
    bf_arena_reset(&c->arena);
    return out;
}

#endif
