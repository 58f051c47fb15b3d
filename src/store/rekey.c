/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erasure and rotation. Both move the store to a fresh key set, in this order:
 *
 *   1  lock the database for writing; write the keyring with the old set and the new
 *   2  one transaction: rows of the erased person go, every other person's key is wrapped under the
 *      new ring key, the meta row says "new set, pending"; commit (on the disk from here)
 *   3  write the keyring with the new set alone: the old ring key is destroyed
 *   4  write the log into the database and cut it to nothing; the meta row says "not pending"
 *
 * A crash before the commit leaves the old set in force, and the next opening drops the new one; a
 * crash after it leaves the new set in force, and the next opening goes on with step 3. Whoever
 * changes the keyring file holds the database's write lock.
 *
 * The person table is emptied and filled again, not updated: SQLite then overwrites whole pages
 * with zeros (secure_delete), and no copy of a wrapped key survives in a gap between cells.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "store/core.h"
#include "store/log.h"
#include "vault/file.h"

typedef struct rekey {
    bf_store *st;
    bf_store_keys *keys;     /* the new ones, locked */
    int all_fresh;           /* rotation: also root, persons' keys, every row */
    uint64_t drop_person;    /* 0: none */
    uint64_t drop_encounter; /* 0: none; of person `of` */
    uint64_t of;
    bf_galleries galleries;
    bf_sumset images;    /* of the person's image rows as they were found */
    bf_person *person;   /* scratch, locked */
    uint8_t *fresh_key;  /* scratch, locked */
    bf_person_row *rows; /* heap: as they will be stored */
    size_t row_count;
} rekey;

/* ---- one person's rows ---- */

static bf_status of_gallery(bf_ctx *c, rekey *r, const bf_row *row, bf_gallery **out)
{
    *out = bf_galleries__by_id(&r->galleries, row->gallery);
    if (*out) return BF_OK;
    BF_FAIL(c, BF_ETAMPER, "%s: member row %llu: its gallery was removed", r->st->path,
            (unsigned long long)row->id);
}

/* Delete a row, or seal it anew under the fresh key; account for it where it counts. */
static bf_status redo_row(bf_ctx *c, rekey *r, bf_row *row, int drop)
{
    bf_person_rec *rec = &r->person->rec;
    bf_gallery *gallery = NULL;
    uint8_t digest[BF_DIGEST_BYTES], *plain;
    size_t len;
    BF_TRY(bf_row__open(c, r->st, row, r->person->key, rec->name, &plain, &len));
    bf_row__digest(r->st, r->st->keys, row, digest);
    if (row->table == BF_TABLE_IMAGE) bf_sumset_add(&r->images, digest);
    if (row->table == BF_TABLE_MEMBER) {
        BF_TRY(of_gallery(c, r, row, &gallery));
        if (!r->all_fresh) bf_sumset_take(&gallery->rec.members, digest);
    }
    if (drop) return bf_row__delete(c, r->st, row->table, row->id);
    BF_TRY(bf_row__put(c, r->st, r->keys, row, 1, r->fresh_key, plain, len, digest));
    switch (row->table) {
    case BF_TABLE_MEMBER: bf_sumset_add(&gallery->rec.members, digest); break;
    case BF_TABLE_IMAGE:
        bf_sumset_add(&rec->heavy, digest);
        rec->images++;
        break;
    case BF_TABLE_ENCOUNTER:
        rec->encounters++;
        bf_sumset_add(&rec->rows, digest);
        break;
    default:
        rec->samples++;
        bf_sumset_add(&rec->rows, digest);
        break;
    }
    return BF_OK;
}

/* The next row of a table after `after`. A table is not to be changed while a statement is on it.
 */
