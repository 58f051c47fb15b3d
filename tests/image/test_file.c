/* SPDX-License-Identifier: Apache-2.0 */
/* Files: what is no regular file is refused, PNG comes back as it was, nothing half is left. */
#include "image_test.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/bonafide-test-XXXXXX";

static int enter(void **state)
{
    return open_session(state) || !mkdtemp(dir) || chdir(dir);
}

static int leave(void **state)
{
    static const char *const files[] = {"a.png", "link.png", "fifo", "empty", "big", "in/b.png"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) unlink(files[i]);
    rmdir("in");
    int left = chdir("/") || rmdir(dir);
    return close_session(state) || left;
}

static void expect_load(const char *path, bf_status want, const char *message)
{
    bf_image *image = NULL;
    assert_int_equal(bf_image_load(session, path, NULL, &image), want);
    assert_null(image);
    assert_string_equal(bf_session_error(session), message);
}

static void refusals(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(mkdir("in", 0700), 0);
    close(open("empty", O_CREAT | O_WRONLY, 0600));
    int fd = open("big", O_CREAT | O_WRONLY, 0600);
    assert_int_equal(ftruncate(fd, (off_t)BF_IMAGE_MAX_BYTES + 1), 0);
    close(fd);
    expect_load("none.png", BF_ENOENT, "none.png: No such file or directory");
    expect_load("in", BF_EIO, "in: is a directory");
    expect_load("fifo", BF_EIO, "fifo: not a regular file");
    expect_load("/dev/zero", BF_EIO, "/dev/zero: not a regular file");
    expect_load("empty", BF_EFORMAT, "empty: empty file");
    expect_load("big", BF_ELIMIT, "big: 268435457 bytes, more than the limit of 268435456");
}

static bf_image *make(uint32_t channels, uint32_t ppi)
{
    uint8_t px[9 * 40];
    for (size_t i = 0; i < sizeof px; i++) px[i] = (uint8_t)(i * 7);
    bf_image *image = NULL;
    assert_int_equal(bf_image_create(session, px, 12, 9, 40, channels, ppi, &image), BF_OK);
    return image;
}

static size_t entries(void)
{
    size_t n = 0;
    DIR *d = opendir(".");
    while (readdir(d)) n++;
    closedir(d);
    return n;
}

static void round_trip(void **state)
{
    (void)state;
    static const uint32_t resolutions[] = {100, 250, 500, 508, 569, 1000, 2400};
    for (uint32_t channels = 1; channels <= 3; channels += 2) {
        for (size_t i = 0; i < 7; i++) {
            bf_image *image = make(channels, resolutions[i]), *back = NULL;
            assert_int_equal(bf_image_write_png(session, image, "a.png"), BF_OK);
            assert_int_equal(bf_image_load(session, "a.png", NULL, &back), BF_OK);
            assert_int_equal(bf_image_ppi(back), resolutions[i]);
            assert_int_equal(bf_image_ppi_source(back), BF_PPI_FILE);
            assert_int_equal(bf_image_channels(back), channels);
            assert_memory_equal(bf_image_pixels(back), bf_image_pixels(image), 12 * 9 * channels);
            bf_image_free(image);
            bf_image_free(back);
        }
    }
}

static void writes_whole_or_not(void **state)
{
    (void)state;
    bf_image *image = make(1, 500);
    size_t before = entries();
    assert_int_equal(bf_image_write_png(session, image, "none/a.png"), BF_ENOENT);
    assert_int_equal(bf_image_write_png(session, image, "in"), BF_EIO);
    assert_int_equal(bf_image_write_png(session, image, "/dev/null"), BF_EIO);
    assert_string_equal(bf_session_error(session), "/dev/null: not a regular file");
    struct stat st;
    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
    /* A full disk, as a limit on the file's size. */
    struct rlimit old, tiny;
    getrlimit(RLIMIT_FSIZE, &old);
    tiny = (struct rlimit){20, old.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &tiny);
    bf_status full = bf_image_write_png(session, image, "in/b.png");
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(full, BF_EFULL);
    assert_int_equal(entries(), before);
    assert_int_equal(access("in/b.png", F_OK), -1);
    assert_int_equal(rmdir("in"), 0); /* nothing temporary is left in it */
    bf_image_free(image);
}

static void follows_links(void **state)
{
    (void)state;
    bf_image *image = make(1, 500), *back = NULL;
    assert_int_equal(symlink("a.png", "link.png"), 0);
    assert_int_equal(bf_image_write_png(session, image, "link.png"), BF_OK);
    struct stat st;
    assert_int_equal(lstat("link.png", &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(bf_image_load(session, "a.png", NULL, &back), BF_OK);
    bf_image_free(back);
    bf_image_free(image);
}

static void create_refuses_bad_arguments(void **state)
{
    (void)state;
    uint8_t px[300] = {0};
    bf_image *image = NULL;
    assert_int_equal(bf_image_create(session, px, 0, 9, 12, 1, 500, &image), BF_EINVAL);
    assert_int_equal(bf_image_create(session, px, 12, 9, 11, 1, 500, &image), BF_EINVAL);
    assert_int_equal(bf_image_create(session, px, 12, 9, 35, 3, 500, &image), BF_EINVAL);
    assert_int_equal(bf_image_create(session, px, 12, 9, 24, 2, 500, &image), BF_EINVAL);
    assert_int_equal(bf_image_create(session, px, 12, 9, 12, 1, 99, &image), BF_EINVAL);
    assert_int_equal(bf_image_create(session, px, 40000, 40000, 40000, 1, 500, &image), BF_ELIMIT);
    assert_int_equal(bf_image_create(NULL, px, 12, 9, 12, 1, 500, &image), BF_EINVAL);
    assert_int_equal(bf_image_load(session, NULL, NULL, &image), BF_EINVAL);
    assert_null(image);
    bf_image_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals),
        cmocka_unit_test(round_trip),
        cmocka_unit_test(writes_whole_or_not),
        cmocka_unit_test(follows_links),
        cmocka_unit_test(create_refuses_bad_arguments),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
