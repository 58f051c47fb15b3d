/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Searching one person among many, through the public interface: synthetic persons (two fingers,
 * two palms and a face; with -t ten fingers) in a store, read into an index, and searched for.
 *     bench_identify [-n PERSONS]... [-t] [-r SEARCHES] [-o RESULT.csv]
 * The store is made in $TMPDIR or /tmp. Half of the probes are of enrolled persons, with the very
 * template that is enrolled: hits say that the fast stage and the index work, not how well real
 * people are found (docs/SCALE.md).
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bonafide/bonafide.h"
#include "bonafide/index.h"
#include "bonafide/synth.h"

#define BATCH 250u
#define SAMPLES 13u
#define SIZES_MAX 8
#define SEARCHES_MAX 1000u

typedef struct part {
    uint32_t modality, position;
} part;

/* Those of a person with ten fingers; one with two has the first two, then the last three. */
static const part parts[SAMPLES] = {
    {BF_FINGER, BF_RIGHT_INDEX},
    {BF_FINGER, BF_LEFT_INDEX},
    {BF_FINGER, BF_RIGHT_THUMB},
    {BF_FINGER, BF_LEFT_THUMB},
    {BF_FINGER, BF_RIGHT_MIDDLE},
    {BF_FINGER, BF_LEFT_MIDDLE},
    {BF_FINGER, BF_RIGHT_RING},
    {BF_FINGER, BF_LEFT_RING},
    {BF_FINGER, BF_RIGHT_LITTLE},
    {BF_FINGER, BF_LEFT_LITTLE},
    {BF_PALM, BF_RIGHT_PALM},
    {BF_PALM, BF_LEFT_PALM},
    {BF_FACE, 0},
};

typedef struct bench {
    bf_session *s;
    char dir[200], db[256], ring[256], key[256];
    bf_secret secret;
    bf_keyring *keyring;
    bf_store *store;
    bf_index *index;
    bf_synth_people *people;
    FILE *csv;
    uint32_t persons, searches;
    int ten;
} bench;

static int fail(bench *b, const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, bf_session_error(b->s));
    return 1;
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- the store ---- */

static int is_enrolled(const bench *b, uint32_t i)
{
    return b->ten || i < 2 || i >= 10;
}

static int open_store(bench *b)
{
    bf_secret_init(&b->secret);
    b->secret.kind = BF_SECRET_KEY_FILE;
    b->secret.path = b->key;
    if (bf_key_file_create(b->s, b->key) ||
        bf_keyring_create(b->s, b->ring, &b->secret, &b->keyring) ||
        bf_store_create(b->s, b->db, b->keyring, NULL, &b->store)) {
        return fail(b, "store");
    }
    return 0;
}

static int enroll_batch(bench *b, uint32_t first, uint32_t count)
{
    static char names[BATCH][16];
    static bf_template *tmpl[BATCH][SAMPLES];
    static bf_sample sample[BATCH][SAMPLES];
    static const bf_sample *list[BATCH][SAMPLES];
    bf_enrollment e[BATCH];
    const bf_enrollment *all[BATCH];
    bf_status st = BF_OK;
    for (uint32_t i = 0; i < count && !st; i++) {
        uint32_t n = 0;
        for (uint32_t k = 0; k < SAMPLES && !st; k++) {
            if (!is_enrolled(b, k)) continue;
            st = bf_synth_people_template(b->s, b->people, first + i, parts[k].modality,
                                          parts[k].position, &tmpl[i][n]);
            bf_sample_init(&sample[i][n]);
            sample[i][n].tmpl = tmpl[i][n];
            list[i][n] = &sample[i][n];
            n++;
        }
        bf_enrollment_init(&e[i]);
        snprintf(names[i], sizeof names[i], "P-%u", first + i);
        e[i].person = names[i];
        e[i].samples = list[i];
        e[i].sample_count = n;
        all[i] = &e[i];
    }
    if (!st) st = bf_store_enroll_many(b->s, b->store, all, count);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < SAMPLES; k++) bf_template_free(tmpl[i][k]);
    }
    memset(tmpl, 0, sizeof tmpl);
    return st ? fail(b, "enrol") : 0;
}

static void record(bench *b, const char *what, const char *unit, double value)
{
    printf("%8u  %-34s %12.4g %s\n", b->persons, what, value, unit);
    if (b->csv) {
        fprintf(b->csv, "%u,%s,%s,%s,%.6g\n", b->persons, b->ten ? "10" : "2", what, unit, value);
    }
}

/* Enrol up to the size wanted, and read it all into memory. */
static int fill(bench *b, uint32_t *have)
{
    double t = now_s(), cpu = cpu_s();
    uint32_t before = *have;
    while (*have < b->persons) {
        uint32_t left = b->persons - *have, count = left < BATCH ? left : BATCH;
        if (enroll_batch(b, *have, count)) return 1;
        *have += count;
    }
    if (*have > before)
        record(b, "made and enrolled", "persons/s/core", (*have - before) / (cpu_s() - cpu));
    bf_index_close(b->index);
    b->index = NULL;
    t = now_s();
    cpu = cpu_s();
    if (bf_index_open(b->s, b->store, NULL, &b->index)) return fail(b, "index");
    record(b, "load", "s", now_s() - t);
    record(b, "load", "persons/s/core", b->persons / (cpu_s() - cpu));
    bf_index_info info = {.struct_size = sizeof info};
    if (bf_index_get_info(b->s, b->index, &info)) return fail(b, "index");
    record(b, "memory", "bytes/person", (double)info.bytes / (double)info.persons);
    return 0;
}

