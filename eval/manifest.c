/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Read the file whole (capped), cut it into lines in place, split each, then sort by identity,
 * session and sample so that the protocols only walk the list.
 */
#include "manifest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"

enum { PATH, SUBJECT, POSITION, SESSION, SAMPLE, PPI, COLUMNS };
static const char *const column_names[COLUMNS] = {"path",    "subject", "position",
                                                  "session", "sample",  "ppi"};

typedef struct reader {
    const char *file;
    eval_error *err;
    size_t line;
    size_t fields;          /* in the header */
    size_t column[COLUMNS]; /* index of each column we use */
} reader;

static bf_status bad(const reader *r, const char *what)
{
    return eval_fail(r->err, BF_EFORMAT, "%s:%zu: %s", r->file, r->line, what);
}

static bf_status read_header(reader *r, char *line)
{
    char *field[EVAL_CSV_MAX_FIELDS];
    const char *wrong = eval_csv_split(line, field, &r->fields);
    if (wrong) return bad(r, wrong);
    for (size_t c = 0; c < COLUMNS; c++) {
        size_t seen = 0;
        for (size_t i = 0; i < r->fields; i++) {
            if (strcmp(field[i], column_names[c]) != 0) continue;
            r->column[c] = i;
            seen++;
        }
        if (seen == 1) continue;
        return eval_fail(r->err, BF_EFORMAT, "%s:%zu: column \"%s\" %s", r->file, r->line,
                         column_names[c], seen ? "appears twice" : "is missing");
    }
    return BF_OK;
}

/* Decimal digits only, at most max. */
static int number(const char *text, uint32_t max, uint32_t *out)
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

static bf_status read_row(const reader *r, char *line, eval_sample *out)
{
    char *field[EVAL_CSV_MAX_FIELDS];
    size_t n;
    const char *wrong = eval_csv_split(line, field, &n);
    if (wrong) return bad(r, wrong);
    if (n != r->fields) {
        return eval_fail(r->err, BF_EFORMAT, "%s:%zu: %zu fields where the header has %zu", r->file,
                         r->line, n, r->fields);
    }
    out->line = (uint32_t)r->line;
    out->label = field[r->column[PATH]];
    out->subject = field[r->column[SUBJECT]];
    out->position = field[r->column[POSITION]];
    if (!*out->label) return bad(r, "path is empty");
    if (strlen(out->label) > EVAL_MANIFEST_MAX_PATH_BYTES) return bad(r, "path is too long");
    if (!*out->subject) return bad(r, "subject is empty");
    if (!*out->position) return bad(r, "position is empty");
    if (strlen(out->subject) > EVAL_MANIFEST_MAX_NAME_BYTES ||
        strlen(out->position) > EVAL_MANIFEST_MAX_NAME_BYTES) {
        return bad(r, "subject or position is longer than 255 bytes");
    }
    if (!number(out->position, 255, &out->position_code)) out->position_code = 0;
    if (!number(field[r->column[SESSION]], EVAL_MANIFEST_MAX_NUMBER, &out->session)) {
        return bad(r, "session is not a number 0..1000000");
    }
    if (!number(field[r->column[SAMPLE]], EVAL_MANIFEST_MAX_NUMBER, &out->sample)) {
        return bad(r, "sample is not a number 0..1000000");
    }
    if (!number(field[r->column[PPI]], 2400, &out->ppi) || (out->ppi && out->ppi < 100)) {
        return bad(r, "ppi is neither 0 nor 100..2400");
    }
    return BF_OK;
}

/* Count the lines so that rows can be allocated once. */
static bf_status count_rows(const reader *r, const char *text, size_t len, size_t *out)
{
    size_t rows = 0, start = 0, line = 1;
    for (size_t i = 0; i <= len; i++) {
        if (i < len && text[i] != '\n') continue;
        if (i - start > EVAL_MANIFEST_MAX_LINE_BYTES) {
            return eval_fail(r->err, BF_ELIMIT, "%s:%zu: line longer than %u bytes", r->file, line,
                             EVAL_MANIFEST_MAX_LINE_BYTES);
        }
        rows++;
        line++;
        start = i + 1;
    }
    if (rows > EVAL_MANIFEST_MAX_ROWS + 2) {
        return eval_fail(r->err, BF_ELIMIT, "%s: more than %u rows", r->file,
                         EVAL_MANIFEST_MAX_ROWS);
    }
    *out = rows;
    return BF_OK;
}

static bf_status read_lines(reader *r, char *text, size_t len, eval_manifest *m)
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
        if (eol == p) {
            p = next;
            continue;
        }
        if (!have_header) {
            EVAL_TRY(read_header(r, p));
            have_header = 1;
        } else {
            EVAL_TRY(read_row(r, p, &m->samples[m->count]));
            m->count++;
        }
        p = next;
    }
    if (!m->count) return eval_fail(r->err, BF_EFORMAT, "%s: no samples listed", r->file);
    return BF_OK;
}

static int by_key(const void *pa, const void *pb)
{
    const eval_sample *a = *(const eval_sample *const *)pa, *b = *(const eval_sample *const *)pb;
    int d = strcmp(a->subject, b->subject);
    if (!d) d = strcmp(a->position, b->position);
    if (!d) d = (a->line > b->line) - (a->line < b->line);
    return d;
}

