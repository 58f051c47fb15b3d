/* SPDX-License-Identifier: Apache-2.0 */
/* The form templates are compared in. */
#include "finger/made_print.h"

static made_ctx env;

static made_print print_of(uint32_t count, int32_t turn)
{
    return (made_print){.seed = 9, .count = count, .keep_percent = 100, .turn = turn};
}

static void holds_what_the_template_says(void **state)
{
    (void)state;
    static const uint32_t counts[] = {0, 1, 15, 16, 17, 255};
    for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++) {
        made_print m = print_of(counts[k], 0);
        bf_fminutia want[BF_FINGER_MAX_MINUTIAE];
        uint32_t n;
        made_minutiae(&m, want, &n);
        bf_fprepared *p = made_prepared(&env.c, &m);
        assert_int_equal(p->count, counts[k]);
        assert_int_equal(p->stride % BF_MATCH_PAD, 0);
        assert_true(p->stride >= p->count && p->stride <= BF_MATCH_MAX);
        for (uint32_t i = 0; i < p->stride; i++) {
            if (i >= p->count) {
                assert_true(p->x[i] == BF_MATCH_FAR && p->weight[i] == 0);
                continue;
            }
            assert_true(fabsf(p->x[i] - want[i].x) <= 0.5f && fabsf(p->y[i] - want[i].y) <= 0.5f);
            assert_int_equal(p->angle[i], want[i].angle);
            assert_int_equal(p->type[i], want[i].type);
            assert_true(fabsf(p->cos[i] * p->cos[i] + p->sin[i] * p->sin[i] - 1) < 1e-5f);
        }
        bf_ctx_release(&env.c, p);
    }
}

static uint64_t word_of(const bf_fprepared *p, uint32_t i, uint32_t w)
{
    const uint32_t *half = p->desc + 2 * w * p->stride + i;
    return half[0] | (uint64_t)half[p->stride] << 32;
}

static void masks_hold_the_bits(void **state)
{
    (void)state;
    made_print m = print_of(60, 0);
    bf_fprepared *p = made_prepared(&env.c, &m);
    uint32_t set = 0;
    for (uint32_t i = 0; i < p->stride; i++) {
        uint64_t cells = word_of(p, i, BF_DESC_CELLS), points = word_of(p, i, BF_DESC_POINTS);
        if (i >= p->count) assert_true(cells == 0 && points == 0);
        for (uint32_t w = 0; w < BF_DESC_CELLS; w++) {
            uint64_t bits = word_of(p, i, w);
            assert_true((bits & ~(w < BF_DESC_CYLINDER ? cells : points)) == 0);
            set += bits != 0;
        }
    }
    assert_true(set > 5 * p->count);
    bf_ctx_release(&env.c, p);
}

/* Depth grows by one from the rim inwards, and is 0 outside. */
static void depth(void **state)
{
    (void)state;
    made_print m = print_of(10, 0);
    bf_fprepared *p = made_prepared(&env.c, &m);
    uint32_t deep = 0;
    for (int32_t y = 0; y < p->rows; y++) {
        for (int32_t x = 0; x < p->cols; x++) {
            int32_t i = y * p->cols + x;
            assert_int_equal(p->depth[i] != 0, p->grid[i] != BF_GRID_NONE);
            assert_true(p->depth[i] <= 3);
            deep += p->depth[i] == 3;
            if (p->depth[i] < 2) continue;
            assert_true(p->depth[i - 1] + 1 >= p->depth[i] && p->depth[i + 1] + 1 >= p->depth[i]);
            assert_true(p->depth[i - p->cols] + 1 >= p->depth[i]);
            assert_true(p->depth[i + p->cols] + 1 >= p->depth[i]);
        }
    }
    assert_true(deep > p->cells / 4);
    bf_ctx_release(&env.c, p);
}

/* Turned by a quarter, descriptors stay nearly what they were. */
static void descriptors_turn_along(void **state)
{
    (void)state;
    made_print m = print_of(60, 0), n = print_of(60, 64);
    bf_fprepared *p = made_prepared(&env.c, &m), *q = made_prepared(&env.c, &n);
    static const bf_desc_rule rule = {10, 12, 10, 0.3f, 0.3f};
    static float sim[64 * 64];
    assert_int_equal(p->stride, 64);
    env.kern.desc_similarity(p->desc, p->stride, p->count, q->desc, q->stride, &rule, sim);
    uint32_t best = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        uint32_t top = 0;
        for (uint32_t j = 1; j < q->count; j++) {
            if (sim[i * 64 + j] > sim[i * 64 + top]) top = j;
        }
        best += top == i;
    }
    assert_true(best > 50);
    bf_ctx_release(&env.c, p);
    bf_ctx_release(&env.c, q);
}

static void damaged_is_refused(void **state)
{
    (void)state;
    made_print m = print_of(20, 0);
    bf_bytes t = made_template(&env.c, &m);
    void *out = NULL;
    size_t len;
    for (size_t cut = 0; cut < t.len; cut++) {
        assert_int_equal(bf_finger_prepare(&env.c, t.data, cut, &out, &len), BF_EFORMAT);
        bf_arena_reset(&env.c.arena);
    }
    for (size_t at = 0; at < t.len; at++) {
        t.data[at] ^= 4;
        assert_int_not_equal(bf_finger_prepare(&env.c, t.data, t.len, &out, &len), BF_OK);
        t.data[at] ^= 4;
        bf_arena_reset(&env.c.arena);
    }
    assert_null(out);
    bf_ctx_release(&env.c, t.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_what_the_template_says),
        cmocka_unit_test(masks_hold_the_bits),
        cmocka_unit_test(depth),
        cmocka_unit_test(descriptors_turn_along),
        cmocka_unit_test(damaged_is_refused),
    };
    made_open(&env, BF_KERNEL_ALL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bf_arena_done(&env.c.arena);
    return failed;
}
