/* SPDX-License-Identifier: Apache-2.0 */
/* The fast stage of a search for a palm: codes and probes of kernel/palm_scan.h. */
#ifndef BF_PALM_FAST_H
#define BF_PALM_FAST_H
#include "template/modality.h"

extern const bf_fast bf_palm_fast;

#endif
