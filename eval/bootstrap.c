/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each replicate has its own generator, seeded by its number, so the threads may take them in any
 * order. A replicate is one pass over the pairs that adds up weights per distinct score, then one
 * pass over the scores.
 */
#include "bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    EER,
    ZERO_FMR,
    RANK1,
    FNMR_AT,
    DET = FNMR_AT + EVAL_FMR_LEVELS,
    QUANTITIES = DET + EVAL_DET_POINTS
};

/* A counted pair, cut down to what a replicate needs. */
typedef struct item {
    uint32_t rank; /* on the axis; axis->count: failed */
    uint32_t a, b; /* identities */
    uint32_t genuine;
} item;

typedef struct scratch {
    uint32_t *weight;             /* [identities] */
    uint64_t *genuine, *impostor; /* [axis->count + 1] */
} scratch;

typedef struct job {
    const eval_axis *axis;
    const eval_search *search;
    uint32_t identities;
    uint64_t seed;
    unsigned defined;
    item *items;
    size_t count;
    scratch *own; /* per thread */
    double (*replicate)[QUANTITIES];
} job;

uint64_t eval_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

void eval_bootstrap_draw(uint32_t *weight, uint32_t n, uint64_t seed, uint64_t replicate)
{
    uint64_t state = seed;
    state = eval_random(&state) + replicate;
    state = eval_random(&state);
    memset(weight, 0, n * sizeof *weight);
    for (uint32_t i = 0; i < n; i++) {
        weight[(eval_random(&state) >> 32) * n >> 32]++;
    }
}

double eval_search_rank1(const eval_search *s, uint32_t identities, const uint32_t *w)
{
    uint64_t probes = 0, hits = 0;
    for (uint32_t i = 0; i < identities; i++) {
        uint64_t weight = w ? w[i] : 1;
        probes += weight * s->probes[i];
        hits += weight * s->hits[i];
    }
    return probes ? (double)hits / (double)probes : NAN;
}

static void run_replicate(const job *j, const scratch *own, uint64_t number, double *out)
{
    size_t n = (size_t)j->axis->count + 1;
    const uint32_t *w = own->weight;
    eval_bootstrap_draw(own->weight, j->identities, j->seed, number);
    memset(own->genuine, 0, n * sizeof *own->genuine);
    memset(own->impostor, 0, n * sizeof *own->impostor);
    for (size_t i = 0; i < j->count; i++) {
        const item *p = &j->items[i];
        if (p->genuine) {
            own->genuine[p->rank] += w[p->a];
        } else {
            own->impostor[p->rank] += (uint64_t)w[p->a] * w[p->b];
        }
    }
    eval_tally t = {own->genuine, own->impostor, own->genuine[n - 1], own->impostor[n - 1]};
    eval_rates rates;
    eval_rates_compute(j->axis, &t, j->defined, &rates);
    out[EER] = rates.eer;
    out[ZERO_FMR] = rates.zero_fmr;
    out[RANK1] = eval_search_rank1(j->search, j->identities, w);
    for (int k = 0; k < EVAL_FMR_LEVELS; k++) out[FNMR_AT + k] = rates.fnmr_at[k];
    eval_rates_det(j->axis, &t, out + DET);
}

static void work(void *user, unsigned worker, uint64_t begin, uint64_t end)
{
    const job *j = user;
    for (uint64_t i = begin; i < end; i++) run_replicate(j, &j->own[worker], i, j->replicate[i]);
}

static int by_value(const void *pa, const void *pb)
{
    double a = *(const double *)pa, b = *(const double *)pb;
    return (a > b) - (a < b);
}

/* The p quantile of n sorted values, linear between neighbours. */
static double quantile(const double *v, size_t n, double p)
{
    double at = p * (double)(n - 1);
    size_t i = (size_t)at;
    if (i + 1 >= n) return v[n - 1];
    return v[i] + (at - (double)i) * (v[i + 1] - v[i]);
}