/* ---- searches ---- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One search with some parts of a person. @return 1 found first, 0 not, -1 failed */
static int search(bench *b, uint32_t person, uint32_t from, uint32_t to, double *seconds)
{
    bf_template *probe[SAMPLES];
    const bf_template *probes[SAMPLES];
    bf_search q;
    bf_result *r = NULL;
    char name[16];
    uint32_t n = 0;
    bf_status st = BF_OK;
    for (uint32_t k = from; k < to && !st; k++) {
        if (!is_enrolled(b, k)) continue;
        st = bf_synth_people_template(b->s, b->people, person, parts[k].modality, parts[k].position,
                                      &probe[n]);
        if (!st) probes[n] = probe[n], n++;
    }
    bf_search_init(&q);
    q.probes = probes;
    q.probe_count = n;
    q.index = b->index;
    q.include_below = 1;
    double t = now_s();
    if (!st) st = bf_store_identify(b->s, b->store, &q, &r);
    *seconds = now_s() - t;
    snprintf(name, sizeof name, "P-%u", person);
    int found = !st && bf_result_count(r) && !strcmp(bf_result_candidate(r, 0)->person, name);
    bf_result_free(r);
    for (uint32_t i = 0; i < n; i++) bf_template_free(probe[i]);
    if (st) return fail(b, "search"), -1;
    return found;
}

static int run_searches(bench *b, const char *what, uint32_t from, uint32_t to)
{
    double seconds[SEARCHES_MAX], cpu = 0;
    uint32_t found = 0, enrolled = 0, n = b->searches;
    char text[64];
    for (uint32_t i = 0; i < n; i++) {
        uint32_t known = i % 2, person = known ? (i * 7919u) % b->persons : 0x40000000u + i;
        double t = cpu_s();
        int hit = search(b, person, from, to, &seconds[i]);
        cpu += cpu_s() - t;
        if (hit < 0) return 1;
        enrolled += known;
        found += known && hit;
    }
    qsort(seconds, n, sizeof *seconds, by_value);
    snprintf(text, sizeof text, "%s p50", what);
    record(b, text, "ms", 1e3 * seconds[n / 2]);
    snprintf(text, sizeof text, "%s p99", what);
    record(b, text, "ms", 1e3 * seconds[n * 99 / 100]);
    snprintf(text, sizeof text, "%s searched", what);
    record(b, text, "persons/s/core", b->persons * (n / cpu));
    snprintf(text, sizeof text, "%s found", what);
    record(b, text, "share", enrolled ? (double)found / enrolled : 0);
    return 0;
}

static int measure(bench *b, uint32_t *have)
{
    int rc = fill(b, have);
    if (!rc) rc = run_searches(b, "one finger", 0, 1);
    if (!rc) rc = run_searches(b, "two fingers", 0, 2);
    if (!rc && b->ten) rc = run_searches(b, "ten fingers", 0, 10);
    if (!rc) rc = run_searches(b, "palm", 10, 11);
    if (!rc) rc = run_searches(b, "face", 12, 13);
    if (!rc) rc = run_searches(b, "all", 0, 13);
    return rc;
}

static int open_bench(bench *b, const char *csv)
{
    bf_engine *engine = NULL;
    const char *tmp = getenv("TMPDIR");
    snprintf(b->dir, sizeof b->dir, "%s/bench-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(b->dir) || bf_engine_open(NULL, &engine) || bf_session_open(engine, &b->s)) {
        fprintf(stderr, "bench: cannot begin\n");
        return 1;
    }
    snprintf(b->db, sizeof b->db, "%s/people.bf", b->dir);
    snprintf(b->ring, sizeof b->ring, "%s/people.keys", b->dir);
    snprintf(b->key, sizeof b->key, "%s/people.key", b->dir);
    if (csv && !(b->csv = fopen(csv, "w"))) {
        fprintf(stderr, "bench: %s: cannot write\n", csv);
        return 1;
    }
    if (b->csv) fprintf(b->csv, "persons,fingers,what,unit,value\n");
    if (bf_synth_people_create(b->s, 1, &b->people)) return fail(b, "people");
    return open_store(b);
}

static void close_bench(bench *b)
{
    char shell[300];
    bf_index_close(b->index);
    bf_store_close(b->store);
    bf_keyring_free(b->keyring);
    bf_synth_people_free(b->people);
    if (b->csv) fclose(b->csv);
    static const char *const ends[] = {"people.bf", "people.bf-wal", "people.bf-shm", "people.keys",
                                       "people.key"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(shell, sizeof shell, "%s/%s", b->dir, ends[i]);
        unlink(shell);
    }
    rmdir(b->dir);
    bf_session_free(b->s);
}

int main(int argc, char **argv)
{
    bench b = {.searches = 40};
    uint32_t sizes[SIZES_MAX], count = 0, have = 0;
    const char *csv = NULL;
    for (int o; (o = getopt(argc, argv, "n:tr:o:")) != -1;) {
        if (o == 'n' && count < SIZES_MAX) sizes[count++] = (uint32_t)strtoul(optarg, NULL, 10);
        if (o == 't') b.ten = 1;
        if (o == 'r') b.searches = (uint32_t)strtoul(optarg, NULL, 10);
        if (o == 'o') csv = optarg;
        if (o == '?') return 2;
    }
    if (!count) sizes[count++] = 10000;
    if (b.searches < 2 || b.searches > SEARCHES_MAX) return 2;
    int rc = open_bench(&b, csv);
    for (uint32_t i = 0; i < count && !rc; i++) {
        b.persons = sizes[i];
        rc = measure(&b, &have);
    }
    close_bench(&b);
    return rc;
}
