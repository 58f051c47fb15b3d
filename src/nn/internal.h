/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind bf_nn and bf_nn_model, and what the files of this folder share. */
#ifndef BF_NN_INTERNAL_H
#define BF_NN_INTERNAL_H
#include <pthread.h>

#include "nn/nn.h"
#include "nn/ort_api.h"

#define BF_NN_MODELS_MAX 64u
#define BF_NN_PATH_MAX 4096u
#define BF_NN_SHA256_BYTES 32u
#define BF_NN_TENSOR_NAME_MAX 256u
#define BF_NN_CARD_MAX_BYTES 65536u

/* The library, once loaded. */
typedef struct bf_nn_runtime {
    void *library;
    const ort_api *api; /* NULL: not loaded yet */
    ort_env *env;
    ort_memory_info *memory;
    char version[32];
} bf_nn_runtime;

struct bf_nn {
    bf_allocator alloc;
    char *folder;         /* NULL: none */
    pthread_mutex_t lock; /* guards what follows; models, once in the list, never change */
    bf_nn_runtime runtime;
    bf_nn_model *models[BF_NN_MODELS_MAX];
    uint32_t count;
};

struct bf_nn_model {
    const bf_nn_runtime *runtime;
    ort_session *session;
    char name[BF_NN_NAME_MAX];
    uint8_t sha256[BF_NN_SHA256_BYTES];
    size_t bytes;
    bf_nn_shape input;
    bf_nn_shape output[BF_NN_OUTPUTS_MAX];
    uint32_t outputs;
    char input_name[BF_NN_TENSOR_NAME_MAX];
    char output_name[BF_NN_OUTPUTS_MAX][BF_NN_TENSOR_NAME_MAX];
};

/* Load the library if that has not been done. Called under the lock. @return 0, BF_EMODEL */
bf_status bf_nn__runtime(bf_ctx *c, bf_nn *nn);
void bf_nn__runtime_close(bf_nn_runtime *rt);

/* Free a status of the library and record its first line as "<name>: <what>: <line>".
 * @return BF_OK for NULL, else BF_EMODEL */
bf_status bf_nn__take_status(bf_ctx *c, const ort_api *api, ort_status *st, const char *name,
                             const char *what);

/* Fill session, shapes and names of a zeroed model from ONNX bytes; m->name and m->runtime are
 * set. On failure there is nothing to release. @return 0, BF_EMODEL */
bf_status bf_nn__session_open(bf_ctx *c, bf_nn_model *m, const uint8_t *data, size_t len);
void bf_nn__session_close(bf_nn_model *m);

/* Type and shape of a tensor; dims of -1 are allowed only when `declared`.
 * @return 0, BF_EMODEL (no float tensor, rank or size beyond the limits) */
bf_status bf_nn__tensor_shape(bf_ctx *c, const bf_nn_model *m, const ort_tensor_info *info,
                              int declared, bf_nn_shape *out);

/* Product of the sizes; 0 when one is not positive or the product is above BF_NN_TENSOR_MAX. */
size_t bf_nn__elements(const bf_nn_shape *shape);

/* 1 for 1..63 characters of [a-z0-9_-]. */
int bf_nn__good_name(const char *name);

/* "<folder>/<name><ending>". @return 0, BF_EMODEL (no folder, or the path is too long) */
bf_status bf_nn__path(bf_ctx *c, const bf_nn *nn, const char *name, const char *ending,
                      char out[BF_NN_PATH_MAX]);

#endif
