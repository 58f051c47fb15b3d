/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which samples are compared with which.
 *
 *   fvc            genuine: each sample against the later samples of its identity;
 *                  impostor: the first sample of each identity against the first of the later ones
 *   all-pairs      every unordered pair of samples
 *   cross-session  every sample of session 1 against every sample of session 2
 *   identification the first sample of each identity against every other sample; identify.h has
 *                  the searches
 *
 * Rank-1 searches: the gallery is the first sample of each identity and the probes are the rest
 * (cross-session: the first of session 1, and all of session 2). Where the protocol itself does
 * not hold one of those pairs, it is added for the search alone.
 */
#ifndef EVAL_PROTOCOL_H
#define EVAL_PROTOCOL_H
#include "manifest.h"

#define EVAL_MAX_PAIRS (64u * 1000u * 1000u)

/* Of a manifest: EVAL_FVC to EVAL_IDENTIFICATION. EVAL_PAIRS: pairlist.h. EVAL_PAD: pad.h. */
typedef enum eval_protocol {
    EVAL_FVC,
    EVAL_ALL_PAIRS,
    EVAL_CROSS_SESSION,
    EVAL_IDENTIFICATION,
    EVAL_PAIRS,
    EVAL_PAD
} eval_protocol;

#define EVAL_PAIR_GENUINE 0x1u /* same identity */
#define EVAL_PAIR_COUNTED 0x2u /* in the error rates */
#define EVAL_PAIR_SEARCH 0x4u  /* a is in the gallery, b is a probe */

#define EVAL_SCORE_FAILED (-1.0f) /* below every threshold */

typedef struct eval_pair {
    uint32_t a, b; /* samples */
    float score;   /* EVAL_SCORE_FAILED until compared, and where a sample failed */
    uint32_t flags;
} eval_pair;

typedef struct eval_pairs {
    eval_pair *pair;
    size_t count;
    size_t genuine, impostor; /* counted ones */
    uint8_t *used;            /* per sample: 1 where it takes part */
    uint32_t images;          /* how many do */
    uint32_t gallery, probes; /* of the rank-1 searches */
    uint32_t *fold;           /* [count] of a list of pairs, else NULL */
} eval_pairs;

/* @return "fvc", "all-pairs", "cross-session", "identification", "pairs" or "pad"; static */
const char *eval_protocol_name(eval_protocol p);

/* @return 0, or BF_EINVAL where there is no such protocol */
bf_status eval_protocol_find(const char *name, eval_protocol *out);

/*
 * List the pairs of a protocol of a manifest.
 * @param out  caller owns: eval_pairs_free()
 * @return 0, BF_EFORMAT (no genuine or no impostor pair), BF_ELIMIT, BF_ENOMEM
 */
bf_status eval_pairs_make(const eval_manifest *m, eval_protocol p, eval_pairs *out,
                          eval_error *err);
/* Is sample i the first of its identity, the one that is enrolled? */
int eval_is_first(const eval_manifest *m, uint32_t i);

void eval_pairs_free(eval_pairs *p);

#endif
