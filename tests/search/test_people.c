/* SPDX-License-Identifier: Apache-2.0 */
/* Persons in memory: found, replaced, removed, wiped; galleries as views; searches of both kinds.
 */
#include "search/made_people.h"

#define MANY 700u /* more than one segment; the fast stage takes part from BF_SHORTLIST_MIN on */

static made_ctx env;
static bf_people *all; /* MANY persons, only read */

static uint64_t first_of(bf_people *p, uint32_t person, bf_query q)
{
    bf_hits hits;
    made_search(&env.c, p, person, q, &hits);
    uint64_t id = hits.count ? hits.items[0].id : 0;
    bf_hits__free(&env.c, &hits);
    return id;
}

static void everybody_is_found(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < MANY; i += 23) {
        bf_hits hits;
        made_search(&env.c, all, i, (bf_query){0}, &hits);
        assert_true(hits.count >= 1);
        assert_int_equal(hits.items[0].id, i + 1);
        assert_int_equal(hits.persons, MANY);
        assert_int_equal(hits.shortlisted, BF_SHORTLIST_MIN);
        assert_int_equal(hits.items[0].part_count, MADE_FINGERS);
        assert_int_equal(hits.items[0].encounter[1], i * 10 + 1);
        assert_true(hits.items[0].score >= hits.threshold);
        bf_hits__free(&env.c, &hits);
    }
}

static void both_kinds_agree(void **state)
{
    (void)state;
    for (uint32_t i = 3; i < MANY; i += 101) {
        bf_hits fast, slow, threaded;
        made_search(&env.c, all, i, (bf_query){.threads = 1}, &fast);
        made_search(&env.c, all, i, (bf_query){.exhaustive = 1, .threads = 1}, &slow);
        made_search(&env.c, all, i, (bf_query){.threads = 5}, &threaded);
        assert_int_equal(slow.shortlisted, MANY);
        assert_int_equal(fast.items[0].id, slow.items[0].id);
        assert_true(fast.items[0].score == slow.items[0].score);
        assert_int_equal(fast.count, threaded.count);
        assert_memory_equal(fast.items, threaded.items, fast.count * sizeof *fast.items);
        bf_hits__free(&env.c, &fast);
        bf_hits__free(&env.c, &slow);
        bf_hits__free(&env.c, &threaded);
    }
}

static void strangers_are_not(void **state)
{
    (void)state;
    uint32_t found = 0;
    for (uint32_t i = 0; i < 20; i++) found += first_of(all, 5000 + i, (bf_query){0}) != 0;
    assert_true(found <= 2);
}

static void replaced_and_removed(void **state)
{
    (void)state;
    bf_people *p;
    made_person m;
    bf_people_stats before, after;
    assert_int_equal(bf_people__open(&env.c, &p), BF_OK);
    made_enrol(&env.c, p, 0, 20);
    bf_people__stats(p, &before);
    /* person 3 gets the fingers of 103 */
    made_person_open(&env.c, 103, 0, &m);
    assert_int_equal(bf_people__put(&env.c, p, 4, m.sample, MADE_FINGERS), BF_OK);
    made_person_close(&env.c, &m);
    bf_people__stats(p, &after);
    assert_int_equal(after.persons, 20);
    assert_int_equal(after.samples, before.samples);
    assert_int_equal(first_of(p, 103, (bf_query){0}), 4);
    assert_int_equal(first_of(p, 3, (bf_query){0}), 0);
    assert_int_equal(bf_people__remove(p, 4), 1);
    assert_int_equal(bf_people__remove(p, 4), 0);
    assert_int_equal(first_of(p, 103, (bf_query){0}), 0);
    /* nothing is left of them */
    const bf_segment *s = bf_people__segment(p, 0);
    for (uint32_t k = 0; k < s->persons; k++) {
        if (s->person[k].alive) continue;
        for (uint32_t i = s->person[k].first; i < s->person[k].first + s->person[k].count; i++) {
            for (uint32_t b = 0; b < s->sample[i].len; b++) {
                assert_int_equal(s->bytes[s->sample[i].at + b], 0);
            }
        }
    }
    bf_people__close(p);
}

/* Coming and going for long does not fill the memory. */
static void room_is_taken_back(void **state)
{
    (void)state;
    bf_people *p;
    made_person m;
    bf_people_stats first, last;
    assert_int_equal(bf_people__open(&env.c, &p), BF_OK);
    made_person_open(&env.c, 1, 0, &m);
    for (uint32_t i = 0; i < 2 * BF_SEGMENT_PERSONS; i++) {
        assert_int_equal(bf_people__put(&env.c, p, i + 1, m.sample, MADE_FINGERS), BF_OK);
    }
    bf_people__stats(p, &first);
    for (uint32_t i = 0; i < 20 * BF_SEGMENT_PERSONS; i++) {
        uint64_t id = i % (2 * BF_SEGMENT_PERSONS) + 1;
        assert_int_equal(bf_people__put(&env.c, p, id, m.sample, MADE_FINGERS), BF_OK);
        bf_arena_reset(&env.c.arena);
    }
    bf_people__stats(p, &last);
    made_person_close(&env.c, &m);
    assert_int_equal(last.persons, 2 * BF_SEGMENT_PERSONS);
    assert_int_equal(last.samples, first.samples);
    assert_true(last.bytes < 3 * first.bytes);
    assert_true(bf_people__segments(p) <= 8);
    bf_people__close(p);
}

