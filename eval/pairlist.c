/* SPDX-License-Identifier: Apache-2.0 */
#include "pairlist.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_A, PATH_B, SAME, FOLD, COLUMNS };
static const eval_column columns[COLUMNS] = {
    {"path_a", 0}, {"path_b", 0}, {"same", 0}, {"fold", 0}};

/* One end of a pair: sorted by path it finds its equals, sorted by place it finds its way back. */
typedef struct end {
    const char *path;
    uint32_t place; /* 2 * row + side */
} end;

static int by_path(const void *pa, const void *pb)
{
    const end *a = pa, *b = pb;
    int d = strcmp(a->path, b->path);
    return d ? d : (a->place > b->place) - (a->place < b->place);
}

static bf_status check_row(const eval_sheet *s, uint32_t row, eval_pair *pair, uint32_t *fold,
                           eval_error *err)
{
    const char **cell = s->cell + (size_t)row * COLUMNS;
    uint32_t same = 0;
    if (!*cell[PATH_A] || !*cell[PATH_B]) return eval_sheet_bad(s, row, "path is empty", err);
    if (strlen(cell[PATH_A]) > EVAL_MANIFEST_MAX_PATH_BYTES ||
        strlen(cell[PATH_B]) > EVAL_MANIFEST_MAX_PATH_BYTES) {
        return eval_sheet_bad(s, row, "path is too long", err);
    }
    if (!eval_sheet_number(cell[SAME], 1, &same)) {
        return eval_sheet_bad(s, row, "same is neither 0 nor 1", err);
    }
    if (!eval_sheet_number(cell[FOLD], EVAL_MANIFEST_MAX_NUMBER, fold)) {
        return eval_sheet_bad(s, row, "fold is not a number 0..1000000", err);
    }
    pair->score = EVAL_SCORE_FAILED;
    pair->flags = EVAL_PAIR_COUNTED | (same ? EVAL_PAIR_GENUINE : 0);
    return BF_OK;
}

/* Give each distinct path a sample, in the order of the file. */
static bf_status list_samples(eval_manifest *m, eval_pairs *p)
{
    const eval_sheet *s = &m->sheet;
    size_t n = 2 * (size_t)s->rows;
    end *ends = malloc((n + 1) * sizeof *ends);
    uint32_t *first = malloc((n + 1) * sizeof *first);
    bf_status st = BF_ENOMEM;
    if (!ends || !first) goto done;
    for (uint32_t i = 0; i < n; i++) {
        ends[i] = (end){s->cell[(size_t)(i / 2) * COLUMNS + (i % 2 ? PATH_B : PATH_A)], i};
    }
    qsort(ends, n, sizeof *ends, by_path);
    for (size_t i = 0, at = 0; i < n; i++) {
        if (strcmp(ends[i].path, ends[at].path) != 0) at = i;
        first[ends[i].place] = ends[at].place;
    }
    m->samples = calloc(n + 1, sizeof *m->samples);
    if (!m->samples) goto done;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t *to = i % 2 ? &p->pair[i / 2].b : &p->pair[i / 2].a;
        if (first[i] != i) {
            *to = first[i] % 2 ? p->pair[first[i] / 2].b : p->pair[first[i] / 2].a;
            continue;
        }
        *to = m->count;
        m->samples[m->count++] =
            (eval_sample){.label = s->cell[(size_t)(i / 2) * COLUMNS + (i % 2 ? PATH_B : PATH_A)],
                          .subject = "",
                          .position = "",
                          .group = EVAL_NO_GROUP,
                          .line = s->line[i / 2]};
    }
    st = BF_OK;
done:
    free(ends);
    free(first);
    return st;
}

static uint32_t root(eval_sample *s, uint32_t i)
{
    while (s[i].identity != i) {
        s[i].identity = s[s[i].identity].identity;
        i = s[i].identity;
    }
    return i;
}

