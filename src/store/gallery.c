/* SPDX-License-Identifier: Apache-2.0 */
/* Galleries: few, so all of them are read whenever one is needed, and checked against the meta row.
 */
#include <string.h>

#include "store/core.h"
#include "vault/pack.h"

#define AD_BYTES 32u
#define SEALED (BF_GALLERY_PLAIN + BF_SEAL_OVERHEAD)

static void gallery_ad(const bf_store *st, uint64_t id, uint8_t ad[AD_BYTES])
{
    bf_packer p = {ad, 0, AD_BYTES, 0};
    bf_pack_bytes(&p, "bf row1", 7);
    bf_pack_u8(&p, BF_TABLE_GALLERY);
    bf_pack_bytes(&p, st->id, sizeof st->id);
    bf_pack_u64(&p, id);
}

static void gallery_hash(const bf_store *st, const bf_store_keys *keys, const char *name,
                         uint8_t out[BF_DIGEST_BYTES])
{
    bf_part parts[] = {{st->id, sizeof st->id}, {name, strlen(name)}};
    bf_digest(keys->gallery_hash, "gallery", parts, 2, out);
}

static void gallery_digest(const bf_store *st, const bf_store_keys *keys, uint64_t id,
                           const uint8_t *hash, const uint8_t *sealed, uint8_t out[BF_DIGEST_BYTES])
{
    uint8_t ad[AD_BYTES];
    gallery_ad(st, id, ad);
    bf_part parts[] = {{ad, sizeof ad}, {hash, BF_DIGEST_BYTES}, {sealed, SEALED}};
    bf_digest(keys->row, "row", parts, 3, out);
}

static bf_status open_row(bf_ctx *c, bf_store *st, sqlite3_stmt *q, bf_gallery *out)
{
    uint8_t ad[AD_BYTES], expected[BF_DIGEST_BYTES], plain[BF_GALLERY_PLAIN];
    const uint8_t *hash = bf_sql__blob(q, 1, BF_DIGEST_BYTES);
    const uint8_t *sealed = bf_sql__blob(q, 2, SEALED);
    memset(out, 0, sizeof *out);
    out->id = bf_sql_id_at(q, 0);
    gallery_ad(st, out->id, ad);
    if (!hash || !sealed || bf_unseal(st->keys->gallery, ad, sizeof ad, sealed, SEALED, plain) ||
        bf_gallery_unpack(plain, sizeof plain, &out->rec)) {
        BF_FAIL(c, BF_ETAMPER, "%s: gallery row %llu: altered, moved or copied", st->path,
                (unsigned long long)out->id);
    }
    gallery_hash(st, st->keys, out->rec.name, expected);
    if (memcmp(expected, hash, sizeof expected) != 0) {
        BF_FAIL(c, BF_ETAMPER, "%s: gallery %s: its row was altered", st->path, out->rec.name);
    }
    gallery_digest(st, st->keys, out->id, hash, sealed, out->digest);
    return BF_OK;
}

static bf_status grow(bf_ctx *c, bf_galleries *g)
{
    if (g->count >= BF_GALLERIES_MAX) BF_FAIL(c, BF_ELIMIT, "too many galleries");
    /* Room for one more at every power of two. */
    if (g->count & (g->count - 1)) return BF_OK;
    bf_gallery *more = bf_ctx_alloc(c, g->count ? g->count * 2 : 1, sizeof *more);
    if (!more) BF_FAIL_NOMEM(c);
    if (g->count) memcpy(more, g->items, g->count * sizeof *more);
    bf_ctx_release(c, g->items);
    g->items = more;
    return BF_OK;
}

