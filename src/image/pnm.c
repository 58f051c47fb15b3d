/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Netpbm: P1 P4 (bits, 1 is black), P2 P5 (grey), P3 P6 (RGB); plain and raw, maxval 1..65535.
 * Comments run from '#' to the end of the line and may stand in the header. The first image of a
 * file is read. No resolution is stored.
 */
#include "image/decode.h"

typedef struct pnm {
    const uint8_t *data;
    size_t len, at;
} pnm;

static int is_space(uint8_t ch)
{
    return ch == ' ' || (ch >= '\t' && ch <= '\r');
}

static void skip_space(pnm *p)
{
    for (; p->at < p->len; p->at++) {
        if (p->data[p->at] == '#') {
            while (p->at < p->len && p->data[p->at] != '\n') p->at++;
            if (p->at == p->len) return;
        } else if (!is_space(p->data[p->at])) {
            return;
        }
    }
}

/* A decimal number of at most 7 digits. @return 0 or -1 */
static int read_number(pnm *p, uint32_t *out)
{
    skip_space(p);
    uint32_t v = 0, digits = 0;
    for (; p->at < p->len && p->data[p->at] >= '0' && p->data[p->at] <= '9'; p->at++) {
        if (++digits > 7) return -1;
        v = v * 10 + (p->data[p->at] - '0');
    }
    *out = v;
    return digits ? 0 : -1;
}

static uint8_t to_8_bits(uint32_t v, uint32_t max)
{
    return (uint8_t)((v * 255u + max / 2) / max);
}

/* P2 and P3, and P1, whose digits need no space between them. */
static bf_status read_plain(bf_ctx *c, const bf_input *in, pnm *p, uint32_t max, int bits,
                            bf_raster *r)
{
    for (size_t i = 0; i < r->size_bytes; i++) {
        uint32_t v = 0;
        int bad;
        if (bits) {
            skip_space(p);
            bad = p->at == p->len || (p->data[p->at] != '0' && p->data[p->at] != '1');
            if (!bad) v = p->data[p->at++] == '0';
        } else {
            bad = read_number(p, &v) || v > max;
        }
        if (bad) {
            BF_INPUT_FAIL(c, in, BF_EFORMAT, "damaged Netpbm file: sample %zu of %zu", i,
                          r->size_bytes);
        }
        r->px[i] = to_8_bits(v, max);
    }
    /* A last number cut short would be another number: the format ends a file with white space. */
    if (!bits && p->at == p->len) BF_INPUT_FAIL(c, in, BF_EFORMAT, "Netpbm file ends early");
    return BF_OK;
}

static bf_status read_raw_bits(bf_ctx *c, const bf_input *in, const pnm *p, bf_raster *r)
{
    size_t stride = ((size_t)r->w + 7) / 8;
    if (p->len - p->at < stride * r->h) BF_INPUT_FAIL(c, in, BF_EFORMAT, "Netpbm file ends early");
    for (uint32_t y = 0; y < r->h; y++) {
        const uint8_t *s = p->data + p->at + y * stride;
        uint8_t *d = r->px + (size_t)y * r->w;
        for (uint32_t x = 0; x < r->w; x++) d[x] = s[x / 8] >> (7 - x % 8) & 1 ? 0 : 255;
    }
    return BF_OK;
}

static bf_status read_raw(bf_ctx *c, const bf_input *in, const pnm *p, uint32_t max, bf_raster *r)
{
    const uint8_t *s = p->data + p->at;
    size_t n = r->size_bytes, bytes = max > 255 ? 2 : 1;
    if (p->len - p->at < n * bytes) BF_INPUT_FAIL(c, in, BF_EFORMAT, "Netpbm file ends early");
    for (size_t i = 0; i < n; i++) {
        uint32_t v = bytes == 1 ? s[i] : (uint32_t)s[2 * i] << 8 | s[2 * i + 1];
        if (v > max) BF_INPUT_FAIL(c, in, BF_EFORMAT, "Netpbm sample %u above maximum %u", v, max);
        r->px[i] = to_8_bits(v, max);
    }
    return BF_OK;
}

bf_status bf_image__decode_pnm(bf_ctx *c, const bf_input *in, bf_raster *r)
{
    pnm p = {in->data, in->len, 2};
    uint32_t type = in->data[1] - '0', w, h, max = 1;
    int bits = type == 1 || type == 4;
    if (read_number(&p, &w) || read_number(&p, &h) || (!bits && read_number(&p, &max))) {
        BF_INPUT_FAIL(c, in, BF_EFORMAT, "damaged Netpbm header");
    }
    if (max < 1 || max > 65535) BF_INPUT_FAIL(c, in, BF_EFORMAT, "Netpbm maximum %u", max);
    if (p.at == p.len || !is_space(p.data[p.at])) {
        BF_INPUT_FAIL(c, in, BF_EFORMAT, "damaged Netpbm header");
    }
    p.at++;
    /* A byte holds at most eight samples: no memory for a mere header. */
    BF_TRY(bf_raster_check(c, in, w, h));
    if ((size_t)w * h / 8 > p.len - p.at)
        BF_INPUT_FAIL(c, in, BF_EFORMAT, "Netpbm file ends early");
    uint32_t kind = type == 3 || type == 6 ? BF_RASTER_RGB : BF_RASTER_GREY;
    BF_TRY(bf_raster_begin(c, in, w, h, kind, r));
    if (type <= 3) return read_plain(c, in, &p, max, bits, r);
    if (bits) return read_raw_bits(c, in, &p, r);
    return read_raw(c, in, &p, max, r);
}