eval_interval eval_percentiles(const double *value, size_t n, size_t stride, double *sorted)
{
    size_t have = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(value[i * stride])) sorted[have++] = value[i * stride];
    }
    if (!have) return (eval_interval){NAN, NAN};
    qsort(sorted, have, sizeof *sorted, by_value);
    return (eval_interval){quantile(sorted, have, 0.025), quantile(sorted, have, 0.975)};
}

static eval_interval interval(const job *j, uint32_t replicates, int quantity, double *v)
{
    return eval_percentiles(&j->replicate[0][quantity], replicates, QUANTITIES, v);
}

static void collect(const job *j, uint32_t replicates, double *v, eval_intervals *out)
{
    out->eer = interval(j, replicates, EER, v);
    out->zero_fmr = interval(j, replicates, ZERO_FMR, v);
    out->rank1 = interval(j, replicates, RANK1, v);
    for (int k = 0; k < EVAL_FMR_LEVELS; k++) {
        out->fnmr_at[k] = interval(j, replicates, FNMR_AT + k, v);
    }
    for (int k = 0; k < EVAL_DET_POINTS; k++) out->det[k] = interval(j, replicates, DET + k, v);
    for (uint32_t i = 0; i < replicates; i++) out->replicates += !isnan(j->replicate[i][EER]);
}

static int allocate(job *j, const eval_pairs *pairs, const eval_bootstrap_opts *opts)
{
    size_t n = (size_t)j->axis->count + 1;
    j->items = malloc((pairs->count + 1) * sizeof *j->items);
    j->own = calloc(opts->threads, sizeof *j->own);
    j->replicate = malloc((opts->replicates + (size_t)1) * sizeof *j->replicate);
    if (!j->items || !j->own || !j->replicate) return 0;
    for (unsigned i = 0; i < opts->threads; i++) {
        scratch *s = &j->own[i];
        s->weight = malloc(j->identities * sizeof *s->weight);
        s->genuine = malloc(n * sizeof *s->genuine);
        s->impostor = malloc(n * sizeof *s->impostor);
        if (!s->weight || !s->genuine || !s->impostor) return 0;
    }
    return 1;
}

static void release(job *j, unsigned threads)
{
    for (unsigned i = 0; j->own && i < threads; i++) {
        free(j->own[i].weight);
        free(j->own[i].genuine);
        free(j->own[i].impostor);
    }
    free(j->own);
    free(j->items);
    free(j->replicate);
}

bf_status eval_bootstrap(const eval_manifest *m, const eval_pairs *pairs, const eval_axis *axis,
                         const eval_search *search, const eval_bootstrap_opts *opts,
                         eval_intervals *out, eval_error *err)
{
    job j = {.axis = axis,
             .search = search,
             .identities = m->identities,
             .seed = opts->seed,
             .defined = eval_rates_defined(pairs->impostor)};
    double *v = malloc((opts->replicates + (size_t)1) * sizeof *v);
    bf_status st = BF_OK;
    if (!v || !allocate(&j, pairs, opts)) {
        st = eval_fail(err, BF_ENOMEM, "out of memory for the bootstrap");
        goto done;
    }
    for (size_t i = 0; i < pairs->count; i++) {
        const eval_pair *p = &pairs->pair[i];
        if (!(p->flags & EVAL_PAIR_COUNTED)) continue;
        uint32_t rank = eval_axis_rank(axis, p->score);
        if (rank == EVAL_RANK_FAILED) rank = axis->count;
        j.items[j.count++] = (item){rank, m->samples[p->a].identity, m->samples[p->b].identity,
                                    p->flags & EVAL_PAIR_GENUINE};
    }
    eval_parallel(opts->threads, opts->replicates, 4, work, &j, &opts->progress, "bootstrap");
    *out = (eval_intervals){0};
    collect(&j, opts->replicates, v, out);
done:
    release(&j, opts->threads);
    free(v);
    return st;
}
