/* SPDX-License-Identifier: Apache-2.0 */
/* Read the file whole (capped), cut it into lines in place, and split each. */
#include "sheet.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"

typedef struct reader {
    eval_sheet *s;
    const eval_column *columns;
    eval_error *err;
    size_t line;
    size_t fields;                     /* in the header */
    size_t at[EVAL_SHEET_MAX_COLUMNS]; /* index of each column asked for, where it is there */
} reader;

static bf_status bad(const reader *r, const char *what)
{
    return eval_fail(r->err, BF_EFORMAT, "%s:%zu: %s", r->s->file, r->line, what);
}

bf_status eval_sheet_bad(const eval_sheet *s, uint32_t row, const char *what, eval_error *err)
{
    return eval_fail(err, BF_EFORMAT, "%s:%u: %s", s->file, s->line[row], what);
}

static bf_status read_header(reader *r, char *line)
{
    char *field[EVAL_CSV_MAX_FIELDS];
    const char *wrong = eval_csv_split(line, field, &r->fields);
    if (wrong) return bad(r, wrong);
    for (size_t c = 0; c < r->s->columns; c++) {
        size_t seen = 0;
        for (size_t i = 0; i < r->fields; i++) {
            if (strcmp(field[i], r->columns[c].name) != 0) continue;
            r->at[c] = i;
            seen++;
        }
        r->s->has[c] = seen > 0;
        if (seen == 1 || (!seen && r->columns[c].optional)) continue;
        return eval_fail(r->err, BF_EFORMAT, "%s:%zu: column \"%s\" %s", r->s->file, r->line,
                         r->columns[c].name, seen ? "appears twice" : "is missing");
    }
    return BF_OK;
}

static bf_status read_row(reader *r, char *line)
{
    char *field[EVAL_CSV_MAX_FIELDS];
    size_t n;
    eval_sheet *s = r->s;
    const char *wrong = eval_csv_split(line, field, &n);
    if (wrong) return bad(r, wrong);
    if (n != r->fields) {
        return eval_fail(r->err, BF_EFORMAT, "%s:%zu: %zu fields where the header has %zu", s->file,
                         r->line, n, r->fields);
    }
    for (size_t c = 0; c < s->columns; c++) {
        s->cell[s->rows * s->columns + c] = s->has[c] ? field[r->at[c]] : "";
    }
    s->line[s->rows++] = (uint32_t)r->line;
    return BF_OK;
}

/* Count the lines so that rows can be allocated once. */
static bf_status count_lines(const reader *r, const char *text, size_t len, uint32_t max_rows,
                             size_t *out)
{
    size_t lines = 0, start = 0;
    for (size_t i = 0; i <= len; i++) {
        if (i < len && text[i] != '\n') continue;
        lines++;
        if (i - start > EVAL_SHEET_MAX_LINE_BYTES) {
            return eval_fail(r->err, BF_ELIMIT, "%s:%zu: line longer than %u bytes", r->s->file,
                             lines, EVAL_SHEET_MAX_LINE_BYTES);
        }
        start = i + 1;
    }
    if (lines > (size_t)max_rows + 2) {
        return eval_fail(r->err, BF_ELIMIT, "%s: more than %u rows", r->s->file, max_rows);
    }
    *out = lines;
    return BF_OK;
}

static bf_status read_lines(reader *r, char *text, size_t len)
{
    char *p = text, *end = text + len;
    int have_header = 0;
    for (r->line = 1; p <= end; r->line++) {
        char *eol = memchr(p, '\n', (size_t)(end - p));
        if (!eol) eol = end;
        char *next = eol + 1;
        *eol = 0;
        if (eol > p && eol[-1] == '\r') *--eol = 0;
        if (strlen(p) != (size_t)(eol - p)) return bad(r, "a NUL byte");
        if (eol > p && have_header) EVAL_TRY(read_row(r, p));
        if (eol > p && !have_header) {
            EVAL_TRY(read_header(r, p));
            have_header = 1;
        }
        p = next;
    }
    return BF_OK;
}

/* "a/b/SET.csv" -> "SET" */
static char *set_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    char *name = strdup(slash ? slash + 1 : file);
    if (!name) return NULL;
    size_t len = strlen(name);
    if (len > 4 && !strcmp(name + len - 4, ".csv")) name[len - 4] = 0;
    return name;
}

