/* SPDX-License-Identifier: Apache-2.0 */
/* What a search asks of an index. */
#ifndef BF_ENGINE_INDEX_INTERNAL_H
#define BF_ENGINE_INDEX_INTERNAL_H
#include "bonafide/index.h"
#include "engine/store_internal.h"
#include "engine/store_load.h"

/* Take over what was written since. The index's store is in a read transaction and loaded; g: its
 * galleries. A failure leaves an index that reads everything again next time. */
bf_status bf_index__refresh(bf_ctx *c, bf_index *x, bf_galleries *g);
bf_people *bf_index__people(bf_index *x);
const bf_store *bf_index__store(const bf_index *x);

#endif
