/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a picture to the region of interest: the order of the steps.
 *
 * Every way to cut hand from ground is tried until one has an outline with the valleys of four
 * fingers. The landmark network looks where the outline says, or everywhere. Where both agree the
 * valleys are the outline's, which are the more exact (span within 1 %, landmarks 5 %) and the same
 * with and without the network. Where they do not, the landmarks say where to look for valleys
 * again; where none are (closed fingers, clutter) the landmarks stand in for them.
 */
#include <math.h>
#include <string.h>

#include "palm/locate.h"
#include "palm/params.h"
#include "palm/quality.h"
#include "palm/region.h"
#include "palm/view.h"

#define CUTS_MAX 8

/* What both ways found. */
typedef struct finding {
    bf_hand_picture picture;
    bf_hand hand;
    bf_hand_marks marks;
    int32_t has_hand, has_marks, has_network;
    bf_hand_point valley[BF_HAND_VALLEYS]; /* what the region hangs on */
} finding;

/* One cut: outline and valleys, those expected if `expected` is given.
 * @return 0, BF_ENONE without a message */
static bf_status try_cut(bf_ctx *c, const bf_hand_cut *cut, const bf_hand_point *expected,
                         uint8_t *mask, bf_hand *out)
{
    bf_hand_contour contour;
    memset(out, 0, sizeof *out);
    BF_TRY(bf_hand_mask(c, cut, mask));
    BF_TRY(bf_hand_trace(c, mask, cut->coarse->w, cut->coarse->h, &contour));
    BF_TRY(expected ? bf_hand_valleys_near(&contour, expected, out)
                    : bf_hand_valleys(&contour, out));
    out->cut = *cut;
    out->mask = mask;
    return BF_OK;
}

/* The best cut with a cost below `most`; no further one once it is below `sure`.
 * @return 0, BF_ENONE without a message */
static bf_status find_by_contour(bf_ctx *c, const bf_hand_picture *p, const bf_hand_point *expected,
                                 float most, float sure, bf_hand *out)
{
    bf_hand_cut cuts[CUTS_MAX];
    int32_t n = bf_hand_cuts(p, cuts, CUTS_MAX);
    bf_status found = BF_ENONE;
    for (int32_t i = 0; i < n && most > sure; i++) {
        bf_hand hand;
        bf_arena_mark before = bf_arena_save(&c->arena);
        uint8_t *mask = bf_ctx_scratch(c, (size_t)p->coarse.w * (size_t)p->coarse.h, 1);
        if (!mask) BF_FAIL_NOMEM(c);
        bf_status st = try_cut(c, &cuts[i], expected, mask, &hand);
        if (st == BF_ENOMEM) return st;
        if (st || hand.cost >= most) {
            bf_arena_restore(&c->arena, before);
            continue;
        }
        most = hand.cost;
        *out = hand;
        found = BF_OK;
    }
    if (!found) bf_hand_refine(&out->cut, out);
    return found;
}

static bf_status ask_network(bf_ctx *c, finding *f)
{
    f->has_network = bf_hand_network_installed(c);
    if (!f->has_network) {
        bf_ctx_log(c, 1,
                   "no hand landmark network: palms are found by their outline alone; run "
                   "'make models'");
        return BF_OK;
    }
    /* One that is there but altered or unusable is never passed over. */
    bf_status st = bf_hand_landmarks(c, &f->picture, f->has_hand ? &f->hand : NULL, &f->marks);
    f->has_marks = !st;
    return st == BF_ENONE ? BF_OK : st;
}

static bf_status find(bf_ctx *c, finding *f)
{
    bf_hand_point expected[BF_HAND_VALLEYS];
    bf_status st = find_by_contour(c, &f->picture, NULL, PARAM_COST_MAX, PARAM_COST_SURE, &f->hand);
    if (st && st != BF_ENONE) return st;
    f->has_hand = !st;
    BF_TRY(ask_network(c, f));
    if (!f->has_marks) {
        /* An outline the network does not take for a hand must be without fault. */
        if (f->has_hand && f->has_network && f->hand.cost > PARAM_COST_SURE) f->has_hand = 0;
        if (f->has_hand) memcpy(f->valley, f->hand.valley, sizeof f->valley);
        return BF_OK;
    }
    bf_hand_marks_valleys(&f->marks, expected);
    memcpy(f->valley, expected, sizeof f->valley);
    if (!f->has_hand || !bf_hand_agree(f->hand.valley, expected)) {
        st = find_by_contour(c, &f->picture, expected, 1.0f, 0.0f, &f->hand);
        if (st && st != BF_ENONE) return st;
        f->has_hand = !st;
    }
    if (f->has_hand) memcpy(f->valley, f->hand.valley, sizeof f->valley);
    return BF_OK;
}

