/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests that need installed models. Without them a test program fails with one line that names
 * the fix; with BF_OFFLINE=1 each of its tests is skipped and counted. (cmocka's own skip() prints
 * "not ok", which meson counts as a failure.)
 *
 *     int main(void)
 *     {
 *         const struct CMUnitTest tests[] = {cmocka_unit_test(runs)};
 *         return models_run("facemesh.onnx", tests);
 *     }
 */
#ifndef BF_TESTS_MODELS_H
#define BF_TESTS_MODELS_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MODELS_PATH_MAX 1024

/* $BF_MODELS, else models/installed of the source tree. */
void models_folder(char out[MODELS_PATH_MAX]);

/* Path of a file in it. @return 1 if it is there and the runtime library too */
int models_path(const char *file, char out[MODELS_PATH_MAX]);

/* Run the tests if `file` and the runtime library are there. @return the program's exit code */
#define models_run(file, tests) models_run_group(file, tests, sizeof(tests) / sizeof((tests)[0]))

int models_run_group(const char *file, const struct CMUnitTest *tests, size_t n);

#endif
