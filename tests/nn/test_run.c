/* SPDX-License-Identifier: Apache-2.0 */
/* Loading and running networks of a hundred bytes in the real runtime library. */
#include "nn/rig.h"

#include <pthread.h>

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

static void runs_and_describes(void **state)
{
    rig *r = *state;
    onnx_spec spec = {.op = "Mul", .rank = 2, .dim = {-1, 3}, .element = 1, .outputs = 2};
    rig_install(r, "tiny", &spec);
    const bf_nn_model *m = NULL, *again = NULL;
    assert_int_equal(load(r, "tiny", &m), BF_OK);
    assert_int_equal(load(r, "tiny", &again), BF_OK);
    assert_ptr_equal(m, again);
    assert_string_equal(bf_nn__name(m), "tiny");
    assert_int_equal(bf_nn__input(m)->rank, 2);
    assert_int_equal(bf_nn__input(m)->dim[0], -1);
    assert_int_equal(bf_nn__input(m)->dim[1], 3);
    assert_int_equal(bf_nn__outputs(m), 2);
    assert_int_equal(bf_nn__find_output(m, "y1"), 1);
    assert_int_equal(bf_nn__find_output(m, "z"), -1);
    assert_int_equal(bf_nn__output(m, 1)->dim[1], 3);

    const float x[12] = {1, 2, 3, 4, 5, 6, -1, 0, 0.5f, 100, 1e-20f, 9};
    const bf_nn_shape shape = {2, {4, 3}};
    bf_nn_output y[2];
    bf_ctx *c = bf_session__enter(r->session);
    assert_int_equal(bf_nn__run(c, m, x, &shape, y, 2), BF_OK);
    for (int k = 0; k < 2; k++) {
        assert_int_equal(y[k].count, 12);
        assert_int_equal(y[k].shape.rank, 2);
        assert_int_equal(y[k].shape.dim[0], 4);
        for (int i = 0; i < 12; i++) assert_true(y[k].data[i] == (i == 10 ? 0.0f : x[i] * x[i]));
    }
}

