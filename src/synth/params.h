/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every number of the synthetic finger generator: unit, range, where it came from.
 * "px" is a pixel at 500 ppi (0.0508 mm). LO/HI pairs are the ends of a uniform draw unless said
 * otherwise. "seen": set by looking at rendered prints beside optical and capacitive scans.
 */
#ifndef BF_SYNTH_PARAMS_H
#define BF_SYNTH_PARAMS_H

/* ---- Master: geometry ---- */
#define SYNTH_MASTER_W_PX 420 /* even; a rolled finger is about 21 x 28 mm */
#define SYNTH_MASTER_H_PX 560
#define SYNTH_PPI 500 /* resolution of the master and of every px below */
#define SYNTH_SKIN_EXPONENT                                                                        \
    3 /* superellipse of the master's silhouette; 2 ellipse .. 4 box; seen */

/* ---- Pattern classes: fractions of 1000 ([Cappelli2002]: natural distribution) ---- */
#define SYNTH_SHARE_PLAIN_ARCH 37
#define SYNTH_SHARE_TENTED_ARCH 29
#define SYNTH_SHARE_LEFT_LOOP 314
#define SYNTH_SHARE_RIGHT_LOOP 340
#define SYNTH_SHARE_WHORL 210
#define SYNTH_SHARE_DOUBLE_LOOP 70

/* ---- Ridge period ---- */
#define SYNTH_PERIOD_MIN_PX 7.0 /* [Cappelli2002]: ridges 0.35..0.56 mm apart */
#define SYNTH_PERIOD_MAX_PX 11.0
#define SYNTH_PERIOD_MEAN_LO_PX 7.9 /* mean of one finger */
#define SYNTH_PERIOD_MEAN_HI_PX 10.2
#define SYNTH_PERIOD_VARIATION 0.075 /* standard deviation of the smooth map, relative */
#define SYNTH_PERIOD_CELL_PX 40.0    /* correlation length of the map */
#define SYNTH_PERIOD_BELOW_GAIN 0.10 /* ridges are wider below the core; relative, at the bottom   \
                                      */

/* ---- Orientation ---- */
#define SYNTH_VG_AMP1_RAD 0.25 /* Fourier form of the correction of [Vizcaya1996]; 0..0.3 */
#define SYNTH_VG_AMP2_RAD 0.18
#define SYNTH_LOOP_NARROW_LO_RAD                                                                   \
    0.45 /* by how much a core's loop is narrower than a parabola; seen */
#define SYNTH_LOOP_NARROW_HI_RAD 0.95
#define SYNTH_WHORL_NARROW_LO_RAD 0.0
#define SYNTH_WHORL_NARROW_HI_RAD 0.5
#define SYNTH_ARCH_LO_RAD 0.55 /* slope of the flanks added to the zero-pole field; seen */
#define SYNTH_ARCH_HI_RAD 1.15
#define SYNTH_WAVE_RAD 0.15 /* standard deviation of the smooth additive noise */
#define SYNTH_WAVE_CELL_PX 55.0

/* ---- Growth ---- */
#define SYNTH_GABOR_RADIUS_PX 11 /* kernel 23 x 23, stored 23 x 24 */
#define SYNTH_GABOR_SIGMA 0.40   /* of the period; 0.40 gives three peaks [Cappelli2002] */
#define SYNTH_GABOR_ANGLES 96    /* steps of pi / 96 */
#define SYNTH_GABOR_PERIODS 17   /* steps of 0.25 px from SYNTH_PERIOD_MIN_PX */
#define SYNTH_GROW_GAIN 2.0f     /* amplification of a perfect wave before saturation; 1.2..4 */
#define SYNTH_GROW_STEPS_MAX 60  /* until filled: */
#define SYNTH_GROW_FAINT_PX 300  /* fewer pixels than this still lie fallow; and then */
#define SYNTH_GROW_SETTLE 5      /* further steps */
#define SYNTH_GROW_SEEDS_LO 100  /* seed points: more of them, more minutiae */
#define SYNTH_GROW_SEEDS_HI 180

/* ---- Ground truth ---- */
#define SYNTH_SPUR_PX 6.0          /* two minutiae closer than this are an artefact: both go */
#define SYNTH_TRACE_PX 12          /* ridge length that decides a minutia's direction */
#define SYNTH_TRUTH_MARGIN_PX 10.0 /* from the edge of contact and of the picture */
#define SYNTH_MINUTIAE_MAX 255

/* ---- Skin detail, fixed for a finger ---- */
#define SYNTH_TEXTURE_CELL_PX 1.6 /* raggedness of the ridge edges: grain */
#define SYNTH_PORE_STEP_PX 7      /* shortest distance between pores on a ridge (0.35 mm) */
#define SYNTH_PORE_RADIUS_PX 1.5
#define SYNTH_CREASES_MAX 9 /* white lines of a finger; natural fingers 0..10 */

/* ---- Impression: geometry. SD: deviation of a normal draw at difficulty 100 % ---- */
#define SYNTH_CONTACT_W_PX 150.0 /* half width of the contact area; plain prints: 14 mm wide */
#define SYNTH_CONTACT_TOP_PX 188.0
#define SYNTH_CONTACT_BOTTOM_PX 205.0
#define SYNTH_PARTIAL_SHARE 0.30 /* impressions that touch with a part of the finger only */
#define SYNTH_PARTIAL_LO 0.51    /* their size, of the whole one's sides */
#define SYNTH_PARTIAL_HI 0.85
#define SYNTH_CONTACT_SD_X_PX 22.0 /* the finger rolls */
#define SYNTH_CONTACT_SD_Y_PX 36.0 /* and tips */
#define SYNTH_SHIFT_SD_X_PX 22.0   /* displacement on the sensor */
#define SYNTH_SHIFT_SD_Y_PX 28.0
#define SYNTH_SHIFT_CLEAN_PX 12.0   /* clean impressions: uniform within +- */
#define SYNTH_ROTATION_SD_RAD 0.18  /* 10 degrees; cut at */
#define SYNTH_ROTATION_MAX_RAD 0.61 /* 35 degrees, the limit of FVC2002 */
#define SYNTH_ROTATION_CLEAN_RAD 0.17
#define SYNTH_TORSION_SD_RAD 0.095 /* [Cappelli2001] up to 0.3 */
#define SYNTH_PULL_SD_PX 7.0       /* likewise 10..20 px at most */
#define SYNTH_STICK_LO_PX 45.0     /* half axes of the ellipse that does not slide */
#define SYNTH_STICK_HI_PX 85.0
#define SYNTH_REACH_LO 1.2 /* width of the transition in units of that ellipse; 1..2 */
#define SYNTH_REACH_HI 2.2

/* ---- Impression: appearance, all seen ---- */
#define SYNTH_PLANE_W_PX 520.0 /* extent of the noise fields; wraps beyond */
#define SYNTH_PLANE_H_PX 640.0
#define SYNTH_GRAIN_CELL_PX 1.3  /* contact noise, fine and */
#define SYNTH_CLUMP_CELL_PX 3.6  /* coarse */
#define SYNTH_PATCH_CELL_PX 22.0 /* dry and wet patches */
#define SYNTH_PRESSURE_CELL_PX 75.0
#define SYNTH_EDGE_CELL_PX 16.0   /* outline of the contact area */
#define SYNTH_SMUDGE_PX 7.0       /* length of a smear */
#define SYNTH_SUPERSAMPLE_PPI 360 /* at and below: 2 x 2 samples a pixel */

#endif
