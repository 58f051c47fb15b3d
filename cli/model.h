/* SPDX-License-Identifier: Apache-2.0 */
/* What cmd_model.c calls. */
#ifndef BF_CLI_MODEL_H
#define BF_CLI_MODEL_H
#include "cli.h"

/*
 * Measure the impostor pairs of a manifest with a registered recogniser and put its calibration
 * into its card. One there before is taken out first.
 * @return CLI_OK, or an exit code after printing why
 */
int cli_calibrate(cli *c, const char *name, const char *manifest_path);

#endif
