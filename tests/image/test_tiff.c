/* SPDX-License-Identifier: Apache-2.0 */
/* TIFF: layouts, depths, colours, codecs, orientation, resolution. */
#include "image_test.h"

#include <tiffio.h>

#define W 37
#define H 22

static uint8_t inverted(uint32_t x, uint32_t y, uint32_t c, const void *arg)
{
    return (uint8_t)(255 - from_bits(x, y, c, arg));
}

static uint8_t cmyk(uint32_t x, uint32_t y, uint32_t c, const void *arg)
{
    uint32_t v = 255 - from_bits(x, y, c, arg), k = 255 - from_bits(x, y, 3, arg);
    return (uint8_t)((v * k + 127) / 255);
}

static uint8_t with_alpha(uint32_t x, uint32_t y, uint32_t c, const void *arg)
{
    return over_white(from_bits(x, y, c, arg), from_bits(x, y, 3, arg));
}

static uint8_t grey_with_alpha(uint32_t x, uint32_t y, uint32_t c, const void *arg)
{
    (void)c;
    return over_white(from_bits(x, y, 0, arg), from_bits(x, y, 1, arg));
}

static void layouts_and_colours(void **state)
{
    (void)state;
    static const struct {
        uint32_t photometric, bits, samples, extra, channels;
        wanted_sample wanted;
        int tolerance;
    } cases[] = {
        {PHOTOMETRIC_MINISBLACK, 1, 1, 0, 1, from_bits, 0},
        {PHOTOMETRIC_MINISBLACK, 2, 1, 0, 1, from_bits, 0},
        {PHOTOMETRIC_MINISBLACK, 4, 1, 0, 1, from_bits, 0},
        {PHOTOMETRIC_MINISBLACK, 8, 1, 0, 1, from_bits, 0},
        {PHOTOMETRIC_MINISBLACK, 16, 1, 0, 1, from_bits, 0},
        {PHOTOMETRIC_MINISWHITE, 1, 1, 0, 1, inverted, 0},
        {PHOTOMETRIC_MINISWHITE, 8, 1, 0, 1, inverted, 0},
        {PHOTOMETRIC_MINISWHITE, 16, 1, 0, 1, inverted, 0},
        {PHOTOMETRIC_PALETTE, 1, 1, 0, 3, from_palette, 0},
        {PHOTOMETRIC_PALETTE, 4, 1, 0, 3, from_palette, 0},
        {PHOTOMETRIC_PALETTE, 8, 1, 0, 3, from_palette, 0},
        {PHOTOMETRIC_RGB, 8, 3, 0, 3, from_bits, 0},
        {PHOTOMETRIC_RGB, 16, 3, 0, 3, from_bits, 0},
        {PHOTOMETRIC_RGB, 8, 4, 2, 3, with_alpha, 0},
        {PHOTOMETRIC_RGB, 16, 4, 2, 3, with_alpha, 1},
        {PHOTOMETRIC_MINISBLACK, 8, 2, 2, 1, grey_with_alpha, 0},
        {PHOTOMETRIC_SEPARATED, 8, 4, 0, 3, cmyk, 0},
        {PHOTOMETRIC_SEPARATED, 16, 4, 0, 3, cmyk, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (uint32_t layout = 0; layout < 12; layout++) {
            tiff_spec spec = {.w = W,
                              .h = H,
                              .bits = cases[i].bits,
                              .samples = cases[i].samples,
                              .photometric = cases[i].photometric,
                              .extra = cases[i].extra,
                              .rows = layout & 1 ? 5 : 0,
                              .big_endian = layout & 2 ? 1 : 0,
                              .separate = layout % 3 == 2,
                              .big_tiff = layout == 7};
            if (layout >= 8 && cases[i].bits >= 8) spec.tile = 16;
            check_image(decode_blob(picture_tiff(&spec)), W, H, cases[i].channels, cases[i].wanted,
                        &cases[i].bits, cases[i].tolerance);
        }
    }
}

static uint8_t premultiplied(uint32_t x, uint32_t y, uint32_t c, const void *arg)
{
    uint32_t a = from_bits(x, y, 3, arg), v = (from_bits(x, y, c, arg) * 255 + a / 2) / a;
    return over_white(v > 255 ? 255 : v, a);
}

static void associated_alpha(void **state)
{
    (void)state;
    uint32_t bits = 8;
    tiff_spec spec = {.w = W,
                      .h = H,
                      .bits = 8,
                      .samples = 4,
                      .photometric = PHOTOMETRIC_RGB,
                      .extra = EXTRASAMPLE_ASSOCALPHA};
    check_image(decode_blob(picture_tiff(&spec)), W, H, 3, premultiplied, &bits, 0);
}

static void codecs(void **state)
{
    (void)state;
    static const uint32_t codecs[] = {COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE,
                                      COMPRESSION_DEFLATE, COMPRESSION_PACKBITS};
    uint32_t bits = 8;
    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
        tiff_spec spec = {.w = W,
                          .h = H,
                          .bits = 8,
                          .samples = 3,
                          .photometric = PHOTOMETRIC_RGB,
                          .compression = codecs[i],
                          .tile = i & 1 ? 16 : 0};
        check_image(decode_blob(picture_tiff(&spec)), W, H, 3, from_bits, &bits, 0);
    }
    tiff_spec jpeg = {.w = W,
                      .h = H,
                      .bits = 8,
                      .samples = 1,
                      .compression = COMPRESSION_JPEG,
                      .photometric = PHOTOMETRIC_MINISBLACK};
    check_image(decode_blob(picture_tiff(&jpeg)), W, H, 1, from_bits, &bits, 40);
    bits = 1;
    static const uint32_t fax[] = {COMPRESSION_CCITTRLE, COMPRESSION_CCITTFAX3,
                                   COMPRESSION_CCITTFAX4};
    for (size_t i = 0; i < 3; i++) {
        tiff_spec spec = {.w = W,
                          .h = H,
                          .bits = 1,
                          .samples = 1,
                          .compression = fax[i],
                          .photometric = PHOTOMETRIC_MINISWHITE};
        check_image(decode_blob(picture_tiff(&spec)), W, H, 1, inverted, &bits, 0);
    }
}

