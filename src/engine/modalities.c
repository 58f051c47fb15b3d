/* SPDX-License-Identifier: Apache-2.0 */
/* The modalities this build knows: one line each. */
#include "engine/session.h"
#include "finger/module.h"

static const bf_modality *const modalities[] = {
    &bf_finger,
};

const bf_modality *bf_modality_find(uint32_t id)
{
    for (size_t i = 0; i < sizeof modalities / sizeof modalities[0]; i++) {
        if (modalities[i]->id == id) return modalities[i];
    }
    return NULL;
}
