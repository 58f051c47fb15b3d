/* SPDX-License-Identifier: Apache-2.0 */
/* One segment: persons, their samples' bytes, and the lanes of codes. */
#include "search/segment.h"

#include <string.h>

#define CODE_UNIT 8u

/* Make *items hold at least `need` of `size` bytes; what was there is kept, old memory wiped. */
static bf_status grow(bf_ctx *c, void **items, size_t used, size_t need, size_t *cap, size_t size)
{
    if (need <= *cap) return BF_OK;
    size_t more = *cap + *cap / 2 + 64;
    if (more < need) more = need;
    void *bigger = bf_ctx_alloc(c, more, size);
    if (!bigger) BF_FAIL_NOMEM(c);
    if (used) memcpy(bigger, *items, used * size);
    if (*items) bf_wipe(*items, used * size);
    bf_ctx_release(c, *items);
    *items = bigger;
    *cap = more;
    return BF_OK;
}

/* Exactly what is used; on refusal nothing changes. */
static void shrink(bf_ctx *c, void **items, size_t used, size_t *cap, size_t size)
{
    if (used == *cap || !used) return;
    void *smaller = bf_ctx_alloc(c, used, size);
    if (!smaller) return;
    memcpy(smaller, *items, used * size);
    bf_wipe(*items, used * size);
    bf_ctx_release(c, *items);
    *items = smaller;
    *cap = used;
}

bf_status bf_segment__reopen(bf_ctx *c, bf_segment *s)
{
    s->person = bf_ctx_alloc(c, BF_SEGMENT_PERSONS, sizeof *s->person);
    if (!s->person) BF_FAIL_NOMEM(c);
    return BF_OK;
}

bf_status bf_segment__init(bf_ctx *c, bf_segment *s)
{
    pthread_rwlockattr_t attr;
    BF_TRY(bf_segment__reopen(c, s));
    /* a stream of searches must not keep a writer waiting */
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&s->lock, &attr);
    pthread_rwlockattr_destroy(&attr);
    return BF_OK;
}

void bf_segment__free(const bf_allocator *a, bf_segment *s)
{
    for (uint32_t i = 0; i < s->lanes; i++) {
        bf_lane *l = &s->lane[i];
        if (l->codes) bf_wipe(l->codes, l->codes_len);
        bf_alloc_release(a, l->codes);
        bf_alloc_release(a, l->at);
        bf_alloc_release(a, l->sample);
    }
    if (s->bytes) bf_wipe(s->bytes, s->bytes_len);
    bf_alloc_release(a, s->bytes);
    bf_alloc_release(a, s->sample);
    bf_alloc_release(a, s->person);
    memset(s->lane, 0, sizeof s->lane);
    s->bytes = NULL;
    s->sample = NULL;
    s->person = NULL;
    s->persons = s->dead = s->samples = s->samples_cap = s->lanes = 0;
    s->bytes_len = s->bytes_cap = 0;
}

static bf_lane *find_lane(bf_segment *s, uint32_t modality, uint32_t position)
{
    for (uint32_t i = 0; i < s->lanes; i++) {
        if (s->lane[i].modality == modality && s->lane[i].position == position) return &s->lane[i];
    }
    return NULL;
}

/* Room in a lane for one code more than it has and `extra` further ones of `len` bytes together. */
static bf_status reserve_code(bf_ctx *c, bf_segment *s, const bf_people_sample *n, uint32_t extra,
                              size_t extra_len)
{
    bf_lane *l = find_lane(s, n->modality, n->position);
    if (!l) {
        if (s->lanes == BF_SEGMENT_LANES) {
            BF_FAIL(c, BF_ELIMIT, "more than %u positions in memory", BF_SEGMENT_LANES);
        }
        l = &s->lane[s->lanes++];
        memset(l, 0, sizeof *l);
        l->modality = (uint8_t)n->modality;
        l->position = (uint8_t)n->position;
    }
    size_t need = (size_t)l->count + extra + 1, cap = l->cap, cap2 = l->cap;
    void *at = l->at, *sample = l->sample, *codes = l->codes;
    bf_status st = grow(c, &at, l->count, need, &cap, sizeof *l->at);
    l->at = at;
    if (!st) st = grow(c, &sample, l->count, need, &cap2, sizeof *l->sample);
    l->sample = sample;
    if (!st) l->cap = (uint32_t)cap;
    if (!st) {
        st =
            grow(c, &codes, l->codes_len, l->codes_len + extra_len + n->code_len, &l->codes_cap, 1);
        l->codes = codes;
    }
    return st;
}

