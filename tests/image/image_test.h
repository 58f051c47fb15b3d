/* SPDX-License-Identifier: Apache-2.0 */
/* What the image tests share: decode a blob and compare pixels. Include once per program. */
#ifndef BF_TESTS_IMAGE_TEST_H
#define BF_TESTS_IMAGE_TEST_H
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bonafide/bonafide.h"
#include "support/picture.h"

static bf_engine *engine;
static bf_session *session;

static int open_session(void **state)
{
    (void)state;
    return bf_engine_open(NULL, &engine) || bf_session_open(engine, &session);
}

static int close_session(void **state)
{
    (void)state;
    bf_session_free(session);
    bf_engine_free(engine);
    return 0;
}

/* Decode and free the blob; fails the test when it does not decode. */
static inline bf_image *decode_blob(blob b)
{
    bf_image *image = NULL;
    bf_status st = bf_image_decode(session, b.data, b.len, "test", NULL, &image);
    if (st) fail_msg("%s", bf_session_error(session));
    blob_free(&b);
    return image;
}

/* Wanted value of sample c of stored pixel (x, y). */
typedef uint8_t (*wanted_sample)(uint32_t x, uint32_t y, uint32_t c, const void *arg);

/* Compare every pixel of an upright image, within `tolerance`; frees it. */
static inline void check_image(bf_image *image, uint32_t w, uint32_t h, uint32_t channels,
                               wanted_sample wanted, const void *arg, int tolerance)
{
    assert_int_equal(bf_image_width(image), w);
    assert_int_equal(bf_image_height(image), h);
    assert_int_equal(bf_image_channels(image), channels);
    const uint8_t *px = bf_image_pixels(image);
    for (uint32_t y = 0; y < h; y++) {
        for (uint32_t x = 0; x < w; x++) {
            for (uint32_t c = 0; c < channels; c++, px++) {
                int want = wanted(x, y, c, arg);
                if (abs(*px - want) <= tolerance) continue;
                fail_msg("pixel %u,%u sample %u is %d, not %d", x, y, c, *px, want);
            }
        }
    }
    bf_image_free(image);
}

/* The sample itself, from `bits` (a pointer to uint32_t) back to 8. */
static inline uint8_t from_bits(uint32_t x, uint32_t y, uint32_t c, const void *arg)
{
    uint32_t bits = *(const uint32_t *)arg, top = (1u << bits) - 1;
    return (uint8_t)((picture_bits(x, y, c, bits) * 255 + top / 2) / top);
}

static inline uint8_t from_palette(uint32_t x, uint32_t y, uint32_t c, const void *arg)
{
    return picture_palette(picture_bits(x, y, 0, *(const uint32_t *)arg), c);
}

static inline uint8_t over_white(uint32_t v, uint32_t a)
{
    return (uint8_t)((v * a + 255 * (255 - a) + 127) / 255);
}

#endif
