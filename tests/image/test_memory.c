/* SPDX-License-Identifier: Apache-2.0 */
/* The failing-allocator loop over every decoder, and over canonicalisation. */
#include "image_test.h"

#include <png.h>
#if BF_HAVE_TIFF
#include <tiffio.h>
#endif

#include "engine/session.h"
#include "support/failing.h"

static void keep(failing_result *out, const uint8_t *data, size_t len)
{
    free(out->data);
    out->data = malloc(len);
    memcpy(out->data, data, len);
    out->len = len;
}

static bf_status decode_work(bf_session *s, const void *arg, failing_result *out)
{
    const blob *b = arg;
    bf_image *image = NULL;
    bf_status st = bf_image_decode(s, b->data, b->len, "memory", NULL, &image);
    if (st) return st;
    keep(out, bf_image_pixels(image),
         (size_t)bf_image_width(image) * bf_image_height(image) * bf_image_channels(image));
    bf_image_free(image);
    return BF_OK;
}

static void loop_and_free(blob b)
{
    assert_true(failing_loop(decode_work, &b) >= 4); /* engine, session, image, pixels */
    blob_free(&b);
}

static void decoders(void **state)
{
    (void)state;
    loop_and_free(picture_png(&(png_spec){40, 30, 8, 19685, PNG_COLOR_TYPE_GRAY, 0, 0}));
    loop_and_free(picture_png(&(png_spec){40, 30, 16, 0, PNG_COLOR_TYPE_RGB_ALPHA, 1, 0}));
    loop_and_free(picture_png(&(png_spec){40, 30, 8, 0, PNG_COLOR_TYPE_PALETTE, 0, 1}));
    loop_and_free(picture_jpeg(&(jpeg_spec){.w = 40, .h = 30, .channels = 3}));
    loop_and_free(
        picture_jpeg(&(jpeg_spec){.w = 40, .h = 30, .channels = 1, .exif_orientation = 6}));
    loop_and_free(picture_bmp(&(bmp_spec){40, 30, 8, 40, 0, 0}));
    loop_and_free(picture_pnm(2, 40, 30, 255));
#if BF_HAVE_TIFF
    tiff_spec spec = {.w = 40,
                      .h = 30,
                      .bits = 8,
                      .samples = 3,
                      .photometric = PHOTOMETRIC_RGB,
                      .tile = 16,
                      .compression = COMPRESSION_LZW,
                      .orientation = 8};
    loop_and_free(picture_tiff(&spec));
#endif
}

static bf_status canon_work(bf_session *s, const void *arg, failing_result *out)
{
    static const uint8_t px[200 * 160 * 3] = {1, 2, 3};
    uint32_t ppi = *(const uint32_t *)arg;
    bf_image *image = NULL;
    bf_status st = bf_image_create(s, px, 200, 160, 600, 3, ppi, &image);
    if (st) return st;
    bf_grey grey;
    st = bf_image_canonical_grey500(bf_session__enter(s), image, &grey);
    if (!st) keep(out, grey.px, (size_t)grey.w * (size_t)grey.h);
    bf_image_free(image);
    return st;
}

static void canonical(void **state)
{
    (void)state;
    assert_true(failing_loop(canon_work, &(uint32_t){500}) >= 5);
    assert_true(failing_loop(canon_work, &(uint32_t){300}) >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(decoders), cmocka_unit_test(canonical)};
    return cmocka_run_group_tests(tests, open_session, close_session);
}
