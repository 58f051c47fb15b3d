/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keyrings: what opens them and what must not; every byte altered, every length cut; removed keys
 * with old copies; a keyring made by a stranger to whom the public keys are visible.
 */
#include <sodium.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "store/fixture.h"

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif

static bf_ctx c;
static char dir[64], keys[96], key_a[96], key_b[96];
static char log_text[1024];

static void log_line(void *user, int32_t level, const char *line)
{
    (void)user;
    snprintf(log_text, sizeof log_text, "%d %s", (int)level, line);
}

static void make_key(char *path, size_t cap, const char *name, uint8_t seed)
{
    uint8_t key[48];
    memset(key, seed, sizeof key);
    snprintf(path, cap, "%s/%s", dir, name);
    assert_int_equal(bf_file__create(&c, path, key, sizeof key), BF_OK);
}

static int make(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "%s/bonafide-keys-XXXXXX",
             access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    if (!mkdtemp(dir)) return 1;
    fixture_ctx(&c);
    c.log = log_line;
    snprintf(keys, sizeof keys, "%s/k", dir);
    make_key(key_a, sizeof key_a, "a", 1);
    make_key(key_b, sizeof key_b, "b", 2);
    return bf_vault__init(&c);
}

static int drop(void **state)
{
    (void)state;
    bf_arena_done(&c.arena);
    remove_tree(dir);
    return 0;
}

static bf_secret file_secret(const char *path)
{
    return fixture_secret(path);
}

static bf_secret passphrase(const char *text)
{
    bf_secret s;
    bf_secret_init(&s);
    s.kind = BF_SECRET_PASSPHRASE;
    s.passphrase = (const uint8_t *)text;
    s.passphrase_len = strlen(text);
    s.passes = BF_ARGON2_PASSES_MIN;
    s.memory_mib = BF_ARGON2_MEMORY_MIN_MIB;
    return s;
}

static bf_keyring *fresh(const char *key)
{
    bf_keyring *kr = NULL;
    bf_secret s = file_secret(key);
    unlink(keys);
    assert_int_equal(bf_keyring__make(&c, keys, &s, &kr), BF_OK);
    return kr;
}

static bf_status try_open(bf_secret s)
{
    bf_keyring *kr = NULL;
    bf_status st = bf_keyring__load(&c, keys, &s, &kr);
    if (!st) assert_int_equal(kr->secrets->set_count, 1);
    bf_keyring_free(kr);
    return st;
}

static void opens_with_its_key_alone(void **state)
{
    (void)state;
    struct stat sb;
    bf_keyring *kr = fresh(key_a), *again = NULL;
    bf_secret s = file_secret(key_a);
    assert_int_equal(bf_keyring__load(&c, keys, &s, &again), BF_OK);
    assert_memory_equal(kr->secrets, again->secrets, sizeof *kr->secrets);
    assert_int_equal(again->slot_used, 1);
    assert_int_equal(try_open(file_secret(key_b)), BF_EKEY);
    assert_int_equal(stat(keys, &sb), 0);
    assert_int_equal(sb.st_mode & 0777, 0600);
    bf_keyring_free(kr);
    bf_keyring_free(again);
}

static void key_file_must_be_private(void **state)
{
    (void)state;
    static const mode_t modes[] = {0640, 0604, 0660, 0666, 0610, 0601};
    bf_keyring_free(fresh(key_a));
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        chmod(key_a, modes[i]);
        assert_int_equal(try_open(file_secret(key_a)), BF_EKEY);
        assert_non_null(strstr(c.error, "chmod 600"));
    }
    chmod(key_a, 0400);
    assert_int_equal(try_open(file_secret(key_a)), BF_OK);
    chmod(key_a, 0600);
    char path[120];
    snprintf(path, sizeof path, "%s/short", dir);
    write_whole(path, (const uint8_t *)"0123456789", 10);
    assert_int_equal(try_open(file_secret(path)), BF_EKEY);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(try_open(file_secret(path)), BF_EFORMAT);
    unlink(path);
    assert_int_equal(try_open(file_secret(path)), BF_ENOENT);
    assert_int_equal(try_open(file_secret("/dev/zero")), BF_EFORMAT);
}

