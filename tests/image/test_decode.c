/* SPDX-License-Identifier: Apache-2.0 */
/* PNG, JPEG, BMP and Netpbm: every variant gives the pixels that were put in, and the resolution.
 */
#include "image_test.h"

#include <png.h>

#define W 21
#define H 13

static uint8_t grey_over_white(uint32_t x, uint32_t y, uint32_t c, const void *arg)
{
    uint8_t alpha = from_bits(x, y, 1, arg);
    return c ? 0 : over_white(from_bits(x, y, 0, arg), alpha);
}

static uint8_t colour_over_white(uint32_t x, uint32_t y, uint32_t c, const void *arg)
{
    return over_white(from_bits(x, y, c, arg), from_bits(x, y, 3, arg));
}

static void png_every_type(void **state)
{
    (void)state;
    static const struct {
        int type;
        uint32_t bits, channels;
        wanted_sample wanted;
        int tolerance;
    } cases[] = {
        {PNG_COLOR_TYPE_GRAY, 1, 1, from_bits, 0},
        {PNG_COLOR_TYPE_GRAY, 2, 1, from_bits, 0},
        {PNG_COLOR_TYPE_GRAY, 4, 1, from_bits, 0},
        {PNG_COLOR_TYPE_GRAY, 8, 1, from_bits, 0},
        {PNG_COLOR_TYPE_GRAY, 16, 1, from_bits, 0},
        {PNG_COLOR_TYPE_RGB, 8, 3, from_bits, 0},
        {PNG_COLOR_TYPE_RGB, 16, 3, from_bits, 0},
        {PNG_COLOR_TYPE_PALETTE, 1, 3, from_palette, 0},
        {PNG_COLOR_TYPE_PALETTE, 2, 3, from_palette, 0},
        {PNG_COLOR_TYPE_PALETTE, 4, 3, from_palette, 0},
        {PNG_COLOR_TYPE_PALETTE, 8, 3, from_palette, 0},
        {PNG_COLOR_TYPE_GRAY_ALPHA, 8, 1, grey_over_white, 0},
        {PNG_COLOR_TYPE_GRAY_ALPHA, 16, 1, grey_over_white, 1},
        {PNG_COLOR_TYPE_RGB_ALPHA, 8, 3, colour_over_white, 0},
        {PNG_COLOR_TYPE_RGB_ALPHA, 16, 3, colour_over_white, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int interlaced = 0; interlaced <= 1; interlaced++) {
            png_spec spec = {W, H, cases[i].bits, 0, cases[i].type, interlaced, 0};
            check_image(decode_blob(picture_png(&spec)), W, H, cases[i].channels, cases[i].wanted,
                        &cases[i].bits, cases[i].tolerance);
        }
    }
}

static uint8_t clear_where_first(uint32_t x, uint32_t y, uint32_t c, const void *arg)
{
    uint32_t bits = *(const uint32_t *)arg;
    if (picture_bits(x, y, 0, bits) == picture_bits(0, 0, 0, bits)) return 255;
    return from_bits(x, y, c, arg);
}

static uint8_t palette_first_clear(uint32_t x, uint32_t y, uint32_t c, const void *arg)
{
    static const uint8_t alphas[] = {0, 128, 255};
    uint32_t i = picture_bits(x, y, 0, *(const uint32_t *)arg);
    return over_white(picture_palette(i, c), i < 3 ? alphas[i] : 255);
}

static void png_transparency(void **state)
{
    (void)state;
    uint32_t bits = 8;
    png_spec grey = {W, H, bits, 0, PNG_COLOR_TYPE_GRAY, 0, 1};
    check_image(decode_blob(picture_png(&grey)), W, H, 1, clear_where_first, &bits, 0);
    bits = 4;
    png_spec palette = {W, H, bits, 0, PNG_COLOR_TYPE_PALETTE, 0, 1};
    check_image(decode_blob(picture_png(&palette)), W, H, 3, palette_first_clear, &bits, 0);
}

