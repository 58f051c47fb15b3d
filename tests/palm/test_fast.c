/* SPDX-License-Identifier: Apache-2.0 */
/* The fast stage of palms: every kernel level gives the same, and it is what the definition says;
 * a palm that was moved is found among others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bonafide/engine.h"
#include "kernel/kernel.h"
#include "palm/compare.h"
#include "palm/fast.h"

#define COUNT 33u

static uint32_t state = 3;

static uint8_t draw(void)
{
    state = state * 1664525u + 1013904223u;
    return (uint8_t)(state >> 24);
}

/* Random cells, one in eight not valid. */
static void make(bf_pprepared *p)
{
    memset(p, 0, sizeof *p);
    for (int32_t y = 0; y < BF_PALM_COARSE; y++) {
        for (int32_t x = 0; x < BF_PALM_COARSE; x++) {
            int32_t at = BF_PALM_COARSE_AT(x, y);
            if (draw() < 32) continue;
            p->coarse.mask[at] = BF_PALM_VALID;
            p->coarse.code[at] = draw() & BF_PALM_VALID;
        }
    }
}

static void move(const bf_pprepared *from, int32_t dx, int32_t dy, bf_pprepared *to)
{
    memset(to, 0, sizeof *to);
    for (int32_t y = 0; y < BF_PALM_COARSE; y++) {
        for (int32_t x = 0; x < BF_PALM_COARSE; x++) {
            int32_t u = x - dx, v = y - dy;
            if (u < 0 || v < 0 || u >= BF_PALM_COARSE || v >= BF_PALM_COARSE) continue;
            to->coarse.mask[BF_PALM_COARSE_AT(x, y)] = from->coarse.mask[BF_PALM_COARSE_AT(u, v)];
            to->coarse.code[BF_PALM_COARSE_AT(x, y)] = from->coarse.code[BF_PALM_COARSE_AT(u, v)];
        }
    }
}

/* As kernel/palm_scan.h defines it, cell by cell. */
static int32_t defined(const bf_pprepared *a, const bf_pprepared *b)
{
    int32_t best = INT32_MIN;
    for (int32_t dy = -3; dy <= 3; dy++) {
        for (int32_t dx = -3; dx <= 3; dx++) {
            bf_pprepared moved;
            int32_t sum = 0;
            move(a, dx, dy, &moved);
            for (int32_t i = 0; i < BF_PALM_COARSE_ROWS * BF_PALM_COARSE_STRIDE; i++) {
                uint8_t valid = moved.coarse.mask[i] & b->coarse.mask[i];
                uint8_t differ = (uint8_t)((moved.coarse.code[i] ^ b->coarse.code[i]) & valid);
                sum += __builtin_popcount(valid) - 2 * __builtin_popcount(differ);
            }
            best = sum > best ? sum : best;
        }
    }
    return best;
}

static void agrees(void **unused)
{
    (void)unused;
    static bf_pprepared person[COUNT], probe;
    _Alignas(64) static uint8_t codes[COUNT][BF_PALM_SCAN_BYTES], one[BF_PALM_SCAN_BYTES];
    static const uint32_t masks[] = {0, BF_KERNEL_AVX2, BF_KERNEL_ALL};
    bf_palm_scan_probe *p = aligned_alloc(64, (sizeof *p + 63) / 64 * 64);
    uint32_t at[COUNT];
    int32_t out[COUNT];
    size_t len;
    assert_non_null(p);
    assert_true(bf_palm_fast.probe_bytes == sizeof *p);
    for (uint32_t i = 0; i < COUNT; i++) {
        make(&person[i]);
        assert_int_equal(bf_palm_fast.encode(NULL, &person[i], codes[i], &len), BF_OK);
        assert_true(bf_palm_fast.is_code(codes[i], len) && len % 8 == 0);
        assert_false(bf_palm_fast.is_code(codes[i], len - 8));
        at[i] = i * BF_PALM_SCAN_BYTES / 8;
    }
    move(&person[7], 2, -3, &probe);
    assert_int_equal(bf_palm_fast.encode(NULL, &probe, one, &len), BF_OK);
    bf_palm_fast.make_probe(one, p);
    for (uint32_t m = 0; m < sizeof masks / sizeof masks[0]; m++) {
        bf_kernels kern;
        bf_kernels_init(&kern, masks[m]);
        bf_palm_fast.scan(&kern, p, codes[0], at, COUNT, out);
        for (uint32_t i = 0; i < COUNT; i++) {
            assert_int_equal(out[i], defined(&probe, &person[i]));
            if (i != 7) assert_true(out[i] < out[7]);
        }
    }
    one[250] = 1;
    assert_false(bf_palm_fast.is_code(one, BF_PALM_SCAN_BYTES));
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
