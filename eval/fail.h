/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the evaluation reports a failure: a status and one line of text, filled in by the caller's
 * structure. The line already names the file where there is one.
 */
#ifndef EVAL_FAIL_H
#define EVAL_FAIL_H
#include "bonafide/status.h"

#define EVAL_ERROR_MAX 1024

typedef struct eval_error {
    char text[EVAL_ERROR_MAX];
} eval_error;

/* Record a one-line message (control characters become '?') and hand back the code. */
bf_status eval_fail(eval_error *err, bf_status code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#define EVAL_TRY(expr)                                                                             \
    do {                                                                                           \
        bf_status eval_try_status_ = (expr);                                                       \
        if (eval_try_status_) return eval_try_status_;                                             \
    } while (0)

#endif
