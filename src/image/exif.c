/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orientation and resolution from EXIF (CIPA DC-008): "Exif\0\0", then a TIFF header and its first
 * directory. Offsets count from the TIFF header. Anything out of bounds is skipped.
 */
#include <string.h>

#include "image/decode.h"

#define TAG_ORIENTATION 0x0112
#define TAG_X_RESOLUTION 0x011a
#define TAG_Y_RESOLUTION 0x011b
#define TAG_UNIT 0x0128
#define TYPE_SHORT 3
#define TYPE_RATIONAL 5
#define UNIT_CM 3

typedef struct exif {
    const uint8_t *data; /* from the TIFF header on */
    size_t len;
    int big; /* byte order */
} exif;

static uint32_t get16(const exif *e, size_t at)
{
    const uint8_t *p = e->data + at;
    return e->big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static uint32_t get32(const exif *e, size_t at)
{
    return e->big ? get16(e, at) << 16 | get16(e, at + 2) : get16(e, at + 2) << 16 | get16(e, at);
}

/* The rational an entry points to; 0 if it lies outside or has no value. */
static double rational(const exif *e, size_t entry)
{
    size_t at = get32(e, entry + 8);
    if (get16(e, entry + 2) != TYPE_RATIONAL || at > e->len || e->len - at < 8) return 0.0;
    uint32_t below = get32(e, at + 4);
    return below ? (double)get32(e, at) / below : 0.0;
}

static void read_directory(const exif *e, size_t at, bf_raster *r)
{
    double x = 0.0, y = 0.0, unit = 1.0;
    size_t count = get16(e, at);
    for (at += 2; count && e->len - at >= 12; count--, at += 12) {
        uint32_t tag = get16(e, at);
        int is_short = get16(e, at + 2) == TYPE_SHORT;
        uint32_t value = get16(e, at + 8);
        if (tag == TAG_X_RESOLUTION) x = rational(e, at);
        if (tag == TAG_Y_RESOLUTION) y = rational(e, at);
        if (tag == TAG_UNIT && is_short && value == UNIT_CM) unit = 2.54;
        if (tag == TAG_ORIENTATION && is_short && value <= 8) r->orientation = value;
    }
    r->ppi_x = x * unit;
    r->ppi_y = y * unit;
}

void bf_exif_read(const uint8_t *data, size_t len, bf_raster *r)
{
    if (len < 14 || memcmp(data, "Exif\0\0", 6) != 0) return;
    exif e = {data + 6, len - 6, data[6] == 'M'};
    if (memcmp(e.data, "II*\0", 4) != 0 && memcmp(e.data, "MM\0*", 4) != 0) return;
    size_t at = get32(&e, 4);
    if (at <= e.len && e.len - at >= 2) read_directory(&e, at, r);
}
