/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fuzz target is one function over bytes. The same file is built twice: with libFuzzer
 * (-Dfuzz=true, clang), and with replay.c, which runs it over its corpus as a test.
 */
#ifndef BF_FUZZ_FUZZ_H
#define BF_FUZZ_FUZZ_H
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "bonafide/bonafide.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* libFuzzer's: change the bytes in place; here it is called by our own mutators only. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t max_len);

/* What must hold whatever the input is. */
#define FUZZ_REQUIRE(condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) abort();                                                                 \
    } while (0)

/* One session for the whole run; NULL never. */
static inline bf_session *fuzz_session(void)
{
    static bf_engine *engine;
    static bf_session *session;
    if (!session)
        FUZZ_REQUIRE(!bf_engine_open(NULL, &engine) && !bf_session_open(engine, &session));
    return session;
}

#endif
