/* SPDX-License-Identifier: Apache-2.0 */
/* Growing a finger and taking an impression with an allocator that fails at call 1, 2, 3... */
#include "setup.h"
#include "support/failing.h"

static void keep(failing_result *out, const void *data, size_t len)
{
    free(out->data);
    out->data = malloc(len);
    assert_non_null(out->data);
    memcpy(out->data, data, len);
    out->len = len;
}

static bf_status grow_work(bf_session *s, const void *arg, failing_result *out)
{
    (void)arg;
    bf_synth_finger *f = NULL;
    BF_TRY(bf_synth_finger_create(s, NULL, &f));
    keep(out, f->relief, sizeof f->relief);
    bf_synth_finger_free(f);
    return BF_OK;
}

static bf_status touch_work(bf_session *s, const void *finger, failing_result *out)
{
    bf_synth_impression *i = NULL;
    BF_TRY(bf_synth_impression_create(s, finger, NULL, &i));
    keep(out, bf_image_pixels(i->image), (size_t)i->image->w * i->image->h);
    bf_synth_impression_free(i);
    return BF_OK;
}

static void growing(void **state)
{
    (void)state;
    assert_true(failing_loop(grow_work, NULL) >= 5);
}

static void touching(void **state)
{
    (void)state;
    rig g = rig_open();
    bf_synth_finger *f = rig_finger(&g, 1, BF_SYNTH_NATURAL);
    assert_true(failing_loop(touch_work, f) >= 4);
    bf_synth_finger_free(f);
    rig_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(growing), cmocka_unit_test(touching)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
