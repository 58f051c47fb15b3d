/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header all our templates share, 10 bytes, big-endian (docs/FORMAT.md):
 *
 *   0  2  "BF"
 *   2  1  modality
 *   3  1  version of the modality's payload
 *   4  1  position
 *   5  1  quality 0..100
 *   6  2  quality reasons
 *   8  2  CRC-16/CCITT-FALSE over bytes 0..7 and the payload: against accidents, not attackers
 *  10  .  payload
 */
#ifndef BF_TEMPLATE_TEMPLATE_H
#define BF_TEMPLATE_TEMPLATE_H
#include "template/modality.h"

#define BF_TEMPLATE_HEADER_BYTES 10u

/* Write the header in front of a payload that already lies at data + BF_TEMPLATE_HEADER_BYTES. */
void bf_template_seal_header(uint8_t *data, size_t len, const bf_template_info *info);

/*
 * Check and read the header. Does not judge modality or version.
 * @return 0, BF_EFORMAT
 */
bf_status bf_template_read_header(bf_ctx *c, const uint8_t *data, size_t len,
                                  bf_template_info *out);

#endif
