/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gallery-study finger|palm|palm-region|face SYNTHETIC STEP MANIFEST.csv...
 * Of real samples (every STEP-th): how often strangers' samples, and synthetic ones, reach scores
 * 20 and 30; how many of either pass the fast stage where 10, 1 and 0.1 % of the strangers' pass;
 * and which share of genuine pairs a shortlist of that share among all others would lose.
 * docs/SCALE.md has what came of it. BF_MODELS names the folder of models.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bonafide/bonafide.h"
#include "bonafide/synth.h"
#include "engine/session.h"
#include "manifest.h"

#define REAL_MAX 4000u
#define SURE 70.0 /* score of genuine pairs that are easy for the exact comparison */

typedef struct study {
    bf_engine *engine;
    bf_session *s;
    const bf_modality *m;
    uint32_t flags, real, all; /* all: real ones, then synthetic ones */
    bf_template **tmpl;
    uint64_t *identity;
    uint8_t *codes;
    uint32_t *at; /* of codes, in units of 8 bytes */
    int32_t *votes;
} study;

static int die(const char *what, const char *why)
{
    fprintf(stderr, "gallery-study: %s: %s\n", what, why);
    return 1;
}

static int add(study *w, bf_template *t, uint64_t identity)
{
    size_t len;
    uint32_t stride = (w->m->fast->max_bytes + 7) / 8;
    w->tmpl[w->all] = t;
    w->identity[w->all] = identity;
    w->at[w->all] = w->all * stride;
    return w->m->fast->encode(bf_session__enter(w->s), t->prepared,
                              w->codes + 8 * (size_t)w->at[w->all++], &len);
}

static int read_real(study *w, const char *file, uint32_t number, uint32_t step)
{
    eval_manifest man;
    eval_error err;
    bf_extract_opts o;
    if (eval_manifest_load(file, &man, &err)) return die(file, "not a manifest");
    bf_extract_opts_init(&o);
    o.modality = w->m->id;
    o.flags = w->flags;
    for (uint32_t i = 0; i < man.count && w->all < REAL_MAX; i += step) {
        bf_image *image = NULL;
        bf_template *t = NULL;
        if (!bf_image_load(w->s, man.samples[i].path, NULL, &image) &&
            !bf_template_extract_with(w->s, image, &o, &t)) {
            add(w, t, (uint64_t)number << 32 | man.samples[i].identity);
        }
        bf_image_free(image);
    }
    w->real = w->all;
    eval_manifest_free(&man);
    return 0;
}

static int make_synthetic(study *w, uint32_t count)
{
    bf_synth_people *p = NULL;
    uint32_t position = w->m->id == BF_PALM ? BF_LEFT_PALM : 0;
    if (bf_synth_people_create(w->s, 1, &p)) return die("people", bf_session_error(w->s));
    for (uint32_t i = 0; i < count; i++) {
        bf_template *t = NULL;
        if (bf_synth_people_template(w->s, p, i, w->m->id, position, &t)) {
            return die("person", bf_session_error(w->s));
        }
        add(w, t, UINT64_MAX - i);
    }
    bf_synth_people_free(p);
    return 0;
}

static int descending(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x < y) - (x > y);
}

typedef struct tally {
    uint64_t pairs, at20, at30;
} tally;

static double score(study *w, uint32_t i, uint32_t j)
{
    float s = 0;
    return bf_compare(w->s, w->tmpl[i], w->tmpl[j], &s) ? 0 : (double)s;
}

static void scan(study *w, uint32_t i, void *probe)
{
    w->m->fast->make_probe(w->tmpl[i]->prepared, w->codes + 8 * (size_t)w->at[i], probe);
    w->m->fast->scan(bf_session__enter(w->s)->kern, probe, w->codes, w->at, w->all, w->votes);
}

/* How many genuine pairs of probe i each shortlist loses: of all, and of those above SURE. */
static void genuine(study *w, uint32_t i, uint64_t lost[2][4], uint64_t pairs[2])
{
    static const double shares[4] = {0.1, 0.01, 0.003, 0.001};
    for (uint32_t j = 0; j < w->real; j++) {
        if (j == i || w->identity[j] != w->identity[i]) continue;
        uint32_t above = 0, others = 0;
        for (uint32_t k = 0; k < w->all; k++) {
            if (w->identity[k] == w->identity[i]) continue;
            others++;
            above += w->votes[k] >= w->votes[j];
        }
        int sure = score(w, i, j) > SURE;
        pairs[0]++;
        pairs[1] += (uint64_t)sure;
        for (int s = 0; s < 4; s++) {
            uint64_t gone = above >= shares[s] * others;
            lost[0][s] += gone;
            lost[1][s] += gone && sure;
        }
    }
}

