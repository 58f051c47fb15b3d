/* SPDX-License-Identifier: Apache-2.0 */
#include "parallel.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

typedef struct job {
    uint64_t n, chunk;
    eval_work work;
    void *user;
    atomic_uint_fast64_t next, done;
    pthread_mutex_t lock;
    pthread_cond_t finished;
    unsigned running; /* under lock */
} job;

typedef struct worker {
    job *job;
    unsigned index;
    pthread_t thread;
} worker;

static void work_until_done(job *j, unsigned index)
{
    for (;;) {
        uint64_t begin = atomic_fetch_add(&j->next, j->chunk);
        if (begin >= j->n) return;
        uint64_t end = j->n - begin < j->chunk ? j->n : begin + j->chunk;
        j->work(j->user, index, begin, end);
        atomic_fetch_add(&j->done, end - begin);
    }
}

static void *thread_main(void *arg)
{
    worker *w = arg;
    work_until_done(w->job, w->index);
    pthread_mutex_lock(&w->job->lock);
    w->job->running--;
    pthread_cond_signal(&w->job->finished);
    pthread_mutex_unlock(&w->job->lock);
    return NULL;
}

/* Wait for the workers, reporting on the way. */
static void watch(job *j, const eval_progress *progress, const char *what)
{
    pthread_mutex_lock(&j->lock);
    while (j->running) {
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        t.tv_nsec += 100 * 1000 * 1000;
        if (t.tv_nsec >= 1000 * 1000 * 1000) {
            t.tv_nsec -= 1000 * 1000 * 1000;
            t.tv_sec++;
        }
        pthread_cond_timedwait(&j->finished, &j->lock, &t);
        if (progress && progress->fn) progress->fn(progress->user, what, j->done, j->n);
    }
    pthread_mutex_unlock(&j->lock);
}

void eval_parallel(unsigned threads, uint64_t n, uint64_t chunk, eval_work work, void *user,
                   const eval_progress *progress, const char *what)
{
    assert(threads >= 1 && threads <= EVAL_MAX_THREADS && chunk >= 1);
    job j = {.n = n, .chunk = chunk, .work = work, .user = user};
    worker w[EVAL_MAX_THREADS];
    pthread_mutex_init(&j.lock, NULL);
    pthread_cond_init(&j.finished, NULL);
    unsigned started = 0;
    j.running = threads;
    for (; started < threads; started++) {
        w[started].job = &j;
        w[started].index = started;
        if (pthread_create(&w[started].thread, NULL, thread_main, &w[started])) break;
    }
    if (started < threads) {
        pthread_mutex_lock(&j.lock);
        j.running -= threads - started;
        pthread_mutex_unlock(&j.lock);
        work_until_done(&j, started);
    }
    watch(&j, progress, what);
    for (unsigned i = 0; i < started; i++) pthread_join(w[i].thread, NULL);
    if (progress && progress->fn) progress->fn(progress->user, what, n, n);
    pthread_cond_destroy(&j.finished);
    pthread_mutex_destroy(&j.lock);
}
