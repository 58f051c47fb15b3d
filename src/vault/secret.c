/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a key file or passphrase to the keys of a slot. A passphrase goes through Argon2id; a key
 * file, random already, through one keyed BLAKE2b with the slot's salt.
 */
#include <sodium.h>
#include <string.h>

#include "vault/file.h"
#include "vault/vault.h"

#define KEY_FILE_MIN_BYTES 32u
#define KEY_FILE_MAX_BYTES 4096u

_Static_assert(BF_SALT_BYTES == crypto_pwhash_SALTBYTES, "salt size");

void bf_secret_init(bf_secret *secret)
{
    *secret = (bf_secret){.struct_size = sizeof *secret, .passes = 3, .memory_mib = 256};
}

static bf_status check_argon2(bf_ctx *c, uint32_t passes, uint32_t memory_mib)
{
    if (passes < BF_ARGON2_PASSES_MIN || passes > BF_ARGON2_PASSES_MAX ||
        memory_mib < BF_ARGON2_MEMORY_MIN_MIB || memory_mib > BF_ARGON2_MEMORY_MAX_MIB) {
        BF_FAIL(c, BF_EKEY, "Argon2id with %u passes over %u MiB is out of bounds", passes,
                memory_mib);
    }
    return BF_OK;
}

bf_status bf_secret__check(bf_ctx *c, const bf_secret *secret, bf_secret *out)
{
    bf_secret_init(out);
    if (secret->struct_size < sizeof(uint32_t) || secret->struct_size > sizeof *out) {
        BF_FAIL(c, BF_EINVAL, "bf_secret: struct_size %u", secret->struct_size);
    }
    memcpy(out, secret, secret->struct_size);
    if (out->kind == BF_SECRET_KEY_FILE) {
        if (!out->path || !*out->path) BF_FAIL(c, BF_EINVAL, "key file without a path");
        return BF_OK;
    }
    if (out->kind != BF_SECRET_PASSPHRASE || !out->passphrase) {
        BF_FAIL(c, BF_EINVAL, "bf_secret: kind %u", out->kind);
    }
    if (out->passphrase_len < BF_PASSPHRASE_MIN_BYTES ||
        out->passphrase_len > BF_PASSPHRASE_MAX_BYTES) {
        BF_FAIL(c, BF_EKEY, "a passphrase has %u to %u bytes", BF_PASSPHRASE_MIN_BYTES,
                BF_PASSPHRASE_MAX_BYTES);
    }
    return check_argon2(c, out->passes, out->memory_mib);
}

static bf_status seed_from_file(bf_ctx *c, const char *path, const bf_slot *slot, uint8_t *seed)
{
    uint8_t *data;
    size_t len;
    BF_TRY(bf_file__read(c, path, KEY_FILE_MAX_BYTES, BF_FILE_PRIVATE, &data, &len));
    bf_status st = BF_OK;
    if (len < KEY_FILE_MIN_BYTES) {
        st = bf_ctx_fail(c, BF_EKEY, "%s: a key file has at least %u bytes", path,
                         KEY_FILE_MIN_BYTES);
    } else {
        crypto_generichash_blake2b_salt_personal(seed, BF_KEY_BYTES, data, len, NULL, 0, slot->salt,
                                                 (const uint8_t *)"bonafide keyfile");
    }
    bf_wipe(data, len);
    bf_ctx_release(c, data);
    return st;
}

bf_status bf_secret__derive(bf_ctx *c, const bf_secret *secret, const bf_slot *slot,
                            bf_slot_keys *out)
{
    uint8_t seed[BF_KEY_BYTES], box_seed[BF_KEY_BYTES], box_public[BF_KEY_BYTES];
    uint8_t check[BF_KEY_BYTES];
    bf_status st = BF_OK;
    if (secret->kind == BF_SECRET_KEY_FILE) {
        st = seed_from_file(c, secret->path, slot, seed);
    } else {
        BF_TRY(check_argon2(c, slot->passes, slot->memory_mib));
        if (crypto_pwhash(seed, sizeof seed, (const char *)secret->passphrase,
                          secret->passphrase_len, slot->salt, slot->passes,
                          (size_t)slot->memory_mib << 20, crypto_pwhash_ALG_ARGON2ID13)) {
            st = bf_ctx_fail(c, BF_ENOMEM, "no memory for Argon2id: it needs %u MiB",
                             slot->memory_mib);
        }
    }
    if (!st) {
        bf_subkey(seed, "slot box", box_seed);
        crypto_box_seed_keypair(box_public, out->box_secret, box_seed);
        bf_subkey(seed, "slot authentication", out->auth);
        bf_subkey(seed, "slot check", check);
        memcpy(out->check, check, sizeof out->check);
    }
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(box_seed, sizeof box_seed);
    sodium_memzero(check, sizeof check);
    return st;
}
