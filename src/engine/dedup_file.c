/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was found, and how far the work is, in memory and in a file:
 *
 *     8  "BFDEDUP1"
 *    16  id of the store                        in clear, as in its meta row
 *     8  key set                                likewise
 *        sealed, the above is the associated data; key: "dedup progress" of the ring key, which is
 *        destroyed with every erasure; padded to a size class:
 *        32  digest of the options
 *         8  row up to which all is done;  8  next new row when it was;  8  persons done
 *         1  the run came to its end
 *         4  findings; of each: kind 1, parts 1, person 8, other 8, score 8, and of each part:
 *            modality 1, position 1, other position 1, comparisons 4, score 4, encounters 8 + 8
 */
#include <stdlib.h>

#include "engine/dedup_internal.h"
#include "util/file.h"
#include "vault/pack.h"

#define HEAD_BYTES 32u
#define FIXED_BYTES 61u
#define FOUND_BYTES 26u
#define PART_BYTES 27u
#define FILE_MAX_BYTES (256u << 20)
#define CONTEXT "BFDEDUP1"

/* ---- in memory ---- */

static bf_status grow(bf_ctx *c, void **items, size_t used, size_t need, size_t *cap, size_t size)
{
    if (need <= *cap) return BF_OK;
    size_t more = *cap + *cap / 2 + 16;
    if (more < need) more = need;
    void *bigger = bf_ctx_alloc(c, more, size);
    if (!bigger) BF_FAIL_NOMEM(c);
    if (used) memcpy(bigger, *items, used * size);
    bf_ctx_release(c, *items);
    *items = bigger;
    *cap = more;
    return BF_OK;
}

bf_status bf_finds__add(bf_ctx *c, bf_finds *f, const bf_found *one, const bf_found_part *parts)
{
    void *items = f->items, *all = f->parts;
    bf_status st = grow(c, &items, f->count, f->count + 1, &f->cap, sizeof *f->items);
    f->items = items;
    if (!st) {
        st = grow(c, &all, f->part_count, f->part_count + one->part_count, &f->part_cap,
                  sizeof *f->parts);
    }
    f->parts = all;
    if (st) return st;
    f->items[f->count] = *one;
    f->items[f->count++].first = f->part_count;
    if (one->part_count) {
        memcpy(&f->parts[f->part_count], parts, one->part_count * sizeof *parts);
    }
    f->part_count += one->part_count;
    return BF_OK;
}

bf_status bf_finds__move(bf_ctx *c, bf_finds *to, bf_finds *from)
{
    for (size_t i = 0; i < from->count; i++) {
        const bf_found *one = &from->items[i];
        if (to->count == BF_DEDUP_FINDINGS_MAX) {
            BF_FAIL(c, BF_ELIMIT, "more than %u findings: raise the threshold",
                    BF_DEDUP_FINDINGS_MAX);
        }
        BF_TRY(bf_finds__add(c, to, one, &from->parts[one->first]));
    }
    return BF_OK;
}

void bf_finds__free(const bf_allocator *a, bf_finds *f)
{
    bf_alloc_release(a, f->items);
    bf_alloc_release(a, f->parts);
    memset(f, 0, sizeof *f);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Which findings are one: kind, persons, and positions of one person, whichever comes first. */
static int compare_keys(const bf_found *a, const bf_found *b)
{
    int d = compare_numbers(a->kind, b->kind);
    if (!d) d = compare_numbers(a->person, b->person);
    if (!d) d = compare_numbers(a->other, b->other);
    return d ? d : compare_numbers(a->positions, b->positions);
}

static int compare_found(const void *x, const void *y)
{
    const bf_found *a = x, *b = y;
    int d = compare_keys(a, b);
    if (d) return d;
    if (a->score != b->score) return a->score < b->score ? 1 : -1;
    return compare_numbers(a->first, b->first);
}

void bf_finds__sort(bf_finds *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++) {
        bf_found *one = &f->items[i];
        const bf_found_part *p = &f->parts[one->first];
        if (one->kind == BF_DEDUP_PERSONS || !one->part_count) continue;
        uint32_t low = p->position, high = p->other_position;
        one->positions =
            (uint32_t)p->modality << 16 | (low < high ? low << 8 | high : high << 8 | low);
    }
    if (f->count) qsort(f->items, f->count, sizeof *f->items, compare_found);
    for (size_t i = 0; i < f->count; i++) {
        if (n && !compare_keys(&f->items[n - 1], &f->items[i])) continue;
        f->items[n++] = f->items[i];
    }
    f->count = n;
}

