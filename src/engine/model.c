/* SPDX-License-Identifier: Apache-2.0 */
/* Public face of the model registry: model.h over nn/registry.h. */
#include "bonafide/model.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/session.h"
#include "nn/pins.h"
#include "nn/registry.h"

#define RUNS 5

void bf_model_info_init(bf_model_info *info)
{
    memset(info, 0, sizeof *info);
    info->struct_size = sizeof *info;
}

static int good_info(const bf_model_info *info)
{
    return info && info->struct_size == sizeof *info;
}

static void describe_card(const bf_nn_card *card, bf_model_info *out)
{
    out->kind =
        card->kind == BF_NN_KIND_FACE_RECOGNISER ? BF_MODEL_FACE_RECOGNISER : BF_MODEL_OTHER;
    memcpy(out->sha256, card->sha256, sizeof card->sha256);
    memcpy(out->licence, card->licence, sizeof out->licence);
    memcpy(out->origin, card->origin, sizeof out->origin);
    out->calibration_points = card->points;
    out->dimension = card->dimension;
}

/* All but run_ms. *card is filled for registered models. */
static bf_status describe(bf_ctx *c, const char *name, bf_nn_card *card, bf_model_info *out)
{
    const bf_nn_pin *pin = bf_nn_pin_find(name);
    char path[4096];
    struct stat st;
    snprintf(out->name, sizeof out->name, "%s", name);
    if (pin) {
        out->kind = BF_MODEL_BUILT_IN;
        memcpy(out->sha256, pin->sha256, strlen(pin->sha256) + 1);
    } else {
        BF_TRY(bf_nn__card(c, name, card));
        describe_card(card, out);
    }
    const char *folder = bf_nn__folder(c->nn);
    int n = folder ? snprintf(path, sizeof path, "%s/%s.onnx", folder, name) : 0;
    if (n > 0 && n < (int)sizeof path && !stat(path, &st)) out->bytes = (uint64_t)st.st_size;
    return BF_OK;
}

bf_status bf_model_count(bf_session *s, uint32_t *out)
{
    char(*names)[BF_NN_NAME_MAX];
    if (!s || !out) return BF_EINVAL;
    return bf_nn__names(bf_session__enter(s), &names, out);
}

bf_status bf_model_get(bf_session *s, uint32_t i, bf_model_info *out)
{
    char(*names)[BF_NN_NAME_MAX];
    uint32_t count;
    if (!s || !good_info(out)) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_nn_card *card = bf_ctx_scratch(c, 1, sizeof *card);
    if (!card) BF_FAIL_NOMEM(c);
    BF_TRY(bf_nn__names(c, &names, &count));
    if (i >= count) BF_FAIL(c, BF_ENOENT, "there are %u models", count);
    bf_model_info_init(out);
    return describe(c, names[i], card, out);
}

static bf_status check(bf_ctx *c, const char *name, bf_nn_card *card, bf_model_info *out)
{
    const bf_nn_model *m = NULL;
    BF_TRY(describe(c, name, card, out));
    BF_TRY(bf_nn__model(c, name, &m));
    for (int i = 0; i < RUNS; i++) {
        bf_arena_mark mark = bf_arena_save(&c->arena);
        float ms = 0.0f;
        BF_TRY(bf_nn__try(c, m, out->kind == BF_MODEL_FACE_RECOGNISER ? card : NULL, &ms));
        bf_arena_restore(&c->arena, mark);
        if (!i || ms < out->run_ms) out->run_ms = ms;
    }
    return BF_OK;
}

bf_status bf_model_check(bf_session *s, const char *name, bf_model_info *out)
{
    if (!s || !name || !good_info(out)) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_nn_card *card = bf_ctx_scratch(c, 1, sizeof *card);
    if (!card) BF_FAIL_NOMEM(c);
    bf_model_info info;
    bf_model_info_init(&info);
    BF_TRY(check(c, name, card, &info));
    *out = info;
    return BF_OK;
}

bf_status bf_model_add(bf_session *s, const char *onnx, const char *card_path, bf_model_info *out)
{
    if (!s || !onnx || !card_path || (out && !good_info(out))) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_nn_card *card = bf_ctx_scratch(c, 1, sizeof *card);
    if (!card) BF_FAIL_NOMEM(c);
    BF_TRY(bf_nn__add(c, onnx, card_path, card));
    if (!out) return BF_OK;
    bf_model_info_init(out);
    return describe(c, card->name, card, out);
}

/* Ascending, finite, within what a card holds. */
static int good_points(const float *raw, const float *score, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!(raw[i] >= -1e6f && raw[i] <= 1e6f && score[i] >= 0.0f && score[i] <= 1000.0f))
            return 0;
        if (i && !(raw[i] > raw[i - 1] && score[i] >= score[i - 1])) return 0;
    }
    return n != 1 && n <= BF_NN_CARD_POINTS_MAX;
}

bf_status bf_model_calibrate(bf_session *s, const char *name, const float *raw, const float *score,
                             uint32_t n, float extrapolated_from)
{
    if (!s || !name || (n && (!raw || !score))) return BF_EINVAL;
    if (!good_points(raw, score, n) ||
        !(extrapolated_from >= 0.0f && extrapolated_from <= 1000.0f)) {
        return BF_EINVAL;
    }
    bf_ctx *c = bf_session__enter(s);
    bf_nn_card *card = bf_ctx_scratch(c, 1, sizeof *card);
    if (!card) BF_FAIL_NOMEM(c);
    if (bf_nn_pin_find(name)) BF_FAIL(c, BF_EMODEL, "%s: is built in and calibrated", name);
    BF_TRY(bf_nn__card(c, name, card));
    if (card->kind != BF_NN_KIND_FACE_RECOGNISER) {
        BF_FAIL(c, BF_EMODEL, "%s: is no recogniser", name);
    }
    if (!n && !card->points) return BF_OK;
    for (uint32_t i = 0; i < n; i++) {
        card->calibration[i][0] = raw[i];
        card->calibration[i][1] = score[i];
    }
    card->points = n;
    card->extrapolated_from = extrapolated_from;
    return bf_nn__put_card(c, card);
}

bf_status bf_model_remove(bf_session *s, const char *name)
{
    if (!s || !name) return BF_EINVAL;
    return bf_nn__remove(bf_session__enter(s), name);
}
