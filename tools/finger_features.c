/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finger-features [--seeds first|all] [--cross-session] MANIFEST.csv > FILE: compare every pair of
 * samples and write what the score was made of, for tools/fit-finger; --seeds: what its ceiling was
 * made of instead, for tools/fit-ceiling, and the raw similarity without one. Little-endian:
 * "BFFEAT02", uint32 features k, uint32 rows; then rows of float: 1 genuine or 0, raw similarity,
 * the two identities (numbers of the manifest, below 2^24), k features.
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bonafide/bonafide.h"
#include "engine/session.h"
#include "finger/compare.h"
#include "manifest.h"

#define THREADS 2
#define HEAD 4
#define ROW_FLOATS (BF_FEATURES + HEAD) /* of memory; behind the features 0 */

enum { SCORE, FIRST_SEEDS, ALL_SEEDS };

typedef struct work {
    bf_engine *engine;
    const eval_manifest *manifest;
    bf_template **templates;
    int cross_session, what, failed;
    size_t features;
    uint32_t next; /* sample to extract, or row of pairs to compare */
    float *rows;
    size_t count, capacity;
    pthread_mutex_t lock;
} work;

static uint32_t take(work *w)
{
    pthread_mutex_lock(&w->lock);
    uint32_t i = w->next++;
    pthread_mutex_unlock(&w->lock);
    return i;
}

static void *extract_all(void *user)
{
    work *w = user;
    bf_session *s = NULL;
    if (bf_session_open(w->engine, &s)) return NULL;
    for (uint32_t i; (i = take(w)) < w->manifest->count;) {
        const eval_sample *m = &w->manifest->samples[i];
        bf_image_opts opts;
        bf_image *image = NULL;
        bf_image_opts_init(&opts);
        if (m->ppi) opts.ppi = m->ppi;
        /* as bonafide evaluate does: the position is among a template's bytes */
        uint32_t position = m->position_code <= BF_LEFT_LITTLE ? m->position_code : 0;
        if (bf_image_load(s, m->path, &opts, &image) ||
            bf_template_extract(s, image, BF_FINGER, position, &w->templates[i])) {
            fprintf(stderr, "finger-features: %s\n", bf_session_error(s));
        }
        bf_image_free(image);
    }
    bf_session_free(s);
    return NULL;
}

static int keep(work *w, const eval_sample *a, const eval_sample *b, float raw, const float *f)
{
    int good = 1;
    pthread_mutex_lock(&w->lock);
    if (w->count == w->capacity) {
        size_t capacity = 2 * w->capacity + 1024;
        float *rows = realloc(w->rows, capacity * ROW_FLOATS * sizeof *rows);
        good = rows != NULL;
        if (good) {
            w->rows = rows;
            w->capacity = capacity;
        }
    }
    if (good) {
        float *row = w->rows + w->count++ * ROW_FLOATS;
        memset(row, 0, ROW_FLOATS * sizeof *row);
        row[0] = a->identity == b->identity ? 1 : 0;
        row[1] = raw;
        row[2] = (float)a->identity;
        row[3] = (float)b->identity;
        memcpy(row + HEAD, f, w->features * sizeof *f);
    }
    w->failed |= !good;
    pthread_mutex_unlock(&w->lock);
    return good;
}

static void *compare_all(void *user)
{
    work *w = user;
    bf_session *s = NULL;
    if (bf_session_open(w->engine, &s)) return NULL;
    for (uint32_t i; (i = take(w)) < w->manifest->count;) {
        for (uint32_t j = i + 1; j < w->manifest->count; j++) {
            const eval_sample *a = &w->manifest->samples[i], *b = &w->manifest->samples[j];
            if (w->cross_session && a->session == b->session) continue;
            if (!w->templates[i] || !w->templates[j]) continue;
            const void *x = w->templates[i]->prepared, *y = w->templates[j]->prepared;
            bf_fscore f;
            float raw = bf_finger_compare_features(bf_session__enter(s), x, y, -INFINITY, NULL, &f);
            if (isnan(raw)) break;
            if (w->what != SCORE) {
                raw = bf_finger_model(&f);
                if (bf_finger_compare_seeds(bf_session__enter(s), x, y, w->what == FIRST_SEEDS,
                                            f.f))
                    break;
            }
            if (!keep(w, a, b, raw, f.f)) break;
        }
    }
    bf_session_free(s);
    return NULL;
}

static void on_threads(work *w, void *(*run)(void *))
{
    pthread_t thread[THREADS];
    int started = 0;
    w->next = 0;
    while (started < THREADS && !pthread_create(&thread[started], NULL, run, w)) started++;
    if (!started) run(w);
    for (int i = 0; i < started; i++) pthread_join(thread[i], NULL);
}

static int order_rows(const void *a, const void *b)
{
    return memcmp(a, b, ROW_FLOATS * sizeof(float));
}

static int write_rows(work *w)
{
    uint32_t head[2] = {(uint32_t)w->features, (uint32_t)w->count};
    /* the same file whatever the threads did */
    qsort(w->rows, w->count, ROW_FLOATS * sizeof(float), order_rows);
    int good = fwrite("BFFEAT02", 8, 1, stdout) == 1 && fwrite(head, sizeof head, 1, stdout) == 1;
    for (size_t k = 0; good && k < w->count; k++) {
        size_t n = w->features + HEAD;
        good = fwrite(w->rows + k * ROW_FLOATS, sizeof(float), n, stdout) == n;
    }
    return good && fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
    int cross = 0, what = SCORE, at = 1;
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (!strcmp(argv[at], "--cross-session")) {
            cross = 1;
        } else if (!strcmp(argv[at], "--seeds") && at + 1 < argc) {
            what = strcmp(argv[++at], "first") ? ALL_SEEDS : FIRST_SEEDS;
        } else {
            at = argc;
        }
    }
    if (at + 1 != argc || isatty(STDOUT_FILENO)) {
        fprintf(stderr, "usage: finger-features [--seeds first|all] [--cross-session] MANIFEST.csv"
                        " > FILE\n");
        return 2;
    }
    eval_manifest manifest;
    eval_error error;
    if (eval_manifest_load(argv[at], &manifest, &error)) {
        fprintf(stderr, "finger-features: %s\n", error.text);
        return 3;
    }
    work w = {.manifest = &manifest, .cross_session = cross, .what = what};
    w.features = what == SCORE ? BF_FEATURES : BF_SEED_FEATURES;
    pthread_mutex_init(&w.lock, NULL);
    w.templates = calloc(manifest.count, sizeof(bf_template *));
    int good = w.templates && !bf_engine_open(NULL, &w.engine);
    if (good) {
        on_threads(&w, extract_all);
        on_threads(&w, compare_all);
        good = !w.failed && w.count && write_rows(&w);
    }
    for (uint32_t i = 0; w.templates && i < manifest.count; i++) bf_template_free(w.templates[i]);
    free(w.templates);
    free(w.rows);
    bf_engine_free(w.engine);
    eval_manifest_free(&manifest);
    if (!good) fprintf(stderr, "finger-features: %s: not done\n", argv[at]);
    return good ? 0 : 3;
}
