/* SPDX-License-Identifier: Apache-2.0 */
/* One segment of bf_people. The caller holds its lock, or knows that nobody else sees it. */
#ifndef BF_SEARCH_SEGMENT_H
#define BF_SEARCH_SEGMENT_H
#include "search/people.h"

bf_status bf_segment__init(bf_ctx *c, bf_segment *s);
/* Wipe and free what it holds; the lock stays, `person` is NULL. */
void bf_segment__free(const bf_allocator *a, bf_segment *s);
/* Make one that was freed usable again. */
bf_status bf_segment__reopen(bf_ctx *c, bf_segment *s);
/* Add a person at slot s->persons. All or nothing. */
bf_status bf_segment__append(bf_ctx *c, bf_segment *s, uint64_t id, const bf_people_sample *samples,
                             uint32_t count);
/* Wipe a person's bytes and codes. */
void bf_segment__kill(bf_segment *s, uint32_t slot);
/* A person's samples, in scratch, borrowing the segment's bytes and codes. */
bf_status bf_segment__read(bf_ctx *c, const bf_segment *s, uint32_t slot, bf_people_sample **out);
/* The same with copies of the templates, and no codes: it lives on when the lock is given back. */
bf_status bf_segment__copy(bf_ctx *c, const bf_segment *s, uint32_t slot, bf_people_sample **out);
/* Give back room that is not used, as far as memory allows. */
void bf_segment__trim(bf_ctx *c, bf_segment *s);
/* Memory in use; adds living samples to *samples. */
uint64_t bf_segment__bytes(const bf_segment *s, uint64_t *samples);

#endif
