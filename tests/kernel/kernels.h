/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels that are checked: one line each, and one file check_<name>.c in meson.build. */
#ifndef BF_TESTS_KERNEL_KERNELS_H
#define BF_TESTS_KERNEL_KERNELS_H
#include "kernel/check.h"

#define CHECKED_KERNELS(KERNEL)                                                                    \
    KERNEL(desc_similarity)                                                                        \
    KERNEL(top)                                                                                    \
    KERNEL(near)                                                                                   \
    KERNEL(pair_fit)                                                                               \
    KERNEL(pull)                                                                                   \
    KERNEL(grid_cells)                                                                             \
    KERNEL(dot_i8)                                                                                 \
    KERNEL(flow_steps)                                                                             \
    KERNEL(cylinder)                                                                               \
    KERNEL(line_filter)                                                                            \
    KERNEL(line_pair)                                                                              \
    KERNEL(palm_coarse)                                                                            \
    KERNEL(palm_travel)                                                                            \
    KERNEL(palm_fine)                                                                              \
    KERNEL(palm_scan)                                                                              \
    KERNEL(vote)

#define DECLARE_CHECK(name)                                                                        \
    int check_##name(check *c, const bf_kernels *ref, const bf_kernels *k);                        \
    void time_##name(check *c, const bf_kernels *k);
CHECKED_KERNELS(DECLARE_CHECK)

#endif
