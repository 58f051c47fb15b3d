/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who there is. The person rows are read once as a whole and their sums compared with the meta
 * row's; what was read so is kept as a directory: id, hash of the name and digest of every row, 40
 * bytes each. From then on a person is looked up there, never through the file, and the row that is
 * read must have the digest that was authenticated: a row that is altered, put back or removed
 * under a process that keeps the store open is found when it is read. What this process writes it
 * enters; when another process has written, all is read anew.
 *
 *     entries   by id, ascending: new rows have larger ids
 *     slots     hash table, open addressing: index into entries + 1, by the first bytes of the hash
 */
#include <stdio.h>
#include <string.h>

#include "store/core.h"

#define SLOT_LOAD 2u /* slots for each entry, at least */

/* ---- the directory in memory ---- */

void bf_directory__drop(bf_store *st)
{
    bf_directory *d = &st->directory;
    bf_alloc_release(&st->alloc, d->entries);
    bf_alloc_release(&st->alloc, d->slots);
    memset(d, 0, sizeof *d);
}

static size_t slot_of(const bf_directory *d, const uint8_t *hash)
{
    uint64_t h;
    memcpy(&h, hash, sizeof h);
    return (size_t)(h & (d->slot_count - 1));
}

static void enter(bf_directory *d, size_t index)
{
    size_t at = slot_of(d, d->entries[index].hash);
    while (d->slots[at]) at = (at + 1) & (d->slot_count - 1);
    d->slots[at] = (uint32_t)index + 1;
}

static bf_status grow(bf_ctx *c, bf_directory *d)
{
    size_t cap = d->cap ? d->cap * 2 : 64;
    if (cap > UINT32_MAX / 2) BF_FAIL(c, BF_ELIMIT, "too many persons");
    bf_directory_entry *entries = bf_ctx_alloc(c, cap, sizeof *entries);
    uint32_t *slots = bf_ctx_alloc(c, cap * SLOT_LOAD, sizeof *slots);
    if (!entries || !slots) {
        bf_ctx_release(c, entries);
        bf_ctx_release(c, slots);
        BF_FAIL_NOMEM(c);
    }
    if (d->count) memcpy(entries, d->entries, d->count * sizeof *entries);
    bf_ctx_release(c, d->entries);
    bf_ctx_release(c, d->slots);
    d->entries = entries;
    d->slots = slots;
    d->cap = cap;
    d->slot_count = cap * SLOT_LOAD;
    for (size_t i = 0; i < d->count; i++) enter(d, i);
    return BF_OK;
}

/* Ids come in ascending order. */
static bf_status append(bf_ctx *c, bf_directory *d, const bf_person_row *row,
                        const uint8_t digest[BF_DIGEST_BYTES])
{
    if (d->count == d->cap) BF_TRY(grow(c, d));
    bf_directory_entry *e = &d->entries[d->count];
    e->id = row->id;
    memcpy(e->hash, row->hash, sizeof e->hash);
    memcpy(e->digest, digest, sizeof e->digest);
    enter(d, d->count++);
    return BF_OK;
}

