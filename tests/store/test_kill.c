/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process killed at any moment: what it acknowledged is there, whole; nothing is there by half;
 * and the store opens. First at random moments with SIGKILL, some hundred times, while enrolling;
 * then at every single call that touches a file, while erasing, rotating and changing keys.
 */
#include "store/fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define ROUNDS 120u
#define SAMPLES 2u

static fixture f;

static int make(void **state)
{
    (void)state;
    fixture_make(&f);
    fixture_close(&f);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    fixture_drop(&f);
    return 0;
}

/* ---- random moments ---- */

/* The child: enrol one person after another, telling each number after it is enrolled. */
static void enroll_forever(int out, uint32_t next)
{
    if (fixture_open(&f)) _exit(1);
    for (;; next++) {
        char person[32];
        snprintf(person, sizeof person, "P-%u", next);
        if (fake_enroll(&f, person, "e1", "staff", next, SAMPLES, (int)(next % 3 == 0))) _exit(2);
        if (write(out, &next, sizeof next) != (ssize_t)sizeof next) _exit(3);
        /* Erasing moves the whole store to new keys: be killed in there as well. */
        if (next % 8 == 7) {
            snprintf(person, sizeof person, "P-%u", next - 5);
            if (bf_store__delete(&f.c, f.st, person, NULL)) _exit(4);
            uint32_t gone = (next - 5) | 0x80000000u;
            if (write(out, &gone, sizeof gone) != (ssize_t)sizeof gone) _exit(5);
        }
    }
}

/* @return how many samples */
static int check_person(uint32_t number, int must_be, int must_be_gone)
{
    char person[32];
    snprintf(person, sizeof person, "P-%u", number);
    int n = count_samples(&f, person);
    if (must_be && n != (int)SAMPLES) fail_msg("%s: acknowledged, but %d samples", person, n);
    if (must_be_gone && n != -1) fail_msg("%s: erased, but %d samples", person, n);
    if (n != -1 && n != (int)SAMPLES) fail_msg("%s: half there: %d", person, n);
    return n;
}

static void killed_at_random(void **state)
{
    (void)state;
    static uint8_t there[100000], gone[100000];
    uint32_t next = 0, acknowledged = 0, x = 99;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        int fd[2];
        assert_int_equal(pipe(fd), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (!child) {
            close(fd[0]);
            enroll_forever(fd[1], next);
        }
        close(fd[1]);
        x = x * 1664525u + 1013904223u;
        nanosleep(&(struct timespec){0, (long)(1000000 + x % 40000000)}, NULL);
        kill(child, SIGKILL);
        uint32_t number;
        while (read(fd[0], &number, sizeof number) == (ssize_t)sizeof number) {
            if (number & 0x80000000u)
                gone[number & 0x7fffffff] = 1;
            else
                there[number] = 1;
            acknowledged++;
            if (!(number & 0x80000000u)) next = number + 1;
        }
        close(fd[0]);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFEXITED(status)) fail_msg("the child stopped by itself: %d", WEXITSTATUS(status));
        if (fixture_open(&f)) fail_msg("does not open: %s", f.c.error);
        if (check_all(&f, NULL)) fail_msg("round %u: %s", round, f.c.error);
        /* The one in flight may be there or not, but whole; and so may an erasure. */
        uint32_t from = next > 30 ? next - 30 : 0;
        for (uint32_t i = from; i <= next; i++) {
            int in_flight = !gone[i] && i + 6 >= next && i % 8 == 2;
            int n = check_person(i, there[i] && !gone[i] && !in_flight, gone[i]);
            if (in_flight && there[i] && n == -1)
                gone[i] = 1; /* erased, but killed before it could say so */
        }
        if (count_samples(&f, "P-0") == -1 && there[0]) fail_msg("the first is lost");
        char person[32];
        snprintf(person, sizeof person, "P-%u", next);
        if (count_samples(&f, person) >= 0) there[next++] = 1;
        fixture_close(&f);
    }
    print_message("# %u kills, %u acknowledgements, %u persons\n", ROUNDS, acknowledged, next);
    assert_true(acknowledged > ROUNDS);
    assert_int_equal(fixture_open(&f), BF_OK);
    for (uint32_t i = 0; i < next; i++) check_person(i, there[i] && !gone[i], gone[i]);
    fixture_close(&f);
}

