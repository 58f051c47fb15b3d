/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows. The associated data of every seal says which store, table, row, person, encounter and
 * gallery it is for: a sealed value means something only where it was put. Every row also has a
 * digest under the row key over all its columns; sums of these (sumset.h) stand one level up:
 *
 *     meta ── persons by bucket ── person ── its encounters, samples; its images
 *          └─ galleries ── gallery ── its members
 */
#include <sodium.h>
#include <string.h>

#include "store/core.h"
#include "vault/pack.h"

#define AD_BYTES 56u

static void row_ad(const bf_store *st, bf_table table, uint64_t id, uint64_t person,
                   uint64_t encounter, uint64_t gallery, uint8_t ad[AD_BYTES])
{
    bf_packer p = {ad, 0, AD_BYTES, 0};
    bf_pack_bytes(&p, "bf row1", 7);
    bf_pack_u8(&p, (uint8_t)table);
    bf_pack_bytes(&p, st->id, sizeof st->id);
    bf_pack_u64(&p, id);
    bf_pack_u64(&p, person);
    bf_pack_u64(&p, encounter);
    bf_pack_u64(&p, gallery);
}

const char *bf_table_name(bf_table table)
{
    switch (table) {
    case BF_TABLE_ENCOUNTER: return "encounter";
    case BF_TABLE_SAMPLE: return "sample";
    case BF_TABLE_IMAGE: return "image";
    case BF_TABLE_MEMBER: return "member";
    default: return "row";
    }
}

int bf_table_sql(bf_table table)
{
    switch (table) {
    case BF_TABLE_ENCOUNTER: return BF_SQL_ENCOUNTER;
    case BF_TABLE_SAMPLE: return BF_SQL_SAMPLE;
    case BF_TABLE_IMAGE: return BF_SQL_IMAGE;
    default: return BF_SQL_MEMBER;
    }
}

/* ---- rows of a person ---- */

void bf_row__digest(const bf_store *st, const bf_store_keys *keys, const bf_row *row,
                    uint8_t out[BF_DIGEST_BYTES])
{
    uint8_t ad[AD_BYTES], len[8];
    row_ad(st, row->table, row->id, row->person, row->encounter, row->gallery, ad);
    bf_part parts[] = {{ad, sizeof ad}, {row->sealed, row->sealed_len}, {len, 0}};
    if (row->table == BF_TABLE_IMAGE) {
        bf_packer p = {len, 0, sizeof len, 0};
        bf_pack_u64(&p, row->sealed_len);
        parts[1].len = row->sealed_len < BF_ROW_HEAD_BYTES ? row->sealed_len : BF_ROW_HEAD_BYTES;
        parts[2].len = sizeof len;
    }
    bf_digest(keys->row, "row", parts, row->table == BF_TABLE_IMAGE ? 3 : 2, out);
}

bf_status bf_row__next(bf_ctx *c, bf_store *st, sqlite3_stmt *q, bf_table table, bf_row *out,
                       int *more)
{
    BF_TRY(bf_sql__step(c, &st->sql, q, more));
    if (!*more) return BF_OK;
    out->table = table;
    out->id = bf_sql_id_at(q, 0);
    out->person = bf_sql_id_at(q, 1);
    out->encounter = bf_sql_id_at(q, 2);
    out->gallery = bf_sql_id_at(q, 3);
    /* The same bytes as text are not what was written. */
    int blob = sqlite3_column_type(q, 4) == SQLITE_BLOB;
    out->sealed = blob ? sqlite3_column_blob(q, 4) : NULL;
    out->sealed_len = blob ? (size_t)sqlite3_column_bytes(q, 4) : 0;
    return BF_OK;
}

bf_status bf_row__next_head(bf_ctx *c, bf_store *st, sqlite3_stmt *q, sqlite3_blob **blob,
                            uint8_t head[BF_ROW_HEAD_BYTES], bf_row *out, int *more)
{
    BF_TRY(bf_sql__step(c, &st->sql, q, more));
    if (!*more) return BF_OK;
    *out = (bf_row){.table = BF_TABLE_IMAGE,
                    .id = bf_sql_id_at(q, 0),
                    .person = bf_sql_id_at(q, 1),
                    .encounter = bf_sql_id_at(q, 2),
                    .sealed = head,
                    .sealed_len = (size_t)bf_sql_id_at(q, 3)};
    if (sqlite3_column_int(q, 4) != 1 || out->sealed_len < BF_ROW_HEAD_BYTES) {
        BF_FAIL(c, BF_ETAMPER, "%s: image row %llu: altered", st->path,
                (unsigned long long)out->id);
    }
    return bf_sql__image_head(c, &st->sql, blob, out->id, head, BF_ROW_HEAD_BYTES);
}

