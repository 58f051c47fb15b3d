/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows and OS/2 bitmaps: 1, 4, 8, 24 and 32 bits a pixel, either way up.
 *
 *    0  2  "BM"          18  4  width, px (OS/2: 18 2 width, 20 2 height, 24 2 bits)
 *   10  4  pixel offset  22  4  height, px; negative: first row on top
 *   14  4  header size   28  2  bits a pixel     30  4  compression
 *   38  4  pixels per metre, x   42  4  y        46  4  palette entries
 *   54 16  masks of red, green, blue, alpha: with compression 3; alpha in a header of 56 and more
 *
 * All little-endian. Rows are padded to 4 bytes.
 */
#include <string.h>

#include "image/decode.h"

#define HEADER_OS2 12u
#define HEADER_INFO 40u
#define HEADER_MASKS 56u /* has an alpha mask */

typedef struct bmp {
    uint32_t w, h, bits, palette_count;
    int top_down;
    size_t pixels_at, palette_at, palette_entry_bytes;
    uint32_t shift[4]; /* of red, green, blue, alpha in a 32-bit pixel; alpha 32: none */
    uint8_t palette[256][3];
} bmp;

static uint32_t get16(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t get32(const uint8_t *p)
{
    return get16(p) | get16(p + 2) << 16;
}

/* Masks of 8 neighbouring bits on a byte boundary, which is all that is in use. */
static bf_status read_masks(bf_ctx *c, const bf_input *in, uint32_t header, bmp *b)
{
    uint32_t count = header >= HEADER_MASKS ? 4 : 3;
    if (in->len < 54 + 4 * (size_t)count) BF_INPUT_FAIL(c, in, BF_EFORMAT, "BMP ends early");
    for (uint32_t i = 0; i < count; i++) {
        uint32_t mask = get32(in->data + 54 + 4 * i), shift = 0;
        while (shift < 32 && mask != 0xffu << shift) shift += 8;
        if (shift == 32 && (mask || i < 3)) {
            BF_INPUT_FAIL(c, in, BF_EUNSUPPORTED, "BMP with colour mask %08x", mask);
        }
        b->shift[i] = shift;
    }
    return BF_OK;
}

static bf_status read_info(bf_ctx *c, const bf_input *in, uint32_t header, bmp *b, bf_raster *r)
{
    const uint8_t *d = in->data;
    uint32_t compression = get32(d + 30), top_down_h = 0u - get32(d + 22);
    b->w = get32(d + 18);
    b->h = get32(d + 22);
    b->top_down = b->h >> 31 ? 1 : 0;
    if (b->top_down) b->h = top_down_h;
    b->bits = get16(d + 28);
    if (compression == 1 || compression == 2) {
        BF_INPUT_FAIL(c, in, BF_EUNSUPPORTED, "run-length encoded BMP: save it uncompressed");
    }
    if (compression != 0 && !(compression == 3 && b->bits == 32)) {
        BF_INPUT_FAIL(c, in, BF_EUNSUPPORTED, "BMP of compression %u with %u bits", compression,
                      b->bits);
    }
    if (compression == 3) BF_TRY(read_masks(c, in, header, b));
    b->palette_count = get32(d + 46);
    b->palette_at = 14 + (size_t)header;
    b->palette_entry_bytes = 4;
    if (get32(d + 38) < 0x80000000u) r->ppi_x = get32(d + 38) * 0.0254;
    if (get32(d + 42) < 0x80000000u) r->ppi_y = get32(d + 42) * 0.0254;
    return BF_OK;
}

static bf_status read_header(bf_ctx *c, const bf_input *in, bmp *b, bf_raster *r)
{
    const uint8_t *d = in->data;
    if (in->len < 26) BF_INPUT_FAIL(c, in, BF_EFORMAT, "BMP ends early");
    uint32_t header = get32(d + 14);
    b->pixels_at = get32(d + 10);
    if (header == HEADER_OS2) {
        b->w = get16(d + 18);
        b->h = get16(d + 20);
        b->bits = get16(d + 24);
        b->palette_at = 26;
        b->palette_entry_bytes = 3;
        return BF_OK;
    }
    if (header < HEADER_INFO || header > 4096) {
        BF_INPUT_FAIL(c, in, BF_EFORMAT, "BMP header of %u bytes", header);
    }
    if (in->len < 14 + (size_t)header) BF_INPUT_FAIL(c, in, BF_EFORMAT, "BMP ends early");
    return read_info(c, in, header, b, r);
}

static bf_status read_palette(bf_ctx *c, const bf_input *in, bmp *b, int *out_grey)
{
    uint32_t all = 1u << b->bits;
    uint32_t count = b->palette_count && b->palette_count < all ? b->palette_count : all;
    size_t bytes = count * b->palette_entry_bytes;
    if (b->palette_at > in->len || in->len - b->palette_at < bytes) {
        BF_INPUT_FAIL(c, in, BF_EFORMAT, "BMP ends early");
    }
    b->palette_count = count;
    *out_grey = 1;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *p = in->data + b->palette_at + i * b->palette_entry_bytes;
        for (int k = 0; k < 3; k++) b->palette[i][k] = p[2 - k];
        *out_grey &= p[0] == p[1] && p[1] == p[2];
    }
    return BF_OK;
}

