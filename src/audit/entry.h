/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One entry of the audit log: its fields, its seal, and the chain that ties it to all before it.
 * Where entries are kept is the store's business (store/log.c).
 */
#ifndef BF_AUDIT_ENTRY_H
#define BF_AUDIT_ENTRY_H
#include "bonafide/store.h"
#include "vault/seal.h"

#define BF_TEXT_BYTES (BF_TEXT_MAX_BYTES + 1)
#define BF_AUDIT_PLAIN 1024u
#define BF_AUDIT_SEALED (BF_AUDIT_PLAIN + BF_SEAL_OVERHEAD)
#define BF_AUDIT_CANDIDATES 10u

/* Operations, as numbered in the audit log. Never reused. */
enum {
    BF_OP_INIT = 1,
    BF_OP_ENROLL,
    BF_OP_VERIFY,
    BF_OP_IDENTIFY,
    BF_OP_DELETE_PERSON,
    BF_OP_DELETE_ENCOUNTER,
    BF_OP_EXPORT,
    BF_OP_IMPORT,
    BF_OP_SET_GALLERY,
    BF_OP_SET_GALLERIES,
    BF_OP_KEY_ADD,
    BF_OP_KEY_REMOVE,
    BF_OP_KEY_REPLACE,
    BF_OP_KEY_ROTATE,
    BF_OP_DEDUP,
    BF_OP_END
};

typedef struct bf_audit_rec {
    uint8_t operation;
    int64_t time_s;
    uint32_t slot; /* of the key that was used */
    /* Row ids, 0: none. Never a name: that would outlive an erasure. */
    uint64_t person, gallery;
    uint64_t candidates[BF_AUDIT_CANDIDATES]; /* identify: the best above the threshold */
    char who[BF_TEXT_BYTES];
    char purpose[BF_TEXT_BYTES];
    char detail[BF_TEXT_BYTES];
} bf_audit_rec;

/* Writer and reader of the bytes inside the seal. @return 0, or -1 */
void bf_audit_pack(const bf_audit_rec *r, uint8_t out[BF_AUDIT_PLAIN]);
int bf_audit_unpack(const uint8_t *data, size_t len, bf_audit_rec *out);

/* What an entry is sealed and chained with. */
typedef struct bf_audit_keys {
    const uint8_t *store_id; /* 16 bytes */
    const uint8_t *seal, *chain;
} bf_audit_keys;

/*
 * Seal entry number `sequence` and move the head of the chain over it.
 * @param head  in: after the entry before (zeros in front of the first); out: after this one
 */
void bf_audit_seal(const bf_audit_keys *keys, uint64_t sequence, const bf_audit_rec *rec,
                   uint8_t sealed[BF_AUDIT_SEALED], uint8_t head[32]);

/* The reverse. @return 0, or -1: not entry `sequence` of this store. `head` moves all the same. */
int bf_audit_open(const bf_audit_keys *keys, uint64_t sequence,
                  const uint8_t sealed[BF_AUDIT_SEALED], bf_audit_rec *out, uint8_t head[32]);

/* "enroll"; "?" for an unknown one */
const char *bf_audit_operation(uint8_t operation);

#endif