static void every_byte_counts(void **state)
{
    (void)state;
    size_t len;
    bf_keyring_free(fresh(key_a));
    uint8_t *data = read_whole(keys, &len);
    for (size_t i = 0; i < len; i++) {
        for (int bit = (int)i % 8; bit < 8; bit += 8) {
            data[i] ^= (uint8_t)(1 << bit);
            write_whole(keys, data, len);
            bf_status st = try_open(file_secret(key_a));
            if (st != BF_ETAMPER && st != BF_EFORMAT && st != BF_EVERSION) {
                fail_msg("byte %zu: %d %s", i, st, c.error);
            }
            /* An attacker repairs the checksum. Then the seal speaks, or the wrong key. */
            uint8_t sum[16];
            memcpy(sum, data + len - 16, 16);
            crypto_generichash(data + len - 16, 16, data, len - 16, NULL, 0);
            write_whole(keys, data, len);
            st = try_open(file_secret(key_a));
            if (!st && i < len - 16) fail_msg("byte %zu: opened", i);
            memcpy(data + len - 16, sum, 16);
            data[i] ^= (uint8_t)(1 << bit);
        }
    }
    for (size_t cut = 0; cut < len; cut += 7) {
        write_whole(keys, data, cut);
        bf_status st = try_open(file_secret(key_a));
        if (st != BF_ETAMPER && st != BF_EFORMAT) fail_msg("cut at %zu: %d", cut, st);
    }
    free(data);
}

static void argon2_bounds(void **state)
{
    (void)state;
    bf_keyring_file file;
    size_t len, ad;
    bf_secret checked, s = passphrase("correct horse");
    s.memory_mib = BF_ARGON2_MEMORY_MIN_MIB - 1;
    assert_int_equal(bf_secret__check(&c, &s, &checked), BF_EKEY);
    s = passphrase("correct horse");
    s.passes = BF_ARGON2_PASSES_MAX + 1;
    assert_int_equal(bf_secret__check(&c, &s, &checked), BF_EKEY);
    s = passphrase("short");
    assert_int_equal(bf_secret__check(&c, &s, &checked), BF_EKEY);
    s = passphrase("correct horse");
    bf_keyring *kr = NULL;
    unlink(keys);
    assert_int_equal(bf_keyring__make(&c, keys, &s, &kr), BF_OK);
    bf_keyring_free(kr);
    assert_int_equal(try_open(passphrase("correct horse")), BF_OK);
    assert_int_equal(try_open(passphrase("correct horsf")), BF_EKEY);
    assert_non_null(strstr(c.error, "wrong passphrase"));
    assert_int_equal(try_open(file_secret(key_a)), BF_EKEY);
    /* What the file asks for is judged before it is done: 16 EiB, or nothing at all. */
    uint8_t *data = read_whole(keys, &len);
    static const uint32_t asks[][2] = {{1, 64},   {17, 64}, {2, 63},
                                       {2, 1025}, {0, 0},   {2, 0xffffffff}};
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        memcpy(data + 48, asks[i], 8);
        assert_int_equal(bf_keyring__parse_body(&c, "k", data, len, &file, &ad), BF_ETAMPER);
    }
    free(data);
}

