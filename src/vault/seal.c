/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing, subkeys and memory for keys: see seal.h. */
#include "vault/seal.h"

#include <sodium.h>
#include <string.h>

_Static_assert(BF_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key size");
_Static_assert(BF_SEAL_OVERHEAD == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES +
                                       crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "overhead");

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

bf_status bf_vault__init(bf_ctx *c)
{
    if (sodium_init() < 0) BF_FAIL(c, BF_EIO, "libsodium cannot be initialised");
    return BF_OK;
}

void bf_seal(const uint8_t key[BF_KEY_BYTES], const uint8_t *ad, size_t ad_len,
             const uint8_t *plain, size_t len, uint8_t *out)
{
    randombytes_buf(out, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, plain, len, ad, ad_len, NULL, out,
                                               key);
}

int bf_unseal(const uint8_t key[BF_KEY_BYTES], const uint8_t *ad, size_t ad_len,
              const uint8_t *sealed, size_t sealed_len, uint8_t *out)
{
    if (!sealed || sealed_len < BF_SEAL_OVERHEAD) return -1;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed + NONCE,
                                                      sealed_len - NONCE, ad, ad_len, sealed, key);
}

static void add_part(crypto_generichash_state *h, const void *data, size_t len)
{
    uint8_t n[8];
    for (int i = 0; i < 8; i++) n[i] = (uint8_t)((uint64_t)len >> (8 * i));
    crypto_generichash_update(h, n, sizeof n);
    if (len) crypto_generichash_update(h, data, len);
}

void bf_digest(const uint8_t key[BF_KEY_BYTES], const char *context, const bf_part *parts,
               size_t count, uint8_t out[BF_DIGEST_BYTES])
{
    crypto_generichash_state h;
    crypto_generichash_init(&h, key, BF_KEY_BYTES, BF_DIGEST_BYTES);
    add_part(&h, "bonafide/1", 10);
    add_part(&h, context, strlen(context));
    for (size_t i = 0; i < count; i++) add_part(&h, parts[i].data, parts[i].len);
    crypto_generichash_final(&h, out, BF_DIGEST_BYTES);
    sodium_memzero(&h, sizeof h);
}

void bf_subkey(const uint8_t key[BF_KEY_BYTES], const char *context, uint8_t out[BF_KEY_BYTES])
{
    bf_digest(key, context, NULL, 0, out);
}

size_t bf_template_size_class(size_t len)
{
    size_t size = 1024;
    while (size < len) size *= 2;
    return size;
}

size_t bf_image_size_class(size_t len)
{
    size_t size = 16384;
    while (size * 2 <= len) size *= 2;
    size_t step = size / 8;
    return len <= size ? size : (len + step - 1) / step * step;
}

void *bf_locked_alloc(bf_ctx *c, size_t len)
{
    void *p = sodium_malloc(len);
    if (!p) return NULL;
    /* sodium_malloc does not say whether its lock was granted; asking again does. */
    if (sodium_mlock(p, len) && !c->lock_refusal_told) {
        c->lock_refusal_told = 1;
        bf_ctx_log(c, 1, "key memory cannot be locked and may reach the swap (see ulimit -l)");
    }
    memset(p, 0, len);
    return p;
}

void bf_locked_free(void *ptr)
{
    sodium_free(ptr);
}
