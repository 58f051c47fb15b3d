/* SPDX-License-Identifier: Apache-2.0 */
/* Registering an operator's recogniser through the public API: model.h. */
#include <math.h>

#include "nn/rig.h"

#include "bonafide/model.h"

static const onnx_spec recogniser = {
    .rank = 4, .dim = {-1, 3, 16, 16}, .element = 1, .outputs = 1, .flatten = 1};

static const char card[] = "# a card\n"
                           "name = \"mine\"\n"
                           "kind = \"face-recogniser\"\n"
                           "licence = \"CC0\"\n"
                           "origin = \"made by a \\\"test\\\"\"\n"
                           "width_px = 16\n"
                           "height_px = 16\n"
                           "mean = [127.5, 127.5, 127.5]\n"
                           "scale = [0.0078125, 0.0078125, 0.0078125]\n"
                           "order = \"bgr\"\n"
                           "layout = \"nchw\"\n"
                           "dimension = 768\n"
                           "normalised = false\n"
                           "calibration = [[0.1, 0.0], [0.5, 30.25]]\n"
                           "extrapolated_from = 30.0\n";

/* Write network and card outside the names the folder knows, and add them. */
static bf_status add(rig *r, const onnx_spec *spec, const char *text, bf_model_info *out)
{
    char network[160], path[160];
    onnx o = onnx_make(spec);
    rig_write(r, "given.network", o.data, o.len);
    rig_write(r, "given.card", text, strlen(text));
    rig_path(r, "given.network", network);
    rig_path(r, "given.card", path);
    return bf_model_add(r->session, network, path, out);
}

/* The card with one part of it replaced. */
static const char *changed(const char *from, const char *to)
{
    static char text[2048];
    const char *at = strstr(card, from);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - card), card, to, at + strlen(from));
    return text;
}

static uint32_t built_in(void)
{
    uint32_t n = 0;
    while (bf_nn_pins[n].name) n++;
    return n;
}

static void adds_and_removes(void **state)
{
    rig *r = *state;
    bf_model_info info, listed, checked;
    bf_model_info_init(&info);
    bf_model_info_init(&listed);
    bf_model_info_init(&checked);
    assert_int_equal(add(r, &recogniser, card, &info), BF_OK);
    assert_string_equal(info.name, "mine");
    assert_int_equal(info.kind, BF_MODEL_FACE_RECOGNISER);
    assert_string_equal(info.licence, "CC0");
    assert_string_equal(info.origin, "made by a \"test\"");
    assert_int_equal(info.dimension, 768);
    assert_int_equal(info.calibration_points, 2);
    assert_true(info.bytes == onnx_make(&recogniser).len);
    assert_int_equal(strlen(info.sha256), 64);

    uint32_t n = 0;
    assert_int_equal(bf_model_count(r->session, &n), BF_OK);
    assert_int_equal(n, built_in() + 1);
    assert_int_equal(bf_model_get(r->session, n - 1, &listed), BF_OK);
    assert_memory_equal(&listed, &info, sizeof info);
    assert_int_equal(bf_model_get(r->session, n, &listed), BF_ENOENT);
    assert_int_equal(bf_model_check(r->session, "mine", &checked), BF_OK);
    assert_true(checked.run_ms > 0.0f && checked.run_ms < 1000.0f);

    bf_nn_card kept;
    bf_ctx *c = bf_session__enter(r->session);
    assert_int_equal(bf_nn__card(c, "mine", &kept), BF_OK);
    assert_true(kept.input.order == BF_NN_BGR && kept.input.layout == BF_NN_NCHW);
    assert_true(kept.input.mean[2] == 127.5f && kept.input.scale[0] == 0.0078125f);
    assert_true(kept.calibration[1][1] == 30.25f && kept.extrapolated_from == 30.0f);

    assert_int_equal(add(r, &recogniser, card, NULL), BF_EEXIST);
    rig_says(r, "mine: is registered already");
    assert_int_equal(bf_model_remove(r->session, "mine"), BF_OK);
    assert_int_equal(bf_model_remove(r->session, "mine"), BF_EMODEL);
    rig_says(r, "mine: no such model");
    assert_int_equal(bf_model_count(r->session, &n), BF_OK);
    assert_int_equal(n, built_in());
    assert_int_equal(add(r, &recogniser, card, NULL), BF_OK);
}

