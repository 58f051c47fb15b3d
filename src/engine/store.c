/* SPDX-License-Identifier: Apache-2.0 */
/* Public face of the store: open, enrol, delete, check, keys. See bonafide/store.h. */
#include <stdio.h>
#include <unistd.h>

#include "engine/store_internal.h"

bf_status bf_check_id(bf_ctx *c, const char *what, const char *id)
{
    if (id && bf_id_ok(id)) return BF_OK;
    BF_FAIL(c, BF_EINVAL, "%s \"%.80s\": 1 to %u of A-Z a-z 0-9 . _ -", what, id ? id : "",
            BF_ID_MAX);
}

bf_status bf_check_text(bf_ctx *c, const char *what, const char *text)
{
    if (!text || bf_text_ok(text)) return BF_OK;
    BF_FAIL(c, BF_EINVAL, "%s: at most %u bytes of UTF-8 without control characters", what,
            BF_TEXT_MAX_BYTES);
}

void bf_store_opts_init(bf_store_opts *opts)
{
    *opts = (bf_store_opts){.struct_size = sizeof *opts, .busy_ms = 5000};
}

void bf_sample_init(bf_sample *sample)
{
    *sample = (bf_sample){.struct_size = sizeof *sample};
}

void bf_enrollment_init(bf_enrollment *enrollment)
{
    *enrollment = (bf_enrollment){.struct_size = sizeof *enrollment};
}

void bf_check_opts_init(bf_check_opts *opts)
{
    *opts = (bf_check_opts){.struct_size = sizeof *opts};
}

/* ---- open and close ---- */

static bf_status set_up(bf_ctx *c, const char *path, bf_keyring *keyring, const bf_store_opts *opts,
                        char who[32], bf_store_setup *out)
{
    bf_store_opts o;
    bf_store_opts_init(&o);
    if (opts) BF_TRY(bf_opts_copy(c, "bf_store_opts", opts, &o, sizeof o));
    BF_TRY(bf_check_text(c, "operator", o.operator_name));
    BF_TRY(bf_check_text(c, "purpose", o.purpose));
    snprintf(who, 32, "uid %u", (unsigned)getuid());
    *out = (bf_store_setup){path, keyring, o.busy_ms, o.operator_name ? o.operator_name : who,
                            o.purpose};
    return BF_OK;
}

