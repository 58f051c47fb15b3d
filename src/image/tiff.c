/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TIFF, by libtiff: the first page; strips or tiles; 1, 2, 4, 8 and 16 bits of grey (either
 * polarity), palette, RGB and CMYK, samples together or in planes. No global handler is set:
 * messages of one file go to its own state. Once pixels are being read, a warning is damage too,
 * since the fax and JPEG codecs warn where they guess. Codecs that no scanner writes are refused.
 */
#include "image/decode.h"

#if BF_HAVE_TIFF
#include <stdio.h>
#include <string.h>
#include <tiffio.h>

#define SAMPLES_MAX 8u
#define TILE_MAX_BYTES (128u << 20)
#define ROW_MAX_BYTES (BF_IMAGE_MAX_SIDE * SAMPLES_MAX * 2u)

typedef struct tiff_state {
    bf_ctx *c;
    const bf_input *in;
    bf_raster *r;
    TIFF *tif;
    uint64_t at; /* position of the input "file" */
    uint16_t bits, samples, planar, photometric;
    uint32_t colours; /* samples used: 1, 3 or 4, and 1 for alpha */
    int reading, premultiplied;
    char message[160]; /* the first complaint, "" if none */
    uint8_t palette[256][3];
} tiff_state;

static void note(tiff_state *s, const char *fmt, va_list args)
{
    if (!s->message[0]) vsnprintf(s->message, sizeof s->message, fmt, args);
}

static int on_error(TIFF *tif, void *user, const char *module, const char *fmt, va_list args)
{
    (void)tif;
    (void)module;
    note(user, fmt, args);
    return 1;
}

static int on_warning(TIFF *tif, void *user, const char *module, const char *fmt, va_list args)
{
    (void)tif;
    (void)module;
    tiff_state *s = user;
    if (s->reading) note(s, fmt, args);
    return 1;
}

static tmsize_t on_read(thandle_t user, void *out, tmsize_t len)
{
    tiff_state *s = user;
    if (len < 0 || s->at >= s->in->len) return 0;
    uint64_t left = s->in->len - s->at, n = (uint64_t)len < left ? (uint64_t)len : left;
    memcpy(out, s->in->data + s->at, (size_t)n);
    s->at += n;
    return (tmsize_t)n;
}

static tmsize_t on_write(thandle_t user, void *data, tmsize_t len)
{
    (void)user;
    (void)data;
    (void)len;
    return -1;
}

static toff_t on_seek(thandle_t user, toff_t to, int whence)
{
    tiff_state *s = user;
    if (whence == SEEK_SET) s->at = to;
    if (whence == SEEK_CUR) s->at += to;
    if (whence == SEEK_END) s->at = s->in->len + to;
    return s->at;
}

static int on_close(thandle_t user)
{
    (void)user;
    return 0;
}

static toff_t on_size(thandle_t user)
{
    return ((tiff_state *)user)->in->len;
}

static bf_status damaged(tiff_state *s, const char *otherwise)
{
    BF_INPUT_FAIL(s->c, s->in, BF_EFORMAT, "damaged TIFF: %s",
                  s->message[0] ? s->message : otherwise);
}

static bf_status check_codec(tiff_state *s)
{
    uint16_t codec = COMPRESSION_NONE;
    TIFFGetFieldDefaulted(s->tif, TIFFTAG_COMPRESSION, &codec);
    switch (codec) {
    case COMPRESSION_NONE:
    case COMPRESSION_CCITTRLE:
    case COMPRESSION_CCITTFAX3:
    case COMPRESSION_CCITTFAX4:
    case COMPRESSION_LZW:
    case COMPRESSION_ADOBE_DEFLATE:
    case COMPRESSION_DEFLATE:
    case COMPRESSION_PACKBITS: return BF_OK;
    case COMPRESSION_JPEG:
        if (s->photometric != PHOTOMETRIC_YCBCR) return BF_OK;
        if (!TIFFSetField(s->tif, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB)) break;
        s->photometric = PHOTOMETRIC_RGB;
        return BF_OK;
    default: break;
    }
    BF_INPUT_FAIL(s->c, s->in, BF_EUNSUPPORTED, "TIFF of compression %u", codec);
}

