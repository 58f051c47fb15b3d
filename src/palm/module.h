/* SPDX-License-Identifier: Apache-2.0 */
/* The palm modality. */
#ifndef BF_PALM_MODULE_H
#define BF_PALM_MODULE_H
#include "template/modality.h"

extern const bf_modality bf_palm;

#endif
