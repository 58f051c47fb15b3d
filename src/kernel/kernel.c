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
}
