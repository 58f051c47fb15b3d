/* SPDX-License-Identifier: Apache-2.0 */
/* Persons and the bytes of their templates in memory. */
#include "engine/store_internal.h"

void bf_search_set__init(bf_search_set *set, const bf_ctx *c)
{
    memset(set, 0, sizeof *set);
    set->alloc = c->alloc;
}

void bf_search_set__free(bf_search_set *set)
{
    for (size_t i = 0; i < set->sample_count; i++) {
        bf_wipe(set->samples[i].bytes, set->samples[i].len);
        bf_alloc_release(&set->alloc, set->samples[i].bytes);
    }
    bf_wipe(set->persons, set->person_count * sizeof *set->persons);
    bf_wipe(set->samples, set->sample_count * sizeof *set->samples);
    bf_alloc_release(&set->alloc, set->persons);
    bf_alloc_release(&set->alloc, set->samples);
    memset(set, 0, sizeof *set);
}

/* Room for one more of `size` bytes each. */
static bf_status grow(bf_ctx *c, void **items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap) return BF_OK;
    size_t more = *cap ? *cap * 2 : 64;
    void *bigger = bf_ctx_alloc(c, more, size);
    if (!bigger) BF_FAIL_NOMEM(c);
    if (count) memcpy(bigger, *items, count * size);
    bf_wipe(*items, count * size);
    bf_ctx_release(c, *items);
    *items = bigger;
    *cap = more;
    return BF_OK;
}

bf_status bf_search_set__person(bf_ctx *c, bf_search_set *set, const char *name, uint64_t id)
{
    void *items = set->persons;
    bf_status st = grow(c, &items, set->person_count, &set->person_cap, sizeof *set->persons);
    set->persons = items;
    BF_TRY(st);
    bf_set_person *p = &set->persons[set->person_count++];
    memset(p, 0, sizeof *p);
    memcpy(p->name, name, strlen(name));
    p->id = id;
    p->first = set->sample_count;
    return BF_OK;
}

bf_status bf_search_set__sample(bf_ctx *c, bf_search_set *set, const bf_sample_rec *rec,
                                const uint8_t *bytes, const char *encounter)
{
    void *items = set->samples;
    bf_status st = grow(c, &items, set->sample_count, &set->sample_cap, sizeof *set->samples);
    set->samples = items;
    BF_TRY(st);
    bf_set_sample *s = &set->samples[set->sample_count];
    memset(s, 0, sizeof *s);
    s->bytes = bf_ctx_alloc(c, rec->len, 1);
    if (!s->bytes) BF_FAIL_NOMEM(c);
    memcpy(s->bytes, bytes, rec->len);
    s->len = rec->len;
    s->modality = rec->modality;
    s->position = rec->position;
    memcpy(s->encounter, encounter, strlen(encounter));
    set->sample_count++;
    set->persons[set->person_count - 1].count++;
    return BF_OK;
}
