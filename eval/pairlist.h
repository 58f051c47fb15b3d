/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of pairs to compare: a CSV file with the columns
 *     path_a,path_b,same,fold
 * same is 1 or 0, fold a number. Nothing says who is on the images, but the bootstrap must draw
 * people: images that pairs with same 1 join, directly or through others, are taken for one
 * identity, all others for one each. (A person with two such islands is drawn as two.)
 */
#ifndef EVAL_PAIRLIST_H
#define EVAL_PAIRLIST_H
#include "protocol.h"

#define EVAL_PAIRLIST_MAX_ROWS 1000000u

/*
 * Read and check a list.
 * @param out_manifest  the images, each path once, in the order of the file; caller owns:
 *                      eval_manifest_free()
 * @param out_pairs     caller owns: eval_pairs_free()
 * @return 0, BF_ENOENT or BF_EIO, BF_EFORMAT, BF_ELIMIT, BF_ENOMEM
 */
bf_status eval_pairlist_load(const char *file, eval_manifest *out_manifest, eval_pairs *out_pairs,
                             eval_error *err);

/* The same from memory; `file` gives the folder and appears in messages. */
bf_status eval_pairlist_parse(const char *file, const char *data, size_t len,
                              eval_manifest *out_manifest, eval_pairs *out_pairs, eval_error *err);

#endif
