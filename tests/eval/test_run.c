/* SPDX-License-Identifier: Apache-2.0 */
/* From image files to report, on synthetic prints: 3 fingers x 3 impressions and one far too small.
 */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bonafide/synth.h"
#include "made.h"
#include "report.h"

static char folder[] = "/tmp/bonafide-eval-XXXXXX";
static bf_engine *engine;
static eval_error err;

static void in_folder(char *out, size_t size, const char *name)
{
    snprintf(out, size, "%s/%s", folder, name);
}

static void save(bf_session *s, const bf_image *image, const char *name)
{
    char path[128];
    in_folder(path, sizeof path, name);
    assert_int_equal(bf_image_write_png(s, image, path), BF_OK);
}

static void write_prints(bf_session *s, FILE *manifest)
{
    for (uint32_t finger = 0; finger < 3; finger++) {
        bf_synth_finger_opts opts;
        bf_synth_finger *f = NULL;
        bf_synth_finger_opts_init(&opts);
        opts.seed = finger + 1;
        assert_int_equal(bf_synth_finger_create(s, &opts, &f), BF_OK);
        for (uint32_t k = 1; k <= 3; k++) {
            bf_synth_impression_opts how;
            bf_synth_impression *i = NULL;
            char name[32];
            bf_synth_impression_opts_init(&how);
            how.flags = BF_SYNTH_CLEAN;
            how.seed = k;
            assert_int_equal(bf_synth_impression_create(s, f, &how, &i), BF_OK);
            snprintf(name, sizeof name, "%u_%u.png", finger, k);
            save(s, bf_synth_impression_image(i), name);
            fprintf(manifest, "%s,p%u,0,1,%u,500\n", name, finger, k);
            bf_synth_impression_free(i);
        }
        bf_synth_finger_free(f);
    }
}

static int set_up(void **state)
{
    (void)state;
    char path[128];
    bf_session *s = NULL;
    bf_image *small = NULL;
    static const uint8_t px[40 * 40];
    assert_non_null(mkdtemp(folder));
    assert_int_equal(bf_engine_open(NULL, &engine), BF_OK);
    assert_int_equal(bf_session_open(engine, &s), BF_OK);
    in_folder(path, sizeof path, "set.csv");
    FILE *manifest = fopen(path, "w");
    assert_non_null(manifest);
    fputs("path,subject,position,session,sample,ppi\n", manifest);
    write_prints(s, manifest);
    assert_int_equal(bf_image_create(s, px, 40, 40, 40, 1, 500, &small), BF_OK);
    save(s, small, "small <b>.png");
    fputs("small <b>.png,p0,0,1,4,500\n", manifest);
    fclose(manifest);
    bf_image_free(small);
    bf_session_free(s);
    return 0;
}

static void remove_all(const char *dir)
{
    char path[512];
    DIR *d = opendir(dir);
    for (struct dirent *e; d && (e = readdir(d));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (unlink(path)) remove_all(path);
    }
    if (d) closedir(d);
    rmdir(dir);
}

static int tear_down(void **state)
{
    (void)state;
    bf_engine_free(engine);
    remove_all(folder);
    return 0;
}

static void load(const char *name, eval_manifest *m)
{
    char path[128];
    in_folder(path, sizeof path, name);
    assert_int_equal(eval_manifest_load(path, m, &err), BF_OK);
}

static void run(const eval_manifest *m, unsigned threads, eval_result *out)
{
    eval_run_opts opts = {.modality = BF_FINGER,
                          .protocol = EVAL_ALL_PAIRS,
                          .threads = threads,
                          .replicates = 100,
                          .seed = 1};
    assert_int_equal(eval_run(engine, m, &opts, out, &err), BF_OK);
}

