/* SPDX-License-Identifier: Apache-2.0 */
/*
 * genuine-scores MODALITY [--roi] MANIFEST.csv...: the score of every pair of samples of one
 * identity, a line each, for tools/fit-fusion. A sample that cannot be extracted scores 0.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bonafide/bonafide.h"
#include "manifest.h"

typedef struct work {
    bf_session *s;
    uint32_t modality, flags;
} work;

static bf_template *extract(const work *w, const eval_sample *m)
{
    bf_image_opts opts;
    bf_extract_opts how;
    bf_image *image = NULL;
    bf_template *t = NULL;
    bf_image_opts_init(&opts);
    if (m->ppi) opts.ppi = m->ppi;
    bf_extract_opts_init(&how);
    how.modality = w->modality;
    how.flags = w->flags;
    how.pad = BF_PAD_OFF;
    if (bf_image_load(w->s, m->path, &opts, &image) ||
        bf_template_extract_with(w->s, image, &how, &t)) {
        fprintf(stderr, "genuine-scores: %s: %s\n", m->label, bf_session_error(w->s));
    }
    bf_image_free(image);
    return t;
}

/* Samples first..end of one identity. */
static int one_identity(const work *w, const eval_manifest *m, uint32_t first, uint32_t end)
{
    bf_template **t = calloc(end - first, sizeof *t);
    int good = t != NULL;
    for (uint32_t i = first; i < end && good; i++) t[i - first] = extract(w, &m->samples[i]);
    for (uint32_t i = first; i < end && good; i++) {
        for (uint32_t j = i + 1; j < end && good; j++) {
            float score = 0;
            const bf_template *a = t[i - first], *b = t[j - first];
            if (a && b) good = !bf_compare(w->s, a, b, &score);
            if (good) printf("%.2f\n", (double)score);
        }
    }
    for (uint32_t i = first; t && i < end; i++) bf_template_free(t[i - first]);
    free(t);
    return good;
}

static int one_manifest(const work *w, const char *path)
{
    eval_manifest m;
    eval_error err;
    int good = 1;
    if (eval_manifest_load(path, &m, &err)) {
        fprintf(stderr, "genuine-scores: %s: cannot be read\n", path);
        return 0;
    }
    for (uint32_t i = 0, end; i < m.count && good; i = end) {
        for (end = i; end < m.count && m.samples[end].identity == m.samples[i].identity;) end++;
        good = one_identity(w, &m, i, end);
    }
    eval_manifest_free(&m);
    return good;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"finger", "palm", "face"};
    work w = {0};
    bf_engine *engine = NULL;
    bf_engine_opts opts;
    int at = 2, good = 1;
    for (uint32_t i = 0; argc > 2 && i < 3; i++) {
        if (!strcmp(argv[1], names[i])) w.modality = BF_FINGER + i;
    }
    if (!w.modality) {
        fprintf(stderr, "usage: genuine-scores finger|palm|face [--roi] MANIFEST.csv...\n");
        return 2;
    }
    if (!strcmp(argv[at], "--roi")) {
        w.flags = BF_EXTRACT_REGION;
        at++;
    }
    bf_engine_opts_init(&opts);
    opts.models = getenv("BF_MODELS");
    if (bf_engine_open(&opts, &engine) || bf_session_open(engine, &w.s)) return 3;
    for (; at < argc && good; at++) good = one_manifest(&w, argv[at]);
    bf_session_free(w.s);
    bf_engine_free(engine);
    return good ? 0 : 3;
}
