/* SPDX-License-Identifier: Apache-2.0 */
/* The files this build was made for, by their SHA-256. */
#ifndef BF_NN_PINS_H
#define BF_NN_PINS_H
#include <stddef.h>

typedef struct bf_nn_pin {
    const char *name;   /* of the model; for the runtime, of the processor */
    const char *sha256; /* 64 hexadecimal digits, lower case */
} bf_nn_pin;

/* The built-in models, in the order lists show them; ended by a NULL name. */
extern const bf_nn_pin bf_nn_pins[];

/* Copies of the ONNX Runtime library that may stand in the models folder; likewise. */
extern const bf_nn_pin bf_nn_runtime_pins[];

/* NULL when no built-in model has that name. */
const bf_nn_pin *bf_nn_pin_find(const char *name);

#endif
