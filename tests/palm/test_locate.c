/* SPDX-License-Identifier: Apache-2.0 */
/* Finding palms by the hand's outline alone, and refusing what is none. */
#include "palm/hands.h"

static void is_found(rig *r, uint64_t seed, uint32_t flags, float within)
{
    bf_synth_shot shot;
    bf_palm_region region;
    bf_palm_view view = {0};
    bf_image *image = hand_picture(r, seed, flags, &shot);
    bf_status st = locate(r, image, 0, &region, &view);
    if (st) fail_msg("seed %u flags %#x: %s", (unsigned)seed, flags, bf_session_error(r->s));
    assert_int_equal(region.by, BF_PALM_BY_CONTOUR);
    assert_int_equal(view.valley_count, 3);
    float error = valley_error(&view, &shot);
    if (error > within)
        fail_msg("seed %u flags %#x: %.3f spans off", (unsigned)seed, flags, (double)error);
    assert_true(view.outline_count > 100);
    assert_true(region.quality > 30);
    bf_palm_view_clear(&view);
    bf_image_free(image);
}

static void hands_with_their_fingers_apart(void **state)
{
    static const uint32_t flags[] = {0, BF_SYNTH_SHOT_ROTATE_ANY, BF_SYNTH_SHOT_LIGHT,
                                     BF_SYNTH_SHOT_COLOUR, BF_SYNTH_SHOT_MIRROR};
    rig r;
    (void)state;
    rig_open(&r, NULL);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
            is_found(&r, seed, flags[i], 0.1f);
    }
    assert_true(r.warnings >= 20); /* that the network is missing is said */
    rig_close(&r);
}

static void a_turned_picture_gives_the_same_region(void **state)
{
    rig r;
    bf_palm_region upright, turned;
    (void)state;
    rig_open(&r, NULL);
    bf_image *image = hand_picture(&r, 5, 0, NULL);
    uint32_t w = image->w, h = image->h;
    uint8_t *px = malloc((size_t)w * h);
    assert_non_null(px);
    for (uint32_t y = 0; y < h; y++) { /* a quarter turn clockwise */
        for (uint32_t x = 0; x < w; x++) px[x * h + h - 1 - y] = image->px[y * w + x];
    }
    bf_image *other = grey_picture(&r, px, h, w);
    assert_int_equal(locate(&r, image, 0, &upright, NULL), BF_OK);
    assert_int_equal(locate(&r, other, 0, &turned, NULL), BF_OK);
    int step = (uint8_t)(upright.frame.turn - turned.frame.turn - 64 + 2);
    assert_in_range(step, 0, 4);
    assert_in_range(upright.frame.scale_step - turned.frame.scale_step + 1, 0, 2);
    assert_in_range(turned.frame.x_px - ((int32_t)h - 1 - upright.frame.y_px) + 3, 0, 6);
    assert_in_range(turned.frame.y_px - upright.frame.x_px + 3, 0, 6);
    free(px);
    bf_image_free(other);
    bf_image_free(image);
    rig_close(&r);
}

static void a_region_is_taken_as_it_is(void **state)
{
    rig r;
    bf_palm_region region;
    (void)state;
    rig_open(&r, NULL);
    for (uint64_t seed = 1; seed <= 8; seed++) {
        bf_image *image = hand_picture(&r, seed, BF_SYNTH_SHOT_REGION, NULL);
        assert_int_equal(locate(&r, image, 0, &region, NULL), BF_OK);
        assert_int_equal(region.by, BF_PALM_BY_CALLER);
        assert_memory_equal(region.px, image->px, sizeof region.px);
        assert_int_equal(locate(&r, image, BF_EXTRACT_REGION, &region, NULL), BF_OK);
        assert_memory_equal(region.px, image->px, sizeof region.px);
        bf_image_free(image);
    }
    assert_int_equal(r.warnings, 0);
    rig_close(&r);
}

