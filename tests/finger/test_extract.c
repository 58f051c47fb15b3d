/* SPDX-License-Identifier: Apache-2.0 */
/* Extraction on pictures whose ridges are a formula, so that every minutia is known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* after the above */
#include <cmocka.h>

#include "bonafide/bonafide.h"
#include "util/fmath.h"

/* A singularity of the phase: where a ridge begins. Direction 0 or 1/2 turn in the print's frame.
 */
typedef struct planted {
    float x, y;
    int sign;
} planted;

#define PLANTED 4
#define ARCH 0.0015 /* 1/px: ridges y = ARCH (x - 160)^2, since straight lines are no print */
static const planted plants[PLANTED] = {
    {110, 96, 1}, {205, 120, -1}, {120, 205, -1}, {210, 213, 1}};

/* What is drawn: arched ridges, turned, at some resolution, with or without noise. */
typedef struct scene {
    uint32_t size_px, ppi;
    double turn_rad, period_px, contrast;
    uint32_t noise_grey;
} scene;

static const scene plain = {320, 500, 0, 9, 80, 0};

static double phase_at(const scene *sc, double x, double y)
{
    double arch = ARCH * (x - 160) * (x - 160);
    double phase = 2 * BF_PI * (arch - y) / sc->period_px;
    for (int i = 0; i < PLANTED; i++) {
        phase += plants[i].sign * bf_atan2(-(y - (double)plants[i].y), x - (double)plants[i].x);
    }
    return phase;
}

/* From a pixel of the picture to the frame of `plants` (320 px at 500 ppi). */
static void to_scene(const scene *sc, double px, double py, double *x, double *y)
{
    double k = 500.0 / sc->ppi, mid = sc->size_px * 0.5;
    double u = (px + 0.5 - mid) * k, v = (py + 0.5 - mid) * k;
    double c = bf_cos(sc->turn_rad), s = bf_sin(sc->turn_rad);
    *x = 160 + c * u - s * v;
    *y = 160 + s * u + c * v;
}

static void from_scene(const scene *sc, double x, double y, double *px, double *py)
{
    double k = sc->ppi / 500.0, mid = sc->size_px * 0.5, u = x - 160, v = y - 160;
    double c = bf_cos(sc->turn_rad), s = bf_sin(sc->turn_rad);
    *px = (c * u + s * v) * k + mid - 0.5;
    *py = (c * v - s * u) * k + mid - 0.5;
}

/* A round print of radius 140 px (at 500 ppi) on a ground as light as its valleys. */
static bf_image *draw_scene(bf_session *s, const scene *sc)
{
    uint8_t *px = malloc((size_t)sc->size_px * sc->size_px);
    uint32_t state = 12345;
    assert_non_null(px);
    for (uint32_t i = 0; i < sc->size_px * sc->size_px; i++) {
        double x, y, grey = 140 + sc->contrast;
        to_scene(sc, i % sc->size_px, i / sc->size_px, &x, &y);
        if ((x - 160) * (x - 160) + (y - 160) * (y - 160) < 140 * 140) {
            grey = 140 + sc->contrast * bf_cos(phase_at(sc, x, y));
        }
        state = state * 1664525u + 1013904223u;
        if (sc->noise_grey)
            grey += (double)(state >> 16) / 65536.0 * sc->noise_grey * 2 - sc->noise_grey;
        px[i] = (uint8_t)(grey < 0 ? 0 : grey > 255 ? 255 : grey);
    }
    bf_image *image = NULL;
    assert_int_equal(
        bf_image_create(s, px, sc->size_px, sc->size_px, sc->size_px, 1, sc->ppi, &image), BF_OK);
    free(px);
    return image;
}

typedef struct fixture {
    bf_engine *engine;
    bf_session *session;
} fixture;

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_int_equal(bf_engine_open(NULL, &f->engine), BF_OK);
    assert_int_equal(bf_session_open(f->engine, &f->session), BF_OK);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    bf_session_free(f->session);
    bf_engine_free(f->engine);
    free(f);
    return 0;
}

static double angle_between(double a, double b)
{
    double d = fmod(fabs(a - b), 2 * BF_PI);
    return d > BF_PI ? 2 * BF_PI - d : d;
}

