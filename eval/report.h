/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report for people: DIR/index.html, one page without scripts or outside resources, and DIR's
 * pictures of the worst genuine and the best impostor pairs. The pictures show biometric samples.
 */
#ifndef EVAL_REPORT_H
#define EVAL_REPORT_H
#include "run.h"

#define EVAL_REPORT_PAIRS 12 /* of each kind, at most */

typedef struct eval_report_opts {
    int images;     /* 0: no pictures, the pairs are listed only */
    uint32_t pairs; /* of each kind, 0..EVAL_REPORT_PAIRS */
    eval_progress progress;
} eval_report_opts;

/*
 * Write the report; DIR is made (mode 0700) if it is not there.
 * @param r  templates included, as eval_run() leaves them
 * @return 0, BF_EIO, BF_ENOMEM, or why a picture could not be drawn
 */
bf_status eval_report_write(bf_engine *engine, const eval_result *r, const char *dir,
                            const eval_report_opts *opts, eval_error *err);

#endif
