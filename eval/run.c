/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each thread has a session of its own on the shared engine. Results are written per sample and
 * per pair, so they do not depend on the number of threads. Templates go through their bytes
 * (extract, then parse) as they would through a store.
 */
#include "run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct job {
    eval_result *r;
    bf_session **session; /* per thread */
    double *compare_s;    /* per thread */
    uint64_t *compared;   /* per thread */
    bf_status *status;    /* per thread: of the first failed comparison */
    uint32_t *source;     /* [samples] the one that is extracted for it; UINT32_MAX: not needed */
} job;

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The code that goes into the template: a number that is one, or a palm's side in words. */
static uint32_t position_of(const eval_sample *s, uint32_t modality)
{
    uint32_t code = s->position_code;
    if (modality == BF_FINGER) return code <= BF_LEFT_LITTLE ? code : 0;
    if (modality != BF_PALM) return 0;
    if (!strcmp(s->position, "left")) return BF_LEFT_PALM;
    if (!strcmp(s->position, "right")) return BF_RIGHT_PALM;
    return code >= BF_RIGHT_PALM && code <= BF_PALM_LAST ? code : 0;
}

/* Load, extract, and read the template back from its bytes. */
static bf_status extract(bf_session *s, const eval_sample *sample, const eval_run_opts *run,
                         eval_extraction *out)
{
    bf_image *image = NULL;
    bf_template *t = NULL;
    bf_image_opts opts;
    bf_extract_opts how;
    bf_image_opts_init(&opts);
    opts.ppi = sample->ppi;
    bf_extract_opts_init(&how);
    how.modality = run->modality;
    how.position = position_of(sample, run->modality);
    how.flags = run->extract_flags;
    how.recogniser = run->recogniser;
    double t0 = seconds(CLOCK_THREAD_CPUTIME_ID);
    EVAL_TRY(bf_image_load(s, sample->path, &opts, &image));
    double t1 = seconds(CLOCK_THREAD_CPUTIME_ID);
    bf_status st = bf_template_extract_with(s, image, &how, &t);
    double t2 = seconds(CLOCK_THREAD_CPUTIME_ID);
    bf_image_free(image);
    out->load_ms = (t1 - t0) * 1e3;
    out->extract_ms = (t2 - t1) * 1e3;
    EVAL_TRY(st);
    size_t len;
    const uint8_t *bytes = bf_template_bytes(t, &len);
    double t3 = seconds(CLOCK_THREAD_CPUTIME_ID);
    st = bf_template_parse(s, bytes, len, &out->tpl);
    out->prepare_ms = (seconds(CLOCK_THREAD_CPUTIME_ID) - t3) * 1e3;
    out->quality = bf_template_quality(t);
    out->reasons = bf_template_quality_reasons(t);
    out->bytes = (uint32_t)len;
    bf_template_free(t);
    return st;
}

static void extract_work(void *user, unsigned worker, uint64_t begin, uint64_t end)
{
    job *j = user;
    bf_session *s = j->session[worker];
    for (uint64_t i = begin; i < end; i++) {
        eval_extraction *e = &j->r->extraction[i];
        if (j->source[i] != i) continue;
        e->status = extract(s, &j->r->manifest->samples[i], &j->r->opts, e);
        if (!e->status) continue;
        const char *why = bf_session_error(s);
        snprintf(e->cause, sizeof e->cause, "%s", *why ? why : bf_status_name(e->status));
    }
}

static void compare_work(void *user, unsigned worker, uint64_t begin, uint64_t end)
{
    job *j = user;
    bf_session *s = j->session[worker];
    double t0 = seconds(CLOCK_THREAD_CPUTIME_ID);
    for (uint64_t i = begin; i < end; i++) {
        eval_pair *p = &j->r->pairs.pair[i];
        const bf_template *a = j->r->extraction[p->a].tpl, *b = j->r->extraction[p->b].tpl;
        if (!a || !b) continue;
        bf_status st = bf_compare(s, a, b, &p->score);
        if (st && !j->status[worker]) j->status[worker] = st;
        j->compared[worker]++;
    }
    j->compare_s[worker] += seconds(CLOCK_THREAD_CPUTIME_ID) - t0;
}

