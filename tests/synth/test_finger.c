/* SPDX-License-Identifier: Apache-2.0 */
/* Fingers and impressions through the public functions: same bytes, true ground truth, limits. */
#include "setup.h"

#define GOLDEN_RELIEF 0x57f92e9a8c3d2530u
#define GOLDEN_IMPRESSION 0x2ae520a72d66e332u

static bf_synth_impression *touch(rig *g, const bf_synth_finger *f,
                                  const bf_synth_impression_opts *o)
{
    bf_synth_impression *i = NULL;
    assert_int_equal(bf_synth_impression_create(g->session, f, o, &i), BF_OK);
    return i;
}

static uint64_t hash_image(const bf_image *image)
{
    return hash_bytes(bf_image_pixels(image),
                      (size_t)bf_image_width(image) * bf_image_height(image));
}

/*
 * The bytes themselves. They change only when the generator is changed on purpose; a difference
 * between compilers, machines or sanitizers is a defect.
 */
static void golden_bytes(void **state)
{
    (void)state;
    rig g = rig_open();
    bf_synth_finger *f = rig_finger(&g, 2024, BF_SYNTH_WHORL);
    bf_synth_impression_opts o;
    bf_synth_impression_opts_init(&o);
    bf_synth_impression *i = touch(&g, f, &o);
    uint64_t relief = hash_bytes(f->relief, sizeof f->relief);
    uint64_t picture = hash_image(bf_synth_impression_image(i));
    if (relief != GOLDEN_RELIEF || picture != GOLDEN_IMPRESSION) {
        fail_msg("relief 0x%016llx impression 0x%016llx", (unsigned long long)relief,
                 (unsigned long long)picture);
    }
    bf_synth_impression_free(i);
    bf_synth_finger_free(f);
    rig_close(&g);
}

/* Ridges fill the skin, and a finger has as many minutiae as fingers have. */
static void masters_are_full(void **state)
{
    (void)state;
    rig g = rig_open();
    for (uint64_t seed = 1; seed <= 3; seed++) {
        bf_synth_finger *f = rig_finger(&g, seed, BF_SYNTH_NATURAL);
        size_t n, faint = 0, skin = 0, ridge = 0;
        bf_synth_finger_minutiae(f, &n);
        assert_in_range(n, 35, 140);
        for (int y = 0, k = 0; y < SYNTH_MASTER_H_PX; y++) {
            for (int x = 0; x < SYNTH_MASTER_W_PX; x++, k++) {
                if (!bf_synth__skin(x, y, 0)) continue;
                skin++;
                ridge += f->relief[k] > 0;
                faint += fabsf(f->relief[k]) < 0.005f;
            }
        }
        assert_true(faint * 100 < skin);
        assert_true(ridge * 100 > 45 * skin && ridge * 100 < 55 * skin);
        bf_synth_finger_free(f);
    }
    rig_close(&g);
}

/*
 * Where the truth says a ridge point of the master went, the picture is dark, and valleys are
 * light: at every resolution, size and rotation.
 */
static void check_mapping(rig *g, const bf_synth_finger *f, const bf_synth_impression_opts *o)
{
    bf_synth_impression *i = touch(g, f, o);
    const bf_image *image = bf_synth_impression_image(i);
    const uint8_t *px = bf_image_pixels(image);
    uint32_t w = bf_image_width(image), h = bf_image_height(image);
    size_t seen = 0, agree = 0;
    for (int y = 180; y < 380; y += 3) {
        for (int x = 130; x < 290; x += 3) {
            float v = f->relief[y * SYNTH_MASTER_W_PX + x], ix, iy;
            bf_synth_impression_map(i, (float)x, (float)y, &ix, &iy);
            if (fabsf(v) < 0.5f || !(ix > 0 && iy > 0 && ix < (float)w - 1 && iy < (float)h - 1)) {
                continue;
            }
            seen++;
            agree += (px[(size_t)(iy + 0.5f) * w + (size_t)(ix + 0.5f)] < 128) == (v > 0);
        }
    }
    assert_true(seen > 800);
    assert_true(agree * 100 > 95 * seen);
    bf_synth_impression_free(i);
}

static void truth_follows_the_picture(void **state)
{
    (void)state;
    static const struct {
        uint32_t w, h, ppi, flags;
    } views[] = {{400, 440, 500, 0}, {400, 440, 500, BF_SYNTH_ROTATE_ANY},
                 {256, 364, 500, 0}, {640, 480, 569, BF_SYNTH_ROTATE_ANY},
                 {220, 260, 250, 0}, {800, 900, 1000, BF_SYNTH_ROTATE_ANY}};
    rig g = rig_open();
    bf_synth_finger *f = rig_finger(&g, 11, BF_SYNTH_LEFT_LOOP);
    for (size_t k = 0; k < sizeof views / sizeof views[0]; k++) {
        bf_synth_impression_opts o;
        bf_synth_impression_opts_init(&o);
        o.seed = 40 + k;
        o.width_px = views[k].w;
        o.height_px = views[k].h;
        o.ppi = views[k].ppi;
        o.flags = views[k].flags | BF_SYNTH_CLEAN;
        check_mapping(&g, f, &o);
    }
    bf_synth_finger_free(f);
    rig_close(&g);
}

