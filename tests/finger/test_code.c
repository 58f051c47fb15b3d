/* SPDX-License-Identifier: Apache-2.0 */
/* Codes of the fast stage: the mate comes first, whatever the turn; damage is seen. */
#include "finger/code.h"
#include "finger/made_print.h"

#define PRINTS 40

static made_ctx env;

typedef struct codes {
    _Alignas(64) bf_vote_probe probe;
    _Alignas(8) uint8_t bytes[PRINTS * BF_VOTE_BYTES(BF_VOTE_MAX)];
    uint32_t at[PRINTS];
    size_t len;
} codes;

static size_t code_of(const made_print *m, uint8_t *out)
{
    size_t len;
    bf_fprepared *p = made_prepared(&env.c, m);
    assert_int_equal(bf_finger_fast.encode(&env.c, p, out, &len), BF_OK);
    assert_true(bf_finger_fast.is_code(out, len));
    bf_ctx_release(&env.c, p);
    return len;
}

static void mate_comes_first(void **state)
{
    (void)state;
    static codes g;
    uint32_t first = 0;
    for (uint32_t i = 0; i < PRINTS; i++) {
        made_print m = {.seed = 100 + i, .count = 30 + i, .keep_percent = 100};
        g.at[i] = (uint32_t)(g.len / 8);
        g.len += code_of(&m, g.bytes + g.len);
    }
    for (uint32_t i = 0; i < PRINTS; i++) {
        _Alignas(8) uint8_t code[BF_VOTE_BYTES(BF_VOTE_MAX)];
        made_print m = {.seed = 100 + i,
                        .count = 30 + i,
                        .noise_seed = 7,
                        .jitter_px = 2,
                        .keep_percent = 85,
                        .turn = (int32_t)(i * 6),
                        .dx = 20,
                        .dy = -10};
        int32_t votes[PRINTS];
        uint32_t best = 0;
        code_of(&m, code);
        bf_finger_fast.make_probe(NULL, code, &g.probe);
        bf_finger_fast.scan(env.c.kern, &g.probe, g.bytes, g.at, PRINTS, votes);
        for (uint32_t k = 0; k < PRINTS; k++) {
            if (votes[k] > votes[best]) best = k;
        }
        first += best == i;
    }
    assert_true(first >= PRINTS - 1);
}

static void of_many_the_most_trusted(void **state)
{
    (void)state;
    _Alignas(8) uint8_t code[BF_VOTE_BYTES(BF_VOTE_MAX)];
    made_print m = {.seed = 3, .count = 255, .keep_percent = 100};
    assert_int_equal(code_of(&m, code), BF_VOTE_BYTES(BF_VOTE_MAX));
    assert_int_equal(code[0], BF_VOTE_MAX);
    m.count = 0;
    assert_int_equal(code_of(&m, code), 8);
}

static void damage(void **state)
{
    (void)state;
    _Alignas(8) uint8_t code[BF_VOTE_BYTES(BF_VOTE_MAX)];
    made_print m = {.seed = 3, .count = 20, .keep_percent = 100};
    size_t len = code_of(&m, code);
    assert_false(bf_finger_fast.is_code(code, len - 8));
    assert_false(bf_finger_fast.is_code(code, 0));
    code[0] = BF_VOTE_MAX + 1;
    assert_false(bf_finger_fast.is_code(code, len));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mate_comes_first),
        cmocka_unit_test(of_many_the_most_trusted),
        cmocka_unit_test(damage),
    };
    made_open(&env, BF_KERNEL_ALL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bf_arena_done(&env.c.arena);
    return failed;
}
