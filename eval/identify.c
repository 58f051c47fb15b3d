/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every pair of a gallery sample and another sample is there once, scored; a round only chooses
 * which of them count. Per round and sample: the best enrolled stranger, the mate, and how many
 * strangers reach the mate.
 */
#include "identify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const eval_fpir_level_name[EVAL_FPIR_LEVELS] = {"1e-1", "1e-2", "1e-3"};
static const double fpir_level[EVAL_FPIR_LEVELS] = {1e-1, 1e-2, 1e-3};
const uint32_t eval_rank_level[EVAL_RANKS] = {1, 5, 10, 20};

/* What one sample finds in the gallery of one round. */
typedef struct finding {
    float stranger, mate;
    uint32_t above; /* strangers at or above the mate */
} finding;

/* One search, as it is counted. */
typedef struct probe {
    float score; /* of the best stranger (non-mated), of the mate (mated) */
    uint32_t identity, above;
    uint32_t passed; /* 1 where score >= the threshold of its round */
} probe;

typedef struct work {
    const eval_manifest *m;
    const eval_pairs *pairs;
    uint32_t *round_of;         /* [identities] the round in which it is left out */
    uint32_t size[EVAL_ROUNDS]; /* enrolled */
    uint8_t *first;             /* [samples] 1 where it is a gallery sample */
    finding *found;             /* [EVAL_ROUNDS][samples] */
    probe *mated, *nonmated;    /* by rising score */
    size_t mated_count, nonmated_count;
} work;

double eval_fpir_threshold(double fpir, uint32_t n)
{
    return -10.0 * log10(-expm1(log1p(-fpir) / n));
}

static void draw_rounds(work *w, uint64_t seed)
{
    uint32_t n = w->m->identities;
    uint64_t state = seed;
    for (uint32_t i = 0; i < n; i++) w->round_of[i] = i % EVAL_ROUNDS;
    for (uint32_t i = n; i > 1; i--) {
        uint32_t j = (uint32_t)((eval_random(&state) >> 32) * i >> 32);
        uint32_t t = w->round_of[i - 1];
        w->round_of[i - 1] = w->round_of[j];
        w->round_of[j] = t;
    }
    for (uint32_t r = 0; r < EVAL_ROUNDS; r++) w->size[r] = n;
    for (uint32_t i = 0; i < n; i++) w->size[w->round_of[i]]--;
}

typedef void (*meeting)(finding *f, float score, int mate);

static void note_score(finding *f, float score, int mate)
{
    if (mate) {
        f->mate = score;
    } else if (score > f->stranger) {
        f->stranger = score;
    }
}

static void note_rank(finding *f, float score, int mate)
{
    f->above += !mate && score >= f->mate;
}

/* The gallery sample a meets the sample b in every round that has a's identity enrolled. */
static void meet(const work *w, uint32_t a, uint32_t b, float score, meeting note)
{
    const eval_sample *s = w->m->samples;
    for (uint32_t r = 0; r < EVAL_ROUNDS; r++) {
        if (w->round_of[s[a].identity] == r) continue;
        note(&w->found[(size_t)r * w->m->count + b], score, s[a].identity == s[b].identity);
    }
}

static void meet_all(const work *w, meeting note)
{
    for (size_t i = 0; i < w->pairs->count; i++) {
        const eval_pair *p = &w->pairs->pair[i];
        if (w->first[p->a]) meet(w, p->a, p->b, p->score, note);
        if (w->first[p->b]) meet(w, p->b, p->a, p->score, note);
    }
}

static int by_score(const void *pa, const void *pb)
{
    const probe *a = pa, *b = pb;
    return (a->score > b->score) - (a->score < b->score);
}

static void list_probes(work *w, double target)
{
    for (uint32_t r = 0; r < EVAL_ROUNDS; r++) {
        double t = eval_fpir_threshold(target, w->size[r]);
        for (uint32_t i = 0; i < w->m->count; i++) {
            const finding *f = &w->found[(size_t)r * w->m->count + i];
            uint32_t identity = w->m->samples[i].identity;
            int enrolled = w->round_of[identity] != r;
            if (enrolled && w->first[i]) continue;
            float score = enrolled ? f->mate : f->stranger;
            int passed = score >= 0.0f && (double)score >= t;
            probe *to = enrolled ? &w->mated[w->mated_count++] : &w->nonmated[w->nonmated_count++];
            *to = (probe){score, identity, f->above, (uint32_t)passed};
        }
    }
    qsort(w->mated, w->mated_count, sizeof *w->mated, by_score);
    qsort(w->nonmated, w->nonmated_count, sizeof *w->nonmated, by_score);
}

