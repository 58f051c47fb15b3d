/* SPDX-License-Identifier: Apache-2.0 */
/* Fill the kernel table: scalar first, then up the staircase of what the CPU has. */
#include "kernel/kernel.h"

#include "bonafide/engine.h"
#include "kernel/cpu.h"

void bf_kernels_init(bf_kernels *k, uint32_t mask)
{
    mask &= bf_cpu_mask();
    k->level = "c";
    k->mask = mask;
    k->desc_similarity = bf_desc_similarity_c;
    k->top = bf_top_c;
    k->near = bf_near_c;
    k->pair_fit = bf_pair_fit_c;
    k->pull = bf_pull_c;
    k->grid_cells = bf_grid_cells_c;
    k->dot_i8 = bf_dot_i8_c;
    k->flow_steps = bf_flow_steps_c;
    k->cylinder = bf_cylinder_c;
    k->palm_coarse = bf_palm_coarse_c;
    k->palm_travel = bf_palm_travel_c;
    k->palm_fine = bf_palm_fine_c;
    k->palm_scan = bf_palm_scan_c;
    k->line_filter = bf_line_filter_c;
    k->line_pair = bf_line_pair_c;
    k->vote = bf_vote_c;
#if defined(__x86_64__)
    if (!(mask & BF_KERNEL_AVX2)) return;
    k->level = "avx2";
    k->desc_similarity = bf_desc_similarity_avx2;
    k->top = bf_top_avx2;
    k->near = bf_near_avx2;
    k->pair_fit = bf_pair_fit_avx2;
    k->pull = bf_pull_avx2;
    k->grid_cells = bf_grid_cells_avx2;
    k->dot_i8 = bf_dot_i8_avx2;
    k->flow_steps = bf_flow_steps_avx2;
    k->cylinder = bf_cylinder_avx2;
    k->palm_coarse = bf_palm_coarse_avx2;
    k->palm_travel = bf_palm_travel_avx2;
    k->palm_fine = bf_palm_fine_avx2;
    k->palm_scan = bf_palm_scan_avx2;
    k->line_filter = bf_line_filter_avx2;
    k->line_pair = bf_line_pair_avx2;
    k->vote = bf_vote_avx2;
    if (!(mask & BF_KERNEL_AVX512)) return;
    k->level = "avx512";
    k->desc_similarity = bf_desc_similarity_avx512;
    k->top = bf_top_avx512;
    k->near = bf_near_avx512;
    k->pair_fit = bf_pair_fit_avx512;
    k->pull = bf_pull_avx512;
    k->grid_cells = bf_grid_cells_avx512;
    k->dot_i8 = bf_dot_i8_avx512;
    k->flow_steps = bf_flow_steps_avx512;
    k->cylinder = bf_cylinder_avx512;
    k->palm_coarse = bf_palm_coarse_avx512;
    k->palm_fine = bf_palm_fine_avx512;
    k->palm_scan = bf_palm_scan_avx512;
    k->line_filter = bf_line_filter_avx512;
    k->line_pair = bf_line_pair_avx512;
    k->vote = bf_vote_avx512;
#elif defined(__aarch64__)
    if (!(mask & BF_KERNEL_NEON)) return;
    k->level = "neon";
    k->desc_similarity = bf_desc_similarity_neon;
    k->top = bf_top_neon;
    k->near = bf_near_neon;
    k->pair_fit = bf_pair_fit_neon;
    k->pull = bf_pull_neon;
    k->grid_cells = bf_grid_cells_neon;
    k->dot_i8 = bf_dot_i8_neon;
    k->flow_steps = bf_flow_steps_neon;
    k->cylinder = bf_cylinder_neon;
    k->palm_coarse = bf_palm_coarse_neon;
    k->palm_travel = bf_palm_travel_neon;
    k->palm_fine = bf_palm_fine_neon;
    k->palm_scan = bf_palm_scan_neon;
    k->line_filter = bf_line_filter_neon;
    k->line_pair = bf_line_pair_neon;
    k->vote = bf_vote_neon;
#endif
}
