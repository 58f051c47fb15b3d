/* SPDX-License-Identifier: Apache-2.0 */
/* Score every presentation by several threads, each with a session of its own. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "pad.h"

static bf_status score_face(bf_session *s, const bf_image *image, float *out_score,
                            float *out_threshold)
{
    bf_face_pad_result r = {.struct_size = sizeof r};
    bf_status st = bf_face_pad(s, image, &r);
    if (st) return st;
    *out_score = r.score;
    *out_threshold = r.threshold;
    return BF_OK;
}

/* Which detector a modality has: one line each. */
static const struct {
    uint32_t modality;
    eval_pad_scorer scorer;
} scorers[] = {
    {BF_FACE, score_face},
};

eval_pad_scorer eval_pad_scorer_of(uint32_t modality)
{
    for (size_t i = 0; i < sizeof scorers / sizeof scorers[0]; i++) {
        if (scorers[i].modality == modality) return scorers[i].scorer;
    }
    return NULL;
}

typedef struct job {
    eval_pad_result *r;
    bf_session **session; /* per thread */
} job;

static double thread_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static bf_status score(bf_session *s, const char *path, eval_pad_scorer scorer, eval_pad_score *out)
{
    bf_image *image = NULL;
    float v = EVAL_SCORE_FAILED, threshold = NAN;
    EVAL_TRY(bf_image_load(s, path, NULL, &image));
    double start_ms = thread_ms();
    bf_status st = scorer(s, image, &v, &threshold);
    out->score_ms = thread_ms() - start_ms;
    bf_image_free(image);
    EVAL_TRY(st);
    if (!(v >= 0.0f)) return BF_EFORMAT;
    out->score = v;
    out->threshold = threshold;
    return BF_OK;
}

static void work(void *user, unsigned worker, uint64_t begin, uint64_t end)
{
    job *j = user;
    bf_session *s = j->session[worker];
    for (uint64_t i = begin; i < end; i++) {
        eval_pad_score *to = &j->r->score[i];
        to->score = EVAL_SCORE_FAILED;
        to->threshold = NAN;
        to->score_ms = NAN;
        to->status = score(s, j->r->list->item[i].path, j->r->opts.scorer, to);
        if (!to->status) continue;
        const char *why = bf_session_error(s);
        snprintf(to->cause, sizeof to->cause, "%s", *why ? why : bf_status_name(to->status));
    }
}

/* A failure that says nothing about the presentation. */
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

static bf_status finish(eval_pad_result *r, eval_error *err)
{
    double *ms = malloc((r->list->count + (size_t)1) * sizeof *ms);
    size_t n = 0;
    if (!ms) return eval_fail(err, BF_ENOMEM, "out of memory");
    bf_status st = BF_OK;
    for (uint32_t i = 0; i < r->list->count && !st; i++) {
        const eval_pad_score *s = &r->score[i];
        if (is_fatal(s->status)) {
            st = eval_fail(err, s->status, "%s:%u: %s", r->list->file, r->list->item[i].line,
                           s->cause);
        }
        r->failures += s->status != BF_OK;
        if (!isnan(s->score_ms)) ms[n++] = s->score_ms;
    }
    qsort(ms, n, sizeof *ms, by_value);
    r->score_ms_median = n ? (ms[(n - 1) / 2] + ms[n / 2]) / 2.0 : NAN;
    free(ms);
    return st;
}

static bf_status score_all(bf_engine *engine, job *j, eval_error *err)
{
    const eval_pad_opts *o = &j->r->opts;
    j->session = calloc(o->threads, sizeof *j->session);
    j->r->score = calloc(j->r->list->count, sizeof *j->r->score);
    if (!j->session || !j->r->score) return eval_fail(err, BF_ENOMEM, "out of memory");
    for (unsigned i = 0; i < o->threads; i++) {
        bf_status st = bf_session_open(engine, &j->session[i]);
        if (st) return eval_fail(err, st, "cannot open a session: %s", bf_status_name(st));
    }
    eval_parallel(o->threads, j->r->list->count, 1, work, j, &o->progress, "scoring");
    return finish(j->r, err);
}

bf_status eval_pad_run(bf_engine *engine, const eval_pad_list *list, const eval_pad_opts *opts,
                       eval_pad_result *out, eval_error *err)
{
    eval_pad_result r = {.list = list, .opts = *opts};
    job j = {.r = &r};
    bf_status st = score_all(engine, &j, err);
    for (unsigned i = 0; j.session && i < opts->threads; i++) bf_session_free(j.session[i]);
    free(j.session);
    if (!st) st = eval_pad_count(&r, err);
    if (st) {
        eval_pad_result_free(&r);
    } else {
        *out = r;
    }
    return st;
}

void eval_pad_result_free(eval_pad_result *r)
{
    free(r->score);
    *r = (eval_pad_result){0};
}
