/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Features to template bytes and back. After the common header (template/template.h), big-endian:
 *
 *   0  2  width px        2  2  height px      (canonical, 500 ppi; at most 4000)
 *   4  1  minutiae n      5  1  singular points s
 *   6  4  grid: first column, first row, columns, rows (cells of 16 px)
 *  10  5n minutiae: x 12 bits, y 12 bits, direction 8 bits (1/256 turn), bifurcation 1 bit, quality
 * 7 bits .  4s singular points: delta 1 bit, x 12 bits, y 12 bits, direction 7 bits (1/128 turn) .
 * .  grid mask, one bit a cell, row by row, most significant first .  .  ridge orientation of each
 * cell of the mask, 5 bits (1/32 of pi), same order
 */
#include "finger/encode.h"

#include <math.h>
#include <string.h>

#include "template/template.h"

#define FIXED_BYTES 10u

typedef struct bit_writer {
    uint8_t *data;
    size_t bit;
} bit_writer;

static void put_bits(bit_writer *w, uint32_t value, uint32_t bits)
{
    for (uint32_t k = bits; k-- > 0; w->bit++) {
        if ((value >> k) & 1u) w->data[w->bit / 8] |= (uint8_t)(0x80u >> (w->bit % 8));
    }
}

typedef struct bit_reader {
    const uint8_t *data;
    size_t bit;
} bit_reader;

static uint32_t get_bits(bit_reader *r, uint32_t bits)
{
    uint32_t v = 0;
    for (uint32_t k = 0; k < bits; k++, r->bit++) {
        v = v << 1 | ((r->data[r->bit / 8] >> (7 - r->bit % 8)) & 1u);
    }
    return v;
}

static uint32_t clamp_px(float v, int32_t size)
{
    int32_t i = (int32_t)floorf(v + 0.5f);
    return (uint32_t)(i < 0 ? 0 : i >= size ? size - 1 : i);
}

/* Orientation of a 16 px cell: mean double angle over its four 8 px cells; NONE if fewer than two.
 */
static uint8_t grid_value(const bf_field *f, int32_t gx, int32_t gy)
{
    float c = 0, s = 0;
    int32_t n = 0;
    for (int32_t k = 0; k < 4; k++) {
        int32_t cx = 2 * gx + (k & 1), cy = 2 * gy + (k >> 1);
        if (cx >= f->cols || cy >= f->rows || !f->mask[cy * f->cols + cx]) continue;
        c += f->cos2[cy * f->cols + cx];
        s += f->sin2[cy * f->cols + cx];
        n++;
    }
    if (n < 2) return BF_GRID_NONE;
    return (uint8_t)(bf_orientation_steps(c, s, BF_GRID_ANGLES));
}

typedef struct grid_box {
    int32_t x0, y0, x1, y1; /* half open */
} grid_box;

static grid_box print_box(const uint8_t *grid, int32_t cols, int32_t rows, uint32_t *cells)
{
    grid_box b = {cols, rows, 0, 0};
    *cells = 0;
    for (int32_t y = 0; y < rows; y++) {
        for (int32_t x = 0; x < cols; x++) {
            if (grid[y * cols + x] == BF_GRID_NONE) continue;
            (*cells)++;
            if (x < b.x0) b.x0 = x;
            if (y < b.y0) b.y0 = y;
            if (x + 1 > b.x1) b.x1 = x + 1;
            if (y + 1 > b.y1) b.y1 = y + 1;
        }
    }
    if (!*cells) b = (grid_box){0, 0, 0, 0};
    return b;
}

bf_status bf_finger_encode(bf_ctx *c, const bf_features *r, uint32_t position, bf_bytes *out)
{
    int32_t cols = (r->field.cols + 1) / 2, rows = (r->field.rows + 1) / 2;
    uint8_t *grid = bf_ctx_scratch(c, (size_t)cols * (size_t)rows, 1);
    if (!grid) BF_FAIL_NOMEM(c);
    for (int32_t y = 0; y < rows; y++) {
        for (int32_t x = 0; x < cols; x++) grid[y * cols + x] = grid_value(&r->field, x, y);
    }
    uint32_t cells;
    grid_box b = print_box(grid, cols, rows, &cells);
    size_t area = (size_t)(b.x1 - b.x0) * (size_t)(b.y1 - b.y0);
    size_t len = BF_TEMPLATE_HEADER_BYTES + FIXED_BYTES + 5 * r->minutia_count +
                 4 * r->singular_count + (area + 7) / 8 + (5 * (size_t)cells + 7) / 8;
    uint8_t *data = bf_ctx_alloc(c, len, 1);
    if (!data) BF_FAIL_NOMEM(c);
    bit_writer w = {data + BF_TEMPLATE_HEADER_BYTES, 0};
    put_bits(&w, (uint32_t)r->w, 16);
    put_bits(&w, (uint32_t)r->h, 16);
    put_bits(&w, r->minutia_count, 8);
    put_bits(&w, r->singular_count, 8);
    put_bits(&w, (uint32_t)b.x0, 8);
    put_bits(&w, (uint32_t)b.y0, 8);
    put_bits(&w, (uint32_t)(b.x1 - b.x0), 8);
    put_bits(&w, (uint32_t)(b.y1 - b.y0), 8);
    for (uint32_t i = 0; i < r->minutia_count; i++) {
        const bf_fminutia *m = &r->minutiae[i];
        put_bits(&w, clamp_px(m->x, r->w), 12);
        put_bits(&w, clamp_px(m->y, r->h), 12);
        put_bits(&w, m->angle, 8);
        put_bits(&w, m->type == BF_MINUTIA_BIFURCATION, 1);
        put_bits(&w, m->quality, 7);
    }
    for (uint32_t i = 0; i < r->singular_count; i++) {
        const bf_fsingular *s = &r->singulars[i];
        put_bits(&w, s->type == BF_SINGULAR_DELTA, 1);
        put_bits(&w, clamp_px(s->x, r->w), 12);
        put_bits(&w, clamp_px(s->y, r->h), 12);
        put_bits(&w, s->angle >> 1, 7);
    }
    for (int32_t y = b.y0; y < b.y1; y++) {
        for (int32_t x = b.x0; x < b.x1; x++) put_bits(&w, grid[y * cols + x] != BF_GRID_NONE, 1);
    }
    w.bit = (w.bit + 7) / 8 * 8;
    for (int32_t y = b.y0; y < b.y1; y++) {
        for (int32_t x = b.x0; x < b.x1; x++) {
            if (grid[y * cols + x] != BF_GRID_NONE) put_bits(&w, grid[y * cols + x], 5);
        }
    }
    bf_template_info info = {BF_FINGER, BF_FINGER_VERSION, (uint8_t)position, r->quality,
                             r->reasons};
    bf_template_seal_header(data, len, &info);
    *out = (bf_bytes){data, len};
    return BF_OK;
}

