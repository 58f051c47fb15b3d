/* SPDX-License-Identifier: Apache-2.0 */
/* Comparison of palms: symmetric, tolerant, the same on every processor. */
#include "palm/made_palm.h"

#include "kernel/kernel.h"
#include "palm/calibration.h"
#include "palm/scan.h"

static bf_engine *engine;
static bf_session *session;

static int setup(void **state)
{
    (void)state;
    return bf_engine_open(NULL, &engine) || bf_session_open(engine, &session);
}

static int teardown(void **state)
{
    (void)state;
    bf_session_free(session);
    bf_engine_free(engine);
    return 0;
}

static float compare(const bf_pprepared *a, const bf_pprepared *b)
{
    return bf_palm_compare(bf_session__enter(session), a, b, -INFINITY, NULL);
}

/* Raw similarity of a score between the last two points of the calibration. */
static float raw_of(float score)
{
    const bf_calibration *c = &bf_palm_calibration;
    const float *from = c->points[c->count - 2], *to = c->points[c->count - 1];
    return from[0] + (to[0] - from[0]) * (score - from[1]) / (to[1] - from[1]);
}

#define PALMS 24

static void symmetric_to_the_bit(void **state)
{
    (void)state;
    bf_ctx *c = bf_session__enter(session);
    bf_pprepared *p[PALMS];
    for (int k = 0; k < PALMS; k++) {
        made_palm m = {.seed = (uint64_t)(k / 3), .turn_deg = k % 5 * 3.0, .dx_px = k % 7};
        p[k] = made_prepared(c, &m);
    }
    for (int i = 0; i < PALMS; i++) {
        for (int j = 0; j <= i; j++) {
            float ab = compare(p[i], p[j]), ba = compare(p[j], p[i]);
            assert_memory_equal(&ab, &ba, sizeof ab);
        }
    }
    /* even where the order says nothing, as for bytes made to collide */
    p[1]->order = p[20]->order = 7;
    float ab = compare(p[1], p[20]), ba = compare(p[20], p[1]);
    assert_memory_equal(&ab, &ba, sizeof ab);
    for (int k = 0; k < PALMS; k++) bf_ctx_release(c, p[k]);
}

static void itself_scores_highest(void **state)
{
    (void)state;
    bf_ctx *c = bf_session__enter(session);
    made_palm m = {.seed = 5};
    bf_pprepared *p = made_prepared(c, &m);
    bf_palm_alignment best;
    bf_pscore f;
    float raw = bf_palm_compare_features(c->kern, p, p, -INFINITY, &best, &f);
    assert_true(f.f[0] == 1.0f && f.f[1] == 1.0f);
    assert_true(raw > raw_of(80));
    for (int k = 0; k < BF_PALM_BLOCKS; k++) assert_true(best.dx[k] == 0 && best.dy[k] == 0);
    bf_ctx_release(c, p);
}

static void strangers_score_low(void **state)
{
    (void)state;
    bf_ctx *c = bf_session__enter(session);
    bf_pprepared *p[PALMS];
    int above = 0;
    for (int k = 0; k < PALMS; k++) {
        made_palm m = {.seed = (uint64_t)k + 1000};
        p[k] = made_prepared(c, &m);
        for (int j = 0; j < k; j++) above += compare(p[k], p[j]) > raw_of(50);
    }
    assert_int_equal(above, 0);
    for (int k = 0; k < PALMS; k++) bf_ctx_release(c, p[k]);
}

/* One palm seen otherwise scores above 40, whichever way round. */
static void tolerates(void **state)
{
    (void)state;
    static const made_palm views[] = {
        {.turn_deg = 12},
        {.turn_deg = -12},
        {.scale = 1.07},
        {.scale = 0.93},
        {.dx_px = 16},
        {.dy_px = -16},
        {.dx_px = -11, .dy_px = 13, .turn_deg = -7, .scale = 1.04},
        {.turn_deg = 8, .scale = 0.95, .dx_px = 9},
        {.noise = 12},
        {.shade = 60},
        {.shade = 60, .noise = 8, .turn_deg = 5, .dy_px = 6},
    };
    bf_ctx *c = bf_session__enter(session);
    for (uint64_t seed = 1; seed <= 5; seed++) {
        made_palm m = {.seed = seed};
        bf_pprepared *plain = made_prepared(c, &m);
        for (size_t k = 0; k < sizeof views / sizeof views[0]; k++) {
            m = views[k];
            m.seed = seed;
            bf_pprepared *p = made_prepared(c, &m);
            float raw = compare(plain, p);
            if (raw <= raw_of(40))
                print_error("seed %d view %zu: raw %f\n", (int)seed, k, (double)raw);
            assert_true(raw > raw_of(40));
            bf_ctx_release(c, p);
        }
        bf_ctx_release(c, plain);
    }
}

