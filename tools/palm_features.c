/* SPDX-License-Identifier: Apache-2.0 */
/*
 * palm-features [--cross-session] [--roi] MANIFEST.csv > FILE: compare every pair of samples and
 * write what the score was made of, for tools/fit-palm. --roi: the pictures are regions.
 * Little-endian: "BFFEAT02", uint32 features k, uint32 rows; then rows of float: 1 genuine or 0,
 * raw similarity, k features.
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bonafide/bonafide.h"
#include "engine/session.h"
#include "manifest.h"
#include "palm/compare.h"

#define THREADS 2
#define ROW_FLOATS (BF_PALM_FEATURES + 4)

typedef struct work {
    bf_engine *engine;
    const eval_manifest *manifest;
    bf_template **templates;
    int cross_session, regions, failed;
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
        bf_extract_opts how;
        bf_extract_opts_init(&how);
        how.modality = BF_PALM;
        how.flags = w->regions ? BF_EXTRACT_REGION : 0;
        if (bf_image_load(s, m->path, &opts, &image) ||
            bf_template_extract_with(s, image, &how, &w->templates[i])) {
            fprintf(stderr, "palm-features: %s\n", bf_session_error(s));
        }
        bf_image_free(image);
    }
    bf_session_free(s);
    return NULL;
}

static int keep(work *w, const eval_sample *a, const eval_sample *b, float raw, const bf_pscore *f)
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
        row[0] = a->identity == b->identity ? 1 : 0;
        row[1] = raw;
        row[2] = (float)a->identity;
        row[3] = (float)b->identity;
        memcpy(row + 4, f->f, sizeof f->f);
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
            bf_pscore f;
            bf_palm_alignment m;
            float raw =
                bf_palm_compare_features(bf_session__enter(s)->kern, w->templates[i]->prepared,
                                         w->templates[j]->prepared, -INFINITY, &m, &f);
            if (!keep(w, a, b, raw, &f)) break;
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
    uint32_t head[2] = {BF_PALM_FEATURES, (uint32_t)w->count};
    /* the same file whatever the threads did */
    qsort(w->rows, w->count, ROW_FLOATS * sizeof(float), order_rows);
    return fwrite("BFFEAT02", 8, 1, stdout) == 1 && fwrite(head, sizeof head, 1, stdout) == 1 &&
           fwrite(w->rows, ROW_FLOATS * sizeof(float), w->count, stdout) == w->count &&
           fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
    work w = {0};
    int at = 1;
    for (; at < argc; at++) {
        if (!strcmp(argv[at], "--cross-session")) {
            w.cross_session = 1;
        } else if (!strcmp(argv[at], "--roi")) {
            w.regions = 1;
        } else {
            break;
        }
    }
    if (at + 1 != argc || isatty(STDOUT_FILENO)) {
        fprintf(stderr, "usage: palm-features [--cross-session] [--roi] MANIFEST.csv > FILE\n");
        return 2;
    }
    eval_manifest manifest;
    eval_error error;
    if (eval_manifest_load(argv[at], &manifest, &error)) {
        fprintf(stderr, "palm-features: %s\n", error.text);
        return 3;
    }
    w.manifest = &manifest;
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
    if (!good) fprintf(stderr, "palm-features: %s: not done\n", argv[at]);
    return good ? 0 : 3;
}
