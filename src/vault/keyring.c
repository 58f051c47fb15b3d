/* SPDX-License-Identifier: Apache-2.0 */
/* A keyring in memory and its slots: see vault.h. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "vault/file.h"
#include "vault/vault.h"

/* ---- key sets ---- */

const bf_keyset *bf_keyring__find(const bf_keyring *kr, uint64_t set_id)
{
    for (uint32_t i = 0; i < kr->secrets->set_count; i++) {
        if (kr->secrets->sets[i].id == set_id) return &kr->secrets->sets[i];
    }
    return NULL;
}

const bf_keyset *bf_keyring__append(bf_keyring *kr, const bf_keyset *from, int all_fresh)
{
    bf_keyring_secrets *x = kr->secrets;
    bf_keyset *set = &x->sets[x->set_count++];
    if (from) *set = *from;
    randombytes_buf(&set->id, sizeof set->id);
    randombytes_buf(set->ring, sizeof set->ring);
    if (!from || all_fresh) {
        randombytes_buf(set->root, sizeof set->root);
        randombytes_buf(set->transfer, sizeof set->transfer);
    }
    return set;
}

void bf_keyring__keep_only(bf_keyring *kr, uint64_t set_id)
{
    bf_keyring_secrets *x = kr->secrets;
    const bf_keyset *keep = bf_keyring__find(kr, set_id);
    if (!keep) return;
    if (keep != &x->sets[0]) x->sets[0] = *keep;
    x->set_count = 1;
    sodium_memzero(&x->sets[1], sizeof x->sets - sizeof x->sets[0]);
}

/* ---- the file ---- */

bf_status bf_keyring__save(bf_ctx *c, bf_keyring *kr)
{
    uint8_t *data = bf_ctx_alloc(c, BF_KEYRING_FILE_MAX, 1);
    size_t len = 0;
    if (!data) BF_FAIL_NOMEM(c);
    bf_status st = bf_keyring__serialize(c, &kr->file, kr->secrets, data, &len);
    if (!st) st = bf_file__replace(c, kr->path, data, len);
    bf_ctx_release(c, data);
    return st;
}

static char *copy_text(bf_ctx *c, const char *text)
{
    char *copy = bf_ctx_alloc(c, strlen(text) + 1, 1);
    if (copy) memcpy(copy, text, strlen(text) + 1);
    return copy;
}

static bf_status keyring_new(bf_ctx *c, const char *path, bf_keyring **out)
{
    BF_TRY(bf_vault__init(c));
    bf_keyring *kr = bf_ctx_alloc(c, 1, sizeof *kr);
    if (!kr) BF_FAIL_NOMEM(c);
    kr->alloc = c->alloc;
    /* Replacing it later must reach the file, not a link to it. */
    char *real = realpath(path, NULL);
    kr->path = copy_text(c, real ? real : path);
    kr->name = copy_text(c, path);
    free(real);
    kr->secrets = bf_locked_alloc(c, sizeof *kr->secrets);
    if (!kr->path || !kr->name || !kr->secrets) {
        bf_keyring_free(kr);
        BF_FAIL_NOMEM(c);
    }
    *out = kr;
    return BF_OK;
}

void bf_keyring_free(bf_keyring *keyring)
{
    if (!keyring) return;
    bf_allocator a = keyring->alloc;
    bf_locked_free(keyring->secrets);
    bf_alloc_release(&a, keyring->path);
    bf_alloc_release(&a, keyring->name);
    bf_wipe(keyring, sizeof *keyring);
    bf_alloc_release(&a, keyring);
}

bf_status bf_keyring__make(bf_ctx *c, const char *path, const bf_secret *secret, bf_keyring **out)
{
    bf_keyring *kr = NULL;
    uint8_t *data = NULL;
    size_t len = 0;
    BF_TRY(keyring_new(c, path, &kr));
    randombytes_buf(kr->file.id, sizeof kr->file.id);
    kr->file.next_slot_id = 1;
    bf_keyring__append(kr, NULL, 1);
    uint32_t id;
    bf_status st = bf_keyring__slot_add(c, kr, secret, &id);
    if (!st) {
        data = bf_ctx_alloc(c, BF_KEYRING_FILE_MAX, 1);
        if (!data) st = bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    }
    if (!st) st = bf_secret__derive(c, secret, &kr->file.slots[0], &kr->secrets->used);
    if (!st) st = bf_keyring__serialize(c, &kr->file, kr->secrets, data, &len);
    if (!st) st = bf_file__create(c, path, data, len);
    bf_ctx_release(c, data);
    if (st) {
        bf_keyring_free(kr);
        return st;
    }
    kr->slot_used = id;
    *out = kr;
    return BF_OK;
}