static bf_status reserve(bf_ctx *c, bf_segment *s, const bf_people_sample *samples, uint32_t count)
{
    size_t len = s->bytes_len, cap = s->samples_cap;
    for (uint32_t i = 0; i < count; i++) len += samples[i].len;
    if (len > UINT32_MAX) BF_FAIL(c, BF_ELIMIT, "too many bytes in one segment");
    void *slots = s->sample, *bytes = s->bytes;
    bf_status st = grow(c, &slots, s->samples, (size_t)s->samples + count, &cap, sizeof *s->sample);
    s->sample = slots;
    s->samples_cap = (uint32_t)cap;
    if (!st) st = grow(c, &bytes, s->bytes_len, len, &s->bytes_cap, 1);
    s->bytes = bytes;
    for (uint32_t i = 0; i < count && !st; i++) {
        uint32_t extra = 0;
        size_t extra_len = 0;
        if (!samples[i].code) continue;
        for (uint32_t k = 0; k < i; k++) {
            if (!samples[k].code || samples[k].modality != samples[i].modality ||
                samples[k].position != samples[i].position) {
                continue;
            }
            extra++;
            extra_len += samples[k].code_len;
        }
        st = reserve_code(c, s, &samples[i], extra, extra_len);
    }
    return st;
}

static void put_code(bf_segment *s, const bf_people_sample *n, uint32_t sample)
{
    bf_lane *l = find_lane(s, n->modality, n->position);
    memcpy(l->codes + l->codes_len, n->code, n->code_len);
    l->at[l->count] = (uint32_t)(l->codes_len / CODE_UNIT);
    l->sample[l->count++] = sample;
    l->codes_len += n->code_len;
}

bf_status bf_segment__append(bf_ctx *c, bf_segment *s, uint64_t id, const bf_people_sample *samples,
                             uint32_t count)
{
    BF_TRY(reserve(c, s, samples, count));
    s->person[s->persons] = (bf_person_slot){id, s->samples, (uint16_t)count, 1};
    for (uint32_t i = 0; i < count; i++) {
        const bf_people_sample *n = &samples[i];
        s->sample[s->samples] = (bf_sample_slot){
            .encounter = n->encounter,
            .at = (uint32_t)s->bytes_len,
            .len = n->len,
            .set = n->set,
            .person = (uint16_t)s->persons,
            .modality = (uint8_t)n->modality,
            .position = (uint8_t)n->position,
        };
        memcpy(s->bytes + s->bytes_len, n->bytes, n->len);
        s->bytes_len += n->len;
        if (n->code) put_code(s, n, s->samples);
        s->samples++;
    }
    s->persons++;
    return BF_OK;
}

/* Where the code of a sample lies in its lane, and its bytes; 0 if it has none. */
static size_t code_of(const bf_segment *s, uint32_t sample, uint8_t **out)
{
    const bf_sample_slot *slot = &s->sample[sample];
    for (uint32_t i = 0; i < s->lanes; i++) {
        const bf_lane *l = &s->lane[i];
        if (l->modality != slot->modality || l->position != slot->position) continue;
        for (uint32_t k = 0; k < l->count; k++) {
            if (l->sample[k] != sample) continue;
            size_t at = (size_t)l->at[k] * CODE_UNIT;
            *out = l->codes + at;
            return (k + 1 < l->count ? (size_t)l->at[k + 1] * CODE_UNIT : l->codes_len) - at;
        }
    }
    return 0;
}

