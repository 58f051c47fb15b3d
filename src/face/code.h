/* SPDX-License-Identifier: Apache-2.0 */
/* The fast stage of a search for a face: the embedding itself. */
#ifndef BF_FACE_CODE_H
#define BF_FACE_CODE_H
#include "template/modality.h"

extern const bf_fast bf_face_fast;

#endif