static bf_status read_palette(tiff_state *s)
{
    uint16_t *map[3];
    if (s->bits > 8 || !TIFFGetField(s->tif, TIFFTAG_COLORMAP, &map[0], &map[1], &map[2])) {
        return damaged(s, "no palette");
    }
    uint32_t n = 1u << s->bits, top = 0;
    for (uint32_t i = 0; i < n * 3; i++) {
        uint32_t v = map[i % 3][i / 3];
        if (v > top) top = v;
    }
    /* Entries are 16-bit by the standard; some writers stay within 8. */
    uint32_t full = top > 255 ? 65535 : 255;
    for (uint32_t i = 0; i < n; i++) {
        for (int k = 0; k < 3; k++) {
            s->palette[i][k] = (uint8_t)((map[k][i] * 255u + full / 2) / full);
        }
    }
    return BF_OK;
}

/* How many samples make up a pixel, and what it becomes. */
static bf_status choose_kind(tiff_state *s, uint32_t *out_kind)
{
    uint16_t extras = 0, *extra = NULL, inks = INKSET_CMYK;
    TIFFGetFieldDefaulted(s->tif, TIFFTAG_EXTRASAMPLES, &extras, &extra);
    TIFFGetFieldDefaulted(s->tif, TIFFTAG_INKSET, &inks);
    switch (s->photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
        s->colours = 1;
        *out_kind = BF_RASTER_GREY;
        break;
    case PHOTOMETRIC_PALETTE:
        BF_TRY(read_palette(s));
        s->colours = 1;
        *out_kind = BF_RASTER_RGB;
        return BF_OK;
    case PHOTOMETRIC_RGB:
        s->colours = 3;
        *out_kind = BF_RASTER_RGB;
        break;
    case PHOTOMETRIC_SEPARATED:
        s->colours = 4;
        *out_kind = BF_RASTER_CMYK;
        if (inks == INKSET_CMYK) break;
        /* fall through */
    default:
        BF_INPUT_FAIL(s->c, s->in, BF_EUNSUPPORTED, "TIFF of photometric interpretation %u",
                      s->photometric);
    }
    if (s->samples < s->colours) return damaged(s, "too few samples a pixel");
    int alpha =
        extras && (extra[0] == EXTRASAMPLE_ASSOCALPHA || extra[0] == EXTRASAMPLE_UNASSALPHA);
    if (alpha && s->samples > s->colours && s->colours < 4) {
        s->premultiplied = extra[0] == EXTRASAMPLE_ASSOCALPHA;
        *out_kind = s->colours == 1 ? BF_RASTER_GREY_ALPHA : BF_RASTER_RGB_ALPHA;
        s->colours++;
    }
    return BF_OK;
}

static void read_metadata(tiff_state *s)
{
    float x = 0, y = 0;
    uint16_t unit = RESUNIT_INCH, orientation = 1;
    TIFFGetFieldDefaulted(s->tif, TIFFTAG_RESOLUTIONUNIT, &unit);
    TIFFGetFieldDefaulted(s->tif, TIFFTAG_ORIENTATION, &orientation);
    if (unit == RESUNIT_INCH || unit == RESUNIT_CENTIMETER) {
        double scale = unit == RESUNIT_INCH ? 1.0 : 2.54;
        if (TIFFGetField(s->tif, TIFFTAG_XRESOLUTION, &x)) s->r->ppi_x = (double)x * scale;
        if (TIFFGetField(s->tif, TIFFTAG_YRESOLUTION, &y)) s->r->ppi_y = (double)y * scale;
    }
    s->r->orientation = orientation;
}

/* Sample `i` of a row of packed samples, as 8 bits. */
static uint32_t sample_at(const tiff_state *s, const uint8_t *row, size_t i)
{
    uint32_t v;
    switch (s->bits) {
    case 8: return row[i];
    case 16: {
        uint16_t wide; /* libtiff has made it native */
        memcpy(&wide, row + 2 * i, 2);
        return (wide * 255u + 32767u) / 65535u;
    }
    default: {
        uint32_t per_byte = 8u / s->bits, top = (1u << s->bits) - 1;
        v = (uint32_t)row[i / per_byte] >> (8 - s->bits * (i % per_byte + 1)) & top;
        return s->photometric == PHOTOMETRIC_PALETTE ? v : v * 255u / top;
    }
    }
}

