/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file model.h
 * The neural models faces and palms need: which there are, whether they are the ones this program
 * was made for, and how an operator registers a recogniser of their own.
 *
 * They are in the folder of bf_engine_opts.models. The built-in ones are pinned by SHA-256 in the
 * library; an operator's model has a card (a TOML file, described in docs/OWN-MODELS.md) with its
 * SHA-256. A file with another hash is never loaded.
 */
#ifndef BONAFIDE_MODEL_H
#define BONAFIDE_MODEL_H
#include "bonafide/template.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BF_MODEL_NAME_MAX 64 /* bytes with the NUL */

#define BF_MODEL_OTHER 0u           /* a network with no use but bf_model_check() */
#define BF_MODEL_FACE_RECOGNISER 1u /* an operator's: bf_extract_opts.recogniser */
#define BF_MODEL_BUILT_IN 2u

typedef struct bf_model_info {
    uint32_t struct_size; /* set by bf_model_info_init() */
    uint32_t kind;        /* BF_MODEL_* */
    char name[BF_MODEL_NAME_MAX];
    char sha256[72];             /* hexadecimal; what the file must have */
    char licence[512];           /* registered models: from the card; else "" */
    char origin[512];            /* likewise */
    uint64_t bytes;              /* of the ONNX file; 0: it is not there */
    uint32_t calibration_points; /* of the card */
    uint32_t dimension;          /* of the embedding, by the card */
    float run_ms; /* bf_model_check(): CPU time of the fastest of five runs; else 0 */
    uint32_t reserved;
} bf_model_info;

BF_API void bf_model_info_init(bf_model_info *info);

/**
 * How many models there are, built in and registered.
 * @return 0, BF_ELIMIT (more than 256 cards in the folder)
 */
BF_API bf_status bf_model_count(bf_session *s, uint32_t *out);

/**
 * Model number i, built-in ones first. The file is not opened.
 * @param out  initialised by bf_model_info_init()
 * @return 0, BF_ENOENT (no model of that number), BF_EMODEL (its card is damaged; `out` has the
 *         name)
 */
BF_API bf_status bf_model_get(bf_session *s, uint32_t i, bf_model_info *out);

/**
 * Read a model, check its hash, load it and run it.
 * @param out  initialised by bf_model_info_init()
 * @return 0, BF_EMODEL (missing, altered, or it does not run; or the runtime library is missing)
 */
BF_API bf_status bf_model_check(bf_session *s, const char *name, bf_model_info *out);

/**
 * Register an operator's model: it is loaded, run once and compared with what its card says, and
 * both are copied into the folder.
 * @param onnx  the network; one float input, 1..8 float outputs, the first of them the embedding
 * @param card  its card
 * @param out   NULL, or initialised by bf_model_info_init()
 * @return 0, BF_EFORMAT (the card), BF_EMODEL (the network), BF_EEXIST
 */
BF_API bf_status bf_model_add(bf_session *s, const char *onnx, const char *card,
                              bf_model_info *out);

/**
 * Put a calibration into the card of a registered recogniser.
 * @param raw    [n] raw similarities (for a face the cosine, -1..1), ascending
 * @param score  [n] their scores, not descending, 0..1000
 * @param n      2..64, or 0 to take the calibration out: scores are 100 times the cosine then
 * @param extrapolated_from  score from which on few or no pairs support it
 * @return 0, BF_EINVAL, BF_EMODEL (no such model, or it is no recogniser of the operator's)
 */
BF_API bf_status bf_model_calibrate(bf_session *s, const char *name, const float *raw,
                                    const float *score, uint32_t n, float extrapolated_from);

/** Remove a registered model's files. @return 0, BF_EMODEL (no such model, or it is built in) */
BF_API bf_status bf_model_remove(bf_session *s, const char *name);

#ifdef __cplusplus
}
#endif
#endif