static bf_status next_row(bf_ctx *c, rekey *r, bf_table table, uint64_t after, bf_row *row,
                          int *more)
{
    sqlite3_stmt *q = bf_sql__get(&r->st->sql, bf_table_sql(table) + BF_SQL_OF_PERSON);
    if (!q) return bf_sql__fail(c, &r->st->sql);
    bf_sql_bind_id(q, 1, r->person->id);
    sqlite3_bind_int64(q, 2, (sqlite3_int64)after);
    BF_TRY(bf_row__next(c, r->st, q, table, row, more));
    if (!*more) return BF_OK;
    uint8_t *copy = bf_ctx_scratch(c, row->sealed_len + 1, 1);
    if (!copy) {
        sqlite3_reset(q);
        BF_FAIL_NOMEM(c);
    }
    if (row->sealed_len) memcpy(copy, row->sealed, row->sealed_len);
    row->sealed = copy;
    sqlite3_reset(q);
    return BF_OK;
}

/* All rows of the person: deleted with the person or encounter, else under the fresh key. */
static bf_status redo_rows(bf_ctx *c, rekey *r, int drop_all)
{
    static const bf_table tables[] = {BF_TABLE_ENCOUNTER, BF_TABLE_SAMPLE, BF_TABLE_IMAGE,
                                      BF_TABLE_MEMBER};
    bf_person_rec *rec = &r->person->rec;
    const bf_sumset images = rec->heavy;
    randombytes_buf(r->fresh_key, BF_KEY_BYTES);
    memset(&r->images, 0, sizeof r->images);
    memset(&rec->rows, 0, sizeof rec->rows);
    memset(&rec->heavy, 0, sizeof rec->heavy);
    rec->encounters = rec->samples = rec->images = 0;
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        bf_row row = {0};
        int more = 1;
        while (more) {
            bf_arena_mark mark = bf_arena_save(&c->arena);
            bf_status status = next_row(c, r, tables[t], row.id, &row, &more);
            if (!status && more) {
                int drop = drop_all || (r->drop_encounter && row.encounter == r->drop_encounter);
                status = redo_row(c, r, &row, drop);
            }
            bf_arena_restore(&c->arena, mark);
            BF_TRY(status);
        }
    }
    memcpy(r->person->key, r->fresh_key, BF_KEY_BYTES);
    /* What was altered must not get a good sum. Who is erased is erased all the same. */
    if (drop_all || bf_sumset_same(&r->images, &images)) return BF_OK;
    BF_FAIL(c, BF_ETAMPER, "%s: images of %s: %llu rows where %llu belong, or one was put back",
            r->st->path, rec->name, (unsigned long long)r->images.count,
            (unsigned long long)images.count);
}

static bf_status redo_person(bf_ctx *c, rekey *r, uint64_t id)
{
    BF_TRY(bf_person__find_id(c, r->st, id, r->person));
    if (id == r->drop_person) return redo_rows(c, r, 1);
    if (r->all_fresh || id == r->of) BF_TRY(redo_rows(c, r, 0));
    bf_person__seal(r->st, r->keys, r->person, &r->rows[r->row_count++]);
    return BF_OK;
}

/* ---- the transaction ---- */

static bf_status fill_persons(bf_ctx *c, rekey *r)
{
    uint8_t digest[BF_DIGEST_BYTES];
    memset(r->st->meta.persons, 0, sizeof r->st->meta.persons);
    bf_directory__drop(r->st);
    BF_TRY(bf_sql__run(c, &r->st->sql, bf_sql__get(&r->st->sql, BF_SQL_PERSON_DELETE_ALL)));
    for (size_t i = 0; i < r->row_count; i++) {
        BF_TRY(bf_person__put_row(c, r->st, r->keys, BF_SQL_PERSON_INSERT, &r->rows[i], digest));
    }
    return BF_OK;
}

static bf_status redo_store(bf_ctx *c, rekey *r)
{
    const bf_directory *all = &r->st->directory;
    r->rows = bf_ctx_alloc(c, all->count + 1, sizeof *r->rows);
    bf_status status = r->rows ? BF_OK : bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    for (size_t i = 0; r->all_fresh && i < r->galleries.count; i++) {
        memset(&r->galleries.items[i].rec.members, 0, sizeof(bf_sumset));
    }
    for (size_t i = 0; !status && i < all->count; i++) {
        status = redo_person(c, r, all->entries[i].id);
    }
    if (!status) status = fill_persons(c, r);
    if (!status) status = bf_galleries__save(c, r->st, r->keys, &r->galleries, 1);
    if (!status && r->all_fresh) status = bf_log__rekey(c, r->st, r->keys);
    return status;
}