static uint8_t side_of(const finding *f)
{
    float right = f->has_marks ? bf_hand_marks_chirality(&f->marks) : -f->hand.thumb;
    float sure = f->has_marks ? 0.0f : PARAM_THUMB_SURE;
    return right > sure ? BF_RIGHT_PALM : right < -sure ? BF_LEFT_PALM : BF_POSITION_UNKNOWN;
}

static const bf_hand *hand_of(const finding *f)
{
    return f->has_hand ? &f->hand : NULL;
}

static const bf_hand_marks *marks_of(const finding *f)
{
    return f->has_marks ? &f->marks : NULL;
}

/* Pixels that are not hand are not valid. */
static void outside_hand(const finding *f, bf_palm_region *r)
{
    const bf_hand_plane *plane = f->hand.cut.coarse;
    float last = BF_PALM_SIDE - 1, k = 1.0f / (float)(2 * f->picture.reduce);
    bf_hand_point o = bf_hand_region_point(&r->frame, 0, 0);
    bf_hand_point right = bf_hand_region_point(&r->frame, last, 0);
    float ux = (right.x - o.x) / last, uy = (right.y - o.y) / last; /* along u; along v (-uy, ux) */
    for (int32_t i = 0; i < BF_PALM_SIDE * BF_PALM_SIDE; i++) {
        float u = (float)(i % BF_PALM_SIDE), v = (float)(i / BF_PALM_SIDE);
        int32_t x = (int32_t)((o.x + u * ux - v * uy) * k);
        int32_t y = (int32_t)((o.y + u * uy + v * ux) * k);
        if (x < 0 || y < 0 || x >= plane->w || y >= plane->h) continue;
        if (!f->hand.mask[y * plane->w + x]) r->valid[i] = 0;
    }
}

/* Quality and its reasons, once region and way are known. */
static void assess(bf_palm_region *r)
{
    bf_palm_measures m;
    bf_palm_measure(r, &m);
    r->reasons |= bf_palm_region_reasons(r, &m);
    r->quality = bf_palm_quality(r, &m);
}

/* The picture as the region, where it is asked for or plainly is one.
 * @return 0, BF_ENONE without a message (it is not), others when it was asked for */
static bf_status take_whole(bf_ctx *c, const bf_image *image, const bf_extract_opts *opts,
                            bf_palm_region *out)
{
    uint32_t side = image->w > image->h ? image->w : image->h;
    int32_t asked = (opts->flags & BF_EXTRACT_REGION) != 0;
    if (!asked && side > PARAM_WHOLE_SIDE_MAX) return BF_ENONE;
    bf_status st = bf_palm_region_whole(c, image, opts->position, out);
    if (asked && st) return st;
    if (!asked && (st || !bf_hand_is_region(out, side))) return BF_ENONE;
    assess(out);
    return BF_OK;
}

static bf_status take_hand(bf_ctx *c, const bf_image *image, finding *f, bf_palm_region *out)
{
    bf_palm_frame frame;
    uint16_t reasons = 0;
    BF_TRY(bf_hand_judge(c, &f->picture, hand_of(f), marks_of(f), f->has_network, &reasons));
    bf_hand_line line = bf_hand_line_of(f->valley);
    BF_TRY(bf_hand_frame(c, &line, f->picture.reduce, &frame));
    memset(out, 0, sizeof *out);
    bf_hand_sample(image, &frame, out);
    if (f->has_hand) outside_hand(f, out);
    out->by =
        (uint8_t)((f->has_hand ? BF_PALM_BY_CONTOUR : 0) | (f->has_marks ? BF_PALM_BY_NETWORK : 0));
    out->side = side_of(f);
    out->reasons = reasons;
    assess(out);
    return BF_OK;
}

bf_status bf_palm_locate(bf_ctx *c, const bf_image *image, const bf_extract_opts *opts,
                         bf_palm_region *out, struct bf_palm_view *view)
{
    bf_status st = take_whole(c, image, opts, out);
    if (st && st != BF_ENONE) return st;
    if (opts->flags & BF_EXTRACT_REGION) BF_TRY(st);
    if (!st) return view ? bf_palm_view_fill(c, image, out, NULL, NULL, NULL, 1, view) : BF_OK;
    finding *f = bf_ctx_scratch(c, 1, sizeof *f);
    if (!f) BF_FAIL_NOMEM(c);
    BF_TRY(bf_hand_picture_make(c, image, &f->picture));
    BF_TRY(find(c, f));
    if (!f->has_hand && !f->has_marks) {
        BF_FAIL(c, BF_ENONE, "no palm found: no hand%s",
                f->has_network ? "" : " with its fingers apart, and no hand landmark network");
    }
    BF_TRY(take_hand(c, image, f, out));
    if (!view) return BF_OK;
    return bf_palm_view_fill(c, image, out, hand_of(f), marks_of(f), f->valley, f->picture.reduce,
                             view);
}
