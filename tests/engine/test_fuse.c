/* SPDX-License-Identifier: Apache-2.0 */
/* Scores of rules: against the same done with the C library, and by drawing from the null. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/fuse.h"

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

static void several_fingers(void **state)
{
    (void)state;
    for (double sum = 0.5; sum < 400; sum += 1.7) {
        for (uint32_t k = 1; k <= 10; k++) {
            double x = sum * log(10) / 10, term = 1, total = 1;
            for (uint32_t i = 1; i < k; i++) total += term *= x / i;
            double want = (x - log(total)) * 10 / log(10);
            assert_true(fabs(bf_fuse_fingers(sum, k) - (want > 0 ? want : 0)) < 1e-6);
        }
    }
    /* Two fingers of 30 say more than one of 30, and less than one of 60. */
    assert_true(bf_fuse_fingers(60, 2) > 45 && bf_fuse_fingers(60, 2) < 60);
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

/* 2 fingers x 3 comparisons, 50 persons, none the one sought: how often is there a candidate? */
static void searches_keep_their_rate(void **state)
{
    (void)state;
    uint64_t x = 88172645463325252ull;
    unsigned hits = 0, searches = 20000;
    double threshold = bf_fuse_threshold(0.05, 50);
    for (unsigned s = 0; s < searches; s++) {
        int hit = 0;
        for (int person = 0; person < 50; person++) {
            double sum = 0;
            for (int finger = 0; finger < 2; finger++) {
                double best = 0;
                for (int i = 0; i < 3; i++) {
                    double score = -10 * log10(draw(&x));
                    if (score > best) best = score;
                }
                sum += bf_fuse_best_of(best, 3);
            }
            hit |= bf_fuse_fingers(sum, 2) >= threshold;
        }
        hits += (unsigned)hit;
    }
    double rate = (double)hits / searches;
    if (rate < 0.045 || rate > 0.055) fail_msg("rate %.4f instead of 0.05", rate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_of_several),
        cmocka_unit_test(several_fingers),
        cmocka_unit_test(threshold_of_a_search),
        cmocka_unit_test(searches_keep_their_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
