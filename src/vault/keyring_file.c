/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a keyring file, version 1, little-endian:
 *
 *     0   8  "BFKEYS" 0x0d 0x0a
 *     8   2  version 1
 *    10   2  slots n, 1..16
 *    12   4  id for the next new slot
 *    16  16  keyring id
 *    32   8  generation
 *    40 456n slots:  0   4  id
 *                    4   1  kind, then 3 zeros
 *                    8   4  Argon2id passes      12 4  memory, MiB (0, 0 for a key file)
 *                   16  16  salt
 *                   32 256  path of the key file, zero-padded
 *                  288  32  X25519 public key made from the secret
 *                  320  16  check value: tells a wrong secret from damage
 *                  336 120  the file key: in a sealed box to the public key, sealed under the
 *                           slot's authentication key with bytes 0..40 and 0..336 of the slot as
 *                           associated data
 *     .   .  sealed under the file key, everything before as associated data: key sets, and the
 *            authentication keys of all slots; padded, so always 768 + 40 bytes
 *     .  16  BLAKE2b of everything before, without key: finds accidents, nothing more
 *
 * Each writing draws a fresh file key. The box lets it reach slots whose secrets are not at hand,
 * and not reach a removed one whose holder kept an old copy; the authentication key keeps a
 * stranger, to whom the public keys are visible, from making a keyring of his own.
 */
#include <sodium.h>
#include <string.h>

#include "vault/pack.h"
#include "vault/vault.h"

#define HEADER 40u
#define SLOT 456u
#define SLOT_OPEN 336u
#define PAYLOAD 768u
#define CHECKSUM 16u
static const uint8_t magic[8] = {'B', 'F', 'K', 'E', 'Y', 'S', 0x0d, 0x0a};

_Static_assert(BF_WRAPPED_BYTES == BF_KEY_BYTES + crypto_box_SEALBYTES + BF_SEAL_OVERHEAD, "wrap");
_Static_assert(SLOT == SLOT_OPEN + BF_WRAPPED_BYTES, "slot");
_Static_assert(BF_KEYRING_FILE_MAX >=
                   HEADER + BF_KEYRING_SLOTS * SLOT + PAYLOAD + BF_SEAL_OVERHEAD + CHECKSUM,
               "file");

static bf_status parse_slot(bf_ctx *c, const char *name, const uint8_t *data, bf_slot *out)
{
    bf_unpacker u = {data, 0, SLOT, 0};
    out->id = bf_unpack_u32(&u);
    out->kind = bf_unpack_u8(&u);
    uint64_t zeros = bf_unpack_uint(&u, 3);
    out->passes = bf_unpack_u32(&u);
    out->memory_mib = bf_unpack_u32(&u);
    bf_unpack_bytes(&u, out->salt, sizeof out->salt);
    bf_unpack_bytes(&u, out->path, sizeof out->path);
    bf_unpack_bytes(&u, out->box_public, sizeof out->box_public);
    bf_unpack_bytes(&u, out->check, sizeof out->check);
    bf_unpack_bytes(&u, out->wrapped, sizeof out->wrapped);
    int kind_ok = out->kind == BF_SECRET_KEY_FILE || out->kind == BF_SECRET_PASSPHRASE;
    if (u.bad || zeros || !out->id || !kind_ok || out->path[BF_SLOT_PATH_BYTES]) {
        BF_FAIL(c, BF_ETAMPER, "%s: damaged keyring: slot %u", name, out->id);
    }
    if (out->kind == BF_SECRET_PASSPHRASE &&
        (out->passes < BF_ARGON2_PASSES_MIN || out->passes > BF_ARGON2_PASSES_MAX ||
         out->memory_mib < BF_ARGON2_MEMORY_MIN_MIB ||
         out->memory_mib > BF_ARGON2_MEMORY_MAX_MIB)) {
        BF_FAIL(c, BF_ETAMPER, "%s: slot %u asks for Argon2id with %u passes over %u MiB: refused",
                name, out->id, out->passes, out->memory_mib);
    }
    return BF_OK;
}