static int by_line(const void *pa, const void *pb)
{
    const eval_sample *a = *(const eval_sample *const *)pa, *b = *(const eval_sample *const *)pb;
    return (a->line > b->line) - (a->line < b->line);
}

static int by_order(const void *pa, const void *pb)
{
    const eval_sample *a = pa, *b = pb;
    if (a->identity != b->identity) return a->identity < b->identity ? -1 : 1;
    if (a->session != b->session) return a->session < b->session ? -1 : 1;
    return (a->sample > b->sample) - (a->sample < b->sample);
}

/* Number the identities by first appearance and put the samples in order. */
static bf_status group(const reader *r, eval_manifest *m)
{
    eval_sample **by = malloc(sizeof *by * m->count);
    eval_sample **first = malloc(sizeof *first * m->count);
    bf_status st = BF_ENOMEM;
    if (!by || !first) goto done;
    for (uint32_t i = 0; i < m->count; i++) by[i] = &m->samples[i];
    qsort(by, m->count, sizeof *by, by_key);
    for (uint32_t i = 0; i < m->count; i++) {
        int same = i && !strcmp(by[i]->subject, by[i - 1]->subject) &&
                   !strcmp(by[i]->position, by[i - 1]->position);
        if (!same) first[m->identities++] = by[i];
        by[i]->identity = first[m->identities - 1]->line; /* for now */
    }
    qsort(first, m->identities, sizeof *first, by_line);
    for (uint32_t i = 0; i < m->count; i++) {
        eval_sample key = {.line = by[i]->identity}, *pkey = &key;
        eval_sample **at = bsearch(&pkey, first, m->identities, sizeof *first, by_line);
        by[i]->identity = (uint32_t)(at - first);
    }
    qsort(m->samples, m->count, sizeof *m->samples, by_order);
    st = BF_OK;
done:
    free(by);
    free(first);
    if (st) return eval_fail(r->err, st, "%s: out of memory", r->file);
    for (uint32_t i = 1; i < m->count; i++) {
        const eval_sample *a = &m->samples[i - 1], *b = &m->samples[i];
        if (by_order(a, b)) continue;
        uint32_t early = a->line < b->line ? a->line : b->line;
        uint32_t late = a->line < b->line ? b->line : a->line;
        return eval_fail(r->err, BF_EFORMAT,
                         "%s:%u: same subject, position, session and sample as line %u", r->file,
                         late, early);
    }
    return BF_OK;
}

static bf_status resolve_paths(const reader *r, eval_manifest *m)
{
    const char *slash = strrchr(r->file, '/');
    size_t folder = slash ? (size_t)(slash - r->file) + 1 : 0, total = 0;
    for (uint32_t i = 0; i < m->count; i++) total += folder + strlen(m->samples[i].label) + 1;
    m->paths = malloc(total);
    if (!m->paths) return eval_fail(r->err, BF_ENOMEM, "%s: out of memory", r->file);
    char *p = m->paths;
    for (uint32_t i = 0; i < m->count; i++) {
        eval_sample *s = &m->samples[i];
        size_t len = strlen(s->label), skip = *s->label == '/' ? 0 : folder;
        s->path = p;
        memcpy(p, r->file, skip);
        memcpy(p + skip, s->label, len + 1);
        p += skip + len + 1;
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

bf_status eval_manifest_parse(const char *file, const char *data, size_t len, eval_manifest *out,
                              eval_error *err)
{
    reader r = {.file = file, .err = err};
    eval_manifest m = {0};
    size_t rows = 0;
    bf_status st = BF_OK;
    if (len > EVAL_MANIFEST_MAX_BYTES) {
        return eval_fail(err, BF_ELIMIT, "%s: larger than %u bytes", file, EVAL_MANIFEST_MAX_BYTES);
    }
    if (len >= 3 && !memcmp(data, "\xef\xbb\xbf", 3)) {
        data += 3;
        len -= 3;
    }
    EVAL_TRY(count_rows(&r, data, len, &rows));
    m.file = strdup(file);
    m.name = set_name(file);
    m.text = malloc(len + 1);
    m.samples = calloc(rows, sizeof *m.samples);
    if (!m.file || !m.name || !m.text || !m.samples)
        st = eval_fail(err, BF_ENOMEM, "%s: out of memory", file);
    if (!st) {
        if (len) memcpy(m.text, data, len);
        st = read_lines(&r, m.text, len, &m);
    }
    if (!st) st = group(&r, &m);
    if (!st) st = resolve_paths(&r, &m);
    if (st) {
        eval_manifest_free(&m);
    } else {
        *out = m;
    }
    return st;
}

bf_status eval_manifest_load(const char *file, eval_manifest *out, eval_error *err)
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
        } else if (cap > EVAL_MANIFEST_MAX_BYTES) {
            st = eval_fail(err, BF_ELIMIT, "%s: larger than %u bytes", file,
                           EVAL_MANIFEST_MAX_BYTES);
        } else {
            char *more = realloc(data, cap * 2);
            if (!more) st = eval_fail(err, BF_ENOMEM, "%s: out of memory", file);
            if (more) data = more;
            cap *= 2;
        }
    }
    fclose(f);
    if (!st) st = eval_manifest_parse(file, data, len, out, err);
    free(data);
    return st;
}

void eval_manifest_free(eval_manifest *m)
{
    free(m->file);
    free(m->name);
    free(m->samples);
    free(m->text);
    free(m->paths);
    *m = (eval_manifest){0};
}