bf_status bf_store__drop_stale_sets(bf_ctx *c, bf_store *st)
{
    int done;
    BF_TRY(bf_store__settle_slots(c, st, &done));
    bf_file__sweep(c, st->keyring->path);
    BF_TRY(bf_keyring__reload(c, st->keyring));
    if (!bf_keyring__find(st->keyring, st->keys->set_id)) {
        BF_FAIL(c, BF_EKEY, "%s: the keyring was put back to an older copy", st->keyring->name);
    }
    if (st->keyring->secrets->set_count == 1) return BF_OK;
    bf_keyring__keep_only(st->keyring, st->keys->set_id);
    return bf_keyring__save(c, st->keyring);
}

/* Undo step 1, still under the lock. If that fails as well, the next opening does it. */
static void forget_new_set(bf_ctx *c, bf_store *st)
{
    char kept[BF_ERROR_MAX];
    memcpy(kept, c->error, sizeof kept);
    bf_keyring__keep_only(st->keyring, st->keys->set_id);
    if (bf_keyring__save(c, st->keyring)) bf_ctx_log(c, 1, "%s", c->error);
    memcpy(c->error, kept, sizeof kept);
}

/* Steps 1 and 2. The caller has begun to write and ends the transaction when this fails. */
static bf_status move(bf_ctx *c, rekey *r, const bf_audit_rec *audit)
{
    bf_store *st = r->st;
    const bf_keyset *old = bf_keyring__find(st->keyring, st->keys->set_id);
    const bf_keyset *set = bf_keyring__append(st->keyring, old, r->all_fresh);
    bf_status status = bf_keyring__save(c, st->keyring);
    if (!status) {
        bf_store__derive(set, r->keys);
        status = redo_store(c, r);
    }
    if (!status) {
        bf_store_keys *mine = st->keys;
        if (r->all_fresh) st->meta.pending = 0; /* what a rotation owed is done with this */
        st->meta.pending |= BF_PENDING_ERASURE;
        st->keys = r->keys;
        status = bf_log__append(c, st, audit);
        if (!status) status = bf_store__commit(c, st);
        st->keys = mine;
        if (!status) *st->keys = *r->keys;
    }
    /* A commit that failed has rolled back: without the lock the file is not ours to write. */
    if (status && st->in_transaction) forget_new_set(c, st);
    return status;
}

static bf_status rekey_open(bf_ctx *c, bf_store *st, rekey *r)
{
    memset(r, 0, sizeof *r);
    r->st = st;
    r->keys = bf_locked_alloc(c, sizeof *r->keys);
    r->person = bf_locked_alloc(c, sizeof *r->person);
    r->fresh_key = bf_locked_alloc(c, BF_KEY_BYTES);
    if (!r->keys || !r->person || !r->fresh_key) BF_FAIL_NOMEM(c);
    BF_TRY(bf_store__begin(c, st, 1));
    BF_TRY(bf_store__drop_stale_sets(c, st));
    BF_TRY(bf_directory__load(c, st));
    return bf_galleries__load(c, st, &r->galleries);
}

static void rekey_close(bf_ctx *c, rekey *r)
{
    bf_store__rollback(c, r->st);
    bf_galleries__free(c, &r->galleries);
    bf_ctx_release(c, r->rows);
    bf_locked_free(r->keys);
    bf_locked_free(r->person);
    bf_locked_free(r->fresh_key);
}

/* ---- pending ---- */