bf_status bf_galleries__load(bf_ctx *c, bf_store *st, bf_galleries *out)
{
    bf_galleries g = {0};
    bf_sumset sum = {0};
    int more = 1;
    sqlite3_stmt *q = bf_sql__get(&st->sql, BF_SQL_GALLERY_ALL);
    bf_status status = BF_OK;
    while (!status) {
        status = bf_sql__step(c, &st->sql, q, &more);
        if (status || !more) break;
        status = grow(c, &g);
        if (status) break;
        status = open_row(c, st, q, &g.items[g.count]);
        if (!status) bf_sumset_add(&sum, g.items[g.count++].digest);
    }
    if (q) sqlite3_reset(q);
    if (!status && !bf_sumset_same(&sum, &st->meta.galleries)) {
        status = bf_ctx_fail(c, BF_ETAMPER,
                             "%s: gallery rows: %llu where %llu belong, or one of "
                             "an earlier time",
                             st->path, (unsigned long long)sum.count,
                             (unsigned long long)st->meta.galleries.count);
    }
    if (status)
        bf_galleries__free(c, &g);
    else
        *out = g;
    return status;
}

void bf_galleries__free(bf_ctx *c, bf_galleries *g)
{
    bf_wipe(g->items, g->count * sizeof *g->items);
    bf_ctx_release(c, g->items);
    memset(g, 0, sizeof *g);
}

bf_gallery *bf_galleries__find(bf_galleries *g, const char *name)
{
    for (size_t i = 0; i < g->count; i++) {
        if (!strcmp(g->items[i].rec.name, name)) return &g->items[i];
    }
    return NULL;
}

bf_gallery *bf_galleries__by_id(bf_galleries *g, uint64_t id)
{
    for (size_t i = 0; i < g->count; i++) {
        if (g->items[i].id == id) return &g->items[i];
    }
    return NULL;
}

static bf_status put(bf_ctx *c, bf_store *st, const bf_store_keys *keys, bf_gallery *g,
                     int statement)
{
    uint8_t ad[AD_BYTES], hash[BF_DIGEST_BYTES], plain[BF_GALLERY_PLAIN], sealed[SEALED];
    gallery_ad(st, g->id, ad);
    gallery_hash(st, keys, g->rec.name, hash);
    bf_gallery_pack(&g->rec, plain);
    bf_seal(keys->gallery, ad, sizeof ad, plain, sizeof plain, sealed);
    bf_wipe(plain, sizeof plain);
    sqlite3_stmt *q = bf_sql__get(&st->sql, statement);
    if (!q) return bf_sql__fail(c, &st->sql);
    bf_sql_bind_id(q, 1, g->id);
    sqlite3_bind_blob(q, 2, hash, sizeof hash, SQLITE_TRANSIENT);
    sqlite3_bind_blob(q, 3, sealed, sizeof sealed, SQLITE_TRANSIENT);
    BF_TRY(bf_sql__run(c, &st->sql, q));
    gallery_digest(st, keys, g->id, hash, sealed, g->digest);
    bf_sumset_add(&st->meta.galleries, g->digest);
    g->changed = 0;
    return BF_OK;
}

bf_status bf_galleries__add(bf_ctx *c, bf_store *st, bf_galleries *g, const char *name,
                            const char *purpose, uint32_t retention_days)
{
    BF_TRY(grow(c, g));
    bf_gallery *one = &g->items[g->count];
    memset(one, 0, sizeof *one);
    one->id = st->meta.next_id++;
    one->rec.made_s = bf_store__now();
    one->rec.retention_days = retention_days;
    memcpy(one->rec.name, name, strlen(name));
    const char *why = purpose ? purpose : st->meta.purpose;
    memcpy(one->rec.purpose, why, strlen(why));
    BF_TRY(put(c, st, st->keys, one, BF_SQL_GALLERY_INSERT));
    g->count++;
    return BF_OK;
}

bf_status bf_galleries__save(bf_ctx *c, bf_store *st, const bf_store_keys *keys, bf_galleries *g,
                             int all)
{
    for (size_t i = 0; i < g->count; i++) {
        if (!g->items[i].changed && !all) continue;
        bf_sumset_take(&st->meta.galleries, g->items[i].digest);
        BF_TRY(put(c, st, keys, &g->items[i], BF_SQL_GALLERY_UPDATE));
    }
    return BF_OK;
}
