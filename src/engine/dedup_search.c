/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Some persons at a time. A thread takes a few of them, so that their searches share each pass over
 * memory; a person of more samples than a search has probes is searched for several times, and the
 * best of those counts as the best of so many.
 *
 * Each person is also compared with himself: samples of two positions that match are one finger (or
 * palm) under two names; if they do so crosswise between two encounters, one of the two was filed
 * the wrong way round. Palms only across hands: parts of one palm overlap.
 */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/dedup_internal.h"
#include "search/fuse.h"
#include "template/compare.h"

#define WIDTH_MAX 8u                /* searches in one pass */
#define VOTES_MAX_BYTES (64u << 20) /* of one thread's pass */
#define STEP_PERSONS 8u             /* for each thread in one step */
#define CANDIDATES 100u             /* of one search */
#define SELF_SAMPLES_MAX 128u       /* newest samples of a person compared with each other */

typedef struct subject {
    uint64_t id;
    bf_people_sample *samples; /* scratch */
    uint32_t count;
    const bf_modality **modality;
    void **prepared;
    size_t *prepared_len;
    bf_finds finds;
} subject;

/* One search for a subject. */
typedef struct chunk {
    subject *of;
    uint32_t first; /* sample */
    bf_query_probe probes[BF_PROBES_MAX];
} chunk;

typedef struct job {
    bf_dedup *d;
    subject *subjects;
    size_t count;
    uint32_t width;
    atomic_size_t next;
    atomic_ullong comparisons;
} job;

typedef struct keeper {
    const bf_dedup *d;
    uint64_t probe;
} keeper;

/* The smaller row numbers, and of the others those who are not searched for themselves. */
static int keep(const void *user, uint64_t id)
{
    const keeper *k = user;
    if (id < k->probe) return 1;
    if (id == k->probe) return 0;
    size_t lo = 0, hi = k->d->count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (k->d->all[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < k->d->count && k->d->all[lo].id == id && !k->d->todo[lo];
}

/* ---- subjects ---- */

static bf_status open_subject(bf_ctx *c, const bf_dedup *d, subject *s)
{
    bf_people *p = bf_index__people(d->index);
    bf_people_sample *samples = NULL;
    uint32_t count = 0;
    uint64_t id;
    BF_TRY(bf_people__copy(c, p, bf_people__where(p, s->id), &id, &samples, &count));
    s->samples = bf_ctx_scratch(c, (size_t)count + 1, sizeof *s->samples);
    s->modality = bf_ctx_scratch(c, (size_t)count + 1, sizeof *s->modality);
    s->prepared = bf_ctx_scratch(c, (size_t)count + 1, sizeof *s->prepared);
    s->prepared_len = bf_ctx_scratch(c, (size_t)count + 1, sizeof *s->prepared_len);
    if (!s->samples || !s->modality || !s->prepared || !s->prepared_len) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < count; i++) {
        const bf_modality *m = bf_modality_find(samples[i].modality);
        if (!m || (d->member && !d->member[samples[i].set])) continue;
        BF_TRY(m->prepare(c, samples[i].bytes, samples[i].len, &s->prepared[s->count],
                          &s->prepared_len[s->count]));
        s->modality[s->count] = m;
        s->samples[s->count++] = samples[i];
    }
    return BF_OK;
}

static void close_subject(bf_ctx *c, subject *s)
{
    for (uint32_t i = 0; i < s->count; i++) {
        bf_wipe(s->prepared[i], s->prepared_len[i]);
        bf_ctx_release(c, s->prepared[i]);
    }
    s->count = 0;
}

/* ---- against others ---- */

static bf_status take_hit(bf_ctx *c, const bf_dedup *d, const chunk *k, const bf_hit *h)
{
    bf_found_part parts[BF_PROBES_MAX];
    subject *s = k->of;
    uint32_t chunks = (s->count + BF_PROBES_MAX - 1) / BF_PROBES_MAX;
    int first = s->id < h->id;
    bf_found one = {.kind = BF_DEDUP_PERSONS,
                    .part_count = h->part_count,
                    .person = first ? s->id : h->id,
                    .other = first ? h->id : s->id,
                    .score = bf_fuse_best_of(h->score, chunks)};
    if (one.score < d->threshold) return BF_OK;
    for (uint32_t i = 0; i < h->part_count; i++) {
        const bf_candidate_part *p = &h->parts[i];
        uint64_t mine = s->samples[k->first + p->probe].encounter, theirs = h->encounter[i];
        parts[i] = (bf_found_part){.modality = (uint8_t)p->modality,
                                   .position = (uint8_t)p->position,
                                   .other_position = (uint8_t)p->position,
                                   .comparisons = p->comparisons,
                                   .score = p->score,
                                   .encounter = first ? mine : theirs,
                                   .other_encounter = first ? theirs : mine};
    }
    return bf_finds__add(c, &s->finds, &one, parts);
}

static bf_status search_chunks(bf_ctx *c, job *j, chunk *chunks, uint32_t count)
{
    bf_query q[WIDTH_MAX];
    keeper keepers[WIDTH_MAX];
    bf_hits hits[WIDTH_MAX];
    const bf_dedup *d = j->d;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t left = chunks[i].of->count - chunks[i].first;
        keepers[i] = (keeper){d, chunks[i].of->id};
        q[i] = (bf_query){.probes = chunks[i].probes,
                          .probe_count = left < BF_PROBES_MAX ? left : BF_PROBES_MAX,
                          .member = d->member,
                          .keep = keep,
                          .keep_user = &keepers[i],
                          .threads = 1,
                          .max_candidates = CANDIDATES,
                          .least_score = d->threshold};
    }
    BF_TRY(bf_people__search_batch(c, bf_index__people(d->index), q, count, hits));
    bf_status st = BF_OK;
    for (uint32_t i = 0; i < count; i++) {
        atomic_fetch_add(&j->comparisons, hits[i].comparisons);
        for (size_t k = 0; k < hits[i].count && !st; k++) {
            st = take_hit(c, d, &chunks[i], &hits[i].items[k]);
        }
        bf_hits__free(c, &hits[i]);
    }
    return st;
}

