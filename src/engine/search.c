/* SPDX-License-Identifier: Apache-2.0 */
/* From a search of persons in memory (src/search) to a result with names, which the store has. */
#include "engine/store_internal.h"
#include "search/fuse.h"

static float as_score(double score)
{
    if (score > (double)BF_SCORE_MAX) return BF_SCORE_MAX;
    return (float)((double)(int32_t)(score * 100.0 + 0.5) / 100.0);
}

/* The encounters of a candidate's parts, from what is stored of the person. */
static bf_status name_parts(bf_ctx *c, bf_store *store, const bf_person *p, const bf_hit *hit,
                            bf_candidate *k)
{
    bf_loaded loaded;
    BF_TRY(bf_person__load(c, store, p, &loaded));
    for (uint32_t i = 0; i < k->part_count; i++) {
        const bf_loaded_encounter *e = bf_loaded__by_id(&loaded, hit->encounter[i]);
        if (e) memcpy(k->parts[i].encounter, e->rec.name, sizeof k->parts[i].encounter);
    }
    return BF_OK;
}

static bf_status name_one(bf_ctx *c, bf_store *store, const bf_hit *hit, bf_person *p,
                          bf_result *out)
{
    bf_candidate *k = &out->candidates[out->count];
    bf_status st = bf_person__find_id(c, store, hit->id, p);
    if (st == BF_ENOENT) return BF_OK; /* deleted since: nobody's candidate */
    k->part_count = hit->part_count;
    memcpy(k->parts, hit->parts, hit->part_count * sizeof *hit->parts);
    if (!st) st = name_parts(c, store, p, hit, k);
    if (st) return st;
    memcpy(k->person, p->rec.name, sizeof k->person);
    k->score = as_score(hit->score);
    k->above_threshold = hit->score >= (double)out->threshold;
    k->rank = (uint32_t)out->count + 1;
    out->ids[out->count++] = hit->id;
    return BF_OK;
}

static bf_status name_all(bf_ctx *c, bf_store *store, const bf_hits *hits, bf_result *out)
{
    bf_person *p = bf_locked_alloc(c, sizeof *p);
    if (!p) BF_FAIL_NOMEM(c);
    bf_status st = bf_store__begin(c, store, 0);
    for (size_t i = 0; i < hits->count && !st; i++) {
        bf_arena_mark mark = bf_arena_save(&c->arena);
        st = name_one(c, store, &hits->items[i], p, out);
        bf_arena_restore(&c->arena, mark);
    }
    bf_store__rollback(c, store);
    bf_locked_free(p);
    return st;
}

static bf_status make_result(bf_ctx *c, bf_store *store, const bf_hits *hits, bf_result **out)
{
    bf_result *r = bf_ctx_alloc(c, 1, sizeof *r);
    if (!r) BF_FAIL_NOMEM(c);
    r->alloc = c->alloc;
    r->candidates = bf_ctx_alloc(c, hits->count + 1, sizeof *r->candidates);
    r->ids = bf_ctx_alloc(c, hits->count + 1, sizeof *r->ids);
    r->threshold = (float)hits->threshold;
    r->persons = hits->persons;
    r->comparisons = hits->comparisons;
    bf_status st = r->candidates && r->ids ? name_all(c, store, hits, r)
                                           : bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    if (st) {
        bf_result_free(r);
        return st;
    }
    *out = r;
    return BF_OK;
}

bf_status bf_search__run(bf_ctx *c, bf_store *store, bf_people *people, const bf_search *search,
                         uint64_t only, const uint8_t *member, bf_result **out)
{
    bf_query_probe probes[BF_PROBES_MAX];
    bf_query q = {.probes = probes,
                  .probe_count = search->probe_count,
                  .member = member,
                  .only = only,
                  .exhaustive = search->exhaustive,
                  .threads = search->threads,
                  .max_candidates = search->max_candidates,
                  .include_below = search->include_below};
    for (uint32_t i = 0; i < search->probe_count; i++) {
        const bf_template *t = search->probes[i];
        probes[i] = (bf_query_probe){t->modality, t->info.position, t->prepared};
    }
    if (only)
        q.least_score = bf_fuse_threshold(search->fmr, 1);
    else
        q.fpir = search->fpir;
    bf_hits hits;
    BF_TRY(bf_people__search(c, people, &q, &hits));
    bf_status st = make_result(c, store, &hits, out);
    bf_hits__free(c, &hits);
    return st;
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
