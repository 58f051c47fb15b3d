/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One evaluation: extract a template of every sample, compare the protocol's pairs, count.
 */
#ifndef EVAL_RUN_H
#define EVAL_RUN_H
#include "accuracy.h"
#include "bonafide/bonafide.h"
#include "bootstrap.h"
#include "groups.h"
#include "identify.h"
#include "reject.h"

#define EVAL_CAUSE_MAX 160

/* Scores at which the measured rates are reported beside the calibration's promise: 20, 30, 40. */
#define EVAL_SCORE_LEVELS 3
extern const double eval_score_level[EVAL_SCORE_LEVELS];

typedef struct eval_run_opts {
    uint32_t modality; /* BF_FINGER, BF_PALM, BF_FACE */
    eval_protocol protocol;
    uint32_t extract_flags; /* BF_EXTRACT_* */
    double fpir;            /* identification: the target, above 0 and below 1 */
    const char *recogniser; /* face: name of a registered model; NULL: the default one */
    unsigned threads;       /* 1..EVAL_MAX_THREADS */
    uint32_t replicates;    /* of the bootstrap; 0: no intervals */
    uint64_t seed;
    eval_progress progress;
} eval_run_opts;

/* What became of one sample. */
typedef struct eval_extraction {
    bf_template *tpl; /* NULL where it failed or is not part of the protocol */
    int shared;       /* 1: made for another row of the same file, which owns tpl */
    bf_status status;
    char cause[EVAL_CAUSE_MAX]; /* of a failure, one line */
    uint32_t quality;           /* 0..100 */
    uint32_t reasons;           /* BF_QUALITY_* */
    uint32_t bytes;             /* of the template */
    double extract_ms;          /* bf_template_extract, thread CPU time */
    double load_ms;             /* reading and decoding the file */
    double prepare_ms;          /* bf_template_parse of the bytes */
} eval_extraction;

/* Times are thread CPU time. NAN where nothing of the kind was done. */
typedef struct eval_times {
    double extract_ms_median, extract_ms_mean;
    double load_ms_median;
    double prepare_us_mean;
    double compare_us_mean;
    double wall_s; /* of the whole evaluation */
} eval_times;

typedef struct eval_result {
    const eval_manifest *manifest; /* borrowed */
    eval_run_opts opts;
    eval_pairs pairs;
    eval_extraction *extraction; /* [manifest->count] */
    uint32_t failures;           /* to extract */
    eval_axis axis;
    eval_tally tally; /* of the counted pairs */
    eval_rates rates;
    eval_search search;
    double rank1;           /* NAN without mated probes */
    eval_accuracy accuracy; /* of a list of pairs */
    eval_groups groups;
    eval_reject reject;
    eval_identification identification; /* of that protocol */
    eval_intervals intervals;
    double fmr_at_score[EVAL_SCORE_LEVELS], fnmr_at_score[EVAL_SCORE_LEVELS];
    double template_bytes_mean;
    uint32_t template_bytes_max;
    eval_times times;
} eval_result;

/*
 * Run it. A file that several rows name is extracted once. A sample that decodes badly or holds no
 * biometric is a failure to extract; a file that cannot be read is an error, since the set is then
 * not what the manifest says.
 * @param manifest  borrowed; must outlive *out
 * @param out       caller owns: eval_result_free()
 * @return 0, or the status of what went wrong, with *err filled
 */
bf_status eval_run(bf_engine *engine, const eval_manifest *manifest, const eval_run_opts *opts,
                   eval_result *out, eval_error *err);

/* The same with pairs that are listed already; it takes them over, also when it fails. */
bf_status eval_run_pairs(bf_engine *engine, const eval_manifest *manifest, eval_pairs *pairs,
                         const eval_run_opts *opts, eval_result *out, eval_error *err);
void eval_result_free(eval_result *r);

/*
 * The counting alone, for scores that are there already: axis, tally, rates, searches, accuracy,
 * groups, rejection by quality, intervals.
 * eval_run() ends with it.
 */
bf_status eval_result_count(eval_result *r, eval_error *err);

#endif
