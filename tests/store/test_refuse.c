/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a store is up against short of an attack: no such file, another's keyring, no permission, a
 * full disk, two writers. Each gives its status and one line that names the file; nothing is
 * harmed.
 */
#include "store/fixture.h"

#include <dirent.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

static fixture f;

static int make(void **state)
{
    (void)state;
    fixture_make(&f);
    return fake_enroll(&f, "P-1", "e1", "staff", 1, 2, 0);
}

static int drop(void **state)
{
    (void)state;
    fixture_drop(&f);
    return 0;
}

static void expect_line(const bf_ctx *c, const char *file, const char *cause)
{
    if (!strstr(c->error, file) || !strstr(c->error, cause) || strchr(c->error, '\n')) {
        fail_msg("'%s' does not say %s, %s", c->error, file, cause);
    }
}

static bf_status open_path(fixture *g, const char *path)
{
    bf_store_setup s = fixture_setup(g);
    bf_store *st = NULL;
    s.path = path;
    bf_status status = bf_store__open(&g->c, &s, &st);
    bf_store__close(st);
    return status;
}

static void not_a_store(void **state)
{
    (void)state;
    char path[120];
    snprintf(path, sizeof path, "%s/none.bf", f.dir);
    assert_int_equal(open_path(&f, path), BF_ENOENT);
    expect_line(&f.c, "none.bf", "No such file");
    write_whole(path, NULL, 0);
    assert_int_equal(open_path(&f, path), BF_EFORMAT);
    write_whole(path, (const uint8_t *)"This is a text about fingerprints.\n", 35);
    assert_int_equal(open_path(&f, path), BF_EFORMAT);
    expect_line(&f.c, "none.bf", "not a Bonafide store");
    unlink(path);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_exec(db, "CREATE TABLE person(name)", NULL, NULL, NULL);
    sqlite3_close(db);
    assert_int_equal(open_path(&f, path), BF_EFORMAT);
    unlink(path);
    assert_int_equal(open_path(&f, f.dir), BF_EFORMAT);
    assert_int_equal(open_path(&f, f.keys), BF_EFORMAT);
    assert_int_equal(mkfifo(path, 0600), 0); /* must not block */
    assert_int_equal(open_path(&f, path), BF_EFORMAT);
    unlink(path);
}

static void anothers_keyring(void **state)
{
    (void)state;
    fixture other;
    fixture_make(&other);
    bf_store_setup s = fixture_setup(&other);
    bf_store *st = NULL;
    s.path = f.db;
    assert_int_equal(bf_store__open(&other.c, &s, &st), BF_EKEY);
    expect_line(&other.c, "people.bf", "belongs to another store");
    /* The right keyring, the wrong key file. */
    bf_keyring *kr = NULL;
    bf_secret secret = fixture_secret(f.keys); /* any file of mode 0600 */
    assert_int_equal(bf_keyring__load(&f.c, f.keys, &secret, &kr), BF_EKEY);
    expect_line(&f.c, "people.bf.keys", "wrong key file");
    fixture_drop(&other);
}

static void is_there_already(void **state)
{
    (void)state;
    bf_store *st = NULL;
    bf_store_setup s = fixture_setup(&f);
    assert_int_equal(bf_store__create(&f.c, &s, &st), BF_EEXIST);
    expect_line(&f.c, "people.bf", "exists");
    bf_keyring *kr = NULL;
    bf_secret secret = fixture_secret(f.key_file);
    assert_int_equal(bf_keyring__make(&f.c, f.keys, &secret, &kr), BF_EEXIST);
    assert_int_equal(fake_enroll(&f, "P-1", "e1", "staff", 1, 1, 0), BF_EEXIST);
    expect_line(&f.c, "people.bf", "encounter e1 already");
    assert_int_equal(bf_store__delete(&f.c, f.st, "nobody", NULL), BF_ENOENT);
    expect_line(&f.c, "people.bf", "no person nobody");
    assert_int_equal(check_all(&f, NULL), BF_OK);
}

static void no_file_is_left_behind(void **state)
{
    (void)state;
    DIR *dir = opendir(f.dir);
    struct dirent *entry;
    while ((entry = readdir(dir))) {
        if (strstr(entry->d_name, ".new")) fail_msg("left: %s", entry->d_name);
    }
    closedir(dir);
    struct stat sb;
    char path[120];
    static const char *const names[] = {"people.bf", "people.bf-wal", "people.bf-shm",
                                        "people.bf.keys"};
    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", f.dir, names[i]);
        assert_int_equal(stat(path, &sb), 0);
        assert_int_equal(sb.st_mode & 0777, 0600);
    }
}

static void two_writers(void **state)
{
    (void)state;
    fixture other = f;
    other.st = NULL;
    other.keyring = NULL;
    fixture_ctx(&other.c);
    assert_int_equal(fixture_open(&other), BF_OK);
    assert_int_equal(bf_store__begin(&other.c, other.st, 1), BF_OK);
    assert_int_equal(fake_enroll(&f, "P-9", "e1", "staff", 9, 1, 0), BF_EBUSY);
    expect_line(&f.c, "people.bf", "another process is writing");
    assert_int_equal(bf_store__delete(&f.c, f.st, "P-1", NULL), BF_EBUSY);
    assert_int_equal(count_samples(&f, "P-1"), 2); /* reading goes on */
    bf_store__rollback(&other.c, other.st);
    assert_int_equal(fake_enroll(&f, "P-9", "e1", "staff", 9, 1, 0), BF_OK);
    assert_int_equal(count_samples(&other, "P-9"), 1);
    fixture_close(&other);
    bf_arena_done(&other.c.arena);
}

