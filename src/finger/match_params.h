/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the comparator may be set to: unit, useful range, where the number came from. Lengths are
 * pixels of 500 ppi. "Swept": chosen on the sets of docs/SCORES.md by the error rates of models
 * fitted with the measured set left out; src/finger/README.md has the figures.
 */
#ifndef BF_FINGER_MATCH_PARAMS_H
#define BF_FINGER_MATCH_PARAMS_H

/* ---- descriptors (descriptor.c, kernel/match.c) ---- */
#define MATCH_DISC_RADIUS_PX 75.0f /* 60..95; of the cylinder; [Cappelli2010] 70 */
#define MATCH_SIGMA_PX 12.0f /* 8..15; blur of a neighbour's place; swept, [Cappelli2010] 9.3 */
#define MATCH_SIGMA_RAD 0.7f /* 0.4..0.9; of its direction; [Cappelli2010] 0.44 with 5 sections */
#define MATCH_LEVEL 0.2f     /* 0.1..0.4; weight from which a bit is set */
#define MATCH_MIN_CELLS 10   /* 8..20 of 52 cells valid in both, or the pair is worth nothing */
#define MATCH_MIN_POINTS 12  /* 10..25 of 64 points, likewise */
#define MATCH_MIN_BITS 10    /* 5..20 set bits, or the cylinder is worth MATCH_FEW_BITS */
#define MATCH_FEW_BITS 0.3f  /* 0..0.5 */
#define MATCH_FLOW_BASE 0.3f /* 0..1; similarity left where all orientations differ */

/* ---- seeds (seeds.c) ---- */
#define MATCH_SEEDS_MIN 32 /* 16..64; pairs that propose alignments: two thirds of the minutiae */
#define MATCH_SEEDS                                                                                \
    64 /* 32..128, a multiple of 16; but at most these; cost grows as the square                   \
        */
#define MATCH_SEEDS_NUM 2
#define MATCH_SEEDS_DEN 3
#define MATCH_SIM_MIN 0.2f   /* 0..0.4; less similar pairs are never seeds */
#define MATCH_SEED_TURN_COS 0.83f  /* 0.7..0.95; two seeds' turns differ by at most 34 degrees */
#define MATCH_SEED_TOL_PX 10.0f    /* 5..15; how far apart two seeds may put one point */
#define MATCH_SEED_TOL_SHARE 0.15f /* 0.1..0.2; and this of their distance: skin stretches */
#define MATCH_SEED_STRETCH 2.0f    /* 0..4; weight of the difference in length */

/* ---- alignment (compare.c, align.c) ---- */
#define MATCH_TRIES 4        /* 1..8; proposals that are aligned */
#define MATCH_FINALS 2       /* 1..MATCH_TRIES; of them refined and scored */
#define MATCH_INLIER 0.2f    /* 0..0.5; fit from which a seed joins a proposal */
#define MATCH_SAME 0.5f      /* 0.2..0.9; fit from which it makes no proposal of its own */
#define MATCH_ROUGH_ROUNDS 1 /* 1..3; assignments before proposals are ranked */
#define MATCH_TOL1_PX 20.0f  /* 12..24; distance of a pair before bending; swept */
#define MATCH_TOL2_PX 11.0f  /* 8..15; after bending */
#define MATCH_TURN1 24       /* 16..32; 1/256 turn, likewise */
#define MATCH_TURN2 20
#define MATCH_COST_MAX 1.5f /* 1..2; squared distance and direction, in tolerances */
#define MATCH_SCALE_PRIOR                                                                          \
    20000.0f                    /* px^2 x weight; holds the scale near 1 where pairs lie close     \
                                 */
#define MATCH_BEND_PX 50.0f     /* 30..80; reach of a pair's pull */
#define MATCH_BEND_PRIOR 0.3f   /* 0.1..1; weight of staying */
#define MATCH_SINGULAR_PX 32.0f /* 16..48; cores and deltas this near coincide */

/* ---- ceiling (score.c) ---- */
#define MATCH_FIRST_NUM 5    /* a first look takes this share of one print's minutiae, */
#define MATCH_FIRST_DEN 8    /* the most trusted, 1/2..3/4, */
#define MATCH_FIRST_SEEDS 16 /* and this many seeds, 16..32 */
#define MATCH_CEILING_RAW -0.75f /* below score 30: tools/fit-finger --calibrate checks it */
#define MATCH_RAW_NOTHING -8.0f   /* raw similarity of prints without a seed: as two strangers */

#endif
