/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sealed file, version 1, little-endian:
 *
 *     0   8  "BFPARCEL"
 *     8   2  version 1
 *    10   1  kind: 1 to a public key, 2 by passphrase; then 5 zeros
 *    16  32  X25519 public key made for this file     | 4 Argon2id passes, 4 memory (MiB),
 *    48  32  the sender's public key                  | 16 salt, 72 zeros
 *    80  32  the recipient's public key               |
 *   112  24  header of a libsodium secretstream (XChaCha20-Poly1305)
 *   136   .  its messages: 65,536 bytes each (the last 0..65,536), each 17 longer when sealed. The
 *            first authenticates bytes 0..111; the last is tagged final. Inside: 8 bytes with the
 *            length, the contents, zeros up to a size class.
 *
 * Key, kind 1: BLAKE2b over X25519(file, recipient), X25519(sender, recipient) and the three
 * public keys: only the recipient can open it, and it can only come from the sender or from the
 * recipient (the K pattern of the Noise framework, without its transport). Kind 2: Argon2id.
 */
#include "vault/sealed_file.h"

#include <sodium.h>
#include <string.h>

#include "vault/pack.h"

#define CHUNK 65536u
#define EXTRA crypto_secretstream_xchacha20poly1305_ABYTES
#define STREAM_HEADER crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define TAG_FINAL crypto_secretstream_xchacha20poly1305_TAG_FINAL
static const uint8_t magic[8] = {'B', 'F', 'P', 'A', 'R', 'C', 'E', 'L'};

bf_status bf_sealed__parse(bf_ctx *c, const char *name, const uint8_t *data, size_t len,
                           bf_sealed_header *out)
{
    bf_unpacker u = {data, sizeof magic, len, 0};
    if (len < BF_SEALED_HEADER_BYTES || memcmp(data, magic, sizeof magic) != 0) {
        BF_FAIL(c, BF_EFORMAT, "%s: not a Bonafide export", name);
    }
    memset(out, 0, sizeof *out);
    uint16_t version = bf_unpack_u16(&u);
    if (version > 1) {
        BF_FAIL(c, BF_EVERSION, "%s: export of version %u, made by a later Bonafide", name,
                version);
    }
    out->kind = bf_unpack_u8(&u);
    int bad = version != 1 || bf_unpack_uint(&u, 5) != 0;
    if (out->kind == BF_SEALED_TO_KEY) {
        bf_unpack_bytes(&u, out->ephemeral, 32);
        bf_unpack_bytes(&u, out->sender, 32);
        bf_unpack_bytes(&u, out->recipient, 32);
    } else if (out->kind == BF_SEALED_BY_PASSPHRASE) {
        out->passes = bf_unpack_u32(&u);
        out->memory_mib = bf_unpack_u32(&u);
        bf_unpack_bytes(&u, out->salt, sizeof out->salt);
        const uint8_t *rest = bf_unpack_span(&u, 72);
        bad |= !rest || !sodium_is_zero(rest, 72);
        bad |= out->passes < BF_ARGON2_PASSES_MIN || out->passes > BF_ARGON2_PASSES_MAX ||
               out->memory_mib < BF_ARGON2_MEMORY_MIN_MIB ||
               out->memory_mib > BF_ARGON2_MEMORY_MAX_MIB;
    } else {
        bad = 1;
    }
    if (bad || u.bad) BF_FAIL(c, BF_ETAMPER, "%s: damaged export: header", name);
    return BF_OK;
}

static void pack_header(const bf_sealed_header *h, uint8_t out[BF_SEALED_HEADER_BYTES])
{
    bf_packer p = {out, 0, BF_SEALED_HEADER_BYTES, 0};
    bf_pack_bytes(&p, magic, sizeof magic);
    bf_pack_u16(&p, 1);
    bf_pack_u8(&p, h->kind);
    bf_pack_uint(&p, 0, 5);
    if (h->kind == BF_SEALED_TO_KEY) {
        bf_pack_bytes(&p, h->ephemeral, 32);
        bf_pack_bytes(&p, h->sender, 32);
        bf_pack_bytes(&p, h->recipient, 32);
    } else {
        bf_pack_u32(&p, h->passes);
        bf_pack_u32(&p, h->memory_mib);
        bf_pack_bytes(&p, h->salt, sizeof h->salt);
    }
    bf_pack_pad(&p, BF_SEALED_HEADER_BYTES);
}

