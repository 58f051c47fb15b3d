/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain(n) = keyed digest(chain(n-1), n, sealed entry n); chain(0) = zeros.
 *
 * An entry is sealed under a subkey of the root key with store and number as associated data. It
 * names persons and galleries by row id, so that an erased person's id is gone from the log as
 * well.
 */
#include "audit/entry.h"

#include <string.h>

#include "vault/pack.h"

#define VERSION 1u
#define AD_BYTES 32u
#define TABLE_AUDIT 9u /* as store/core.h numbers it */

void bf_audit_pack(const bf_audit_rec *r, uint8_t out[BF_AUDIT_PLAIN])
{
    bf_packer p = {out, 0, BF_AUDIT_PLAIN, 0};
    bf_pack_u8(&p, VERSION);
    bf_pack_u8(&p, r->operation);
    bf_pack_u64(&p, (uint64_t)r->time_s);
    bf_pack_u32(&p, r->slot);
    bf_pack_u64(&p, r->person);
    bf_pack_u64(&p, r->gallery);
    for (uint32_t i = 0; i < BF_AUDIT_CANDIDATES; i++) bf_pack_u64(&p, r->candidates[i]);
    bf_pack_text(&p, r->who);
    bf_pack_text(&p, r->purpose);
    bf_pack_text(&p, r->detail);
    bf_pack_pad(&p, BF_AUDIT_PLAIN);
}

int bf_audit_unpack(const uint8_t *data, size_t len, bf_audit_rec *out)
{
    bf_unpacker u = {data, 0, len, len != BF_AUDIT_PLAIN};
    if (bf_unpack_u8(&u) != VERSION) u.bad = 1;
    out->operation = bf_unpack_u8(&u);
    out->time_s = (int64_t)bf_unpack_u64(&u);
    out->slot = bf_unpack_u32(&u);
    out->person = bf_unpack_u64(&u);
    out->gallery = bf_unpack_u64(&u);
    for (uint32_t i = 0; i < BF_AUDIT_CANDIDATES; i++) out->candidates[i] = bf_unpack_u64(&u);
    bf_unpack_text(&u, out->who, sizeof out->who);
    bf_unpack_text(&u, out->purpose, sizeof out->purpose);
    bf_unpack_text(&u, out->detail, sizeof out->detail);
    if (!out->operation || out->operation >= BF_OP_END) return -1;
    return u.bad ? -1 : 0;
}

static void entry_ad(const bf_audit_keys *keys, uint64_t sequence, uint8_t ad[AD_BYTES])
{
    bf_packer p = {ad, 0, AD_BYTES, 0};
    bf_pack_bytes(&p, "bf row1", 7);
    bf_pack_u8(&p, TABLE_AUDIT);
    bf_pack_bytes(&p, keys->store_id, 16);
    bf_pack_u64(&p, sequence);
}

static void chain(const bf_audit_keys *keys, const uint8_t ad[AD_BYTES], const uint8_t *sealed,
                  uint8_t head[32])
{
    bf_part parts[] = {{head, 32}, {ad, AD_BYTES}, {sealed, BF_AUDIT_SEALED}};
    uint8_t next[32];
    bf_digest(keys->chain, "audit chain", parts, 3, next);
    memcpy(head, next, sizeof next);
}

void bf_audit_seal(const bf_audit_keys *keys, uint64_t sequence, const bf_audit_rec *rec,
                   uint8_t sealed[BF_AUDIT_SEALED], uint8_t head[32])
{
    uint8_t ad[AD_BYTES], plain[BF_AUDIT_PLAIN];
    entry_ad(keys, sequence, ad);
    bf_audit_pack(rec, plain);
    bf_seal(keys->seal, ad, sizeof ad, plain, sizeof plain, sealed);
    bf_wipe(plain, sizeof plain);
    chain(keys, ad, sealed, head);
}

int bf_audit_open(const bf_audit_keys *keys, uint64_t sequence,
                  const uint8_t sealed[BF_AUDIT_SEALED], bf_audit_rec *out, uint8_t head[32])
{
    uint8_t ad[AD_BYTES], plain[BF_AUDIT_PLAIN];
    entry_ad(keys, sequence, ad);
    chain(keys, ad, sealed, head);
    int bad = bf_unseal(keys->seal, ad, sizeof ad, sealed, BF_AUDIT_SEALED, plain) ||
              bf_audit_unpack(plain, sizeof plain, out);
    bf_wipe(plain, sizeof plain);
    return bad ? -1 : 0;
}

const char *bf_audit_operation(uint8_t operation)
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
        [BF_OP_DEDUP] = "dedup",
    };
    return operation < BF_OP_END && names[operation] ? names[operation] : "?";
}
