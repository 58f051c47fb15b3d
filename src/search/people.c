/* SPDX-License-Identifier: Apache-2.0 */
/* Persons in memory: segments, the table of where everybody stands, the sets of galleries. */
#include "search/people.h"

#include <stdlib.h>
#include <string.h>

#include "search/idmap.h"
#include "search/segment.h"

#define FOLLOW_MAX 1000u /* times a search goes after a person who is replaced again and again */
#define TIDY_STEP 16u    /* persons moved out of a half-empty segment at one time */

typedef struct set {
    uint64_t *galleries;
    uint32_t count;
} set;

struct bf_people {
    bf_allocator alloc;
    pthread_mutex_t writing;    /* one writer; guards map, sets and the list of segments */
    pthread_rwlock_t searching; /* read: by searches; write: slots may be given back */
    bf_segment *segment[BF_SEGMENTS_MAX];
    _Atomic uint32_t segments;
    bf_idmap map;
    set *sets;
    uint32_t set_count, set_cap;
    uint64_t persons;
    uint64_t replaced;                 /* how many so far */
    uint64_t recent[BF_PEOPLE_RECENT]; /* their ids, the n-th at n modulo BF_PEOPLE_RECENT */
    uint32_t tail;                     /* segment that takes new persons */
    uint32_t sweep;                    /* segment to be looked at next for room to take back */
};

bf_status bf_people__open(bf_ctx *c, bf_people **out)
{
    bf_people *p = bf_ctx_alloc(c, 1, sizeof *p);
    if (!p) BF_FAIL_NOMEM(c);
    p->alloc = c->alloc;
    p->tail = UINT32_MAX;
    bf_idmap__init(&p->map);
    pthread_mutex_init(&p->writing, NULL);
    pthread_rwlock_init(&p->searching, NULL);
    *out = p;
    return BF_OK;
}

void bf_people__close(bf_people *p)
{
    if (!p) return;
    bf_allocator a = p->alloc;
    for (uint32_t i = 0; i < atomic_load(&p->segments); i++) {
        bf_segment__free(&a, p->segment[i]);
        bf_alloc_release(&a, p->segment[i]);
    }
    for (uint32_t i = 0; i < p->set_count; i++) bf_alloc_release(&a, p->sets[i].galleries);
    bf_alloc_release(&a, p->sets);
    bf_idmap__free(&a, &p->map);
    pthread_mutex_destroy(&p->writing);
    pthread_rwlock_destroy(&p->searching);
    bf_alloc_release(&a, p);
}

/* ---- sets ---- */

static int same_set(const set *s, const uint64_t *galleries, uint32_t count)
{
    return s->count == count &&
           (!count || !memcmp(s->galleries, galleries, count * sizeof *galleries));
}

static bf_status add_set(bf_ctx *c, bf_people *p, const uint64_t *galleries, uint32_t count)
{
    if (p->set_count == BF_SETS_MAX) {
        BF_FAIL(c, BF_ELIMIT, "more than %u different sets of galleries", BF_SETS_MAX);
    }
    if (p->set_count == p->set_cap) {
        uint32_t cap = p->set_cap ? 2 * p->set_cap : 16;
        set *bigger = bf_ctx_alloc(c, cap, sizeof *bigger);
        if (!bigger) BF_FAIL_NOMEM(c);
        if (p->set_count) memcpy(bigger, p->sets, p->set_count * sizeof *bigger);
        bf_ctx_release(c, p->sets);
        p->sets = bigger;
        p->set_cap = cap;
    }
    set *s = &p->sets[p->set_count];
    s->galleries = bf_ctx_alloc(c, count + 1, sizeof *galleries);
    if (!s->galleries) BF_FAIL_NOMEM(c);
    if (count) memcpy(s->galleries, galleries, count * sizeof *galleries);
    s->count = count;
    p->set_count++;
    return BF_OK;
}

static bf_status find_set(bf_ctx *c, bf_people *p, const uint64_t *galleries, uint32_t count,
                          uint32_t *out)
{
    if (!p->set_count) BF_TRY(add_set(c, p, NULL, 0));
    uint32_t i = 0;
    while (i < p->set_count && !same_set(&p->sets[i], galleries, count)) i++;
    if (i == p->set_count) BF_TRY(add_set(c, p, galleries, count));
    *out = i;
    return BF_OK;
}

bf_status bf_people__set(bf_ctx *c, bf_people *p, const uint64_t *galleries, uint32_t count,
                         uint32_t *out)
{
    pthread_mutex_lock(&p->writing);
    bf_status st = find_set(c, p, galleries, count, out);
    pthread_mutex_unlock(&p->writing);
    return st;
}

bf_status bf_people__members(bf_ctx *c, bf_people *p, uint64_t gallery, uint8_t **out)
{
    pthread_mutex_lock(&p->writing);
    uint8_t *member = bf_ctx_alloc(c, BF_SETS_MAX, 1);
    for (uint32_t i = 0; member && i < p->set_count; i++) {
        for (uint32_t k = 0; k < p->sets[i].count; k++) {
            member[i] |= p->sets[i].galleries[k] == gallery;
        }
    }
    pthread_mutex_unlock(&p->writing);
    if (!member) BF_FAIL_NOMEM(c);
    *out = member;
    return BF_OK;
}

