/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the steps. */
#include <math.h>
#include <string.h>
#include "finger/finger.h"
#include "finger/params.h"
#include "finger/pipeline.h"

/* Share of the flattened picture's energy that the ridge filter explains. */
static bf_status clarity(bf_ctx *c, const bf_plane *flat, const bf_plane *even, const bf_plane *odd, bf_field *f)
{
    int32_t n = f->cols * f->rows;
    float *all = bf_ctx_scratch(c, (size_t)n, sizeof *all);
    if (!all) BF_FAIL_NOMEM(c);
    for (int32_t cy = 0; cy < f->rows; cy++)
        for (int32_t cx = 0; cx < f->cols; cx++) {
            float a = 0, b = 0;
            for (int32_t y = 0; y < 8; y++) {
                ptrdiff_t o = (ptrdiff_t)(cy * 8 + y) * flat->stride + cx * 8;
                for (int32_t x = 0; x < 8; x++) {
                    a += flat->px[o + x] * flat->px[o + x];
                    b += even->px[o + x] * even->px[o + x] + odd->px[o + x] * odd->px[o + x];
                }
            }
            all[cy * f->cols + cx] = a;
            f->energy[cy * f->cols + cx] = b / 64.0f;
            f->clarity[cy * f->cols + cx] = b * 0.5f;
        }
    BF_TRY(bf_cells_smooth(c, all, f->cols, f->rows, 1.0f));
    BF_TRY(bf_cells_smooth(c, f->clarity, f->cols, f->rows, 1.0f));
    BF_TRY(bf_cells_smooth(c, f->energy, f->cols, f->rows, PARAM_ENERGY_SMOOTH));
    for (int32_t i = 0; i < n; i++) {
        float q = f->clarity[i] / (all[i] + 1e-3f);
        f->clarity[i] = q > 1 ? 1 : q;
    }
    return BF_OK;
}

bf_status bf_finger_run(bf_ctx *c, const bf_grey *img, bf_features *out, bf_plane *flat_out, bf_plane *even_out)
{
    bf_angles ang;
    bf_angles_init(&ang);
    bf_plane flat, even, odd;
    bf_features r = {.w = img->w, .h = img->h};
    bf_field *f = &r.field;
    BF_TRY(bf_finger_locate(c, img, &flat, f));
    BF_TRY(bf_finger_orientation(c, &flat, PARAM_ORIENT_SMOOTH1, f));
    BF_TRY(bf_plane_new(c, flat.w, flat.h, &even));
    BF_TRY(bf_plane_new(c, flat.w, flat.h, &odd));
    BF_TRY(bf_finger_enhance(c, &flat, f, &ang, PARAM_ALONG1, &even, &odd));
    BF_TRY(bf_finger_frequency(c, &even, &odd, f));
    BF_TRY(bf_finger_orientation(c, &even, PARAM_ORIENT_SMOOTH2, f));
    BF_TRY(bf_finger_enhance(c, &flat, f, &ang, PARAM_ALONG2, &even, &odd));
    BF_TRY(clarity(c, &flat, &even, &odd, f));
    BF_TRY(bf_finger_mask(c, f));
    BF_TRY(bf_finger_singulars(c, f, &r));
    BF_TRY(bf_finger_minutiae(c, &even, &odd, f, &ang, &r));
    BF_TRY(bf_finger_quality(c, &flat, &r));
    *out = r;
    *flat_out = flat;
    *even_out = even;
    return BF_OK;
}
