/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small secret files: read whole, made whole or not at all, replaced whole or not at all. What
 * these return 0 for is on the disk: file and directory are synchronised.
 */
#ifndef BF_VAULT_FILE_H
#define BF_VAULT_FILE_H
#include "util/ctx.h"

/* What errno says, as a status. */
bf_status bf_file__status(int err, int writing);

#define BF_FILE_PRIVATE 1u /* refuse what others than its owner can read or write */

/*
 * Read a regular file of at most `max` bytes.
 * @param out  heap (bf_ctx_alloc), *out_len bytes; the caller wipes and releases
 * @return 0, BF_ENOENT, BF_EIO, BF_ELIMIT, BF_EFORMAT (no regular file), BF_EKEY (not private)
 */
bf_status bf_file__read(bf_ctx *c, const char *path, size_t max, unsigned flags, uint8_t **out,
                        size_t *out_len);

/* Make a file, mode 0600. @return 0, BF_EEXIST, BF_EREADONLY, BF_EFULL, BF_EIO */
bf_status bf_file__create(bf_ctx *c, const char *path, const uint8_t *data, size_t len);

/* Give a finished file in the same directory its final name. @return 0, BF_EEXIST, BF_EIO */
bf_status bf_file__publish(bf_ctx *c, const char *temp, const char *path);

/*
 * Put new contents in the place of the old by a rename, then overwrite the old file's blocks as far
 * as the file system lets one. One caller at a time for a path.
 * A failure leaves the old contents, but for one: the rename is done and the directory cannot be
 * synchronised. The message then says that the file was replaced and may come back; the old blocks
 * are left alone, and bf_file__sync_name() tries the directory again.
 */
bf_status bf_file__replace(bf_ctx *c, const char *path, const uint8_t *data, size_t len);

/* Make sure that the name stands for what it stands for now after a loss of power as well. */
bf_status bf_file__sync_name(bf_ctx *c, const char *path);

/* Remove what an interrupted replacement left beside `path`. */
void bf_file__sweep(bf_ctx *c, const char *path);

#endif
