/* SPDX-License-Identifier: Apache-2.0 */
/* Public face of the synthetic finger generator: options, ownership, limits. */
#include <string.h>

#include "engine/session.h"
#include "synth/palm.h"
#include "synth/synth.h"

void bf_synth_finger_opts_init(bf_synth_finger_opts *opts)
{
    memset(opts, 0, sizeof *opts);
    opts->struct_size = sizeof *opts;
    opts->seed = 1;
}

void bf_synth_impression_opts_init(bf_synth_impression_opts *opts)
{
    memset(opts, 0, sizeof *opts);
    opts->struct_size = sizeof *opts;
    opts->seed = 1;
    opts->width_px = 400;
    opts->height_px = 440;
    opts->ppi = 500;
    opts->difficulty_pct = 100;
}

uint64_t bf_synth_seed(uint64_t seed, uint32_t finger, uint32_t sample)
{
    return bf_synth__mix(bf_synth__mix(seed, finger), sample);
}

const char *bf_synth_pattern_name(uint32_t pattern)
{
    static const char *const names[] = {"natural",    "plain-arch", "tented-arch", "left-loop",
                                        "right-loop", "whorl",      "double-loop"};
    return pattern < sizeof names / sizeof names[0] ? names[pattern] : "unknown";
}

bf_status bf_synth_finger_create(bf_session *s, const bf_synth_finger_opts *opts,
                                 bf_synth_finger **out)
{
    if (!s || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_synth_finger_opts o;
    bf_synth_finger_opts_init(&o);
    if (opts) {
        if (opts->struct_size < sizeof(uint32_t) || opts->struct_size > sizeof o) {
            BF_FAIL(c, BF_EINVAL, "finger options of an unknown size");
        }
        memcpy(&o, opts, opts->struct_size);
    }
    if (o.pattern > BF_SYNTH_DOUBLE_LOOP) {
        BF_FAIL(c, BF_EINVAL, "no pattern class %u", o.pattern);
    }
    bf_synth_finger *f = bf_ctx_alloc(c, 1, sizeof *f);
    if (!f) BF_FAIL_NOMEM(c);
    f->alloc = c->alloc;
    bf_status st = bf_synth__master(c, &o, f);
    if (st) {
        bf_synth_finger_free(f);
        return st;
    }
    *out = f;
    return BF_OK;
}

void bf_synth_finger_free(bf_synth_finger *f)
{
    if (!f) return;
    bf_allocator a = f->alloc;
    bf_alloc_release(&a, f);
}

uint32_t bf_synth_finger_pattern(const bf_synth_finger *f)
{
    return f->pattern;
}

const bf_minutia *bf_synth_finger_minutiae(const bf_synth_finger *f, size_t *count)
{
    *count = f->minutia_count;
    return f->minutiae;
}

const bf_singular *bf_synth_finger_singulars(const bf_synth_finger *f, size_t *count)
{
    *count = f->singular_count;
    return f->singulars;
}

bf_status bf_synth_finger_image(bf_session *s, const bf_synth_finger *f, bf_image **out)
{
    if (!s || !f || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    uint8_t *px = bf_ctx_scratch(c, SYNTH_MASTER_PX, 1);
    if (!px) BF_FAIL_NOMEM(c);
    for (int y = 0, i = 0; y < SYNTH_MASTER_H_PX; y++) {
        for (int x = 0; x < SYNTH_MASTER_W_PX; x++, i++) {
            float v = bf_synth__skin(x, y, 0) ? 0.5f - 1.2f * f->relief[i] : 1.0f;
            px[i] = (uint8_t)(v <= 0 ? 0 : v >= 1 ? 255 : 255 * v + 0.5f);
        }
    }
    return bf_image__create(c, px, SYNTH_MASTER_W_PX, SYNTH_MASTER_H_PX, SYNTH_MASTER_W_PX, 1,
                            SYNTH_PPI, out);
}

static bf_status impression_opts(bf_ctx *c, const bf_synth_impression_opts *opts,
                                 bf_synth_impression_opts *o)
{
    bf_synth_impression_opts_init(o);
    if (opts) {
        if (opts->struct_size < sizeof(uint32_t) || opts->struct_size > sizeof *o) {
            BF_FAIL(c, BF_EINVAL, "impression options of an unknown size");
        }
        memcpy(o, opts, opts->struct_size);
    }
    if (o->width_px < BF_SYNTH_SIDE_MIN || o->width_px > BF_SYNTH_SIDE_MAX ||
        o->height_px < BF_SYNTH_SIDE_MIN || o->height_px > BF_SYNTH_SIDE_MAX) {
        BF_FAIL(c, BF_EINVAL, "a synthetic impression has sides of %u to %u px, not %u x %u",
                BF_SYNTH_SIDE_MIN, BF_SYNTH_SIDE_MAX, o->width_px, o->height_px);
    }
    if (o->ppi < 250 || o->ppi > 1000) {
        BF_FAIL(c, BF_EINVAL, "a synthetic impression has 250 to 1000 ppi, not %u", o->ppi);
    }
    if (o->difficulty_pct > 300) {
        BF_FAIL(c, BF_EINVAL, "difficulty is 0 to 300 %%, not %u", o->difficulty_pct);
    }
    return BF_OK;
}

/* px: scratch for the picture. */
static bf_status take(bf_ctx *c, const bf_synth_finger *f, const bf_synth_impression_opts *o,
                      uint8_t *px, bf_synth_impression *out)
{
    bf_synth_rng r;
    bf_synth_style style;
    out->alloc = c->alloc;
    bf_synth__rng_seed(&r, bf_synth__mix(f->seed, o->seed));
    bf_synth__impression_draw(&r, f, o, &out->warp, &style, &out->transform);
    BF_TRY(bf_synth__render(c, &r, f, &out->warp, &style, o->width_px, o->height_px, px));
    bf_synth__truth(f, &style, o->width_px, o->height_px, out);
    return bf_image__create(c, px, o->width_px, o->height_px, o->width_px, 1, o->ppi, &out->image);
}

bf_status bf_synth_impression_create(bf_session *s, const bf_synth_finger *f,
                                     const bf_synth_impression_opts *opts,
                                     bf_synth_impression **out)
{
    if (!s || !f || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_synth_impression_opts o;
    BF_TRY(impression_opts(c, opts, &o));
    uint8_t *px = bf_ctx_scratch(c, (size_t)o.width_px * o.height_px, 1);
    bf_synth_impression *i = bf_ctx_alloc(c, 1, sizeof *i);
    bf_status st = px && i ? BF_OK : bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    if (!st) st = take(c, f, &o, px, i);
    if (!st)
        *out = i;
    else
        bf_ctx_release(c, i);
    return st;
}

void bf_synth_impression_free(bf_synth_impression *i)
{
    if (!i) return;
    bf_allocator a = i->alloc;
    bf_image__release(i->image);
    bf_alloc_release(&a, i);
}

const bf_image *bf_synth_impression_image(const bf_synth_impression *i)
{
    return i->image;
}

const bf_minutia *bf_synth_impression_minutiae(const bf_synth_impression *i, size_t *count)
{
    *count = i->minutia_count;
    return i->minutiae;
}

const bf_singular *bf_synth_impression_singulars(const bf_synth_impression *i, size_t *count)
{
    *count = i->singular_count;
    return i->singulars;
}

void bf_synth_impression_transform(const bf_synth_impression *i, bf_synth_transform *out)
{
    *out = i->transform;
}

void bf_synth_impression_map(const bf_synth_impression *i, float master_x_px, float master_y_px,
                             float *out_x_px, float *out_y_px)
{
    double x, y;
    bf_synth__warp_forward(&i->warp, master_x_px, master_y_px, &x, &y);
    *out_x_px = (float)x;
    *out_y_px = (float)y;
}

void bf_synth_palm_opts_init(bf_synth_palm_opts *opts)
{
    memset(opts, 0, sizeof *opts);
    opts->struct_size = sizeof *opts;
    opts->seed = 1;
}

void bf_synth_shot_opts_init(bf_synth_shot_opts *opts, uint32_t flags)
{
    memset(opts, 0, sizeof *opts);
    opts->struct_size = sizeof *opts;
    opts->flags = flags;
    opts->seed = 1;
    opts->width_px = flags & BF_SYNTH_SHOT_REGION ? 128 : 640;
    opts->height_px = flags & BF_SYNTH_SHOT_REGION ? 128 : 480;
    opts->difficulty_pct = 100;
}

bf_status bf_synth_palm_create(bf_session *s, const bf_synth_palm_opts *opts, bf_synth_palm **out)
{
    if (!s || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_synth_palm_opts o;
    bf_synth_palm_opts_init(&o);
    if (opts) {
        if (opts->struct_size < sizeof(uint32_t) || opts->struct_size > sizeof o) {
            BF_FAIL(c, BF_EINVAL, "palm options of an unknown size");
        }
        memcpy(&o, opts, opts->struct_size);
    }
    if (o.side && o.side != BF_LEFT_PALM && o.side != BF_RIGHT_PALM) {
        BF_FAIL(c, BF_EINVAL, "no such palm: %u", o.side);
    }
    bf_synth_palm *p = bf_ctx_alloc(c, 1, sizeof *p);
    if (!p) BF_FAIL_NOMEM(c);
    p->alloc = c->alloc;
    bf_status st = bf_synth__palm_skin(c, &o, p);
    if (st) {
        bf_synth_palm_free(p);
        return st;
    }
    *out = p;
    return BF_OK;
}

void bf_synth_palm_free(bf_synth_palm *p)
{
    if (!p) return;
    bf_allocator a = p->alloc;
    bf_alloc_release(&a, p);
}

uint32_t bf_synth_palm_side(const bf_synth_palm *p)
{
    return p->side;
}

bf_status bf_synth_palm_image(bf_session *s, const bf_synth_palm *p, const bf_synth_shot_opts *opts,
                              bf_synth_shot *shot, bf_image **out)
{
    if (!s || !p || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_synth_shot_opts o;
    bf_synth_shot_opts_init(&o, 0);
    if (opts) {
        if (opts->struct_size < sizeof(uint32_t) || opts->struct_size > sizeof o) {
            BF_FAIL(c, BF_EINVAL, "palm picture options of an unknown size");
        }
        memcpy(&o, opts, opts->struct_size);
    }
    if (o.flags & ~(uint32_t)(2 * BF_SYNTH_SHOT_FIST - 1) || o.difficulty_pct > 300 ||
        o.width_px < BF_SYNTH_SIDE_MIN || o.width_px > BF_SYNTH_SIDE_MAX ||
        o.height_px < BF_SYNTH_SIDE_MIN || o.height_px > BF_SYNTH_SIDE_MAX) {
        BF_FAIL(c, BF_EINVAL, "palm picture of %u x %u px, difficulty %u %%, flags %#x: not made",
                o.width_px, o.height_px, o.difficulty_pct, o.flags);
    }
    return bf_synth__palm_shot(c, p, &o, shot, out);
}