/* ---- to a file ---- */

static void pack_double(bf_packer *p, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    bf_pack_u64(p, bits);
}

static void pack_float(bf_packer *p, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    bf_pack_u32(p, bits);
}

static void pack_found(bf_packer *p, const bf_found *f, const bf_found_part *parts)
{
    bf_pack_u8(p, (uint8_t)f->kind);
    bf_pack_u8(p, (uint8_t)f->part_count);
    bf_pack_u64(p, f->person);
    bf_pack_u64(p, f->other);
    pack_double(p, f->score);
    for (uint32_t i = 0; i < f->part_count; i++) {
        bf_pack_u8(p, parts[i].modality);
        bf_pack_u8(p, parts[i].position);
        bf_pack_u8(p, parts[i].other_position);
        bf_pack_u32(p, parts[i].comparisons);
        pack_float(p, parts[i].score);
        bf_pack_u64(p, parts[i].encounter);
        bf_pack_u64(p, parts[i].other_encounter);
    }
}

static void pack_head(const bf_dedup *d, uint8_t out[HEAD_BYTES])
{
    bf_packer p = {.data = out, .cap = HEAD_BYTES};
    bf_pack_bytes(&p, CONTEXT, 8);
    bf_pack_bytes(&p, d->store->id, BF_STORE_ID_BYTES);
    bf_pack_u64(&p, d->set_id);
}

bf_status bf_dedup__write(bf_ctx *c, bf_dedup *d)
{
    size_t len = FIXED_BYTES;
    bf_finds__sort(&d->finds);
    const bf_finds *f = &d->finds;
    for (size_t i = 0; i < f->count; i++) len += FOUND_BYTES + f->items[i].part_count * PART_BYTES;
    size_t size = bf_template_size_class(len), total = HEAD_BYTES + size + BF_SEAL_OVERHEAD;
    if (total > FILE_MAX_BYTES) BF_FAIL(c, BF_ELIMIT, "%s: too many findings", d->path);
    uint8_t *plain = bf_ctx_alloc(c, size, 1), *file = bf_ctx_alloc(c, total, 1);
    bf_status st = plain && file ? BF_OK : bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    if (!st) {
        bf_packer p = {.data = plain, .cap = size};
        bf_pack_bytes(&p, d->options, sizeof d->options);
        bf_pack_u64(&p, d->saved.row);
        bf_pack_u64(&p, d->saved.mark);
        bf_pack_u64(&p, d->saved.done);
        bf_pack_u8(&p, d->at == d->count);
        bf_pack_u32(&p, (uint32_t)f->count);
        for (size_t i = 0; i < f->count; i++) {
            pack_found(&p, &f->items[i], &f->parts[f->items[i].first]);
        }
        pack_head(d, file);
        bf_seal(d->key, file, HEAD_BYTES, plain, size, file + HEAD_BYTES);
        st = bf_file_write(c, d->path, file, total, 0600);
    }
    if (plain) bf_wipe(plain, size);
    bf_ctx_release(c, plain);
    bf_ctx_release(c, file);
    return st;
}

/* ---- from a file ---- */

