/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Damaged and hostile files. Every cut of a file must be refused or give the same pixels; every
 * changed byte may give anything but a crash; headers that promise too much cost nothing.
 */
#include "image_test.h"

#include <png.h>
#include <sys/resource.h>
#include <zlib.h>
#if BF_HAVE_TIFF
#include <tiffio.h>
#endif

#define W 19
#define H 11

/* Decode from a block of exactly len bytes, so that reading past the end is seen. */
static bf_status decode_exact(const uint8_t *data, size_t len, bf_image **out)
{
    uint8_t *copy = malloc(len ? len : 1);
    memcpy(copy, data, len);
    bf_status st = bf_image_decode(session, copy, len, "cut", NULL, out);
    free(copy);
    return st;
}

static void check_refusal(bf_status st)
{
    if (st != BF_EFORMAT && st != BF_ELIMIT && st != BF_EUNSUPPORTED) {
        fail_msg("status %s: %s", bf_status_name(st), bf_session_error(session));
    }
    assert_true(strncmp(bf_session_error(session), "cut: ", 5) == 0);
    assert_null(strchr(bf_session_error(session), '\n'));
}

static void cut_everywhere(const blob *b)
{
    bf_image *whole = NULL;
    assert_int_equal(decode_exact(b->data, b->len, &whole), BF_OK);
    size_t bytes =
        (size_t)bf_image_width(whole) * bf_image_height(whole) * bf_image_channels(whole);
    for (size_t n = 0; n < b->len; n++) {
        bf_image *image = NULL;
        bf_status st = decode_exact(b->data, n, &image);
        if (st) {
            assert_null(image);
            check_refusal(st);
            continue;
        }
        assert_int_equal(bf_image_width(image), bf_image_width(whole));
        assert_int_equal(bf_image_channels(image), bf_image_channels(whole));
        assert_memory_equal(bf_image_pixels(image), bf_image_pixels(whole), bytes);
        bf_image_free(image);
    }
    bf_image_free(whole);
}

static void change_every_byte(blob *b)
{
    static const uint8_t changes[] = {0xff, 0x80, 0x01};
    for (size_t n = 0; n < b->len; n++) {
        for (size_t i = 0; i < sizeof changes; i++) {
            bf_image *image = NULL;
            b->data[n] ^= changes[i];
            bf_status st = decode_exact(b->data, b->len, &image);
            b->data[n] ^= changes[i];
            if (st) check_refusal(st);
            bf_image_free(image);
        }
    }
}

static void cut_and_change(blob b)
{
    cut_everywhere(&b);
    change_every_byte(&b);
    blob_free(&b);
}

static void damaged_png(void **state)
{
    (void)state;
    cut_and_change(picture_png(&(png_spec){W, H, 8, 19685, PNG_COLOR_TYPE_GRAY, 0, 0}));
    cut_and_change(picture_png(&(png_spec){W, H, 16, 19685, PNG_COLOR_TYPE_RGB_ALPHA, 1, 0}));
    cut_and_change(picture_png(&(png_spec){W, H, 4, 0, PNG_COLOR_TYPE_PALETTE, 1, 1}));
}

static void damaged_jpeg(void **state)
{
    (void)state;
    cut_and_change(
        picture_jpeg(&(jpeg_spec){.w = W, .h = H, .channels = 1, .exif_orientation = 6}));
    cut_and_change(picture_jpeg(&(jpeg_spec){.w = W, .h = H, .channels = 3, .progressive = 1}));
    cut_and_change(picture_jpeg(&(jpeg_spec){.w = W, .h = H, .channels = 4, .adobe = 1}));
}

static void damaged_bmp_and_pnm(void **state)
{
    (void)state;
    cut_and_change(picture_bmp(&(bmp_spec){W, H, 8, 40, 19685, 0}));
    cut_and_change(picture_bmp(&(bmp_spec){W, H, 32, 108, 0, 1}));
    cut_and_change(picture_bmp(&(bmp_spec){W, H, 4, 12, 0, 0}));
    for (uint32_t type = 1; type <= 6; type++) cut_and_change(picture_pnm(type, W, H, 999));
}

#if BF_HAVE_TIFF
static void damaged_tiff(void **state)
{
    (void)state;
    tiff_spec spec = {.w = W,
                      .h = H,
                      .bits = 8,
                      .samples = 1,
                      .rows = 4,
                      .ppi = 500,
                      .photometric = PHOTOMETRIC_MINISBLACK};
    cut_and_change(picture_tiff(&spec));
    spec.tile = 16;
    spec.samples = 3;
    spec.separate = 1;
    spec.photometric = PHOTOMETRIC_RGB;
    spec.compression = COMPRESSION_LZW;
    cut_and_change(picture_tiff(&spec));
    tiff_spec fax = {.w = W,
                     .h = H,
                     .bits = 1,
                     .samples = 1,
                     .photometric = PHOTOMETRIC_MINISWHITE,
                     .compression = COMPRESSION_CCITTFAX4,
                     .big_endian = 1};
    cut_and_change(picture_tiff(&fax));
    tiff_spec palette = {.w = W,
                         .h = H,
                         .bits = 4,
                         .samples = 1,
                         .big_tiff = 1,
                         .photometric = PHOTOMETRIC_PALETTE,
                         .compression = COMPRESSION_ADOBE_DEFLATE};
    cut_and_change(picture_tiff(&palette));
    tiff_spec jpeg = {.w = W,
                      .h = H,
                      .bits = 8,
                      .samples = 1,
                      .compression = COMPRESSION_JPEG,
                      .photometric = PHOTOMETRIC_MINISBLACK};
    cut_and_change(picture_tiff(&jpeg));
}
#endif

