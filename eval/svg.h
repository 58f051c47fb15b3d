/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A chart as inline SVG: axes, lines, bands. Colours come from the page's style sheet by class.
 */
#ifndef EVAL_SVG_H
#define EVAL_SVG_H
#include <stdio.h>

#define SVG_WIDTH 520
#define SVG_HEIGHT 340

typedef struct svg_axis {
    double min, max; /* of the data; both above 0 on a log axis */
    int log10;       /* ticks at powers of ten, else every `step` */
    double step;
    const char *unit;  /* "%" shows fractions as percent; else appended, "" for none */
    const char *title; /* what it shows */
} svg_axis;

typedef struct svg_plot {
    FILE *f;
    svg_axis x, y;
} svg_plot;

/* <svg> with grid, ticks and titles; `label` is what a screen reader says. */
void svg_begin(const svg_plot *p, const char *label);
void svg_end(const svg_plot *p);

/* Points beyond an axis are drawn at its edge. `style` is a class of the style sheet. */
typedef struct svg_point {
    double x, y;
} svg_point;
void svg_line(const svg_plot *p, const svg_point *point, size_t count, const char *style);

/* A closed area: `upper` forward, `lower` back. */
void svg_band(const svg_plot *p, const svg_point *upper, const svg_point *lower, size_t count,
              const char *style);
void svg_dot(const svg_plot *p, double x, double y, const char *style);

/* Text, escaped for HTML. */
void html_text(FILE *f, const char *text);

#endif
