/* SPDX-License-Identifier: Apache-2.0 */
/* Workers, output and arguments that the kinds of 'bonafide synth' share. */
#include "synth.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct state {
    const synth_jobs *jobs;
    bf_engine *engine;
    atomic_ulong next, done;
    atomic_int rc; /* exit code of the first failure */
    pthread_mutex_t lock;
    cli_progress progress;
} state;

int synth_output_failed(const char *path)
{
    cli_error(path, "%s", strerror(errno));
    return CLI_STORE;
}

int synth_write_image(cli *c, const char *path, const bf_image *image)
{
    bf_status st = bf_image_write_png(c->session, image, path);
    return st ? cli_fail_store(c, path, st) : CLI_OK;
}

unsigned long synth_threads(void)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    return cpus < 1 ? 1 : cpus > 256 ? 256 : (unsigned long)cpus;
}

static void *work(void *arg)
{
    state *s = arg;
    cli c = {.engine = s->engine};
    int rc = bf_session_open(s->engine, &c.session) ? CLI_INPUT : CLI_OK;
    if (rc) cli_error(NULL, "out of memory");
    while (!rc && !atomic_load(&s->rc)) {
        unsigned long n = atomic_fetch_add(&s->next, 1);
        if (n >= s->jobs->count) break;
        rc = s->jobs->make(&c, s->jobs->options, n);
        unsigned long done = atomic_fetch_add(&s->done, 1) + 1;
        pthread_mutex_lock(&s->lock);
        cli_progress_step(&s->progress, done);
        pthread_mutex_unlock(&s->lock);
    }
    int none = 0;
    if (rc) atomic_compare_exchange_strong(&s->rc, &none, rc);
    bf_session_free(c.session);
    return NULL;
}

int synth_run(const synth_jobs *jobs)
{
    pthread_t thread[256];
    unsigned long started = 0;
    cli c;
    if (mkdir(jobs->dir, 0777) && errno != EEXIST) return synth_output_failed(jobs->dir);
    int rc = cli_open(&c);
    if (rc) return rc;
    state s = {.jobs = jobs, .engine = c.engine, .lock = PTHREAD_MUTEX_INITIALIZER};
    cli_progress_start(&s.progress, jobs->what, jobs->count);
    while (started + 1 < jobs->threads && started + 1 < jobs->count && started < 256 &&
           !pthread_create(&thread[started], NULL, work, &s)) {
        started++;
    }
    work(&s);
    while (started) pthread_join(thread[--started], NULL);
    cli_progress_end(&s.progress);
    cli_close(&c);
    return atomic_load(&s.rc);
}

int synth_parse_size(const char *text, uint32_t *width_px, uint32_t *height_px)
{
    char width[16];
    unsigned long w, h;
    size_t n = strcspn(text, "xX");
    if (!text[n] || n >= sizeof width) return -1;
    memcpy(width, text, n);
    width[n] = 0;
    if (cli_parse_uint(width, BF_SYNTH_SIDE_MIN, BF_SYNTH_SIDE_MAX, &w) ||
        cli_parse_uint(text + n + 1, BF_SYNTH_SIDE_MIN, BF_SYNTH_SIDE_MAX, &h)) {
        return -1;
    }
    *width_px = (uint32_t)w;
    *height_px = (uint32_t)h;
    return 0;
}

int synth_parse_u32(const char *text, unsigned long min, unsigned long max, uint32_t *out)
{
    unsigned long v;
    if (cli_parse_uint(text, min, max, &v)) return -1;
    *out = (uint32_t)v;
    return 0;
}