static double unpack_double(bf_unpacker *u)
{
    uint64_t bits = bf_unpack_u64(u);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static float unpack_float(bf_unpacker *u)
{
    uint32_t bits = bf_unpack_u32(u);
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static bf_status unpack_found(bf_ctx *c, bf_unpacker *u, bf_finds *out)
{
    bf_found_part parts[BF_PROBES_MAX];
    bf_found f = {.kind = bf_unpack_u8(u), .part_count = bf_unpack_u8(u)};
    f.person = bf_unpack_u64(u);
    f.other = bf_unpack_u64(u);
    f.score = unpack_double(u);
    if (f.kind < BF_DEDUP_PERSONS || f.kind > BF_DEDUP_SWAP || !f.part_count ||
        f.part_count > BF_PROBES_MAX || !(f.score >= 0 && f.score < 1e6)) {
        u->bad = 1;
    }
    for (uint32_t i = 0; i < f.part_count && !u->bad; i++) {
        bf_found_part *p = &parts[i];
        p->modality = bf_unpack_u8(u);
        p->position = bf_unpack_u8(u);
        p->other_position = bf_unpack_u8(u);
        p->comparisons = bf_unpack_u32(u);
        p->score = unpack_float(u);
        p->encounter = bf_unpack_u64(u);
        p->other_encounter = bf_unpack_u64(u);
        if (!(p->score >= 0 && p->score < 1e6f)) u->bad = 1;
    }
    return u->bad ? BF_OK : bf_finds__add(c, out, &f, parts);
}

static bf_status unpack(bf_ctx *c, bf_dedup *d, const uint8_t *plain, size_t len)
{
    uint8_t options[32];
    bf_unpacker u = {.data = plain, .len = len};
    bf_unpack_bytes(&u, options, sizeof options);
    if (memcmp(options, d->options, sizeof options) != 0) {
        BF_FAIL(c, BF_EINVAL, "%s: of a run with other options", d->path);
    }
    d->saved.row = bf_unpack_u64(&u);
    d->saved.mark = bf_unpack_u64(&u);
    d->saved.done = bf_unpack_u64(&u);
    d->complete = bf_unpack_u8(&u) == 1;
    uint32_t count = bf_unpack_u32(&u);
    if (count > BF_DEDUP_FINDINGS_MAX) u.bad = 1;
    for (uint32_t i = 0; i < count && !u.bad; i++) BF_TRY(unpack_found(c, &u, &d->finds));
    if (u.bad) BF_FAIL(c, BF_ETAMPER, "%s: damaged", d->path);
    return BF_OK;
}

static bf_status open_file(bf_ctx *c, bf_dedup *d, const uint8_t *data, size_t len)
{
    uint8_t head[HEAD_BYTES];
    pack_head(d, head);
    if (len < HEAD_BYTES + BF_SEAL_OVERHEAD + FIXED_BYTES || memcmp(data, head, 8) != 0) {
        BF_FAIL(c, BF_EFORMAT, "%s: not a file of dedup's progress", d->path);
    }
    if (memcmp(data, head, 8 + BF_STORE_ID_BYTES) != 0) {
        BF_FAIL(c, BF_EFORMAT, "%s: dedup's progress, but of another store", d->path);
    }
    if (memcmp(data, head, HEAD_BYTES) != 0) {
        BF_FAIL(c, BF_EKEY, "%s: the store's keys were changed since, by an erasure or rotation",
                d->path);
    }
    size_t size = len - HEAD_BYTES - BF_SEAL_OVERHEAD;
    uint8_t *plain = bf_ctx_alloc(c, size, 1);
    if (!plain) BF_FAIL_NOMEM(c);
    bf_status st = BF_OK;
    if (bf_unseal(d->key, head, HEAD_BYTES, data + HEAD_BYTES, len - HEAD_BYTES, plain)) {
        st = bf_ctx_fail(c, BF_ETAMPER, "%s: was altered", d->path);
    }
    if (!st) st = unpack(c, d, plain, size);
    bf_wipe(plain, size);
    bf_ctx_release(c, plain);
    return st;
}

bf_status bf_dedup__read(bf_ctx *c, bf_dedup *d)
{
    uint8_t *data;
    size_t len;
    BF_TRY(bf_file_read(c, d->path, FILE_MAX_BYTES, &data, &len));
    bf_status st = open_file(c, d, data, len);
    bf_file_release(c, data, len);
    if (st) {
        bf_finds__free(&c->alloc, &d->finds);
        d->saved = (bf_dedup_mark){0};
    }
    return st;
}
