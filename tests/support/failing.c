/* SPDX-License-Identifier: Apache-2.0 */
/* The failing allocator: see failing.h. */
#include "support/failing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void *counted_alloc(void *user, size_t size)
{
    failing *f = user;
    f->calls++;
    if (f->fail_at && f->calls == f->fail_at) return NULL;
    void *p = malloc(size);
    if (p) f->live++;
    return p;
}

static void counted_free(void *user, void *ptr)
{
    failing *f = user;
    if (ptr) f->live--;
    free(ptr);
}

bf_allocator failing_allocator(failing *f)
{
    return (bf_allocator){counted_alloc, counted_free, f};
}

bf_status failing_open(failing_env *env, size_t fail_at)
{
    memset(env, 0, sizeof *env);
    env->memory.fail_at = fail_at;
    bf_engine_opts opts;
    bf_engine_opts_init(&opts);
    opts.allocator = failing_allocator(&env->memory);
    bf_status st = bf_engine_open(&opts, &env->engine);
    return st ? st : bf_session_open(env->engine, &env->session);
}

void failing_close(failing_env *env)
{
    bf_session_free(env->session);
    bf_engine_free(env->engine);
    env->session = NULL;
    env->engine = NULL;
}

static bf_status run_once(failing_work work, const void *arg, size_t fail_at, failing_result *out,
                          size_t *out_calls)
{
    failing_env env;
    bf_status st = failing_open(&env, fail_at);
    if (!st) {
        st = work(env.session, arg, out);
        if (st) assert_string_not_equal(bf_session_error(env.session), "");
    }
    failing_close(&env);
    assert_int_equal(env.memory.live, 0);
    *out_calls = env.memory.calls;
    return st;
}

size_t failing_loop(failing_work work, const void *arg)
{
    failing_result wanted = {0}, got = {0};
    size_t calls, failures = 0;
    assert_int_equal(run_once(work, arg, 0, &wanted, &calls), BF_OK);
    for (size_t at = 1;; at++) {
        size_t made;
        bf_status st = run_once(work, arg, at, &got, &made);
        if (made < at) { /* the failure never came */
            assert_int_equal(st, BF_OK);
            break;
        }
        assert_int_equal(st, BF_ENOMEM);
        failures++;
    }
    assert_int_equal(failures, calls);
    assert_int_equal(got.len, wanted.len);
    assert_memory_equal(got.data, wanted.data, wanted.len);
    free(wanted.data);
    free(got.data);
    return failures;
}
