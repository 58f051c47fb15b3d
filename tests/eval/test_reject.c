/* SPDX-License-Identifier: Apache-2.0 */
/* Error against rejection, on made-up scores and qualities. */
#include <math.h>

#include "made.h"

static eval_error err;

static int near(double a, double b)
{
    return fabs(a - b) < 1e-12;
}

/* 5 identities x 4 samples: genuine pairs score the sum of the samples' worth, impostors 10. */
static void make(eval_manifest *m, eval_result *r)
{
    made_manifest(5, 1, 4, m);
    made_result(m, EVAL_ALL_PAIRS, r);
    r->opts.replicates = 100;
    for (uint32_t i = 0; i < 20; i++) r->extraction[i].quality = 50 + i;
    for (size_t i = 0; i < r->pairs.count; i++) {
        eval_pair *p = &r->pairs.pair[i];
        p->score = p->flags & EVAL_PAIR_GENUINE ? 60.0f : 10.0f;
    }
}

static void spoil(eval_result *r, uint32_t sample, float score)
{
    for (size_t i = 0; i < r->pairs.count; i++) {
        eval_pair *p = &r->pairs.pair[i];
        int genuine = (p->flags & EVAL_PAIR_GENUINE) != 0;
        if (genuine && (p->a == sample || p->b == sample)) p->score = score;
    }
}

static void finish(eval_manifest *m, eval_result *r)
{
    eval_result_free(r);
    eval_manifest_free(m);
}

static void the_worst_take_their_misses_along(void **state)
{
    (void)state;
    eval_manifest m;
    eval_result r;
    make(&m, &r);
    spoil(&r, 0, 5); /* 3 misses by the two worst samples of 20 ... */
    spoil(&r, 7, 6); /* ... and 3 by one in the middle */
    assert_int_equal(eval_result_count(&r, &err), BF_OK);
    const eval_reject *q = &r.reject;
    assert_int_equal(q->samples, 20);
    assert_int_equal(q->rejected, 2);
    assert_int_equal(q->pairs, 30);
    assert_int_equal(q->pairs_after, 30 - 3 - 2); /* samples 0 and 1 are of one identity */
    const eval_reject_point *zero = &q->point[EVAL_FMR_LEVELS];
    assert_string_equal(zero->name, "zero FMR");
    assert_int_equal(zero->missed, 6);
    assert_int_equal(zero->missed_after, 3);
    assert_true(near(zero->fnmr, 0.2) && near(zero->fnmr_after, 3.0 / 25));
    assert_true(near(zero->left, 0.6));
    assert_true(zero->left_range.low <= 0.6 && zero->left_range.high >= 0.6);
    /* 160 impostor pairs: FMR 1e-3 is not defined. */
    assert_true(isnan(q->point[1].threshold) && isnan(q->point[1].fnmr));
    assert_true(isnan(q->point[1].left));
    const eval_reject_point *low = &q->point[EVAL_REJECT_POINTS - 1];
    assert_string_equal(low->name, "lowest 5 %");
    assert_true(low->threshold == 5.0 && low->missed == 0); /* 3 of 30 tie at the lowest score */
    finish(&m, &r);
}

static void equals_go_together_and_failures_first(void **state)
{
    (void)state;
    eval_manifest m;
    eval_result r;
    make(&m, &r);
    r.extraction[0].quality = r.extraction[1].quality = r.extraction[2].quality = 7;
    assert_int_equal(eval_result_count(&r, &err), BF_OK);
    assert_int_equal(r.reject.rejected, 0); /* three do not fit into two */
    finish(&m, &r);
    make(&m, &r);
    r.extraction[9].status = BF_ENONE;
    r.extraction[9].quality = 0;
    r.extraction[4].quality = 1;
    spoil(&r, 9, EVAL_SCORE_FAILED);
    assert_int_equal(eval_result_count(&r, &err), BF_OK);
    assert_int_equal(r.reject.rejected, 2);
    assert_int_equal(r.reject.point[EVAL_FMR_LEVELS].missed, 3);
    assert_int_equal(r.reject.point[EVAL_FMR_LEVELS].missed_after, 0);
    finish(&m, &r);
}

static void quality_is_correlated_by_rank(void **state)
{
    (void)state;
    eval_manifest m;
    eval_result r;
    made_manifest(6, 1, 2, &m);
    made_result(&m, EVAL_ALL_PAIRS, &r);
    for (size_t i = 0; i < r.pairs.count; i++) {
        eval_pair *p = &r.pairs.pair[i];
        int genuine = (p->flags & EVAL_PAIR_GENUINE) != 0;
        p->score = genuine ? 20.0f + (float)(p->a / 2) : 1.0f;
        r.extraction[p->a].quality = 10 + p->a / 2;
        r.extraction[p->b].quality = 10 + p->b / 2;
    }
    assert_int_equal(eval_result_count(&r, &err), BF_OK);
    assert_true(near(r.reject.rank_correlation, 1.0));
    eval_result_free(&r);
    made_result(&m, EVAL_ALL_PAIRS, &r);
    for (size_t i = 0; i < r.pairs.count; i++) {
        eval_pair *p = &r.pairs.pair[i];
        p->score = p->flags & EVAL_PAIR_GENUINE ? 20.0f + (float)(p->a / 2) : 1.0f;
        r.extraction[p->a].quality = 50 - p->a / 2;
        r.extraction[p->b].quality = 50 - p->b / 2;
    }
    assert_int_equal(eval_result_count(&r, &err), BF_OK);
    assert_true(near(r.reject.rank_correlation, -1.0));
    finish(&m, &r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_take_their_misses_along),
        cmocka_unit_test(equals_go_together_and_failures_first),
        cmocka_unit_test(quality_is_correlated_by_rank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
