/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread adds, replaces and removes persons while two search: whoever is there during a whole
 * search is found by it, and nobody keeps another waiting for long.
 *
 * What a machine that others use too can tell of waiting is the processor time for which a lock is
 * held: pthread's calls are wrapped by the linker, and each lock's time from taking it to giving it
 * back is taken on its thread's own clock. A writer waits for one such time of a search at the
 * most, a search for one of the writer. Also bounded is the processor time of each whole call of
 * the writer. Of several rounds the best counts. Waits by the wall clock are printed only.
 */
#include <time.h>

#include "search/made_people.h"

#define PERSONS 600u /* more than one segment, and more than the shortlist */
#define REPLACED 40u /* of them are replaced again and again, */
#define GUESTS 40u   /* and so many others come and go */
#define SOUGHT 24u
#define SEARCHES 8u /* of each of two threads, a round */
#define ROUNDS 3u
#define LIMIT_MS 10.0

enum { OTHER, WRITER, SEARCH, ROLES };

typedef struct held {
    const void *lock;
    double since_ms;
} held;

static _Thread_local int role;
static _Thread_local held stack[8];
static _Thread_local int depth;
static _Thread_local double most_held_ms, most_waited_ms;

static double clock_ms(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void took(const void *lock, double before_ms)
{
    double waited_ms = clock_ms(CLOCK_MONOTONIC) - before_ms;
    if (waited_ms > most_waited_ms) most_waited_ms = waited_ms;
    if (depth < 8) stack[depth++] = (held){lock, clock_ms(CLOCK_THREAD_CPUTIME_ID)};
}

static void gives(const void *lock)
{
    int i = depth - 1;
    while (i >= 0 && stack[i].lock != lock) i--;
    if (i < 0) return;
    double held_ms = clock_ms(CLOCK_THREAD_CPUTIME_ID) - stack[i].since_ms;
    /* The outermost lock of a search says that it is on; nobody waits for that one. */
    if ((role != SEARCH || i) && held_ms > most_held_ms) most_held_ms = held_ms;
    for (depth--; i < depth; i++) stack[i] = stack[i + 1];
}

#define WRAP(name, type)                                                                           \
    int __real_##name(type *lock);                                                                 \
    int __wrap_##name(type *lock);                                                                 \
    int __wrap_##name(type *lock)                                                                  \
    {                                                                                              \
        double before_ms = clock_ms(CLOCK_MONOTONIC);                                              \
        int rc = __real_##name(lock);                                                              \
        if (!rc) took(lock, before_ms);                                                            \
        return rc;                                                                                 \
    }
WRAP(pthread_rwlock_rdlock, pthread_rwlock_t)
WRAP(pthread_rwlock_wrlock, pthread_rwlock_t)
WRAP(pthread_rwlock_trywrlock, pthread_rwlock_t)
WRAP(pthread_mutex_lock, pthread_mutex_t)

#define UNWRAP(name, type)                                                                         \
    int __real_##name(type *lock);                                                                 \
    int __wrap_##name(type *lock);                                                                 \
    int __wrap_##name(type *lock)                                                                  \
    {                                                                                              \
        gives(lock);                                                                               \
        return __real_##name(lock);                                                                \
    }
UNWRAP(pthread_rwlock_unlock, pthread_rwlock_t)
UNWRAP(pthread_mutex_unlock, pthread_mutex_t)

static made_ctx env;
static bf_people *all;
static made_person replaced[REPLACED], guests[GUESTS];
static void *prepared[SOUGHT][MADE_FINGERS];
static uint64_t sought[SOUGHT]; /* half of them among the replaced */
static _Atomic uint32_t searching;

typedef struct task {
    pthread_t thread;
    bf_ctx c;
    uint32_t seed, calls, missed, failed;
    double call_ms, held_ms, waited_ms;
} task;

static bf_status search(bf_ctx *c, uint32_t k, uint64_t *found)
{
    bf_query_probe probes[MADE_FINGERS];
    bf_hits hits;
    for (uint32_t i = 0; i < MADE_FINGERS; i++) {
        probes[i] = (bf_query_probe){&bf_finger, i + 1, prepared[k][i]};
    }
    bf_query q = {.probes = probes,
                  .probe_count = MADE_FINGERS,
                  .threads = 1,
                  .max_candidates = 3,
                  .fpir = 0.01};
    bf_arena_reset(&c->arena);
    bf_status st = bf_people__search(c, all, &q, &hits);
    *found = !st && hits.count ? hits.items[0].id : 0;
    if (!st) bf_hits__free(c, &hits);
    return st;
}

static void leave(task *t)
{
    t->held_ms = most_held_ms;
    t->waited_ms = most_waited_ms;
    bf_arena_done(&t->c.arena);
}

static void *search_main(void *arg)
{
    task *t = arg;
    role = SEARCH;
    for (; t->calls < SEARCHES; t->calls++) {
        uint32_t k = made_random(&t->seed, SOUGHT);
        uint64_t found;
        if (search(&t->c, k, &found)) t->failed++;
        if (found != sought[k]) t->missed++;
    }
    searching--;
    leave(t);
    return NULL;
}

static void write_once(task *t)
{
    uint32_t what = t->calls % 3, i = made_random(&t->seed, what ? GUESTS : REPLACED);
    const made_person *m = what ? &guests[i] : &replaced[i];
    uint64_t id = what ? 10000 + i : i + 1;
    double before_ms = clock_ms(CLOCK_THREAD_CPUTIME_ID);
    if (what == 2)
        bf_people__remove(all, id);
    else if (bf_people__put(&t->c, all, id, m->sample, MADE_FINGERS))
        t->failed++;
    double call_ms = clock_ms(CLOCK_THREAD_CPUTIME_ID) - before_ms;
    if (call_ms > t->call_ms) t->call_ms = call_ms;
    bf_arena_reset(&t->c.arena);
}

static void *writer_main(void *arg)
{
    task *t = arg;
    role = WRITER;
    const struct timespec pause = {.tv_nsec = 50000}; /* thousands of writes a second will do */
    for (; searching; t->calls++) {
        write_once(t);
        nanosleep(&pause, NULL);
    }
    leave(t);
    return NULL;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static double most(double a, double b)
{
    return a > b ? a : b;
}

static void start(task *t, uint32_t seed, void *(*run)(void *))
{
    *t = (task){.c = env.c, .seed = seed};
    bf_arena_init(&t->c.arena, &t->c.alloc);
    assert_int_equal(pthread_create(&t->thread, NULL, run, t), 0);
}

/* @return the limit under the sanitizers' slowness too */
static double limit_ms(void)
{
    const char *scale = getenv("TEST_TIME_SCALE");
    double by = scale ? atof(scale) : 1;
    return LIMIT_MS * (by > 1 ? by : 1);
}

static void all_are_found_and_nobody_waits(void **state)
{
    (void)state;
    double call_ms = 1e9, write_held_ms = 1e9, search_held_ms = 1e9;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        task w, s[2];
        searching = 2;
        start(&w, 77 + round, writer_main);
        for (uint32_t i = 0; i < 2; i++) start(&s[i], 1000 * round + i, search_main);
        pthread_join(s[0].thread, NULL);
        pthread_join(s[1].thread, NULL);
        pthread_join(w.thread, NULL);
        print_message("# round %u: %u writes; longest, ms of processor time: a write %.3f, lock of "
                      "the writer %.3f, of a search %.3f; by the clock a write waited %.2f, a "
                      "search %.2f\n",
                      round, w.calls, w.call_ms, w.held_ms, most(s[0].held_ms, s[1].held_ms),
                      w.waited_ms, most(s[0].waited_ms, s[1].waited_ms));
        assert_int_equal(w.failed + s[0].failed + s[1].failed, 0);
        assert_int_equal(s[0].missed + s[1].missed, 0);
        assert_true(w.calls > 20);
        call_ms = least(call_ms, w.call_ms);
        write_held_ms = least(write_held_ms, w.held_ms);
        search_held_ms = least(search_held_ms, most(s[0].held_ms, s[1].held_ms));
    }
    assert_true(call_ms < limit_ms());
    assert_true(write_held_ms < limit_ms());
    assert_true(search_held_ms > 0 && search_held_ms < limit_ms());
}

static int open_all(void **state)
{
    (void)state;
    bf_ctx *c = &env.c;
    if (bf_people__open(c, &all)) return -1;
    made_enrol(c, all, 0, PERSONS);
    for (uint32_t i = 0; i < REPLACED; i++) made_person_open(c, i, 0, &replaced[i]);
    for (uint32_t i = 0; i < GUESTS; i++) made_person_open(c, 9000 + i, 0, &guests[i]);
    for (uint32_t k = 0; k < SOUGHT; k++) {
        uint32_t person = k % 2 ? k : PERSONS - 1 - 7 * k;
        made_person m;
        uint64_t found = 0;
        size_t len;
        made_person_open(c, person, 5, &m);
        sought[k] = person + 1;
        for (uint32_t i = 0; i < MADE_FINGERS; i++) {
            if (bf_finger.prepare(c, m.tmpl[i].data, m.tmpl[i].len, &prepared[k][i], &len)) {
                return -1;
            }
        }
        made_person_close(c, &m);
        /* else it is not the writer's doing */
        if (search(c, k, &found) || found != sought[k]) return -1;
    }
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < REPLACED; i++) made_person_close(&env.c, &replaced[i]);
    for (uint32_t i = 0; i < GUESTS; i++) made_person_close(&env.c, &guests[i]);
    for (uint32_t k = 0; k < SOUGHT; k++) {
        for (uint32_t i = 0; i < MADE_FINGERS; i++) bf_ctx_release(&env.c, prepared[k][i]);
    }
    bf_people__close(all);
    bf_arena_done(&env.c.arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_are_found_and_nobody_waits)};
    made_open(&env, BF_KERNEL_ALL);
    return cmocka_run_group_tests(tests, open_all, close_all);
}
