/* SPDX-License-Identifier: Apache-2.0 */
/* Public face of lists: persons, encounters, galleries, the audit log. */
#include <stdio.h>

#include "engine/store_internal.h"
#include "store/log.h"

#define DAY_S 86400

struct bf_list {
    bf_allocator alloc;
    bf_arena text; /* all strings */
    bf_list_item *items;
    size_t count, cap;
};

/* What filling a list needs. */
typedef struct filler {
    bf_store *st;
    bf_list *list;
    bf_person *person; /* locked scratch */
    bf_galleries galleries;
    const bf_gallery *only; /* NULL: all */
    bf_membership *members; /* by person then encounter */
    size_t member_count;
    int64_t now_s;
} filler;

static bf_status add_item(bf_ctx *c, bf_list *l, bf_list_item **out)
{
    if (l->count == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 64;
        bf_list_item *bigger = bf_ctx_alloc(c, cap, sizeof *bigger);
        if (!bigger) BF_FAIL_NOMEM(c);
        if (l->count) memcpy(bigger, l->items, l->count * sizeof *bigger);
        bf_ctx_release(c, l->items);
        l->items = bigger;
        l->cap = cap;
    }
    *out = &l->items[l->count++];
    **out = (bf_list_item){.person = "",
                           .encounter = "",
                           .gallery = "",
                           .purpose = "",
                           .operation = "",
                           .who = "",
                           .detail = ""};
    return BF_OK;
}

static bf_status keep(bf_ctx *c, bf_list *l, const char *text, const char **out)
{
    size_t n = strlen(text) + 1;
    char *copy = bf_arena_alloc(&l->text, n);
    if (!copy) BF_FAIL_NOMEM(c);
    memcpy(copy, text, n);
    *out = copy;
    return BF_OK;
}

/* Append to a text in scratch memory, cut to its size. */
static void append(char *text, size_t cap, const char *separator, const char *more)
{
    size_t n = strlen(text);
    snprintf(text + n, cap - n, "%s%s", n ? separator : "", more);
}

/* ---- galleries ---- */

/* Is an encounter of that time kept longer than the gallery allows? */
static int overdue(const bf_gallery_rec *g, int64_t time_s, int64_t now_s)
{
    return g->retention_days && now_s - time_s > (int64_t)g->retention_days * DAY_S;
}

static bf_status list_galleries(bf_ctx *c, filler *f)
{
    for (size_t i = 0; i < f->galleries.count; i++) {
        const bf_gallery *g = &f->galleries.items[i];
        bf_list_item *item = NULL;
        BF_TRY(add_item(c, f->list, &item));
        item->time_s = g->rec.made_s;
        item->retention_days = g->rec.retention_days;
        item->encounters = (uint32_t)g->rec.members.count;
        BF_TRY(keep(c, f->list, g->rec.name, &item->gallery));
        BF_TRY(keep(c, f->list, g->rec.purpose, &item->purpose));
    }
    for (size_t i = 0; i < f->member_count; i++) {
        const bf_membership *m = &f->members[i];
        bf_loaded loaded;
        const bf_gallery *g = bf_galleries__by_id(&f->galleries, m->gallery);
        if (!g->rec.retention_days) continue;
        bf_arena_mark mark = bf_arena_save(&c->arena);
        BF_TRY(bf_person__find_id(c, f->st, m->person, f->person));
        BF_TRY(bf_person__load(c, f->st, f->person, &loaded));
        const bf_loaded_encounter *e = bf_loaded__by_id(&loaded, m->encounter);
        if (e && overdue(&g->rec, e->rec.time_s, f->now_s)) {
            f->list->items[g - f->galleries.items].overdue++;
        }
        bf_arena_restore(&c->arena, mark);
    }
    return BF_OK;
}

/* ---- persons and encounters ---- */

