/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys that open the keyring: added, removed, replaced. The record comes first, as with exports:
 *
 *   1  one transaction: the audit entry, and in the meta row what is about to be done
 *   2  under the write lock again: the keyring file; then the meta row says that it is done
 *
 * Whoever is stopped in between leaves the note in the meta row. The next one to open the store, or
 * to touch the keyring, looks whether the slot is in the file: if the deed was not done, the log
 * says so in an entry of its own. No slot ever changes without an entry.
 */
#include <stdio.h>
#include <string.h>

#include "store/core.h"
#include "store/log.h"

/* A keyring as it was before a change. */
typedef struct slots_before {
    bf_keyring_file file;
    bf_keyring_secrets *secrets; /* locked */
    uint32_t slot_used;
} slots_before;

static void slots_restore(bf_keyring *kr, const slots_before *b)
{
    kr->file = b->file;
    *kr->secrets = *b->secrets;
    kr->slot_used = b->slot_used;
}

/* Change the slots in memory. @param slot  in: to remove; out: made */
static bf_status alter(bf_ctx *c, bf_keyring *kr, uint8_t operation, const bf_secret *secret,
                       uint32_t *slot)
{
    if (operation == BF_OP_KEY_ADD) return bf_keyring__slot_add(c, kr, secret, slot);
    if (operation == BF_OP_KEY_REMOVE) return bf_keyring__slot_remove(c, kr, *slot);
    BF_TRY(bf_keyring__slot_replace(c, kr, secret));
    *slot = kr->slot_used;
    return BF_OK;
}

/* Is what the meta row announces in the keyring file? */
static bf_status is_done(bf_ctx *c, const bf_store *st, int *done)
{
    uint8_t *data = NULL;
    size_t len, ad_len;
    bf_keyring_file *file = bf_ctx_alloc(c, 1, sizeof *file);
    if (!file) BF_FAIL_NOMEM(c);
    bf_status status =
        bf_keyring__read(c, st->keyring->path, st->keyring->name, file, &data, &len, &ad_len);
    int there = 0;
    for (uint32_t i = 0; !status && i < file->slot_count; i++) {
        there |= file->slots[i].id == st->meta.slot;
    }
    *done = st->meta.slot_operation == BF_OP_KEY_REMOVE ? !there : there;
    bf_ctx_release(c, data);
    bf_ctx_release(c, file);
    return status;
}

bf_status bf_store__settle_slots(bf_ctx *c, bf_store *st, int *done)
{
    *done = 1;
    if (!(st->meta.pending & BF_PENDING_SLOTS)) return BF_OK;
    BF_TRY(is_done(c, st, done));
    st->meta.pending &= ~BF_PENDING_SLOTS;
    if (*done) return BF_OK;
    bf_audit_rec rec = {.operation = st->meta.slot_operation};
    snprintf(rec.detail, sizeof rec.detail, "failed: entry %llu, slot %u: the keyring is as it was",
             (unsigned long long)st->meta.slot_entry, st->meta.slot);
    return bf_log__append(c, st, &rec);
}

/* Step 1. */
static bf_status announce(bf_ctx *c, bf_store *st, uint8_t operation, uint32_t slot, uint32_t used)
{
    bf_audit_rec audit = {.operation = operation, .slot = used};
    snprintf(audit.detail, sizeof audit.detail, "slot %u", slot);
    BF_TRY(bf_log__append(c, st, &audit));
    st->meta.pending |= BF_PENDING_SLOTS;
    st->meta.slot_operation = operation;
    st->meta.slot = slot;
    st->meta.slot_entry = st->meta.audit_count;
    return bf_store__commit(c, st);
}

/* Step 2. @param done  out: the file is the new one, whatever is returned */
static bf_status write_file(bf_ctx *c, bf_store *st, uint64_t entry, int *done)
{
    char kept[BF_ERROR_MAX];
    *done = 0;
    BF_TRY(bf_store__begin(c, st, 1));
    if (!(st->meta.pending & BF_PENDING_SLOTS) || st->meta.slot_entry != entry) {
        bf_store__rollback(c, st);
        BF_FAIL(c, BF_EBUSY, "%s: another process changed it meanwhile: try again",
                st->keyring->name);
    }
    bf_status status = bf_keyring__save(c, st->keyring);
    const int written = !status;
    memcpy(kept, c->error, sizeof kept);
    /* A file may be in its place though writing it failed: what is on the disk decides. */
    bf_status settled = bf_store__settle_slots(c, st, done);
    if (!settled) settled = bf_store__commit(c, st);
    if (written) *done = 1;
    /* The note stays, and whoever comes next settles it. */
    if (settled) bf_ctx_log(c, 1, "%s", c->error);
    bf_store__rollback(c, st);
    memcpy(c->error, kept, sizeof kept);
    return status;
}

static bf_status change_slots(bf_ctx *c, bf_store *st, uint8_t operation, const bf_secret *secret,
                              uint32_t *slot)
{
    bf_keyring *kr = st->keyring;
    slots_before before;
    int done = 0;
    before.secrets = bf_locked_alloc(c, sizeof *before.secrets);
    if (!before.secrets) BF_FAIL_NOMEM(c);
    bf_status status = bf_store__begin(c, st, 1);
    if (!status) status = bf_store__drop_stale_sets(c, st);
    before.file = kr->file;
    *before.secrets = *kr->secrets;
    before.slot_used = kr->slot_used;
    if (!status) status = alter(c, kr, operation, secret, slot);
    if (!status) status = announce(c, st, operation, *slot, before.slot_used);
    bf_store__rollback(c, st);
    if (!status) status = write_file(c, st, st->meta.slot_entry, &done);
    if (!done) slots_restore(kr, &before);
    bf_locked_free(before.secrets);
    return status;
}

bf_status bf_store__key_add(bf_ctx *c, bf_store *st, const bf_secret *secret, uint32_t *out_slot)
{
    return change_slots(c, st, BF_OP_KEY_ADD, secret, out_slot);
}

bf_status bf_store__key_replace(bf_ctx *c, bf_store *st, const bf_secret *secret)
{
    uint32_t slot = 0;
    return change_slots(c, st, BF_OP_KEY_REPLACE, secret, &slot);
}

/* Say in the store that its keys must be rotated, or that they need not. */
static bf_status owe_rotation(bf_ctx *c, bf_store *st, int owed)
{
    BF_TRY(bf_store__begin(c, st, 1));
    st->meta.pending &= ~BF_PENDING_ROTATION;
    if (owed) st->meta.pending |= BF_PENDING_ROTATION;
    return bf_store__commit(c, st);
}

bf_status bf_store__key_remove(bf_ctx *c, bf_store *st, uint32_t slot)
{
    /* First the debt, so that whoever opens the store after a crash pays it; then the slot, so that
     * its holder cannot open what the rotation makes. */
    char kept[BF_ERROR_MAX];
    BF_TRY(owe_rotation(c, st, 1));
    bf_status status = change_slots(c, st, BF_OP_KEY_REMOVE, NULL, &slot);
    if (status) {
        memcpy(kept, c->error, sizeof kept);
        if (owe_rotation(c, st, 0)) bf_ctx_log(c, 1, "%s", c->error);
        memcpy(c->error, kept, sizeof kept);
        return status;
    }
    status = bf_store__rotate(c, st);
    if (!status || status == BF_EPENDING) return status;
    memcpy(kept, c->error, sizeof kept);
    BF_FAIL(c, status,
            "%.400s (the slot is gone; the keys are rotated when the store is next opened)", kept);
}
