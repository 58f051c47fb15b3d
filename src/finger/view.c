/* SPDX-License-Identifier: Apache-2.0 */
/* Copy what extraction saw into the frame of the image that was given. */
#include "finger/view.h"

#include <math.h>

#include "util/fmath.h"

static float to_image(float px, float scale)
{
    return px / scale;
}

static void fill_maps(const bf_field *f, float scale, bf_finger_view *v)
{
    size_t n = (size_t)f->cols * (size_t)f->rows;
    uint8_t *mask = v->map_bytes, *angle = mask + n, *quality = angle + n;
    for (size_t i = 0; i < n; i++) {
        mask[i] = f->mask[i];
        angle[i] = (uint8_t)bf_orientation_steps(f->cos2[i], f->sin2[i], 256);
        quality[i] = (uint8_t)(f->clarity[i] * 100.0f + 0.5f);
    }
    v->maps = (bf_finger_maps){
        (uint32_t)f->cols, (uint32_t)f->rows, BF_FINGER_CELL / scale, mask, angle, quality};
}

bf_status bf_finger_view_fill(bf_ctx *c, const bf_features *r, const bf_plane *even, float scale,
                              bf_finger_view *v)
{
    const bf_field *f = &r->field;
    v->minutiae = bf_ctx_alloc(c, r->minutia_count, sizeof *v->minutiae);
    v->singulars = bf_ctx_alloc(c, r->singular_count, sizeof *v->singulars);
    v->map_bytes = bf_ctx_alloc(c, 3 * (size_t)f->cols * (size_t)f->rows, 1);
    v->enhanced = bf_ctx_alloc(c, (size_t)r->w * (size_t)r->h, 1);
    v->minutia_count = r->minutia_count;
    v->singular_count = r->singular_count;
    v->enhanced_w = (uint32_t)r->w;
    v->enhanced_h = (uint32_t)r->h;
    if (!v->minutiae || !v->singulars || !v->map_bytes || !v->enhanced) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < r->minutia_count; i++) {
        const bf_fminutia *m = &r->minutiae[i];
        v->minutiae[i] = (bf_minutia){to_image(m->x, scale), to_image(m->y, scale),
                                      (float)(m->angle * (BF_PI / 128)), m->type, m->quality};
    }
    for (uint32_t i = 0; i < r->singular_count; i++) {
        const bf_fsingular *s = &r->singulars[i];
        v->singulars[i] = (bf_singular){to_image(s->x, scale), to_image(s->y, scale),
                                        (float)(s->angle * (BF_PI / 128)), s->type};
    }
    fill_maps(f, scale, v);
    for (int32_t y = 0; y < r->h; y++) {
        for (int32_t x = 0; x < r->w; x++) {
            int32_t cell = (y / BF_FINGER_CELL) * f->cols + x / BF_FINGER_CELL;
            float g = 128.0f + 80.0f * even->px[(ptrdiff_t)y * even->stride + x];
            uint8_t value = (uint8_t)(g < 0 ? 0 : g > 255 ? 255 : g);
            v->enhanced[(size_t)y * (size_t)r->w + (size_t)x] = f->mask[cell] ? value : 255;
        }
    }
    return BF_OK;
}

void bf_finger_view_clear(bf_finger_view *v)
{
    if (v->enhanced) bf_wipe(v->enhanced, (size_t)v->enhanced_w * v->enhanced_h);
    if (v->map_bytes) bf_wipe(v->map_bytes, 3 * (size_t)v->maps.cols * v->maps.rows);
    if (v->minutiae) bf_wipe(v->minutiae, v->minutia_count * sizeof *v->minutiae);
    if (v->singulars) bf_wipe(v->singulars, v->singular_count * sizeof *v->singulars);
    bf_alloc_release(&v->alloc, v->enhanced);
    bf_alloc_release(&v->alloc, v->map_bytes);
    bf_alloc_release(&v->alloc, v->minutiae);
    bf_alloc_release(&v->alloc, v->singulars);
}