static void slots_come_and_go(void **state)
{
    (void)state;
    uint32_t id = 0, index = 0;
    size_t old_len, new_len, ad;
    bf_keyring *kr = fresh(key_a);
    bf_secret b = file_secret(key_b), pass = passphrase("a long passphrase");
    assert_int_equal(bf_keyring__slot_add(&c, kr, &b, &id), BF_OK);
    assert_int_equal(id, 2);
    assert_int_equal(bf_keyring__slot_add(&c, kr, &b, &id), BF_EEXIST);
    assert_int_equal(bf_keyring__slot_add(&c, kr, &pass, &id), BF_OK);
    assert_int_equal(bf_keyring__save(&c, kr), BF_OK);
    assert_int_equal(try_open(file_secret(key_a)), BF_OK);
    assert_int_equal(try_open(file_secret(key_b)), BF_OK);
    assert_int_equal(try_open(passphrase("a long passphrase")), BF_OK);
    uint8_t *old = read_whole(keys, &old_len);
    assert_int_equal(bf_keyring__slot_remove(&c, kr, 1), BF_EINVAL); /* the one in use */
    assert_int_equal(bf_keyring__slot_remove(&c, kr, 7), BF_ENOENT);
    assert_int_equal(bf_keyring__slot_remove(&c, kr, 2), BF_OK);
    assert_int_equal(bf_keyring__save(&c, kr), BF_OK);
    assert_int_equal(try_open(file_secret(key_b)), BF_EKEY);
    assert_int_equal(try_open(passphrase("a long passphrase")), BF_OK);
    /* The removed key with an old copy yields the old file key, which opens nothing new. */
    bf_keyring_secrets *x = bf_locked_alloc(&c, sizeof *x);
    bf_keyring_file file, now;
    assert_int_equal(bf_keyring__parse(&c, "old", old, old_len, &file, &ad), BF_OK);
    index = 1;
    assert_int_equal(bf_secret__derive(&c, &b, &file.slots[index], &x->used), BF_OK);
    assert_int_equal(bf_keyring__unseal(&c, "old", old, old_len, ad, &file, index, x), BF_OK);
    uint8_t *fresh_file = read_whole(keys, &new_len);
    assert_int_equal(bf_keyring__parse(&c, "new", fresh_file, new_len, &now, &ad), BF_OK);
    for (index = 0; index < now.slot_count; index++) {
        assert_int_equal(bf_keyring__unseal(&c, "new", fresh_file, new_len, ad, &now, index, x),
                         BF_ETAMPER);
    }
    bf_locked_free(x);
    free(old);
    free(fresh_file);
    while (kr->file.slot_count < BF_KEYRING_SLOTS) {
        char path[120], name[16];
        snprintf(name, sizeof name, "n%u", kr->file.slot_count);
        make_key(path, sizeof path, name, (uint8_t)(100 + kr->file.slot_count));
        bf_secret s = file_secret(path);
        assert_int_equal(bf_keyring__slot_add(&c, kr, &s, &id), BF_OK);
    }
    assert_int_equal(bf_keyring__slot_add(&c, kr, &b, &id), BF_ELIMIT);
    assert_int_equal(bf_keyring__save(&c, kr), BF_OK);
    assert_int_equal(try_open(file_secret(key_a)), BF_OK);
    bf_keyring_free(kr);
}

static void replaced_slot(void **state)
{
    (void)state;
    bf_keyring *kr = fresh(key_a);
    bf_secret b = file_secret(key_b);
    assert_int_equal(bf_keyring__slot_replace(&c, kr, &b), BF_OK);
    assert_int_equal(bf_keyring__save(&c, kr), BF_OK);
    assert_int_equal(try_open(file_secret(key_a)), BF_EKEY);
    assert_int_equal(try_open(file_secret(key_b)), BF_OK);
    assert_int_equal(bf_keyring__reload(&c, kr), BF_OK); /* with what is in memory */
    bf_keyring_free(kr);
}

