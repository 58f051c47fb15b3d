/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit log: who did what to whom and why, appended in the transaction that does it. Rows are
 * sealed and chained; the meta row holds their number and the head of the chain.
 */
#ifndef BF_AUDIT_AUDIT_H
#define BF_AUDIT_AUDIT_H
#include "store/core.h"

/* Append. Fills in time, operator and slot. Within a write transaction. */
bf_status bf_audit__append(bf_ctx *c, bf_store *st, const bf_audit_rec *rec);

/*
 * Read the whole log, checking seals and chain.
 * @param each  called for every entry that is good, in order; NULL: only check
 * @return 0, BF_ETAMPER naming the first entry that is wrong; what `each` returns
 */
typedef bf_status (*bf_audit_each)(bf_ctx *c, void *user, uint64_t sequence,
                                   const bf_audit_rec *rec);
bf_status bf_audit__read(bf_ctx *c, bf_store *st, bf_audit_each each, void *user);

/* Seal every entry under `keys` and chain them anew; st->meta gets the new head. */
bf_status bf_audit__rekey(bf_ctx *c, bf_store *st, const bf_store_keys *keys);

/* "enroll"; "?" for an unknown one */
const char *bf_audit__operation(uint8_t operation);

#endif
