/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The installed models through ONNX Runtime against what the runtimes they were made for gave
 * (models/reference/). Two made-up pictures each; every output within TOLERANCE of the largest
 * value of that output. Without the models this fails; with BF_OFFLINE=1 it is skipped. TAP.
 */
#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/session.h"
#include "support/models.h"

#define TOLERANCE 1e-4 /* measured: at most 3e-6; ONNX Runtime's kernels differ by processor */
#define SMALL 0.1
#define PATH_BYTES 4096

static uint32_t wave(uint32_t t)
{
    return (t & 255) < 128 ? 2 * (t & 127) : 255 - 2 * (t & 127);
}

/* Component c of pixel (x, y): as pattern() of models/reference/make.mjs. */
static uint32_t sample(int which, uint32_t x, uint32_t y, uint32_t c, uint32_t noise)
{
    uint32_t smooth = (wave(2 * x + 3 * y + 50 * c) + wave(5 * x + 200 - y)) >> 1;
    return which == 1 ? (7 * smooth + noise) >> 3 : noise;
}

/* The picture as the network takes it; malloc, NULL if there is no memory. */
static float *make_input(const json_t *about, int which, uint32_t px)
{
    float *x = malloc(3 * (size_t)px * px * sizeof *x);
    int nhwc = json_is_true(json_object_get(about, "nhwc"));
    double scale = json_number_value(json_object_get(about, "scale"));
    uint32_t state = (uint32_t)which;
    for (size_t i = 0; x && i < 3 * (size_t)px * px; i++) {
        size_t c = i % 3, at = i / 3;
        double mean = json_number_value(json_array_get(json_object_get(about, "mean"), c));
        state = state * 1664525u + 1013904223u;
        uint32_t v =
            sample(which, (uint32_t)(at % px), (uint32_t)(at / px), (uint32_t)c, state >> 24);
        x[nhwc ? i : c * px * px + at] = (float)(((double)v - mean) * scale);
    }
    return x;
}

/* Largest difference over the largest value; a probability near zero counts as SMALL. */
static double difference(const json_t *values, const bf_nn_output *y)
{
    double largest = SMALL, apart = 0;
    if (y->count == 0 || y->count != json_array_size(values)) return INFINITY;
    for (size_t i = 0; i < y->count; i++) {
        double want = json_number_value(json_array_get(values, i));
        if (!isfinite(y->data[i])) return INFINITY;
        largest = fmax(largest, fabs(want));
        apart = fmax(apart, fabs(want - (double)y->data[i]));
    }
    return apart / largest;
}

/* @return 0; 1 if an output differs, with a line that says which; -1 if the run failed */
static int compare_pattern(bf_ctx *c, const bf_nn_model *m, const json_t *about, int which)
{
    uint32_t px = (uint32_t)json_integer_value(json_object_get(about, "px"));
    bf_nn_output y[BF_NN_OUTPUTS_MAX];
    float *x = make_input(about, which, px);
    if (!x) return -1;
    bf_status st = bf_nn__run(c, m, x, bf_nn__input(m), y, bf_nn__outputs(m));
    free(x);
    if (st) return -1;
    const json_t *outputs = json_object_get(about, "outputs");
    int seen = 0, bad = 0;
    for (size_t i = 0; i < json_array_size(outputs); i++) {
        const json_t *output = json_array_get(outputs, i);
        if (json_integer_value(json_object_get(output, "pattern")) != which) continue;
        const char *name = json_string_value(json_object_get(output, "output"));
        int at = bf_nn__find_output(m, name);
        double apart = at < 0 ? INFINITY : difference(json_object_get(output, "values"), &y[at]);
        printf("# %s, picture %d, %s: %.1e\n", bf_nn__name(m), which, name, apart);
        bad |= !(apart <= TOLERANCE);
        seen++;
    }
    return bad || !seen;
}

/* @return NULL, or what is wrong: borrowed until the next call */
static const char *check(bf_session *s, const char *name)
{
    char path[PATH_BYTES];
    const bf_nn_model *m = NULL;
    json_error_t error;
    bf_ctx *c = bf_session__enter(s);
    if (bf_nn__model(c, name, &m)) return c->error;
    snprintf(path, sizeof path, "%s/models/reference/%s.json", getenv("SOURCE_ROOT"), name);
    json_t *about = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!about) return "its reference cannot be read";
    int first = compare_pattern(c, m, about, 1), second = compare_pattern(c, m, about, 2);
    json_decref(about);
    if (first < 0 || second < 0) return c->error;
    return first || second ? "outputs differ" : NULL;
}

static int left_out(const char *name)
{
    char file[64], path[MODELS_PATH_MAX];
    const char *offline = getenv("BF_OFFLINE");
    snprintf(file, sizeof file, "%s.onnx", name);
    return !models_path(file, path) && offline && !strcmp(offline, "1");
}

int main(void)
{
    static const char *const names[] = {"blazeface_back", "facemesh",           "mobilefacenet",
                                        "dlib_resnet",    "face_anti_spoofing", "hand_landmark"};
    const int count = sizeof names / sizeof *names;
    bf_engine *engine = NULL;
    bf_session *session = NULL;
    bf_engine_opts opts;
    char folder[MODELS_PATH_MAX];
    int failed = 0;
    bf_engine_opts_init(&opts);
    models_folder(folder);
    opts.models = folder;
    if (bf_engine_open(&opts, &engine) || bf_session_open(engine, &session)) return 1;
    printf("1..%d\n", count);
    for (int i = 0; i < count; i++) {
        if (left_out(names[i])) {
            printf("ok %d - %s # SKIP not installed and BF_OFFLINE=1\n", i + 1, names[i]);
            continue;
        }
        const char *fault = check(session, names[i]);
        printf("%sok %d - %s as its own runtime has it\n", fault ? "not " : "", i + 1, names[i]);
        if (fault) fprintf(stderr, "# %s: %s\n", names[i], fault);
        failed += fault != NULL;
    }
    bf_session_free(session);
    bf_engine_free(engine);
    return failed != 0;
}
