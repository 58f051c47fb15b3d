/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finger: model, ridges, skin, ground truth. Each part draws from its own stream of random
 * numbers, so that a change in one leaves the others as they were.
 */
#include <string.h>

#include "synth/synth.h"
#include "util/fmath.h"

enum { STREAM_MODEL = 1, STREAM_GROW, STREAM_PORES, STREAM_CREASES, STREAM_TEXTURE, STREAM_PERSON };

static bf_synth_rng stream(uint64_t seed, uint64_t number)
{
    bf_synth_rng r;
    bf_synth__rng_seed(&r, bf_synth__mix(seed, number));
    return r;
}

static bf_singular singular(const bf_synth_pole *p, uint32_t type, double angle)
{
    return (bf_singular){(float)(SYNTH_MASTER_W_PX / 2 + p->x),
                         (float)(SYNTH_MASTER_H_PX / 2 - p->y), (float)angle, type};
}

static void singulars(const bf_synth_model *m, bf_synth_finger *out)
{
    for (uint32_t i = 0; i < m->core_count; i++) {
        out->singulars[out->singular_count++] =
            singular(&m->core[i], BF_SINGULAR_CORE, bf_synth__model_opening(m, i));
    }
    for (uint32_t i = 0; i < m->delta_count; i++) {
        out->singulars[out->singular_count++] = singular(&m->delta[i], BF_SINGULAR_DELTA, 0);
    }
}

static bf_status texture(bf_ctx *c, uint64_t seed, int8_t *out)
{
    bf_synth_rng r = stream(seed, STREAM_TEXTURE);
    bf_synth_field f;
    BF_TRY(bf_synth__field_make(c, &r, SYNTH_MASTER_W_PX, SYNTH_MASTER_H_PX, SYNTH_TEXTURE_CELL_PX,
                                &f));
    for (int y = 0; y < SYNTH_MASTER_H_PX; y++) {
        for (int x = 0; x < SYNTH_MASTER_W_PX; x++) {
            float v = 32.0f * bf_synth__field_at(&f, (float)x, (float)y);
            *out++ = (int8_t)(v > 127 ? 127 : v < -127 ? -127 : v);
        }
    }
    return BF_OK;
}

bf_status bf_synth__master(bf_ctx *c, const bf_synth_finger_opts *opts, bf_synth_finger *out)
{
    bf_synth_model model;
    bf_synth_rng r = stream(opts->seed, STREAM_MODEL);
    uint8_t *skeleton = bf_ctx_scratch(c, SYNTH_MASTER_PX, 1);
    if (!skeleton) BF_FAIL_NOMEM(c);
    BF_TRY(bf_synth__model_draw(c, &r, opts->pattern, &model));
    r = stream(opts->seed, STREAM_GROW);
    BF_TRY(bf_synth__grow(c, &r, &model, out->relief));
    BF_TRY(bf_synth__thin(c, out->relief, skeleton));
    BF_TRY(bf_synth__minutiae(c, skeleton, &model, out->minutiae, &out->minutia_count));
    singulars(&model, out);
    r = stream(opts->seed, STREAM_PORES);
    BF_TRY(bf_synth__pores(c, &r, skeleton, out->pores));
    r = stream(opts->seed, STREAM_CREASES);
    bf_synth__creases(&r, out->creases);
    BF_TRY(texture(c, opts->seed, out->texture));
    r = stream(opts->seed, STREAM_PERSON);
    out->seed = opts->seed;
    out->pattern = model.pattern;
    out->dryness = 0.5 * bf_synth__rng_normal(&r);
    out->girth = bf_synth__rng_range(&r, 0.88, 1.08);
    return BF_OK;
}