/* The first slot that fits; its keys are in secrets->used. */
static bf_status find_slot(bf_ctx *c, bf_keyring *kr, const bf_secret *secret, uint32_t *index)
{
    for (uint32_t i = 0; i < kr->file.slot_count; i++) {
        const bf_slot *slot = &kr->file.slots[i];
        if (slot->kind != secret->kind) continue;
        BF_TRY(bf_secret__derive(c, secret, slot, &kr->secrets->used));
        if (!sodium_memcmp(kr->secrets->used.check, slot->check, sizeof slot->check)) {
            *index = i;
            return BF_OK;
        }
    }
    BF_FAIL(c, BF_EKEY, "%s: wrong %s", kr->name,
            secret->kind == BF_SECRET_KEY_FILE ? "key file" : "passphrase");
}

/* The slot whose keys are at hand already. */
static bf_status same_slot(bf_ctx *c, bf_keyring *kr, uint32_t *index)
{
    for (uint32_t i = 0; i < kr->file.slot_count; i++) {
        const bf_slot *slot = &kr->file.slots[i];
        if (slot->id == kr->slot_used &&
            !sodium_memcmp(kr->secrets->used.check, slot->check, sizeof slot->check)) {
            *index = i;
            return BF_OK;
        }
    }
    BF_FAIL(c, BF_EKEY, "%s: the key in use was removed meanwhile", kr->name);
}

/*
 * Read and parse. Whoever replaces the file overwrites the old one: a reader in between sees zeros,
 * and finds the new one when it looks again.
 */
bf_status bf_keyring__read(bf_ctx *c, const char *path, const char *name, bf_keyring_file *file,
                           uint8_t **data, size_t *len, size_t *ad_len)
{
    for (int attempt = 0;; attempt++) {
        BF_TRY(bf_file__read(c, path, BF_KEYRING_FILE_MAX, 0, data, len));
        bf_status st = bf_keyring__parse(c, name, *data, *len, file, ad_len);
        if (!st) return BF_OK;
        bf_ctx_release(c, *data);
        *data = NULL;
        if (attempt == 2) return st;
    }
}

/* secret NULL: with the keys at hand. */
static bf_status load(bf_ctx *c, bf_keyring *kr, const bf_secret *secret)
{
    uint8_t *data = NULL;
    size_t len, ad_len = 0;
    uint32_t index = 0;
    bf_keyring_file before = kr->file;
    bf_status st = bf_keyring__read(c, kr->path, kr->name, &kr->file, &data, &len, &ad_len);
    if (!st) st = secret ? find_slot(c, kr, secret, &index) : same_slot(c, kr, &index);
    if (!st) {
        st = bf_keyring__unseal(c, kr->name, data, len, ad_len, &kr->file, index, kr->secrets);
    }
    if (!st)
        kr->slot_used = kr->file.slots[index].id;
    else if (!secret)
        kr->file = before;
    bf_ctx_release(c, data);
    return st;
}

bf_status bf_keyring__reload(bf_ctx *c, bf_keyring *kr)
{
    return load(c, kr, NULL);
}

bf_status bf_keyring__load(bf_ctx *c, const char *path, const bf_secret *secret, bf_keyring **out)
{
    bf_keyring *kr = NULL;
    BF_TRY(keyring_new(c, path, &kr));
    bf_status st = load(c, kr, secret);
    if (st) {
        bf_keyring_free(kr);
        return st;
    }
    *out = kr;
    return BF_OK;
}

/* ---- slots ---- */

static bf_status slot_make(bf_ctx *c, bf_keyring *kr, const bf_secret *secret, bf_slot *slot,
                           bf_slot_keys *keys)
{
    memset(slot, 0, sizeof *slot);
    slot->id = kr->file.next_slot_id;
    slot->kind = (uint8_t)secret->kind;
    randombytes_buf(slot->salt, sizeof slot->salt);
    if (secret->kind == BF_SECRET_PASSPHRASE) {
        slot->passes = secret->passes;
        slot->memory_mib = secret->memory_mib;
    } else {
        char *real = realpath(secret->path, NULL);
        if (real && strlen(real) <= BF_SLOT_PATH_BYTES) memcpy(slot->path, real, strlen(real));
        free(real);
    }
    BF_TRY(bf_secret__derive(c, secret, slot, keys));
    crypto_scalarmult_base(slot->box_public, keys->box_secret);
    memcpy(slot->check, keys->check, sizeof slot->check);
    kr->file.next_slot_id++;
    return BF_OK;
}

