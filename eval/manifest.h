/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of samples to evaluate: a CSV file with the columns
 *     path,subject,position,session,sample,ppi
 * in any order; further columns are ignored. Subject and position together are the identity. Paths
 * are relative to the manifest's folder; absolute ones and ".." are followed as written, so a
 * manifest is to be trusted as far as the right to read goes. Everything else in it is checked:
 * see docs/EVALUATION.md.
 */
#ifndef EVAL_MANIFEST_H
#define EVAL_MANIFEST_H
#include <stddef.h>
#include <stdint.h>

#include "fail.h"

/* Limits, checked before anything of that size is allocated. */
#define EVAL_MANIFEST_MAX_BYTES (64u << 20)
#define EVAL_MANIFEST_MAX_ROWS 200000u
#define EVAL_MANIFEST_MAX_LINE_BYTES 8192u
#define EVAL_MANIFEST_MAX_PATH_BYTES 4095u
#define EVAL_MANIFEST_MAX_NAME_BYTES 255u /* subject, position */
#define EVAL_MANIFEST_MAX_NUMBER 1000000u /* session, sample */

typedef struct eval_sample {
    const char *path;    /* to open: folder and path put together */
    const char *label;   /* the path as the manifest has it */
    const char *subject; /* 1..255 bytes */
    const char *position;
    uint32_t position_code; /* the position where it is a number 0..255, else 0 */
    uint32_t identity;      /* 0..identities - 1, in order of first appearance */
    uint32_t session, sample;
    uint32_t ppi;  /* 0 unknown, else 100..2400 */
    uint32_t line; /* in the file, from 1 */
} eval_sample;

typedef struct eval_manifest {
    char *file;           /* as it was given */
    char *name;           /* of the file without folder and ".csv": names the set in tables */
    eval_sample *samples; /* by identity, then session, then sample number */
    uint32_t count;
    uint32_t identities;
    char *text, *paths; /* what the strings above point into */
} eval_manifest;

/*
 * Read and check a manifest.
 * @param out  caller owns: eval_manifest_free()
 * @return 0, BF_ENOENT or BF_EIO, BF_EFORMAT, BF_ELIMIT, BF_ENOMEM
 */
bf_status eval_manifest_load(const char *file, eval_manifest *out, eval_error *err);

/* The same from memory; `file` gives the folder and appears in messages. */
bf_status eval_manifest_parse(const char *file, const char *data, size_t len, eval_manifest *out,
                              eval_error *err);
void eval_manifest_free(eval_manifest *m);

#endif
