/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stroke font, drawn for this project: each letter is a few lines on a grid whose unit is an
 * eighth of a capital's height, so it is sharp at any size and needs no bitmaps.
 *
 *     a point is a digit (x, from the left) and a letter (y: a top of capitals, d top of small
 *     letters, i baseline, k bottom of descenders); points are joined; a space lifts the pen
 */
#include "draw/draw.h"

#define FIRST ' '
#define LAST '~'
#define CAPITAL_UNITS 8.0f
#define SPACING_UNITS 2.0f
#define BLANK_UNITS 2.5f

static const char *const glyphs[LAST - FIRST + 1] = {
    /*   */ "",
    /* ! */ "0a0f 0h0i",
    /* " */ "0a0c 2a2c",
    /* # */ "2b1h 5b4h 0d6d 0f6f",
    /* $ */ "4c3b1b0c0d1e3e4f4g3h1h0g 2a2i",
    /* % */ "0i5a 0b1a2b1c0b 3h4g5h4i3h",
    /* & */ "5i1d1b2a3b3c0f0h1i3i5f",
    /* ' */ "0a0c",
    /* ( */ "2a1b0d0g1i2j",
    /* ) */ "0a1b2d2g1i0j",
    /* * */ "2b2f 0c4e 4c0e",
    /* + */ "2c2g 0e4e",
    /* , */ "1h1i0j",
    /* - */ "0e3e",
    /* . */ "0h0i",
    /* / */ "0i4a",
    /* 0 */ "1a3a4b4h3i1i0h0b1a",
    /* 1 */ "0b2a2i 0i4i",
    /* 2 */ "0b1a3a4b4d0i4i",
    /* 3 */ "0b1a3a4b4c3d1d 3d4e4h3i1i0h",
    /* 4 */ "3i3a0f4f",
    /* 5 */ "4a0a0d3d4e4h3i1i0h",
    /* 6 */ "4b3a1a0b0h1i3i4h4e3d1d0e",
    /* 7 */ "0a4a1i",
    /* 8 */ "1d0c0b1a3a4b4c3d1d0e0h1i3i4h4e3d",
    /* 9 */ "4e3f1f0e0b1a3a4b4h3i1i0h",
    /* : */ "0d0e 0h0i",
    /* ; */ "1d1e 1h1i0j",
    /* < */ "4c0e4g",
    /* = */ "0d4d 0f4f",
    /* > */ "0c4e0g",
    /* ? */ "0b1a3a4b4c2e2f 2h2i",
    /* @ */ "5i1i0h0b1a5a6b6f5g4f4c2c2f4f",
    /* A */ "0i3a6i 1f5f",
    /* B */ "0i0a3a4b4c3d0d 3d4e4h3i0i",
    /* C */ "5b4a1a0b0h1i4i5h",
    /* D */ "0a0i3i5g5c3a0a",
    /* E */ "4a0a0i4i 0d3d",
    /* F */ "4a0a0i 0d3d",
    /* G */ "5b4a1a0b0h1i4i5h5e3e",
    /* H */ "0a0i 5a5i 0d5d",
    /* I */ "0a2a 1a1i 0i2i",
    /* J */ "3a3h2i1i0h",
    /* K */ "0a0i 5a0f 2d5i",
    /* L */ "0a0i4i",
    /* M */ "0i0a3f6a6i",
    /* N */ "0i0a5i5a",
    /* O */ "1a4a5b5h4i1i0h0b1a",
    /* P */ "0i0a3a4b4d3e0e",
    /* Q */ "1a4a5b5h4i1i0h0b1a 3g5j",
    /* R */ "0i0a3a4b4d3e0e 2e4i",
    /* S */ "4b3a1a0b0c1d3d4e4h3i1i0h",
    /* T */ "0a4a 2a2i",
    /* U */ "0a0h1i4i5h5a",
    /* V */ "0a3i6a",
    /* W */ "0a2i4c6i8a",
    /* X */ "0a5i 5a0i",
    /* Y */ "0a2d4a 2d2i",
    /* Z */ "0a5a0i5i",
    /* [ */ "2a0a0j2j",
    /* \ */ "0a4i",
    /* ] */ "0a2a2j0j",
    /* ^ */ "0d2a4d",
    /* _ */ "0j5j",
    /* ` */ "0a1b",
    /* a */ "0e1d3d4e4i 4f1f0g0h1i3i4h",
    /* b */ "0a0i 0e1d3d4e4h3i1i0h",
    /* c */ "4e3d1d0e0h1i3i4h",
    /* d */ "4a4i 4e3d1d0e0h1i3i4h",
    /* e */ "0f4f4e3d1d0e0h1i3i4h",
    /* f */ "3a2a1b1i 0d3d",
    /* g */ "4d4j3k1k0j 4e3d1d0e0h1i3i4h",
    /* h */ "0a0i 0e1d3d4e4i",
    /* i */ "0d0i 0a0b",
    /* j */ "1d1j0k 1a1b",
    /* k */ "0a0i 4d0g 1f4i",
    /* l */ "0a0h1i",
    /* m */ "0d0i 0e1d2d3e3i 3e4d5d6e6i",
    /* n */ "0d0i 0e1d3d4e4i",
    /* o */ "1d3d4e4h3i1i0h0e1d",
    /* p */ "0d0k 0e1d3d4e4h3i1i0h",
    /* q */ "4d4k 4e3d1d0e0h1i3i4h",
    /* r */ "0d0i 0f1d3d",
    /* s */ "4e3d1d0e1f3f4g4h3i1i0h",
    /* t */ "1b1h2i3i 0d3d",
    /* u */ "0d0h1i3i4h 4d4i",
    /* v */ "0d2i4d",
    /* w */ "0d2i3e4i6d",
    /* x */ "0d4i 4d0i",
    /* y */ "0d2i 4d2i1k",
    /* z */ "0d4d0i4i",
    /* { */ "2a1b1d0e1f1i2j",
    /* | */ "0a0k",
    /* } */ "0a1b1d2e1f1i0j",
    /* ~ */ "0e1d3e4d",
};