/* All searches for some subjects, as many in one pass as may be. */
static bf_status search_others(bf_ctx *c, job *j, subject *s, size_t count)
{
    chunk *chunks = bf_ctx_scratch(c, j->width, sizeof *chunks);
    uint32_t n = 0;
    if (!chunks) BF_FAIL_NOMEM(c);
    for (size_t i = 0; i < count; i++) {
        for (uint32_t at = 0; at < s[i].count; at += BF_PROBES_MAX) {
            chunk *k = &chunks[n++];
            *k = (chunk){.of = &s[i], .first = at};
            for (uint32_t p = 0; p < BF_PROBES_MAX && at + p < s[i].count; p++) {
                k->probes[p] = (bf_query_probe){
                    s[i].modality[at + p], s[i].samples[at + p].position, s[i].prepared[at + p]};
            }
            if (n < j->width) continue;
            BF_TRY(search_chunks(c, j, chunks, n));
            n = 0;
        }
    }
    return n ? search_chunks(c, j, chunks, n) : BF_OK;
}

/* ---- against himself ---- */

typedef struct self_match {
    uint32_t a, b; /* samples */
    float score;
    int used;
} self_match;

/* 0: neither; else 1 right, 2 left */
static uint32_t hand_of_palm(uint32_t position)
{
    static const uint8_t side[BF_PALM_LAST + 1] = {[21] = 1, 1, 2, 2, 1, 1, 2, 2,
                                                   1,        2, 1, 1, 1, 2, 2, 2};
    return position <= BF_PALM_LAST ? side[position] : 0;
}

static int must_differ(const bf_people_sample *a, const bf_people_sample *b)
{
    if (a->modality != b->modality || a->position == b->position) return 0;
    if (a->modality == BF_PALM) {
        uint32_t x = hand_of_palm(a->position), y = hand_of_palm(b->position);
        return x && y && x != y;
    }
    return a->position && b->position;
}

static bf_status add_self(bf_ctx *c, subject *s, const self_match *m, const self_match *cross)
{
    const self_match *both[2] = {m, cross};
    bf_found_part parts[2];
    uint32_t n = cross ? 2 : 1;
    double score = (double)m->score;
    if (cross && (double)cross->score < score) score = (double)cross->score;
    for (uint32_t i = 0; i < n; i++) {
        const bf_people_sample *a = &s->samples[both[i]->a], *b = &s->samples[both[i]->b];
        parts[i] = (bf_found_part){.modality = (uint8_t)a->modality,
                                   .position = (uint8_t)a->position,
                                   .other_position = (uint8_t)b->position,
                                   .comparisons = 1,
                                   .score = both[i]->score,
                                   .encounter = a->encounter,
                                   .other_encounter = b->encounter};
    }
    bf_found one = {.kind = cross ? BF_DEDUP_SWAP : BF_DEDUP_POSITIONS,
                    .part_count = n,
                    .person = s->id,
                    .score = score};
    return bf_finds__add(c, &s->finds, &one, parts);
}

/* Between the same two encounters, position for position the other way round. */
static int is_cross(const subject *s, const self_match *x, const self_match *y)
{
    const bf_people_sample *a = &s->samples[x->a], *b = &s->samples[x->b];
    const bf_people_sample *k = &s->samples[y->a], *l = &s->samples[y->b];
    if (a->encounter == b->encounter || a->modality != k->modality) return 0;
    if (a->encounter == l->encounter && b->encounter == k->encounter) {
        const bf_people_sample *t = k;
        k = l;
        l = t;
    }
    return a->encounter == k->encounter && b->encounter == l->encounter &&
           a->position == l->position && b->position == k->position;
}

