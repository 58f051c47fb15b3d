/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files are read, not mapped: a mapped file that somebody cuts short kills the process. O_NONBLOCK
 * keeps open() from waiting on a FIFO before fstat() can refuse it.
 */
#include "util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static bf_status status_of_errno(int err)
{
    switch (err) {
    case ENOENT:
    case ENOTDIR: return BF_ENOENT;
    case EROFS: return BF_EREADONLY;
    case EFBIG:
    case ENOSPC:
    case EDQUOT: return BF_EFULL;
    case ENOMEM: return BF_ENOMEM;
    default: return BF_EIO;
    }
}

bf_status bf_fail_errno(bf_ctx *c, const char *path, int err)
{
    char text[128];
    return bf_ctx_fail(c, status_of_errno(err), "%.*s: %s", BF_NAME_MAX, path,
                       strerror_r(err, text, sizeof text));
}

/* Read exactly len bytes. */
static bf_status read_all(bf_ctx *c, int fd, const char *path, uint8_t *data, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t want = len - at < (1u << 30) ? len - at : 1u << 30;
        ssize_t got = read(fd, data + at, want);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return bf_fail_errno(c, path, errno);
        if (!got) BF_FAIL(c, BF_EIO, "%.*s: became shorter while being read", BF_NAME_MAX, path);
        at += (size_t)got;
    }
    return BF_OK;
}

static bf_status read_open(bf_ctx *c, int fd, const char *path, size_t max_bytes, uint8_t **out,
                           size_t *out_len)
{
    struct stat st;
    if (fstat(fd, &st)) return bf_fail_errno(c, path, errno);
    if (S_ISDIR(st.st_mode)) BF_FAIL(c, BF_EIO, "%.*s: is a directory", BF_NAME_MAX, path);
    if (!S_ISREG(st.st_mode)) BF_FAIL(c, BF_EIO, "%.*s: not a regular file", BF_NAME_MAX, path);
    if (st.st_size < 0 || (uint64_t)st.st_size > max_bytes) {
        BF_FAIL(c, BF_ELIMIT, "%.*s: %lld bytes, more than the limit of %zu", BF_NAME_MAX, path,
                (long long)st.st_size, max_bytes);
    }
    size_t len = (size_t)st.st_size;
    uint8_t *data = bf_ctx_alloc(c, len, 1);
    if (!data) BF_FAIL_NOMEM(c);
    bf_status rc = read_all(c, fd, path, data, len);
    if (rc) {
        bf_file_release(c, data, len);
        return rc;
    }
    *out = data;
    *out_len = len;
    return BF_OK;
}

bf_status bf_file_read(bf_ctx *c, const char *path, size_t max_bytes, uint8_t **out,
                       size_t *out_len)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) return bf_fail_errno(c, path, errno);
    bf_status rc = read_open(c, fd, path, max_bytes, out, out_len);
    close(fd);
    return rc;
}

void bf_file_release(bf_ctx *c, uint8_t *data, size_t len)
{
    bf_wipe(data, len);
    bf_ctx_release(c, data);
}

static int write_all(int fd, const uint8_t *data, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t want = len - at < (1u << 30) ? len - at : 1u << 30;
        ssize_t n = write(fd, data + at, want);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        at += (size_t)n;
    }
    return 0;
}

/* Opens a new file beside `path`; its name is left in `temp`. -1 and errno on failure. */
static int open_temporary(const char *path, char *temp, size_t cap, unsigned mode)
{
    for (int attempt = 0; attempt < 100; attempt++) {
        uint64_t salt = 0;
        if (getrandom(&salt, sizeof salt, 0) != (ssize_t)sizeof salt) return -1;
        int n = snprintf(temp, cap, "%s.%016llx", path, (unsigned long long)salt);
        if (n < 0 || (size_t)n >= cap) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

/* Makes the rename itself durable. */
static int sync_directory_of(char *path)
{
    char *slash = strrchr(path, '/');
    const char *dir = ".";
    if (slash) {
        dir = slash == path ? "/" : path;
        *slash = 0;
    }
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return errno == EACCES ? 0 : errno; /* a directory we may write but not list */
    int err = fsync(fd) && errno != EINVAL ? errno : 0;
    close(fd);
    return err;
}

/* The file the path leads to, or errno. */
static int resolve_target(const char *path, char target[PATH_MAX])
{
    struct stat st;
    if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
        if (!realpath(path, target)) return errno;
    } else if (snprintf(target, PATH_MAX, "%s", path) >= PATH_MAX) {
        return ENAMETOOLONG;
    }
    if (stat(target, &st)) return errno == ENOENT ? 0 : errno;
    if (S_ISDIR(st.st_mode)) return EISDIR;
    return S_ISREG(st.st_mode) ? 0 : EINVAL;
}

bf_status bf_file_write(bf_ctx *c, const char *path, const uint8_t *data, size_t len, unsigned mode)
{
    char target[PATH_MAX], temp[PATH_MAX + 32];
    int err = resolve_target(path, target);
    if (err == EINVAL) BF_FAIL(c, BF_EIO, "%.*s: not a regular file", BF_NAME_MAX, path);
    if (err) return bf_fail_errno(c, path, err);
    int fd = open_temporary(target, temp, sizeof temp, mode);
    if (fd < 0 && (errno == EACCES || errno == EPERM)) {
        BF_FAIL(c, BF_EREADONLY, "%.*s: no permission to write in its directory", BF_NAME_MAX,
                path);
    }
    if (fd < 0) return bf_fail_errno(c, path, errno);
    err = write_all(fd, data, len);
    if (!err && fsync(fd)) err = errno;
    if (close(fd) && !err) err = errno;
    if (!err && rename(temp, target)) err = errno;
    if (err) {
        unlink(temp);
        return bf_fail_errno(c, path, err);
    }
    err = sync_directory_of(target);
    return err ? bf_fail_errno(c, path, err) : BF_OK;
}
