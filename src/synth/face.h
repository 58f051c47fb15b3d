/* SPDX-License-Identifier: Apache-2.0 */
/* Embeddings of faces of nobody, as spread as those of one recogniser. */
#ifndef BF_SYNTH_FACE_H
#define BF_SYNTH_FACE_H
#include <stdint.h>

#define BF_SYNTH_FACE_MODEL "mobilefacenet"
#define BF_SYNTH_FACE_DIMENSION 192u

/* out: BF_SYNTH_FACE_DIMENSION values, of any length. The same seed gives the same. */
void bf_synth__face(uint64_t seed, float *out);

#endif
