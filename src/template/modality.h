/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table every modality fills. The engine knows only this; a new modality is one folder and one
 * line in src/engine/modalities.c.
 */
#ifndef BF_TEMPLATE_MODALITY_H
#define BF_TEMPLATE_MODALITY_H
#include "bonafide/inspect.h"
#include "bonafide/template.h"
#include "image/image.h"
#include "util/ctx.h"

/* Template bytes made by extract, heap-owned (bf_ctx_alloc). */
typedef struct bf_bytes {
    uint8_t *data;
    size_t len;
} bf_bytes;

/* What the common template header says: see docs/FORMAT.md. */
typedef struct bf_template_info {
    uint8_t modality, version, position, quality;
    uint16_t reasons; /* BF_QUALITY_* */
} bf_template_info;

/* Calibration: raw similarity -> score, linear between points, monotone. */
typedef struct bf_calibration {
    const float (*points)[2]; /* {raw, score}, raw ascending */
    uint32_t count;
    float extrapolated_from; /* score */
} bf_calibration;

typedef struct bf_modality {
    uint32_t id;      /* BF_FINGER, ... */
    const char *name; /* "finger" */

    /*
     * @param opts  whole and checked but for position, which is the modality's to judge
     * @param view  NULL, or modality-specific inspection data to be filled (finger: bf_finger_view)
     * @param out   whole template, header included; heap, the caller releases
     */
    bf_status (*extract)(bf_ctx *c, const bf_image *image, const bf_extract_opts *opts, void *view,
                         bf_bytes *out);

    /* Check and decode template bytes into the form compare wants; heap, one block, the caller
     * wipes (*out_len bytes) and releases. */
    bf_status (*prepare)(bf_ctx *c, const uint8_t *data, size_t len, void **out, size_t *out_len);

    /* Raw similarity, symmetric to the bit. at_least: may stop once the result is certain to be
     * below it (-INFINITY: never). match: NULL or filled with the evidence. NaN: out of memory. */
    float (*compare)(bf_ctx *c, const void *a, const void *b, float at_least, bf_match *match);

    const bf_calibration *calibration;
} bf_modality;

#endif
