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

/*
 * The fast stage of a search: each template has a code, and a probe is compared with many of them
 * in one call. Larger answers are more alike; they mean nothing else, and only rank.
 */
typedef struct bf_fast {
    uint32_t version;   /* of the code's bytes; another one is made anew from the template */
    uint32_t max_bytes; /* of a code; its length is a multiple of 8 */
    size_t probe_bytes;
    /* @param prepared  of bf_modality.prepare  @param out  max_bytes, 8-byte aligned */
    bf_status (*encode)(bf_ctx *c, const void *prepared, uint8_t *out, size_t *out_len);
    /* Could encode have made it? scan() may be given no other. */
    int (*is_code)(const uint8_t *code, size_t len);
    /* From a template and its code. @param out  probe_bytes, 64-byte aligned */
    void (*make_probe)(const void *prepared, const uint8_t *code, void *out);
    /* out[i]: the probe against the code at codes + 8 * at[i]. */
    void (*scan)(const struct bf_kernels *k, const void *probe, const uint8_t *codes,
                 const uint32_t *at, size_t count, int32_t *out);
} bf_fast;

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

    /* NULL: any two may be compared. @return 0 where two may not: made by different models.
     * compare gives the least similarity for those, so that a search passes them over. */
    int (*comparable)(const void *a, const void *b);

    const bf_calibration *calibration;
    const bf_fast *fast; /* NULL: every comparison is exact */
} bf_modality;

#endif