static bf_directory_entry *by_id(const bf_directory *d, uint64_t id)
{
    size_t lo = 0, hi = d->count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (d->entries[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < d->count && d->entries[lo].id == id ? &d->entries[lo] : NULL;
}

static const bf_directory_entry *by_hash(const bf_directory *d, const uint8_t *hash)
{
    if (!d->count) return NULL;
    for (size_t at = slot_of(d, hash); d->slots[at]; at = (at + 1) & (d->slot_count - 1)) {
        const bf_directory_entry *e = &d->entries[d->slots[at] - 1];
        if (!memcmp(e->hash, hash, sizeof e->hash)) return e;
    }
    return NULL;
}

bf_status bf_directory__note(bf_ctx *c, bf_store *st, const bf_person_row *row,
                             const uint8_t digest[BF_DIGEST_BYTES])
{
    bf_directory *d = &st->directory;
    if (!d->loaded) return BF_OK;
    bf_directory_entry *e = by_id(d, row->id);
    if (!e) return append(c, d, row, digest);
    memcpy(e->digest, digest, sizeof e->digest);
    return BF_OK;
}

/* ---- naming what is wrong ---- */

/* A row still refers to a person of this bucket that is not there. */
static bf_status find_orphan(bf_ctx *c, bf_store *st, uint32_t bucket, bf_person *scratch)
{
    uint64_t missing = 0;
    bf_row row;
    int more = 1;
    sqlite3_stmt *q = bf_sql__get(&st->sql, BF_SQL_ENCOUNTER + BF_SQL_ALL);
    while (!bf_row__next(c, st, q, BF_TABLE_ENCOUNTER, &row, &more) && more) {
        if (row.person % BF_BUCKETS != bucket) continue;
        if (bf_person__read(c, st, row.person, scratch) == BF_ENOENT) missing = row.person;
        if (missing) break;
    }
    if (q) sqlite3_reset(q);
    if (!missing) return BF_OK;
    BF_FAIL(c, BF_ETAMPER, "%s: person row %llu was removed: its encounters are still there",
            st->path, (unsigned long long)missing);
}

/* A bucket's sum differs. Name what is wrong. */
static bf_status explain_bucket(bf_ctx *c, bf_store *st, uint32_t bucket, uint64_t found,
                                bf_person *p)
{
    const bf_directory *d = &st->directory;
    size_t named = 0, at = 0;
    char names[3 * (BF_NAME_BYTES + 2)] = "";
    bf_loaded loaded;
    bf_status status = BF_OK;
    for (size_t i = 0; !status && i < d->count; i++) {
        if (d->entries[i].id % BF_BUCKETS != bucket) continue;
        bf_arena_mark mark = bf_arena_save(&c->arena);
        status = bf_person__read(c, st, d->entries[i].id, p);
        if (!status) status = bf_person__load(c, st, p, &loaded);
        bf_arena_restore(&c->arena, mark);
        if (!status && named < 3) {
            at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", named ? ", " : "",
                                   p->rec.name);
            named++;
        }
    }
    if (!status) status = find_orphan(c, st, bucket, p);
    if (status) return status;
    uint64_t expected = st->meta.persons[bucket].count;
    if (found < expected) {
        BF_FAIL(c, BF_ETAMPER, "%s: persons were removed: %llu rows where %llu belong", st->path,
                (unsigned long long)found, (unsigned long long)expected);
    }
    BF_FAIL(c, BF_ETAMPER, "%s: a person was put back from an earlier time: one of %s%s", st->path,
            names, found > 3 ? ", ..." : "");
}

/* ---- reading ---- */

static bf_status read_all(bf_ctx *c, bf_store *st, bf_sumset sums[BF_BUCKETS])
{
    uint8_t digest[BF_DIGEST_BYTES];
    int more = 1;
    bf_status status = BF_OK;
    memset(sums, 0, BF_BUCKETS * sizeof *sums);
    sqlite3_stmt *q = bf_sql__get(&st->sql, BF_SQL_PERSON_ALL);
    while (!(status = bf_sql__step(c, &st->sql, q, &more)) && more) {
        bf_person_row row;
        status = bf_person__row(c, st, q, &row);
        if (status) break;
        bf_person__row_digest(st, st->keys, &row, digest);
        bf_sumset_add(&sums[row.id % BF_BUCKETS], digest);
        status = append(c, &st->directory, &row, digest);
        if (status) break;
    }
    if (q) sqlite3_reset(q);
    return status;
}

static bf_status compare_sums(bf_ctx *c, bf_store *st, const bf_sumset sums[BF_BUCKETS])
{
    for (uint32_t b = 0; b < BF_BUCKETS; b++) {
        if (bf_sumset_same(&sums[b], &st->meta.persons[b])) continue;
        bf_person *p = bf_locked_alloc(c, sizeof *p);
        if (!p) BF_FAIL_NOMEM(c);
        bf_status status = explain_bucket(c, st, b, sums[b].count, p);
        bf_locked_free(p);
        return status;
    }
    return BF_OK;
}

bf_status bf_directory__load(bf_ctx *c, bf_store *st)
{
    bf_directory *d = &st->directory;
    bf_sumset sums[BF_BUCKETS];
    int64_t version;
    if (d->loaded && d->fresh) return BF_OK;
    BF_TRY(bf_sql__data_version(c, &st->sql, &version));
    if (d->loaded && version == d->version) {
        d->fresh = 1;
        return BF_OK;
    }
    bf_directory__drop(st);
    bf_status status = read_all(c, st, sums);
    if (!status) status = compare_sums(c, st, sums);
    if (status) {
        bf_directory__drop(st);
        return status;
    }
    d->version = version;
    d->loaded = d->fresh = 1;
    return BF_OK;
}

/* ---- finding ---- */

/* The row of an entry, which must be the one that was authenticated. */
static bf_status open_entry(bf_ctx *c, bf_store *st, const bf_directory_entry *e, bf_person *out)
{
    bf_status status = bf_person__read(c, st, e->id, out);
    if (status == BF_ENOENT) {
        BF_FAIL(c, BF_ETAMPER, "%s: person row %llu: removed while the store was open", st->path,
                (unsigned long long)e->id);
    }
    BF_TRY(status);
    if (!memcmp(out->digest, e->digest, sizeof e->digest)) return BF_OK;
    BF_FAIL(c, BF_ETAMPER, "%s: person row %llu: put back while the store was open", st->path,
            (unsigned long long)e->id);
}

bf_status bf_person__find(bf_ctx *c, bf_store *st, const char *name, bf_person *out)
{
    uint8_t hash[BF_DIGEST_BYTES];
    BF_TRY(bf_directory__load(c, st));
    bf_person__hash(st, st->keys, name, hash);
    const bf_directory_entry *e = by_hash(&st->directory, hash);
    if (!e) BF_FAIL(c, BF_ENOENT, "%s: no person %s", st->path, name);
    return open_entry(c, st, e, out);
}

bf_status bf_person__find_id(bf_ctx *c, bf_store *st, uint64_t id, bf_person *out)
{
    BF_TRY(bf_directory__load(c, st));
    const bf_directory_entry *e = by_id(&st->directory, id);
    if (!e) BF_FAIL(c, BF_ENOENT, "%s: no person row %llu", st->path, (unsigned long long)id);
    return open_entry(c, st, e, out);
}
