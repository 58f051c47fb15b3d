/* SPDX-License-Identifier: Apache-2.0 */
/* Open-set identification on made-up scores. */
#include <math.h>

#include "made.h"

static eval_error err;
static const eval_bootstrap_opts opts = {.replicates = 200, .seed = 5, .threads = 1};

static int near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

/* 12 identities x 3 samples: mates score 80, strangers 10. */
static void make(eval_manifest *m, eval_pairs *p)
{
    made_manifest(12, 1, 3, m);
    assert_int_equal(eval_pairs_make(m, EVAL_IDENTIFICATION, p, &err), BF_OK);
    for (size_t i = 0; i < p->count; i++) {
        p->pair[i].score = p->pair[i].flags & EVAL_PAIR_GENUINE ? 80.0f : 10.0f;
    }
}

static void set(eval_pairs *p, uint32_t a, uint32_t b, float score)
{
    for (size_t i = 0; i < p->count; i++) {
        eval_pair *q = &p->pair[i];
        if ((q->a == a && q->b == b) || (q->a == b && q->b == a)) {
            q->score = score;
            return;
        }
    }
    fail_msg("no such pair");
}

static void finish(eval_manifest *m, eval_pairs *p)
{
    eval_pairs_free(p);
    eval_manifest_free(m);
}

static void threshold_of_a_target(void **state)
{
    (void)state;
    assert_true(near(eval_fpir_threshold(0.01, 1), 20));
    assert_true(fabs(eval_fpir_threshold(0.01, 1000) - 49.98) < 0.01);
    assert_true(fabs(eval_fpir_threshold(0.01, 1000000) - 79.98) < 0.01);
    assert_true(near(eval_fpir_threshold(1 - pow(0.99, 50), 50), 20));
}

static void lists_each_gallery_sample_with_all_others(void **state)
{
    (void)state;
    eval_manifest m;
    eval_pairs p;
    make(&m, &p);
    assert_int_equal(p.count, 12 * 11 / 2 + 12 * 24);
    assert_int_equal(p.genuine, 24);
    assert_int_equal(p.images, 36);
    finish(&m, &p);
}

static void perfect_scores(void **state)
{
    (void)state;
    eval_manifest m;
    eval_pairs p;
    eval_identification id;
    make(&m, &p);
    assert_int_equal(eval_identification_make(&m, &p, 0.01, &opts, &id, &err), BF_OK);
    assert_int_equal(id.gallery, 8);
    assert_int_equal(id.mated, 3 * 8 * 2); /* in each of three rounds */
    assert_int_equal(id.nonmated, 12 * 3); /* each identity is left out once */
    assert_true(near(id.fpir, 0) && near(id.fnir, 0));
    assert_true(near(id.fnir_at[0], 0) && near(id.score_at[0], 80));
    assert_true(isnan(id.fnir_at[1]) && isnan(id.fnir_at[2])); /* 36 say nothing about 1e-2 */
    assert_true(near(id.hit_rate[0], 1));
    assert_true(near(id.threshold, eval_fpir_threshold(0.01, 8)));
    finish(&m, &p);
}

static void a_stranger_who_looks_alike(void **state)
{
    (void)state;
    eval_manifest m;
    eval_pairs p;
    eval_identification id;
    make(&m, &p);
    /* Sample 1 (identity 0) scores 90 with the gallery sample of identity 1, its mate 80. */
    set(&p, 3, 1, 90);
    assert_int_equal(eval_identification_make(&m, &p, 0.01, &opts, &id, &err), BF_OK);
    /* When identity 0 is out and 1 is in, that is one false positive of 36; with both in, sample 1
     * has its mate at rank 2. Of the three rounds one leaves 0 out; 1 may be out in the same. */
    int together = near(id.fpir, 0);
    assert_true(together || near(id.fpir, 1.0 / 36));
    assert_true(near(id.hit_rate[0], 1 - (together ? 2 : 1) / 48.0));
    assert_true(near(id.hit_rate[1], 1));
    assert_true(near(id.fnir, 0));
    finish(&m, &p);
}

static void failures_find_nobody(void **state)
{
    (void)state;
    eval_manifest m;
    eval_pairs p;
    eval_identification id;
    make(&m, &p);
    for (size_t i = 0; i < p.count; i++) { /* sample 4: a probe of identity 1 */
        if (p.pair[i].a == 4 || p.pair[i].b == 4) p.pair[i].score = EVAL_SCORE_FAILED;
    }
    assert_int_equal(eval_identification_make(&m, &p, 0.01, &opts, &id, &err), BF_OK);
    assert_true(near(id.fpir, 0));
    assert_true(near(id.fnir, 2.0 / 48)); /* in the two rounds in which its mate is enrolled */
    assert_true(near(id.fnir_at[0], 2.0 / 48));
    assert_true(near(id.hit_rate[3], 46.0 / 48));
    assert_true(id.fnir_range.low <= 2.0 / 48 && id.fnir_range.high >= 2.0 / 48);
    finish(&m, &p);
}

static void levels_follow_the_strangers(void **state)
{
    (void)state;
    eval_manifest m;
    eval_pairs p;
    eval_identification id;
    make(&m, &p);
    /* The gallery sample of identity 2 is like everybody's second samples: 85 to 95. */
    for (uint32_t i = 0; i < 12; i++) {
        if (i != 2) set(&p, 6, 3 * i + 1, 85.0f + (float)i);
    }
    assert_int_equal(eval_identification_make(&m, &p, 0.5, &opts, &id, &err), BF_OK);
    /* Those left out together with identity 2 do not meet it. */
    uint32_t alarms = (uint32_t)(id.fpir * 36 + 0.5);
    assert_true(alarms >= 8 && alarms <= 11 && near(id.fpir, alarms / 36.0));
    /* 3 of 36 may pass at FPIR 0.1, so the threshold is above the fourth highest, and all mates,
     * at 80, are lost. */
    assert_true(near(id.fnir_at[0], 1));
    assert_true(id.score_at[0] > 85 && near(id.fnir, 0));
    finish(&m, &p);
}

static void needs_people(void **state)
{
    (void)state;
    eval_manifest m;
    eval_pairs p;
    eval_identification id;
    made_manifest(5, 1, 2, &m);
    assert_int_equal(eval_pairs_make(&m, EVAL_IDENTIFICATION, &p, &err), BF_OK);
    assert_int_equal(eval_identification_make(&m, &p, 0.01, &opts, &id, &err), BF_EFORMAT);
    assert_string_equal(err.text, "made.csv: protocol identification needs 6 identities");
    finish(&m, &p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threshold_of_a_target),
        cmocka_unit_test(lists_each_gallery_sample_with_all_others),
        cmocka_unit_test(perfect_scores),
        cmocka_unit_test(a_stranger_who_looks_alike),
        cmocka_unit_test(failures_find_nobody),
        cmocka_unit_test(levels_follow_the_strangers),
        cmocka_unit_test(needs_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
