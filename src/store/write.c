/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment and gallery settings: what changes rows without changing keys. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "store/core.h"
#include "store/log.h"

/* Plaintext in scratch, sealed into a new row; its digest is counted into `sum`. */
static bf_status add_row(bf_ctx *c, bf_store *st, bf_row *row, const uint8_t *key,
                         const uint8_t *plain, size_t len, bf_sumset *sum)
{
    uint8_t digest[BF_DIGEST_BYTES];
    BF_TRY(bf_row__put(c, st, st->keys, row, 0, key, plain, len, digest));
    bf_sumset_add(sum, digest);
    return BF_OK;
}

static bf_status add_blob(bf_ctx *c, bf_store *st, bf_person *p, bf_table table, uint64_t encounter,
                          const bf_sample_rec *rec, const uint8_t *bytes, const uint8_t *code,
                          size_t size, bf_sumset *sum)
{
    bf_arena_mark mark = bf_arena_save(&c->arena);
    uint8_t *plain = bf_ctx_scratch(c, size, 1);
    if (!plain) BF_FAIL_NOMEM(c);
    bf_sample_pack(rec, bytes, code, plain, size);
    bf_row row = {
        .table = table, .id = st->meta.next_id++, .person = p->id, .encounter = encounter};
    bf_status status = add_row(c, st, &row, p->key, plain, size, sum);
    bf_arena_restore(&c->arena, mark);
    return status;
}

static bf_status add_samples(bf_ctx *c, bf_store *st, bf_person *p, uint64_t encounter,
                             const bf_new_encounter *e)
{
    for (uint32_t i = 0; i < e->sample_count; i++) {
        const bf_new_sample *s = &e->samples[i];
        bf_sample_rec rec = s->rec;
        rec.sample = (uint8_t)i;
        BF_TRY(add_blob(c, st, p, BF_TABLE_SAMPLE, encounter, &rec, s->bytes, s->code,
                        bf_template_size_class(BF_SAMPLE_HEADER + rec.len + rec.code_len),
                        &p->rec.rows));
        p->rec.samples++;
        if (!s->image) continue;
        rec.len = (uint32_t)s->image_len;
        rec.code_len = 0;
        rec.code_version = 0;
        BF_TRY(add_blob(c, st, p, BF_TABLE_IMAGE, encounter, &rec, s->image, NULL,
                        bf_image_size_class(BF_SAMPLE_HEADER + s->image_len), &p->rec.heavy));
        p->rec.images++;
    }
    return BF_OK;
}

static bf_status add_member(bf_ctx *c, bf_store *st, const bf_person *p, uint64_t encounter,
                            bf_gallery *g)
{
    /* Nothing to hide: the row is its associated data, and the seal is its signature. */
    static const uint8_t plain[BF_MEMBER_PLAIN];
    bf_row row = {.table = BF_TABLE_MEMBER,
                  .id = st->meta.next_id++,
                  .person = p->id,
                  .encounter = encounter,
                  .gallery = g->id};
    g->changed = 1;
    return add_row(c, st, &row, p->key, plain, sizeof plain, &g->rec.members);
}

static bf_status add_members(bf_ctx *c, bf_store *st, const bf_person *p, uint64_t encounter,
                             bf_galleries *g, const char *const *names, uint32_t count,
                             const char *purpose, uint32_t retention_days)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t before = 0;
        while (strcmp(names[before], names[i]) != 0) before++;
        if (before < i) continue; /* named twice */
        bf_gallery *one = bf_galleries__find(g, names[i]);
        if (!one) {
            BF_TRY(bf_galleries__add(c, st, g, names[i], purpose, retention_days));
            one = &g->items[g->count - 1];
        }
        BF_TRY(add_member(c, st, p, encounter, one));
    }
    return BF_OK;
}

static void make_name(char out[BF_NAME_BYTES])
{
    uint8_t r[10];
    char hex[2 * sizeof r + 1];
    randombytes_buf(r, sizeof r);
    sodium_bin2hex(hex, sizeof hex, r, sizeof r);
    snprintf(out, BF_NAME_BYTES, "e-%s", hex);
}

