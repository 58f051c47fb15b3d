/* SPDX-License-Identifier: Apache-2.0 */
/* Where the neural models are: see cli.h. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define OPTION "--models"

int cli_take_models_option(int argc, char **argv)
{
    int kept = 0;
    size_t n = strlen(OPTION);
    for (int i = 0; i < argc; i++) {
        const char *folder = NULL;
        if (!strcmp(argv[i], "--")) {
            while (i < argc) argv[kept++] = argv[i++];
            break;
        }
        if (!strncmp(argv[i], OPTION "=", n + 1))
            folder = argv[i] + n + 1;
        else if (!strcmp(argv[i], OPTION))
            folder = i + 1 < argc ? argv[++i] : "";
        if (!folder) {
            argv[kept++] = argv[i];
            continue;
        }
        if (!folder[0] || setenv("BF_MODELS", folder, 1)) {
            cli_usage(NULL, OPTION " takes a folder");
            return -1;
        }
    }
    argv[kept] = NULL;
    return kept;
}

/* The folder the program's own folder is in, then `tail`. @return 0, -1: no room */
static int beside_program(const char *tail, char *out, size_t cap)
{
    ssize_t n = readlink("/proc/self/exe", out, cap - 1);
    if (n <= 0 || (size_t)n >= cap - 1) return -1;
    out[n] = 0;
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(out, '/');
        if (!slash) return -1;
        *slash = 0;
    }
    size_t len = strlen(out);
    if (len + strlen(tail) + 1 > cap) return -1;
    memcpy(out + len, tail, strlen(tail) + 1);
    return 0;
}

void cli_models_folder(char *out, size_t cap)
{
    const char *given = getenv("BF_MODELS");
    if (given && given[0]) {
        if ((size_t)snprintf(out, cap, "%s", given) >= cap) out[0] = 0;
        return;
    }
    if (!beside_program("/models/installed", out, cap) && !access(out, F_OK)) return;
    if (beside_program("/share/bonafide/models", out, cap)) out[0] = 0;
}
