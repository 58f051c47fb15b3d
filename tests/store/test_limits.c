/* SPDX-License-Identifier: Apache-2.0 */
/* Limits that LIMITS.md states, and an import that asks for more than a field can mean. */
#include "store/fixture.h"

#include "store/parcel.h"
#include "vault/pack.h"

static fixture f;

static int make(void **state)
{
    (void)state;
    fixture_make(&f);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    fixture_drop(&f);
    return 0;
}

static void so_many_galleries(void **state)
{
    (void)state;
    bf_galleries g = {0};
    char name[32];
    bf_status st = BF_OK;
    assert_int_equal(bf_store__begin(&f.c, f.st, 1), BF_OK);
    while (!st && g.count <= BF_GALLERIES_MAX) {
        snprintf(name, sizeof name, "g-%zu", g.count);
        st = bf_galleries__add(&f.c, f.st, &g, name, NULL, 0);
    }
    bf_store__rollback(&f.c, f.st);
    assert_int_equal(st, BF_ELIMIT);
    assert_int_equal(g.count, BF_GALLERIES_MAX);
    bf_galleries__free(&f.c, &g);
}

/* One person, one encounter of that time, one sample of one byte. */
static bf_status parse_with_time(uint64_t time_s)
{
    uint8_t data[128];
    bf_packer p = {data, 0, sizeof data, 0};
    bf_parcel parcel;
    bf_pack_u8(&p, 1);
    bf_pack_text(&p, "P-1");
    bf_pack_u32(&p, 1);
    bf_pack_text(&p, "e-1");
    bf_pack_u64(&p, time_s);
    bf_pack_u16(&p, 0);
    bf_pack_u8(&p, 1);
    bf_pack_uint(&p, 0x320201, 3);
    bf_pack_u32(&p, 1);
    bf_pack_u8(&p, 7);
    bf_pack_u32(&p, 0);
    assert_false(p.bad);
    bf_arena_reset(&f.c.arena);
    return bf_parcel__parse(&f.c, "export", data, p.len, &parcel);
}

/* Ages are differences of times. */
static void times_that_cannot_be(void **state)
{
    (void)state;
    assert_int_equal(parse_with_time(0), BF_OK);
    assert_int_equal(parse_with_time(1700000000), BF_OK);
    assert_int_equal(parse_with_time(253402300800), BF_EFORMAT);
    assert_int_equal(parse_with_time((uint64_t)INT64_MAX), BF_EFORMAT);
    assert_int_equal(parse_with_time((uint64_t)INT64_MIN), BF_EFORMAT);
    assert_int_equal(parse_with_time(UINT64_MAX), BF_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(so_many_galleries),
        cmocka_unit_test(times_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