/* Rates of one weighting of the identities; NULL: 1 each. */
typedef struct rates {
    double fpir, fnir, fnir_at[EVAL_FPIR_LEVELS], hit_rate[EVAL_RANKS];
    float beyond[EVAL_FPIR_LEVELS]; /* thresholds lie above it */
} rates;

static double weight(const uint32_t *w, const probe *p)
{
    return w ? w[p->identity] : 1;
}

/* The highest score of a non-mated probe that a threshold has to exclude; below 0: none. */
static float excluded(const work *w, const uint32_t *drawn, double most)
{
    double above = 0;
    for (size_t i = w->nonmated_count; i-- > 0;) {
        above += weight(drawn, &w->nonmated[i]);
        if (above > most + 1e-9) return w->nonmated[i].score;
    }
    return EVAL_SCORE_FAILED;
}

/* @return 0 where no probe of a kind is drawn */
static int rates_of(const work *w, const uint32_t *drawn, rates *out)
{
    double mated = 0, nonmated = 0, fnir = 0, fpir = 0, hits[EVAL_RANKS] = {0};
    for (size_t i = 0; i < w->nonmated_count; i++) {
        double x = weight(drawn, &w->nonmated[i]);
        nonmated += x;
        fpir += w->nonmated[i].passed ? x : 0;
    }
    for (size_t i = 0; i < w->mated_count; i++) {
        const probe *p = &w->mated[i];
        double x = weight(drawn, p);
        mated += x;
        fnir += p->passed ? 0 : x;
        for (int k = 0; k < EVAL_RANKS; k++) {
            if (p->score >= 0.0f && p->above < eval_rank_level[k]) hits[k] += x;
        }
    }
    if (mated <= 0 || nonmated <= 0) return 0;
    out->fpir = fpir / nonmated;
    out->fnir = fnir / mated;
    for (int k = 0; k < EVAL_RANKS; k++) out->hit_rate[k] = hits[k] / mated;
    for (int k = 0; k < EVAL_FPIR_LEVELS; k++) {
        double missed = 0;
        out->beyond[k] = excluded(w, drawn, fpir_level[k] * nonmated);
        for (size_t i = 0; i < w->mated_count && w->mated[i].score <= out->beyond[k]; i++) {
            missed += weight(drawn, &w->mated[i]);
        }
        out->fnir_at[k] = missed / mated;
    }
    return 1;
}

/* The lowest score above `beyond` that any probe has. */
static double next_score(const work *w, float beyond)
{
    double best = INFINITY;
    for (size_t i = 0; i < w->mated_count; i++) {
        double s = (double)w->mated[i].score;
        if (s > (double)beyond && s >= 0 && s < best) best = s;
    }
    for (size_t i = 0; i < w->nonmated_count; i++) {
        double s = (double)w->nonmated[i].score;
        if (s > (double)beyond && s >= 0 && s < best) best = s;
    }
    return best;
}

enum { FPIR, FNIR, RANK1, FNIR_AT, QUANTITIES = FNIR_AT + EVAL_FPIR_LEVELS };

