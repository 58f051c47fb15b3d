/* SPDX-License-Identifier: Apache-2.0 */
/* Our elementary functions against libm, within the stated errors; and their edges. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/fmath.h"

#define HASH_OF_FMATH 0x61fd859275395655u

static void near_value(double got, double want, double error, double x)
{
    if (!(fabs(got - want) <= error)) fail_msg("at %.17g: %.17g, not %.17g", x, got, want);
}

static void sine_and_cosine(void **state)
{
    (void)state;
    for (double x = -50; x <= 50; x += 0.00137) {
        near_value(bf_sin(x), sin(x), 1e-9, x);
        near_value(bf_cos(x), cos(x), 1e-9, x);
    }
    for (double x = 1; x <= 1e6; x *= 1.01) {
        near_value(bf_sin(-x), sin(-x), 1e-9, x);
        near_value(bf_cos(x), cos(x), 1e-9, x);
    }
}

static void sine_of_nonsense(void **state)
{
    (void)state;
    static const double odd[] = {NAN, INFINITY, -INFINITY, 1e300, -1e18};
    for (size_t i = 0; i < 5; i++) {
        assert_true(bf_sin(odd[i]) == 0.0);
        assert_true(bf_cos(odd[i]) == 1.0);
    }
}

static void arc_tangent(void **state)
{
    (void)state;
    for (double y = -3; y <= 3; y += 0.0171) {
        for (double x = -3; x <= 3; x += 0.0173) near_value(bf_atan2(y, x), atan2(y, x), 1e-9, x);
    }
    static const double edges[][3] = {
        {0, 1, 0}, {0, -1, BF_PI}, {1, 0, BF_PI / 2},      {-1, 0, -BF_PI / 2},
        {0, 0, 0}, {1e-300, 1, 0}, {1, 1e-300, BF_PI / 2}, {1e300, 1e-300, BF_PI / 2},
    };
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        near_value(bf_atan2(edges[i][0], edges[i][1]), edges[i][2], 1e-9, (double)i);
    }
}

static void exponential(void **state)
{
    (void)state;
    for (double x = -699; x <= 699; x += 0.0731) {
        double want = exp(x);
        near_value(bf_exp(x), want, 1e-12 * want, x);
    }
    assert_true(bf_exp(0) == 1.0);
    assert_true(bf_exp(-800) == 0.0);
    assert_true(bf_exp(NAN) == 0.0);
    assert_true(isfinite(bf_exp(1e9)));
}

static void logarithm(void **state)
{
    (void)state;
    for (double x = 1e-320; x < 1e300; x *= 1.37) {
        double want = log(x), scale = fabs(want) > 1 ? fabs(want) : 1;
        near_value(bf_log(x), want, 1e-12 * scale, x);
    }
    for (double x = 0.5; x < 2; x += 0.00013) near_value(bf_log(x), log(x), 1e-12, x);
    assert_true(bf_log(1) == 0.0);
    assert_true(bf_log(0) == -745.0);
    assert_true(bf_log(-1) == -745.0);
    assert_true(bf_log(NAN) == -745.0);
}

/* The very bits, which must not change with machine, compiler or flags. */
static void same_bits_everywhere(void **state)
{
    (void)state;
    uint64_t hash = 14695981039346656037u;
    for (int i = -2000; i <= 2000; i++) {
        double x = i * 0.0371;
        double v[] = {bf_sin(x), bf_cos(x), bf_atan2(x, 1.7), bf_exp(x), bf_log(x * x + 0.1)};
        for (size_t k = 0; k < 5; k++) {
            uint64_t bits;
            memcpy(&bits, &v[k], sizeof bits);
            hash = (hash ^ bits) * 1099511628211u;
        }
    }
    assert_int_equal(hash, HASH_OF_FMATH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sine_and_cosine), cmocka_unit_test(sine_of_nonsense),
        cmocka_unit_test(arc_tangent),     cmocka_unit_test(exponential),
        cmocka_unit_test(logarithm),       cmocka_unit_test(same_bits_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
