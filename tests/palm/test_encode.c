/* SPDX-License-Identifier: Apache-2.0 */
/* Palm templates: what goes in comes out, and nothing else is accepted. */
#include "palm/made_palm.h"
#include "support/failing.h"
#include "template/template.h"

static bf_engine *engine;
static bf_session *session;

static int setup(void **state)
{
    (void)state;
    return bf_engine_open(NULL, &engine) || bf_session_open(engine, &session);
}

static int teardown(void **state)
{
    (void)state;
    bf_session_free(session);
    bf_engine_free(engine);
    return 0;
}

static bf_palm_region region; /* of the program: 32 kB */

static void draw(uint64_t seed)
{
    made_palm m = {.seed = seed};
    made_region(&m, &region);
}

static void round_trip(void **state)
{
    (void)state;
    bf_ctx *c = bf_session__enter(session);
    bf_palm_code code, back;
    draw(4);
    for (int k = 0; k < 5000; k++) region.valid[k] = 0;
    assert_int_equal(bf_palm_extract_code(c, &region, &code), BF_OK);
    bf_bytes bytes = made_template(c, &region);
    assert_int_equal(bytes.len, BF_PALM_TEMPLATE_BYTES);
    assert_int_equal(bf_palm_decode(c, bytes.data, bytes.len, &back), BF_OK);
    assert_memory_equal(&code, &back, sizeof code);
    assert_int_equal(code.fine_mask[0], 0);
    assert_int_equal(code.fine_mask[1023], BF_PALM_VALID);
    /* about as many bits on either side of zero */
    int ones = 0, valid = 0;
    for (int k = 0; k < BF_PALM_FINE_CELLS; k++) {
        ones += __builtin_popcount(code.fine[k]);
        valid += __builtin_popcount(code.fine_mask[k]);
    }
    assert_in_range(100 * ones / valid, 35, 65);
    bf_ctx_release(c, bytes.data);
}

static bf_status parse(const uint8_t *data, size_t len)
{
    bf_template *t = NULL;
    bf_status st = bf_template_parse(session, data, len, &t);
    assert_true(st == BF_OK ? t != NULL : t == NULL && *bf_session_error(session));
    bf_template_free(t);
    return st;
}

/* A template whose checksum is right but for one changed byte. */
static bf_status changed(const bf_bytes *good, size_t at, uint8_t value, size_t len)
{
    static uint8_t copy[BF_PALM_TEMPLATE_BYTES + 1];
    memset(copy, 0, sizeof copy);
    memcpy(copy, good->data, good->len);
    copy[at] = value;
    bf_template_info info = {copy[2], copy[3], copy[4], copy[5], 0};
    bf_template_seal_header(copy, len, &info);
    return parse(copy, len);
}

static void refuses(void **state)
{
    (void)state;
    draw(6);
    region.valid[0] = 0;
    for (int k = 0; k < 12 * BF_PALM_SIDE; k++) region.valid[k] = 0;
    bf_bytes good = made_template(bf_session__enter(session), &region);
    size_t n = good.len;
    const size_t payload = BF_TEMPLATE_HEADER_BYTES, fine = payload + 2, mask = fine + 768;
    assert_int_equal(parse(good.data, n), BF_OK);
    for (size_t k = 0; k < n; k++) assert_int_not_equal(parse(good.data, k), BF_OK);
    assert_int_equal(changed(&good, fine + 700, 0, n), BF_OK);
    assert_int_equal(changed(&good, 2, BF_FINGER, n), BF_EFORMAT);
    assert_int_equal(changed(&good, 3, 2, n), BF_EVERSION);
    assert_int_equal(changed(&good, 3, 0, n), BF_EVERSION);
    assert_int_equal(changed(&good, payload, 0, n), BF_EFORMAT);
    assert_int_equal(changed(&good, payload, 8, n), BF_EFORMAT);
    assert_int_equal(changed(&good, payload + 1, 1, n), BF_EFORMAT);
    assert_int_equal(changed(&good, fine, 0x80, n), BF_EFORMAT); /* a code where nothing is valid */
    assert_int_equal(changed(&good, mask + 120, 0, n), BF_EFORMAT); /* and the other way round */
    assert_int_equal(changed(&good, 0, 'B', n + 1), BF_EFORMAT);
    assert_int_equal(changed(&good, 0, 'B', n - 1), BF_EFORMAT);
    /* too little palm */
    memset(good.data + fine, 0, n - fine);
    memset(good.data + mask, 0xff, 31);
    assert_int_equal(changed(&good, mask + 31, 0xfe, n), BF_EFORMAT);
    assert_int_equal(changed(&good, mask + 31, 0xff, n), BF_OK);
    bf_ctx_release(bf_session__enter(session), good.data);
}

static bf_status extract(const uint8_t *px, uint32_t w, uint32_t h)
{
    bf_image *image = NULL;
    bf_template *t = NULL;
    bf_extract_opts o;
    bf_extract_opts_init(&o);
    o.modality = BF_PALM;
    o.flags = BF_EXTRACT_REGION;
    assert_int_equal(bf_image_create(session, px, w, h, w, 1, 500, &image), BF_OK);
    bf_status st = bf_template_extract_with(session, image, &o, &t);
    bf_template_free(t);
    bf_image_free(image);
    return st;
}

static void nothing_is_no_palm(void **state)
{
    (void)state;
    static uint8_t px[BF_PALM_SIDE * BF_PALM_SIDE];
    for (int grey = 0; grey < 256; grey += 85) {
        memset(px, grey, sizeof px);
        assert_int_equal(extract(px, BF_PALM_SIDE, BF_PALM_SIDE), BF_ENONE);
    }
    for (int k = 0; k < BF_PALM_SIDE * BF_PALM_SIDE; k++)
        px[k] = (uint8_t)(k % BF_PALM_SIDE / 32 + 90);
    assert_int_equal(extract(px, BF_PALM_SIDE, BF_PALM_SIDE), BF_ENONE);
    draw(2);
    assert_int_equal(extract(region.px, BF_PALM_SIDE, BF_PALM_SIDE), BF_OK);
    assert_int_equal(extract(region.px, 128, 63), BF_ESMALL);
    assert_int_equal(extract(region.px, 128, 64), BF_ENONE);
}

static bf_status whole_way(bf_session *s, const void *arg, failing_result *out)
{
    bf_image *image = NULL;
    bf_template *a = NULL, *b = NULL;
    bf_extract_opts o;
    bf_extract_opts_init(&o);
    o.modality = BF_PALM;
    o.flags = BF_EXTRACT_REGION;
    float score[2];
    bf_status st = bf_image_create(s, arg, 128, 128, 128, 1, 500, &image);
    if (!st) st = bf_template_extract_with(s, image, &o, &a);
    if (!st) {
        size_t len;
        const uint8_t *data = bf_template_bytes(a, &len);
        st = bf_template_parse(s, data, len, &b);
    }
    if (!st) st = bf_compare(s, a, b, &score[0]);
    if (!st) st = bf_compare_at_least(s, a, b, 40, &score[1]);
    if (!st) {
        size_t len;
        const uint8_t *data = bf_template_bytes(a, &len);
        out->len = len + sizeof score;
        out->data = malloc(out->len);
        memcpy(out->data, data, len);
        memcpy(out->data + len, score, sizeof score);
    }
    bf_template_free(b);
    bf_template_free(a);
    bf_image_free(image);
    return st;
}

static void out_of_memory(void **state)
{
    (void)state;
    draw(1);
    assert_true(failing_loop(whole_way, region.px) >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(refuses),
        cmocka_unit_test(nothing_is_no_palm),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