static bf_status finish(bf_ctx *c, bf_store *st, int *pending)
{
    BF_TRY(bf_store__begin(c, st, 1));
    *pending = (st->meta.pending & BF_PENDING_ERASURE) != 0;
    uint64_t set_id = st->keys->set_id;
    int unsettled = (st->meta.pending & BF_PENDING_SLOTS) != 0;
    bf_status status = bf_store__drop_stale_sets(c, st);
    if (!status && unsettled) status = bf_store__commit(c, st);
    bf_store__rollback(c, st);
    BF_TRY(status);
    if (!*pending) return BF_OK;
    /* That the old keyring is gone must be on the disk before anybody is told so. */
    BF_TRY(bf_file__sync_name(c, st->keyring->path));
    BF_TRY(bf_sql__checkpoint(c, &st->sql));
    BF_TRY(bf_store__begin(c, st, 1));
    if (st->keys->set_id != set_id) {
        /* Another process erased meanwhile: ours is complete, and what pends now is its own. */
        bf_store__rollback(c, st);
        return BF_OK;
    }
    st->meta.pending &= ~BF_PENDING_ERASURE;
    return bf_store__commit(c, st);
}

/* Whatever is in the way (a reader, a full disk), what was erased is gone, and its bytes wait. */
static bf_status finish_or_pend(bf_ctx *c, bf_store *st, int pending)
{
    char kept[BF_ERROR_MAX];
    bf_status status = finish(c, st, &pending);
    if (!status || !pending || status == BF_EPENDING) return status;
    memcpy(kept, c->error, sizeof kept);
    BF_FAIL(c, BF_EPENDING, "%.400s (erasure pending)", kept);
}

bf_status bf_store__finish(bf_ctx *c, bf_store *st)
{
    return finish_or_pend(c, st, 0);
}

/* ---- delete ---- */

static bf_status plan_delete(bf_ctx *c, rekey *r, const char *person, const char *encounter,
                             bf_audit_rec *audit)
{
    bf_loaded loaded;
    BF_TRY(bf_person__find(c, r->st, person, r->person));
    BF_TRY(bf_person__load(c, r->st, r->person, &loaded));
    audit->operation = encounter ? BF_OP_DELETE_ENCOUNTER : BF_OP_DELETE_PERSON;
    audit->person = r->person->id;
    const bf_loaded_encounter *e = encounter ? bf_loaded__by_name(&loaded, encounter) : NULL;
    if (encounter && !e) {
        BF_FAIL(c, BF_ENOENT, "%s: person %s has no encounter %s", r->st->path, person, encounter);
    }
    if (!e || loaded.encounter_count == 1) {
        r->drop_person = r->person->id; /* a person without encounters is none */
    } else {
        r->drop_encounter = e->id;
        r->of = r->person->id;
    }
    uint32_t encounters = e ? 1 : loaded.encounter_count;
    uint32_t samples = e ? e->rec.samples : loaded.sample_count;
    snprintf(audit->detail, sizeof audit->detail, "%u encounter%s, %u sample%s%s", encounters,
             bf_plural(encounters), samples, bf_plural(samples),
             r->drop_person && e ? ": the person's last" : "");
    return BF_OK;
}

bf_status bf_store__delete(bf_ctx *c, bf_store *st, const char *person, const char *encounter)
{
    rekey r;
    bf_audit_rec audit = {0};
    bf_status status = rekey_open(c, st, &r);
    if (!status) status = plan_delete(c, &r, person, encounter, &audit);
    if (!status) status = move(c, &r, &audit);
    rekey_close(c, &r);
    BF_TRY(status);
    return finish_or_pend(c, st, 1);
}

/* ---- rotate ---- */

bf_status bf_store__rotate(bf_ctx *c, bf_store *st)
{
    rekey r;
    bf_audit_rec audit = {.operation = BF_OP_KEY_ROTATE};
    bf_check_opts opts = {.struct_size = sizeof opts};
    bf_status status = rekey_open(c, st, &r);
    /* What was altered must not get a good seal. */
    if (!status) status = bf_store__check(c, st, &opts);
    r.all_fresh = 1;
    if (!status) status = move(c, &r, &audit);
    rekey_close(c, &r);
    BF_TRY(status);
    return finish_or_pend(c, st, 1);
}
