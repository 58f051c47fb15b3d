/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CSV file with named columns (RFC 4180 without line ends inside quotes; with or without byte
 * order mark; LF or CRLF), read whole, capped and checked: what the lists of samples, of pairs and
 * of presentations have in common. Columns come in any order; those not asked for are ignored.
 */
#ifndef EVAL_SHEET_H
#define EVAL_SHEET_H
#include <stddef.h>
#include <stdint.h>

#include "fail.h"

/* Limits, checked before anything of that size is allocated. */
#define EVAL_SHEET_MAX_BYTES (64u << 20)
#define EVAL_SHEET_MAX_LINE_BYTES 8192u
#define EVAL_SHEET_MAX_COLUMNS 16 /* asked for */

typedef struct eval_column {
    const char *name;
    int optional;
} eval_column;

typedef struct eval_sheet {
    char *file; /* as it was given */
    char *name; /* of the file without folder and ".csv": names the set in tables */
    uint32_t rows;
    uint32_t *line;    /* [rows], in the file, from 1 */
    const char **cell; /* [rows][columns]; "" in an optional column that is not there */
    size_t columns;    /* asked for */
    uint8_t has[EVAL_SHEET_MAX_COLUMNS]; /* 1 where the column is there */
    char *text;                          /* what the cells point into */
} eval_sheet;

/*
 * Read and check a sheet.
 * @param columns   the names asked for, n of them, at most EVAL_SHEET_MAX_COLUMNS
 * @param max_rows  more are refused
 * @param out       caller owns: eval_sheet_free()
 * @return 0, BF_ENOENT or BF_EIO, BF_EFORMAT, BF_ELIMIT, BF_ENOMEM
 */
bf_status eval_sheet_load(const char *file, const eval_column *columns, size_t n, uint32_t max_rows,
                          eval_sheet *out, eval_error *err);

/* The same from memory; `file` appears in messages. */
bf_status eval_sheet_parse(const char *file, const char *data, size_t len,
                           const eval_column *columns, size_t n, uint32_t max_rows, eval_sheet *out,
                           eval_error *err);
void eval_sheet_free(eval_sheet *s);

/* "file:line: what" about a row. @return BF_EFORMAT */
bf_status eval_sheet_bad(const eval_sheet *s, uint32_t row, const char *what, eval_error *err);

/* A whole number of decimal digits only, at most max. @return 1, or 0 where it is none */
int eval_sheet_number(const char *text, uint32_t max, uint32_t *out);

/*
 * Paths of the cells of a column as they are to be opened: relative ones behind the folder of the
 * sheet's file. @return one block of NUL-ended strings, row by row; NULL when out of memory
 */
char *eval_sheet_paths(const char *file, const char *const *label, uint32_t count,
                       const char **out_path);

#endif