/* From the two shared secrets and the header's public keys. @return -1 for a key of low order */
static int key_from_pairs(const bf_sealed_header *h, const uint8_t *secret1, const uint8_t *public1,
                          const uint8_t *secret2, const uint8_t *public2, uint8_t key[BF_KEY_BYTES])
{
    uint8_t shared[64];
    int bad = crypto_scalarmult(shared, secret1, public1) ||
              crypto_scalarmult(shared + 32, secret2, public2);
    bf_part parts[] = {{shared, 64}, {h->ephemeral, 32}, {h->sender, 32}, {h->recipient, 32}};
    uint8_t zero[BF_KEY_BYTES] = {0};
    if (!bad) bf_digest(zero, "export to key", parts, 4, key);
    sodium_memzero(shared, sizeof shared);
    return bad ? -1 : 0;
}

static bf_status key_from_passphrase(bf_ctx *c, const bf_sealed_header *h, const bf_secret *secret,
                                     uint8_t key[BF_KEY_BYTES])
{
    bf_slot slot = {.kind = BF_SECRET_PASSPHRASE, .passes = h->passes, .memory_mib = h->memory_mib};
    memcpy(slot.salt, h->salt, sizeof slot.salt);
    bf_slot_keys *keys = bf_locked_alloc(c, sizeof *keys);
    if (!keys) BF_FAIL_NOMEM(c);
    bf_status st = bf_secret__derive(c, secret, &slot, keys);
    if (!st) bf_subkey(keys->auth, "export by passphrase", key);
    bf_locked_free(keys);
    return st;
}

static bf_status new_key(bf_ctx *c, bf_sealed_header *h, const uint8_t *sender,
                         const uint8_t *recipient, const bf_secret *passphrase,
                         uint8_t key[BF_KEY_BYTES])
{
    memset(h, 0, sizeof *h);
    if (!recipient) {
        h->kind = BF_SEALED_BY_PASSPHRASE;
        h->passes = passphrase->passes;
        h->memory_mib = passphrase->memory_mib;
        randombytes_buf(h->salt, sizeof h->salt);
        return key_from_passphrase(c, h, passphrase, key);
    }
    uint8_t ephemeral[32];
    h->kind = BF_SEALED_TO_KEY;
    crypto_box_keypair(h->ephemeral, ephemeral);
    crypto_scalarmult_base(h->sender, sender);
    memcpy(h->recipient, recipient, 32);
    int bad = key_from_pairs(h, ephemeral, recipient, sender, recipient, key);
    sodium_memzero(ephemeral, sizeof ephemeral);
    if (bad) BF_FAIL(c, BF_EKEY, "the recipient's public key is no usable key");
    return BF_OK;
}

static void push_all(const uint8_t *key, const uint8_t *padded, size_t len, uint8_t *out)
{
    crypto_secretstream_xchacha20poly1305_state state;
    crypto_secretstream_xchacha20poly1305_init_push(&state, out + BF_SEALED_HEADER_BYTES, key);
    uint8_t *at = out + BF_SEALED_HEADER_BYTES + STREAM_HEADER;
    for (size_t done = 0; done < len;) {
        size_t n = len - done < CHUNK ? len - done : CHUNK;
        int last = done + n == len;
        crypto_secretstream_xchacha20poly1305_push(
            &state, at, NULL, padded + done, n, done ? NULL : out,
            done ? 0 : BF_SEALED_HEADER_BYTES, last ? TAG_FINAL : 0);
        at += n + EXTRA;
        done += n;
    }
    sodium_memzero(&state, sizeof state);
}

bf_status bf_sealed__make(bf_ctx *c, const uint8_t *sender, const uint8_t *recipient,
                          const bf_secret *passphrase, const uint8_t *plain, size_t len,
                          uint8_t **out, size_t *out_len)
{
    bf_sealed_header h;
    uint8_t key[BF_KEY_BYTES];
    if (len > BF_SEALED_PLAIN_MAX) BF_FAIL(c, BF_ELIMIT, "too much for one export");
    BF_TRY(new_key(c, &h, sender, recipient, passphrase, key));
    size_t padded_len = bf_image_size_class(len + 8);
    size_t chunks = (padded_len + CHUNK - 1) / CHUNK;
    size_t total = BF_SEALED_HEADER_BYTES + STREAM_HEADER + padded_len + chunks * EXTRA;
    uint8_t *padded = bf_ctx_alloc(c, padded_len, 1), *data = bf_ctx_alloc(c, total, 1);
    bf_status st = padded && data ? BF_OK : bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    if (!st) {
        bf_packer p = {padded, 0, padded_len, 0};
        bf_pack_u64(&p, len);
        bf_pack_bytes(&p, plain, len);
        pack_header(&h, data);
        push_all(key, padded, padded_len, data);
        *out = data;
        *out_len = total;
        data = NULL;
    }
    bf_wipe(padded, padded ? padded_len : 0);
    bf_ctx_release(c, padded);
    bf_ctx_release(c, data);
    sodium_memzero(key, sizeof key);
    return st;
}

