/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store's persons kept in memory. What is there is known by the digest of each person's row, as
 * the store's directory has it, and by a sum over the person's memberships: a refresh walks both
 * lists by id and reads only whom it must.
 */
#include "bonafide/index.h"

#include <string.h>

#include "engine/index_internal.h"

typedef struct known {
    uint64_t id, membership; /* sum over the person's member rows */
    uint8_t digest[16];
} known;

struct bf_index {
    bf_allocator alloc;
    bf_store *store; /* borrowed */
    bf_people *people;
    known *known; /* by id */
    size_t count;
    bf_sumset persons[BF_BUCKETS], galleries; /* of the store when this was filled from it */
    int filled;
    uint32_t threads;
    void (*progress)(void *user, uint64_t done, uint64_t total);
    void *user;
};

void bf_index_opts_init(bf_index_opts *opts)
{
    *opts = (bf_index_opts){.struct_size = sizeof *opts};
}

/* Order does not matter, so equal sets of rows have equal sums. */
static uint64_t mix(const bf_membership *m)
{
    uint64_t x = m->id * 0x9e3779b97f4a7c15ull ^ m->gallery * 0xbf58476d1ce4e5b9ull ^ m->encounter;
    x ^= x >> 31;
    return x * 0x94d049bb133111ebull;
}

typedef struct refresh {
    bf_index *x;
    const bf_membership *members;
    size_t member_count;
    known *next; /* what will be known; as many as the directory has */
    uint64_t *ids;
    size_t count;
} refresh;

/* What the directory and the memberships say now. */
static void list_next(refresh *r)
{
    const bf_directory *d = &r->x->store->directory;
    size_t m = 0;
    for (size_t i = 0; i < d->count; i++) {
        known *k = &r->next[i];
        k->id = d->entries[i].id;
        memcpy(k->digest, d->entries[i].digest, sizeof k->digest);
        while (m < r->member_count && r->members[m].person < k->id) m++;
        for (; m < r->member_count && r->members[m].person == k->id; m++) {
            k->membership += mix(&r->members[m]);
        }
    }
}

/* Remove who left; list who is new or changed. */
static void compare_lists(refresh *r, size_t next_count)
{
    bf_index *x = r->x;
    size_t old = 0;
    for (size_t i = 0; i < next_count; i++) {
        while (old < x->count && x->known[old].id < r->next[i].id) {
            bf_people__remove(x->people, x->known[old++].id);
        }
        if (old < x->count && x->known[old].id == r->next[i].id) {
            if (!memcmp(&x->known[old++], &r->next[i], sizeof *r->next)) continue;
        }
        r->ids[r->count++] = r->next[i].id;
    }
    while (old < x->count) bf_people__remove(x->people, x->known[old++].id);
}

static bf_status refresh_lists(bf_ctx *c, bf_index *x, const bf_membership *members, size_t count)
{
    size_t n = x->store->directory.count;
    refresh r = {.x = x, .members = members, .member_count = count};
    r.next = bf_ctx_alloc(c, n + 1, sizeof *r.next);
    r.ids = bf_ctx_alloc(c, n + 1, sizeof *r.ids);
    bf_status st = r.next && r.ids ? BF_OK : bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    if (!st) {
        list_next(&r);
        compare_lists(&r, n);
        /* Until all is read again nothing is known of what is in memory: a failure on the way
         * must not be taken for the new state. */
        bf_ctx_release(c, x->known);
        x->known = NULL;
        x->count = 0;
        x->filled = 0;
        bf_load l = {.st = x->store,
                     .people = x->people,
                     .members = members,
                     .member_count = count,
                     .threads = x->threads,
                     .progress = x->progress,
                     .user = x->user};
        st = bf_load__persons(c, &l, r.ids, r.count);
    }
    if (!st) {
        x->known = r.next;
        x->count = n;
        x->filled = 1;
        r.next = NULL;
    }
    bf_ctx_release(c, r.next);
    bf_ctx_release(c, r.ids);
    return st;
}

/* Everything is forgotten: what failed on the way is read again as a whole. */
static bf_status start_over(bf_ctx *c, bf_index *x)
{
    bf_people__close(x->people);
    x->people = NULL;
    return bf_people__open(c, &x->people);
}

/* Searches write too, to the audit log: only persons and galleries matter here. */
static int is_current(const bf_index *x)
{
    const bf_meta *m = &x->store->meta;
    if (!x->filled || !bf_sumset_same(&x->galleries, &m->galleries)) return 0;
    for (uint32_t i = 0; i < BF_BUCKETS; i++) {
        if (!bf_sumset_same(&x->persons[i], &m->persons[i])) return 0;
    }
    return 1;
}

bf_status bf_index__refresh(bf_ctx *c, bf_index *x, bf_galleries *g)
{
    bf_membership *members = NULL;
    size_t count = 0;
    if (is_current(x)) return BF_OK;
    if (!x->filled) BF_TRY(start_over(c, x));
    bf_status st = bf_store__members(c, x->store, g, NULL, &members, &count);
    if (!st) st = refresh_lists(c, x, members, count);
    if (!st) {
        memcpy(x->persons, x->store->meta.persons, sizeof x->persons);
        x->galleries = x->store->meta.galleries;
    }
    bf_ctx_release(c, members);
    return st;
}

bf_people *bf_index__people(bf_index *x)
{
    return x->people;
}

const bf_store *bf_index__store(const bf_index *x)
{
    return x->store;
}

static bf_status fill(bf_ctx *c, bf_index *x)
{
    bf_galleries g = {0};
    bf_status st = bf_store__begin(c, x->store, 0);
    if (!st) st = bf_store__load(c, x->store, &g);
    if (!st) st = bf_index__refresh(c, x, &g);
    bf_galleries__free(c, &g);
    bf_store__rollback(c, x->store);
    return st;
}

bf_status bf_index_open(bf_session *s, bf_store *store, const bf_index_opts *opts, bf_index **out)
{
    if (!s || !store || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_index_opts o;
    bf_index_opts_init(&o);
    if (opts) BF_TRY(bf_opts_copy(c, "bf_index_opts", opts, &o, sizeof o));
    bf_index *x = bf_ctx_alloc(c, 1, sizeof *x);
    if (!x) BF_FAIL_NOMEM(c);
    x->alloc = c->alloc;
    x->store = store;
    x->threads = o.threads;
    x->progress = o.progress;
    x->user = o.user;
    bf_status st = fill(c, x);
    x->progress = NULL; /* later refreshes are short */
    if (st) {
        bf_index_close(x);
        return st;
    }
    *out = x;
    return BF_OK;
}

void bf_index_close(bf_index *index)
{
    if (!index) return;
    bf_allocator a = index->alloc;
    bf_people__close(index->people);
    bf_alloc_release(&a, index->known);
    bf_alloc_release(&a, index);
}

bf_status bf_index_get_info(bf_session *s, bf_index *index, bf_index_info *out)
{
    if (!s || !index || !out) return BF_EINVAL;
    bf_session__enter(s);
    bf_index_info info = {.struct_size = sizeof info};
    bf_people_stats stats;
    if (out->struct_size < sizeof(uint32_t) || out->struct_size > sizeof info) return BF_EINVAL;
    bf_people__stats(index->people, &stats);
    info.persons = stats.persons;
    info.samples = stats.samples;
    info.bytes = stats.bytes + sizeof *index + index->count * sizeof *index->known;
    info.struct_size = out->struct_size;
    memcpy(out, &info, out->struct_size);
    return BF_OK;
}
