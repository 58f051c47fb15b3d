/* SPDX-License-Identifier: Apache-2.0 */
/* Every expected number here was worked out by hand. */
#include <math.h>

#include "made.h"

#define F EVAL_SCORE_FAILED
#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Rates of two lists of scores. */
static eval_rates rates_of(const float *genuine, size_t g, const float *impostor, size_t n)
{
    eval_error err;
    eval_pair *pair = calloc(g + n, sizeof *pair);
    assert_non_null(pair);
    for (size_t i = 0; i < g; i++) {
        pair[i] = (eval_pair){0, 0, genuine[i], EVAL_PAIR_COUNTED | EVAL_PAIR_GENUINE};
    }
    for (size_t i = 0; i < n; i++) pair[g + i] = (eval_pair){0, 1, impostor[i], EVAL_PAIR_COUNTED};
    eval_pairs pairs = {.pair = pair, .count = g + n, .genuine = g, .impostor = n};
    eval_axis axis;
    assert_int_equal(eval_axis_make(&pairs, &axis, &err), BF_OK);
    eval_tally t = {calloc(axis.count + 1, 8), calloc(axis.count + 1, 8), 0, 0};
    for (size_t i = 0; i < g + n; i++) {
        uint32_t rank = eval_axis_rank(&axis, pair[i].score);
        if (i < g && rank == EVAL_RANK_FAILED)
            t.genuine_failed++;
        else if (rank == EVAL_RANK_FAILED)
            t.impostor_failed++;
        else
            (i < g ? t.genuine : t.impostor)[rank]++;
    }
    eval_rates r;
    eval_rates_compute(&axis, &t, eval_rates_defined(n), &r);
    free(t.genuine);
    free(t.impostor);
    free(axis.value);
    free(pair);
    return r;
}

static void same(double got, double expected)
{
    if (isnan(expected)) {
        assert_true(isnan(got));
    } else {
        assert_true(fabs(got - expected) < 1e-12);
    }
}

static void perfect_separation(void **state)
{
    (void)state;
    static const float g[] = {30, 40, 50}, i[] = {1, 2, 3, 4};
    eval_rates r = rates_of(g, COUNT(g), i, COUNT(i));
    same(r.eer, 0);
    same(r.eer_score, 30);
    same(r.zero_fmr, 0);
    same(r.zero_fmr_score, 30);
    same(r.fnmr_at[0], NAN); /* 4 impostors say nothing about FMR 1e-2 */
}

static void crossing_at_a_point(void **state)
{
    (void)state;
    /* At t = 6: one of four genuine below, one of four impostors at or above. */
    static const float g[] = {5, 7, 8, 9}, i[] = {1, 2, 3, 6};
    eval_rates r = rates_of(g, COUNT(g), i, COUNT(i));
    same(r.eer, 0.25);
    same(r.eer_low, 0.25);
    same(r.eer_high, 0.25);
    same(r.eer_score, 6);
    same(r.zero_fmr, 0.25);
    same(r.zero_fmr_score, 7);
}

static void crossing_between_points(void **state)
{
    (void)state;
    /*
     * t      1    2    4    5     6    8    9   inf
     * FNMR   0    0    0   1/3   1/3  2/3   1 ...   genuine 4 6 8 (no 9)
     */
    static const float g[] = {4, 6, 8}, i[] = {1, 2, 3, 5};
    /* t = 4: FNMR 0, FMR 1/4.  t = 5: FNMR 1/3, FMR 1/4.  t1 = 4 (sum 1/4), t2 = 5 (sum 7/12). */
    eval_rates r = rates_of(g, COUNT(g), i, COUNT(i));
    same(r.eer_low, 0);
    same(r.eer_high, 0.25);
    same(r.eer, 0.125);
    /* Mirror image: the second interval is the smaller one. */
    static const float g2[] = {4, 8, 9, 10}, i2[] = {2, 5, 7};
    /* t = 4: FNMR 0, FMR 2/3.  t = 5: 1/4, 2/3.  t = 7: 1/4, 1/3.  t = 8: 1/4, 0 = t2. */
    r = rates_of(g2, COUNT(g2), i2, COUNT(i2));
    same(r.eer_low, 0);
    same(r.eer_high, 0.25);
    same(r.eer, 0.125);
    same(r.eer_score, 8);
}

