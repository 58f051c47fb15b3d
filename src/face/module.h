/* SPDX-License-Identifier: Apache-2.0 */
/* The face modality, and what the engine offers beside templates. */
#ifndef BF_FACE_MODULE_H
#define BF_FACE_MODULE_H
#include "face/view.h"

extern const bf_modality bf_face_modality;

/* All faces, the main one first. As bf_face_find(). */
bf_status bf_face__find(bf_ctx *c, const bf_image *image, bf_face *out, uint32_t cap,
                        uint32_t *count);

/* As bf_face_pad(). */
bf_status bf_face__pad(bf_ctx *c, const bf_image *image, bf_face_pad_result *out);

#endif
