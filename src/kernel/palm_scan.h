/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fast stage of a palm search: coarse cells as bit planes, one palm against many.
 *
 * A code of 256 bytes, 32 words of 64 bits, bit 16 (y % 4) + x of word y / 4 for cell (x, y):
 *
 *      0..23  six planes of four words: bit o of the cells
 *     24..27  cells that are palm; elsewhere the planes are 0
 *     28..31  0
 */
#ifndef BF_KERNEL_PALM_SCAN_H
#define BF_KERNEL_PALM_SCAN_H
#include <stddef.h>
#include <stdint.h>

#define BF_PALM_SCAN_WORDS 32u
#define BF_PALM_SCAN_BYTES 256u
#define BF_PALM_SCAN_REACH 3 /* cells: largest shift */
#define BF_PALM_SCAN_SHIFTS 49u

/* The palm that is looked for, at every shift; of the mask two copies: words 24..31. */
typedef struct bf_palm_scan_probe {
    uint64_t shift[BF_PALM_SCAN_SHIFTS][BF_PALM_SCAN_WORDS];
} bf_palm_scan_probe;

/* out[k]: at the shift where it is largest, bits valid in the probe and in the code at
 * codes + 8 * at[k] less twice those that differ. */
typedef void bf_palm_scan_fn(const bf_palm_scan_probe *probe, const uint8_t *codes,
                             const uint32_t *at, size_t count, int32_t *out);

bf_palm_scan_fn bf_palm_scan_c, bf_palm_scan_avx2, bf_palm_scan_avx512;

#endif
