/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical image: grey, resampled, polarity. */
#include "image_test.h"

#include "engine/session.h"
#include "image/resample.h"
#include "util/fmath.h"

static bf_image *make(const uint8_t *px, uint32_t w, uint32_t h, uint32_t channels, uint32_t ppi)
{
    bf_image *image = NULL;
    bf_status st = bf_image_create(session, px, w, h, (size_t)w * channels, channels, ppi, &image);
    assert_int_equal(st, BF_OK);
    return image;
}

static bf_grey canonical(const bf_image *image)
{
    bf_grey g;
    assert_int_equal(bf_image_canonical_grey500(bf_session__enter(session), image, &g), BF_OK);
    return g;
}

static void copies_at_500(void **state)
{
    (void)state;
    static const uint32_t same[] = {495, 500, 505};
    static uint8_t px[120 * 110];
    for (size_t i = 0; i < sizeof px; i++) px[i] = (uint8_t)(i * 31 % 251);
    for (size_t i = 0; i < 3; i++) {
        bf_image *image = make(px, 120, 110, 1, same[i]);
        bf_grey g = canonical(image);
        assert_int_equal(g.w, 120);
        assert_int_equal(g.h, 110);
        assert_true(g.scale == 1.0f);
        assert_memory_equal(g.px, px, sizeof px);
        assert_ptr_not_equal(g.px, bf_image_pixels(image));
        bf_image_free(image);
    }
}

static void grey_as_rgb_is_unchanged(void **state)
{
    (void)state;
    static uint8_t px[100 * 100 * 3];
    for (size_t i = 0; i < sizeof px; i++) px[i] = (uint8_t)(i / 3 % 256);
    bf_image *image = make(px, 100, 100, 3, 500);
    bf_grey g = canonical(image);
    for (size_t i = 0; i < 100 * 100; i++) assert_int_equal(g.px[i], i % 256);
    bf_image_free(image);
}

/* A wave of 9 px at 500 ppi, drawn at another resolution, must come out as drawn at 500. */
static uint8_t wave(double x, double y)
{
    return (uint8_t)(128.5 + 90 * bf_sin((x * 0.8 + y * 0.6) * 2 * BF_PI / 9));
}

static void resamples_waves(void **state)
{
    (void)state;
    static const uint32_t resolutions[] = {250, 300, 400, 512, 569, 700, 1000, 2000};
    for (size_t i = 0; i < sizeof resolutions / sizeof resolutions[0]; i++) {
        uint32_t ppi = resolutions[i], side = 200 * ppi / 500;
        uint8_t *px = malloc((size_t)side * side);
        for (uint32_t y = 0; y < side; y++) {
            for (uint32_t x = 0; x < side; x++) {
                px[y * side + x] = wave(x * 500.0 / ppi, y * 500.0 / ppi);
            }
        }
        bf_image *image = make(px, side, side, 1, ppi);
        bf_grey g = canonical(image);
        assert_true(g.w >= 198 && g.w <= 200);
        assert_true(g.scale == 500.0f / (float)ppi);
        double error = 0;
        int n = 0;
        for (int y = 10; y < g.h - 10; y++) {
            for (int x = 10; x < g.w - 10; x++, n++) {
                int d = g.px[y * g.stride + x] - wave(x, y);
                error += d < 0 ? -d : d;
            }
        }
        /* 250 ppi leaves 4.5 px a wave: the cubic loses some of its height. */
        assert_true(error / n < (ppi <= 300 ? 14.0 : 3.0));
        bf_image_free(image);
        free(px);
    }
}

static void flat_stays_flat(void **state)
{
    (void)state;
    static uint8_t px[300 * 250];
    for (int level = 0; level <= 255; level += 51) {
        memset(px, level, sizeof px);
        for (uint32_t ppi = 250; ppi <= 1000; ppi += 37) {
            bf_image *image = make(px, 300, 250, 1, ppi);
            bf_grey g = canonical(image);
            for (int i = 0; i < g.w * g.h; i++) assert_int_equal(g.px[i], level);
            bf_image_free(image);
        }
    }
}

