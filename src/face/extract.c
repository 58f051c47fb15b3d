/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the points of a face to an embedding: align, recognise, and recognise the mirrored crop too.
 * The sum of both has less of the accident of light and turn in it, and a face is nearly symmetric.
 * The first crop is a little wider, the mirrored one a little lower: accidents of the crop average
 * out as well, at no cost (what each gains: README.md). Recognisers differ in what crop they were
 * trained on: the table says.
 */
#include <math.h>
#include <string.h>

#include "face/face.h"
#include "face/params.h"
#include "face/recogniser.h"

/* Corners of the eyes and the foot of the nose in dlib's chip of 150 px with padding 0.25
 * ([King2009], its mean face of five points). */
static const bf_nn_point dlib_reference[5] = {
    {37.06f, 46.37f}, {58.41f, 47.91f}, {89.61f, 47.90f}, {110.96f, 46.35f}, {74.01f, 87.78f}};
static const uint16_t dlib_index[5] = {33, 133, 362, 263, 2};

static const bf_recogniser built_in[] = {
    {.name = BF_FACE_DEFAULT,
     .dimension = 192,
     .chip = BF_FACE_CHIP_ARCFACE,
     .input = {.w = 112, .h = 112, .channels = 3, .layout = BF_NN_NCHW, .order = BF_NN_RGB,
               .border = BF_NN_BORDER_CONSTANT, .antialias = 1, .mean = {127.5f, 127.5f, 127.5f},
               .scale = {1 / 128.0f, 1 / 128.0f, 1 / 128.0f}}},
    {.name = "dlib_resnet",
     .dimension = 128,
     .chip = BF_FACE_CHIP_DLIB,
     .input = {.w = 150, .h = 150, .channels = 3, .layout = BF_NN_NCHW, .order = BF_NN_RGB,
               .border = BF_NN_BORDER_CONSTANT, .antialias = 1,
               .mean = {122.782f, 117.001f, 104.298f},
               .scale = {1 / 255.0f, 1 / 255.0f, 1 / 255.0f}}},
};

bf_status bf_face_recogniser(bf_ctx *c, const char *name, bf_recogniser *out)
{
    if (!name) name = BF_FACE_DEFAULT;
    for (size_t i = 0; i < sizeof built_in / sizeof built_in[0]; i++) {
        if (strcmp(built_in[i].name, name) != 0) continue;
        *out = built_in[i];
        return BF_OK;
    }
    bf_nn_card *card = bf_ctx_scratch(c, 1, sizeof *card);
    if (!card) BF_FAIL_NOMEM(c);
    BF_TRY(bf_nn__card(c, name, card));
    if (card->kind != BF_NN_KIND_FACE_RECOGNISER) {
        BF_FAIL(c, BF_EMODEL, "model %s: not a face recogniser", card->name);
    }
    *out = (bf_recogniser){.dimension = card->dimension, .input = card->input};
    memcpy(out->name, card->name, sizeof out->name);
    return BF_OK;
}

/* From the recogniser's crop to the image; `mirrored`: that of the crop to be mirrored.
 * @return -1: no area */
static int chip_affine(const bf_recogniser *r, const bf_aligned *a, int mirrored,
                       bf_nn_affine *out)
{
    const float middle = 0.5f * (float)BF_FACE_CROP_PX;
    float scale = mirrored ? 1.0f : PARAM_CROP_SCALE, lower = mirrored ? PARAM_CROP_LOWER : 0.0f;
    bf_nn_point from[BF_FACE_POINTS], to[BF_FACE_POINTS];
    for (uint32_t i = 0; i < BF_FACE_POINTS; i++) {
        if (r->chip == BF_FACE_CHIP_DLIB) {
            from[i] = a->mesh[dlib_index[i]];
            to[i] = dlib_reference[i];
            continue;
        }
        /* Pixel centres: a crop of another size covers the same part of the face. */
        float sx = (float)r->input.w / BF_FACE_CROP_PX, sy = (float)r->input.h / BF_FACE_CROP_PX;
        from[i] = a->point[i];
        float x = middle + scale * (bf_face_reference[i].x - middle);
        float y = middle + scale * (bf_face_reference[i].y - middle) + lower;
        to[i] = (bf_nn_point){(x + 0.5f) * sx - 0.5f, (y + 0.5f) * sy - 0.5f};
    }
    return bf_nn_affine_similarity(from, to, BF_FACE_POINTS, out);
}

