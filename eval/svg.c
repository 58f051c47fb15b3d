/* SPDX-License-Identifier: Apache-2.0 */
#include "svg.h"

#include <math.h>
#include <string.h>

#define LEFT 80
#define RIGHT 26
#define TOP 12
#define BOTTOM 48

void html_text(FILE *f, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&': fputs("&amp;", f); break;
        case '<': fputs("&lt;", f); break;
        case '>': fputs("&gt;", f); break;
        case '"': fputs("&quot;", f); break;
        default: fputc((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, f);
        }
    }
}

/* 0..1 along the axis. */
static double along(const svg_axis *a, double v)
{
    double t = a->log10 ? (v > 0 ? (log10(v) - log10(a->min)) / (log10(a->max) - log10(a->min)) : 0)
                        : (v - a->min) / (a->max - a->min);
    return t < 0 ? 0 : t > 1 ? 1 : t;
}

static double to_x(const svg_plot *p, double v)
{
    return LEFT + along(&p->x, v) * (SVG_WIDTH - LEFT - RIGHT);
}

static double to_y(const svg_plot *p, double v)
{
    return SVG_HEIGHT - BOTTOM - along(&p->y, v) * (SVG_HEIGHT - TOP - BOTTOM);
}

static void number(FILE *f, const svg_axis *a, double v)
{
    int percent = !strcmp(a->unit, "%");
    fprintf(f, "%.6g%s%s", percent ? v * 100 : v, *a->unit ? "\xc2\xa0" : "", a->unit);
}

static void x_tick(const svg_plot *p, double v)
{
    double x = to_x(p, v);
    fprintf(p->f, "<path class=grid d='M%.1f %dV%d'/><text class=tick x=%.1f y=%d>", x, TOP,
            SVG_HEIGHT - BOTTOM, x, SVG_HEIGHT - BOTTOM + 16);
    number(p->f, &p->x, v);
    fputs("</text>\n", p->f);
}

static void y_tick(const svg_plot *p, double v)
{
    double y = to_y(p, v);
    fprintf(p->f, "<path class=grid d='M%d %.1fH%d'/><text class='tick end' x=%d y=%.1f>", LEFT, y,
            SVG_WIDTH - RIGHT, LEFT - 7, y + 4);
    number(p->f, &p->y, v);
    fputs("</text>\n", p->f);
}

static void ticks(const svg_plot *p, const svg_axis *a, void (*tick)(const svg_plot *, double))
{
    if (a->log10) {
        for (double e = ceil(log10(a->min) - 1e-9); e <= log10(a->max) + 1e-9; e++) {
            tick(p, pow(10.0, e));
        }
    } else {
        for (int i = 0; a->min + i * a->step <= a->max * (1 + 1e-9); i++) {
            tick(p, a->min + i * a->step);
        }
    }
}

void svg_begin(const svg_plot *p, const char *label)
{
    fprintf(p->f, "<svg viewBox='0 0 %d %d' role=img aria-label=\"", SVG_WIDTH, SVG_HEIGHT);
    html_text(p->f, label);
    fputs("\">\n", p->f);
    ticks(p, &p->x, x_tick);
    ticks(p, &p->y, y_tick);
    fprintf(p->f, "<path class=axis d='M%d %dV%dH%d'/>\n", LEFT, TOP, SVG_HEIGHT - BOTTOM,
            SVG_WIDTH - RIGHT);
    fprintf(p->f, "<text class=title x=%d y=%d>", (LEFT + SVG_WIDTH - RIGHT) / 2, SVG_HEIGHT - 8);
    html_text(p->f, p->x.title);
    fprintf(p->f, "</text><text class=title transform='translate(13 %d) rotate(-90)'>",
            (TOP + SVG_HEIGHT - BOTTOM) / 2);
    html_text(p->f, p->y.title);
    fputs("</text>\n", p->f);
}

void svg_end(const svg_plot *p)
{
    fputs("</svg>\n", p->f);
}

/* Leaves out points that would not be seen: less than half a pixel from the last one written. */
static void path(const svg_plot *p, const svg_point *point, size_t count, int backward, char move)
{
    double last_x = -1e9, last_y = -1e9;
    for (size_t i = 0; i < count; i++) {
        const svg_point *q = &point[backward ? count - 1 - i : i];
        double x = to_x(p, q->x), y = to_y(p, q->y);
        int last = i + 1 == count;
        if (!last && fabs(x - last_x) < 0.5 && fabs(y - last_y) < 0.5) continue;
        fprintf(p->f, "%c%.1f %.1f", move, x, y);
        move = 'L';
        last_x = x;
        last_y = y;
    }
}

void svg_line(const svg_plot *p, const svg_point *point, size_t count, const char *style)
{
    if (!count) return;
    fprintf(p->f, "<path class='line %s' d='", style);
    path(p, point, count, 0, 'M');
    fputs("'/>\n", p->f);
}

void svg_band(const svg_plot *p, const svg_point *upper, const svg_point *lower, size_t count,
              const char *style)
{
    if (!count) return;
    fprintf(p->f, "<path class='area %s' d='", style);
    path(p, upper, count, 0, 'M');
    path(p, lower, count, 1, 'L');
    fputs("Z'/>\n", p->f);
}

void svg_dot(const svg_plot *p, double x, double y, const char *style)
{
    fprintf(p->f, "<circle class='dot %s' cx=%.1f cy=%.1f r=4 />\n", style, to_x(p, x), to_y(p, y));
}