static void wrong_inputs(void **state)
{
    rig *r = *state;
    rig_install(r, "tiny", &add_2x3);
    onnx_spec open = {.op = "Add", .rank = 2, .dim = {-1, -1}, .element = 1, .outputs = 1};
    rig_install(r, "open", &open);
    const bf_nn_model *m, *o;
    assert_int_equal(load(r, "tiny", &m), BF_OK);
    assert_int_equal(load(r, "open", &o), BF_OK);
    const float x[6] = {0};
    bf_nn_output y[2] = {{0}};
    bf_ctx *c = bf_session__enter(r->session);
    const struct {
        const bf_nn_model *m;
        bf_nn_shape shape;
        uint32_t outs;
        bf_status want;
        const char *says;
    } cases[] = {
        {m, {3, {2, 3, 1}}, 1, BF_EINVAL, "3 dimensions, it takes 2"},
        {m, {2, {3, 2}}, 1, BF_EINVAL, "dimension 0 of the input is 3, it takes 2"},
        {m, {2, {2, 3}}, 2, BF_EINVAL, "has 1 output"},
        {m, {2, {2, 3}}, 0, BF_EINVAL, "has 1 output"},
        {o, {2, {0, 3}}, 1, BF_ELIMIT, "empty or larger"},
        {o, {2, {-1, 3}}, 1, BF_ELIMIT, "empty or larger"},
        {o, {2, {1 << 20, 1 << 20}}, 1, BF_ELIMIT, "empty or larger"},
        {o, {2, {INT64_MAX, INT64_MAX}}, 1, BF_ELIMIT, "empty or larger"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(bf_nn__run(c, cases[i].m, x, &cases[i].shape, y, cases[i].outs),
                         cases[i].want);
        rig_says(r, cases[i].says);
        assert_null(y[0].data);
    }
}

/* Files with the right hash that are no networks, or none of ours. */
static void unusable(void **state)
{
    rig *r = *state;
    onnx good = onnx_make(&add_2x3);
    for (size_t len = 1; len < good.len; len += 3) {
        char name[32], file[64];
        snprintf(name, sizeof name, "cut%zu", len);
        snprintf(file, sizeof file, "%s.onnx", name);
        rig_write(r, file, good.data, len);
        rig_write_card(r, name, good.data, len);
        refused(r, name, name);
    }
    static const struct {
        const char *name, *says;
        onnx_spec spec;
    } cases[] = {
        {"int64", "not made of 32-bit floats", {"Add", 2, {2, 3}, 7, 1, 0, 0}},
        {"rank8", "8 dimensions", {"Add", 8, {1, 1, 1, 1, 1, 1, 1, 1}, 1, 1, 0, 0}},
        {"huge", "larger than", {"Add", 3, {1 << 20, 1 << 20, 3}, 1, 1, 0, 0}},
        {"vast", "", {"Add", 4, {INT64_MAX, INT64_MAX, INT64_MAX, 3}, 1, 1, 0, 0}},
        {"zero", "empty or larger", {"Add", 2, {0, 3}, 1, 1, 0, 0}},
        {"many", "9 outputs", {"Add", 1, {3}, 1, 9, 0, 0}},
        {"odd", "does not take it", {"NoSuchOperator", 1, {3}, 1, 1, 0, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rig_install(r, cases[i].name, &cases[i].spec);
        refused(r, cases[i].name, cases[i].says);
    }
}

/* ---- threads ---- */

#define THREADS 4
#define RUNS 50

typedef struct worker {
    rig *r;
    pthread_t thread;
    const bf_nn_model *model;
    int bad;
} worker;

static void *work(void *arg)
{
    worker *w = arg;
    bf_session *s = NULL;
    const bf_nn_shape shape = {2, {2, 3}};
    if (bf_session_open(w->r->engine, &s)) return NULL;
    for (int i = 0; i < RUNS; i++) {
        bf_ctx *c = bf_session__enter(s);
        bf_nn_output y;
        float x[6];
        for (int k = 0; k < 6; k++) x[k] = (float)(i * 7 + k);
        if (bf_nn__model(c, "tiny", &w->model) || bf_nn__run(c, w->model, x, &shape, &y, 1)) {
            w->bad++;
            continue;
        }
        for (int k = 0; k < 6; k++) w->bad += y.data[k] != 2 * x[k];
    }
    bf_session_free(s);
    return w;
}

static void threads(void **state)
{
    rig *r = *state;
    rig_install(r, "tiny", &add_2x3);
    worker w[THREADS];
    for (int i = 0; i < THREADS; i++) {
        w[i] = (worker){.r = r};
        assert_int_equal(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *done;
        assert_int_equal(pthread_join(w[i].thread, &done), 0);
        assert_ptr_equal(done, &w[i]);
        assert_int_equal(w[i].bad, 0);
        assert_ptr_equal(w[i].model, w[0].model);
    }
}

static void other_than_declared(void **state)
{
    rig *r = *state;
    const float x[6] = {0};
    const bf_nn_model *m;
    bf_nn_output y = {0};
    onnx_spec liar = {
        .op = "Add", .rank = 2, .dim = {-1, 3}, .element = 1, .outputs = 1, .says = 5};
    rig_install(r, "liar", &liar);
    assert_int_equal(load(r, "liar", &m), BF_OK);
    assert_int_equal(bf_nn__output(m, 0)->dim[0], 5);
    bf_ctx *c = bf_session__enter(r->session);
    assert_int_equal(bf_nn__run(c, m, x, &(bf_nn_shape){2, {2, 3}}, &y, 1), BF_EMODEL);
    rig_says(r, "liar: output y0 has another shape than declared");
    assert_null(y.data);
}

/* The library has one environment for the process: engines must not take it from one another. */
static void engines(void **state)
{
    rig *r = *state;
    const float x[6] = {1, 2, 3, 4, 5, 6};
    const bf_nn_shape shape = {2, {2, 3}};
    const bf_nn_model *m;
    rig_install(r, "tiny", &add_2x3);
    for (int i = 0; i < 3; i++) {
        bf_engine_opts opts;
        bf_engine *other;
        bf_session *s;
        bf_nn_output y;
        bf_engine_opts_init(&opts);
        opts.models = r->folder;
        assert_int_equal(bf_engine_open(&opts, &other), BF_OK);
        assert_int_equal(bf_session_open(other, &s), BF_OK);
        assert_int_equal(bf_nn__model(bf_session__enter(s), "tiny", &m), BF_OK);
        if (i == 1) assert_int_equal(load(r, "tiny", &m), BF_OK);
        bf_session_free(s);
        bf_engine_free(other);
        if (i == 0) continue;
        assert_int_equal(load(r, "tiny", &m), BF_OK);
        bf_ctx *c = bf_session__enter(r->session);
        assert_int_equal(bf_nn__run(c, m, x, &shape, &y, 1), BF_OK);
        for (int k = 0; k < 6; k++) assert_true(y.data[k] == 2 * x[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {RIG_TEST(runs_and_describes),
                                       RIG_TEST(wrong_inputs),
                                       RIG_TEST(unusable),
                                       RIG_TEST(threads),
                                       RIG_TEST(engines),
                                       RIG_TEST(other_than_declared)};
    return models_run(ORT_LIBRARY_NAME, tests);
}
