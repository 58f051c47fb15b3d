/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures encoded in memory: see picture.h. */
#include "support/picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jpeglib.h>
#include <png.h>
#if BF_HAVE_TIFF
#include <tiffio.h>
#endif

static void *must(void *p)
{
    if (!p) abort();
    return p;
}

void blob_free(blob *b)
{
    free(b->data);
    *b = (blob){0};
}

static void append(blob *b, const void *data, size_t len)
{
    b->data = must(realloc(b->data, b->len + len + 1));
    memcpy(b->data + b->len, data, len);
    b->len += len;
}

static void append_le(blob *b, uint32_t v, uint32_t bytes)
{
    for (; bytes; bytes--, v >>= 8) append(b, &(uint8_t){(uint8_t)v}, 1);
}

/* Smooth, so that JPEG keeps it; every channel different. */
uint8_t picture_sample(uint32_t x, uint32_t y, uint32_t c)
{
    return (uint8_t)(30 + (x * 5 + y * 3 + c * 40) % 180);
}

uint32_t picture_bits(uint32_t x, uint32_t y, uint32_t c, uint32_t bits)
{
    uint32_t v = picture_sample(x, y, c);
    return bits == 16 ? v * 257 + (x * 31 + y * 17) % 257 - 128 : v >> (8 - bits);
}

uint8_t picture_palette(uint32_t i, uint32_t c)
{
    return (uint8_t)(c == 0 ? i : c == 1 ? 255 - i : i ^ 0x55);
}

/* One row of `samples` samples a pixel, packed; first: the first sample. 16 bits as given. */
static void pack_row(uint8_t *row, uint32_t w, uint32_t y, uint32_t first, uint32_t samples,
                     uint32_t bits, int little_endian)
{
    memset(row, 0, ((size_t)w * samples * bits + 7) / 8);
    for (uint32_t i = 0; i < w * samples; i++) {
        uint32_t v = picture_bits(i / samples, y, first + i % samples, bits);
        if (bits == 16) {
            row[2 * i + (little_endian ? 1 : 0)] = (uint8_t)(v >> 8);
            row[2 * i + (little_endian ? 0 : 1)] = (uint8_t)v;
        } else {
            row[i * bits / 8] |= (uint8_t)(v << (8 - bits - i * bits % 8));
        }
    }
}

static void png_append(png_structp png, png_bytep data, size_t len)
{
    append(png_get_io_ptr(png), data, len);
}

static void png_flush_nothing(png_structp png)
{
    (void)png;
}

blob picture_png(const png_spec *spec)
{
    static const uint8_t alphas[] = {0, 128, 255};
    blob b = {0};
    png_structp png = must(png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL));
    png_infop info = must(png_create_info_struct(png));
    if (setjmp(png_jmpbuf(png))) abort();
    png_set_write_fn(png, &b, png_append, png_flush_nothing);
    png_set_IHDR(png, info, spec->w, spec->h, (int)spec->bits, spec->colour_type,
                 spec->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (spec->colour_type == PNG_COLOR_TYPE_PALETTE) {
        png_color palette[256];
        for (uint32_t i = 0; i < 256; i++) {
            palette[i] =
                (png_color){picture_palette(i, 0), picture_palette(i, 1), picture_palette(i, 2)};
        }
        png_set_PLTE(png, info, palette, 1 << spec->bits);
        if (spec->transparent) png_set_tRNS(png, info, alphas, spec->bits > 1 ? 3 : 2, NULL);
    } else if (spec->transparent) {
        png_color_16 clear = {.gray = (png_uint_16)picture_bits(0, 0, 0, spec->bits)};
        png_set_tRNS(png, info, NULL, 0, &clear);
    }
    if (spec->per_metre) {
        png_set_pHYs(png, info, spec->per_metre, spec->per_metre, PNG_RESOLUTION_METER);
    }
    png_write_info(png, info);
    uint32_t samples = png_get_channels(png, info);
    int rounds = png_set_interlace_handling(png);
    uint8_t *row = must(malloc((size_t)spec->w * samples * 2 + 1));
    for (int round = 0; round < rounds; round++) {
        for (uint32_t y = 0; y < spec->h; y++) {
            pack_row(row, spec->w, y, 0, samples, spec->bits, 0);
            png_write_row(png, row);
        }
    }
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    free(row);
    return b;
}

