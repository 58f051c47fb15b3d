/* SPDX-License-Identifier: Apache-2.0 */
/* What an inspection keeps: behind bf_palm_view of bonafide/palm.h. */
#ifndef BF_PALM_VIEW_H
#define BF_PALM_VIEW_H
#include "bonafide/palm.h"
#include "palm/palm.h"

struct bf_palm_view {
    bf_allocator alloc;
    bf_palm_point *outline; /* heap */
    uint32_t outline_count, valley_count, landmark_count;
    bf_palm_point valley[BF_PALM_VALLEYS], landmark[BF_PALM_LANDMARKS], corner[4];
    uint8_t region[BF_PALM_SIDE * BF_PALM_SIDE], lines[BF_PALM_SIDE * BF_PALM_SIDE];
    uint8_t found, side;
    bf_template *template; /* set by the engine */
};

struct bf_hand;
struct bf_hand_marks;
struct bf_hand_point;

/*
 * Fill everything but the template.
 * @param hand, marks  NULL where that way found nothing
 * @param valley       NULL for a picture that is the region
 * @param reduce       image px per work px
 */
bf_status bf_palm_view_fill(bf_ctx *c, const bf_image *image, const bf_palm_region *region,
                            const struct bf_hand *hand, const struct bf_hand_marks *marks,
                            const struct bf_hand_point *valley, int32_t reduce, bf_palm_view *v);

/* Wipe and release what it holds; leaves the template alone. */
void bf_palm_view_clear(bf_palm_view *v);

/* lines.c: how much of a dark line each pixel is, 0..255. */
void bf_palm_lines(const uint8_t region[BF_PALM_SIDE * BF_PALM_SIDE],
                   uint8_t out[BF_PALM_SIDE * BF_PALM_SIDE]);

#endif
