/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exact stage: every sample of the shortlisted persons against every probe it may be the mate
 * of. Scores land in one array by place in the shortlist, so that the result does not depend on
 * threads; ties go to the smaller id. The evidence is computed again for the few that are kept.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "search/fuse.h"
#include "search/query.h"
#include "template/compare.h"

#define NOTHING (-1.0) /* score of a person of whom nothing could be compared */

typedef struct ranking {
    bf_people *people;
    const bf_query *query;
    const bf_groups *groups;
    const uint32_t *slots;
    size_t count;
    double *scores;
    uint64_t *ids;
    atomic_size_t next;
    atomic_ullong comparisons;
} ranking;

/* The best comparison of one group with a person so far. */
typedef struct nearest {
    float score;
    uint64_t finger; /* of the person: the sample's position, or the sample where that is unknown */
} nearest;

/* What one thread needs beside its context. */
typedef struct scorer {
    const ranking *r;
    bf_fuse *fuse;
    bf_candidate_part parts[BF_PROBES_MAX];
    uint64_t encounter[BF_PROBES_MAX];
    nearest tops[BF_PROBES_MAX];
} scorer;

void bf_groups__make(const bf_query *q, bf_groups *out)
{
    out->count = 0;
    for (uint32_t i = 0; i < q->probe_count; i++) {
        const bf_query_probe *p = &q->probes[i];
        bf_group *g = NULL;
        /* Nobody has two faces; of unknown fingers and palms each may be another one. */
        int one = p->position || p->modality->id == BF_FACE;
        for (uint32_t j = 0; j < out->count && one; j++) {
            bf_group *h = &out->items[j];
            if (h->modality == p->modality && h->position == p->position) g = h;
        }
        if (!g) {
            g = &out->items[out->count++];
            *g = (bf_group){.modality = p->modality, .position = p->position};
        }
        g->probes[g->count++] = i;
    }
}

/* ---- one person ---- */

/* One sample against the probes of one finger, palm or face; the best so far is in the scorer. */
static bf_status compare_group(bf_ctx *c, scorer *w, uint32_t group, const bf_people_sample *sample,
                               uint32_t index, const void *prepared)
{
    const bf_group *g = &w->r->groups->items[group];
    bf_candidate_part *part = &w->parts[group];
    nearest *top = &w->tops[group];
    for (uint32_t j = 0; j < g->count; j++) {
        const bf_query_probe *probe = &w->r->query->probes[g->probes[j]];
        float score;
        BF_TRY(bf_modality__compare(c, g->modality, probe->prepared, prepared, -INFINITY, NULL,
                                    &score));
        if (part->comparisons++ && score <= top->score) continue;
        top->score = score;
        top->finger = sample->position ? (uint64_t)sample->modality << 32 | sample->position
                                       : (uint64_t)1 << 63 | index;
        part->probe = g->probes[j];
        part->position = g->position ? g->position : sample->position;
        w->encounter[group] = sample->encounter;
    }
    return BF_OK;
}

static bf_status compare_sample(bf_ctx *c, scorer *w, const bf_people_sample *sample,
                                uint32_t index)
{
    void *prepared = NULL;
    size_t len = 0;
    bf_status st = BF_OK;
    for (uint32_t i = 0; i < w->r->groups->count && !st; i++) {
        const bf_group *g = &w->r->groups->items[i];
        if (!bf_group__takes(g, sample->modality, sample->position)) continue;
        if (!prepared) st = g->modality->prepare(c, sample->bytes, sample->len, &prepared, &len);
        if (!st) st = compare_group(c, w, i, sample, index, prepared);
    }
    if (prepared) bf_wipe(prepared, len);
    bf_ctx_release(c, prepared);
    return st;
}

/* Probes that are nearest to one and the same finger of the person are one finger, whatever they
 * are called: the best of them counts, once. Else a print given twice would weigh twice. */
static void merge_fingers(scorer *w, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        for (uint32_t k = 0; k < i && w->parts[i].comparisons; k++) {
            if (!w->parts[k].comparisons || w->tops[k].finger != w->tops[i].finger) continue;
            uint32_t both = w->parts[k].comparisons + w->parts[i].comparisons;
            if (w->tops[i].score > w->tops[k].score) {
                w->parts[k] = w->parts[i];
                w->tops[k] = w->tops[i];
                w->encounter[k] = w->encounter[i];
            }
            w->parts[k].comparisons = both;
            w->parts[i].comparisons = 0;
        }
    }
}

