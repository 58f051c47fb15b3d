/* SPDX-License-Identifier: Apache-2.0 */
/* `bonafide synth finger` as a user runs it: files, manifest, threads, exit codes. */
#include <stdio.h>
#include <sys/wait.h>

#include "setup.h"

/* Runs the program with these arguments in `dir`; returns its exit code. */
static int run(const char *dir, const char *arguments)
{
    char line[1000];
    const char *program = getenv("BONAFIDE");
    assert_non_null(program);
    int n = snprintf(line, sizeof line, "cd '%s' && '%s' > stdout.txt %s 2> stderr.txt", dir,
                     program, arguments);
    assert_true(n > 0 && n < (int)sizeof line);
    int rc = system(line);
    assert_true(WIFEXITED(rc));
    return WEXITSTATUS(rc);
}

static int shell(const char *dir, const char *command)
{
    char line[1000];
    snprintf(line, sizeof line, "cd '%s' && %s", dir, command);
    return system(line);
}

static int make_directory(void **state)
{
    static char dir[] = "/tmp/bonafide-synth-XXXXXX";
    *state = mkdtemp(dir);
    return *state ? 0 : -1;
}

static int remove_directory(void **state)
{
    char line[200];
    snprintf(line, sizeof line, "rm -rf '%s'", (char *)*state);
    return system(line);
}

static void same_files_for_any_threads(void **state)
{
    const char *dir = *state;
    const char *want = "printf 'path,subject,position,session,sample,ppi\\n"
                       "0007_1.png,0007,0,1,1,569\\n0007_2.png,0007,0,1,2,569\\n"
                       "0008_1.png,0008,0,1,1,569\\n0008_2.png,0008,0,1,2,569\\n' "
                       "| cmp - one/manifest.csv";
    assert_int_equal(run(dir, "synth finger --out one --fingers 2 --impressions 2 --first 7 "
                              "--seed 5 --ppi 569 --size 256x364 --threads 1"),
                     0);
    assert_int_equal(run(dir, "synth finger -o two --fingers 2 --impressions 2 --first 7 "
                              "--seed 5 --ppi 569 --size 256x364 --threads 2"),
                     0);
    assert_int_equal(shell(dir, "diff -r one two"), 0);
    assert_int_equal(shell(dir, "test $(ls one | wc -l) = 9"), 0);
    assert_int_equal(shell(dir, want), 0);
    assert_int_equal(run(dir, "image one/0008_2.png > said.txt"), 0);
    assert_int_equal(shell(dir, "grep -q '256 x 364 px, grey, 569 ppi' said.txt"), 0);
}

/* A set made in parts is the set. */
static void first_continues(void **state)
{
    const char *dir = *state;
    assert_int_equal(run(dir, "synth finger -o part --fingers 1 --impressions 1 --first 8 --seed 5 "
                              "--ppi 569 --size 256x364"),
                     0);
    assert_int_equal(shell(dir, "cmp part/0008_1.png one/0008_1.png"), 0);
}

static void truth_is_json(void **state)
{
    const char *dir = *state;
    assert_int_equal(shell(dir, "python3 -c \"import json; t = json.load(open('one/0007_1.json')); "
                                "assert t['ppi'] == 569 and len(t['minutiae']) > 3; "
                                "assert all(0 <= m['x'] < 256 and 0 <= m['y'] < 364 and "
                                "m['type'] in ('ending', 'bifurcation') for m in t['minutiae'])\""),
                     0);
}

static void palms_too(void **state)
{
    const char *dir = *state;
    assert_int_equal(run(dir, "synth palm -o p1 --palms 2 --impressions 2 --region --threads 1"),
                     0);
    assert_int_equal(run(dir, "synth palm -o p2 --palms 2 --impressions 2 --region --threads 2"),
                     0);
    assert_int_equal(shell(dir, "diff -r p1 p2 && test $(ls p1 | wc -l) = 9"), 0);
    assert_int_equal(run(dir, "synth palm -o p3 --palms 1 --impressions 1 --closed --colour"), 0);
    assert_int_equal(shell(dir,
                           "python3 -c \"import json; t = json.load(open('p3/0001_1.json')); "
                           "assert t['side'] in ('left', 'right') and len(t['valleys']) == 3\""),
                     0);
    assert_int_equal(run(dir, "show --modality palm --roi p1/0001_1.png p1/0001_2.png -o s.png"),
                     0);
    assert_int_equal(shell(dir, "grep -q '^score' stdout.txt"), 0);
    assert_int_equal(run(dir, "show --modality palm p1/0001_1.png -o s.png"), 0);
    assert_int_equal(shell(dir, "grep -q 'the picture is the region' stdout.txt"), 0);
}

static void usage_and_output_errors(void **state)
{
    const char *dir = *state;
    static const char *const wrong[] = {"synth",
                                        "synth finger",
                                        "synth palm",
                                        "synth palm --out x --palms 0",
                                        "synth palm --out x --size 9x9",
                                        "synth finger --out x --fingers 0",
                                        "synth finger --out x --size 99x400",
                                        "synth finger --out x --size 400",
                                        "synth finger --out x --ppi 200",
                                        "synth finger --out x --pattern knot",
                                        "synth finger --out x --difficulty 301"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(run(dir, wrong[i]), 2);
        assert_int_equal(shell(dir, "test $(wc -l < stderr.txt) = 1"), 0);
    }
    assert_int_equal(shell(dir, "touch file"), 0);
    assert_int_equal(run(dir, "synth finger --out file/x --fingers 1 --impressions 1"), 4);
    assert_int_equal(run(dir, "synth finger --out file --fingers 1 --impressions 1"), 4);
    assert_int_equal(shell(dir, "grep -q '^bonafide: file' stderr.txt"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_files_for_any_threads),
        cmocka_unit_test(first_continues),
        cmocka_unit_test(truth_is_json),
        cmocka_unit_test(palms_too),
        cmocka_unit_test(usage_and_output_errors),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
