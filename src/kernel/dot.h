/* SPDX-License-Identifier: Apache-2.0 */
/* Dot product of signed bytes: the comparison of two embeddings. */
#ifndef BF_KERNEL_DOT_H
#define BF_KERNEL_DOT_H
#include <stddef.h>
#include <stdint.h>

#define BF_DOT_MAX 65536u /* elements: the sum stays within 32 bits whatever they are */

/* Sum of a[i] * b[i], exact. n: 0..BF_DOT_MAX; any alignment. */
typedef int32_t bf_dot_i8_fn(const int8_t *a, const int8_t *b, size_t n);

bf_dot_i8_fn bf_dot_i8_c, bf_dot_i8_avx2, bf_dot_i8_avx512, bf_dot_i8_neon;

#endif
