/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result as JSON, as a row of a table of results, and score by score. docs/EVALUATION.md
 * describes every key and column.
 */
#ifndef EVAL_OUTPUT_H
#define EVAL_OUTPUT_H
#include <jansson.h>

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

/* @return "finger"; "?" for an unknown one; static */
const char *eval_modality_name(uint32_t modality);

#endif
