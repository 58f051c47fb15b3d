/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw/draw.h"

#define SIDE 40
#define GUARD 64

typedef struct sheet {
    bf_canvas canvas;
    uint8_t bytes[GUARD + SIDE * SIDE * 3 + GUARD];
} sheet;

static void blank(sheet *s)
{
    memset(s->bytes, 0xa5, sizeof s->bytes);
    s->canvas = (bf_canvas){.w = SIDE, .h = SIDE, .px = s->bytes + GUARD};
    bf_draw_clip(&s->canvas, 0, 0, SIDE, SIDE);
    bf_draw_fill(&s->canvas, 0xffffff);
}

static void guards_hold(const sheet *s)
{
    for (size_t i = 0; i < GUARD; i++) {
        assert_int_equal(s->bytes[i], 0xa5);
        assert_int_equal(s->bytes[sizeof s->bytes - 1 - i], 0xa5);
    }
}

/* Green of the pixel: 255 is paper, 0 is black ink. */
static int at(const sheet *s, int x, int y)
{
    return s->canvas.px[(y * SIDE + x) * 3 + 1];
}

static size_t inked(const sheet *s)
{
    size_t n = 0;
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) n += at(s, x, y) < 255;
    }
    return n;
}

static const bf_pen black = {0x000000, 1.0f, 2.0f};

static void lines_cover_what_they_should(void **state)
{
    (void)state;
    sheet s;
    blank(&s);
    /* Two pixels wide on pixel centre 10: row 10 whole, rows 9 and 11 half. */
    bf_draw_line(&s.canvas, 5, 10, 30, 10, black);
    assert_int_equal(at(&s, 15, 10), 0);
    assert_in_range(at(&s, 15, 9), 126, 129);
    assert_in_range(at(&s, 15, 11), 126, 129);
    assert_int_equal(at(&s, 15, 8), 255);
    assert_int_equal(at(&s, 3, 10), 255);
    /* Turned by a right angle and backwards: the same picture. */
    sheet t;
    blank(&t);
    bf_draw_line(&t.canvas, 10, 30, 10, 5, black);
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) assert_int_equal(at(&s, x, y), at(&t, y, x));
    }
    /* A diagonal is as dark as its length. */
    blank(&s);
    bf_draw_line(&s.canvas, 5, 5, 25, 25, black);
    long ink = 0;
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) ink += 255 - at(&s, x, y);
    }
    double area = (double)ink / 255.0, expected = 20.0 * sqrt(2.0) * 2.0 + 3.14;
    assert_true(fabs(area - expected) < 0.05 * expected);
}

static void nothing_is_drawn_outside(void **state)
{
    (void)state;
    static const float odd[] = {-1e30f, -50, -1, 0, 20, 39, 40, 90, 1e30f, NAN, INFINITY};
    enum { N = sizeof odd / sizeof odd[0] };
    sheet s;
    blank(&s);
    for (int a = 0; a < N; a++) {
        for (int b = 0; b < N; b++) {
            for (int c = 0; c < N; c++) {
                bf_draw_line(&s.canvas, odd[a], odd[b], odd[c], 7, black);
                bf_draw_line(&s.canvas, 7, odd[a], odd[b], odd[c], black);
            }
            bf_draw_ring(&s.canvas, odd[a], odd[b], 6, black);
            bf_draw_disc(&s.canvas, odd[a], odd[b], 6, black);
            bf_draw_text(&s.canvas, odd[a], odd[b], 9, "Ag", 0);
        }
    }
    bf_draw_rect(&s.canvas, -5, 35, 100, 100, 0, 1.0f);
    guards_hold(&s);
}

static void clipping_is_exact(void **state)
{
    (void)state;
    sheet s;
    blank(&s);
    bf_draw_clip(&s.canvas, 10, 12, 5, 6);
    bf_draw_fill(&s.canvas, 0);
    bf_draw_line(&s.canvas, 0, 0, 39, 39, black);
    assert_int_equal(inked(&s), 30);
    assert_int_equal(at(&s, 10, 12), 0);
    assert_int_equal(at(&s, 14, 17), 0);
    assert_int_equal(at(&s, 15, 17), 255);
}

static void every_letter_has_a_shape(void **state)
{
    (void)state;
    sheet s, all[2];
    for (char ch = ' '; ch <= '~'; ch++) {
        char text[2] = {ch, 0};
        blank(&s);
        float end = bf_draw_text(&s.canvas, 4, 28, 16, text, 0);
        assert_true(end > 4.0f && end <= 4.0f + 16.0f * 10.0f / 8.0f);
        assert_int_equal(inked(&s) > 0, ch != ' ');
        /* Stays in its box: a descender and half a line at most. */
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                if (at(&s, x, y) < 255) assert_true(x >= 2 && x <= 24 && y >= 10 && y <= 34);
            }
        }
    }
    /* What is not ASCII shows as '?', one for each character. */
    blank(&all[0]);
    blank(&all[1]);
    bf_draw_text(&all[0].canvas, 2, 28, 8, "a\xc3\xa9\x01", 0);
    bf_draw_text(&all[1].canvas, 2, 28, 8, "a??", 0);
    assert_memory_equal(all[0].bytes, all[1].bytes, sizeof all[0].bytes);
    assert_true(bf_draw_text_width(8, "") == 0.0f);
    assert_true(bf_draw_text_width(8, "WW") > bf_draw_text_width(8, "il"));
}

static void samples_between_pixels(void **state)
{
    (void)state;
    static const uint8_t px[] = {0, 100, 9, 200, 40, 9};
    bf_placed p = {px, 2, 2, 3, 1.0f, 0, 0};
    assert_true(bf_draw_sample(&p, 0, 0, 7) == 0.0f);
    assert_true(bf_draw_sample(&p, 1, 1, 7) == 40.0f);
    assert_true(bf_draw_sample(&p, 0.5f, 0, 7) == 50.0f);
    assert_true(bf_draw_sample(&p, 0.5f, 0.5f, 7) == 85.0f);
    assert_true(bf_draw_sample(&p, 1.01f, 0, 7) == 7.0f);
    assert_true(bf_draw_sample(&p, NAN, 0, 7) == 7.0f);
    p.px = NULL;
    p.w = p.h = 0;
    assert_true(bf_draw_sample(&p, 0, 0, 7) == 7.0f);
}

static void pictures_are_placed_and_scaled(void **state)
{
    (void)state;
    static const uint8_t px[] = {0, 255, 255, 0};
    sheet s;
    blank(&s);
    bf_draw_grey(&s.canvas, &(bf_placed){px, 2, 2, 2, 4.0f, 10, 20}, 0.0f);
    assert_int_equal(at(&s, 10, 20), 0);
    assert_int_equal(at(&s, 17, 20), 255);
    assert_int_equal(at(&s, 17, 27), 0);
    assert_int_equal(at(&s, 18, 27), 255);
    assert_int_equal(at(&s, 9, 20), 255);
    blank(&s);
    bf_draw_grey(&s.canvas, &(bf_placed){px, 2, 2, 2, 4.0f, 10, 20}, 0.5f);
    assert_in_range(at(&s, 10, 20), 127, 128);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_cover_what_they_should),
        cmocka_unit_test(nothing_is_drawn_outside),
        cmocka_unit_test(clipping_is_exact),
        cmocka_unit_test(every_letter_has_a_shape),
        cmocka_unit_test(samples_between_pixels),
        cmocka_unit_test(pictures_are_placed_and_scaled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