static void strangers_keyring(void **state)
{
    (void)state;
    uint8_t out[BF_KEYRING_FILE_MAX];
    size_t len;
    bf_keyring *kr = fresh(key_a);
    /* All that is visible in the file, other keys inside, sealed to the right public key, but with
     * a guessed authentication key. */
    bf_keyring_secrets *x = bf_locked_alloc(&c, sizeof *x);
    x->set_count = 1;
    x->sets[0].id = kr->secrets->sets[0].id;
    memset(x->sets[0].ring, 0x42, BF_KEY_BYTES);
    bf_keyring_file file = kr->file;
    assert_int_equal(bf_keyring__serialize(&c, &file, x, out, &len), BF_OK);
    write_whole(keys, out, len);
    assert_int_equal(try_open(file_secret(key_a)), BF_ETAMPER);
    bf_locked_free(x);
    bf_keyring_free(kr);
}

static void version_and_format(void **state)
{
    (void)state;
    size_t len;
    bf_keyring_free(fresh(key_a));
    uint8_t *data = read_whole(keys, &len);
    data[8] = 2;
    write_whole(keys, data, len);
    assert_int_equal(try_open(file_secret(key_a)), BF_EVERSION);
    assert_non_null(strstr(c.error, "later Bonafide"));
    write_whole(keys, (const uint8_t *)"hello", 5);
    assert_int_equal(try_open(file_secret(key_a)), BF_EFORMAT);
    free(data);
}

static void key_sets(void **state)
{
    (void)state;
    bf_keyring *kr = fresh(key_a);
    const bf_keyset *one = &kr->secrets->sets[0];
    const bf_keyset *two = bf_keyring__append(kr, one, 0);
    assert_memory_equal(one->root, two->root, BF_KEY_BYTES);
    assert_memory_not_equal(one->ring, two->ring, BF_KEY_BYTES);
    uint64_t id = two->id;
    assert_int_equal(bf_keyring__save(&c, kr), BF_OK);
    assert_int_equal(bf_keyring__reload(&c, kr), BF_OK);
    assert_int_equal(kr->secrets->set_count, 2);
    bf_keyring__keep_only(kr, id);
    assert_int_equal(kr->secrets->set_count, 1);
    assert_int_equal(kr->secrets->sets[0].id, id);
    assert_true(
        sodium_is_zero((const uint8_t *)&kr->secrets->sets[1], sizeof kr->secrets->sets[1]));
    bf_keyring_free(kr);
}

static void the_old_file_is_overwritten(void **state)
{
    (void)state;
    size_t len;
    char link_path[120];
    bf_keyring *kr = fresh(key_a);
    snprintf(link_path, sizeof link_path, "%s/hard", dir);
    assert_int_equal(link(keys, link_path), 0);
    assert_int_equal(bf_keyring__save(&c, kr), BF_OK);
    uint8_t *data = read_whole(link_path, &len);
    assert_true(len > 0 && sodium_is_zero(data, len));
    free(data);
    unlink(link_path);
    assert_int_equal(try_open(file_secret(key_a)), BF_OK);
    bf_keyring_free(kr);
}

#ifndef UNDER_ASAN /* it takes mlock out of the way; main() says that this was not run */
static void lock_refused_is_said(void **state)
{
    (void)state;
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){0, 0});
        if (!geteuid() && setuid(65534)) _exit(1);
        log_text[0] = 0;
        void *p = bf_locked_alloc(&c, 64);
        if (!p) _exit(2);
        _exit(strstr(log_text, "cannot be locked") ? 0 : 3);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_with_its_key_alone),
        cmocka_unit_test(key_file_must_be_private),
        cmocka_unit_test(every_byte_counts),
        cmocka_unit_test(argon2_bounds),
        cmocka_unit_test(slots_come_and_go),
        cmocka_unit_test(replaced_slot),
        cmocka_unit_test(strangers_keyring),
        cmocka_unit_test(version_and_format),
        cmocka_unit_test(key_sets),
        cmocka_unit_test(the_old_file_is_overwritten),
#ifndef UNDER_ASAN
        cmocka_unit_test(lock_refused_is_said),
#endif
    };
#ifdef UNDER_ASAN
    print_message("# skipped under AddressSanitizer: lock_refused_is_said\n");
#endif
    return cmocka_run_group_tests(tests, make, drop);
}
