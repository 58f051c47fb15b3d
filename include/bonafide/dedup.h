/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file dedup.h
 * Everybody of a store against everybody: persons enrolled twice, and samples filed under the wrong
 * position. What is found is never a decision: that is for a human being.
 *
 *     bf_dedup_open -> bf_dedup_step until done == total -> bf_dedup_report -> bf_dedup_close
 *
 * Each person in turn is the probe, with all samples at their positions, against those with smaller
 * row numbers, so that a pair is compared once. Progress can be kept in a file, to go on later:
 * then persons added since are taken in, and who got another encounter is searched anew. The file
 * holds row numbers, positions and scores, sealed under the store's keys; no template, no id in
 * clear. Another erasure or rotation of keys makes it useless.
 *
 * A bf_dedup belongs to the thread of its store. Start and end are written to the audit log.
 */
#ifndef BONAFIDE_DEDUP_H
#define BONAFIDE_DEDUP_H
#include "bonafide/index.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bf_dedup bf_dedup;

#define BF_DEDUP_FINDINGS_MAX 1000000u

typedef struct bf_dedup_opts {
    uint32_t struct_size;
    uint32_t threads;    /* 0: one for each processor */
    const char *gallery; /* NULL: every person in the store */
    const char *purpose; /* NULL: the gallery's; for the audit log */
    double fpir;         /* 0 < fpir < 1: chance that a person who is there once is paired with
                            another; default 0.01 */
    double score;        /* > 0: the threshold, in place of one computed from fpir */
    const char *progress_path; /* NULL: no progress is kept */
    uint32_t resume;           /* 1: go on from that file; 0: an unfinished one is refused */
    uint32_t save_ms;          /* keep progress about this often; default 5000 */
} bf_dedup_opts;

BF_API void bf_dedup_opts_init(bf_dedup_opts *opts);

/**
 * Begin, or go on.
 * @param index  of the store; borrowed until bf_dedup_close()
 * @param opts   NULL for defaults; copied
 * @param out    caller owns: bf_dedup_close()
 * @return 0, BF_EEXIST (the file is of an unfinished run, and resume is 0), BF_EINVAL (made with
 *         other options), BF_EKEY (resume: the store's keys were changed since; else it is started
 *         anew), BF_ETAMPER (altered), BF_EFORMAT (not such a file, or another store's), BF_ENOENT
 *         (no such file or gallery)
 */
BF_API bf_status bf_dedup_open(bf_session *s, bf_index *index, const bf_dedup_opts *opts,
                               bf_dedup **out);

/** NULL is fine. What was found and not saved is forgotten. */
BF_API void bf_dedup_close(bf_dedup *d);

/**
 * Search for some persons more; some seconds at the most. Keeps progress when it is due.
 * @param done, total  persons, of those there are to search for; NULL is fine
 * @return 0, BF_ELIMIT (more than BF_DEDUP_FINDINGS_MAX findings: raise the threshold)
 */
BF_API bf_status bf_dedup_step(bf_session *s, bf_dedup *d, uint64_t *done, uint64_t *total);

/** Keep progress now; whole or not at all. Nothing without progress_path. @return 0 */
BF_API bf_status bf_dedup_save(bf_session *s, bf_dedup *d);

#define BF_DEDUP_PERSONS 1u   /* two persons who may be one */
#define BF_DEDUP_POSITIONS 2u /* a person's finger or palm that may be filed under two positions   \
                               */
#define BF_DEDUP_SWAP                                                                              \
    3u /* two positions that may be exchanged in one of two encounters, as left                    \
          filed as right; the score is of the weaker of both matches */

typedef struct bf_dedup_part {
    uint32_t modality, position;
    uint32_t other_position; /* PERSONS: as position */
    uint32_t comparisons;    /* of which this is the best */
    float score;
    uint32_t reserved;
    char encounter[BF_ID_MAX + 1];       /* of the best sample of `person` */
    char other_encounter[BF_ID_MAX + 1]; /* and of what it matches */
    char padding[6];
} bf_dedup_part;

typedef struct bf_dedup_finding {
    uint32_t kind; /* BF_DEDUP_PERSONS, ... */
    uint32_t part_count;
    float score; /* fused, on the scale of compare.h */
    uint32_t reserved;
    char person[BF_ID_MAX + 1]; /* PERSONS: who was enrolled first */
    char other[BF_ID_MAX + 1];  /* PERSONS: the second; else "" */
    char padding[6];
    bf_dedup_part parts[BF_PROBES_MAX];
} bf_dedup_finding;

typedef struct bf_dedup_info {
    uint32_t struct_size;
    float threshold;                     /* of pairs of persons */
    uint64_t persons;                    /* there are to be compared */
    uint64_t done, total;                /* searched for, of those to be searched for */
    uint64_t comparisons;                /* of templates, since it was opened */
    uint64_t findings;                   /* so far, after bf_dedup_report(): as reported */
    double chance_pairs;                 /* as many pairs of different persons are to be expected */
    char purpose[BF_TEXT_MAX_BYTES + 1]; /* as recorded */
    char padding[7];
} bf_dedup_info;

/** @return 0 */
BF_API bf_status bf_dedup_get_info(bf_session *s, const bf_dedup *d, bf_dedup_info *out);

/**
 * Write to the audit log, then hand over all that was found, that of earlier runs included: pairs
 * first, the highest scores first. Whoever was erased meanwhile is left out.
 * @param found  called once for each; the finding is borrowed for the call
 * @return 0
 */
BF_API bf_status bf_dedup_report(bf_session *s, bf_dedup *d,
                                 void (*found)(void *user, const bf_dedup_finding *finding),
                                 void *user);

#ifdef __cplusplus
}
#endif
#endif
