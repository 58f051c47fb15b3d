/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From touch to picture, pixel by pixel: find the point of the finger that touches there, read its
 * relief, add what the skin has (texture, pores, creases) and what the touch adds (wetness,
 * pressure, grain, smears), and threshold softly: relief above the level leaves ink. Thick and thin
 * ridges, broken dry ones and merged wet ones all come from that one level; [Cappelli2002,
 * section 3.5] uses morphology and blobs. Then optics and sensor. Cost: 0.2 us a pixel.
 */
#include <math.h>

#include "synth/synth.h"

enum { MW = SYNTH_MASTER_W_PX, MH = SYNTH_MASTER_H_PX };

typedef struct scene {
    const bf_synth_finger *f;
    const bf_synth_warp *warp;
    const bf_synth_style *style;
    bf_synth_field grain, clump, patch, pressure, edge;
    double smear_x, smear_y; /* px */
} scene;

/* Bilinear reading position in the master. */
typedef struct spot {
    int at; /* index of the pixel above and left */
    float fx, fy;
} spot;

static int spot_find(double x, double y, spot *out)
{
    if (!(x >= 0 && y >= 0 && x < MW - 1 && y < MH - 1)) return 0;
    int ix = (int)x, iy = (int)y;
    *out = (spot){iy * MW + ix, (float)(x - ix), (float)(y - iy)};
    return 1;
}

/* Works for float, uint8_t and int8_t maps alike. */
#define READ_MAP(map, s)                                                                           \
    (((float)(map)[(s).at] * (1 - (s).fx) + (float)(map)[(s).at + 1] * (s).fx) * (1 - (s).fy) +    \
     ((float)(map)[(s).at + MW] * (1 - (s).fx) + (float)(map)[(s).at + MW + 1] * (s).fx) * (s).fy)

/* 0..n and back again, so that the fields cover any plane without a seam. */
static float reflect(double x, double n)
{
    double t = (x + 0.5 * n) / (2 * n);
    t = 2 * n * (t - floor(t));
    return (float)(t <= n ? t : 2 * n - t);
}

static float clamp01(float v)
{
    return v < 0 ? 0 : v > 1 ? 1 : v;
}

/* Relief averaged along the smear. */
static float smeared(const scene *sc, double mx, double my, float relief)
{
    float sum = relief;
    int n = 1;
    for (int k = -2; k <= 2; k++) {
        spot s;
        if (k == 0 || !spot_find(mx + 0.5 * k * sc->smear_x, my + 0.5 * k * sc->smear_y, &s))
            continue;
        sum += READ_MAP(sc->f->relief, s);
        n++;
    }
    return sum / (float)n;
}

/* Height of the skin where it touches, without what the touch adds. */
static float skin_height(const scene *sc, double mx, double my, float patch)
{
    const bf_synth_style *st = sc->style;
    spot s;
    if (!spot_find(mx, my, &s)) return -2;
    float h = READ_MAP(sc->f->relief, s);
    if (st->smudge > 0) {
        float t = clamp01((patch - 2.0f) * 1.2f + 3 * (float)st->smudge);
        if (t > 0) h += t * (smeared(sc, mx, my, h) - h);
    }
    h += (float)st->texture * READ_MAP(sc->f->texture, s) / 32;
    h -= (float)(2.0 * st->pore) * READ_MAP(sc->f->pores, s) / 255;
    return h - (float)(3.0 * st->crease) * READ_MAP(sc->f->creases, s) / 255;
}

/* Darkness, 0..1, at a point of the picture. */
static float darkness(const scene *sc, double x, double y)
{
    const bf_synth_style *st = sc->style;
    double u, v, mx, my;
    bf_synth__warp_plane(sc->warp, x, y, &u, &v);
    float gx = reflect(u, SYNTH_PLANE_W_PX), gy = reflect(v, SYNTH_PLANE_H_PX);
    float clump = bf_synth__field_at(&sc->clump, gx, gy);
    float patch = bf_synth__field_at(&sc->patch, gx, gy);
    float inside = (float)bf_synth__contact_px(st, u, v) +
                   (float)st->edge_wobble_px * bf_synth__field_at(&sc->edge, gx, gy);
    float dirt = 0.6f * (float)st->residue * clamp01(0.8f * clump + 0.9f * patch - 2.6f);
    if (inside < -25) return dirt;
    bf_synth__warp_skin(sc->warp, u, v, &mx, &my);
    float grain = bf_synth__field_at(&sc->grain, gx, gy);
    float pressure = bf_synth__field_at(&sc->pressure, gx, gy);
    float rim = 1 - clamp01(inside / (float)st->edge_px);
    float level = (float)st->wet + (float)st->wet_spread * (0.6f * pressure + 0.6f * patch);
    level -= 1.0f * rim * rim + 0.09f * (inside < 0 ? -inside : 0);
    level += (float)st->grain * (1 + 0.5f * rim) * (0.95f * grain + 0.4f * clump);
    float height = skin_height(sc, mx, my, patch);
    float ink = clamp01(0.5f + (float)st->sharp * (height + level));
    float density =
        (float)st->ink + (float)st->ink_spread * (pressure + 0.5f * patch + 0.7f * grain);
    float dark = ink * density + (1 - ink) * (float)st->valley * (1 - rim);
    return clamp01(dark > dirt ? dark : dirt);
}

