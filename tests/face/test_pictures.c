/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faces in pictures: the photographs that come with the models, turned, shrunk, cut and joined; and
 * pictures of nothing. Genuine pairs are a photograph and its transform.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bonafide/bonafide.h"
#include "support/models.h"

static bf_engine *engine;
static bf_session *session;
static bf_image *photo;

static int open_all(void **state)
{
    (void)state;
    char folder[MODELS_PATH_MAX], path[MODELS_PATH_MAX];
    bf_engine_opts opts;
    bf_engine_opts_init(&opts);
    models_folder(folder);
    opts.models = folder;
    if (bf_engine_open(&opts, &engine) || bf_session_open(engine, &session)) return -1;
    models_path("photos/sample1.jpg", path);
    return bf_image_load(session, path, NULL, &photo);
}

static int close_all(void **state)
{
    (void)state;
    bf_image_free(photo);
    bf_session_free(session);
    bf_engine_free(engine);
    return 0;
}

typedef struct raw {
    uint8_t *px;
    uint32_t w, h;
} raw;

static raw blank(uint32_t w, uint32_t h, int value)
{
    raw r = {malloc((size_t)w * h * 3), w, h};
    assert_non_null(r.px);
    memset(r.px, value, (size_t)w * h * 3);
    return r;
}

static bf_image *take(raw r)
{
    bf_image *image = NULL;
    assert_int_equal(bf_image_create(session, r.px, r.w, r.h, (size_t)r.w * 3, 3, 500, &image), 0);
    free(r.px);
    return image;
}

/* A square of `from` around (x, y), `side` px, to `out` px at (ox, oy) of `to`. Nearest pixel. */
static void paste(const bf_image *from, float x, float y, float side, raw *to, uint32_t ox,
                  uint32_t oy, uint32_t out)
{
    int32_t w = (int32_t)bf_image_width(from), h = (int32_t)bf_image_height(from);
    const uint8_t *px = bf_image_pixels(from);
    for (uint32_t v = 0; v < out; v++) {
        for (uint32_t u = 0; u < out; u++) {
            int32_t sx = (int32_t)(x + side * (((float)u + 0.5f) / (float)out - 0.5f));
            int32_t sy = (int32_t)(y + side * (((float)v + 0.5f) / (float)out - 0.5f));
            if (sx < 0 || sy < 0 || sx >= w || sy >= h) continue;
            memcpy(to->px + 3 * ((size_t)(oy + v) * to->w + ox + u),
                   px + 3 * ((size_t)sy * (size_t)w + (size_t)sx), 3);
        }
    }
}

static bf_face first_face(const bf_image *image)
{
    bf_face f[BF_FACE_MAX];
    uint32_t count = 0;
    assert_int_equal(bf_face_find(session, image, f, BF_FACE_MAX, &count), BF_OK);
    assert_true(count > 0);
    return f[0];
}

/* The main face of the photograph with room around it, and turned by quarters. */
static bf_image *portrait(uint32_t side, int quarters)
{
    bf_face f = first_face(photo);
    raw from = blank(side, side, 90), to = blank(side, side, 90);
    paste(photo, f.x_px, f.y_px, 2.2f * f.w_px, &from, 0, 0, side);
    for (uint32_t y = 0; y < side; y++) {
        for (uint32_t x = 0; x < side; x++) {
            uint32_t u = x, v = y;
            for (int q = 0; q < quarters; q++) {
                uint32_t t = u;
                u = side - 1 - v;
                v = t;
            }
            memcpy(to.px + 3 * ((size_t)y * side + x), from.px + 3 * ((size_t)v * side + u), 3);
        }
    }
    free(from.px);
    return take(to);
}

static bf_template *template_of(const bf_image *image, const char *recogniser, uint32_t pad)
{
    bf_template *t = NULL;
    bf_extract_opts o;
    bf_extract_opts_init(&o);
    o.modality = BF_FACE;
    o.recogniser = recogniser;
    o.pad = pad;
    bf_status st = bf_template_extract_with(session, image, &o, &t);
    if (st) print_message("%s\n", bf_session_error(session));
    assert_int_equal(st, BF_OK);
    return t;
}

static void any_turn_is_the_same_person(void **state)
{
    (void)state;
    bf_image *upright = portrait(300, 0);
    bf_template *t = template_of(upright, NULL, BF_PAD_OFF);
    for (int q = 1; q < 4; q++) {
        bf_image *turned = portrait(300, q);
        bf_template *u = template_of(turned, NULL, BF_PAD_OFF);
        float score = 0.0f;
        assert_int_equal(bf_compare(session, t, u, &score), BF_OK);
        assert_true(score > 50.0f);
        bf_template_free(u);
        bf_image_free(turned);
    }
    bf_template_free(t);
    bf_image_free(upright);
}