bf_status bf_keyring__parse_body(bf_ctx *c, const char *name, const uint8_t *data, size_t len,
                                 bf_keyring_file *out, size_t *ad_len)
{
    if (len < HEADER || memcmp(data, magic, sizeof magic) != 0) {
        BF_FAIL(c, BF_EFORMAT, "%s: not a Bonafide keyring", name);
    }
    bf_unpacker u = {data, sizeof magic, HEADER, 0};
    uint16_t version = bf_unpack_u16(&u);
    if (version > 1) {
        BF_FAIL(c, BF_EVERSION, "%s: keyring of version %u, made by a later Bonafide", name,
                version);
    }
    memset(out, 0, sizeof *out);
    out->slot_count = bf_unpack_u16(&u);
    out->next_slot_id = bf_unpack_u32(&u);
    bf_unpack_bytes(&u, out->id, sizeof out->id);
    out->generation = bf_unpack_u64(&u);
    if (!version || !out->slot_count || out->slot_count > BF_KEYRING_SLOTS ||
        len != HEADER + out->slot_count * SLOT + PAYLOAD + BF_SEAL_OVERHEAD + CHECKSUM) {
        BF_FAIL(c, BF_ETAMPER, "%s: damaged keyring: %zu bytes for %u slots", name, len,
                out->slot_count);
    }
    for (uint32_t i = 0; i < out->slot_count; i++) {
        BF_TRY(parse_slot(c, name, data + HEADER + i * SLOT, &out->slots[i]));
    }
    *ad_len = HEADER + out->slot_count * SLOT;
    return BF_OK;
}

static void checksum(const uint8_t *data, size_t len, uint8_t out[CHECKSUM])
{
    crypto_generichash(out, CHECKSUM, data, len, NULL, 0);
}

bf_status bf_keyring__parse(bf_ctx *c, const char *name, const uint8_t *data, size_t len,
                            bf_keyring_file *out, size_t *ad_len)
{
    uint8_t sum[CHECKSUM];
    if (len < HEADER || memcmp(data, magic, sizeof magic) != 0) {
        BF_FAIL(c, BF_EFORMAT, "%s: not a Bonafide keyring", name);
    }
    /* A later version may have other lengths: say so before complaining about the checksum. */
    if ((unsigned)(data[8] | data[9] << 8) <= 1) {
        checksum(data, len - CHECKSUM, sum);
        if (memcmp(sum, data + len - CHECKSUM, CHECKSUM) != 0) {
            BF_FAIL(c, BF_ETAMPER, "%s: damaged or cut off: checksum does not match", name);
        }
    }
    return bf_keyring__parse_body(c, name, data, len, out, ad_len);
}

/* Associated data of a slot's wrapped file key. */
static void slot_ad(const uint8_t *file, const uint8_t *slot, uint8_t ad[HEADER + SLOT_OPEN])
{
    memcpy(ad, file, HEADER);
    memcpy(ad + HEADER, slot, SLOT_OPEN);
}

static int parse_payload(const uint8_t *data, const bf_keyring_file *file, bf_keyring_secrets *out)
{
    bf_unpacker u = {data, 0, PAYLOAD, 0};
    out->set_count = bf_unpack_u32(&u);
    if (out->set_count < 1 || out->set_count > BF_KEYSETS_MAX) return -1;
    for (uint32_t i = 0; i < out->set_count; i++) {
        bf_keyset *set = &out->sets[i];
        set->id = bf_unpack_u64(&u);
        bf_unpack_bytes(&u, set->ring, BF_KEY_BYTES);
        bf_unpack_bytes(&u, set->root, BF_KEY_BYTES);
        bf_unpack_bytes(&u, set->transfer, BF_KEY_BYTES);
    }
    for (uint32_t i = 0; i < file->slot_count; i++) {
        bf_unpack_bytes(&u, out->slot_auth[i], BF_KEY_BYTES);
    }
    return u.bad ? -1 : 0;
}