/* ---- add and remove ---- */

static bf_status new_segment(bf_ctx *c, bf_people *p)
{
    uint32_t n = atomic_load(&p->segments), i = 0;
    /* one that everybody has left, else a new one */
    while (i < n && p->segment[i]->person) i++;
    if (i == BF_SEGMENTS_MAX) {
        BF_FAIL(c, BF_ELIMIT, "more than %u persons in memory",
                BF_SEGMENTS_MAX * BF_SEGMENT_PERSONS);
    }
    if (i == n) {
        bf_segment *s = bf_ctx_alloc(c, 1, sizeof *s);
        if (!s) BF_FAIL_NOMEM(c);
        bf_status st = bf_segment__init(c, s);
        if (st) {
            bf_ctx_release(c, s);
            return st;
        }
        p->segment[n] = s;
        atomic_store(&p->segments, n + 1);
    } else {
        BF_TRY(bf_segment__reopen(c, p->segment[i]));
    }
    p->tail = i;
    return BF_OK;
}

static void kill(bf_people *p, uint32_t where)
{
    bf_segment *s = p->segment[where / BF_SEGMENT_PERSONS];
    pthread_rwlock_wrlock(&s->lock);
    bf_segment__kill(s, where % BF_SEGMENT_PERSONS);
    pthread_rwlock_unlock(&s->lock);
}

static bf_status append(bf_ctx *c, bf_people *p, uint64_t id, const bf_people_sample *samples,
                        uint32_t count)
{
    bf_segment *s = p->tail == UINT32_MAX ? NULL : p->segment[p->tail];
    if (!s || s->persons == BF_SEGMENT_PERSONS) {
        if (s) {
            pthread_rwlock_wrlock(&s->lock);
            bf_segment__trim(c, s);
            pthread_rwlock_unlock(&s->lock);
        }
        BF_TRY(new_segment(c, p));
        s = p->segment[p->tail];
    }
    BF_TRY(bf_idmap__reserve(c, &p->map));
    pthread_rwlock_wrlock(&s->lock);
    bf_status st = bf_segment__append(c, s, id, samples, count);
    uint32_t slot = s->persons - 1;
    pthread_rwlock_unlock(&s->lock);
    if (!st) bf_idmap__put(&p->map, id, p->tail * BF_SEGMENT_PERSONS + slot);
    return st;
}

/* Move some out of a segment that most have left; free one that all have left. Only while nobody
 * searches: a search counts on slots. What cannot be moved for want of memory stays. */
static void tidy(bf_ctx *c, bf_people *p, uint32_t at)
{
    bf_segment *s = p->segment[at];
    if (at == p->tail || 2 * s->dead < s->persons || pthread_rwlock_trywrlock(&p->searching))
        return;
    bf_arena_mark mark = bf_arena_save(&c->arena);
    uint32_t moved = 0;
    for (uint32_t i = 0; i < s->persons && moved < TIDY_STEP; i++) {
        bf_people_sample *samples;
        if (!s->person[i].alive) continue;
        if (bf_segment__read(c, s, i, &samples)) break;
        if (append(c, p, s->person[i].id, samples, s->person[i].count)) break;
        kill(p, at * BF_SEGMENT_PERSONS + i);
        moved++;
    }
    if (s->dead == s->persons) bf_segment__free(&p->alloc, s);
    bf_arena_restore(&c->arena, mark);
    pthread_rwlock_unlock(&p->searching);
}

bf_status bf_people__put(bf_ctx *c, bf_people *p, uint64_t id, const bf_people_sample *samples,
                         uint32_t count)
{
    if (!id || count > BF_PERSON_SAMPLES_MAX) {
        BF_FAIL(c, BF_ELIMIT, "a person with %u samples", count);
    }
    pthread_mutex_lock(&p->writing);
    uint32_t old = bf_idmap__get(&p->map, id);
    /* The new before the old is gone, and noted: see bf_people__replaced_since(). */
    bf_status st = append(c, p, id, samples, count);
    if (!st && old != UINT32_MAX) {
        kill(p, old);
        p->recent[p->replaced++ % BF_PEOPLE_RECENT] = id;
    }
    if (!st && old == UINT32_MAX) p->persons++;
    if (!st) tidy(c, p, p->sweep++ % atomic_load(&p->segments));
    pthread_mutex_unlock(&p->writing);
    return st;
}

int bf_people__remove(bf_people *p, uint64_t id)
{
    pthread_mutex_lock(&p->writing);
    uint32_t where = bf_idmap__get(&p->map, id);
    if (where != UINT32_MAX) {
        bf_idmap__remove(&p->map, id);
        kill(p, where);
        p->persons--;
    }
    pthread_mutex_unlock(&p->writing);
    return where != UINT32_MAX;
}

