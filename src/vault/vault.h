/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keyring behind keyring.h. A keyring holds one set of keys, or two while a store is being
 * moved from one to the other; the store's meta row says which set its rows are under.
 *
 * All that changes a keyring file does so while it holds the store's write lock, and reloads first.
 */
#ifndef BF_VAULT_VAULT_H
#define BF_VAULT_VAULT_H
#include "bonafide/keyring.h"
#include "vault/seal.h"

#define BF_KEYSETS_MAX 2u
#define BF_KEYRING_ID_BYTES 16u
#define BF_SALT_BYTES 16u

/* One generation of keys. */
typedef struct bf_keyset {
    uint64_t id;                    /* random, not secret */
    uint8_t ring[BF_KEY_BYTES];     /* wraps the persons' keys; new with every erasure */
    uint8_t root[BF_KEY_BYTES];     /* row digests and audit log; new with every rotation */
    uint8_t transfer[BF_KEY_BYTES]; /* X25519 secret of the public key; likewise */
} bf_keyset;

/* What one secret yields with a slot's salt. */
typedef struct bf_slot_keys {
    uint8_t box_secret[BF_KEY_BYTES]; /* X25519 */
    uint8_t auth[BF_KEY_BYTES];
    uint8_t check[16]; /* not secret */
} bf_slot_keys;

/* What a slot looks like in the file. */
#define BF_SLOT_PATH_BYTES 255u
#define BF_WRAPPED_BYTES 120u /* file key 32, sealed box 48, seal 40 */
typedef struct bf_slot {
    uint32_t id;
    uint8_t kind;
    uint32_t passes, memory_mib;
    uint8_t salt[BF_SALT_BYTES];
    char path[BF_SLOT_PATH_BYTES + 1];
    uint8_t box_public[BF_KEY_BYTES];
    uint8_t check[16];
    uint8_t wrapped[BF_WRAPPED_BYTES];
} bf_slot;

/* The file without any secret: keyring_file.c describes the bytes. */
typedef struct bf_keyring_file {
    uint8_t id[BF_KEYRING_ID_BYTES];
    uint64_t generation; /* one more with each writing */
    uint32_t next_slot_id;
    uint32_t slot_count;
    bf_slot slots[BF_KEYRING_SLOTS];
} bf_keyring_file;

/* The secret part, in locked memory. */
typedef struct bf_keyring_secrets {
    bf_slot_keys used; /* of the slot that opened it */
    uint32_t set_count;
    bf_keyset sets[BF_KEYSETS_MAX];
    uint8_t slot_auth[BF_KEYRING_SLOTS][BF_KEY_BYTES];
} bf_keyring_secrets;

struct bf_keyring {
    bf_allocator alloc;
    char *path; /* without links */
    char *name; /* as given, for messages */
    bf_keyring_file file;
    bf_keyring_secrets *secrets;
    uint32_t slot_used; /* id */
};

/* ---- secret.c ---- */

/* Check a secret for a new slot. @return 0, BF_EKEY, BF_EINVAL */
bf_status bf_secret__check(bf_ctx *c, const bf_secret *secret, bf_secret *out);

/*
 * @param slot  kind, salt and Argon2id parameters are read
 * @param out   locked memory
 * @return 0, BF_EKEY (not usable), BF_ENOMEM, and what reading a key file yields
 */
bf_status bf_secret__derive(bf_ctx *c, const bf_secret *secret, const bf_slot *slot,
                            bf_slot_keys *out);

/* ---- keyring_file.c ---- */

#define BF_KEYRING_FILE_MAX 16384u

/*
 * Check the checksum and read all that is not sealed.
 * @param name     for messages
 * @param ad_len   out: bytes in front of the sealed payload, which it authenticates
 * @return 0, BF_EFORMAT (no keyring), BF_ETAMPER (damaged), BF_EVERSION
 */
bf_status bf_keyring__parse(bf_ctx *c, const char *name, const uint8_t *data, size_t len,
                            bf_keyring_file *out, size_t *ad_len);

/* The same without the checksum, for a fuzzer to get past it. */
bf_status bf_keyring__parse_body(bf_ctx *c, const char *name, const uint8_t *data, size_t len,
                                 bf_keyring_file *out, size_t *ad_len);

/* Open what bf_keyring__parse() read with the keys of slot `index`. @return 0, BF_ETAMPER */
bf_status bf_keyring__unseal(bf_ctx *c, const char *name, const uint8_t *data, size_t len,
                             size_t ad_len, const bf_keyring_file *file, uint32_t index,
                             bf_keyring_secrets *secrets);

/* Seal under a fresh file key. @param out  BF_KEYRING_FILE_MAX bytes */
bf_status bf_keyring__serialize(bf_ctx *c, bf_keyring_file *file, bf_keyring_secrets *secrets,
                                uint8_t *out, size_t *out_len);

/* ---- keyring.c ---- */

/* Make the file. @param secret  as checked by bf_secret__check() */
bf_status bf_keyring__make(bf_ctx *c, const char *path, const bf_secret *secret, bf_keyring **out);

/*
 * Read and parse a keyring file.
 * @param data  out: heap, *len bytes; the caller releases
 * @return as bf_file__read() and bf_keyring__parse()
 */
bf_status bf_keyring__read(bf_ctx *c, const char *path, const char *name, bf_keyring_file *file,
                           uint8_t **data, size_t *len, size_t *ad_len);

/* Open the file with a checked secret. */
bf_status bf_keyring__load(bf_ctx *c, const char *path, const bf_secret *secret, bf_keyring **out);

/* @return how many slots; at most cap are written */
size_t bf_keyring__describe(const bf_keyring_file *file, bf_keyring_slot *out, size_t cap);

/* Read the file again with the keys at hand. @return 0, BF_EKEY (our slot was removed), ... */
bf_status bf_keyring__reload(bf_ctx *c, bf_keyring *kr);

/* Write the file from memory. The caller holds the store's write lock. */
bf_status bf_keyring__save(bf_ctx *c, bf_keyring *kr);

/* Borrowed; NULL if the keyring has no such set. */
const bf_keyset *bf_keyring__find(const bf_keyring *kr, uint64_t set_id);

/* Append a set with a fresh ring key; root and transfer key of `from`, or fresh too. In memory.
 * @return the new set, borrowed */
const bf_keyset *bf_keyring__append(bf_keyring *kr, const bf_keyset *from, int all_fresh);

/* Forget all sets but one. In memory. */
void bf_keyring__keep_only(bf_keyring *kr, uint64_t set_id);

/* In memory. @return 0, BF_ELIMIT, BF_EEXIST, and as bf_secret__derive() */
bf_status bf_keyring__slot_add(bf_ctx *c, bf_keyring *kr, const bf_secret *secret,
                               uint32_t *out_id);
/* In memory. @return 0, BF_ENOENT, BF_EINVAL (the last one, or the one in use) */
bf_status bf_keyring__slot_remove(bf_ctx *c, bf_keyring *kr, uint32_t id);

/* Put a new slot in the place of the one in use, and use it from now on. In memory. */
bf_status bf_keyring__slot_replace(bf_ctx *c, bf_keyring *kr, const bf_secret *secret);

#endif
