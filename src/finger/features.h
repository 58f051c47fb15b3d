/* SPDX-License-Identifier: Apache-2.0 */
/* From the canonical picture to everything a template is made of. */
#ifndef BF_FINGER_FEATURES_H
#define BF_FINGER_FEATURES_H
#include "finger/finger.h"

/*
 * Run the extraction.
 * @param img       canonical grey, 500 ppi; borrowed
 * @param out       features; arena-owned
 * @param out_even  the enhanced picture: the even answer of the ridge filter, ridges negative,
 * about -1..1; arena-owned
 * @return 0, BF_ENONE when there is no print to speak of
 */
bf_status bf_finger_features(bf_ctx *c, const bf_grey *img, bf_features *out, bf_plane *out_even);

#endif
