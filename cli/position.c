/* SPDX-License-Identifier: Apache-2.0 */
/* What a sample is of: one table for all modalities (ISO/IEC 19785-3 and 19794-4 codes). */
#include <string.h>

#include "cli.h"

static const struct {
    unsigned modality, position;
    const char *name;   /* as shown: unique among all */
    const char *option; /* as given to --finger or --palm */
} parts[] = {
    {BF_FINGER, BF_POSITION_UNKNOWN, "unknown", "unknown"},
    {BF_FINGER, BF_RIGHT_THUMB, "right-thumb", "right-thumb"},
    {BF_FINGER, BF_RIGHT_INDEX, "right-index", "right-index"},
    {BF_FINGER, BF_RIGHT_MIDDLE, "right-middle", "right-middle"},
    {BF_FINGER, BF_RIGHT_RING, "right-ring", "right-ring"},
    {BF_FINGER, BF_RIGHT_LITTLE, "right-little", "right-little"},
    {BF_FINGER, BF_LEFT_THUMB, "left-thumb", "left-thumb"},
    {BF_FINGER, BF_LEFT_INDEX, "left-index", "left-index"},
    {BF_FINGER, BF_LEFT_MIDDLE, "left-middle", "left-middle"},
    {BF_FINGER, BF_LEFT_RING, "left-ring", "left-ring"},
    {BF_FINGER, BF_LEFT_LITTLE, "left-little", "left-little"},
    {BF_PALM, BF_POSITION_UNKNOWN, "unknown-palm", "unknown"},
    {BF_PALM, BF_RIGHT_PALM, "right-palm", "right"},
    {BF_PALM, BF_LEFT_PALM, "left-palm", "left"},
    {BF_FACE, BF_POSITION_UNKNOWN, "face", NULL},
};
#define PARTS (sizeof parts / sizeof parts[0])

const char *cli_position_name(unsigned modality, unsigned position)
{
    for (size_t i = 0; i < PARTS; i++) {
        if (parts[i].modality == modality && parts[i].position == position) return parts[i].name;
    }
    return "?";
}

int cli_parse_position(unsigned modality, const char *arg, unsigned *position, const char **path)
{
    const char *eq = modality == BF_FACE ? NULL : strchr(arg, '=');
    *position = BF_POSITION_UNKNOWN;
    *path = eq ? eq + 1 : arg;
    if (!**path) return -1;
    if (!eq) return 0;
    for (size_t i = 0; i < PARTS; i++) {
        const char *name = parts[i].option;
        size_t len = (size_t)(eq - arg);
        if (parts[i].modality != modality || !name || strlen(name) != len) continue;
        if (memcmp(name, arg, len) != 0) continue;
        *position = parts[i].position;
        return 0;
    }
    return -1;
}
