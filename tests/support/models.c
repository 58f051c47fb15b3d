/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that need installed models: see models.h. */
#include "support/models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNTIME "libonnxruntime.so"

void models_folder(char out[MODELS_PATH_MAX])
{
    const char *folder = getenv("BF_MODELS"), *root = getenv("SOURCE_ROOT");
    if (folder && folder[0])
        snprintf(out, MODELS_PATH_MAX, "%s", folder);
    else
        snprintf(out, MODELS_PATH_MAX, "%s/models/installed", root ? root : ".");
}

static int is_there(const char *file, char out[MODELS_PATH_MAX])
{
    char folder[MODELS_PATH_MAX];
    models_folder(folder);
    return (size_t)snprintf(out, MODELS_PATH_MAX, "%.900s/%.100s", folder, file) <
               MODELS_PATH_MAX &&
           !access(out, R_OK);
}

int models_path(const char *file, char out[MODELS_PATH_MAX])
{
    char runtime[MODELS_PATH_MAX];
    return is_there(RUNTIME, runtime) && is_there(file, out);
}

int models_run_group(const char *file, const struct CMUnitTest *tests, size_t n)
{
    char path[MODELS_PATH_MAX];
    const char *offline = getenv("BF_OFFLINE");
    if (models_path(file, path)) return _cmocka_run_group_tests("tests", tests, n, NULL, NULL);
    if (!offline || strcmp(offline, "1") != 0) {
        if (!is_there(RUNTIME, path)) file = path;
        printf("1..1\nnot ok 1 - %s is not there: run 'make models'\n", file);
        return 1;
    }
    printf("1..%zu\n", n);
    for (size_t i = 0; i < n; i++) {
        printf("ok %zu - %s # SKIP BF_OFFLINE=1 and no %s\n", i + 1, tests[i].name, file);
    }
    return 0;
}