/* What a child sees: 0, or the number of the check that failed. */
static int in_child(int (*work)(void))
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        f.st = NULL; /* the parent's: not to be touched */
        f.keyring = NULL;
        _exit(work());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status)) fail_msg("the child was killed by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status);
}

#define NOBODY 65534

static int as_nobody_file(void)
{
    if (fixture_open(&f)) return 1;
    fixture_close(&f);
    if (chown(f.dir, NOBODY, NOBODY) || chown(f.keys, NOBODY, NOBODY) ||
        chown(f.key_file, NOBODY, NOBODY) || chmod(f.db, 0444)) {
        return 2;
    }
    if (setgid(NOBODY) || setuid(NOBODY)) return 3;
    if (fixture_open(&f) != BF_EREADONLY) return 4;
    return strstr(f.c.error, "people.bf") ? 0 : 5;
}

static int as_nobody_dir(void)
{
    if (chown(f.db, NOBODY, NOBODY) || chmod(f.db, 0600) || chown(f.dir, 0, 0) ||
        chmod(f.dir, 0555)) {
        return 2;
    }
    if (setgid(NOBODY) || setuid(NOBODY)) return 3;
    if (fixture_open(&f) != BF_EREADONLY) return 4;
    return strstr(f.c.error, "people.bf") ? 0 : 5;
}

static void read_only(void **state)
{
    (void)state;
    if (geteuid()) {
        print_message("# not root: read-only files are tested by permission alone\n");
        skip();
    }
    fixture_close(&f);
    assert_int_equal(in_child(as_nobody_file), 0);
    assert_int_equal(in_child(as_nobody_dir), 0);
    assert_int_equal(chmod(f.dir, 0700), 0);
    assert_int_equal(chown(f.db, 0, 0), 0);
    assert_int_equal(chown(f.keys, 0, 0), 0);
    assert_int_equal(chown(f.key_file, 0, 0), 0);
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(check_all(&f, NULL), BF_OK);
}

static long limit;

static void set_limit(long bytes)
{
    struct rlimit r = {bytes < 0 ? RLIM_INFINITY : (rlim_t)bytes, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &r);
}

/* Enrol, erase, rotate under a limit of the files' size; afterwards all must be as it was said. */
static int under_limit(void)
{
    signal(SIGXFSZ, SIG_IGN);
    if (fixture_open(&f)) return 1;
    set_limit(limit);
    int enrolled = 0, full = 0;
    for (uint32_t i = 0; i < 40 && !full; i++) {
        char person[16];
        snprintf(person, sizeof person, "Q-%u", i);
        bf_status st = fake_enroll(&f, person, "e1", "staff", 100 + i, 2, 1);
        if (!st)
            enrolled++;
        else if (st != BF_EFULL)
            return 2;
        else
            full = 1;
    }
    if (full && !strstr(f.c.error, "people.bf")) return 3;
    bf_status deleted = bf_store__delete(&f.c, f.st, "P-9", NULL);
    if (deleted && deleted != BF_EFULL && deleted != BF_EPENDING) return 4;
    bf_status rotated = bf_store__rotate(&f.c, f.st);
    if (rotated && rotated != BF_EFULL && rotated != BF_EPENDING) return 5;
    set_limit(-1);
    fixture_close(&f);
    if (fixture_open(&f)) return 6;
    if (check_all(&f, NULL)) return 7;
    for (int i = 0; i < enrolled; i++) {
        char person[16];
        snprintf(person, sizeof person, "Q-%d", i);
        if (count_samples(&f, person) != 2) return 8;
    }
    int want = !deleted || deleted == BF_EPENDING ? -1 : 1;
    return count_samples(&f, "P-9") == want ? 0 : 9;
}

static void full_disk(void **state)
{
    (void)state;
    char saved[120], keys[120];
    fixture_close(&f);
    snprintf(saved, sizeof saved, "%s/saved", f.dir);
    snprintf(keys, sizeof keys, "%s/saved.keys", f.dir);
    copy_file(f.db, saved);
    copy_file(f.keys, keys);
    for (limit = 0; limit < 1000000; limit += limit < 150000 ? 4096 : 50000) {
        int rc = in_child(under_limit);
        if (rc) fail_msg("limit %ld: step %d", limit, rc);
        char side[120]; /* the child ended without closing */
        snprintf(side, sizeof side, "%s-wal", f.db);
        unlink(side);
        snprintf(side, sizeof side, "%s-shm", f.db);
        unlink(side);
        copy_file(saved, f.db);
        copy_file(keys, f.keys);
    }
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(check_all(&f, NULL), BF_OK);
}

static void no_half_store_when_full(void **state)
{
    (void)state;
    char path[120], dir[80];
    snprintf(dir, sizeof dir, "%s/full", f.dir);
    snprintf(path, sizeof path, "%s/x.bf", dir);
    assert_int_equal(mkdir(dir, 0700), 0);
    signal(SIGXFSZ, SIG_IGN);
    for (long n = 0; n < 60000; n += 4096) {
        bf_store_setup s = fixture_setup(&f);
        bf_store *st = NULL;
        s.path = path;
        set_limit(n);
        bf_status status = bf_store__create(&f.c, &s, &st);
        set_limit(-1);
        if (status != BF_EFULL) fail_msg("limit %ld: %d %s", n, status, f.c.error);
        assert_int_equal(rmdir(dir), 0); /* nothing is left */
        assert_int_equal(mkdir(dir, 0700), 0);
    }
    signal(SIGXFSZ, SIG_DFL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(not_a_store),      cmocka_unit_test(anothers_keyring),
        cmocka_unit_test(is_there_already), cmocka_unit_test(no_file_is_left_behind),
        cmocka_unit_test(two_writers),      cmocka_unit_test(read_only),
        cmocka_unit_test(full_disk),        cmocka_unit_test(no_half_store_when_full),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
