/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's models: opened with a folder name, loaded at first use. One lock is held while
 * looking up and while loading, so a second thread that wants the same model waits for the first
 * instead of loading it again; runs take no lock.
 */
#include "nn/nn.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "nn/card.h"
#include "nn/internal.h"
#include "nn/pins.h"
#include "util/file.h"

bf_status bf_nn__open(const bf_allocator *alloc, const char *folder, bf_nn **out)
{
    bf_nn *nn = alloc->alloc(alloc->user, sizeof *nn);
    if (!nn) return BF_ENOMEM;
    memset(nn, 0, sizeof *nn);
    nn->alloc = *alloc;
    if (folder) {
        size_t len = strlen(folder);
        nn->folder = alloc->alloc(alloc->user, len + 1);
        if (!nn->folder) {
            bf_alloc_release(alloc, nn);
            return BF_ENOMEM;
        }
        memcpy(nn->folder, folder, len + 1);
    }
    pthread_mutex_init(&nn->lock, NULL);
    *out = nn;
    return BF_OK;
}

void bf_nn__free(bf_nn *nn)
{
    if (!nn) return;
    for (uint32_t i = 0; i < nn->count; i++) {
        bf_nn__session_close(nn->models[i]);
        bf_alloc_release(&nn->alloc, nn->models[i]);
    }
    bf_nn__runtime_close(&nn->runtime);
    pthread_mutex_destroy(&nn->lock);
    bf_allocator a = nn->alloc;
    bf_alloc_release(&a, nn->folder);
    bf_alloc_release(&a, nn);
}

const char *bf_nn__folder(const bf_nn *nn)
{
    return nn->folder;
}

int bf_nn__good_name(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    return n && n < BF_NN_NAME_MAX && !name[n];
}

bf_status bf_nn__path(bf_ctx *c, const bf_nn *nn, const char *name, const char *ending,
                      char out[BF_NN_PATH_MAX])
{
    if (!nn || !nn->folder) {
        BF_FAIL(c, BF_EMODEL, "%.64s: no folder of models is given: run 'make models'", name);
    }
    int n = snprintf(out, BF_NN_PATH_MAX, "%s/%s%s", nn->folder, name, ending);
    if (n < 0 || (size_t)n >= BF_NN_PATH_MAX) {
        BF_FAIL(c, BF_EMODEL, "%.64s: the path of the models' folder is too long", name);
    }
    return BF_OK;
}

/* The hash the file must have. */
static bf_status expected_hash(bf_ctx *c, const char *name, char hex[2 * BF_NN_SHA256_BYTES + 1])
{
    const bf_nn_pin *pin = bf_nn_pin_find(name);
    bf_nn_card *card = NULL;
    if (!pin) {
        card = bf_ctx_scratch(c, 1, sizeof *card);
        if (!card) BF_FAIL_NOMEM(c);
        BF_TRY(bf_nn__card(c, name, card));
    }
    memcpy(hex, pin ? pin->sha256 : card->sha256, 2 * BF_NN_SHA256_BYTES + 1);
    return BF_OK;
}

/* Read the file once; what is hashed is what is loaded. */
static bf_status read_checked(bf_ctx *c, const bf_nn *nn, bf_nn_model *m, uint8_t **out)
{
    char path[BF_NN_PATH_MAX], want[2 * BF_NN_SHA256_BYTES + 1], got[sizeof want];
    BF_TRY(expected_hash(c, m->name, want));
    BF_TRY(bf_nn__path(c, nn, m->name, ".onnx", path));
    bf_status rc = bf_file_read(c, path, BF_NN_FILE_MAX_BYTES, out, &m->bytes);
    if (rc == BF_ENOENT) {
        BF_FAIL(c, BF_EMODEL, "%.*s: no such file: run 'make models'", BF_NAME_MAX, path);
    }
    if (rc) return rc == BF_ENOMEM ? rc : BF_EMODEL;
    crypto_hash_sha256(m->sha256, *out, m->bytes);
    sodium_bin2hex(got, sizeof got, m->sha256, sizeof m->sha256);
    if (!strcmp(got, want)) return BF_OK;
    bf_file_release(c, *out, m->bytes);
    BF_FAIL(c, BF_EMODEL, "%.*s: altered: SHA-256 is %.16s..., not %.16s...", BF_NAME_MAX, path,
            got, want);
}

static bf_status load(bf_ctx *c, bf_nn *nn, const char *name, bf_nn_model **out)
{
    uint8_t *data = NULL;
    if (nn->count == BF_NN_MODELS_MAX) BF_FAIL(c, BF_ELIMIT, "too many models are loaded");
    bf_nn_model *m = bf_ctx_alloc(c, 1, sizeof *m);
    if (!m) BF_FAIL_NOMEM(c);
    snprintf(m->name, sizeof m->name, "%s", name);
    m->runtime = &nn->runtime;
    bf_status rc = read_checked(c, nn, m, &data);
    if (!rc) {
        rc = bf_nn__runtime(c, nn);
        if (!rc) rc = bf_nn__session_open(c, m, data, m->bytes);
        bf_file_release(c, data, m->bytes);
    }
    if (rc) {
        bf_ctx_release(c, m);
        return rc;
    }
    nn->models[nn->count++] = *out = m;
    return BF_OK;
}

static bf_nn_model *find_loaded(const bf_nn *nn, const char *name)
{
    for (uint32_t i = 0; i < nn->count; i++) {
        if (!strcmp(nn->models[i]->name, name)) return nn->models[i];
    }
    return NULL;
}

bf_status bf_nn__model(bf_ctx *c, const char *name, const bf_nn_model **out)
{
    bf_nn *nn = c->nn;
    if (!bf_nn__good_name(name)) BF_FAIL(c, BF_EMODEL, "'%.64s' is no name of a model", name);
    if (!nn) BF_FAIL(c, BF_EMODEL, "%s: no folder of models is given: run 'make models'", name);
    pthread_mutex_lock(&nn->lock);
    bf_nn_model *m = find_loaded(nn, name);
    bf_status rc = m ? BF_OK : load(c, nn, name, &m);
    pthread_mutex_unlock(&nn->lock);
    if (!rc) *out = m;
    return rc;
}

const char *bf_nn__name(const bf_nn_model *m)
{
    return m->name;
}

const bf_nn_shape *bf_nn__input(const bf_nn_model *m)
{
    return &m->input;
}

uint32_t bf_nn__outputs(const bf_nn_model *m)
{
    return m->outputs;
}

const bf_nn_shape *bf_nn__output(const bf_nn_model *m, uint32_t i)
{
    return &m->output[i];
}

const char *bf_nn__output_name(const bf_nn_model *m, uint32_t i)
{
    return m->output_name[i];
}

const uint8_t *bf_nn__sha256(const bf_nn_model *m)
{
    return m->sha256;
}

size_t bf_nn__bytes(const bf_nn_model *m)
{
    return m->bytes;
}

int bf_nn__find_output(const bf_nn_model *m, const char *name)
{
    for (uint32_t i = 0; i < m->outputs; i++) {
        if (!strcmp(m->output_name[i], name)) return (int)i;
    }
    return -1;
}
