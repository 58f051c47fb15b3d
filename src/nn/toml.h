/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A strict part of TOML 1.0, as much as a model card needs: comments and `key = value` lines, where
 * a value is a basic string (escapes \" \\ \n \t), an integer or float in decimals, true, false, an
 * array of numbers, or an array of such arrays of one length. No tables, dates, dotted or quoted
 * keys, literal or multi-line strings; they are refused by name of file and line.
 *
 * Written here because Debian 12 has no C library for TOML.
 */
#ifndef BF_NN_TOML_H
#define BF_NN_TOML_H
#include "util/ctx.h"

#define BF_TOML_PAIRS_MAX 64u
#define BF_TOML_KEY_MAX 32u       /* bytes, with the NUL */
#define BF_TOML_TEXT_MAX 512u     /* bytes of a string, with the NUL */
#define BF_TOML_NUMBERS_MAX 1024u /* in all arrays of a file */

#define BF_TOML_STRING 0
#define BF_TOML_NUMBER 1
#define BF_TOML_BOOLEAN 2
#define BF_TOML_ARRAY 3

typedef struct bf_toml_pair {
    char key[BF_TOML_KEY_MAX];
    uint32_t line;          /* from 1 */
    int32_t type;           /* BF_TOML_* */
    const char *text;       /* string: valid UTF-8 */
    double number;          /* number: finite; boolean: 0 or 1 */
    const double *numbers;  /* array: rows * columns */
    uint32_t rows, columns; /* a flat array is one row */
} bf_toml_pair;

typedef struct bf_toml {
    bf_toml_pair pairs[BF_TOML_PAIRS_MAX];
    uint32_t count;
} bf_toml;

/*
 * @param file  for messages
 * @param out   what it points to is scratch of the session
 * @return 0, BF_EFORMAT, BF_ELIMIT (more pairs or numbers than above), BF_ENOMEM
 */
bf_status bf_toml__parse(bf_ctx *c, const char *file, const uint8_t *data, size_t len,
                         bf_toml *out);

#endif