/* (1 2 1)/4 both ways, mixed in by `amount`; line: w floats of scratch. */
static void blur(float *img, uint32_t w, uint32_t h, float amount, float *line)
{
    float side = 0.25f * amount, centre = 1 - 2 * side;
    for (uint32_t y = 0; y < h; y++) {
        float *row = img + (size_t)y * w, before = row[0];
        for (uint32_t x = 0; x < w; x++) {
            float here = row[x], after = x + 1 < w ? row[x + 1] : here;
            row[x] = centre * here + side * (before + after);
            before = here;
        }
    }
    for (uint32_t x = 0; x < w; x++) line[x] = img[x];
    for (uint32_t y = 0; y < h; y++) {
        float *row = img + (size_t)y * w, *next = y + 1 < h ? row + w : row;
        for (uint32_t x = 0; x < w; x++) {
            float here = row[x];
            row[x] = centre * here + side * (line[x] + next[x]);
            line[x] = here;
        }
    }
}

/* Background, sensor noise, rounding. */
static void expose(bf_synth_rng *r, const bf_synth_style *st, const float *dark, uint32_t w,
                   uint32_t h, uint8_t *out)
{
    float tilt_x = (float)bf_synth__rng_range(r, -1, 1),
          tilt_y = (float)bf_synth__rng_range(r, -1, 1);
    for (uint32_t y = 0; y < h; y++) {
        for (uint32_t x = 0; x < w; x++) {
            float sx = (float)x / (float)w - 0.5f, sy = (float)y / (float)h - 0.5f;
            float light = (float)st->background +
                          (float)st->shade * (tilt_x * sx + tilt_y * sy - 2 * (sx * sx + sy * sy));
            uint64_t bits = bf_synth__rng_next(r); /* four uniforms make a bell */
            float bell = (float)((bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) +
                                 (bits >> 48)) /
                             65536.0f -
                         2.0f;
            float v = light * (1 - *dark++) + (float)st->noise * 1.73f * bell;
            *out++ = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v + 0.5f);
        }
    }
}

static bf_status scene_make(bf_ctx *c, bf_synth_rng *r, scene *sc)
{
    const struct {
        bf_synth_field *field;
        double cell_px;
    } list[] = {{&sc->grain, SYNTH_GRAIN_CELL_PX},
                {&sc->clump, SYNTH_CLUMP_CELL_PX},
                {&sc->patch, SYNTH_PATCH_CELL_PX},
                {&sc->pressure, SYNTH_PRESSURE_CELL_PX},
                {&sc->edge, SYNTH_EDGE_CELL_PX}};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        BF_TRY(bf_synth__field_make(c, r, SYNTH_PLANE_W_PX, SYNTH_PLANE_H_PX, list[i].cell_px,
                                    list[i].field));
    }
    sc->smear_x = SYNTH_SMUDGE_PX * bf_synth__rng_range(r, -1, 1);
    sc->smear_y = SYNTH_SMUDGE_PX * bf_synth__rng_range(r, -1, 1);
    return BF_OK;
}

bf_status bf_synth__render(bf_ctx *c, bf_synth_rng *r, const bf_synth_finger *f,
                           const bf_synth_warp *warp, const bf_synth_style *style, uint32_t w,
                           uint32_t h, uint8_t *out_px)
{
    scene sc = {.f = f, .warp = warp, .style = style};
    BF_TRY(scene_make(c, r, &sc));
    float *dark = bf_ctx_scratch(c, (size_t)w * h, sizeof *dark);
    float *line = bf_ctx_scratch(c, w, sizeof *line);
    if (!dark || !line) BF_FAIL_NOMEM(c);
    int fine = warp->scale * SYNTH_SUPERSAMPLE_PPI < SYNTH_PPI;
    for (uint32_t y = 0; y < h; y++) {
        for (uint32_t x = 0; x < w; x++) {
            float *p = dark + (size_t)y * w + x;
            if (fine) {
                *p = darkness(&sc, x, y);
                continue;
            }
            *p = 0.25f * ((darkness(&sc, x - 0.25, y - 0.25) + darkness(&sc, x + 0.25, y - 0.25)) +
                          (darkness(&sc, x - 0.25, y + 0.25) + darkness(&sc, x + 0.25, y + 0.25)));
        }
    }
    blur(dark, w, h, (float)style->blur, line);
    expose(r, style, dark, w, h, out_px);
    return BF_OK;
}
