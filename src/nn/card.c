/* SPDX-License-Identifier: Apache-2.0 */
/* Model cards: see card.h. One table of keys; each is read by type into its field. */
#include "nn/card.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nn/internal.h"
#include "nn/toml.h"
#include "util/file.h"

/* Keys as bits, to tell which are missing. */
enum {
    KEY_NAME = 1 << 0,
    KEY_KIND = 1 << 1,
    KEY_LICENCE = 1 << 2,
    KEY_ORIGIN = 1 << 3,
    KEY_WIDTH = 1 << 4,
    KEY_HEIGHT = 1 << 5,
    KEY_MEAN = 1 << 6,
    KEY_SCALE = 1 << 7,
    KEY_ORDER = 1 << 8,
    KEY_LAYOUT = 1 << 9,
    KEY_DIMENSION = 1 << 10,
    KEY_NORMALISED = 1 << 11,
    KEY_SHA256 = 1 << 12,
    KEY_CALIBRATION = 1 << 13,
    KEY_EXTRAPOLATED = 1 << 14,
};
#define KEYS_ALWAYS (KEY_NAME | KEY_KIND | KEY_LICENCE | KEY_ORIGIN)
#define KEYS_RECOGNISER                                                                            \
    (KEY_WIDTH | KEY_HEIGHT | KEY_MEAN | KEY_SCALE | KEY_ORDER | KEY_LAYOUT | KEY_DIMENSION |      \
     KEY_NORMALISED)

static const char *const key_names[] = {
    "name",      "kind",       "licence", "origin",      "width_px",
    "height_px", "mean",       "scale",   "order",       "layout",
    "dimension", "normalised", "sha256",  "calibration", "extrapolated_from"};
#define KEYS (sizeof key_names / sizeof key_names[0])

typedef struct card_reader {
    bf_ctx *c;
    const char *file;
    bf_nn_card *card;
} card_reader;

static bf_status refuse(const card_reader *r, const bf_toml_pair *p, const char *what)
{
    return bf_ctx_fail(r->c, BF_EFORMAT, "%.*s:%u: %s %s", BF_NAME_MAX, r->file, p->line, p->key,
                       what);
}

static bf_status read_text(const card_reader *r, const bf_toml_pair *p, char *out, size_t cap)
{
    if (p->type != BF_TOML_STRING) return refuse(r, p, "is not a string");
    size_t n = strlen(p->text);
    if (!n || n >= cap) return refuse(r, p, "is empty or too long");
    if (strchr(p->text, '\n')) return refuse(r, p, "is more than one line");
    memcpy(out, p->text, n + 1);
    return BF_OK;
}

/* One of two words. */
static bf_status read_word(const card_reader *r, const bf_toml_pair *p, const char *const words[2],
                           int32_t *out)
{
    for (int32_t i = 0; i < 2 && p->type == BF_TOML_STRING; i++) {
        if (strcmp(p->text, words[i]) != 0) continue;
        *out = i;
        return BF_OK;
    }
    return bf_ctx_fail(r->c, BF_EFORMAT, "%.*s:%u: %s is neither \"%s\" nor \"%s\"", BF_NAME_MAX,
                       r->file, p->line, p->key, words[0], words[1]);
}

static bf_status read_whole(const card_reader *r, const bf_toml_pair *p, uint32_t least,
                            uint32_t most, uint32_t *out)
{
    if (p->type != BF_TOML_NUMBER || !(p->number >= least && p->number <= most) ||
        floor(p->number) != p->number) {
        return bf_ctx_fail(r->c, BF_EFORMAT, "%.*s:%u: %s is not a whole number of %u..%u",
                           BF_NAME_MAX, r->file, p->line, p->key, least, most);
    }
    *out = (uint32_t)p->number;
    return BF_OK;
}

static bf_status read_side(const card_reader *r, const bf_toml_pair *p, int32_t *out)
{
    uint32_t side = 0;
    BF_TRY(read_whole(r, p, 16, 1024, &side));
    *out = (int32_t)side;
    return BF_OK;
}

static bf_status read_three(const card_reader *r, const bf_toml_pair *p, float out[3])
{
    if (p->type != BF_TOML_ARRAY || p->rows != 1 || p->columns != 3) {
        return refuse(r, p, "is not an array of three numbers");
    }
    for (int i = 0; i < 3; i++) {
        if (!(fabs(p->numbers[i]) <= 1e6)) return refuse(r, p, "has a number beyond a million");
        out[i] = (float)p->numbers[i];
    }
    return BF_OK;
}

static bf_status read_calibration(const card_reader *r, const bf_toml_pair *p)
{
    bf_nn_card *card = r->card;
    if (p->type != BF_TOML_ARRAY || p->columns != 2 || p->rows < 2 ||
        p->rows > BF_NN_CARD_POINTS_MAX) {
        return refuse(r, p, "is not an array of 2..64 pairs [raw, score]");
    }
    for (uint32_t i = 0; i < p->rows; i++) {
        for (int k = 0; k < 2; k++) {
            double v = p->numbers[2 * i + (uint32_t)k];
            if (!(fabs(v) <= 1e6)) return refuse(r, p, "has a number beyond a million");
            card->calibration[i][k] = (float)v;
        }
        if (i && !(card->calibration[i][0] > card->calibration[i - 1][0] &&
                   card->calibration[i][1] >= card->calibration[i - 1][1])) {
            return refuse(r, p, "does not ascend");
        }
    }
    card->points = p->rows;
    return BF_OK;
}

static bf_status read_hash(const card_reader *r, const bf_toml_pair *p)
{
    BF_TRY(read_text(r, p, r->card->sha256, sizeof r->card->sha256));
    if (strspn(r->card->sha256, "0123456789abcdef") == 64) return BF_OK;
    return refuse(r, p, "is not 64 hexadecimal digits in lower case");
}

