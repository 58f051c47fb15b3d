/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "made.h"

static eval_error err;

static int near(double a, double b)
{
    return fabs(a - b) < 1e-12;
}

static void spread_of_known_rates(void **state)
{
    (void)state;
    static const double equal[] = {0.1, 0.1, 0.1}, one[] = {0.3, 0, 0}, two[] = {0.01, 0.04},
                        gap[] = {0.02, NAN, 0.02}, none[] = {0, 0}, alone[] = {0.1, NAN};
    eval_spread s = eval_spread_of(equal, 3);
    assert_true(near(s.gini, 0) && near(s.max_over_geomean, 1));
    s = eval_spread_of(one, 3);
    assert_true(near(s.gini, 1) && isnan(s.max_over_geomean));
    /* sum |xi - xj| = 0.06, mean 0.025: 2 * 0.06 / (8 * 0.025); geometric mean 0.02 */
    s = eval_spread_of(two, 2);
    assert_true(near(s.gini, 0.6) && near(s.max_over_geomean, 2));
    s = eval_spread_of(gap, 3);
    assert_true(near(s.gini, 0) && near(s.max_over_geomean, 1));
    s = eval_spread_of(none, 2);
    assert_true(isnan(s.gini) && isnan(s.max_over_geomean));
    s = eval_spread_of(alone, 2);
    assert_true(isnan(s.gini) && isnan(s.max_over_geomean));
}

#define HEAD "path,subject,position,session,sample,ppi,group\n"

/* Two people in group x, two in y, one in none; two samples each. */
static const char made[] = HEAD "a1,a,0,1,1,0,x\na2,a,0,1,2,0,x\nb1,b,0,1,1,0,x\nb2,b,0,1,2,0,x\n"
                                "c1,c,0,1,1,0,y\nc2,c,0,1,2,0,y\nd1,d,0,1,1,0,y\nd2,d,0,1,2,0,y\n"
                                "e1,e,0,1,1,0,\ne2,e,0,1,2,0,\n";

static void counts_within_groups(void **state)
{
    (void)state;
    eval_manifest m;
    eval_result r;
    assert_int_equal(eval_manifest_parse("G.csv", made, strlen(made), &m, &err), BF_OK);
    assert_int_equal(m.groups, 2);
    assert_string_equal(m.group_name[1], "y");
    assert_int_equal(m.samples[9].group, EVAL_NO_GROUP);
    made_result(&m, EVAL_ALL_PAIRS, &r);
    for (size_t i = 0; i < r.pairs.count; i++) {
        eval_pair *p = &r.pairs.pair[i];
        int genuine = (p->flags & EVAL_PAIR_GENUINE) != 0, in_x = p->a < 4 && p->b < 4;
        p->score = genuine ? 50.0f : 5.0f;
        if (p->a == 0 && p->b == 1) p->score = EVAL_SCORE_FAILED; /* a genuine pair of x */
        if (!genuine && in_x && p->a == 0 && p->b == 2) p->score = 25.0f;
        if (p->a == 8 || p->b == 8) p->score = 99.0f; /* in no group */
    }
    assert_int_equal(eval_result_count(&r, &err), BF_OK);
    const eval_groups *g = &r.groups;
    assert_int_equal(g->count, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(g->images[i], 4);
        assert_int_equal(g->genuine[i], 2);
        assert_int_equal(g->impostor[i], 4);
    }
    assert_string_equal(g->point[0].name, "score 20");
    assert_true(near(g->point[0].fmr[0], 0.25) && near(g->point[0].fmr[1], 0));
    assert_true(near(g->point[0].fnmr[0], 0.5) && near(g->point[0].fnmr[1], 0));
    assert_true(near(g->point[0].fmr_spread.gini, 1));
    assert_true(near(g->point[1].fmr[0], 0)); /* score 30 */
    eval_result_free(&r);
    eval_manifest_free(&m);
}

static void no_column_no_groups(void **state)
{
    (void)state;
    eval_manifest m;
    eval_result r;
    made_manifest(4, 1, 3, &m);
    made_result(&m, EVAL_ALL_PAIRS, &r);
    made_scores(&r, 1);
    assert_int_equal(eval_result_count(&r, &err), BF_OK);
    assert_int_equal(r.groups.count, 0);
    eval_result_free(&r);
    eval_manifest_free(&m);
}

static void caps_the_groups(void **state)
{
    (void)state;
    char text[8192] = HEAD;
    size_t n = strlen(text);
    for (unsigned i = 0; i <= EVAL_MANIFEST_MAX_GROUPS; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "a%u,s%u,0,1,1,0,g%u\n", i, i, i);
    }
    eval_manifest m;
    assert_int_equal(eval_manifest_parse("G.csv", text, n, &m, &err), BF_ELIMIT);
    assert_string_equal(err.text, "G.csv: more than 64 groups");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spread_of_known_rates),
        cmocka_unit_test(counts_within_groups),
        cmocka_unit_test(no_column_no_groups),
        cmocka_unit_test(caps_the_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
