/* SPDX-License-Identifier: Apache-2.0 */
/* Public face of export and import. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "engine/store_internal.h"
#include "store/log.h"
#include "store/parcel.h"
#include "vault/file.h"
#include "vault/sealed_file.h"

void bf_parcel_opts_init(bf_parcel_opts *opts)
{
    *opts = (bf_parcel_opts){.struct_size = sizeof *opts};
}

/* @param secret  out: checked copy, if there is a passphrase */
static bf_status check_opts(bf_ctx *c, const bf_parcel_opts *opts, bf_parcel_opts *o,
                            bf_secret *secret)
{
    bf_parcel_opts_init(o);
    if (opts) BF_TRY(bf_opts_copy(c, "bf_parcel_opts", opts, o, sizeof *o));
    if (o->gallery) BF_TRY(bf_check_id(c, "gallery", o->gallery));
    if (o->person) BF_TRY(bf_check_id(c, "person", o->person));
    BF_TRY(bf_check_text(c, "purpose", o->purpose));
    if (!o->passphrase) return BF_OK;
    BF_TRY(bf_secret__check(c, o->passphrase, secret));
    if (secret->kind != BF_SECRET_PASSPHRASE) BF_FAIL(c, BF_EINVAL, "not a passphrase");
    return BF_OK;
}

/* ---- export ---- */

/* Who it went to is part of the record: the recipient's public key, shortened. */
static void describe(const bf_parcel_opts *o, size_t len, bf_audit_rec *audit)
{
    char hex[17] = "";
    if (o->public_key) sodium_bin2hex(hex, sizeof hex, o->public_key, 8);
    snprintf(audit->detail, sizeof audit->detail, "%s%s, %s images, %zu bytes",
             o->public_key ? "to key " : "by passphrase", hex, o->with_images ? "with" : "without",
             len);
    if (o->purpose) snprintf(audit->purpose, sizeof audit->purpose, "%s", o->purpose);
}

/* The log says that there was an export: that there is no file belongs to it. */
static void record_failure(bf_ctx *c, bf_store *st, bf_audit_rec *audit)
{
    char kept[BF_ERROR_MAX];
    memcpy(kept, c->error, sizeof kept);
    snprintf(audit->detail, sizeof audit->detail, "failed: no file was written");
    bf_status status = bf_store__begin(c, st, 1);
    if (!status) status = bf_log__append(c, st, audit);
    if (!status) status = bf_store__commit(c, st);
    if (status) bf_ctx_log(c, 1, "%s", c->error);
    memcpy(c->error, kept, sizeof kept);
}

static bf_status export_person(bf_ctx *c, bf_store *st, const char *person, const bf_parcel_opts *o,
                               const bf_secret *secret, const char *path)
{
    uint8_t *plain = NULL, *sealed = NULL;
    size_t plain_len = 0, sealed_len = 0;
    bf_audit_rec audit = {.operation = BF_OP_EXPORT};
    BF_TRY(bf_parcel__write(c, st, person, (int)o->with_images, &audit.person, &plain, &plain_len));
    const bf_keyset *set = bf_keyring__find(st->keyring, st->keys->set_id);
    bf_status status = bf_sealed__make(c, set->transfer, o->public_key, secret, plain, plain_len,
                                       &sealed, &sealed_len);
    bf_wipe(plain, plain_len);
    bf_ctx_release(c, plain);
    BF_TRY(status);
    describe(o, sealed_len, &audit);
    if (!o->purpose) memcpy(audit.purpose, st->meta.purpose, sizeof audit.purpose);
    /* First the record, then the file: whoever is stopped in between leaves no unrecorded export.
     */
    status = bf_log__append(c, st, &audit);
    if (!status) status = bf_store__commit(c, st);
    if (!status) {
        status = bf_file__create(c, path, sealed, sealed_len);
        if (status) record_failure(c, st, &audit);
    }
    bf_ctx_release(c, sealed);
    return status;
}