/* @param hit  NULL, or to be filled */
static bf_status score_person(bf_ctx *c, scorer *w, const bf_people_sample *samples, uint32_t count,
                              double *out, bf_hit *hit, uint64_t *comparisons)
{
    const ranking *r = w->r;
    bf_fuse_part fused[BF_PROBES_MAX];
    uint32_t n = 0;
    memset(w->parts, 0, r->groups->count * sizeof *w->parts);
    memset(w->tops, 0, r->groups->count * sizeof *w->tops);
    for (uint32_t i = 0; i < count; i++) {
        if (r->query->member && !r->query->member[samples[i].set]) continue;
        BF_TRY(compare_sample(c, w, &samples[i], i));
    }
    merge_fingers(w, r->groups->count);
    for (uint32_t i = 0; i < r->groups->count; i++) {
        bf_candidate_part *part = &w->parts[i];
        if (!part->comparisons) continue;
        double score = bf_fuse_best_of((double)w->tops[i].score, part->comparisons);
        *comparisons += part->comparisons;
        part->modality = r->groups->items[i].modality->id;
        part->score = (float)score;
        fused[n] = (bf_fuse_part){part->modality, score};
        if (hit) {
            hit->parts[n] = *part;
            hit->encounter[n] = w->encounter[i];
        }
        n++;
    }
    if (hit) hit->part_count = n;
    *out = NOTHING;
    return n ? bf_fuse__score(c, w->fuse, fused, n, out) : BF_OK;
}

/* ---- all of the shortlist ---- */

static int is_wanted(const bf_query *q, uint64_t id)
{
    if (q->only && id != q->only) return 0;
    return !q->keep || q->keep(q->keep_user, id);
}

static bf_status score_slot(bf_ctx *c, scorer *w, uint32_t slot, uint64_t *id, double *score,
                            bf_hit *hit, uint64_t *comparisons)
{
    bf_people_sample *samples;
    uint32_t count;
    *score = NOTHING;
    bf_arena_mark mark = bf_arena_save(&c->arena);
    bf_status st = bf_people__copy(c, w->r->people, slot, id, &samples, &count);
    int wanted = count && is_wanted(w->r->query, *id);
    if (!st && wanted) st = score_person(c, w, samples, count, score, hit, comparisons);
    bf_arena_restore(&c->arena, mark);
    return st;
}

static bf_status open_scorer(bf_ctx *c, const ranking *r, scorer **out)
{
    scorer *w = bf_ctx_scratch(c, 1, sizeof *w);
    if (!w) BF_FAIL_NOMEM(c);
    w->r = r;
    *out = w;
    return bf_fuse__open(c, &w->fuse);
}

static bf_status work(bf_ctx *c, void *user)
{
    ranking *r = user;
    scorer *w = NULL;
    size_t i;
    BF_TRY(open_scorer(c, r, &w));
    bf_status st = BF_OK;
    while (!st && (i = atomic_fetch_add(&r->next, 1)) < r->count) {
        uint64_t n = 0;
        st = score_slot(c, w, r->slots[i], &r->ids[i], &r->scores[i], NULL, &n);
        atomic_fetch_add(&r->comparisons, n);
    }
    if (st) atomic_store(&r->next, r->count);
    bf_fuse__close(c, w->fuse);
    return st;
}

static int better(const ranking *r, size_t a, size_t b)
{
    if (r->scores[a] != r->scores[b]) return r->scores[a] > r->scores[b];
    return r->ids[a] < r->ids[b];
}

/* Places of the best, best first, nobody twice. @return how many */
static size_t pick(const ranking *r, double least, size_t *best, size_t cap)
{
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++) {
        if (r->scores[i] < 0 || r->scores[i] < least) continue;
        if (n == cap && !better(r, i, best[n - 1])) continue;
        size_t twin = 0;
        while (twin < n && r->ids[best[twin]] != r->ids[i]) twin++;
        if (twin < n) continue; /* replaced while we searched, and met in both places */
        size_t at = n < cap ? n++ : n - 1;
        for (; at && better(r, i, best[at - 1]); at--) best[at] = best[at - 1];
        best[at] = i;
    }
    return n;
}

static bf_status fill(bf_ctx *c, const ranking *r, const size_t *best, size_t n, bf_hits *out)
{
    scorer *w = NULL;
    BF_TRY(open_scorer(c, r, &w));
    bf_status st = BF_OK;
    for (size_t i = 0; i < n && !st; i++) {
        bf_hit *h = &out->items[out->count];
        uint64_t again = 0;
        st = score_slot(c, w, r->slots[best[i]], &h->id, &h->score, h, &again);
        /* gone since: no candidate */
        if (h->score >= 0) out->count++;
    }
    bf_fuse__close(c, w->fuse);
    return st;
}

