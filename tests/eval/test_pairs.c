/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "made.h"
#include "pairlist.h"

#define HEAD "path_a,path_b,same,fold\n"

static eval_error err;

static bf_status parse(const char *text, eval_manifest *m, eval_pairs *p)
{
    memset(&err, 0, sizeof err);
    return eval_pairlist_parse("sets/P.csv", text, strlen(text), m, p, &err);
}

static void refused(const char *text, const char *line)
{
    eval_manifest m = {0};
    eval_pairs p = {0};
    assert_int_equal(parse(text, &m, &p), BF_EFORMAT);
    assert_string_equal(err.text, line);
    assert_null(m.samples);
    assert_null(p.pair);
}

static void each_path_is_one_sample(void **state)
{
    (void)state;
    eval_manifest m;
    eval_pairs p;
    assert_int_equal(parse("fold,same,path_b,path_a\n"
                           "7,1,b.png,a.png\n7,0,c.png,a.png\n9,1,/d.png,b.png\n9,0,e.png,c.png\n",
                           &m, &p),
                     BF_OK);
    static const char *const paths[] = {"sets/a.png", "sets/b.png", "sets/c.png", "/d.png",
                                        "sets/e.png"};
    assert_int_equal(m.count, 5);
    for (int i = 0; i < 5; i++) assert_string_equal(m.samples[i].path, paths[i]);
    assert_int_equal(p.count, 4);
    assert_int_equal(p.genuine, 2);
    assert_int_equal(p.impostor, 2);
    assert_int_equal(p.images, 5);
    assert_int_equal(p.pair[2].a, 1);
    assert_int_equal(p.pair[2].b, 3);
    assert_int_equal(p.fold[0], 7);
    assert_int_equal(p.fold[3], 9);
    /* a = b = d are one person; nothing joins c and e to anybody. */
    assert_int_equal(m.identities, 3);
    assert_int_equal(m.samples[0].identity, 0);
    assert_int_equal(m.samples[1].identity, 0);
    assert_int_equal(m.samples[2].identity, 1);
    assert_int_equal(m.samples[3].identity, 0);
    assert_int_equal(m.samples[4].identity, 2);
    eval_manifest_free(&m);
    eval_pairs_free(&p);
}

static void refuses_what_it_cannot_read(void **state)
{
    (void)state;
    refused("", "sets/P.csv: no pair with same 1");
    refused(HEAD "a,b,1,1\n", "sets/P.csv: no pair with same 0");
    refused("path_a,path_b,same\na,b,1\n", "sets/P.csv:1: column \"fold\" is missing");
    refused(HEAD "a,b,2,1\n", "sets/P.csv:2: same is neither 0 nor 1");
    refused(HEAD "a,b,,1\n", "sets/P.csv:2: same is neither 0 nor 1");
    refused(HEAD "a,b,1,x\n", "sets/P.csv:2: fold is not a number 0..1000000");
    refused(HEAD "a,,1,1\n", "sets/P.csv:2: path is empty");
    refused(HEAD "a,b,1\n", "sets/P.csv:2: 3 fields where the header has 4");
}

/* Pairs with a score each; fold and kind as given. */
typedef struct made_pair {
    float score;
    int same;
    uint32_t fold;
} made_pair;

static void judge(const made_pair *list, size_t n, eval_accuracy *out)
{
    eval_pair pair[32];
    uint32_t fold[32];
    eval_axis axis;
    for (size_t i = 0; i < n; i++) {
        uint32_t flags = EVAL_PAIR_COUNTED | (list[i].same ? EVAL_PAIR_GENUINE : 0);
        pair[i] = (eval_pair){0, 1, list[i].score, flags};
        fold[i] = list[i].fold;
    }
    eval_pairs p = {.pair = pair, .count = n, .fold = fold};
    assert_int_equal(eval_axis_make(&p, &axis, &err), BF_OK);
    assert_int_equal(eval_accuracy_make(&p, &axis, out, &err), BF_OK);
    free(axis.value);
}