/* kind: 0 blank, 1 noise, 2 lines of text-like bars, 3 a face-like blob, 4 stripes */
static void draw_nothing(uint8_t *px, uint32_t w, uint32_t h, int kind)
{
    uint32_t state = 7;
    for (uint32_t y = 0; y < h; y++) {
        for (uint32_t x = 0; x < w; x++) {
            float dx = ((float)x - 0.5f * (float)w) / (0.28f * (float)w);
            float dy = ((float)y - 0.5f * (float)h) / (0.45f * (float)h);
            float ex = fabsf(dx) - 0.4f, ey = dy + 0.2f;
            int v = 128;
            if (kind == 1) v = (int)(next_random(&state) & 255);
            if (kind == 2) v = y % 24 < 14 && (x / 9 * 7 + y / 24 * 13) % 5 < 3 ? 20 : 240;
            if (kind == 3) v = dx * dx + dy * dy < 1 ? 190 : 25;
            if (kind == 3 && ex * ex + ey * ey < 0.02f) v = 60;
            if (kind == 4) v = x / 40 % 2 ? 220 : 30;
            px[y * w + x] = (uint8_t)v;
        }
    }
}

static void pictures_of_nothing_are_refused(void **state)
{
    static const uint32_t size[][2] = {{640, 480}, {480, 640}, {500, 500}};
    rig r;
    bf_palm_region region;
    (void)state;
    rig_open(&r, NULL);
    uint8_t *px = malloc(640 * 640);
    assert_non_null(px);
    for (int kind = 0; kind < 5; kind++) {
        for (size_t i = 0; i < 3; i++) {
            draw_nothing(px, size[i][0], size[i][1], kind);
            bf_image *image = grey_picture(&r, px, size[i][0], size[i][1]);
            assert_int_equal(locate(&r, image, 0, &region, NULL), BF_ENONE);
            assert_non_null(strstr(bf_session_error(r.s), "no palm found"));
            bf_image_free(image);
        }
    }
    /* as small as a region: blank and noise are none either */
    for (int kind = 0; kind < 2; kind++) {
        draw_nothing(px, 128, 128, kind);
        bf_image *image = grey_picture(&r, px, 128, 128);
        assert_int_not_equal(locate(&r, image, 0, &region, NULL), BF_OK);
        bf_image_free(image);
    }
    free(px);
    rig_close(&r);
}

static void a_fist_and_a_thumbnail_are_refused(void **state)
{
    rig r;
    bf_palm_region region;
    (void)state;
    rig_open(&r, NULL);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        bf_image *fist = hand_picture(&r, seed, BF_SYNTH_SHOT_FIST, NULL);
        assert_int_equal(locate(&r, fist, 0, &region, NULL), BF_ENONE);
        bf_image_free(fist);
    }
    bf_image *hand = hand_picture(&r, 1, 0, NULL);
    uint8_t small[100 * 75];
    for (uint32_t i = 0; i < sizeof small; i++) {
        small[i] = hand->px[(i / 100 * 32 / 5) * hand->w + i % 100 * 32 / 5];
    }
    bf_image *thumbnail = grey_picture(&r, small, 100, 75);
    assert_int_equal(locate(&r, thumbnail, 0, &region, NULL), BF_ESMALL);
    bf_image_free(thumbnail);
    bf_image_free(hand);
    rig_close(&r);
}

static uint32_t reasons_of(rig *r, const bf_image *image)
{
    bf_palm_region region;
    bf_status st = locate(r, image, 0, &region, NULL);
    if (st) fail_msg("%s", bf_session_error(r->s));
    return region.reasons;
}

