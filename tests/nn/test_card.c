/* SPDX-License-Identifier: Apache-2.0 */
/* Model cards: every key, every way to be wrong, and the way back to text. */
#include "nn/rig.h"

static const char card[] = "name = \"mine\"\n"
                           "kind = \"face-recogniser\"\n"
                           "licence = \"CC0\"\n"
                           "origin = \"made \\\\ by \\\"a\\\" test, \xc3\xa9\"\n"
                           "width_px = 112\n"
                           "height_px = 96\n"
                           "mean = [127.5, 1, -2.25]\n"
                           "scale = [0.0078125, 1.0e-3, 1]\n"
                           "order = \"bgr\"\n"
                           "layout = \"nhwc\"\n"
                           "dimension = 512\n"
                           "normalised = true\n"
                           "calibration = [[-0.25, 0], [0.5, 30.5], [0.75, 30.5]]\n"
                           "extrapolated_from = 30\n";

static bf_status parse(rig *r, const char *text, size_t len, bf_nn_card *out)
{
    /* A block of its own, so that a read beyond the end is seen. */
    uint8_t *copy = malloc(len ? len : 1);
    memcpy(copy, text, len);
    bf_status st = bf_nn__card_parse(bf_session__enter(r->session), "card.toml", copy, len, out);
    free(copy);
    return st;
}

static void every_key(void **state)
{
    bf_nn_card got, again;
    char text[4096];
    assert_int_equal(parse(*state, card, sizeof card - 1, &got), BF_OK);
    assert_string_equal(got.name, "mine");
    assert_string_equal(got.licence, "CC0");
    assert_string_equal(got.origin, "made \\ by \"a\" test, \xc3\xa9");
    assert_string_equal(got.sha256, "");
    assert_int_equal(got.kind, BF_NN_KIND_FACE_RECOGNISER);
    assert_true(got.input.w == 112 && got.input.h == 96 && got.input.channels == 3);
    assert_true(got.input.order == BF_NN_BGR && got.input.layout == BF_NN_NHWC);
    assert_true(got.input.mean[0] == 127.5f && got.input.mean[2] == -2.25f);
    assert_true(got.input.scale[0] == 0.0078125f && got.input.scale[1] == 0.001f);
    assert_int_equal(got.dimension, 512);
    assert_int_equal(got.normalised, 1);
    assert_int_equal(got.points, 3);
    assert_true(got.calibration[0][0] == -0.25f && got.calibration[2][1] == 30.5f);
    assert_true(got.extrapolated_from == 30.0f);

    size_t len = bf_nn__card_write(&got, text, sizeof text);
    assert_int_equal(len, strlen(text));
    assert_int_equal(parse(*state, text, len, &again), BF_OK);
    assert_memory_equal(&got, &again, sizeof got);
    for (size_t cap = 1; cap <= len; cap++) assert_int_equal(bf_nn__card_write(&got, text, cap), 0);
}

static void as_people_write(void **state)
{
    bf_nn_card got;
    static const char text[] = "\n# first\n\tname=\"a\"   # why\r\nkind = \"other\"\n\n"
                               "licence   =   \"#no comment\"\norigin = \"o\"";
    assert_int_equal(parse(*state, text, sizeof text - 1, &got), BF_OK);
    assert_string_equal(got.licence, "#no comment");
    assert_int_equal(got.kind, BF_NN_KIND_OTHER);
    static const char arrays[] = "mean = [ # c\n 1 , 2,\n\n3 ,\n]";
    char whole[1200];
    const char *at = strstr(card, "mean");
    snprintf(whole, sizeof whole, "%.*s%s%s", (int)(at - card), card, arrays, strchr(at, '\n'));
    assert_int_equal(parse(*state, whole, strlen(whole), &got), BF_OK);
    assert_true(got.input.mean[1] == 2.0f && got.input.mean[2] == 3.0f);
}

