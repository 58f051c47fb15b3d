/* SPDX-License-Identifier: Apache-2.0 */
/* Ask the CPU through the compiler's own run-time support, which also checks the OS. */
#include "kernel/cpu.h"

#include "bonafide/engine.h"

uint32_t bf_cpu_mask(void)
{
    uint32_t mask = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt")) {
        mask |= BF_KERNEL_AVX2;
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512vpopcntdq") &&
            __builtin_cpu_supports("avx512vnni")) {
            mask |= BF_KERNEL_AVX512;
        }
    }
#elif defined(__aarch64__)
    mask |= BF_KERNEL_NEON;
#endif
    return mask;
}