static void small_is_the_same_person(void **state)
{
    (void)state;
    bf_image *large = portrait(400, 0), *small = portrait(120, 0);
    bf_template *a = template_of(large, NULL, BF_PAD_OFF);
    bf_template *b = template_of(small, NULL, BF_PAD_OFF);
    float score = 0.0f;
    assert_int_equal(bf_compare(session, a, b, &score), BF_OK);
    assert_true(score > 40.0f);
    assert_true(bf_template_quality(b) < bf_template_quality(a));
    bf_template_free(a);
    bf_template_free(b);
    bf_image_free(large);
    bf_image_free(small);
}

static void a_view_tells_what_was_found(void **state)
{
    (void)state;
    bf_face_view *v = NULL;
    uint32_t count, points, side;
    bf_face_quality q = {.struct_size = sizeof q};
    assert_int_equal(bf_face_inspect(session, photo, NULL, &v), BF_OK);
    const bf_face *f = bf_face_view_faces(v, &count);
    assert_true(count >= 3 && f[0].has_points && !f[1].has_points);
    assert_true(bf_face_view_why(v) >= BF_FACE_MAIN_LARGEST);
    bf_face_view_quality(v, &q);
    assert_true(q.reasons & BF_FACE_QUALITY_SEVERAL);
    assert_true(q.eye_distance_px > 30.0f);
    bf_face_view_mesh(v, &points);
    bf_face_view_crop(v, &side);
    assert_int_equal(points, 468);
    assert_int_equal(side, BF_FACE_CROP_PX);
    bf_image *picture = NULL;
    assert_int_equal(bf_draw_face(session, photo, v, NULL, &picture), BF_OK);
    assert_true(bf_image_width(picture) > 500);
    bf_image_free(picture);
    bf_face_view_free(v);
}

static void forty_faces_are_found(void **state)
{
    (void)state;
    bf_face f = first_face(photo), found[BF_FACE_MAX];
    raw r = blank(1200, 750, 120);
    uint32_t count = 0;
    for (uint32_t i = 0; i < 40; i++) {
        paste(photo, f.x_px, f.y_px, 1.9f * f.w_px, &r, i % 8 * 150 + 5, i / 8 * 150 + 5, 140);
    }
    bf_image *image = take(r);
    assert_int_equal(bf_face_find(session, image, found, BF_FACE_MAX, &count), BF_OK);
    assert_true(count >= 38 && count <= 42);
    bf_image_free(image);
}

static void a_panorama_gives_its_face(void **state)
{
    (void)state;
    bf_face f = first_face(photo);
    raw r = blank(20000, 600, 100);
    paste(photo, f.x_px, f.y_px, 2.0f * f.w_px, &r, 15000, 100, 400);
    bf_image *image = take(r);
    bf_face g = first_face(image);
    assert_true(fabsf(g.x_px - 15200.0f) < 60.0f && fabsf(g.y_px - 300.0f) < 60.0f);
    bf_template_free(template_of(image, NULL, BF_PAD_OFF));
    bf_image_free(image);
}

/* Flat, noise, stripes, a smiley: nothing of these is a face. */
static void pictures_of_nothing_have_no_face(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        raw r = blank(300, 260, 200);
        uint32_t seed = 1;
        for (size_t i = 0; i < (size_t)r.w * r.h; i++) {
            int x = (int)(i % r.w) - 150, y = (int)(i / r.w) - 130, v = 200;
            seed = seed * 1664525u + 1013904223u;
            if (kind == 1) v = (int)(seed >> 24);
            if (kind == 2) v = x / 10 % 2 ? 30 : 220;
            if (kind == 3 && x * x + y * y > 9800 && x * x + y * y < 10200) v = 0;
            if (kind == 3 && (x - 30) * (x - 30) + (y + 30) * (y + 30) < 60) v = 0;
            memset(r.px + 3 * i, v, 3);
        }
        bf_image *image = take(r);
        bf_template *t = NULL;
        assert_int_equal(bf_template_extract(session, image, BF_FACE, 0, &t), BF_ENONE);
        assert_null(t);
        assert_string_equal(bf_session_error(session), "no face found");
        bf_image_free(image);
    }
}

