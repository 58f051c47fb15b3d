/* SPDX-License-Identifier: Apache-2.0 */
/* Threads of one search. The caller's takes part; one that cannot be started is done without. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "search/query.h"

typedef struct worker {
    pthread_t thread;
    bf_ctx ctx;
    bf_search_work *work;
    void *user;
    bf_status status;
    int started;
} worker;

static void *worker_main(void *arg)
{
    worker *w = arg;
    w->status = w->work(&w->ctx, w->user);
    return NULL;
}

static uint32_t thread_count(uint32_t threads, size_t items)
{
    long n = threads ? (long)threads : sysconf(_SC_NPROCESSORS_ONLN);
    if (n > (long)BF_SEARCH_THREADS_MAX) n = (long)BF_SEARCH_THREADS_MAX;
    if ((size_t)n > items) n = (long)items;
    return n < 1 ? 1 : (uint32_t)n;
}

bf_status bf_search__parallel(bf_ctx *c, uint32_t threads, size_t items, bf_search_work *work,
                              void *user)
{
    uint32_t n = thread_count(threads, items);
    if (n == 1) return work(c, user);
    worker *workers = bf_ctx_alloc(c, n, sizeof *workers);
    if (!workers) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < n; i++) {
        worker *w = &workers[i];
        w->ctx = *c;
        w->ctx.error[0] = 0;
        bf_arena_init(&w->ctx.arena, &w->ctx.alloc);
        w->work = work;
        w->user = user;
        if (i) w->started = !pthread_create(&w->thread, NULL, worker_main, w);
    }
    worker_main(&workers[0]);
    bf_status st = BF_OK;
    for (uint32_t i = 0; i < n; i++) {
        if (workers[i].started) pthread_join(workers[i].thread, NULL);
        /* the first to fail says what it was */
        if (!st && workers[i].status) {
            st = bf_ctx_fail(c, workers[i].status, "%s", workers[i].ctx.error);
        }
        bf_arena_done(&workers[i].ctx.arena);
    }
    bf_wipe(workers, n * sizeof *workers);
    bf_ctx_release(c, workers);
    return st;
}