static bf_status rank_all(bf_ctx *c, ranking *r, bf_hits *out)
{
    const bf_query *q = r->query;
    size_t cap = q->max_candidates, *best = bf_ctx_alloc(c, cap, sizeof *best);
    out->items = bf_ctx_alloc(c, cap, sizeof *out->items);
    bf_status st = best && out->items ? BF_OK : bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    if (!st) st = bf_search__parallel(c, q->threads, r->count, work, r);
    if (!st) {
        out->comparisons = atomic_load(&r->comparisons);
        size_t n = pick(r, q->include_below ? 0 : out->threshold, best, cap);
        st = fill(c, r, best, n, out);
    }
    bf_ctx_release(c, best);
    return st;
}

/* The shortlist, and whoever was replaced since the search began. Ascending; heap. */
static bf_status list_slots(bf_ctx *c, const bf_votes *v, uint64_t since, ranking *r,
                            uint32_t **out)
{
    uint32_t *near = NULL, *late = NULL, *all = NULL;
    size_t near_count = 0, late_count = 0, a = 0, b = 0;
    bf_status st = bf_votes__shortlist(c, v, r->query, &near, &near_count);
    if (!st) st = bf_people__replaced_since(c, r->people, since, &late, &late_count);
    if (!st) {
        all = bf_ctx_alloc(c, near_count + late_count + 1, sizeof *all);
        if (!all) st = bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    }
    while (!st && (a < near_count || b < late_count)) {
        if (b == late_count || (a < near_count && near[a] <= late[b])) {
            b += b < late_count && near[a] == late[b];
            all[r->count++] = near[a++];
        } else {
            all[r->count++] = late[b++];
        }
    }
    bf_ctx_release(c, near);
    bf_ctx_release(c, late);
    *out = all;
    return st;
}

static bf_status rank_one(bf_ctx *c, bf_people *p, const bf_query *q, const bf_groups *groups,
                          const bf_votes *votes, uint64_t since, bf_hits *out)
{
    uint32_t *slots = NULL;
    ranking r = {.people = p, .query = q, .groups = groups};
    bf_status st = list_slots(c, votes, since, &r, &slots);
    if (!st) {
        for (uint32_t i = 0; i < votes->slots; i++) out->persons += votes->state[i] != 0;
        out->shortlisted = r.count;
        out->threshold = q->fpir > 0 ? bf_fuse_threshold(q->fpir, out->persons) : q->least_score;
        r.slots = slots;
        r.scores = bf_ctx_alloc(c, r.count + 1, sizeof *r.scores);
        r.ids = bf_ctx_alloc(c, r.count + 1, sizeof *r.ids);
        if (!r.scores || !r.ids) st = bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    }
    if (!st) st = rank_all(c, &r, out);
    bf_ctx_release(c, slots);
    bf_ctx_release(c, r.scores);
    bf_ctx_release(c, r.ids);
    return st;
}

bf_status bf_people__search_batch(bf_ctx *c, bf_people *p, const bf_query *q, uint32_t count,
                                  bf_hits *out)
{
    memset(out, 0, count * sizeof *out);
    bf_groups *groups = bf_ctx_scratch(c, count, sizeof *groups);
    bf_votes *votes = bf_ctx_scratch(c, count, sizeof *votes);
    if (!groups || !votes) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < count; i++) bf_groups__make(&q[i], &groups[i]);
    uint64_t since = bf_people__replaced(p);
    bf_people__begin(p);
    bf_status st = bf_votes__scan(c, p, q, groups, count, votes);
    for (uint32_t i = 0; i < count && !st; i++) {
        st = rank_one(c, p, &q[i], &groups[i], &votes[i], since, &out[i]);
    }
    bf_people__end(p);
    for (uint32_t i = 0; i < count; i++) {
        bf_votes__free(c, &votes[i]);
        if (st) bf_hits__free(c, &out[i]);
    }
    return st;
}

bf_status bf_people__search(bf_ctx *c, bf_people *p, const bf_query *q, bf_hits *out)
{
    return bf_people__search_batch(c, p, q, 1, out);
}

void bf_hits__free(bf_ctx *c, bf_hits *hits)
{
    if (hits->items) bf_wipe(hits->items, hits->count * sizeof *hits->items);
    bf_ctx_release(c, hits->items);
    memset(hits, 0, sizeof *hits);
}