/* Does the secret open the keyring already? */
static bf_status is_new(bf_ctx *c, bf_keyring *kr, const bf_secret *secret, bf_slot_keys *scratch)
{
    for (uint32_t i = 0; i < kr->file.slot_count; i++) {
        const bf_slot *slot = &kr->file.slots[i];
        if (slot->kind != secret->kind) continue;
        BF_TRY(bf_secret__derive(c, secret, slot, scratch));
        if (!sodium_memcmp(scratch->check, slot->check, sizeof slot->check)) {
            BF_FAIL(c, BF_EEXIST, "%s: this key opens slot %u already", kr->name, slot->id);
        }
    }
    return BF_OK;
}

bf_status bf_keyring__slot_add(bf_ctx *c, bf_keyring *kr, const bf_secret *secret, uint32_t *out_id)
{
    uint32_t n = kr->file.slot_count;
    if (n == BF_KEYRING_SLOTS) {
        BF_FAIL(c, BF_ELIMIT, "%s: all %u slots are taken", kr->name, BF_KEYRING_SLOTS);
    }
    bf_slot_keys *keys = bf_locked_alloc(c, sizeof *keys);
    if (!keys) BF_FAIL_NOMEM(c);
    bf_status st = is_new(c, kr, secret, keys);
    if (!st) st = slot_make(c, kr, secret, &kr->file.slots[n], keys);
    if (!st) {
        memcpy(kr->secrets->slot_auth[n], keys->auth, BF_KEY_BYTES);
        *out_id = kr->file.slots[n].id;
        kr->file.slot_count++;
    }
    bf_locked_free(keys);
    return st;
}

bf_status bf_keyring__slot_remove(bf_ctx *c, bf_keyring *kr, uint32_t id)
{
    bf_keyring_file *f = &kr->file;
    if (id == kr->slot_used) {
        BF_FAIL(c, BF_EINVAL, "%s: slot %u is the one in use: remove it with another key", kr->name,
                id);
    }
    for (uint32_t i = 0; i < f->slot_count; i++) {
        if (f->slots[i].id != id) continue;
        size_t after = f->slot_count - i - 1;
        memmove(&f->slots[i], &f->slots[i + 1], after * sizeof f->slots[0]);
        memmove(kr->secrets->slot_auth[i], kr->secrets->slot_auth[i + 1], after * BF_KEY_BYTES);
        f->slot_count--;
        sodium_memzero(kr->secrets->slot_auth[f->slot_count], BF_KEY_BYTES);
        return BF_OK;
    }
    BF_FAIL(c, BF_ENOENT, "%s: no slot %u", kr->name, id);
}

bf_status bf_keyring__slot_replace(bf_ctx *c, bf_keyring *kr, const bf_secret *secret)
{
    bf_slot_keys *keys = bf_locked_alloc(c, sizeof *keys);
    if (!keys) BF_FAIL_NOMEM(c);
    bf_status st = is_new(c, kr, secret, keys);
    uint32_t i = 0;
    while (i < kr->file.slot_count && kr->file.slots[i].id != kr->slot_used) i++;
    if (!st) st = slot_make(c, kr, secret, &kr->file.slots[i], keys);
    if (!st) {
        memcpy(kr->secrets->slot_auth[i], keys->auth, BF_KEY_BYTES);
        kr->secrets->used = *keys;
        kr->slot_used = kr->file.slots[i].id;
    }
    bf_locked_free(keys);
    return st;
}

/* ---- what may be told ---- */

static void describe_slot(const bf_slot *slot, bf_keyring_slot *out)
{
    out->id = slot->id;
    out->kind = slot->kind;
    out->passes = slot->passes;
    out->memory_mib = slot->memory_mib;
    memcpy(out->path, slot->path, sizeof out->path);
}

size_t bf_keyring__describe(const bf_keyring_file *file, bf_keyring_slot *out, size_t cap)
{
    for (size_t i = 0; i < file->slot_count && i < cap; i++)
        describe_slot(&file->slots[i], &out[i]);
    return file->slot_count;
}

size_t bf_keyring_slots(const bf_keyring *keyring, bf_keyring_slot *out, size_t cap)
{
    return bf_keyring__describe(&keyring->file, out, cap);
}

uint32_t bf_keyring_slot_used(const bf_keyring *keyring)
{
    return keyring->slot_used;
}

void bf_keyring_public_key(const bf_keyring *keyring, uint8_t out[32])
{
    crypto_scalarmult_base(out, keyring->secrets->sets[0].transfer);
}
