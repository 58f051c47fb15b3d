/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small secret files: see file.h. A file is written under the name PATH.new in the same directory
 * (exclusively, no link followed), synchronised, moved to its name, and the directory synchronised:
 * a crash leaves the old or the new file under PATH, and perhaps PATH.new, which nobody reads and
 * the next writer removes.
 */
#include "vault/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_MAX_BYTES 4096

/* The directory of a file, open, and the names in it. */
typedef struct place {
    int dir;
    char name[256], temp[280];
} place;

bf_status bf_file__status(int err, int writing)
{
    switch (err) {
    case ENOENT:
    case ENOTDIR: return BF_ENOENT;
    case EEXIST: return BF_EEXIST;
    case EACCES:
    case EPERM:
    case EROFS: return writing ? BF_EREADONLY : BF_EIO;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return BF_EFULL;
    case ENOMEM: return BF_ENOMEM;
    default: return BF_EIO;
    }
}

static bf_status fail_errno(bf_ctx *c, const char *path, int err, int writing)
{
    return bf_ctx_fail(c, bf_file__status(err, writing), "%s: %s", path, strerror(err));
}

bf_status bf_file__read(bf_ctx *c, const char *path, size_t max, unsigned flags, uint8_t **out,
                        size_t *out_len)
{
    bf_status st;
    uint8_t *data = NULL;
    size_t len = 0;
    struct stat sb;
    /* Not to block on a pipe; what was opened is judged, not the name. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return fail_errno(c, path, errno, 0);
    if (fstat(fd, &sb)) {
        st = fail_errno(c, path, errno, 0);
    } else if (!S_ISREG(sb.st_mode)) {
        st = bf_ctx_fail(c, BF_EFORMAT, "%s: not a regular file", path);
    } else if ((flags & BF_FILE_PRIVATE) && (sb.st_mode & 077)) {
        st = bf_ctx_fail(c, BF_EKEY, "%s: others may read or write it (mode %03o): chmod 600", path,
                         (unsigned)(sb.st_mode & 0777));
    } else if ((flags & BF_FILE_PRIVATE) && sb.st_uid != geteuid() && sb.st_uid != 0) {
        st = bf_ctx_fail(c, BF_EKEY, "%s: belongs to another user", path);
    } else if (sb.st_size < 0 || (uint64_t)sb.st_size > max) {
        st = bf_ctx_fail(c, BF_ELIMIT, "%s: larger than %zu bytes", path, max);
    } else {
        len = (size_t)sb.st_size;
        data = bf_ctx_alloc(c, len, 1);
        st = data ? BF_OK : bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    }
    for (size_t at = 0; !st && at < len;) {
        ssize_t n = read(fd, data + at, len - at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            st = fail_errno(c, path, errno, 0);
        else if (!n)
            len = at; /* cut short meanwhile: the reader of the contents will say so */
        else
            at += (size_t)n;
    }
    close(fd);
    if (st) {
        bf_wipe(data, len);
        bf_ctx_release(c, data);
        return st;
    }
    *out = data;
    *out_len = len;
    return BF_OK;
}

static bf_status place_open(bf_ctx *c, const char *path, place *p)
{
    char dir[PATH_MAX_BYTES];
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t n = slash ? (size_t)(slash - path) + 1 : 0;
    if (!*name || n >= sizeof dir || strlen(name) >= sizeof p->name) {
        BF_FAIL(c, BF_EINVAL, "%s: no usable file name", path);
    }
    memcpy(dir, n ? path : "./", n ? n : 2);
    dir[n ? n : 2] = 0;
    snprintf(p->name, sizeof p->name, "%s", name);
    snprintf(p->temp, sizeof p->temp, "%s.new", name);
    p->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (p->dir < 0) return fail_errno(c, path, errno, 1);
    return BF_OK;
}

static int write_all(int fd, const uint8_t *data, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = write(fd, data + at, len - at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        at += (size_t)n;
    }
    return 0;
}

/* What was sealed there is to go from the disk as well, as far as the file system lets one. */
static void overwrite(int fd)
{
    struct stat sb;
    if (fstat(fd, &sb) || !S_ISREG(sb.st_mode)) return;
    uint8_t zeros[512] = {0};
    off_t left = sb.st_size;
    while (left > 0) {
        size_t n = left < (off_t)sizeof zeros ? (size_t)left : sizeof zeros;
        if (write_all(fd, zeros, n)) return;
        left -= (off_t)n;
    }
    if (fdatasync(fd)) return;
}

/* Overwrite and unlink what an interrupted run left under that name. A file with another name as
 * well is none of ours, and not ours to overwrite. */
