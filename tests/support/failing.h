/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An allocator that counts, and fails at a chosen call; and the loop that lets it fail at call
 * 1, 2, 3... until the work succeeds.
 */
#ifndef BF_TESTS_FAILING_H
#define BF_TESTS_FAILING_H
#include "bonafide/bonafide.h"

typedef struct failing {
    size_t calls, live; /* allocations so far; not yet given back */
    size_t fail_at;     /* call that fails, from 1; 0: never */
} failing;

/* The allocator over f. One thread only. */
bf_allocator failing_allocator(failing *f);

/* An engine and a session on it; NULL when the allocator refused. */
typedef struct failing_env {
    failing memory;
    bf_engine *engine;
    bf_session *session;
} failing_env;

/* @return 0, BF_ENOMEM */
bf_status failing_open(failing_env *env, size_t fail_at);
void failing_close(failing_env *env);

/* What the work gave: copied bytes, to compare runs. */
typedef struct failing_result {
    uint8_t *data; /* malloc */
    size_t len;
} failing_result;

/* Some work; on success it fills *out. Everything it took from the engine must be given back. */
typedef bf_status (*failing_work)(bf_session *s, const void *arg, failing_result *out);

/*
 * Run the work with the failure at every call in turn, until a run has none. Asserts with cmocka:
 * every failed run says BF_ENOMEM with a message, nothing leaks, and the last run gives the bytes
 * of a run that never failed.
 * @return the number of failures that were tried
 */
size_t failing_loop(failing_work work, const void *arg);

#endif
