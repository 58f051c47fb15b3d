/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures encoded in memory, in every format and variant that is read, with known samples. Used
 * by the image tests and to make the fuzz corpus. They abort on an internal error.
 */
#ifndef BF_TESTS_PICTURE_H
#define BF_TESTS_PICTURE_H
#include <stddef.h>
#include <stdint.h>

typedef struct blob {
    uint8_t *data; /* malloc */
    size_t len;
} blob;

/* Sample c of pixel (x, y), 0..255: what every picture holds, at its own depth. */
uint8_t picture_sample(uint32_t x, uint32_t y, uint32_t c);

/* The same as `bits` bits: the upper ones, or with 16 a value between the 8-bit levels. */
uint32_t picture_bits(uint32_t x, uint32_t y, uint32_t c, uint32_t bits);

/* Palette entry i, component c. */
uint8_t picture_palette(uint32_t i, uint32_t c);

/* colour_type, bits: as PNG. per_metre 0: no pHYs. Palette and grey of 8 bits may have tRNS. */
typedef struct png_spec {
    uint32_t w, h, bits, per_metre;
    int colour_type, interlaced, transparent;
} png_spec;
blob picture_png(const png_spec *spec);

/* channels 1, 3, 4 (CMYK as stored). adobe: with 4, write YCCK and the Adobe marker. */
typedef struct jpeg_spec {
    uint32_t w, h, channels, density, density_unit;
    int progressive, adobe;
    uint32_t exif_orientation, exif_ppi; /* 0: no EXIF */
} jpeg_spec;
blob picture_jpeg(const jpeg_spec *spec);

/* As the TIFF tags. tile 0: strips of `rows` rows. ppi 0: none. */
typedef struct tiff_spec {
    uint32_t w, h, bits, samples, photometric, compression, orientation, tile, rows;
    int separate, big_endian, big_tiff, centimetres;
    float ppi;
    uint32_t extra; /* EXTRASAMPLE_*, of the last sample; 0: not declared */
} tiff_spec;
blob picture_tiff(const tiff_spec *spec);

/* header 12 (OS/2), 40 or 108 (with masks at 32 bits, alpha in the top byte). */
typedef struct bmp_spec {
    uint32_t w, h, bits, header, per_metre;
    int top_down;
} bmp_spec;
blob picture_bmp(const bmp_spec *spec);

/* type 1..6. */
blob picture_pnm(uint32_t type, uint32_t w, uint32_t h, uint32_t max);

void blob_free(blob *b);

#endif