static uint8_t turned(uint32_t x, uint32_t y, uint32_t c, const void *arg)
{
    static const uint8_t flips[] = {0, 0, 1, 3, 2, 0, 1, 3, 2}; /* 1: x, 2: y of the upright */
    uint32_t o = *(const uint32_t *)arg, bits = 8;
    uint32_t w = o < 5 ? W : H, h = o < 5 ? H : W;
    if (flips[o] & 1) x = w - 1 - x;
    if (flips[o] & 2) y = h - 1 - y;
    return o < 5 ? from_bits(x, y, c, &bits) : from_bits(y, x, c, &bits);
}

static void orientation(void **state)
{
    (void)state;
    for (uint32_t o = 1; o <= 8; o++) {
        tiff_spec spec = {.w = W,
                          .h = H,
                          .bits = 8,
                          .samples = 1,
                          .orientation = o,
                          .photometric = PHOTOMETRIC_MINISBLACK};
        check_image(decode_blob(picture_tiff(&spec)), o < 5 ? W : H, o < 5 ? H : W, 1, turned, &o,
                    0);
    }
}

static void resolution(void **state)
{
    (void)state;
    static const struct {
        float ppi;
        int cm;
        uint32_t want, source;
    } cases[] = {
        {500, 0, 500, BF_PPI_FILE},   {1000, 1, 1000, BF_PPI_FILE},   {0, 0, 500, BF_PPI_ASSUMED},
        {72, 0, 500, BF_PPI_ASSUMED}, {1e9f, 0, 500, BF_PPI_ASSUMED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tiff_spec spec = {.w = W,
                          .h = H,
                          .bits = 8,
                          .samples = 1,
                          .ppi = cases[i].ppi,
                          .centimetres = cases[i].cm,
                          .photometric = PHOTOMETRIC_MINISBLACK};
        bf_image *image = decode_blob(picture_tiff(&spec));
        assert_int_equal(bf_image_ppi(image), cases[i].want);
        assert_int_equal(bf_image_ppi_source(image), cases[i].source);
        bf_image_free(image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts_and_colours),
        cmocka_unit_test(associated_alpha),
        cmocka_unit_test(codecs),
        cmocka_unit_test(orientation),
        cmocka_unit_test(resolution),
    };
    return cmocka_run_group_tests(tests, open_session, close_session);
}
