/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A parcel, version 1, little-endian. A text is a length byte and that many bytes.
 *
 *     1  version 1
 *     t  person
 *     4  encounters, 1..4096; for each:
 *          t 8  id, time (seconds since 1970)
 *          2    galleries, 0..64; a text each
 *          1    samples, 1..64; for each:
 *                 1 1 1  modality, position, quality
 *                 4 .    template bytes
 *                 4 .    image file, of length 0 if there is none
 */
#include "store/parcel.h"

#include <stdio.h>
#include <string.h>

#include "store/log.h"
#include "vault/pack.h"
#include "vault/sealed_file.h"

#define GALLERIES_MAX 64u
#define TIME_MAX_S 253402300799 /* the end of the year 9999: sums with it cannot overflow */

static bf_status malformed(bf_ctx *c, const char *name)
{
    return bf_ctx_fail(c, BF_EFORMAT, "%s: malformed export", name);
}

/* ---- read ---- */

static bf_status parse_samples(bf_ctx *c, const char *name, bf_unpacker *u, bf_parcel_encounter *e)
{
    e->sample_count = bf_unpack_u8(u);
    if (u->bad || !e->sample_count || e->sample_count > BF_SAMPLES_MAX) return malformed(c, name);
    e->samples = bf_ctx_scratch(c, e->sample_count, sizeof *e->samples);
    if (!e->samples) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < e->sample_count; i++) {
        bf_new_sample *s = &e->samples[i];
        s->rec.modality = bf_unpack_u8(u);
        s->rec.position = bf_unpack_u8(u);
        s->rec.quality = bf_unpack_u8(u);
        s->rec.len = bf_unpack_u32(u);
        s->bytes = bf_unpack_span(u, s->rec.len);
        s->image_len = bf_unpack_u32(u);
        s->image = bf_unpack_span(u, s->image_len);
        if (u->bad || s->rec.quality > 100 || !s->rec.len || s->rec.len > BF_TEMPLATE_MAX_BYTES ||
            s->image_len > BF_STORE_IMAGE_MAX_BYTES) {
            return malformed(c, name);
        }
        if (!s->image_len) s->image = NULL;
    }
    return BF_OK;
}

static bf_status parse_encounter(bf_ctx *c, const char *name, bf_unpacker *u,
                                 bf_parcel_encounter *e)
{
    bf_unpack_text(u, e->name, sizeof e->name);
    e->time_s = (int64_t)bf_unpack_u64(u);
    e->gallery_count = bf_unpack_u16(u);
    if (u->bad || !bf_id_ok(e->name) || e->gallery_count > GALLERIES_MAX) return malformed(c, name);
    if (e->time_s < 0 || e->time_s > TIME_MAX_S) return malformed(c, name);
    e->galleries = bf_ctx_scratch(c, (size_t)e->gallery_count + 1, sizeof *e->galleries);
    if (!e->galleries) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < e->gallery_count; i++) {
        bf_unpack_text(u, e->galleries[i], BF_NAME_BYTES);
        if (u->bad || !bf_id_ok(e->galleries[i])) return malformed(c, name);
    }
    return parse_samples(c, name, u, e);
}

bf_status bf_parcel__parse(bf_ctx *c, const char *name, const uint8_t *data, size_t len,
                           bf_parcel *out)
{
    bf_unpacker u = {data, 0, len, 0};
    memset(out, 0, sizeof *out);
    uint8_t version = bf_unpack_u8(&u);
    bf_unpack_text(&u, out->person, sizeof out->person);
    out->encounter_count = bf_unpack_u32(&u);
    if (u.bad || version != 1 || !bf_id_ok(out->person) || !out->encounter_count ||
        out->encounter_count > BF_ENCOUNTERS_MAX) {
        return malformed(c, name);
    }
    out->encounters = bf_ctx_scratch(c, out->encounter_count, sizeof *out->encounters);
    if (!out->encounters) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < out->encounter_count; i++) {
        BF_TRY(parse_encounter(c, name, &u, &out->encounters[i]));
        for (uint32_t j = 0; j < i; j++) {
            if (!strcmp(out->encounters[i].name, out->encounters[j].name))
                return malformed(c, name);
        }
    }
    return u.at == u.len ? BF_OK : malformed(c, name);
}

/* ---- write ---- */

typedef struct image {
    uint64_t encounter;
    bf_sample_rec rec;
    const uint8_t *bytes;
} image;

typedef struct writer {
    bf_store *st;
    bf_person *person;
    bf_galleries galleries;
    bf_loaded loaded;
    bf_membership *members;
    size_t member_count;
    image *images;
    size_t image_count;
} writer;