/* Not beyond the last source pixel, and the smallest case. */
static void sides(void **state)
{
    (void)state;
    assert_int_equal(bf_resampled_side(1, 500, 1000), 1);
    assert_int_equal(bf_resampled_side(200, 500, 1000), 100);
    assert_int_equal(bf_resampled_side(201, 500, 1000), 101);
    assert_int_equal(bf_resampled_side(100, 500, 250), 199);
    uint8_t one = 77, out[4] = {0};
    assert_int_equal(bf_resample(bf_session__enter(session), &one, 1, 1, 500, 250, out, 1, 1),
                     BF_OK);
    assert_int_equal(out[0], 77);
}

static void limits(void **state)
{
    (void)state;
    static uint8_t px[4001 * 100];
    bf_grey g;
    bf_image *image = make(px, 99, 200, 1, 500);
    assert_int_equal(bf_image_canonical_grey500(bf_session__enter(session), image, &g), BF_ESMALL);
    bf_image_free(image);
    image = make(px, 4001, 100, 1, 500);
    assert_int_equal(bf_image_canonical_grey500(bf_session__enter(session), image, &g), BF_ELIMIT);
    bf_image_free(image);
    image = make(px, 190, 190, 1, 1000);
    assert_int_equal(bf_image_canonical_grey500(bf_session__enter(session), image, &g), BF_ESMALL);
    bf_image_free(image);
}

#define SIDE 320

/* A disc of ridges, `valley` to `ridge`, on `ground` with `noise` grey levels up and down. */
static void disc(uint8_t *px, int ground, int noise, int valley, int ridge)
{
    uint32_t r = 1;
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            int dx = x - SIDE / 2, dy = y - SIDE / 2, inside = dx * dx + dy * dy < 120 * 120;
            int on = (x + y / 3) % 9 < 5;
            r = r * 1664525u + 1013904223u;
            int paper = ground + (noise ? (int)(r >> 16) % (2 * noise + 1) - noise : 0);
            px[y * SIDE + x] = (uint8_t)(!inside ? paper : on ? ridge : valley);
        }
    }
}

static int is_inverted(const uint8_t *px, uint32_t polarity)
{
    bf_image *image = make(px, SIDE, SIDE, 1, 500);
    image->polarity = polarity;
    bf_grey g = canonical(image);
    int same = !memcmp(g.px, px, SIDE * SIDE), other = 1;
    for (int i = 0; i < SIDE * SIDE; i++) other &= g.px[i] == 255 - px[i];
    assert_true(same != other);
    bf_image_free(image);
    return other;
}

static void polarity(void **state)
{
    (void)state;
    static uint8_t px[SIDE * SIDE];
    static const struct {
        int ground, noise, valley, ridge, inverted;
    } cases[] = {
        {255, 0, 240, 30, 0}, /* an ordinary print */
        {0, 0, 10, 220, 1},   /* its negative */
        {36, 0, 30, 200, 1},  /* a weaker one */
        {0, 0, 200, 90, 0},   /* a light finger cut out on black */
        {128, 0, 200, 60, 0}, /* grey ground says nothing */
        {128, 8, 200, 60, 0},
        {120, 0, 110, 200, 0}, /* a light ground without noise is none of a negative */
        {230, 8, 160, 80, 0},  /* ink on paper that is lighter than its valleys */
        {25, 8, 95, 175, 1},   /* its negative */
        {123, 4, 150, 60, 0},  /* a capacitive sensor's ground */
        {132, 4, 135, 205, 1}, /* its negative */
        {255, 0, 255, 255, 0}, /* blank */
        {0, 0, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        disc(px, cases[i].ground, cases[i].noise, cases[i].valley, cases[i].ridge);
        if (is_inverted(px, BF_POLARITY_AUTO) != cases[i].inverted) fail_msg("case %zu", i);
        /* Who says what it is has the last word. */
        assert_false(is_inverted(px, BF_POLARITY_DARK_RIDGES));
        assert_true(is_inverted(px, BF_POLARITY_LIGHT_RIDGES));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_at_500),   cmocka_unit_test(grey_as_rgb_is_unchanged),
        cmocka_unit_test(resamples_waves), cmocka_unit_test(flat_stays_flat),
        cmocka_unit_test(sides),           cmocka_unit_test(limits),
        cmocka_unit_test(polarity),
    };
    return cmocka_run_group_tests(tests, open_session, close_session);
}