static void write_exif(struct jpeg_compress_struct *j, const jpeg_spec *spec)
{
    blob e = {0};
    append(&e, "Exif\0\0II*\0", 10);
    append_le(&e, 8, 4);
    append_le(&e, 4, 2);
    for (uint32_t tag = 0x11a; tag <= 0x11b; tag++) {
        append_le(&e, tag, 2);
        append_le(&e, 5, 2);
        append_le(&e, 1, 4);
        append_le(&e, 8 + 2 + 4 * 12 + 4, 4);
    }
    append_le(&e, 0x128, 2);
    append_le(&e, 3, 2);
    append_le(&e, 1, 4);
    append_le(&e, 2, 4);
    append_le(&e, 0x112, 2);
    append_le(&e, 3, 2);
    append_le(&e, 1, 4);
    append_le(&e, spec->exif_orientation, 4);
    append_le(&e, 0, 4);
    append_le(&e, spec->exif_ppi * 2, 4);
    append_le(&e, 2, 4);
    jpeg_write_marker(j, JPEG_APP0 + 1, e.data, (unsigned)e.len);
    blob_free(&e);
}

blob picture_jpeg(const jpeg_spec *spec)
{
    struct jpeg_compress_struct j;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long len = 0;
    j.err = jpeg_std_error(&errors);
    jpeg_create_compress(&j);
    jpeg_mem_dest(&j, &data, &len);
    j.image_width = spec->w;
    j.image_height = spec->h;
    j.input_components = (int)spec->channels;
    j.in_color_space = spec->channels == 1   ? JCS_GRAYSCALE
                       : spec->channels == 3 ? JCS_RGB
                                             : JCS_CMYK;
    jpeg_set_defaults(&j);
    if (spec->adobe) jpeg_set_colorspace(&j, JCS_YCCK);
    if (spec->channels == 4 && !spec->adobe) j.write_Adobe_marker = FALSE;
    jpeg_set_quality(&j, 100, TRUE);
    for (int i = 0; i < j.num_components; i++) {
        j.comp_info[i].h_samp_factor = j.comp_info[i].v_samp_factor = 1;
    }
    if (spec->progressive) jpeg_simple_progression(&j);
    if (spec->channels < 4) {
        j.write_JFIF_header = TRUE;
        j.density_unit = (UINT8)spec->density_unit;
        j.X_density = j.Y_density = (UINT16)(spec->density ? spec->density : 1);
    }
    jpeg_start_compress(&j, TRUE);
    if (spec->exif_orientation) write_exif(&j, spec);
    uint8_t *row = must(malloc((size_t)spec->w * spec->channels));
    while (j.next_scanline < j.image_height) {
        pack_row(row, spec->w, j.next_scanline, 0, spec->channels, 8, 0);
        JSAMPROW rows[] = {row};
        jpeg_write_scanlines(&j, rows, 1);
    }
    jpeg_finish_compress(&j);
    jpeg_destroy_compress(&j);
    free(row);
    return (blob){data, len};
}

