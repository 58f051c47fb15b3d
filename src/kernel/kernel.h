/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of hot loops. Filled once at engine open with the scalar references, which define the
 * answers, and then with what the CPU has, level by level.
 */
#ifndef BF_KERNEL_KERNEL_H
#define BF_KERNEL_KERNEL_H
#include <stdint.h>

#include "kernel/cylinder.h"
#include "kernel/dot.h"
#include "kernel/line.h"
#include "kernel/match.h"
#include "kernel/palm.h"
#include "kernel/vote.h"

typedef struct bf_kernels {
    const char *level; /* "c", "avx2", "avx512", "neon"; static */
    uint32_t mask;     /* BF_KERNEL_* in use */
    bf_desc_similarity_fn *desc_similarity;
    bf_top_fn *top;
    bf_near_fn *near;
    bf_pair_fit_fn *pair_fit;
    bf_pull_fn *pull;
    bf_grid_cells_fn *grid_cells;
    bf_dot_i8_fn *dot_i8;
    bf_flow_steps_fn *flow_steps;
    bf_cylinder_fn *cylinder;
    bf_palm_coarse_fn *palm_coarse;
    bf_palm_travel_fn *palm_travel;
    bf_palm_fine_fn *palm_fine;
    bf_palm_scan_fn *palm_scan;
    bf_line_filter_fn *line_filter;
    bf_line_pair_fn *line_pair;
    bf_vote_fn *vote;
} bf_kernels;

/* Fill the table. mask: BF_KERNEL_* that may be used, intersected with what the CPU has. */
void bf_kernels_init(bf_kernels *k, uint32_t mask);

#endif
