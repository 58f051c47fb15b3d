/* SPDX-License-Identifier: Apache-2.0 */
/* Scratch memory: alignment, marks, wiping, refusals, no leak. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/failing.h"
#include "util/arena.h"
#include "util/ctx.h"

static void aligned_and_separate(void **state)
{
    (void)state;
    failing f = {0};
    bf_allocator alloc = failing_allocator(&f);
    bf_arena a;
    bf_arena_init(&a, &alloc);
    uint8_t *block[200];
    size_t size[200];
    for (size_t i = 0; i < 200; i++) {
        size[i] = i * i * 7 % 5000;
        block[i] = bf_arena_alloc(&a, size[i]);
        assert_non_null(block[i]);
        assert_int_equal((uintptr_t)block[i] % 64, 0);
        memset(block[i], (int)i, size[i]);
    }
    for (size_t i = 0; i < 200; i++) {
        for (size_t k = 0; k < size[i]; k++) assert_int_equal(block[i][k], i & 255);
    }
    bf_arena_done(&a);
    assert_int_equal(f.live, 0);
}

static void mark_gives_back_and_wipes(void **state)
{
    (void)state;
    failing f = {0};
    bf_allocator alloc = failing_allocator(&f);
    bf_arena a;
    bf_arena_init(&a, &alloc);
    uint8_t *kept = bf_arena_alloc(&a, 100);
    memset(kept, 0xaa, 100);
    bf_arena_mark mark = bf_arena_save(&a);
    uint8_t *dropped = bf_arena_alloc(&a, 1000);
    memset(dropped, 0xbb, 1000);
    size_t live = f.live;
    assert_non_null(bf_arena_alloc(&a, 1 << 20)); /* another chunk */
    assert_true(f.live > live);
    bf_arena_restore(&a, mark);
    assert_int_equal(f.live, live);
    for (size_t i = 0; i < 100; i++) assert_int_equal(kept[i], 0xaa);
    for (size_t i = 0; i < 1000; i++) assert_int_equal(dropped[i], 0);
    assert_ptr_equal(bf_arena_alloc(&a, 1000), dropped);
    bf_arena_done(&a);
    assert_int_equal(f.live, 0);
}

static void reset_keeps_one_chunk(void **state)
{
    (void)state;
    failing f = {0};
    bf_allocator alloc = failing_allocator(&f);
    bf_arena a;
    bf_arena_init(&a, &alloc);
    bf_arena_reset(&a); /* of nothing */
    for (size_t i = 0; i < 300; i++) memset(bf_arena_alloc(&a, 5000), 0xcc, 5000);
    bf_arena_reset(&a);
    assert_int_equal(f.live, 1);
    size_t calls = f.calls;
    uint8_t *again = bf_arena_alloc(&a, 5000);
    assert_int_equal(f.calls, calls);
    for (size_t i = 0; i < 5000; i++) assert_int_equal(again[i], 0);
    bf_arena_alloc(&a, (size_t)65 << 20);
    bf_arena_reset(&a); /* too large to keep */
    assert_int_equal(f.live, 0);
    bf_arena_done(&a);
}

static void refusals(void **state)
{
    (void)state;
    failing f = {0};
    bf_allocator alloc = failing_allocator(&f);
    bf_arena a;
    bf_arena_init(&a, &alloc);
    assert_null(bf_arena_alloc(&a, SIZE_MAX));
    assert_null(bf_arena_alloc(&a, SIZE_MAX / 2));
    assert_int_equal(f.calls, 0);
    f.fail_at = 1;
    assert_null(bf_arena_alloc(&a, 10));
    assert_non_null(bf_arena_alloc(&a, 10)); /* the next call works again */
    bf_arena_done(&a);
    assert_int_equal(f.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligned_and_separate),
        cmocka_unit_test(mark_gives_back_and_wipes),
        cmocka_unit_test(reset_keeps_one_chunk),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
