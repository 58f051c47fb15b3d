/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Palm code to template bytes and back. After the common header (template/template.h):
 *
 *    0    1  how the region was found: 1 given, 2 contour, 4 landmarks (sum of those)
 *    1    1  0
 *    2  768  fine codes, 32 x 32 cells row by row, 6 bits each, most significant first: bit o of
 * the cell's value is orientation o / 6 of pi 770  128  fine cells that are valid, one bit each,
 * most significant first 898  192  coarse codes, 16 x 16 cells, as above 1090   32  coarse cells
 * that are valid 1122
 *
 * Codes of cells that are not valid are 0.
 */
#include "palm/code.h"
#include "palm/code_params.h"
#include "template/template.h"

#define AT_FINE (BF_TEMPLATE_HEADER_BYTES + 2u)
#define AT_FINE_MASK (AT_FINE + BF_PALM_FINE_CELLS * 6u / 8u)
#define AT_COARSE (AT_FINE_MASK + BF_PALM_FINE_CELLS / 8u)
#define AT_COARSE_MASK (AT_COARSE + BF_PALM_COARSE_CELLS * 6u / 8u)
_Static_assert(AT_COARSE_MASK + BF_PALM_COARSE_CELLS / 8u == BF_PALM_TEMPLATE_BYTES,
               "template length");

static void put_codes(const uint8_t *code, size_t cells, uint8_t *out)
{
    for (size_t k = 0; k < cells; k += 4, out += 3) {
        uint32_t v = (uint32_t)code[k] << 18 | (uint32_t)code[k + 1] << 12 |
                     (uint32_t)code[k + 2] << 6 | code[k + 3];
        out[0] = (uint8_t)(v >> 16);
        out[1] = (uint8_t)(v >> 8);
        out[2] = (uint8_t)v;
    }
}

static void put_mask(const uint8_t *mask, size_t cells, uint8_t *out)
{
    for (size_t k = 0; k < cells; k++) {
        if (mask[k]) out[k / 8] |= (uint8_t)(0x80u >> k % 8);
    }
}

/* @return whether every cell that is not valid has code 0 */
static int get_cells(const uint8_t *codes, const uint8_t *masks, size_t cells, uint8_t *code,
                     uint8_t *mask, uint32_t *valid)
{
    uint32_t stray = 0;
    *valid = 0;
    for (size_t k = 0; k < cells; k += 4, codes += 3) {
        uint32_t v = (uint32_t)codes[0] << 16 | (uint32_t)codes[1] << 8 | codes[2];
        for (size_t i = 0; i < 4; i++) {
            uint32_t bit = (uint32_t)masks[(k + i) / 8] >> (7 - (k + i) % 8) & 1u;
            mask[k + i] = bit ? BF_PALM_VALID : 0;
            code[k + i] = (uint8_t)(v >> (18 - 6 * i) & 0x3fu);
            stray |= code[k + i] & ~(uint32_t)mask[k + i];
            *valid += bit;
        }
    }
    return !stray;
}

bf_status bf_palm_encode(bf_ctx *c, const bf_palm_code *code, const bf_template_info *info,
                         uint8_t by, bf_bytes *out)
{
    uint8_t *data = bf_ctx_alloc(c, BF_PALM_TEMPLATE_BYTES, 1);
    if (!data) BF_FAIL_NOMEM(c);
    data[BF_TEMPLATE_HEADER_BYTES] = by;
    put_codes(code->fine, BF_PALM_FINE_CELLS, data + AT_FINE);
    put_mask(code->fine_mask, BF_PALM_FINE_CELLS, data + AT_FINE_MASK);
    put_codes(code->coarse, BF_PALM_COARSE_CELLS, data + AT_COARSE);
    put_mask(code->coarse_mask, BF_PALM_COARSE_CELLS, data + AT_COARSE_MASK);
    bf_template_seal_header(data, BF_PALM_TEMPLATE_BYTES, info);
    *out = (bf_bytes){data, BF_PALM_TEMPLATE_BYTES};
    return BF_OK;
}

bf_status bf_palm_decode(bf_ctx *c, const uint8_t *data, size_t len, bf_palm_code *out)
{
    bf_template_info info;
    BF_TRY(bf_template_read_header(c, data, len, &info));
    if (info.modality != BF_PALM) BF_FAIL(c, BF_EMODALITY, "not a palm template");
    if (info.version != BF_PALM_VERSION) {
        BF_FAIL(c, BF_EVERSION, "palm template of version %u, this is version %u", info.version,
                BF_PALM_VERSION);
    }
    if (len != BF_PALM_TEMPLATE_BYTES) {
        BF_FAIL(c, BF_EFORMAT, "palm template of %zu bytes, not %u", len, BF_PALM_TEMPLATE_BYTES);
    }
    uint8_t by = data[BF_TEMPLATE_HEADER_BYTES];
    if (!by || by > 7 || data[BF_TEMPLATE_HEADER_BYTES + 1]) {
        BF_FAIL(c, BF_EFORMAT, "damaged palm template: unused value");
    }
    uint32_t fine, coarse;
    int clean = get_cells(data + AT_FINE, data + AT_FINE_MASK, BF_PALM_FINE_CELLS, out->fine,
                          out->fine_mask, &fine) &
                get_cells(data + AT_COARSE, data + AT_COARSE_MASK, BF_PALM_COARSE_CELLS,
                          out->coarse, out->coarse_mask, &coarse);
    if (!clean) BF_FAIL(c, BF_EFORMAT, "damaged palm template: code in a masked cell");
    if (fine < PARAM_CELLS_MIN) {
        BF_FAIL(c, BF_EFORMAT, "damaged palm template: %u valid cells", fine);
    }
    return BF_OK;
}
