/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit log: who did what to whom and why, appended in the transaction that does it. The meta
 * row holds the number of entries and the head of their chain.
 */
#ifndef BF_STORE_LOG_H
#define BF_STORE_LOG_H
#include "store/core.h"

/* Append. Fills in time, operator, and the slot in use if none is given. Within a write
 * transaction. */
bf_status bf_log__append(bf_ctx *c, bf_store *st, const bf_audit_rec *rec);

/*
 * Read the whole log, checking seals and chain.
 * @param each  called for every entry that is good, in order; NULL: only check
 * @return 0, BF_ETAMPER naming the first entry that is wrong; what `each` returns
 */
typedef bf_status (*bf_log_each)(bf_ctx *c, void *user, uint64_t sequence, const bf_audit_rec *rec);
bf_status bf_log__read(bf_ctx *c, bf_store *st, bf_log_each each, void *user);

/* The last BF_LOG_END_ENTRIES entries: seals, chain, and that it ends where the meta row says.
 * @return 0, BF_ETAMPER naming the first entry that is wrong */
#define BF_LOG_END_ENTRIES 1000u
bf_status bf_log__check_end(bf_ctx *c, bf_store *st);

/* Seal every entry under `keys` and chain them anew; st->meta gets the new head. */
bf_status bf_log__rekey(bf_ctx *c, bf_store *st, const bf_store_keys *keys);

#endif
