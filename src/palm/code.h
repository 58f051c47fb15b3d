/* SPDX-License-Identifier: Apache-2.0 */
/* The palm code: on which side of zero the answers of line filters lie, at two scales. */
#ifndef BF_PALM_CODE_H
#define BF_PALM_CODE_H
#include "palm/palm.h"

#define BF_PALM_ORIENTATIONS 6
#define BF_PALM_FINE_CELLS 1024  /* 32 x 32, of 4 px */
#define BF_PALM_COARSE_CELLS 256 /* 16 x 16, of 8 px */
#define BF_PALM_VALID 0x3fu      /* mask of a valid cell; 0 otherwise */

/*
 * Cells row by row from the top left. Bit o of a code: the region is lighter than its surroundings
 * along the line through the cell's centre at o / 6 of pi, counter-clockwise from +x. Codes of
 * cells that are not valid are 0.
 */
typedef struct bf_palm_code {
    uint8_t fine[BF_PALM_FINE_CELLS], fine_mask[BF_PALM_FINE_CELLS];
    uint8_t coarse[BF_PALM_COARSE_CELLS], coarse_mask[BF_PALM_COARSE_CELLS];
} bf_palm_code;

#define BF_PALM_REACH 17 /* px, half px: a filter reaches this far from its cell's centre */
#define BF_PALM_ROW 40   /* taps of a filter's row, the last five 0 */

/* The region with its light and contrast evened out, in 1/32 of the local contrast, mirrored
 * outwards by BF_PALM_REACH. */
typedef struct bf_palm_plane {
    int32_t side, stride; /* px, numbers a row */
    int16_t *px;          /* (0, 0) */
} bf_palm_plane;

typedef struct bf_palm_planes {
    bf_palm_plane full, half; /* 128 and 64 a side */
    uint8_t *valid;           /* 128 x 128: 1 where there is hand, and something to see */
} bf_palm_planes;

/* enhance.c. Arena-owned. */
bf_status bf_palm_enhance(bf_ctx *c, const bf_palm_region *r, bf_palm_planes *out);

/* extract.c. @return 0, BF_ENONE (a quarter of the region is not palm, or featureless) */
bf_status bf_palm_extract_code(bf_ctx *c, const bf_palm_region *r, bf_palm_code *out);

/* encode.c: between code and template bytes. @param out  heap, the caller releases */
bf_status bf_palm_encode(bf_ctx *c, const bf_palm_code *code, const bf_template_info *info,
                         uint8_t by, bf_bytes *out);
bf_status bf_palm_decode(bf_ctx *c, const uint8_t *data, size_t len, bf_palm_code *out);

#define BF_PALM_VERSION 1u
#define BF_PALM_TEMPLATE_BYTES 1132u

#endif
