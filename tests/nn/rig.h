/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of src/nn share: the smallest ONNX files written byte by byte, a folder of models
 * of their own with a link to the real runtime library, and cards.
 */
#ifndef BF_TESTS_NN_RIG_H
#define BF_TESTS_NN_RIG_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "engine/session.h"
#include "nn/internal.h"
#include "nn/pins.h"
#include "nn/registry.h"
#include "support/models.h"

/* ---- ONNX: protocol buffers, all lengths below 128 but that of the graph ---- */

typedef struct onnx {
    uint8_t data[1024];
    size_t len;
} onnx;

static inline void onnx_varint(onnx *o, uint64_t v)
{
    for (; v >= 0x80; v >>= 7) o->data[o->len++] = (uint8_t)(v | 0x80);
    o->data[o->len++] = (uint8_t)v;
}

static inline void onnx_number(onnx *o, uint32_t field, uint64_t v)
{
    onnx_varint(o, field << 3);
    onnx_varint(o, v);
}

static inline void onnx_bytes(onnx *o, uint32_t field, const void *data, size_t len)
{
    assert_true(o->len + len + 12 < sizeof o->data);
    onnx_varint(o, field << 3 | 2);
    onnx_varint(o, len);
    memcpy(o->data + o->len, data, len);
    o->len += len;
}

static inline void onnx_text(onnx *o, uint32_t field, const char *text)
{
    onnx_bytes(o, field, text, strlen(text));
}

static inline void onnx_part(onnx *o, uint32_t field, const onnx *part)
{
    onnx_bytes(o, field, part->data, part->len);
}

/* A network: every output is <op>(x, x). */
typedef struct onnx_spec {
    const char *op; /* "Add", "Mul", "Div" */
    uint32_t rank;
    int64_t dim[8];   /* -1: left open */
    uint32_t element; /* of input and outputs: 1 float, 7 int64 */
    uint32_t outputs; /* named y0, y1, ... */
    uint32_t flatten; /* outputs are Flatten(x), of shape {dim[0], rest} */
    int64_t says;     /* 0, or the first size outputs are declared to have */
} onnx_spec;

static inline onnx onnx_value(const onnx_spec *s, const char *name, int flat)
{
    onnx shape = {0}, tensor = {0}, type = {0}, value = {0};
    int64_t dims[8], rest = 1;
    memcpy(dims, s->dim, sizeof dims);
    for (uint32_t i = 1; flat && i < s->rank; i++) rest *= s->dim[i];
    if (flat) dims[1] = rest;
    if (s->says && name[0] == 'y') dims[0] = s->says;
    for (uint32_t i = 0; i < (flat ? 2 : s->rank); i++) {
        onnx dim = {0};
        if (dims[i] < 0)
            onnx_text(&dim, 2, "n");
        else
            onnx_number(&dim, 1, (uint64_t)dims[i]);
        onnx_part(&shape, 1, &dim);
    }
    onnx_number(&tensor, 1, s->element);
    onnx_part(&tensor, 2, &shape);
    onnx_part(&type, 1, &tensor);
    onnx_text(&value, 1, name);
    onnx_part(&value, 2, &type);
    return value;
}

static inline onnx onnx_make(const onnx_spec *s)
{
    onnx graph = {0}, opset = {0}, model = {0}, value;
    for (uint32_t i = 0; i < s->outputs; i++) {
        onnx node = {0};
        const char name[] = {'y', (char)('0' + i), 0};
        onnx_text(&node, 1, "x");
        if (!s->flatten) onnx_text(&node, 1, "x");
        onnx_text(&node, 2, name);
        onnx_text(&node, 4, s->flatten ? "Flatten" : s->op);
        onnx_part(&graph, 1, &node);
    }
    onnx_text(&graph, 2, "g");
    value = onnx_value(s, "x", 0);
    onnx_part(&graph, 11, &value);
    for (uint32_t i = 0; i < s->outputs; i++) {
        const char name[] = {'y', (char)('0' + i), 0};
        value = onnx_value(s, name, (int)s->flatten);
        onnx_part(&graph, 12, &value);
    }
    onnx_number(&opset, 2, 13);
    onnx_number(&model, 1, 7);
    onnx_part(&model, 7, &graph);
    onnx_part(&model, 8, &opset);
    return model;
}

/* ---- a folder of models ---- */

typedef struct rig {
    char folder[64];
    bf_engine *engine;
    bf_session *session;
} rig;

static inline void rig_path(const rig *r, const char *name, char out[160])
{
    snprintf(out, 160, "%s/%s", r->folder, name);
}

static inline void rig_write(const rig *r, const char *name, const void *data, size_t len)
{
    char path[160];
    rig_path(r, name, path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static inline void rig_write_card(const rig *r, const char *name, const void *data, size_t len)
{
    uint8_t digest[32];
    char hex[65], text[400], file[80];
    crypto_hash_sha256(digest, data, len);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    snprintf(text, sizeof text,
             "name = \"%s\"\nkind = \"other\"\nlicence = \"none\"\norigin = \"made by a test\"\n"
             "sha256 = \"%s\"\n",
             name, hex);
    snprintf(file, sizeof file, "%s.toml", name);
    rig_write(r, file, text, strlen(text));
}

/* The network with its card, as `bonafide model add` would leave them. */
static inline void rig_install(const rig *r, const char *name, const onnx_spec *spec)
{
    onnx o = onnx_make(spec);
    char file[80];
    snprintf(file, sizeof file, "%s.onnx", name);
    rig_write(r, file, o.data, o.len);
    rig_write_card(r, name, o.data, o.len);
}

static inline int rig_setup(void **state)
{
    char library[MODELS_PATH_MAX], path[160];
    rig *r = calloc(1, sizeof *r);
    snprintf(r->folder, sizeof r->folder, "/tmp/bf-nn-XXXXXX");
    if (!mkdtemp(r->folder)) return -1;
    rig_path(r, ORT_LIBRARY_NAME, path);
    if (models_path(ORT_LIBRARY_NAME, library) && symlink(library, path)) return -1;
    bf_engine_opts opts;
    bf_engine_opts_init(&opts);
    opts.models = r->folder;
    if (bf_engine_open(&opts, &r->engine) || bf_session_open(r->engine, &r->session)) return -1;
    *state = r;
    return 0;
}

static inline int rig_teardown(void **state)
{
    rig *r = *state;
    char command[128];
    bf_session_free(r->session);
    bf_engine_free(r->engine);
    snprintf(command, sizeof command, "rm -r '%s'", r->folder);
    int rc = system(command);
    free(r);
    return rc;
}

static inline void rig_says(const rig *r, const char *part)
{
    if (!strstr(bf_session_error(r->session), part))
        fail_msg("'%s' does not say '%s'", bf_session_error(r->session), part);
    assert_null(strchr(bf_session_error(r->session), '\n'));
}

#define RIG_TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

#endif
