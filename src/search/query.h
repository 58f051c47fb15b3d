/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A search of bf_people in two stages:
 *
 *     scan.c   every code against every probe -> the best vote of each person, probe by probe
 *     rank.c   votes to what they are worth among this gallery's -> a shortlist
 *     exact.c  the exact comparators on the shortlist -> scores, fused (fuse.c), best first
 *
 * Results do not depend on the number of threads.
 */
#ifndef BF_SEARCH_QUERY_H
#define BF_SEARCH_QUERY_H
#include "bonafide/store.h"
#include "search/people.h"

#define BF_SHORTLIST_MIN 200u  /* persons; fewer than these are all compared exactly */
#define BF_SHORTLIST_MAX 1000u /* of a gallery's hundredth; docs/SCALE.md has what that loses */
#define BF_SEARCH_THREADS_MAX 64u

typedef struct bf_query_probe {
    const bf_modality *modality;
    uint32_t position;
    const void *prepared; /* borrowed */
} bf_query_probe;

typedef struct bf_query {
    const bf_query_probe *probes;
    uint32_t probe_count;  /* 1..BF_PROBES_MAX */
    const uint8_t *member; /* by set of galleries: 1 to be searched; NULL: all */
    uint64_t only;         /* compare this person alone; 0: everybody */
    /* NULL: all; else those are passed over, after the fast stage, for whom it says 0 */
    int (*keep)(const void *user, uint64_t id);
    const void *keep_user;
    uint32_t shortlist;      /* persons for the exact stage; 0: a hundredth, between the above */
    uint32_t exhaustive;     /* 1: everybody in the exact stage */
    uint32_t threads;        /* 0: one for each processor */
    uint32_t max_candidates; /* 1..1000 */
    double least_score;      /* below it nobody is a candidate; computed by the caller */
    double fpir;             /* > 0: least_score is computed from it and the persons compared */
    uint32_t include_below;  /* 1: candidates below the threshold too */
} bf_query;

/* A candidate. Parts as in bonafide/store.h, but for `encounter`, which is the number that came
 * with the sample. */
typedef struct bf_hit {
    uint64_t id;
    double score;
    uint32_t part_count;
    bf_candidate_part parts[BF_PROBES_MAX];
    uint64_t encounter[BF_PROBES_MAX];
} bf_hit;

typedef struct bf_hits {
    bf_hit *items; /* heap: bf_hits__free() */
    size_t count;
    double threshold;
    uint64_t persons;     /* that could be compared */
    uint64_t shortlisted; /* that were, exactly */
    uint64_t comparisons; /* exact ones */
} bf_hits;

/* @return 0, BF_EBUSY (so many were replaced meanwhile that somebody may have been missed) */
bf_status bf_people__search(bf_ctx *c, bf_people *p, const bf_query *q, bf_hits *out);
/* Several searches that share the pass over memory of the fast stage; each result is as if it were
 * made alone. @param q, out  [count]; the threads of q[0] are taken */
bf_status bf_people__search_batch(bf_ctx *c, bf_people *p, const bf_query *q, uint32_t count,
                                  bf_hits *out);
void bf_hits__free(bf_ctx *c, bf_hits *hits);

/* ---- between the files ---- */

/* Probes that are of one finger, palm or face. */
typedef struct bf_group {
    const bf_modality *modality;
    uint32_t position;
    uint32_t probes[BF_PROBES_MAX];
    uint32_t count;
} bf_group;

typedef struct bf_groups {
    bf_group items[BF_PROBES_MAX];
    uint32_t count;
} bf_groups;

void bf_groups__make(const bf_query *q, bf_groups *out);

static inline int bf_group__takes(const bf_group *g, uint32_t modality, uint32_t position)
{
    if (modality != g->modality->id) return 0;
    return !g->position || !position || position == g->position;
}

#define BF_VOTE_NONE INT32_MIN
#define BF_SEEN 1u  /* has a sample to compare */
#define BF_BLIND 2u /* one of them has no code */

/* What the fast stage found, by slot. */
typedef struct bf_votes {
    uint32_t slots, groups;
    uint8_t *state; /* BF_SEEN, BF_BLIND */
    int32_t *best;  /* [groups][slots]; BF_VOTE_NONE */
} bf_votes;

/* @param q, g, out  [count] */
bf_status bf_votes__scan(bf_ctx *c, bf_people *p, const bf_query *q, const bf_groups *g,
                         uint32_t count, bf_votes *out);
void bf_votes__free(bf_ctx *c, bf_votes *v);

/* Slots for the exact stage, ascending; heap. */
bf_status bf_votes__shortlist(bf_ctx *c, const bf_votes *v, const bf_query *q, uint32_t **out,
                              size_t *count);

/* Run `work` in several threads, each with a context of its own, until one fails. */
typedef bf_status bf_search_work(bf_ctx *c, void *user);
bf_status bf_search__parallel(bf_ctx *c, uint32_t threads, size_t items, bf_search_work *work,
                              void *user);

#endif