static const char *glyph(unsigned char ch)
{
    return glyphs[(ch >= FIRST && ch <= LAST ? ch : '?') - FIRST];
}

static float advance_units(const char *g)
{
    int right = 0;
    if (!*g) return BLANK_UNITS + SPACING_UNITS;
    for (; *g; g++) {
        if (*g >= '0' && *g <= '9' && *g - '0' > right) right = *g - '0';
    }
    return (float)right + SPACING_UNITS;
}

static void draw_glyph(bf_canvas *c, const char *g, float x, float top, float unit, bf_pen pen)
{
    int down = 0;
    float px = 0, py = 0;
    while (*g) {
        if (*g == ' ') {
            down = 0;
            g++;
            continue;
        }
        float nx = x + unit * (float)(g[0] - '0'), ny = top + unit * (float)(g[1] - 'a');
        if (down) bf_draw_line(c, px, py, nx, ny, pen);
        px = nx;
        py = ny;
        down = 1;
        g += 2;
    }
}

/* The bytes that continue a UTF-8 character are not characters. */
static int continues(unsigned char ch)
{
    return (ch & 0xc0) == 0x80;
}

float bf_draw_text(bf_canvas *c, float x, float y, float height_px, const char *text, bf_rgb colour)
{
    float unit = height_px / CAPITAL_UNITS, width = height_px * 0.13f;
    bf_pen pen = {colour, 1.0f, width < 1.1f ? 1.1f : width};
    for (; *text; text++) {
        if (continues((unsigned char)*text)) continue;
        const char *g = glyph((unsigned char)*text);
        draw_glyph(c, g, x, y - height_px, unit, pen);
        x += unit * advance_units(g);
    }
    return x;
}

float bf_draw_text_width(float height_px, const char *text)
{
    float units = 0;
    for (; *text; text++) {
        if (!continues((unsigned char)*text)) units += advance_units(glyph((unsigned char)*text));
    }
    return units > 0 ? (units - SPACING_UNITS) * height_px / CAPITAL_UNITS : 0;
}
