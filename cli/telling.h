/*
 * How to tell what was found: the options that every verb that judges takes, those of cli/known.h among
 * them.
 */
#ifndef DMACHECK_CLI_TELLING_H
#define DMACHECK_CLI_TELLING_H

#include "cli/known.h"

enum { CLI_FORMAT = CLI_TODAY + 1, CLI_COLOR, CLI_FAIL_ON, CLI_MAX_FINDINGS };

/* Rows of a verb's table of long options; -o, -q and -v stand in its short ones. */
#define CLI_TELLING_OPTIONS                                                                        \
    { "format", required_argument, NULL, CLI_FORMAT },                                             \
        { "color", required_argument, NULL, CLI_COLOR },                                           \
        { "fail-on", required_argument, NULL, CLI_FAIL_ON },                                       \
        { "max-findings", required_argument, NULL, CLI_MAX_FINDINGS }, CLI_KNOWN_OPTIONS

struct cli_telling { /* where what is taken goes */
    const char *verb;
    struct cli_outputs *outputs;
    struct cli_known *known;
    int *fail_on;
    uint64_t *findings_max;
    const char *color; /* for cli_color */
};

/* 0, or DM_USAGE with its line said; negative: none of these. */
int cli_telling_option(struct cli_telling *t, int c, const char *text);

#endif
