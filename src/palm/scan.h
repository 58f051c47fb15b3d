/* SPDX-License-Identifier: Apache-2.0 */
/* The fast stage of a search among palms. */
#ifndef BF_PALM_SCAN_H
#define BF_PALM_SCAN_H
#include "template/modality.h"

extern const bf_fast bf_palm_fast;

#endif