static void measures_and_keeps_failures(void **state)
{
    (void)state;
    eval_manifest m;
    eval_result r;
    load("set.csv", &m);
    run(&m, 1, &r);
    assert_int_equal(r.pairs.images, 10);
    assert_int_equal(r.failures, 1);
    assert_int_equal(r.pairs.genuine, 6 + 3 + 3);
    assert_int_equal(r.pairs.impostor, 45 - 12);
    /* The small picture is the last sample of the first finger; its 9 pairs stay in. */
    assert_int_equal(r.extraction[3].status, BF_ESMALL);
    assert_true(r.extraction[3].cause[0] != 0);
    assert_int_equal(r.tally.genuine_failed, 3);
    assert_int_equal(r.tally.impostor_failed, 6);
    assert_true(r.rates.zero_fmr >= 3.0 / 12.0);
    /* All other genuine pairs are clean prints, well above all impostors. */
    assert_true(r.rates.zero_fmr < 3.0 / 12.0 + 1e-9);
    assert_true(r.rank1 == 6.0 / 7.0);
    assert_true(r.times.extract_ms_median > 0 && r.times.compare_us_mean > 0);
    assert_true(r.template_bytes_mean > 50);
    eval_result_free(&r);
    eval_manifest_free(&m);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    eval_manifest m;
    eval_result a, b;
    load("set.csv", &m);
    run(&m, 1, &a);
    run(&m, 5, &b);
    assert_int_equal(a.pairs.count, b.pairs.count);
    assert_memory_equal(a.pairs.pair, b.pairs.pair, a.pairs.count * sizeof *a.pairs.pair);
    assert_memory_equal(&a.intervals, &b.intervals, sizeof a.intervals);
    for (uint32_t i = 0; i < m.count; i++) {
        assert_int_equal(a.extraction[i].quality, b.extraction[i].quality);
    }
    eval_result_free(&a);
    eval_result_free(&b);
    eval_manifest_free(&m);
}

static void a_missing_file_is_an_error(void **state)
{
    (void)state;
    char path[128], expected[300];
    in_folder(path, sizeof path, "gone.csv");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("path,subject,position,session,sample,ppi\n0_1.png,a,0,1,1,0\n0_2.png,a,0,1,2,0\n"
          "gone.png,b,0,1,1,0\n",
          f);
    fclose(f);
    eval_manifest m;
    eval_result r = {0};
    load("gone.csv", &m);
    eval_run_opts opts = {.modality = BF_FINGER, .protocol = EVAL_ALL_PAIRS, .threads = 2};
    assert_int_equal(eval_run(engine, &m, &opts, &r, &err), BF_ENOENT);
    snprintf(expected, sizeof expected, "%s:4: %s/gone.png: ", path, folder);
    assert_int_equal(strncmp(err.text, expected, strlen(expected)), 0);
    assert_null(r.pairs.pair);
    eval_manifest_free(&m);
}

static char *slurp(const char *path)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, f) > 1000);
    fclose(f);
    return text;
}

static void report(int images)
{
    eval_manifest m;
    eval_result r;
    char dir[128], path[160];
    struct stat st;
    load("set.csv", &m);
    run(&m, 2, &r);
    in_folder(dir, sizeof dir, "report"); /* the one without removes what the one with drew */
    eval_report_opts opts = {.images = images, .pairs = 2};
    assert_int_equal(eval_report_write(engine, &r, dir, &opts, &err), BF_OK);
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 077, 0);
    snprintf(path, sizeof path, "%s/index.html", dir);
    char *page = slurp(path);
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "//")); /* nothing from elsewhere */
    assert_null(strstr(page, "nan"));
    assert_null(strstr(page, "<b>.png"));
    assert_non_null(strstr(page, "small &lt;b&gt;.png"));
    assert_non_null(strstr(page, "</html>"));
    assert_int_equal(strstr(page, "<img") != NULL, images);
    assert_int_equal(strstr(page, "shows biometric samples") != NULL, images);
    snprintf(path, sizeof path, "%s/genuine-02.png", dir);
    assert_int_equal(stat(path, &st) == 0, images);
    snprintf(path, sizeof path, "%s/genuine-03.png", dir);
    assert_int_equal(stat(path, &st), -1);
    free(page);
    eval_result_free(&r);
    eval_manifest_free(&m);
}

static void reports_with_pictures(void **state)
{
    (void)state;
    report(1);
}

static void reports_without_pictures(void **state)
{
    (void)state;
    report(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_and_keeps_failures), cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(a_missing_file_is_an_error),  cmocka_unit_test(reports_with_pictures),
        cmocka_unit_test(reports_without_pictures),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
