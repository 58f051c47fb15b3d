/* SPDX-License-Identifier: Apache-2.0 */
/* What an inspection keeps: behind bf_finger_view of inspect.h. Heap-owned arrays. */
#ifndef BF_FINGER_VIEW_H
#define BF_FINGER_VIEW_H
#include "bonafide/inspect.h"
#include "finger/features.h"
#include "template/modality.h"

struct bf_finger_view {
    bf_allocator alloc;
    bf_minutia *minutiae;
    size_t minutia_count;
    bf_singular *singulars;
    size_t singular_count;
    bf_finger_maps maps;
    uint8_t *map_bytes; /* mask, orientation, quality, one after the other */
    uint8_t *enhanced;
    uint32_t enhanced_w, enhanced_h;
    bf_template *template; /* set by the engine */
};

/* Fill everything but the template. scale: canonical px per px of the image given. */
bf_status bf_finger_view_fill(bf_ctx *c, const bf_features *r, const bf_plane *even, float scale,
                              bf_finger_view *v);

/* Wipe and release the arrays; leaves the template alone. */
void bf_finger_view_clear(bf_finger_view *v);

#endif
