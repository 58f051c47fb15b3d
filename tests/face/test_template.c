/* SPDX-License-Identifier: Apache-2.0 */
/* Face templates: bytes, damage, comparison, calibration. No model is needed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/session.h"
#include "face/compare.h"
#include "face/encode.h"
#include "nn/pins.h"
#include "template/template.h"

#define DIMENSION 192u

static bf_engine *engine;
static bf_session *session;

static int open_all(void **state)
{
    (void)state;
    return bf_engine_open(NULL, &engine) || bf_session_open(engine, &session);
}

static int close_all(void **state)
{
    (void)state;
    bf_session_free(session);
    bf_engine_free(engine);
    return 0;
}

static void model_id(const char *name, uint8_t out[BF_FACE_MODEL_ID_BYTES])
{
    const char *hex = bf_nn_pin_find(name)->sha256;
    for (int i = 0; i < BF_FACE_MODEL_ID_BYTES; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], 0};
        out[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
}

/* A vector of its own for each seed, as long as any other. */
static bf_bytes make(const char *model, uint32_t seed, float towards_first)
{
    static float value[DIMENSION];
    bf_embedding e = {.dimension = DIMENSION, .value = value};
    bf_bytes out = {0};
    model_id(model, e.model);
    uint32_t state[2] = {seed * 2654435761u + 1u, 12345u};
    for (uint32_t i = 0; i < DIMENSION; i++) {
        float v[2];
        for (int k = 0; k < 2; k++) {
            state[k] = state[k] * 1664525u + 1013904223u;
            v[k] = (float)(state[k] >> 8) / 8388608.0f - 1.0f;
        }
        value[i] = (1.0f - towards_first) * v[0] + towards_first * v[1];
    }
    assert_int_equal(bf_face_encode(bf_session__enter(session), &e, 70,
                                    BF_FACE_QUALITY_TURNED, &out),
                     BF_OK);
    return out;
}

static bf_template *parse(bf_bytes b)
{
    bf_template *t = NULL;
    assert_int_equal(bf_template_parse(session, b.data, b.len, &t), BF_OK);
    bf_ctx_release(&session->ctx, b.data);
    return t;
}

static void bytes_are_as_documented(void **state)
{
    (void)state;
    bf_bytes b = make("mobilefacenet", 1, 0.0f);
    assert_int_equal(b.len, 10 + 15 + DIMENSION);
    assert_true(b.len <= DIMENSION + 64);
    assert_memory_equal(b.data, "BF\x03\x01\x00\x46\x00\x40", 8);
    assert_int_equal(b.data[18], BF_FACE_RECIPE);
    assert_int_equal(b.data[19] << 8 | b.data[20], DIMENSION);
    int most = 0;
    for (size_t i = 25; i < b.len; i++) {
        int v = abs((int8_t)b.data[i]);
        most = v > most ? v : most;
    }
    assert_int_equal(most, 127);
    bf_template *t = parse(b);
    assert_int_equal(bf_template_quality(t), 70);
    assert_int_equal(bf_template_quality_reasons(t), BF_FACE_QUALITY_TURNED);
    assert_string_equal(bf_face_template_model(t), "mobilefacenet");
    bf_template_free(t);
}

static void seal_again(bf_bytes b)
{
    bf_template_info info = {b.data[2], b.data[3], b.data[4], b.data[5],
                             (uint16_t)(b.data[6] << 8 | b.data[7])};
    bf_template_seal_header(b.data, b.len, &info);
}

