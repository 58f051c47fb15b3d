/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linear search: every person is scored, by as many threads as there are processors, each with its
 * own session. Preparing a template costs far more than comparing it, so that the threads do that
 * too, and only for samples of a position that is asked for. Scores land in one array by person, so
 * that the result does not depend on threads; ties go to the smaller id text. The evidence (parts)
 * is computed again for the few that are kept.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/fuse.h"
#include "engine/store_internal.h"

#define THREADS_MAX 64u

/* Probes that are of one finger. */
typedef struct group {
    uint32_t modality, position;
    uint32_t probes[BF_PROBES_MAX];
    uint32_t count;
} group;

typedef struct run {
    const bf_search_set *set;
    const bf_search *search;
    group groups[BF_PROBES_MAX];
    uint32_t group_count;
    double *scores; /* by person; below 0: nothing could be compared */
    atomic_size_t next;
    atomic_ullong comparisons;
    _Atomic bf_status status;
    char error[BF_ERROR_MAX]; /* of the thread that set status; read after all have ended */
} run;

static void make_groups(run *r)
{
    const bf_search *q = r->search;
    for (uint32_t i = 0; i < q->probe_count; i++) {
        uint32_t modality = bf_template_modality(q->probes[i]);
        uint32_t position = bf_template_position(q->probes[i]);
        group *g = NULL;
        for (uint32_t j = 0; j < r->group_count && position; j++) {
            if (r->groups[j].modality == modality && r->groups[j].position == position) {
                g = &r->groups[j];
            }
        }
        if (!g) {
            g = &r->groups[r->group_count++];
            g->modality = modality;
            g->position = position;
        }
        g->probes[g->count++] = i;
    }
}

static int comparable(const group *g, const bf_set_sample *sample)
{
    if (sample->modality != g->modality) return 0;
    return !g->position || !sample->position || sample->position == g->position;
}

/* The best comparison of one group with a person so far. */
typedef struct nearest {
    float score;
    uint64_t finger; /* of the person: the sample's position, or the sample where that is unknown */
} nearest;

/* One sample against the probes of one finger; the best so far is in *part and *top. */
static bf_status compare_group(bf_session *s, const run *r, const group *g,
                               const bf_set_sample *sample, const bf_template *tmpl,
                               bf_candidate_part *part, nearest *top)
{
    uint64_t unknown = (uint64_t)1 << 63 | (uint64_t)(sample - r->set->samples);
    for (uint32_t j = 0; j < g->count; j++) {
        float score;
        BF_TRY(bf_compare(s, r->search->probes[g->probes[j]], tmpl, &score));
        if (part->comparisons++ && score <= top->score) continue;
        top->score = score;
        top->finger =
            sample->position ? (uint64_t)sample->modality << 32 | sample->position : unknown;
        part->probe = g->probes[j];
        part->position = g->position ? g->position : sample->position;
        memcpy(part->encounter, sample->encounter, sizeof part->encounter);
    }
    return BF_OK;
}

/* One sample against all fingers that it may be. */
static bf_status compare_sample(bf_session *s, const run *r, const bf_set_sample *sample,
                                bf_candidate_part *parts, nearest *tops)
{
    bf_template *tmpl = NULL;
    bf_status st = BF_OK;
    for (uint32_t i = 0; i < r->group_count && !st; i++) {
        if (!comparable(&r->groups[i], sample)) continue;
        if (!tmpl) st = bf_template_parse(s, sample->bytes, sample->len, &tmpl);
        if (!st) st = compare_group(s, r, &r->groups[i], sample, tmpl, &parts[i], &tops[i]);
    }
    bf_template_free(tmpl);
    return st;
}

/* Probes that are nearest to one and the same finger of the person are one finger, whatever they
 * are called: the best of them counts, once. Else a print given twice would weigh twice. */
static void merge_fingers(bf_candidate_part *parts, nearest *tops, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        for (uint32_t k = 0; k < i && parts[i].comparisons; k++) {
            if (!parts[k].comparisons || tops[k].finger != tops[i].finger) continue;
            uint32_t both = parts[k].comparisons + parts[i].comparisons;
            if (tops[i].score > tops[k].score) {
                parts[k] = parts[i];
                tops[k] = tops[i];
            }
            parts[k].comparisons = both;
            parts[i].comparisons = 0;
        }
    }
}

