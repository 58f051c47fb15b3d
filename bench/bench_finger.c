/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Speed and memory of fingerprints, through the public API, on one core.
 *     bench_finger [-o RESULT.csv]
 * Images: synthetic impressions of 388 x 374 px (the size of FVC2002 DB1), or those of the manifest
 * named by BF_BENCH_MANIFEST. Times are thread CPU time; an image's time is the median of
 * EXTRACT_RUNS runs. Preparation of templates is measured apart from comparison, and what the clock
 * itself costs, some 0.2 us, is taken off each comparison.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "bonafide/bonafide.h"
#include "bonafide/synth.h"
#include "manifest.h"

#define SYNTHETIC_FINGERS 12u
#define SYNTHETIC_IMPRESSIONS 4u
#define EXTRACT_RUNS 3
#define IMAGES_MAX 1000u
#define PAIRS_MAX 200000u

typedef struct series {
    double *value;
    size_t count, cap;
} series;

typedef struct bench {
    bf_session *s;
    char set[64];
    bf_image *image[IMAGES_MAX];
    bf_template *template[IMAGES_MAX];
    size_t images, failures, bytes;
    series extract_ms, prepare_us, compare_us, at_least_us;
} bench;

static void add(series *a, double v)
{
    if (a->count == a->cap) {
        a->cap = a->cap ? a->cap * 2 : 1024;
        a->value = realloc(a->value, a->cap * sizeof *a->value);
        if (!a->value) abort();
    }
    a->value[a->count++] = v;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The value below which `part` of the series lies; sorts it. */
static double quantile(series *a, double part)
{
    if (!a->count) return 0;
    qsort(a->value, a->count, sizeof *a->value, ascending);
    return a->value[(size_t)(part * (double)(a->count - 1) + 0.5)];
}

static double mean(const series *a)
{
    double sum = 0;
    for (size_t i = 0; i < a->count; i++) sum += a->value[i];
    return a->count ? sum / (double)a->count : 0;
}

static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

/* What asking for the time costs: median. It is taken off each comparison. */
static double clock_cost_us(void)
{
    series s = {0};
    for (int i = 0; i < 1001; i++) {
        double from = cpu_us();
        add(&s, cpu_us() - from);
    }
    double cost = quantile(&s, 0.5);
    free(s.value);
    return cost;
}

static int fail(const bench *b, const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, bf_session_error(b->s));
    return 1;
}

static int make_images(bench *b)
{
    snprintf(b->set, sizeof b->set, "synthetic");
    for (uint32_t f = 0; f < SYNTHETIC_FINGERS; f++) {
        bf_synth_finger_opts opts;
        bf_synth_finger *finger = NULL;
        bf_synth_finger_opts_init(&opts);
        opts.seed = bf_synth_seed(1, f, 0);
        if (bf_synth_finger_create(b->s, &opts, &finger)) return fail(b, "finger");
        for (uint32_t i = 0; i < SYNTHETIC_IMPRESSIONS; i++) {
            bf_synth_impression_opts touch_opts;
            bf_synth_impression *touch = NULL;
            bf_synth_impression_opts_init(&touch_opts);
            touch_opts.seed = i + 1;
            touch_opts.width_px = 388;
            touch_opts.height_px = 374;
            if (bf_synth_impression_create(b->s, finger, &touch_opts, &touch)) {
                return fail(b, "impression");
            }
            const bf_image *made = bf_synth_impression_image(touch);
            bf_status st = bf_image_create(b->s, bf_image_pixels(made), 388, 374, 388, 1, 500,
                                           &b->image[b->images]);
            bf_synth_impression_free(touch);
            if (st) return fail(b, "image");
            b->images++;
        }
        bf_synth_finger_free(finger);
    }
    return 0;
}

static int load_images(bench *b, const char *path)
{
    eval_manifest m;
    eval_error err;
    memset(&err, 0, sizeof err);
    if (eval_manifest_load(path, &m, &err)) {
        fprintf(stderr, "bench: %s: not a manifest\n", path);
        return 1;
    }
    snprintf(b->set, sizeof b->set, "%.60s", m.name);
    for (uint32_t i = 0; i < m.count && b->images < IMAGES_MAX; i++) {
        bf_image_opts opts;
        bf_image_opts_init(&opts);
        opts.ppi = m.samples[i].ppi;
        if (bf_image_load(b->s, m.samples[i].path, &opts, &b->image[b->images])) {
            return fail(b, m.samples[i].path);
        }
        b->images++;
    }
    eval_manifest_free(&m);
    return b->images ? 0 : fail(b, "no images");
}

static int extract_all(bench *b)
{
    for (size_t i = 0; i < b->images; i++) {
        double ms[EXTRACT_RUNS];
        for (int run = 0; run < EXTRACT_RUNS; run++) {
            bf_template_free(b->template[i]);
            b->template[i] = NULL;
            double from = cpu_us();
            bf_status st = bf_template_extract(b->s, b->image[i], BF_FINGER, 0, &b->template[i]);
            ms[run] = (cpu_us() - from) / 1000;
            if (st && st != BF_ENONE && st != BF_ESMALL) return fail(b, "extract");
        }
        qsort(ms, EXTRACT_RUNS, sizeof ms[0], ascending);
        add(&b->extract_ms, ms[EXTRACT_RUNS / 2]);
        if (!b->template[i]) {
            b->failures++;
            continue;
        }
        size_t len;
        const uint8_t *data = bf_template_bytes(b->template[i], &len);
        bf_template *again = NULL;
        double from = cpu_us();
        if (bf_template_parse(b->s, data, len, &again)) return fail(b, "parse");
        add(&b->prepare_us, cpu_us() - from);
        b->bytes += len;
        bf_template_free(again);
    }
    return 0;
}

