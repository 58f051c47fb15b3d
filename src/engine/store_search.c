/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public face of verify and identify: load and authenticate the templates in one read transaction,
 * compare, then record the search. What cannot be recorded has no result.
 */
#include <stdio.h>

#include "engine/index_internal.h"
#include "store/log.h"

void bf_search_init(bf_search *search)
{
    *search =
        (bf_search){.struct_size = sizeof *search, .fpir = 0.01, .fmr = 1e-4, .max_candidates = 10};
}

static bf_status check_search(bf_ctx *c, const bf_search *search, bf_search *q)
{
    bf_search_init(q);
    BF_TRY(bf_opts_copy(c, "bf_search", search, q, sizeof *q));
    if (!q->probes || !q->probe_count || q->probe_count > BF_PROBES_MAX) {
        BF_FAIL(c, BF_EINVAL, "a search has 1 to %u probes", BF_PROBES_MAX);
    }
    for (uint32_t i = 0; i < q->probe_count; i++) {
        if (!q->probes[i]) BF_FAIL(c, BF_EINVAL, "probe is NULL");
    }
    if (!(q->fpir > 0 && q->fpir < 1) || !(q->fmr > 0 && q->fmr < 1)) {
        BF_FAIL(c, BF_EINVAL, "fpir and fmr are between 0 and 1");
    }
    if (!q->max_candidates || q->max_candidates > 1000) {
        BF_FAIL(c, BF_EINVAL, "1 to 1000 candidates");
    }
    if (q->gallery) BF_TRY(bf_check_id(c, "gallery", q->gallery));
    return bf_check_text(c, "purpose", q->purpose);
}

/* ---- load ---- */

/* Whom to load: the members, each once, or everybody. Heap. */
static bf_status whom(bf_ctx *c, const bf_load *l, uint64_t **out, size_t *count)
{
    const bf_directory *all = &l->st->directory;
    size_t most = l->only_members ? l->member_count : all->count, n = 0;
    uint64_t *ids = bf_ctx_alloc(c, most + 1, sizeof *ids);
    if (!ids) BF_FAIL_NOMEM(c);
    for (size_t i = 0; i < most; i++) {
        uint64_t id = l->only_members ? l->members[i].person : all->entries[i].id;
        if (!n || ids[n - 1] != id) ids[n++] = id;
    }
    *out = ids;
    *count = n;
    return BF_OK;
}

static bf_status load_persons(bf_ctx *c, bf_load *l, const char *person, bf_audit_rec *audit)
{
    uint64_t *ids = NULL;
    size_t count = 0;
    bf_status st = BF_OK;
    if (person) {
        bf_person *p = bf_locked_alloc(c, sizeof *p);
        if (!p) BF_FAIL_NOMEM(c);
        st = bf_person__find(c, l->st, person, p);
        audit->person = st ? 0 : p->id;
        bf_locked_free(p);
        if (!st) st = bf_load__persons(c, l, &audit->person, 1);
        return st;
    }
    BF_TRY(whom(c, l, &ids, &count));
    st = bf_load__persons(c, l, ids, count);
    bf_ctx_release(c, ids);
    return st;
}

static void note_purpose(const bf_store *store, const bf_search *q, const bf_gallery *gallery,
                         const bf_galleries *g, bf_audit_rec *audit)
{
    const bf_gallery *why = gallery ? gallery : g->count == 1 ? &g->items[0] : NULL;
    const char *purpose = q->purpose ? q->purpose : why ? why->rec.purpose : store->meta.purpose;
    snprintf(audit->purpose, sizeof audit->purpose, "%s", purpose);
    audit->gallery = gallery ? gallery->id : 0;
}

/* What is searched: persons read for this search alone, or those of an index. */
typedef struct target {
    bf_people *own, *people;
    uint8_t *member; /* of an index: who is in the gallery; NULL: everybody */
} target;

static bf_status load_own(bf_ctx *c, bf_store *store, bf_galleries *g, const bf_gallery *gallery,
                          const bf_search *q, const char *person, target *t, bf_audit_rec *audit)
{
    bf_membership *members = NULL;
    bf_load l = {.st = store, .threads = q->threads};
    BF_TRY(bf_people__open(c, &t->own));
    t->people = l.people = t->own;
    if (gallery) {
        BF_TRY(bf_store__members(c, store, g, gallery, &members, &l.member_count));
        l.members = members;
        l.only_members = 1;
    }
    bf_status st = load_persons(c, &l, person, audit);
    bf_ctx_release(c, members);
    return st;
}

