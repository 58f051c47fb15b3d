/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain(n) = keyed digest(chain(n-1), n, sealed entry n); chain(0) = zeros.
 *
 * An entry is sealed under a subkey of the root key with store and number as associated data. It
 * names persons and galleries by row id, so that an erased person's id is gone from the log as well.
 */
#include "audit/audit.h"

#include <string.h>

#include "vault/pack.h"

#define AD_BYTES 32u
#define SEALED (BF_AUDIT_PLAIN + BF_SEAL_OVERHEAD)

static void entry_ad(const bf_store *st, uint64_t sequence, uint8_t ad[AD_BYTES])
{
    bf_packer p = {ad, 0, AD_BYTES, 0};
    bf_pack_bytes(&p, "bf row1", 7);
    bf_pack_u8(&p, BF_TABLE_AUDIT);
    bf_pack_bytes(&p, st->id, sizeof st->id);
    bf_pack_u64(&p, sequence);
}

static void chain(const bf_store *st, const bf_store_keys *keys, uint64_t sequence,
                  const uint8_t *sealed, uint8_t head[32])
{
    uint8_t ad[AD_BYTES];
    entry_ad(st, sequence, ad);
    bf_part parts[] = {{head, 32}, {ad, sizeof ad}, {sealed, SEALED}};
    uint8_t next[32];
    bf_digest(keys->chain, "audit chain", parts, 3, next);
    memcpy(head, next, sizeof next);
}

static void seal_entry(const bf_store *st, const bf_store_keys *keys, uint64_t sequence,
                       const bf_audit_rec *rec, uint8_t sealed[SEALED])
{
    uint8_t ad[AD_BYTES], plain[BF_AUDIT_PLAIN];
    entry_ad(st, sequence, ad);
    bf_audit_pack(rec, plain);
    bf_seal(keys->audit, ad, sizeof ad, plain, sizeof plain, sealed);
    bf_wipe(plain, sizeof plain);
}

static bf_status put(bf_ctx *c, bf_store *st, int statement, uint64_t sequence,
                     const uint8_t *sealed, const uint8_t *head)
{
    sqlite3_stmt *q = bf_sql__get(&st->sql, statement);
    if (!q) return bf_sql__fail(c, &st->sql);
    bf_sql_bind_id(q, 1, sequence);
    sqlite3_bind_blob(q, 2, sealed, SEALED, SQLITE_TRANSIENT);
    sqlite3_bind_blob(q, 3, head, 32, SQLITE_TRANSIENT);
    return bf_sql__run(c, &st->sql, q);
}

bf_status bf_audit__append(bf_ctx *c, bf_store *st, const bf_audit_rec *rec)
{
    uint8_t sealed[SEALED];
    bf_audit_rec full = *rec;
    full.time_s = bf_store__now();
    full.slot = st->keyring->slot_used;
    memcpy(full.who, st->who, sizeof full.who);
    uint64_t sequence = st->meta.audit_count + 1;
    seal_entry(st, st->keys, sequence, &full, sealed);
    chain(st, st->keys, sequence, sealed, st->meta.audit_head);
    st->meta.audit_count = sequence;
    bf_wipe(&full, sizeof full);
    return put(c, st, BF_SQL_AUDIT_INSERT, sequence, sealed, st->meta.audit_head);
}

/* The row a statement stands on, which should be entry `sequence`. */
static bf_status open_entry(bf_ctx *c, bf_store *st, sqlite3_stmt *q, uint64_t sequence,
                            uint8_t head[32], bf_audit_rec *out)
{
    uint8_t ad[AD_BYTES], plain[BF_AUDIT_PLAIN];
    uint64_t id = bf_sql_id_at(q, 0);
    if (id != sequence) {
        BF_FAIL(c, BF_ETAMPER, "%s: audit entry %llu was removed", st->path,
                (unsigned long long)sequence);
    }
    const uint8_t *sealed = bf_sql__blob(q, 1, SEALED);
    const uint8_t *link = bf_sql__blob(q, 2, 32);
    entry_ad(st, sequence, ad);
    if (!sealed || !link || bf_unseal(st->keys->audit, ad, sizeof ad, sealed, SEALED, plain) ||
        bf_audit_unpack(plain, sizeof plain, out)) {
        BF_FAIL(c, BF_ETAMPER, "%s: audit entry %llu was altered", st->path,
                (unsigned long long)sequence);
    }
    bf_wipe(plain, sizeof plain);
    chain(st, st->keys, sequence, sealed, head);
    if (memcmp(head, link, 32) != 0) {
        BF_FAIL(c, BF_ETAMPER, "%s: the audit log is broken at entry %llu", st->path,
                (unsigned long long)sequence);
    }
    return BF_OK;
}

bf_status bf_audit__read(bf_ctx *c, bf_store *st, bf_audit_each each, void *user)
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
    bf_store *st;
    const bf_store_keys *keys;
    uint8_t head[32];
    uint8_t (*sealed)[SEALED];
    uint8_t (*links)[32];
} rekey;

static bf_status rekey_entry(bf_ctx *c, void *user, uint64_t sequence, const bf_audit_rec *rec)
{
    (void)c;
    rekey *r = user;
    seal_entry(r->st, r->keys, sequence, rec, r->sealed[sequence - 1]);
    chain(r->st, r->keys, sequence, r->sealed[sequence - 1], r->head);
    memcpy(r->links[sequence - 1], r->head, 32);
    return BF_OK;
}

bf_status bf_audit__rekey(bf_ctx *c, bf_store *st, const bf_store_keys *keys)
{
    /* All entries in memory: a table is not to be changed while it is read. */
    uint64_t n = st->meta.audit_count;
    rekey r = {.st = st, .keys = keys};
    r.sealed = bf_ctx_alloc(c, n, sizeof *r.sealed);
    r.links = bf_ctx_alloc(c, n, sizeof *r.links);
    bf_status status = BF_OK;
    if (!r.sealed || !r.links) status = bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    /* A row that was slipped in behind the last would run over the end. */
    if (!status) status = bf_audit__read(c, st, NULL, NULL);
    if (!status) status = bf_audit__read(c, st, rekey_entry, &r);
    for (uint64_t i = 0; !status && i < n; i++) {
        status = put(c, st, BF_SQL_AUDIT_UPDATE, i + 1, r.sealed[i], r.links[i]);
    }
    if (!status) memcpy(st->meta.audit_head, r.head, sizeof r.head);
    bf_ctx_release(c, r.sealed);
    bf_ctx_release(c, r.links);
    return status;
}

const char *bf_audit__operation(uint8_t operation)
{
    static const char *const names[BF_OP_END] = {
        [BF_OP_INIT] = "init",
        [BF_OP_ENROLL] = "enroll",
        [BF_OP_VERIFY] = "verify",
        [BF_OP_IDENTIFY] = "identify",
        [BF_OP_DELETE_PERSON] = "delete",
        [BF_OP_DELETE_ENCOUNTER] = "delete-encounter",
        [BF_OP_EXPORT] = "export",
        [BF_OP_IMPORT] = "import",
        [BF_OP_SET_GALLERY] = "set-gallery",
        [BF_OP_SET_GALLERIES] = "set-galleries",
        [BF_OP_KEY_ADD] = "key-add",
        [BF_OP_KEY_REMOVE] = "key-remove",
        [BF_OP_KEY_REPLACE] = "key-passwd",
        [BF_OP_KEY_ROTATE] = "key-rotate",
    };
    return operation < BF_OP_END && names[operation] ? names[operation] : "?";
}
