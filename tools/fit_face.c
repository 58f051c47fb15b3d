/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fit-face MANIFEST.csv [RECOGNISER]: compare every pair of faces and print the calibration of the
 * recogniser as the C table that src/face/tables.h holds. BF_MODELS names the folder of models.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bonafide/bonafide.h"
#include "calibrate.h"
#include "engine/session.h"
#include "face/compare.h"
#include "manifest.h"

typedef struct work {
    bf_engine *engine;
    bf_session *session;
    eval_manifest manifest;
    bf_template **templates;
    const char *recogniser;
} work;

static int die(const char *what, const char *why)
{
    fprintf(stderr, "fit-face: %s: %s\n", what, why);
    return 1;
}

/* A picture without a template is left out. */
static void extract_all(work *w)
{
    bf_extract_opts o;
    bf_extract_opts_init(&o);
    o.modality = BF_FACE;
    o.pad = BF_PAD_OFF;
    o.recogniser = w->recogniser;
    for (uint32_t i = 0; i < w->manifest.count; i++) {
        bf_image *image = NULL;
        const char *path = w->manifest.samples[i].path;
        if (bf_image_load(w->session, path, NULL, &image) ||
            bf_template_extract_with(w->session, image, &o, &w->templates[i])) {
            die(path, bf_session_error(w->session));
        }
        bf_image_free(image);
    }
}

static int same_identity(const eval_sample *a, const eval_sample *b)
{
    return a->identity == b->identity;
}

static int compare_all(work *w, eval_pairs *out)
{
    size_t n = w->manifest.count, capacity = n * (n - 1) / 2 + 1;
    bf_ctx *c = bf_session__enter(w->session);
    out->pair = calloc(capacity, sizeof *out->pair);
    if (!out->pair) return die("pairs", "out of memory");
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = i + 1; j < n && w->templates[i]; j++) {
            if (!w->templates[j]) continue;
            int same = same_identity(&w->manifest.samples[i], &w->manifest.samples[j]);
            double cosine =
                bf_face_cosine(c, w->templates[i]->prepared, w->templates[j]->prepared);
            uint32_t flags = EVAL_PAIR_COUNTED | (same ? EVAL_PAIR_GENUINE : 0);
            out->pair[out->count++] = (eval_pair){i, j, (float)(100.0 * cosine), flags};
            *(same ? &out->genuine : &out->impostor) += 1;
        }
    }
    return 0;
}

static void print_table(const work *w, const eval_pairs *p, const eval_calibration *k)
{
    printf("/* %s: %zu impostor pairs of %u pictures; from score %.1f on extrapolated */\n",
           w->recogniser ? w->recogniser : "default", p->impostor, w->manifest.count,
           (double)k->extrapolated_from);
    for (uint32_t i = 0; i < k->count; i++) {
        printf("    {%.4ff, %.2ff},\n", (double)k->point[i][0], (double)k->point[i][1]);
    }
}

static int run(work *w, const char *manifest)
{
    eval_error err = {""};
    eval_pairs pairs = {0};
    eval_calibration k;
    if (eval_manifest_load(manifest, &w->manifest, &err)) return die(manifest, err.text);
    w->templates = calloc(w->manifest.count + 1u, sizeof *w->templates);
    if (!w->templates) return die(manifest, "out of memory");
    extract_all(w);
    int rc = compare_all(w, &pairs);
    if (!rc && eval_calibrate(&pairs, 0.01, 1.0, &k, &err)) rc = die(manifest, err.text);
    if (!rc) print_table(w, &pairs, &k);
    free(pairs.pair);
    for (uint32_t i = 0; i < w->manifest.count; i++) bf_template_free(w->templates[i]);
    free(w->templates);
    eval_manifest_free(&w->manifest);
    return rc;
}

int main(int argc, char **argv)
{
    work w = {.recogniser = argc == 3 ? argv[2] : NULL};
    bf_engine_opts opts;
    bf_engine_opts_init(&opts);
    opts.models = getenv("BF_MODELS");
    if (argc < 2 || argc > 3) return die("usage", "fit-face MANIFEST.csv [RECOGNISER]");
    if (bf_engine_open(&opts, &w.engine) || bf_session_open(w.engine, &w.session)) {
        return die("engine", "cannot open");
    }
    int rc = run(&w, argv[1]);
    bf_session_free(w.session);
    bf_engine_free(w.engine);
    return rc;
}