/* Every planted minutia is found once within 3 px (at 500 ppi) and 1/16 turn, and nothing else. */
static void expect_plants(const scene *sc, const bf_finger_view *v, const char *what)
{
    size_t n;
    const bf_minutia *m = bf_finger_view_minutiae(v, &n);
    double near = 3.0 * sc->ppi / 500.0;
    if (n != PLANTED) fail_msg("%s: %zu minutiae instead of %d", what, n, PLANTED);
    for (int i = 0; i < PLANTED; i++) {
        double x, y, slope = 2 * ARCH * ((double)plants[i].x - 160);
        double direction = sc->turn_rad - bf_atan2(slope, 1) + (plants[i].sign > 0 ? 0 : BF_PI);
        int found = 0;
        from_scene(sc, (double)plants[i].x, (double)plants[i].y, &x, &y);
        for (size_t k = 0; k < n; k++) {
            double dx = (double)m[k].x_px - x, dy = (double)m[k].y_px - y;
            if (dx * dx + dy * dy > near * near) continue;
            found += angle_between((double)m[k].angle_rad, direction) < BF_PI / 8;
        }
        if (found != 1) fail_msg("%s: minutia %d found %d times", what, i, found);
    }
}

static void check_scene(bf_session *s, const scene *sc, const char *what)
{
    bf_image *image = draw_scene(s, sc);
    bf_finger_view *v = NULL;
    bf_status st = bf_finger_inspect(s, image, &v);
    if (st) fail_msg("%s: %s", what, bf_session_error(s));
    expect_plants(sc, v, what);
    bf_finger_view_free(v);
    bf_image_free(image);
}

static void minutiae_of_a_formula(void **state)
{
    check_scene(((fixture *)*state)->session, &plain, "plain");
}

static void any_rotation(void **state)
{
    for (int deg = 0; deg < 360; deg += 15) {
        scene sc = plain;
        char what[32];
        sc.turn_rad = deg * BF_PI / 180;
        snprintf(what, sizeof what, "turned by %d degrees", deg);
        check_scene(((fixture *)*state)->session, &sc, what);
    }
}

static void any_resolution(void **state)
{
    static const uint32_t ppi[] = {250, 333, 400, 500, 512, 569, 600, 800, 1000};
    for (size_t i = 0; i < sizeof ppi / sizeof ppi[0]; i++) {
        scene sc = plain;
        char what[32];
        sc.ppi = ppi[i];
        sc.size_px = 320 * ppi[i] / 500;
        snprintf(what, sizeof what, "%u ppi", ppi[i]);
        check_scene(((fixture *)*state)->session, &sc, what);
    }
}

static void faint_noisy_fine_and_coarse(void **state)
{
    bf_session *s = ((fixture *)*state)->session;
    scene faint = plain, noisy = plain, fine = plain, coarse = plain;
    faint.contrast = 12;
    noisy.noise_grey = 60;
    fine.period_px = 6.5;
    coarse.period_px = 12;
    check_scene(s, &faint, "faint");
    check_scene(s, &noisy, "noisy");
    check_scene(s, &fine, "fine ridges");
    check_scene(s, &coarse, "coarse ridges");
}

/* A ridge that begins dark on its own side is an ending; half a period lower it is a fork. */
static void endings_and_bifurcations(void **state)
{
    bf_session *s = ((fixture *)*state)->session;
    bf_image *image = draw_scene(s, &plain);
    bf_finger_view *v = NULL;
    size_t n;
    assert_int_equal(bf_finger_inspect(s, image, &v), BF_OK);
    const bf_minutia *m = bf_finger_view_minutiae(v, &n);
    for (size_t k = 0; k < n; k++) {
        double dx = cos((double)m[k].angle_rad), dy = -sin((double)m[k].angle_rad);
        double tone =
            bf_cos(phase_at(&plain, (double)m[k].x_px + 5 * dx, (double)m[k].y_px + 5 * dy));
        if (fabs(tone) < 0.3) continue;
        assert_int_equal(m[k].type, tone < 0 ? BF_MINUTIA_ENDING : BF_MINUTIA_BIFURCATION);
    }
    bf_finger_view_free(v);
    bf_image_free(image);
}

static void from_200_to_1600_px(void **state)
{
    bf_session *s = ((fixture *)*state)->session;
    static const uint32_t sizes[] = {200, 640, 1600};
    for (size_t i = 0; i < 3; i++) {
        scene sc = plain;
        sc.size_px = sizes[i];
        bf_image *image = draw_scene(s, &sc);
        bf_template *t = NULL;
        assert_int_equal(bf_template_extract(s, image, BF_FINGER, 0, &t), BF_OK);
        bf_template_free(t);
        bf_image_free(image);
    }
}