/* Colour mixed with black by its alpha, back to the colour. */
static void unmultiply(uint8_t *pixel, uint32_t colours)
{
    uint32_t a = pixel[colours - 1];
    for (uint32_t k = 0; a && k + 1 < colours; k++) {
        uint32_t v = (pixel[k] * 255u + a / 2) / a;
        pixel[k] = (uint8_t)(v > 255 ? 255 : v);
    }
}

/*
 * Put `n` pixels of one decoded row into the raster from (x, y) on. plane: the sample this row
 * holds, or -1 when it holds all of a pixel together.
 */
static void put_row(const tiff_state *s, const uint8_t *row, uint32_t x, uint32_t y, uint32_t n,
                    int plane)
{
    uint32_t depth = bf_raster_depth(s->r->kind);
    uint8_t *d = s->r->px + ((size_t)y * s->r->w + x) * depth;
    int palette = s->photometric == PHOTOMETRIC_PALETTE;
    uint32_t flip = s->photometric == PHOTOMETRIC_MINISWHITE ? 255 : 0;
    for (uint32_t i = 0; i < n; i++, d += depth) {
        if (palette) {
            size_t step = plane < 0 ? s->samples : 1;
            memcpy(d, s->palette[sample_at(s, row, i * step) & 255], 3);
        } else if (plane >= 0) {
            d[plane] = (uint8_t)(sample_at(s, row, i) ^ (plane ? 0 : flip));
        } else {
            for (uint32_t k = 0; k < s->colours; k++) {
                d[k] = (uint8_t)(sample_at(s, row, (size_t)i * s->samples + k) ^ (k ? 0 : flip));
            }
        }
    }
}

static bf_status read_strips(tiff_state *s, uint32_t planes)
{
    tmsize_t row_bytes = TIFFScanlineSize(s->tif);
    size_t need = (size_t)s->r->w * s->bits * (planes > 1 ? 1 : s->samples);
    if (row_bytes <= 0 || row_bytes > (tmsize_t)ROW_MAX_BYTES ||
        (size_t)row_bytes < (need + 7) / 8) {
        return damaged(s, "row size");
    }
    uint8_t *row = bf_ctx_scratch(s->c, (size_t)row_bytes, 1);
    if (!row) BF_FAIL_NOMEM(s->c);
    for (uint32_t p = 0; p < planes; p++) {
        for (uint32_t y = 0; y < s->r->h; y++) {
            if (TIFFReadScanline(s->tif, row, y, (uint16_t)p) != 1 || s->message[0]) {
                return damaged(s, "pixels");
            }
            put_row(s, row, 0, y, s->r->w, planes > 1 ? (int)p : -1);
        }
    }
    return BF_OK;
}

static bf_status read_tiles(tiff_state *s, uint32_t planes)
{
    uint32_t tw = 0, th = 0;
    TIFFGetField(s->tif, TIFFTAG_TILEWIDTH, &tw);
    TIFFGetField(s->tif, TIFFTAG_TILELENGTH, &th);
    uint64_t bytes = TIFFTileSize64(s->tif), row_bytes = TIFFTileRowSize64(s->tif);
    if (!tw || !th || tw > 65536 || th > 65536 || bytes > TILE_MAX_BYTES) {
        BF_INPUT_FAIL(s->c, s->in, BF_ELIMIT, "TIFF tiles of %u x %u", tw, th);
    }
    uint64_t need = ((uint64_t)tw * s->bits * (planes > 1 ? 1 : s->samples) + 7) / 8;
    if (row_bytes < need || bytes < row_bytes * th) return damaged(s, "tile size");
    uint8_t *tile = bf_ctx_scratch(s->c, (size_t)bytes, 1);
    if (!tile) BF_FAIL_NOMEM(s->c);
    const bf_raster *r = s->r;
    for (uint32_t p = 0; p < planes; p++) {
        for (uint32_t y = 0; y < r->h; y += th) {
            for (uint32_t x = 0; x < r->w; x += tw) {
                tmsize_t got = TIFFReadTile(s->tif, tile, x, y, 0, (uint16_t)p);
                if (got != (tmsize_t)bytes || s->message[0]) return damaged(s, "tile");
                uint32_t n = r->w - x < tw ? r->w - x : tw, rows = r->h - y < th ? r->h - y : th;
                for (uint32_t i = 0; i < rows; i++) {
                    put_row(s, tile + i * row_bytes, x, y + i, n, planes > 1 ? (int)p : -1);
                }
            }
        }
    }
    return BF_OK;
}