/* A card with one part replaced, and what is said of it. */
static void refused(void **state)
{
    rig *r = *state;
    static const struct {
        const char *from, *to, *says;
    } cases[] = {
        {"name = \"mine\"\n", "", "card.toml: name is missing"},
        {"dimension = 512\n", "", "card.toml: dimension is missing"},
        {"\"face-recogniser\"", "\"other\"", "width_px is for a \"face-recogniser\""},
        {"\"face-recogniser\"", "\"palm\"", "neither \"other\" nor \"face-recogniser\""},
        {"width_px", "colour", "card.toml:5: colour is no key of a model card"},
        {"height_px", "width_px", "card.toml:6: a key that was there before"},
        {"= 112", "= 8", "width_px is not a whole number of 16..1024"},
        {"= 112", "= 112.5", "width_px is not a whole number"},
        {"= 112", "= \"112\"", "width_px is not a whole number"},
        {"= 112", "= 1e99", "large exponent"},
        {"= 112", "= 1234567890123456789", "more than 18 digits"},
        {"= 112", "= 1__2", "malformed number"},
        {"= 112", "= .5", "no string, number"},
        {"= 112", "= 5.", "malformed number"},
        {"= 112", "= nan", "no string, number"},
        {"= 112", "= 0x10", "more on the line"},
        {"= 112", "112", "no '=' after the key"},
        {"= 112", "= ", "no string, number"},
        {"-2.25]", "-2.25", "an array without ',' or ']'"},
        {"-2.25]", "-2.25, 4]", "not an array of three numbers"},
        {"[127.5, 1", "[127.5, [1]", "malformed number"},
        {"-2.25", "1e7", "beyond a million"},
        {"\"bgr\"", "\"grb\"", "neither \"rgb\" nor \"bgr\""},
        {"\"bgr\"", "\"bgr", "without its closing quote"},
        {"\"bgr\"", "\"b\\u0067r\"", "an escape other than"},
        {"\"bgr\"", "'bgr'", "no string, number"},
        {"\"CC0\"", "\"\"", "licence is empty or too long"},
        {"\"CC0\"", "\"a\\nb\"", "licence is more than one line"},
        {"\"CC0\"", "\"\x01\"", "control character"},
        {"\"CC0\"", "\"\xc3\"", "not UTF-8 text"},
        {"\"CC0\"", "\"\xed\xa0\x80\"", "not UTF-8 text"},
        {"\"CC0\"", "\"\xc0\xaf\"", "not UTF-8 text"},
        {"true", "True", "no string, number, true, false"},
        {"true", "1", "normalised is neither true nor false"},
        {"[0.75, 30.5]", "[0.5, 30.5]", "calibration does not ascend"},
        {"[0.75, 30.5]", "[0.75, 30.4]", "calibration does not ascend"},
        {"[0.75, 30.5]", "[0.75]", "rows of different lengths"},
        {"[0.75, 30.5]", "7", "an array of mixed elements"},
        {", [0.5, 30.5], [0.75, 30.5]]", "]", "2..64 pairs"},
        {"= 30\n", "= -1\n", "not a score"},
        {"= 30\n", "= 30\nsha256 = \"12\"\n", "not 64 hexadecimal digits"},
        {"= 30\n", "= 30\n[table]\n", "no key: expected 'key = value'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[1200];
        bf_nn_card got;
        const char *at = strstr(card, cases[i].from);
        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - card), card, cases[i].to,
                 at + strlen(cases[i].from));
        assert_int_equal(parse(r, text, strlen(text), &got), BF_EFORMAT);
        rig_says(r, cases[i].says);
    }
}

static void limits(void **state)
{
    rig *r = *state;
    bf_nn_card got;
    char *text = malloc(65536), *at = text;
    for (int i = 0; i < 65; i++) at += sprintf(at, "k%d = 1\n", i);
    assert_int_equal(parse(r, text, (size_t)(at - text), &got), BF_ELIMIT);
    rig_says(r, "more than 64 keys");
    at = text + sprintf(text, "calibration = [1");
    for (int i = 1; i < 1025; i++) at += sprintf(at, ",1");
    assert_int_equal(parse(r, text, (size_t)(at - text), &got), BF_ELIMIT);
    rig_says(r, "more than 1024 numbers");
    at = text + sprintf(text, "origin = \"");
    memset(at, 'x', 512);
    assert_int_equal(parse(r, text, (size_t)(at - text) + 512, &got), BF_EFORMAT);
    rig_says(r, "a string longer than 511 bytes");
    memset(text, 'k', 40);
    assert_int_equal(parse(r, text, 40, &got), BF_EFORMAT);
    rig_says(r, "a key longer than 31 characters");
    memset(text, '[', 60000);
    memcpy(text, "mean = ", 7);
    assert_int_equal(parse(r, text, 60000, &got), BF_EFORMAT);
    assert_int_equal(parse(r, "a = 1\0", 6, &got), BF_EFORMAT);
    rig_says(r, "not UTF-8 text");
    free(text);
}

/* Cut anywhere, it is refused or, in the optional tail, still a card. */
static void cut(void **state)
{
    bf_nn_card got;
    size_t needed = (size_t)(strstr(card, "calibration") - card);
    for (size_t len = 0; len < sizeof card - 1; len++) {
        bf_status st = parse(*state, card, len, &got);
        if (len < needed - 1) assert_int_equal(st, BF_EFORMAT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {RIG_TEST(every_key), RIG_TEST(as_people_write),
                                       RIG_TEST(refused), RIG_TEST(limits), RIG_TEST(cut)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