static void same_bytes_on_every_kernel_level(void **state)
{
    static const uint32_t masks[] = {0, BF_KERNEL_AVX2, BF_KERNEL_ALL};
    scene sc = plain;
    sc.noise_grey = 90;
    (void)state;
    uint8_t *first = NULL;
    size_t first_len = 0;
    for (size_t i = 0; i < 3; i++) {
        bf_engine_opts o;
        bf_engine_opts_init(&o);
        o.kernel_mask = masks[i];
        bf_engine *e = NULL;
        bf_session *s = NULL;
        bf_template *t = NULL;
        assert_int_equal(bf_engine_open(&o, &e), BF_OK);
        assert_int_equal(bf_session_open(e, &s), BF_OK);
        bf_image *image = draw_scene(s, &sc);
        assert_int_equal(bf_template_extract(s, image, BF_FINGER, BF_LEFT_INDEX, &t), BF_OK);
        size_t len;
        const uint8_t *bytes = bf_template_bytes(t, &len);
        if (!first) {
            first = malloc(len);
            assert_non_null(first);
            memcpy(first, bytes, len);
            first_len = len;
        }
        assert_int_equal(len, first_len);
        assert_memory_equal(bytes, first, len);
        bf_template_free(t);
        bf_image_free(image);
        bf_session_free(s);
        bf_engine_free(e);
    }
    free(first);
}

/* Pictures of nothing: blank, noise, blobs, stripes without a single minutia. */
static void nothing_there(void **state)
{
    bf_session *s = ((fixture *)*state)->session;
    uint8_t *px = malloc(400 * 400);
    assert_non_null(px);
    for (int kind = 0; kind < 5; kind++) {
        uint32_t r = 99;
        for (int i = 0; i < 400 * 400; i++) {
            int x = i % 400, y = i / 400;
            r = r * 1664525u + 1013904223u;
            switch (kind) {
            case 0: px[i] = 255; break;
            case 1: px[i] = 0; break;
            case 2: px[i] = (uint8_t)(r >> 24); break;
            case 3:
                px[i] = (uint8_t)((x - 200) * (x - 200) + (y - 200) * (y - 200) < 9000 ? 60 : 200);
                break;
            default: px[i] = (uint8_t)(128 + 100 * bf_cos(2 * BF_PI * x / 9)); break;
            }
        }
        bf_image *image = NULL;
        bf_template *t = NULL;
        assert_int_equal(bf_image_create(s, px, 400, 400, 400, 1, 500, &image), BF_OK);
        assert_int_equal(bf_template_extract(s, image, BF_FINGER, 0, &t), BF_ENONE);
        assert_non_null(strstr(bf_session_error(s), "fingerprint"));
        assert_null(t);
        bf_image_free(image);
    }
    free(px);
}

static void bad_arguments(void **state)
{
    bf_session *s = ((fixture *)*state)->session;
    uint8_t px[64] = {0};
    bf_image *tiny = NULL, *image = draw_scene(s, &plain);
    bf_template *t = NULL;
    assert_int_equal(bf_image_create(s, px, 8, 8, 8, 1, 500, &tiny), BF_OK);
    assert_int_equal(bf_template_extract(s, tiny, BF_FINGER, 0, &t), BF_ESMALL);
    assert_int_equal(bf_template_extract(s, image, BF_FINGER, 11, &t), BF_EINVAL);
    assert_int_equal(bf_template_extract(s, image, 9, 0, &t), BF_EMODALITY);
    assert_null(t);
    bf_image_free(tiny);
    bf_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(minutiae_of_a_formula, setup, teardown),
        cmocka_unit_test_setup_teardown(any_rotation, setup, teardown),
        cmocka_unit_test_setup_teardown(any_resolution, setup, teardown),
        cmocka_unit_test_setup_teardown(faint_noisy_fine_and_coarse, setup, teardown),
        cmocka_unit_test_setup_teardown(endings_and_bifurcations, setup, teardown),
        cmocka_unit_test_setup_teardown(from_200_to_1600_px, setup, teardown),
        cmocka_unit_test_setup_teardown(same_bytes_on_every_kernel_level, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_there, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_arguments, setup, teardown),
    };
    return cmocka_run_group_tests_name("finger/extract", tests, NULL, NULL);
}