static void count(tally *t, double s)
{
    t->pairs++;
    t->at20 += s >= 20;
    t->at30 += s >= 30;
}

static void print(const char *name, const tally *t)
{
    printf("real against %s: %llu pairs, at 20 %.2e, at 30 %.2e\n", name,
           (unsigned long long)t->pairs, (double)t->at20 / (double)t->pairs,
           (double)t->at30 / (double)t->pairs);
}

static int run(study *w)
{
    tally real = {0}, synthetic = {0};
    uint64_t lost[2][4] = {{0}}, pairs[2] = {0};
    size_t room = (w->m->fast->probe_bytes + 63) / 64 * 64, n = 0, m = 0;
    void *probe = aligned_alloc(64, room);
    int32_t *strangers = malloc((size_t)w->real * w->real * sizeof *strangers);
    int32_t *made = malloc((size_t)w->real * (w->all - w->real + 1) * sizeof *made);
    if (!probe || !strangers || !made) return die("votes", "out of memory");
    for (uint32_t i = 0; i < w->real; i++) {
        scan(w, i, probe);
        for (uint32_t j = 0; j < w->all; j++) {
            if (w->identity[j] == w->identity[i]) continue;
            count(j < w->real ? &real : &synthetic, score(w, i, j));
            if (j < w->real)
                strangers[n++] = w->votes[j];
            else
                made[m++] = w->votes[j];
        }
        genuine(w, i, lost, pairs);
    }
    if (!n || !m) return die("samples", "too few");
    print("real", &real);
    print("synthetic", &synthetic);
    qsort(strangers, n, sizeof *strangers, descending);
    static const double shares[3] = {0.1, 0.01, 0.001};
    for (int s = 0; s < 3; s++) {
        int32_t bar = strangers[(size_t)(shares[s] * (double)n)];
        size_t passed = 0;
        for (size_t k = 0; k < m; k++) passed += made[k] > bar;
        printf("fast stage: where %g %% of the real pass, of the synthetic %.3g %%\n",
               100 * shares[s], 100 * (double)passed / (double)m);
    }
    for (int k = 0; k < 2; k++) {
        printf("%llu genuine pairs%s: lost at 10, 1, 0.3, 0.1 %%:", (unsigned long long)pairs[k],
               k ? " above 70" : "");
        for (int s = 0; s < 4; s++) {
            printf(" %.2f", 100 * (double)lost[k][s] / (double)(pairs[k] ? pairs[k] : 1));
        }
        printf(" %%\n");
    }
    free(probe);
    free(strangers);
    free(made);
    return 0;
}

int main(int argc, char **argv)
{
    study w = {0};
    bf_engine_opts opts;
    bf_engine_opts_init(&opts);
    opts.models = getenv("BF_MODELS");
    if (argc < 5) {
        return die("usage", "finger|palm|palm-region|face SYNTHETIC STEP MANIFEST.csv...");
    }
    w.flags = strcmp(argv[1], "palm-region") ? 0 : BF_EXTRACT_REGION;
    w.m = bf_modality_find(bf_modality_by_name(w.flags ? "palm" : argv[1]));
    if (!w.m || !w.m->fast) return die(argv[1], "no such modality");
    uint32_t made = (uint32_t)strtoul(argv[2], NULL, 10),
             step = (uint32_t)strtoul(argv[3], NULL, 10);
    if (!step || made > 100000) return die("usage", "STEP from 1, SYNTHETIC up to 100000");
    if (bf_engine_open(&opts, &w.engine) || bf_session_open(w.engine, &w.s)) {
        return die("engine", "cannot open");
    }
    size_t room = REAL_MAX + made;
    w.tmpl = calloc(room, sizeof *w.tmpl);
    w.identity = calloc(room, sizeof *w.identity);
    w.at = calloc(room, sizeof *w.at);
    w.votes = calloc(room, sizeof *w.votes);
    w.codes = calloc(room, (w.m->fast->max_bytes + 7) / 8 * 8);
    if (!w.tmpl || !w.identity || !w.at || !w.votes || !w.codes) return die("room", "none left");
    int rc = 0;
    for (int i = 4; i < argc && !rc; i++) rc = read_real(&w, argv[i], (uint32_t)i, step);
    if (!rc) rc = make_synthetic(&w, made);
    if (!rc) rc = run(&w);
    for (uint32_t i = 0; i < w.all; i++) bf_template_free(w.tmpl[i]);
    free(w.tmpl);
    free(w.identity);
    free(w.at);
    free(w.votes);
    free(w.codes);
    bf_session_free(w.s);
    bf_engine_free(w.engine);
    return rc;
}
