/* SPDX-License-Identifier: Apache-2.0 */
/* The fast stage of faces: its order is that of exact comparison; other models come last. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bonafide/engine.h"
#include "face/code.h"
#include "face/compare.h"
#include "kernel/kernel.h"

#define COUNT 40u
#define DIMENSION 133u /* not a multiple of 8 */
#define STRIDE 160u    /* bytes */

static void *take(void *user, size_t n)
{
    (void)user;
    return calloc(1, n);
}

static void give(void *user, void *p)
{
    (void)user;
    free(p);
}

static uint32_t state = 7;

static int8_t draw(void)
{
    state = state * 1664525u + 1013904223u;
    return (int8_t)((int32_t)(state >> 24) - 128);
}

static bf_face_prepared *make(bf_ctx *c, uint8_t model)
{
    bf_face_prepared *p = bf_ctx_scratch(c, 1, sizeof *p + DIMENSION);
    assert_non_null(p);
    p->model[0] = model;
    p->recipe = BF_FACE_RECIPE;
    p->dimension = DIMENSION;
    for (uint32_t i = 0; i < DIMENSION; i++) {
        int8_t v = draw();
        p->value[i] = v == -128 ? 127 : v;
        p->norm2 += p->value[i] * p->value[i];
    }
    return p;
}

static void same_order(void **unused)
{
    (void)unused;
    bf_face_prepared *probe, *person[COUNT];
    _Alignas(64) static uint8_t codes[COUNT][STRIDE];
    _Alignas(64) static uint8_t one[BF_FACE_DIMENSION_MAX + 16], room[BF_FACE_DIMENSION_MAX + 128];
    uint32_t at[COUNT];
    int32_t out[COUNT];
    size_t len;
    bf_kernels kern;
    bf_ctx ctx = {.alloc = {take, give, NULL}}, *c = &ctx;
    bf_arena_init(&c->arena, &c->alloc);
    bf_kernels_init(&kern, BF_KERNEL_ALL);
    ctx.kern = &kern;
    probe = make(c, 1);
    for (uint32_t i = 0; i < COUNT; i++) {
        person[i] = make(c, i == 5 ? 2 : 1);
        assert_int_equal(bf_face_fast.encode(c, person[i], codes[i], &len), BF_OK);
        assert_true(len <= STRIDE && bf_face_fast.is_code(codes[i], len));
        assert_false(bf_face_fast.is_code(codes[i], len - 8));
        at[i] = i * STRIDE / 8;
    }
    assert_true(bf_face_fast.probe_bytes <= sizeof room);
    assert_int_equal(bf_face_fast.encode(c, probe, one, &len), BF_OK);
    bf_face_fast.make_probe(NULL, one, room);
    bf_face_fast.scan(c->kern, room, codes[0], at, COUNT, out);
    for (uint32_t i = 0; i < COUNT; i++) {
        if (i == 5) continue;
        assert_true(out[5] < out[i]);
        assert_true(out[5] != INT32_MIN); /* which stands for nobody */
        for (uint32_t j = 0; j < COUNT; j++) {
            double a = bf_face_cosine(c, probe, person[i]);
            double b = bf_face_cosine(c, probe, person[j]);
            if (j != 5 && a > b + 1e-6) assert_true(out[i] > out[j]);
        }
    }
    bf_arena_done(&c->arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
