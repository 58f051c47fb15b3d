/* SPDX-License-Identifier: Apache-2.0 */
/* The comparator on made prints: same finger, another finger, turned, symmetric, hostile. */
#include <pthread.h>

#include "finger/made_print.h"

#define FINGERS 12u

static made_ctx env;

static made_print finger(uint32_t k)
{
    return (made_print){.seed = 100 + k, .count = 25 + 3 * k, .keep_percent = 100};
}

/* Another impression of it: turned, shifted, jittered, a fifth of the minutiae missed. */
static made_print again(uint32_t k, int32_t turn)
{
    made_print m = finger(k);
    m.noise_seed = k + 1;
    m.jitter_px = 3;
    m.keep_percent = 80;
    m.turn = turn;
    m.dx = 13;
    m.dy = -9;
    return m;
}

static float raw(const void *a, const void *b)
{
    float s = bf_finger_compare(&env.c, a, b, -INFINITY, NULL);
    assert_false(isnan(s));
    assert_true(fabsf(s) < 1000);
    return s;
}

static void tells_fingers_apart(void **state)
{
    (void)state;
    float genuine = INFINITY, impostor = -INFINITY;
    void *a[FINGERS], *b[FINGERS];
    for (uint32_t k = 0; k < FINGERS; k++) {
        made_print m = finger(k), n = again(k, (int32_t)(k * 21));
        a[k] = made_prepared(&env.c, &m);
        b[k] = made_prepared(&env.c, &n);
    }
    for (uint32_t i = 0; i < FINGERS; i++) {
        for (uint32_t j = 0; j < FINGERS; j++) {
            float s = raw(a[i], b[j]);
            if (i == j && s < genuine) genuine = s;
            if (i != j && s > impostor) impostor = s;
        }
    }
    assert_true(genuine > impostor + 1);
    for (uint32_t k = 0; k < FINGERS; k++) {
        bf_ctx_release(&env.c, a[k]);
        bf_ctx_release(&env.c, b[k]);
    }
}

static void any_turn(void **state)
{
    (void)state;
    made_print m = finger(5);
    void *a = made_prepared(&env.c, &m);
    float upright = 0, lowest = INFINITY;
    for (int32_t turn = 0; turn < 256; turn += 5) {
        made_print n = again(5, turn);
        void *b = made_prepared(&env.c, &n);
        float s = raw(a, b);
        if (!turn) upright = s;
        if (s < lowest) lowest = s;
        bf_match match;
        assert_true(bf_finger_compare(&env.c, a, b, -INFINITY, &match) == s);
        /* from b to a: the turn undone */
        double want = -turn * (2 * BF_PI / 256), off = (double)match.rotation_rad - want;
        assert_true(bf_cos(off) > 0.995);
        assert_true(match.pair_count > n.count / 2);
        bf_ctx_release(&env.c, b);
    }
    assert_true(lowest > 0.8f * upright);
    bf_ctx_release(&env.c, a);
}

static void same_both_ways(void **state)
{
    (void)state;
    for (uint32_t k = 0; k < 60; k++) {
        made_print m = finger(k % 7), n = again(k % 5, (int32_t)(37 * k));
        void *a = made_prepared(&env.c, &m), *b = made_prepared(&env.c, &n);
        bf_match ab, ba;
        float x = bf_finger_compare(&env.c, a, b, -INFINITY, &ab);
        float y = bf_finger_compare(&env.c, b, a, -INFINITY, &ba);
        assert_memory_equal(&x, &y, sizeof x);
        assert_int_equal(ab.pair_count, ba.pair_count);
        for (uint32_t i = 0; i < ab.pair_count; i++) {
            assert_int_equal(ab.pairs[i].a, ba.pairs[i].b);
            assert_int_equal(ab.pairs[i].b, ba.pairs[i].a);
        }
        bf_ctx_release(&env.c, a);
        bf_ctx_release(&env.c, b);
    }
}

static void itself(void **state)
{
    (void)state;
    for (uint32_t k = 0; k < FINGERS; k++) {
        made_print m = finger(k), n = again(k, 0);
        void *a = made_prepared(&env.c, &m), *b = made_prepared(&env.c, &n);
        assert_true(raw(a, a) > raw(a, b));
        assert_true(raw(a, a) > 5);
        bf_ctx_release(&env.c, a);
        bf_ctx_release(&env.c, b);
    }
}

static void few_and_many(void **state)
{
    (void)state;
    static const uint32_t counts[] = {0, 1, 2, 3, 16, 17, 254, 255};
    made_print full = finger(0);
    full.count = 255;
    void *other = made_prepared(&env.c, &full);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        made_print m = finger(1);
        m.count = counts[i];
        void *a = made_prepared(&env.c, &m);
        float s = raw(a, other), self = raw(a, a);
        assert_true(s < 5);
        assert_true(counts[i] < 16 || self > 5);
        bf_ctx_release(&env.c, a);
    }
    bf_ctx_release(&env.c, other);
}