static void ties_are_accepted_at_their_score(void **state)
{
    (void)state;
    /* All at one score: t = 5 accepts everybody, above it nobody. */
    static const float g[] = {5, 5}, i[] = {5, 5};
    eval_rates r = rates_of(g, COUNT(g), i, COUNT(i));
    same(r.eer_low, 0); /* t1 = 5: FNMR 0, FMR 1 (sum 1) ties with t2 = inf (sum 1): t1 wins */
    same(r.eer_high, 1);
    same(r.eer, 0.5);
    same(r.zero_fmr, 1);
    assert_true(isinf(r.zero_fmr_score));
    /* The cap: two impostors at 120 with 18 genuine at 120. */
    float gc[20], ic[100];
    for (int k = 0; k < 20; k++) gc[k] = k < 18 ? 120.0f : 10.0f;
    for (int k = 0; k < 100; k++) ic[k] = k < 2 ? 120.0f : 0.0f;
    r = rates_of(gc, 20, ic, 100);
    same(r.fnmr_at[0], 1); /* FMR at 120 is 2 %: only "nobody" stays within 1 % */
    same(r.eer, 0.01);     /* t = 10: FNMR 0, FMR 2 %; t = 120: FNMR 10 %, FMR 2 % */
}

static void fnmr_at_fmr(void **state)
{
    (void)state;
    /* 1000 impostors: 1..1000; genuine 985, 990, 991, 995.5, 1001. */
    float i[1000];
    for (int k = 0; k < 1000; k++) i[k] = (float)(k + 1);
    static const float g[] = {985, 990, 991, 995.5f, 1001};
    eval_rates r = rates_of(g, COUNT(g), i, 1000);
    /* FMR <= 1e-2: ten accepted, t = 991, so 985 and 990 are rejected. */
    same(r.fnmr_at[0], 0.4);
    same(r.score_at[0], 991);
    /* FMR <= 1e-3: one accepted, t = 1000. */
    same(r.fnmr_at[1], 0.8);
    same(r.score_at[1], 1000);
    same(r.fnmr_at[2], NAN); /* 1e-4 * 1000 < 1 */
    same(r.fnmr_at[3], NAN);
    same(r.zero_fmr, 0.8);
    /* One impostor fewer: 1e-3 * 999 < 1. */
    r = rates_of(g, COUNT(g), i, 999);
    same(r.fnmr_at[1], NAN);
    assert_false(isnan(r.fnmr_at[0]));
}

static void null_rule_is_exact(void **state)
{
    (void)state;
    assert_int_equal(eval_rates_defined(99), 0x0);
    assert_int_equal(eval_rates_defined(100), 0x1);
    assert_int_equal(eval_rates_defined(9999), 0x3);
    assert_int_equal(eval_rates_defined(10000), 0x7);
    assert_int_equal(eval_rates_defined(100000), 0xf);
}

static void failures_are_below_every_threshold(void **state)
{
    (void)state;
    /* Half of the genuine failed: FNMR is never below 1/2. One impostor failed: FMR starts at 3/4.
     */
    static const float g[] = {F, F, 8, 9}, i[] = {F, 1, 2, 3};
    eval_rates r = rates_of(g, COUNT(g), i, COUNT(i));
    same(r.zero_fmr, 0.5);
    /* t = 1: FNMR 1/2, FMR 3/4; t = 2: 1/2 = 1/2. */
    same(r.eer, 0.5);
    same(r.eer_score, 2);
    /* FNMR above FMR from the lowest threshold on: [FMR, FNMR] there. */
    static const float g2[] = {F, F, F, 9}, i2[] = {F, F, 1, 2};
    r = rates_of(g2, COUNT(g2), i2, COUNT(i2));
    same(r.eer_low, 0.5);
    same(r.eer_high, 0.75);
    same(r.eer, 0.625);
    /* Nothing could be extracted at all: nobody is ever accepted. */
    static const float g3[] = {F}, i3[] = {F};
    r = rates_of(g3, 1, i3, 1);
    same(r.eer_low, 0);
    same(r.eer_high, 1);
    same(r.zero_fmr, 1);
}

static void at_a_given_score(void **state)
{
    (void)state;
    float value[] = {1, 2, 3};
    uint64_t g[] = {1, 0, 2}, i[] = {3, 2, 1};
    eval_axis axis = {value, 3};
    eval_tally t = {g, i, 1, 4};
    double fmr, fnmr;
    eval_rates_at(&axis, &t, 2.0, &fmr, &fnmr);
    same(fmr, 0.3);
    same(fnmr, 0.5);
    eval_rates_at(&axis, &t, 0.0, &fmr, &fnmr);
    same(fmr, 0.6);
    same(fnmr, 0.25);
    eval_rates_at(&axis, &t, 3.01, &fmr, &fnmr);
    same(fmr, 0);
    same(fnmr, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(perfect_separation),
        cmocka_unit_test(crossing_at_a_point),
        cmocka_unit_test(crossing_between_points),
        cmocka_unit_test(ties_are_accepted_at_their_score),
        cmocka_unit_test(fnmr_at_fmr),
        cmocka_unit_test(null_rule_is_exact),
        cmocka_unit_test(failures_are_below_every_threshold),
        cmocka_unit_test(at_a_given_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