/* A failure that says nothing about the sample. */
static int is_fatal(bf_status st)
{
    return st == BF_EIO || st == BF_ENOENT || st == BF_ENOMEM || st == BF_EINVAL ||
           st == BF_EMODALITY || st == BF_EMODEL;
}

static int by_value(const void *pa, const void *pb)
{
    double a = *(const double *)pa, b = *(const double *)pb;
    return (a > b) - (a < b);
}

static double median(double *v, size_t n)
{
    if (!n) return NAN;
    qsort(v, n, sizeof *v, by_value);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2.0;
}

typedef struct key {
    const eval_sample *sample;
    uint32_t index, position;
} key;

static int by_file(const void *pa, const void *pb)
{
    const key *a = pa, *b = pb;
    int d = strcmp(a->sample->path, b->sample->path);
    if (!d) d = (a->sample->ppi > b->sample->ppi) - (a->sample->ppi < b->sample->ppi);
    if (!d) d = (a->position > b->position) - (a->position < b->position);
    return d ? d : (a->index > b->index) - (a->index < b->index);
}

/* Rows that name the same file in the same way share one extraction. */
static bf_status find_sources(job *j, eval_error *err)
{
    const eval_manifest *m = j->r->manifest;
    key *k = malloc(m->count * sizeof *k);
    size_t n = 0;
    if (!k) return eval_fail(err, BF_ENOMEM, "out of memory");
    for (uint32_t i = 0; i < m->count; i++) {
        j->source[i] = UINT32_MAX;
        if (!j->r->pairs.used[i]) continue;
        k[n++] = (key){&m->samples[i], i, position_of(&m->samples[i], j->r->opts.modality)};
    }
    qsort(k, n, sizeof *k, by_file);
    for (size_t i = 0, first = 0; i < n; i++) {
        if (strcmp(k[i].sample->path, k[first].sample->path) != 0 ||
            k[i].sample->ppi != k[first].sample->ppi || k[i].position != k[first].position) {
            first = i;
        }
        j->source[k[i].index] = k[first].index;
    }
    free(k);
    return BF_OK;
}

static void share_extractions(job *j)
{
    for (uint32_t i = 0; i < j->r->manifest->count; i++) {
        if (j->source[i] == i || j->source[i] == UINT32_MAX) continue;
        eval_extraction *e = &j->r->extraction[i];
        *e = j->r->extraction[j->source[i]];
        e->shared = 1;
        e->load_ms = 0; /* it took no time of its own */
    }
}

/* Look for fatal failures in the order of the manifest, then sum up. */
static bf_status finish_extraction(eval_result *r, eval_error *err)
{
    const eval_manifest *m = r->manifest;
    double *load = malloc(2 * sizeof *load * m->count), *ms = load ? load + m->count : NULL;
    if (!load) return eval_fail(err, BF_ENOMEM, "out of memory");
    double sum_ms = 0, sum_bytes = 0, sum_prepare_ms = 0;
    size_t n = 0, loaded = 0;
    bf_status st = BF_OK;
    for (uint32_t i = 0; i < m->count && !st; i++) {
        const eval_extraction *e = &r->extraction[i];
        if (!r->pairs.used[i]) continue;
        if (is_fatal(e->status)) {
            st = eval_fail(err, e->status, "%s:%u: %s", m->file, m->samples[i].line, e->cause);
        }
        if (e->load_ms > 0) {
            load[loaded] = e->load_ms;
            ms[loaded++] = e->extract_ms;
            sum_ms += e->extract_ms;
        }
        r->failures += e->status != BF_OK;
        if (e->status) continue;
        n++;
        sum_bytes += e->bytes;
        sum_prepare_ms += e->prepare_ms;
        if (e->bytes > r->template_bytes_max) r->template_bytes_max = e->bytes;
    }
    r->times.load_ms_median = median(load, loaded);
    r->times.extract_ms_median = median(ms, loaded);
    r->times.extract_ms_mean = loaded ? sum_ms / (double)loaded : NAN;
    r->times.prepare_us_mean = n ? sum_prepare_ms * 1e3 / (double)n : NAN;
    r->template_bytes_mean = n ? sum_bytes / (double)n : NAN;
    free(load);
    return st;
}

