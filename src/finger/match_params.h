/* SPDX-License-Identifier: Apache-2.0 */
/* What the comparator may be set to. Lengths in pixels of 500 ppi, angles as named. */
#ifndef BF_FINGER_MATCH_PARAMS_H
#define BF_FINGER_MATCH_PARAMS_H

#ifndef P
#endif
/* descriptor */
#ifndef MATCH_DISC_RADIUS_PX
#define MATCH_DISC_RADIUS_PX 75.0f
#endif
#ifndef MATCH_SIGMA_PX
#define MATCH_SIGMA_PX 12.0f
#endif
#ifndef MATCH_SIGMA_RAD
#define MATCH_SIGMA_RAD 0.7f
#endif
#ifndef MATCH_LEVEL
#define MATCH_LEVEL 0.2f
#endif
#ifndef MATCH_MIN_CELLS
#define MATCH_MIN_CELLS 10
#endif
#ifndef MATCH_MIN_POINTS
#define MATCH_MIN_POINTS 12
#endif
#ifndef MATCH_MIN_BITS
#define MATCH_MIN_BITS 10
#endif
#ifndef MATCH_SIM_MIN
#define MATCH_SIM_MIN 0.2f
#endif
#ifndef MATCH_FEW_BITS
#define MATCH_FEW_BITS 0.3f
#endif
#ifndef MATCH_FLOW_BASE
#define MATCH_FLOW_BASE 0.3f
#endif
#ifndef MATCH_COST_MAX
#define MATCH_COST_MAX 1.5f
#endif
#ifndef MATCH_SIM_LEVELS
#define MATCH_SIM_LEVELS 16
#endif
#ifndef MATCH_SIM_STEP
#define MATCH_SIM_STEP 0.03f
#endif
/* hypotheses */
#ifndef MATCH_SEEDS
#define MATCH_SEEDS 64
#endif
#ifndef MATCH_SEEDS_MIN
#define MATCH_SEEDS_MIN 32
#endif
#ifndef MATCH_SEEDS_NUM
#define MATCH_SEEDS_NUM 2
#endif
#ifndef MATCH_SEEDS_DEN
#define MATCH_SEEDS_DEN 3
#endif
#ifndef MATCH_TRIES
#define MATCH_TRIES 4
#endif
#ifndef MATCH_FINALS
#define MATCH_FINALS 2
#endif
#ifndef MATCH_SEED_TURN_COS
#define MATCH_SEED_TURN_COS 0.83f
#endif
#ifndef MATCH_SEED_TOL_PX
#define MATCH_SEED_TOL_PX 10.0f
#endif
#ifndef MATCH_SEED_TOL_SHARE
#define MATCH_SEED_TOL_SHARE 0.15f
#endif
#ifndef MATCH_SEED_STRETCH
#define MATCH_SEED_STRETCH 2.0f
#endif
#ifndef MATCH_INLIER
#define MATCH_INLIER 0.2f
#endif
#ifndef MATCH_SAME
#define MATCH_SAME 0.5f
#endif
/* alignment */
#ifndef MATCH_TOL1_PX
#define MATCH_TOL1_PX 20.0f
#endif
#ifndef MATCH_TOL2_PX
#define MATCH_TOL2_PX 11.0f
#endif
#ifndef MATCH_TURN1
#define MATCH_TURN1 24
#endif
#ifndef MATCH_TURN2
#define MATCH_TURN2 20
#endif
#ifndef MATCH_BEND_PX
#define MATCH_BEND_PX 50.0f
#endif
#ifndef MATCH_BEND_PRIOR
#define MATCH_BEND_PRIOR 0.3f
#endif
#ifndef MATCH_SCALE_PRIOR
#define MATCH_SCALE_PRIOR 20000.0f
#endif
#ifndef MATCH_SINGULAR_PX
#define MATCH_SINGULAR_PX 32.0f
#endif
#ifndef MATCH_CEILING_COUNT
#define MATCH_CEILING_COUNT 35u
#endif
#ifndef MATCH_CEILING_SHARE
#define MATCH_CEILING_SHARE 0.03f
#endif
#ifndef MATCH_ROUGH_ROUNDS
#define MATCH_ROUGH_ROUNDS 1
#endif
#ifndef MATCH_CEILING_RAW
#define MATCH_CEILING_RAW -0.6f
#endif
#ifndef MATCH_RAW_NOTHING
#define MATCH_RAW_NOTHING -8.0f
#endif
#endif