bf_status bf_keyring__unseal(bf_ctx *c, const char *name, const uint8_t *data, size_t len,
                             size_t ad_len, const bf_keyring_file *file, uint32_t index,
                             bf_keyring_secrets *secrets)
{
    const bf_slot *slot = &file->slots[index];
    uint8_t ad[HEADER + SLOT_OPEN], box[BF_KEY_BYTES + crypto_box_SEALBYTES];
    /* Key material stays in locked memory: file key, then payload. */
    uint8_t *secret = bf_locked_alloc(c, BF_KEY_BYTES + PAYLOAD);
    if (!secret) BF_FAIL_NOMEM(c);
    slot_ad(data, data + HEADER + index * SLOT, ad);
    int bad =
        bf_unseal(secrets->used.auth, ad, sizeof ad, slot->wrapped, BF_WRAPPED_BYTES, box) ||
        crypto_box_seal_open(secret, box, sizeof box, slot->box_public, secrets->used.box_secret) ||
        bf_unseal(secret, data, ad_len, data + ad_len, len - CHECKSUM - ad_len,
                  secret + BF_KEY_BYTES) ||
        parse_payload(secret + BF_KEY_BYTES, file, secrets);
    bf_locked_free(secret);
    if (bad) BF_FAIL(c, BF_ETAMPER, "%s: the keyring was altered", name);
    return BF_OK;
}

static void pack_slot(bf_packer *p, const bf_slot *slot)
{
    bf_pack_u32(p, slot->id);
    bf_pack_u8(p, slot->kind);
    bf_pack_uint(p, 0, 3);
    bf_pack_u32(p, slot->passes);
    bf_pack_u32(p, slot->memory_mib);
    bf_pack_bytes(p, slot->salt, sizeof slot->salt);
    bf_pack_bytes(p, slot->path, sizeof slot->path);
    bf_pack_bytes(p, slot->box_public, sizeof slot->box_public);
    bf_pack_bytes(p, slot->check, sizeof slot->check);
}

static void pack_payload(const bf_keyring_file *file, const bf_keyring_secrets *secrets,
                         uint8_t *out)
{
    bf_packer p = {out, 0, PAYLOAD, 0};
    bf_pack_u32(&p, secrets->set_count);
    for (uint32_t i = 0; i < secrets->set_count; i++) {
        const bf_keyset *set = &secrets->sets[i];
        bf_pack_u64(&p, set->id);
        bf_pack_bytes(&p, set->ring, BF_KEY_BYTES);
        bf_pack_bytes(&p, set->root, BF_KEY_BYTES);
        bf_pack_bytes(&p, set->transfer, BF_KEY_BYTES);
    }
    for (uint32_t i = 0; i < file->slot_count; i++) {
        bf_pack_bytes(&p, secrets->slot_auth[i], BF_KEY_BYTES);
    }
    bf_pack_pad(&p, PAYLOAD);
}

bf_status bf_keyring__serialize(bf_ctx *c, bf_keyring_file *file, bf_keyring_secrets *secrets,
                                uint8_t *out, size_t *out_len)
{
    uint8_t *secret = bf_locked_alloc(c, BF_KEY_BYTES + PAYLOAD);
    if (!secret) BF_FAIL_NOMEM(c);
    randombytes_buf(secret, BF_KEY_BYTES);
    file->generation++;
    bf_packer p = {out, 0, BF_KEYRING_FILE_MAX, 0};
    bf_pack_bytes(&p, magic, sizeof magic);
    bf_pack_u16(&p, 1);
    bf_pack_u16(&p, (uint16_t)file->slot_count);
    bf_pack_u32(&p, file->next_slot_id);
    bf_pack_bytes(&p, file->id, sizeof file->id);
    bf_pack_u64(&p, file->generation);
    for (uint32_t i = 0; i < file->slot_count; i++) {
        bf_slot *slot = &file->slots[i];
        const uint8_t *start = out + p.len;
        uint8_t ad[HEADER + SLOT_OPEN], box[BF_KEY_BYTES + crypto_box_SEALBYTES];
        pack_slot(&p, slot);
        slot_ad(out, start, ad);
        crypto_box_seal(box, secret, BF_KEY_BYTES, slot->box_public);
        bf_seal(secrets->slot_auth[i], ad, sizeof ad, box, sizeof box, slot->wrapped);
        bf_pack_bytes(&p, slot->wrapped, BF_WRAPPED_BYTES);
    }
    pack_payload(file, secrets, secret + BF_KEY_BYTES);
    bf_seal(secret, out, p.len, secret + BF_KEY_BYTES, PAYLOAD, out + p.len);
    p.len += PAYLOAD + BF_SEAL_OVERHEAD;
    bf_locked_free(secret);
    uint8_t sum[CHECKSUM];
    checksum(out, p.len, sum);
    bf_pack_bytes(&p, sum, CHECKSUM);
    *out_len = p.len;
    return BF_OK;
}