bf_status bf_person__add_encounter(bf_ctx *c, bf_store *st, bf_person *p, bf_galleries *g,
                                   const bf_new_encounter *e, char out_name[BF_NAME_BYTES])
{
    bf_encounter_rec rec = {.samples = e->sample_count};
    uint8_t plain[BF_ENCOUNTER_PLAIN];
    rec.time_s = e->time_s;
    for (uint32_t i = 0; i < e->sample_count; i++) rec.images += e->samples[i].image ? 1 : 0;
    if (e->name)
        snprintf(rec.name, sizeof rec.name, "%s", e->name);
    else
        make_name(rec.name);
    if (p->rec.encounters == BF_ENCOUNTERS_MAX) {
        BF_FAIL(c, BF_ELIMIT, "%s: person %s has %u encounters already", st->path, p->rec.name,
                BF_ENCOUNTERS_MAX);
    }
    bf_row row = {.table = BF_TABLE_ENCOUNTER, .id = st->meta.next_id++, .person = p->id};
    row.encounter = row.id;
    bf_encounter_pack(&rec, plain);
    bf_status status = add_row(c, st, &row, p->key, plain, sizeof plain, &p->rec.rows);
    bf_wipe(plain, sizeof plain);
    BF_TRY(status);
    p->rec.encounters++;
    BF_TRY(add_samples(c, st, p, row.id, e));
    BF_TRY(add_members(c, st, p, row.id, g, e->galleries, e->gallery_count, e->purpose,
                       e->retention_days));
    memcpy(out_name, rec.name, BF_NAME_BYTES);
    return BF_OK;
}

/* @param is_new  out */
static bf_status find_or_make(bf_ctx *c, bf_store *st, const char *name, const char *encounter,
                              bf_person *p, int *is_new)
{
    bf_loaded loaded;
    bf_status status = bf_person__find(c, st, name, p);
    *is_new = status == BF_ENOENT;
    if (*is_new) {
        bf_person__new(st, name, p);
        return BF_OK;
    }
    BF_TRY(status);
    bf_arena_mark mark = bf_arena_save(&c->arena);
    status = bf_person__load(c, st, p, &loaded);
    if (!status && encounter && bf_loaded__by_name(&loaded, encounter)) {
        status = bf_ctx_fail(c, BF_EEXIST, "%s: person %s has an encounter %s already", st->path,
                             name, encounter);
    }
    bf_arena_restore(&c->arena, mark);
    return status;
}

/* Galleries are saved by the caller. */
static bf_status enroll(bf_ctx *c, bf_store *st, const char *person, const bf_new_encounter *e,
                        bf_person *p, bf_galleries *g, char out_name[BF_NAME_BYTES])
{
    int is_new;
    BF_TRY(find_or_make(c, st, person, e->name, p, &is_new));
    BF_TRY(bf_person__add_encounter(c, st, p, g, e, out_name));
    BF_TRY(bf_person__save(c, st, p, is_new));
    bf_audit_rec rec = {.operation = BF_OP_ENROLL, .person = p->id};
    const bf_gallery *first = e->gallery_count ? bf_galleries__find(g, e->galleries[0]) : NULL;
    if (first) {
        rec.gallery = first->id;
        memcpy(rec.purpose, first->rec.purpose, sizeof rec.purpose);
    } else {
        snprintf(rec.purpose, sizeof rec.purpose, "%s", e->purpose ? e->purpose : st->meta.purpose);
    }
    snprintf(rec.detail, sizeof rec.detail, "%u sample%s, %u %s%s", e->sample_count,
             bf_plural(e->sample_count), e->gallery_count,
             e->gallery_count == 1 ? "gallery" : "galleries", is_new ? ", new person" : "");
    return bf_log__append(c, st, &rec);
}

static bf_status enroll_all(bf_ctx *c, bf_store *st, const bf_new_encounter *e, size_t count,
                            bf_person *p, bf_galleries *g, char out_name[BF_NAME_BYTES])
{
    BF_TRY(bf_store__load(c, st, g));
    for (size_t i = 0; i < count; i++) {
        bf_arena_mark mark = bf_arena_save(&c->arena);
        bf_status status = enroll(c, st, e[i].person, &e[i], p, g, out_name);
        bf_arena_restore(&c->arena, mark);
        BF_TRY(status);
    }
    return bf_galleries__save(c, st, st->keys, g, 0);
}

bf_status bf_store__enroll(bf_ctx *c, bf_store *st, const bf_new_encounter *e, size_t count,
                           char out_name[BF_NAME_BYTES])
{
    bf_galleries g = {0};
    char name[BF_NAME_BYTES];
    bf_person *p = bf_locked_alloc(c, sizeof *p);
    if (!p) BF_FAIL_NOMEM(c);
    bf_status status = bf_store__begin(c, st, 1);
    if (!status) status = enroll_all(c, st, e, count, p, &g, name);
    if (!status)
        status = bf_store__commit(c, st);
    else
        bf_store__rollback(c, st);
    bf_galleries__free(c, &g);
    bf_locked_free(p);
    if (!status && out_name) memcpy(out_name, name, sizeof name);
    return status;
}

/* ---- galleries of an encounter ---- */

