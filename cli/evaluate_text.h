/* SPDX-License-Identifier: Apache-2.0 */
/* The results of bonafide evaluate for people, on stdout. */
#ifndef BF_CLI_EVALUATE_TEXT_H
#define BF_CLI_EVALUATE_TEXT_H
#include "pad.h"
#include "run.h"

void evaluate_print(const eval_result *r);
void evaluate_print_pad(const eval_pad_result *r);

#endif
