/* SPDX-License-Identifier: Apache-2.0 */
/* Calibration of a recogniser from impostor pairs whose distribution is known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "calibrate.h"

/* n impostor pairs whose score reaches x with probability exp(-x / mean), as quantiles, and as many
 * genuine, failed and uncounted ones that must not matter. */
static eval_pairs made(size_t n, double mean)
{
    eval_pairs p = {.pair = calloc(4 * n, sizeof *p.pair), .count = 4 * n};
    for (size_t i = 0; i < n; i++) {
        float x = (float)(-mean * log(((double)i + 0.5) / (double)n));
        p.pair[i] = (eval_pair){.score = x, .flags = EVAL_PAIR_COUNTED};
        p.pair[n + i] = (eval_pair){.score = 99.0f, .flags = EVAL_PAIR_COUNTED | EVAL_PAIR_GENUINE};
        p.pair[2 * n + i] = (eval_pair){.score = EVAL_SCORE_FAILED, .flags = EVAL_PAIR_COUNTED};
        p.pair[3 * n + i] = (eval_pair){.score = 98.0f, .flags = EVAL_PAIR_SEARCH};
    }
    return p;
}

static void follows_the_impostors(void **state)
{
    (void)state;
    eval_calibration k;
    eval_error err;
    eval_pairs p = made(100000, 4.0);
    assert_int_equal(eval_calibrate(&p, 0.01, 1.0, &k, &err), BF_OK);
    assert_int_equal(k.impostors, 100000);
    /* 10 log10(100000 / 30) is 35.2. */
    assert_true(k.extrapolated_from == 35.0f);
    assert_int_equal(k.count, 16);
    for (uint32_t i = 0; i < k.count; i++) {
        assert_true(!i || (k.point[i][0] > k.point[i - 1][0] && k.point[i][1] > k.point[i - 1][1]));
        if (i == 0 || i + 1 == k.count) continue;
        double score = 10.0 * log10(exp((double)k.point[i][0] * 100.0 / 4.0));
        assert_true(fabs(score - (double)k.point[i][1]) < 0.2); /* 31 pairs for 31.6 */
    }
    assert_true(k.point[0][1] == 0.0f);
    /* The tail: 1.3 times less steep than the exponential's. */
    const float *a = k.point[k.count - 2], *b = k.point[k.count - 1];
    double slope = (double)(b[1] - a[1]) / (double)(b[0] - a[0]);
    assert_true(b[0] == 1.0f && fabs(slope * 1.3 / (10.0 * log10(exp(25.0))) - 1.0) < 0.05);
    free(p.pair);
}

static void refuses(void **state)
{
    (void)state;
    eval_calibration k;
    eval_error err;
    eval_pairs p = made(999, 4.0);
    assert_int_equal(eval_calibrate(&p, 0.01, 1.0, &k, &err), BF_EFORMAT);
    assert_string_equal(err.text, "999 impostor pairs: a calibration takes at least 1000");
    free(p.pair);
    p = made(2000, 4.0);
    for (size_t i = 0; i < 2000; i++) p.pair[i].score = 7.0f;
    assert_int_equal(eval_calibrate(&p, 0.01, 1.0, &k, &err), BF_EFORMAT);
    assert_non_null(strstr(err.text, "all alike"));
    for (size_t i = 0; i < 2000; i++) p.pair[i].score = i < 40 ? 100.0f : (float)i * 0.01f;
    assert_int_equal(eval_calibrate(&p, 0.01, 1.0, &k, &err), BF_EFORMAT); /* at the very top */
    p.count = 0;
    assert_int_equal(eval_calibrate(&p, 0.01, 1.0, &k, &err), BF_EFORMAT);
    free(p.pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(follows_the_impostors),
                                       cmocka_unit_test(refuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