bf_status bf_store_create(bf_session *s, const char *path, bf_keyring *keyring,
                          const bf_store_opts *opts, bf_store **out)
{
    if (!s || !path || !keyring || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_store_setup setup;
    char who[32];
    BF_TRY(set_up(c, path, keyring, opts, who, &setup));
    return bf_store__create(c, &setup, out);
}

bf_status bf_store_open(bf_session *s, const char *path, bf_keyring *keyring,
                        const bf_store_opts *opts, bf_store **out)
{
    if (!s || !path || !keyring || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_store_setup setup;
    char who[32];
    BF_TRY(set_up(c, path, keyring, opts, who, &setup));
    return bf_store__open(c, &setup, out);
}

void bf_store_close(bf_store *store)
{
    bf_store__close(store);
}

bf_status bf_store_get_info(bf_session *s, bf_store *store, bf_store_info *out)
{
    if (!s || !store || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_store_info info = {.struct_size = sizeof info};
    if (out->struct_size < sizeof(uint32_t) || out->struct_size > sizeof info) return BF_EINVAL;
    BF_TRY(bf_store__begin(c, store, 0));
    const bf_meta *m = &store->meta;
    for (uint32_t i = 0; i < BF_BUCKETS; i++) info.persons += m->persons[i].count;
    info.galleries = m->galleries.count;
    info.counter = m->counter;
    info.erasure_pending = (m->pending & BF_PENDING_ERASURE) != 0;
    info.audit_entries = m->audit_count;
    bf_store__witness(store, info.witness);
    bf_store__rollback(c, store);
    info.struct_size = out->struct_size;
    memcpy(out, &info, out->struct_size);
    return BF_OK;
}

/* ---- enrol and delete ---- */

static bf_status check_ids(bf_ctx *c, const char *what, const char *const *ids, uint32_t count,
                           uint32_t max)
{
    if (count > max || (count && !ids)) BF_FAIL(c, BF_EINVAL, "more than %u x %s", max, what);
    for (uint32_t i = 0; i < count; i++) BF_TRY(bf_check_id(c, what, ids[i]));
    return BF_OK;
}

bf_status bf_sample__code(bf_ctx *c, const bf_modality *m, const void *prepared, bf_new_sample *out)
{
    size_t len;
    if (!m->fast) return BF_OK;
    uint8_t *code = bf_ctx_scratch(c, m->fast->max_bytes, 1);
    if (!code) BF_FAIL_NOMEM(c);
    BF_TRY(m->fast->encode(c, prepared, code, &len));
    out->code = code;
    out->rec.code_len = (uint16_t)len;
    out->rec.code_version = (uint8_t)m->fast->version;
    return BF_OK;
}

static bf_status take_sample(bf_ctx *c, const bf_sample *sample, bf_new_sample *out)
{
    bf_sample s;
    bf_sample_init(&s);
    if (!sample) BF_FAIL(c, BF_EINVAL, "sample is NULL");
    BF_TRY(bf_opts_copy(c, "bf_sample", sample, &s, sizeof s));
    if (!s.tmpl) BF_FAIL(c, BF_EINVAL, "sample without template");
    if (s.image && (!s.image_len || s.image_len > BF_STORE_IMAGE_MAX_BYTES)) {
        BF_FAIL(c, BF_ELIMIT, "image of %zu bytes: at most %u are kept", s.image_len,
                BF_STORE_IMAGE_MAX_BYTES);
    }
    memset(out, 0, sizeof *out);
    size_t len;
    out->bytes = bf_template_bytes(s.tmpl, &len);
    out->rec.len = (uint32_t)len;
    out->rec.modality = (uint8_t)bf_template_modality(s.tmpl);
    out->rec.position = (uint8_t)bf_template_position(s.tmpl);
    out->rec.quality = (uint8_t)bf_template_quality(s.tmpl);
    out->image = s.image;
    out->image_len = s.image ? s.image_len : 0;
    return bf_sample__code(c, s.tmpl->modality, s.tmpl->prepared, out);
}

static bf_status take_enrollment(bf_ctx *c, const bf_enrollment *enrollment, bf_new_encounter *out)
{
    bf_enrollment e;
    bf_enrollment_init(&e);
    if (!enrollment) BF_FAIL(c, BF_EINVAL, "enrollment is NULL");
    BF_TRY(bf_opts_copy(c, "bf_enrollment", enrollment, &e, sizeof e));
    BF_TRY(bf_check_id(c, "person", e.person));
    if (e.encounter) BF_TRY(bf_check_id(c, "encounter", e.encounter));
    BF_TRY(check_ids(c, "gallery", e.galleries, e.gallery_count, 64));
    BF_TRY(bf_check_text(c, "purpose", e.purpose));
    if (!e.samples || !e.sample_count || e.sample_count > BF_SAMPLES_MAX) {
        BF_FAIL(c, BF_EINVAL, "an encounter has 1 to %u samples", BF_SAMPLES_MAX);
    }
    bf_new_sample *samples = bf_ctx_scratch(c, e.sample_count, sizeof *samples);
    if (!samples) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < e.sample_count; i++) BF_TRY(take_sample(c, e.samples[i], &samples[i]));
    *out = (bf_new_encounter){.person = e.person,
                              .name = e.encounter,
                              .time_s = bf_store__now(),
                              .samples = samples,
                              .sample_count = e.sample_count,
                              .galleries = e.galleries,
                              .gallery_count = e.gallery_count,
                              .retention_days = e.retention_days,
                              .purpose = e.purpose};
    return BF_OK;
}

bf_status bf_store_enroll(bf_session *s, bf_store *store, const bf_enrollment *enrollment,
                          char *out_encounter)
{
    if (!s || !store || !enrollment) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_new_encounter n;
    BF_TRY(take_enrollment(c, enrollment, &n));
    return bf_store__enroll(c, store, &n, 1, out_encounter);
}

bf_status bf_store_enroll_many(bf_session *s, bf_store *store,
                               const bf_enrollment *const *enrollments, size_t count)
{
    if (!s || !store || (count && !enrollments)) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    if (count > BF_ENROLLMENTS_MAX) {
        BF_FAIL(c, BF_ELIMIT, "%zu enrolments: at most %u at once", count, BF_ENROLLMENTS_MAX);
    }
    if (!count) return BF_OK;
    bf_new_encounter *list = bf_ctx_scratch(c, count, sizeof *list);
    if (!list) BF_FAIL_NOMEM(c);
    for (size_t i = 0; i < count; i++) BF_TRY(take_enrollment(c, enrollments[i], &list[i]));
    return bf_store__enroll(c, store, list, count, NULL);
}

bf_status bf_store_set_galleries(bf_session *s, bf_store *store, const char *person,
                                 const char *encounter, const char *const *galleries,
                                 uint32_t gallery_count)
{
    if (!s || !store) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    BF_TRY(bf_check_id(c, "person", person));
    BF_TRY(bf_check_id(c, "encounter", encounter));
    BF_TRY(check_ids(c, "gallery", galleries, gallery_count, 64));
    return bf_store__set_galleries(c, store, person, encounter, galleries, gallery_count);
}

bf_status bf_store_set_gallery(bf_session *s, bf_store *store, const char *gallery,
                               const char *purpose, uint32_t retention_days)
{
    if (!s || !store) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    BF_TRY(bf_check_id(c, "gallery", gallery));
    BF_TRY(bf_check_text(c, "purpose", purpose));
    return bf_store__set_gallery(c, store, gallery, purpose, retention_days);
}

bf_status bf_store_delete(bf_session *s, bf_store *store, const char *person, const char *encounter)
{
    if (!s || !store) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    BF_TRY(bf_check_id(c, "person", person));
    if (encounter) BF_TRY(bf_check_id(c, "encounter", encounter));
    return bf_store__delete(c, store, person, encounter);
}

bf_status bf_store_finish(bf_session *s, bf_store *store)
{
    if (!s || !store) return BF_EINVAL;
    return bf_store__finish(bf_session__enter(s), store);
}

/* ---- check and keys ---- */

bf_status bf_store_check(bf_session *s, bf_store *store, bf_check_opts *opts)
{
    if (!s || !store) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_check_opts o;
    bf_check_opts_init(&o);
    if (opts) BF_TRY(bf_opts_copy(c, "bf_check_opts", opts, &o, sizeof o));
    BF_TRY(bf_store__begin(c, store, 0));
    bf_status st = bf_store__check(c, store, &o);
    bf_store__rollback(c, store);
    if (opts && opts->struct_size >= 2 * sizeof(uint32_t)) opts->finding_count = o.finding_count;
    return st;
}

bf_status bf_store_key_add(bf_session *s, bf_store *store, const bf_secret *secret,
                           uint32_t *out_slot)
{
    if (!s || !store || !secret) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_secret checked;
    uint32_t slot = 0;
    BF_TRY(bf_secret__check(c, secret, &checked));
    BF_TRY(bf_store__key_add(c, store, &checked, &slot));
    if (out_slot) *out_slot = slot;
    return BF_OK;
}

bf_status bf_store_key_remove(bf_session *s, bf_store *store, uint32_t slot)
{
    if (!s || !store) return BF_EINVAL;
    return bf_store__key_remove(bf_session__enter(s), store, slot);
}

bf_status bf_store_key_replace(bf_session *s, bf_store *store, const bf_secret *secret)
{
    if (!s || !store || !secret) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_secret checked;
    BF_TRY(bf_secret__check(c, secret, &checked));
    return bf_store__key_replace(c, store, &checked);
}

bf_status bf_store_key_rotate(bf_session *s, bf_store *store)
{
    if (!s || !store) return BF_EINVAL;
    return bf_store__rotate(bf_session__enter(s), store);
}
