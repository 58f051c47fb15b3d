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
    full.slot = st->keyring->slot_used;
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

bf_status bf_log__read(bf_ctx *c, bf_store *st, bf_log_each each, void *user)
{
    uint8_t head[32] = {0};
    uint64_t sequence = 0;
    bf_audit_rec rec;
    int more = 1;
    bf_status status = BF_OK;
    sqlite3_stmt *q = bf_sql__get(&st->sql, BF_SQL_AUDIT_ALL);
    while (!(status = bf_sql__step(c, &st->sql, q, &more)) && more) {
        status = open_entry(c, st, q, ++sequence, head, &rec);
        if (!status && each) status = each(c, user, sequence, &rec);
        if (status) break;
    }
    bf_wipe(&rec, sizeof rec);
    if (q) sqlite3_reset(q);
    BF_TRY(status);
    if (sequence != st->meta.audit_count || memcmp(head, st->meta.audit_head, 32) != 0) {
        BF_FAIL(c, BF_ETAMPER, "%s: the audit log ends at entry %llu where %llu belong", st->path,
                (unsigned long long)sequence, (unsigned long long)st->meta.audit_count);
    }
    return BF_OK;
}

typedef struct rekey {
    bf_audit_keys keys;
    uint8_t head[32];
    uint8_t (*sealed)[BF_AUDIT_SEALED];
    uint8_t (*links)[32];
} rekey;

static bf_status rekey_entry(bf_ctx *c, void *user, uint64_t sequence, const bf_audit_rec *rec)
{
    (void)c;
    rekey *r = user;
    bf_audit_seal(&r->keys, sequence, rec, r->sealed[sequence - 1], r->head);
    memcpy(r->links[sequence - 1], r->head, 32);
    return BF_OK;
}

bf_status bf_log__rekey(bf_ctx *c, bf_store *st, const bf_store_keys *keys)
{
    /* All entries in memory: a table is not to be changed while it is read. */
    uint64_t n = st->meta.audit_count;
    rekey r = {.keys = audit_keys(st, keys)};
    r.sealed = bf_ctx_alloc(c, n, sizeof *r.sealed);
    r.links = bf_ctx_alloc(c, n, sizeof *r.links);
    bf_status status = BF_OK;
    if (!r.sealed || !r.links) status = bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    /* A row that was slipped in behind the last would run over the end. */
    if (!status) status = bf_log__read(c, st, NULL, NULL);
    if (!status) status = bf_log__read(c, st, rekey_entry, &r);
    for (uint64_t i = 0; !status && i < n; i++) {
        status = put(c, st, BF_SQL_AUDIT_UPDATE, i + 1, r.sealed[i], r.links[i]);
    }
    if (!status) memcpy(st->meta.audit_head, r.head, sizeof r.head);
    bf_ctx_release(c, r.sealed);
    bf_ctx_release(c, r.links);
    return status;
}