static bf_status indexed_row(bf_ctx *c, const bf_input *in, const bmp *b, const uint8_t *s,
                             uint32_t channels, uint8_t *d)
{
    uint32_t per_byte = 8 / b->bits, mask = (1u << b->bits) - 1;
    for (uint32_t x = 0; x < b->w; x++, d += channels) {
        uint32_t shift = 8 - b->bits * (x % per_byte + 1);
        uint32_t index = (uint32_t)(s[x / per_byte] >> shift) & mask;
        if (index >= b->palette_count) {
            BF_INPUT_FAIL(c, in, BF_EFORMAT, "BMP pixel outside the palette");
        }
        memcpy(d, b->palette[index], channels);
    }
    return BF_OK;
}

static void direct_row(const bmp *b, const uint8_t *s, uint8_t *d)
{
    if (b->bits == 24) {
        for (uint32_t x = 0; x < b->w; x++, s += 3, d += 3) {
            d[0] = s[2];
            d[1] = s[1];
            d[2] = s[0];
        }
        return;
    }
    uint32_t channels = b->shift[3] < 32 ? 4 : 3;
    for (uint32_t x = 0; x < b->w; x++, s += 4, d += channels) {
        uint32_t v = get32(s);
        for (uint32_t k = 0; k < channels; k++) d[k] = (uint8_t)(v >> b->shift[k]);
    }
}

bf_status bf_image__decode_bmp(bf_ctx *c, const bf_input *in, bf_raster *r)
{
    bmp b = {.shift = {16, 8, 0, 32}};
    BF_TRY(read_header(c, in, &b, r));
    if (b.bits != 1 && b.bits != 4 && b.bits != 8 && b.bits != 24 && b.bits != 32) {
        BF_INPUT_FAIL(c, in, BF_EUNSUPPORTED, "BMP of %u bits a pixel", b.bits);
    }
    BF_TRY(bf_raster_check(c, in, b.w, b.h));
    uint32_t kind = b.shift[3] < 32 ? BF_RASTER_RGB_ALPHA : BF_RASTER_RGB;
    int grey = 0;
    if (b.bits <= 8) BF_TRY(read_palette(c, in, &b, &grey));
    if (grey) kind = BF_RASTER_GREY;
    size_t stride = ((size_t)b.w * b.bits + 31) / 32 * 4;
    if (b.pixels_at > in->len || in->len - b.pixels_at < stride * b.h) {
        BF_INPUT_FAIL(c, in, BF_EFORMAT, "BMP ends early");
    }
    BF_TRY(bf_raster_begin(c, in, b.w, b.h, kind, r));
    uint32_t depth = bf_raster_depth(kind);
    for (uint32_t y = 0; y < b.h; y++) {
        const uint8_t *s = in->data + b.pixels_at + stride * (b.top_down ? y : b.h - 1 - y);
        uint8_t *d = r->px + (size_t)y * b.w * depth;
        if (b.bits <= 8) {
            BF_TRY(indexed_row(c, in, &b, s, depth, d));
        } else {
            direct_row(&b, s, d);
        }
    }
    return BF_OK;
}
