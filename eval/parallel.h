/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same work on many items, by several threads. Items are handed out in chunks, so which thread
 * does which is left to chance: results must be written per item.
 */
#ifndef EVAL_PARALLEL_H
#define EVAL_PARALLEL_H
#include <stdint.h>

#define EVAL_MAX_THREADS 256u

/* Called on the calling thread some ten times a second; done == total at the end. NULL fn: none. */
typedef struct eval_progress {
    void (*fn)(void *user, const char *what, uint64_t done, uint64_t total);
    void *user;
} eval_progress;

/* @param worker  0..threads - 1: for what each thread keeps to itself, such as its session */
typedef void (*eval_work)(void *user, unsigned worker, uint64_t begin, uint64_t end);

/*
 * Returns when all n items are done. Uses fewer threads where the system has no more to give.
 * @param threads  1..EVAL_MAX_THREADS
 * @param chunk    items handed out at a time, at least 1
 */
void eval_parallel(unsigned threads, uint64_t n, uint64_t chunk, eval_work work, void *user,
                   const eval_progress *progress, const char *what);

#endif