/* All unordered pairs, thinned to at most PAIRS_MAX. */
static int compare_all(bench *b)
{
    size_t total = b->images * (b->images - 1) / 2, step = total / PAIRS_MAX + 1, pair = 0;
    float score;
    double clock_us = clock_cost_us();
    for (size_t i = 0; i < b->images; i++) {
        for (size_t k = i + 1; k < b->images; k++) {
            if (pair++ % step || !b->template[i] || !b->template[k]) continue;
            double from = cpu_us();
            if (bf_compare(b->s, b->template[i], b -> template[k], &score))
                return fail(b, "compare");
            double between = cpu_us();
            if (bf_compare_at_least(b->s, b->template[i], b -> template[k], 30.0f, &score)) {
                return fail(b, "compare");
            }
            add(&b->compare_us, between - from - clock_us);
            add(&b->at_least_us, cpu_us() - between - clock_us);
        }
    }
    return 0;
}

static void print_report(bench *b, const char *kernels)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    size_t good = b->images - b->failures;
    printf("%s: %zu images, %zu without a print, %zu pairs; kernels: %s; one core, CPU time\n\n",
           b->set, b->images, b->failures, b->compare_us.count, kernels);
    printf("  extraction           median %8.2f ms   90 %% %8.2f   99 %% %8.2f\n",
           quantile(&b->extract_ms, 0.5), quantile(&b->extract_ms, 0.9),
           quantile(&b->extract_ms, 0.99));
    printf("  reading a template   mean   %8.2f us\n", mean(&b->prepare_us));
    printf("  compare              mean   %8.2f us   50 %% %8.2f   99 %% %8.2f\n",
           mean(&b->compare_us), quantile(&b->compare_us, 0.5), quantile(&b->compare_us, 0.99));
    printf("  compare_at_least(30) mean   %8.2f us   50 %% %8.2f   99 %% %8.2f\n",
           mean(&b->at_least_us), quantile(&b->at_least_us, 0.5), quantile(&b->at_least_us, 0.99));
    printf("  template             mean   %8.0f bytes\n",
           good ? (double)b->bytes / (double)good : 0.0);
    printf("  peak memory                 %8.1f MiB\n\n", (double)usage.ru_maxrss / 1024);
    printf("Others, on FVC2002_DB1_B (388 x 374), their authors' builds on one core:\n"
           "  extraction, ms:  FingerJetFX 9.5, mindtct 20, SourceAFIS 29\n"
           "  comparison, us:  OpenAFIS 41, SourceAFIS 81, bozorth3 831\n");
}

static int write_csv(bench *b, const char *path, const char *kernels)
{
    FILE *f = fopen(path, "w");
    if (!f) {
        perror(path);
        return 1;
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    size_t good = b->images - b->failures;
    fprintf(f, "set,kernels,images,pairs,extract_ms_median,extract_ms_p90,parse_us_mean,"
               "compare_us_mean,compare_us_p99,at_least_30_us_mean,at_least_30_us_p99,"
               "template_bytes_mean,peak_mib\n");
    fprintf(f, "%s,%s,%zu,%zu,%.2f,%.2f,%.2f,%.2f,%.2f,%.2f,%.2f,%.0f,%.1f\n", b->set, kernels,
            b->images, b->compare_us.count, quantile(&b->extract_ms, 0.5),
            quantile(&b->extract_ms, 0.9), mean(&b->prepare_us), mean(&b->compare_us),
            quantile(&b->compare_us, 0.99), mean(&b->at_least_us), quantile(&b->at_least_us, 0.99),
            good ? (double)b->bytes / (double)good : 0.0, (double)usage.ru_maxrss / 1024);
    return fclose(f) != 0;
}

int main(int argc, char **argv)
{
    static bench b;
    bf_engine *engine = NULL;
    const char *csv = NULL, *manifest = getenv("BF_BENCH_MANIFEST");
    for (int o; (o = getopt(argc, argv, "o:")) != -1;) {
        if (o != 'o') return 2;
        csv = optarg;
    }
    if (bf_engine_open(NULL, &engine) || bf_session_open(engine, &b.s)) return 1;
    int bad = (manifest && *manifest ? load_images(&b, manifest) : make_images(&b)) ||
              extract_all(&b) || compare_all(&b);
    if (!bad) print_report(&b, bf_engine_kernels(engine));
    if (!bad && csv) bad = write_csv(&b, csv, bf_engine_kernels(engine));
    for (size_t i = 0; i < b.images; i++) {
        bf_template_free(b.template[i]);
        bf_image_free(b.image[i]);
    }
    free(b.extract_ms.value);
    free(b.prepare_us.value);
    free(b.compare_us.value);
    free(b.at_least_us.value);
    bf_session_free(b.s);
    bf_engine_free(engine);
    return bad;
}
