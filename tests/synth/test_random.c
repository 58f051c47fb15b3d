/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers and fields: the published sequence, ranges, moments. */
#include "setup.h"

/* xoshiro256** from the state {1, 2, 3, 4}, as its authors' code prints it. */
static void known_sequence(void **state)
{
    (void)state;
    static const uint64_t want[4] = {11520, 0, 1509978240, 1215971899390074240u};
    bf_synth_rng r = {{1, 2, 3, 4}};
    for (int i = 0; i < 4; i++) assert_true(bf_synth__rng_next(&r) == want[i]);
}

/* splitmix64 from 1234567: the first outputs of its authors' test. */
static void known_seeding(void **state)
{
    (void)state;
    bf_synth_rng r;
    bf_synth__rng_seed(&r, 1234567);
    assert_true(r.s[0] == 6457827717110365317u);
    assert_true(r.s[1] == 3203168211198807973u);
}

static void moments(void **state)
{
    (void)state;
    enum { N = 100000 };
    bf_synth_rng r;
    bf_synth__rng_seed(&r, 5);
    double unit = 0, normal = 0, squares = 0;
    int below[7] = {0};
    for (int i = 0; i < N; i++) {
        double u = bf_synth__rng_unit(&r), n = bf_synth__rng_normal(&r);
        assert_true(u >= 0 && u < 1);
        unit += u;
        normal += n;
        squares += n * n;
        below[bf_synth__rng_below(&r, 7)]++;
    }
    assert_true(fabs(unit / N - 0.5) < 0.005);
    assert_true(fabs(normal / N) < 0.015);
    assert_true(fabs(squares / N - 1) < 0.03);
    for (int i = 0; i < 7; i++) assert_true(abs(below[i] - N / 7) < 500);
}

static void mixing(void **state)
{
    (void)state;
    assert_true(bf_synth_seed(1, 2, 3) != bf_synth_seed(1, 3, 2));
    assert_true(bf_synth_seed(1, 2, 3) != bf_synth_seed(2, 2, 3));
    assert_true(bf_synth_seed(1, 2, 3) == bf_synth_seed(1, 2, 3));
}

static void fields(void **state)
{
    (void)state;
    rig g = rig_open();
    bf_synth_rng r;
    bf_synth_field f;
    bf_synth__rng_seed(&r, 3);
    assert_int_equal(bf_synth__field_make(g.ctx, &r, 400, 300, 4, &f), BF_OK);
    double sum = 0, squares = 0, step = 0;
    int n = 0;
    for (int y = 0; y <= 300; y += 4) {
        for (int x = 0; x <= 400; x += 4, n++) {
            double v = bf_synth__field_at(&f, (float)x, (float)y);
            double d = bf_synth__field_at(&f, (float)x + 0.4f, (float)y) - v;
            sum += v;
            squares += v * v;
            step += d * d;
        }
    }
    assert_true(fabs(sum / n) < 0.05);
    assert_true(fabs(squares / n - 1) < 0.05);
    assert_true(step / n < 0.02); /* smooth: a tenth of a cell changes it little */
    assert_true(bf_synth__field_at(&f, -50, -50) == bf_synth__field_at(&f, 0, 0));
    assert_true(fabsf(bf_synth__field_at(&f, 1e6f, 1e6f)) < 6);
    rig_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_sequence), cmocka_unit_test(known_seeding),
        cmocka_unit_test(moments),        cmocka_unit_test(mixing),
        cmocka_unit_test(fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
