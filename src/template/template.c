/* SPDX-License-Identifier: Apache-2.0 */
/* The header all our templates share: see template.h. */
#include "template/template.h"

/* CRC-16/CCITT, four bits at a time. */
static uint16_t crc16(uint16_t crc, const uint8_t *data, size_t len)
{
    static const uint16_t step[16] = {0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5,
                                      0x60c6, 0x70e7, 0x8108, 0x9129, 0xa14a, 0xb16b,
                                      0xc18c, 0xd1ad, 0xe1ce, 0xf1ef};
    for (size_t i = 0; i < len; i++) {
        crc = (uint16_t)(crc << 4 ^ step[(crc >> 12 ^ data[i] >> 4) & 15]);
        crc = (uint16_t)(crc << 4 ^ step[(crc >> 12 ^ data[i]) & 15]);
    }
    return crc;
}

static uint16_t template_crc(const uint8_t *data, size_t len)
{
    uint16_t crc = crc16(0xffff, data, 8);
    return crc16(crc, data + BF_TEMPLATE_HEADER_BYTES, len - BF_TEMPLATE_HEADER_BYTES);
}

void bf_template_seal_header(uint8_t *data, size_t len, const bf_template_info *info)
{
    data[0] = 'B';
    data[1] = 'F';
    data[2] = info->modality;
    data[3] = info->version;
    data[4] = info->position;
    data[5] = info->quality;
    data[6] = (uint8_t)(info->reasons >> 8);
    data[7] = (uint8_t)info->reasons;
    uint16_t crc = template_crc(data, len);
    data[8] = (uint8_t)(crc >> 8);
    data[9] = (uint8_t)crc;
}

bf_status bf_template_read_header(bf_ctx *c, const uint8_t *data, size_t len, bf_template_info *out)
{
    if (len < BF_TEMPLATE_HEADER_BYTES || data[0] != 'B' || data[1] != 'F') {
        BF_FAIL(c, BF_EFORMAT, "not a Bonafide template");
    }
    if (len > BF_TEMPLATE_MAX_BYTES) BF_FAIL(c, BF_EFORMAT, "template too long: %zu bytes", len);
    if (template_crc(data, len) != (uint16_t)(data[8] << 8 | data[9])) {
        BF_FAIL(c, BF_EFORMAT, "damaged template: checksum does not match");
    }
    bf_template_info info = {data[2], data[3], data[4], data[5],
                             (uint16_t)(data[6] << 8 | data[7])};
    if (info.quality > 100) BF_FAIL(c, BF_EFORMAT, "damaged template: quality %u", info.quality);
    *out = info;
    return BF_OK;
}