static bf_status find_ranges(const work *w, const eval_bootstrap_opts *opts,
                             eval_identification *out)
{
    uint32_t n = opts->replicates;
    double(*v)[QUANTITIES] = malloc((n + (size_t)1) * sizeof *v);
    double *sorted = malloc((n + (size_t)1) * sizeof *sorted);
    uint32_t *drawn = malloc(w->m->identities * sizeof *drawn);
    bf_status st = v && sorted && drawn ? BF_OK : BF_ENOMEM;
    for (uint32_t i = 0; i < n && !st; i++) {
        rates r;
        for (int k = 0; k < QUANTITIES; k++) v[i][k] = NAN;
        eval_bootstrap_draw(drawn, w->m->identities, opts->seed, i);
        if (!rates_of(w, drawn, &r)) continue;
        v[i][FPIR] = r.fpir;
        v[i][FNIR] = r.fnir;
        v[i][RANK1] = r.hit_rate[0];
        for (int k = 0; k < EVAL_FPIR_LEVELS; k++) v[i][FNIR_AT + k] = r.fnir_at[k];
    }
    if (!st) {
        out->fpir_range = eval_percentiles(&v[0][FPIR], n, QUANTITIES, sorted);
        out->fnir_range = eval_percentiles(&v[0][FNIR], n, QUANTITIES, sorted);
        out->rank1_range = eval_percentiles(&v[0][RANK1], n, QUANTITIES, sorted);
        for (int k = 0; k < EVAL_FPIR_LEVELS; k++) {
            out->fnir_at_range[k] = isnan(out->fnir_at[k]) ? (eval_interval){NAN, NAN}
                                                           : eval_percentiles(&v[0][FNIR_AT + k], n,
                                                                              QUANTITIES, sorted);
        }
    }
    free(v);
    free(sorted);
    free(drawn);
    return st;
}

static bf_status count(work *w, const eval_bootstrap_opts *opts, eval_identification *out,
                       eval_error *err)
{
    rates r;
    meet_all(w, note_score);
    meet_all(w, note_rank);
    list_probes(w, out->target);
    out->mated = w->mated_count;
    out->nonmated = w->nonmated_count;
    if (!rates_of(w, NULL, &r)) {
        return eval_fail(err, BF_EFORMAT, "%s: no %s probe under protocol identification",
                         w->m->file, w->mated_count ? "non-mated" : "mated");
    }
    out->fpir = r.fpir;
    out->fnir = r.fnir;
    memcpy(out->hit_rate, r.hit_rate, sizeof out->hit_rate);
    for (int k = 0; k < EVAL_FPIR_LEVELS; k++) {
        int defined = fpir_level[k] * (double)out->nonmated >= 1 - 1e-9;
        out->fnir_at[k] = defined ? r.fnir_at[k] : NAN;
        out->score_at[k] = defined ? next_score(w, r.beyond[k]) : NAN;
    }
    return find_ranges(w, opts, out) ? eval_fail(err, BF_ENOMEM, "out of memory") : BF_OK;
}

bf_status eval_identification_make(const eval_manifest *m, const eval_pairs *pairs, double target,
                                   const eval_bootstrap_opts *opts, eval_identification *out,
                                   eval_error *err)
{
    eval_identification id = {.target = target, .extrapolated_from = NAN};
    size_t cells = (size_t)EVAL_ROUNDS * m->count;
    if (m->identities < 2 * EVAL_ROUNDS) {
        return eval_fail(err, BF_EFORMAT, "%s: protocol identification needs %u identities",
                         m->file, 2 * EVAL_ROUNDS);
    }
    work w = {.m = m,
              .pairs = pairs,
              .round_of = malloc(m->identities * sizeof *w.round_of),
              .first = calloc(m->count, 1),
              .found = malloc(cells * sizeof *w.found),
              .mated = malloc(cells * sizeof *w.mated),
              .nonmated = malloc(cells * sizeof *w.nonmated)};
    bf_status st = BF_OK;
    if (!w.round_of || !w.first || !w.found || !w.mated || !w.nonmated) {
        st = eval_fail(err, BF_ENOMEM, "out of memory");
    } else {
        for (uint32_t i = 0; i < m->count; i++) w.first[i] = eval_is_first(m, i) != 0;
        for (size_t i = 0; i < cells; i++) {
            w.found[i] = (finding){EVAL_SCORE_FAILED, EVAL_SCORE_FAILED, 0};
        }
        draw_rounds(&w, opts->seed);
        id.gallery = w.size[0]; /* the first rounds leave out most */
        id.threshold = eval_fpir_threshold(target, id.gallery);
        st = count(&w, opts, &id, err);
    }
    free(w.round_of);
    free(w.first);
    free(w.found);
    free(w.mated);
    free(w.nonmated);
    if (!st) *out = id;
    return st;
}
