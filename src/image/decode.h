/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the decoders and image.c: encoded bytes in, a raster of 8-bit samples out.
 */
#ifndef BF_IMAGE_DECODE_H
#define BF_IMAGE_DECODE_H
#include "image/image.h"

/* Encoded bytes, untrusted; borrowed. */
typedef struct bf_input {
    const uint8_t *data;
    size_t len;
    const char *name;        /* for messages; never NULL */
    uint32_t useful_side_px; /* 0, or the longer side below which nothing may be lost */
} bf_input;

/* What one pixel of a raster is. */
typedef enum bf_raster_kind {
    BF_RASTER_GREY,         /* 1 byte */
    BF_RASTER_GREY_ALPHA,   /* 2 */
    BF_RASTER_RGB,          /* 3 */
    BF_RASTER_RGB_ALPHA,    /* 4 */
    BF_RASTER_CMYK,         /* 4, 255 = full ink */
    BF_RASTER_CMYK_INVERTED /* 4, 0 = full ink (Adobe) */
} bf_raster_kind;

typedef struct bf_raster {
    uint32_t w, h;        /* px */
    uint32_t kind;        /* bf_raster_kind */
    uint32_t orientation; /* EXIF 1..8; 0 and 1: upright */
    double ppi_x, ppi_y;  /* as the file says; 0: it does not */
    uint8_t *px;          /* heap, row-major, no padding; NULL until begun */
    size_t size_bytes;    /* of px */
} bf_raster;

/* Record "<name>: <cause>" and hand back the code. */
bf_status bf_input_fail(bf_ctx *c, const bf_input *in, bf_status code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
#define BF_INPUT_FAIL(c, in, ...) return bf_input_fail((c), (in), __VA_ARGS__)

/* Bytes a pixel. */
uint32_t bf_raster_depth(uint32_t kind);

/*
 * Check the size against the limits and take the memory.
 * @return 0, BF_EFORMAT (a side is 0), BF_ELIMIT, BF_ENOMEM
 */
bf_status bf_raster_begin(bf_ctx *c, const bf_input *in, uint32_t w, uint32_t h, uint32_t kind,
                          bf_raster *r);

/* The same check without the memory. */
bf_status bf_raster_check(bf_ctx *c, const bf_input *in, uint32_t w, uint32_t h);

/* Wipe and release. */
void bf_raster_drop(bf_ctx *c, bf_raster *r);

/* To grey or RGB in place: alpha over white, inks to light. The freed tail is wiped. */
void bf_raster_flatten(bf_raster *r);

/* Undo the orientation. @return 0, BF_ENOMEM */
bf_status bf_raster_upright(bf_ctx *c, bf_raster *r);

/*
 * Decoders. Each fills *r; on failure the caller drops it. A file that ends early is refused.
 * @return 0, BF_EFORMAT, BF_ELIMIT, BF_EUNSUPPORTED, BF_ENOMEM
 */
bf_status bf_image__decode_png(bf_ctx *c, const bf_input *in, bf_raster *r);
bf_status bf_image__decode_jpeg(bf_ctx *c, const bf_input *in, bf_raster *r);
bf_status bf_image__decode_tiff(bf_ctx *c, const bf_input *in, bf_raster *r);
bf_status bf_image__decode_bmp(bf_ctx *c, const bf_input *in, bf_raster *r);
bf_status bf_image__decode_pnm(bf_ctx *c, const bf_input *in, bf_raster *r);

/* Orientation and resolution from an EXIF block ("Exif\0\0", a TIFF header); ignores damage. */
void bf_exif_read(const uint8_t *data, size_t len, bf_raster *r);

#endif
