/* SPDX-License-Identifier: Apache-2.0 */
/* The fingerprint modality. */
#ifndef BF_FINGER_MODULE_H
#define BF_FINGER_MODULE_H
#include "template/modality.h"

extern const bf_modality bf_finger;

#endif
