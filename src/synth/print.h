/* SPDX-License-Identifier: Apache-2.0 */
/* What extraction would find on the print of a finger that never was: flow and minutiae, drawn
 * without a picture. */
#ifndef BF_SYNTH_PRINT_H
#define BF_SYNTH_PRINT_H
#include "synth/synth.h"

#define BF_SYNTH_CELL 8 /* px of the flow */
#define BF_SYNTH_PRINT_MINUTIAE 128

typedef struct bf_synth_dot {
    float x, y;    /* px */
    uint8_t angle; /* direction, 1/256 turn */
    uint8_t type, quality;
} bf_synth_dot;

typedef struct bf_synth_print {
    int32_t w, h;       /* px */
    int32_t cols, rows; /* of the flow */
    float *cos2, *sin2; /* doubled orientation; arena */
    uint8_t *mask;      /* 1: print; arena */
    bf_synth_dot dots[BF_SYNTH_PRINT_MINUTIAE];
    uint32_t dot_count;
} bf_synth_print;

/* The same seed gives the same print on every machine. */
bf_status bf_synth__print(bf_ctx *c, uint64_t seed, bf_synth_print *out);

#endif
