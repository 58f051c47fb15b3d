/* SPDX-License-Identifier: Apache-2.0 */
/* What is refused before the runtime library sees it, and the library itself. */
#include "nn/rig.h"

#include <sys/stat.h>

static const onnx_spec add_2x3 = {
    .op = "Add", .rank = 2, .dim = {2, 3}, .element = 1, .outputs = 1};

static bf_status load(rig *r, const char *name, const bf_nn_model **out)
{
    return bf_nn__model(bf_session__enter(r->session), name, out);
}

static void refused(rig *r, const char *name, const char *why)
{
    const bf_nn_model *m = NULL;
    assert_int_equal(load(r, name, &m), BF_EMODEL);
    assert_null(m);
    rig_says(r, why);
}

static void altered_or_missing(void **state)
{
    rig *r = *state;
    char path[160];
    onnx o = onnx_make(&add_2x3);
    refused(r, "nothing", "no such model");
    refused(r, "../etc/passwd", "no name of a model");
    refused(r, "", "no name of a model");
    refused(r, "mobilefacenet", "mobilefacenet.onnx: no such file: run 'make models'");

    rig_install(r, "tiny", &add_2x3);
    o.data[o.len - 1] ^= 1;
    rig_write(r, "tiny.onnx", o.data, o.len);
    refused(r, "tiny", "tiny.onnx: altered: SHA-256 is");
    rig_write(r, "tiny.onnx", o.data, 0);
    refused(r, "tiny", "altered");
    rig_path(r, "tiny.onnx", path);
    assert_int_equal(unlink(path), 0);
    refused(r, "tiny", "tiny.onnx: no such file");
    assert_int_equal(mkdir(path, 0700), 0);
    refused(r, "tiny", "is a directory");

    /* A card cannot stand in for a pin. */
    rig_install(r, "mobilefacenet", &add_2x3);
    refused(r, "mobilefacenet", "altered");
}

static void bad_cards(void **state)
{
    rig *r = *state;
    onnx o = onnx_make(&add_2x3);
    rig_install(r, "tiny", &add_2x3);
    rig_write(r, "tiny.toml", "name = 1\n", 9);
    refused(r, "tiny", "tiny.toml:1: name is not a string");
    static const char unhashed[] =
        "name = \"tiny\"\nkind = \"other\"\nlicence = \"l\"\norigin = \"o\"\n";
    rig_write(r, "tiny.toml", unhashed, sizeof unhashed - 1);
    refused(r, "tiny", "is not the card of a registered model");
    rig_write_card(r, "another", o.data, o.len);
    char from[160], to[160];
    rig_path(r, "another.toml", from);
    rig_path(r, "tiny.toml", to);
    assert_int_equal(rename(from, to), 0);
    refused(r, "tiny", "is not the card of a registered model");
}

static void altered_runtime(void **state)
{
    rig *r = *state;
    char path[160];
    rig_path(r, "libonnxruntime.so", path);
    unlink(path);
    rig_install(r, "tiny", &add_2x3);
    rig_write(r, "libonnxruntime.so", "\177ELF", 4);
    refused(r, "tiny", "libonnxruntime.so: altered, or not the ONNX Runtime");
    rig_says(r, "make models");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    refused(r, "tiny", "altered");
}

/* No library anywhere: one line that says what to do; with a system's library it simply works. */
static void missing_runtime(void **state)
{
    rig *r = *state;
    char path[160];
    const bf_nn_model *m;
    rig_path(r, "libonnxruntime.so", path);
    unlink(path);
    rig_install(r, "tiny", &add_2x3);
    bf_status st = load(r, "tiny", &m);
    if (!st) return;
    assert_int_equal(st, BF_EMODEL);
    rig_says(r, "no ONNX Runtime on this system: run 'make models'");
}

static void no_folder(void **state)
{
    (void)state;
    bf_engine *e;
    bf_session *s;
    const bf_nn_model *m;
    assert_int_equal(bf_engine_open(NULL, &e), BF_OK);
    assert_int_equal(bf_session_open(e, &s), BF_OK);
    assert_int_equal(bf_nn__model(bf_session__enter(s), "facemesh", &m), BF_EMODEL);
    assert_string_equal(bf_session_error(s),
                        "facemesh: no folder of models is given: run 'make models'");
    bf_session_free(s);
    bf_engine_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {RIG_TEST(altered_or_missing), RIG_TEST(bad_cards),
                                       RIG_TEST(altered_runtime), RIG_TEST(missing_runtime),
                                       cmocka_unit_test(no_folder)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
