/* SPDX-License-Identifier: Apache-2.0 */
/* The modalities this build knows: one line each. */
#include <string.h>

#include "engine/session.h"
#include "face/module.h"
#include "finger/module.h"
#include "palm/module.h"

static const bf_modality *const modalities[] = {
    &bf_finger,
    &bf_palm,
    &bf_face_modality,
};

const bf_modality *bf_modality_find(uint32_t id)
{
    for (size_t i = 0; i < sizeof modalities / sizeof modalities[0]; i++) {
        if (modalities[i]->id == id) return modalities[i];
    }
    return NULL;
}

const char *bf_modality_name(uint32_t modality)
{
    const bf_modality *m = bf_modality_find(modality);
    return m ? m->name : NULL;
}

uint32_t bf_modality_by_name(const char *name)
{
    for (size_t i = 0; name && i < sizeof modalities / sizeof modalities[0]; i++) {
        if (!strcmp(modalities[i]->name, name)) return modalities[i]->id;
    }
    return 0;
}
