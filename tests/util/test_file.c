/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files: exact bytes back, the cap, no memory, permissions by the umask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/failing.h"
#include "util/file.h"

static char dir[] = "/tmp/bonafide-test-XXXXXX";
static char path[64];
static bf_ctx ctx;
static failing memory;

static int setup(void **state)
{
    (void)state;
    ctx.alloc = failing_allocator(&memory);
    bf_arena_init(&ctx.arena, &ctx.alloc);
    if (!mkdtemp(dir)) return 1;
    snprintf(path, sizeof path, "%s/file", dir);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(dir) || memory.live;
}

static void bytes_come_back(void **state)
{
    (void)state;
    static uint8_t data[100000];
    for (size_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)(i * i >> 3);
    static const size_t lens[] = {0, 1, 4096, sizeof data};
    for (size_t i = 0; i < 4; i++) {
        uint8_t *back;
        size_t len;
        assert_int_equal(bf_file_write(&ctx, path, data, lens[i], 0666), BF_OK);
        assert_int_equal(bf_file_read(&ctx, path, lens[i], &back, &len), BF_OK);
        assert_int_equal(len, lens[i]);
        assert_memory_equal(back, data, len);
        bf_file_release(&ctx, back, len);
        if (!lens[i]) continue;
        assert_int_equal(bf_file_read(&ctx, path, lens[i] - 1, &back, &len), BF_ELIMIT);
        memory.fail_at = memory.calls + 1;
        assert_int_equal(bf_file_read(&ctx, path, lens[i], &back, &len), BF_ENOMEM);
        memory.fail_at = 0;
    }
}

static void permissions(void **state)
{
    (void)state;
    struct stat st;
    mode_t old = umask(027);
    unlink(path);
    assert_int_equal(bf_file_write(&ctx, path, (const uint8_t *)"x", 1, 0666), BF_OK);
    umask(old);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
}

static void long_names_keep_the_cause(void **state)
{
    (void)state;
    char name[3000];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    uint8_t *back;
    size_t len;
    assert_int_equal(bf_file_read(&ctx, name, 10, &back, &len), BF_EIO);
    assert_non_null(strstr(ctx.error, ": File name too long"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_back),
        cmocka_unit_test(permissions),
        cmocka_unit_test(long_names_keep_the_cause),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