void bf_segment__kill(bf_segment *s, uint32_t slot)
{
    bf_person_slot *p = &s->person[slot];
    for (uint32_t i = p->first; i < p->first + p->count; i++) {
        uint8_t *code;
        size_t len = code_of(s, i, &code);
        if (len) bf_wipe(code, len);
        bf_wipe(s->bytes + s->sample[i].at, s->sample[i].len);
    }
    p->alive = 0;
    s->dead++;
}

bf_status bf_segment__read(bf_ctx *c, const bf_segment *s, uint32_t slot, bf_people_sample **out)
{
    const bf_person_slot *p = &s->person[slot];
    bf_people_sample *n = bf_ctx_scratch(c, (size_t)p->count + 1, sizeof *n);
    if (!n) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < p->count; i++) {
        const bf_sample_slot *t = &s->sample[p->first + i];
        uint8_t *code = NULL;
        size_t len = code_of(s, p->first + i, &code);
        n[i] = (bf_people_sample){.bytes = s->bytes + t->at,
                                  .code = len ? code : NULL,
                                  .len = t->len,
                                  .code_len = (uint32_t)len,
                                  .modality = t->modality,
                                  .position = t->position,
                                  .encounter = t->encounter,
                                  .set = t->set};
    }
    *out = n;
    return BF_OK;
}

bf_status bf_segment__copy(bf_ctx *c, const bf_segment *s, uint32_t slot, bf_people_sample **out)
{
    const bf_person_slot *p = &s->person[slot];
    size_t len = 0;
    for (uint32_t i = p->first; i < p->first + p->count; i++) len += s->sample[i].len;
    bf_people_sample *n = bf_ctx_scratch(c, (size_t)p->count + 1, sizeof *n);
    uint8_t *bytes = bf_ctx_scratch(c, len + 1, 1);
    if (!n || !bytes) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < p->count; i++) {
        const bf_sample_slot *t = &s->sample[p->first + i];
        memcpy(bytes, s->bytes + t->at, t->len);
        n[i] = (bf_people_sample){.bytes = bytes,
                                  .len = t->len,
                                  .modality = t->modality,
                                  .position = t->position,
                                  .encounter = t->encounter,
                                  .set = t->set};
        bytes += t->len;
    }
    *out = n;
    return BF_OK;
}

void bf_segment__trim(bf_ctx *c, bf_segment *s)
{
    void *items = s->sample;
    size_t cap = s->samples_cap;
    shrink(c, &items, s->samples, &cap, sizeof *s->sample);
    s->sample = items;
    s->samples_cap = (uint32_t)cap;
    items = s->bytes;
    shrink(c, &items, s->bytes_len, &s->bytes_cap, 1);
    s->bytes = items;
    for (uint32_t i = 0; i < s->lanes; i++) {
        bf_lane *l = &s->lane[i];
        size_t cap_at = l->cap, cap_sample = l->cap;
        items = l->at;
        shrink(c, &items, l->count, &cap_at, sizeof *l->at);
        l->at = items;
        items = l->sample;
        shrink(c, &items, l->count, &cap_sample, sizeof *l->sample);
        l->sample = items;
        l->cap = (uint32_t)(cap_at < cap_sample ? cap_at : cap_sample);
        items = l->codes;
        shrink(c, &items, l->codes_len, &l->codes_cap, 1);
        l->codes = items;
    }
}

uint64_t bf_segment__bytes(const bf_segment *s, uint64_t *samples)
{
    uint64_t n = sizeof *s;
    if (s->person) n += BF_SEGMENT_PERSONS * sizeof *s->person;
    n += s->samples_cap * sizeof *s->sample + s->bytes_cap;
    for (uint32_t i = 0; i < s->lanes; i++) {
        n += s->lane[i].cap * (sizeof *s->lane[i].at + sizeof *s->lane[i].sample);
        n += s->lane[i].codes_cap;
    }
    for (uint32_t i = 0; i < s->persons; i++)
        *samples += s->person[i].alive ? s->person[i].count : 0;
    return n;
}
