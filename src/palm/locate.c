/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a picture to the region of interest: the order of the steps. Every way to cut hand from
 * ground is tried until one has an outline with the valleys of four fingers.
 */
#include <math.h>
#include <string.h>

#include "palm/locate.h"
#include "palm/params.h"
#include "palm/region.h"

#define CUTS_MAX 8

/* One cut: outline and valleys. @return 0, BF_ENONE without a message */
static bf_status try_cut(bf_ctx *c, const bf_hand_cut *cut, uint8_t *mask, bf_hand *out)
{
    bf_hand_contour contour;
    memset(out, 0, sizeof *out);
    BF_TRY(bf_hand_mask(c, cut, mask));
    BF_TRY(bf_hand_trace(c, mask, cut->coarse->w, cut->coarse->h, &contour));
    BF_TRY(bf_hand_valleys(c, &contour, out));
    out->cut = *cut;
    out->mask = mask;
    return BF_OK;
}

/* The best cut. @return 0, BF_ENONE without a message */
static bf_status find_by_contour(bf_ctx *c, const bf_hand_picture *p, bf_hand *out)
{
    bf_hand_cut cuts[CUTS_MAX];
    int32_t n = bf_hand_cuts(p, cuts, CUTS_MAX);
    out->cost = PARAM_COST_MAX;
    bf_status found = BF_ENONE;
    for (int32_t i = 0; i < n && out->cost > PARAM_COST_SURE; i++) {
        bf_hand hand;
        bf_arena_mark before = bf_arena_save(&c->arena);
        uint8_t *mask = bf_ctx_scratch(c, (size_t)p->coarse.w * (size_t)p->coarse.h, 1);
        if (!mask) BF_FAIL_NOMEM(c);
        bf_status st = try_cut(c, &cuts[i], mask, &hand);
        if (st == BF_ENOMEM) return st;
        if (st || hand.cost >= out->cost) {
            bf_arena_restore(&c->arena, before);
            continue;
        }
        *out = hand;
        found = BF_OK;
    }
    if (!found) bf_hand_refine(&out->cut, out);
    return found;
}

static bf_hand_line line_of(const bf_hand_point v[BF_HAND_VALLEYS])
{
    float tx = v[2].x - v[0].x, ty = v[2].y - v[0].y;
    bf_hand_line line = {{0.5f * (v[0].x + v[2].x), 0.5f * (v[0].y + v[2].y)}, 0, -1, 1};
    line.span = sqrtf(tx * tx + ty * ty);
    if (line.span > 0) {
        line.nx = ty / line.span;
        line.ny = -tx / line.span;
    }
    return line;
}

bf_status bf_palm_locate(bf_ctx *c, const bf_image *image, const bf_extract_opts *opts,
                         bf_palm_region *out, struct bf_palm_view *view)
{
    (void)view;
    if (opts->flags & BF_EXTRACT_REGION) {
        return bf_palm_region_whole(c, image, opts->position, out);
    }
    bf_hand_picture picture;
    bf_hand hand;
    BF_TRY(bf_hand_picture_make(c, image, &picture));
    bf_status st = find_by_contour(c, &picture, &hand);
    if (st == BF_ENONE) BF_FAIL(c, BF_ENONE, "no palm found: no hand with its fingers apart");
    BF_TRY(st);
    bf_hand_line line = line_of(hand.valley);
    bf_palm_frame frame;
    BF_TRY(bf_hand_frame(c, &line, picture.reduce, &frame));
    memset(out, 0, sizeof *out);
    bf_hand_sample(image, &frame, out);
    out->by = BF_PALM_BY_CONTOUR;
    out->side = (uint8_t)opts->position;
    out->quality = 50;
    return BF_OK;
}
