/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store whose database somebody rewrote: it opens or not, but what opens and passes the check is
 * what was stored.
 */
#include "store_rig.h"

static uint8_t base[RIG_FILE_MAX], ring[RIG_FILE_MAX], edited[RIG_FILE_MAX];
static size_t base_len, ring_len;

static void check_store(bf_session *s, bf_store *store)
{
    bf_check_opts opts;
    bf_list *list = NULL;
    bf_check_opts_init(&opts);
    if (bf_store_check(s, store, &opts)) {
        FUZZ_REQUIRE(*bf_session_error(s));
        return;
    }
    FUZZ_REQUIRE(!bf_store_list(s, store, BF_LIST_PERSONS, NULL, NULL, &list));
    FUZZ_REQUIRE(bf_list_count(list) == 1);
    FUZZ_REQUIRE(!strcmp(bf_list_get(list, 0)->person, "P-1"));
    bf_list_free(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    rig *r = rig_open();
    bf_session *s = fuzz_session();
    char wal[96];
    if (!base_len) {
        rig_close(r);
        base_len = rig_read(r->db, base);
        ring_len = rig_read(r->ring, ring);
    }
    memcpy(edited, base, base_len);
    rig_edit(edited, base_len, data, len);
    /* The number of bytes beyond whole edits says how much is cut off. */
    size_t kept = base_len - (len % 4) * (base_len / 5);
    rig_write(r->db, edited, kept);
    rig_write(r->ring, ring, ring_len);
    snprintf(wal, sizeof wal, "%.80s-wal", r->db);
    unlink(wal);
    snprintf(wal, sizeof wal, "%.80s-shm", r->db);
    unlink(wal);
    FUZZ_REQUIRE(!bf_keyring_open(s, r->ring, &r->secret, &r->keyring));
    if (bf_store_open(s, r->db, r->keyring, NULL, &r->store)) {
        FUZZ_REQUIRE(*bf_session_error(s) && !r->store);
    } else {
        check_store(s, r->store);
    }
    rig_close(r);
    return 0;
}
