/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of samples to evaluate: a CSV file with the columns
 *     path,subject,position,session,sample,ppi
 * and, where wanted, `group`, in any order; further columns are ignored. Subject and position
 * together are the identity. Paths are relative to the manifest's folder; absolute ones and ".."
 * are followed as written, so a manifest is to be trusted as far as the right to read goes.
 * Everything else in it is checked: see docs/EVALUATION.md.
 */
#ifndef EVAL_MANIFEST_H
#define EVAL_MANIFEST_H
#include "sheet.h"

/* Limits, checked before anything of that size is allocated; and those of a sheet. */
#define EVAL_MANIFEST_MAX_ROWS 200000u
#define EVAL_MANIFEST_MAX_PATH_BYTES 4095u
#define EVAL_MANIFEST_MAX_NAME_BYTES 255u /* subject, position, group */
#define EVAL_MANIFEST_MAX_NUMBER 1000000u /* session, sample, fold */
#define EVAL_MANIFEST_MAX_GROUPS 64u

#define EVAL_NO_GROUP UINT32_MAX

typedef struct eval_sample {
    const char *path;    /* to open: folder and path put together */
    const char *label;   /* the path as the manifest has it */
    const char *subject; /* 1..255 bytes */
    const char *position;
    uint32_t position_code; /* the position where it is a number 0..255, else 0 */
    uint32_t identity;      /* 0..identities - 1, in order of first appearance */
    uint32_t session, sample;
    uint32_t ppi;   /* 0 unknown, else 100..2400 */
    uint32_t group; /* 0..groups - 1, or EVAL_NO_GROUP */
    uint32_t line;  /* in the file, from 1 */
} eval_sample;

typedef struct eval_manifest {
    const char *file;     /* as it was given */
    const char *name;     /* of the file without folder and ".csv": names the set in tables */
    eval_sample *samples; /* by identity, then session, then sample number */
    uint32_t count;
    uint32_t identities;
    uint32_t groups;
    const char *group_name[EVAL_MANIFEST_MAX_GROUPS]; /* in order of first appearance */
    eval_sheet sheet;                                 /* what the strings above point into */
    char *paths;
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

/*
 * The index of `name` in a list of names, added where it is new.
 * @return 0, BF_ELIMIT where the list is full
 */
bf_status eval_name_index(const char **list, uint32_t *count, uint32_t max, const char *name,
                          uint32_t *out);

#endif