static void put_be32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* The CRC of the PNG chunk at `at`. */
static void fix_crc(uint8_t *png, size_t at)
{
    uint32_t len = (uint32_t)png[at] << 24 | (uint32_t)png[at + 1] << 16 |
                   (uint32_t)png[at + 2] << 8 | png[at + 3];
    put_be32(png + at + 8 + len, (uint32_t)crc32(0, png + at + 4, len + 4));
}

/* Sizes above the limits are refused by name, in every format, from a mere header. */
static void check_too_large(blob b, const char *size)
{
    bf_image *image = NULL;
    assert_int_equal(decode_exact(b.data, b.len, &image), BF_ELIMIT);
    assert_non_null(strstr(bf_session_error(session), size));
    blob_free(&b);
}

static void sizes_above_the_limit(void **state)
{
    (void)state;
    blob b = picture_png(&(png_spec){W, H, 8, 0, PNG_COLOR_TYPE_GRAY, 0, 0});
    put_be32(b.data + 16, 40000);
    put_be32(b.data + 20, 40000);
    fix_crc(b.data, 8);
    check_too_large(b, "40000 x 40000");
    b = picture_png(&(png_spec){W, H, 8, 0, PNG_COLOR_TYPE_GRAY, 0, 0});
    put_be32(b.data + 16, 20000);
    put_be32(b.data + 20, 20000);
    fix_crc(b.data, 8);
    check_too_large(b, "20000 x 20000");
    b = picture_bmp(&(bmp_spec){W, H, 24, 40, 0, 0});
    memcpy(b.data + 18, "\x40\x9c\0\0\x40\x9c\0", 8);
    check_too_large(b, "40000 x 40000");
    b = picture_pnm(5, W, H, 255);
    memcpy(b.data, "P5\n40000 40000\n255\n", 19);
    check_too_large(b, "40000 x 40000");
    b = picture_jpeg(&(jpeg_spec){.w = W, .h = H, .channels = 1});
    for (size_t i = 2; i + 9 < b.len; i++) {
        if (b.data[i] != 0xff || b.data[i + 1] != 0xc0) continue;
        memcpy(b.data + i + 5, "\x9c\x40\x9c\x40", 4);
        break;
    }
    check_too_large(b, "40000 x 40000");
#if BF_HAVE_TIFF
    tiff_spec spec = {
        .w = 40000, .h = 1, .bits = 8, .samples = 1, .photometric = PHOTOMETRIC_MINISBLACK};
    check_too_large(picture_tiff(&spec), "40000 x 1");
#endif
}

/* A short file that promises the largest allowed picture fails before that much memory is used. */
static void promises_are_cheap(void **state)
{
    (void)state;
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    static const char *const headers[] = {"P5\n10000 10000\n255\n....", "P4\n10000 10000\n....",
                                          "P2\n10000 10000\n255\n1 2 3"};
    for (size_t i = 0; i < 3; i++) {
        bf_image *image = NULL;
        assert_int_equal(decode_exact((const uint8_t *)headers[i], strlen(headers[i]), &image),
                         BF_EFORMAT);
    }
    blob b = picture_bmp(&(bmp_spec){W, H, 24, 40, 0, 0});
    memcpy(b.data + 18, "\x10\x27\0\0\x10\x27\0", 8); /* 10000 x 10000 */
    bf_image *image = NULL;
    assert_int_equal(decode_exact(b.data, b.len, &image), BF_EFORMAT);
    blob_free(&b);
    getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_maxrss - before.ru_maxrss < 20 * 1024);
}

/* A PNG of 1 x 1 with a text chunk that unpacks to 100 MB. */
static void text_bomb(void **state)
{
    (void)state;
    size_t plain_len = 100u << 20;
    uint8_t *plain = calloc(1, plain_len);
    uLongf packed_len = compressBound((uLong)plain_len);
    uint8_t *packed = malloc(packed_len);
    assert_int_equal(compress2(packed, &packed_len, plain, (uLong)plain_len, 9), Z_OK);
    free(plain);
    blob small = picture_png(&(png_spec){1, 1, 8, 0, PNG_COLOR_TYPE_GRAY, 0, 0});
    size_t body = packed_len + 3, len = small.len + 12 + body;
    uint8_t *png = malloc(len);
    memcpy(png, small.data, 33); /* signature and IHDR */
    put_be32(png + 33, (uint32_t)body);
    memcpy(png + 37, "zTXta\0\0", 7);
    memcpy(png + 44, packed, packed_len);
    memcpy(png + 33 + 12 + body, small.data + 33, small.len - 33);
    fix_crc(png, 33);
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    bf_image *image = NULL;
    assert_int_equal(decode_exact(png, len, &image), BF_OK);
    getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_maxrss - before.ru_maxrss < 20 * 1024);
    bf_image_free(image);
    free(png);
    free(packed);
    blob_free(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promises_are_cheap),
        cmocka_unit_test(damaged_png),
        cmocka_unit_test(damaged_jpeg),
        cmocka_unit_test(damaged_bmp_and_pnm),
#if BF_HAVE_TIFF
        cmocka_unit_test(damaged_tiff),
#endif
        cmocka_unit_test(sizes_above_the_limit),
        cmocka_unit_test(text_bomb),
    };
    return cmocka_run_group_tests(tests, open_session, close_session);
}