#if BF_HAVE_TIFF
static void tiff_tags(TIFF *t, const tiff_spec *s)
{
    uint16_t map[3][65536], extra = (uint16_t)s->extra;
    TIFFSetField(t, TIFFTAG_IMAGEWIDTH, s->w);
    TIFFSetField(t, TIFFTAG_IMAGELENGTH, s->h);
    TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, s->bits);
    TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, s->samples);
    TIFFSetField(t, TIFFTAG_PHOTOMETRIC, s->photometric);
    TIFFSetField(t, TIFFTAG_COMPRESSION, s->compression ? s->compression : COMPRESSION_NONE);
    TIFFSetField(t, TIFFTAG_PLANARCONFIG,
                 s->separate ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
    if (s->orientation) TIFFSetField(t, TIFFTAG_ORIENTATION, s->orientation);
    if (s->extra) TIFFSetField(t, TIFFTAG_EXTRASAMPLES, 1, &extra);
    if (s->ppi > 0) {
        float per_unit = s->centimetres ? s->ppi / 2.54f : s->ppi;
        TIFFSetField(t, TIFFTAG_RESOLUTIONUNIT, s->centimetres ? RESUNIT_CENTIMETER : RESUNIT_INCH);
        TIFFSetField(t, TIFFTAG_XRESOLUTION, per_unit);
        TIFFSetField(t, TIFFTAG_YRESOLUTION, per_unit);
    }
    if (s->photometric == PHOTOMETRIC_PALETTE) {
        for (uint32_t i = 0; i < 1u << s->bits; i++) {
            for (uint32_t c = 0; c < 3; c++) map[c][i] = (uint16_t)(picture_palette(i, c) * 257);
        }
        TIFFSetField(t, TIFFTAG_COLORMAP, map[0], map[1], map[2]);
    }
    if (s->tile) {
        TIFFSetField(t, TIFFTAG_TILEWIDTH, s->tile);
        TIFFSetField(t, TIFFTAG_TILELENGTH, s->tile);
    } else {
        TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, s->rows ? s->rows : s->h);
    }
}

/* libtiff takes 16-bit samples in the machine's order. */
static void tiff_write_tiles(TIFF *t, const tiff_spec *s, uint32_t planes, uint32_t samples)
{
    size_t pixel = (size_t)samples * s->bits / 8; /* tiles are tested with whole bytes */
    uint8_t *row = must(malloc((size_t)(s->w + s->tile) * pixel + 1));
    uint8_t *tile = must(calloc(1, (size_t)s->tile * s->tile * pixel));
    for (uint32_t p = 0; p < planes; p++) {
        for (uint32_t ty = 0; ty < s->h; ty += s->tile) {
            for (uint32_t tx = 0; tx < s->w; tx += s->tile) {
                uint32_t n = s->w - tx < s->tile ? s->w - tx : s->tile;
                for (uint32_t y = 0; y < s->tile && ty + y < s->h; y++) {
                    pack_row(row, s->w, ty + y, p, samples, s->bits, 1);
                    memcpy(tile + y * s->tile * pixel, row + tx * pixel, n * pixel);
                }
                if (TIFFWriteTile(t, tile, tx, ty, 0, (uint16_t)p) < 0) abort();
            }
        }
    }
    free(row);
    free(tile);
}

static void tiff_write_rows(TIFF *t, const tiff_spec *s, uint32_t planes, uint32_t samples)
{
    uint8_t *row = must(malloc((size_t)s->w * samples * 2 + 1));
    for (uint32_t p = 0; p < planes; p++) {
        for (uint32_t y = 0; y < s->h; y++) {
            pack_row(row, s->w, y, p, samples, s->bits, 1);
            if (TIFFWriteScanline(t, row, y, (uint16_t)p) < 0) abort();
        }
    }
    free(row);
}

blob picture_tiff(const tiff_spec *s)
{
    char mode[4] = {'w', s->big_endian ? 'b' : 'l', s->big_tiff ? '8' : 0, 0};
    int fd = memfd_create("picture", 0);
    TIFF *t = must(TIFFFdOpen(dup(fd), "picture", mode));
    tiff_tags(t, s);
    uint32_t planes = s->separate ? s->samples : 1, samples = s->separate ? 1 : s->samples;
    if (s->tile) {
        tiff_write_tiles(t, s, planes, samples);
    } else {
        tiff_write_rows(t, s, planes, samples);
    }
    TIFFClose(t);
    blob b = {0};
    b.len = (size_t)lseek(fd, 0, SEEK_END);
    b.data = must(malloc(b.len));
    if (pread(fd, b.data, b.len, 0) != (ssize_t)b.len) abort();
    close(fd);
    return b;
}
#endif

