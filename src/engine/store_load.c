/* SPDX-License-Identifier: Apache-2.0 */
/* Persons from the store into memory: several threads, each with a view of the store of its own. */
#include "engine/store_load.h"

#include <unistd.h>

#include "search/query.h"

#define MANY 256u /* persons for which a second connection pays */
#define STEP 64u  /* persons a thread takes at one time */

typedef struct loading {
    const bf_load *l;
    const uint64_t *ids;
    size_t count;
    bf_store *stores[BF_SEARCH_THREADS_MAX]; /* the first: the caller's own */
    uint32_t store_count;
    pthread_t caller;
    _Atomic uint32_t next_store;
    atomic_size_t next, done;
} loading;

/* First membership of a person's encounter; the run of those alike is *count long. */
static size_t memberships(const bf_load *l, uint64_t person, uint64_t encounter, size_t *count)
{
    size_t lo = 0, hi = l->member_count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        const bf_membership *m = &l->members[mid];
        if (m->person < person || (m->person == person && m->encounter < encounter))
            lo = mid + 1;
        else
            hi = mid;
    }
    size_t n = lo;
    while (n < l->member_count && l->members[n].person == person &&
           l->members[n].encounter == encounter) {
        n++;
    }
    *count = n - lo;
    return lo;
}

static bf_status find_set(bf_ctx *c, const bf_load *l, size_t first, size_t count, uint32_t *out)
{
    uint64_t galleries[64];
    uint32_t n = 0;
    for (size_t i = first; i < first + count && n < 64; i++) {
        if (!n || galleries[n - 1] != l->members[i].gallery) galleries[n++] = l->members[i].gallery;
    }
    return bf_people__set(c, l->people, galleries, n, out);
}

/* The code that is stored, or one made now. */
static bf_status find_code(bf_ctx *c, const bf_loaded_sample *s, bf_people_sample *out)
{
    const bf_modality *m = bf_modality_find(s->rec.modality);
    void *prepared;
    size_t prepared_len, len;
    if (!m || !m->fast) return BF_OK;
    out->code = s->code;
    out->code_len = s->rec.code_len;
    if (s->rec.code_version == m->fast->version && m->fast->is_code(s->code, s->rec.code_len)) {
        return BF_OK;
    }
    uint8_t *code = bf_ctx_scratch(c, m->fast->max_bytes, 1);
    if (!code) BF_FAIL_NOMEM(c);
    BF_TRY(m->prepare(c, s->bytes, s->rec.len, &prepared, &prepared_len));
    bf_status st = m->fast->encode(c, prepared, code, &len);
    bf_wipe(prepared, prepared_len);
    bf_ctx_release(c, prepared);
    out->code = code;
    out->code_len = st ? 0 : (uint32_t)len;
    return st;
}

static bf_status put_person(bf_ctx *c, const bf_load *l, bf_store *st, const bf_person *p)
{
    bf_loaded loaded;
    BF_TRY(bf_person__load(c, st, p, &loaded));
    bf_people_sample *samples = bf_ctx_scratch(c, (size_t)loaded.sample_count + 1, sizeof *samples);
    uint32_t n = 0;
    if (!samples) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < loaded.sample_count; i++) {
        const bf_loaded_sample *s = &loaded.samples[i];
        size_t count, first = memberships(l, p->id, s->encounter, &count);
        if (l->only_members && !count) continue;
        samples[n] = (bf_people_sample){.bytes = s->bytes,
                                        .len = s->rec.len,
                                        .modality = s->rec.modality,
                                        .position = s->rec.position,
                                        .encounter = s->encounter};
        BF_TRY(find_set(c, l, first, count, &samples[n].set));
        BF_TRY(find_code(c, s, &samples[n]));
        n++;
    }
    return bf_people__put(c, l->people, p->id, samples, n);
}

static bf_status load_one(bf_ctx *c, const bf_load *l, bf_store *st, uint64_t id, bf_person *p)
{
    bf_arena_mark mark = bf_arena_save(&c->arena);
    bf_status status = bf_person__find_id(c, st, id, p);
    if (!status) status = put_person(c, l, st, p);
    bf_arena_restore(&c->arena, mark);
    return status;
}

static bf_status work(bf_ctx *c, void *user)
{
    loading *w = user;
    uint32_t mine = atomic_fetch_add(&w->next_store, 1);
    if (mine >= w->store_count) return BF_OK; /* no view of the store for this thread */
    bf_person *p = bf_locked_alloc(c, sizeof *p);
    if (!p) BF_FAIL_NOMEM(c);
    bf_status st = BF_OK;
    int tell = w->l->progress && pthread_equal(pthread_self(), w->caller);
    while (!st) {
        size_t from = atomic_fetch_add(&w->next, STEP), i = from;
        if (from >= w->count) break;
        for (; i < w->count && i < from + STEP && !st; i++) {
            st = load_one(c, w->l, w->stores[mine], w->ids[i], p);
        }
        size_t done = atomic_fetch_add(&w->done, i - from) + (i - from);
        if (tell) w->l->progress(w->l->user, done, w->count);
    }
    if (st) atomic_store(&w->next, w->count);
    bf_locked_free(p);
    return st;
}

/* Views for the other threads. Those that cannot be had are done without. */
static void open_stores(bf_ctx *c, loading *w)
{
    long n = w->l->threads ? (long)w->l->threads : sysconf(_SC_NPROCESSORS_ONLN);
    w->stores[0] = w->l->st;
    w->store_count = 1;
    if (w->count < MANY || w->l->st->in_transaction != 1) return;
    while (w->store_count < BF_SEARCH_THREADS_MAX && (long)w->store_count < n) {
        if (bf_store__reader(c, w->l->st, &w->stores[w->store_count])) break;
        w->store_count++;
    }
    c->error[0] = 0;
}

bf_status bf_load__persons(bf_ctx *c, const bf_load *l, const uint64_t *ids, size_t count)
{
    loading w = {.l = l, .ids = ids, .count = count, .caller = pthread_self()};
    open_stores(c, &w);
    bf_status st = bf_search__parallel(c, w.store_count, count, work, &w);
    for (uint32_t i = 1; i < w.store_count; i++) bf_store__reader_close(c, w.stores[i]);
    if (!st && l->progress) l->progress(l->user, count, count);
    return st;
}
