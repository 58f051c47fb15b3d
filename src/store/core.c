/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open, create, transactions and the meta row.
 *
 * meta   store      16  random id of the store          in clear
 *        keyring    16  id of its keyring               in clear
 *        keyset      8  which key set the rows are under in clear
 *        checkvalue 32  digest of both ids under the root key: tells another keyring from damage
 *        sealed   4136  bf_meta: counter, set hashes, head of the audit log
 */
#include "store/core.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/log.h"
#include "vault/file.h"

#define META_SEALED (BF_META_PLAIN + BF_SEAL_OVERHEAD)

int64_t bf_store__now(void)
{
    return (int64_t)time(NULL);
}

void bf_store__derive(const bf_keyset *set, bf_store_keys *out)
{
    out->set_id = set->id;
    bf_subkey(set->ring, "wrap person key", out->wrap);
    bf_subkey(set->ring, "person hash", out->person_hash);
    bf_subkey(set->ring, "gallery hash", out->gallery_hash);
    bf_subkey(set->ring, "gallery", out->gallery);
    bf_subkey(set->ring, "meta", out->meta);
    bf_subkey(set->root, "row digest", out->row);
    bf_subkey(set->root, "audit", out->audit);
    bf_subkey(set->root, "audit chain", out->chain);
    bf_subkey(set->root, "check value", out->check);
}

static void check_value(const bf_store *st, const uint8_t key[BF_KEY_BYTES], uint8_t out[32])
{
    bf_part parts[] = {{st->id, sizeof st->id}, {st->keyring->file.id, BF_KEYRING_ID_BYTES}};
    bf_digest(key, "check value", parts, 2, out);
}

#define META_AD_BYTES 48u
static void meta_ad(const bf_store *st, uint64_t set_id, uint8_t ad[META_AD_BYTES])
{
    memset(ad, 0, META_AD_BYTES);
    ad[0] = BF_TABLE_META;
    for (int i = 0; i < 8; i++) ad[8 + i] = (uint8_t)(set_id >> (8 * i));
    memcpy(ad + 16, st->id, BF_STORE_ID_BYTES);
    memcpy(ad + 32, st->keyring->file.id, BF_KEYRING_ID_BYTES);
}