static void refuses(void **state)
{
    rig *r = *state;
    static const struct {
        const char *from, *to;
        bf_status want;
        const char *says;
    } cases[] = {
        {"\"mine\"", "\"facemesh\"", BF_EEXIST, "is the name of a built-in model"},
        {"\"mine\"", "\"../mine\"", BF_EFORMAT, "name is not of [a-z0-9_-]"},
        {"width_px = 16", "width_px = 32", BF_EMODEL, "not 1 x 3 x 16 x 32 as the card says"},
        {"\"nchw\"", "\"nhwc\"", BF_EMODEL, "not 1 x 16 x 16 x 3 as the card says"},
        {"768", "512", BF_EMODEL, "gives 768 numbers, the card says 512"},
        {"\nmean",
         "\nsha256 = \"0000000000000000000000000000000000000000000000000000000000000000\""
         "\nmean",
         BF_EMODEL, "the card says 0000000000000000"},
        {"[0.5, 30.25]", "[0.1, 30]", BF_EFORMAT, "calibration does not ascend"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(add(r, &recogniser, changed(cases[i].from, cases[i].to), NULL),
                         cases[i].want);
        rig_says(r, cases[i].says);
    }
    /* 0.5 - 0.5 is 0, 0 / 0 is not a number. */
    const onnx_spec divides = {
        .op = "Sub", .rank = 4, .dim = {1, 3, 16, 16}, .element = 1, .outputs = 1};
    assert_int_equal(add(r, &divides, card, NULL), BF_OK);
    assert_int_equal(bf_model_remove(r->session, "mine"), BF_OK);
    assert_int_equal(bf_model_remove(r->session, "facemesh"), BF_EMODEL);
    rig_says(r, "facemesh: is built in");
    assert_int_equal(bf_model_remove(r->session, "../x"), BF_EMODEL);
    uint32_t n = 0;
    assert_int_equal(bf_model_count(r->session, &n), BF_OK);
    assert_int_equal(n, built_in());
}

static void calibrates(void **state)
{
    rig *r = *state;
    const float raw[3] = {-0.1f, 0.25f, 0.9f}, score[3] = {0.0f, 30.0f, 80.5f};
    const float falling[3] = {0.0f, 30.0f, 20.0f}, same_raw[3] = {0.1f, 0.1f, 0.2f};
    bf_nn_card got;
    assert_int_equal(add(r, &recogniser, card, NULL), BF_OK);
    assert_int_equal(bf_model_calibrate(r->session, "mine", raw, score, 3, 31.5f), BF_OK);
    assert_int_equal(bf_nn__card(bf_session__enter(r->session), "mine", &got), BF_OK);
    assert_int_equal(got.points, 3);
    for (int i = 0; i < 3; i++) {
        assert_true(fabsf(got.calibration[i][0] - raw[i]) < 1e-6f);
        assert_true(fabsf(got.calibration[i][1] - score[i]) < 1e-6f);
    }
    assert_true(got.extrapolated_from == 31.5f);
    assert_int_equal(bf_model_calibrate(r->session, "mine", raw, falling, 3, 1.0f), BF_EINVAL);
    assert_int_equal(bf_model_calibrate(r->session, "mine", same_raw, score, 3, 1.0f), BF_EINVAL);
    assert_int_equal(bf_model_calibrate(r->session, "mine", raw, score, 1, 1.0f), BF_EINVAL);
    assert_int_equal(bf_model_calibrate(r->session, "mine", raw, score, 3, NAN), BF_EINVAL);
    assert_int_equal(bf_model_calibrate(r->session, "mine", NULL, NULL, 3, 1.0f), BF_EINVAL);
    assert_int_equal(bf_model_calibrate(r->session, "mine", NULL, NULL, 0, 0.0f), BF_OK);
    assert_int_equal(bf_nn__card(bf_session__enter(r->session), "mine", &got), BF_OK);
    assert_int_equal(got.points, 0);
    assert_int_equal(bf_model_calibrate(r->session, "facemesh", raw, score, 3, 1.0f), BF_EMODEL);
    rig_says(r, "facemesh: is built in and calibrated");
    assert_int_equal(bf_model_calibrate(r->session, "none", raw, score, 3, 1.0f), BF_EMODEL);
    onnx_spec other = {.op = "Add", .rank = 1, .dim = {3}, .element = 1, .outputs = 1};
    rig_install(r, "other", &other);
    assert_int_equal(bf_model_calibrate(r->session, "other", raw, score, 3, 1.0f), BF_EMODEL);
    rig_says(r, "other: is no recogniser");
}

int main(void)
{
    const struct CMUnitTest tests[] = {RIG_TEST(adds_and_removes), RIG_TEST(refuses),
                                       RIG_TEST(calibrates)};
    return models_run(ORT_LIBRARY_NAME, tests);
}