bf_status eval_sheet_parse(const char *file, const char *data, size_t len,
                           const eval_column *columns, size_t n, uint32_t max_rows, eval_sheet *out,
                           eval_error *err)
{
    assert(n && n <= EVAL_SHEET_MAX_COLUMNS);
    eval_sheet s = {.columns = n};
    reader r = {.s = &s, .columns = columns, .err = err};
    size_t lines = 0;
    bf_status st = BF_OK;
    if (len > EVAL_SHEET_MAX_BYTES) {
        return eval_fail(err, BF_ELIMIT, "%s: larger than %u bytes", file, EVAL_SHEET_MAX_BYTES);
    }
    if (len >= 3 && !memcmp(data, "\xef\xbb\xbf", 3)) {
        data += 3;
        len -= 3;
    }
    s.file = strdup(file);
    s.name = set_name(file);
    s.text = malloc(len + 1);
    if (!s.file || !s.name || !s.text) st = eval_fail(err, BF_ENOMEM, "%s: out of memory", file);
    if (!st) st = count_lines(&r, data, len, max_rows, &lines);
    if (!st) {
        s.line = malloc(lines * sizeof *s.line);
        s.cell = malloc(lines * n * sizeof *s.cell);
        if (!s.line || !s.cell) st = eval_fail(err, BF_ENOMEM, "%s: out of memory", file);
    }
    if (!st) {
        if (len) memcpy(s.text, data, len);
        st = read_lines(&r, s.text, len);
    }
    if (st) {
        eval_sheet_free(&s);
    } else {
        *out = s;
    }
    return st;
}

bf_status eval_sheet_load(const char *file, const eval_column *columns, size_t n, uint32_t max_rows,
                          eval_sheet *out, eval_error *err)
{
    FILE *f = fopen(file, "rb");
    if (!f)
        return eval_fail(err, errno == ENOENT ? BF_ENOENT : BF_EIO, "%s: %s", file,
                         strerror(errno));
    size_t cap = 1u << 16, len = 0;
    char *data = malloc(cap);
    bf_status st = data ? BF_OK : eval_fail(err, BF_ENOMEM, "%s: out of memory", file);
    while (!st) {
        len += fread(data + len, 1, cap - len, f);
        if (ferror(f)) {
            st = eval_fail(err, BF_EIO, "%s: %s", file, strerror(errno));
        } else if (len < cap) {
            break;
        } else if (cap > EVAL_SHEET_MAX_BYTES) {
            st = eval_fail(err, BF_ELIMIT, "%s: larger than %u bytes", file, EVAL_SHEET_MAX_BYTES);
        } else {
            char *more = realloc(data, cap * 2);
            if (!more) st = eval_fail(err, BF_ENOMEM, "%s: out of memory", file);
            if (more) data = more;
            cap *= 2;
        }
    }
    fclose(f);
    if (!st) st = eval_sheet_parse(file, data, len, columns, n, max_rows, out, err);
    free(data);
    return st;
}

void eval_sheet_free(eval_sheet *s)
{
    free(s->file);
    free(s->name);
    free(s->line);
    free(s->cell);
    free(s->text);
    *s = (eval_sheet){0};
}

int eval_sheet_number(const char *text, uint32_t max, uint32_t *out)
{
    uint32_t v = 0;
    if (!*text || strlen(text) > 7) return 0;
    for (; *text; text++) {
        if (*text < '0' || *text > '9') return 0;
        v = v * 10 + (uint32_t)(*text - '0');
    }
    if (v > max) return 0;
    *out = v;
    return 1;
}

char *eval_sheet_paths(const char *file, const char *const *label, uint32_t count,
                       const char **out_path)
{
    const char *slash = strrchr(file, '/');
    size_t folder = slash ? (size_t)(slash - file) + 1 : 0, total = 1;
    for (uint32_t i = 0; i < count; i++) total += folder + strlen(label[i]) + 1;
    char *paths = malloc(total), *p = paths;
    if (!paths) return NULL;
    for (uint32_t i = 0; i < count; i++) {
        size_t len = strlen(label[i]), skip = *label[i] == '/' ? 0 : folder;
        out_path[i] = p;
        memcpy(p, file, skip);
        memcpy(p + skip, label[i], len + 1);
        p += skip + len + 1;
    }
    return paths;
}
