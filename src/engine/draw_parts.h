/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the pictures of one print and of two have in common: a page with panels, marks for
 * minutiae, a heading and a legend. Everything biometric is in the canonical frame: 500 ppi pixels
 * of the whole image.
 */
#ifndef BF_ENGINE_DRAW_PARTS_H
#define BF_ENGINE_DRAW_PARTS_H
#include "bonafide/draw.h"
#include "draw/draw.h"
#include "engine/session.h"
#include "image/image.h"

/* Page measures, px. */
#define PAGE_MARGIN 20
#define PAGE_GAP 16
#define PAGE_HEADING 74
#define PAGE_CAPTION 26
#define PAGE_LEGEND 58
#define PAGE_MIN_WIDTH 900

/* Colours. */
#define INK_PAGE 0xf4f5f7u
#define INK_TEXT 0x1f2933u
#define INK_SOFT 0x6b7785u
#define INK_BORDER 0xc3cad3u
#define INK_OUTLINE 0x0b7285u
#define INK_ORIENTATION 0x0b7285u
#define INK_SINGULAR 0x2b8a3eu
#define INK_A 0x1864abu
#define INK_B 0xd9480fu

/* One print, ready to be drawn. */
typedef struct draw_print {
    bf_grey grey;       /* canonical; arena */
    bf_placed enhanced; /* picture at 500 ppi; scale and place are set per panel */
    const bf_image *image;
    const bf_finger_view *view;
    const char *label;   /* NULL: none */
    bf_minutia *minutia; /* of the template; arena */
    uint32_t minutiae;
    float shown; /* canvas px per canonical px */
} draw_print;

/* A window onto a print's canonical frame: canvas = (x, y) + scale * (canonical - (left, top)). */
typedef struct draw_panel {
    int32_t x, y, w, h; /* px on the canvas */
    int32_t left, top;  /* canonical px */
    float scale;
} draw_panel;

bf_status bf_draw__read_opts(bf_ctx *c, const bf_draw_opts *opts, bf_draw_opts *out);
bf_status bf_draw__print(bf_ctx *c, const bf_image *image, const bf_finger_view *view,
                         const char *label, draw_print *out);

/* A panel for a print, its place on the canvas still open: the whole capture, or the part of it
 * that holds the print. */
void bf_draw__panel(const draw_print *p, int whole, draw_panel *out);

/* Canonical px to canvas px. */
float bf_draw__x(const draw_panel *at, float x_px);
float bf_draw__y(const draw_panel *at, float y_px);

/* A page of that size in scratch memory, filled with the page's colour. */
bf_status bf_draw__page(bf_ctx *c, int32_t w, int32_t h, bf_canvas *out);
bf_status bf_draw__finish(bf_ctx *c, const bf_canvas *canvas, float shown, bf_image **out);

/* Pixels as they are, enlarged or reduced: interleaved, channels 1 or 3, from (x0, y0) on. */
void bf_draw__pixels(bf_canvas *c, const uint8_t *px, int32_t w, int32_t h, int32_t channels,
                     float scale, int32_t x0, int32_t y0);

/* Draw onto a panel. */
void bf_draw__capture(bf_canvas *c, const draw_panel *at, const draw_print *p, float fade);
void bf_draw__enhanced(bf_canvas *c, const draw_panel *at, const draw_print *p, float fade);
void bf_draw__frame(bf_canvas *c, const draw_panel *at, const char *caption);
void bf_draw__segmentation(bf_canvas *c, const draw_panel *at, const draw_print *p);
void bf_draw__orientation(bf_canvas *c, const draw_panel *at, const draw_print *p);
void bf_draw__singulars(bf_canvas *c, const draw_panel *at, const draw_print *p);
void bf_draw__minutia(bf_canvas *c, const draw_panel *at, const bf_minutia *m, bf_rgb colour,
                      float alpha);

/* orange (0) - magenta (50) - blue (100): told apart by most colour-blind eyes, and on grey */
bf_rgb bf_draw__quality_colour(uint32_t quality);

/* Text. */
float bf_draw__text(bf_canvas *c, float x, float y, float height_px, bf_rgb colour, const char *fmt,
                    ...) __attribute__((format(printf, 6, 7)));
void bf_draw__quality(bf_canvas *c, float x, float y, const draw_print *p);
float bf_draw__legend(bf_canvas *c, float x, float y, uint32_t layers); /* @return the x behind */
void bf_draw__legend_quality(bf_canvas *c, float x, float y);

#endif