static bf_status read_layout(tiff_state *s)
{
    uint16_t format = SAMPLEFORMAT_UINT;
    TIFFGetFieldDefaulted(s->tif, TIFFTAG_BITSPERSAMPLE, &s->bits);
    TIFFGetFieldDefaulted(s->tif, TIFFTAG_SAMPLESPERPIXEL, &s->samples);
    TIFFGetFieldDefaulted(s->tif, TIFFTAG_PLANARCONFIG, &s->planar);
    TIFFGetFieldDefaulted(s->tif, TIFFTAG_SAMPLEFORMAT, &format);
    if (!TIFFGetField(s->tif, TIFFTAG_PHOTOMETRIC, &s->photometric)) {
        return damaged(s, "no photometric interpretation");
    }
    int known = s->bits == 1 || s->bits == 2 || s->bits == 4 || s->bits == 8 || s->bits == 16;
    if (!known || s->samples < 1 || s->samples > SAMPLES_MAX ||
        (format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_VOID)) {
        BF_INPUT_FAIL(s->c, s->in, BF_EUNSUPPORTED, "TIFF of %u samples of %u bits, format %u",
                      s->samples, s->bits, format);
    }
    return BF_OK;
}

static bf_status read_page(tiff_state *s)
{
    uint32_t w = 0, h = 0, kind;
    TIFFGetField(s->tif, TIFFTAG_IMAGEWIDTH, &w);
    TIFFGetField(s->tif, TIFFTAG_IMAGELENGTH, &h);
    BF_TRY(bf_raster_check(s->c, s->in, w, h));
    BF_TRY(read_layout(s));
    BF_TRY(check_codec(s));
    BF_TRY(choose_kind(s, &kind));
    read_metadata(s);
    BF_TRY(bf_raster_begin(s->c, s->in, w, h, kind, s->r));
    /* Planes hold one sample each; of a palette image only the first counts. */
    uint32_t planes = s->planar == PLANARCONFIG_SEPARATE ? s->colours : 1;
    s->reading = 1;
    s->message[0] = 0;
    BF_TRY(TIFFIsTiled(s->tif) ? read_tiles(s, planes) : read_strips(s, planes));
    if (s->premultiplied) {
        uint8_t *end = s->r->px + s->r->size_bytes;
        for (uint8_t *p = s->r->px; p < end; p += s->colours) unmultiply(p, s->colours);
    }
    return BF_OK;
}

static TIFF *open_input(tiff_state *s)
{
    TIFFOpenOptions *opts = TIFFOpenOptionsAlloc();
    if (!opts) return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(opts, on_error, s);
    TIFFOpenOptionsSetWarningHandlerExtR(opts, on_warning, s);
    TIFFOpenOptionsSetMaxSingleMemAlloc(opts, (tmsize_t)(s->in->len + ((size_t)64 << 20)));
    TIFF *tif = TIFFClientOpenExt("tiff", "rm", s, on_read, on_write, on_seek, on_close, on_size,
                                  NULL, NULL, opts);
    TIFFOpenOptionsFree(opts);
    return tif;
}

bf_status bf_image__decode_tiff(bf_ctx *c, const bf_input *in, bf_raster *r)
{
    tiff_state s = {.c = c, .in = in, .r = r};
    s.tif = open_input(&s);
    if (!s.tif) return damaged(&s, "directory");
    bf_status st = read_page(&s);
    TIFFClose(s.tif);
    return st;
}

#else

bf_status bf_image__decode_tiff(bf_ctx *c, const bf_input *in, bf_raster *r)
{
    (void)r;
    BF_INPUT_FAIL(c, in, BF_EUNSUPPORTED, "TIFF: this program was built without it");
}

#endif
