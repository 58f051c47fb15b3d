/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result as JSON, as a row of a table of results, and score by score. docs/EVALUATION.md
 * describes every key and column.
 */
#ifndef EVAL_OUTPUT_H
#define EVAL_OUTPUT_H
#include <jansson.h>

#include "pad.h"
#include "run.h"

/* @return a new object, NULL when out of memory */
json_t *eval_result_json(const eval_result *r);

/*
 * Append one row to a table of results; a new or empty file gets the heading first.
 * @return 0, BF_EIO
 */
bf_status eval_result_append_csv(const eval_result *r, const char *path, eval_error *err);

/*
 * Write every compared pair: path_a,path_b,kind,score,quality_a,quality_b. The score is empty where
 * a sample failed; the kind is genuine, impostor or search (compared for rank-1 alone).
 * @return 0, BF_EIO
 */
bf_status eval_result_write_scores(const eval_result *r, const char *path, eval_error *err);

/* @return a new object, NULL when out of memory */
json_t *eval_pad_json(const eval_pad_result *r);

/*
 * Write every presentation: path,subject,label,species,score; the score is empty where it failed.
 * @return 0, BF_EIO
 */
bf_status eval_pad_write_scores(const eval_pad_result *r, const char *path, eval_error *err);

/* Building blocks: a number or null; text, also where a name is not UTF-8; [low, high] or null. */
json_t *eval_json_real(double v);
json_t *eval_json_text(const char *s);
json_t *eval_json_interval(eval_interval i);

/* Put a value under a name from a file, which need not be UTF-8; takes over v. */
void eval_json_set_named(json_t *object, const char *name, uint32_t index, json_t *v);

/* As bf_modality_name(); "?" for one that this build has not. Static. */
const char *eval_modality_name(uint32_t modality);

#endif
