/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Embedding to template bytes and back. After the common header (template/template.h), big-endian:
 *
 *   0  8  model: first bytes of the SHA-256 of its ONNX file
 *   8  1  recipe: how the crop was aligned and the embeddings joined
 *   9  2  dimension n, 16..4096
 *  11  4  scale, IEEE 754: embedding = scale * value
 *  15  n  values, two's complement, -127..127; the largest in magnitude is 127
 */
#include "face/encode.h"

#include <math.h>
#include <string.h>

#include "face/calibration.h"
#include "template/template.h"

#define FIXED_BYTES 15u
#define VALUE_MAX 127

static void put_float(uint8_t *out, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    for (int i = 0; i < 4; i++) out[i] = (uint8_t)(bits >> (24 - 8 * i));
}

static float get_float(const uint8_t *in)
{
    uint32_t bits = (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

bf_status bf_face_encode(bf_ctx *c, const bf_embedding *e, uint32_t quality, uint32_t reasons,
                         bf_bytes *out)
{
    float most = 0.0f;
    for (uint32_t i = 0; i < e->dimension; i++) most = fmaxf(most, fabsf(e->value[i]));
    if (!(most > 0.0f)) BF_FAIL(c, BF_EMODEL, "an embedding of zeros");
    size_t len = BF_TEMPLATE_HEADER_BYTES + FIXED_BYTES + e->dimension;
    uint8_t *data = bf_ctx_alloc(c, len, 1);
    if (!data) BF_FAIL_NOMEM(c);
    uint8_t *p = data + BF_TEMPLATE_HEADER_BYTES;
    float scale = most / (float)VALUE_MAX;
    memcpy(p, e->model, BF_FACE_MODEL_ID_BYTES);
    p[8] = BF_FACE_RECIPE;
    p[9] = (uint8_t)(e->dimension >> 8);
    p[10] = (uint8_t)e->dimension;
    put_float(p + 11, scale);
    for (uint32_t i = 0; i < e->dimension; i++) {
        float v = floorf(e->value[i] / most * (float)VALUE_MAX + 0.5f);
        p[FIXED_BYTES + i] = (uint8_t)(int8_t)v;
    }
    bf_template_info info = {BF_FACE, BF_FACE_VERSION, 0, (uint8_t)quality, (uint16_t)reasons};
    bf_template_seal_header(data, len, &info);
    *out = (bf_bytes){data, len};
    return BF_OK;
}

static bf_status damaged(bf_ctx *c, const char *what)
{
    return bf_ctx_fail(c, BF_EFORMAT, "damaged face template: %s", what);
}

static bf_status check_header(bf_ctx *c, const uint8_t *data, size_t len)
{
    bf_template_info info;
    BF_TRY(bf_template_read_header(c, data, len, &info));
    if (info.modality != BF_FACE) BF_FAIL(c, BF_EMODALITY, "not a face template");
    if (info.version > BF_FACE_VERSION) {
        BF_FAIL(c, BF_EVERSION, "face template of version %u: this program reads up to %u",
                info.version, BF_FACE_VERSION);
    }
    if (info.version < 1) return damaged(c, "version 0");
    if (info.position) return damaged(c, "a position");
    if (len < BF_TEMPLATE_HEADER_BYTES + FIXED_BYTES) return damaged(c, "too short");
    return BF_OK;
}

bf_status bf_face_prepare(bf_ctx *c, const uint8_t *data, size_t len, void **out, size_t *out_len)
{
    BF_TRY(check_header(c, data, len));
    const uint8_t *p = data + BF_TEMPLATE_HEADER_BYTES;
    uint32_t n = (uint32_t)p[9] << 8 | p[10];
    float scale = get_float(p + 11);
    if (n < BF_FACE_DIMENSION_MIN || n > BF_FACE_DIMENSION_MAX) return damaged(c, "dimension");
    if (len != BF_TEMPLATE_HEADER_BYTES + FIXED_BYTES + n) return damaged(c, "wrong length");
    if (!isfinite(scale) || scale <= 0.0f) return damaged(c, "scale");
    if (p[8] != BF_FACE_RECIPE) {
        BF_FAIL(c, BF_EVERSION, "face template of recipe %u: this program knows %u", p[8],
                BF_FACE_RECIPE);
    }
    size_t size = sizeof(bf_face_prepared) + n;
    bf_face_prepared *f = bf_ctx_alloc(c, size, 1);
    if (!f) BF_FAIL_NOMEM(c);
    memcpy(f->model, p, sizeof f->model);
    memcpy(f->value, p + FIXED_BYTES, n);
    f->recipe = p[8];
    f->dimension = n;
    f->scale = scale;
    int32_t most = 0;
    for (uint32_t i = 0; i < n; i++) {
        int32_t v = f->value[i];
        f->norm2 += v * v;
        if (v > most) most = v;
        if (-v > most) most = -v;
    }
    bf_status st = most == VALUE_MAX ? bf_face_calibrate(c, f) : damaged(c, "values");
    if (st) {
        bf_wipe(f, size);
        bf_ctx_release(c, f);
        return st;
    }
    *out = f;
    *out_len = size;
    return BF_OK;
}