blob picture_bmp(const bmp_spec *s)
{
    blob b = {0};
    uint32_t palette = s->bits <= 8 ? 1u << s->bits : 0;
    uint32_t entry = s->header == 12 ? 3 : 4, at = 14 + s->header + palette * entry;
    uint32_t stride = (s->w * s->bits + 31) / 32 * 4;
    append(&b, "BM", 2);
    append_le(&b, at + stride * s->h, 4);
    append_le(&b, 0, 4);
    append_le(&b, at, 4);
    append_le(&b, s->header, 4);
    append_le(&b, s->w, s->header == 12 ? 2 : 4);
    append_le(&b, s->top_down ? 0u - s->h : s->h, s->header == 12 ? 2 : 4);
    append_le(&b, 1, 2);
    append_le(&b, s->bits, 2);
    if (s->header > 12) {
        int masks = s->header == 108 && s->bits == 32;
        append_le(&b, masks ? 3 : 0, 4);
        append_le(&b, stride * s->h, 4);
        append_le(&b, s->per_metre, 4);
        append_le(&b, s->per_metre, 4);
        append_le(&b, 0, 4);
        append_le(&b, 0, 4);
        for (uint32_t i = 0; s->header == 108 && i < 17; i++) {
            append_le(&b, masks && i < 4 ? 0xffu << 8 * (i == 3 ? 3 : 2 - i) : 0, 4);
        }
    }
    for (uint32_t i = 0; i < palette; i++) {
        for (uint32_t c = 0; c < 3; c++) append_le(&b, picture_palette(i, 2 - c), 1);
        if (entry == 4) append_le(&b, 0, 1);
    }
    uint8_t *row = must(calloc(1, stride + 8));
    for (uint32_t i = 0; i < s->h; i++) {
        uint32_t y = s->top_down ? i : s->h - 1 - i, channels = s->bits / 8;
        if (s->bits <= 8) pack_row(row, s->w, y, 0, 1, s->bits, 0);
        for (uint32_t x = 0; s->bits > 8 && x < s->w; x++) {
            for (uint32_t c = 0; c < 3; c++) row[x * channels + 2 - c] = picture_sample(x, y, c);
            if (channels == 4) row[x * 4 + 3] = picture_sample(x, y, 3);
        }
        append(&b, row, stride);
    }
    free(row);
    return b;
}

blob picture_pnm(uint32_t type, uint32_t w, uint32_t h, uint32_t max)
{
    blob b = {0};
    char text[64];
    int bits = type == 1 || type == 4;
    int n = snprintf(text, sizeof text, bits ? "P%u # a comment\n%u %u\n" : "P%u\n%u %u\n%u\n",
                     type, w, h, max);
    append(&b, text, (size_t)n);
    uint32_t samples = type == 3 || type == 6 ? 3 : 1;
    uint8_t packed = 0;
    for (uint32_t y = 0; y < h; y++) {
        for (uint32_t i = 0; i < w * samples; i++) {
            uint32_t v = picture_sample(i / samples, y, i % samples);
            v = bits ? v >> 7 : v * max / 255;
            if (type == 4) {
                packed = (uint8_t)(packed | (v ? 0 : 1) << (7 - i % 8));
                if (i % 8 == 7 || i + 1 == w) {
                    append(&b, &packed, 1);
                    packed = 0;
                }
            } else if (type >= 4) {
                if (max > 255) append_le(&b, v >> 8, 1);
                append_le(&b, v & 255, 1);
            } else {
                n = snprintf(text, sizeof text, bits ? "%u" : "%u ", bits ? !v : v);
                append(&b, text, (size_t)n);
            }
        }
        if (type < 4) append(&b, "\n", 1);
    }
    return b;
}
