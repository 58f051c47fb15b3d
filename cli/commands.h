/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands of the program, in the order help lists them. One line each:
 *     COMMAND(verb, "what it does, one line")
 * with cmd_<verb>.c defining  int cmd_<verb>(int argc, char **argv)  and
 * const char cmd_<verb>_usage[]: what `bonafide help verb` prints, ending in a newline.
 */
#define CLI_COMMANDS(COMMAND)                                                                      \
    COMMAND(init, "Make an encrypted store and its keyring")                                       \
    COMMAND(enroll, "Add fingerprints, palms and faces of a person to a store")                    \
    COMMAND(identify, "Search for a person among all (1:N)")                                       \
    COMMAND(verify, "Compare with one enrolled person (1:1)")                                      \
    COMMAND(dedup, "Search everybody against everybody: duplicates, exchanged fingers")            \
    COMMAND(list, "Show persons, encounters, galleries, or who did what")                          \
    COMMAND(gallery, "State what a gallery is for and how long it keeps")                          \
    COMMAND(delete, "Erase a person or an encounter")                                              \
    COMMAND(show, "Draw what was found in a print, or matched in two")                             \
    COMMAND(image, "Show what an image file holds, or convert it to PNG")                          \
    COMMAND(export, "Write a person to a file, sealed to a recipient")                             \
    COMMAND(import, "Enrol what another store exported")                                           \
    COMMAND(fsck, "Check a store row by row")                                                      \
    COMMAND(key, "Check, add, remove or change the keys of a store")                               \
    COMMAND(                                                                                       \
        synth,                                                                                     \
        "Make synthetic fingerprints and palms with ground truth, for tests and demonstrations")   \
    COMMAND(model, "List, check, add or remove the neural models of faces and palms")              \
    COMMAND(evaluate, "Measure error rates over a list of samples")

#define CLI_DECLARE(verb, summary)                                                                 \
    int cmd_##verb(int argc, char **argv);                                                         \
    extern const char cmd_##verb##_usage[];
CLI_COMMANDS(CLI_DECLARE)
