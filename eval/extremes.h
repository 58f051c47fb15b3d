/* SPDX-License-Identifier: Apache-2.0 */
/* The pairs worth a look: genuine ones that scored lowest, impostors that scored highest. */
#ifndef EVAL_EXTREMES_H
#define EVAL_EXTREMES_H
#include "report.h"

typedef struct eval_extremes {
    const eval_pair *genuine[EVAL_REPORT_PAIRS], *impostor[EVAL_REPORT_PAIRS]; /* worst first */
    size_t genuine_count, impostor_count;
} eval_extremes;

/* At most `most` of each kind: counted pairs whose samples did not fail; among equals the earlier.
 */
void eval_extremes_find(const eval_result *r, uint32_t most, eval_extremes *out);

/* "genuine-01.png", "impostor-12.png" */
void eval_extremes_file(int genuine, size_t index, char *out, size_t size);

/* @return 1 where there are pictures of that modality */
int eval_extremes_can_draw(uint32_t modality);

/* Draw each as DIR/<file>. */
bf_status eval_extremes_draw(bf_engine *engine, const eval_result *r, const eval_extremes *x,
                             const char *dir, const eval_progress *progress, eval_error *err);

#endif