/* ---- every call ---- */

/*
 * The linker puts these in front of the C library's for our own files; SQLite's calls pass through
 * the system calls table it lets one replace.
 */
static long calls, die_at;
static int fail_directories; /* the n-th synchronisation of one from now on, and all after it */

static void count_call(void)
{
    if (++calls == die_at) {
        kill(getpid(), SIGKILL);
        for (;;) pause();
    }
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    struct stat sb;
    count_call();
    if (fail_directories && !fstat(fd, &sb) && S_ISDIR(sb.st_mode)) {
        if (fail_directories == 1) {
            errno = EIO;
            return -1;
        }
        fail_directories--;
    }
    return __real_fsync(fd);
}

int __real_renameat(int a, const char *from, int b, const char *to);
int __wrap_renameat(int a, const char *from, int b, const char *to);
int __wrap_renameat(int a, const char *from, int b, const char *to)
{
    count_call();
    return __real_renameat(a, from, b, to);
}

ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len)
{
    count_call();
    return __real_write(fd, data, len);
}

int __real_unlinkat(int fd, const char *name, int flags);
int __wrap_unlinkat(int fd, const char *name, int flags);
int __wrap_unlinkat(int fd, const char *name, int flags)
{
    count_call();
    return __real_unlinkat(fd, name, flags);
}

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);

static ssize_t counted_pwrite(int fd, const void *data, size_t len, off_t at)
{
    count_call();
    return real_pwrite(fd, data, len, at);
}

static int counted_ftruncate(int fd, off_t len)
{
    count_call();
    return real_ftruncate(fd, len);
}

static void count_sqlite(void)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    real_pwrite =
        (ssize_t(*)(int, const void *, size_t, off_t))vfs->xGetSystemCall(vfs, "pwrite64");
    if (!real_pwrite) {
        real_pwrite =
            (ssize_t(*)(int, const void *, size_t, off_t))vfs->xGetSystemCall(vfs, "pwrite");
    }
    real_ftruncate = (int (*)(int, off_t))vfs->xGetSystemCall(vfs, "ftruncate");
    vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)counted_pwrite);
    vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)counted_pwrite);
    vfs->xSetSystemCall(vfs, "ftruncate", (sqlite3_syscall_ptr)counted_ftruncate);
}

typedef bf_status (*work)(fixture *f);

static bf_status work_delete(fixture *g)
{
    return bf_store__delete(&g->c, g->st, "P-1", NULL);
}

static bf_status work_delete_encounter(fixture *g)
{
    return bf_store__delete(&g->c, g->st, "P-2", "e2");
}

static bf_status work_rotate(fixture *g)
{
    return bf_store__rotate(&g->c, g->st);
}

static void second_key(fixture *g, char *path, size_t cap)
{
    uint8_t key[40] = "another key file, forty bytes long....";
    snprintf(path, cap, "%s/second.key", g->dir);
    unlink(path);
    write_whole(path, key, sizeof key);
}

static bf_status work_add(fixture *g)
{
    char path[120];
    uint32_t slot = 0;
    second_key(g, path, sizeof path);
    calls = 0; /* the key file is not what this is about */
    bf_secret secret = fixture_secret(path);
    return bf_store__key_add(&g->c, g->st, &secret, &slot);
}

static bf_status work_replace(fixture *g)
{
    char path[120];
    second_key(g, path, sizeof path);
    calls = 0;
    bf_secret secret = fixture_secret(path);
    return bf_store__key_replace(&g->c, g->st, &secret);
}

static bf_status work_enroll(fixture *g)
{
    return fake_enroll(g, "P-4", "e1", "guests", 44, 2, 1);
}

static bf_status work_remove(fixture *g)
{
    return bf_store__key_remove(&g->c, g->st, 2);
}

/* Opens with one of the two key files. */
static bf_status open_either(fixture *g)
{
    bf_status st = fixture_open(g);
    if (st != BF_EKEY) return st;
    fixture_close(g);
    fixture second = *g;
    snprintf(second.key_file, sizeof second.key_file, "%s/second.key", g->dir);
    bf_secret secret = fixture_secret(second.key_file);
    BF_TRY(bf_keyring__load(&g->c, g->keys, &secret, &g->keyring));
    return fixture_open_store(g);
}