/* The same tensor with left and right exchanged. */
static void mirror(const bf_nn_input *in, const float *x, float *out)
{
    int32_t n = in->layout == BF_NN_NHWC ? in->channels : 1;
    int32_t rows = in->layout == BF_NN_NHWC ? in->h : in->h * in->channels;
    for (int32_t y = 0; y < rows; y++) {
        for (int32_t u = 0; u < in->w; u++) {
            for (int32_t k = 0; k < n; k++) {
                out[(y * in->w + u) * n + k] = x[(y * in->w + in->w - 1 - u) * n + k];
            }
        }
    }
}

/* @return 0, BF_EMODEL (nothing that has a direction) */
static bf_status length_of(bf_ctx *c, const bf_recogniser *r, const float *v, float *out)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < r->dimension; i++) sum += (double)v[i] * v[i];
    if (!(sum > 1e-12 && sum < 1e12)) {
        BF_FAIL(c, BF_EMODEL, "model %s: an embedding without direction", r->name);
    }
    *out = (float)sqrt(sum);
    return BF_OK;
}

/* Cut the crop, run, and add to the sum. */
static bf_status run(bf_ctx *c, const bf_pyramid *p, const bf_aligned *a, const bf_recogniser *r,
                     const bf_nn_model *model, int mirrored, float *sum)
{
    const bf_nn_input *in = &r->input;
    size_t n = (size_t)in->w * (size_t)in->h * 3;
    float *x = bf_ctx_scratch(c, n, sizeof *x), *flipped = bf_ctx_scratch(c, n, sizeof *x);
    bf_nn_affine m;
    bf_nn_output y;
    bf_nn_shape shape = {4, {1, 3, in->h, in->w}};
    if (in->layout == BF_NN_NHWC) shape = (bf_nn_shape){4, {1, in->h, in->w, 3}};
    if (!x || !flipped) BF_FAIL_NOMEM(c);
    if (chip_affine(r, a, mirrored, &m)) BF_FAIL(c, BF_ENONE, "no face found");
    bf_pyramid_tensor(p, &m, in, x);
    if (mirrored) mirror(in, x, flipped);
    BF_TRY(bf_nn__run(c, model, mirrored ? flipped : x, &shape, &y, 1));
    if (y.count != r->dimension) {
        BF_FAIL(c, BF_EMODEL, "model %s: %zu values, not %u", r->name, y.count, r->dimension);
    }
    float f = 1.0f;
    BF_TRY(length_of(c, r, y.data, &f));
    for (uint32_t i = 0; i < r->dimension; i++) sum[i] += y.data[i] / f;
    return BF_OK;
}

bf_status bf_face_embed(bf_ctx *c, const bf_pyramid *p, const bf_aligned *a, const char *name,
                        bf_embedding *out)
{
    bf_recogniser r;
    const bf_nn_model *model;
    float f = 1.0f;
    BF_TRY(bf_face_recogniser(c, name, &r));
    BF_TRY(bf_nn__model(c, r.name, &model));
    out->value = bf_ctx_scratch(c, r.dimension, sizeof *out->value);
    if (!out->value) BF_FAIL_NOMEM(c);
    for (int mirrored = 0; mirrored < 2; mirrored++) {
        BF_TRY(run(c, p, a, &r, model, mirrored, out->value));
    }
    BF_TRY(length_of(c, &r, out->value, &f));
    for (uint32_t i = 0; i < r.dimension; i++) out->value[i] /= f;
    out->dimension = r.dimension;
    memcpy(out->model, bf_nn__sha256(model), sizeof out->model);
    return BF_OK;
}