static bf_status damaged(bf_ctx *c, const char *what)
{
    return bf_ctx_fail(c, BF_EFORMAT, "damaged fingerprint template: %s", what);
}

static bf_status read_points(bf_ctx *c, bit_reader *r, bf_fpayload *p)
{
    for (uint32_t i = 0; i < p->count; i++) {
        bf_fminutia *m = &p->minutiae[i];
        uint32_t x = get_bits(r, 12), y = get_bits(r, 12);
        m->angle = (uint8_t)get_bits(r, 8);
        m->type = get_bits(r, 1) ? BF_MINUTIA_BIFURCATION : BF_MINUTIA_ENDING;
        m->quality = (uint8_t)get_bits(r, 7);
        if (x >= p->w || y >= p->h) return damaged(c, "minutia outside the picture");
        if (m->quality > 100) return damaged(c, "minutia quality over 100");
        m->x = (float)x;
        m->y = (float)y;
    }
    for (uint32_t i = 0; i < p->singular_count; i++) {
        bf_fsingular *s = &p->singulars[i];
        s->type = get_bits(r, 1) ? BF_SINGULAR_DELTA : BF_SINGULAR_CORE;
        uint32_t x = get_bits(r, 12), y = get_bits(r, 12);
        s->angle = (uint8_t)(get_bits(r, 7) << 1);
        if (x >= p->w || y >= p->h) return damaged(c, "singular point outside the picture");
        s->x = (float)x;
        s->y = (float)y;
    }
    return BF_OK;
}

static bf_status read_grid(bf_ctx *c, bit_reader *r, size_t len, bf_fpayload *p)
{
    size_t area = (size_t)p->cols * (size_t)p->rows, cells = 0;
    if (r->bit / 8 + (area + 7) / 8 > len) return damaged(c, "too short");
    for (size_t i = 0; i < area; i++) {
        p->grid[i] = get_bits(r, 1) ? 0 : BF_GRID_NONE;
        cells += p->grid[i] == 0;
    }
    r->bit = (r->bit + 7) / 8 * 8;
    if (r->bit / 8 + (5 * cells + 7) / 8 != len) return damaged(c, "wrong length");
    for (size_t i = 0; i < area; i++) {
        if (p->grid[i] != BF_GRID_NONE) p->grid[i] = (uint8_t)get_bits(r, 5);
    }
    return BF_OK;
}

bf_status bf_finger_decode(bf_ctx *c, const uint8_t *data, size_t len, bf_fpayload *out)
{
    bf_template_info info;
    BF_TRY(bf_template_read_header(c, data, len, &info));
    if (info.modality != BF_FINGER) BF_FAIL(c, BF_EMODALITY, "not a fingerprint template");
    if (info.version > BF_FINGER_VERSION) {
        BF_FAIL(c, BF_EVERSION, "fingerprint template of version %u: this program reads up to %u",
                info.version, BF_FINGER_VERSION);
    }
    if (info.version < 1) return damaged(c, "version 0");
    data += BF_TEMPLATE_HEADER_BYTES;
    len -= BF_TEMPLATE_HEADER_BYTES;
    if (len < FIXED_BYTES) return damaged(c, "too short");
    bit_reader r = {data, 0};
    bf_fpayload p = {0};
    p.w = get_bits(&r, 16);
    p.h = get_bits(&r, 16);
    p.count = get_bits(&r, 8);
    p.singular_count = get_bits(&r, 8);
    p.x0 = (int32_t)get_bits(&r, 8);
    p.y0 = (int32_t)get_bits(&r, 8);
    p.cols = (int32_t)get_bits(&r, 8);
    p.rows = (int32_t)get_bits(&r, 8);
    if (!p.w || !p.h || p.w > 4000 || p.h > 4000) return damaged(c, "impossible size");
    if (p.x0 + p.cols > BF_GRID_MAX || p.y0 + p.rows > BF_GRID_MAX) {
        return damaged(c, "orientation map outside the picture");
    }
    if (len < FIXED_BYTES + 5 * p.count + 4 * p.singular_count) return damaged(c, "too short");
    p.minutiae = bf_ctx_scratch(c, p.count + 1, sizeof *p.minutiae);
    p.singulars = bf_ctx_scratch(c, p.singular_count + 1, sizeof *p.singulars);
    p.grid = bf_ctx_scratch(c, (size_t)p.cols * (size_t)p.rows + 1, 1);
    if (!p.minutiae || !p.singulars || !p.grid) BF_FAIL_NOMEM(c);
    BF_TRY(read_points(c, &r, &p));
    BF_TRY(read_grid(c, &r, len, &p));
    *out = p;
    return BF_OK;
}
