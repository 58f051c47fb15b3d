/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the store's checks cost: persons enrolled (two samples each, with images if asked), then
 * each kind of access by a process that has just opened the store, wall time, median of RUNS.
 *     bench_store [-n PERSONS] [-k] [-o RESULT.csv]        -k: keep a 64 KiB image of each sample
 * The store is made in $TMPDIR or /tmp, all samples from one synthetic print.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bonafide/bonafide.h"
#include "bonafide/synth.h"

#define RUNS 5
#define SAMPLES 2u
#define IMAGE_BYTES (64u << 10)

typedef struct bench {
    bf_session *s;
    char dir[200], db[256], ring[256], key[256], parcel[256];
    bf_secret secret;
    bf_keyring *keyring;
    bf_store *store;
    bf_template *template;
    uint32_t persons;
    int keep_images;
} bench;

static int fail(bench *b, const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, bf_session_error(b->s));
    return 1;
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static int make_template(bench *b)
{
    bf_synth_finger_opts opts;
    bf_synth_impression_opts touch;
    bf_synth_finger *finger = NULL;
    bf_synth_impression *print = NULL;
    bf_synth_finger_opts_init(&opts);
    bf_synth_impression_opts_init(&touch);
    if (bf_synth_finger_create(b->s, &opts, &finger) ||
        bf_synth_impression_create(b->s, finger, &touch, &print) ||
        bf_template_extract(b->s, bf_synth_impression_image(print), BF_FINGER, BF_RIGHT_INDEX,
                            &b->template)) {
        return fail(b, "print");
    }
    bf_synth_impression_free(print);
    bf_synth_finger_free(finger);
    return 0;
}

static int enroll_all(bench *b)
{
    static uint8_t image[IMAGE_BYTES];
    bf_sample sample;
    const bf_sample *samples[SAMPLES] = {&sample, &sample};
    const char *gallery = "bench";
    bf_sample_init(&sample);
    sample.tmpl = b->template;
    if (b->keep_images) sample.image = image;
    if (b->keep_images) sample.image_len = sizeof image;
    for (uint32_t i = 0; i < b->persons; i++) {
        char person[32];
        bf_enrollment e;
        snprintf(person, sizeof person, "P-%u", i);
        bf_enrollment_init(&e);
        e.person = person;
        e.samples = samples;
        e.sample_count = SAMPLES;
        e.galleries = &gallery;
        e.gallery_count = 1;
        if (bf_store_enroll(b->s, b->store, &e, NULL)) return fail(b, person);
    }
    return 0;
}

static int make_store(bench *b)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(b->dir, sizeof b->dir, "%.100s/bonafide-bench-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(b->dir)) return fail(b, b->dir);
    snprintf(b->db, sizeof b->db, "%s/people.bf", b->dir);
    snprintf(b->ring, sizeof b->ring, "%s/people.bf.keys", b->dir);
    snprintf(b->key, sizeof b->key, "%s/key", b->dir);
    snprintf(b->parcel, sizeof b->parcel, "%s/parcel", b->dir);
    bf_secret_init(&b->secret);
    b->secret.kind = BF_SECRET_KEY_FILE;
    b->secret.path = b->key;
    if (bf_key_file_create(b->s, b->key) ||
        bf_keyring_create(b->s, b->ring, &b->secret, &b->keyring) ||
        bf_store_create(b->s, b->db, b->keyring, NULL, &b->store)) {
        return fail(b, b->dir);
    }
    return make_template(b) || enroll_all(b);
}

static void close_store(bench *b)
{
    bf_store_close(b->store);
    bf_keyring_free(b->keyring);
    b->store = NULL;
    b->keyring = NULL;
}

static int open_store(bench *b)
{
    close_store(b);
    if (bf_keyring_open(b->s, b->ring, &b->secret, &b->keyring)) return fail(b, b->ring);
    return bf_store_open(b->s, b->db, b->keyring, NULL, &b->store) ? fail(b, b->db) : 0;
}

/* ---- what is measured; each after an opening of its own ---- */

static int do_open(bench *b)
{
    return open_store(b);
}

static int do_verify(bench *b)
{
    bf_search q;
    bf_result *r = NULL;
    const bf_template *probe = b->template;
    bf_search_init(&q);
    q.probes = &probe;
    q.probe_count = 1;
    if (open_store(b) || bf_store_verify(b->s, b->store, "P-1", &q, &r)) return fail(b, "verify");
    bf_result_free(r);
    return 0;
}

