/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How well a face can be recognised, in parts that whoever takes the picture can act on (after
 * ISO/IEC 29794-5 where it can be computed): size, sharpness, exposure, contrast, evenness of the
 * light, pose, what may cover it, and how steadily its points were found. Each part is a ramp
 * between two measures of params.h; the whole is the mean of the worst part and of all.
 *
 * Measured on the luma of the aligned crop of 112 x 112 px, so a face that is far away is blurred
 * as well as small. Nothing here knows skin: what may cover the face is a hint from colours that
 * differ between parts that are alike in a bare face.
 */
#include <math.h>
#include <string.h>

#include "face/face.h"
#include "face/params.h"

#define SIDE BF_FACE_CROP_PX

/* Half-open rectangles of the aligned crop. */
typedef struct rect {
    int32_t x0, y0, x1, y1;
} rect;

static const rect whole = {22, 30, 90, 104}, left = {22, 34, 54, 100}, right = {58, 34, 90, 100};
static const rect eyes = {26, 44, 86, 58}, cheeks = {30, 62, 82, 76}, chin = {36, 96, 76, 108};

typedef struct colour {
    float luma, cb, cr, dev; /* means, and the deviation of luma */
} colour;

static float luma_of(const uint8_t *p)
{
    return 0.299f * (float)p[0] + 0.587f * (float)p[1] + 0.114f * (float)p[2];
}

static colour measure(const uint8_t *crop, rect r)
{
    float n = (float)((r.x1 - r.x0) * (r.y1 - r.y0)), y1 = 0, y2 = 0, red = 0, blue = 0;
    for (int32_t y = r.y0; y < r.y1; y++) {
        for (int32_t x = r.x0; x < r.x1; x++) {
            const uint8_t *p = crop + 3 * (y * (int32_t)SIDE + x);
            float v = luma_of(p);
            y1 += v;
            y2 += v * v;
            red += (float)p[0] - v;
            blue += (float)p[2] - v;
        }
    }
    float mean = y1 / n;
    return (colour){mean, blue / n, red / n, sqrtf(fmaxf(0.0f, y2 / n - mean * mean))};
}

/* Root mean square of the Laplacian over the deviation of luma. */
static float fine_detail(const uint8_t *crop, rect r, float deviation)
{
    float sum = 0.0f, n = (float)((r.x1 - r.x0) * (r.y1 - r.y0));
    const int32_t row = 3 * (int32_t)SIDE;
    for (int32_t y = r.y0; y < r.y1; y++) {
        for (int32_t x = r.x0; x < r.x1; x++) {
            const uint8_t *p = crop + y * row + 3 * x;
            float v = 4.0f * luma_of(p) - luma_of(p - 3) - luma_of(p + 3) - luma_of(p - row) -
                      luma_of(p + row);
            sum += v * v;
        }
    }
    return sqrtf(sum / n) / fmaxf(deviation, 1.0f);
}

