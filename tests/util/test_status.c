/* SPDX-License-Identifier: Apache-2.0 */
/* Every code has its own name, the header's; unknown ones have the fallback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bonafide/status.h"

static void names_are_the_headers(void **state)
{
    (void)state;
    char path[1024], line[256];
    snprintf(path, sizeof path, "%s/include/bonafide/status.h", getenv("SOURCE_ROOT"));
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    int seen = 0;
    while (fgets(line, sizeof line, f)) {
        char name[64];
        int code = 0;
        if (sscanf(line, "#define %63s (%d)", name, &code) != 2) continue;
        assert_string_equal(bf_status_name(code), name);
        assert_int_equal(code, -++seen); /* numbered without a gap */
    }
    fclose(f);
    assert_true(seen >= 18);
    assert_string_equal(bf_status_name(-seen - 1), "BF_E?");
}

static void edges(void **state)
{
    (void)state;
    assert_string_equal(bf_status_name(BF_OK), "BF_OK");
    assert_string_equal(bf_status_name(1), "BF_E?");
    assert_string_equal(bf_status_name(INT32_MIN), "BF_E?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_the_headers),
        cmocka_unit_test(edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