static int do_identify(bench *b)
{
    bf_search q;
    bf_result *r = NULL;
    const bf_template *probe = b->template;
    bf_search_init(&q);
    q.probes = &probe;
    q.probe_count = 1;
    q.threads = 1;
    if (open_store(b) || bf_store_identify(b->s, b->store, &q, &r)) return fail(b, "identify");
    bf_result_free(r);
    return 0;
}

static int do_list(bench *b)
{
    bf_list *l = NULL;
    if (open_store(b) || bf_store_list(b->s, b->store, BF_LIST_ENCOUNTERS, NULL, NULL, &l)) {
        return fail(b, "list");
    }
    bf_list_free(l);
    return 0;
}

static int do_enroll(bench *b)
{
    bf_sample sample;
    const bf_sample *samples = &sample;
    bf_enrollment e;
    bf_sample_init(&sample);
    sample.tmpl = b->template;
    bf_enrollment_init(&e);
    e.person = "P-one-more";
    e.samples = &samples;
    e.sample_count = 1;
    if (open_store(b) || bf_store_enroll(b->s, b->store, &e, NULL)) return fail(b, "enroll");
    return 0;
}

static int do_export(bench *b)
{
    bf_parcel_opts o;
    uint8_t key[32];
    bf_parcel_opts_init(&o);
    o.with_images = 1;
    unlink(b->parcel);
    if (open_store(b)) return 1;
    bf_keyring_public_key(b->keyring, key);
    o.public_key = key;
    return bf_store_export(b->s, b->store, "P-1", &o, b->parcel) ? fail(b, "export") : 0;
}

static int do_fsck(bench *b)
{
    if (open_store(b)) return 1;
    return bf_store_check(b->s, b->store, NULL) ? fail(b, "fsck") : 0;
}

static const struct {
    const char *name;
    int (*work)(bench *);
} works[] = {
    {"open", do_open}, {"enroll", do_enroll}, {"verify", do_verify}, {"identify", do_identify},
    {"list", do_list}, {"export", do_export}, {"fsck", do_fsck},
};

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int measure(bench *b, FILE *csv)
{
    struct stat sb;
    double mib = stat(b->db, &sb) ? 0 : (double)sb.st_size / (1 << 20);
    printf("\n%u persons, %u samples each, %s images: %.0f MiB; wall time of opening and\n",
           b->persons, SAMPLES, b->keep_images ? "with" : "without", mib);
    if (csv) fprintf(csv, "persons,images,work,ms_median\n");
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++) {
        double ms[RUNS];
        for (int r = 0; r < RUNS; r++) {
            double start = now_ms();
            if (works[i].work(b)) return 1;
            ms[r] = now_ms() - start;
        }
        qsort(ms, RUNS, sizeof ms[0], ascending);
        printf("  %-10s %10.1f ms\n", works[i].name, ms[RUNS / 2]);
        if (csv) {
            fprintf(csv, "%u,%u,%s,%.1f\n", b->persons, b->keep_images ? SAMPLES * b->persons : 0,
                    works[i].name, ms[RUNS / 2]);
        }
    }
    return 0;
}

static void remove_store(bench *b)
{
    char path[320];
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", b->db, suffixes[i]);
        unlink(path);
    }
    unlink(b->ring);
    unlink(b->key);
    unlink(b->parcel);
    rmdir(b->dir);
}

int main(int argc, char **argv)
{
    static bench b = {.persons = 10000};
    bf_engine *engine = NULL;
    const char *path = NULL;
    for (int o; (o = getopt(argc, argv, "n:ko:")) != -1;) {
        if (o == 'n' && atoi(optarg) > 1)
            b.persons = (uint32_t)atoi(optarg);
        else if (o == 'k')
            b.keep_images = 1;
        else if (o == 'o')
            path = optarg;
        else
            return 2;
    }
    if (bf_engine_open(NULL, &engine) || bf_session_open(engine, &b.s)) return 1;
    FILE *csv = path ? fopen(path, "w") : NULL;
    if (path && !csv) perror(path);
    int bad = (path && !csv) || make_store(&b) || measure(&b, csv);
    if (csv && fclose(csv)) bad = 1;
    close_store(&b);
    bf_template_free(b.template);
    if (*b.dir) remove_store(&b);
    bf_session_free(b.s);
    bf_engine_free(engine);
    return bad;
}
