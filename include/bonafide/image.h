/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file image.h
 * Decoded pixels with a known resolution.
 * Frame everywhere: origin top-left, x right, y down, pixel centres on integers.
 */
#ifndef BONAFIDE_IMAGE_H
#define BONAFIDE_IMAGE_H
#include "bonafide/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bf_image bf_image;

/* Limits, checked before anything is allocated. */
#define BF_IMAGE_MAX_BYTES (256u << 20) /* encoded file */
#define BF_IMAGE_MAX_SIDE 30000u        /* px */
#define BF_IMAGE_MAX_PIXELS (100u * 1000u * 1000u)

/* Where bf_image_ppi() came from. */
#define BF_PPI_FILE 1    /* the file says so and it is plausible (100..2400) */
#define BF_PPI_GIVEN 2   /* the caller said so; wins over the file */
#define BF_PPI_ASSUMED 3 /* neither: 500, see bf_image_warning() */

/* How ridges look, in pictures of prints. */
#define BF_POLARITY_AUTO 0        /* dark, unless the ground tells a negative: see docs/LIMITS.md */
#define BF_POLARITY_DARK_RIDGES 1 /* as it is, whatever the ground looks like */
#define BF_POLARITY_LIGHT_RIDGES 2 /* a negative */

typedef struct bf_image_opts {
    uint32_t struct_size;
    uint32_t ppi;      /* 0: from the file; else 100..2400 */
    uint32_t polarity; /* BF_POLARITY_*; pixels stay as they are, features are of dark ridges */
    uint32_t useful_side_px; /* 0, the default: every pixel. Else a JPEG whose longer side is at
                                least twice, four or eight times this is decoded at a half, quarter
                                or eighth of its size, which is much faster; other files in full */
} bf_image_opts;

BF_API void bf_image_opts_init(bf_image_opts *opts);

/**
 * Decode an image file: PNG, JPEG, TIFF, BMP, PGM or PPM; grey, RGB(A), palette or CMYK, 8 or 16
 * bits. Reads the first page or frame. Turned upright (EXIF or TIFF orientation), declared polarity
 * (TIFF white-is-zero) undone, alpha laid over white.
 * @param path  file; "-" is not special
 * @param opts  NULL for defaults
 * @param out   caller owns: bf_image_free()
 * @return 0, BF_ENOENT or BF_EIO, BF_EFORMAT (unknown or damaged), BF_ELIMIT, BF_EUNSUPPORTED
 */
BF_API bf_status bf_image_load(bf_session *s, const char *path, const bf_image_opts *opts,
                               bf_image **out);

/** The same from memory. `data` is borrowed for the call; `name`, for messages, may be NULL. */
BF_API bf_status bf_image_decode(bf_session *s, const uint8_t *data, size_t len, const char *name,
                                 const bf_image_opts *opts, bf_image **out);

/**
 * Make an image from raw pixels (copied).
 * @param px        h rows of `stride` bytes, each w * channels bytes
 * @param channels  1 grey or 3 RGB, 8 bits each
 * @param ppi       100..2400
 * @return 0, BF_EINVAL, BF_ELIMIT
 */
BF_API bf_status bf_image_create(bf_session *s, const uint8_t *px, uint32_t w, uint32_t h,
                                 size_t stride, uint32_t channels, uint32_t ppi, bf_image **out);

/** Wipe and free. NULL is fine. */
BF_API void bf_image_free(bf_image *image);

BF_API uint32_t bf_image_width(const bf_image *image);    /* px */
BF_API uint32_t bf_image_height(const bf_image *image);   /* px */
BF_API uint32_t bf_image_channels(const bf_image *image); /* 1 or 3 */
BF_API uint32_t bf_image_ppi(const bf_image *image);
BF_API uint32_t bf_image_ppi_source(const bf_image *image); /* BF_PPI_* */

/** @return first pixel, row-major, stride = width * channels; borrowed */
BF_API const uint8_t *bf_image_pixels(const bf_image *image);

/** @return one line for the user ("no resolution in the file: 500 ppi assumed"); NULL if none */
BF_API const char *bf_image_warning(const bf_image *image);

/**
 * Write an 8-bit PNG with its resolution. The file appears whole or not at all.
 * @return 0, BF_EIO, BF_EREADONLY, BF_EFULL, BF_ENOENT (no such directory)
 */
BF_API bf_status bf_image_write_png(bf_session *s, const bf_image *image, const char *path);

#ifdef __cplusplus
}
#endif
#endif