static bf_status tell_self(bf_ctx *c, subject *s, self_match *m, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        self_match *cross = NULL;
        for (uint32_t k = i + 1; k < n && !m[i].used; k++) {
            if (m[k].used || !is_cross(s, &m[i], &m[k])) continue;
            if (!cross || m[k].score > cross->score) cross = &m[k];
        }
        if (m[i].used) continue;
        if (cross) cross->used = 1;
        BF_TRY(add_self(c, s, &m[i], cross));
    }
    return BF_OK;
}

static bf_status search_self(bf_ctx *c, job *j, subject *s)
{
    uint32_t from = s->count > SELF_SAMPLES_MAX ? s->count - SELF_SAMPLES_MAX : 0;
    uint32_t pairs = 0, n = 0;
    for (uint32_t a = from; a < s->count; a++) {
        for (uint32_t b = a + 1; b < s->count; b++) {
            pairs += (uint32_t)must_differ(&s->samples[a], &s->samples[b]);
        }
    }
    if (!pairs) return BF_OK;
    double least = j->d->score > 0 ? j->d->score : bf_fuse_threshold(j->d->fpir, pairs);
    self_match *matches = bf_ctx_scratch(c, pairs, sizeof *matches);
    if (!matches) BF_FAIL_NOMEM(c);
    for (uint32_t a = from; a < s->count; a++) {
        for (uint32_t b = a + 1; b < s->count; b++) {
            float score;
            if (!must_differ(&s->samples[a], &s->samples[b])) continue;
            BF_TRY(bf_modality__compare(c, s->modality[a], s->prepared[a], s->prepared[b],
                                        -INFINITY, NULL, &score));
            if ((double)score >= least) matches[n++] = (self_match){a, b, score, 0};
        }
    }
    atomic_fetch_add(&j->comparisons, pairs);
    return tell_self(c, s, matches, n);
}

/* ---- all of a step ---- */

static bf_status search_some(bf_ctx *c, job *j, subject *s, size_t count)
{
    bf_arena_mark mark = bf_arena_save(&c->arena);
    bf_status st = BF_OK;
    for (size_t i = 0; i < count && !st; i++) st = open_subject(c, j->d, &s[i]);
    if (!st) st = search_others(c, j, s, count);
    for (size_t i = 0; i < count && !st; i++) st = search_self(c, j, &s[i]);
    for (size_t i = 0; i < count; i++) close_subject(c, &s[i]);
    bf_arena_restore(&c->arena, mark);
    return st;
}

static bf_status work(bf_ctx *c, void *user)
{
    job *j = user;
    size_t at;
    while ((at = atomic_fetch_add(&j->next, j->width)) < j->count) {
        size_t n = j->count - at < j->width ? j->count - at : j->width;
        bf_status st = search_some(c, j, &j->subjects[at], n);
        if (st) {
            atomic_store(&j->next, j->count);
            return st;
        }
    }
    return BF_OK;
}

static uint32_t width_of(bf_people *p)
{
    /* votes of ten fingers; more cost more, but not without bound */
    uint64_t one = ((uint64_t)bf_people__segments(p) * BF_SEGMENT_PERSONS + 1) * 10 * 4;
    uint64_t n = VOTES_MAX_BYTES / one;
    return n > WIDTH_MAX ? WIDTH_MAX : n < 1 ? 1 : (uint32_t)n;
}

bf_status bf_dedup__advance(bf_ctx *c, bf_dedup *d)
{
    long cores = d->threads ? (long)d->threads : sysconf(_SC_NPROCESSORS_ONLN);
    size_t most = (size_t)(cores < 1 ? 1 : cores) * STEP_PERSONS, at = d->at;
    job j = {.d = d, .width = width_of(bf_index__people(d->index))};
    j.subjects = bf_ctx_alloc(c, most, sizeof *j.subjects);
    if (!j.subjects) BF_FAIL_NOMEM(c);
    for (; at < d->count && j.count < most; at++) {
        if (d->todo[at]) j.subjects[j.count++].id = d->all[at].id;
    }
    bf_status st = bf_search__parallel(c, d->threads, (j.count + j.width - 1) / j.width, work, &j);
    for (size_t i = 0; i < j.count; i++) {
        if (!st) st = bf_finds__move(c, &d->finds, &j.subjects[i].finds);
        bf_finds__free(&c->alloc, &j.subjects[i].finds);
    }
    if (!st) {
        d->at = at;
        d->done += j.count;
        d->comparisons += atomic_load(&j.comparisons);
    }
    bf_ctx_release(c, j.subjects);
    return st;
}