static void flaws_are_named(void **state)
{
    rig r;
    (void)state;
    rig_open(&r, NULL);
    bf_image *image = hand_picture(&r, 3, BF_SYNTH_SHOT_CLEAN, NULL);
    assert_int_equal(reasons_of(&r, image), 0);
    uint32_t w = image->w, h = image->h;
    uint8_t *px = malloc((size_t)2 * w * h), *was = image->px;
    assert_non_null(px);

    for (uint32_t i = 0; i < w * h; i++) px[i] = (uint8_t)(was[i] / 6);
    image->px = px;
    assert_true(reasons_of(&r, image) & BF_PALM_QUALITY_DARK);

    for (uint32_t y = 5; y < h - 5; y++) { /* out of focus */
        for (uint32_t x = 0; x < w; x++) {
            uint32_t sum = 0;
            for (uint32_t k = 0; k < 121; k++) {
                uint32_t at = x + k % 11 < 5 ? 0 : x + k % 11 - 5;
                sum += was[(y + k / 11 - 5) * w + (at < w ? at : w - 1)];
            }
            px[y * w + x] = (uint8_t)(sum / 121);
        }
    }
    assert_true(reasons_of(&r, image) & BF_PALM_QUALITY_BLURRED);

    memcpy(px, was, (size_t)w * h);
    for (uint32_t y = 250; y < 310; y++) memset(px + y * w + 290, 255, 60);
    assert_true(reasons_of(&r, image) & BF_PALM_QUALITY_GLARE);
    image->px = was;

    for (uint32_t y = 0; y < h; y++) { /* the same hand twice */
        memcpy(px + y * 2 * w, was + y * w, w);
        memcpy(px + y * 2 * w + w, was + y * w, w);
    }
    bf_image *two = grey_picture(&r, px, 2 * w, h);
    assert_true(reasons_of(&r, two) & BF_PALM_QUALITY_SEVERAL);
    bf_image_free(two);
    free(px);
    bf_image_free(image);
    rig_close(&r);
}

/* Whatever is given, the answer is a region or a refusal with a reason. */
static void random_pictures_do_no_harm(void **state)
{
    rig r;
    bf_palm_region region;
    uint32_t seed = 11, found = 0;
    (void)state;
    rig_open(&r, NULL);
    for (int round = 0; round < 250; round++) {
        uint32_t w = 1 + next_random(&seed) % 400, h = 1 + next_random(&seed) % 400;
        uint8_t *px = malloc((size_t)w * h * 3);
        assert_non_null(px);
        memset(px, (int)(next_random(&seed) & 255), (size_t)w * h * 3);
        for (int k = (int)(next_random(&seed) % 40); k > 0; k--) {
            uint32_t x0 = next_random(&seed) % w, y0 = next_random(&seed) % h;
            uint32_t x1 = x0 + next_random(&seed) % (w - x0) + 1, level = next_random(&seed);
            uint32_t y1 = y0 + next_random(&seed) % (h - y0) + 1;
            for (uint32_t y = y0; y < y1; y++)
                memset(px + (y * w + x0) * 3, (int)level, (x1 - x0) * 3);
        }
        if (round % 4 == 0) {
            for (uint32_t i = 0; i < w * h * 3; i++) px[i] ^= (uint8_t)(next_random(&seed) & 31);
        }
        bf_image *image;
        uint32_t channels = round % 2 ? 3 : 1;
        assert_int_equal(bf_image_create(r.s, px, w, h, w * channels, channels, 500, &image),
                         BF_OK);
        bf_palm_view view = {0};
        bf_status st = locate(&r, image, round % 3 ? 0 : BF_EXTRACT_REGION, &region, &view);
        assert_true(!st || st == BF_ENONE || st == BF_ESMALL);
        if (st) assert_true(strlen(bf_session_error(r.s)) > 10);
        found += !st;
        assert_true(st || region.quality <= 100);
        bf_palm_view_clear(&view);
        bf_image_free(image);
        free(px);
    }
    assert_true(found > 0);
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_with_their_fingers_apart),
        cmocka_unit_test(a_turned_picture_gives_the_same_region),
        cmocka_unit_test(a_region_is_taken_as_it_is),
        cmocka_unit_test(pictures_of_nothing_are_refused),
        cmocka_unit_test(a_fist_and_a_thumbnail_are_refused),
        cmocka_unit_test(flaws_are_named),
        cmocka_unit_test(random_pictures_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
