/* SPDX-License-Identifier: Apache-2.0 */
/* Templates of synthetic persons: the same for the same seed, others for others, readable, and of
 * the size of real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bonafide/bonafide.h"
#include "bonafide/synth.h"

static const uint32_t parts[][2] = {
    {BF_FINGER, BF_RIGHT_INDEX}, {BF_PALM, BF_LEFT_PALM}, {BF_FACE, 0}};

static void repeatable(void **state)
{
    (void)state;
    bf_engine *engine = NULL;
    bf_session *s = NULL;
    bf_synth_people *a = NULL, *b = NULL;
    assert_int_equal(bf_engine_open(NULL, &engine), BF_OK);
    assert_int_equal(bf_session_open(engine, &s), BF_OK);
    assert_int_equal(bf_synth_people_create(s, 7, &a), BF_OK);
    assert_int_equal(bf_synth_people_create(s, 7, &b), BF_OK);
    for (uint32_t i = 0; i < 3; i++) {
        bf_template *one = NULL, *again = NULL, *other = NULL, *parsed = NULL;
        size_t len, len_again, len_other;
        assert_int_equal(bf_synth_people_template(s, a, 5, parts[i][0], parts[i][1], &one), BF_OK);
        assert_int_equal(bf_synth_people_template(s, a, 6, parts[i][0], parts[i][1], &other),
                         BF_OK);
        assert_int_equal(bf_synth_people_template(s, b, 5, parts[i][0], parts[i][1], &again),
                         BF_OK);
        const uint8_t *x = bf_template_bytes(one, &len), *y = bf_template_bytes(again, &len_again);
        const uint8_t *z = bf_template_bytes(other, &len_other);
        assert_int_equal(len, len_again);
        assert_memory_equal(x, y, len);
        assert_true(len != len_other || memcmp(x, z, len) != 0);
        assert_int_equal(bf_template_modality(one), parts[i][0]);
        assert_int_equal(bf_template_position(one), parts[i][1]);
        assert_int_equal(bf_template_parse(s, x, len, &parsed), BF_OK);
        float same, strange;
        assert_int_equal(bf_compare(s, one, again, &same), BF_OK);
        assert_int_equal(bf_compare(s, one, other, &strange), BF_OK);
        assert_true(same > 40 && strange < 30);
        bf_template_free(one);
        bf_template_free(again);
        bf_template_free(other);
        bf_template_free(parsed);
    }
    bf_template *none = NULL;
    assert_int_equal(bf_synth_people_template(s, a, 1, BF_FINGER, 11, &none), BF_EINVAL);
    assert_int_equal(bf_synth_people_template(s, a, 1, BF_PALM, 0, &none), BF_EINVAL);
    bf_synth_people_free(a);
    bf_synth_people_free(b);
    bf_session_free(s);
    bf_engine_free(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(repeatable)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
