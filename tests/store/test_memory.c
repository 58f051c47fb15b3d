/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory refused at the first allocation, the second, the third...: each call says so, harms
 * nothing and gives back what it took.
 */
#include "store/fixture.h"
#include "support/failing.h"

static fixture f;
static failing memory;

static int make(void **state)
{
    (void)state;
    fixture_make(&f);
    for (uint32_t i = 0; i < 4; i++) {
        char person[16];
        snprintf(person, sizeof person, "P-%u", i);
        assert_int_equal(fake_enroll(&f, person, "e1", "staff", i, 2, 1), BF_OK);
    }
    fixture_close(&f);
    bf_arena_done(&f.c.arena);
    f.c.alloc = failing_allocator(&memory);
    bf_arena_init(&f.c.arena, &f.c.alloc);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    fixture_drop(&f);
    return 0;
}

typedef bf_status (*work)(void);

static bf_status work_open(void)
{
    return fixture_open(&f);
}

static bf_status work_load(void)
{
    size_t samples;
    BF_TRY(fixture_open(&f));
    return load_all(&f, NULL, &samples);
}

static bf_status work_check(void)
{
    BF_TRY(fixture_open(&f));
    return check_all(&f, NULL);
}

static bf_status work_enroll(void)
{
    BF_TRY(fixture_open(&f));
    return fake_enroll(&f, "P-new", "e1", "guests", 77, 2, 1);
}

static bf_status work_delete(void)
{
    BF_TRY(fixture_open(&f));
    bf_arena_reset(&f.c.arena);
    bf_status st = bf_store__delete(&f.c, f.st, "P-3", NULL);
    /* Gone already, by a run that failed only afterwards. */
    return st == BF_ENOENT || st == BF_EPENDING ? BF_OK : st;
}

static bf_status work_rotate(void)
{
    BF_TRY(fixture_open(&f));
    bf_arena_reset(&f.c.arena);
    bf_status st = bf_store__rotate(&f.c, f.st);
    return st == BF_EPENDING ? BF_OK : st;
}

static void loop(work todo)
{
    size_t n = 0;
    bf_status st;
    do {
        n++;
        memory.calls = 0;
        memory.fail_at = n;
        st = todo();
        if (st && st != BF_ENOMEM) fail_msg("call %zu: %d %s", n, st, f.c.error);
        int failed = memory.calls >= n;
        fixture_close(&f);
        bf_arena_done(&f.c.arena);
        if (memory.live) fail_msg("call %zu: %zu allocations not given back", n, memory.live);
        memory.fail_at = 0;
        if (fixture_open(&f)) fail_msg("call %zu: %s", n, f.c.error);
        if (check_all(&f, NULL)) fail_msg("call %zu: %s", n, f.c.error);
        for (int i = 0; i < 3; i++) {
            char person[16];
            snprintf(person, sizeof person, "P-%d", i);
            assert_int_equal(count_samples(&f, person), 2);
        }
        fixture_close(&f);
        bf_arena_done(&f.c.arena);
        if (!failed) break;
    } while (1);
    assert_int_equal(st, BF_OK);
    assert_true(n > 3);
}

static void at_every_allocation(void **state)
{
    (void)state;
    loop(work_open);
    loop(work_load);
    loop(work_check);
    loop(work_enroll);
    loop(work_delete);
    loop(work_rotate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(at_every_allocation)};
    return cmocka_run_group_tests(tests, make, drop);
}