bf_status bf_row__open(bf_ctx *c, bf_store *st, const bf_row *row, const uint8_t *key,
                       const char *whose, uint8_t **out, size_t *out_len)
{
    uint8_t ad[AD_BYTES];
    size_t len = row->sealed_len < BF_SEAL_OVERHEAD ? 0 : row->sealed_len - BF_SEAL_OVERHEAD;
    uint8_t *plain = bf_ctx_scratch(c, len ? len : 1, 1);
    if (!plain) BF_FAIL_NOMEM(c);
    row_ad(st, row->table, row->id, row->person, row->encounter, row->gallery, ad);
    if (bf_unseal(key, ad, sizeof ad, row->sealed, row->sealed_len, plain)) {
        BF_FAIL(c, BF_ETAMPER, "%s: %s row %llu of %s: altered, moved or copied", st->path,
                bf_table_name(row->table), (unsigned long long)row->id, whose);
    }
    *out = plain;
    *out_len = len;
    return BF_OK;
}

bf_status bf_row__put(bf_ctx *c, bf_store *st, const bf_store_keys *keys, bf_row *row, int update,
                      const uint8_t *key, const uint8_t *plain, size_t len,
                      uint8_t digest[BF_DIGEST_BYTES])
{
    uint8_t ad[AD_BYTES];
    bf_arena_mark mark = bf_arena_save(&c->arena);
    uint8_t *sealed = bf_ctx_scratch(c, len + BF_SEAL_OVERHEAD, 1);
    if (!sealed) BF_FAIL_NOMEM(c);
    row_ad(st, row->table, row->id, row->person, row->encounter, row->gallery, ad);
    bf_seal(key, ad, sizeof ad, plain, len, sealed);
    row->sealed = sealed;
    row->sealed_len = len + BF_SEAL_OVERHEAD;
    bf_row__digest(st, keys, row, digest);
    int id = bf_table_sql(row->table) + (update ? BF_SQL_UPDATE : BF_SQL_INSERT);
    sqlite3_stmt *q = bf_sql__get(&st->sql, id);
    bf_status status = q ? BF_OK : bf_sql__fail(c, &st->sql);
    if (!status) {
        bf_sql_bind_id(q, 1, row->id);
        if (!update) {
            bf_sql_bind_id(q, 2, row->person);
            if (row->table != BF_TABLE_ENCOUNTER) bf_sql_bind_id(q, 3, row->encounter);
            if (row->table == BF_TABLE_MEMBER) bf_sql_bind_id(q, 4, row->gallery);
        }
        sqlite3_bind_blob(q, 5, sealed, (int)row->sealed_len, SQLITE_STATIC);
        status = bf_sql__run(c, &st->sql, q);
        sqlite3_clear_bindings(q);
    }
    row->sealed = NULL;
    row->sealed_len = 0;
    bf_arena_restore(&c->arena, mark);
    return status;
}

bf_status bf_row__delete(bf_ctx *c, bf_store *st, bf_table table, uint64_t id)
{
    sqlite3_stmt *q = bf_sql__get(&st->sql, bf_table_sql(table) + BF_SQL_DELETE);
    if (!q) return bf_sql__fail(c, &st->sql);
    bf_sql_bind_id(q, 1, id);
    return bf_sql__run(c, &st->sql, q);
}

/* ---- persons ---- */

void bf_person__hash(const bf_store *st, const bf_store_keys *keys, const char *name,
                     uint8_t out[BF_DIGEST_BYTES])
{
    bf_part parts[] = {{st->id, sizeof st->id}, {name, strlen(name)}};
    bf_digest(keys->person_hash, "person", parts, 2, out);
}

void bf_person__row_digest(const bf_store *st, const bf_store_keys *keys, const bf_person_row *row,
                           uint8_t out[BF_DIGEST_BYTES])
{
    uint8_t ad[AD_BYTES];
    row_ad(st, BF_TABLE_PERSON, row->id, 0, 0, 0, ad);
    bf_part parts[] = {{ad, sizeof ad},
                       {row->hash, sizeof row->hash},
                       {row->wrapped, sizeof row->wrapped},
                       {row->sealed, sizeof row->sealed}};
    bf_digest(keys->row, "row", parts, 4, out);
}

static bf_status person_altered(bf_ctx *c, const bf_store *st, uint64_t id)
{
    return bf_ctx_fail(c, BF_ETAMPER, "%s: person row %llu: altered, moved or copied", st->path,
                       (unsigned long long)id);
}

bf_status bf_person__row(bf_ctx *c, bf_store *st, sqlite3_stmt *q, bf_person_row *out)
{
    out->id = bf_sql_id_at(q, 0);
    const uint8_t *h = bf_sql__blob(q, 1, sizeof out->hash);
    const uint8_t *w = bf_sql__blob(q, 2, sizeof out->wrapped);
    const uint8_t *s = bf_sql__blob(q, 3, sizeof out->sealed);
    if (!h || !w || !s) return person_altered(c, st, out->id);
    memcpy(out->hash, h, sizeof out->hash);
    memcpy(out->wrapped, w, sizeof out->wrapped);
    memcpy(out->sealed, s, sizeof out->sealed);
    return BF_OK;
}