/* The alignment it reports is the one that was made. */
static void finds_the_shift(void **state)
{
    (void)state;
    bf_ctx *c = bf_session__enter(session);
    made_palm m = {.seed = 3}, n = {.seed = 3, .dx_px = 12, .dy_px = -8};
    bf_pprepared *a = made_prepared(c, &m), *b = made_prepared(c, &n);
    bf_palm_alignment ab, ba;
    bf_pscore f;
    bf_palm_compare_features(c->kern, a, b, -INFINITY, &ab, &f);
    bf_palm_compare_features(c->kern, b, a, -INFINITY, &ba, &f);
    /* blocks in the middle; those at the edge may lie outside the other region */
    static const int middle[] = {5, 6, 9, 10};
    for (int i = 0; i < 4; i++) {
        int k = middle[i];
        assert_true(ab.dx[k] == -3 && ab.dy[k] == 2);
        assert_true(ba.dx[k] == 3 && ba.dy[k] == -2);
    }
    bf_ctx_release(c, a);
    bf_ctx_release(c, b);
}

static void at_least_is_exact_or_below(void **state)
{
    (void)state;
    bf_ctx *c = bf_session__enter(session);
    bf_pprepared *p[12];
    int early = 0;
    for (int k = 0; k < 12; k++) {
        made_palm m = {.seed = (uint64_t)(k / 2), .turn_deg = k % 2 * 4.0};
        p[k] = made_prepared(c, &m);
    }
    for (int i = 0; i < 12; i++) {
        for (int j = 0; j < i; j++) {
            float exact = compare(p[i], p[j]);
            for (float t = -30; t < 60; t += 3) {
                float got = bf_palm_compare(c, p[i], p[j], t, NULL);
                if (exact >= t) assert_memory_equal(&got, &exact, sizeof got);
                if (exact < t) assert_true(got < t);
                early += got != exact;
            }
        }
    }
    assert_true(early > 0);
    for (int k = 0; k < 12; k++) bf_ctx_release(c, p[k]);
}

/* Part of the hand missing: what is left decides. */
static void masked_half(void **state)
{
    (void)state;
    bf_ctx *c = bf_session__enter(session);
    bf_palm_region *r = malloc(sizeof *r);
    assert_non_null(r);
    made_palm m = {.seed = 8}, other = {.seed = 9};
    bf_pprepared *whole = made_prepared(c, &m), *stranger = made_prepared(c, &other);
    made_region(&m, r);
    for (int k = 0; k < BF_PALM_SIDE * BF_PALM_SIDE; k++) r->valid[k] = k % BF_PALM_SIDE < 64;
    bf_bytes bytes = made_template(c, r);
    void *half = NULL;
    size_t len;
    assert_int_equal(bf_palm_prepare(c, bytes.data, bytes.len, &half, &len), BF_OK);
    assert_true(compare(whole, half) > raw_of(40));
    assert_true(compare(stranger, half) < raw_of(40));
    bf_ctx_release(c, bytes.data);
    bf_ctx_release(c, half);
    bf_ctx_release(c, whole);
    bf_ctx_release(c, stranger);
    free(r);
}