bf_status bf_store__put_meta(bf_ctx *c, bf_store *st)
{
    uint8_t ad[META_AD_BYTES], check[32];
    uint8_t *plain = bf_ctx_scratch(c, BF_META_PLAIN + META_SEALED, 1);
    if (!plain) BF_FAIL_NOMEM(c);
    uint8_t *sealed = plain + BF_META_PLAIN;
    bf_meta_pack(&st->meta, plain);
    meta_ad(st, st->keys->set_id, ad);
    bf_seal(st->keys->meta, ad, sizeof ad, plain, BF_META_PLAIN, sealed);
    check_value(st, st->keys->check, check);
    sqlite3_stmt *q = bf_sql__get(&st->sql, BF_SQL_META_PUT);
    if (!q) return bf_sql__fail(c, &st->sql);
    sqlite3_bind_blob(q, 1, st->id, BF_STORE_ID_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(q, 2, st->keyring->file.id, BF_KEYRING_ID_BYTES, SQLITE_STATIC);
    bf_sql_bind_id(q, 3, st->keys->set_id);
    sqlite3_bind_blob(q, 4, check, sizeof check, SQLITE_STATIC);
    sqlite3_bind_blob(q, 5, sealed, (int)META_SEALED, SQLITE_STATIC);
    return bf_sql__run(c, &st->sql, q);
}

/* One set's try at the sealed column. */
static int try_meta(bf_store *st, uint64_t set_id, const uint8_t *sealed, uint8_t *plain)
{
    uint8_t ad[META_AD_BYTES];
    meta_ad(st, set_id, ad);
    return bf_unseal(st->keys->meta, ad, sizeof ad, sealed, META_SEALED, plain);
}

/* No key set of the keyring is the one named. Is it the keyring or the row that is wrong? */
static bf_status explain_no_set(bf_ctx *c, bf_store *st, const uint8_t *keyring_id,
                                const uint8_t *check, const uint8_t *sealed, uint8_t *plain)
{
    const bf_keyring_secrets *x = st->keyring->secrets;
    int same_id = !memcmp(keyring_id, st->keyring->file.id, BF_KEYRING_ID_BYTES);
    int same_check = 0, opens = 0;
    for (uint32_t i = 0; i < x->set_count; i++) {
        uint8_t expected[32];
        bf_store__derive(&x->sets[i], st->keys);
        check_value(st, st->keys->check, expected);
        same_check |= !sodium_memcmp(expected, check, sizeof expected);
        opens |= !try_meta(st, x->sets[i].id, sealed, plain);
    }
    if (opens || (same_check && !same_id)) {
        BF_FAIL(c, BF_ETAMPER, "%s: the meta row was altered", st->path);
    }
    if (same_id) {
        BF_FAIL(c, BF_EKEY, "%s: keyring %s does not hold its key: one of them is an older copy",
                st->path, st->keyring->name);
    }
    BF_FAIL(c, BF_EKEY, "%s: keyring %s belongs to another store", st->path, st->keyring->name);
}

/* *retry: the keyring on the disk may know better. */
static bf_status open_meta(bf_ctx *c, bf_store *st, sqlite3_stmt *q, uint8_t *plain, int *retry)
{
    const uint8_t *id = bf_sql__blob(q, 0, BF_STORE_ID_BYTES);
    const uint8_t *keyring_id = bf_sql__blob(q, 1, BF_KEYRING_ID_BYTES);
    uint64_t set_id = bf_sql_id_at(q, 2);
    const uint8_t *check = bf_sql__blob(q, 3, 32);
    const uint8_t *sealed = bf_sql__blob(q, 4, META_SEALED);
    if (!id || !keyring_id || !check || !sealed || sqlite3_column_int(q, 5) != 1) {
        BF_FAIL(c, BF_ETAMPER, "%s: the meta row was altered", st->path);
    }
    memcpy(st->id, id, BF_STORE_ID_BYTES);
    const bf_keyset *set = bf_keyring__find(st->keyring, set_id);
    if (!set) {
        *retry = 1;
        return explain_no_set(c, st, keyring_id, check, sealed, plain);
    }
    uint8_t expected[32];
    if (st->keys->set_id != set_id) bf_store__derive(set, st->keys);
    check_value(st, st->keys->check, expected);
    if (memcmp(keyring_id, st->keyring->file.id, BF_KEYRING_ID_BYTES) != 0 ||
        sodium_memcmp(expected, check, sizeof expected) != 0 ||
        try_meta(st, set_id, sealed, plain) || bf_meta_unpack(plain, BF_META_PLAIN, &st->meta)) {
        BF_FAIL(c, BF_ETAMPER, "%s: the meta row was altered", st->path);
    }
    if (st->meta.counter < st->counter_seen) {
        BF_FAIL(c, BF_ETAMPER, "%s: put back from change %llu to %llu while open", st->path,
                (unsigned long long)st->counter_seen, (unsigned long long)st->meta.counter);
    }
    st->counter_seen = st->meta.counter;
    return BF_OK;
}

static bf_status read_meta(bf_ctx *c, bf_store *st, int *retry)
{
    uint8_t *plain = bf_ctx_scratch(c, BF_META_PLAIN, 1);
    if (!plain) BF_FAIL_NOMEM(c);
    sqlite3_stmt *q = bf_sql__get(&st->sql, BF_SQL_META_GET);
    int more;
    BF_TRY(bf_sql__step(c, &st->sql, q, &more));
    if (!more) BF_FAIL(c, BF_ETAMPER, "%s: the meta row was removed", st->path);
    bf_status status = open_meta(c, st, q, plain, retry);
    sqlite3_reset(q);
    if (status) st->keys->set_id = 0;
    return status;
}

bf_status bf_store__begin(bf_ctx *c, bf_store *st, int writing)
{
    for (int attempt = 0;; attempt++) {
        int retry = 0;
        BF_TRY(bf_sql__exec(c, &st->sql, writing ? "BEGIN IMMEDIATE" : "BEGIN"));
        st->in_transaction = writing ? 2 : 1;
        st->directory.fresh = 0;
        bf_status status = read_meta(c, st, &retry);
        if (!status) return BF_OK;
        bf_store__rollback(c, st);
        /* Another process may have changed the keys, even while we looked. */
        if (!retry || attempt == 3) return status;
        char kept[BF_ERROR_MAX];
        memcpy(kept, c->error, sizeof kept);
        if (bf_keyring__reload(c, st->keyring)) {
            memcpy(c->error, kept, sizeof kept);
            return status;
        }
    }
}

bf_status bf_store__commit(bf_ctx *c, bf_store *st)
{
    st->meta.counter++;
    bf_status status = bf_store__put_meta(c, st);
    if (!status) status = bf_sql__exec(c, &st->sql, "COMMIT");
    if (status) {
        bf_store__rollback(c, st);
        return status;
    }
    st->in_transaction = 0;
    st->counter_seen = st->meta.counter;
    return BF_OK;
}

void bf_store__rollback(bf_ctx *c, bf_store *st)
{
    (void)c;
    for (int i = 0; i < BF_SQL_COUNT; i++) sqlite3_reset(st->sql.stmt[i]);
    /* SQLite may have rolled back by itself (full disk): then there is nothing to do. */
    if (st->in_transaction && !sqlite3_get_autocommit(st->sql.db)) {
        sqlite3_exec(st->sql.db, "ROLLBACK", NULL, NULL, NULL);
    }
    if (st->in_transaction == 2) bf_directory__drop(st);
    st->in_transaction = 0;
}

bf_status bf_store__load(bf_ctx *c, bf_store *st, bf_galleries *out)
{
    if (!st->log_checked) BF_TRY(bf_log__check_end(c, st));
    st->log_checked = 1;
    BF_TRY(bf_directory__load(c, st));
    return bf_galleries__load(c, st, out);
}

void bf_store__witness(const bf_store *st, uint8_t out[32])
{
    uint8_t plain[BF_META_PLAIN];
    bf_meta_pack(&st->meta, plain);
    bf_part parts[] = {{st->id, sizeof st->id}, {plain, sizeof plain}};
    bf_digest(st->keys->check, "witness", parts, 2, out);
    bf_wipe(plain, sizeof plain);
}

/* ---- open and create ---- */

static bf_status store_new(bf_ctx *c, const bf_store_setup *setup, bf_store **out)
{
    const char *path = setup->path;
    BF_TRY(bf_vault__init(c));
    bf_store *st = bf_ctx_alloc(c, 1, sizeof *st);
    if (!st) BF_FAIL_NOMEM(c);
    st->alloc = c->alloc;
    st->keyring = setup->keyring;
    st->path = bf_ctx_alloc(c, strlen(path) + 1, 1);
    st->keys = bf_locked_alloc(c, sizeof *st->keys);
    if (!st->path || !st->keys) {
        bf_store__close(st);
        BF_FAIL_NOMEM(c);
    }
    memcpy(st->path, path, strlen(path) + 1);
    snprintf(st->who, sizeof st->who, "%s", setup->who);
    *out = st;
    return BF_OK;
}

void bf_store__close(bf_store *st)
{
    if (!st) return;
    bf_allocator a = st->alloc;
    bf_sql__close(&st->sql);
    bf_directory__drop(st);
    bf_locked_free(st->keys);
    bf_alloc_release(&a, st->path);
    bf_wipe(st, sizeof *st);
    bf_alloc_release(&a, st);
}

/* What a crash or a reader left unfinished is finished if it can be; if not, it stays pending. */
static void settle(bf_ctx *c, bf_store *st)
{
    if (bf_store__begin(c, st, 0)) return;
    int unfinished = st->meta.pending || st->keyring->secrets->set_count > 1;
    int rotation_owed = (st->meta.pending & BF_PENDING_ROTATION) != 0;
    bf_store__rollback(c, st);
    if (!unfinished) return;
    bf_sql__busy(&st->sql, 100);
    if (rotation_owed && bf_store__rotate(c, st)) bf_ctx_log(c, 1, "%s", c->error);
    if (!rotation_owed && bf_store__finish(c, st)) bf_ctx_log(c, 1, "%s", c->error);
}

bf_status bf_store__open(bf_ctx *c, const bf_store_setup *setup, bf_store **out)
{
    char real[PATH_MAX];
    bf_store *st = NULL;
    /* Later on no link is followed: what is opened now stays what is opened. */
    if (!realpath(setup->path, real)) snprintf(real, sizeof real, "%s", setup->path);
    BF_TRY(store_new(c, setup, &st));
    bf_status status = bf_sql__open(c, &st->sql, real, st->path, setup->busy_ms);
    if (!status) status = bf_store__begin(c, st, 0);
    if (status) {
        bf_store__close(st);
        return status;
    }
    bf_store__rollback(c, st);
    settle(c, st);
    bf_sql__busy(&st->sql, setup->busy_ms);
    c->error[0] = 0;
    *out = st;
    return BF_OK;
}

/* The first rows of a new store. */
static bf_status fill_new(bf_ctx *c, bf_store *st, const char *purpose)
{
    randombytes_buf(st->id, sizeof st->id);
    bf_store__derive(&st->keyring->secrets->sets[0], st->keys);
    st->meta.next_id = 1;
    st->meta.made_s = bf_store__now();
    snprintf(st->meta.purpose, sizeof st->meta.purpose, "%s", purpose ? purpose : "not stated");
    st->in_transaction = 2;
    bf_audit_rec rec = {.operation = BF_OP_INIT};
    snprintf(rec.purpose, sizeof rec.purpose, "%s", st->meta.purpose);
    BF_TRY(bf_log__append(c, st, &rec));
    return bf_store__commit(c, st);
}

bf_status bf_store__create(bf_ctx *c, const bf_store_setup *setup, bf_store **out)
{
    char temp[PATH_MAX], side[PATH_MAX + 8];
    bf_store *st = NULL;
    BF_TRY(bf_vault__init(c));
    if ((size_t)snprintf(temp, sizeof temp, "%s.new-%08x", setup->path,
                         (unsigned)randombytes_random()) >= sizeof temp) {
        BF_FAIL(c, BF_EINVAL, "file name too long");
    }
    if (!access(setup->path, F_OK)) BF_FAIL(c, BF_EEXIST, "%s: exists already", setup->path);
    /* An empty file of mode 0600 first: SQLite gives -wal and -shm the same mode. */
    BF_TRY(bf_file__create(c, temp, NULL, 0));
    char real[PATH_MAX];
    if (!realpath(temp, real)) snprintf(real, sizeof real, "%s", temp);
    bf_status status = store_new(c, setup, &st);
    if (!status) status = bf_sql__create(c, &st->sql, real, st->path);
    if (!status) status = fill_new(c, st, setup->purpose);
    /* Closing the last connection moves the log into the file and removes it. */
    bf_store__close(st);
    if (!status) status = bf_file__publish(c, temp, setup->path);
    unlink(temp);
    snprintf(side, sizeof side, "%s-wal", temp);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", temp);
    unlink(side);
    BF_TRY(status);
    return bf_store__open(c, setup, out);
}
