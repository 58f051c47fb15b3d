/* SPDX-License-Identifier: Apache-2.0 */
/* Quality and attack features on drawn crops. No model is needed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "face/pad.h"

#define SIDE ((int)BF_FACE_CROP_PX)

typedef struct crop {
    uint8_t px[BF_FACE_CROP_PX * BF_FACE_CROP_PX * 3];
} crop;

static uint8_t clip(float v)
{
    return (uint8_t)(v < 0.0f ? 0.0f : v > 255.0f ? 255.0f : v);
}

/* Something of a face's colours: a light oval with dark eyes and fine grain. */
static crop draw_crop(void)
{
    crop c;
    uint32_t state = 7;
    for (int i = 0; i < SIDE * SIDE; i++) {
        int x = i % SIDE, y = i / SIDE;
        state = state * 1664525u + 1013904223u;
        float grain = (float)(state >> 24) / 8.0f - 16.0f, v = 150.0f + grain;
        int eye = y > 46 && y < 56 && ((x > 32 && x < 44) || (x > 68 && x < 80));
        if (eye || (y > 90 && y < 95 && x > 42 && x < 70)) v -= 90.0f;
        v += 20.0f * sinf((float)x * 0.1f);
        c.px[3 * i] = clip(v + 25.0f + 10.0f * sinf((float)y * 0.2f));
        c.px[3 * i + 1] = clip(v);
        c.px[3 * i + 2] = clip(v - 15.0f);
    }
    return c;
}

static bf_face_quality measure(const crop *c)
{
    static bf_pyramid p;
    static bf_found_list list;
    static bf_aligned a;
    bf_face_quality q = {.struct_size = sizeof q};
    p.level[0] = (bf_nn_pixels){c->px, 400, 400, 1200, 3};
    list.count = 1;
    list.face[0] = (bf_found){.x = 200, .y = 200, .w = 120, .h = 120};
    a = (bf_aligned){.x = 200, .y = 200, .side = 120};
    a.point[0] = (bf_nn_point){180, 190};
    a.point[1] = (bf_nn_point){220, 190};
    bf_face_quality_measure(&p, &list, &a, c->px, &q);
    return q;
}

static void scale_light(crop *c, float gain, float lift)
{
    for (size_t i = 0; i < sizeof c->px; i++) c->px[i] = clip((float)c->px[i] * gain + lift);
}

static void blur(crop *c, int radius)
{
    crop from = *c;
    for (int i = 0; i < SIDE * SIDE * 3; i++) {
        int x = i / 3 % SIDE, y = i / 3 / SIDE, sum = 0, n = 0;
        for (int k = -radius; k <= radius; k++) {
            for (int j = -radius; j <= radius; j++) {
                if (x + k < 0 || y + j < 0 || x + k >= SIDE || y + j >= SIDE) continue;
                sum += from.px[((y + j) * SIDE + x + k) * 3 + i % 3];
                n++;
            }
        }
        c->px[i] = (uint8_t)(sum / n);
    }
}

static void a_good_crop_has_no_reason(void **state)
{
    (void)state;
    crop c = draw_crop();
    bf_face_quality q = measure(&c);
    assert_int_equal(q.reasons, 0);
    assert_true(q.overall > 80 && q.overall <= 100);
    assert_true(fabsf(q.eye_distance_px - 40.0f) < 0.01f);
}

static void each_fault_is_named(void **state)
{
    (void)state;
    crop good = draw_crop(), c = good;
    uint32_t best = measure(&good).overall;
    blur(&c, 3);
    bf_face_quality q = measure(&c);
    assert_true(q.reasons & BF_FACE_QUALITY_BLURRED);
    assert_true(q.overall < best);
    c = good;
    scale_light(&c, 0.15f, 0.0f);
    q = measure(&c);
    assert_true(q.reasons & BF_FACE_QUALITY_DARK);
    assert_true(q.overall < best);
    c = good;
    scale_light(&c, 0.2f, 210.0f);
    q = measure(&c);
    assert_true(q.reasons & BF_FACE_QUALITY_BRIGHT);
    c = good;
    scale_light(&c, 0.1f, 110.0f);
    q = measure(&c);
    assert_true(q.reasons & BF_FACE_QUALITY_LOW_CONTRAST);
    c = good;
    for (int i = 0; i < SIDE * SIDE; i++) {
        for (int k = 0; i % SIDE > SIDE / 2 && k < 3; k++) c.px[3 * i + k] /= 6;
    }
    assert_true(measure(&c).reasons & BF_FACE_QUALITY_UNEVEN);
    c = good;
    memset(c.px + 3 * 40 * SIDE, 8, 3 * 20 * BF_FACE_CROP_PX); /* a dark band across the eyes */
    assert_true(measure(&c).reasons & BF_FACE_QUALITY_COVERED);
}

static void faults_of_place_are_named(void **state)
{
    (void)state;
    crop c = draw_crop();
    static bf_pyramid p;
    static bf_found_list list;
    bf_aligned a = {.x = 10, .y = 200, .side = 40, .yaw = 1.2f, .unsteadiness = 0.2f};
    bf_face_quality q = {.struct_size = sizeof q};
    p.level[0] = (bf_nn_pixels){c.px, 400, 400, 1200, 3};
    list.count = 2;
    list.face[0] = list.face[1] = (bf_found){.w = 40, .h = 40};
    a.point[1].x = 10.0f;
    bf_face_quality_measure(&p, &list, &a, c.px, &q);
    uint32_t all = BF_FACE_QUALITY_SMALL | BF_FACE_QUALITY_TURNED | BF_FACE_QUALITY_UNSTEADY |
                   BF_FACE_QUALITY_CUT_OFF | BF_FACE_QUALITY_SEVERAL;
    assert_int_equal(q.reasons & all, all);
    assert_true(q.overall < 50);
}

static void attack_features_ignore_levels(void **state)
{
    (void)state;
    crop c = draw_crop(), darker = c;
    float a[BF_PAD_FEATURES], b[BF_PAD_FEATURES];
    scale_light(&darker, 1.0f, -8.0f);
    assert_int_equal(bf_face_pad_features(c.px, a), 0);
    assert_int_equal(bf_face_pad_features(darker.px, b), 0);
    for (int i = 0; i < BF_PAD_FEATURES; i++) {
        assert_true(isfinite(a[i]));
        assert_true(fabsf(a[i] - b[i]) < 0.02f);
    }
}

static void grey_cannot_be_judged(void **state)
{
    (void)state;
    crop c = draw_crop();
    float f[BF_PAD_FEATURES];
    bf_aligned a = {.side = 120};
    bf_face_pad_result r = {.struct_size = sizeof r};
    a.point[1].x = 40.0f;
    bf_face_pad_measure(&a, c.px, &r);
    assert_true(r.score > 0.0f && r.score <= 100.0f);
    for (int i = 0; i < SIDE * SIDE; i++) memset(c.px + 3 * i, c.px[3 * i], 3);
    assert_int_equal(bf_face_pad_features(c.px, f), -1);
    bf_face_pad_measure(&a, c.px, &r);
    assert_true(r.score == 0.0f && r.suspected);
    memset(c.px, 128, sizeof c.px);
    assert_int_equal(bf_face_pad_features(c.px, f), -1);
    for (int i = 0; i < BF_PAD_FEATURES; i++) assert_true(isfinite(f[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_crop_has_no_reason),
        cmocka_unit_test(each_fault_is_named),
        cmocka_unit_test(faults_of_place_are_named),
        cmocka_unit_test(attack_features_ignore_levels),
        cmocka_unit_test(grey_cannot_be_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
