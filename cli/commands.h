/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands of the program, in the order help lists them. One line each:
 *     COMMAND(verb, "what it does, one line")
 * with cmd_<verb>.c defining  int cmd_<verb>(int argc, char **argv)  and
 * const char cmd_<verb>_usage[]: what `bonafide help verb` prints, ending in a newline.
 */
#define CLI_COMMANDS(COMMAND)                                                                      \
    COMMAND(evaluate, "Measure error rates over a list of samples")                                \
    COMMAND(image, "Show what an image file holds, or convert it to PNG")                          \
    COMMAND(show, "Draw what was found in a print, or matched in two")                             \
    COMMAND(synth, "Make synthetic fingerprints with ground truth, for tests and demonstrations")

#define CLI_DECLARE(verb, summary)                                                                 \
    int cmd_##verb(int argc, char **argv);                                                         \
    extern const char cmd_##verb##_usage[];
CLI_COMMANDS(CLI_DECLARE)
