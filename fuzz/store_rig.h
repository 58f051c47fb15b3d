/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store with one person in a folder of its own, and edits of its files: the input of a target is
 * a list of changes (position 3 bytes, value 1 byte), since keys are random and files never the
 * same.
 */
#ifndef BF_FUZZ_STORE_RIG_H
#define BF_FUZZ_STORE_RIG_H
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bonafide/store.h"
#include "fuzz.h"

#define RIG_FILE_MAX (1u << 20)
#define RIG_SIDE 240 /* px */

typedef struct rig {
    char dir[64], key[80], ring[80], db[80], parcel[80];
    bf_secret secret;
    bf_keyring *keyring;
    bf_store *store;
} rig;

static rig the_rig;

static void rig_remove(void)
{
    static const char *const names[] = {"key",        "ring",   "db",        "db-wal", "db-shm",
                                        "db-journal", "parcel", "ring.lock", "db.lock"};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%.60s/%s", the_rig.dir, names[i]);
        unlink(path);
    }
    rmdir(the_rig.dir);
}

static inline size_t rig_read(const char *path, uint8_t *out)
{
    FILE *f = fopen(path, "rb");
    FUZZ_REQUIRE(f);
    size_t len = fread(out, 1, RIG_FILE_MAX, f);
    FUZZ_REQUIRE(len && len < RIG_FILE_MAX && !fclose(f));
    return len;
}

static inline void rig_write(const char *path, const uint8_t *data, size_t len)
{
    FILE *f = fopen(path, "wb");
    FUZZ_REQUIRE(f && fwrite(data, 1, len, f) == len && !fclose(f));
}

/* Rings with nine dislocations of the phase: a ridge begins at each. Drawn at once, not grown. */
static bf_template *rig_print(bf_session *s)
{
    static uint8_t px[RIG_SIDE * RIG_SIDE];
    for (int i = 0; i < RIG_SIDE * RIG_SIDE; i++) {
        double x = i % RIG_SIDE, y = i / RIG_SIDE;
        double phase = hypot(x - 120, y - 120) * 2 * M_PI / 9;
        for (int k = 0; k < 9; k++) {
            double turn = k * 2 * M_PI / 9, r = 45 + 20 * (k % 3);
            phase += atan2(y - 120 - r * sin(turn), x - 120 - r * cos(turn));
        }
        px[i] = (uint8_t)(128 + 100 * cos(phase));
    }
    bf_image *image = NULL;
    bf_template *t = NULL;
    FUZZ_REQUIRE(!bf_image_create(s, px, RIG_SIDE, RIG_SIDE, RIG_SIDE, 1, 500, &image));
    FUZZ_REQUIRE(!bf_template_extract(s, image, BF_FINGER, BF_LEFT_THUMB, &t));
    bf_image_free(image);
    return t;
}

static void rig_enroll(bf_session *s, bf_store *store)
{
    bf_template *t = rig_print(s);
    bf_sample sample;
    bf_enrollment enrollment;
    const bf_sample *samples[] = {&sample};
    const char *galleries[] = {"fuzz"};
    bf_sample_init(&sample);
    sample.tmpl = t;
    bf_enrollment_init(&enrollment);
    enrollment.person = "P-1";
    enrollment.samples = samples;
    enrollment.sample_count = 1;
    enrollment.galleries = galleries;
    enrollment.gallery_count = 1;
    FUZZ_REQUIRE(!bf_store_enroll(s, store, &enrollment, NULL));
    bf_template_free(t);
}

/* Make folder, keys and store, once. The store is left open. */
static inline rig *rig_open(void)
{
    rig *r = &the_rig;
    bf_session *s = fuzz_session();
    if (*r->dir) return r;
    snprintf(r->dir, sizeof r->dir, "%s/bonafide-fuzz-XXXXXX",
             access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    FUZZ_REQUIRE(mkdtemp(r->dir));
    atexit(rig_remove);
    snprintf(r->key, sizeof r->key, "%.60s/key", r->dir);
    snprintf(r->ring, sizeof r->ring, "%.60s/ring", r->dir);
    snprintf(r->db, sizeof r->db, "%.60s/db", r->dir);
    snprintf(r->parcel, sizeof r->parcel, "%.60s/parcel", r->dir);
    bf_secret_init(&r->secret);
    r->secret.kind = BF_SECRET_KEY_FILE;
    r->secret.path = r->key;
    FUZZ_REQUIRE(!bf_key_file_create(s, r->key));
    FUZZ_REQUIRE(!bf_keyring_create(s, r->ring, &r->secret, &r->keyring));
    FUZZ_REQUIRE(!bf_store_create(s, r->db, r->keyring, NULL, &r->store));
    rig_enroll(s, r->store);
    return r;
}

static inline void rig_close(rig *r)
{
    bf_store_close(r->store);
    bf_keyring_free(r->keyring);
    r->store = NULL;
    r->keyring = NULL;
}

/* Apply the edits in `data` to a copy of a file's bytes. @return 1 if anything changed */
static inline int rig_edit(uint8_t *file, size_t len, const uint8_t *data, size_t data_len)
{
    int changed = 0;
    for (; data_len >= 4; data += 4, data_len -= 4) {
        size_t at = ((size_t)data[0] << 16 | (size_t)data[1] << 8 | data[2]) % len;
        changed |= file[at] != data[3];
        file[at] = data[3];
    }
    return changed;
}

#endif
