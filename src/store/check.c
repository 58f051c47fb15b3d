/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fsck: every page by SQLite, every row by its seal, every sum, every reference between rows, the
 * audit chain, and what the operator wrote down. Goes on after a finding.
 */
#include <stdio.h>
#include <string.h>

#include "store/core.h"
#include "store/log.h"

typedef struct checker {
    bf_store *st;
    bf_check_opts *opts;
    bf_person *person; /* locked scratch */
    uint64_t *ids;     /* of all persons, ascending */
    size_t id_count;
    char first[BF_ERROR_MAX];
} checker;

/* @return 0 so that the check goes on, or what is no finding about the store */
static bf_status report(bf_ctx *c, checker *k, bf_status status)
{
    if (status != BF_ETAMPER && status != BF_ENOENT) return status;
    if (!k->opts->finding_count++) memcpy(k->first, c->error, sizeof k->first);
    if (k->opts->found) k->opts->found(k->opts->user, c->error);
    return BF_OK;
}

#define REPORT(c, k, ...) report((c), (k), bf_ctx_fail((c), BF_ETAMPER, __VA_ARGS__))

static bf_status check_pages(bf_ctx *c, checker *k)
{
    sqlite3_stmt *q = NULL;
    bf_sql *sql = &k->st->sql;
    int more = 1;
    bf_status status = BF_OK;
    if (sqlite3_prepare_v2(sql->db, "PRAGMA integrity_check(20)", -1, &q, NULL)) {
        return report(c, k, bf_sql__fail(c, sql));
    }
    while (!(status = bf_sql__step(c, sql, q, &more)) && more) {
        const char *line = (const char *)sqlite3_column_text(q, 0);
        if (line && !strcmp(line, "ok")) continue;
        REPORT(c, k, "%s: pages: %.300s", k->st->path, line ? line : "?");
    }
    sqlite3_finalize(q);
    return report(c, k, status);
}

/* Ids of the person rows as the file has them, heap, ascending. */
static bf_status person_ids(bf_ctx *c, checker *k)
{
    size_t cap = 0;
    int more = 1;
    bf_status status = BF_OK;
    sqlite3_stmt *q = bf_sql__get(&k->st->sql, BF_SQL_PERSON_ALL);
    while (!(status = bf_sql__step(c, &k->st->sql, q, &more)) && more) {
        if (k->id_count == cap) {
            cap = cap ? cap * 2 : 64;
            uint64_t *bigger = bf_ctx_alloc(c, cap, sizeof *bigger);
            if (!bigger) {
                status = bf_ctx_fail(c, BF_ENOMEM, "out of memory");
                break;
            }
            if (k->id_count) memcpy(bigger, k->ids, k->id_count * sizeof *bigger);
            bf_ctx_release(c, k->ids);
            k->ids = bigger;
        }
        k->ids[k->id_count++] = bf_sql_id_at(q, 0);
    }
    if (q) sqlite3_reset(q);
    return status;
}

