/* SPDX-License-Identifier: Apache-2.0 */
/* The context: one-line messages, log hook, checked allocation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/failing.h"
#include "util/ctx.h"

static bf_ctx ctx;
static failing memory;

static int setup(void **state)
{
    (void)state;
    memset(&ctx, 0, sizeof ctx);
    memory = (failing){0};
    ctx.alloc = failing_allocator(&memory);
    bf_arena_init(&ctx.arena, &ctx.alloc);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    bf_arena_done(&ctx.arena);
    return memory.live != 0;
}

static void messages_are_one_line(void **state)
{
    (void)state;
    assert_int_equal(bf_ctx_fail(&ctx, BF_EFORMAT, "%s: a\nb\tc\x7f", "x\033[2J"), BF_EFORMAT);
    assert_string_equal(ctx.error, "x?[2J: a?b?c?");
    char longer[2000];
    memset(longer, 'y', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    bf_ctx_fail(&ctx, BF_EIO, "%s", longer);
    assert_int_equal(strlen(ctx.error), BF_ERROR_MAX - 1);
}

static char last_line[BF_ERROR_MAX];
static int32_t last_level;

static void keep_line(void *user, int32_t level, const char *line)
{
    assert_ptr_equal(user, &ctx);
    last_level = level;
    strcpy(last_line, line);
}

static void log_hook(void **state)
{
    (void)state;
    bf_ctx_log(&ctx, 1, "nobody listens");
    ctx.log = keep_line;
    ctx.log_user = &ctx;
    bf_ctx_log(&ctx, 1, "%d\n", 7);
    assert_string_equal(last_line, "7?");
    assert_int_equal(last_level, 1);
}

static void allocation_is_checked_and_zeroed(void **state)
{
    (void)state;
    assert_null(bf_ctx_alloc(&ctx, SIZE_MAX / 2, 3));
    assert_null(bf_ctx_scratch(&ctx, SIZE_MAX / 2, 3));
    uint8_t *p = bf_ctx_alloc(&ctx, 100, 10);
    for (size_t i = 0; i < 1000; i++) assert_int_equal(p[i], 0);
    bf_ctx_release(&ctx, p);
    bf_ctx_release(&ctx, NULL);
    uint8_t *none = bf_ctx_alloc(&ctx, 0, 10);
    assert_non_null(none);
    bf_ctx_release(&ctx, none);
    uint8_t *s = bf_ctx_scratch(&ctx, 100, 10);
    memset(s, 1, 1000);
    bf_arena_reset(&ctx.arena);
    s = bf_ctx_scratch(&ctx, 100, 10);
    for (size_t i = 0; i < 1000; i++) assert_int_equal(s[i], 0);
}

static void wipe(void **state)
{
    (void)state;
    uint8_t secret[40];
    memset(secret, 9, sizeof secret);
    bf_wipe(secret + 1, 38);
    assert_int_equal(secret[0], 9);
    assert_int_equal(secret[39], 9);
    for (size_t i = 1; i < 39; i++) assert_int_equal(secret[i], 0);
    bf_wipe(NULL, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(messages_are_one_line, setup, teardown),
        cmocka_unit_test_setup_teardown(log_hook, setup, teardown),
        cmocka_unit_test_setup_teardown(allocation_is_checked_and_zeroed, setup, teardown),
        cmocka_unit_test(wipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
