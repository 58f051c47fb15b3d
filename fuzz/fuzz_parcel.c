/* SPDX-License-Identifier: Apache-2.0 */
/* An exported person whose file somebody rewrote: no changed file is imported. */
#include "store_rig.h"

static uint8_t base[RIG_FILE_MAX], edited[RIG_FILE_MAX];
static size_t base_len;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    rig *r = rig_open();
    bf_session *s = fuzz_session();
    bf_parcel_opts opts;
    bf_parcel_opts_init(&opts);
    if (!base_len) {
        uint8_t recipient[32];
        bf_keyring_public_key(r->keyring, recipient);
        opts.public_key = recipient;
        FUZZ_REQUIRE(!bf_store_export(s, r->store, "P-1", &opts, r->parcel));
        base_len = rig_read(r->parcel, base);
    }
    memcpy(edited, base, base_len);
    int changed = rig_edit(edited, base_len, data, len);
    size_t cut = len % 4 ? (size_t)data[0] % base_len : 0;
    rig_write(r->parcel, edited, base_len - cut);
    bf_parcel_opts_init(&opts);
    opts.person = "P-2";
    bf_status st = bf_store_import(s, r->store, r->parcel, &opts, NULL, NULL);
    FUZZ_REQUIRE(st || (!changed && !cut));
    FUZZ_REQUIRE(!st || *bf_session_error(s));
    return 0;
}
