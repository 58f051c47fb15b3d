/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Neural models: load by name, check by hash, run on one thread.
 *
 *     const bf_nn_model *m;
 *     BF_TRY(bf_nn__model(c, "mobilefacenet", &m));           loaded once for each engine
 *     const bf_nn_shape *want = bf_nn__input(m);              e.g. {4, {1, 3, 112, 112}}
 *     float *x = bf_ctx_scratch(c, 3 * 112 * 112, sizeof *x); fill: nn/tensor.h
 *     bf_nn_output y;
 *     BF_TRY(bf_nn__run(c, m, x, want, &y, 1));               y.data: scratch of the session
 *
 * The models folder holds libonnxruntime.so, <name>.onnx, and for an operator's own model its card
 * <name>.toml. Built-in models are pinned in pins.c. Nothing here touches a file before the first
 * bf_nn__model().
 */
#ifndef BF_NN_NN_H
#define BF_NN_NN_H
#include "util/ctx.h"

#define BF_NN_NAME_MAX 64 /* bytes of a model's name, with its NUL: [a-z0-9_-] */
#define BF_NN_RANK_MAX 6
#define BF_NN_OUTPUTS_MAX 8
#define BF_NN_FILE_MAX_BYTES (512u << 20)      /* an ONNX file */
#define BF_NN_TENSOR_MAX (16u * 1024u * 1024u) /* elements of an input or output */

typedef struct bf_nn bf_nn;             /* one for each engine; thread-safe */
typedef struct bf_nn_model bf_nn_model; /* immutable; belongs to the bf_nn */

typedef struct bf_nn_shape {
    uint32_t rank;               /* 0..BF_NN_RANK_MAX */
    int64_t dim[BF_NN_RANK_MAX]; /* -1 in a declared shape: any size */
} bf_nn_shape;

typedef struct bf_nn_output {
    const float *data; /* count elements, row-major; scratch of the session */
    size_t count;
    bf_nn_shape shape;
} bf_nn_output;

/*
 * @param folder  copied; NULL: there are no models, and bf_nn__model() says so
 * @param out     caller owns: bf_nn__free()
 * @return 0, BF_ENOMEM
 */
bf_status bf_nn__open(const bf_allocator *alloc, const char *folder, bf_nn **out);

/* After all sessions. NULL is fine. */
void bf_nn__free(bf_nn *nn);

/* The folder; NULL if none. Borrowed. */
const char *bf_nn__folder(const bf_nn *nn);

/*
 * Find a model, loading it (and the runtime) if this is the first use in this engine. A failure is
 * not remembered: the next call tries again.
 * @param name  built in: "blazeface_back", "facemesh", "mobilefacenet", "dlib_resnet",
 *              "face_anti_spoofing", "hand_landmark"; or an operator's model
 * @param out   borrowed, lives as long as the engine
 * @return 0, BF_EMODEL (runtime or model missing, altered, or not one ONNX Runtime takes: the
 *         message names the file and what to do), BF_ELIMIT, BF_ENOMEM
 */
bf_status bf_nn__model(bf_ctx *c, const char *name, const bf_nn_model **out);

/* What the model declares: its one input, its outputs in the order of the file. Borrowed. */
const char *bf_nn__name(const bf_nn_model *m);
const bf_nn_shape *bf_nn__input(const bf_nn_model *m);
uint32_t bf_nn__outputs(const bf_nn_model *m);
const bf_nn_shape *bf_nn__output(const bf_nn_model *m, uint32_t i);
const char *bf_nn__output_name(const bf_nn_model *m, uint32_t i);
const uint8_t *
bf_nn__sha256(const bf_nn_model *m);       /* 32 bytes: templates may record a part of it */
size_t bf_nn__bytes(const bf_nn_model *m); /* of the ONNX file */

/* Index of the output of that name; -1 if there is none. */
int bf_nn__find_output(const bf_nn_model *m, const char *name);

/*
 * Run once. Any number of threads may run one model, each with its own session.
 * @param input  row-major, as `shape` says; borrowed
 * @param shape  must fit the declared shape; all sizes positive
 * @param outs   [n_outs], the first n_outs outputs of the model, of their declared shapes (where
 *               one is open, look at count); data in the session's scratch
 * @param n_outs 1..bf_nn__outputs(m)
 * @return 0, BF_EINVAL (shape does not fit), BF_ELIMIT, BF_EMODEL (ONNX Runtime failed),
 *         BF_ENOMEM
 */
bf_status bf_nn__run(bf_ctx *c, const bf_nn_model *m, const float *input, const bf_nn_shape *shape,
                     bf_nn_output *outs, uint32_t n_outs);

#endif
