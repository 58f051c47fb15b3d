/* SPDX-License-Identifier: Apache-2.0 */
/* What the CPU has, as BF_KERNEL_* bits. */
#ifndef BF_KERNEL_CPU_H
#define BF_KERNEL_CPU_H
#include <stdint.h>

/* AVX512 here means F, BW, VL, DQ and VPOPCNTDQ together, and the system saving its registers. */
uint32_t bf_cpu_mask(void);

#endif
