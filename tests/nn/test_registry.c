/* SPDX-License-Identifier: Apache-2.0 */
/* Listing models, and arguments that break the contract: model.h. */
#include "nn/rig.h"

#include "bonafide/model.h"

static uint32_t built_in(void)
{
    uint32_t n = 0;
    while (bf_nn_pins[n].name) n++;
    return n;
}

static void folder_of_others(void **state)
{
    rig *r = *state;
    uint32_t n = 0;
    bf_model_info info;
    bf_model_info_init(&info);
    /* What is no card is passed over; a damaged card is shown with its name. */
    rig_write(r, "UPPER.toml", "x", 1);
    rig_write(r, "facemesh.toml", "x", 1);
    rig_write(r, ".toml", "x", 1);
    rig_write(r, "notes.txt", "x", 1);
    rig_write(r, "broken.toml", "x", 1);
    assert_int_equal(bf_model_count(r->session, &n), BF_OK);
    assert_int_equal(n, built_in() + 1);
    assert_int_equal(bf_model_get(r->session, n - 1, &info), BF_EMODEL);
    assert_string_equal(info.name, "broken");
    rig_says(r, "broken.toml:1: no '=' after the key");
    for (int i = 0; i < 256; i++) {
        char name[32];
        snprintf(name, sizeof name, "m%d.toml", i);
        rig_write(r, name, "x", 1);
    }
    assert_int_equal(bf_model_count(r->session, &n), BF_ELIMIT);
    rig_says(r, "more than 256 model cards");
}

static void arguments(void **state)
{
    rig *r = *state;
    bf_model_info info = {0};
    uint32_t n;
    assert_int_equal(bf_model_count(NULL, &n), BF_EINVAL);
    assert_int_equal(bf_model_get(r->session, 0, &info), BF_EINVAL); /* not initialised */
    assert_int_equal(bf_model_check(r->session, NULL, &info), BF_EINVAL);
    assert_int_equal(bf_model_add(r->session, NULL, "x", NULL), BF_EINVAL);
    assert_int_equal(bf_model_remove(r->session, NULL), BF_EINVAL);
    assert_int_equal(bf_model_add(r->session, "/nonexistent", "/nonexistent", NULL), BF_ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {RIG_TEST(folder_of_others), RIG_TEST(arguments)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