/* A minutia's direction turns with the finger, and by nothing else where the skin sticks. */
static void directions_turn(void **state)
{
    (void)state;
    rig g = rig_open();
    bf_synth_finger *f = rig_finger(&g, 12, BF_SYNTH_RIGHT_LOOP);
    bf_synth_impression_opts o;
    bf_synth_impression_opts_init(&o);
    o.flags = BF_SYNTH_CLEAN | BF_SYNTH_ROTATE_ANY;
    o.width_px = o.height_px = 500;
    size_t all, n, checked = 0;
    const bf_minutia *master = bf_synth_finger_minutiae(f, &all);
    for (o.seed = 0; o.seed < 5; o.seed++) {
        bf_synth_impression *i = touch(&g, f, &o);
        bf_synth_transform t;
        bf_synth_impression_transform(i, &t);
        const bf_minutia *seen = bf_synth_impression_minutiae(i, &n);
        for (size_t k = 0; k < all; k++) {
            float x, y;
            bf_synth_impression_map(i, master[k].x_px, master[k].y_px, &x, &y);
            for (size_t j = 0; j < n; j++) {
                if (fabsf(seen[j].x_px - x) > 0.01f || fabsf(seen[j].y_px - y) > 0.01f) continue;
                assert_true(angle_between(seen[j].angle_rad, master[k].angle_rad + t.rotation_rad) <
                            0.12);
                assert_int_equal(seen[j].type, master[k].type);
                assert_true(seen[j].angle_rad >= 0 && seen[j].angle_rad < 6.2832f);
                checked++;
            }
        }
        bf_synth_impression_free(i);
    }
    assert_true(checked > 100);
    bf_synth_finger_free(f);
    rig_close(&g);
}

static void bad_options(void **state)
{
    (void)state;
    rig g = rig_open();
    bf_synth_finger *f = rig_finger(&g, 1, BF_SYNTH_NATURAL), *none = NULL;
    bf_synth_finger_opts fo;
    bf_synth_finger_opts_init(&fo);
    fo.pattern = 7;
    assert_int_equal(bf_synth_finger_create(g.session, &fo, &none), BF_EINVAL);
    assert_null(none);
    bf_synth_impression *i = NULL;
    for (int k = 0; k < 6; k++) {
        bf_synth_impression_opts o;
        bf_synth_impression_opts_init(&o);
        if (k == 0) o.width_px = BF_SYNTH_SIDE_MIN - 1;
        if (k == 1) o.height_px = BF_SYNTH_SIDE_MAX + 1;
        if (k == 2) o.ppi = 249;
        if (k == 3) o.ppi = 1001;
        if (k == 4) o.difficulty_pct = 301;
        if (k == 5) o.struct_size = 1000;
        assert_int_equal(bf_synth_impression_create(g.session, f, &o, &i), BF_EINVAL);
        assert_true(strlen(bf_session_error(g.session)) > 10);
        assert_null(i);
    }
    bf_synth_finger_free(f);
    rig_close(&g);
}

/* There and back again over the whole plane. */
static void warp_round_trip(void **state)
{
    (void)state;
    bf_synth_warp w = {.scale = 500.0 / 569,
                       .canvas_x = 190,
                       .canvas_y = 230,
                       .rot_cos = 0.8,
                       .rot_sin = -0.6,
                       .master_x = 200,
                       .master_y = 290,
                       .inner_x = 50,
                       .inner_y = 60,
                       .reach = 1.3,
                       .torsion_cos = bf_cos(0.2),
                       .torsion_sin = bf_sin(0.2),
                       .pull_x = 15,
                       .pull_y = -12};
    for (int y = -50; y < 500; y += 25) {
        for (int x = -50; x < 450; x += 25) {
            double u, v, mx, my, bx, by;
            bf_synth__warp_plane(&w, x, y, &u, &v);
            bf_synth__warp_skin(&w, u, v, &mx, &my);
            bf_synth__warp_forward(&w, mx, my, &bx, &by);
            assert_true(fabs(bx - x) < 0.01 && fabs(by - y) < 0.01);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_bytes),
        cmocka_unit_test(masters_are_full),
        cmocka_unit_test(truth_follows_the_picture),
        cmocka_unit_test(directions_turn),
        cmocka_unit_test(bad_options),
        cmocka_unit_test(warp_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
