/* SPDX-License-Identifier: Apache-2.0 */
/* Copy what finding a palm saw into the frame of the image that was given. */
#include "palm/view.h"

#include <string.h>

#include "palm/locate.h"

/* Work px to image px. */
static bf_palm_point to_image(bf_hand_point p, int32_t reduce)
{
    float k = (float)reduce;
    return (bf_palm_point){(p.x + 0.5f) * k - 0.5f, (p.y + 0.5f) * k - 0.5f};
}

static bf_status fill_outline(bf_ctx *c, const bf_hand *hand, int32_t reduce, bf_palm_view *v)
{
    uint32_t n = (uint32_t)hand->contour.count;
    v->outline = bf_ctx_alloc(c, n, sizeof *v->outline);
    if (!v->outline) BF_FAIL_NOMEM(c);
    v->outline_count = n;
    for (uint32_t i = 0; i < n; i++) {
        bf_hand_point p = hand->contour.at[i];
        v->outline[i] = to_image((bf_hand_point){2 * p.x + 0.5f, 2 * p.y + 0.5f}, reduce);
    }
    return BF_OK;
}

static void fill_corners(const bf_image *image, const bf_palm_region *r, bf_palm_view *v)
{
    static const int8_t at[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
    for (int32_t i = 0; i < 4; i++) {
        if (r->by & BF_PALM_BY_CALLER) {
            v->corner[i].x_px = 0.5f * (float)(1 + at[i][0]) * (float)image->w - 0.5f;
            v->corner[i].y_px = 0.5f * (float)(1 + at[i][1]) * (float)image->h - 0.5f;
            continue;
        }
        bf_hand_point p = bf_hand_region_point(&r->frame, 63.5f + 64.0f * (float)at[i][0],
                                               63.5f + 64.0f * (float)at[i][1]);
        v->corner[i] = (bf_palm_point){p.x, p.y};
    }
}

bf_status bf_palm_view_fill(bf_ctx *c, const bf_image *image, const bf_palm_region *region,
                            const bf_hand *hand, const bf_hand_marks *marks,
                            const bf_hand_point *valley, int32_t reduce, bf_palm_view *v)
{
    memcpy(v->region, region->px, sizeof v->region);
    bf_palm_lines(region->px, v->lines);
    v->found = region->by;
    v->side = region->side;
    fill_corners(image, region, v);
    if (valley) {
        v->valley_count = BF_PALM_VALLEYS;
        for (uint32_t i = 0; i < BF_PALM_VALLEYS; i++) v->valley[i] = to_image(valley[i], reduce);
    }
    if (marks) {
        v->landmark_count = BF_PALM_LANDMARKS;
        for (uint32_t i = 0; i < BF_PALM_LANDMARKS; i++) {
            v->landmark[i] = to_image(marks->at[i], reduce);
        }
    }
    return hand ? fill_outline(c, hand, reduce, v) : BF_OK;
}

void bf_palm_view_clear(bf_palm_view *v)
{
    if (v->outline) bf_wipe(v->outline, v->outline_count * sizeof *v->outline);
    bf_alloc_release(&v->alloc, v->outline);
    v->outline = NULL;
    bf_wipe(v->region, sizeof v->region);
    bf_wipe(v->lines, sizeof v->lines);
}