static int remove_stale(const place *p)
{
    struct stat sb;
    int fd = openat(p->dir, p->temp, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0) {
        if (!fstat(fd, &sb) && sb.st_nlink == 1) overwrite(fd);
        close(fd);
    }
    return unlinkat(p->dir, p->temp, 0) && errno != ENOENT ? -1 : 0;
}

/* PATH.new with its contents, synchronised. A stale one is removed first. */
static bf_status write_temp(bf_ctx *c, const char *path, const place *p, const uint8_t *data,
                            size_t len)
{
    if (remove_stale(p)) return fail_errno(c, path, errno, 1);
    int fd = openat(p->dir, p->temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return fail_errno(c, path, errno, 1);
    int err = 0;
    struct stat old;
    /* root working on a user's file leaves it the user's. */
    int others = !fstatat(p->dir, p->name, &old, AT_SYMLINK_NOFOLLOW) && old.st_uid != geteuid();
    if (others && !geteuid() && fchown(fd, old.st_uid, old.st_gid)) err = errno;
    if (!err && (fchmod(fd, 0600) || write_all(fd, data, len) || fsync(fd))) err = errno;
    if (close(fd) && !err) err = errno;
    if (!err) return BF_OK;
    unlinkat(p->dir, p->temp, 0);
    return fail_errno(c, path, err, 1);
}

bf_status bf_file__create(bf_ctx *c, const char *path, const uint8_t *data, size_t len)
{
    place p;
    BF_TRY(place_open(c, path, &p));
    /* Two may create at once: each under a name of its own until one link wins. */
    snprintf(p.temp, sizeof p.temp, "%s.new-%08x", p.name, (unsigned)randombytes_random());
    bf_status st = write_temp(c, path, &p, data, len);
    if (!st) {
        /* A link fails where a rename would take the place of somebody else's file. */
        if (linkat(p.dir, p.temp, p.dir, p.name, 0)) st = fail_errno(c, path, errno, 1);
        unlinkat(p.dir, p.temp, 0);
        if (!st && fsync(p.dir)) {
            st = fail_errno(c, path, errno, 1);
            unlinkat(p.dir, p.name, 0); /* what is reported as not made is not there */
        }
    }
    close(p.dir);
    return st;
}

bf_status bf_file__publish(bf_ctx *c, const char *temp, const char *path)
{
    place p;
    const char *slash = strrchr(temp, '/');
    BF_TRY(place_open(c, path, &p));
    bf_status st = BF_OK;
    int fd = open(temp, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fsync(fd)) st = fail_errno(c, path, errno, 1);
    if (fd >= 0) close(fd);
    if (!st && linkat(p.dir, slash ? slash + 1 : temp, p.dir, p.name, 0)) {
        st = fail_errno(c, path, errno, 1);
    }
    unlink(temp);
    if (!st && fsync(p.dir)) {
        st = fail_errno(c, path, errno, 1);
        unlinkat(p.dir, p.name, 0);
    }
    close(p.dir);
    return st;
}

static bf_status unsure(bf_ctx *c, const char *path, int err)
{
    return bf_ctx_fail(c, bf_file__status(err, 1),
                       "%s: was replaced, but a loss of power may bring the old one back: its "
                       "directory cannot be synchronised: %s",
                       path, strerror(err));
}

bf_status bf_file__sync_name(bf_ctx *c, const char *path)
{
    place p;
    BF_TRY(place_open(c, path, &p));
    bf_status st = fsync(p.dir) ? unsure(c, path, errno) : BF_OK;
    close(p.dir);
    return st;
}

bf_status bf_file__replace(bf_ctx *c, const char *path, const uint8_t *data, size_t len)
{
    place p;
    BF_TRY(place_open(c, path, &p));
    bf_status st = write_temp(c, path, &p, data, len);
    int old = st ? -1 : openat(p.dir, p.name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (!st && renameat(p.dir, p.temp, p.dir, p.name)) {
        st = fail_errno(c, path, errno, 1);
        unlinkat(p.dir, p.temp, 0);
    } else if (!st && fsync(p.dir)) {
        st = unsure(c, path, errno);
    }
    if (old >= 0) {
        if (!st) overwrite(old);
        close(old);
    }
    close(p.dir);
    return st;
}

void bf_file__sweep(bf_ctx *c, const char *path)
{
    place p;
    char kept[BF_ERROR_MAX];
    memcpy(kept, c->error, sizeof kept);
    if (!place_open(c, path, &p)) {
        if (remove_stale(&p)) bf_ctx_log(c, 1, "%s.new: cannot be removed", path);
        close(p.dir);
    }
    memcpy(c->error, kept, sizeof kept);
}
