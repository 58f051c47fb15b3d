/* SPDX-License-Identifier: Apache-2.0 */
/* The ridge flow has the singular points it says it has, and no others. */
#include "setup.h"

/* Turns of the ridge direction, in halves, along a circle of `radius` around (x, y). */
static int winding(const bf_synth_model *m, double x, double y, double radius)
{
    enum { STEPS = 720 };
    double sum = 0, before = bf_synth__model_angle(m, x + radius, y);
    for (int i = 1; i <= STEPS; i++) {
        double a = i * (2 * BF_PI / STEPS);
        double here = bf_synth__model_angle(m, x + radius * bf_cos(a), y + radius * bf_sin(a));
        double turn = here - before;
        turn -= BF_PI * floor(turn / BF_PI + 0.5);
        sum += turn;
        before = here;
    }
    return (int)floor(sum / BF_PI + 0.5);
}

static void check_model(const bf_synth_model *m)
{
    static const uint32_t cores[7] = {0, 0, 1, 1, 1, 2, 2};
    assert_int_equal(m->core_count, cores[m->pattern]);
    assert_int_equal(m->delta_count, cores[m->pattern]);
    for (uint32_t i = 0; i < m->core_count; i++) {
        assert_int_equal(winding(m, m->core[i].x, m->core[i].y, 5), 1);
        assert_int_equal(winding(m, m->delta[i].x, m->delta[i].y, 5), -1);
    }
    assert_int_equal(winding(m, 0, 0, 260), (int)m->core_count - (int)m->delta_count);
}

static void singular_points(void **state)
{
    (void)state;
    rig g = rig_open();
    for (uint32_t pattern = BF_SYNTH_PLAIN_ARCH; pattern <= BF_SYNTH_DOUBLE_LOOP; pattern++) {
        for (uint64_t seed = 0; seed < 25; seed++) {
            bf_synth_rng r;
            bf_synth_model m;
            bf_synth__rng_seed(&r, seed * 7 + pattern);
            assert_int_equal(bf_synth__model_draw(g.ctx, &r, pattern, &m), BF_OK);
            assert_int_equal(m.pattern, pattern);
            check_model(&m);
            bf_arena_reset(&g.ctx->arena);
        }
    }
    rig_close(&g);
}

/* A loop opens to its side and downwards; the ridge runs along the opening. */
static void openings(void **state)
{
    (void)state;
    rig g = rig_open();
    for (uint64_t seed = 0; seed < 50; seed++) {
        int right = seed & 1;
        bf_synth_rng r;
        bf_synth_model m;
        bf_synth__rng_seed(&r, seed);
        assert_int_equal(
            bf_synth__model_draw(g.ctx, &r, right ? BF_SYNTH_RIGHT_LOOP : BF_SYNTH_LEFT_LOOP, &m),
            BF_OK);
        double open = bf_synth__model_opening(&m, 0);
        double along = bf_synth__model_angle(&m, m.core[0].x + 6 * bf_cos(open),
                                             m.core[0].y + 6 * bf_sin(open));
        assert_true(fabs(bf_sin(along - open)) < 0.03);
        assert_true(bf_sin(open) < 0.2);
        assert_true((right ? 1 : -1) * bf_cos(open) > -0.4); /* steep ones may lean back a little */
        bf_arena_reset(&g.ctx->arena);
    }
    rig_close(&g);
}

/* 2,000 draws: each class within four standard deviations of its share. */
static void natural_shares(void **state)
{
    (void)state;
    static const double share[7] = {0,
                                    SYNTH_SHARE_PLAIN_ARCH,
                                    SYNTH_SHARE_TENTED_ARCH,
                                    SYNTH_SHARE_LEFT_LOOP,
                                    SYNTH_SHARE_RIGHT_LOOP,
                                    SYNTH_SHARE_WHORL,
                                    SYNTH_SHARE_DOUBLE_LOOP};
    enum { DRAWS = 2000 };
    int count[7] = {0};
    rig g = rig_open();
    for (uint64_t seed = 0; seed < DRAWS; seed++) {
        bf_synth_rng r;
        bf_synth_model m;
        bf_synth__rng_seed(&r, bf_synth__mix(99, seed));
        assert_int_equal(bf_synth__model_draw(g.ctx, &r, BF_SYNTH_NATURAL, &m), BF_OK);
        count[m.pattern]++;
        bf_arena_reset(&g.ctx->arena);
    }
    for (int p = 1; p < 7; p++) {
        double mean = DRAWS * share[p] / 1000, sd = sqrt(mean * (1 - share[p] / 1000));
        assert_true(fabs(count[p] - mean) < 4 * sd);
    }
    rig_close(&g);
}

static void period_range(void **state)
{
    (void)state;
    rig g = rig_open();
    double sum = 0;
    int n = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        bf_synth_rng r;
        bf_synth_model m;
        bf_synth__rng_seed(&r, seed);
        assert_int_equal(bf_synth__model_draw(g.ctx, &r, BF_SYNTH_NATURAL, &m), BF_OK);
        for (int y = -250; y <= 250; y += 20) {
            for (int x = -200; x <= 200; x += 20, n++) {
                double p = bf_synth__model_period(&m, x, y);
                assert_true(p >= SYNTH_PERIOD_MIN_PX && p <= SYNTH_PERIOD_MAX_PX);
                sum += p;
            }
        }
        bf_arena_reset(&g.ctx->arena);
    }
    assert_true(fabs(sum / n - 9.0) < 0.4);
    rig_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(singular_points),
        cmocka_unit_test(openings),
        cmocka_unit_test(natural_shares),
        cmocka_unit_test(period_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
