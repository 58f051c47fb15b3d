/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the audit log: see log.h and audit/entry.h. */
#include "store/log.h"

#include <string.h>

static bf_audit_keys audit_keys(const bf_store *st, const bf_store_keys *keys)
{
    return (bf_audit_keys){st->id, keys->audit, keys->chain};
}

static bf_status put(bf_ctx *c, bf_store *st, int statement, uint64_t sequence,
                     const uint8_t *sealed, const uint8_t *head)
{
    sqlite3_stmt *q = bf_sql__get(&st->sql, statement);
    if (!q) return bf_sql__fail(c, &st->sql);
    bf_sql_bind_id(q, 1, sequence);
    sqlite3_bind_blob(q, 2, sealed, BF_AUDIT_SEALED, SQLITE_TRANSIENT);
    sqlite3_bind_blob(q, 3, head, 32, SQLITE_TRANSIENT);
    return bf_sql__run(c, &st->sql, q);
}

bf_status bf_log__append(bf_ctx *c, bf_store *st, const bf_audit_rec *rec)
{
    uint8_t sealed[BF_AUDIT_SEALED];
    bf_audit_rec full = *rec;
    full.time_s = bf_store__now();
    if (!full.slot) full.slot = st->keyring->slot_used;
    memcpy(full.who, st->who, sizeof full.who);
    uint64_t sequence = st->meta.audit_count + 1;
    bf_audit_keys keys = audit_keys(st, st->keys);
    bf_audit_seal(&keys, sequence, &full, sealed, st->meta.audit_head);
    st->meta.audit_count = sequence;
    bf_wipe(&full, sizeof full);
    return put(c, st, BF_SQL_AUDIT_INSERT, sequence, sealed, st->meta.audit_head);
}

/* The row a statement stands on, which should be entry `sequence`. */
static bf_status open_entry(bf_ctx *c, bf_store *st, sqlite3_stmt *q, uint64_t sequence,
                            uint8_t head[32], bf_audit_rec *out)
{
    bf_audit_keys keys = audit_keys(st, st->keys);
    uint64_t id = bf_sql_id_at(q, 0);
    if (id != sequence) {
        BF_FAIL(c, BF_ETAMPER, "%s: audit entry %llu was removed", st->path,
                (unsigned long long)sequence);
    }
    const uint8_t *sealed = bf_sql__blob(q, 1, BF_AUDIT_SEALED);
    const uint8_t *link = bf_sql__blob(q, 2, 32);
    if (!sealed || !link || bf_audit_open(&keys, sequence, sealed, out, head)) {
        BF_FAIL(c, BF_ETAMPER, "%s: audit entry %llu was altered", st->path,
                (unsigned long long)sequence);
    }
    if (memcmp(head, link, 32) != 0) {
        BF_FAIL(c, BF_ETAMPER, "%s: the audit log is broken at entry %llu", st->path,
                (unsigned long long)sequence);
    }
    return BF_OK;
}

/* From entry `first` on, where the chain is at `head`. */
static bf_status read_from(bf_ctx *c, bf_store *st, uint64_t first, uint8_t head[32],
                           bf_log_each each, void *user)
{
    uint64_t sequence = first - 1;
    bf_audit_rec rec;
    int more = 1;
    bf_status status = BF_OK;
    sqlite3_stmt *q = bf_sql__get(&st->sql, BF_SQL_AUDIT_FROM);
    if (!q) return bf_sql__fail(c, &st->sql);
    /* The whole log has no rows in front of the first. */
    if (first == 1)
        sqlite3_bind_int64(q, 1, INT64_MIN);
    else
        bf_sql_bind_id(q, 1, first);
    while (!(status = bf_sql__step(c, &st->sql, q, &more)) && more) {
        status = open_entry(c, st, q, ++sequence, head, &rec);
        if (!status && each) status = each(c, user, sequence, &rec);
        if (status) break;
    }
    bf_wipe(&rec, sizeof rec);
    sqlite3_reset(q);
    BF_TRY(status);
    if (sequence != st->meta.audit_count || memcmp(head, st->meta.audit_head, 32) != 0) {
        BF_FAIL(c, BF_ETAMPER, "%s: the audit log ends at entry %llu where %llu belong", st->path,
                (unsigned long long)sequence, (unsigned long long)st->meta.audit_count);
    }
    return BF_OK;
}

