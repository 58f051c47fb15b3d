/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <unistd.h>

#include "made.h"
#include "output.h"

static eval_error err;

static void make(eval_manifest *m, eval_result *r)
{
    made_manifest(10, 1, 8, m);
    made_result(m, EVAL_ALL_PAIRS, r);
    made_scores(r, 3);
    r->opts.replicates = 50;
    r->times = (eval_times){20.5, 21.5, 2.0, 30.0, 75.25, 1.0};
    r->template_bytes_mean = 400.0;
    r->failures = 1;
    r->extraction[3].status = BF_ENONE;
    strcpy(r->extraction[3].cause, "no print \xff there");
    assert_int_equal(eval_result_count(r, &err), BF_OK);
}

static void json_has_the_agreed_keys(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "modality",
        "protocol",
        "images",
        "failures_to_extract",
        "genuine_pairs",
        "impostor_pairs",
        "eer",
        "fnmr_at_fmr",
        "zero_fmr",
        "rank1",
        "extract_ms_median",
        "compare_us_mean",
        "template_bytes_mean",
        "intervals",
    };
    eval_manifest m;
    eval_result r;
    make(&m, &r);
    json_t *o = eval_result_json(&r);
    assert_non_null(o);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        assert_non_null(json_object_get(o, keys[i]));
    }
    assert_string_equal(json_string_value(json_object_get(o, "modality")), "finger");
    assert_string_equal(json_string_value(json_object_get(o, "protocol")), "all-pairs");
    assert_int_equal(json_integer_value(json_object_get(o, "images")), 80);
    assert_int_equal(json_integer_value(json_object_get(o, "failures_to_extract")), 1);
    assert_int_equal(json_integer_value(json_object_get(o, "genuine_pairs")), 280);
    assert_int_equal(json_integer_value(json_object_get(o, "impostor_pairs")), 2880);
    assert_true(json_is_real(json_object_get(o, "eer")));
    const json_t *at = json_object_get(o, "fnmr_at_fmr");
    assert_int_equal(json_object_size(at), 4);
    assert_true(json_is_real(json_object_get(at, "1e-2")));
    assert_true(json_is_real(json_object_get(at, "1e-3")));
    assert_true(json_is_null(json_object_get(at, "1e-4")));
    assert_true(json_is_null(json_object_get(at, "1e-5")));
    const json_t *intervals = json_object_get(o, "intervals");
    assert_int_equal(json_array_size(json_object_get(intervals, "eer")), 2);
    assert_true(json_is_null(json_object_get(json_object_get(intervals, "fnmr_at_fmr"), "1e-5")));
    const json_t *failure = json_array_get(json_object_get(o, "failures"), 0);
    assert_string_equal(json_string_value(json_object_get(failure, "status")), "BF_ENONE");
    assert_true(json_is_string(json_object_get(failure, "cause"))); /* though it is not UTF-8 */
    json_decref(o);
    eval_result_free(&r);
    eval_manifest_free(&m);
}

static size_t fields(const char *line)
{
    size_t n = 1;
    for (; *line && *line != '\n'; line++) n += *line == ',';
    return n;
}

static void csv_gets_one_heading(void **state)
{
    (void)state;
    char path[] = "/tmp/bonafide-eval-XXXXXX", line[1024];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    eval_manifest m;
    eval_result r;
    make(&m, &r);
    assert_int_equal(eval_result_append_csv(&r, path, &err), BF_OK);
    assert_int_equal(eval_result_append_csv(&r, path, &err), BF_OK);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    assert_int_equal(strncmp(line, "set,protocol,images,fte,", 24), 0);
    size_t columns = fields(line);
    for (int i = 0; i < 2; i++) {
        assert_non_null(fgets(line, sizeof line, f));
        assert_int_equal(strncmp(line, "made,all-pairs,80,1,280,2880,", 29), 0);
        assert_int_equal(fields(line), columns);
        assert_non_null(strstr(line, ",20.50,75.2,400\n"));
    }
    assert_null(fgets(line, sizeof line, f));
    fclose(f);
    unlink(path);
    assert_int_equal(eval_result_append_csv(&r, "/no/such/place.csv", &err), BF_EIO);
    assert_string_equal(err.text, "/no/such/place.csv: No such file or directory");
    eval_result_free(&r);
    eval_manifest_free(&m);
}

static void scores_are_all_written(void **state)
{
    (void)state;
    char path[] = "/tmp/bonafide-eval-XXXXXX", line[1024];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    eval_manifest m;
    eval_result r;
    make(&m, &r);
    r.pairs.pair[0].score = EVAL_SCORE_FAILED;
    assert_int_equal(eval_result_write_scores(&r, path, &err), BF_OK);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t n = 0;
    while (fgets(line, sizeof line, f)) {
        assert_int_equal(fields(line), 6);
        if (n == 1) assert_string_equal(line, "0_1_1.png,0_1_2.png,genuine,,0,0\n");
        n++;
    }
    assert_int_equal(n, 1 + 280 + 2880);
    fclose(f);
    unlink(path);
    eval_result_free(&r);
    eval_manifest_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_has_the_agreed_keys),
        cmocka_unit_test(csv_gets_one_heading),
        cmocka_unit_test(scores_are_all_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