/* All kept images of the person, into scratch. */
static bf_status load_images(bf_ctx *c, writer *w)
{
    bf_row row;
    int more = 1;
    bf_status status = BF_OK;
    bf_sumset sum = {0};
    const bf_person *p = w->person;
    w->images = bf_ctx_scratch(c, (size_t)p->rec.images + 1, sizeof *w->images);
    if (!w->images) BF_FAIL_NOMEM(c);
    sqlite3_stmt *q = bf_sql__get(&w->st->sql, BF_SQL_IMAGE + BF_SQL_OF_PERSON);
    if (!q) return bf_sql__fail(c, &w->st->sql);
    bf_sql_bind_id(q, 1, p->id);
    while (!(status = bf_row__next(c, w->st, q, BF_TABLE_IMAGE, &row, &more)) && more) {
        uint8_t *plain, digest[BF_DIGEST_BYTES];
        const uint8_t *code; /* an image has none */
        size_t len;
        image *i = &w->images[w->image_count];
        if (w->image_count == p->rec.images) break;
        status = bf_row__open(c, w->st, &row, p->key, p->rec.name, &plain, &len);
        if (status) break;
        i->encounter = row.encounter;
        if (bf_sample_unpack(plain, len, &i->rec, &i->bytes, &code)) break;
        bf_row__digest(w->st, w->st->keys, &row, digest);
        bf_sumset_add(&sum, digest);
        w->image_count++;
    }
    sqlite3_reset(q);
    BF_TRY(status);
    if (!bf_sumset_same(&sum, &p->rec.heavy)) {
        BF_FAIL(c, BF_ETAMPER, "%s: images of %s: some were removed or put back", w->st->path,
                p->rec.name);
    }
    return BF_OK;
}

static void write_sample(bf_packer *p, const writer *w, const bf_loaded_sample *s)
{
    const image *found = NULL;
    for (size_t i = 0; i < w->image_count; i++) {
        if (w->images[i].encounter == s->encounter && w->images[i].rec.sample == s->rec.sample) {
            found = &w->images[i];
        }
    }
    bf_pack_u8(p, s->rec.modality);
    bf_pack_u8(p, s->rec.position);
    bf_pack_u8(p, s->rec.quality);
    bf_pack_u32(p, s->rec.len);
    bf_pack_bytes(p, s->bytes, s->rec.len);
    bf_pack_u32(p, found ? found->rec.len : 0);
    if (found) bf_pack_bytes(p, found->bytes, found->rec.len);
}

static void write_encounter(bf_packer *p, writer *w, const bf_loaded_encounter *e)
{
    uint16_t galleries = 0;
    bf_pack_text(p, e->rec.name);
    bf_pack_u64(p, (uint64_t)e->rec.time_s);
    size_t count_at = p->len;
    bf_pack_u16(p, 0);
    for (size_t i = 0; i < w->member_count && galleries < GALLERIES_MAX; i++) {
        const bf_gallery *g = bf_galleries__by_id(&w->galleries, w->members[i].gallery);
        if (w->members[i].encounter != e->id || w->members[i].person != w->person->id || !g)
            continue;
        bf_pack_text(p, g->rec.name);
        galleries++;
    }
    if (!p->bad) {
        bf_packer at = {p->data + count_at, 0, 2, 0};
        bf_pack_u16(&at, galleries);
    }
    bf_pack_u8(p, (uint8_t)e->rec.samples);
    for (uint32_t i = 0; i < w->loaded.sample_count; i++) {
        if (w->loaded.samples[i].encounter == e->id) write_sample(p, w, &w->loaded.samples[i]);
    }
}

static size_t bound(const writer *w)
{
    size_t n = 128 + (size_t)w->loaded.encounter_count * 128;
    for (size_t i = 0; i < w->member_count; i++)
        n += w->members[i].person == w->person->id ? 72 : 0;
    for (uint32_t i = 0; i < w->loaded.sample_count; i++) n += 16 + w->loaded.samples[i].rec.len;
    for (size_t i = 0; i < w->image_count; i++) n += w->images[i].rec.len;
    return n;
}

