/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with a hand that was found: bent fingers, its back, a second one, cut off. */
#include <math.h>
#include <string.h>

#include "bonafide/palm.h"
#include "palm/locate.h"
#include "palm/params.h"

static float distance(bf_hand_point a, bf_hand_point b)
{
    return sqrtf((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y));
}

/* Fingers whose tip lies nearer to the wrist than their middle joint. */
static int32_t bent_fingers(const bf_hand_marks *m)
{
    int32_t n = 0;
    for (int32_t f = 5; f < BF_HAND_LANDMARKS; f += 4) {
        n += distance(m->at[f + 3], m->at[0]) < distance(m->at[f + 1], m->at[0]);
    }
    return n;
}

/* Neighbouring fingers no further apart at their middle joints than at their knuckles. */
static int are_closed(const bf_hand_marks *m)
{
    float joints = 0, knuckles = 0;
    for (int32_t f = 5; f < 17; f += 4) {
        knuckles += distance(m->at[f], m->at[f + 4]);
        joints += distance(m->at[f + 1], m->at[f + 5]);
    }
    return joints < PARAM_CLOSED * knuckles;
}

/* By the thumb's place a right palm or the back of a left hand: the network tells which. */
static int is_back(const bf_hand_marks *m)
{
    float right = bf_hand_marks_chirality(m) > 0 ? m->right : 1.0f - m->right;
    return right < 1.0f - PARAM_BACK_SURE;
}

/* Knuckles or wrist beyond the picture. */
static int is_cut_off(const bf_hand_picture *p, const bf_hand_marks *m)
{
    static const uint8_t palm[] = {0, 5, 9, 13, 17};
    for (size_t i = 1; i < sizeof palm; i++) {
        const bf_hand_point *q = &m->at[palm[i]];
        if (q->x < 0 || q->y < 0 || q->x > (float)p->grey.w || q->y > (float)p->grey.h) return 1;
    }
    return 0;
}

/* Another part of the same mask with the valleys of a hand. */
static bf_status has_second(bf_ctx *c, const bf_hand *hand, int *out)
{
    int32_t w = hand->cut.coarse->w, h = hand->cut.coarse->h, left = 0;
    bf_hand_contour contour;
    bf_hand *other = bf_ctx_scratch(c, 1, sizeof *other);
    uint8_t *mask = bf_ctx_scratch(c, (size_t)w * (size_t)h, 1);
    *out = 0;
    if (!other || !mask) BF_FAIL_NOMEM(c);
    BF_TRY(bf_hand_mask(c, &hand->cut, mask));
    for (int32_t i = 0; i < w * h; i++) {
        if (hand->mask[i]) mask[i] = 0;
        left += mask[i];
    }
    if ((float)left < PARAM_SECOND_AREA * hand->contour.area) return BF_OK;
    bf_status st = bf_hand_trace(c, mask, w, h, &contour);
    if (!st && contour.area >= PARAM_SECOND_AREA * hand->contour.area) {
        st = bf_hand_valleys(&contour, other);
        *out = !st && other->cost <= PARAM_COST_SURE;
    }
    return st == BF_ENOMEM ? st : BF_OK;
}

bf_status bf_hand_judge(bf_ctx *c, const bf_hand_picture *p, const bf_hand *hand,
                        const bf_hand_marks *marks, int32_t has_network, uint16_t *reasons)
{
    uint32_t r = 0;
    int second = 0;
    if (marks) {
        int32_t bent = hand ? 0 : bent_fingers(marks);
        if (bent == 4) BF_FAIL(c, BF_ENONE, "no palm found: a fist, or fingers bent over the palm");
        if (bent >= PARAM_BENT_FINGERS) r |= BF_PALM_QUALITY_BENT;
        if (is_back(marks)) r |= BF_PALM_QUALITY_BACK;
        if (is_cut_off(p, marks)) r |= BF_PALM_QUALITY_CUT_OFF;
    }
    if (marks && are_closed(marks)) r |= BF_PALM_QUALITY_FINGERS_CLOSED;
    if (!marks && has_network) r |= BF_PALM_QUALITY_UNSURE;
    if (hand) BF_TRY(has_second(c, hand, &second));
    if (second) r |= BF_PALM_QUALITY_SEVERAL;
    *reasons |= (uint16_t)r;
    return BF_OK;
}
