/* SPDX-License-Identifier: Apache-2.0 */
/* The list of presentations. */
#include <stdlib.h>
#include <string.h>

#include "manifest.h"
#include "pad.h"

enum { PATH, SUBJECT, LABEL, SPECIES, COLUMNS };
static const eval_column columns[COLUMNS] = {
    {"path", 0}, {"subject", 0}, {"label", 0}, {"species", 1}};

static bf_status read_row(eval_pad_list *l, uint32_t row, eval_error *err)
{
    const eval_sheet *s = &l->sheet;
    const char **cell = s->cell + (size_t)row * COLUMNS;
    eval_presentation *to = &l->item[row];
    to->label = cell[PATH];
    to->subject_name = cell[SUBJECT];
    to->line = s->line[row];
    if (!*cell[PATH]) return eval_sheet_bad(s, row, "path is empty", err);
    if (strlen(cell[PATH]) > EVAL_MANIFEST_MAX_PATH_BYTES) {
        return eval_sheet_bad(s, row, "path is too long", err);
    }
    if (!*cell[SUBJECT]) return eval_sheet_bad(s, row, "subject is empty", err);
    if (strlen(cell[SUBJECT]) > EVAL_MANIFEST_MAX_NAME_BYTES ||
        strlen(cell[SPECIES]) > EVAL_MANIFEST_MAX_NAME_BYTES) {
        return eval_sheet_bad(s, row, "subject or species is longer than 255 bytes", err);
    }
    if (!strcmp(cell[LABEL], "bonafide")) {
        to->species = EVAL_PAD_BONAFIDE;
        return BF_OK;
    }
    if (strcmp(cell[LABEL], "attack") != 0) {
        return eval_sheet_bad(s, row, "label is neither bonafide nor attack", err);
    }
    const char *species = *cell[SPECIES] ? cell[SPECIES] : "attack";
    if (eval_name_index(l->species_name, &l->species, EVAL_PAD_MAX_SPECIES, species,
                        &to->species)) {
        return eval_fail(err, BF_ELIMIT, "%s: more than %u species", s->file, EVAL_PAD_MAX_SPECIES);
    }
    return BF_OK;
}

typedef struct key {
    const char *subject;
    uint32_t row;
} key;

static int by_subject(const void *pa, const void *pb)
{
    const key *a = pa, *b = pb;
    int d = strcmp(a->subject, b->subject);
    return d ? d : (a->row > b->row) - (a->row < b->row);
}

static bf_status number_subjects(eval_pad_list *l)
{
    key *k = malloc((l->count + (size_t)1) * sizeof *k);
    if (!k) return BF_ENOMEM;
    for (uint32_t i = 0; i < l->count; i++) {
        k[i] = (key){l->sheet.cell[(size_t)i * COLUMNS + SUBJECT], i};
    }
    qsort(k, l->count, sizeof *k, by_subject);
    for (uint32_t i = 0; i < l->count; i++) {
        if (!i || strcmp(k[i].subject, k[i - 1].subject) != 0) l->subjects++;
        l->item[k[i].row].subject = l->subjects - 1;
    }
    free(k);
    return BF_OK;
}

static bf_status resolve_paths(eval_pad_list *l)
{
    const char **name = malloc((2 * (size_t)l->count + 1) * sizeof *name);
    if (!name) return BF_ENOMEM;
    for (uint32_t i = 0; i < l->count; i++) name[i] = l->item[i].label;
    l->paths = eval_sheet_paths(l->file, name, l->count, name + l->count);
    for (uint32_t i = 0; l->paths && i < l->count; i++) l->item[i].path = name[l->count + i];
    free(name);
    return l->paths ? BF_OK : BF_ENOMEM;
}

static bf_status read_rows(eval_pad_list *l, eval_error *err)
{
    uint32_t bonafide = 0;
    for (; l->count < l->sheet.rows; l->count++) {
        EVAL_TRY(read_row(l, l->count, err));
        bonafide += l->item[l->count].species == EVAL_PAD_BONAFIDE;
    }
    if (bonafide && bonafide < l->count) return BF_OK;
    return eval_fail(err, BF_EFORMAT, "%s: no %s presentation", l->file,
                     bonafide ? "attack" : "bonafide");
}

/* Takes over the sheet. */
static bf_status from_sheet(eval_sheet *sheet, eval_pad_list *out, eval_error *err)
{
    eval_pad_list l = {.sheet = *sheet, .file = sheet->file, .name = sheet->name};
    l.item = calloc(sheet->rows + (size_t)1, sizeof *l.item);
    bf_status st = l.item ? read_rows(&l, err) : BF_ENOMEM;
    if (!st) st = number_subjects(&l);
    if (!st) st = resolve_paths(&l);
    if (st) {
        eval_pad_list_free(&l);
        return st == BF_ENOMEM ? eval_fail(err, st, "out of memory") : st;
    }
    *out = l;
    return BF_OK;
}

bf_status eval_pad_list_parse(const char *file, const char *data, size_t len, eval_pad_list *out,
                              eval_error *err)
{
    eval_sheet s;
    EVAL_TRY(eval_sheet_parse(file, data, len, columns, COLUMNS, EVAL_PAD_MAX_ROWS, &s, err));
    return from_sheet(&s, out, err);
}

bf_status eval_pad_list_load(const char *file, eval_pad_list *out, eval_error *err)
{
    eval_sheet s;
    EVAL_TRY(eval_sheet_load(file, columns, COLUMNS, EVAL_PAD_MAX_ROWS, &s, err));
    return from_sheet(&s, out, err);
}

void eval_pad_list_free(eval_pad_list *l)
{
    free(l->item);
    free(l->paths);
    eval_sheet_free(&l->sheet);
    *l = (eval_pad_list){0};
}
