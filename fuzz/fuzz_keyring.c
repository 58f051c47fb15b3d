/* SPDX-License-Identifier: Apache-2.0 */
/* Keyring files: what may open one, and opening it with a wrong key file. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bonafide/keyring.h"
#include "fuzz.h"

static char path[64];

static void remove_file(void)
{
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (!*path) {
        snprintf(path, sizeof path, "/tmp/bonafide-fuzz-keyring-%ld", (long)getpid());
        atexit(remove_file);
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    FUZZ_REQUIRE(fd >= 0 && write(fd, data, len) == (ssize_t)len && !close(fd));
    bf_session *s = fuzz_session();
    bf_keyring_slot slots[4];
    size_t count = 0;
    bf_status st = bf_keyring_peek(s, path, slots, 4, &count);
    FUZZ_REQUIRE(!st || *bf_session_error(s));
    return 0;
}