static void check_ppi(bf_image *image, uint32_t ppi, uint32_t source)
{
    assert_int_equal(bf_image_ppi(image), ppi);
    assert_int_equal(bf_image_ppi_source(image), source);
    assert_int_equal(bf_image_warning(image) != NULL, source == BF_PPI_ASSUMED);
    bf_image_free(image);
}

static void png_resolution(void **state)
{
    (void)state;
    static const uint32_t cases[][3] = {
        {0, 500, BF_PPI_ASSUMED},  {19685, 500, BF_PPI_FILE},         {39370, 1000, BF_PPI_FILE},
        {22402, 569, BF_PPI_FILE}, {2835, 500, BF_PPI_ASSUMED},       {3780, 500, BF_PPI_ASSUMED},
        {3937, 100, BF_PPI_FILE},  {94488, 2400, BF_PPI_FILE},        {94600, 500, BF_PPI_ASSUMED},
        {1, 500, BF_PPI_ASSUMED},  {0x7fffffff, 500, BF_PPI_ASSUMED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        png_spec spec = {W, H, 8, cases[i][0], PNG_COLOR_TYPE_GRAY, 0, 0};
        check_ppi(decode_blob(picture_png(&spec)), cases[i][1], cases[i][2]);
    }
}

static void given_resolution_wins(void **state)
{
    (void)state;
    png_spec spec = {W, H, 8, 19685, PNG_COLOR_TYPE_GRAY, 0, 0};
    blob b = picture_png(&spec);
    bf_image_opts opts;
    bf_image_opts_init(&opts);
    bf_image *image = NULL;
    opts.ppi = 333;
    assert_int_equal(bf_image_decode(session, b.data, b.len, NULL, &opts, &image), BF_OK);
    check_ppi(image, 333, BF_PPI_GIVEN);
    opts.ppi = 99;
    assert_int_equal(bf_image_decode(session, b.data, b.len, NULL, &opts, &image), BF_EINVAL);
    opts.ppi = 2401;
    assert_int_equal(bf_image_decode(session, b.data, b.len, NULL, &opts, &image), BF_EINVAL);
    opts.ppi = 500;
    opts.struct_size = sizeof opts + 4;
    assert_int_equal(bf_image_decode(session, b.data, b.len, NULL, &opts, &image), BF_EINVAL);
    blob_free(&b);
}

static uint8_t inks_to_light(uint32_t x, uint32_t y, uint32_t c, const void *arg)
{
    uint32_t flip = *(const uint32_t *)arg;
    uint32_t v = picture_sample(x, y, c) ^ flip, k = picture_sample(x, y, 3) ^ flip;
    return (uint8_t)((v * k + 127) / 255);
}

static void jpeg_every_colour(void **state)
{
    (void)state;
    uint32_t bits = 8, flip_ink = 255, keep_ink = 0;
    for (int progressive = 0; progressive <= 1; progressive++) {
        jpeg_spec grey = {.w = W, .h = H, .channels = 1, .progressive = progressive};
        check_image(decode_blob(picture_jpeg(&grey)), W, H, 1, from_bits, &bits, 8);
        jpeg_spec rgb = {.w = W, .h = H, .channels = 3, .progressive = progressive};
        check_image(decode_blob(picture_jpeg(&rgb)), W, H, 3, from_bits, &bits, 10);
        jpeg_spec cmyk = {.w = W, .h = H, .channels = 4, .progressive = progressive};
        check_image(decode_blob(picture_jpeg(&cmyk)), W, H, 3, inks_to_light, &flip_ink, 10);
        jpeg_spec ycck = {.w = W, .h = H, .channels = 4, .adobe = 1, .progressive = progressive};
        check_image(decode_blob(picture_jpeg(&ycck)), W, H, 3, inks_to_light, &keep_ink, 12);
    }
}

static void jpeg_resolution(void **state)
{
    (void)state;
    static const struct {
        uint32_t density, unit, exif, ppi, source;
    } cases[] = {
        {500, 1, 0, 500, BF_PPI_FILE},  {1000, 1, 600, 1000, BF_PPI_FILE},
        {197, 2, 0, 500, BF_PPI_FILE},  {72, 1, 0, 500, BF_PPI_ASSUMED},
        {1, 0, 0, 500, BF_PPI_ASSUMED}, {500, 0, 0, 500, BF_PPI_ASSUMED},
        {72, 1, 569, 569, BF_PPI_FILE}, {1, 0, 512, 512, BF_PPI_FILE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jpeg_spec spec = {
            W, H, 1, cases[i].density, cases[i].unit, 0, 0, cases[i].exif ? 1 : 0, cases[i].exif};
        check_ppi(decode_blob(picture_jpeg(&spec)), cases[i].ppi, cases[i].source);
    }
}

/* Where the stored pixel of an upright (x, y) lies: the definition of EXIF, turned round. */
static uint8_t turned(uint32_t x, uint32_t y, uint32_t c, const void *arg)
{
    uint32_t o = *(const uint32_t *)arg, bits = 8;
    switch (o) {
    case 2: x = W - 1 - x; break;
    case 3:
        x = W - 1 - x;
        y = H - 1 - y;
        break;
    case 4: y = H - 1 - y; break;
    case 5: {
        uint32_t t = x;
        x = y;
        y = t;
        break;
    }
    case 6: {
        uint32_t t = x;
        x = y;
        y = H - 1 - t;
        break;
    }
    case 7: {
        uint32_t t = x;
        x = W - 1 - y;
        y = H - 1 - t;
        break;
    }
    case 8: {
        uint32_t t = x;
        x = W - 1 - y;
        y = t;
        break;
    }
    default: break;
    }
    return from_bits(x, y, c, &bits);
}

static void jpeg_orientation(void **state)
{
    (void)state;
    for (uint32_t o = 1; o <= 8; o++) {
        jpeg_spec spec = {.w = W, .h = H, .channels = 1, .exif_orientation = o};
        check_image(decode_blob(picture_jpeg(&spec)), o < 5 ? W : H, o < 5 ? H : W, 1, turned, &o,
                    8);
    }
}

static void bmp_every_depth(void **state)
{
    (void)state;
    static const uint32_t headers[] = {12, 40, 108}, depths[] = {1, 4, 8, 24, 32};
    for (uint32_t i = 0; i < 3; i++) {
        for (uint32_t k = 0; k < 5; k++) {
            uint32_t bits = depths[k];
            if (headers[i] == 12 && bits == 32) continue;
            bmp_spec spec = {W, H, bits, headers[i], 0, headers[i] > 12 && k % 2};
            uint32_t eight = 8;
            wanted_sample wanted = bits <= 8 ? from_palette : from_bits;
            if (headers[i] == 108 && bits == 32) wanted = colour_over_white;
            check_image(decode_blob(picture_bmp(&spec)), W, H, 3, wanted,
                        bits <= 8 ? &bits : &eight, 0);
        }
    }
}

static void bmp_resolution_and_grey(void **state)
{
    (void)state;
    bmp_spec spec = {W, H, 8, 40, 19685, 0};
    check_ppi(decode_blob(picture_bmp(&spec)), 500, BF_PPI_FILE);
    blob b = picture_bmp(&spec);
    for (uint32_t i = 0; i < 256; i++) memset(b.data + 54 + 4 * i, (int)i, 3);
    uint32_t bits = 8;
    check_image(decode_blob(b), W, H, 1, from_bits, &bits, 0);
}

static void bmp_refusals(void **state)
{
    (void)state;
    bf_image *image = NULL;
    bmp_spec spec = {W, H, 8, 40, 0, 0};
    blob b = picture_bmp(&spec);
    b.data[30] = 1;
    assert_int_equal(bf_image_decode(session, b.data, b.len, "a.bmp", NULL, &image),
                     BF_EUNSUPPORTED);
    assert_string_equal(bf_session_error(session),
                        "a.bmp: run-length encoded BMP: save it uncompressed");
    b.data[30] = 0;
    b.data[28] = 16;
    assert_int_equal(bf_image_decode(session, b.data, b.len, "a.bmp", NULL, &image),
                     BF_EUNSUPPORTED);
    b.data[28] = 8;
    b.data[46] = 1; /* one palette entry, pixels above it */
    assert_int_equal(bf_image_decode(session, b.data, b.len, "a.bmp", NULL, &image), BF_EFORMAT);
    blob_free(&b);
}

static uint8_t pnm_value(uint32_t x, uint32_t y, uint32_t c, const void *arg)
{
    uint32_t max = *(const uint32_t *)arg, v = picture_sample(x, y, c);
    if (max == 1) return v >> 7 ? 255 : 0;
    return (uint8_t)(((v * max / 255) * 255 + max / 2) / max);
}

static void pnm_every_type(void **state)
{
    (void)state;
    static const uint32_t maxima[] = {255, 15, 200, 65535, 1000};
    for (uint32_t type = 1; type <= 6; type++) {
        uint32_t channels = type == 3 || type == 6 ? 3 : 1;
        for (uint32_t i = 0; i < 5; i++) {
            uint32_t max = type == 1 || type == 4 ? 1 : maxima[i];
            check_image(decode_blob(picture_pnm(type, W, H, max)), W, H, channels, pnm_value, &max,
                        0);
        }
    }
}

static void pnm_refusals(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "P5\n2 2\n0\n....",     "P5\n2 2\n65536\n........",
        "P5\n2 2\n3\n\1\2\3\4", "P5\n2 x\n255\n....",
        "P5\n-2 2\n255\n....",  "P5\n2\n",
        "P2\n2 1\n9\n1 10\n",   "P2\n2 1\n9\n1\n",
        "P5\n0 2\n255\n....",   "P5\n99999999 1\n255\n.",
        "P1\n2 1\n12\n",        "P5\n2 2\n255#....",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        bf_image *image = NULL;
        bf_status st =
            bf_image_decode(session, (const uint8_t *)bad[i], strlen(bad[i]), "x", NULL, &image);
        assert_int_equal(st, BF_EFORMAT);
        assert_null(image);
    }
}

static void other_formats_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        size_t len;
        const char *message;
    } cases[] = {
        {"GIF89a..", 8, "x: GIF images are not read: convert it to PNG"},
        {"\xff\xa0\xff\xa8", 4, "x: WSQ images are not read: convert it to PNG"},
        {"RIFF....WEBPVP8 ", 16, "x: WebP images are not read: convert it to PNG"},
        {"%PDF-1.4", 8, "x: PDF images are not read: convert it to PNG"},
        {"hello, world", 12, "x: not a PNG, JPEG, TIFF, BMP, PGM or PPM image"},
        {"P", 1, "x: not a PNG, JPEG, TIFF, BMP, PGM or PPM image"},
        {"", 0, "x: empty file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bf_image *image = NULL;
        bf_status st = bf_image_decode(session, (const uint8_t *)cases[i].data, cases[i].len, "x",
                                       NULL, &image);
        assert_true(st == BF_EUNSUPPORTED || st == BF_EFORMAT);
        assert_string_equal(bf_session_error(session), cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(png_every_type),          cmocka_unit_test(png_transparency),
        cmocka_unit_test(png_resolution),          cmocka_unit_test(given_resolution_wins),
        cmocka_unit_test(jpeg_every_colour),       cmocka_unit_test(jpeg_resolution),
        cmocka_unit_test(jpeg_orientation),        cmocka_unit_test(bmp_every_depth),
        cmocka_unit_test(bmp_resolution_and_grey), cmocka_unit_test(bmp_refusals),
        cmocka_unit_test(pnm_every_type),          cmocka_unit_test(pnm_refusals),
        cmocka_unit_test(other_formats_are_named),
    };
    return cmocka_run_group_tests(tests, open_session, close_session);
}
