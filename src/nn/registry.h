/* SPDX-License-Identifier: Apache-2.0 */
/* The models there are: built in, and registered by the operator with a card (nn/card.h). */
#ifndef BF_NN_REGISTRY_H
#define BF_NN_REGISTRY_H
#include "nn/card.h"

#define BF_NN_CARDS_MAX 256u /* registered models in a folder */

/*
 * Names of all models: the built-in ones in their order, then the registered ones by name.
 * @param out  [*out_count], scratch of the session
 * @return 0, BF_EMODEL (no folder), BF_ELIMIT (more than BF_NN_CARDS_MAX cards), BF_ENOMEM
 */
bf_status bf_nn__names(bf_ctx *c, char (**out)[BF_NN_NAME_MAX], uint32_t *out_count);

/*
 * Register a model: the ONNX file is loaded and run once, what it takes and gives is compared with
 * the card, and both are copied into the folder, the card last. A hash in the given card must be
 * that of the file.
 * @param out  NULL, or the card as registered
 * @return 0, BF_EFORMAT (card), BF_EMODEL (network, or it is not what the card says), BF_EEXIST,
 *         as bf_file_read() and bf_file_write()
 */
bf_status bf_nn__add(bf_ctx *c, const char *onnx, const char *card, bf_nn_card *out);

/* Take a registered model out of the folder, the card first. Engines that have loaded it keep it.
 * @return 0, BF_EMODEL (no such model, or it is built in), BF_EIO, BF_EREADONLY */
bf_status bf_nn__remove(bf_ctx *c, const char *name);

/* Write the card of a registered model anew. @return as bf_file_write(), BF_EMODEL */
bf_status bf_nn__put_card(bf_ctx *c, const bf_nn_card *card);

/*
 * Run a network once on an input of the value 0.5 everywhere.
 * @param card    NULL, or a recogniser's: gives the sizes the network leaves open
 * @param out_ms  thread CPU time of the run
 * @return as bf_nn__run(), BF_EMODEL (an output is not finite, or not what the card says)
 */
bf_status bf_nn__try(bf_ctx *c, const bf_nn_model *m, const bf_nn_card *card, float *out_ms);

#endif
