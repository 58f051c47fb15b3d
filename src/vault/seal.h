/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealing, subkeys, and memory for keys. All by libsodium: XChaCha20-Poly1305 (IETF construction,
 * 192-bit random nonce, so that no counter can repeat after a restored backup) and keyed BLAKE2b.
 */
#ifndef BF_VAULT_SEAL_H
#define BF_VAULT_SEAL_H
#include "util/ctx.h"

#define BF_KEY_BYTES 32u
#define BF_SEAL_OVERHEAD 40u /* 24 nonce in front, 16 tag behind */
#define BF_DIGEST_BYTES 32u

/* Once per process before anything else of this folder; any number of times is fine. */
bf_status bf_vault__init(bf_ctx *c);

/*
 * Seal `len` bytes under a fresh random nonce.
 * @param ad   what the bytes are: authenticated, not stored
 * @param out  len + BF_SEAL_OVERHEAD bytes; may not overlap `plain`
 */
void bf_seal(const uint8_t key[BF_KEY_BYTES], const uint8_t *ad, size_t ad_len,
             const uint8_t *plain, size_t len, uint8_t *out);

/*
 * @param out  sealed_len - BF_SEAL_OVERHEAD bytes; written only on success
 * @return 0, or -1: not sealed under this key as this
 */
int bf_unseal(const uint8_t key[BF_KEY_BYTES], const uint8_t *ad, size_t ad_len,
              const uint8_t *sealed, size_t sealed_len, uint8_t *out);

/* The key for one named purpose. */
void bf_subkey(const uint8_t key[BF_KEY_BYTES], const char *context, uint8_t out[BF_KEY_BYTES]);

/* Keyed digest of several parts, each preceded by its length. */
typedef struct bf_part {
    const void *data;
    size_t len;
} bf_part;
void bf_digest(const uint8_t key[BF_KEY_BYTES], const char *context, const bf_part *parts,
               size_t count, uint8_t out[BF_DIGEST_BYTES]);

/*
 * Sizes that hide the exact length of what is sealed: powers of two from 1 KiB for templates; for
 * images at most an eighth more, from 16 KiB.
 */
size_t bf_template_size_class(size_t len);
size_t bf_image_size_class(size_t len);

/*
 * Memory for keys: own pages between guard pages, not swapped, not dumped, wiped when freed. When
 * the system refuses to lock it, one warning goes to the log hook. NULL when there is none.
 */
void *bf_locked_alloc(bf_ctx *c, size_t len);
void bf_locked_free(void *ptr);

#endif