static void fresh(fixture *g, int two_keys)
{
    fixture_make(g);
    for (uint32_t i = 1; i <= 3; i++) {
        char person[16];
        snprintf(person, sizeof person, "P-%u", i);
        assert_int_equal(fake_enroll(g, person, "e1", "staff", i, 2, 1), BF_OK);
    }
    assert_int_equal(fake_enroll(g, "P-2", "e2", "staff", 10, 3, 1), BF_OK);
    if (two_keys) assert_int_equal(work_add(g), BF_OK);
    fixture_close(g);
}

static void copy_dir(const char *from, const char *to)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'; cp -a '%s' '%s'", to, from, to);
    assert_int_equal(system(command), 0);
}

/* Does the second key file still open the keyring? */
static int second_opens(const fixture *g)
{
    fixture second = *g;
    bf_keyring *kr = NULL;
    snprintf(second.key_file, sizeof second.key_file, "%s/second.key", g->dir);
    bf_secret secret = fixture_secret(second.key_file);
    fixture_ctx(&second.c);
    bf_status st = bf_keyring__load(&second.c, g->keys, &secret, &kr);
    bf_keyring_free(kr);
    bf_arena_done(&second.c.arena);
    return !st;
}

/* Slots by the log: one bit each, after every entry. */
typedef struct slots_told {
    uint32_t after[64], failures;
} slots_told;

static bf_status tell_slots(bf_ctx *c, void *user, uint64_t sequence, const bf_audit_rec *rec)
{
    (void)c;
    slots_told *t = user;
    unsigned long long entry;
    unsigned slot;
    assert_true(sequence < 64);
    uint32_t now = sequence == 1 ? 1u << 1 : t->after[sequence - 1];
    if (sscanf(rec->detail, "failed: entry %llu", &entry) == 1) {
        now = t->after[entry - 1];
        t->failures++;
    } else if (rec->operation >= BF_OP_KEY_ADD && rec->operation <= BF_OP_KEY_REPLACE) {
        assert_int_equal(sscanf(rec->detail, "slot %u", &slot), 1);
        if (rec->operation == BF_OP_KEY_REMOVE)
            now &= ~(1u << slot);
        else
            now |= 1u << slot;
        if (rec->operation == BF_OP_KEY_REPLACE) now &= ~(1u << rec->slot);
    }
    t->after[sequence] = now;
    return BF_OK;
}

/* Every slot there is came by an entry, and every entry that does not say "failed" is true.
 * @return how many entries say so */
static uint32_t check_slots_told(fixture *g, const char *name, long n)
{
    slots_told told = {{0}, 0};
    uint32_t there = 0;
    assert_int_equal(bf_store__begin(&g->c, g->st, 0), BF_OK);
    assert_int_equal(bf_log__read(&g->c, g->st, tell_slots, &told), BF_OK);
    for (uint32_t i = 0; i < g->keyring->file.slot_count; i++) {
        there |= 1u << g->keyring->file.slots[i].id;
    }
    uint32_t by_log = told.after[g->st->meta.audit_count];
    bf_store__rollback(&g->c, g->st);
    if (there != by_log) {
        fail_msg("%s, killed at call %ld: slots %x, by the log %x", name, n, there, by_log);
    }
    return told.failures;
}

