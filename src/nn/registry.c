/* SPDX-License-Identifier: Apache-2.0 */
/* Listing, registering and removing models: see registry.h. */
#include "nn/registry.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "nn/internal.h"
#include "nn/pins.h"
#include "util/file.h"

#define CARD_ENDING ".toml"

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Name of a card's file without its ending. @return 0 if it is none */
static int card_name(const char *file, char out[BF_NN_NAME_MAX])
{
    size_t n = strlen(file), ending = strlen(CARD_ENDING);
    if (n <= ending || n - ending >= BF_NN_NAME_MAX) return 0;
    if (strcmp(file + n - ending, CARD_ENDING) != 0) return 0;
    memcpy(out, file, n - ending);
    out[n - ending] = 0;
    return bf_nn__good_name(out) && !bf_nn_pin_find(out);
}

/* Append the registered models. A folder that is not there holds none. */
static bf_status read_folder(bf_ctx *c, const char *folder, char (*names)[BF_NN_NAME_MAX],
                             uint32_t *count)
{
    uint32_t cards = 0;
    DIR *dir = opendir(folder);
    if (!dir) return BF_OK;
    for (const struct dirent *entry; (entry = readdir(dir)) && cards <= BF_NN_CARDS_MAX;) {
        char name[BF_NN_NAME_MAX];
        if (!card_name(entry->d_name, name)) continue;
        if (cards < BF_NN_CARDS_MAX) snprintf(names[*count + cards], sizeof name, "%s", name);
        cards++;
    }
    closedir(dir);
    if (cards > BF_NN_CARDS_MAX) {
        BF_FAIL(c, BF_ELIMIT, "%.*s: more than %u model cards", BF_NAME_MAX, folder,
                BF_NN_CARDS_MAX);
    }
    qsort(names[*count], cards, sizeof *names, compare_names);
    *count += cards;
    return BF_OK;
}

bf_status bf_nn__names(bf_ctx *c, char (**out)[BF_NN_NAME_MAX], uint32_t *out_count)
{
    uint32_t count = 0;
    while (bf_nn_pins[count].name) count++;
    char(*names)[BF_NN_NAME_MAX] = bf_ctx_scratch(c, count + BF_NN_CARDS_MAX, sizeof *names);
    if (!names) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof *names, "%s", bf_nn_pins[i].name);
    }
    if (c->nn->folder) BF_TRY(read_folder(c, c->nn->folder, names, &count));
    *out = names;
    *out_count = count;
    return BF_OK;
}

/* ---- trying a network ---- */

/* Sizes left open: the card's where there is one, else 1. */
static bf_status input_shape(bf_ctx *c, const bf_nn_model *m, const bf_nn_card *card,
                             bf_nn_shape *out)
{
    *out = m->input;
    if (card) {
        int64_t w = card->input.w, h = card->input.h;
        bf_nn_shape wanted = {4, {1, 3, h, w}};
        if (card->input.layout == BF_NN_NHWC) wanted = (bf_nn_shape){4, {1, h, w, 3}};
        int fits = m->input.rank == 4;
        for (int i = 0; i < 4 && fits; i++) {
            fits = m->input.dim[i] < 0 || m->input.dim[i] == wanted.dim[i];
        }
        if (!fits) {
            BF_FAIL(c, BF_EMODEL, "%s: its input is not %lld x %lld x %lld x %lld as the card says",
                    m->name, (long long)wanted.dim[0], (long long)wanted.dim[1],
                    (long long)wanted.dim[2], (long long)wanted.dim[3]);
        }
        *out = wanted;
    }
    for (uint32_t i = 0; i < out->rank; i++) {
        if (out->dim[i] < 0) out->dim[i] = 1;
    }
    return BF_OK;
}

static bf_status check_outputs(bf_ctx *c, const bf_nn_model *m, const bf_nn_card *card,
                               const bf_nn_output *outs)
{
    for (uint32_t i = 0; i < m->outputs; i++) {
        for (size_t k = 0; k < outs[i].count; k++) {
            if (outs[i].data[k] - outs[i].data[k] == 0.0f) continue;
            BF_FAIL(c, BF_EMODEL, "%s: gives numbers that are not finite", m->name);
        }
    }
    if (card && outs[0].count != card->dimension) {
        BF_FAIL(c, BF_EMODEL, "%s: gives %zu numbers, the card says %u", m->name, outs[0].count,
                card->dimension);
    }
    return BF_OK;
}

bf_status bf_nn__try(bf_ctx *c, const bf_nn_model *m, const bf_nn_card *card, float *out_ms)
{
    bf_nn_output outs[BF_NN_OUTPUTS_MAX];
    bf_nn_shape shape;
    struct timespec from, to;
    BF_TRY(input_shape(c, m, card, &shape));
    size_t n = bf_nn__elements(&shape);
    float *input = bf_ctx_scratch(c, n, sizeof *input);
    if (!input) BF_FAIL_NOMEM(c);
    for (size_t i = 0; i < n; i++) input[i] = 0.5f;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    BF_TRY(bf_nn__run(c, m, input, &shape, outs, m->outputs));
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    *out_ms = (float)(to.tv_sec - from.tv_sec) * 1e3f + (float)(to.tv_nsec - from.tv_nsec) / 1e6f;
    return check_outputs(c, m, card, outs);
}