/* @param out_parts  NULL, or BF_PROBES_MAX of them */
static bf_status score_person(bf_session *s, const run *r, const bf_set_person *p, double *out,
                              bf_candidate_part *out_parts, uint32_t *part_count,
                              uint64_t *comparisons)
{
    bf_candidate_part parts[BF_PROBES_MAX];
    nearest tops[BF_PROBES_MAX] = {{0}};
    double sum = 0;
    uint32_t fingers = 0;
    memset(parts, 0, r->group_count * sizeof *parts);
    *comparisons = 0;
    for (size_t i = p->first; i < p->first + p->count; i++) {
        BF_TRY(compare_sample(s, r, &r->set->samples[i], parts, tops));
    }
    merge_fingers(parts, tops, r->group_count);
    for (uint32_t i = 0; i < r->group_count; i++) {
        if (!parts[i].comparisons) continue;
        *comparisons += parts[i].comparisons;
        parts[i].modality = r->groups[i].modality;
        parts[i].score = (float)bf_fuse_best_of((double)tops[i].score, parts[i].comparisons);
        sum += (double)parts[i].score;
        if (out_parts) out_parts[fingers] = parts[i];
        fingers++;
    }
    if (part_count) *part_count = fingers;
    *out = fingers ? bf_fuse_fingers(sum, fingers) : -1;
    return BF_OK;
}

static void work(run *r, bf_session *s)
{
    size_t i;
    while ((i = atomic_fetch_add(&r->next, 1)) < r->set->person_count) {
        uint64_t n;
        bf_status st = score_person(s, r, &r->set->persons[i], &r->scores[i], NULL, NULL, &n);
        if (st) {
            /* The first to fail says what it was; nobody starts on another person. */
            if (!atomic_exchange(&r->status, st)) {
                snprintf(r->error, sizeof r->error, "a sample of %s: %s", r->set->persons[i].name,
                         bf_session_error(s));
            }
            atomic_store(&r->next, r->set->person_count);
            return;
        }
        atomic_fetch_add(&r->comparisons, n);
    }
}

typedef struct worker {
    pthread_t thread;
    run *r;
    bf_session *session;
    int started;
} worker;

static void *worker_main(void *arg)
{
    worker *w = arg;
    work(w->r, w->session);
    return NULL;
}

static uint32_t thread_count(const run *r)
{
    long n = r->search->threads ? (long)r->search->threads : sysconf(_SC_NPROCESSORS_ONLN);
    if (n > (long)THREADS_MAX) n = THREADS_MAX;
    if ((size_t)n > r->set->person_count) n = (long)r->set->person_count;
    return n < 1 ? 1 : (uint32_t)n;
}

static bf_status score_all(bf_ctx *c, bf_engine *engine, run *r)
{
    worker workers[THREADS_MAX];
    uint32_t n = thread_count(r);
    memset(workers, 0, n * sizeof *workers);
    bf_status st = BF_OK;
    for (uint32_t i = 0; i < n && !st; i++) {
        workers[i].r = r;
        st = bf_session_open(engine, &workers[i].session);
    }
    /* The calling thread takes part; a thread that cannot be started is done without. */
    for (uint32_t i = 1; i < n && !st; i++) {
        workers[i].started = !pthread_create(&workers[i].thread, NULL, worker_main, &workers[i]);
    }
    if (!st) work(r, workers[0].session);
    for (uint32_t i = 0; i < n; i++) {
        if (workers[i].started) pthread_join(workers[i].thread, NULL);
        bf_session_free(workers[i].session);
    }
    if (!st) st = atomic_load(&r->status);
    if (st == BF_ENOMEM) BF_FAIL_NOMEM(c);
    if (st) BF_FAIL(c, st, "%s", r->error);
    return BF_OK;
}

/* ---- the best ---- */

static int better(const run *r, size_t a, size_t b)
{
    if (r->scores[a] != r->scores[b]) return r->scores[a] > r->scores[b];
    return strcmp(r->set->persons[a].name, r->set->persons[b].name) < 0;
}

/* Indices of the best, best first. @return how many */
static size_t pick(const run *r, double least, size_t *best, size_t cap)
{
    size_t n = 0;
    for (size_t i = 0; i < r->set->person_count; i++) {
        if (r->scores[i] < 0 || r->scores[i] < least) continue;
        if (n == cap && !better(r, i, best[n - 1])) continue;
        size_t at = n < cap ? n++ : n - 1;
        for (; at && better(r, i, best[at - 1]); at--) best[at] = best[at - 1];
        best[at] = i;
    }
    return n;
}

