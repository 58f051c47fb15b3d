/* SPDX-License-Identifier: Apache-2.0 */
/* Records to bytes and back: see record.h. Little-endian; each starts with its version, 1. */
#include "store/record.h"

#include "vault/pack.h"

#define VERSION 1u

int bf_id_ok(const char *id)
{
    size_t n = 0;
    for (; id[n]; n++) {
        char ch = id[n];
        int ok = (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') ||
                 ch == '.' || ch == '_' || ch == '-';
        if (!ok || n == BF_ID_MAX) return 0;
    }
    return n > 0;
}

/* Bytes of the UTF-8 sequence at p; 0 if it is none. Source: Unicode 15, table 3-7. */
static size_t utf8_len(const uint8_t *p)
{
    if (p[0] < 0x80) return 1;
    size_t n = p[0] >= 0xc2 && p[0] <= 0xdf   ? 2
               : (p[0] & 0xf0) == 0xe0        ? 3
               : p[0] >= 0xf0 && p[0] <= 0xf4 ? 4
                                              : 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
    }
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f) ||
        (p[0] == 0xc2 && p[1] < 0xa0)) {
        return 0; /* overlong, surrogate, too large, or a C1 control */
    }
    return n;
}

int bf_text_ok(const char *text)
{
    size_t at = 0;
    while (text[at]) {
        if ((uint8_t)text[at] < 0x20 || text[at] == 0x7f) return 0;
        size_t n = utf8_len((const uint8_t *)text + at);
        at += n;
        if (!n || at > BF_TEXT_MAX_BYTES) return 0;
    }
    return 1;
}

static void pack_sumset(bf_packer *p, const bf_sumset *s)
{
    bf_pack_u64(p, s->count);
    bf_pack_bytes(p, s->sum, sizeof s->sum);
}

static void unpack_sumset(bf_unpacker *u, bf_sumset *s)
{
    s->count = bf_unpack_u64(u);
    bf_unpack_bytes(u, s->sum, sizeof s->sum);
}

static bf_unpacker start(const uint8_t *data, size_t len, size_t expected)
{
    bf_unpacker u = {data, 0, len, len != expected};
    if (bf_unpack_u8(&u) != VERSION) u.bad = 1;
    return u;
}

void bf_meta_pack(const bf_meta *r, uint8_t out[BF_META_PLAIN])
{
    bf_packer p = {out, 0, BF_META_PLAIN, 0};
    bf_pack_u8(&p, VERSION);
    bf_pack_u64(&p, r->counter);
    bf_pack_u64(&p, r->next_id);
    bf_pack_u32(&p, r->pending);
    for (uint32_t i = 0; i < BF_BUCKETS; i++) pack_sumset(&p, &r->persons[i]);
    pack_sumset(&p, &r->galleries);
    bf_pack_u64(&p, r->audit_count);
    bf_pack_bytes(&p, r->audit_head, sizeof r->audit_head);
    bf_pack_u64(&p, (uint64_t)r->made_s);
    bf_pack_text(&p, r->purpose);
    bf_pack_u8(&p, r->slot_operation);
    bf_pack_u32(&p, r->slot);
    bf_pack_u64(&p, r->slot_entry);
    bf_pack_pad(&p, BF_META_PLAIN);
}

int bf_meta_unpack(const uint8_t *data, size_t len, bf_meta *out)
{
    bf_unpacker u = start(data, len, BF_META_PLAIN);
    out->counter = bf_unpack_u64(&u);
    out->next_id = bf_unpack_u64(&u);
    out->pending = bf_unpack_u32(&u);
    for (uint32_t i = 0; i < BF_BUCKETS; i++) unpack_sumset(&u, &out->persons[i]);
    unpack_sumset(&u, &out->galleries);
    out->audit_count = bf_unpack_u64(&u);
    bf_unpack_bytes(&u, out->audit_head, sizeof out->audit_head);
    out->made_s = (int64_t)bf_unpack_u64(&u);
    bf_unpack_text(&u, out->purpose, sizeof out->purpose);
    out->slot_operation = bf_unpack_u8(&u);
    out->slot = bf_unpack_u32(&u);
    out->slot_entry = bf_unpack_u64(&u);
    if (!out->next_id || out->next_id > INT64_MAX || out->slot_operation >= BF_OP_END ||
        out->pending > (BF_PENDING_ERASURE | BF_PENDING_ROTATION | BF_PENDING_SLOTS))
        return -1;
    return u.bad || !bf_text_ok(out->purpose) ? -1 : 0;
}

void bf_person_pack(const bf_person_rec *r, uint8_t out[BF_PERSON_PLAIN])
{
    bf_packer p = {out, 0, BF_PERSON_PLAIN, 0};
    bf_pack_u8(&p, VERSION);
    bf_pack_text(&p, r->name);
    bf_pack_u64(&p, (uint64_t)r->made_s);
    bf_pack_u32(&p, r->encounters);
    bf_pack_u32(&p, r->samples);
    bf_pack_u32(&p, r->images);
    pack_sumset(&p, &r->rows);
    pack_sumset(&p, &r->heavy);
    bf_pack_pad(&p, BF_PERSON_PLAIN);
}