/* First membership of an encounter (0: of the person); member_count if none. */
static size_t first_member(const filler *f, uint64_t person, uint64_t encounter)
{
    size_t lo = 0, hi = f->member_count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        const bf_membership *m = &f->members[mid];
        if (m->person < person || (m->person == person && m->encounter < encounter))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static int in_gallery(const filler *f, uint64_t person, uint64_t encounter)
{
    if (!f->only) return 1;
    for (size_t i = first_member(f, person, encounter); i < f->member_count; i++) {
        const bf_membership *m = &f->members[i];
        if (m->person != person || (encounter && m->encounter != encounter)) break;
        if (m->gallery == f->only->id) return 1;
    }
    return 0;
}

static bf_status add_encounter(bf_ctx *c, filler *f, const bf_loaded *loaded,
                               const bf_loaded_encounter *e)
{
    char text[64 * (BF_NAME_BYTES + 1)] = "";
    bf_list_item *item = NULL;
    BF_TRY(add_item(c, f->list, &item));
    item->time_s = e->rec.time_s;
    item->samples = e->rec.samples;
    item->images = e->rec.images;
    for (uint32_t i = 0; i < loaded->sample_count; i++) {
        const bf_loaded_sample *s = &loaded->samples[i];
        if (s->encounter == e->id && s->rec.modality < BF_LIST_MODALITIES && s->rec.position < 64) {
            item->positions[s->rec.modality] |= (uint64_t)1 << s->rec.position;
        }
    }
    for (size_t i = first_member(f, f->person->id, e->id); i < f->member_count; i++) {
        const bf_membership *m = &f->members[i];
        if (m->person != f->person->id || m->encounter != e->id) break;
        const bf_gallery_rec *g = &bf_galleries__by_id(&f->galleries, m->gallery)->rec;
        append(text, sizeof text, " ", g->name);
        if (g->retention_days &&
            (!item->retention_days || g->retention_days < item->retention_days)) {
            item->retention_days = g->retention_days;
        }
        if (overdue(g, e->rec.time_s, f->now_s)) item->overdue = 1;
    }
    BF_TRY(keep(c, f->list, text, &item->gallery));
    BF_TRY(keep(c, f->list, e->rec.name, &item->encounter));
    return keep(c, f->list, f->person->rec.name, &item->person);
}

/* The person in f->person. */
static bf_status add_person(bf_ctx *c, filler *f, uint32_t kind)
{
    bf_loaded loaded;
    const bf_person_rec *rec = &f->person->rec;
    if (kind == BF_LIST_PERSONS) {
        bf_list_item *item = NULL;
        if (!in_gallery(f, f->person->id, 0)) return BF_OK;
        BF_TRY(add_item(c, f->list, &item));
        item->time_s = rec->made_s;
        item->encounters = rec->encounters;
        item->samples = rec->samples;
        item->images = rec->images;
        return keep(c, f->list, rec->name, &item->person);
    }
    BF_TRY(bf_person__load(c, f->st, f->person, &loaded));
    for (uint32_t i = 0; i < loaded.encounter_count; i++) {
        if (!in_gallery(f, f->person->id, loaded.encounters[i].id)) continue;
        BF_TRY(add_encounter(c, f, &loaded, &loaded.encounters[i]));
    }
    return BF_OK;
}

static bf_status list_persons(bf_ctx *c, filler *f, uint32_t kind, const char *person)
{
    const bf_directory *all = &f->st->directory;
    if (person) {
        BF_TRY(bf_person__find(c, f->st, person, f->person));
        return add_person(c, f, kind);
    }
    bf_status st = BF_OK;
    for (size_t i = 0; i < all->count && !st; i++) {
        bf_arena_mark mark = bf_arena_save(&c->arena);
        st = bf_person__find_id(c, f->st, all->entries[i].id, f->person);
        if (!st) st = add_person(c, f, kind);
        bf_arena_restore(&c->arena, mark);
    }
    return st;
}

/* ---- audit ---- */

static bf_status name_of(bf_ctx *c, filler *f, uint64_t id, const char **out)
{
    bf_status st = bf_person__find_id(c, f->st, id, f->person);
    *out = st == BF_ENOENT ? "erased" : f->person->rec.name;
    return st == BF_ENOENT ? BF_OK : st;
}

static bf_status add_entry(bf_ctx *c, void *user, uint64_t sequence, const bf_audit_rec *rec)
{
    filler *f = user;
    bf_list_item *item = NULL;
    const char *name;
    char text[BF_TEXT_BYTES + BF_AUDIT_CANDIDATES * (BF_NAME_BYTES + 2)];
    BF_TRY(add_item(c, f->list, &item));
    item->sequence = sequence;
    item->time_s = rec->time_s;
    item->operation = bf_audit_operation(rec->operation);
    if (rec->person) {
        BF_TRY(name_of(c, f, rec->person, &name));
        BF_TRY(keep(c, f->list, name, &item->person));
    }
    const bf_gallery *g = bf_galleries__by_id(&f->galleries, rec->gallery);
    if (g) BF_TRY(keep(c, f->list, g->rec.name, &item->gallery));
    BF_TRY(keep(c, f->list, rec->purpose, &item->purpose));
    snprintf(text, sizeof text, "%s, key slot %u", rec->who, rec->slot);
    BF_TRY(keep(c, f->list, text, &item->who));
    snprintf(text, sizeof text, "%s", rec->detail);
    for (uint32_t i = 0; i < BF_AUDIT_CANDIDATES && rec->candidates[i]; i++) {
        if (rec->operation != BF_OP_IDENTIFY) break;
        BF_TRY(name_of(c, f, rec->candidates[i], &name));
        append(text, sizeof text, i ? ", " : ": ", name);
    }
    return keep(c, f->list, text, &item->detail);
}

/* ---- all ---- */

static bf_status fill(bf_ctx *c, filler *f, uint32_t kind, const char *gallery, const char *person)
{
    BF_TRY(bf_store__load(c, f->st, &f->galleries));
    if (gallery) {
        f->only = bf_galleries__find(&f->galleries, gallery);
        if (!f->only) BF_FAIL(c, BF_ENOENT, "%s: no gallery %s", f->st->path, gallery);
    }
    if (kind == BF_LIST_AUDIT) return bf_log__read(c, f->st, add_entry, f);
    BF_TRY(bf_store__members(c, f->st, &f->galleries, NULL, &f->members, &f->member_count));
    if (kind == BF_LIST_GALLERIES) return list_galleries(c, f);
    return list_persons(c, f, kind, person);
}

bf_status bf_store_list(bf_session *s, bf_store *store, uint32_t kind, const char *gallery,
                        const char *person, bf_list **out)
{
    if (!s || !store || !out || kind < BF_LIST_PERSONS || kind > BF_LIST_AUDIT) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    if (gallery) BF_TRY(bf_check_id(c, "gallery", gallery));
    if (person) BF_TRY(bf_check_id(c, "person", person));
    filler f = {.st = store, .now_s = bf_store__now()};
    bf_list *list = bf_ctx_alloc(c, 1, sizeof *list);
    if (!list) BF_FAIL_NOMEM(c);
    list->alloc = c->alloc;
    bf_arena_init(&list->text, &list->alloc);
    f.list = list;
    f.person = bf_locked_alloc(c, sizeof *f.person);
    bf_status st =
        f.person ? bf_store__begin(c, store, 0) : bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    if (!st) st = fill(c, &f, kind, gallery, person);
    bf_store__rollback(c, store);
    bf_locked_free(f.person);
    bf_ctx_release(c, f.members);
    bf_galleries__free(c, &f.galleries);
    if (st) {
        bf_list_free(list);
        return st;
    }
    *out = list;
    return BF_OK;
}

size_t bf_list_count(const bf_list *list)
{
    return list->count;
}

const bf_list_item *bf_list_get(const bf_list *list, size_t i)
{
    return i < list->count ? &list->items[i] : NULL;
}

void bf_list_free(bf_list *list)
{
    if (!list) return;
    bf_allocator a = list->alloc;
    bf_arena_done(&list->text);
    bf_alloc_release(&a, list->items);
    bf_wipe(list, sizeof *list);
    bf_alloc_release(&a, list);
}