/* Bytes and raw similarities of six views, under a mask of kernels. */
static void on_level(uint32_t mask, uint8_t bytes[6][BF_PALM_TEMPLATE_BYTES], float raw[15])
{
    bf_engine_opts o;
    bf_engine *e = NULL;
    bf_session *s = NULL;
    bf_engine_opts_init(&o);
    o.kernel_mask = mask;
    assert_int_equal(bf_engine_open(&o, &e), BF_OK);
    assert_int_equal(bf_session_open(e, &s), BF_OK);
    bf_palm_region *r = malloc(sizeof *r);
    assert_non_null(r);
    void *p[6];
    for (int k = 0; k < 6; k++) {
        bf_ctx *c = bf_session__enter(s);
        size_t len;
        made_palm m = {.seed = (uint64_t)(k / 2), .turn_deg = k, .noise = 9};
        made_region(&m, r);
        for (int i = 0; i < 600 * k; i++) r->valid[i] = 0;
        bf_bytes b = made_template(c, r);
        memcpy(bytes[k], b.data, b.len);
        assert_int_equal(bf_palm_prepare(c, b.data, b.len, &p[k], &len), BF_OK);
        bf_ctx_release(c, b.data);
    }
    bf_ctx *c = bf_session__enter(s);
    for (int i = 0, n = 0; i < 6; i++) {
        for (int j = 0; j < i; j++) raw[n++] = bf_palm_compare(c, p[i], p[j], -INFINITY, NULL);
    }
    for (int k = 0; k < 6; k++) bf_ctx_release(c, p[k]);
    free(r);
    bf_session_free(s);
    bf_engine_free(e);
}

static void same_on_every_kernel_level(void **state)
{
    (void)state;
    static uint8_t want[6][BF_PALM_TEMPLATE_BYTES], got[6][BF_PALM_TEMPLATE_BYTES];
    float raw[15], other[15];
    on_level(0, want, raw);
    static const uint32_t masks[] = {BF_KERNEL_AVX2, BF_KERNEL_AVX2 | BF_KERNEL_AVX512,
                                     BF_KERNEL_NEON};
    for (size_t k = 0; k < sizeof masks / sizeof masks[0]; k++) {
        on_level(masks[k], got, other);
        assert_memory_equal(got, want, sizeof want);
        assert_memory_equal(other, raw, sizeof raw);
    }
}

/* The fast stage ranks one's own palm, turned and shifted, before all others. */
static void fast_stage_finds_the_mate(void **state)
{
    (void)state;
    bf_ctx *c = bf_session__enter(session);
    _Alignas(8) static uint8_t codes[PALMS][BF_PALM_CODE_BYTES];
    static const made_palm views[] = {{.turn_deg = 4}, {.dx_px = 8}, {.dy_px = -7, .turn_deg = -4}};
    uint32_t at[PALMS];
    int32_t agree[PALMS];
    bf_palm_probe *probe = aligned_alloc(64, sizeof *probe);
    assert_non_null(probe);
    for (uint32_t k = 0; k < PALMS; k++) {
        made_palm m = {.seed = k};
        size_t len;
        bf_pprepared *p = made_prepared(c, &m);
        assert_int_equal(bf_palm_fast.encode(c, p, codes[k], &len), BF_OK);
        assert_int_equal(len, BF_PALM_CODE_BYTES);
        assert_true(bf_palm_fast.is_code(codes[k], len));
        at[k] = k * BF_PALM_CODE_BYTES / 8;
        bf_ctx_release(c, p);
    }
    assert_false(bf_palm_fast.is_code(codes[0], BF_PALM_CODE_BYTES - 8));
    for (uint32_t k = 0; k < PALMS * 3; k++) {
        made_palm m = views[k % 3];
        m.seed = k / 3;
        bf_pprepared *p = made_prepared(c, &m);
        bf_palm_fast.make_probe(p, codes[0], probe);
        bf_palm_fast.scan(c->kern, probe, codes[0], at, PALMS, agree);
        for (uint32_t j = 0; j < PALMS; j++) {
            if (j != k / 3) assert_true(agree[j] < agree[k / 3]);
        }
        bf_ctx_release(c, p);
    }
    /* a bit outside the mask */
    codes[0][BF_PALM_CODE_BYTES - 1] = 0;
    codes[0][BF_PALM_PLANE_BYTES - 1] = 0x80;
    assert_false(bf_palm_fast.is_code(codes[0], BF_PALM_CODE_BYTES));
    free(probe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symmetric_to_the_bit),
        cmocka_unit_test(itself_scores_highest),
        cmocka_unit_test(strangers_score_low),
        cmocka_unit_test(tolerates),
        cmocka_unit_test(finds_the_shift),
        cmocka_unit_test(at_least_is_exact_or_below),
        cmocka_unit_test(masked_half),
        cmocka_unit_test(same_on_every_kernel_level),
        cmocka_unit_test(fast_stage_finds_the_mate),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
