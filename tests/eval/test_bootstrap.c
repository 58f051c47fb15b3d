/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <time.h>

#include "made.h"

static eval_error err;

static void count(eval_result *r, const eval_manifest *m, eval_protocol p, uint32_t replicates,
                  unsigned threads, uint64_t seed)
{
    made_result(m, p, r);
    made_scores(r, 7);
    r->opts.replicates = replicates;
    r->opts.threads = threads;
    r->opts.seed = seed;
    assert_int_equal(eval_result_count(r, &err), BF_OK);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    eval_manifest m;
    eval_result one, many, other;
    made_manifest(20, 1, 5, &m);
    count(&one, &m, EVAL_ALL_PAIRS, 300, 1, 5);
    count(&many, &m, EVAL_ALL_PAIRS, 300, 7, 5);
    count(&other, &m, EVAL_ALL_PAIRS, 300, 1, 6);
    assert_memory_equal(&one.intervals, &many.intervals, sizeof one.intervals);
    assert_memory_equal(&one.rates, &many.rates, sizeof one.rates);
    assert_int_equal(one.intervals.replicates, 300);
    assert_true(one.intervals.eer.low != other.intervals.eer.low ||
                one.intervals.eer.high != other.intervals.eer.high);
    assert_true(one.intervals.eer.low <= one.rates.eer && one.rates.eer <= one.intervals.eer.high);
    assert_true(one.intervals.eer.low < one.intervals.eer.high);
    eval_result_free(&one);
    eval_result_free(&many);
    eval_result_free(&other);
    eval_manifest_free(&m);
}

static void no_spread_no_interval(void **state)
{
    (void)state;
    /* Every identity behaves alike: one of its three genuine pairs is missed at any FMR of 0. */
    eval_manifest m;
    eval_result r;
    made_manifest(30, 1, 3, &m);
    made_result(&m, EVAL_ALL_PAIRS, &r);
    r.opts.replicates = 200;
    for (size_t i = 0; i < r.pairs.count; i++) {
        eval_pair *p = &r.pairs.pair[i];
        if (p->flags & EVAL_PAIR_GENUINE) {
            p->score = m.samples[p->a].sample == 2 ? 1.0f : 50.0f;
        } else {
            p->score = 2.0f;
        }
    }
    assert_int_equal(eval_result_count(&r, &err), BF_OK);
    assert_true(fabs(r.rates.zero_fmr - 1.0 / 3.0) < 1e-12);
    assert_true(fabs(r.intervals.zero_fmr.low - 1.0 / 3.0) < 1e-12);
    assert_true(fabs(r.intervals.zero_fmr.high - 1.0 / 3.0) < 1e-12);
    assert_true(r.intervals.rank1.low == 1.0 && r.intervals.rank1.high == 1.0);
    assert_true(isnan(r.intervals.fnmr_at[2].low)); /* 3915 impostor pairs */
    assert_false(isnan(r.intervals.fnmr_at[1].low));
    eval_result_free(&r);
    eval_manifest_free(&m);
}

static void width_is_that_of_identities_not_of_pairs(void **state)
{
    (void)state;
    /*
     * 100 identities of 8 samples; 20 identities are never recognised. FNMR is 0.2, and since the
     * pairs of an identity stand or fall together its standard error is that of 100 draws:
     * sqrt(0.2 * 0.8 / 100) = 0.04, whatever the number of pairs (2800: 0.0076).
     */
    eval_manifest m;
    eval_result r;
    made_manifest(100, 1, 8, &m);
    made_result(&m, EVAL_FVC, &r);
    r.opts.replicates = 2000;
    for (size_t i = 0; i < r.pairs.count; i++) {
        eval_pair *p = &r.pairs.pair[i];
        int lost = m.samples[p->a].identity % 5 == 0;
        p->score = !(p->flags & EVAL_PAIR_GENUINE) ? 2.0f : lost ? 1.0f : 50.0f;
    }
    assert_int_equal(eval_result_count(&r, &err), BF_OK);
    eval_interval i = r.intervals.zero_fmr;
    assert_true(fabs(r.rates.zero_fmr - 0.2) < 1e-12);
    assert_true(fabs(i.low - (0.2 - 1.96 * 0.04)) < 0.012);
    assert_true(fabs(i.high - (0.2 + 1.96 * 0.04)) < 0.012);
    assert_true(fabs(r.rank1 - 0.8) < 1e-12);
    assert_true(fabs(r.intervals.rank1.low - (0.8 - 1.96 * 0.04)) < 0.012);
    eval_result_free(&r);
    eval_manifest_free(&m);
}

static void none_when_not_wanted(void **state)
{
    (void)state;
    eval_manifest m;
    eval_result r;
    made_manifest(5, 1, 3, &m);
    count(&r, &m, EVAL_ALL_PAIRS, 0, 1, 1);
    assert_true(isnan(r.intervals.eer.low) && isnan(r.intervals.rank1.high));
    assert_int_equal(r.intervals.replicates, 0);
    eval_result_free(&r);
    eval_manifest_free(&m);
}

static void fast_enough(void **state)
{
    (void)state;
    /* As many pairs as 65 fingers x 8 have, 1000 replicates: under 5 s. */
    eval_manifest m;
    eval_result r;
    made_manifest(65, 1, 8, &m);
    clock_t start = clock();
    count(&r, &m, EVAL_ALL_PAIRS, 1000, 1, 1);
    double s = (double)(clock() - start) / CLOCKS_PER_SEC;
    print_message("# %zu pairs, 1000 replicates: %.2f s\n", r.pairs.count, s);
    assert_true(s < 5.0 * (getenv("BONAFIDE_SLOW_TESTS") ? 20.0 : 1.0));
    eval_result_free(&r);
    eval_manifest_free(&m);
}

static void ties_for_first_place_are_misses(void **state)
{
    (void)state;
    eval_manifest m;
    eval_result r;
    made_manifest(2, 1, 2, &m);
    made_result(&m, EVAL_FVC, &r);
    /* Probe of identity 0: mate 10, other 10. Probe of identity 1: mate 10, other failed. */
    for (size_t i = 0; i < r.pairs.count; i++) {
        eval_pair *p = &r.pairs.pair[i];
        int other = !(p->flags & EVAL_PAIR_GENUINE);
        p->score = other && m.samples[p->b].identity == 1 ? EVAL_SCORE_FAILED : 10.0f;
    }
    assert_int_equal(eval_result_count(&r, &err), BF_OK);
    assert_true(r.rank1 == 0.5);
    eval_result_free(&r);
    /* Everything failed: no probe is found. */
    made_result(&m, EVAL_FVC, &r);
    assert_int_equal(eval_result_count(&r, &err), BF_OK);
    assert_true(r.rank1 == 0.0);
    eval_result_free(&r);
    eval_manifest_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(no_spread_no_interval),
        cmocka_unit_test(width_is_that_of_identities_not_of_pairs),
        cmocka_unit_test(none_when_not_wanted),
        cmocka_unit_test(fast_enough),
        cmocka_unit_test(ties_for_first_place_are_misses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
