/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Little-endian fields in caller-owned memory. Both cursors stop at the end and remember that they
 * did: check `bad` once, after the last field.
 */
#ifndef BF_VAULT_PACK_H
#define BF_VAULT_PACK_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct bf_packer {
    uint8_t *data;
    size_t len, cap;
    int bad;
} bf_packer;

static inline void bf_pack_bytes(bf_packer *p, const void *data, size_t len)
{
    if (p->bad || p->cap - p->len < len) {
        p->bad = 1;
        return;
    }
    if (len) memcpy(p->data + p->len, data, len);
    p->len += len;
}

static inline void bf_pack_uint(bf_packer *p, uint64_t v, size_t bytes)
{
    uint8_t b[8];
    for (size_t i = 0; i < bytes; i++) b[i] = (uint8_t)(v >> (8 * i));
    bf_pack_bytes(p, b, bytes);
}

static inline void bf_pack_u8(bf_packer *p, uint8_t v)
{
    bf_pack_uint(p, v, 1);
}

static inline void bf_pack_u16(bf_packer *p, uint16_t v)
{
    bf_pack_uint(p, v, 2);
}

static inline void bf_pack_u32(bf_packer *p, uint32_t v)
{
    bf_pack_uint(p, v, 4);
}

static inline void bf_pack_u64(bf_packer *p, uint64_t v)
{
    bf_pack_uint(p, v, 8);
}

/* At most 255 bytes: a length byte, then the text. */
static inline void bf_pack_text(bf_packer *p, const char *text)
{
    size_t len = strlen(text);
    if (len > 255) p->bad = 1;
    bf_pack_u8(p, (uint8_t)len);
    bf_pack_bytes(p, text, len);
}

/* Zeros up to `total` bytes. */
static inline void bf_pack_pad(bf_packer *p, size_t total)
{
    if (p->bad || total > p->cap || total < p->len) {
        p->bad = 1;
        return;
    }
    memset(p->data + p->len, 0, total - p->len);
    p->len = total;
}

typedef struct bf_unpacker {
    const uint8_t *data;
    size_t at, len;
    int bad;
} bf_unpacker;

/* Borrowed from the data; NULL when there is less. */
static inline const uint8_t *bf_unpack_span(bf_unpacker *u, size_t len)
{
    if (u->bad || u->len - u->at < len) {
        u->bad = 1;
        return NULL;
    }
    const uint8_t *p = u->data + u->at;
    u->at += len;
    return p;
}

/* Zeros when there is less. */
static inline void bf_unpack_bytes(bf_unpacker *u, void *out, size_t len)
{
    const uint8_t *p = bf_unpack_span(u, len);
    if (p)
        memcpy(out, p, len);
    else
        memset(out, 0, len);
}

static inline uint64_t bf_unpack_uint(bf_unpacker *u, size_t bytes)
{
    const uint8_t *p = bf_unpack_span(u, bytes);
    uint64_t v = 0;
    for (size_t i = 0; p && i < bytes; i++) v |= (uint64_t)p[i] << (8 * i);
    return v;
}

static inline uint8_t bf_unpack_u8(bf_unpacker *u)
{
    return (uint8_t)bf_unpack_uint(u, 1);
}

static inline uint16_t bf_unpack_u16(bf_unpacker *u)
{
    return (uint16_t)bf_unpack_uint(u, 2);
}

static inline uint32_t bf_unpack_u32(bf_unpacker *u)
{
    return (uint32_t)bf_unpack_uint(u, 4);
}

static inline uint64_t bf_unpack_u64(bf_unpacker *u)
{
    return bf_unpack_uint(u, 8);
}

/* Text of bf_pack_text() into out[cap], always terminated; a longer one, or a NUL inside, is bad.
 */
static inline void bf_unpack_text(bf_unpacker *u, char *out, size_t cap)
{
    size_t len = bf_unpack_u8(u);
    const uint8_t *p = bf_unpack_span(u, len);
    out[0] = 0;
    if (p && (len >= cap || memchr(p, 0, len))) u->bad = 1;
    if (u->bad) return;
    memcpy(out, p, len);
    out[len] = 0;
}

#endif
