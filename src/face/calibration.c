/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cosine of two embeddings to score. The tables of our recognisers are made by tools/fit-face, see
 * docs/SCORES.md; an operator's model brings its own in its card. A model without one gets
 * 100 times the cosine, so that it can be measured and calibrated at all.
 */
#include "face/calibration.h"

#include <stdio.h>
#include <string.h>

#include "face/tables.h"
#include "nn/pins.h"
#include "nn/registry.h"

static const float identity[][2] = {{0.0f, 0.0f}, {BF_SCORE_MAX, BF_SCORE_MAX}};
const bf_calibration bf_face_calibration = {identity, 2, BF_FACE_EXTRAPOLATED_FROM};

static const float plain[][2] = {{0.0f, 0.0f}, {1.0f, 100.0f}};

/* Does the hexadecimal SHA-256 begin with the id? */
static int is_model(const char *sha256, const uint8_t *id)
{
    char hex[2 * BF_FACE_MODEL_ID_BYTES + 1];
    for (int i = 0; i < BF_FACE_MODEL_ID_BYTES; i++) snprintf(hex + 2 * i, 3, "%02x", id[i]);
    return !strncmp(sha256, hex, sizeof hex - 1);
}

/* Among the models an operator registered. A damaged card is passed over: another may fit. */
static void find_card(bf_ctx *c, bf_face_prepared *f)
{
    char(*names)[BF_NN_NAME_MAX];
    uint32_t count;
    bf_nn_card *card = bf_ctx_scratch(c, 1, sizeof *card);
    if (!card || bf_nn__names(c, &names, &count)) return;
    for (uint32_t i = 0; i < count; i++) {
        if (bf_nn_pin_find(names[i]) || bf_nn__card(c, names[i], card)) continue;
        if (!is_model(card->sha256, f->model)) continue;
        memcpy(f->name, card->name, sizeof f->name);
        if (card->points < 2) return;
        memcpy(f->points, card->calibration, sizeof f->points);
        f->cal = (bf_calibration){NULL, card->points, card->extrapolated_from};
        return;
    }
}

bf_status bf_face_calibrate(bf_ctx *c, bf_face_prepared *f)
{
    for (size_t i = 0; i < sizeof bf_face_tables / sizeof bf_face_tables[0]; i++) {
        const bf_nn_pin *pin = bf_nn_pin_find(bf_face_tables[i].name);
        if (!pin || !is_model(pin->sha256, f->model)) continue;
        snprintf(f->name, sizeof f->name, "%s", pin->name);
        f->cal = bf_face_tables[i].cal;
        return BF_OK;
    }
    for (int i = 0; i < BF_FACE_MODEL_ID_BYTES; i++) {
        snprintf(f->name + 2 * i, 3, "%02x", f->model[i]);
    }
    f->cal = (bf_calibration){plain, 2, 0.0f};
    find_card(c, f);
    c->error[0] = 0;
    return BF_OK;
}