/* A template whose minutiae all have the given bytes; crc made good. */
static void *forged(const uint8_t minutia[5], uint32_t count, int with_grid)
{
    made_print m = finger(2);
    m.count = count;
    bf_bytes t = made_template(&env.c, &m);
    uint8_t *payload = t.data + BF_TEMPLATE_HEADER_BYTES;
    size_t len = t.len;
    for (uint32_t i = 0; i < count; i++) memcpy(payload + 10 + 5 * i, minutia, 5);
    if (!with_grid) {
        memset(payload + 6, 0, 4);
        len = BF_TEMPLATE_HEADER_BYTES + 10 + 5 * count;
    }
    payload[0] = payload[2] = 4000 >> 8;
    payload[1] = payload[3] = 4000 & 255;
    bf_template_info info = {BF_FINGER, BF_FINGER_VERSION, 0, 50, 0};
    bf_template_seal_header(t.data, len, &info);
    void *out;
    size_t out_len;
    assert_int_equal(bf_finger_prepare(&env.c, t.data, len, &out, &out_len), BF_OK);
    bf_ctx_release(&env.c, t.data);
    return out;
}

static void hostile(void **state)
{
    (void)state;
    static const uint8_t corner[5] = {0xf9, 0xff, 0x9f, 0x55, 100}; /* 3999, 3999 */
    static const uint8_t middle[5] = {0x10, 0x01, 0x00, 0x00, 0};   /* 256, 256, quality 0 */
    made_print m = finger(3);
    void *p[] = {forged(corner, 255, 1), forged(middle, 255, 1), forged(corner, 255, 0),
                 forged(middle, 255, 0), made_prepared(&env.c, &m)};
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < 5; j++) {
            float s = raw(p[i], p[j]), t = raw(p[j], p[i]);
            assert_memory_equal(&s, &t, sizeof s);
        }
    }
    for (size_t i = 0; i < 5; i++) bf_ctx_release(&env.c, p[i]);
}

static void levels_agree(void **state)
{
    (void)state;
    static const uint32_t masks[] = {0, BF_KERNEL_AVX2, BF_KERNEL_AVX2 | BF_KERNEL_AVX512,
                                     BF_KERNEL_ALL};
    for (uint32_t k = 0; k < 20; k++) {
        made_print m = finger(k % FINGERS), n = again(k % 4, (int32_t)(11 * k));
        void *a = made_prepared(&env.c, &m), *b = made_prepared(&env.c, &n);
        bf_fscore want, got;
        for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
            made_ctx level;
            made_open(&level, masks[i]);
            bf_finger_compare_features(&level.c, a, b, -INFINITY, NULL, i ? &got : &want);
            if (i) assert_memory_equal(&want, &got, sizeof want);
            bf_arena_done(&level.c.arena);
        }
        bf_ctx_release(&env.c, a);
        bf_ctx_release(&env.c, b);
    }
}

typedef struct job {
    void *print[FINGERS];
    float raw[FINGERS * FINGERS];
} job;

static void *compare_all(void *user)
{
    job *j = user;
    made_ctx own;
    made_open(&own, BF_KERNEL_ALL);
    for (uint32_t i = 0; i < FINGERS * FINGERS; i++) {
        j->raw[i] = bf_finger_compare(&own.c, j->print[i / FINGERS], j->print[i % FINGERS],
                                      -INFINITY, NULL);
    }
    bf_arena_done(&own.c.arena);
    return NULL;
}

static void threads_agree(void **state)
{
    (void)state;
    static job jobs[4];
    pthread_t thread[4];
    for (uint32_t k = 0; k < FINGERS; k++) {
        made_print m = finger(k);
        jobs[0].print[k] = made_prepared(&env.c, &m);
    }
    for (int t = 1; t < 4; t++) memcpy(jobs[t].print, jobs[0].print, sizeof jobs[0].print);
    for (int t = 0; t < 4; t++)
        assert_int_equal(pthread_create(&thread[t], NULL, compare_all, &jobs[t]), 0);
    for (int t = 0; t < 4; t++) assert_int_equal(pthread_join(thread[t], NULL), 0);
    for (int t = 1; t < 4; t++) assert_memory_equal(jobs[t].raw, jobs[0].raw, sizeof jobs[0].raw);
    for (uint32_t k = 0; k < FINGERS; k++) bf_ctx_release(&env.c, jobs[0].print[k]);
}

/* Giving up early may never change an answer that reaches the threshold, nor lift one that does
 * not. */
static void at_least(void **state)
{
    (void)state;
    static const float thresholds[] = {-8, -4, -2, 0, 2, 6};
    for (uint32_t k = 0; k < 60; k++) {
        made_print m = finger(k % 6), n = again(k % 4, (int32_t)(29 * k));
        if (k % 3 == 0) n.keep_percent = 30;
        void *a = made_prepared(&env.c, &m), *b = made_prepared(&env.c, &n);
        float whole = raw(a, b);
        for (size_t i = 0; i < sizeof thresholds / sizeof thresholds[0]; i++) {
            float s = bf_finger_compare(&env.c, a, b, thresholds[i], NULL);
            if (whole >= thresholds[i]) {
                assert_memory_equal(&s, &whole, sizeof s);
            } else {
                assert_true(s < thresholds[i]);
            }
        }
        bf_ctx_release(&env.c, a);
        bf_ctx_release(&env.c, b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_fingers_apart),
        cmocka_unit_test(any_turn),
        cmocka_unit_test(same_both_ways),
        cmocka_unit_test(itself),
        cmocka_unit_test(few_and_many),
        cmocka_unit_test(hostile),
        cmocka_unit_test(levels_agree),
        cmocka_unit_test(threads_agree),
        cmocka_unit_test(at_least),
    };
    made_open(&env, BF_KERNEL_ALL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bf_arena_done(&env.c.arena);
    return failed;
}
