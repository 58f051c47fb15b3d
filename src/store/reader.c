/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second view of a store for another thread: its own connection, in a read transaction at the
 * same state. It shares what the first has authenticated, the directory of persons.
 */
#include <string.h>

#include "store/core.h"

bf_status bf_store__reader(bf_ctx *c, bf_store *st, bf_store **out)
{
    const bf_store_setup setup = {.path = st->path, .keyring = st->keyring, .who = st->who};
    bf_store *r = NULL;
    BF_TRY(bf_directory__load(c, st));
    BF_TRY(bf_store__open(c, &setup, &r));
    bf_status status = bf_store__begin(c, r, 0);
    if (!status && r->meta.counter != st->meta.counter) {
        status = bf_ctx_fail(c, BF_EBUSY, "%s: written meanwhile", st->path);
    }
    if (status) {
        bf_store__close(r);
        return status;
    }
    bf_directory__drop(r);
    r->directory = st->directory;
    r->directory.fresh = 1;
    *out = r;
    return BF_OK;
}

void bf_store__reader_close(bf_ctx *c, bf_store *r)
{
    if (!r) return;
    memset(&r->directory, 0, sizeof r->directory); /* the first's */
    bf_store__rollback(c, r);
    bf_store__close(r);
}
