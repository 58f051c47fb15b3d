/* SPDX-License-Identifier: Apache-2.0 */
/* Persons of two fingers each, drawn from their number. */
#ifndef BF_TESTS_MADE_PEOPLE_H
#define BF_TESTS_MADE_PEOPLE_H
#include "finger/made_print.h"
#include "finger/module.h"
#include "search/query.h"

#define MADE_FINGERS 2u

typedef struct made_person {
    bf_bytes tmpl[MADE_FINGERS];
    _Alignas(8) uint8_t code[MADE_FINGERS][1024];
    bf_people_sample sample[MADE_FINGERS];
} made_person;

static inline made_print made_finger(uint32_t person, uint32_t finger, uint32_t noise)
{
    made_print m = {.seed = 1000 + person * 16 + finger,
                    .count = 30 + (person * 7 + finger) % 20,
                    .keep_percent = 100};
    if (!noise) return m;
    m.noise_seed = noise;
    m.jitter_px = 2;
    m.keep_percent = 85;
    m.turn = (int32_t)(noise * 37 % 256);
    m.dx = 8;
    return m;
}

/* @param noise  0: as enrolled; else another impression */
static inline void made_person_open(bf_ctx *c, uint32_t person, uint32_t noise, made_person *out)
{
    memset(out, 0, sizeof *out);
    for (uint32_t i = 0; i < MADE_FINGERS; i++) {
        made_print m = made_finger(person, i, noise);
        void *prepared;
        size_t len, code_len;
        out->tmpl[i] = made_template(c, &m);
        assert_int_equal(bf_finger.prepare(c, out->tmpl[i].data, out->tmpl[i].len, &prepared, &len),
                         BF_OK);
        assert_int_equal(bf_finger.fast->encode(c, prepared, out->code[i], &code_len), BF_OK);
        bf_ctx_release(c, prepared);
        bf_arena_reset(&c->arena);
        out->sample[i] = (bf_people_sample){.bytes = out->tmpl[i].data,
                                            .code = out->code[i],
                                            .len = (uint32_t)out->tmpl[i].len,
                                            .code_len = (uint32_t)code_len,
                                            .modality = BF_FINGER,
                                            .position = i + 1,
                                            .encounter = person * 10 + i};
    }
}

static inline void made_person_close(bf_ctx *c, made_person *p)
{
    for (uint32_t i = 0; i < MADE_FINGERS; i++) bf_ctx_release(c, p->tmpl[i].data);
}

/* Enrol persons first..first + count - 1; ids are one more. */
static inline void made_enrol(bf_ctx *c, bf_people *p, uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++) {
        made_person m;
        made_person_open(c, i, 0, &m);
        assert_int_equal(bf_people__put(c, p, i + 1, m.sample, MADE_FINGERS), BF_OK);
        made_person_close(c, &m);
    }
}

/* Search for another impression of a person. The caller frees the hits. */
static inline void made_search(bf_ctx *c, bf_people *p, uint32_t person, bf_query q, bf_hits *out)
{
    made_person m;
    bf_query_probe probes[MADE_FINGERS];
    void *prepared[MADE_FINGERS];
    size_t len;
    made_person_open(c, person, 5, &m);
    for (uint32_t i = 0; i < MADE_FINGERS; i++) {
        assert_int_equal(bf_finger.prepare(c, m.tmpl[i].data, m.tmpl[i].len, &prepared[i], &len),
                         BF_OK);
        probes[i] = (bf_query_probe){&bf_finger, i + 1, prepared[i]};
    }
    q.probes = probes;
    q.probe_count = MADE_FINGERS;
    if (!q.max_candidates) q.max_candidates = 5;
    if (q.fpir <= 0) q.fpir = 0.01;
    bf_arena_reset(&c->arena);
    assert_int_equal(bf_people__search(c, p, &q, out), BF_OK);
    for (uint32_t i = 0; i < MADE_FINGERS; i++) bf_ctx_release(c, prepared[i]);
    made_person_close(c, &m);
}

#endif