/* Into out, of `len` bytes in all. @return -1 if a message is wrong; *first: it was the first one
 */
static int pull_all(const uint8_t *key, const uint8_t *data, size_t data_len, uint8_t *out,
                    size_t len, int *first)
{
    crypto_secretstream_xchacha20poly1305_state state;
    const uint8_t *at = data + BF_SEALED_HEADER_BYTES;
    int bad = crypto_secretstream_xchacha20poly1305_init_pull(&state, at, key);
    at += STREAM_HEADER;
    *first = 1;
    for (size_t done = 0; !bad && done < len;) {
        size_t n = len - done < CHUNK ? len - done : CHUNK;
        int last = done + n == len;
        uint8_t tag = 0;
        if ((size_t)(data + data_len - at) < n + EXTRA) bad = -1;
        if (!bad) {
            bad = crypto_secretstream_xchacha20poly1305_pull(&state, out + done, NULL, &tag, at,
                                                             n + EXTRA, done ? NULL : data,
                                                             done ? 0 : BF_SEALED_HEADER_BYTES);
        }
        if (!bad) *first = 0;
        if (!bad && tag != (last ? TAG_FINAL : 0)) bad = -1;
        at += n + EXTRA;
        done += n;
    }
    sodium_memzero(&state, sizeof state);
    return bad ? -1 : 0;
}

static bf_status find_key(bf_ctx *c, const char *name, const bf_sealed_header *h,
                          const uint8_t *mine, const bf_secret *passphrase,
                          uint8_t key[BF_KEY_BYTES])
{
    if (h->kind == BF_SEALED_BY_PASSPHRASE) {
        if (!passphrase) BF_FAIL(c, BF_EKEY, "%s: sealed by a passphrase", name);
        return key_from_passphrase(c, h, passphrase, key);
    }
    uint8_t public_key[32];
    crypto_scalarmult_base(public_key, mine);
    if (memcmp(public_key, h->recipient, 32) != 0) {
        BF_FAIL(c, BF_EKEY, "%s: sealed to another recipient", name);
    }
    if (key_from_pairs(h, mine, h->ephemeral, mine, h->sender, key)) {
        BF_FAIL(c, BF_ETAMPER, "%s: damaged export: header", name);
    }
    return BF_OK;
}

/* How many bytes the messages hold. @return 0 if no whole number of messages fits */
static size_t plain_len(size_t len)
{
    if (len <= BF_SEALED_HEADER_BYTES + STREAM_HEADER) return 0;
    len -= BF_SEALED_HEADER_BYTES + STREAM_HEADER;
    size_t whole = len / (CHUNK + EXTRA), rest = len % (CHUNK + EXTRA);
    if (rest && rest <= EXTRA) return 0;
    return whole * CHUNK + (rest ? rest - EXTRA : 0);
}

bf_status bf_sealed__open(bf_ctx *c, const char *name, const uint8_t *data, size_t len,
                          const uint8_t *mine, const bf_secret *passphrase, uint8_t **out,
                          size_t *out_len)
{
    bf_sealed_header h;
    uint8_t key[BF_KEY_BYTES];
    int first = 0;
    BF_TRY(bf_sealed__parse(c, name, data, len, &h));
    size_t padded_len = plain_len(len);
    if (padded_len < 8) BF_FAIL(c, BF_ETAMPER, "%s: damaged export: cut off", name);
    BF_TRY(find_key(c, name, &h, mine, passphrase, key));
    uint8_t *plain = bf_ctx_alloc(c, padded_len, 1);
    int bad = plain ? pull_all(key, data, len, plain, padded_len, &first) : 0;
    sodium_memzero(key, sizeof key);
    if (!plain) BF_FAIL_NOMEM(c);
    bf_unpacker u = {plain, 0, padded_len, 0};
    uint64_t inside = bf_unpack_u64(&u);
    if (!bad && inside <= padded_len - 8) {
        memmove(plain, plain + 8, padded_len - 8);
        bf_wipe(plain + padded_len - 8, 8); /* the caller knows of *out_len bytes alone */
        *out = plain;
        *out_len = (size_t)inside;
        return BF_OK;
    }
    bf_wipe(plain, padded_len);
    bf_ctx_release(c, plain);
    if (first && h.kind == BF_SEALED_BY_PASSPHRASE) {
        BF_FAIL(c, BF_EKEY, "%s: wrong passphrase, or a damaged export", name);
    }
    BF_FAIL(c, BF_ETAMPER, "%s: damaged export: altered or cut off", name);
}
