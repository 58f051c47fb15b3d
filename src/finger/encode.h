/* SPDX-License-Identifier: Apache-2.0 */
/* Template payload of a fingerprint, version 1: see docs/FORMAT.md. */
#ifndef BF_FINGER_ENCODE_H
#define BF_FINGER_ENCODE_H
#include "finger/finger.h"
#include "template/modality.h"

#define BF_FINGER_VERSION 1u
#define BF_GRID_CELL 16   /* px of the stored orientation map */
#define BF_GRID_MAX 250   /* cells a side: 4000 px */
#define BF_GRID_NONE 255u /* no print in this cell */
#define BF_GRID_ANGLES 32 /* orientation steps in pi */

/* A template's payload, decoded. Arena-owned arrays. */
typedef struct bf_fpayload {
    uint32_t w, h; /* px, canonical */
    uint32_t count;
    bf_fminutia *minutiae;
    uint32_t singular_count;
    bf_fsingular *singulars;
    int32_t x0, y0, cols, rows; /* the grid, in cells of 16 px; (x0, y0) its first cell */
    uint8_t *grid;              /* rows x cols: orientation 0..31 or BF_GRID_NONE */
} bf_fpayload;

bf_status bf_finger_encode(bf_ctx *c, const bf_features *r, uint32_t position, bf_bytes *out);
bf_status bf_finger_decode(bf_ctx *c, const uint8_t *data, size_t len, bf_fpayload *out);

#endif