static bf_status finish_comparison(job *j, eval_error *err)
{
    double s = 0;
    uint64_t n = 0;
    for (unsigned i = 0; i < j->r->opts.threads; i++) {
        if (j->status[i]) {
            return eval_fail(err, j->status[i], "comparison failed: %s",
                             bf_status_name(j->status[i]));
        }
        s += j->compare_s[i];
        n += j->compared[i];
    }
    j->r->times.compare_us_mean = n ? s * 1e6 / (double)n : NAN;
    return BF_OK;
}

static bf_status open_job(job *j, bf_engine *engine, eval_error *err)
{
    unsigned threads = j->r->opts.threads;
    j->session = calloc(threads, sizeof *j->session);
    j->compare_s = calloc(threads, sizeof *j->compare_s);
    j->compared = calloc(threads, sizeof *j->compared);
    j->status = calloc(threads, sizeof *j->status);
    j->source = malloc(j->r->manifest->count * sizeof *j->source);
    j->r->extraction = calloc(j->r->manifest->count, sizeof *j->r->extraction);
    if (!j->session || !j->compare_s || !j->compared || !j->status || !j->source ||
        !j->r->extraction) {
        return eval_fail(err, BF_ENOMEM, "out of memory");
    }
    for (unsigned i = 0; i < threads; i++) {
        bf_status st = bf_session_open(engine, &j->session[i]);
        if (st) return eval_fail(err, st, "cannot open a session: %s", bf_status_name(st));
    }
    return find_sources(j, err);
}

static void close_job(job *j)
{
    for (unsigned i = 0; j->session && i < j->r->opts.threads; i++) bf_session_free(j->session[i]);
    free(j->session);
    free(j->compare_s);
    free(j->compared);
    free(j->status);
    free(j->source);
}

bf_status eval_run(bf_engine *engine, const eval_manifest *manifest, const eval_run_opts *opts,
                   eval_result *out, eval_error *err)
{
    eval_pairs pairs;
    EVAL_TRY(eval_pairs_make(manifest, opts->protocol, &pairs, err));
    return eval_run_pairs(engine, manifest, &pairs, opts, out, err);
}

bf_status eval_run_pairs(bf_engine *engine, const eval_manifest *manifest, eval_pairs *pairs,
                         const eval_run_opts *opts, eval_result *out, eval_error *err)
{
    eval_result r = {.manifest = manifest, .opts = *opts, .pairs = *pairs};
    job j = {.r = &r};
    double start_s = seconds(CLOCK_MONOTONIC);
    *pairs = (eval_pairs){0};
    bf_status st = open_job(&j, engine, err);
    if (!st) {
        eval_parallel(opts->threads, manifest->count, 1, extract_work, &j, &opts->progress,
                      "extracting");
        share_extractions(&j);
        st = finish_extraction(&r, err);
    }
    if (!st) {
        eval_parallel(opts->threads, r.pairs.count, 64, compare_work, &j, &opts->progress,
                      "comparing");
        st = finish_comparison(&j, err);
    }
    close_job(&j);
    if (!st) st = eval_result_count(&r, err);
    r.identification.extrapolated_from = (double)bf_score_extrapolated_from(engine, opts->modality);
    r.times.wall_s = seconds(CLOCK_MONOTONIC) - start_s;
    if (st) {
        eval_result_free(&r);
    } else {
        *out = r;
    }
    return st;
}

void eval_result_free(eval_result *r)
{
    for (uint32_t i = 0; r->extraction && i < r->manifest->count; i++) {
        if (!r->extraction[i].shared) bf_template_free(r->extraction[i].tpl);
    }
    free(r->extraction);
    free(r->axis.value);
    free(r->tally.genuine);
    free(r->tally.impostor);
    free(r->search.probes);
    free(r->search.hits);
    eval_accuracy_free(&r->accuracy);
    eval_groups_free(&r->groups);
    eval_pairs_free(&r->pairs);
    *r = (eval_result){0};
}