/* Kill at call 1, 2, 3, ... until the work is done unharmed. */
static void at_every_call(work todo, const char *name, int two_keys, const char *may_miss)
{
    fixture original, g;
    long n = 0;
    int status = 1;
    uint32_t failures = 0;
    fresh(&original, two_keys);
    assert_int_equal(fixture_open(&original), BF_OK);
    uint64_t first_set = original.st->keys->set_id;
    fixture_close(&original);
    g = original;
    char dir[64];
    snprintf(dir, sizeof dir, "%.40s-run", original.dir);
    fixture_paths(&g, dir);
    while (status) {
        n++;
        copy_dir(original.dir, g.dir);
        pid_t child = fork();
        assert_true(child >= 0);
        if (!child) {
            count_sqlite();
            if (fixture_open(&g)) _exit(20);
            calls = 0;
            die_at = n;
            _exit(todo(&g) ? 21 : 0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFEXITED(status) && WEXITSTATUS(status)) fail_msg("%s: %d", name, WEXITSTATUS(status));
        fixture_ctx(&g.c);
        if (open_either(&g)) fail_msg("%s, killed at call %ld: %s", name, n, g.c.error);
        if (check_all(&g, NULL)) fail_msg("%s, killed at call %ld: %s", name, n, g.c.error);
        failures += check_slots_told(&g, name, n);
        if (g.keyring->secrets->set_count != 1) fail_msg("%s, call %ld: old keys left", name, n);
        assert_int_equal(bf_store__begin(&g.c, g.st, 0), BF_OK);
        assert_int_equal(g.st->meta.pending, 0);
        bf_store__rollback(&g.c, g.st);
        if (two_keys && !second_opens(&g) && g.st->keys->set_id == first_set) {
            fail_msg("%s, call %ld: the slot is gone, its keys are not", name, n);
        }
        for (uint32_t i = 1; i <= 3; i++) {
            char person[16];
            snprintf(person, sizeof person, "P-%u", i);
            int samples = count_samples(&g, person), e2 = i == 2 ? 3 : 0;
            int ok =
                samples == 2 + e2 || (!strcmp(person, may_miss) && samples == (i == 2 ? 2 : -1));
            if (!ok) fail_msg("%s, call %ld: %s has %d samples", name, n, person, samples);
        }
        fixture_close(&g);
        bf_arena_done(&g.c.arena);
    }
    print_message(
        "# %s: killed at each of %ld calls; %u deeds recorded and not done, and said so\n", name,
        n - 1, failures);
    assert_true(n > 4);
    remove_tree(g.dir);
    fixture_drop(&original);
}

static void at_every_call_of_each(void **state)
{
    (void)state;
    at_every_call(work_enroll, "enroll", 0, "");
    at_every_call(work_delete, "delete", 0, "P-1");
    at_every_call(work_delete_encounter, "delete an encounter", 0, "P-2");
    at_every_call(work_add, "key add", 0, "");
    at_every_call(work_replace, "key passwd", 0, "");
    at_every_call(work_rotate, "key rotate", 0, "");
    at_every_call(work_remove, "key remove", 1, "");
}

/* What a caller is told when the new keyring is in its place but may not survive a loss of power.
 */
static void directory_not_synchronised(void **state)
{
    (void)state;
    fixture g;
    char path[120];
    static const uint8_t byte = 7;
    fresh(&g, 0);
    assert_int_equal(fixture_open(&g), BF_OK);
    snprintf(path, sizeof path, "%s/new", g.dir);
    fail_directories = 1;
    assert_int_equal(bf_file__create(&g.c, path, &byte, 1), BF_EIO);
    assert_int_equal(access(path, F_OK), -1);
    /* The slot is there, and the log says so. */
    assert_int_equal(work_add(&g), BF_EIO);
    assert_non_null(strstr(g.c.error, "was replaced, but a loss of power may bring the old one"));
    assert_int_equal(check_slots_told(&g, "key add", 0), 0);
    assert_true(second_opens(&g));
    /* No erasure begins on such ground; and none is called complete before it is for good. */
    assert_int_equal(bf_store__delete(&g.c, g.st, "P-1", NULL), BF_EIO);
    assert_int_equal(count_samples(&g, "P-1"), 2);
    fixture_close(&g);
    fail_directories = 0;
    assert_int_equal(fixture_open(&g), BF_OK);
    fail_directories = 2;
    assert_int_equal(bf_store__delete(&g.c, g.st, "P-1", NULL), BF_EPENDING);
    assert_int_equal(count_samples(&g, "P-1"), -1);
    assert_int_equal(bf_store__finish(&g.c, g.st), BF_EPENDING);
    fail_directories = 0;
    assert_int_equal(bf_store__finish(&g.c, g.st), BF_OK);
    fixture_drop(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_random),
        cmocka_unit_test(at_every_call_of_each),
        cmocka_unit_test(directory_not_synchronised),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