static void threshold_comes_from_the_other_folds(void **state)
{
    (void)state;
    /* Fold 2 parts at 15, fold 5 at 35: each is judged by the other. */
    static const made_pair list[] = {{10, 0, 2}, {20, 1, 2}, {12, 0, 2}, {40, 1, 2},
                                     {30, 0, 5}, {40, 1, 5}, {5, 0, 5},  {50, 1, 5}};
    eval_accuracy a;
    judge(list, 8, &a);
    assert_int_equal(a.folds, 2);
    assert_int_equal(a.fold[0].number, 2);
    assert_true(a.fold[0].threshold == 35.0);
    assert_true(a.fold[0].accuracy == 0.75); /* 20 is lost */
    assert_true(a.fold[1].threshold == 16.0);
    assert_true(a.fold[1].accuracy == 0.75); /* 30 passes */
    assert_true(a.mean == 0.75 && a.std == 0.0);
    eval_accuracy_free(&a);
}

static void spread_between_folds(void **state)
{
    (void)state;
    static const made_pair list[] = {{10, 0, 1}, {20, 1, 1}, {10, 0, 2},
                                     {20, 1, 2}, {20, 0, 3}, {10, 1, 3}};
    eval_accuracy a;
    judge(list, 6, &a);
    /* 1 and 2 are judged right by one another whatever 3 says, 3 wrong by both. */
    assert_int_equal(a.folds, 3);
    assert_true(a.fold[2].accuracy == 0.0);
    assert_true(fabs(a.mean - (a.fold[0].accuracy + a.fold[1].accuracy) / 3) < 1e-12);
    double square = 0;
    for (int i = 0; i < 3; i++) square += pow(a.fold[i].accuracy - a.mean, 2);
    assert_true(fabs(a.std - sqrt(square / 2)) < 1e-12);
    assert_true(fabs(a.standard_error - a.std / sqrt(3)) < 1e-12);
    eval_accuracy_free(&a);
}

static void failed_pairs_are_rejected(void **state)
{
    (void)state;
    static const made_pair list[] = {
        {0, 0, 1},  {20, 1, 1}, {EVAL_SCORE_FAILED, 1, 1}, {EVAL_SCORE_FAILED, 0, 1},
        {10, 0, 2}, {20, 1, 2}, {EVAL_SCORE_FAILED, 1, 2}, {30, 1, 2}};
    eval_accuracy a;
    judge(list, 8, &a);
    assert_true(a.fold[0].accuracy == 0.75); /* the genuine one is wrong, the impostor right */
    assert_true(a.fold[1].accuracy == 0.75 || a.fold[1].accuracy == 0.5);
    eval_accuracy_free(&a);
}

static void one_fold_has_no_accuracy(void **state)
{
    (void)state;
    static const made_pair list[] = {{10, 0, 1}, {20, 1, 1}};
    eval_accuracy a;
    judge(list, 2, &a);
    assert_int_equal(a.folds, 1);
    assert_true(isnan(a.mean) && isnan(a.std));
    eval_accuracy_free(&a);
}

static void counts_a_whole_list(void **state)
{
    (void)state;
    char text[4096] = HEAD;
    size_t n = strlen(text);
    for (int i = 0; i < 40; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "p%d_1,p%d_%d,%d,%d\n", i,
                              i % 2 ? i : (i + 2) % 40, i % 2 ? 2 : 1, i % 2, i / 10);
    }
    eval_manifest m;
    eval_result r = {.manifest = &m};
    assert_int_equal(parse(text, &m, &r.pairs), BF_OK);
    r.opts = (eval_run_opts){
        .modality = BF_FINGER, .protocol = EVAL_PAIRS, .threads = 2, .replicates = 100, .seed = 1};
    r.extraction = calloc(m.count, sizeof *r.extraction);
    made_scores(&r, 5);
    assert_int_equal(eval_result_count(&r, &err), BF_OK);
    assert_true(r.accuracy.mean > 0.5 && r.accuracy.mean <= 1.0);
    assert_true(r.intervals.replicates > 90);
    assert_true(isnan(r.rank1));
    eval_result_free(&r);
    eval_manifest_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_path_is_one_sample),
        cmocka_unit_test(refuses_what_it_cannot_read),
        cmocka_unit_test(threshold_comes_from_the_other_folds),
        cmocka_unit_test(spread_between_folds),
        cmocka_unit_test(failed_pairs_are_rejected),
        cmocka_unit_test(one_fold_has_no_accuracy),
        cmocka_unit_test(counts_a_whole_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
