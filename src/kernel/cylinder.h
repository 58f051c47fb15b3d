/* SPDX-License-Identifier: Apache-2.0 */
/* The hot loop of making a minutia's descriptor. */
#ifndef BF_KERNEL_CYLINDER_H
#define BF_KERNEL_CYLINDER_H
#include <stddef.h>
#include <stdint.h>

#define BF_CYLINDER_SIDE 8     /* cells a side */
#define BF_CYLINDER_SECTIONS 6 /* of direction */

/* What is the same for all minutiae. */
typedef struct bf_cylinder_rule {
    float pitch;           /* px between cells, whose middle is the minutia */
    float reach;           /* px; a neighbour counts for columns and rows at most this far, */
    float gauss[128];      /* by distance in 1/2 px, nearest; reach < 63 px */
    float level;           /* bits are set above this */
    float section[256][8]; /* share of a neighbour with this direction, in sections 0..5 */
} bf_cylinder_rule;

/* Neighbours in the minutia's frame. */
typedef struct bf_neighbours {
    const float *forward, *left; /* px, below 500 */
    const float *weight;         /* 0..1 */
    const uint8_t *turn;         /* direction less the minutia's, 1/256 turn */
    uint32_t n;
} bf_neighbours;

/* words[s], bit 8 row + column: the sum over the neighbours of weight * gauss(column) * gauss(row)
 * * section[s] exceeds the level. Columns run forward, rows left. */
typedef void bf_cylinder_fn(const bf_cylinder_rule *rule, const bf_neighbours *p, uint64_t *words);

bf_cylinder_fn bf_cylinder_c, bf_cylinder_avx2, bf_cylinder_avx512, bf_cylinder_neon;

#endif
