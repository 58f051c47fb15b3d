/* SPDX-License-Identifier: Apache-2.0 */
/* A store in a directory of its own, with made-up samples: what the tests of this folder start
 * from. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/core.h"
#include "store/log.h"
#include "vault/file.h"

typedef struct fixture {
    char dir[64], db[96], keys[96], key_file[96];
    bf_ctx c;
    bf_keyring *keyring;
    bf_store *st;
    char log[4096]; /* what went to the log hook */
} fixture;

static void *fixture_alloc(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

static void fixture_free(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

static inline void fixture_log(void *user, int32_t level, const char *line)
{
    fixture *f = user;
    size_t n = strlen(f->log);
    snprintf(f->log + n, sizeof f->log - n, "%d %s\n", (int)level, line);
}

static inline void fixture_ctx(bf_ctx *c)
{
    memset(c, 0, sizeof *c);
    c->alloc = (bf_allocator){fixture_alloc, fixture_free, NULL};
    bf_arena_init(&c->arena, &c->alloc);
}

static inline bf_secret fixture_secret(const char *path)
{
    bf_secret s;
    bf_secret_init(&s);
    s.kind = BF_SECRET_KEY_FILE;
    s.path = path;
    return s;
}

static inline bf_store_setup fixture_setup(fixture *f)
{
    return (bf_store_setup){f->db, f->keyring, 200, "test", NULL};
}

static inline bf_status fixture_open_store(fixture *f)
{
    bf_store_setup s = fixture_setup(f);
    bf_arena_reset(&f->c.arena);
    return bf_store__open(&f->c, &s, &f->st);
}

/* Keyring and store, from the files. */
static inline bf_status fixture_open(fixture *f)
{
    bf_secret secret = fixture_secret(f->key_file);
    bf_status st = bf_keyring__load(&f->c, f->keys, &secret, &f->keyring);
    if (!st) st = fixture_open_store(f);
    return st;
}

static inline void fixture_close(fixture *f)
{
    bf_store__close(f->st);
    bf_keyring_free(f->keyring);
    f->st = NULL;
    f->keyring = NULL;
    bf_arena_reset(&f->c.arena);
}

static inline void fixture_paths(fixture *f, const char *dir)
{
    snprintf(f->dir, sizeof f->dir, "%s", dir);
    snprintf(f->db, sizeof f->db, "%s/people.bf", f->dir);
    snprintf(f->keys, sizeof f->keys, "%s/people.bf.keys", f->dir);
    snprintf(f->key_file, sizeof f->key_file, "%s/operator.key", f->dir);
}

/* Make everything. Returns with the store open. */
static inline void fixture_make(fixture *f)
{
    /* In memory if there is such a place: thousands of synchronisations cost nothing there. */
    char dir[64];
    snprintf(dir, sizeof dir, "%s/bonafide-store-XXXXXX",
             access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    memset(f, 0, sizeof *f);
    assert_non_null(mkdtemp(dir));
    fixture_paths(f, dir);
    fixture_ctx(&f->c);
    f->c.log = fixture_log;
    f->c.log_user = f;
    assert_int_equal(bf_vault__init(&f->c), BF_OK);
    uint8_t key[64];
    for (size_t i = 0; i < sizeof key; i++) key[i] = (uint8_t)(17 * i + 3);
    assert_int_equal(bf_file__create(&f->c, f->key_file, key, sizeof key), BF_OK);
    bf_secret secret = fixture_secret(f->key_file);
    assert_int_equal(bf_keyring__make(&f->c, f->keys, &secret, &f->keyring), BF_OK);
    bf_store_setup s = fixture_setup(f);
    assert_int_equal(bf_store__create(&f->c, &s, &f->st), BF_OK);
}

static inline void remove_tree(const char *dir)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    assert_int_equal(system(command), 0);
}

static inline void fixture_drop(fixture *f)
{
    fixture_close(f);
    bf_arena_done(&f->c.arena);
    remove_tree(f->dir);
}

/* Bytes that stand for a template: the same for the same number. */
static inline void fake_bytes(uint32_t number, uint8_t *out, size_t len)
{
    uint64_t x = 0x9e3779b97f4a7c15ull * (number + 1);
    for (size_t i = 0; i < len; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        out[i] = (uint8_t)(x >> 24);
    }
}

#define FAKE_BYTES 700u
#define FAKE_IMAGE_BYTES 20000u

/* An encounter of `samples` made-up samples; with images if `image`. */
static inline bf_status fake_enroll(fixture *f, const char *person, const char *encounter,
                                    const char *gallery, uint32_t number, uint32_t samples,
                                    int image)
{
    static uint8_t bytes[8][FAKE_BYTES], pictures[8][FAKE_IMAGE_BYTES];
    bf_new_sample s[8];
    memset(s, 0, sizeof s);
    for (uint32_t i = 0; i < samples; i++) {
        fake_bytes(number * 8 + i, bytes[i], FAKE_BYTES);
        fake_bytes(number * 8 + i + 1000000, pictures[i], FAKE_IMAGE_BYTES);
        s[i].rec = (bf_sample_rec){
            .modality = BF_FINGER, .position = (uint8_t)(i + 1), .quality = 50, .len = FAKE_BYTES};
        s[i].bytes = bytes[i];
        s[i].image = image ? pictures[i] : NULL;
        s[i].image_len = image ? FAKE_IMAGE_BYTES : 0;
    }
    bf_new_encounter e = {.person = person,
                          .name = encounter,
                          .time_s = 1700000000,
                          .samples = s,
                          .sample_count = samples,
                          .galleries = &gallery,
                          .gallery_count = gallery ? 1 : 0};
    bf_arena_reset(&f->c.arena);
    return bf_store__enroll(&f->c, f->st, &e, 1, NULL);
}

/* What a search does before it compares. */
static inline bf_status load_all(fixture *f, const char *gallery, size_t *samples)
{
    bf_ctx *c = &f->c;
    bf_galleries g = {0};
    bf_membership *members = NULL;
    size_t member_count = 0;
    bf_loaded loaded;
    const bf_directory *all = &f->st->directory;
    bf_person *p = bf_locked_alloc(c, sizeof *p);
    bf_arena_reset(&c->arena);
    bf_status st = bf_store__begin(c, f->st, 0);
    if (!st) st = bf_store__load(c, f->st, &g);
    const bf_gallery *one = gallery && !st ? bf_galleries__find(&g, gallery) : NULL;
    if (!st) st = bf_store__members(c, f->st, &g, one, &members, &member_count);
    *samples = 0;
    for (size_t i = 0; !st && i < all->count; i++) {
        st = bf_person__find_id(c, f->st, all->entries[i].id, p);
        if (!st) st = bf_person__load(c, f->st, p, &loaded);
        if (!st) *samples += loaded.sample_count;
    }
    bf_store__rollback(c, f->st);
    bf_ctx_release(c, members);
    bf_galleries__free(c, &g);
    bf_locked_free(p);
    return st;
}

/* fsck. */
static inline bf_status check_all(fixture *f, uint32_t *findings)
{
    bf_check_opts opts = {.struct_size = sizeof opts};
    bf_arena_reset(&f->c.arena);
    bf_status st = bf_store__begin(&f->c, f->st, 0);
    if (st) return st;
    st = bf_store__check(&f->c, f->st, &opts);
    bf_store__rollback(&f->c, f->st);
    if (findings) *findings = opts.finding_count;
    return st;
}

/* Number of samples of a person; -1 if there is no such person; -2 if something is wrong. */
static inline int count_samples(fixture *f, const char *person)
{
    bf_loaded loaded;
    int n = -2;
    bf_person *p = bf_locked_alloc(&f->c, sizeof *p);
    bf_arena_reset(&f->c.arena);
    bf_status st = bf_store__begin(&f->c, f->st, 0);
    if (!st) st = bf_person__find(&f->c, f->st, person, p);
    if (st == BF_ENOENT) n = -1;
    if (!st) st = bf_person__load(&f->c, f->st, p, &loaded);
    if (!st) n = (int)loaded.sample_count;
    bf_store__rollback(&f->c, f->st);
    bf_locked_free(p);
    return n;
}

static inline uint8_t *read_whole(const char *path, size_t *len)
{
    FILE *in = fopen(path, "rb");
    *len = 0;
    if (!in) return NULL;
    fseek(in, 0, SEEK_END);
    long n = ftell(in);
    rewind(in);
    uint8_t *data = malloc((size_t)n + 1);
    assert_non_null(data);
    *len = fread(data, 1, (size_t)n, in);
    fclose(in);
    return data;
}

static inline void write_whole(const char *path, const uint8_t *data, size_t len)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    if (len) assert_int_equal(fwrite(data, 1, len, out), len);
    assert_int_equal(fclose(out), 0);
    chmod(path, 0600);
}

static inline void copy_file(const char *from, const char *to)
{
    size_t len;
    uint8_t *data = read_whole(from, &len);
    if (!data) {
        unlink(to);
        return;
    }
    write_whole(to, data, len);
    free(data);
}

static inline int contains(const uint8_t *data, size_t len, const void *what, size_t n)
{
    return data && len >= n && memmem(data, len, what, n) != NULL;
}

#endif
