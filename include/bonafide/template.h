/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file template.h
 * Templates: the features of one sample, in our versioned, documented bytes (docs/FORMAT.md).
 */
#ifndef BONAFIDE_TEMPLATE_H
#define BONAFIDE_TEMPLATE_H
#include "bonafide/image.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bf_template bf_template;

/* Modalities. */
#define BF_FINGER 1u
#define BF_PALM 2u
#define BF_FACE 3u

/** @return "finger", "palm" or "face"; NULL where this build has no such modality; static */
BF_API const char *bf_modality_name(uint32_t modality);

/** @return the modality of that name; 0 where this build has none */
BF_API uint32_t bf_modality_by_name(const char *name);

/* Positions: ISO/IEC 19794 finger codes 1..10 and palm codes 21..36; a face has position 0. */
#define BF_POSITION_UNKNOWN 0u
#define BF_RIGHT_THUMB 1u
#define BF_RIGHT_INDEX 2u
#define BF_RIGHT_MIDDLE 3u
#define BF_RIGHT_RING 4u
#define BF_RIGHT_LITTLE 5u
#define BF_LEFT_THUMB 6u
#define BF_LEFT_INDEX 7u
#define BF_LEFT_MIDDLE 8u
#define BF_LEFT_RING 9u
#define BF_LEFT_LITTLE 10u
#define BF_RIGHT_PALM 21u /* full palm */
#define BF_LEFT_PALM 23u
#define BF_PALM_LAST 36u /* codes 21..36 are palms and parts of them */

#define BF_TEMPLATE_MAX_BYTES 65536u

/* Reasons for a low quality of a fingerprint, as bits; palm.h and face.h name their own. */
#define BF_QUALITY_SMALL_AREA 0x01u /* little of the finger is in the picture */
#define BF_QUALITY_DRY 0x02u        /* broken ridges, faint contact */
#define BF_QUALITY_WET 0x04u        /* ridges run together */
#define BF_QUALITY_LOW_CONTRAST 0x08u
#define BF_QUALITY_UNCLEAR 0x10u /* no stable ridge direction: smudged, creased, worn */
#define BF_QUALITY_FEW_MINUTIAE 0x20u
#define BF_QUALITY_CUT_OFF 0x40u /* the print runs over the edge of the picture */

/**
 * Extract a template.
 * @param image     finger: ridges dark on light, 250..1000 ppi, 100..4000 px a side; borrowed
 * @param modality  BF_FINGER
 * @param position  code of that modality, 0 unknown; stored in the template
 * @param out       caller owns: bf_template_free()
 * @return 0, BF_ENONE (no print there), BF_ESMALL, BF_EMODALITY
 */
BF_API bf_status bf_template_extract(bf_session *s, const bf_image *image, uint32_t modality,
                                     uint32_t position, bf_template **out);

/* bf_extract_opts.flags */
#define BF_EXTRACT_REGION 1u /* palm: the image is the region of interest already */

/* bf_extract_opts.pad: what to do with a suspected presentation attack (face). */
#define BF_PAD_WARN 0u   /* extract, and say so among the quality reasons */
#define BF_PAD_OFF 1u    /* do not look */
#define BF_PAD_REFUSE 2u /* fail with BF_EATTACK */

typedef struct bf_extract_opts {
    uint32_t struct_size;
    uint32_t modality;      /* BF_FINGER, BF_PALM, BF_FACE */
    uint32_t position;      /* code of that modality, 0 unknown; stored in the template */
    uint32_t flags;         /* BF_EXTRACT_*; default 0 */
    uint32_t pad;           /* BF_PAD_*; default BF_PAD_WARN */
    uint32_t reserved;      /* 0 */
    const char *recogniser; /* face: name of a registered model; NULL: the default one; borrowed */
} bf_extract_opts;

BF_API void bf_extract_opts_init(bf_extract_opts *opts);

/**
 * The same with options.
 * @return as bf_template_extract(); BF_EINVAL (flags or pad unknown), BF_EATTACK
 */
BF_API bf_status bf_template_extract_with(bf_session *s, const bf_image *image,
                                          const bf_extract_opts *opts, bf_template **out);

/**
 * Read a template from bytes, and prepare it for comparison.
 * @return 0, BF_EFORMAT (not a template, or damaged), BF_EVERSION, BF_EMODALITY
 */
BF_API bf_status bf_template_parse(bf_session *s, const uint8_t *data, size_t len,
                                   bf_template **out);

/** Wipe and free. NULL is fine. */
BF_API void bf_template_free(bf_template *t);

/** @return the bytes, *len of them; borrowed from t */
BF_API const uint8_t *bf_template_bytes(const bf_template *t, size_t *len);
BF_API uint32_t bf_template_modality(const bf_template *t);
BF_API uint32_t bf_template_position(const bf_template *t);
BF_API uint32_t bf_template_quality(const bf_template *t); /* 0..100, higher: fewer errors */
BF_API uint32_t bf_template_quality_reasons(const bf_template *t); /* BF_QUALITY_* */

#ifdef __cplusplus
}
#endif
#endif
