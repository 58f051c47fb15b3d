/* SPDX-License-Identifier: Apache-2.0 */
/* Scalar reference of the dot product: this defines the answer. */
#include "kernel/dot.h"

int32_t bf_dot_i8_c(const int8_t *a, const int8_t *b, size_t n)
{
    int32_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}
