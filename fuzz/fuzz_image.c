/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image decoders, one target per format: FUZZ_FORMAT is "png", "jpeg", "tiff", "bmp" or "pnm".
 * Input that the format's decoder would not see is passed over. For PNG the checksums are put right
 * after each change, or nothing behind them would ever be reached.
 */
#include <string.h>

#include "fuzz.h"

static int is_format(const uint8_t *d, size_t len)
{
    if (len < 8) return 0;
    if (!strcmp(FUZZ_FORMAT, "png")) return !memcmp(d, "\x89PNG\r\n\x1a\n", 8);
    if (!strcmp(FUZZ_FORMAT, "jpeg")) return !memcmp(d, "\xff\xd8\xff", 3);
    if (!strcmp(FUZZ_FORMAT, "tiff")) return !memcmp(d, "II", 2) || !memcmp(d, "MM", 2);
    if (!strcmp(FUZZ_FORMAT, "bmp")) return !memcmp(d, "BM", 2);
    return d[0] == 'P' && d[1] >= '1' && d[1] <= '6';
}

static void check_image(const bf_image *image)
{
    uint32_t w = bf_image_width(image), h = bf_image_height(image), n = bf_image_channels(image);
    FUZZ_REQUIRE(w >= 1 && h >= 1 && (n == 1 || n == 3));
    FUZZ_REQUIRE(w <= BF_IMAGE_MAX_SIDE && h <= BF_IMAGE_MAX_SIDE);
    FUZZ_REQUIRE((uint64_t)w * h <= BF_IMAGE_MAX_PIXELS);
    FUZZ_REQUIRE(bf_image_ppi(image) >= 100 && bf_image_ppi(image) <= 2400);
    FUZZ_REQUIRE((bf_image_warning(image) != NULL) ==
                 (bf_image_ppi_source(image) == BF_PPI_ASSUMED));
    /* Every pixel is there and was written: a branch on each makes MSan and ASan look. */
    const uint8_t *px = bf_image_pixels(image);
    size_t bright = 0;
    for (size_t i = 0; i < (size_t)w * h * n; i++) bright += px[i] > 127;
    FUZZ_REQUIRE(bright <= (size_t)w * h * n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    bf_session *s = fuzz_session();
    bf_image *image = NULL;
    if (!is_format(data, len)) return 0;
    bf_status st = bf_image_decode(s, data, len, "fuzz", NULL, &image);
    if (st) {
        FUZZ_REQUIRE(!image && *bf_session_error(s));
        FUZZ_REQUIRE(st == BF_EFORMAT || st == BF_ELIMIT || st == BF_EUNSUPPORTED ||
                     st == BF_ENOMEM);
        return 0;
    }
    check_image(image);
    bf_image_free(image);
    return 0;
}

#if FUZZ_WITH_LIBFUZZER && FUZZ_IS_PNG
static uint32_t crc32_of(const uint8_t *d, size_t len)
{
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < len; i++) {
        crc ^= d[i];
        for (int k = 0; k < 8; k++) crc = crc & 1 ? (crc >> 1) ^ 0xedb88320u : crc >> 1;
    }
    return ~crc;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max_len, unsigned seed);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max_len, unsigned seed)
{
    len = LLVMFuzzerMutate(data, len, max_len);
    if (seed % 8 == 0) return len; /* sometimes the wrong checksum is the point */
    for (size_t at = 8; at + 12 <= len;) {
        size_t body = (size_t)data[at] << 24 | (size_t)data[at + 1] << 16 |
                      (size_t)data[at + 2] << 8 | data[at + 3];
        if (body > len - at - 12) break;
        uint32_t crc = crc32_of(data + at + 4, body + 4);
        for (int i = 0; i < 4; i++)
            data[at + 8 + body + (size_t)i] = (uint8_t)(crc >> (24 - 8 * i));
        at += body + 12;
    }
    return len;
}
#endif