static bf_status open_person(bf_ctx *c, bf_store *st, const bf_person_row *row, bf_person *out)
{
    uint8_t ad[AD_BYTES], plain[BF_PERSON_PLAIN], hash[BF_DIGEST_BYTES];
    out->id = row->id;
    row_ad(st, BF_TABLE_PERSON_KEY, row->id, row->id, 0, 0, ad);
    if (bf_unseal(st->keys->wrap, ad, sizeof ad, row->wrapped, sizeof row->wrapped, out->key)) {
        return person_altered(c, st, row->id);
    }
    row_ad(st, BF_TABLE_PERSON, row->id, row->id, 0, 0, ad);
    int bad = bf_unseal(out->key, ad, sizeof ad, row->sealed, sizeof row->sealed, plain) ||
              bf_person_unpack(plain, sizeof plain, &out->rec);
    bf_wipe(plain, sizeof plain);
    if (bad) return person_altered(c, st, row->id);
    bf_person__hash(st, st->keys, out->rec.name, hash);
    if (sodium_memcmp(hash, row->hash, sizeof hash)) return person_altered(c, st, row->id);
    bf_person__row_digest(st, st->keys, row, out->digest);
    return BF_OK;
}

bf_status bf_person__read(bf_ctx *c, bf_store *st, uint64_t id, bf_person *out)
{
    bf_person_row row;
    int more;
    sqlite3_stmt *q = bf_sql__get(&st->sql, BF_SQL_PERSON_BY_ID);
    if (!q) return bf_sql__fail(c, &st->sql);
    bf_sql_bind_id(q, 1, id);
    BF_TRY(bf_sql__step(c, &st->sql, q, &more));
    if (!more) BF_FAIL(c, BF_ENOENT, "%s: no person row %llu", st->path, (unsigned long long)id);
    bf_status status = bf_person__row(c, st, q, &row);
    sqlite3_reset(q);
    BF_TRY(status);
    BF_TRY(open_person(c, st, &row, out));
    return out->id != id ? person_altered(c, st, id) : BF_OK;
}

void bf_person__seal(const bf_store *st, const bf_store_keys *keys, const bf_person *p,
                     bf_person_row *out)
{
    uint8_t ad[AD_BYTES], plain[BF_PERSON_PLAIN];
    out->id = p->id;
    bf_person__hash(st, keys, p->rec.name, out->hash);
    row_ad(st, BF_TABLE_PERSON_KEY, p->id, p->id, 0, 0, ad);
    bf_seal(keys->wrap, ad, sizeof ad, p->key, sizeof p->key, out->wrapped);
    row_ad(st, BF_TABLE_PERSON, p->id, p->id, 0, 0, ad);
    bf_person_pack(&p->rec, plain);
    bf_seal(p->key, ad, sizeof ad, plain, sizeof plain, out->sealed);
    bf_wipe(plain, sizeof plain);
}

bf_status bf_person__put_row(bf_ctx *c, bf_store *st, const bf_store_keys *keys, int statement,
                             const bf_person_row *row, uint8_t digest[BF_DIGEST_BYTES])
{
    sqlite3_stmt *q = bf_sql__get(&st->sql, statement);
    if (!q) return bf_sql__fail(c, &st->sql);
    bf_sql_bind_id(q, 1, row->id);
    sqlite3_bind_blob(q, 2, row->hash, sizeof row->hash, SQLITE_STATIC);
    sqlite3_bind_blob(q, 3, row->wrapped, sizeof row->wrapped, SQLITE_STATIC);
    sqlite3_bind_blob(q, 4, row->sealed, sizeof row->sealed, SQLITE_STATIC);
    BF_TRY(bf_sql__run(c, &st->sql, q));
    sqlite3_clear_bindings(q);
    bf_person__row_digest(st, keys, row, digest);
    bf_sumset_add(&st->meta.persons[row->id % BF_BUCKETS], digest);
    return bf_directory__note(c, st, row, digest);
}

void bf_person__new(bf_store *st, const char *name, bf_person *out)
{
    memset(out, 0, sizeof *out);
    out->id = st->meta.next_id++;
    randombytes_buf(out->key, sizeof out->key);
    memcpy(out->rec.name, name, strlen(name));
    out->rec.made_s = bf_store__now();
}

bf_status bf_person__save(bf_ctx *c, bf_store *st, bf_person *p, int is_new)
{
    bf_person_row row;
    if (!is_new) bf_sumset_take(&st->meta.persons[p->id % BF_BUCKETS], p->digest);
    bf_person__seal(st, st->keys, p, &row);
    return bf_person__put_row(c, st, st->keys, is_new ? BF_SQL_PERSON_INSERT : BF_SQL_PERSON_UPDATE,
                              &row, p->digest);
}
