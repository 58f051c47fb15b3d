/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our checkasm: every kernel, at every level this CPU has, against the scalar reference; TAP.
 *     check_kernels [SEED]             check and time
 *     check_kernels --untimed [SEED]   check only: under an emulator times mean nothing
 *     check_kernels --digest SEED      print a digest of the scalar results of each kernel, and no
 *                                      more: two machines, compilers or builds must print the same
 * Before a check, broken kernels of our own must be caught, or nothing here means anything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bonafide/engine.h"
#include "kernel/check.h"
#include "kernel/cpu.h"
#include "kernel/kernels.h"

#define CASES 500
#define TIMED_RUNS 31
#define TIMED_REPEATS 200

typedef struct kernel_line {
    const char *name;
    int (*check)(check *c, const bf_kernels *ref, const bf_kernels *k);
    void (*time)(check *c, const bf_kernels *k);
} kernel_line;

#define KERNEL_LINE(name) {#name, check_##name, time_##name},
/* A closing line, since the list may be empty. */
static const kernel_line kernels[] = {CHECKED_KERNELS(KERNEL_LINE){NULL, NULL, NULL}};

static const struct {
    const char *name;
    uint32_t mask;
} levels[] = {
#if defined(__aarch64__)
    {"neon", BF_KERNEL_NEON},
#else
    {"avx2", BF_KERNEL_AVX2},
    {"avx512", BF_KERNEL_AVX2 | BF_KERNEL_AVX512},
#endif
};
#define LEVELS (sizeof levels / sizeof levels[0])

static int number, failed;

static void report(int good, const char *kernel, const char *level, const char *note)
{
    printf("%sok %d - %s %s%s%s\n", good ? "" : "not ", ++number, kernel, level, *note ? " # " : "",
           note);
    failed |= !good;
}

static int compare_ns(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Thread CPU time of drawing one case and running it `repeats` times, ns. */
static double case_ns(const kernel_line *line, const bf_kernels *k, uint64_t seed, int repeats)
{
    struct timespec from, to;
    check c;
    check_begin(&c, seed);
    c.repeats = repeats;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    line->time(&c, k);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    check_end(&c);
    return (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
}

/* Median time of one call, ns: what further calls add, so that the drawing does not count. */
static double time_ns(const kernel_line *line, const bf_kernels *k, uint64_t seed)
{
    double ns[TIMED_RUNS];
    for (int i = 0; i < TIMED_RUNS; i++) {
        double none = case_ns(line, k, seed, 0), many = case_ns(line, k, seed, TIMED_REPEATS);
        ns[i] = (many - none) / TIMED_REPEATS;
    }
    qsort(ns, TIMED_RUNS, sizeof ns[0], compare_ns);
    return ns[TIMED_RUNS / 2];
}

static void check_level(const kernel_line *line, const char *level, const bf_kernels *k,
                        uint64_t seed, int timed)
{
    bf_kernels ref;
    bf_kernels_init(&ref, 0);
    for (uint64_t i = 0; i < CASES; i++) {
        check c;
        check_begin(&c, seed + i);
        if (!line->check(&c, &ref, k)) continue;
        printf("# seed %llu: %s\n", (unsigned long long)(seed + i), c.why);
        report(0, line->name, level, "");
        return;
    }
    char note[80] = "";
    if (timed)
        snprintf(note, sizeof note, "%.0f ns, scalar %.0f ns", time_ns(line, k, seed),
                 time_ns(line, &ref, seed));
    report(1, line->name, level, note);
}

/* ---- kernels that are wrong on purpose: doubling each byte ---- */

typedef void (*doubler)(uint8_t *out, const uint8_t *in, size_t n);

static void right_doubler(uint8_t *out, const uint8_t *in, size_t n)
{
    for (size_t i = 0; i < n; i++) out[i] = (uint8_t)(in[i] * 2);
}

static void wrong_tail(uint8_t *out, const uint8_t *in, size_t n)
{
    right_doubler(out, in, n);
    if (n % 16 == 15) out[n - 1] = in[n - 1];
}

static void one_too_many(uint8_t *out, const uint8_t *in, size_t n)
{
    right_doubler(out, in, n);
    if (n % 8 == 7) out[n] = 0;
}

static void one_before(uint8_t *out, const uint8_t *in, size_t n)
{
    right_doubler(out, in, n);
    out[-1] = 1;
}

static void changes_input(uint8_t *out, const uint8_t *in, size_t n)
{
    right_doubler(out, in, n);
    if (n > 30) ((uint8_t *)(uintptr_t)in)[30] ^= 1;
}

static int passes(doubler d, uint64_t seed)
{
    for (uint64_t i = 0; i < CASES; i++) {
        check c;
        check_begin(&c, seed + i);
        uint32_t n = check_random(&c, 1, 100);
        uint8_t *in = check_alloc(&c, n, 1), *want = check_alloc(&c, n, 1);
        uint8_t *in_copy = check_copy(&c, in, n, 1), *got = check_alloc(&c, n, 1);
        right_doubler(want, in, n);
        d(got, in_copy, n);
        check_equal(&c, "result", want, got, n);
        check_equal(&c, "input", in, in_copy, n);
        if (check_end(&c)) return 0;
    }
    return 1;
}

static void check_the_check(uint64_t seed)
{
    report(passes(right_doubler, seed), "the check", "lets a right kernel pass", "");
    report(!passes(wrong_tail, seed), "the check", "catches a wrong tail", "");
    report(!passes(one_too_many, seed), "the check", "catches a write behind the end", "");
    report(!passes(one_before, seed), "the check", "catches a write before the start", "");
    report(!passes(changes_input, seed), "the check", "catches a changed input", "");
}

static void check_all(uint64_t seed, int timed)
{
    printf("# seed %llu\n", (unsigned long long)seed);
    check_the_check(seed);
    for (const kernel_line *line = kernels; line->name; line++) {
        for (size_t i = 0; i < LEVELS; i++) {
            bf_kernels k;
            bf_kernels_init(&k, levels[i].mask);
            if ((bf_cpu_mask() & levels[i].mask) == levels[i].mask) {
                check_level(line, levels[i].name, &k, seed, timed);
            } else {
                report(1, line->name, levels[i].name, "SKIP this CPU has it not");
            }
        }
    }
    printf("1..%d\n", number);
}

static void print_digests(uint64_t seed)
{
    bf_kernels ref;
    bf_kernels_init(&ref, 0);
    for (const kernel_line *line = kernels; line->name; line++) {
        uint64_t digest = 0;
        for (uint64_t i = 0; i < CASES; i++) {
            check c;
            check_begin(&c, seed + i);
            failed |= line->check(&c, &ref, &ref) != 0;
            digest = digest * 0x100000001b3u ^ c.digest;
        }
        printf("%s %016llx\n", line->name, (unsigned long long)digest);
    }
}

int main(int argc, char **argv)
{
    int digest = argc > 1 && !strcmp(argv[1], "--digest");
    int untimed = argc > 1 && !strcmp(argv[1], "--untimed");
    const char *text = argv[1 + (digest || untimed)];
    uint64_t seed = text ? strtoull(text, NULL, 10) : (uint64_t)time(NULL) * 1000003u;
    if (digest) {
        print_digests(seed);
    } else {
        check_all(seed, !untimed);
    }
    return failed;
}
