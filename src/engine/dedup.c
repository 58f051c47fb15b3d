/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public face of dedup: who is to be searched for, progress, names, the audit log.
 *
 * Rows of a store are numbered in one ascending sequence. So "everybody up to row r, as of mark m"
 * says what is done: whoever has a higher row, or an encounter or membership of m or above, is to
 * be searched for, against everybody of lower row and those who are not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/dedup_internal.h"
#include "search/fuse.h"
#include "store/log.h"
#include "util/fmath.h"

void bf_dedup_opts_init(bf_dedup_opts *opts)
{
    *opts = (bf_dedup_opts){.struct_size = sizeof *opts, .fpir = 0.01, .save_ms = 5000};
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- open ---- */

static bf_status check_opts(bf_ctx *c, const bf_dedup_opts *opts, bf_dedup_opts *o)
{
    bf_dedup_opts_init(o);
    if (opts) BF_TRY(bf_opts_copy(c, "bf_dedup_opts", opts, o, sizeof *o));
    if (!(o->fpir > 0 && o->fpir < 1)) BF_FAIL(c, BF_EINVAL, "fpir is between 0 and 1");
    if (!(o->score >= 0 && o->score <= (double)BF_SCORE_MAX)) {
        BF_FAIL(c, BF_EINVAL, "a score is between 0 and %g", (double)BF_SCORE_MAX);
    }
    if (o->resume && !o->progress_path) BF_FAIL(c, BF_EINVAL, "no file to resume from");
    if (o->gallery) BF_TRY(bf_check_id(c, "gallery", o->gallery));
    return bf_check_text(c, "purpose", o->purpose);
}

static bf_status set_up(bf_ctx *c, bf_dedup *d, bf_index *index, const bf_dedup_opts *o)
{
    d->alloc = c->alloc;
    d->index = index;
    d->store = (bf_store *)(uintptr_t)bf_index__store(index);
    d->threads = o->threads;
    d->save_ms = o->save_ms;
    d->fpir = o->fpir;
    d->score = o->score;
    d->key = bf_locked_alloc(c, BF_KEY_BYTES);
    if (!d->key) BF_FAIL_NOMEM(c);
    if (!o->progress_path) return BF_OK;
    size_t len = strlen(o->progress_path) + 1;
    d->path = bf_ctx_alloc(c, len, 1);
    if (!d->path) BF_FAIL_NOMEM(c);
    memcpy(d->path, o->progress_path, len);
    return BF_OK;
}

/* Keys, purpose and gallery, in a transaction. */
static bf_status know_store(bf_ctx *c, bf_dedup *d, const bf_dedup_opts *o, bf_galleries *g)
{
    bf_store *st = d->store;
    const bf_gallery *gallery = o->gallery ? bf_galleries__find(g, o->gallery) : NULL;
    if (o->gallery && !gallery) {
        BF_FAIL(c, BF_ENOENT, "%s: no gallery %s", st->path, o->gallery);
    }
    const bf_gallery *why = gallery ? gallery : g->count == 1 ? &g->items[0] : NULL;
    const char *purpose = o->purpose ? o->purpose : why ? why->rec.purpose : st->meta.purpose;
    snprintf(d->purpose, sizeof d->purpose, "%s", purpose);
    d->gallery = gallery ? gallery->id : 0;
    d->mark = st->meta.next_id;
    d->set_id = st->keys->set_id;
    const bf_keyset *set = bf_keyring__find(st->keyring, d->set_id);
    if (!set) BF_FAIL(c, BF_EKEY, "%s: its keys were changed meanwhile", st->path);
    bf_subkey(set->ring, "dedup progress", d->key);
    double fpir = d->score > 0 ? 0 : d->fpir;
    bf_part parts[] = {
        {&d->gallery, sizeof d->gallery}, {&fpir, sizeof fpir}, {&d->score, sizeof d->score}};
    bf_digest(d->key, "dedup options", parts, 3, d->options);
    return BF_OK;
}

/* Everybody, and what of each is newest: in a gallery, that the encounter is in it counts too. */
static bf_status list_all(bf_ctx *c, bf_dedup *d, bf_galleries *g)
{
    bf_membership *m = NULL;
    size_t count = 0, at = 0;
    bf_people *p = bf_index__people(d->index);
    if (d->gallery) BF_TRY(bf_people__members(c, p, d->gallery, &d->member));
    BF_TRY(bf_people__roster(c, p, d->member, &d->all, &d->count));
    d->todo = bf_ctx_alloc(c, d->count + 1, 1);
    if (!d->todo) BF_FAIL_NOMEM(c);
    if (!d->gallery) return BF_OK;
    BF_TRY(bf_store__members(c, d->store, g, bf_galleries__by_id(g, d->gallery), &m, &count));
    for (size_t i = 0; i < count; i++) {
        while (at < d->count && d->all[at].id < m[i].person) at++;
        if (at == d->count || d->all[at].id != m[i].person) continue;
        if (m[i].id > d->all[at].newest) d->all[at].newest = m[i].id;
    }
    bf_ctx_release(c, m);
    return BF_OK;
}

static bf_status look_around(bf_ctx *c, bf_dedup *d, const bf_dedup_opts *o)
{
    bf_galleries g = {0};
    bf_status st = bf_store__begin(c, d->store, 0);
    if (!st) st = bf_store__load(c, d->store, &g);
    if (!st) st = bf_index__refresh(c, d->index, &g);
    if (!st) st = know_store(c, d, o, &g);
    if (!st) st = list_all(c, d, &g);
    bf_galleries__free(c, &g);
    bf_store__rollback(c, d->store);
    return st;
}

/* What an earlier run kept: taken over, or in the way. */
static bf_status know_progress(bf_ctx *c, bf_dedup *d, const bf_dedup_opts *o)
{
    if (!d->path) return BF_OK;
    bf_status st = bf_dedup__read(c, d);
    if (o->resume) return st;
    if (st == BF_ENOENT || st == BF_EKEY || (!st && d->complete)) {
        bf_finds__free(&d->alloc, &d->finds);
        d->saved = (bf_dedup_mark){0};
        c->error[0] = 0;
        return BF_OK;
    }
    if (!st) BF_FAIL(c, BF_EEXIST, "%s: of an unfinished run: resume it or remove it", d->path);
    return st;
}

static void plan(bf_dedup *d)
{
    d->old_row = d->saved.row;
    for (size_t i = 0; i < d->count; i++) {
        const bf_roster *r = &d->all[i];
        d->todo[i] = r->id > d->saved.row || r->newest >= d->saved.mark;
        d->total += d->todo[i];
    }
    d->threshold =
        d->score > 0 ? d->score : bf_fuse_threshold(d->fpir, d->count > 1 ? d->count - 1 : 1);
}

static bf_status record(bf_ctx *c, bf_dedup *d, const char *what, uint64_t findings)
{
    bf_audit_rec audit = {.operation = BF_OP_DEDUP, .gallery = d->gallery};
    uint32_t n = 0;
    snprintf(audit.purpose, sizeof audit.purpose, "%s", d->purpose);
    snprintf(audit.detail, sizeof audit.detail,
             "%s: %llu of %llu of %llu person%s, threshold %.2f: %llu finding%s", what,
             (unsigned long long)d->done, (unsigned long long)d->total,
             (unsigned long long)d->count, bf_plural(d->count), d->threshold,
             (unsigned long long)findings, bf_plural(findings));
    for (size_t i = 0; i < d->finds.count && n < BF_AUDIT_CANDIDATES && findings; i++) {
        audit.candidates[n++] = d->finds.items[i].person;
    }
    BF_TRY(bf_store__begin(c, d->store, 1));
    bf_status st = bf_log__append(c, d->store, &audit);
    if (!st) return bf_store__commit(c, d->store);
    bf_store__rollback(c, d->store);
    return st;
}

bf_status bf_dedup_open(bf_session *s, bf_index *index, const bf_dedup_opts *opts, bf_dedup **out)
{
    if (!s || !index || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_dedup_opts o;
    BF_TRY(check_opts(c, opts, &o));
    bf_dedup *d = bf_ctx_alloc(c, 1, sizeof *d);
    if (!d) BF_FAIL_NOMEM(c);
    bf_status st = set_up(c, d, index, &o);
    if (!st) st = look_around(c, d, &o);
    if (!st) st = know_progress(c, d, &o);
    if (!st) {
        plan(d);
        st = record(c, d, o.resume ? "resumed" : "started", 0);
        d->next_save_ms = now_ms() + (int64_t)d->save_ms;
    }
    if (st) {
        bf_dedup_close(d);
        return st;
    }
    *out = d;
    return BF_OK;
}

void bf_dedup_close(bf_dedup *d)
{
    if (!d) return;
    bf_allocator a = d->alloc;
    bf_finds__free(&a, &d->finds);
    bf_locked_free(d->key);
    bf_alloc_release(&a, d->member);
    bf_alloc_release(&a, d->all);
    bf_alloc_release(&a, d->todo);
    bf_alloc_release(&a, d->path);
    bf_alloc_release(&a, d);
}

/* ---- step ---- */

static bf_status save(bf_ctx *c, bf_dedup *d)
{
    if (!d->path) return BF_OK;
    int64_t before_ms = now_ms();
    BF_TRY(bf_dedup__write(c, d));
    /* no more than a tenth of the time goes into this */
    int64_t took_ms = now_ms() - before_ms, wait_ms = (int64_t)d->save_ms;
    d->next_save_ms = before_ms + took_ms + (wait_ms > 10 * took_ms ? wait_ms : 10 * took_ms);
    return BF_OK;
}

bf_status bf_dedup_step(bf_session *s, bf_dedup *d, uint64_t *done, uint64_t *total)
{
    if (!s || !d) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    int ended = d->at == d->count;
    if (!ended) {
        BF_TRY(bf_dedup__advance(c, d));
        uint64_t row = d->at ? d->all[d->at - 1].id : 0;
        /* Those who changed come first; until all of them are done, nothing new is. */
        if (row > d->old_row || d->at == d->count) {
            d->saved.row = row > d->old_row ? row : d->old_row;
            d->saved.mark = d->mark;
        }
        d->saved.done = d->done;
        if (d->at == d->count || now_ms() >= d->next_save_ms) BF_TRY(save(c, d));
    }
    if (done) *done = d->done;
    if (total) *total = d->total;
    return BF_OK;
}

bf_status bf_dedup_save(bf_session *s, bf_dedup *d)
{
    if (!s || !d) return BF_EINVAL;
    return save(bf_session__enter(s), d);
}

/* ---- report ---- */

bf_status bf_dedup_get_info(bf_session *s, const bf_dedup *d, bf_dedup_info *out)
{
    if (!s || !d || !out) return BF_EINVAL;
    bf_session__enter(s);
    if (out->struct_size < sizeof(uint32_t) || out->struct_size > sizeof *out) return BF_EINVAL;
    bf_dedup_info info = {.struct_size = out->struct_size, .threshold = (float)d->threshold};
    info.persons = d->count;
    info.done = d->done;
    info.total = d->total;
    info.comparisons = d->comparisons;
    info.findings = d->finds.count;
    double pairs = (double)d->count * ((double)d->count - 1) / 2;
    info.chance_pairs = pairs > 0 ? pairs * bf_exp(-d->threshold * 0.23025850929940456840) : 0;
    memcpy(info.purpose, d->purpose, sizeof info.purpose);
    memcpy(out, &info, out->struct_size);
    return BF_OK;
}

/* The gallery has grown since the first were found: those below today's threshold go. */
static void drop_below(bf_dedup *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->finds.count; i++) {
        const bf_found *f = &d->finds.items[i];
        if (f->kind == BF_DEDUP_PERSONS && f->score < d->threshold) continue;
        d->finds.items[n++] = *f;
    }
    d->finds.count = n;
}

static int compare_report(const void *x, const void *y)
{
    const bf_found *a = x, *b = y;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    if (a->score != b->score) return a->score < b->score ? 1 : -1;
    if (a->person != b->person) return a->person < b->person ? -1 : 1;
    if (a->other != b->other) return a->other < b->other ? -1 : 1;
    return (a->positions > b->positions) - (a->positions < b->positions);
}

/* A person's name, and those of his encounters in the parts. BF_ENOENT: he left. */
static bf_status name_one(bf_ctx *c, const bf_dedup *d, const bf_found *f, int other, bf_person *p,
                          bf_dedup_finding *out)
{
    bf_loaded loaded;
    BF_TRY(bf_person__find_id(c, d->store, other ? f->other : f->person, p));
    memcpy(other ? out->other : out->person, p->rec.name, sizeof out->person);
    BF_TRY(bf_person__load(c, d->store, p, &loaded));
    for (uint32_t i = 0; i < f->part_count; i++) {
        const bf_found_part *part = &d->finds.parts[f->first + i];
        bf_dedup_part *to = &out->parts[i];
        const bf_loaded_encounter *mine = bf_loaded__by_id(&loaded, part->encounter);
        const bf_loaded_encounter *theirs = bf_loaded__by_id(&loaded, part->other_encounter);
        if (!other && mine) memcpy(to->encounter, mine->rec.name, sizeof to->encounter);
        if (other != (f->kind == BF_DEDUP_PERSONS) || !theirs) continue;
        memcpy(to->other_encounter, theirs->rec.name, sizeof to->other_encounter);
    }
    return BF_OK;
}

static bf_status name_found(bf_ctx *c, const bf_dedup *d, const bf_found *f, bf_person *p,
                            bf_dedup_finding *out)
{
    memset(out, 0, sizeof *out);
    out->kind = f->kind;
    out->part_count = f->part_count;
    out->score = f->score > (double)BF_SCORE_MAX ? BF_SCORE_MAX : (float)f->score;
    for (uint32_t i = 0; i < f->part_count; i++) {
        const bf_found_part *from = &d->finds.parts[f->first + i];
        out->parts[i] = (bf_dedup_part){.modality = from->modality,
                                        .position = from->position,
                                        .other_position = from->other_position,
                                        .comparisons = from->comparisons,
                                        .score = from->score};
    }
    BF_TRY(name_one(c, d, f, 0, p, out));
    return f->kind == BF_DEDUP_PERSONS ? name_one(c, d, f, 1, p, out) : BF_OK;
}

static bf_status name_all(bf_ctx *c, bf_dedup *d,
                          void (*found)(void *user, const bf_dedup_finding *finding), void *user)
{
    bf_dedup_finding *out = bf_ctx_scratch(c, 1, sizeof *out);
    bf_person *p = bf_locked_alloc(c, sizeof *p);
    bf_galleries g = {0};
    if (!out || !p) {
        bf_locked_free(p);
        BF_FAIL_NOMEM(c);
    }
    bf_status st = bf_store__begin(c, d->store, 0);
    if (!st) st = bf_store__load(c, d->store, &g);
    for (size_t i = 0; i < d->finds.count && !st; i++) {
        bf_arena_mark mark = bf_arena_save(&c->arena);
        st = name_found(c, d, &d->finds.items[i], p, out);
        if (!st) found(user, out);
        if (st == BF_ENOENT) st = BF_OK; /* erased meanwhile */
        bf_arena_restore(&c->arena, mark);
    }
    bf_galleries__free(c, &g);
    bf_store__rollback(c, d->store);
    bf_locked_free(p);
    return st;
}

bf_status bf_dedup_report(bf_session *s, bf_dedup *d,
                          void (*found)(void *user, const bf_dedup_finding *finding), void *user)
{
    if (!s || !d || !found) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_finds__sort(&d->finds);
    drop_below(d);
    if (d->finds.count) {
        qsort(d->finds.items, d->finds.count, sizeof *d->finds.items, compare_report);
    }
    BF_TRY(record(c, d, d->at == d->count ? "ended" : "so far", d->finds.count));
    return name_all(c, d, found, user);
}
