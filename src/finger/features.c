/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of the steps. The filter runs twice: what the first pass brings out gives a better
 * orientation and the ridge frequency to the second, which starts again from the flattened picture,
 * so that nothing the first pass invented is kept.
 */
#include "finger/features.h"

#include "finger/params.h"

#define CELL BF_FINGER_CELL

/* Energies of one cell: of the flattened picture, and of the ridge filter's answer. */
static void cell_energy(const bf_plane *flat, const bf_plane *even, const bf_plane *odd,
                        ptrdiff_t at, float *out_all, float *out_ridge)
{
    float all = 0, ridge = 0;
    for (int32_t y = 0; y < CELL; y++, at += flat->stride) {
        for (int32_t x = 0; x < CELL; x++) {
            float v = flat->px[at + x], e = even->px[at + x], o = odd->px[at + x];
            all += v * v;
            ridge += e * e + o * o;
        }
    }
    *out_all = all;
    *out_ridge = ridge;
}

/* Clarity: the share of the local energy that the ridge filter explains. */
static bf_status measure_clarity(bf_ctx *c, const bf_plane *flat, const bf_plane *even,
                                 const bf_plane *odd, bf_field *f)
{
    int32_t n = f->cols * f->rows;
    bf_arena_mark mark = bf_arena_save(&c->arena);
    float *all = bf_ctx_scratch(c, (size_t)n, sizeof *all);
    if (!all) BF_FAIL_NOMEM(c);
    for (int32_t i = 0; i < n; i++) {
        ptrdiff_t at = ((ptrdiff_t)(i / f->cols) * flat->stride + i % f->cols) * CELL;
        float ridge;
        cell_energy(flat, even, odd, at, &all[i], &ridge);
        f->energy[i] = ridge / (CELL * CELL);
        f->clarity[i] = ridge * 0.5f;
    }
    BF_TRY(bf_cells_smooth(c, all, f->cols, f->rows, PARAM_CLARITY_SMOOTH));
    BF_TRY(bf_cells_smooth(c, f->clarity, f->cols, f->rows, PARAM_CLARITY_SMOOTH));
    BF_TRY(bf_cells_smooth(c, f->energy, f->cols, f->rows, PARAM_ENERGY_SMOOTH));
    for (int32_t i = 0; i < n; i++) {
        float share = f->clarity[i] / (all[i] + 1e-3f);
        f->clarity[i] = share > 1 ? 1 : share;
    }
    bf_arena_restore(&c->arena, mark);
    return BF_OK;
}

bf_status bf_finger_features(bf_ctx *c, const bf_grey *img, bf_features *out, bf_plane *out_even)
{
    bf_angles ang;
    bf_plane flat, even, odd;
    bf_features r = {.w = img->w, .h = img->h};
    bf_field *f = &r.field;
    bf_angles_init(&ang);
    BF_TRY(bf_finger_locate(c, img, &flat, f));
    BF_TRY(bf_plane_new(c, flat.w, flat.h, &even));
    BF_TRY(bf_plane_new(c, flat.w, flat.h, &odd));
    BF_TRY(bf_finger_orientation(c, &flat, PARAM_ORIENT_SMOOTH1, f));
    BF_TRY(bf_finger_enhance(c, &flat, f, &ang, PARAM_ALONG1, &even, &odd));
    BF_TRY(bf_finger_frequency(c, &even, f));
    BF_TRY(bf_finger_orientation(c, &even, PARAM_ORIENT_SMOOTH2, f));
    BF_TRY(bf_finger_enhance(c, &flat, f, &ang, PARAM_ALONG2, &even, &odd));
    BF_TRY(measure_clarity(c, &flat, &even, &odd, f));
    BF_TRY(bf_finger_mask(c, f));
    BF_TRY(bf_finger_singulars(c, f, &r));
    BF_TRY(bf_finger_minutiae(c, &even, &odd, f, &ang, &r));
    BF_TRY(bf_finger_quality(c, &flat, &r));
    *out = r;
    *out_even = even;
    return BF_OK;
}