static float as_score(double score)
{
    if (score > (double)BF_SCORE_MAX) return BF_SCORE_MAX;
    return (float)((double)(int32_t)(score * 100.0 + 0.5) / 100.0);
}

static bf_status fill(bf_ctx *c, bf_engine *engine, const run *r, const size_t *best, size_t n,
                      bf_result *out)
{
    bf_session *s = NULL;
    bf_status st = bf_session_open(engine, &s);
    if (st) BF_FAIL_NOMEM(c);
    for (size_t i = 0; i < n && !st; i++) {
        const bf_set_person *p = &r->set->persons[best[i]];
        bf_candidate *k = &out->candidates[i];
        double score = 0;
        uint64_t comparisons;
        st = score_person(s, r, p, &score, k->parts, &k->part_count, &comparisons);
        memcpy(k->person, p->name, sizeof p->name);
        k->rank = (uint32_t)i + 1;
        k->score = as_score(score);
        k->above_threshold = score >= (double)out->threshold;
        out->ids[i] = p->id;
    }
    bf_session_free(s);
    return st;
}

static bf_status collect(bf_ctx *c, bf_engine *engine, const run *r, double threshold,
                         bf_result *out)
{
    size_t cap = r->search->max_candidates, *best = bf_ctx_scratch(c, cap, sizeof *best);
    if (!best) BF_FAIL_NOMEM(c);
    for (size_t i = 0; i < r->set->person_count; i++) out->persons += r->scores[i] >= 0;
    out->threshold = (float)threshold;
    out->comparisons = atomic_load(&r->comparisons);
    size_t n = pick(r, r->search->include_below ? 0 : (double)out->threshold, best, cap);
    out->candidates = bf_ctx_alloc(c, n + 1, sizeof *out->candidates);
    out->ids = bf_ctx_alloc(c, n + 1, sizeof *out->ids);
    if (!out->candidates || !out->ids) BF_FAIL_NOMEM(c);
    BF_TRY(fill(c, engine, r, best, n, out));
    out->count = n;
    return BF_OK;
}

bf_status bf_search__run(bf_ctx *c, bf_engine *engine, const bf_search_set *set,
                         const bf_search *search, int fmr_given, bf_result **out)
{
    run r = {.set = set, .search = search};
    bf_result *result = bf_ctx_alloc(c, 1, sizeof *result);
    r.scores = bf_ctx_alloc(c, set->person_count + 1, sizeof *r.scores);
    bf_status st = result && r.scores ? BF_OK : bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    if (!st) {
        result->alloc = c->alloc;
        make_groups(&r);
        st = score_all(c, engine, &r);
    }
    if (!st) {
        uint64_t n = 0;
        for (size_t i = 0; i < set->person_count; i++) n += r.scores[i] >= 0;
        double threshold =
            fmr_given ? bf_fuse_threshold(search->fmr, 1) : bf_fuse_threshold(search->fpir, n);
        st = collect(c, engine, &r, threshold, result);
    }
    bf_ctx_release(c, r.scores);
    if (st) {
        bf_result_free(result);
        return st;
    }
    *out = result;
    return BF_OK;
}

/* ---- public ---- */

size_t bf_result_count(const bf_result *r)
{
    return r->count;
}

const bf_candidate *bf_result_candidate(const bf_result *r, size_t i)
{
    return i < r->count ? &r->candidates[i] : NULL;
}

float bf_result_threshold(const bf_result *r)
{
    return r->threshold;
}

uint64_t bf_result_persons(const bf_result *r)
{
    return r->persons;
}

uint64_t bf_result_comparisons(const bf_result *r)
{
    return r->comparisons;
}

const char *bf_result_purpose(const bf_result *r)
{
    return r->purpose;
}

void bf_result_free(bf_result *r)
{
    if (!r) return;
    bf_allocator a = r->alloc;
    if (r->candidates) bf_wipe(r->candidates, r->count * sizeof *r->candidates);
    bf_alloc_release(&a, r->candidates);
    bf_alloc_release(&a, r->ids);
    bf_wipe(r, sizeof *r);
    bf_alloc_release(&a, r);
}
