/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files that find a hand hand to one another.
 *
 * Frames: the work picture is the image reduced by a whole factor so that no side is over
 * BF_HAND_WORK_PX; the coarse picture is the work picture halved. Pixel centres on integers, y
 * down. Everything is scratch memory.
 */
#ifndef BF_PALM_LOCATE_H
#define BF_PALM_LOCATE_H
#include "palm/palm.h"

#define BF_HAND_WORK_PX 640
#define BF_HAND_VALLEYS 3

typedef struct bf_hand_point {
    float x, y;
} bf_hand_point;

/* One 8-bit plane, rows without gaps. */
typedef struct bf_hand_plane {
    int32_t w, h;
    uint8_t *px;
} bf_hand_plane;

typedef struct bf_hand_picture {
    const bf_image *image;
    int32_t reduce;                  /* image px per work px */
    bf_hand_plane grey;              /* work */
    bf_hand_plane chroma;            /* work: redness, 128 neutral; px NULL for a grey picture */
    bf_hand_plane coarse;            /* grey, halved */
    bf_hand_plane coarse_chroma;     /* likewise */
    uint8_t *colour, *coarse_colour; /* RGB of the same sizes; NULL for a grey picture */
} bf_hand_picture;

/* One way to tell hand from ground. */
typedef struct bf_hand_cut {
    const bf_hand_plane *plane, *coarse; /* what is cut, work and coarse */
    int32_t threshold;                   /* hand: above it */
    int32_t invert;                      /* hand: not above it */
    int32_t lines;                       /* dark lines inside the hand are ground too */
} bf_hand_cut;

/* Outline of the largest part of a mask, coarse frame. */
typedef struct bf_hand_contour {
    bf_hand_point *at; /* count points in order, one a pixel step, smoothed */
    float *d;          /* distance of each from the centre */
    int32_t count;
    bf_hand_point centre; /* of the largest circle inside */
    float radius;         /* of that circle */
    float area;           /* px */
    int32_t on_border;    /* points on the edge of the picture */
} bf_hand_contour;

/* What was found, work frame. */
typedef struct bf_hand {
    bf_hand_point valley[BF_HAND_VALLEYS]; /* one end, middle-ring, other end; see side */
    const uint8_t *mask;                   /* coarse, 1 hand */
    float cost;  /* of the best three valleys; lower is more like a hand */
    float thumb; /* > 0: the thumb is on the side of valley[0]; size: how sure */
    bf_hand_point centre;
    float radius;
    bf_hand_contour contour; /* coarse frame */
    bf_hand_cut cut;
} bf_hand;

/* The line of the outer valleys, work frame: what the region hangs on. */
typedef struct bf_hand_line {
    bf_hand_point mid;
    float nx, ny; /* unit vector at right angles to it, towards the fingers */
    float span;   /* px */
} bf_hand_line;

/* segment.c */
bf_status bf_hand_picture_make(bf_ctx *c, const bf_image *image, bf_hand_picture *out);
/* Ways to cut this picture, most promising first. @return how many, at most `cap` */
int32_t bf_hand_cuts(const bf_hand_picture *p, bf_hand_cut *out, int32_t cap);
/* @param out  coarse mask, 1 hand, 0 ground; w * h bytes */
bf_status bf_hand_mask(bf_ctx *c, const bf_hand_cut *cut, uint8_t *out);

/* contour.c: @return 0, BF_ENONE without a message (nothing of a hand's size) */
bf_status bf_hand_trace(bf_ctx *c, uint8_t *mask, int32_t w, int32_t h, bf_hand_contour *out);

/* valley.c: the three valleys between the four fingers.
 * @return 0, BF_ENONE without a message */
bf_status bf_hand_valleys(const bf_hand_contour *contour, bf_hand *out);
/* The minima of an outline nearest to where the valleys should be, work frame.
 * @return 0, BF_ENONE without a message (one is missing) */
bf_status bf_hand_valleys_near(const bf_hand_contour *contour,
                               const bf_hand_point expected[BF_HAND_VALLEYS], bf_hand *out);
bf_hand_line bf_hand_line_of(const bf_hand_point v[BF_HAND_VALLEYS]);
/* Whether valleys lie where they are expected, both in the order of the outline. */
int bf_hand_agree(const bf_hand_point found[BF_HAND_VALLEYS],
                  const bf_hand_point expected[BF_HAND_VALLEYS]);
/* Sub-pixel valley points, from the work picture. */
void bf_hand_refine(const bf_hand_cut *cut, bf_hand *hand);

/* What the landmark network sees, work frame. */
#define BF_HAND_LANDMARKS 21
typedef struct bf_hand_marks {
    bf_hand_point at[BF_HAND_LANDMARKS]; /* MediaPipe's order: 0 wrist, 1-4 thumb, 5-8 index ... */
    float presence;                      /* 0..1 */
    float right;                         /* 0..1: by its looks a right hand */
    float unsteady; /* how far the palm's points moved from the last crop but one, in spans */
} bf_hand_marks;

/*
 * landmark.c: find the landmarks.
 * @param hand  NULL, or what the contour says: where to look
 * @return 0, BF_ENONE without a message (no hand), BF_EMODEL and others of bf_nn__model()
 */
bf_status bf_hand_landmarks(bf_ctx *c, const bf_hand_picture *p, const bf_hand *hand,
                            bf_hand_marks *out);
/* Whether its file is in the folder of models, whatever it holds. */
int32_t bf_hand_network_installed(bf_ctx *c);
/* Where the valleys should be, in the order of the outline. */
void bf_hand_marks_valleys(const bf_hand_marks *m, bf_hand_point out[BF_HAND_VALLEYS]);

/* > 0: seen from the palm, a right hand; its size: how much the palm faces the camera. */
float bf_hand_marks_chirality(const bf_hand_marks *m);

/* frame.c: @return 0, BF_ESMALL (the region would be mostly invented) */
bf_status bf_hand_frame(bf_ctx *c, const bf_hand_line *line, int32_t reduce, bf_palm_frame *out);
/* Pixels, validity and frame of a region. */
void bf_hand_sample(const bf_image *image, const bf_palm_frame *frame, bf_palm_region *out);
/* Where region pixel (u, v) lies in the image. */
bf_hand_point bf_hand_region_point(const bf_palm_frame *frame, float u, float v);

/* whole.c: whether a whole picture, resampled to r, is a region already. side_px: its longer side
 */
int bf_hand_is_region(const bf_palm_region *r, uint32_t side_px);

/* judge.c: what is wrong with the way a hand was found, and whether it is one to be used at all.
 * @return 0, BF_ENONE (a fist) */
bf_status bf_hand_judge(bf_ctx *c, const bf_hand_picture *p, const bf_hand *hand,
                        const bf_hand_marks *marks, int32_t has_network, uint16_t *reasons);

#endif
