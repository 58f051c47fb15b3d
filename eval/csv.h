/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comma-separated lines after RFC 4180, without line ends inside quotes.
 */
#ifndef EVAL_CSV_H
#define EVAL_CSV_H
#include <stddef.h>
#include <stdio.h>

#define EVAL_CSV_MAX_FIELDS 64

/*
 * Split one line in place: fields are ended with NUL and unquoted.
 * @param line   NUL-terminated, without its line end; rewritten
 * @param field  EVAL_CSV_MAX_FIELDS pointers into line
 * @param count  number of fields found
 * @return NULL, or what is wrong with the line; static
 */
const char *eval_csv_split(char *line, char **field, size_t *count);

/* Write one field, quoted where that is needed. */
void eval_csv_write(FILE *f, const char *text);

#endif
