/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing with linear probing; removal moves the run behind it up, so there are no graves.
 */
#include "search/idmap.h"

#include <string.h>

static size_t home(const bf_idmap *m, uint64_t key)
{
    return (size_t)(key * 0x9e3779b97f4a7c15ull >> 20) & (m->cap - 1);
}

void bf_idmap__init(bf_idmap *m)
{
    memset(m, 0, sizeof *m);
}

void bf_idmap__free(const bf_allocator *a, bf_idmap *m)
{
    bf_alloc_release(a, m->key);
    bf_alloc_release(a, m->value);
    bf_idmap__init(m);
}

bf_status bf_idmap__reserve(bf_ctx *c, bf_idmap *m)
{
    if (m->count + 1 <= m->cap / 4 * 3) return BF_OK;
    bf_idmap bigger = {.cap = m->cap ? 2 * m->cap : 64};
    bigger.key = bf_ctx_alloc(c, bigger.cap, sizeof *bigger.key);
    bigger.value = bf_ctx_alloc(c, bigger.cap, sizeof *bigger.value);
    if (!bigger.key || !bigger.value) {
        bf_idmap__free(&c->alloc, &bigger);
        BF_FAIL_NOMEM(c);
    }
    for (size_t i = 0; i < m->cap; i++) {
        if (m->key[i]) bf_idmap__put(&bigger, m->key[i], m->value[i]);
    }
    bf_idmap__free(&c->alloc, m);
    *m = bigger;
    return BF_OK;
}

void bf_idmap__put(bf_idmap *m, uint64_t key, uint32_t value)
{
    size_t i = home(m, key);
    while (m->key[i] && m->key[i] != key) i = (i + 1) & (m->cap - 1);
    if (!m->key[i]) m->count++;
    m->key[i] = key;
    m->value[i] = value;
}

uint32_t bf_idmap__get(const bf_idmap *m, uint64_t key)
{
    if (!m->cap) return UINT32_MAX;
    size_t i = home(m, key);
    while (m->key[i] && m->key[i] != key) i = (i + 1) & (m->cap - 1);
    return m->key[i] ? m->value[i] : UINT32_MAX;
}

void bf_idmap__remove(bf_idmap *m, uint64_t key)
{
    if (!m->cap) return;
    size_t mask = m->cap - 1, i = home(m, key);
    while (m->key[i] && m->key[i] != key) i = (i + 1) & mask;
    if (!m->key[i]) return;
    m->count--;
    for (size_t k = (i + 1) & mask; m->key[k]; k = (k + 1) & mask) {
        /* may k's entry stand at i? only if i is not before its home */
        if (((k - home(m, m->key[k])) & mask) < ((k - i) & mask)) continue;
        m->key[i] = m->key[k];
        m->value[i] = m->value[k];
        i = k;
    }
    m->key[i] = 0;
}

size_t bf_idmap__bytes(const bf_idmap *m)
{
    return m->cap * (sizeof *m->key + sizeof *m->value);
}
