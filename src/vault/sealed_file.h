/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes sealed to a recipient's public key, or under a passphrase: what leaves one store for
 * another. sealed_file.c describes the bytes.
 */
#ifndef BF_VAULT_SEALED_FILE_H
#define BF_VAULT_SEALED_FILE_H
#include "vault/vault.h"

#define BF_SEALED_FILE_MAX (320u << 20) /* bytes of the file */
#define BF_SEALED_PLAIN_MAX (256u << 20)

#define BF_SEALED_TO_KEY 1u
#define BF_SEALED_BY_PASSPHRASE 2u

/* The part in front. */
typedef struct bf_sealed_header {
    uint8_t kind;
    uint8_t ephemeral[32], sender[32], recipient[32]; /* public keys; BF_SEALED_TO_KEY */
    uint32_t passes, memory_mib;                      /* BF_SEALED_BY_PASSPHRASE */
    uint8_t salt[BF_SALT_BYTES];
} bf_sealed_header;

#define BF_SEALED_HEADER_BYTES 112u

/* @return 0, BF_EFORMAT, BF_EVERSION, BF_ETAMPER */
bf_status bf_sealed__parse(bf_ctx *c, const char *name, const uint8_t *data, size_t len,
                           bf_sealed_header *out);

/*
 * @param sender     X25519 secret; with `recipient`
 * @param recipient  public key, or NULL: under `passphrase`
 * @param out        heap
 * @return 0, BF_EKEY (no usable public key), BF_ELIMIT, BF_ENOMEM
 */
bf_status bf_sealed__make(bf_ctx *c, const uint8_t *sender, const uint8_t *recipient,
                          const bf_secret *passphrase, const uint8_t *plain, size_t len,
                          uint8_t **out, size_t *out_len);

/*
 * @param mine        X25519 secret, for what is sealed to a key
 * @param passphrase  for what is sealed under one; NULL if there is none
 * @param out         heap; the caller wipes and releases
 * @return 0, BF_EKEY, BF_ETAMPER, and as bf_sealed__parse()
 */
bf_status bf_sealed__open(bf_ctx *c, const char *name, const uint8_t *data, size_t len,
                          const uint8_t *mine, const bf_secret *passphrase, uint8_t **out,
                          size_t *out_len);

#endif