static void damage_is_refused(void **state)
{
    (void)state;
    const struct {
        size_t at;
        uint8_t value;
        bf_status wanted;
    } cases[] = {
        {2, 1, BF_EFORMAT},     {3, 2, BF_EVERSION},  {3, 0, BF_EFORMAT},
        {4, 1, BF_EFORMAT},     {18, 2, BF_EVERSION}, {20, 193, BF_EFORMAT},
        {20, 3, BF_EFORMAT},    {21, 0x7f, BF_EFORMAT}, {21, 0x80, BF_EFORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bf_bytes b = make("mobilefacenet", 1, 0.0f);
        bf_template *t = NULL;
        b.data[cases[i].at] = cases[i].value;
        if (cases[i].value == 0x7f) b.data[22] = 0xff;
        seal_again(b);
        assert_int_equal(bf_template_parse(session, b.data, b.len, &t), cases[i].wanted);
        assert_null(t);
        bf_ctx_release(&session->ctx, b.data);
    }
    bf_bytes b = make("mobilefacenet", 1, 0.0f);
    for (size_t len = 0; len < b.len; len++) {
        bf_template *t = NULL;
        assert_true(bf_template_parse(session, b.data, len, &t) < 0);
    }
    /* Values that do not reach full scale were not written by us. */
    for (size_t i = 25; i < b.len; i++) b.data[i] = (uint8_t)((int8_t)b.data[i] / 2);
    seal_again(b);
    bf_template *t = NULL;
    assert_int_equal(bf_template_parse(session, b.data, b.len, &t), BF_EFORMAT);
    bf_ctx_release(&session->ctx, b.data);
}

static void scores_are_symmetric_and_ordered(void **state)
{
    (void)state;
    bf_template *first = parse(make("mobilefacenet", 1, 1.0f));
    float last = -1.0f, self, ab, ba;
    assert_int_equal(bf_compare(session, first, first, &self), BF_OK);
    for (int step = 0; step <= 10; step++) {
        bf_template *t = parse(make("mobilefacenet", 7, (float)step / 10.0f));
        assert_int_equal(bf_compare(session, first, t, &ab), BF_OK);
        assert_int_equal(bf_compare(session, t, first, &ba), BF_OK);
        assert_true(ab == ba);
        assert_true(ab >= last - 0.5f && ab <= self);
        last = ab;
        bf_template_free(t);
    }
    assert_true(last == self && self > 60.0f);
    bf_template_free(first);
}

static void strangers_score_as_calibrated(void **state)
{
    (void)state;
    bf_template *t[40];
    int above = 0;
    for (uint32_t i = 0; i < 40; i++) t[i] = parse(make("mobilefacenet", i + 100, 0.0f));
    for (uint32_t i = 0; i < 40; i++) {
        for (uint32_t j = 0; j < i; j++) {
            float score;
            assert_int_equal(bf_compare(session, t[i], t[j], &score), BF_OK);
            above += score > 20.0f;
        }
    }
    assert_true(above == 0); /* of random directions none is as near as 1 in 100 faces */
    for (uint32_t i = 0; i < 40; i++) bf_template_free(t[i]);
}

static void models_are_not_mixed(void **state)
{
    (void)state;
    bf_template *a = parse(make("mobilefacenet", 1, 0.0f));
    bf_template *b = parse(make("dlib_resnet", 1, 0.0f));
    float score = -5.0f;
    assert_int_equal(bf_compare(session, a, b, &score), BF_EMODALITY);
    assert_true(score == -5.0f);
    assert_non_null(strstr(bf_session_error(session), "different models"));
    assert_true(bf_face_compare(&session->ctx, a->prepared, b->prepared, -INFINITY, NULL) == 0.0f);
    bf_template_free(a);
    bf_template_free(b);
}

static void unknown_models_keep_their_id(void **state)
{
    (void)state;
    bf_bytes b = make("mobilefacenet", 1, 0.0f);
    memcpy(b.data + 10, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
    seal_again(b);
    bf_template *t = parse(b);
    float score;
    assert_string_equal(bf_face_template_model(t), "0123456789abcdef");
    assert_int_equal(bf_compare(session, t, t, &score), BF_OK);
    assert_true(score == 100.0f); /* 100 times the cosine */
    bf_template_free(t);
}

static void without_models_the_message_helps(void **state)
{
    (void)state;
    static uint8_t px[100 * 100 * 3];
    bf_image *image;
    bf_template *t = NULL;
    assert_int_equal(bf_image_create(session, px, 100, 100, 300, 3, 500, &image), BF_OK);
    assert_int_equal(bf_template_extract(session, image, BF_FACE, 0, &t), BF_EMODEL);
    assert_non_null(strstr(bf_session_error(session), "make models"));
    bf_face_pad_result pad = {.struct_size = sizeof pad};
    assert_int_equal(bf_face_pad(session, image, &pad), BF_EMODEL);
    uint32_t count = 7;
    assert_int_equal(bf_face_find(session, image, NULL, 0, &count), BF_EMODEL);
    assert_int_equal(count, 7);
    assert_int_equal(bf_template_extract(session, image, BF_FACE, 1, &t), BF_EINVAL);
    bf_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_as_documented),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(scores_are_symmetric_and_ordered),
        cmocka_unit_test(strangers_score_as_calibrated),
        cmocka_unit_test(models_are_not_mixed),
        cmocka_unit_test(unknown_models_keep_their_id),
        cmocka_unit_test(without_models_the_message_helps),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
