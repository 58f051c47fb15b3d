/* SPDX-License-Identifier: Apache-2.0 */
/* Progress bar and tables. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define COLUMNS_MAX 16

int cli_is_fancy(FILE *out)
{
    const char *term = getenv("TERM");
    if (!isatty(fileno(out)) || getenv("NO_COLOR")) return 0;
    return term && *term && strcmp(term, "dumb") != 0;
}

static double seconds_between(const struct timespec *a, const struct timespec *b)
{
    return (double)(b->tv_sec - a->tv_sec) + (double)(b->tv_nsec - a->tv_nsec) * 1e-9;
}

void cli_progress_start(cli_progress *p, const char *label, unsigned long total)
{
    memset(p, 0, sizeof *p);
    p->label = label;
    p->total = total;
    p->enabled = total > 0 && cli_is_fancy(stderr);
    clock_gettime(CLOCK_MONOTONIC, &p->start);
    p->shown = p->start;
}

void cli_progress_step(cli_progress *p, unsigned long done)
{
    if (!p->enabled || !done) return;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double elapsed_s = seconds_between(&p->start, &now);
    if (done > p->total) done = p->total;
    double left_s = elapsed_s * (double)(p->total - done) / (double)done;
    /* Half a second tells whether the whole will take two. */
    if (!p->visible && (elapsed_s < 0.5 || elapsed_s + left_s < 2.0)) return;
    if (p->visible && seconds_between(&p->shown, &now) < 0.1) return;
    p->visible = 1;
    p->shown = now;
    char bar[31];
    size_t width = sizeof bar - 1, full = (size_t)((double)width * (double)done / (double)p->total);
    memset(bar, '-', width);
    memset(bar, '#', full);
    bar[width] = 0;
    fprintf(stderr, "\r\033[K%.30s [%s] %lu/%lu, %.0f s left", p->label, bar, done, p->total,
            left_s);
    fflush(stderr);
}

void cli_progress_end(cli_progress *p)
{
    if (p->visible) fputs("\r\033[K", stderr);
    p->visible = p->enabled = 0;
}

struct cli_table {
    size_t columns, cells, cap;
    char **cell; /* row-major, the header first */
    unsigned char right[COLUMNS_MAX];
    int broken; /* out of memory: nothing is printed */
};

static void table_put(cli_table *t, const char *text)
{
    if (t->cells == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 64;
        char **cell = realloc(t->cell, cap * sizeof *cell);
        if (!cell) {
            t->broken = 1;
            return;
        }
        t->cell = cell;
        t->cap = cap;
    }
    char *copy = strdup(text);
    if (!copy) {
        t->broken = 1;
        return;
    }
    for (char *p = copy; *p; p++) *p = cli_printable(*p);
    t->cell[t->cells++] = copy;
}

cli_table *cli_table_new(const char *columns)
{
    cli_table *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    for (; *columns && t->columns < COLUMNS_MAX; columns += strlen(columns) + 1) {
        t->right[t->columns++] = *columns == '>';
        table_put(t, *columns == '>' ? columns + 1 : columns);
    }
    return t;
}

void cli_table_row(cli_table *t, ...)
{
    if (!t) return;
    va_list args;
    va_start(args, t);
    for (size_t i = 0; i < t->columns; i++) {
        const char *text = va_arg(args, const char *);
        table_put(t, text ? text : "");
    }
    va_end(args);
}

/* Characters, not bytes: UTF-8 continuation bytes do not count. */
static size_t text_width(const char *text)
{
    size_t n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static void print_row(const cli_table *t, const size_t *width, size_t row, FILE *out)
{
    for (size_t i = 0; i < t->columns; i++) {
        const char *text = t->cell[row * t->columns + i];
        int pad = (int)(width[i] - text_width(text));
        int last = i + 1 == t->columns;
        if (t->right[i])
            fprintf(out, "%*s%s", pad, "", text);
        else
            fprintf(out, "%s%*s", text, last ? 0 : pad, "");
        if (!last) fputs("  ", out);
    }
}

void cli_table_print(cli_table *t, FILE *out)
{
    if (!t || t->broken) {
        cli_error(NULL, "out of memory");
    } else {
        size_t width[COLUMNS_MAX] = {0};
        for (size_t i = 0; i < t->cells; i++) {
            size_t w = text_width(t->cell[i]), *column = &width[i % t->columns];
            if (w > *column) *column = w;
        }
        int fancy = cli_is_fancy(out);
        for (size_t row = 0; row * t->columns < t->cells; row++) {
            if (!row && fancy) fputs("\033[1m", out);
            print_row(t, width, row, out);
            if (!row && fancy) fputs("\033[0m", out);
            fputc('\n', out);
        }
    }
    if (!t) return;
    for (size_t i = 0; i < t->cells; i++) free(t->cell[i]);
    free(t->cell);
    free(t);
}
