/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image as the engine holds it, and its canonical forms.
 */
#ifndef BF_IMAGE_IMAGE_H
#define BF_IMAGE_IMAGE_H
#include "bonafide/image.h"
#include "util/ctx.h"

#define BF_IMAGE_WARNING_MAX 160

struct bf_image {
    bf_allocator alloc;
    uint32_t w, h;     /* px */
    uint32_t channels; /* 1 grey, 3 RGB */
    uint32_t ppi;      /* 100..2400 */
    uint32_t ppi_source;
    uint32_t polarity; /* BF_POLARITY_*; meant for prints, and undone in the canonical image */
    char warning[BF_IMAGE_WARNING_MAX]; /* "" if none */
    uint8_t *px;                        /* row-major, stride = w * channels */
};

/*
 * Decode by content.
 * @param opts  whole and checked
 * @param out  heap, the caller owns: bf_image__release()
 * @return as bf_image_decode()
 */
bf_status bf_image__decode(bf_ctx *c, const uint8_t *data, size_t len, const char *name,
                           const bf_image_opts *opts, bf_image **out);

/* From raw pixels, copied. channels 1 or 3; ppi 100..2400. @return 0, BF_EFORMAT (a side of 0),
 * BF_ELIMIT, BF_ENOMEM */
bf_status bf_image__create(bf_ctx *c, const uint8_t *px, uint32_t w, uint32_t h, size_t stride,
                           uint32_t channels, uint32_t ppi, bf_image **out);

/* Wipe and free. NULL is fine. */
void bf_image__release(bf_image *image);

/* As bf_image_write_png(). */
bf_status bf_image__write_png(bf_ctx *c, const bf_image *image, const char *path);

/* Borrowed or arena-owned 8-bit grey pixels. */
typedef struct bf_grey {
    int32_t w, h;   /* px */
    int32_t stride; /* bytes a row */
    uint8_t *px;    /* origin top-left */
    float scale;    /* canonical px per px of the image it came from: x_canonical = scale * x */
} bf_grey;

/*
 * Canonical fingerprint image: grey (Rec. 601), 500 ppi, ridges dark. Arena-owned copy.
 * Within 1 % of 500 ppi pixels are left where they are and scale is 1. Resampling is fixed-point,
 * so the bytes are the same on every machine.
 * @return 0, BF_ESMALL (a side under 100 px at 500 ppi), BF_ELIMIT (a side over 4000 px at 500 ppi)
 */
bf_status bf_image_canonical_grey500(bf_ctx *c, const bf_image *image, bf_grey *out);

#endif
