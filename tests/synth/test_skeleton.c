/* SPDX-License-Identifier: Apache-2.0 */
/* Ground truth read off drawn ridges whose minutiae are known: position, type, direction. */
#include "setup.h"

static float relief[SYNTH_MASTER_PX];

/* A ridge 5 px thick from (x, y), `length` px in direction `angle` (counter-clockwise). */
static void ridge(double x, double y, double angle, double length)
{
    for (double t = 0; t <= length; t += 0.25) {
        int cx = (int)floor(x + t * bf_cos(angle) + 0.5),
            cy = (int)floor(y - t * bf_sin(angle) + 0.5);
        for (int dy = -2; dy <= 2; dy++) {
            for (int dx = -2; dx <= 2; dx++) {
                if (dx * dx + dy * dy <= 5) relief[(cy + dy) * SYNTH_MASTER_W_PX + cx + dx] = 1;
            }
        }
    }
}

/* A model whose ridges run at `angle` everywhere. */
static bf_synth_model uniform_model(double angle)
{
    static float zero[4];
    bf_synth_model m = {
        .arch_half_px = 1, .arch_soft_px = 1, .spiral_rad = angle, .spiral_px = 1e6};
    m.wave = m.period = (bf_synth_field){2, 2, 0.0f, zero};
    return m;
}

static size_t read_minutiae(const bf_synth_model *m, bf_minutia *out)
{
    static uint8_t skeleton[SYNTH_MASTER_PX];
    size_t n = 0;
    rig g = rig_open();
    assert_int_equal(bf_synth__thin(g.ctx, relief, skeleton), BF_OK);
    assert_int_equal(bf_synth__minutiae(g.ctx, skeleton, m, out, &n), BF_OK);
    rig_close(&g);
    return n;
}

static void blank(void)
{
    for (int i = 0; i < SYNTH_MASTER_PX; i++) relief[i] = -1;
}

/* Two ends; each direction points from the end into the ridge. */
static void endings(void **state)
{
    (void)state;
    for (int k = 0; k < 16; k++) {
        double a = k * (BF_PI / 8) + 0.05, dx = 60 * bf_cos(a), dy = 60 * bf_sin(a);
        bf_minutia m[SYNTH_MINUTIAE_MAX];
        bf_synth_model model = uniform_model(a);
        blank();
        ridge(210 - dx, 280 + dy, a, 120);
        assert_int_equal(read_minutiae(&model, m), 2);
        for (int i = 0; i < 2; i++) {
            int start = (m[i].x_px - 210) * dx - (m[i].y_px - 280) * dy < 0;
            double side = start ? -1 : 1;
            assert_int_equal(m[i].type, BF_MINUTIA_ENDING);
            assert_true(fabs(m[i].x_px - (210 + side * dx)) < 4);
            assert_true(fabs(m[i].y_px - (280 - side * dy)) < 4);
            assert_true(angle_between(m[i].angle_rad, start ? a : a + BF_PI) < 0.02);
        }
    }
}

/* Stem on one side, fork on the other: the direction points between the branches. */
static void bifurcations(void **state)
{
    (void)state;
    for (int k = 0; k < 16; k++) {
        double a = k * (BF_PI / 8) + 0.05;
        bf_minutia m[SYNTH_MINUTIAE_MAX];
        bf_synth_model model = uniform_model(a);
        blank();
        ridge(210, 280, a + BF_PI, 60);
        ridge(210, 280, a + 0.45, 60);
        ridge(210, 280, a - 0.45, 60);
        size_t n = read_minutiae(&model, m), forks = 0;
        assert_int_equal(n, 4);
        for (size_t i = 0; i < n; i++) {
            if (m[i].type != BF_MINUTIA_BIFURCATION) continue;
            forks++;
            double ahead = (m[i].x_px - 210) * bf_cos(a) - (m[i].y_px - 280) * bf_sin(a);
            assert_true(ahead > -4 && ahead < 8); /* thick branches part a little later */
            assert_true(angle_between(m[i].angle_rad, a) < 0.02);
        }
        assert_int_equal(forks, 1);
    }
}

static void short_pieces_are_no_minutiae(void **state)
{
    (void)state;
    bf_minutia m[SYNTH_MINUTIAE_MAX];
    bf_synth_model model = uniform_model(0);
    blank();
    assert_int_equal(read_minutiae(&model, m), 0);
    ridge(210, 280, 0, 3);
    assert_int_equal(read_minutiae(&model, m), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endings),
        cmocka_unit_test(bifurcations),
        cmocka_unit_test(short_pieces_are_no_minutiae),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