static bf_status load_index(bf_ctx *c, bf_store *store, bf_galleries *g, const bf_gallery *gallery,
                            bf_index *index, target *t)
{
    if (bf_index__store(index) != store) BF_FAIL(c, BF_EINVAL, "the index is another store's");
    BF_TRY(bf_index__refresh(c, index, g));
    t->people = bf_index__people(index);
    return gallery ? bf_people__members(c, t->people, gallery->id, &t->member) : BF_OK;
}

/* @param person  NULL: everybody */
static bf_status load(bf_ctx *c, bf_store *store, const bf_search *q, const char *person, target *t,
                      bf_audit_rec *audit)
{
    bf_galleries g = {0};
    const bf_gallery *gallery = NULL;
    bf_status st = bf_store__begin(c, store, 0);
    if (!st) st = bf_store__load(c, store, &g);
    if (!st && q->gallery) {
        gallery = bf_galleries__find(&g, q->gallery);
        if (!gallery) st = bf_ctx_fail(c, BF_ENOENT, "%s: no gallery %s", store->path, q->gallery);
    }
    if (!st && q->index && !person)
        st = load_index(c, store, &g, gallery, q->index, t);
    else if (!st)
        st = load_own(c, store, &g, gallery, q, person, t, audit);
    if (!st) note_purpose(store, q, gallery, &g, audit);
    bf_galleries__free(c, &g);
    bf_store__rollback(c, store);
    return st;
}

/* ---- record ---- */

static bf_status record(bf_ctx *c, bf_store *store, const bf_search *q, const bf_result *r,
                        bf_audit_rec *audit)
{
    uint32_t above = 0;
    for (size_t i = 0; i < r->count; i++) {
        if (!r->candidates[i].above_threshold) continue;
        if (above < BF_AUDIT_CANDIDATES) audit->candidates[above] = r->ids[i];
        above++;
    }
    int one = audit->operation == BF_OP_VERIFY;
    snprintf(audit->detail, sizeof audit->detail,
             "%u probe%s, %llu person%s, %s %g, threshold %.2f: %s", q->probe_count,
             bf_plural(q->probe_count), (unsigned long long)r->persons, bf_plural(r->persons),
             one ? "fmr" : "fpir", one ? q->fmr : q->fpir, (double)r->threshold,
             one ? above ? "match" : "no match" : "");
    if (!one) {
        size_t n = strlen(audit->detail);
        snprintf(audit->detail + n, sizeof audit->detail - n, "%u candidate%s", above,
                 bf_plural(above));
    }
    BF_TRY(bf_store__begin(c, store, 1));
    bf_status st = bf_log__append(c, store, audit);
    if (!st) return bf_store__commit(c, store);
    bf_store__rollback(c, store);
    return st;
}

static bf_status search_store(bf_session *s, bf_store *store, const char *person,
                              const bf_search *search, bf_result **out)
{
    bf_ctx *c = bf_session__enter(s);
    bf_search q;
    target t = {0};
    bf_result *result = NULL;
    bf_audit_rec audit = {.operation = person ? BF_OP_VERIFY : BF_OP_IDENTIFY};
    BF_TRY(check_search(c, search, &q));
    if (person) BF_TRY(bf_check_id(c, "person", person));
    if (person) q.include_below = 1;
    bf_status st = load(c, store, &q, person, &t, &audit);
    if (!st) {
        uint64_t only = person ? audit.person : 0;
        st = bf_search__run(c, store, t.people, &q, only, t.member, &result);
    }
    if (!st) st = record(c, store, &q, result, &audit);
    bf_people__close(t.own);
    bf_ctx_release(c, t.member);
    if (st) {
        bf_result_free(result);
        return st;
    }
    memcpy(result->purpose, audit.purpose, sizeof result->purpose);
    *out = result;
    return BF_OK;
}

bf_status bf_store_identify(bf_session *s, bf_store *store, const bf_search *search,
                            bf_result **out)
{
    if (!s || !store || !search || !out) return BF_EINVAL;
    return search_store(s, store, NULL, search, out);
}

bf_status bf_store_verify(bf_session *s, bf_store *store, const char *person,
                          const bf_search *search, bf_result **out)
{
    if (!s || !store || !person || !search || !out) return BF_EINVAL;
    return search_store(s, store, person, search, out);
}
