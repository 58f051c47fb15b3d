/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Persons in memory, packed for searching: one copy of their templates, and of each the code of the
 * fast stage, kept apart. Any number of galleries are views of it (sets).
 *
 * Persons stand in segments of BF_SEGMENT_PERSONS. A segment has one lane for each modality and
 * position, whose codes lie one behind the other. One writer at a time adds, replaces and removes
 * while any number of searches read: a writer waits for one scan of one segment at the most, a
 * search for one person's bytes to be copied (tests/search measures both). Slots never move while a
 * search runs.
 *
 * Erased bytes are wiped at once; the room of persons who left is taken back as others come.
 */
#ifndef BF_SEARCH_PEOPLE_H
#define BF_SEARCH_PEOPLE_H
#include <pthread.h>
#include <stdatomic.h>

#include "template/modality.h"

#define BF_SEGMENT_PERSONS 512u
#define BF_SEGMENTS_MAX 32768u /* 16.7 million persons */
#define BF_SEGMENT_LANES 32u
#define BF_PERSON_SAMPLES_MAX 4096u
#define BF_SETS_MAX 65536u
#define BF_PEOPLE_RECENT 65536u /* replacements that are remembered */

/* A sample as it comes; borrowed for the call. */
typedef struct bf_people_sample {
    const uint8_t *bytes; /* the template */
    const uint8_t *code;  /* of the fast stage; NULL: there is none */
    uint32_t len, code_len;
    uint32_t modality, position;
    uint64_t encounter; /* any number; handed back with a candidate */
    uint32_t set;       /* which galleries: of bf_people__set() */
    uint32_t reserved;
} bf_people_sample;

typedef struct bf_sample_slot {
    uint64_t encounter;
    uint32_t at; /* of the template in `bytes` */
    uint32_t len;
    uint32_t set;
    uint16_t person; /* slot */
    uint8_t modality, position;
} bf_sample_slot;

typedef struct bf_person_slot {
    uint64_t id;
    uint32_t first; /* sample */
    uint16_t count;
    uint16_t alive; /* 1, or 0: gone */
} bf_person_slot;

/* Samples of one modality and position that have a code. */
typedef struct bf_lane {
    uint8_t modality, position;
    uint32_t count, cap;
    uint32_t *at;     /* of codes, in units of 8 bytes */
    uint32_t *sample; /* index in the segment */
    uint8_t *codes;   /* 64-byte aligned */
    size_t codes_len, codes_cap;
} bf_lane;

typedef struct bf_segment {
    pthread_rwlock_t lock;
    uint32_t persons, dead;
    uint32_t samples, samples_cap;
    uint32_t lanes;
    size_t bytes_len, bytes_cap;
    bf_person_slot *person;
    bf_sample_slot *sample;
    uint8_t *bytes;
    bf_lane lane[BF_SEGMENT_LANES];
} bf_segment;

typedef struct bf_people bf_people;

typedef struct bf_people_stats {
    uint64_t persons, samples;
    uint64_t bytes; /* of memory, everything included */
} bf_people_stats;

/* @param out  the caller owns: bf_people__close() */
bf_status bf_people__open(bf_ctx *c, bf_people **out);
/* Wipe and free, after all searches. NULL is fine. */
void bf_people__close(bf_people *p);

/*
 * The number of a set of galleries; equal sets have equal numbers, 0 is the empty set.
 * @param galleries  ids, ascending, no two alike; at most 64
 */
bf_status bf_people__set(bf_ctx *c, bf_people *p, const uint64_t *galleries, uint32_t count,
                         uint32_t *out);
/* member[set] = 1 where the set holds the gallery; heap, released by the caller. */
bf_status bf_people__members(bf_ctx *c, bf_people *p, uint64_t gallery, uint8_t **out);

/*
 * Add a person, or put new samples in place of the old. All or nothing.
 * @param id  not 0
 * @return 0, BF_ELIMIT (too many samples, persons or lanes), BF_ENOMEM
 */
bf_status bf_people__put(bf_ctx *c, bf_people *p, uint64_t id, const bf_people_sample *samples,
                         uint32_t count);
/* @return 1 if the person was there */
int bf_people__remove(bf_people *p, uint64_t id);
void bf_people__stats(bf_people *p, bf_people_stats *out);

/* ---- for searches ---- */

/* Slots stay where they are between begin and end. */
void bf_people__begin(bf_people *p);
void bf_people__end(bf_people *p);
uint32_t bf_people__segments(const bf_people *p);
bf_segment *bf_people__segment(const bf_people *p, uint32_t i);
/* Where a person stands now: segment * BF_SEGMENT_PERSONS + slot; UINT32_MAX: nowhere. */
uint32_t bf_people__where(bf_people *p, uint64_t id);

/* A person and the highest number of an encounter. */
typedef struct bf_roster {
    uint64_t id, newest;
} bf_roster;

/* Who has a sample in a set of `member` (NULL: any). @param out  by id; heap, *count of them */
bf_status bf_people__roster(bf_ctx *c, bf_people *p, const uint8_t *member, bf_roster **out,
                            size_t *count);

/* How many persons were replaced so far. */
uint64_t bf_people__replaced(bf_people *p);
/*
 * Where those stand who were replaced since: a search that passed their new place before and their
 * old one after it has seen neither.
 * @param out  ascending, nobody twice; heap, *count of them
 * @return 0, BF_EBUSY (more than are remembered)
 */
bf_status bf_people__replaced_since(bf_ctx *c, bf_people *p, uint64_t since, uint32_t **out,
                                    size_t *count);

/* A copy, in scratch memory, of the samples of the person of a slot, wherever he stands now;
 * *count is 0 if he left. */
bf_status bf_people__copy(bf_ctx *c, bf_people *p, uint32_t slot, uint64_t *id,
                          bf_people_sample **out, uint32_t *count);

#endif
