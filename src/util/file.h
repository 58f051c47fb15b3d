/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole files, in and out. Paths are untrusted: only regular files are read, and what is read is
 * capped before memory is taken.
 */
#ifndef BF_UTIL_FILE_H
#define BF_UTIL_FILE_H
#include "util/ctx.h"

/* How much of a file name goes into a message, so that the cause fits too: "%.*s". */
#define BF_NAME_MAX 360

/*
 * Read a regular file.
 * @param out  heap; the caller wipes and releases it (bf_file_release)
 * @return 0, BF_ENOENT, BF_EIO (also: a directory, device, FIFO, or no permission), BF_ELIMIT
 */
bf_status bf_file_read(bf_ctx *c, const char *path, size_t max_bytes, uint8_t **out,
                       size_t *out_len);

/* Wipe and release what bf_file_read() gave. */
void bf_file_release(bf_ctx *c, uint8_t *data, size_t len);

/*
 * Write a file so that it appears whole or not at all: a temporary file in the same directory,
 * fsync, rename, fsync of the directory. A symbolic link is followed; anything but a regular file
 * in the way is refused.
 * @param mode  permission bits before the umask, e.g. 0666
 * @return 0, BF_EIO, BF_EREADONLY, BF_EFULL, BF_ENOENT (no such directory)
 */
bf_status bf_file_write(bf_ctx *c, const char *path, const uint8_t *data, size_t len,
                        unsigned mode);

/* Record "<path>: <text of err>" and hand back the code that fits errno value `err`. */
bf_status bf_fail_errno(bf_ctx *c, const char *path, int err);

#endif