void bf_people__stats(bf_people *p, bf_people_stats *out)
{
    pthread_mutex_lock(&p->writing);
    memset(out, 0, sizeof *out);
    out->persons = p->persons;
    out->bytes = sizeof *p + bf_idmap__bytes(&p->map) + p->set_cap * sizeof *p->sets;
    for (uint32_t i = 0; i < p->set_count; i++) out->bytes += (p->sets[i].count + 1) * 8ull;
    for (uint32_t i = 0; i < atomic_load(&p->segments); i++) {
        out->bytes += bf_segment__bytes(p->segment[i], &out->samples);
    }
    pthread_mutex_unlock(&p->writing);
}

/* ---- for searches ---- */

void bf_people__begin(bf_people *p)
{
    pthread_rwlock_rdlock(&p->searching);
}

void bf_people__end(bf_people *p)
{
    pthread_rwlock_unlock(&p->searching);
}

uint32_t bf_people__segments(const bf_people *p)
{
    return atomic_load(&p->segments);
}

bf_segment *bf_people__segment(const bf_people *p, uint32_t i)
{
    return p->segment[i];
}

uint32_t bf_people__where(bf_people *p, uint64_t id)
{
    pthread_mutex_lock(&p->writing);
    uint32_t where = bf_idmap__get(&p->map, id);
    pthread_mutex_unlock(&p->writing);
    return where;
}

static int compare_roster(const void *a, const void *b)
{
    const bf_roster *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static void call_roll(const bf_segment *s, const uint8_t *member, bf_roster *out, size_t *count)
{
    for (uint32_t i = 0; i < s->persons; i++) {
        const bf_person_slot *p = &s->person[i];
        bf_roster *r = &out[*count];
        uint32_t seen = 0;
        *r = (bf_roster){.id = p->id};
        for (uint32_t k = p->first; p->alive && k < p->first + p->count; k++) {
            if (member && !member[s->sample[k].set]) continue;
            if (s->sample[k].encounter > r->newest) r->newest = s->sample[k].encounter;
            seen++;
        }
        *count += seen != 0;
    }
}

bf_status bf_people__roster(bf_ctx *c, bf_people *p, const uint8_t *member, bf_roster **out,
                            size_t *count)
{
    *count = 0;
    pthread_mutex_lock(&p->writing);
    bf_roster *all = bf_ctx_alloc(c, (size_t)p->persons + 1, sizeof *all);
    for (uint32_t i = 0; all && i < atomic_load(&p->segments); i++) {
        call_roll(p->segment[i], member, all, count);
    }
    pthread_mutex_unlock(&p->writing);
    if (!all) BF_FAIL_NOMEM(c);
    qsort(all, *count, sizeof *all, compare_roster);
    *out = all;
    return BF_OK;
}

uint64_t bf_people__replaced(bf_people *p)
{
    pthread_mutex_lock(&p->writing);
    uint64_t n = p->replaced;
    pthread_mutex_unlock(&p->writing);
    return n;
}

static int compare_slots(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

bf_status bf_people__replaced_since(bf_ctx *c, bf_people *p, uint64_t since, uint32_t **out,
                                    size_t *count)
{
    size_t n = 0, kept = 0;
    uint64_t now = bf_people__replaced(p);
    if (now - since > BF_PEOPLE_RECENT) {
        BF_FAIL(c, BF_EBUSY, "%llu persons were replaced during one search",
                (unsigned long long)(now - since));
    }
    uint32_t *slots = bf_ctx_alloc(c, (size_t)(now - since) + 1, sizeof *slots);
    if (!slots) BF_FAIL_NOMEM(c);
    for (uint64_t i = since; i < now; i++) {
        pthread_mutex_lock(&p->writing); /* for each anew: a writer waits for one at the most */
        uint32_t at = bf_idmap__get(&p->map, p->recent[i % BF_PEOPLE_RECENT]);
        pthread_mutex_unlock(&p->writing);
        if (at != UINT32_MAX) slots[n++] = at;
    }
    qsort(slots, n, sizeof *slots, compare_slots);
    for (size_t i = 0; i < n; i++) {
        if (!kept || slots[i] != slots[kept - 1]) slots[kept++] = slots[i];
    }
    *out = slots;
    *count = kept;
    return BF_OK;
}

bf_status bf_people__copy(bf_ctx *c, bf_people *p, uint32_t slot, uint64_t *id,
                          bf_people_sample **out, uint32_t *count)
{
    for (uint32_t tries = 0; tries < FOLLOW_MAX && slot != UINT32_MAX; tries++) {
        bf_segment *s = p->segment[slot / BF_SEGMENT_PERSONS];
        pthread_rwlock_rdlock(&s->lock);
        const bf_person_slot *one = &s->person[slot % BF_SEGMENT_PERSONS];
        bf_status st = BF_OK;
        int alive = one->alive;
        *id = one->id;
        *count = one->count;
        if (alive) st = bf_segment__copy(c, s, slot % BF_SEGMENT_PERSONS, out);
        pthread_rwlock_unlock(&s->lock);
        if (st || alive) return st;
        slot = bf_people__where(p, *id); /* put anew meanwhile? */
    }
    *count = 0;
    return BF_OK;
}
