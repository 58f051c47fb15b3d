/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Check each row of the sheet, then sort by identity, session and sample so that the protocols only
 * walk the list.
 */
#include "manifest.h"

#include <stdlib.h>
#include <string.h>

enum { PATH, SUBJECT, POSITION, SESSION, SAMPLE, PPI, GROUP, COLUMNS };
static const eval_column columns[COLUMNS] = {{"path", 0},    {"subject", 0}, {"position", 0},
                                             {"session", 0}, {"sample", 0},  {"ppi", 0},
                                             {"group", 1}};

static bf_status read_row(const eval_sheet *s, uint32_t row, eval_sample *out, eval_error *err)
{
    const char **cell = s->cell + (size_t)row * COLUMNS;
    out->line = s->line[row];
    out->label = cell[PATH];
    out->subject = cell[SUBJECT];
    out->position = cell[POSITION];
    if (!*out->label) return eval_sheet_bad(s, row, "path is empty", err);
    if (strlen(out->label) > EVAL_MANIFEST_MAX_PATH_BYTES) {
        return eval_sheet_bad(s, row, "path is too long", err);
    }
    if (!*out->subject) return eval_sheet_bad(s, row, "subject is empty", err);
    if (!*out->position) return eval_sheet_bad(s, row, "position is empty", err);
    if (strlen(out->subject) > EVAL_MANIFEST_MAX_NAME_BYTES ||
        strlen(out->position) > EVAL_MANIFEST_MAX_NAME_BYTES ||
        strlen(cell[GROUP]) > EVAL_MANIFEST_MAX_NAME_BYTES) {
        return eval_sheet_bad(s, row, "subject, position or group is longer than 255 bytes", err);
    }
    if (!eval_sheet_number(out->position, 255, &out->position_code)) out->position_code = 0;
    if (!eval_sheet_number(cell[SESSION], EVAL_MANIFEST_MAX_NUMBER, &out->session)) {
        return eval_sheet_bad(s, row, "session is not a number 0..1000000", err);
    }
    if (!eval_sheet_number(cell[SAMPLE], EVAL_MANIFEST_MAX_NUMBER, &out->sample)) {
        return eval_sheet_bad(s, row, "sample is not a number 0..1000000", err);
    }
    if (!eval_sheet_number(cell[PPI], 2400, &out->ppi) || (out->ppi && out->ppi < 100)) {
        return eval_sheet_bad(s, row, "ppi is neither 0 nor 100..2400", err);
    }
    return BF_OK;
}

bf_status eval_name_index(const char **list, uint32_t *count, uint32_t max, const char *name,
                          uint32_t *out)
{
    uint32_t i = 0;
    while (i < *count && strcmp(list[i], name) != 0) i++;
    if (i == max) return BF_ELIMIT;
    if (i == *count) list[(*count)++] = name;
    *out = i;
    return BF_OK;
}

static bf_status read_rows(eval_manifest *m, eval_error *err)
{
    const eval_sheet *s = &m->sheet;
    for (uint32_t i = 0; i < s->rows; i++) {
        eval_sample *to = &m->samples[i];
        const char *group = s->cell[(size_t)i * COLUMNS + GROUP];
        EVAL_TRY(read_row(s, i, to, err));
        to->group = EVAL_NO_GROUP;
        if (*group && eval_name_index(m->group_name, &m->groups, EVAL_MANIFEST_MAX_GROUPS, group,
                                      &to->group)) {
            return eval_fail(err, BF_ELIMIT, "%s: more than %u groups", s->file,
                             EVAL_MANIFEST_MAX_GROUPS);
        }
    }
    m->count = s->rows;
    if (!m->count) return eval_fail(err, BF_EFORMAT, "%s: no samples listed", s->file);
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
static bf_status group(eval_manifest *m, eval_error *err)
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
    if (st) return eval_fail(err, st, "%s: out of memory", m->file);
    for (uint32_t i = 1; i < m->count; i++) {
        const eval_sample *a = &m->samples[i - 1], *b = &m->samples[i];
        if (by_order(a, b)) continue;
        uint32_t early = a->line < b->line ? a->line : b->line;
        uint32_t late = a->line < b->line ? b->line : a->line;
        return eval_fail(err, BF_EFORMAT,
                         "%s:%u: same subject, position, session and sample as line %u", m->file,
                         late, early);
    }
    return BF_OK;
}

static bf_status resolve_paths(eval_manifest *m, eval_error *err)
{
    const char **label = malloc(sizeof *label * m->count);
    const char **path = malloc(sizeof *path * m->count);
    bf_status st = BF_ENOMEM;
    if (!label || !path) goto done;
    for (uint32_t i = 0; i < m->count; i++) label[i] = m->samples[i].label;
    m->paths = eval_sheet_paths(m->file, label, m->count, path);
    if (!m->paths) goto done;
    for (uint32_t i = 0; i < m->count; i++) m->samples[i].path = path[i];
    st = BF_OK;
done:
    free(label);
    free(path);
    return st ? eval_fail(err, st, "%s: out of memory", m->file) : BF_OK;
}

/* Takes over the sheet. */
static bf_status from_sheet(eval_sheet *sheet, eval_manifest *out, eval_error *err)
{
    eval_manifest m = {.sheet = *sheet, .file = sheet->file, .name = sheet->name};
    bf_status st = BF_OK;
    m.samples = calloc(sheet->rows + (size_t)1, sizeof *m.samples);
    if (!m.samples) st = eval_fail(err, BF_ENOMEM, "%s: out of memory", m.file);
    if (!st) st = read_rows(&m, err);
    if (!st) st = group(&m, err);
    if (!st) st = resolve_paths(&m, err);
    if (st) {
        eval_manifest_free(&m);
    } else {
        *out = m;
    }
    return st;
}

bf_status eval_manifest_parse(const char *file, const char *data, size_t len, eval_manifest *out,
                              eval_error *err)
{
    eval_sheet s;
    EVAL_TRY(eval_sheet_parse(file, data, len, columns, COLUMNS, EVAL_MANIFEST_MAX_ROWS, &s, err));
    return from_sheet(&s, out, err);
}

bf_status eval_manifest_load(const char *file, eval_manifest *out, eval_error *err)
{
    eval_sheet s;
    EVAL_TRY(eval_sheet_load(file, columns, COLUMNS, EVAL_MANIFEST_MAX_ROWS, &s, err));
    return from_sheet(&s, out, err);
}

void eval_manifest_free(eval_manifest *m)
{
    free(m->samples);
    free(m->paths);
    eval_sheet_free(&m->sheet);
    *m = (eval_manifest){0};
}