bf_status bf_log__read(bf_ctx *c, bf_store *st, bf_log_each each, void *user)
{
    uint8_t head[32] = {0};
    return read_from(c, st, 1, head, each, user);
}

bf_status bf_log__check_end(bf_ctx *c, bf_store *st)
{
    uint8_t head[32];
    uint64_t count = st->meta.audit_count;
    int more;
    if (count <= BF_LOG_END_ENTRIES) return bf_log__read(c, st, NULL, NULL);
    /* The link in front is as good as the end it leads to: which the meta row has. */
    uint64_t before = count - BF_LOG_END_ENTRIES;
    sqlite3_stmt *q = bf_sql__get(&st->sql, BF_SQL_AUDIT_FROM);
    if (!q) return bf_sql__fail(c, &st->sql);
    bf_sql_bind_id(q, 1, before);
    BF_TRY(bf_sql__step(c, &st->sql, q, &more));
    const uint8_t *link = more ? bf_sql__blob(q, 2, sizeof head) : NULL;
    int good = link && bf_sql_id_at(q, 0) == before;
    if (good) memcpy(head, link, sizeof head);
    sqlite3_reset(q);
    if (!good) {
        BF_FAIL(c, BF_ETAMPER, "%s: audit entry %llu was removed or altered", st->path,
                (unsigned long long)before);
    }
    return read_from(c, st, before + 1, head, NULL, NULL);
}

/*
 * A table is not to be changed while a statement is on it, and the log may be long: so many entries
 * at a time are read, then written. The old chain runs along under the old keys and must end where
 * the meta row says: it was checked by the caller, and is checked again here.
 */
#define BATCH 64u

typedef struct rekey {
    bf_audit_keys keys; /* the new ones */
    uint8_t old_head[32], new_head[32];
    uint64_t done;
    uint8_t sealed[BATCH][BF_AUDIT_SEALED];
    uint8_t links[BATCH][32];
} rekey;

/* Up to BATCH entries after r->done, under the new keys into r. @param count  out: 0 at the end */
static bf_status rekey_batch(bf_ctx *c, bf_store *st, rekey *r, uint32_t *count)
{
    bf_audit_rec rec;
    int more = 1;
    bf_status status = BF_OK;
    *count = 0;
    sqlite3_stmt *q = bf_sql__get(&st->sql, BF_SQL_AUDIT_FROM);
    if (!q) return bf_sql__fail(c, &st->sql);
    sqlite3_bind_int64(q, 1, r->done ? (sqlite3_int64)r->done + 1 : INT64_MIN);
    while (*count < BATCH && !(status = bf_sql__step(c, &st->sql, q, &more)) && more) {
        uint64_t sequence = r->done + *count + 1;
        status = open_entry(c, st, q, sequence, r->old_head, &rec);
        if (status) break;
        bf_audit_seal(&r->keys, sequence, &rec, r->sealed[*count], r->new_head);
        memcpy(r->links[*count], r->new_head, 32);
        ++*count;
    }
    bf_wipe(&rec, sizeof rec);
    sqlite3_reset(q);
    return status;
}

static bf_status rekey_all(bf_ctx *c, bf_store *st, rekey *r)
{
    uint32_t count;
    do {
        BF_TRY(rekey_batch(c, st, r, &count));
        for (uint32_t i = 0; i < count; i++) {
            BF_TRY(put(c, st, BF_SQL_AUDIT_UPDATE, ++r->done, r->sealed[i], r->links[i]));
        }
    } while (count);
    if (r->done == st->meta.audit_count && !memcmp(r->old_head, st->meta.audit_head, 32)) {
        memcpy(st->meta.audit_head, r->new_head, 32);
        return BF_OK;
    }
    BF_FAIL(c, BF_ETAMPER, "%s: the audit log ends at entry %llu where %llu belong", st->path,
            (unsigned long long)r->done, (unsigned long long)st->meta.audit_count);
}

bf_status bf_log__rekey(bf_ctx *c, bf_store *st, const bf_store_keys *keys)
{
    rekey *r = bf_ctx_alloc(c, 1, sizeof *r);
    if (!r) BF_FAIL_NOMEM(c);
    r->keys = audit_keys(st, keys);
    bf_status status = rekey_all(c, st, r);
    bf_ctx_release(c, r);
    return status;
}