static bf_status leave_all(bf_ctx *c, bf_store *st, const bf_person *p, uint64_t encounter,
                           bf_galleries *g)
{
    uint8_t digest[BF_DIGEST_BYTES];
    uint64_t ids[64];
    size_t count;
    do { /* rows are deleted in turns: not while the statement is on them */
        bf_row row;
        int more = 1;
        bf_status status = BF_OK;
        count = 0;
        sqlite3_stmt *q = bf_sql__get(&st->sql, BF_SQL_MEMBER + BF_SQL_OF_PERSON);
        if (!q) return bf_sql__fail(c, &st->sql);
        bf_sql_bind_id(q, 1, p->id);
        while (count < 64 && !(status = bf_row__next(c, st, q, BF_TABLE_MEMBER, &row, &more)) &&
               more) {
            bf_gallery *of = bf_galleries__by_id(g, row.gallery);
            uint8_t *plain;
            size_t len;
            if (row.encounter != encounter) continue;
            status = bf_row__open(c, st, &row, p->key, p->rec.name, &plain, &len);
            if (!status && !of)
                status = bf_ctx_fail(c, BF_ETAMPER, "%s: a gallery row was removed", st->path);
            if (status) break;
            bf_row__digest(st, st->keys, &row, digest);
            bf_sumset_take(&of->rec.members, digest);
            of->changed = 1;
            ids[count++] = row.id;
        }
        sqlite3_reset(q);
        BF_TRY(status);
        for (size_t i = 0; i < count; i++) BF_TRY(bf_row__delete(c, st, BF_TABLE_MEMBER, ids[i]));
    } while (count == 64);
    return BF_OK;
}

static bf_status set_galleries(bf_ctx *c, bf_store *st, const char *person, const char *encounter,
                               const char *const *names, uint32_t count, bf_person *p,
                               bf_galleries *g)
{
    bf_loaded loaded;
    BF_TRY(bf_store__load(c, st, g));
    BF_TRY(bf_person__find(c, st, person, p));
    BF_TRY(bf_person__load(c, st, p, &loaded));
    BF_TRY(bf_store__members(c, st, g, NULL, NULL, NULL));
    const bf_loaded_encounter *e = bf_loaded__by_name(&loaded, encounter);
    if (!e) {
        BF_FAIL(c, BF_ENOENT, "%s: person %s has no encounter %s", st->path, person, encounter);
    }
    BF_TRY(leave_all(c, st, p, e->id, g));
    BF_TRY(add_members(c, st, p, e->id, g, names, count, NULL, 0));
    BF_TRY(bf_galleries__save(c, st, st->keys, g, 0));
    bf_audit_rec rec = {.operation = BF_OP_SET_GALLERIES, .person = p->id};
    snprintf(rec.detail, sizeof rec.detail, "now in %u galleries", count);
    return bf_log__append(c, st, &rec);
}

bf_status bf_store__set_galleries(bf_ctx *c, bf_store *st, const char *person,
                                  const char *encounter, const char *const *galleries,
                                  uint32_t count)
{
    bf_galleries g = {0};
    bf_person *p = bf_locked_alloc(c, sizeof *p);
    if (!p) BF_FAIL_NOMEM(c);
    bf_status status = bf_store__begin(c, st, 1);
    if (!status) status = set_galleries(c, st, person, encounter, galleries, count, p, &g);
    if (!status)
        status = bf_store__commit(c, st);
    else
        bf_store__rollback(c, st);
    bf_galleries__free(c, &g);
    bf_locked_free(p);
    return status;
}

static bf_status set_gallery(bf_ctx *c, bf_store *st, const char *name, const char *purpose,
                             uint32_t retention_days, bf_galleries *g)
{
    BF_TRY(bf_store__load(c, st, g));
    bf_gallery *one = bf_galleries__find(g, name);
    if (!one) {
        BF_TRY(bf_galleries__add(c, st, g, name, purpose, retention_days));
        one = &g->items[g->count - 1];
    } else {
        one->changed = 1;
        one->rec.retention_days = retention_days;
        if (purpose) snprintf(one->rec.purpose, sizeof one->rec.purpose, "%s", purpose);
        BF_TRY(bf_galleries__save(c, st, st->keys, g, 0));
    }
    bf_audit_rec rec = {.operation = BF_OP_SET_GALLERY, .gallery = one->id};
    memcpy(rec.purpose, one->rec.purpose, sizeof rec.purpose);
    snprintf(rec.detail, sizeof rec.detail, "kept for %u days", retention_days);
    return bf_log__append(c, st, &rec);
}

bf_status bf_store__set_gallery(bf_ctx *c, bf_store *st, const char *gallery, const char *purpose,
                                uint32_t retention_days)
{
    bf_galleries g = {0};
    BF_TRY(bf_store__begin(c, st, 1));
    bf_status status = set_gallery(c, st, gallery, purpose, retention_days, &g);
    if (!status)
        status = bf_store__commit(c, st);
    else
        bf_store__rollback(c, st);
    bf_galleries__free(c, &g);
    return status;
}