bf_status bf_store_export(bf_session *s, bf_store *store, const char *person,
                          const bf_parcel_opts *opts, const char *path)
{
    if (!s || !store || !path || !opts) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_parcel_opts o;
    bf_secret secret;
    BF_TRY(bf_check_id(c, "person", person));
    BF_TRY(check_opts(c, opts, &o, &secret));
    if (!o.public_key && !o.passphrase) BF_FAIL(c, BF_EINVAL, "neither recipient nor passphrase");
    if (!access(path, F_OK)) BF_FAIL(c, BF_EEXIST, "%s: exists already", path);
    BF_TRY(bf_store__begin(c, store, 1));
    bf_status st = export_person(c, store, person, &o, o.public_key ? NULL : &secret, path);
    bf_store__rollback(c, store);
    return st;
}

/* ---- import ---- */

/* Templates must be what their record says, and readable here; with codes for the fast stage. */
static bf_status check_templates(bf_ctx *c, bf_engine *engine, const char *path, const bf_parcel *p)
{
    bf_session *s = NULL;
    if (bf_session_open(engine, &s)) BF_FAIL_NOMEM(c);
    bf_status st = BF_OK;
    for (uint32_t i = 0; i < p->encounter_count && !st; i++) {
        for (uint32_t j = 0; j < p->encounters[i].sample_count && !st; j++) {
            bf_new_sample *n = &p->encounters[i].samples[j];
            bf_template *t = NULL;
            st = bf_template_parse(s, n->bytes, n->rec.len, &t);
            if (st) {
                bf_ctx_fail(c, st, "%s: %.300s", path, bf_session_error(s));
            } else if (bf_template_modality(t) != n->rec.modality ||
                       bf_template_position(t) != n->rec.position ||
                       bf_template_quality(t) != n->rec.quality) {
                st = bf_ctx_fail(c, BF_EFORMAT, "%s: a template is not what its record says", path);
            } else {
                st = bf_sample__code(c, t->modality, t->prepared, n);
            }
            bf_template_free(t);
        }
    }
    bf_session_free(s);
    return st;
}

static bf_status open_parcel(bf_ctx *c, bf_store *st, const char *path, const bf_parcel_opts *o,
                             const bf_secret *secret, uint8_t sender[32], uint8_t **plain,
                             size_t *plain_len)
{
    uint8_t *data;
    size_t len;
    bf_sealed_header h;
    BF_TRY(bf_file__read(c, path, BF_SEALED_FILE_MAX, 0, &data, &len));
    bf_status status = bf_sealed__parse(c, path, data, len, &h);
    if (!status && o->public_key && memcmp(h.sender, o->public_key, 32) != 0) {
        status = bf_ctx_fail(c, BF_EKEY, "%s: comes from another sender", path);
    }
    /* The keyring as it is now: another process may have rotated it. */
    if (!status) status = bf_store__begin(c, st, 0);
    if (!status) {
        const bf_keyset *set = bf_keyring__find(st->keyring, st->keys->set_id);
        status = bf_sealed__open(c, path, data, len, set->transfer, secret, plain, plain_len);
    }
    bf_store__rollback(c, st);
    memcpy(sender, h.sender, 32);
    bf_ctx_release(c, data);
    return status;
}

bf_status bf_store_import(bf_session *s, bf_store *store, const char *path,
                          const bf_parcel_opts *opts, char *out_person, uint8_t *out_sender)
{
    if (!s || !store || !path) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_parcel_opts o;
    bf_secret secret;
    bf_parcel parcel;
    uint8_t sender[32], *plain = NULL;
    size_t plain_len = 0;
    BF_TRY(check_opts(c, opts, &o, &secret));
    BF_TRY(
        open_parcel(c, store, path, &o, o.passphrase ? &secret : NULL, sender, &plain, &plain_len));
    bf_status st = bf_parcel__parse(c, path, plain, plain_len, &parcel);
    if (!st) st = check_templates(c, s->engine, path, &parcel);
    if (!st) st = bf_parcel__enroll(c, store, &parcel, o.person, o.gallery, o.purpose);
    if (!st && out_person) {
        snprintf(out_person, BF_NAME_BYTES, "%s", o.person ? o.person : parcel.person);
    }
    if (!st && out_sender) memcpy(out_sender, sender, sizeof sender);
    bf_wipe(plain, plain_len);
    bf_ctx_release(c, plain);
    return st;
}
