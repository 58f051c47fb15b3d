/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BF_FINGER_PARAMS_H
#define BF_FINGER_PARAMS_H
#ifndef PARAM_CLIP
#define PARAM_CLIP 2.0f
#endif
#ifndef PARAM_MEAN_RADIUS
#define PARAM_MEAN_RADIUS 5
#endif
#ifndef PARAM_CONTRAST_SMOOTH
#define PARAM_CONTRAST_SMOOTH 1.5f
#endif
#ifndef PARAM_STRONG_SHARE
#define PARAM_STRONG_SHARE 0.8f
#endif
#ifndef PARAM_FLOOR_SHARE
#define PARAM_FLOOR_SHARE 0.15f
#endif
#ifndef PARAM_FLOOR_MIN
#define PARAM_FLOOR_MIN 2.0f
#endif
#ifndef PARAM_MASK_SHARE
#define PARAM_MASK_SHARE 0.25f
#endif
#ifndef PARAM_MASK_MIN
#define PARAM_MASK_MIN 3.0f
#endif
#ifndef PARAM_PERIOD
#define PARAM_PERIOD 9.0f
#endif
#ifndef PARAM_FREQ_MIN
#define PARAM_FREQ_MIN (1.0f / 16.0f)
#endif
#ifndef PARAM_FREQ_MAX
#define PARAM_FREQ_MAX (1.0f / 5.0f)
#endif
#ifndef PARAM_ACROSS_PERIODS
#define PARAM_ACROSS_PERIODS 0.45f
#endif
#ifndef PARAM_PERIOD_LEVELS
#define PARAM_PERIOD_LEVELS 24
#endif
#ifndef PARAM_ANNUL_ALONG
#define PARAM_ANNUL_ALONG 10.0f
#endif
#ifndef PARAM_ANNUL_ACROSS
#define PARAM_ANNUL_ACROSS 6.0f
#endif
#ifndef PARAM_BORDER
#define PARAM_BORDER 12.0f
#endif
#ifndef PARAM_CLARITY_MIN
#define PARAM_CLARITY_MIN 0.2f
#endif
#ifndef PARAM_ORIENT_SMOOTH1
#define PARAM_ORIENT_SMOOTH1 2.0f
#endif
#ifndef PARAM_ORIENT_SMOOTH2
#define PARAM_ORIENT_SMOOTH2 1.0f
#endif
#ifndef PARAM_ALONG1
#define PARAM_ALONG1 6.0f
#endif
#ifndef PARAM_ALONG2
#define PARAM_ALONG2 5.0f
#endif
#ifndef PARAM_MCC_RADIUS
#define PARAM_MCC_RADIUS 75.0f
#endif
#ifndef PARAM_MCC_SIGMA_PX
#define PARAM_MCC_SIGMA_PX 9.5f
#endif
#ifndef PARAM_MCC_SIGMA_RAD
#define PARAM_MCC_SIGMA_RAD 0.7f
#endif
#ifndef PARAM_MCC_LEVEL
#define PARAM_MCC_LEVEL 0.2f
#endif
#ifndef PARAM_MIN_CELLS
#define PARAM_MIN_CELLS 10
#endif
#ifndef PARAM_MIN_POINTS
#define PARAM_MIN_POINTS 12
#endif
#ifndef PARAM_MIN_BITS
#define PARAM_MIN_BITS 10
#endif
#ifndef PARAM_SIM_MIN
#define PARAM_SIM_MIN 0.2f
#endif
#ifndef PARAM_TOL1
#define PARAM_TOL1 16.0f
#endif
#ifndef PARAM_TOL2
#define PARAM_TOL2 11.0f
#endif
#ifndef PARAM_BEND_PX
#define PARAM_BEND_PX 50.0f
#endif
#ifndef PARAM_BEND_PRIOR
#define PARAM_BEND_PRIOR 0.3f
#endif
#ifndef PARAM_SINGULAR_SMOOTH
#define PARAM_SINGULAR_SMOOTH 1.2f
#endif
#ifndef PARAM_SINGULAR_RING
#define PARAM_SINGULAR_RING 2.5f
#endif
#ifndef PARAM_SINGULAR_FIT
#define PARAM_SINGULAR_FIT 0.7f
#endif
#ifndef PARAM_SINGULAR_APART
#define PARAM_SINGULAR_APART 20.0f
#endif
#ifndef PARAM_MASK_CLARITY
#define PARAM_MASK_CLARITY 0.1f
#endif
#ifndef PARAM_MASK_ISLAND
#define PARAM_MASK_ISLAND 40
#endif
#ifndef PARAM_MASK_HOLE
#define PARAM_MASK_HOLE 30
#endif
#ifndef PARAM_MASK_ENERGY
#define PARAM_MASK_ENERGY 0.15f
#endif
#ifndef PARAM_ENERGY_SMOOTH
#define PARAM_ENERGY_SMOOTH 0.6f
#endif
#ifndef PARAM_CLEAR
#define PARAM_CLEAR 0.3f
#endif
#ifndef PARAM_SMALL_CELLS
#define PARAM_SMALL_CELLS 600
#endif
#ifndef PARAM_DRY_DARK
#define PARAM_DRY_DARK 0.38f
#endif
#ifndef PARAM_WET_DARK
#define PARAM_WET_DARK 0.56f
#endif
#ifndef PARAM_FAINT_GREY
#define PARAM_FAINT_GREY 10.0f
#endif
#ifndef PARAM_UNCLEAR
#define PARAM_UNCLEAR 0.35f
#endif
#ifndef PARAM_FEW_MINUTIAE
#define PARAM_FEW_MINUTIAE 12
#endif
#ifndef PARAM_CUT_SHARE
#define PARAM_CUT_SHARE 0.35f
#endif
#ifndef PARAM_PRINT_CELLS
#define PARAM_PRINT_CELLS 120
#endif
#ifndef PARAM_PRINT_SHARE
#define PARAM_PRINT_SHARE 0.28f
#endif
#ifndef PARAM_PRINT_MINUTIAE
#define PARAM_PRINT_MINUTIAE 3
#endif
#ifndef PARAM_CELL_MM2
#define PARAM_CELL_MM2 0.165f
#endif
#ifndef PARAM_QUALITY_SCALE
#define PARAM_QUALITY_SCALE 26.0f
#endif
#ifndef PARAM_PERIOD_MIN
#define PARAM_PERIOD_MIN 5.0f
#endif
#ifndef PARAM_PERIOD_MAX
#define PARAM_PERIOD_MAX 16.0f
#endif
#ifndef PARAM_REACH_SIGMAS
#define PARAM_REACH_SIGMAS 2.2f
#endif
#endif
