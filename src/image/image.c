/* SPDX-License-Identifier: Apache-2.0 */
/* From encoded bytes to a bf_image: which format, decode, turn upright, resolution. */
#include "image/image.h"

#include <stdio.h>
#include <string.h>

#include "image/decode.h"

#define PPI_MIN 100u
#define PPI_MAX 2400u
#define PPI_ASSUMED 500u

typedef bf_status (*decoder)(bf_ctx *c, const bf_input *in, bf_raster *r);

typedef struct format {
    const char *name;
    const char *magic;
    uint32_t at, len; /* where the magic stands, its bytes */
    decoder decode;   /* NULL: known by sight, not read */
} format;

static const format formats[] = {
    {"PNG", "\x89PNG\r\n\x1a\n", 0, 8, bf_image__decode_png},
    {"JPEG", "\xff\xd8\xff", 0, 3, bf_image__decode_jpeg},
    {"TIFF", "II*\0", 0, 4, bf_image__decode_tiff},
    {"TIFF", "MM\0*", 0, 4, bf_image__decode_tiff},
    {"TIFF", "II+\0", 0, 4, bf_image__decode_tiff},
    {"TIFF", "MM\0+", 0, 4, bf_image__decode_tiff},
    {"BMP", "BM", 0, 2, bf_image__decode_bmp},
    {"WSQ", "\xff\xa0", 0, 2, NULL},
    {"JPEG 2000", "\0\0\0\x0cjP  ", 0, 8, NULL},
    {"JPEG 2000", "\xff\x4f\xff\x51", 0, 4, NULL},
    {"GIF", "GIF8", 0, 4, NULL},
    {"WebP", "WEBP", 8, 4, NULL},
    {"HEIF", "ftyp", 4, 4, NULL},
    {"PDF", "%PDF", 0, 4, NULL},
    {"PAM", "P7\n", 0, 3, NULL},
};

static int is_pnm(const bf_input *in)
{
    const uint8_t *d = in->data;
    if (in->len < 3 || d[0] != 'P' || d[1] < '1' || d[1] > '6') return 0;
    return d[2] == '#' || d[2] == ' ' || (d[2] >= '\t' && d[2] <= '\r');
}

static bf_status find_decoder(bf_ctx *c, const bf_input *in, decoder *out)
{
    if (!in->len) BF_INPUT_FAIL(c, in, BF_EFORMAT, "empty file");
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        const format *f = &formats[i];
        if (in->len < f->at + f->len || memcmp(in->data + f->at, f->magic, f->len) != 0) continue;
        if (!f->decode) {
            BF_INPUT_FAIL(c, in, BF_EUNSUPPORTED, "%s images are not read: convert it to PNG",
                          f->name);
        }
        *out = f->decode;
        return BF_OK;
    }
    if (is_pnm(in)) {
        *out = bf_image__decode_pnm;
        return BF_OK;
    }
    BF_INPUT_FAIL(c, in, BF_EFORMAT, "not a PNG, JPEG, TIFF, BMP, PGM or PPM image");
}

/* Rounded; 0 when it is no finite, sensible number. */
static uint32_t whole_ppi(double ppi)
{
    return ppi >= 0.5 && ppi < 1e6 ? (uint32_t)(ppi + 0.5) : 0;
}

/* The caller's word, then the file's where plausible, else 500. 72 and 96 are what programs write
 * that know nothing; they lie below PPI_MIN. */
static void settle_resolution(bf_image *image, const bf_raster *r, uint32_t given_ppi)
{
    uint32_t x = whole_ppi(r->ppi_x), y = whole_ppi(r->ppi_y);
    int square = x <= y + y / 100 && y <= x + x / 100;
    if (given_ppi) {
        image->ppi = given_ppi;
        image->ppi_source = BF_PPI_GIVEN;
        return;
    }
    if (x >= PPI_MIN && x <= PPI_MAX && square) {
        image->ppi = x;
        image->ppi_source = BF_PPI_FILE;
        return;
    }
    image->ppi = PPI_ASSUMED;
    image->ppi_source = BF_PPI_ASSUMED;
    if (x && y && !square) {
        snprintf(image->warning, sizeof image->warning,
                 "resolution in the file is %u by %u ppi, not square: %u ppi assumed", x, y,
                 PPI_ASSUMED);
    } else if (x > PPI_MAX || (x && x < PPI_MIN && x != 72 && x != 96)) {
        snprintf(image->warning, sizeof image->warning,
                 "resolution in the file is %u ppi, not plausible: %u ppi assumed", x, PPI_ASSUMED);
    } else {
        snprintf(image->warning, sizeof image->warning, "no resolution in the file: %u ppi assumed",
                 PPI_ASSUMED);
    }
}

/* Takes over r->px on success. */
static bf_status image_from_raster(bf_ctx *c, bf_raster *r, uint32_t given_ppi, bf_image **out)
{
    bf_raster_flatten(r);
    BF_TRY(bf_raster_upright(c, r));
    bf_image *image = bf_ctx_alloc(c, 1, sizeof *image);
    if (!image) BF_FAIL_NOMEM(c);
    image->alloc = c->alloc;
    image->w = r->w;
    image->h = r->h;
    image->channels = bf_raster_depth(r->kind);
    settle_resolution(image, r, given_ppi);
    image->px = r->px;
    r->px = NULL;
    *out = image;
    return BF_OK;
}

bf_status bf_image__decode(bf_ctx *c, const uint8_t *data, size_t len, const char *name,
                           const bf_image_opts *opts, bf_image **out)
{
    bf_input in = {data, len, name ? name : "image", opts->useful_side_px};
    bf_raster r = {0};
    decoder decode = NULL;
    BF_TRY(find_decoder(c, &in, &decode));
    bf_status st = decode(c, &in, &r);
    if (!st) st = image_from_raster(c, &r, opts->ppi, out);
    if (r.px) bf_raster_drop(c, &r);
    return st;
}

bf_status bf_image__create(bf_ctx *c, const uint8_t *px, uint32_t w, uint32_t h, size_t stride,
                           uint32_t channels, uint32_t ppi, bf_image **out)
{
    bf_input in = {px, 0, "image", 0};
    bf_raster r = {0};
    BF_TRY(bf_raster_begin(c, &in, w, h, channels == 3 ? BF_RASTER_RGB : BF_RASTER_GREY, &r));
    size_t row = (size_t)w * channels;
    for (uint32_t y = 0; y < h; y++) memcpy(r.px + y * row, px + y * stride, row);
    bf_status st = image_from_raster(c, &r, ppi, out);
    if (r.px) bf_raster_drop(c, &r);
    return st;
}

void bf_image__release(bf_image *image)
{
    if (!image) return;
    bf_allocator a = image->alloc;
    bf_wipe(image->px, (size_t)image->w * image->h * image->channels);
    bf_alloc_release(&a, image->px);
    bf_wipe(image, sizeof *image);
    bf_alloc_release(&a, image);
}