static bf_status write_person(bf_ctx *c, writer *w, const char *person, int with_images,
                              uint8_t **out, size_t *out_len)
{
    BF_TRY(bf_store__load(c, w->st, &w->galleries));
    BF_TRY(bf_person__find(c, w->st, person, w->person));
    BF_TRY(bf_person__load(c, w->st, w->person, &w->loaded));
    /* Of all galleries, since only whole galleries can be checked. */
    BF_TRY(bf_store__members(c, w->st, &w->galleries, NULL, &w->members, &w->member_count));
    if (with_images) BF_TRY(load_images(c, w));
    size_t cap = bound(w);
    if (cap > BF_SEALED_PLAIN_MAX) {
        BF_FAIL(c, BF_ELIMIT, "%s: person %s is more than one export holds", w->st->path, person);
    }
    uint8_t *data = bf_ctx_alloc(c, cap, 1);
    if (!data) BF_FAIL_NOMEM(c);
    bf_packer p = {data, 0, cap, 0};
    bf_pack_u8(&p, 1);
    bf_pack_text(&p, w->person->rec.name);
    bf_pack_u32(&p, w->loaded.encounter_count);
    for (uint32_t i = 0; i < w->loaded.encounter_count; i++) {
        write_encounter(&p, w, &w->loaded.encounters[i]);
    }
    *out = data;
    *out_len = p.len;
    return BF_OK;
}

bf_status bf_parcel__write(bf_ctx *c, bf_store *st, const char *person, int with_images,
                           uint64_t *out_person_id, uint8_t **out, size_t *out_len)
{
    writer w = {.st = st};
    w.person = bf_locked_alloc(c, sizeof *w.person);
    if (!w.person) BF_FAIL_NOMEM(c);
    bf_status status = write_person(c, &w, person, with_images, out, out_len);
    *out_person_id = w.person->id;
    bf_galleries__free(c, &w.galleries);
    bf_ctx_release(c, w.members);
    bf_locked_free(w.person);
    return status;
}

/* ---- enrol ---- */

static bf_status enroll_one(bf_ctx *c, bf_store *st, bf_person *p, bf_galleries *g,
                            const bf_parcel_encounter *e, const char *gallery, const char *purpose)
{
    char name[BF_NAME_BYTES];
    const char *names[GALLERIES_MAX];
    for (uint32_t i = 0; i < e->gallery_count; i++) names[i] = e->galleries[i];
    bf_new_encounter n = {.name = e->name,
                          .time_s = e->time_s,
                          .samples = e->samples,
                          .sample_count = e->sample_count,
                          .galleries = names,
                          .gallery_count = e->gallery_count,
                          .purpose = purpose};
    if (gallery) {
        n.galleries = &gallery;
        n.gallery_count = 1;
    }
    return bf_person__add_encounter(c, st, p, g, &n, name);
}

static bf_status enroll_all(bf_ctx *c, bf_store *st, const bf_parcel *parcel, const char *person,
                            const char *gallery, const char *purpose, bf_person *p, bf_galleries *g)
{
    bf_loaded loaded = {0};
    BF_TRY(bf_store__load(c, st, g));
    bf_status status = bf_person__find(c, st, person, p);
    int is_new = status == BF_ENOENT;
    if (is_new)
        bf_person__new(st, person, p);
    else
        BF_TRY(status);
    if (!is_new) BF_TRY(bf_person__load(c, st, p, &loaded));
    for (uint32_t i = 0; i < parcel->encounter_count; i++) {
        if (bf_loaded__by_name(&loaded, parcel->encounters[i].name)) {
            BF_FAIL(c, BF_EEXIST, "%s: person %s has an encounter %s already", st->path, person,
                    parcel->encounters[i].name);
        }
        BF_TRY(enroll_one(c, st, p, g, &parcel->encounters[i], gallery, purpose));
    }
    BF_TRY(bf_person__save(c, st, p, is_new));
    BF_TRY(bf_galleries__save(c, st, st->keys, g, 0));
    bf_audit_rec rec = {.operation = BF_OP_IMPORT, .person = p->id};
    const bf_gallery *one = gallery ? bf_galleries__find(g, gallery) : NULL;
    if (one) rec.gallery = one->id;
    snprintf(rec.purpose, sizeof rec.purpose, "%s",
             purpose ? purpose
             : one   ? one->rec.purpose
                     : st->meta.purpose);
    snprintf(rec.detail, sizeof rec.detail, "%u encounters%s", parcel->encounter_count,
             is_new ? ", new person" : "");
    return bf_log__append(c, st, &rec);
}

bf_status bf_parcel__enroll(bf_ctx *c, bf_store *st, const bf_parcel *parcel, const char *person,
                            const char *gallery, const char *purpose)
{
    bf_galleries g = {0};
    bf_person *p = bf_locked_alloc(c, sizeof *p);
    if (!p) BF_FAIL_NOMEM(c);
    bf_status status = bf_store__begin(c, st, 1);
    if (!status) {
        status =
            enroll_all(c, st, parcel, person ? person : parcel->person, gallery, purpose, p, &g);
    }
    if (!status)
        status = bf_store__commit(c, st);
    else
        bf_store__rollback(c, st);
    bf_galleries__free(c, &g);
    bf_locked_free(p);
    return status;
}
