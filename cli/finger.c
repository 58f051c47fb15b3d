/* SPDX-License-Identifier: Apache-2.0 */
/* Names of finger positions (ISO/IEC 19785-3 codes). */
#include <string.h>

#include "cli.h"

static const char *const names[] = {
    "unknown",    "right-thumb", "right-index", "right-middle", "right-ring",  "right-little",
    "left-thumb", "left-index",  "left-middle", "left-ring",    "left-little",
};
#define NAMES (sizeof names / sizeof names[0])

const char *cli_finger_name(unsigned position)
{
    return position < NAMES ? names[position] : "?";
}

int cli_finger_code(const char *name, size_t len)
{
    for (size_t i = 0; i < NAMES; i++) {
        if (strlen(names[i]) == len && !memcmp(names[i], name, len)) return (int)i;
    }
    return -1;
}

int cli_parse_finger(const char *arg, unsigned *position, const char **path)
{
    const char *eq = strchr(arg, '=');
    int code = eq ? cli_finger_code(arg, (size_t)(eq - arg)) : (int)BF_POSITION_UNKNOWN;
    const char *file = eq ? eq + 1 : arg;
    if (code < 0 || !*file) return -1;
    *position = (unsigned)code;
    *path = file;
    return 0;
}
