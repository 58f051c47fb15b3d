/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the result codes. */
#include "bonafide/status.h"

const char *bf_status_name(bf_status status)
{
    static const char *const names[] = {
        "BF_OK",           "BF_EINVAL",  "BF_ENOMEM", "BF_EIO",      "BF_EFORMAT",   "BF_ELIMIT",
        "BF_EUNSUPPORTED", "BF_ESMALL",  "BF_ENONE",  "BF_EVERSION", "BF_EMODALITY", "BF_EKEY",
        "BF_ETAMPER",      "BF_ENOENT",  "BF_EEXIST", "BF_EBUSY",    "BF_EREADONLY", "BF_EFULL",
        "BF_EPENDING",     "BF_EATTACK", "BF_EMODEL",
    };
    int32_t n = (int32_t)(sizeof names / sizeof names[0]);
    return status <= 0 && status > -n ? names[-status] : "BF_E?";
}