static bf_status read_boolean(const card_reader *r, const bf_toml_pair *p, uint32_t *out)
{
    if (p->type != BF_TOML_BOOLEAN) return refuse(r, p, "is neither true nor false");
    *out = p->number > 0;
    return BF_OK;
}

static bf_status read_score(const card_reader *r, const bf_toml_pair *p, float *out)
{
    if (p->type != BF_TOML_NUMBER || !(p->number >= 0 && p->number <= 1000)) {
        return refuse(r, p, "is not a score of 0..1000");
    }
    *out = (float)p->number;
    return BF_OK;
}

static bf_status read_kind(const card_reader *r, const bf_toml_pair *p)
{
    static const char *const kinds[2] = {"other", "face-recogniser"};
    int32_t kind = 0;
    BF_TRY(read_word(r, p, kinds, &kind));
    r->card->kind = (uint32_t)kind;
    return BF_OK;
}

static bf_status read_name(const card_reader *r, const bf_toml_pair *p)
{
    BF_TRY(read_text(r, p, r->card->name, sizeof r->card->name));
    return bf_nn__good_name(r->card->name) ? BF_OK : refuse(r, p, "is not of [a-z0-9_-]");
}

static bf_status read_pair(const card_reader *r, const bf_toml_pair *p, uint32_t key)
{
    static const char *const orders[2] = {"rgb", "bgr"}, *const layouts[2] = {"nchw", "nhwc"};
    bf_nn_card *card = r->card;
    switch (key) {
    case KEY_NAME: return read_name(r, p);
    case KEY_KIND: return read_kind(r, p);
    case KEY_LICENCE: return read_text(r, p, card->licence, sizeof card->licence);
    case KEY_ORIGIN: return read_text(r, p, card->origin, sizeof card->origin);
    case KEY_WIDTH: return read_side(r, p, &card->input.w);
    case KEY_HEIGHT: return read_side(r, p, &card->input.h);
    case KEY_MEAN: return read_three(r, p, card->input.mean);
    case KEY_SCALE: return read_three(r, p, card->input.scale);
    case KEY_ORDER: return read_word(r, p, orders, &card->input.order);
    case KEY_LAYOUT: return read_word(r, p, layouts, &card->input.layout);
    case KEY_DIMENSION: return read_whole(r, p, 16, BF_NN_DIMENSION_MAX, &card->dimension);
    case KEY_NORMALISED: return read_boolean(r, p, &card->normalised);
    case KEY_SHA256: return read_hash(r, p);
    case KEY_CALIBRATION: return read_calibration(r, p);
    default: return read_score(r, p, &card->extrapolated_from);
    }
}

static bf_status check_complete(const card_reader *r, uint32_t seen)
{
    int recogniser = r->card->kind == BF_NN_KIND_FACE_RECOGNISER;
    uint32_t wanted = KEYS_ALWAYS | (recogniser ? KEYS_RECOGNISER : 0u);
    for (uint32_t i = 0; i < KEYS; i++) {
        if (wanted & ~seen & 1u << i) {
            BF_FAIL(r->c, BF_EFORMAT, "%.*s: %s is missing", BF_NAME_MAX, r->file, key_names[i]);
        }
        if (!recogniser && seen & ~(KEYS_ALWAYS | KEY_SHA256) & 1u << i) {
            BF_FAIL(r->c, BF_EFORMAT, "%.*s: %s is for a \"face-recogniser\"", BF_NAME_MAX, r->file,
                    key_names[i]);
        }
    }
    return BF_OK;
}

bf_status bf_nn__card_parse(bf_ctx *c, const char *file, const uint8_t *data, size_t len,
                            bf_nn_card *out)
{
    bf_toml *t = bf_ctx_scratch(c, 1, sizeof *t);
    bf_nn_card *card = bf_ctx_scratch(c, 1, sizeof *card);
    if (!t || !card) BF_FAIL_NOMEM(c);
    BF_TRY(bf_toml__parse(c, file, data, len, t));
    card_reader r = {c, file, card};
    uint32_t seen = 0;
    card->input.channels = 3;
    for (uint32_t i = 0; i < t->count; i++) {
        uint32_t k = 0;
        while (k < KEYS && strcmp(t->pairs[i].key, key_names[k]) != 0) k++;
        if (k == KEYS) return refuse(&r, &t->pairs[i], "is no key of a model card");
        BF_TRY(read_pair(&r, &t->pairs[i], 1u << k));
        seen |= 1u << k;
    }
    BF_TRY(check_complete(&r, seen));
    *out = *card;
    return BF_OK;
}

bf_status bf_nn__card(bf_ctx *c, const char *name, bf_nn_card *out)
{
    char path[BF_NN_PATH_MAX];
    uint8_t *data = NULL;
    size_t len = 0;
    if (!bf_nn__good_name(name)) BF_FAIL(c, BF_EMODEL, "'%.64s' is no name of a model", name);
    BF_TRY(bf_nn__path(c, c->nn, name, ".toml", path));
    bf_status rc = bf_file_read(c, path, BF_NN_CARD_MAX_BYTES, &data, &len);
    if (rc == BF_ENOENT) BF_FAIL(c, BF_EMODEL, "%s: no such model: %s is not there", name, path);
    if (!rc) {
        rc = bf_nn__card_parse(c, path, data, len, out);
        bf_file_release(c, data, len);
    }
    if (rc) return rc == BF_ENOMEM ? rc : BF_EMODEL;
    if (strcmp(out->name, name) != 0 || !out->sha256[0]) {
        BF_FAIL(c, BF_EMODEL, "%.*s: is not the card of a registered model of that name",
                BF_NAME_MAX, path);
    }
    return BF_OK;
}