int bf_person_unpack(const uint8_t *data, size_t len, bf_person_rec *out)
{
    bf_unpacker u = start(data, len, BF_PERSON_PLAIN);
    bf_unpack_text(&u, out->name, sizeof out->name);
    out->made_s = (int64_t)bf_unpack_u64(&u);
    out->encounters = bf_unpack_u32(&u);
    out->samples = bf_unpack_u32(&u);
    out->images = bf_unpack_u32(&u);
    unpack_sumset(&u, &out->rows);
    unpack_sumset(&u, &out->heavy);
    if (out->encounters > BF_ENCOUNTERS_MAX) return -1;
    return u.bad || !bf_id_ok(out->name) ? -1 : 0;
}

void bf_encounter_pack(const bf_encounter_rec *r, uint8_t out[BF_ENCOUNTER_PLAIN])
{
    bf_packer p = {out, 0, BF_ENCOUNTER_PLAIN, 0};
    bf_pack_u8(&p, VERSION);
    bf_pack_text(&p, r->name);
    bf_pack_u64(&p, (uint64_t)r->time_s);
    bf_pack_u32(&p, r->samples);
    bf_pack_u32(&p, r->images);
    bf_pack_pad(&p, BF_ENCOUNTER_PLAIN);
}

int bf_encounter_unpack(const uint8_t *data, size_t len, bf_encounter_rec *out)
{
    bf_unpacker u = start(data, len, BF_ENCOUNTER_PLAIN);
    bf_unpack_text(&u, out->name, sizeof out->name);
    out->time_s = (int64_t)bf_unpack_u64(&u);
    out->samples = bf_unpack_u32(&u);
    out->images = bf_unpack_u32(&u);
    if (!out->samples || out->samples > BF_SAMPLES_MAX || out->images > out->samples) return -1;
    return u.bad || !bf_id_ok(out->name) ? -1 : 0;
}

void bf_gallery_pack(const bf_gallery_rec *r, uint8_t out[BF_GALLERY_PLAIN])
{
    bf_packer p = {out, 0, BF_GALLERY_PLAIN, 0};
    bf_pack_u8(&p, VERSION);
    bf_pack_text(&p, r->name);
    bf_pack_text(&p, r->purpose);
    bf_pack_u64(&p, (uint64_t)r->made_s);
    bf_pack_u32(&p, r->retention_days);
    pack_sumset(&p, &r->members);
    bf_pack_pad(&p, BF_GALLERY_PLAIN);
}

int bf_gallery_unpack(const uint8_t *data, size_t len, bf_gallery_rec *out)
{
    bf_unpacker u = start(data, len, BF_GALLERY_PLAIN);
    bf_unpack_text(&u, out->name, sizeof out->name);
    bf_unpack_text(&u, out->purpose, sizeof out->purpose);
    out->made_s = (int64_t)bf_unpack_u64(&u);
    out->retention_days = bf_unpack_u32(&u);
    unpack_sumset(&u, &out->members);
    return u.bad || !bf_id_ok(out->name) || !bf_text_ok(out->purpose) ? -1 : 0;
}

void bf_sample_pack(const bf_sample_rec *r, const uint8_t *bytes, const uint8_t *code, uint8_t *out,
                    size_t size)
{
    bf_packer p = {out, 0, size, 0};
    bf_pack_u8(&p, VERSION);
    bf_pack_u8(&p, r->modality);
    bf_pack_u8(&p, r->position);
    bf_pack_u8(&p, r->quality);
    bf_pack_u8(&p, r->sample);
    bf_pack_u8(&p, r->code_version);
    bf_pack_u16(&p, r->code_len);
    bf_pack_uint(&p, 0, 4);
    bf_pack_u32(&p, r->len);
    bf_pack_bytes(&p, bytes, r->len);
    if (r->code_len) bf_pack_bytes(&p, code, r->code_len);
    bf_pack_pad(&p, size);
}

int bf_sample_unpack(const uint8_t *data, size_t len, bf_sample_rec *out, const uint8_t **bytes,
                     const uint8_t **code)
{
    bf_unpacker u = start(data, len, len);
    out->modality = bf_unpack_u8(&u);
    out->position = bf_unpack_u8(&u);
    out->quality = bf_unpack_u8(&u);
    out->sample = bf_unpack_u8(&u);
    out->code_version = bf_unpack_u8(&u);
    out->code_len = bf_unpack_u16(&u);
    bf_unpack_uint(&u, 4);
    out->len = bf_unpack_u32(&u);
    *bytes = bf_unpack_span(&u, out->len);
    *code = bf_unpack_span(&u, out->code_len);
    if (out->sample >= BF_SAMPLES_MAX || out->quality > 100 || !out->len) return -1;
    return u.bad ? -1 : 0;
}
