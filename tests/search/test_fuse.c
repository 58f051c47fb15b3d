/* SPDX-License-Identifier: Apache-2.0 */
/* Scores of rules: against the same done with the C library, and by drawing from the null. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "finger/made_print.h"
#include "search/fuse.h"

static made_ctx env;

static void best_of_several(void **state)
{
    (void)state;
    for (double s = 0.5; s <= 120; s += 0.37) {
        for (uint32_t m = 1; m <= 100; m += 3) {
            double p = pow(10, -s / 10), want = -10 * log10(-expm1(m * log1p(-p)));
            if (fabs(bf_fuse_best_of(s, m) - want) > 1e-4) {
                fail_msg("%g of %u: %.9g, not %.9g", s, m, bf_fuse_best_of(s, m), want);
            }
        }
    }
    assert_true(bf_fuse_best_of(0, 5) == 0);
    assert_true(bf_fuse_best_of(120, 1) == 120);
}

/* One part is its own score; a strong part is worth no less beside failures than the scale allows;
 * more evidence never lowers a score. */
static void several_parts(void **state)
{
    (void)state;
    bf_fuse *f;
    double alone, two, weak, strong;
    assert_int_equal(bf_fuse__open(&env.c, &f), BF_OK);
    bf_fuse_part parts[3] = {{BF_FINGER, 45}, {BF_PALM, 40}, {BF_FACE, 0}};
    assert_int_equal(bf_fuse__score(&env.c, f, parts, 1, &alone), BF_OK);
    assert_true(alone == 45);
    assert_int_equal(bf_fuse__score(&env.c, f, parts, 2, &two), BF_OK);
    assert_int_equal(bf_fuse__score(&env.c, f, parts, 3, &weak), BF_OK);
    assert_true(two > 70 && two < 85 && weak < two && weak > two - 25);
    parts[2].score = 30;
    assert_int_equal(bf_fuse__score(&env.c, f, parts, 3, &strong), BF_OK);
    assert_true(strong > two);
    parts[2].modality = 9;
    assert_int_equal(bf_fuse__score(&env.c, f, parts, 3, &strong), BF_EMODALITY);
    bf_fuse__close(&env.c, f);
}

static void evidence_rises(void **state)
{
    (void)state;
    bf_fuse_model m = {0.01, 75, 30};
    for (double s = 0; s < 120; s += 0.5) {
        assert_true(bf_fuse_evidence(&m, s + 0.5) > bf_fuse_evidence(&m, s));
    }
    assert_true(bf_fuse_evidence(&m, 0) >= log(0.01));
}

static void threshold_of_a_search(void **state)
{
    (void)state;
    for (double fpir = 1e-9; fpir < 0.9; fpir *= 3) {
        for (uint64_t n = 1; n < 1000000000000; n *= 7) {
            double want = -10 * log10(-expm1(log1p(-fpir) / (double)n));
            if (fabs(bf_fuse_threshold(fpir, n) - want) > 1e-4) {
                fail_msg("%g, %llu: %.9g, not %.9g", fpir, (unsigned long long)n,
                         bf_fuse_threshold(fpir, n), want);
            }
        }
    }
    assert_true(fabs(bf_fuse_threshold(1e-4, 1) - 40) < 1e-6);
}

static double draw(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return ((double)(*x >> 11) + 0.5) / 9007199254740992.0;
}

/* 2 fingers, a palm and a face, 3 comparisons each, 50 persons, none the one sought: how often is
 * there a candidate? */
static void searches_keep_their_rate(void **state)
{
    (void)state;
    static const uint32_t modality[4] = {BF_FINGER, BF_FINGER, BF_PALM, BF_FACE};
    uint64_t x = 88172645463325252ull;
    unsigned hits = 0, searches = 20000;
    double threshold = bf_fuse_threshold(0.05, 50);
    bf_fuse *f;
    assert_int_equal(bf_fuse__open(&env.c, &f), BF_OK);
    for (unsigned s = 0; s < searches; s++) {
        int hit = 0;
        for (int person = 0; person < 50; person++) {
            bf_fuse_part parts[4];
            double score;
            for (int k = 0; k < 4; k++) {
                double best = 0;
                for (int i = 0; i < 3; i++) {
                    double one = -10 * log10(draw(&x));
                    if (one > best) best = one;
                }
                parts[k] = (bf_fuse_part){modality[k], bf_fuse_best_of(best, 3)};
            }
            assert_int_equal(bf_fuse__score(&env.c, f, parts, 4, &score), BF_OK);
            hit |= score >= threshold;
        }
        hits += (unsigned)hit;
    }
    bf_fuse__close(&env.c, f);
    double rate = (double)hits / searches;
    if (rate < 0.045 || rate > 0.055) fail_msg("rate %.4f instead of 0.05", rate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_of_several),          cmocka_unit_test(several_parts),
        cmocka_unit_test(evidence_rises),           cmocka_unit_test(threshold_of_a_search),
        cmocka_unit_test(searches_keep_their_rate),
    };
    made_open(&env, BF_KERNEL_ALL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bf_arena_done(&env.c.arena);
    return failed;
}
