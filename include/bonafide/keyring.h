/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keyring.h
 * The keys of one store. They live in a keyring file outside the database; a key file or a
 * passphrase opens it. docs/SECURITY.md says against whom this protects and against whom not.
 *
 * A keyring file has up to BF_KEYRING_SLOTS slots, one for each secret that opens it. Slots are
 * added, removed and replaced through the store (store.h), which also rewraps its rows.
 */
#ifndef BONAFIDE_KEYRING_H
#define BONAFIDE_KEYRING_H
#include "bonafide/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bf_keyring bf_keyring;

#define BF_KEYRING_SLOTS 16u
#define BF_PASSPHRASE_MIN_BYTES 8u
#define BF_PASSPHRASE_MAX_BYTES 1024u

/* What opens a slot. */
#define BF_SECRET_KEY_FILE 1u
#define BF_SECRET_PASSPHRASE 2u

/* Argon2id bounds, enforced when a slot is made and before a stored one is used. */
#define BF_ARGON2_PASSES_MIN 2u
#define BF_ARGON2_PASSES_MAX 16u
#define BF_ARGON2_MEMORY_MIN_MIB 64u
#define BF_ARGON2_MEMORY_MAX_MIB 1024u

/** A secret. Borrowed for the call it is handed to; the library keeps no copy of it. */
typedef struct bf_secret {
    uint32_t struct_size;
    uint32_t kind;             /* BF_SECRET_* */
    const char *path;          /* key file: regular, mode 0600 or stricter, own or root's */
    const uint8_t *passphrase; /* BF_PASSPHRASE_MIN_BYTES..BF_PASSPHRASE_MAX_BYTES bytes */
    size_t passphrase_len;
    uint32_t passes;     /* Argon2id, for a new slot; default 3 */
    uint32_t memory_mib; /* Argon2id, for a new slot; default 256 */
} bf_secret;

/** Fill in the defaults. Call it before changing fields. */
BF_API void bf_secret_init(bf_secret *secret);

/** One slot, as `bonafide key check` shows it. Nothing of it is secret. */
typedef struct bf_keyring_slot {
    uint32_t id;   /* 1.., never used again within a keyring */
    uint32_t kind; /* BF_SECRET_* */
    uint32_t passes, memory_mib; /* passphrase slots; else 0 */
    char path[256];              /* key file slots: where the key file was; else "" */
} bf_keyring_slot;

/**
 * Make a key file: 32 random bytes as one line of hexadecimal, mode 0600.
 * @return 0, BF_EEXIST, BF_EREADONLY, BF_EIO
 */
BF_API bf_status bf_key_file_create(bf_session *s, const char *path);

/**
 * Make a keyring with fresh keys and one slot. The file appears whole or not at all, mode 0600.
 * @param path  where; must not exist
 * @param out   caller owns: bf_keyring_free()
 * @return 0, BF_EEXIST, BF_EKEY (unusable secret), BF_EREADONLY
 */
BF_API bf_status bf_keyring_create(bf_session *s, const char *path, const bf_secret *secret,
                                   bf_keyring **out);

/**
 * Open a keyring.
 * @param secret  NULL: the key file that the first key file slot names
 * @param out     caller owns: bf_keyring_free(). One thread at a time.
 * @return 0, BF_ENOENT, BF_EKEY (no slot fits the secret), BF_ETAMPER (damaged), BF_EVERSION
 */
BF_API bf_status bf_keyring_open(bf_session *s, const char *path, const bf_secret *secret,
                                 bf_keyring **out);

/** Wipe and free, after the store that uses it is closed. NULL is fine. */
BF_API void bf_keyring_free(bf_keyring *keyring);

/**
 * What may open a keyring file, read without any secret, and so not yet to be trusted.
 * @param out    caller-provided, `cap` elements
 * @param count  how many slots there are
 * @return 0, BF_ENOENT, BF_EFORMAT, BF_ETAMPER (damaged)
 */
BF_API bf_status bf_keyring_peek(bf_session *s, const char *path, bf_keyring_slot *out, size_t cap,
                                 size_t *count);

/** @return how many slots; at most cap are written to out */
BF_API size_t bf_keyring_slots(const bf_keyring *keyring, bf_keyring_slot *out, size_t cap);

/** @return the id of the slot that opened this keyring */
BF_API uint32_t bf_keyring_slot_used(const bf_keyring *keyring);

/** The X25519 public key to which others may seal an export for this keyring's store. */
BF_API void bf_keyring_public_key(const bf_keyring *keyring, uint8_t out[32]);

#ifdef __cplusplus
}
#endif
#endif
