/* SPDX-License-Identifier: Apache-2.0 */
#include "made.h"

static eval_error err;

static size_t with(const eval_pairs *p, uint32_t mask, uint32_t flags)
{
    size_t n = 0;
    for (size_t i = 0; i < p->count; i++) n += (p->pair[i].flags & mask) == flags;
    return n;
}

static void expect(uint32_t ids, uint32_t sessions, uint32_t samples, eval_protocol protocol,
                   size_t genuine, size_t impostor, size_t search_genuine, size_t search_impostor)
{
    eval_manifest m;
    eval_pairs p;
    made_manifest(ids, sessions, samples, &m);
    assert_int_equal(eval_pairs_make(&m, protocol, &p, &err), BF_OK);
    assert_int_equal(p.genuine, genuine);
    assert_int_equal(p.impostor, impostor);
    uint32_t counted = EVAL_PAIR_COUNTED, mate = EVAL_PAIR_GENUINE, search = EVAL_PAIR_SEARCH;
    assert_int_equal(with(&p, counted | mate, counted | mate), genuine);
    assert_int_equal(with(&p, counted | mate, counted), impostor);
    assert_int_equal(with(&p, search | mate, search | mate), search_genuine);
    assert_int_equal(with(&p, search | mate, search), search_impostor);
    assert_int_equal(p.images, ids * sessions * samples);
    for (size_t i = 0; i < p.count; i++) {
        const eval_pair *q = &p.pair[i];
        assert_true(q->a != q->b && q->a < m.count && q->b < m.count);
        int same = m.samples[q->a].identity == m.samples[q->b].identity;
        assert_int_equal(same, !!(q->flags & mate));
        if (q->flags & search) assert_int_equal(m.samples[q->a].sample, 1);
    }
    eval_pairs_free(&p);
    eval_manifest_free(&m);
}

static void fvc_counts(void **state)
{
    (void)state;
    /* Every probe (sample 2..8) searches all 10 first samples: 70 mates, 630 others. */
    expect(10, 1, 8, EVAL_FVC, 280, 45, 70, 630);
    expect(100, 1, 8, EVAL_FVC, 2800, 4950, 700, 69300);
    expect(2, 1, 2, EVAL_FVC, 2, 1, 2, 2);
}

static void all_pairs_counts(void **state)
{
    (void)state;
    expect(10, 1, 8, EVAL_ALL_PAIRS, 280, 2880, 70, 630);
    expect(65, 1, 8, EVAL_ALL_PAIRS, 1820, 133120, 455, 29120);
}

static void cross_session_counts(void **state)
{
    (void)state;
    expect(80, 2, 1, EVAL_CROSS_SESSION, 80, 80 * 79, 80, 80 * 79);
    expect(3, 2, 4, EVAL_CROSS_SESSION, 3 * 16, 3 * 2 * 16, 3 * 4, 3 * 2 * 4);
}

static void cross_session_ignores_other_sessions(void **state)
{
    (void)state;
    eval_manifest m;
    eval_pairs p;
    made_manifest(4, 3, 2, &m);
    assert_int_equal(eval_pairs_make(&m, EVAL_CROSS_SESSION, &p, &err), BF_OK);
    assert_int_equal(p.images, 16);
    assert_int_equal(p.gallery, 4);
    assert_int_equal(p.probes, 8);
    for (size_t i = 0; i < p.count; i++) {
        assert_int_equal(m.samples[p.pair[i].a].session, 1);
        assert_int_equal(m.samples[p.pair[i].b].session, 2);
    }
    eval_pairs_free(&p);
    eval_manifest_free(&m);
}

static void refuses_sets_without_pairs(void **state)
{
    (void)state;
    eval_manifest m;
    eval_pairs p;
    made_manifest(5, 1, 1, &m);
    assert_int_equal(eval_pairs_make(&m, EVAL_ALL_PAIRS, &p, &err), BF_EFORMAT);
    assert_string_equal(err.text, "made.csv: no genuine pair under protocol all-pairs");
    assert_int_equal(eval_pairs_make(&m, EVAL_CROSS_SESSION, &p, &err), BF_EFORMAT);
    eval_manifest_free(&m);
    made_manifest(1, 1, 5, &m);
    assert_int_equal(eval_pairs_make(&m, EVAL_FVC, &p, &err), BF_EFORMAT);
    assert_string_equal(err.text, "made.csv: no impostor pair under protocol fvc");
    eval_manifest_free(&m);
}

static void names(void **state)
{
    (void)state;
    eval_protocol p = EVAL_FVC;
    assert_int_equal(eval_protocol_find("cross-session", &p), BF_OK);
    assert_int_equal(p, EVAL_CROSS_SESSION);
    assert_string_equal(eval_protocol_name(p), "cross-session");
    assert_int_equal(eval_protocol_find("all", &p), BF_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fvc_counts),
        cmocka_unit_test(all_pairs_counts),
        cmocka_unit_test(cross_session_counts),
        cmocka_unit_test(cross_session_ignores_other_sessions),
        cmocka_unit_test(refuses_sets_without_pairs),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