/* ---- registering ---- */

/* Load the bytes as a network, compare it with the card, forget it. */
static bf_status try_bytes(bf_ctx *c, bf_nn *nn, const bf_nn_card *card, const uint8_t *data,
                           size_t len)
{
    float ms;
    bf_nn_model *m = bf_ctx_scratch(c, 1, sizeof *m);
    if (!m) BF_FAIL_NOMEM(c);
    snprintf(m->name, sizeof m->name, "%s", card->name);
    m->runtime = &nn->runtime;
    pthread_mutex_lock(&nn->lock);
    bf_status rc = bf_nn__runtime(c, nn);
    pthread_mutex_unlock(&nn->lock);
    if (rc) return rc;
    BF_TRY(bf_nn__session_open(c, m, data, len));
    rc = bf_nn__try(c, m, card->kind == BF_NN_KIND_FACE_RECOGNISER ? card : NULL, &ms);
    bf_nn__session_close(m);
    return rc;
}

static bf_status read_given_card(bf_ctx *c, const char *path, bf_nn_card *card)
{
    uint8_t *data;
    size_t len;
    BF_TRY(bf_file_read(c, path, BF_NN_CARD_MAX_BYTES, &data, &len));
    bf_status rc = bf_nn__card_parse(c, path, data, len, card);
    bf_file_release(c, data, len);
    return rc;
}

static bf_status check_new(bf_ctx *c, const bf_nn_card *card)
{
    char path[BF_NN_PATH_MAX];
    if (bf_nn_pin_find(card->name)) {
        BF_FAIL(c, BF_EEXIST, "%s: is the name of a built-in model", card->name);
    }
    BF_TRY(bf_nn__path(c, c->nn, card->name, CARD_ENDING, path));
    if (!access(path, F_OK)) BF_FAIL(c, BF_EEXIST, "%s: is registered already", card->name);
    return BF_OK;
}

bf_status bf_nn__put_card(bf_ctx *c, const bf_nn_card *card)
{
    char path[BF_NN_PATH_MAX], *text = bf_ctx_scratch(c, BF_NN_CARD_MAX_BYTES, 1);
    if (!text) BF_FAIL_NOMEM(c);
    size_t len = bf_nn__card_write(card, text, BF_NN_CARD_MAX_BYTES);
    if (!len) BF_FAIL(c, BF_ELIMIT, "%s: the card is too long", card->name);
    BF_TRY(bf_nn__path(c, c->nn, card->name, CARD_ENDING, path));
    return bf_file_write(c, path, (const uint8_t *)text, len, 0666);
}

static bf_status add_bytes(bf_ctx *c, const char *onnx, const uint8_t *data, size_t len,
                           bf_nn_card *card)
{
    char hex[sizeof card->sha256], path[BF_NN_PATH_MAX];
    uint8_t digest[BF_NN_SHA256_BYTES];
    crypto_hash_sha256(digest, data, len);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    if (card->sha256[0] && strcmp(card->sha256, hex) != 0) {
        BF_FAIL(c, BF_EMODEL, "%.*s: SHA-256 is %.16s..., the card says %.16s...", BF_NAME_MAX,
                onnx, hex, card->sha256);
    }
    memcpy(card->sha256, hex, sizeof hex);
    BF_TRY(try_bytes(c, c->nn, card, data, len));
    BF_TRY(bf_nn__path(c, c->nn, card->name, ".onnx", path));
    BF_TRY(bf_file_write(c, path, data, len, 0666));
    bf_status rc = bf_nn__put_card(c, card);
    if (rc) unlink(path); /* without a card it is nobody's */
    return rc;
}

bf_status bf_nn__add(bf_ctx *c, const char *onnx, const char *card_path, bf_nn_card *out)
{
    uint8_t *data = NULL;
    size_t len = 0;
    bf_nn_card *card = bf_ctx_scratch(c, 1, sizeof *card);
    if (!card) BF_FAIL_NOMEM(c);
    BF_TRY(read_given_card(c, card_path, card));
    BF_TRY(check_new(c, card));
    BF_TRY(bf_file_read(c, onnx, BF_NN_FILE_MAX_BYTES, &data, &len));
    bf_status rc = add_bytes(c, onnx, data, len, card);
    bf_file_release(c, data, len);
    if (!rc && out) *out = *card;
    return rc;
}

bf_status bf_nn__remove(bf_ctx *c, const char *name)
{
    static const char *const endings[] = {CARD_ENDING, ".onnx"};
    char path[BF_NN_PATH_MAX];
    if (!bf_nn__good_name(name)) BF_FAIL(c, BF_EMODEL, "'%.64s' is no name of a model", name);
    if (bf_nn_pin_find(name)) BF_FAIL(c, BF_EMODEL, "%s: is built in", name);
    for (int i = 0; i < 2; i++) {
        BF_TRY(bf_nn__path(c, c->nn, name, endings[i], path));
        if (!unlink(path)) continue;
        if (errno == ENOENT && i == 0) BF_FAIL(c, BF_EMODEL, "%s: no such model", name);
        if (errno != ENOENT) return bf_fail_errno(c, path, errno);
    }
    return BF_OK;
}
