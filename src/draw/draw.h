/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines, marks and text onto an RGB picture, anti-aliased. Nothing biometric.
 * Frame: pixels, origin top-left, y down, pixel centres on integers. Everything is clipped; what
 * is not finite is left out.
 */
#ifndef BF_DRAW_DRAW_H
#define BF_DRAW_DRAW_H
#include <stddef.h>
#include <stdint.h>

typedef struct bf_canvas {
    int32_t w, h;    /* px */
    uint8_t *px;     /* h rows of 3 * w bytes, RGB */
    int32_t clip[4]; /* left, top, right, bottom: only pixels within are changed */
} bf_canvas;

/* Draw within a rectangle only; the whole canvas with bf_draw_clip(c, 0, 0, c->w, c->h). */
void bf_draw_clip(bf_canvas *c, int32_t x, int32_t y, int32_t w, int32_t h);

typedef uint32_t bf_rgb; /* 0xRRGGBB */

/* How to lay ink on paper: alpha 0 (nothing) .. 1 (covers). */
typedef struct bf_pen {
    bf_rgb colour;
    float alpha;
    float width_px;
} bf_pen;

void bf_draw_fill(bf_canvas *c, bf_rgb colour);
void bf_draw_blend(bf_canvas *c, int32_t x, int32_t y, bf_rgb colour, float alpha);
void bf_draw_rect(bf_canvas *c, int32_t x, int32_t y, int32_t w, int32_t h, bf_rgb colour,
                  float alpha);

/* With round ends. */
void bf_draw_line(bf_canvas *c, float x0, float y0, float x1, float y1, bf_pen pen);
void bf_draw_polygon(bf_canvas *c, const float (*xy)[2], size_t count, bf_pen pen);

/* A circle's line, its middle at `radius_px`; and a filled circle (pen.width_px unused). */
void bf_draw_ring(bf_canvas *c, float x, float y, float radius_px, bf_pen pen);
void bf_draw_disc(bf_canvas *c, float x, float y, float radius_px, bf_pen pen);

/* Where a picture lies on the canvas: canvas = at + scale * picture. */
typedef struct bf_placed {
    const uint8_t *px; /* grey, h rows of `stride` bytes */
    int32_t w, h, stride;
    float scale; /* canvas px per picture px */
    int32_t x, y;
} bf_placed;

/* Lay down a grey picture, faded towards white: 0 as it is .. 1 white. Bilinear. */
void bf_draw_grey(bf_canvas *c, const bf_placed *p, float fade);

/* @return the picture's value at (x, y) px, bilinear; `outside` beyond its edge */
float bf_draw_sample(const bf_placed *p, float x, float y, float outside);

/*
 * Text in ASCII; other characters appear as '?'.
 * @param y          of the baseline
 * @param height_px  of a capital letter
 * @return the x behind it
 */
float bf_draw_text(bf_canvas *c, float x, float y, float height_px, const char *text,
                   bf_rgb colour);
float bf_draw_text_width(float height_px, const char *text);

#endif
