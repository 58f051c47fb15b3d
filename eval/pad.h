/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Presentation attack detection, after [ISO30107-3]. A list of presentations is a CSV file with
 * the columns
 *     path,subject,label
 * and, where wanted, `species` (of the attack instrument; without it all attacks are one,
 * "attack"). label is bonafide or attack. A presentation passes as bona fide when its score >= t.
 *
 *   APCER(s, t)      attacks of species s that pass / all attacks of species s
 *   APCER(t)         the largest over the species
 *   BPCER(t)         bona fide presentations that do not pass / all of them
 *   BPCER at APCER x the lowest BPCER over thresholds whose APCER is <= x
 *   APCER at BPCER x the lowest APCER over thresholds whose BPCER is <= x; 1 where there is none
 *
 * Either is NAN where x times the number of the presentations that set the threshold is below 1. A
 * presentation without a score is below every threshold: an attack that failed, a bona fide
 * presentation lost. Intervals are by bootstrap over subjects.
 */
#ifndef EVAL_PAD_H
#define EVAL_PAD_H
#include "bonafide/bonafide.h"
#include "bootstrap.h"
#include "sheet.h"

#define EVAL_PAD_MAX_ROWS 200000u
#define EVAL_PAD_MAX_SPECIES 32u

/* The levels x reported: 0.10 and 0.05. */
#define EVAL_PAD_LEVELS 2
extern const char *const eval_pad_level_name[EVAL_PAD_LEVELS];

#define EVAL_PAD_BONAFIDE UINT32_MAX

#define EVAL_PAD_CAUSE_MAX 160

typedef struct eval_presentation {
    const char *path, *label; /* to open; as the file has it */
    const char *subject_name;
    uint32_t subject; /* 0..subjects - 1 */
    uint32_t species; /* 0..species - 1, or EVAL_PAD_BONAFIDE */
    uint32_t line;
} eval_presentation;

typedef struct eval_pad_list {
    const char *file, *name;
    eval_presentation *item;
    uint32_t count, subjects, species;
    const char *species_name[EVAL_PAD_MAX_SPECIES]; /* in order of first appearance */
    eval_sheet sheet;
    char *paths;
} eval_pad_list;

/* @return 0, BF_ENOENT or BF_EIO, BF_EFORMAT, BF_ELIMIT, BF_ENOMEM. Caller: eval_pad_list_free() */
bf_status eval_pad_list_load(const char *file, eval_pad_list *out, eval_error *err);
bf_status eval_pad_list_parse(const char *file, const char *data, size_t len, eval_pad_list *out,
                              eval_error *err);
void eval_pad_list_free(eval_pad_list *l);

/*
 * A detector.
 * @param out_score      0..100, higher: more bona fide
 * @param out_threshold  what it goes by itself; the same for every image
 */
typedef bf_status (*eval_pad_scorer)(bf_session *s, const bf_image *image, float *out_score,
                                     float *out_threshold);

/* @return that of a modality, NULL where this build has none */
eval_pad_scorer eval_pad_scorer_of(uint32_t modality);

typedef struct eval_pad_opts {
    uint32_t modality;
    eval_pad_scorer scorer;
    unsigned threads;
    uint32_t replicates;
    uint64_t seed;
    eval_progress progress;
} eval_pad_opts;

/* What became of one presentation. */
typedef struct eval_pad_score {
    float score;     /* EVAL_SCORE_FAILED without one */
    float threshold; /* the detector's own */
    bf_status status;
    double score_ms; /* of the detector, thread CPU time */
    char cause[EVAL_PAD_CAUSE_MAX];
} eval_pad_score;

/* Of one species, or of the worst of all. */
typedef struct eval_pad_rates {
    double bpcer_at[EVAL_PAD_LEVELS], apcer_at[EVAL_PAD_LEVELS];
    double score_at_apcer[EVAL_PAD_LEVELS]; /* the threshold; INFINITY: nobody passes */
    double eer;                             /* midpoint where the two cross */
    double own_apcer, own_bpcer;            /* at the detector's own threshold */
} eval_pad_rates;

typedef struct eval_pad_intervals {
    eval_interval bpcer_at[EVAL_PAD_LEVELS], apcer_at[EVAL_PAD_LEVELS], eer;
} eval_pad_intervals;

typedef struct eval_pad_result {
    const eval_pad_list *list; /* borrowed */
    eval_pad_opts opts;
    eval_pad_score *score; /* [list->count] */
    uint32_t failures;
    uint32_t bonafide, attacks[EVAL_PAD_MAX_SPECIES];
    eval_pad_rates worst, species[EVAL_PAD_MAX_SPECIES]; /* worst: the largest APCER counts */
    eval_pad_intervals worst_interval, species_interval[EVAL_PAD_MAX_SPECIES];
    double own_threshold; /* of the detector; NAN where every presentation failed */
    double score_ms_median;
} eval_pad_result;

/*
 * Score every presentation, then count. A file that cannot be read is an error, as is a missing
 * model; anything else is a failure and stays in.
 * @param out  caller owns: eval_pad_result_free()
 */
bf_status eval_pad_run(bf_engine *engine, const eval_pad_list *list, const eval_pad_opts *opts,
                       eval_pad_result *out, eval_error *err);
void eval_pad_result_free(eval_pad_result *r);

/* The counting alone, for scores that are there already. */
bf_status eval_pad_count(eval_pad_result *r, eval_error *err);

#endif
