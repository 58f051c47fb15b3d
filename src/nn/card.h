/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card of an operator's own model: what goes in, what comes out, whose it is, how its raw
 * similarities become scores. A file <name>.toml beside <name>.onnx, in the TOML of toml.h:
 *
 *     name = "my-recogniser"         [a-z0-9_-]{1,63}
 *     kind = "face-recogniser"       or "other": a network with no use here but `model check`
 *     licence = "..."                one line each
 *     origin = "..."
 *     sha256 = "..."                 of the ONNX file; `model add` writes it
 *
 * and for a recogniser
 *
 *     width_px = 112                 of the aligned face it takes
 *     height_px = 112
 *     mean = [127.5, 127.5, 127.5]   value = (pixel - mean) * scale, in the order of `order`
 *     scale = [0.0078125, 0.0078125, 0.0078125]
 *     order = "rgb"                  or "bgr"
 *     layout = "nchw"                or "nhwc"
 *     dimension = 512                of the embedding
 *     normalised = false             true: the embedding has length 1 already
 *     calibration = [[0.1, 0.0], [0.4, 30.0]]     raw similarity, score; both ascending
 *     extrapolated_from = 30.0       scores above this are extrapolated
 */
#ifndef BF_NN_CARD_H
#define BF_NN_CARD_H
#include "nn/nn.h"
#include "nn/tensor.h"

#define BF_NN_CARD_TEXT_MAX 512u
#define BF_NN_CARD_POINTS_MAX 64u
#define BF_NN_DIMENSION_MAX 4096u

#define BF_NN_KIND_OTHER 0u
#define BF_NN_KIND_FACE_RECOGNISER 1u

typedef struct bf_nn_card {
    char name[BF_NN_NAME_MAX];
    char licence[BF_NN_CARD_TEXT_MAX], origin[BF_NN_CARD_TEXT_MAX];
    char sha256[65];     /* lower case; "" if the card does not say */
    uint32_t kind;       /* BF_NN_KIND_* */
    bf_nn_input input;   /* 3 channels, border replicate, no antialias */
    uint32_t dimension;  /* 16..BF_NN_DIMENSION_MAX */
    uint32_t normalised; /* 0 or 1 */
    uint32_t points;     /* of the calibration; 0: there is none, else 2..BF_NN_CARD_POINTS_MAX */
    float calibration[BF_NN_CARD_POINTS_MAX][2]; /* {raw, score}, both ascending */
    float extrapolated_from;                     /* score */
} bf_nn_card;

/*
 * Read a card. Every key is checked: unknown, missing, of the wrong type or out of range is refused
 * with file, line or key.
 * @return 0, BF_EFORMAT, BF_ELIMIT, BF_ENOMEM
 */
bf_status bf_nn__card_parse(bf_ctx *c, const char *file, const uint8_t *data, size_t len,
                            bf_nn_card *out);

/* As a file, so that bf_nn__card_parse() gives the same card (calibration to 1e-6).
 * @param out  [cap], ended by NUL
 * @return its length; 0 when it does not fit */
size_t bf_nn__card_write(const bf_nn_card *card, char *out, size_t cap);

/*
 * The card of an operator's model, from <folder>/<name>.toml; it must name the hash.
 * @return 0, BF_EMODEL (no such model, or a bad card)
 */
bf_status bf_nn__card(bf_ctx *c, const char *name, bf_nn_card *out);

#endif
