/* SPDX-License-Identifier: Apache-2.0 */
/* Run a fuzz target over the files of a folder, each as a test; TAP. An empty folder is a failure.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

/* From a block of exactly the file's length, so that reading past its end is seen. */
static int replay(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END)) return -1;
    size_t len = (size_t)ftell(f);
    rewind(f);
    uint8_t *data = malloc(len ? len : 1);
    size_t got = data ? fread(data, 1, len, f) : 0;
    fclose(f);
    if (got == len) LLVMFuzzerTestOneInput(data, len);
    free(data);
    return got == len ? 0 : -1;
}

int main(int argc, char **argv)
{
    struct dirent **entries;
    int n = argc == 2 ? scandir(argv[1], &entries, NULL, alphasort) : -1, number = 0, failed = 0;
    for (int i = 0; i < n; i++) {
        char path[4096];
        if (entries[i]->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", argv[1], entries[i]->d_name);
            int bad = replay(path);
            printf("%sok %d - %s\n", bad ? "not " : "", ++number, entries[i]->d_name);
            fflush(stdout);
            failed |= bad;
        }
        free(entries[i]);
    }
    if (n >= 0) free(entries);
    if (!number) printf("not ok %d - no corpus\n", ++number);
    printf("1..%d\n", number);
    return failed || n <= 2;
}