static void galleries_are_views(void **state)
{
    (void)state;
    static const uint64_t staff[] = {7}, both[] = {7, 9};
    bf_people *p;
    uint32_t set[3], again;
    uint8_t *member;
    assert_int_equal(bf_people__open(&env.c, &p), BF_OK);
    assert_int_equal(bf_people__set(&env.c, p, staff, 0, &set[0]), BF_OK);
    assert_int_equal(bf_people__set(&env.c, p, staff, 1, &set[1]), BF_OK);
    assert_int_equal(bf_people__set(&env.c, p, both, 2, &set[2]), BF_OK);
    assert_int_equal(bf_people__set(&env.c, p, both, 2, &again), BF_OK);
    assert_int_equal(set[0], 0);
    assert_int_equal(set[2], again);
    for (uint32_t i = 0; i < 3; i++) {
        made_person m;
        made_person_open(&env.c, i, 0, &m);
        for (uint32_t k = 0; k < MADE_FINGERS; k++) m.sample[k].set = set[i];
        assert_int_equal(bf_people__put(&env.c, p, i + 1, m.sample, MADE_FINGERS), BF_OK);
        made_person_close(&env.c, &m);
    }
    assert_int_equal(bf_people__members(&env.c, p, 9, &member), BF_OK);
    assert_int_equal(first_of(p, 0, (bf_query){.member = member}), 0);
    assert_int_equal(first_of(p, 1, (bf_query){.member = member}), 0);
    assert_int_equal(first_of(p, 2, (bf_query){.member = member}), 3);
    assert_int_equal(first_of(p, 1, (bf_query){0}), 2);
    bf_ctx_release(&env.c, member);
    bf_people__close(p);
}

static void one_claimed_person(void **state)
{
    (void)state;
    bf_hits hits;
    made_search(&env.c, all, 5, (bf_query){.only = 6, .include_below = 1}, &hits);
    assert_int_equal(hits.count, 1);
    assert_int_equal(hits.items[0].id, 6);
    assert_int_equal(hits.comparisons, MADE_FINGERS);
    bf_hits__free(&env.c, &hits);
    made_search(&env.c, all, 5, (bf_query){.only = 7, .include_below = 1}, &hits);
    assert_int_equal(hits.count, 1);
    assert_true(hits.items[0].score < 20);
    bf_hits__free(&env.c, &hits);
}

/* A sample whose code is missing is compared exactly, whatever the votes say. */
static void without_code(void **state)
{
    (void)state;
    made_person m;
    bf_hits hits;
    made_person_open(&env.c, 2000, 0, &m);
    m.sample[0].code = m.sample[1].code = NULL;
    assert_int_equal(bf_people__put(&env.c, all, 2001, m.sample, MADE_FINGERS), BF_OK);
    made_person_close(&env.c, &m);
    made_search(&env.c, all, 2000, (bf_query){0}, &hits);
    assert_int_equal(hits.items[0].id, 2001);
    assert_int_equal(hits.shortlisted, BF_SHORTLIST_MIN + 1);
    bf_hits__free(&env.c, &hits);
    assert_int_equal(bf_people__remove(all, 2001), 1);
}

static void bounds(void **state)
{
    (void)state;
    bf_people *p;
    made_person m;
    assert_int_equal(bf_people__open(&env.c, &p), BF_OK);
    made_person_open(&env.c, 1, 0, &m);
    assert_int_equal(bf_people__put(&env.c, p, 0, m.sample, 1), BF_ELIMIT);
    assert_int_equal(bf_people__put(&env.c, p, 1, m.sample, BF_PERSON_SAMPLES_MAX + 1), BF_ELIMIT);
    for (uint32_t i = 0; i < BF_SEGMENT_LANES; i++) {
        m.sample[0].position = i;
        assert_int_equal(bf_people__put(&env.c, p, i + 1, m.sample, 1), BF_OK);
    }
    m.sample[0].position = BF_SEGMENT_LANES;
    assert_int_equal(bf_people__put(&env.c, p, 99, m.sample, 1), BF_ELIMIT);
    assert_int_equal(bf_people__where(p, 99), UINT32_MAX);
    made_person_close(&env.c, &m);
    bf_people__close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_is_found),
        cmocka_unit_test(both_kinds_agree),
        cmocka_unit_test(strangers_are_not),
        cmocka_unit_test(replaced_and_removed),
        cmocka_unit_test(room_is_taken_back),
        cmocka_unit_test(galleries_are_views),
        cmocka_unit_test(one_claimed_person),
        cmocka_unit_test(without_code),
        cmocka_unit_test(bounds),
    };
    made_open(&env, BF_KERNEL_ALL);
    if (bf_people__open(&env.c, &all)) return 1;
    made_enrol(&env.c, all, 0, MANY);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bf_people__close(all);
    bf_arena_done(&env.c.arena);
    return failed;
}
