/* SPDX-License-Identifier: Apache-2.0 */
/* The dot product against its reference. */
#include <string.h>

#include "kernel/check.h"
#include "kernel/kernels.h"

#define TYPICAL 192 /* elements of the default recogniser's embedding */

int check_dot_i8(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    size_t n = check_random(c, 0, 5) ? check_random(c, 0, 700) : BF_DOT_MAX;
    int8_t *a = check_alloc(c, n, 1), *b = check_alloc(c, n, 1);
    if (!check_random(c, 0, 5)) memset(a, 0x80, n);
    if (!check_random(c, 0, 5)) memset(b, 0x80, n);
    int32_t want = ref->dot_i8(a, b, n), got = k->dot_i8(a, b, n);
    check_equal(c, "sum", &want, &got, sizeof want);
    return check_end(c);
}

void time_dot_i8(check *c, const bf_kernels *k)
{
    int8_t *a = check_alloc(c, TYPICAL, 1), *b = check_alloc(c, TYPICAL, 1);
    int32_t sum = 0;
    for (int r = 0; r < c->repeats; r++) {
        a[0] = (int8_t)sum;
        sum += k->dot_i8(a, b, TYPICAL);
    }
    a[0] = (int8_t)sum;
}
