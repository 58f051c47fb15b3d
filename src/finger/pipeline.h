/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BF_FINGER_PIPELINE_H
#define BF_FINGER_PIPELINE_H
#include "finger/finger.h"
bf_status bf_finger_run(bf_ctx *c, const bf_grey *img, bf_features *out, bf_plane *flat_out, bf_plane *even_out);
#endif