/* Images joined by genuine pairs become one identity, numbered by first appearance. */
static bf_status find_identities(eval_manifest *m, const eval_pairs *p)
{
    uint32_t *number = malloc((m->count + (size_t)1) * sizeof *number);
    if (!number) return BF_ENOMEM;
    for (uint32_t i = 0; i < m->count; i++) m->samples[i].identity = i;
    for (size_t i = 0; i < p->count; i++) {
        if (!(p->pair[i].flags & EVAL_PAIR_GENUINE)) continue;
        uint32_t a = root(m->samples, p->pair[i].a), b = root(m->samples, p->pair[i].b);
        m->samples[a > b ? a : b].identity = a > b ? b : a;
    }
    for (uint32_t i = 0; i < m->count; i++) {
        uint32_t r = root(m->samples, i); /* never above i */
        if (r == i) number[i] = m->identities++;
        if (r != i) number[i] = number[r];
    }
    for (uint32_t i = 0; i < m->count; i++) m->samples[i].identity = number[i];
    free(number);
    return BF_OK;
}

static bf_status resolve_paths(eval_manifest *m)
{
    const char **name = malloc((2 * (size_t)m->count + 1) * sizeof *name);
    if (!name) return BF_ENOMEM;
    for (uint32_t i = 0; i < m->count; i++) name[i] = m->samples[i].label;
    m->paths = eval_sheet_paths(m->file, name, m->count, name + m->count);
    for (uint32_t i = 0; m->paths && i < m->count; i++) m->samples[i].path = name[m->count + i];
    free(name);
    return m->paths ? BF_OK : BF_ENOMEM;
}

static bf_status read_rows(eval_manifest *m, eval_pairs *p, eval_error *err)
{
    const eval_sheet *s = &m->sheet;
    for (uint32_t i = 0; i < s->rows; i++) {
        EVAL_TRY(check_row(s, i, &p->pair[i], &p->fold[i], err));
        int genuine = (p->pair[i].flags & EVAL_PAIR_GENUINE) != 0;
        p->genuine += genuine;
        p->impostor += !genuine;
    }
    p->count = s->rows;
    if (p->genuine && p->impostor) return BF_OK;
    return eval_fail(err, BF_EFORMAT, "%s: no pair with same %d", m->file, p->genuine ? 0 : 1);
}

/* Takes over the sheet. */
static bf_status from_sheet(eval_sheet *sheet, eval_manifest *out_manifest, eval_pairs *out_pairs,
                            eval_error *err)
{
    eval_manifest m = {.sheet = *sheet, .file = sheet->file, .name = sheet->name};
    eval_pairs p = {.pair = calloc(sheet->rows + (size_t)1, sizeof *p.pair),
                    .fold = calloc(sheet->rows + (size_t)1, sizeof *p.fold)};
    bf_status st = p.pair && p.fold ? read_rows(&m, &p, err) : BF_ENOMEM;
    if (!st) st = list_samples(&m, &p);
    if (!st) st = find_identities(&m, &p);
    if (!st) st = resolve_paths(&m);
    if (!st) {
        p.used = malloc(m.count);
        st = p.used ? BF_OK : BF_ENOMEM;
    }
    if (st) {
        eval_manifest_free(&m);
        eval_pairs_free(&p);
        return st == BF_ENOMEM ? eval_fail(err, st, "out of memory") : st;
    }
    memset(p.used, 1, m.count);
    p.images = m.count;
    *out_manifest = m;
    *out_pairs = p;
    return BF_OK;
}

bf_status eval_pairlist_parse(const char *file, const char *data, size_t len,
                              eval_manifest *out_manifest, eval_pairs *out_pairs, eval_error *err)
{
    eval_sheet s;
    EVAL_TRY(eval_sheet_parse(file, data, len, columns, COLUMNS, EVAL_PAIRLIST_MAX_ROWS, &s, err));
    return from_sheet(&s, out_manifest, out_pairs, err);
}

bf_status eval_pairlist_load(const char *file, eval_manifest *out_manifest, eval_pairs *out_pairs,
                             eval_error *err)
{
    eval_sheet s;
    EVAL_TRY(eval_sheet_load(file, columns, COLUMNS, EVAL_PAIRLIST_MAX_ROWS, &s, err));
    return from_sheet(&s, out_manifest, out_pairs, err);
}
