/* SPDX-License-Identifier: Apache-2.0 */
/* The fast stage of a search for a fingerprint: codes and probes of kernel/vote.h. */
#ifndef BF_FINGER_CODE_H
#define BF_FINGER_CODE_H
#include "template/modality.h"

extern const bf_fast bf_finger_fast;

#endif