/* 0 at `none`, 100 at `full`, linear between; either may be the larger. */
static uint32_t ramp(float v, float none, float full)
{
    float t = (v - none) / (full - none);
    return (uint32_t)(fminf(1.0f, fmaxf(0.0f, t)) * 100.0f + 0.5f);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static float chroma_gap(const colour *a, const colour *b)
{
    return sqrtf((a->cb - b->cb) * (a->cb - b->cb) + (a->cr - b->cr) * (a->cr - b->cr));
}

static void judge_light(const uint8_t *crop, bf_face_quality *q)
{
    colour w = measure(crop, whole), l = measure(crop, left), r = measure(crop, right);
    q->brightness = w.luma;
    q->contrast_raw = w.dev;
    q->sharpness_raw = fine_detail(crop, whole, w.dev);
    float lean = fabsf(l.luma - r.luma) / fmaxf(w.luma, 1.0f);
    q->sharpness = ramp(q->sharpness_raw, PARAM_SHARP_NONE, PARAM_SHARP_FULL);
    q->exposure = least(ramp(w.luma, PARAM_DARK_NONE, PARAM_DARK_FULL),
                        ramp(w.luma, PARAM_BRIGHT_NONE, PARAM_BRIGHT_FULL));
    q->contrast = ramp(w.dev, PARAM_CONTRAST_NONE, PARAM_CONTRAST_FULL);
    q->evenness = ramp(lean, PARAM_LEAN_NONE, PARAM_LEAN_FULL);
    if (q->sharpness < PARAM_REASON) q->reasons |= BF_FACE_QUALITY_BLURRED;
    if (q->contrast < PARAM_REASON) q->reasons |= BF_FACE_QUALITY_LOW_CONTRAST;
    if (q->evenness < PARAM_REASON) q->reasons |= BF_FACE_QUALITY_UNEVEN;
    if (q->exposure < PARAM_REASON) {
        q->reasons |= w.luma < 128.0f ? BF_FACE_QUALITY_DARK : BF_FACE_QUALITY_BRIGHT;
    }
}

/* Dark glasses: a band that is dark and flat. A mask or a scarf: a chin of another colour. */
static void judge_cover(const uint8_t *crop, bf_face_quality *q)
{
    colour e = measure(crop, eyes), m = measure(crop, cheeks), c = measure(crop, chin);
    float dark = e.luma / fmaxf(m.luma, 1.0f);
    uint32_t bare_eyes = ramp(dark, PARAM_EYES_NONE, PARAM_EYES_FULL);
    uint32_t bare_chin = ramp(chroma_gap(&m, &c), PARAM_CHIN_NONE, PARAM_CHIN_FULL);
    q->uncovered = least(bare_eyes, bare_chin);
    if (q->uncovered < PARAM_REASON) q->reasons |= BF_FACE_QUALITY_COVERED;
}

static void judge_place(const bf_pyramid *p, const bf_found_list *list, const bf_aligned *a,
                        bf_face_quality *q)
{
    float dx = a->point[1].x - a->point[0].x, dy = a->point[1].y - a->point[0].y;
    float w = (float)p->level[0].w, h = (float)p->level[0].h, half = PARAM_CUT_OFF * a->side;
    float turned = sqrtf(a->yaw * a->yaw + a->pitch * a->pitch);
    q->eye_distance_px = sqrtf(dx * dx + dy * dy);
    q->yaw_rad = a->yaw;
    q->pitch_rad = a->pitch;
    q->roll_rad = a->roll;
    q->unsteadiness = a->unsteadiness;
    /* Eyes come near one another in a profile: the face's side says how large it is. */
    float size = fmaxf(q->eye_distance_px, PARAM_EYES_OF_SIDE * a->side);
    q->size = ramp(size, PARAM_SIZE_NONE, PARAM_SIZE_FULL);
    q->pose = ramp(turned, PARAM_TURN_NONE, PARAM_TURN_FULL);
    q->steadiness = ramp(a->unsteadiness, PARAM_UNSTEADY, PARAM_STEADY);
    if (q->size < PARAM_REASON) q->reasons |= BF_FACE_QUALITY_SMALL;
    if (q->pose < PARAM_REASON) q->reasons |= BF_FACE_QUALITY_TURNED;
    if (q->steadiness < PARAM_REASON) q->reasons |= BF_FACE_QUALITY_UNSTEADY;
    if (a->x < half || a->y < half || a->x > w - half || a->y > h - half) {
        q->reasons |= BF_FACE_QUALITY_CUT_OFF;
    }
    for (uint32_t i = 1; i < list->count; i++) {
        const bf_found *f = &list->face[i], *first = &list->face[0];
        if (fmaxf(f->w, f->h) >= PARAM_SEVERAL * fmaxf(first->w, first->h)) {
            q->reasons |= BF_FACE_QUALITY_SEVERAL;
        }
    }
}

void bf_face_quality_measure(const bf_pyramid *p, const bf_found_list *list, const bf_aligned *a,
                             const uint8_t *crop, bf_face_quality *out)
{
    judge_place(p, list, a, out);
    judge_light(crop, out);
    judge_cover(crop, out);
    const uint32_t part[] = {out->size,     out->sharpness, out->exposure,  out->contrast,
                             out->evenness, out->pose,      out->uncovered, out->steadiness};
    uint32_t sum = 0, worst = 100, n = sizeof part / sizeof part[0];
    for (uint32_t i = 0; i < n; i++) {
        sum += part[i];
        worst = least(worst, part[i]);
    }
    out->overall = (worst + sum / n) / 2;
}
