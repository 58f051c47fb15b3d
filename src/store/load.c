/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading whole sets of rows: what was altered fails its seal and is named by row; what was
 * removed, added or put back from an earlier time makes a sum differ, and is then named as closely
 * as what remains allows.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/core.h"

const bf_loaded_encounter *bf_loaded__by_id(const bf_loaded *l, uint64_t id)
{
    uint32_t lo = 0, hi = l->encounter_count;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (l->encounters[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < l->encounter_count && l->encounters[lo].id == id ? &l->encounters[lo] : NULL;
}

const bf_loaded_encounter *bf_loaded__by_name(const bf_loaded *l, const char *name)
{
    for (uint32_t i = 0; i < l->encounter_count; i++) {
        if (!strcmp(l->encounters[i].rec.name, name)) return &l->encounters[i];
    }
    return NULL;
}

/* ---- a person ---- */

typedef struct loader {
    bf_store *st;
    const bf_person *person;
    bf_loaded *out;
    uint32_t encounter_cap, sample_cap;
    bf_sumset rows;
} loader;

static bf_status too_many(bf_ctx *c, const loader *l, const bf_row *row)
{
    return bf_ctx_fail(c, BF_ETAMPER, "%s: %s row %llu of %s: was removed once and put back",
                       l->st->path, bf_table_name(row->table), (unsigned long long)row->id,
                       l->person->rec.name);
}

static bf_status bad_record(bf_ctx *c, const loader *l, const bf_row *row)
{
    return bf_ctx_fail(c, BF_ETAMPER, "%s: %s row %llu of %s: damaged", l->st->path,
                       bf_table_name(row->table), (unsigned long long)row->id, l->person->rec.name);
}

static bf_status take_encounter(bf_ctx *c, loader *l, const bf_row *row)
{
    uint8_t *plain;
    size_t len;
    BF_TRY(bf_row__open(c, l->st, row, l->person->key, l->person->rec.name, &plain, &len));
    if (l->out->encounter_count == l->encounter_cap) return too_many(c, l, row);
    bf_loaded_encounter *e = &l->out->encounters[l->out->encounter_count];
    e->id = row->id;
    if (bf_encounter_unpack(plain, len, &e->rec)) return bad_record(c, l, row);
    l->out->encounter_count++;
    return BF_OK;
}

static bf_status take_sample(bf_ctx *c, loader *l, const bf_row *row)
{
    uint8_t *plain;
    size_t len;
    BF_TRY(bf_row__open(c, l->st, row, l->person->key, l->person->rec.name, &plain, &len));
    const bf_loaded_encounter *e = bf_loaded__by_id(l->out, row->encounter);
    if (!e) {
        BF_FAIL(c, BF_ETAMPER, "%s: sample row %llu of %s: its encounter row %llu was removed",
                l->st->path, (unsigned long long)row->id, l->person->rec.name,
                (unsigned long long)row->encounter);
    }
    if (l->out->sample_count == l->sample_cap) return too_many(c, l, row);
    bf_loaded_sample *s = &l->out->samples[l->out->sample_count];
    s->id = row->id;
    s->encounter = row->encounter;
    if (bf_sample_unpack(plain, len, &s->rec, &s->bytes, &s->code)) return bad_record(c, l, row);
    l->out->sample_count++;
    l->out->encounters[e - l->out->encounters].seen++;
    return BF_OK;
}

static bf_status take_table(bf_ctx *c, loader *l, bf_table table,
                            bf_status (*take)(bf_ctx *, loader *, const bf_row *))
{
    uint8_t digest[BF_DIGEST_BYTES];
    bf_row row;
    int more = 1;
    bf_status status = BF_OK;
    sqlite3_stmt *q = bf_sql__get(&l->st->sql, bf_table_sql(table) + BF_SQL_OF_PERSON);
    if (!q) return bf_sql__fail(c, &l->st->sql);
    bf_sql_bind_id(q, 1, l->person->id);
    while (!(status = bf_row__next(c, l->st, q, table, &row, &more)) && more) {
        status = take(c, l, &row);
        if (status) break;
        bf_row__digest(l->st, l->st->keys, &row, digest);
        bf_sumset_add(&l->rows, digest);
    }
    sqlite3_reset(q);
    return status;
}

/* Are the person's images there, none moved, swapped, cut off or put back? Their bytes stay on the
 * disk: see bf_row__digest(). */
static bf_status check_images(bf_ctx *c, const loader *l)
{
    const bf_person *p = l->person;
    bf_store *st = l->st;
    bf_sumset sum = {0};
    uint8_t digest[BF_DIGEST_BYTES], head[BF_ROW_HEAD_BYTES];
    bf_row row;
    int more = 1;
    bf_status status = BF_OK;
    sqlite3_blob *blob = NULL;
    sqlite3_stmt *q = bf_sql__get(&st->sql, BF_SQL_IMAGE_HEADS);
    if (!q) return bf_sql__fail(c, &st->sql);
    bf_sql_bind_id(q, 1, p->id);
    while (!(status = bf_row__next_head(c, st, q, &blob, head, &row, &more)) && more) {
        if (!bf_loaded__by_id(l->out, row.encounter)) {
            status = bf_ctx_fail(c, BF_ETAMPER, "%s: image row %llu of %s: not of its encounters",
                                 st->path, (unsigned long long)row.id, p->rec.name);
            break;
        }
        bf_row__digest(st, st->keys, &row, digest);
        bf_sumset_add(&sum, digest);
    }
    sqlite3_blob_close(blob);
    sqlite3_reset(q);
    BF_TRY(status);
    if (bf_sumset_same(&sum, &p->rec.heavy)) return BF_OK;
    BF_FAIL(c, BF_ETAMPER, "%s: images of %s: %llu rows where %u belong, or one was altered",
            st->path, p->rec.name, (unsigned long long)sum.count, p->rec.images);
}

bf_status bf_person__load(bf_ctx *c, bf_store *st, const bf_person *p, bf_loaded *out)
{
    loader l = {.st = st, .person = p, .out = out};
    memset(out, 0, sizeof *out);
    l.encounter_cap = p->rec.encounters;
    l.sample_cap = p->rec.samples;
    out->encounters = bf_ctx_scratch(c, (size_t)l.encounter_cap + 1, sizeof *out->encounters);
    out->samples = bf_ctx_scratch(c, (size_t)l.sample_cap + 1, sizeof *out->samples);
    if (!out->encounters || !out->samples) BF_FAIL_NOMEM(c);
    BF_TRY(take_table(c, &l, BF_TABLE_ENCOUNTER, take_encounter));
    BF_TRY(take_table(c, &l, BF_TABLE_SAMPLE, take_sample));
    for (uint32_t i = 0; i < out->encounter_count; i++) {
        const bf_loaded_encounter *e = &out->encounters[i];
        if (e->seen == e->rec.samples) continue;
        BF_FAIL(c, BF_ETAMPER, "%s: encounter %s of %s: %u of %u sample rows are there", st->path,
                e->rec.name, p->rec.name, e->seen, e->rec.samples);
    }
    if (out->encounter_count != l.encounter_cap) {
        BF_FAIL(c, BF_ETAMPER, "%s: person %s: %u of %u encounter rows are there", st->path,
                p->rec.name, out->encounter_count, l.encounter_cap);
    }
    if (!bf_sumset_same(&l.rows, &p->rec.rows)) {
        BF_FAIL(c, BF_ETAMPER, "%s: person %s: rows of different times: some were put back",
                st->path, p->rec.name);
    }
    return check_images(c, &l);
}

/* ---- members ---- */

/* The sums differ: find the row whose seal is broken, if there is one. */
static bf_status explain_members(bf_ctx *c, bf_store *st, const bf_gallery *g, uint64_t found)
{
    bf_row row;
    int more = 1;
    bf_status status = BF_OK;
    bf_person *p = bf_locked_alloc(c, sizeof *p);
    if (!p) BF_FAIL_NOMEM(c);
    sqlite3_stmt *q = bf_sql__get(&st->sql, BF_SQL_MEMBER + BF_SQL_ALL);
    while (!(status = bf_row__next(c, st, q, BF_TABLE_MEMBER, &row, &more)) && more) {
        uint8_t *plain;
        size_t len;
        status = bf_person__read(c, st, row.person, p);
        if (status == BF_ENOENT) {
            status = bf_ctx_fail(c, BF_ETAMPER,
                                 "%s: member row %llu: altered, or its person was "
                                 "removed",
                                 st->path, (unsigned long long)row.id);
        }
        if (!status) status = bf_row__open(c, st, &row, p->key, p->rec.name, &plain, &len);
        if (status) break;
    }
    if (q) sqlite3_reset(q);
    bf_locked_free(p);
    if (status) return status;
    BF_FAIL(c, BF_ETAMPER,
            "%s: gallery %s: %llu member rows where %llu belong, or one was put back", st->path,
            g->rec.name, (unsigned long long)found, (unsigned long long)g->rec.members.count);
}

typedef struct members {
    bf_membership *items;
    size_t count, cap;
} members;

static bf_status push(bf_ctx *c, members *m, const bf_row *row)
{
    if (m->count == m->cap) {
        size_t cap = m->cap ? m->cap * 2 : 64;
        bf_membership *bigger = bf_ctx_alloc(c, cap, sizeof *bigger);
        if (!bigger) BF_FAIL_NOMEM(c);
        if (m->count) memcpy(bigger, m->items, m->count * sizeof *bigger);
        bf_ctx_release(c, m->items);
        m->items = bigger;
        m->cap = cap;
    }
    m->items[m->count++] = (bf_membership){row->id, row->person, row->encounter, row->gallery};
    return BF_OK;
}

static int by_person(const void *a, const void *b)
{
    const bf_membership *x = a, *y = b;
    if (x->person != y->person) return x->person < y->person ? -1 : 1;
    if (x->encounter != y->encounter) return x->encounter < y->encounter ? -1 : 1;
    return x->gallery < y->gallery ? -1 : x->gallery > y->gallery;
}

static bf_status read_members(bf_ctx *c, bf_store *st, bf_galleries *g, const bf_gallery *only,
                              members *m, bf_sumset *sums)
{
    uint8_t digest[BF_DIGEST_BYTES];
    bf_row row;
    int more = 1;
    bf_status status = BF_OK;
    sqlite3_stmt *q = bf_sql__get(&st->sql, only ? BF_SQL_MEMBERS_OF : BF_SQL_MEMBER + BF_SQL_ALL);
    if (!q) return bf_sql__fail(c, &st->sql);
    if (only) bf_sql_bind_id(q, 1, only->id);
    while (!(status = bf_row__next(c, st, q, BF_TABLE_MEMBER, &row, &more)) && more) {
        bf_gallery *of = bf_galleries__by_id(g, row.gallery);
        if (!of) {
            status = bf_ctx_fail(c, BF_ETAMPER, "%s: member row %llu: altered", st->path,
                                 (unsigned long long)row.id);
            break;
        }
        bf_row__digest(st, st->keys, &row, digest);
        bf_sumset_add(&sums[of - g->items], digest);
        status = push(c, m, &row);
        if (status) break;
    }
    sqlite3_reset(q);
    return status;
}

bf_status bf_store__members(bf_ctx *c, bf_store *st, bf_galleries *g, const bf_gallery *gallery,
                            bf_membership **out, size_t *count)
{
    members m = {0};
    bf_sumset *sums = bf_ctx_alloc(c, g->count + 1, sizeof *sums);
    if (!sums) BF_FAIL_NOMEM(c);
    bf_status status = read_members(c, st, g, gallery, &m, sums);
    for (size_t i = 0; !status && i < g->count; i++) {
        const bf_gallery *one = &g->items[i];
        if (gallery && gallery != one) continue;
        if (!bf_sumset_same(&sums[i], &one->rec.members)) {
            status = explain_members(c, st, one, sums[i].count);
        }
    }
    bf_ctx_release(c, sums);
    if (status) {
        bf_ctx_release(c, m.items);
        return status;
    }
    if (!out) {
        bf_ctx_release(c, m.items);
        return BF_OK;
    }
    if (m.count) qsort(m.items, m.count, sizeof *m.items, by_person);
    *out = m.items;
    *count = m.count;
    return BF_OK;
}