static void tiny_pictures_do_no_harm(void **state)
{
    (void)state;
    for (uint32_t side = 1; side < 40; side += 13) {
        bf_image *image = take(blank(side, 40 - side, 128));
        bf_template *t = NULL;
        assert_int_equal(bf_template_extract(session, image, BF_FACE, 0, &t), BF_ENONE);
        bf_image_free(image);
    }
}

static void policies_differ(void **state)
{
    (void)state;
    bf_image *image = portrait(300, 0);
    uint8_t *grey = malloc(300 * 300);
    const uint8_t *px = bf_image_pixels(image);
    for (size_t i = 0; i < 300 * 300; i++) grey[i] = px[3 * i];
    bf_image *flat = NULL;
    assert_int_equal(bf_image_create(session, grey, 300, 300, 300, 1, 500, &flat), BF_OK);
    free(grey);
    bf_template *warned = template_of(flat, NULL, BF_PAD_WARN);
    bf_template *off = template_of(flat, NULL, BF_PAD_OFF), *refused = NULL;
    assert_true(bf_template_quality_reasons(warned) & BF_FACE_QUALITY_ATTACK);
    assert_false(bf_template_quality_reasons(off) & BF_FACE_QUALITY_ATTACK);
    bf_extract_opts o;
    bf_extract_opts_init(&o);
    o.modality = BF_FACE;
    o.pad = BF_PAD_REFUSE;
    assert_int_equal(bf_template_extract_with(session, flat, &o, &refused), BF_EATTACK);
    bf_face_pad_result pad = {.struct_size = sizeof pad};
    assert_int_equal(bf_face_pad(session, image, &pad), BF_OK);
    assert_true(pad.score >= 0.0f && pad.score <= 100.0f && pad.threshold > 0.0f);
    bf_template_free(warned);
    bf_template_free(off);
    bf_image_free(flat);
    bf_image_free(image);
}

static void the_other_recogniser_works(void **state)
{
    (void)state;
    bf_image *a = portrait(300, 0), *b = portrait(260, 0);
    bf_template *ta = template_of(a, "dlib_resnet", BF_PAD_OFF);
    bf_template *tb = template_of(b, "dlib_resnet", BF_PAD_OFF);
    bf_template *other = template_of(a, NULL, BF_PAD_OFF), *none = NULL;
    float score = 0.0f;
    assert_int_equal(bf_compare(session, ta, tb, &score), BF_OK);
    assert_true(score > 40.0f);
    assert_int_equal(bf_compare(session, ta, other, &score), BF_EMODALITY);
    assert_string_equal(bf_face_template_model(ta), "dlib_resnet");
    bf_extract_opts o;
    bf_extract_opts_init(&o);
    o.modality = BF_FACE;
    o.recogniser = "facemesh";
    assert_int_equal(bf_template_extract_with(session, a, &o, &none), BF_EMODEL);
    bf_template_free(ta);
    bf_template_free(tb);
    bf_template_free(other);
    bf_image_free(a);
    bf_image_free(b);
}

static void a_reduced_jpeg_is_enough(void **state)
{
    (void)state;
    char path[MODELS_PATH_MAX];
    bf_image_opts opts;
    bf_image *half = NULL;
    bf_image_opts_init(&opts);
    opts.useful_side_px = bf_image_width(photo) / 2;
    models_path("photos/sample1.jpg", path);
    assert_int_equal(bf_image_load(session, path, &opts, &half), BF_OK);
    assert_int_equal(bf_image_width(half), (bf_image_width(photo) + 1) / 2);
    bf_template *a = template_of(photo, NULL, BF_PAD_OFF), *b = template_of(half, NULL, BF_PAD_OFF);
    float score = 0.0f;
    assert_int_equal(bf_compare(session, a, b, &score), BF_OK);
    assert_true(score > 50.0f);
    bf_template_free(a);
    bf_template_free(b);
    bf_image_free(half);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_turn_is_the_same_person),
        cmocka_unit_test(small_is_the_same_person),
        cmocka_unit_test(a_view_tells_what_was_found),
        cmocka_unit_test(forty_faces_are_found),
        cmocka_unit_test(a_panorama_gives_its_face),
        cmocka_unit_test(pictures_of_nothing_have_no_face),
        cmocka_unit_test(tiny_pictures_do_no_harm),
        cmocka_unit_test(policies_differ),
        cmocka_unit_test(the_other_recogniser_works),
        cmocka_unit_test(a_reduced_jpeg_is_enough),
    };
    char path[MODELS_PATH_MAX];
    if (!models_path("photos/sample1.jpg", path)) return models_run("photos/sample1.jpg", tests);
    return cmocka_run_group_tests(tests, open_all, close_all);
}
