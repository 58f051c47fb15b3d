/* SPDX-License-Identifier: Apache-2.0 */
/* Public face of keyrings: see bonafide/keyring.h. */
#include <sodium.h>
#include <string.h>

#include "engine/session.h"
#include "vault/file.h"
#include "vault/vault.h"

bf_status bf_key_file_create(bf_session *s, const char *path)
{
    if (!s || !path) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    BF_TRY(bf_vault__init(c));
    uint8_t key[BF_KEY_BYTES];
    char text[2 * BF_KEY_BYTES + 1];
    randombytes_buf(key, sizeof key);
    sodium_bin2hex(text, sizeof text, key, sizeof key);
    text[sizeof text - 1] = '\n';
    bf_status st = bf_file__create(c, path, (const uint8_t *)text, sizeof text);
    sodium_memzero(key, sizeof key);
    sodium_memzero(text, sizeof text);
    return st;
}

bf_status bf_keyring_create(bf_session *s, const char *path, const bf_secret *secret,
                            bf_keyring **out)
{
    if (!s || !path || !secret || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_secret checked;
    BF_TRY(bf_secret__check(c, secret, &checked));
    return bf_keyring__make(c, path, &checked, out);
}

static bf_status peek(bf_ctx *c, const char *path, bf_keyring_file *out)
{
    uint8_t *data = NULL;
    size_t len, ad_len;
    BF_TRY(bf_vault__init(c));
    bf_status st = bf_keyring__read(c, path, path, out, &data, &len, &ad_len);
    bf_ctx_release(c, data);
    return st;
}

bf_status bf_keyring_open(bf_session *s, const char *path, const bf_secret *secret,
                          bf_keyring **out)
{
    if (!s || !path || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_secret checked;
    if (secret) {
        BF_TRY(bf_secret__check(c, secret, &checked));
        return bf_keyring__load(c, path, &checked, out);
    }
    bf_keyring_file *file = bf_ctx_scratch(c, 1, sizeof *file);
    if (!file) BF_FAIL_NOMEM(c);
    BF_TRY(peek(c, path, file));
    bf_secret_init(&checked);
    checked.kind = BF_SECRET_KEY_FILE;
    for (uint32_t i = 0; i < file->slot_count; i++) {
        checked.path = file->slots[i].path;
        if (file->slots[i].kind == BF_SECRET_KEY_FILE && *checked.path) {
            return bf_keyring__load(c, path, &checked, out);
        }
    }
    BF_FAIL(c, BF_EKEY, "%s: needs a passphrase", path);
}

bf_status bf_keyring_peek(bf_session *s, const char *path, bf_keyring_slot *out, size_t cap,
                          size_t *count)
{
    if (!s || !path || (!out && cap) || !count) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_keyring_file *file = bf_ctx_scratch(c, 1, sizeof *file);
    if (!file) BF_FAIL_NOMEM(c);
    BF_TRY(peek(c, path, file));
    *count = bf_keyring__describe(file, out, cap);
    return BF_OK;
}