static int has_person(const checker *k, uint64_t id)
{
    size_t lo = 0, hi = k->id_count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (k->ids[mid] < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < k->id_count && k->ids[lo] == id;
}

/* Images and memberships of the person: seals, references, and the images' sum. */
static bf_status check_rest(bf_ctx *c, checker *k, bf_table table, const bf_loaded *loaded)
{
    bf_store *st = k->st;
    const bf_person *p = k->person;
    bf_sumset sum = {0};
    bf_row row;
    int more = 1;
    bf_status status = BF_OK;
    sqlite3_stmt *q = bf_sql__get(&st->sql, bf_table_sql(table) + BF_SQL_OF_PERSON);
    if (!q) return bf_sql__fail(c, &st->sql);
    bf_sql_bind_id(q, 1, p->id);
    while (!status && !(status = bf_row__next(c, st, q, table, &row, &more)) && more) {
        uint8_t *plain, digest[BF_DIGEST_BYTES];
        size_t len;
        bf_arena_mark mark = bf_arena_save(&c->arena);
        status = report(c, k, bf_row__open(c, st, &row, p->key, p->rec.name, &plain, &len));
        bf_arena_restore(&c->arena, mark);
        bf_row__digest(st, st->keys, &row, digest);
        bf_sumset_add(&sum, digest);
        if (!bf_loaded__by_id(loaded, row.encounter)) {
            REPORT(c, k, "%s: %s row %llu of %s: its encounter row %llu was removed", st->path,
                   bf_table_name(table), (unsigned long long)row.id, p->rec.name,
                   (unsigned long long)row.encounter);
        }
    }
    sqlite3_reset(q);
    BF_TRY(status);
    if (table != BF_TABLE_IMAGE || bf_sumset_same(&sum, &p->rec.heavy)) return BF_OK;
    return REPORT(c, k, "%s: images of %s: %llu rows where %u belong, or one was put back",
                  st->path, p->rec.name, (unsigned long long)sum.count, p->rec.images);
}

static bf_status check_person(bf_ctx *c, checker *k, uint64_t id)
{
    bf_loaded loaded;
    bf_status status = bf_person__read(c, k->st, id, k->person);
    if (status) return report(c, k, status);
    status = bf_person__load(c, k->st, k->person, &loaded);
    if (status) BF_TRY(report(c, k, status));
    BF_TRY(check_rest(c, k, BF_TABLE_IMAGE, &loaded));
    return check_rest(c, k, BF_TABLE_MEMBER, &loaded);
}

/* Rows that belong to nobody. */
static bf_status check_orphans(bf_ctx *c, checker *k, bf_table table)
{
    bf_row row;
    int more = 1;
    bf_status status = BF_OK;
    sqlite3_stmt *q = bf_sql__get(&k->st->sql, bf_table_sql(table) + BF_SQL_ALL);
    while (!(status = bf_row__next(c, k->st, q, table, &row, &more)) && more) {
        if (!has_person(k, row.person)) {
            REPORT(c, k, "%s: %s row %llu: its person (row %llu) was removed", k->st->path,
                   bf_table_name(table), (unsigned long long)row.id,
                   (unsigned long long)row.person);
        } else if (!row.id || row.id >= k->st->meta.next_id) {
            REPORT(c, k, "%s: %s row %lld: was put in from outside", k->st->path,
                   bf_table_name(table), (long long)row.id);
        }
    }
    if (q) sqlite3_reset(q);
    return report(c, k, status);
}

static bf_status check_galleries(bf_ctx *c, checker *k)
{
    bf_galleries g = {0};
    bf_membership *members = NULL;
    size_t count;
    bf_status status = bf_galleries__load(c, k->st, &g);
    if (!status) status = bf_store__members(c, k->st, &g, NULL, &members, &count);
    bf_ctx_release(c, members);
    bf_galleries__free(c, &g);
    return report(c, k, status);
}

static bf_status check_witness(bf_ctx *c, checker *k)
{
    const bf_store *st = k->st;
    uint8_t witness[32];
    if (k->opts->expect_counter > st->meta.counter) {
        BF_TRY(REPORT(c, k, "%s: at change %llu, but %llu was written down: put back in time",
                      st->path, (unsigned long long)st->meta.counter,
                      (unsigned long long)k->opts->expect_counter));
    }
    bf_store__witness(st, witness);
    if (!k->opts->expect_witness || !memcmp(witness, k->opts->expect_witness, sizeof witness)) {
        return BF_OK;
    }
    if (k->opts->expect_counter && k->opts->expect_counter != st->meta.counter) return BF_OK;
    return REPORT(c, k, "%s: is not as when the witness was written down", st->path);
}

static bf_status check_all(bf_ctx *c, checker *k)
{
    static const bf_table tables[] = {BF_TABLE_ENCOUNTER, BF_TABLE_SAMPLE, BF_TABLE_IMAGE,
                                      BF_TABLE_MEMBER};
    BF_TRY(check_pages(c, k));
    BF_TRY(report(c, k, person_ids(c, k)));
    for (size_t i = 0; i < k->id_count; i++) {
        bf_arena_mark mark = bf_arena_save(&c->arena);
        bf_status status = check_person(c, k, k->ids[i]);
        bf_arena_restore(&c->arena, mark);
        BF_TRY(status);
    }
    bf_directory__drop(k->st);
    BF_TRY(report(c, k, bf_directory__load(c, k->st)));
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        BF_TRY(check_orphans(c, k, tables[t]));
    }
    BF_TRY(check_galleries(c, k));
    BF_TRY(report(c, k, bf_log__read(c, k->st, NULL, NULL)));
    return check_witness(c, k);
}

bf_status bf_store__check(bf_ctx *c, bf_store *st, bf_check_opts *opts)
{
    checker k = {.st = st, .opts = opts};
    opts->finding_count = 0;
    k.person = bf_locked_alloc(c, sizeof *k.person);
    if (!k.person) BF_FAIL_NOMEM(c);
    bf_status status = check_all(c, &k);
    bf_ctx_release(c, k.ids);
    bf_locked_free(k.person);
    BF_TRY(status);
    if (!opts->finding_count) return BF_OK;
    memcpy(c->error, k.first, sizeof k.first);
    return BF_ETAMPER;
}
